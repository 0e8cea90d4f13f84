//! Glossaries, domains, data products and lineage.

use std::collections::BTreeMap;

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, dprod, iso, prov, rdfs, skos};
use semantic_model::identity::{IriKind, is_absolute_iri};
use serde_json::Value;

use super::Writer;
use crate::json::{Fields, Object};
use crate::table::Table;

/// Keys of a term, a domain or a product that are written as statements of their own.
const HANDLED: [&str; 20] = [
    "name",
    "displayName",
    "fullyQualifiedName",
    "description",
    "synonyms",
    "parent",
    "relatedTerms",
    "references",
    "glossary",
    "status",
    "entityStatus",
    "owners",
    "owner",
    "tags",
    "domain",
    "domains",
    "assets",
    "children",
    "childrenCount",
    "termCount",
];

impl Writer<'_> {
    /// Names an entity and gives its name there; one without a name is reported.
    pub(super) fn named(&mut self, fields: &Fields<'_>) -> Option<(String, String)> {
        let Some(name) = fields.said("name", &mut self.troubles) else {
            let at = self.troubles.at(fields.path);
            self.troubles
                .report
                .warning("missing_name", "the entity has no name", at);
            self.troubles.report.skipped += 1;
            return None;
        };
        let label = fields
            .said("displayName", &mut self.troubles)
            .unwrap_or(name);
        Some((name.to_owned(), label.to_owned()))
    }

    pub(super) fn term(&mut self, fields: &Fields<'_>) {
        let Some((name, label)) = self.named(fields) else {
            return;
        };
        let full = fields
            .said("fullyQualifiedName", &mut self.troubles)
            .unwrap_or(&name);
        self.troubles.report.understood("term");
        let iri = self.out.iri(IriKind::Term, &[full]);
        self.out.class(&iri, iso::TERM);
        self.out.class(&iri, skos::CONCEPT);
        self.out.name(&iri, skos::PREF_LABEL, &label);
        if name != label {
            self.out.name(&iri, skos::ALT_LABEL, &name);
        }
        self.out.text(&iri, dcterms::IDENTIFIER, full);
        if let Some(text) = fields.said("description", &mut self.troubles) {
            self.out.text(&iri, skos::DEFINITION, text);
        }
        for text in fields.texts("synonyms", &mut self.troubles) {
            self.out.name(&iri, skos::ALT_LABEL, text);
        }
        for key in ["status", "entityStatus"] {
            if let Some(text) = fields.said(key, &mut self.troubles) {
                self.out.text(&iri, iso::STATUS, text);
            }
        }
        let links = [
            ("parent", skos::BROADER),
            ("glossary", skos::IN_SCHEME),
            ("relatedTerms", skos::RELATED),
        ];
        for (key, predicate) in links {
            for other in full_names(fields.get(key)) {
                let other = self.out.iri(IriKind::Term, &[other]);
                self.out.link(&iri, predicate, &other);
            }
        }
        for (_, reference) in fields.objects("references", &mut self.troubles) {
            let page = reference.get("endpoint").and_then(Value::as_str);
            match page
                .filter(|page| is_absolute_iri(page))
                .map(NamedNode::new)
            {
                Some(Ok(page)) => self.out.link(&iri, rdfs::SEE_ALSO, &page),
                _ => self
                    .out
                    .extra(&iri, "reference", &Value::Object(reference.clone())),
            }
        }
        for domain in self.references(fields, &["domain", "domains"]) {
            let domain = self.out.domain(&domain);
            self.out.link(&iri, iso::IN_DOMAIN, &domain);
        }
        self.people(&iri, fields);
        self.tags(&iri, fields);
        self.extras(&iri, fields.object, &HANDLED);
    }

    pub(super) fn glossary(&mut self, fields: &Fields<'_>) {
        let Some((name, label)) = self.named(fields) else {
            return;
        };
        let full = fields
            .said("fullyQualifiedName", &mut self.troubles)
            .unwrap_or(&name);
        self.troubles.report.understood("scheme");
        let iri = self.out.iri(IriKind::Term, &[full]);
        self.out.class(&iri, skos::CONCEPT_SCHEME);
        self.out.name(&iri, skos::PREF_LABEL, &label);
        if let Some(text) = fields.said("description", &mut self.troubles) {
            self.out.text(&iri, dcterms::DESCRIPTION, text);
        }
        self.people(&iri, fields);
        self.extras(&iri, fields.object, &HANDLED);
    }

    pub(super) fn domain(&mut self, fields: &Fields<'_>) {
        let Some((name, label)) = self.named(fields) else {
            return;
        };
        self.troubles.report.understood("domain");
        let iri = self.out.domain(&label);
        if name != label {
            self.out.name(&iri, skos::ALT_LABEL, &name);
        }
        if let Some(text) = fields.said("description", &mut self.troubles) {
            self.out.text(&iri, skos::DEFINITION, text);
        }
        for parent in self.references(fields, &["parent"]) {
            let parent = self.out.domain(&parent);
            self.out.link(&iri, skos::BROADER, &parent);
        }
        self.people(&iri, fields);
        self.tags(&iri, fields);
        self.extras(&iri, fields.object, &HANDLED);
    }

    pub(super) fn product(&mut self, fields: &Fields<'_>) {
        let Some((name, label)) = self.named(fields) else {
            return;
        };
        self.troubles.report.understood("data_product");
        let domain = self
            .references(fields, &["domain", "domains"])
            .into_iter()
            .next();
        let domain = domain.unwrap_or_else(|| self.out.source().as_str().to_owned());
        let iri = self.out.product(&domain, &label);
        if name != label {
            self.out.text(&iri, dcterms::IDENTIFIER, &name);
        }
        if let Some(text) = fields.said("description", &mut self.troubles) {
            self.out.text(&iri, dcterms::DESCRIPTION, text);
        }
        for (_, asset) in fields.objects("assets", &mut self.troubles) {
            let text = |key: &str| asset.get(key).and_then(Value::as_str);
            match (text("type"), text("fullyQualifiedName")) {
                (Some("table"), Some(full)) => {
                    let table = Table::scoped(self.out.source().as_str(), &[full]);
                    self.out.link(&iri, dprod::OUTPUT_DATASET, &table.iri);
                }
                _ => self.out.extra(&iri, "asset", &Value::Object(asset.clone())),
            }
        }
        self.people(&iri, fields);
        self.tags(&iri, fields);
        self.extras(&iri, fields.object, &HANDLED);
    }

    /// Writes the edges between tables, and those between their columns.
    pub(super) fn lineage(&mut self, fields: &Fields<'_>) {
        let mut tables: BTreeMap<&str, &str> = BTreeMap::new();
        let entity = fields.object("entity", &mut self.troubles);
        let nodes = self.listed(fields, "nodes");
        let nodes = nodes.iter().map(|(_, node)| *node);
        // Newer servers wrap the entities of nodes.
        let nodes = nodes.map(|node| match node.get("entity") {
            Some(Value::Object(inner)) => inner,
            _ => node,
        });
        for node in nodes.chain(entity) {
            let text = |key: &str| node.get(key).and_then(Value::as_str);
            if let (Some(id), Some(full)) = (text("id"), text("fullyQualifiedName")) {
                tables.insert(id, full);
            }
        }
        for key in ["upstreamEdges", "downstreamEdges"] {
            for (path, edge) in self.listed(fields, key) {
                self.edge(edge, &path, &tables);
            }
        }
    }

    /// Gives the objects of a list, or of an object whose keys are only names for them.
    fn listed<'a>(&mut self, fields: &Fields<'a>, key: &str) -> Vec<(String, &'a Object)> {
        let Some(Value::Object(named)) = fields.get(key) else {
            return fields.objects(key, &mut self.troubles);
        };
        let objects = named.iter().filter_map(|(name, value)| {
            let path = format!("{}.{name}", fields.path_of(key));
            Some((path, value.as_object()?))
        });
        objects.collect()
    }

    pub(super) fn edge(&mut self, edge: &Object, path: &str, tables: &BTreeMap<&str, &str>) {
        // An end is an id, or an object that has one.
        let end = |key: &str| {
            let value = edge.get(key)?;
            let id = value.as_str().or_else(|| value.get("id")?.as_str());
            let own = || value.get("fullyQualifiedName")?.as_str();
            id.and_then(|id| tables.get(id).copied()).or_else(own)
        };
        let (Some(from), Some(to)) = (end("fromEntity"), end("toEntity")) else {
            let at = self.troubles.at(path);
            let message = "an edge has an end that is not among the nodes";
            self.troubles
                .report
                .warning("unresolved_reference", message, at);
            self.troubles.report.skipped += 1;
            return;
        };
        self.troubles.report.understood("lineage");
        let source = self.out.source().as_str().to_owned();
        let from = Table::scoped(&source, &[from]).iri;
        let to = Table::scoped(&source, &[to]).iri;
        self.out.link(&to, prov::WAS_DERIVED_FROM, &from);
        let columns = edge
            .get("lineageDetails")
            .and_then(|details| details.get("columnsLineage")?.as_array())
            .or_else(|| edge.get("columns")?.as_array());
        for pair in columns.into_iter().flatten() {
            let Some(to) = pair.get("toColumn").and_then(Value::as_str) else {
                continue;
            };
            let to = self.column_of(to);
            let list = pair.get("fromColumns").and_then(Value::as_array);
            for from in list.into_iter().flatten().filter_map(Value::as_str) {
                let from = self.column_of(from);
                self.out.link(&to, prov::WAS_DERIVED_FROM, &from);
            }
        }
    }
}

/// The full names of one reference or a list of them.
fn full_names(value: Option<&Value>) -> Vec<&str> {
    let all = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(other) => std::slice::from_ref(other),
        None => &[],
    };
    all.iter()
        .filter_map(|one| {
            // A typed relation wraps the term that it leads to.
            let one = one
                .get("term")
                .filter(|term| term.is_object())
                .unwrap_or(one);
            let full = one.get("fullyQualifiedName").or_else(|| one.get("name"));
            full.unwrap_or(one).as_str()
        })
        .collect()
}
