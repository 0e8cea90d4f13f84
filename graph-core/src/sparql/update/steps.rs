//! The operations of an update as we run them.
//!
//! The parser spells ADD, COPY and MOVE out in simpler operations, and so forgets that it is an error when the graph to
//! copy from does not exist, which would silently empty the other: they are put together again here.

use spargebra::GraphUpdateOperation;
use spargebra::algebra::{GraphPattern, GraphTarget, QueryDataset};
use spargebra::term::{
    GraphName, GraphNamePattern, GroundQuadPattern, NamedNodePattern, Quad, QuadPattern,
    TermPattern,
};

use crate::sparql::scan::Operation;

/// What ADD, COPY and MOVE differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transfer {
    Add,
    Copy,
    Move,
}

/// One operation.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Insert {
        data: Vec<Quad>,
    },
    Delete {
        data: Vec<Quad>,
    },
    Modify {
        delete: Vec<QuadPattern>,
        insert: Vec<QuadPattern>,
        using: Option<QueryDataset>,
        pattern: Box<GraphPattern>,
    },
    Transfer {
        how: Transfer,
        silent: bool,
        from: GraphName,
        to: GraphName,
    },
    Load {
        silent: bool,
    },
    Clear {
        silent: bool,
        graph: GraphTarget,
    },
    Drop {
        silent: bool,
        graph: GraphTarget,
    },
    Create {
        silent: bool,
        graph: oxrdf::NamedNode,
    },
}

/// Puts what the parser made in steps, with the words of the text to tell transfers by.
pub(super) fn steps(parsed: &[GraphUpdateOperation], heads: &[Operation]) -> Vec<Step> {
    let mut steps = Vec::with_capacity(parsed.len());
    let mut rest = parsed;
    for head in heads {
        let transfer = match head.word {
            "ADD" => Some(Transfer::Add),
            "COPY" => Some(Transfer::Copy),
            "MOVE" => Some(Transfer::Move),
            _ => None,
        };
        match transfer {
            // From a graph to itself: the parser made nothing of it.
            Some(how) => {
                if let Some((from, to, after)) = spelled_out(how, rest) {
                    steps.push(Step::Transfer {
                        how,
                        silent: head.silent,
                        from,
                        to,
                    });
                    rest = after;
                }
            }
            None => {
                if let Some((first, after)) = rest.split_first() {
                    steps.push(step(first.clone()));
                    rest = after;
                }
            }
        }
    }
    // Only when a transfer was written out by hand behind one from a graph to itself.
    steps.extend(rest.iter().cloned().map(step));
    steps
}

/// Reads a transfer at the beginning of the operations that it was spelled out in.
fn spelled_out(
    how: Transfer,
    operations: &[GraphUpdateOperation],
) -> Option<(GraphName, GraphName, &[GraphUpdateOperation])> {
    use GraphUpdateOperation as O;
    let ((Transfer::Add, [copy, after @ ..])
    | (Transfer::Copy, [O::Drop { .. }, copy, after @ ..])
    | (Transfer::Move, [O::Drop { .. }, copy, O::Drop { .. }, after @ ..])) = (how, operations)
    else {
        return None;
    };
    let O::DeleteInsert {
        delete,
        insert,
        using: None,
        pattern,
    } = copy
    else {
        return None;
    };
    let ([], [template]) = (delete.as_slice(), insert.as_slice()) else {
        return None;
    };
    let to = match &template.graph_name {
        GraphNamePattern::NamedNode(node) => GraphName::NamedNode(node.clone()),
        GraphNamePattern::DefaultGraph => GraphName::DefaultGraph,
        GraphNamePattern::Variable(_) => return None,
    };
    let (from, inner) = match pattern.as_ref() {
        GraphPattern::Graph {
            name: NamedNodePattern::NamedNode(name),
            inner,
        } => (GraphName::NamedNode(name.clone()), inner.as_ref()),
        pattern => (GraphName::DefaultGraph, pattern),
    };
    let GraphPattern::Bgp { patterns } = inner else {
        return None;
    };
    let copies = matches!(patterns.as_slice(), [triple] if triple.subject == template.subject
        && triple.predicate == template.predicate
        && triple.object == template.object
        && [&triple.subject, &triple.object].iter().all(|term| matches!(term, TermPattern::Variable(_))));
    copies.then_some((from, to, after))
}

fn step(operation: GraphUpdateOperation) -> Step {
    use GraphUpdateOperation as O;
    match operation {
        O::InsertData { data } => Step::Insert { data },
        O::DeleteData { data } => {
            let quads = data.into_iter().map(|quad| Quad {
                subject: quad.subject.into(),
                predicate: quad.predicate,
                object: quad.object.into(),
                graph_name: quad.graph_name,
            });
            Step::Delete {
                data: quads.collect(),
            }
        }
        O::DeleteInsert {
            delete,
            insert,
            using,
            pattern,
        } => {
            let open = |quad: GroundQuadPattern| QuadPattern {
                subject: quad.subject.into(),
                predicate: quad.predicate,
                object: quad.object.into(),
                graph_name: quad.graph_name,
            };
            Step::Modify {
                delete: delete.into_iter().map(open).collect(),
                insert,
                using,
                pattern,
            }
        }
        O::Load { silent, .. } => Step::Load { silent },
        O::Clear { silent, graph } => Step::Clear { silent, graph },
        O::Create { silent, graph } => Step::Create { silent, graph },
        O::Drop { silent, graph } => Step::Drop { silent, graph },
    }
}
