//! Conditions on groups, and metrics as arithmetic over the aggregates that they are made of.

use sqlparser::ast::Expr;

use super::super::aggregates::Reader;
use super::super::assembly::free_name;
use super::super::bind::Binders;
use super::super::body::{Aggregates, Atom, Body, Part};
use super::super::catalog::Catalog;
use super::super::condition::{check_functions, is_aggregate};
use super::super::relation::Name;
use super::super::scalar::Scalar;
use super::super::{MetricId, PlanError, Reason, parse, windows};
use super::arithmetic::arithmetic;
use super::groups::Asked;
use super::levels::{self, Levels};
use super::qualified;
use crate::layer::{Filter, Query};

/// Metrics are not made of metrics deeper than this.
const DEPTH_MAX: usize = 64;

/// The aggregates that a query needs, each once, and what is calculated from them.
pub(super) struct Calculation<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) query: &'c Query,
    pub(super) groups: &'c [Asked],
    /// The aggregates, each with the name of its column.
    pub(super) atoms: Vec<(Atom, Name)>,
}

impl Calculation<'_> {
    /// The value of a metric over the columns of its aggregates.
    pub(super) fn metric(&mut self, id: MetricId, depth: usize) -> Result<Scalar, PlanError> {
        let catalog = self.catalog;
        let name = &catalog.metric(id).name;
        let refuse = |reason, message| Err(PlanError::new(reason, message).about(name));
        if depth > DEPTH_MAX {
            let message = format!("metric `{name}` is made of metrics too deep");
            return refuse(Reason::CyclicDefinition, message);
        }
        match catalog.body(id)? {
            Body::Aggregates(aggregates) => self.value(aggregates, depth),
            Body::Window { .. } => refuse(
                Reason::UnaggregatedFinerGrain,
                format!("metric `{name}` is a value for each row: ask for it as a field"),
            ),
            _ => refuse(
                Reason::NotSupported,
                format!("metric `{name}` cannot be asked for together with expressions over facts"),
            ),
        }
    }

    fn value(&mut self, aggregates: &Aggregates, depth: usize) -> Result<Scalar, PlanError> {
        let mut leaves = Vec::with_capacity(aggregates.arithmetic.leaves.len());
        for at in &aggregates.arithmetic.leaves {
            let value = match aggregates.parts.get(*at) {
                Some(Part::Atom(atom)) => self.atom(atom),
                Some(Part::Metric(metric)) => self.metric(*metric, depth + 1)?,
                Some(Part::Group(group)) => self.named(&group.name, depth)?,
                None => return Err(PlanError::new(Reason::InvalidLayer, "a part is missing")),
            };
            leaves.push(value);
        }
        Ok(arithmetic(&aggregates.arithmetic.ast, &leaves))
    }

    fn atom(&mut self, atom: &Atom) -> Scalar {
        let known = self.atoms.iter().find(|(other, _)| other == atom);
        if let Some((_, name)) = known {
            return Scalar::column(0, name);
        }
        let wanted = format!("aggregate_{}", self.atoms.len() + 1);
        let name = free_name(&wanted, |name| self.groups.iter().any(|g| &*g.name == name));
        self.atoms.push((atom.clone(), Name::clone(&name)));
        Scalar::column(0, &name)
    }

    /// The value that a condition on groups names: a metric by the name it is shown under, or a group.
    fn named(&mut self, name: &str, depth: usize) -> Result<Scalar, PlanError> {
        if let Some(id) = self.shown_metric(name)? {
            return self.metric(id, depth + 1);
        }
        match self.group(name) {
            Some(column) => Ok(Scalar::column(0, &column)),
            None => Err(PlanError::new(
                Reason::UnknownFilterItem,
                format!("`{name}` is no metric or group of the query"),
            )
            .about(name)),
        }
    }

    fn shown_metric(&self, name: &str) -> Result<Option<MetricId>, PlanError> {
        let mut metrics = self.query.metrics.iter();
        let shown = metrics.find(|metric| metric.alias.as_deref() == Some(name));
        shown
            .map(|metric| self.catalog.metric_id(&metric.name))
            .transpose()
    }

    fn group(&self, name: &str) -> Option<Name> {
        let item = qualified(self.catalog, self.query, &crate::layer::GroupBy::new(name));
        let mut groups = self.groups.iter();
        let found = groups.find(|group| group.item.name == item.name || &*group.name == name)?;
        Some(Name::clone(&found.name))
    }

    /// Whether an expression itself is an aggregate or names a metric.
    fn is_aggregated(&self, part: &Expr) -> bool {
        let written = match part {
            Expr::Identifier(name) => name.value.clone(),
            Expr::CompoundIdentifier(parts) => {
                let words: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
                words.join(".")
            }
            other => return is_aggregate(other),
        };
        let shown = self.shown_metric(&written).ok().flatten().is_some();
        shown || self.catalog.metric_id(&written).is_ok()
    }

    /// A condition on groups, which must hold an aggregate or a metric.
    pub(super) fn having(&mut self, filter: &Filter) -> Result<Scalar, PlanError> {
        let sql = &filter.0;
        let ast = parse::expression(sql, None)?;
        check_functions(sql, &ast)?;
        if windows::has_window(&ast) {
            let message = format!("`{sql}` has a window, which a condition on groups cannot have");
            return Err(PlanError::new(Reason::NotSupported, message).about(sql));
        }
        if levels::of(&ast, &|part| self.is_aggregated(part)) == Levels::Both {
            let message = format!(
                "`{sql}` is in part a condition on rows and in part one on groups; write two conditions"
            );
            return Err(PlanError::new(Reason::MixedPredicateLevel, message).about(sql));
        }
        let catalog = self.catalog;
        let mut binders = Binders::new(&catalog.layer, &catalog.index, Some(&catalog.graph), &[]);
        let dataset = self.query.dataset.as_deref();
        let mut reader = Reader {
            layer: &catalog.layer,
            index: &catalog.index,
            graph: &catalog.graph,
            binders: &mut binders,
            scope: dataset.and_then(|name| catalog.dataset_id(name)),
            groups: true,
            composes: false,
        };
        let aggregates = reader.aggregates(sql, ast)?;
        let mut aggregated = false;
        for part in &aggregates.parts {
            aggregated |= match part {
                Part::Atom(_) | Part::Metric(_) => true,
                Part::Group(group) => self.shown_metric(&group.name)?.is_some(),
            };
        }
        if !aggregated {
            let message =
                format!("`{sql}` has no aggregate, so it is a condition on rows and not on groups");
            return Err(PlanError::new(Reason::NonAggregateInHaving, message).about(sql));
        }
        self.value(&aggregates, 0)
    }
}
