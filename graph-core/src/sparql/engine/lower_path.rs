//! Makes property paths ready.

use std::sync::Arc;

use oxrdf::NamedNode;
use spargebra::algebra::PropertyPathExpression;

use super::algebra::{Expression, Kind, Node, Part, PathPattern, Steps, Triple};
use super::lower::{Lowering, all_certain, join, union};

impl Lowering {
    /// Spells a path out where the specification says so.
    pub(super) fn path(
        &mut self,
        subject: Part,
        path: &PropertyPathExpression,
        object: Part,
        graph: Option<Part>,
        parts: &mut Vec<Node>,
    ) -> Option<()> {
        use PropertyPathExpression as P;
        match path {
            P::NamedNode(node) => {
                let predicate = Part::Constant(self.constant(node.clone().into()));
                let triple = Triple {
                    subject,
                    predicate,
                    object,
                    graph,
                };
                parts.push(all_certain(Kind::Triple(triple), triple.slots()));
            }
            P::Reverse(path) => self.path(object, path, subject, graph, parts)?,
            P::Sequence(first, second) => {
                let middle = Part::Slot(self.fresh()?);
                self.path(subject, first, middle, graph, parts)?;
                self.path(middle, second, object, graph, parts)?;
            }
            P::Alternative(one, other) => {
                let mut branches = Vec::new();
                for path in [one, other] {
                    let mut parts = Vec::new();
                    self.path(subject, path, object, graph, &mut parts)?;
                    branches.push(join(parts, Vec::new()));
                }
                parts.push(union(branches));
            }
            P::NegatedPropertySet(nodes) => {
                let predicate = self.fresh()?;
                let triple = Triple {
                    subject,
                    predicate: Part::Slot(predicate),
                    object,
                    graph,
                };
                let listed = nodes.iter().map(|node| self.constant(node.clone().into()));
                let listed = listed.map(Expression::Constant).collect();
                let is_listed = Expression::In(Box::new(Expression::Slot(predicate)), listed);
                let filter = Arc::new(Expression::Not(Box::new(is_listed)));
                let triple = all_certain(Kind::Triple(triple), triple.slots());
                parts.push(join(vec![triple], vec![filter]));
            }
            P::ZeroOrMore(_) | P::OneOrMore(_) | P::ZeroOrOne(_) => {
                if matches!(graph, Some(Part::Slot(_))) {
                    return None;
                }
                let steps = Arc::new(self.steps(path));
                let possible = subject.slots().or(object.slots());
                let pattern = PathPattern {
                    subject,
                    steps,
                    object,
                    graph,
                };
                parts.push(all_certain(Kind::Path(pattern), possible));
            }
        }
        Some(())
    }

    fn steps(&mut self, path: &PropertyPathExpression) -> Steps {
        use PropertyPathExpression as P;
        let number = |lowering: &mut Self, node: &NamedNode| lowering.constant(node.clone().into());
        match path {
            P::NamedNode(node) => Steps::One(number(self, node)),
            P::Reverse(path) => Steps::Reverse(Box::new(self.steps(path))),
            P::Sequence(a, b) => Steps::Sequence(Box::new(self.steps(a)), Box::new(self.steps(b))),
            P::Alternative(a, b) => {
                Steps::Alternative(Box::new(self.steps(a)), Box::new(self.steps(b)))
            }
            P::ZeroOrMore(path) => Steps::ZeroOrMore(Box::new(self.steps(path))),
            P::OneOrMore(path) => Steps::OneOrMore(Box::new(self.steps(path))),
            P::ZeroOrOne(path) => Steps::ZeroOrOne(Box::new(self.steps(path))),
            P::NegatedPropertySet(nodes) => {
                Steps::Not(nodes.iter().map(|node| number(self, node)).collect())
            }
        }
    }
}
