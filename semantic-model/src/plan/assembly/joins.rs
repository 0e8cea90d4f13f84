//! Joins along paths.

use super::Assembly;
use crate::layer::FieldRole;
use crate::plan::planner::Planner;
use crate::plan::scalar::{Operator, Scalar};
use crate::plan::{DatasetId, FieldId, HopId, Path, PlanError};

impl Assembly {
    /// Joins the datasets on a path, each once, and returns the read at its end.
    pub(super) fn reach(&mut self, planner: &Planner<'_>, path: &Path) -> Result<usize, PlanError> {
        if let Some(known) = self.reads.iter().position(|read| read.path == *path) {
            return Ok(known);
        }
        let Some((last, before)) = path.hops.split_last() else {
            return Ok(0);
        };
        let before = Path {
            hops: before.to_vec(),
        };
        let from = self.reach(planner, &before)?;
        self.hop(planner, &before, from, *last)
    }

    fn hop(
        &mut self,
        planner: &Planner<'_>,
        before: &Path,
        from: usize,
        id: HopId,
    ) -> Result<usize, PlanError> {
        let catalog = planner.catalog;
        let hop = catalog.hop(id);
        let path = before.then(id);
        let read = self.add_read(planner, path.clone(), hop.to, self.join, Vec::new());
        let mut on = Vec::new();
        for (left, right) in &hop.keys {
            let name = hop.by.name();
            let left = self.expression(planner, left, before, name, &|raw| raw)?;
            let right = self.expression(planner, right, &path, name, &|raw| raw)?;
            on.push(Scalar::binary(left, Operator::Equal, right));
        }
        for (left, right, at) in self.partitions(planner, &path) {
            let left = self.moment(planner, left, &at)?;
            let right = self.moment(planner, right, &path)?;
            on.push(Scalar::binary(left, Operator::Equal, right));
        }
        if let (Some((start, end)), Some(time)) = (hop.validity, self.time.clone()) {
            let start = self.moment(planner, start, &path)?;
            let end = self.moment(planner, end, &path)?;
            on.push(Scalar::binary(time.clone(), Operator::AtLeast, start));
            let open = Scalar::IsNull(Box::new(end.clone()));
            let before_end = Scalar::binary(time, Operator::Less, end);
            on.push(Scalar::Any(vec![before_end, open]));
        }
        debug_assert!(from < self.reads.len());
        let place = self.reads[read].place;
        self.block.sources[place].on = on;
        Ok(read)
    }

    /// The partition fields that must be equal at the end of a path: those of the nearest dataset before it on the
    /// path that is partitioned by a field of the name.
    fn partitions(&self, planner: &Planner<'_>, path: &Path) -> Vec<(FieldId, FieldId, Path)> {
        let catalog = planner.catalog;
        let Some((last, before)) = path.hops.split_last() else {
            return Vec::new();
        };
        let hop = catalog.hop(*last);
        if !hop.partitions.is_empty() {
            let here = Path {
                hops: before.to_vec(),
            };
            let pairs = hop.partitions.iter();
            return pairs
                .map(|(left, right)| (*left, *right, here.clone()))
                .collect();
        }
        let mut found = Vec::new();
        for field in &catalog.dataset(hop.to).fields {
            let Some(right) = partition(planner, hop.to, &field.name) else {
                continue;
            };
            let earlier = (0..before.len()).rev().find_map(|length| {
                let at = Path {
                    hops: before[..length].to_vec(),
                };
                let dataset = catalog.end(self.dataset, &at);
                partition(planner, dataset, &field.name).map(|left| (left, at))
            });
            if let Some((left, at)) = earlier {
                found.push((left, right, at));
            }
        }
        found
    }
}

/// The field of a name by which a dataset is partitioned.
fn partition(planner: &Planner<'_>, dataset: DatasetId, name: &str) -> Option<FieldId> {
    let field = planner.catalog.field_id(dataset, name)?;
    match &planner.catalog.field(field).role {
        FieldRole::Time(time) if time.partition => Some(field),
        _ => None,
    }
}
