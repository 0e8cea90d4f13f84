//! What is told of a leaf.

use super::leaf::{HIDDEN_MOMENT, Leaf, LeafGroup};
use crate::layer::Offset;
use crate::plan::explain::{AggregationNote, FilterNote, PathNote};
use crate::plan::planner::Planner;
use crate::plan::{Condition, Item};

impl<'c> Planner<'c> {
    /// Tells how the rows of a leaf are found.
    pub(super) fn explain_leaf(&mut self, leaf: &Leaf<'c>, groups: &[LeafGroup]) {
        let rows = &leaf.rows;
        let dataset = rows.simple.dataset;
        let mut note = AggregationNote {
            dataset: self.catalog.dataset(dataset).name.clone(),
            time: self.time_in_words(leaf),
            ..AggregationNote::default()
        };
        for measure in &leaf.measures {
            let name = &self.catalog.metric(measure.metric).name;
            if !note.metrics.contains(name) {
                note.metrics.push(name.clone());
            }
        }
        for group in groups.iter().filter(|group| &*group.name != HIDDEN_MOMENT) {
            note.paths.push(PathNote {
                group: group.name.as_ref().to_owned(),
                taken: self.path_in_words(dataset, &group.member.path),
                rejected: self.rejected(dataset, &group.member),
            });
        }
        let again = if rows.join_to_time_spine {
            "rows before they are aggregated, and again after the time spine adds moments"
        } else {
            "rows before they are aggregated"
        };
        for restriction in &rows.ask.restrictions {
            note.filters.push(FilterNote {
                condition: condition_in_words(restriction.condition),
                applied: format!("{again} ({})", note.dataset),
            });
        }
        if rows.ask.time.is_some() {
            note.filters.push(FilterNote {
                condition: "the range of time".to_owned(),
                applied: "moments that are shown, after windows and offsets, in whole periods"
                    .to_owned(),
            });
        }
        self.explanation.aggregations.push(note);
    }

    fn time_in_words(&self, leaf: &Leaf<'c>) -> Option<String> {
        let field = leaf.rows.simple.time?;
        let mut words = self.catalog.field(field).name.clone();
        for offset in &leaf.rows.ask.offsets {
            let more = match offset {
                Offset::Window(window) => {
                    format!(
                        ", {} {} earlier by the time spine",
                        window.count, window.grain
                    )
                }
                Offset::ToGrain(grain) => format!(", at the start of its {grain}"),
            };
            words.push_str(&more);
        }
        if let Some(cumulative) = leaf.rows.cumulative {
            let more = match (&cumulative.window, &cumulative.grain_to_date) {
                (Some(window), _) => format!(", over the last {} {}", window.count, window.grain),
                (None, Some(grain)) => format!(", since the start of the {grain}"),
                (None, None) => ", over all time before".to_owned(),
            };
            words.push_str(&more);
        }
        Some(words)
    }
}

/// A condition with the names of its leaves.
fn condition_in_words(condition: &Condition) -> String {
    let named: Result<_, std::convert::Infallible> = condition.fill(|item| {
        let name = match item {
            Item::Group(group) => group.name.clone(),
            Item::Metric { metric, .. } => metric.clone(),
        };
        Ok(sqlparser::ast::Expr::Identifier(
            sqlparser::ast::Ident::new(name),
        ))
    });
    match named {
        Ok(expr) => expr.to_string(),
        Err(never) => match never {},
    }
}
