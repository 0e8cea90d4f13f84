//! What there is to group by.

use super::catalog::Catalog;
use super::hop::By;
use super::names::nearest;
use super::{DatasetId, MetricId, PlanError};
use crate::layer::FieldRole;

impl Catalog {
    /// Gives the names of what the rows of all of some datasets could be grouped by, sorted, up to some entities away.
    ///
    /// A name that is given may still be refused in a query, such as one that two paths lead to.
    pub fn group_names(&self, datasets: &[DatasetId], hops_max: usize) -> Vec<String> {
        let mut names: Option<Vec<String>> = None;
        for dataset in datasets {
            let mut own = self.routes().names_from(*dataset, hops_max);
            own.extend(self.qualified_names(*dataset));
            names = Some(match names {
                None => own,
                Some(before) => before
                    .into_iter()
                    .filter(|name| own.contains(name))
                    .collect(),
            });
        }
        let mut names = names.unwrap_or_default();
        names.sort();
        names.dedup();
        names
    }

    /// Names of fields behind declared joins, which are called by the dataset or by the role that a join gives it.
    fn qualified_names(&self, from: DatasetId) -> Vec<String> {
        let reached = self.routes().looked_up(from);
        let mut owners: Vec<(&str, DatasetId)> = Vec::new();
        for id in &reached {
            let dataset = self.dataset(*id);
            if dataset.entities.is_empty() && dataset.primary_entity.is_none() {
                owners.push((&dataset.name, *id));
            }
        }
        for (_, hop) in self.graph.hops() {
            if let By::Join(role) = &hop.by
                && hop.is_safe()
                && reached.contains(&hop.from)
            {
                let roles = self.graph.hops().filter(|(_, other)| {
                    other.to == hop.to && other.is_safe() && matches!(other.by, By::Join(_))
                });
                // One way needs no name of its own.
                if roles.count() > 1 {
                    owners.push((role, hop.to));
                }
            }
        }
        let fields = owners.into_iter().flat_map(|(owner, id)| {
            let fields = self.dataset(id).fields.iter();
            fields
                .filter(|field| field.role != FieldRole::Fact)
                .map(move |field| format!("{owner}.{}", field.name))
        });
        fields.collect()
    }

    /// Gives the datasets whose rows some metrics group, each once.
    ///
    /// # Errors
    /// A [`PlanError`] where a metric is not well defined.
    pub fn grouped_by(&self, metrics: &[MetricId]) -> Result<Vec<DatasetId>, PlanError> {
        let mut datasets = Vec::new();
        for metric in metrics {
            self.body(*metric)?;
            for source in self.sources(*metric) {
                if !datasets.contains(source) {
                    datasets.push(*source);
                }
            }
        }
        Ok(datasets)
    }

    /// Gives the names most like one that is not there, best first, at most three.
    pub fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut near = nearest(name, known);
        near.truncate(3);
        near
    }
}
