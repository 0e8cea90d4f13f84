//! The algebra of a query with its variables numbered, made once when the query is parsed.

use std::sync::Arc;

use memchr::memmem::Finder;
use oxrdf::{Term, Variable};
use regex::Regex;
use spargebra::algebra::Function;
use sparopt::algebra::Expression as Generic;

/// More variables than this in one query are left to the other evaluator.
pub(super) const SLOTS_MAX: usize = 120;

/// The place of a variable in a row.
pub(super) type Slot = usize;

/// A set of slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Slots(u128);

impl Slots {
    pub(super) fn one(slot: Slot) -> Self {
        Self(1 << slot)
    }

    pub(super) fn insert(&mut self, slot: Slot) {
        self.0 |= 1 << slot;
    }

    pub(super) fn has(self, slot: Slot) -> bool {
        self.0 >> slot & 1 == 1
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn list(self) -> Vec<Slot> {
        (0..128).filter(|slot| self.has(*slot)).collect()
    }
}

/// A position of a pattern: a variable, or a constant by its place in [`Prepared::constants`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Slot(Slot),
    Constant(usize),
}

impl Part {
    pub(super) fn slots(self) -> Slots {
        match self {
            Self::Slot(slot) => Slots::one(slot),
            Self::Constant(_) => Slots::default(),
        }
    }
}

/// A triple pattern; `graph` is the name of the GRAPH that it stands in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triple {
    pub(super) subject: Part,
    pub(super) predicate: Part,
    pub(super) object: Part,
    pub(super) graph: Option<Part>,
}

impl Triple {
    pub(super) fn slots(self) -> Slots {
        let graph = self.graph.map(Part::slots).unwrap_or_default();
        let ends = self.subject.slots().or(self.object.slots());
        ends.or(self.predicate.slots()).or(graph)
    }
}

/// What a property path does between two nodes; predicates are constants.
#[derive(Clone, Debug)]
pub(super) enum Steps {
    One(usize),
    Not(Vec<usize>),
    Reverse(Box<Self>),
    Sequence(Box<Self>, Box<Self>),
    Alternative(Box<Self>, Box<Self>),
    ZeroOrOne(Box<Self>),
    ZeroOrMore(Box<Self>),
    OneOrMore(Box<Self>),
}

#[derive(Clone, Debug)]
pub(super) struct PathPattern {
    pub(super) subject: Part,
    pub(super) steps: Arc<Steps>,
    pub(super) object: Part,
    pub(super) graph: Option<Part>,
}

#[derive(Clone, Debug)]
pub(super) struct Aggregate {
    pub(super) slot: Slot,
    pub(super) kind: AggregateKind,
    pub(super) distinct: bool,
    /// Nothing for `COUNT(*)`.
    pub(super) argument: Option<Arc<Expression>>,
}

#[derive(Clone, Debug)]
pub(super) enum AggregateKind {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    Sample,
    Concat(Arc<str>),
}

/// A pattern; what it binds is beside it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// Slots that every row binds.
    pub(super) certain: Slots,
    /// Slots that some row may bind.
    pub(super) possible: Slots,
}

#[derive(Debug)]
pub(super) enum Kind {
    Triple(Triple),
    Path(PathPattern),
    /// The join of all parts, of which the filters let some rows through.
    Join {
        parts: Vec<Node>,
        filters: Vec<Arc<Expression>>,
    },
    Optional {
        left: Box<Node>,
        right: Box<Node>,
        condition: Option<Arc<Expression>>,
        /// A slot of its own: which row of the left a row of the right belongs to.
        tag: Slot,
    },
    Union(Vec<Node>),
    Values {
        slots: Vec<Slot>,
        rows: Arc<Vec<Vec<Option<usize>>>>,
    },
    Extend {
        inner: Box<Node>,
        slot: Slot,
        expression: Arc<Expression>,
    },
    Minus {
        left: Box<Node>,
        right: Box<Node>,
    },
    Project(Box<Node>),
    Distinct(Box<Node>),
    Order {
        inner: Box<Node>,
        /// With true for descending.
        by: Vec<(Arc<Expression>, bool)>,
    },
    Slice {
        inner: Box<Node>,
        start: usize,
        length: Option<usize>,
    },
    Group {
        inner: Box<Node>,
        keys: Vec<Slot>,
        aggregates: Vec<Aggregate>,
    },
    /// The names of all named graphs: `GRAPH ?g {}`.
    Graphs(Slot),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A function with what could be made ready for it, and how the other evaluator calls it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) function: Function,
    pub(super) arguments: Vec<Expression>,
    pub(super) regex: Option<Regex>,
    /// The length of its pattern, for what running it may cost.
    pub(super) regex_bytes: usize,
    pub(super) needle: Option<Finder<'static>>,
    pub(super) generic: Generic,
}

#[derive(Debug)]
pub(super) enum Expression {
    Constant(usize),
    Slot(Slot),
    Bound(Slot),
    Or(Box<Self>, Box<Self>),
    And(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Equal(Box<Self>, Box<Self>),
    SameTerm(Box<Self>, Box<Self>),
    Compare(Comparison, Box<Self>, Box<Self>),
    In(Box<Self>, Vec<Self>),
    If(Box<Self>, Box<Self>, Box<Self>),
    Coalesce(Vec<Self>),
    /// Arithmetic and functions.
    Call(Box<Call>),
    Add(Box<Self>, Box<Self>, Box<Generic>),
    /// The pattern and its number among all EXISTS of the query.
    Exists(usize, Box<Node>),
}

impl Expression {
    fn children(&self) -> Vec<&Self> {
        match self {
            Self::Constant(_) | Self::Slot(_) | Self::Bound(_) | Self::Exists(..) => Vec::new(),
            Self::Not(a) => vec![a],
            Self::Or(a, b)
            | Self::And(a, b)
            | Self::Equal(a, b)
            | Self::SameTerm(a, b)
            | Self::Compare(_, a, b)
            | Self::Add(a, b, _) => vec![a, b],
            Self::If(a, b, c) => vec![a, b, c],
            Self::In(a, list) => std::iter::once(&**a).chain(list).collect(),
            Self::Coalesce(list) => list.iter().collect(),
            Self::Call(call) => call.arguments.iter().collect(),
        }
    }

    /// The slots that it reads; those inside of EXISTS not among them.
    pub(super) fn slots(&self) -> Slots {
        match self {
            Self::Slot(slot) | Self::Bound(slot) => Slots::one(*slot),
            other => other
                .children()
                .into_iter()
                .fold(Slots::default(), |slots, child| slots.or(child.slots())),
        }
    }

    /// The EXISTS inside of it.
    pub(super) fn exists<'n>(&'n self, found: &mut Vec<(usize, &'n Node)>) {
        if let Self::Exists(number, node) = self {
            found.push((*number, node));
        }
        for child in self.children() {
            child.exists(found);
        }
    }

    pub(super) fn has_exists(&self) -> bool {
        let mut found = Vec::new();
        self.exists(&mut found);
        !found.is_empty()
    }
}

/// A position in the template of CONSTRUCT.
#[derive(Clone, Debug)]
pub(super) enum TemplatePart {
    Slot(Slot),
    Constant(Term),
}

#[derive(Debug)]
pub(super) enum Form {
    Select,
    Ask,
    Construct(Vec<[TemplatePart; 3]>),
}

/// A query ready to be planned on any snapshot.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(super) form: Form,
    pub(super) root: Node,
    pub(super) constants: Vec<Term>,
    /// Numbers in a row.
    pub(super) width: usize,
    /// Number of EXISTS.
    pub(super) exists: usize,
    pub(super) variables: Arc<[Variable]>,
    pub(super) outputs: Arc<[Slot]>,
}
