//! How many rows a pattern gives, from the real counts of the snapshot.

use oxrdf::Term;
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

use super::variables::{Names, name};
use crate::segment::Pattern;
use crate::snapshot::Snapshot;

/// Rows of a path with one end known.
const PATH_FROM_ONE_END: f64 = 200.0;
/// Rows of a path with neither end known: it is walked from every node.
const PATH_FROM_EVERYWHERE: f64 = 1e12;

/// A position of a pattern.
enum Part {
    /// A term of the graph.
    Term(u32),
    /// A term that the graph does not have.
    Unknown,
    /// A variable that has a value in each row.
    Bound,
    Free,
}

impl Part {
    fn is_given(&self) -> bool {
        !matches!(self, Self::Free)
    }

    fn constant(&self) -> Option<u32> {
        match self {
            Self::Term(id) => Some(*id),
            _ => None,
        }
    }
}

fn part(term: &TermPattern, snapshot: &Snapshot, bound: &Names) -> Part {
    let constant = match term {
        TermPattern::NamedNode(node) => snapshot.dictionary().find_iri(node.as_str()),
        TermPattern::Literal(literal) => snapshot
            .dictionary()
            .find_term(&Term::Literal(literal.clone())),
        term => {
            return match name(term) {
                Some(name) if bound.contains(&name) => Part::Bound,
                _ => Part::Free,
            };
        }
    };
    constant.map_or(Part::Unknown, Part::Term)
}

/// Expected number of statements for one row of what stands before.
fn triple(triple: &TriplePattern, snapshot: &Snapshot, bound: &Names) -> f64 {
    let subject = part(&triple.subject, snapshot, bound);
    let object = part(&triple.object, snapshot, bound);
    if matches!(subject, Part::Unknown) || matches!(object, Part::Unknown) {
        return 0.0;
    }
    let (mut pattern, mut predicate_is_bound) = (Pattern::default(), false);
    match &triple.predicate {
        NamedNodePattern::NamedNode(node) => {
            let term = snapshot.dictionary().find_iri(node.as_str());
            let Some(predicate) = term.and_then(|term| snapshot.predicate_number(term)) else {
                return 0.0;
            };
            pattern.predicate = Some(predicate);
        }
        NamedNodePattern::Variable(variable) => {
            predicate_is_bound = bound.contains(variable.as_str());
        }
    }
    pattern.subject = subject.constant();
    pattern.object = object.constant();
    let exact = snapshot.estimate(pattern) as f64;
    let bound_subject = matches!(subject, Part::Bound);
    let bound_object = matches!(object, Part::Bound);
    let Some(predicate) = pattern.predicate else {
        let shares = [
            (bound_subject, 20.0),
            (bound_object, 100.0),
            (predicate_is_bound, 10.0),
        ];
        let limit = shares
            .iter()
            .filter(|(bound, _)| *bound)
            .map(|(_, rows)| *rows)
            .fold(exact, f64::min);
        return limit;
    };
    let counts = snapshot.predicate_counts(predicate);
    let mut rows = exact;
    if bound_subject {
        rows /= f64::from(counts.subjects.max(1));
    }
    if bound_object {
        rows /= f64::from(counts.objects.max(1));
    }
    rows
}

/// Expected number of pairs for one row of what stands before.
fn path(subject: &TermPattern, object: &TermPattern, snapshot: &Snapshot, bound: &Names) -> f64 {
    let ends = [
        part(subject, snapshot, bound),
        part(object, snapshot, bound),
    ];
    match ends.iter().filter(|end| end.is_given()).count() {
        2 => 2.0,
        1 => PATH_FROM_ONE_END,
        _ => PATH_FROM_EVERYWHERE,
    }
}

/// A rough size of any pattern, evaluated for one row of what stands before.
pub(super) fn pattern(pattern: &GraphPattern, snapshot: &Snapshot, bound: &Names) -> f64 {
    use GraphPattern as G;
    let size = |inner: &GraphPattern| self::pattern(inner, snapshot, bound);
    match pattern {
        G::Bgp { patterns } => patterns
            .iter()
            .map(|found| triple(found, snapshot, bound))
            .reduce(f64::min)
            .unwrap_or(1.0),
        G::Path {
            subject, object, ..
        } => path(subject, object, snapshot, bound),
        G::Join { left, right } | G::Lateral { left, right } => size(left).min(size(right)),
        G::Union { left, right } => size(left) + size(right),
        G::Values { bindings, .. } => bindings.len() as f64,
        G::Slice {
            inner,
            length: Some(length),
            ..
        } => size(inner).min(*length as f64),
        G::Group { inner, .. } | G::Project { inner, .. } => {
            self::pattern(inner, snapshot, &Names::default())
        }
        G::LeftJoin { left: inner, .. }
        | G::Minus { left: inner, .. }
        | G::Filter { inner, .. }
        | G::Graph { inner, .. }
        | G::Extend { inner, .. }
        | G::OrderBy { inner, .. }
        | G::Distinct { inner }
        | G::Reduced { inner }
        | G::Slice { inner, .. }
        | G::Service { inner, .. } => size(inner),
    }
}
