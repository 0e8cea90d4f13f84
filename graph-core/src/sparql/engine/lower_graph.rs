//! Makes GRAPH ready.

use spargebra::algebra::GraphPattern;
use spargebra::term::NamedNodePattern;

use super::algebra::{Kind, Node, Part, Slot, Slots};
use super::lower::{Lowering, all_certain, join};

impl Lowering {
    pub(super) fn graph(&mut self, name: &NamedNodePattern, inner: &GraphPattern) -> Option<Node> {
        let name = self.name(name)?;
        let node = self.pattern(inner, Some(name))?;
        let Part::Slot(slot) = name else {
            // Whether there is that graph only statements tell.
            return needs_statements(&node).then_some(node);
        };
        if is_bound_by_triples(&node, slot) {
            return Some(node);
        }
        // Something in there binds the name only sometimes, so all names are listed first.
        let graphs = all_certain(Kind::Graphs(slot), Slots::one(slot));
        is_row_by_row(&node).then(|| join(vec![graphs, node], Vec::new()))
    }
}

/// Tells whether statements bind the name of the graph in every row, and everywhere that it is looked at.
fn is_bound_by_triples(node: &Node, slot: Slot) -> bool {
    match &node.kind {
        Kind::Triple(_) => true,
        Kind::Join { parts, filters } => {
            filters.iter().all(|filter| !filter.has_exists())
                && parts.iter().all(|part| is_bound_by_triples(part, slot))
                && node.certain.has(slot)
        }
        Kind::Union(branches) => branches
            .iter()
            .all(|branch| is_bound_by_triples(branch, slot)),
        _ => false,
    }
}

/// Tells whether a pattern has no row in a graph without statements.
fn needs_statements(node: &Node) -> bool {
    match &node.kind {
        Kind::Triple(_) | Kind::Path(_) => true,
        Kind::Join { parts, .. } => parts.iter().any(needs_statements),
        Kind::Union(branches) => branches.iter().all(needs_statements),
        Kind::Optional { left: inner, .. }
        | Kind::Minus { left: inner, .. }
        | Kind::Extend { inner, .. }
        | Kind::Project(inner)
        | Kind::Distinct(inner)
        | Kind::Order { inner, .. }
        | Kind::Slice { inner, .. } => needs_statements(inner),
        Kind::Values { .. } | Kind::Group { .. } | Kind::Graphs(_) => false,
    }
}

/// Tells whether a pattern can be evaluated for each name of a graph put in.
fn is_row_by_row(node: &Node) -> bool {
    match &node.kind {
        Kind::Triple(_) | Kind::Path(_) | Kind::Values { .. } | Kind::Graphs(_) => true,
        Kind::Join { parts, filters } => {
            parts.iter().all(is_row_by_row)
                && filters
                    .iter()
                    .all(|filter| filter.slots().within(node.certain) && !filter.has_exists())
        }
        Kind::Union(branches) => branches.iter().all(is_row_by_row),
        Kind::Optional {
            left,
            right,
            condition,
            ..
        } => {
            is_row_by_row(left)
                && is_row_by_row(right)
                && condition.as_ref().is_none_or(|condition| {
                    condition.slots().within(node.possible) && !condition.has_exists()
                })
        }
        _ => false,
    }
}
