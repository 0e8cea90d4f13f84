//! The view of a column.

use graph_core::TermId;

use super::dataset::LIST_LIMIT;
use super::{Column, Dataset};

impl<'m> Column<'m> {
    /// Returns the dataset that the column belongs to.
    pub fn dataset(self) -> Option<Dataset<'m>> {
        let model = self.model();
        let words = model.words();
        let mut schemas = self.subjects(words.column);
        schemas.extend(
            self.list_head()
                .into_iter()
                .flat_map(|head| model.subjects(words.column, head)),
        );
        let datasets = schemas
            .into_iter()
            .flat_map(|schema| model.subjects(words.table_schema, schema));
        model.views(datasets.collect()).into_iter().next()
    }

    /// Returns the type of the values, as the source writes it.
    pub fn datatype(self) -> Option<String> {
        let model = self.model();
        let types = self.objects(model.words().datatype);
        let named = types
            .iter()
            .find(|id| !model.is_literal(**id))
            .map(|id| model.entity_of(*id).label());
        self.text(&[model.words().datatype]).or(named)
    }

    /// Returns whether every row must have a value; `None` when no source says.
    pub fn required(self) -> Option<bool> {
        match self.text(&[self.model().words().required])?.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// Returns the position in the dataset, from one.
    pub fn position(self) -> Option<u64> {
        self.number(self.model().words().position)
    }

    /// Returns the values that the column may hold, and those that it was seen to hold: each once, the former first.
    pub fn values(self) -> Vec<String> {
        let words = self.model().words();
        let mut values = self.texts(words.allowed_value);
        for sample in self.texts(words.sample_value) {
            if !values.contains(&sample) {
                values.push(sample);
            }
        }
        values
    }

    /// Returns the columns that this one refers to by a foreign key.
    pub fn references(self) -> Vec<Self> {
        let words = self.model().words();
        self.model().views(self.objects(words.references))
    }

    /// Returns the columns that refer to this one by a foreign key.
    pub fn referenced_by(self) -> Vec<Self> {
        let words = self.model().words();
        self.model().views(self.subjects(words.references))
    }

    /// Returns whether the column is part of its dataset's primary key.
    pub fn is_primary_key(self) -> bool {
        let Some((dataset, name)) = self.dataset().zip(self.name()) else {
            return false;
        };
        dataset.primary_key().contains(&name)
    }

    /// The first node of the RDF list that this column is an item of.
    fn list_head(self) -> Option<TermId> {
        let model = self.model();
        let words = model.words();
        let mut node = self.subjects(words.rdf_first).first().copied()?;
        for _ in 0..LIST_LIMIT {
            match model.subjects(words.rdf_rest, node).first().copied() {
                Some(before) => node = before,
                None => return Some(node),
            }
        }
        None
    }
}
