//! The view of a dataset.

use graph_core::TermId;

use super::{Column, Contract, Dataset, Metric};
use crate::entity::Entity;
use crate::identities::{said_same, without_refused};
use crate::model::Model;

/// How many items of a list of columns are read: a list that runs in a circle ends here.
pub(super) const LIST_LIMIT: usize = 20_000;

/// The outcome of one check of data quality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The number of the measurement in the snapshot's dictionary.
    pub id: TermId,
    /// The rule, in words.
    pub rule: String,
    /// What the rule says in full.
    pub description: Option<String>,
    /// The outcome: `pass`, `fail`, `error`, `warn` or `skipped`.
    pub status: Option<String>,
    /// The measured value, as the source writes it.
    pub value: Option<String>,
    /// When it was measured, as the source writes it.
    pub measured_at: Option<String>,
}

impl<'m> Dataset<'m> {
    /// Returns the columns, by position and then by IRI.
    pub fn columns(self) -> Vec<Column<'m>> {
        let model = self.model();
        let word = model.words().column;
        let mut placed: Vec<(u64, TermId)> = Vec::new();
        for node in self
            .schemas()
            .into_iter()
            .flat_map(|schema| model.objects(schema, word))
        {
            let items = list_items(model, node);
            if items.is_empty() {
                placed.push((u64::MAX, node));
            }
            placed.extend((1..).zip(items));
        }
        placed.retain(|(_, id)| !model.is_literal(*id));
        for (place, id) in &mut placed {
            *place = Column(model.entity_of(*id)).position().unwrap_or(*place);
        }
        placed.sort_by_cached_key(|(place, id)| (*place, model.graph().text(*id)));
        placed.dedup_by_key(|(_, id)| *id);
        placed
            .into_iter()
            .map(|(_, id)| Column(model.entity_of(id)))
            .collect()
    }

    /// Returns the column of this name, in any case.
    pub fn column(self, name: &str) -> Option<Column<'m>> {
        let is_it = |column: &Column<'m>| {
            column
                .name()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        };
        self.columns().into_iter().find(is_it)
    }

    /// Returns the names of the columns of the primary key.
    pub fn primary_key(self) -> Vec<String> {
        let model = self.model();
        let keys = self
            .schemas()
            .into_iter()
            .flat_map(|schema| model.texts(schema, model.words().primary_key));
        let mut names: Vec<String> = keys.collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns the platform and full names of the physical table, as sources know it.
    pub fn qualified_names(self) -> Vec<String> {
        self.texts(self.model().words().qualified_name)
    }

    /// Returns the first of [`Dataset::qualified_names`].
    pub fn qualified_name(self) -> Option<String> {
        self.qualified_names().into_iter().next()
    }

    /// Returns how the dataset is kept, such as `table` or `view`.
    pub fn materialization(self) -> Option<String> {
        self.text(&[self.model().words().materialization])
    }

    /// Returns the number of rows when the source was read.
    pub fn row_count(self) -> Option<u64> {
        self.number(self.model().words().row_count)
    }

    /// Returns the other datasets that are the same physical table: of one qualified name, or said to be the same.
    ///
    /// Leaves out those that someone who may say so keeps apart from this one.
    pub fn twins(self) -> Vec<Self> {
        let model = self.model();
        let words = model.words();
        let names = self.objects(words.qualified_name).into_iter();
        let mut ids: Vec<TermId> = names
            .flat_map(|name| model.subjects(words.qualified_name, name))
            .collect();
        ids.extend(said_same(model, self.id()));
        ids.retain(|id| *id != self.id());
        without_refused(model, self.id(), &mut ids);
        model.views(ids)
    }

    /// Returns the contracts that the dataset is under, as it or a twin says.
    pub fn contracts(self) -> Vec<Contract<'m>> {
        let word = self.model().words().conforms_to;
        let ids = self
            .with_twins()
            .into_iter()
            .flat_map(|entity| entity.objects(word));
        self.model().views(ids.collect())
    }

    /// Returns the metrics computed from the dataset or a column of it.
    pub fn metrics(self) -> Vec<Metric<'m>> {
        let word = self.model().words().derived_from;
        let mut ids = self.subjects(word);
        ids.extend(
            self.columns()
                .into_iter()
                .flat_map(|column| column.subjects(word)),
        );
        self.model().views(ids)
    }

    /// Returns the outcomes of the checks of this dataset and its columns.
    pub fn checks(self) -> Vec<Check> {
        let model = self.model();
        let words = model.words();
        let mut ids = self.subjects(words.computed_on);
        ids.extend(
            self.columns()
                .into_iter()
                .flat_map(|column| column.subjects(words.computed_on)),
        );
        let measurements = model.sorted(ids).into_iter();
        measurements.map(|one| self.check(one)).collect()
    }

    /// Tells whether a check of how fresh the dataset is did not pass, by what each such check found last.
    pub fn is_stale(self) -> bool {
        let model = self.model();
        let measured = model.sorted(self.subjects(model.words().computed_on));
        let checks = measured.into_iter().map(|one| self.check(one));
        let fresh = checks.filter(|check| check.rule.to_lowercase().contains("fresh"));
        let last = fresh.max_by(|a, b| a.measured_at.cmp(&b.measured_at));
        let status = last.and_then(|check| check.status).unwrap_or_default();
        matches!(
            status.to_lowercase().as_str(),
            "fail" | "failed" | "error" | "warn" | "stale"
        )
    }

    fn check(self, measurement: Entity<'m>) -> Check {
        let (model, words) = (self.model(), self.model().words());
        let rules = model.things(measurement.objects(words.measurement_of));
        let rule = rules.first().copied().unwrap_or(measurement);
        Check {
            id: measurement.id(),
            rule: rule.label(),
            description: rule.description(),
            status: measurement.status(),
            value: measurement.text(&[words.measured_value]),
            measured_at: measurement.text(&[words.generated_at]),
        }
    }

    /// The products that offer this dataset or a twin, directly or through a port.
    pub(crate) fn offering_products(self) -> Vec<TermId> {
        let model = self.model();
        let words = model.words();
        let mut products = Vec::new();
        for dataset in self.with_twins() {
            products.extend(dataset.objects(words.in_product));
            products.extend(dataset.subjects(words.output_dataset));
            let mut distributions = dataset.objects(words.distribution);
            distributions.extend(dataset.subjects(words.distribution_of));
            let mut ports = dataset.subjects(words.serves_dataset);
            for distribution in distributions {
                products.extend(model.subjects(words.distribution, distribution));
                ports.extend(model.objects(distribution, words.access_service));
                ports.extend(model.subjects(words.access_service_of, distribution));
            }
            products.extend(
                ports
                    .into_iter()
                    .flat_map(|port| model.subjects(words.output_port, port)),
            );
        }
        products
    }

    fn schemas(self) -> Vec<TermId> {
        let model = self.model();
        model
            .sorted(self.objects(model.words().table_schema))
            .into_iter()
            .map(Entity::id)
            .collect()
    }
}

/// The items of an RDF list, as CSVW's own JSON-LD writes columns; none when the node is no list.
fn list_items(model: &Model<'_>, head: TermId) -> Vec<TermId> {
    let words = model.words();
    let mut items = Vec::new();
    let mut node = head;
    while let Some(first) = model.objects(node, words.rdf_first).first().copied() {
        items.push(first);
        match model.objects(node, words.rdf_rest).first().copied() {
            Some(rest) if rest != head && items.len() < LIST_LIMIT => node = rest,
            _ => break,
        }
    }
    items
}
