//! Small rewrites of the algebra: paths into plain patterns, and the charges that keep joins within the budgets.

use std::cell::Cell;

use oxrdf::{Literal, NamedNode, Variable};
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

use super::dataset::TICK;

/// The pattern with one empty row.
pub(super) fn nothing() -> GraphPattern {
    GraphPattern::Bgp {
        patterns: Vec::new(),
    }
}

pub(super) fn lateral(left: GraphPattern, right: GraphPattern) -> GraphPattern {
    GraphPattern::Lateral {
        left: Box::new(left),
        right: Box::new(right),
    }
}

/// Succeeds once and charges `weight` to the query's budget.
pub(super) fn tick(weight: usize) -> GraphPattern {
    let tick = NamedNode::new_unchecked(TICK);
    let weight = u32::try_from(weight).unwrap_or(u32::MAX);
    let triple = TriplePattern {
        subject: tick.clone().into(),
        predicate: tick.into(),
        object: Literal::from(weight).into(),
    };
    GraphPattern::Bgp {
        patterns: vec![triple],
    }
}

/// Charges each row of the pattern.
pub(super) fn ticked(pattern: GraphPattern, weight: usize) -> GraphPattern {
    lateral(pattern, tick(weight))
}

/// Rows that the pattern makes out of nothing each time it is evaluated: those of its VALUES.
pub(super) fn inline_rows(pattern: &GraphPattern) -> usize {
    use GraphPattern as G;
    match pattern {
        G::Values { bindings, .. } => bindings.len(),
        G::Join { left, right }
        | G::Lateral { left, right }
        | G::LeftJoin { left, right, .. }
        | G::Minus { left, right }
        | G::Union { left, right } => inline_rows(left).saturating_add(inline_rows(right)),
        G::Filter { inner, .. }
        | G::Graph { inner, .. }
        | G::Extend { inner, .. }
        | G::OrderBy { inner, .. }
        | G::Project { inner, .. }
        | G::Distinct { inner }
        | G::Reduced { inner }
        | G::Slice { inner, .. }
        | G::Group { inner, .. } => inline_rows(inner),
        G::Bgp { .. } | G::Path { .. } | G::Service { .. } => 0,
    }
}

/// Takes joins, basic graph patterns and paths apart.
pub(super) fn flatten(
    pattern: GraphPattern,
    variables: &Cell<usize>,
    parts: &mut Vec<GraphPattern>,
) {
    match pattern {
        GraphPattern::Bgp { patterns } => {
            parts.extend(patterns.into_iter().map(|triple| GraphPattern::Bgp {
                patterns: vec![triple],
            }));
        }
        GraphPattern::Join { left, right } => {
            flatten(*left, variables, parts);
            flatten(*right, variables, parts);
        }
        GraphPattern::Path {
            subject,
            path,
            object,
        } => flatten_path(subject, path, object, variables, parts),
        other => parts.push(other),
    }
}

/// Spells a path out where the specification says so: the evaluator itself does not count an alternative or a negated
/// property set twice when both its ends are known, so that the number of rows would depend on the plan.
fn flatten_path(
    subject: TermPattern,
    path: PropertyPathExpression,
    object: TermPattern,
    variables: &Cell<usize>,
    parts: &mut Vec<GraphPattern>,
) {
    use PropertyPathExpression as P;
    match path {
        P::NamedNode(node) => parts.push(triple(subject, node.into(), object)),
        P::Reverse(path) => flatten_path(object, *path, subject, variables, parts),
        P::Sequence(first, second) => {
            let middle = TermPattern::Variable(fresh(variables));
            flatten_path(subject, *first, middle.clone(), variables, parts);
            flatten_path(middle, *second, object, variables, parts);
        }
        P::Alternative(one, other) => parts.push(GraphPattern::Union {
            left: Box::new(joined(subject.clone(), *one, object.clone(), variables)),
            right: Box::new(joined(subject, *other, object, variables)),
        }),
        P::NegatedPropertySet(nodes) => {
            let predicate = fresh(variables);
            let listed = nodes.into_iter().map(Expression::NamedNode).collect();
            let is_listed =
                Expression::In(Box::new(Expression::Variable(predicate.clone())), listed);
            parts.push(GraphPattern::Filter {
                expr: Expression::Not(Box::new(is_listed)),
                inner: Box::new(triple(subject, predicate.into(), object)),
            });
        }
        path @ (P::ZeroOrMore(_) | P::OneOrMore(_) | P::ZeroOrOne(_)) => {
            parts.push(GraphPattern::Path {
                subject,
                path,
                object,
            });
        }
    }
}

fn joined(
    subject: TermPattern,
    path: PropertyPathExpression,
    object: TermPattern,
    variables: &Cell<usize>,
) -> GraphPattern {
    let mut parts = Vec::new();
    flatten_path(subject, path, object, variables, &mut parts);
    let join = |left, right| GraphPattern::Join {
        left: Box::new(left),
        right: Box::new(right),
    };
    parts.into_iter().reduce(join).unwrap_or_else(nothing)
}

fn triple(subject: TermPattern, predicate: NamedNodePattern, object: TermPattern) -> GraphPattern {
    GraphPattern::Bgp {
        patterns: vec![TriplePattern {
            subject,
            predicate,
            object,
        }],
    }
}

/// A variable that no query can name.
fn fresh(variables: &Cell<usize>) -> Variable {
    let number = variables.get();
    variables.set(number + 1);
    Variable::new_unchecked(format!("path step {number}"))
}
