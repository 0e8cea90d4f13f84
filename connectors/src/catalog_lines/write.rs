//! From lines to statements.

use std::collections::BTreeMap;

use graph_core::rdf::{Literal, NamedNode};
use ontologies::{csvw, dcat, dcterms, dprod, iso, owl, prov, qb, skos};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::entities;
use super::kinds::LineKind;
use super::records::{Record, Records, Target, last_part};
use crate::json::{Fields, Troubles};
use crate::statements::OwnerKind;
use crate::{Location, Report, StatementBuilder};

/// Writes the statements of all lines.
pub(super) fn write(
    records: &Records,
    files: &[String],
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut writer = Writer {
        records,
        report,
        out,
        domains: domains_of_products(records),
        tables: FxHashSet::default(),
    };
    let mut unknown_keys = BTreeMap::new();
    for record in &records.lines {
        let file = files.get(record.file).map_or("", String::as_str);
        let line = Line { record, file };
        match (&record.iri, record.kind) {
            (Some(subject), _) => {
                writer.entity(&line, subject);
                writer.keep_unknown(&line, subject, &mut unknown_keys);
            }
            (None, _) => writer.relation(&line, &mut unknown_keys),
        }
    }
    for ((kind, key), (count, first)) in unknown_keys {
        let message = format!(
            "key `{key}` of `{kind}` is not known; {count} values were kept as `iso:extra`"
        );
        writer.report.warning("unknown_key", message, first);
    }
}

/// Which domain each product is in, for what lies below the product.
fn domains_of_products(records: &Records) -> FxHashMap<NamedNode, NamedNode> {
    let mut domains = FxHashMap::default();
    for record in &records.lines {
        if record.kind == LineKind::Product
            && let Some(product) = &record.iri
            && let Some(Value::String(parent)) = record.object.get("parent")
            && let Some(target) = records.find(parent, &[LineKind::Domain])
            && target.kind == Some(LineKind::Domain)
        {
            domains.insert(product.clone(), target.iri);
        }
    }
    domains
}

/// A line and the document it is in.
pub(super) struct Line<'a> {
    /// The line.
    pub(super) record: &'a Record,
    /// The document.
    pub(super) file: &'a str,
}

impl<'a> Line<'a> {
    /// Gives the keys of the line.
    pub(super) fn fields(&self) -> Fields<'a> {
        Fields {
            object: &self.record.object,
            path: "",
        }
    }

    /// Gives the place of a key.
    pub(super) fn at(&self, key: &str) -> Location {
        Location::file(self.file).line(self.record.line).key(key)
    }
}

/// What the statements of a line are made with.
pub(super) struct Writer<'a> {
    pub(super) records: &'a Records,
    pub(super) report: &'a mut Report,
    pub(super) out: &'a mut StatementBuilder,
    domains: FxHashMap<NamedNode, NamedNode>,
    /// The datasets whose schema is declared.
    tables: FxHashSet<NamedNode>,
}

impl Writer<'_> {
    fn entity(&mut self, line: &Line<'_>, subject: &NamedNode) {
        self.report.understood(line.record.kind.word());
        self.common(line, subject);
        match line.record.kind {
            LineKind::Domain => entities::domain(self, line, subject),
            LineKind::Product => entities::product(self, line, subject),
            LineKind::Dataset => entities::dataset(self, line, subject),
            LineKind::Column => entities::column(self, line, subject),
            LineKind::Term => entities::term(self, line, subject),
            LineKind::Metric => entities::metric(self, line, subject),
            LineKind::Owner => entities::owner(self, line, subject),
            LineKind::Contract => entities::contract(self, line, subject),
            LineKind::Usage => entities::usage(self, line, subject),
            LineKind::ForeignKey | LineKind::Lineage | LineKind::SameAs => {}
        }
    }

    /// Writes what every entity may say.
    fn common(&mut self, line: &Line<'_>, subject: &NamedNode) {
        if let Some(id) = line.record.object.get("id").and_then(Value::as_str) {
            // Letter for letter, so that whoever wrote the line finds it again.
            self.out.add(
                subject.clone(),
                dcterms::IDENTIFIER,
                Literal::new_simple_literal(id),
            );
        }
        if let Some(owner) = self.text(line, "owner") {
            let owner = match self.records.find(owner, &[LineKind::Owner]) {
                Some(target) if matches!(target.kind, Some(LineKind::Owner) | None) => target.iri,
                _ => self.out.owner(owner, OwnerKind::Unknown, None),
            };
            let predicate = match line.record.kind {
                LineKind::Product => dprod::DATA_PRODUCT_OWNER,
                _ => prov::WAS_ATTRIBUTED_TO,
            };
            self.out.link(subject, predicate, &owner);
        }
        for (key, predicate) in [
            ("tags", dcat::KEYWORD),
            ("synonyms", skos::ALT_LABEL),
            ("abbreviations", skos::HIDDEN_LABEL),
        ] {
            for text in self.texts(line, key) {
                self.out.name(subject, predicate, text);
            }
        }
        for (key, predicate) in [("status", iso::STATUS), ("source", dcterms::SOURCE)] {
            if let Some(text) = self.text(line, key) {
                self.out.text(subject, predicate, text);
            }
        }
        for term in self.links(line, subject, "terms", iso::REPRESENTS, &[LineKind::Term]) {
            if line.record.kind == LineKind::Metric {
                self.out.link(subject, qb::CONCEPT, &term.iri);
            }
        }
    }

    fn relation(
        &mut self,
        line: &Line<'_>,
        unknown: &mut BTreeMap<(&'static str, String), (u64, Location)>,
    ) {
        let kinds: &[LineKind] = match line.record.kind {
            LineKind::ForeignKey => &[LineKind::Column],
            _ => &[LineKind::Dataset, LineKind::Column],
        };
        let ends = ["from", "to"].map(|key| self.end(line, key, kinds));
        let [Some(from), Some(to)] = ends else {
            self.report.skipped += 1;
            return;
        };
        self.report.understood(line.record.kind.word());
        match line.record.kind {
            LineKind::ForeignKey => self.out.link(&from.iri, iso::REFERENCES, &to.iri),
            LineKind::Lineage => self.out.link(&to.iri, prov::WAS_DERIVED_FROM, &from.iri),
            _ if from.kind == Some(LineKind::Term) => {
                self.out.link(&from.iri, skos::EXACT_MATCH, &to.iri);
            }
            _ => self.out.link(&from.iri, owl::SAME_AS, &to.iri),
        }
        self.keep_unknown(line, &from.iri, unknown);
    }

    /// Finds one end of a line that relates two things.
    fn end(&mut self, line: &Line<'_>, key: &str, kinds: &[LineKind]) -> Option<Target> {
        let Some(reference) = self.text(line, key) else {
            let message = format!("the line has no `{key}`");
            self.report.warning("missing_end", message, line.at(key));
            return None;
        };
        let target = self.records.find(reference, kinds);
        if target.is_none() {
            self.unresolved(line, key, reference);
        }
        target
    }

    /// Keeps the values of keys that are not known.
    fn keep_unknown(
        &mut self,
        line: &Line<'_>,
        subject: &NamedNode,
        unknown: &mut BTreeMap<(&'static str, String), (u64, Location)>,
    ) {
        let kind = line.record.kind;
        for (key, value) in &line.record.object {
            if !kind.knows(key) {
                self.out.extra(subject, key, value);
                unknown
                    .entry((kind.word(), key.clone()))
                    .or_insert_with(|| (0, line.at(key)))
                    .0 += 1;
            }
        }
    }

    fn troubles<'t>(&'t mut self, line: &Line<'t>) -> Troubles<'t> {
        Troubles {
            report: self.report,
            file: line.file,
            line: Some(line.record.line),
        }
    }

    /// Gives a text that says something.
    pub(super) fn text<'l>(&mut self, line: &Line<'l>, key: &str) -> Option<&'l str> {
        line.fields().said(key, &mut self.troubles(line))
    }

    /// Gives a list of texts.
    pub(super) fn texts<'l>(&mut self, line: &Line<'l>, key: &str) -> Vec<&'l str> {
        line.fields().texts(key, &mut self.troubles(line))
    }

    /// Gives a truth value.
    pub(super) fn flag(&mut self, line: &Line<'_>, key: &str) -> Option<bool> {
        line.fields().flag(key, &mut self.troubles(line))
    }

    /// Gives a whole number.
    pub(super) fn integer(&mut self, line: &Line<'_>, key: &str) -> Option<i64> {
        line.fields().integer(key, &mut self.troubles(line))
    }

    /// Gives the physical name of an entity: its `name`, else the last part of its id.
    pub(super) fn name<'l>(&mut self, line: &Line<'l>) -> &'l str {
        let id = line
            .record
            .object
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or("");
        self.text(line, "name").unwrap_or_else(|| {
            let message = "the line has no `name`; the last part of its id was taken";
            self.report.note("missing_name", message, line.at("name"));
            last_part(id)
        })
    }

    /// Writes the label as a title when it says more than the name.
    pub(super) fn title(&mut self, line: &Line<'_>, subject: &NamedNode) {
        let name = line.record.object.get("name").and_then(Value::as_str);
        if let Some(label) = self
            .text(line, "label")
            .filter(|label| Some(*label) != name)
        {
            self.out.name(subject, dcterms::TITLE, label);
        }
    }

    /// Writes the description.
    pub(super) fn description(&mut self, line: &Line<'_>, subject: &NamedNode, predicate: &str) {
        if let Some(description) = self.text(line, "description") {
            self.out.text(subject, predicate, description);
        }
    }

    /// Writes a text under a predicate.
    pub(super) fn put(&mut self, line: &Line<'_>, subject: &NamedNode, key: &str, predicate: &str) {
        if let Some(text) = self.text(line, key) {
            self.out.text(subject, predicate, text);
        }
    }

    /// Finds the parent; one that is not found, or of another kind, is reported and kept as it is.
    pub(super) fn parent(&mut self, line: &Line<'_>, kinds: &[LineKind]) -> Option<Target> {
        let reference = self.text(line, "parent")?;
        let subject = line.record.iri.as_ref()?;
        match self.records.find(reference, kinds) {
            Some(target) if target.kind.is_none_or(|kind| kinds.contains(&kind)) => Some(target),
            Some(target) => {
                let kind = target.kind.map_or("", LineKind::word);
                let message = format!(
                    "parent `{reference}` is a {kind}, which a {} cannot be in",
                    line.record.kind.word()
                );
                self.report
                    .warning("wrong_parent", message, line.at("parent"));
                self.out.extra(subject, "parent", &reference.into());
                None
            }
            None => {
                self.unresolved(line, "parent", reference);
                self.out.extra(subject, "parent", &reference.into());
                None
            }
        }
    }

    /// Links an entity to everything that a key refers to; what is not found is reported and kept as it is.
    pub(super) fn links(
        &mut self,
        line: &Line<'_>,
        subject: &NamedNode,
        key: &str,
        predicate: &str,
        kinds: &[LineKind],
    ) -> Vec<Target> {
        let mut targets = Vec::new();
        for reference in self.texts(line, key) {
            if let Some(target) = self.records.find(reference, kinds) {
                self.out.link(subject, predicate, &target.iri);
                targets.push(target);
            } else {
                self.unresolved(line, key, reference);
                self.out.extra(subject, key, &reference.into());
            }
        }
        targets
    }

    /// Gives the domain of a product that a line defines.
    pub(super) fn domain_of(&self, product: &NamedNode) -> Option<NamedNode> {
        self.domains.get(product).cloned()
    }

    /// Declares a dataset's schema, once, and gives it.
    pub(super) fn schema_of(&mut self, dataset: &NamedNode) -> NamedNode {
        let schema = schema_iri(dataset);
        if self.tables.insert(dataset.clone()) {
            self.out.class(dataset, csvw::TABLE_CLASS);
            self.out.class(&schema, csvw::SCHEMA);
            self.out.link(dataset, csvw::TABLE_SCHEMA, &schema);
        }
        schema
    }

    /// Reports a reference to what no line defines.
    pub(super) fn unresolved(&mut self, line: &Line<'_>, key: &str, reference: &str) {
        let message = format!("no line defines `{reference}`");
        self.report
            .warning("unresolved_reference", message, line.at(key));
    }
}

/// Gives the IRI of a dataset's schema: the dataset's own with the other kind, or with a fragment if foreign.
pub(super) fn schema_iri(dataset: &NamedNode) -> NamedNode {
    let iri = dataset.as_str();
    match iri.strip_prefix("urn:isogloss:dataset:") {
        Some(path) => crate::statements::named(format!("urn:isogloss:schema:{path}")),
        None if iri.contains('#') => crate::statements::named(format!("{iri}-schema")),
        None => crate::statements::named(format!("{iri}#schema")),
    }
}
