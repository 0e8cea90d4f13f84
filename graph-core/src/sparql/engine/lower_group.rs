//! Makes GROUP BY and its aggregates ready.

use std::sync::Arc;

use oxrdf::Variable;
use spargebra::algebra::{AggregateExpression, AggregateFunction, GraphPattern};

use super::algebra::{Aggregate, AggregateKind, Kind, Node, Part, Slot, Slots};
use super::lower::Lowering;

impl Lowering {
    pub(super) fn group(
        &mut self,
        inner: &GraphPattern,
        variables: &[Variable],
        aggregates: &[(Variable, AggregateExpression)],
        graph: Option<Part>,
    ) -> Option<Node> {
        let inner = Box::new(self.pattern(inner, graph)?);
        let keys = variables
            .iter()
            .map(|variable| self.slot(variable.as_str()));
        let keys = keys.collect::<Option<Vec<Slot>>>()?;
        let mut possible = Slots::default();
        for key in &keys {
            possible.insert(*key);
        }
        let certain = possible.and(inner.certain);
        let mut made = Vec::new();
        for (variable, aggregate) in aggregates {
            let slot = self.slot(variable.as_str())?;
            possible.insert(slot);
            made.push(self.aggregate(slot, aggregate, graph)?);
        }
        let kind = Kind::Group {
            inner,
            keys,
            aggregates: made,
        };
        Some(Node {
            kind,
            certain,
            possible,
        })
    }

    fn aggregate(
        &mut self,
        slot: Slot,
        aggregate: &AggregateExpression,
        graph: Option<Part>,
    ) -> Option<Aggregate> {
        match aggregate {
            AggregateExpression::CountSolutions { distinct } => Some(Aggregate {
                slot,
                kind: AggregateKind::Count,
                distinct: *distinct,
                argument: None,
            }),
            AggregateExpression::FunctionCall {
                name,
                expr,
                distinct,
            } => {
                let kind = match name {
                    AggregateFunction::Count => AggregateKind::Count,
                    AggregateFunction::Sum => AggregateKind::Sum,
                    AggregateFunction::Avg => AggregateKind::Avg,
                    AggregateFunction::Min => AggregateKind::Min,
                    AggregateFunction::Max => AggregateKind::Max,
                    AggregateFunction::Sample => AggregateKind::Sample,
                    AggregateFunction::GroupConcat { separator } => {
                        AggregateKind::Concat(separator.as_deref().unwrap_or(" ").into())
                    }
                    AggregateFunction::Custom(_) => return None,
                };
                Some(Aggregate {
                    slot,
                    kind,
                    distinct: *distinct,
                    argument: Some(Arc::new(self.expression(expr, graph)?)),
                })
            }
        }
    }
}
