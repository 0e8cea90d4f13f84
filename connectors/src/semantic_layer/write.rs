//! The parts of a layer as statements: each with its declaration, and what it says of data and terms.

use graph_core::rdf::{Literal, NamedNode};
use ontologies::{dcterms, iso, prov, rdf, skos};
use rustc_hash::FxHashMap;
use semantic_model::identity::IriKind;
use semantic_model::layer::{
    Dataset, Entity, EntityRole, Expression, Field, FieldRole, Join, JoinCondition, Layer, Notes,
    Part, Relation,
};

use super::Known;
use crate::dbt::relation::{plain_column, words};
use crate::report::Report;
use crate::table::{ColumnFacts, Table, place};
use crate::{Asset, Options, StatementBuilder};

/// Writes one layer.
pub(super) struct Writer<'a> {
    pub(super) layer: &'a Layer,
    pub(super) known: &'a dyn Known,
    pub(super) out: &'a mut StatementBuilder,
    pub(super) report: &'a mut Report,
    /// The datasets that are written, by their names in the layer.
    pub(super) tables: FxHashMap<&'a str, Table>,
    options: &'a Options,
    iri: NamedNode,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        layer: &'a Layer,
        known: &'a dyn Known,
        options: &'a Options,
        report: &'a mut Report,
        out: &'a mut StatementBuilder,
    ) -> Self {
        let name = layer_name(layer, out);
        let iri = out.iri(IriKind::Layer, &[&name]);
        let tables = FxHashMap::default();
        Self {
            layer,
            known,
            out,
            report,
            tables,
            options,
            iri,
        }
    }

    /// The path of something that is named within the layer.
    pub(super) fn path(&self, more: &[&str]) -> Vec<String> {
        let name = layer_name(self.layer, self.out);
        let more = more.iter().map(|part| (*part).to_owned());
        std::iter::once(name).chain(more).collect()
    }

    pub(super) fn layer(&mut self) {
        let iri = self.iri.clone();
        let name = layer_name(self.layer, self.out);
        self.out.class(&iri, iso::SEMANTIC_LAYER);
        self.out.name(&iri, iso::NAME, &name);
        self.notes(&iri, &self.layer.notes, &name);
        let notes = Box::new(self.layer.notes.clone());
        self.definition(&iri, &Part::Layer { name, notes });
    }

    /// Keeps a declaration whole and says which layer it is of.
    pub(super) fn declared(&mut self, subject: &NamedNode, kind: &str, part: &Part) {
        self.report.understood(kind);
        self.out.link(subject, iso::IN_LAYER, &self.iri.clone());
        self.definition(subject, part);
    }

    fn definition(&mut self, subject: &NamedNode, part: &Part) {
        let json = NamedNode::new_unchecked(rdf::JSON);
        let literal = Literal::new_typed_literal(part.to_json(), json);
        self.out.add(subject.clone(), iso::DEFINITION, literal);
    }

    /// Writes the label, the description and the other words for something.
    pub(super) fn notes(&mut self, subject: &NamedNode, notes: &Notes, name: &str) {
        if let Some(label) = notes.label.as_deref().filter(|label| *label != name) {
            self.out.name(subject, dcterms::TITLE, label);
        }
        if let Some(text) = &notes.description {
            self.out.text(subject, dcterms::DESCRIPTION, text);
        }
        for synonym in &notes.synonyms {
            self.out.name(subject, skos::ALT_LABEL, synonym);
        }
    }

    pub(super) fn datasets(&mut self) {
        for dataset in &self.layer.datasets {
            let part = Part::Dataset(Box::new(dataset.clone()));
            // Whoever wrote the dataset has written its columns too.
            if let Some(iri) = self.known.dataset(dataset) {
                self.declared(&iri, "dataset_definition", &part);
                continue;
            }
            let path = self.path(&[&dataset.name]);
            let mut table = Table::scoped(self.out.source().as_str(), &path);
            self.named_dataset(&table.iri, dataset, &path);
            let iri = table.iri.clone();
            self.notes(&iri, &dataset.notes, &dataset.name);
            for key in dataset
                .primary_key
                .iter()
                .chain(dataset.unique_keys.iter().flatten())
            {
                table.column(self.out, key, &ColumnFacts::default());
            }
            for field in &dataset.fields {
                self.field(&mut table, field);
            }
            for entity in &dataset.entities {
                self.entity(&mut table, entity);
            }
            table.primary_key(self.out, &dataset.primary_key);
            self.declared(&iri, "dataset", &part);
            self.tables.insert(&dataset.name, table);
        }
    }

    /// A dataset that only the layer speaks of: the relation that it reads is all that is known of it.
    fn named_dataset(&mut self, iri: &NamedNode, dataset: &Dataset, path: &[String]) {
        self.out.class(iri, ontologies::dcat::DATASET_CLASS);
        self.out.text(iri, dcterms::IDENTIFIER, &path.join("."));
        let parts = match &dataset.relation {
            Relation::Table(parts) => parts.as_slice(),
            Relation::Query(query) => {
                self.out.text(iri, iso::EXPRESSION, &query.sql);
                &[]
            }
        };
        let name = parts.last().unwrap_or(&dataset.name);
        self.out.name(iri, iso::NAME, name);
        if *name != dataset.name {
            self.out.name(iri, skos::ALT_LABEL, &dataset.name);
        }
        let outer = |back: usize| {
            let at = parts.len().checked_sub(back + 1)?;
            parts.get(at).map(String::as_str)
        };
        if parts.len() > 1 {
            self.out.extra(iri, "relation", &parts.join(".").into());
        }
        let asset = Asset {
            database: outer(2).unwrap_or_default(),
            schema: outer(1).unwrap_or_default(),
            name,
            ..Asset::default()
        };
        place(self.out, self.options, iri, &asset);
    }

    fn field(&mut self, table: &mut Table, field: &Field) {
        let kind = match field.role {
            FieldRole::Fact => "fact",
            FieldRole::Dimension | FieldRole::Time(_) => "dimension",
        };
        self.report.understood(kind);
        let Some(column) = column_of(field.expression.as_ref(), &field.name) else {
            return;
        };
        let facts = ColumnFacts {
            datatype: field.data_type.as_deref(),
            ..ColumnFacts::default()
        };
        let added = table.column(self.out, column, &facts);
        let Some(iri) = added.or_else(|| table.get(column).cloned()) else {
            return;
        };
        self.notes(&iri, &field.notes, column);
        if field.name != column {
            self.out.name(&iri, skos::ALT_LABEL, &field.name);
        }
    }

    /// An entity is a term: its dataset is about it where rows stand for it, and its column always.
    fn entity(&mut self, table: &mut Table, entity: &Entity) {
        self.report.understood("entity");
        let term = self.out.iri(IriKind::Term, &["entity", &entity.name]);
        self.out.class(&term, iso::TERM);
        self.out.class(&term, skos::CONCEPT);
        let label = entity.notes.label.clone();
        let label = label.unwrap_or_else(|| words(&entity.name));
        self.out.name(&term, skos::PREF_LABEL, &label);
        if let Some(text) = &entity.notes.description {
            self.out.text(&term, skos::DEFINITION, text);
        }
        if matches!(entity.role, EntityRole::Primary | EntityRole::Natural) {
            self.out.link(&table.iri, iso::REPRESENTS, &term);
        }
        for expression in &entity.expressions {
            let Some(column) = column_of(Some(expression), &entity.name) else {
                continue;
            };
            let added = table.column(self.out, column, &ColumnFacts::default());
            if let Some(column) = added.or_else(|| table.get(column).cloned()) {
                self.out.link(&column, iso::REPRESENTS, &term);
            }
        }
    }

    pub(super) fn joins(&mut self) {
        for join in &self.layer.joins {
            let iri = self
                .out
                .iri(IriKind::Layer, &self.path(&["join", &join.name]));
            self.out.class(&iri, iso::JOIN);
            self.out.name(&iri, iso::NAME, &join.name);
            self.notes(&iri, &join.notes, &join.name);
            for end in [&join.from, &join.to] {
                if let Some(table) = self.tables.get(end.as_str()) {
                    self.out.link(&iri, prov::WAS_DERIVED_FROM, &table.iri);
                }
            }
            self.references(join);
            self.declared(&iri, "join", &Part::Join(Box::new(join.clone())));
        }
    }

    fn references(&mut self, join: &Join) {
        let JoinCondition::Columns(pairs) = &join.on else {
            return;
        };
        let (Some(from), Some(to)) = (
            self.tables.get(join.from.as_str()),
            self.tables.get(join.to.as_str()),
        ) else {
            return;
        };
        for (here, there) in pairs {
            if let (Some(here), Some(there)) = (from.get_any_case(here), to.get_any_case(there)) {
                self.out.link(here, iso::REFERENCES, there);
            }
        }
    }

    pub(super) fn calendars(&mut self) {
        for spine in &self.layer.time_spines {
            let name = spine.grain.as_str();
            let iri = self.out.iri(
                IriKind::Layer,
                &self.path(&["time-spine", name, &spine.column]),
            );
            self.out.class(&iri, iso::TIME_SPINE);
            self.out.name(&iri, iso::NAME, name);
            self.declared(
                &iri,
                "time_spine",
                &Part::TimeSpine(Box::new(spine.clone())),
            );
        }
        for query in &self.layer.saved_queries {
            let iri = self
                .out
                .iri(IriKind::Layer, &self.path(&["query", &query.name]));
            self.out.class(&iri, iso::SAVED_QUERY);
            self.out.name(&iri, iso::NAME, &query.name);
            self.notes(&iri, &query.notes, &query.name);
            self.declared(
                &iri,
                "saved_query",
                &Part::SavedQuery(Box::new(query.clone())),
            );
        }
    }
}

/// A layer without a name is called like its source.
fn layer_name(layer: &Layer, out: &StatementBuilder) -> String {
    if layer.name.is_empty() {
        out.source().as_str().to_owned()
    } else {
        layer.name.clone()
    }
}

/// The column that an expression is, if it is no more than that.
pub(super) fn column_of<'e>(expression: Option<&'e Expression>, name: &'e str) -> Option<&'e str> {
    expression.map_or(Some(name), |expression| plain_column(&expression.sql))
}
