//! Measures of semantic models, which metrics use or become.

use std::cell::Cell;

use rustc_hash::FxHashMap;

use super::super::fields::Fields;
use super::super::report::Severity;
use crate::layer::{Aggregation, Edge, Expression, NonAdditive, Simple};

/// A measure of a semantic model.
pub(super) struct Measure<'a> {
    /// The measure as it is written.
    pub(super) fields: Fields<'a>,
    /// Its name.
    pub(super) name: &'a str,
    /// What it computes.
    pub(super) simple: Simple,
    /// Whether it is a metric of its own.
    pub(super) is_metric: bool,
    /// Whether a metric uses it.
    pub(super) used: Cell<bool>,
}

/// The measures of all semantic models.
#[derive(Default)]
pub(super) struct Measures<'a> {
    in_order: Vec<Measure<'a>>,
    by_name: FxHashMap<&'a str, usize>,
}

impl<'a> Measures<'a> {
    /// Reads a measure of a dataset; the first of a name counts.
    pub(super) fn read(&mut self, fields: Fields<'a>, dataset: &str) {
        let Some(name) = fields.name("name") else {
            return;
        };
        let Some(aggregation) = aggregation(&fields) else {
            return;
        };
        let simple = Simple {
            dataset: dataset.to_owned(),
            aggregation,
            expression: Some(Expression::new(fields.text("expr").unwrap_or(name))),
            time: fields.owned("agg_time_dimension"),
            non_additive: non_additive(&fields),
            fill_nulls_with: None,
            join_to_time_spine: false,
        };
        let is_metric = fields.flag("create_metric").unwrap_or_default();
        fields.document().understood("measure");
        if self.by_name.contains_key(name) {
            let message = format!("measure `{name}` is defined twice; the first one counts");
            fields.problem(Severity::Warning, "duplicate_name", message, Some("name"));
            return;
        }
        self.by_name.insert(name, self.in_order.len());
        self.in_order.push(Measure {
            fields,
            name,
            simple,
            is_metric,
            used: Cell::new(false),
        });
    }

    /// Returns a measure by its name, and remembers that it is used.
    pub(super) fn get(&self, name: &str) -> Option<&Measure<'a>> {
        let measure = &self.in_order[*self.by_name.get(name)?];
        measure.used.set(true);
        Some(measure)
    }

    /// Returns all measures, in the order of their models.
    pub(super) fn all(&self) -> &[Measure<'a>] {
        &self.in_order
    }
}

/// Reads how values are put together, from `agg` and `agg_params`.
pub(super) fn aggregation(fields: &Fields<'_>) -> Option<Aggregation> {
    let word = fields.name("agg")?.to_lowercase();
    let inner = fields.object("agg_params");
    // dbt 2 has the parameters beside the aggregation.
    let parameters = inner
        .as_ref()
        .or_else(|| fields.has("percentile").then_some(fields));
    let flag = |key| {
        parameters
            .and_then(|parameters| parameters.flag(key))
            .unwrap_or_default()
    };
    let aggregation = match word.as_str() {
        "sum" => Aggregation::Sum,
        "sum_boolean" => Aggregation::SumBoolean,
        "count" => Aggregation::Count,
        "count_distinct" => Aggregation::CountDistinct,
        "approximate_count_distinct" | "approx_count_distinct" => {
            Aggregation::ApproximateCountDistinct
        }
        "average" | "avg" => Aggregation::Average,
        "min" => Aggregation::Min,
        "max" => Aggregation::Max,
        "median" => Aggregation::Median,
        "percentile" => {
            let share = parameters
                .and_then(|parameters| parameters.number("percentile", "a share from 0 to 1"))
                .filter(|share| (0.0..=1.0).contains(share));
            let Some(share) = share else {
                let message =
                    "a percentile needs `agg_params.percentile`, from 0 to 1; this is left out";
                fields.problem(
                    Severity::Error,
                    "invalid_percentile",
                    message,
                    Some("agg_params"),
                );
                return None;
            };
            Aggregation::Percentile {
                share,
                discrete: flag("use_discrete_percentile")
                    || parameters.and_then(|own| own.text("percentile_type")) == Some("discrete"),
                approximate: flag("use_approximate_percentile"),
            }
        }
        other => {
            let message = format!("`{other}` is no aggregation, so this is left out");
            fields.problem(Severity::Error, "unknown_aggregation", message, Some("agg"));
            return None;
        }
    };
    // Any of the three may stand beside an aggregation that has no use for it.
    if let Some(inner) = &inner {
        inner.leave(&[
            "percentile",
            "use_discrete_percentile",
            "use_approximate_percentile",
        ]);
    }
    Some(aggregation)
}

/// Reads `non_additive_dimension`.
pub(super) fn non_additive(fields: &Fields<'_>) -> Option<NonAdditive> {
    let fields = fields.object("non_additive_dimension")?;
    let time = fields.name("name")?.to_owned();
    let choice = fields
        .text("window_choice")
        .or_else(|| fields.text("window_agg"));
    let edge = match choice.map(str::to_lowercase).as_deref() {
        None | Some("min") => Edge::First,
        Some("max") => Edge::Last,
        Some(other) => {
            let message = format!("`{other}` is neither min nor max; min is assumed");
            fields.warn("unknown_window_choice", message, "window_choice");
            Edge::First
        }
    };
    let mut per = fields.strings("window_groupings");
    per.extend(fields.strings("group_by"));
    fields.leave(&["window_aggregation_function"]);
    Some(NonAdditive { time, edge, per })
}
