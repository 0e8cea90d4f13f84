//! Constants of a query: a name that another stands for is read as that other one.

use std::cell::Cell;

use oxrdf::NamedNode;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern};

use super::rules::SAME_AS;
use crate::snapshot::Snapshot;
use crate::sparql::parts::{self, Part, PartMut};

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
    let rewriter = Rewriter {
        snapshot,
        also_values: !reads_claims(vec![Part::Pattern(pattern)]),
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
            other => self.parts(parts::of_pattern_mut(other)),
        }
    }

    fn parts(&self, parts: Vec<PartMut<'_>>) {
        for part in parts {
            match part {
                PartMut::Pattern(pattern) => self.pattern(pattern),
                PartMut::Expression(Expression::NamedNode(node)) if self.also_values => {
                    self.node(node);
                }
                PartMut::Expression(other) => self.parts(parts::of_expression_mut(other)),
            }
        }
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

/// Tells whether some pattern reads what sources claim.
fn reads_claims(parts: Vec<Part<'_>>) -> bool {
    parts.into_iter().any(|part| match part {
        Part::Pattern(GraphPattern::Graph { .. }) => true,
        Part::Pattern(pattern) => reads_claims(parts::of_pattern(pattern)),
        Part::Expression(expression) => reads_claims(parts::of_expression(expression)),
    })
}
