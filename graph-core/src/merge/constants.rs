//! Constants of a query: a name that another stands for is read as that other one.

use std::cell::Cell;

use oxrdf::NamedNode;
use spargebra::Query;
use spargebra::algebra::{
    AggregateExpression, Expression, GraphPattern, OrderExpression, PropertyPathExpression,
};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern};

use super::rules::SAME_AS;
use crate::snapshot::Snapshot;

/// Rewrites the constants of a query whose default graph is the merged view.
///
/// Subjects and objects of patterns outside of GRAPH are rewritten, but for objects of `owl:sameAs`, which the merged
/// view links to every name. VALUES and expressions are only in a query without GRAPH: in another one a variable may
/// stand for a name as a source claims it.
///
/// `None` when there is nothing to rewrite.
pub(crate) fn canonicalise(query: &Query, snapshot: &Snapshot) -> Option<Query> {
    if snapshot
        .merge_state()
        .is_none_or(|state| state.groups().is_empty())
    {
        return None;
    }
    let mut query = query.clone();
    let (Query::Select { pattern, .. }
    | Query::Ask { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }) = &mut query;
    let mut claims = ClaimSearch::default();
    claims.pattern(pattern);
    let rewriter = Rewriter {
        snapshot,
        also_values: !claims.found,
        rewritten: Cell::new(false),
    };
    rewriter.pattern(pattern);
    rewriter.rewritten.get().then_some(query)
}

struct Rewriter<'a> {
    snapshot: &'a Snapshot,
    also_values: bool,
    rewritten: Cell<bool>,
}

impl Rewriter<'_> {
    fn node(&self, node: &mut NamedNode) {
        let Some(id) = self.snapshot.id_of_iri(node.as_str()) else {
            return;
        };
        let canonical = self.snapshot.canonical(id);
        if let Some(iri) = self.snapshot.iri(canonical).filter(|_| canonical != id) {
            *node = NamedNode::new_unchecked(iri);
            self.rewritten.set(true);
        }
    }

    fn term(&self, term: &mut TermPattern) {
        if let TermPattern::NamedNode(node) = term {
            self.node(node);
        }
    }

    fn pattern(&self, pattern: &mut GraphPattern) {
        use GraphPattern as G;
        match pattern {
            G::Bgp { patterns } => {
                for triple in patterns {
                    self.term(&mut triple.subject);
                    let is_same_as = matches!(&triple.predicate,
                        NamedNodePattern::NamedNode(node) if node.as_str() == SAME_AS);
                    if !is_same_as {
                        self.term(&mut triple.object);
                    }
                }
            }
            G::Path {
                subject,
                path,
                object,
            } => {
                if !mentions_same_as(path) {
                    self.term(subject);
                    self.term(object);
                }
            }
            // What sources claim stays as they claim it.
            G::Graph { .. } | G::Service { .. } => {}
            G::Values { bindings, .. } => {
                if self.also_values {
                    for value in bindings.iter_mut().flatten().flatten() {
                        if let GroundTerm::NamedNode(node) = value {
                            self.node(node);
                        }
                    }
                }
            }
            G::Join { left, right }
            | G::Lateral { left, right }
            | G::Union { left, right }
            | G::Minus { left, right } => {
                self.pattern(left);
                self.pattern(right);
            }
            G::LeftJoin {
                left,
                right,
                expression,
            } => {
                self.pattern(left);
                self.pattern(right);
                if let Some(expression) = expression {
                    self.expression(expression);
                }
            }
            other => self.modifier(other),
        }
    }

    fn modifier(&self, pattern: &mut GraphPattern) {
        use GraphPattern as G;
        match pattern {
            G::Filter { expr, inner } => {
                self.expression(expr);
                self.pattern(inner);
            }
            G::Extend {
                inner, expression, ..
            } => {
                self.expression(expression);
                self.pattern(inner);
            }
            G::OrderBy { inner, expression } => {
                for by in expression {
                    let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = by;
                    self.expression(by);
                }
                self.pattern(inner);
            }
            G::Group {
                inner, aggregates, ..
            } => {
                for (_, aggregate) in aggregates {
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                        self.expression(expr);
                    }
                }
                self.pattern(inner);
            }
            G::Project { inner, .. }
            | G::Distinct { inner }
            | G::Reduced { inner }
            | G::Slice { inner, .. } => self.pattern(inner),
            _ => {}
        }
    }

    fn expression(&self, expression: &mut Expression) {
        match expression {
            Expression::NamedNode(node) if self.also_values => self.node(node),
            Expression::Exists(pattern) => self.pattern(pattern),
            other => parts(other)
                .into_iter()
                .for_each(|part| self.expression(part)),
        }
    }
}

/// The expressions that an expression is made of.
fn parts(expression: &mut Expression) -> Vec<&mut Expression> {
    use Expression as E;
    match expression {
        E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) | E::Exists(_) => Vec::new(),
        E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => vec![a],
        E::Or(a, b)
        | E::And(a, b)
        | E::Equal(a, b)
        | E::SameTerm(a, b)
        | E::Greater(a, b)
        | E::GreaterOrEqual(a, b)
        | E::Less(a, b)
        | E::LessOrEqual(a, b)
        | E::Add(a, b)
        | E::Subtract(a, b)
        | E::Multiply(a, b)
        | E::Divide(a, b) => vec![a, b],
        E::If(a, b, c) => vec![a, b, c],
        E::In(a, list) => std::iter::once(&mut **a).chain(list).collect(),
        E::Coalesce(list) | E::FunctionCall(_, list) => list.iter_mut().collect(),
    }
}

fn mentions_same_as(path: &PropertyPathExpression) -> bool {
    use PropertyPathExpression as P;
    match path {
        P::NamedNode(node) => node.as_str() == SAME_AS,
        P::Reverse(a) | P::ZeroOrMore(a) | P::OneOrMore(a) | P::ZeroOrOne(a) => mentions_same_as(a),
        P::Sequence(a, b) | P::Alternative(a, b) => mentions_same_as(a) || mentions_same_as(b),
        P::NegatedPropertySet(_) => false,
    }
}

/// Looks for patterns that read what sources claim.
#[derive(Default)]
struct ClaimSearch {
    found: bool,
}

impl ClaimSearch {
    fn pattern(&mut self, pattern: &mut GraphPattern) {
        use GraphPattern as G;
        match pattern {
            G::Graph { .. } => self.found = true,
            G::Join { left, right }
            | G::Lateral { left, right }
            | G::Union { left, right }
            | G::Minus { left, right } => {
                self.pattern(left);
                self.pattern(right);
            }
            G::LeftJoin {
                left,
                right,
                expression,
            } => {
                self.pattern(left);
                self.pattern(right);
                if let Some(expression) = expression {
                    self.expression(expression);
                }
            }
            G::Filter {
                expr: expression,
                inner,
            }
            | G::Extend {
                inner, expression, ..
            } => {
                self.expression(expression);
                self.pattern(inner);
            }
            G::OrderBy { inner, .. }
            | G::Group { inner, .. }
            | G::Project { inner, .. }
            | G::Distinct { inner }
            | G::Reduced { inner }
            | G::Slice { inner, .. } => self.pattern(inner),
            G::Bgp { .. } | G::Path { .. } | G::Values { .. } | G::Service { .. } => {}
        }
    }

    fn expression(&mut self, expression: &mut Expression) {
        match expression {
            Expression::Exists(pattern) => self.pattern(pattern),
            other => parts(other)
                .into_iter()
                .for_each(|part| self.expression(part)),
        }
    }
}
