//! A dataset with its columns, as every connector that finds tables writes it.

use graph_core::rdf::NamedNode;
use ontologies::{csvw, dcat, dcterms, dprod, iso};
use rustc_hash::FxHashMap;
use semantic_model::identity::{EntityIri, IriKind};

use crate::statements::named;
use crate::{Asset, Options, StatementBuilder};

/// A dataset that is being written, and the columns it has so far.
///
/// The schema is declared with the first column, so that a dataset without columns is no table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// The dataset.
    pub(crate) iri: NamedNode,
    scope: String,
    path: Vec<String>,
    schema: NamedNode,
    columns: FxHashMap<String, NamedNode>,
}

/// What is known of a column besides its name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ColumnFacts<'a> {
    /// The type, as the source writes it.
    pub(crate) datatype: Option<&'a str>,
    /// What it holds, in words.
    pub(crate) description: Option<&'a str>,
    /// Whether every value is there, when the source says so.
    pub(crate) required: Option<bool>,
}

impl Table {
    /// Declares the dataset that the source calls by a path.
    pub(crate) fn declare<S: AsRef<str>>(out: &mut StatementBuilder, path: &[S]) -> Self {
        let table = Self::scoped(out.source().as_str(), path);
        out.class(&table.iri, dcat::DATASET_CLASS);
        table
    }

    /// Gives the dataset of a path in a scope, without saying anything of it yet.
    pub(crate) fn scoped<S: AsRef<str>>(scope: &str, path: &[S]) -> Self {
        let iri = |kind| named(EntityIri::new(kind, scope, path).into_string());
        Self {
            iri: iri(IriKind::Dataset),
            schema: iri(IriKind::Schema),
            scope: scope.to_owned(),
            path: path.iter().map(|part| part.as_ref().to_owned()).collect(),
            columns: FxHashMap::default(),
        }
    }

    /// Gives a dataset that has an IRI of its own; its schema and columns are named after that.
    pub(crate) fn at(scope: &str, iri: NamedNode) -> Self {
        Self {
            iri: iri.clone(),
            ..Self::scoped(scope, &[iri.as_str()])
        }
    }

    /// Adds a column after those that are there; `None` when there is one of this name already.
    pub(crate) fn column(
        &mut self,
        out: &mut StatementBuilder,
        name: &str,
        facts: &ColumnFacts<'_>,
    ) -> Option<NamedNode> {
        let position = i64::try_from(self.columns.len() + 1).unwrap_or(i64::MAX);
        self.column_at(out, name, Some(position), facts)
    }

    /// Adds a column whose position the source gives, or nobody knows; `None` when there is one of this name already.
    pub(crate) fn column_at(
        &mut self,
        out: &mut StatementBuilder,
        name: &str,
        position: Option<i64>,
        facts: &ColumnFacts<'_>,
    ) -> Option<NamedNode> {
        if self.columns.contains_key(name) {
            return None;
        }
        if self.columns.is_empty() {
            out.class(&self.iri, csvw::TABLE_CLASS);
            out.class(&self.schema, csvw::SCHEMA);
            out.link(&self.iri, csvw::TABLE_SCHEMA, &self.schema);
        }
        let column = self.column_iri(name);
        self.columns.insert(name.to_owned(), column.clone());
        out.link(&self.schema, csvw::COLUMN, &column);
        out.class(&column, csvw::COLUMN_CLASS);
        out.name(&column, csvw::NAME, name);
        if let Some(position) = position.filter(|position| *position > 0) {
            out.integer(&column, iso::POSITION, position);
        }
        if let Some(datatype) = facts.datatype {
            out.text(&column, csvw::DATATYPE, datatype);
        }
        if let Some(description) = facts.description {
            out.text(&column, dcterms::DESCRIPTION, description);
        }
        if let Some(required) = facts.required {
            out.boolean(&column, csvw::REQUIRED, required);
        }
        Some(column)
    }

    /// Gives a column by the name that the source writes.
    pub(crate) fn get(&self, name: &str) -> Option<&NamedNode> {
        self.columns.get(name)
    }

    /// Gives a column by its name in any case, where only one has it.
    pub(crate) fn get_any_case(&self, name: &str) -> Option<&NamedNode> {
        if let Some(column) = self.columns.get(name) {
            return Some(column);
        }
        let lower = name.to_lowercase();
        let mut found = self
            .columns
            .iter()
            .filter(|(known, _)| known.to_lowercase() == lower);
        match (found.next(), found.next()) {
            (Some((_, column)), None) => Some(column),
            _ => None,
        }
    }

    /// Declares the primary key; names that are no columns are kept all the same, for the source says so.
    pub(crate) fn primary_key<S: AsRef<str>>(&self, out: &mut StatementBuilder, names: &[S]) {
        if self.columns.is_empty() {
            return;
        }
        for name in names {
            out.name(&self.schema, csvw::PRIMARY_KEY, name.as_ref());
        }
        if names.len() > 1 {
            // Statements have no order, and that of a composite key matters.
            let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            out.extra(&self.schema, "primaryKeyOrder", &names.into());
        }
    }

    /// Gives the IRI that a column of this name has, whether it is declared or not.
    pub(crate) fn column_iri(&self, name: &str) -> NamedNode {
        let mut path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        path.push(name);
        named(EntityIri::new(IriKind::Column, &self.scope, &path).into_string())
    }
}

/// Puts a dataset into the domain and the data product that the user's rules give it.
pub(crate) fn place(
    out: &mut StatementBuilder,
    options: &Options,
    dataset: &NamedNode,
    asset: &Asset<'_>,
) {
    let placement = options.mapping.place(&Asset {
        source: options.source.as_str(),
        ..*asset
    });
    let default = options.mapping.default_domain.clone();
    let Some(domain) = placement.domain.or(default) else {
        return;
    };
    let domain_iri = out.domain(&domain);
    out.link(dataset, iso::IN_DOMAIN, &domain_iri);
    if let Some(product) = placement.product {
        let product = out.product(&domain, &product);
        out.link(&product, dprod::OUTPUT_DATASET, dataset);
    }
}

/// Writes a name so that the dots between names stay the only ones: `a.b` becomes `"a.b"`.
pub(crate) fn path_part(name: &str) -> String {
    if name.contains(['.', '"']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

/// Cuts a full name at its dots; a part in quotes or backticks may have dots of its own.
pub(crate) fn path_parts(full: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    let mut chars = full.chars().peekable();
    while let Some(c) = chars.next() {
        let last = parts.last_mut();
        match c {
            '"' | '`' if quote == Some(c) => {
                // Twice in a row it is part of the name.
                let is_twice = chars.next_if_eq(&c).is_some();
                match last {
                    Some(last) if is_twice => last.push(c),
                    _ => quote = None,
                }
            }
            '"' | '`' if quote.is_none() => quote = Some(c),
            '.' if quote.is_none() => parts.push(String::new()),
            c => {
                if let Some(last) = last {
                    last.push(c);
                }
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_without_columns_has_no_schema() {
        let mut out = StatementBuilder::new(&"s".parse().unwrap());
        let mut table = Table::declare(&mut out, &["a.b"]);
        assert_eq!(out.len(), 1);
        table.primary_key(&mut out, &["x"]);
        assert_eq!(out.len(), 1);
        let facts = ColumnFacts::default();
        let first = table.column(&mut out, "x", &facts).unwrap();
        assert_eq!(first.as_str(), "urn:isogloss:column:s/a.b/x");
        assert_eq!(table.column(&mut out, "x", &facts), None);
        assert_ne!(table.column(&mut out, "X", &facts), None);
        table.primary_key(&mut out, &["x", "X"]);
        let text: Vec<String> = out.finish().iter().map(ToString::to_string).collect();
        assert!(text.iter().any(|line| line.contains("primaryKeyOrder")));
    }

    #[test]
    fn dots_in_names_are_no_structure() {
        assert_eq!(path_part("orders"), "orders");
        assert_eq!(path_part("a.b"), "\"a.b\"");
        assert_eq!(path_part("a\"b"), "\"a\"\"b\"");
        assert_eq!(path_parts("a.\"b.\"\"c\".`d.e`"), ["a", "b.\"c", "d.e"]);
    }
}
