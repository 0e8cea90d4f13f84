//! Metrics, tests, topics, and edges of lineage that stand by themselves.

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, dqv, iso, prov, qb};
use semantic_model::identity::{IriKind, qualified_name};
use serde_json::Value;

use super::Writer;
use crate::json::{Fields, integer_of};
use crate::table::{Table, path_parts};

/// Keys of a metric that are written as statements of their own.
const OF_METRIC: [&str; 11] = [
    "name",
    "displayName",
    "fullyQualifiedName",
    "description",
    "metricExpression",
    "metricType",
    "owners",
    "owner",
    "tags",
    "domain",
    "domains",
];
/// Keys of a test that are written as statements of their own.
const OF_TEST: [&str; 9] = [
    "name",
    "displayName",
    "fullyQualifiedName",
    "description",
    "entityLink",
    "testDefinition",
    "testCaseResult",
    "owners",
    "tags",
];
/// Keys of a topic that are written as statements of their own.
const OF_TOPIC: [&str; 13] = [
    "name",
    "displayName",
    "fullyQualifiedName",
    "description",
    "messageSchema",
    "owners",
    "owner",
    "tags",
    "domain",
    "domains",
    "dataProducts",
    "serviceType",
    "service",
];

impl Writer<'_> {
    pub(super) fn metric(&mut self, fields: &Fields<'_>) {
        let Some((name, label)) = self.named(fields) else {
            return;
        };
        let full = fields.said("fullyQualifiedName", &mut self.troubles);
        let iri = self.out.iri(IriKind::Metric, &[full.unwrap_or(&name)]);
        self.troubles.report.understood("metric");
        self.out.class(&iri, iso::METRIC);
        self.out.class(&iri, qb::MEASURE_PROPERTY);
        self.out.name(&iri, dcterms::TITLE, &label);
        self.out.name(&iri, iso::NAME, &name);
        if let Some(text) = fields.said("description", &mut self.troubles) {
            self.out.text(&iri, dcterms::DESCRIPTION, text);
        }
        let code = fields.object("metricExpression", &mut self.troubles);
        if let Some(code) = code.and_then(|code| code.get("code")?.as_str()) {
            self.out.text(&iri, iso::EXPRESSION, code);
        }
        if let Some(kind) = fields.said("metricType", &mut self.troubles) {
            self.out.text(&iri, iso::AGGREGATION, &kind.to_lowercase());
        }
        for domain in self.references(fields, &["domain", "domains"]) {
            let domain = self.out.domain(&domain);
            self.out.link(&iri, iso::IN_DOMAIN, &domain);
        }
        self.people(&iri, fields);
        self.tags(&iri, fields);
        self.extras(&iri, fields.object, &OF_METRIC);
    }

    /// Writes a test as a rule of quality, with its last outcome.
    pub(super) fn test_case(&mut self, fields: &Fields<'_>) {
        let Some((name, label)) = self.named(fields) else {
            return;
        };
        let full = fields.said("fullyQualifiedName", &mut self.troubles);
        let full = full.unwrap_or(&name).to_owned();
        let rule = self.out.iri(IriKind::Quality, &[&full]);
        self.troubles.report.understood("quality_rule");
        self.out.class(&rule, dqv::METRIC);
        self.out.name(&rule, dcterms::TITLE, &label);
        self.out.text(&rule, dcterms::IDENTIFIER, &full);
        if let Some(text) = fields.said("description", &mut self.troubles) {
            self.out.text(&rule, dcterms::DESCRIPTION, text);
        }
        let kind = self.references(fields, &["testDefinition"]);
        if let Some(kind) = kind.first() {
            self.out.text(&rule, iso::EXPRESSION, kind);
        }
        let link = fields.said("entityLink", &mut self.troubles);
        let target = link.and_then(|link| self.linked(link));
        if let Some(target) = &target {
            self.out.link(&rule, iso::ABOUT, target);
        }
        self.outcome(fields, &full, &rule, target.as_ref());
        self.people(&rule, fields);
        self.tags(&rule, fields);
        self.extras(&rule, fields.object, &OF_TEST);
    }

    fn outcome(
        &mut self,
        fields: &Fields<'_>,
        full: &str,
        rule: &NamedNode,
        target: Option<&NamedNode>,
    ) {
        let result = fields.object("testCaseResult", &mut self.troubles);
        let text = |key: &str| result?.get(key)?.as_str();
        let Some(status) = text("testCaseStatus") else {
            return;
        };
        self.troubles.report.understood("measurement");
        let measurement = self.out.iri(IriKind::Quality, &[full, "result"]);
        self.out.class(&measurement, dqv::QUALITY_MEASUREMENT);
        self.out.link(&measurement, dqv::IS_MEASUREMENT_OF, rule);
        if let Some(target) = target {
            self.out.link(&measurement, dqv::COMPUTED_ON, target);
        }
        let status = match status {
            "Success" => "pass",
            "Failed" => "fail",
            other => other,
        };
        if matches!(status, "pass" | "fail") {
            self.out.boolean(&measurement, dqv::VALUE, status == "pass");
        }
        self.out
            .text(&measurement, iso::STATUS, &status.to_lowercase());
        if let Some(message) = text("result") {
            self.out.text(&measurement, dcterms::DESCRIPTION, message);
        }
        let moment = result.and_then(|result| integer_of(result.get("timestamp")?));
        if let Some(moment) = moment.and_then(chrono::DateTime::from_timestamp_millis) {
            let moment = moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            self.out
                .moment(&measurement, prov::GENERATED_AT_TIME, &moment);
        }
    }

    /// Gives what `<#E::table::pg.shop.public.orders::columns::id>` leads to: a column, else a table.
    fn linked(&self, link: &str) -> Option<NamedNode> {
        let inside = link.strip_prefix("<#E::")?.strip_suffix('>')?;
        let mut parts = inside.split("::").skip(1);
        let table = parts.next()?;
        let table = Table::scoped(self.out.source().as_str(), &[table]);
        Some(match (parts.next(), parts.next()) {
            (Some("columns"), Some(column)) => table.column_iri(column.trim_matches('"')),
            _ => table.iri,
        })
    }

    /// Writes a topic as a dataset, whose columns are the fields of its messages.
    pub(super) fn topic(&mut self, fields: &Fields<'_>) {
        let Some((name, label)) = self.named(fields) else {
            return;
        };
        let full = fields.said("fullyQualifiedName", &mut self.troubles);
        let full = full.unwrap_or(&name).to_owned();
        self.troubles.report.understood("dataset");
        let mut table = Table::declare(self.out, &[&full]);
        let iri = table.iri.clone();
        self.out.name(&iri, iso::NAME, &name);
        self.out.text(&iri, dcterms::IDENTIFIER, &full);
        self.out.text(&iri, iso::MATERIALIZATION, "topic");
        if label != name {
            self.out.name(&iri, dcterms::TITLE, &label);
        }
        if let Some(text) = fields.said("description", &mut self.troubles) {
            self.out.text(&iri, dcterms::DESCRIPTION, text);
        }
        let parts = path_parts(&full);
        if let (Some(service), [_, rest @ ..]) =
            (fields.said("serviceType", &mut self.troubles), &parts[..])
            && !rest.is_empty()
        {
            let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
            let name = qualified_name(&service.to_lowercase(), &rest);
            self.out.text(&iri, iso::QUALIFIED_NAME, &name);
        }
        if let Some(schema) = fields.object("messageSchema", &mut self.troubles) {
            let path = fields.path_of("messageSchema");
            let roots = Fields {
                object: schema,
                path: &path,
            };
            for (path, root) in roots.objects("schemaFields", &mut self.troubles) {
                let root = Fields {
                    object: root,
                    path: &path,
                };
                // A record at the top is the message itself.
                let is_message = root.object.get("children").is_some_and(Value::is_array);
                if is_message {
                    self.nested(&mut table, &root);
                } else {
                    self.column(&mut table, &root, "", 1, &mut Vec::new());
                }
            }
        }
        self.people(&iri, fields);
        self.tags(&iri, fields);
        self.belonging(&iri, fields, &parts, &name);
        self.extras(&iri, fields.object, &OF_TOPIC);
    }

    fn nested(&mut self, table: &mut Table, root: &Fields<'_>) {
        for (path, child) in root.objects("children", &mut self.troubles) {
            let child = Fields {
                object: child,
                path: &path,
            };
            self.column(table, &child, "", 1, &mut Vec::new());
        }
    }
}
