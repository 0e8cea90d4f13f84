//! How many rows a part of a join gives, from the real counts of the snapshot.

use super::algebra::{Kind, Node, Part, Slots, Triple};
use super::context::Context;
use crate::dictionary::TERM_LIMIT;
use crate::segment::Pattern;

/// Rows of a path with one end known.
const PATH_FROM_ONE_END: f64 = 200.0;
/// Rows of a path with neither end known: it is walked from every node.
const PATH_FROM_EVERYWHERE: f64 = 1e12;
/// Statements of one subject, of one object, of one predicate, about.
const PER_SUBJECT: f64 = 20.0;
const PER_OBJECT: f64 = 100.0;

/// What is known of a part before its place in the order is: the counts are looked up once.
pub(super) enum Sizes {
    Triple {
        triple: Triple,
        exact: f64,
        subjects: f64,
        objects: f64,
        has_predicate: bool,
    },
    Path {
        subject: Part,
        object: Part,
    },
    Least(Vec<Self>),
    Sum(Vec<Self>),
    Fixed(f64),
}

impl Sizes {
    pub(super) fn of(cx: &Context<'_>, node: &Node) -> Self {
        match &node.kind {
            Kind::Triple(triple) => Self::triple(cx, *triple),
            Kind::Path(path) => Self::Path {
                subject: path.subject,
                object: path.object,
            },
            Kind::Join { parts, .. } => {
                Self::Least(parts.iter().map(|part| Self::of(cx, part)).collect())
            }
            Kind::Union(branches) => {
                Self::Sum(branches.iter().map(|branch| Self::of(cx, branch)).collect())
            }
            Kind::Values { rows, .. } => Self::Fixed(rows.len() as f64),
            // Before everything that may leave the name unbound.
            Kind::Graphs(_) => Self::Fixed(-1.0),
            Kind::Slice {
                inner,
                length: Some(length),
                ..
            } => Self::Fixed(
                Self::of(cx, inner)
                    .rows(Slots::default())
                    .min(*length as f64),
            ),
            Kind::Group { inner, .. } | Kind::Project(inner) => {
                Self::Fixed(Self::of(cx, inner).rows(Slots::default()))
            }
            Kind::Optional { left: inner, .. }
            | Kind::Minus { left: inner, .. }
            | Kind::Extend { inner, .. }
            | Kind::Distinct(inner)
            | Kind::Order { inner, .. }
            | Kind::Slice { inner, .. } => Self::of(cx, inner),
        }
    }

    fn triple(cx: &Context<'_>, triple: Triple) -> Self {
        let constant = |part| match part {
            Part::Constant(at) => Some(cx.constants[at]),
            Part::Slot(_) => None,
        };
        let (subject, object) = (constant(triple.subject), constant(triple.object));
        if [subject, object]
            .into_iter()
            .flatten()
            .any(|id| id >= TERM_LIMIT)
        {
            return Self::Fixed(0.0);
        }
        let mut pattern = Pattern {
            subject,
            predicate: None,
            object,
        };
        let (mut subjects, mut objects) = (1.0, 1.0);
        if let Some(term) = constant(triple.predicate) {
            let Some(predicate) = cx.snapshot.predicate_number(term) else {
                return Self::Fixed(0.0);
            };
            pattern.predicate = Some(predicate);
            let counts = cx.snapshot.predicate_counts(predicate);
            subjects = f64::from(counts.subjects.max(1));
            objects = f64::from(counts.objects.max(1));
        }
        Self::Triple {
            triple,
            exact: cx.snapshot.estimate(pattern) as f64,
            subjects,
            objects,
            has_predicate: pattern.predicate.is_some(),
        }
    }

    /// Expected number of rows for one row in which these slots are bound.
    pub(super) fn rows(&self, bound: Slots) -> f64 {
        let given = |part: Part| match part {
            Part::Constant(_) => false,
            Part::Slot(slot) => bound.has(slot),
        };
        match self {
            Self::Triple {
                triple,
                exact,
                subjects,
                objects,
                has_predicate,
            } => {
                let mut rows = *exact;
                if given(triple.subject) {
                    rows = if *has_predicate {
                        rows / subjects
                    } else {
                        rows.min(PER_SUBJECT)
                    };
                }
                if given(triple.object) {
                    rows = if *has_predicate {
                        rows / objects
                    } else {
                        rows.min(PER_OBJECT)
                    };
                }
                rows
            }
            Self::Path { subject, object } => {
                let known = |part: Part| matches!(part, Part::Constant(_)) || given(part);
                match (known(*subject), known(*object)) {
                    (true, true) => 2.0,
                    (false, false) => PATH_FROM_EVERYWHERE,
                    _ => PATH_FROM_ONE_END,
                }
            }
            Self::Least(parts) => parts
                .iter()
                .map(|part| part.rows(bound))
                .reduce(f64::min)
                .unwrap_or(1.0),
            Self::Sum(parts) => parts.iter().map(|part| part.rows(bound)).sum(),
            Self::Fixed(rows) => *rows,
        }
    }
}
