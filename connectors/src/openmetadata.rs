//! `OpenMetadata`: entities as its REST interface and its exports write them in JSON.
//!
//! Tables, glossary terms, domains, data products and lineage are read; what they are is told by their keys. Samples of
//! data are never kept. `docs/formats/openmetadata.md` is the user's page.

use std::collections::BTreeMap;

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, iso, prov};
use semantic_model::identity::{IriKind, qualified_name};
use serde_json::Value;

use crate::json::{self, Fields, Object, Troubles};
use crate::statements::OwnerKind;
use crate::table::{ColumnFacts, Table, path_parts, place};
use crate::{Asset, Input, Options, Report, StatementBuilder};

mod business;
mod others;
#[cfg(test)]
mod tests;

/// How deep columns are read.
const DEPTH_MAX: usize = 32;
/// Keys that say how an entity is kept there and nothing of it, and samples of data, which are personal.
const LEFT_OUT: [&str; 12] = [
    "id",
    "href",
    "version",
    "updatedAt",
    "updatedBy",
    "changeDescription",
    "incrementalChangeDescription",
    "sampleData",
    "followers",
    "votes",
    "entityType",
    "deleted",
];
/// Keys of a table that are written as statements of their own.
const OF_TABLE: [&str; 16] = [
    "name",
    "displayName",
    "fullyQualifiedName",
    "description",
    "tableType",
    "columns",
    "tableConstraints",
    "owners",
    "owner",
    "tags",
    "domain",
    "domains",
    "dataProducts",
    "profile",
    "serviceType",
    "service",
];
/// Keys of a column that are written as statements of their own.
const OF_COLUMN: [&str; 10] = [
    "name",
    "displayName",
    "description",
    "dataType",
    "dataTypeDisplay",
    "fullyQualifiedName",
    "constraint",
    "ordinalPosition",
    "children",
    "tags",
];
/// The keys under which answers and exports list entities.
const LISTS: [&str; 11] = [
    "data",
    "entities",
    "tables",
    "glossaryTerms",
    "glossaries",
    "domains",
    "dataProducts",
    "lineage",
    "metrics",
    "topics",
    "testCases",
];

/// Reads entities.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    json::documents(inputs, report, |value, troubles| {
        let mut writer = Writer {
            out,
            options,
            troubles,
        };
        writer.value(&value, "", 0);
    });
}

struct Writer<'a> {
    out: &'a mut StatementBuilder,
    options: &'a Options,
    troubles: Troubles<'a>,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, path: &str, depth: usize) {
        match value {
            Value::Array(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.value(item, &format!("{path}[{position}]"), depth + 1);
                }
            }
            Value::Object(object) => self.object(object, path, depth),
            other => {
                let path = path.to_owned();
                self.troubles.wrong_type(&path, "an entity", other);
            }
        }
    }

    /// Writes an entity, or those of the lists that an answer has.
    fn object(&mut self, object: &Object, path: &str, depth: usize) {
        let fields = Fields { object, path };
        let has = |key: &str| object.contains_key(key);
        let said = object.get("entityType").and_then(Value::as_str);
        match said {
            Some("table") => return self.table(&fields),
            Some("glossaryTerm") => return self.term(&fields),
            Some("glossary") => return self.glossary(&fields),
            Some("domain") => return self.domain(&fields),
            Some("dataProduct") => return self.product(&fields),
            Some("metric") => return self.metric(&fields),
            Some("testCase") => return self.test_case(&fields),
            Some("topic") => return self.topic(&fields),
            _ => {}
        }
        if has("upstreamEdges") || has("downstreamEdges") {
            self.lineage(&fields);
        } else if let Some(Value::Object(edge)) = object.get("edge") {
            self.edge(edge, &fields.path_of("edge"), &BTreeMap::new());
        } else if has("columns") && has("name") {
            self.table(&fields);
        } else if has("metricExpression") || has("metricType") {
            self.metric(&fields);
        } else if has("entityLink") && has("testDefinition") {
            self.test_case(&fields);
        } else if has("messageSchema") || has("partitions") && has("name") {
            self.topic(&fields);
        } else if has("glossary") && has("name") {
            self.term(&fields);
        } else if has("domainType") && has("name") {
            self.domain(&fields);
        } else if has("assets") && has("name") {
            self.product(&fields);
        } else if has("termCount") && has("name") {
            self.glossary(&fields);
        } else if !has("name") && depth < 4 && LISTS.iter().any(|key| has(key)) {
            for key in LISTS {
                if let Some(list) = object.get(key) {
                    self.value(list, &fields.path_of(key), depth + 1);
                }
            }
        } else {
            let at = self.troubles.at(path);
            let message = "this is no entity that is read: no table, topic, term, domain, data product, metric, test or lineage";
            self.troubles.report.warning("unknown_entity", message, at);
            self.troubles.report.skipped += 1;
        }
    }

    fn table(&mut self, fields: &Fields<'_>) {
        let Some(name) = fields.said("name", &mut self.troubles) else {
            let at = self.troubles.at(fields.path);
            self.troubles
                .report
                .warning("missing_name", "the table has no name", at);
            self.troubles.report.skipped += 1;
            return;
        };
        let full = fields
            .said("fullyQualifiedName", &mut self.troubles)
            .unwrap_or(name);
        self.troubles.report.understood("dataset");
        let mut table = Table::declare(self.out, &[full]);
        let iri = table.iri.clone();
        self.out.name(&iri, iso::NAME, name);
        self.out.text(&iri, dcterms::IDENTIFIER, full);
        if let Some(title) = fields.said("displayName", &mut self.troubles)
            && title != name
        {
            self.out.name(&iri, dcterms::TITLE, title);
        }
        if let Some(text) = fields.said("description", &mut self.troubles) {
            self.out.text(&iri, dcterms::DESCRIPTION, text);
        }
        if let Some(kind) = fields.said("tableType", &mut self.troubles) {
            let kind = if kind == "Regular" {
                "table".to_owned()
            } else {
                kind.to_lowercase()
            };
            self.out.text(&iri, iso::MATERIALIZATION, &kind);
        }
        let parts = path_parts(full);
        if let (Some(service), [_, rest @ ..]) =
            (fields.said("serviceType", &mut self.troubles), &parts[..])
            && rest.len() > 1
        {
            let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
            let platform = service.to_lowercase();
            self.out
                .text(&iri, iso::QUALIFIED_NAME, &qualified_name(&platform, &rest));
        }
        let rows = fields.object("profile", &mut self.troubles);
        let rows = rows.and_then(|profile| json::integer_of(profile.get("rowCount")?));
        if let Some(rows) = rows {
            self.out.integer(&iri, iso::ROW_COUNT, rows);
        }
        let mut key = Vec::new();
        self.columns(&mut table, fields, "", 0, &mut key);
        self.constraints(&table, fields, key);
        self.people(&iri, fields);
        self.tags(&iri, fields);
        self.belonging(&iri, fields, &parts, name);
        self.extras(&iri, fields.object, &OF_TABLE);
    }

    fn columns(
        &mut self,
        table: &mut Table,
        fields: &Fields<'_>,
        above: &str,
        depth: usize,
        key: &mut Vec<String>,
    ) {
        let list = if depth == 0 { "columns" } else { "children" };
        for (path, object) in fields.objects(list, &mut self.troubles) {
            let column = Fields {
                object,
                path: &path,
            };
            self.column(table, &column, above, depth, key);
        }
    }

    fn column(
        &mut self,
        table: &mut Table,
        column: &Fields<'_>,
        above: &str,
        depth: usize,
        key: &mut Vec<String>,
    ) {
        let Some(own) = column.said("name", &mut self.troubles) else {
            self.bad_column("the column has no name", column.path);
            return;
        };
        let name = if above.is_empty() {
            own.to_owned()
        } else {
            format!("{above}.{own}")
        };
        let constraint = column.said("constraint", &mut self.troubles);
        let datatype = column
            .said("dataTypeDisplay", &mut self.troubles)
            .or_else(|| column.said("dataType", &mut self.troubles));
        let is_required = matches!(constraint, Some("NOT_NULL" | "PRIMARY_KEY"));
        let facts = ColumnFacts {
            datatype,
            description: column.said("description", &mut self.troubles),
            required: is_required.then_some(true),
        };
        let Some(iri) = table.column(self.out, &name, &facts) else {
            self.bad_column("another column has this name", column.path);
            return;
        };
        self.troubles.report.understood("column");
        if let Some(title) = column.said("displayName", &mut self.troubles)
            && title != own
        {
            self.out.name(&iri, dcterms::TITLE, title);
        }
        match constraint {
            Some("PRIMARY_KEY") => key.push(name.clone()),
            Some("UNIQUE") => self.out.extra(&iri, "unique", &true.into()),
            _ => {}
        }
        self.tags(&iri, column);
        self.extras(&iri, column.object, &OF_COLUMN);
        if depth < DEPTH_MAX {
            self.columns(table, column, &name, depth + 1, key);
        }
    }

    fn bad_column(&mut self, message: &str, path: &str) {
        let at = self.troubles.at(path);
        self.troubles.report.warning("bad_column", message, at);
        self.troubles.report.skipped += 1;
    }

    fn constraints(&mut self, table: &Table, fields: &Fields<'_>, mut key: Vec<String>) {
        for (path, object) in fields.objects("tableConstraints", &mut self.troubles) {
            let constraint = Fields {
                object,
                path: &path,
            };
            let columns = constraint.texts("columns", &mut self.troubles);
            match constraint.said("constraintType", &mut self.troubles) {
                Some("PRIMARY_KEY") => key = columns.into_iter().map(str::to_owned).collect(),
                Some("FOREIGN_KEY") => {
                    let targets = constraint.texts("referredColumns", &mut self.troubles);
                    if columns.len() != targets.len() {
                        self.out.extra(
                            &table.iri,
                            "tableConstraint",
                            &Value::Object(object.clone()),
                        );
                        continue;
                    }
                    self.troubles.report.understood("foreign_key");
                    for (from, to) in columns.iter().zip(targets) {
                        let to = self.column_of(to);
                        self.out.link(&table.column_iri(from), iso::REFERENCES, &to);
                    }
                }
                _ => self.out.extra(
                    &table.iri,
                    "tableConstraint",
                    &Value::Object(object.clone()),
                ),
            }
        }
        table.primary_key(self.out, &key);
    }

    /// Gives the column of a full name: service, database, schema, table, and the path within.
    fn column_of(&self, full: &str) -> NamedNode {
        let parts = path_parts(full);
        let (table, column) = parts.split_at(parts.len().min(4));
        let table = joined(table);
        Table::scoped(self.out.source().as_str(), &[table]).column_iri(&column.join("."))
    }

    fn people(&mut self, iri: &NamedNode, fields: &Fields<'_>) {
        let single = fields.object("owner", &mut self.troubles);
        let many = fields.objects("owners", &mut self.troubles);
        let all = many.iter().map(|(_, owner)| *owner).chain(single);
        for owner in all {
            let text = |key: &str| owner.get(key).and_then(Value::as_str);
            let Some(name) = text("displayName").or_else(|| text("name")) else {
                continue;
            };
            let kind = match text("type") {
                Some("user") => OwnerKind::Person,
                Some("team") => OwnerKind::Organization,
                _ => OwnerKind::Unknown,
            };
            let owner = self.out.owner(name, kind, text("email"));
            self.out.link(iri, prov::WAS_ATTRIBUTED_TO, &owner);
        }
    }

    /// Writes tags: those of a glossary are terms that data represents.
    fn tags(&mut self, iri: &NamedNode, fields: &Fields<'_>) {
        for (_, tag) in fields.objects("tags", &mut self.troubles) {
            let text = |key: &str| tag.get(key).and_then(Value::as_str);
            let Some(name) = text("tagFQN") else {
                self.out.extra(iri, "tag", &Value::Object(tag.clone()));
                continue;
            };
            if text("source") == Some("Glossary") {
                let term = self.out.iri(IriKind::Term, &[name]);
                self.out.link(iri, iso::REPRESENTS, &term);
            } else if name.starts_with("PII.") {
                self.out.text(iri, iso::CLASSIFICATION, name);
            } else {
                self.out.name(iri, dcat::KEYWORD, name);
            }
        }
    }

    /// Puts a table into its domains and products, and into those that the user's rules give it.
    fn belonging(&mut self, iri: &NamedNode, fields: &Fields<'_>, parts: &[String], name: &str) {
        let mut domain_name = None;
        for domain in self.references(fields, &["domain", "domains"]) {
            let known = self.out.domain(&domain);
            self.out.link(iri, iso::IN_DOMAIN, &known);
            domain_name.get_or_insert(domain);
        }
        for product in self.references(fields, &["dataProducts"]) {
            let source = self.out.source().as_str().to_owned();
            let domain = domain_name.clone().unwrap_or(source);
            let product = self.out.product(&domain, &product);
            self.out
                .link(&product, ontologies::dprod::OUTPUT_DATASET, iri);
        }
        if domain_name.is_none() {
            let part = |at: usize| parts.get(at).map(String::as_str).unwrap_or_default();
            let asset = Asset {
                database: part(1),
                schema: part(2),
                name,
                ..Asset::default()
            };
            place(self.out, self.options, iri, &asset);
        }
    }

    /// The names of the entities that keys refer to.
    fn references(&mut self, fields: &Fields<'_>, keys: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for key in keys {
            let values = match fields.get(key) {
                Some(Value::Array(items)) => items.iter().collect(),
                Some(other) => vec![other],
                None => Vec::new(),
            };
            for value in values {
                let text = |key: &str| value.get(key).and_then(Value::as_str);
                let name = text("displayName")
                    .or_else(|| text("name"))
                    .or_else(|| value.as_str());
                found.extend(name.map(str::to_owned));
            }
        }
        found
    }

    fn extras(&mut self, iri: &NamedNode, object: &Object, handled: &[&str]) {
        for (key, value) in object {
            let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            let is_known = handled.contains(&key.as_str()) || LEFT_OUT.contains(&key.as_str());
            if !is_known && !is_empty {
                self.out.extra(iri, key, value);
            }
        }
    }
}

/// Puts parts together again as `OpenMetadata` writes them.
fn joined(parts: &[String]) -> String {
    let quoted = parts.iter().map(|part| {
        if part.contains('.') {
            format!("\"{part}\"")
        } else {
            part.clone()
        }
    });
    quoted.collect::<Vec<_>>().join(".")
}
