//! Shapes as they are checked: numbered, with their constants in one table.

use graph_core::rdf::{Literal, NamedNode, RdfTerm};
use regex::Regex;

use crate::path::Path;

/// The number of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ShapeId(pub(crate) u32);

/// The number of a term that the shapes name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Constant(pub(crate) u32);

/// A shape: what it is for, where its values are, what must hold for them.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) node: RdfTerm,
    pub(crate) path: Option<Path>,
    pub(crate) deactivated: bool,
    pub(crate) severity: Severity,
    pub(crate) messages: Vec<Literal>,
    pub(crate) targets: Vec<Target>,
    pub(crate) constraints: Vec<Constraint>,
}

/// How grave it is when a shape is not kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It must not be.
    Violation,
    /// It should not be.
    Warning,
    /// It is worth knowing.
    Info,
    /// A severity of the shapes' own.
    Other(NamedNode),
}

impl Severity {
    /// Returns the IRI of the severity.
    pub fn iri(&self) -> NamedNode {
        match self {
            Self::Other(iri) => iri.clone(),
            known => NamedNode::new_unchecked(crate::vocabulary::sh(known.name())),
        }
    }

    /// Returns a short name: that of SHACL, else the whole IRI.
    pub fn name(&self) -> &str {
        match self {
            Self::Violation => "Violation",
            Self::Warning => "Warning",
            Self::Info => "Info",
            Self::Other(iri) => iri.as_str(),
        }
    }
}

/// Which nodes a shape is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Node(Constant),
    Class(Constant),
    SubjectsOf(Constant),
    ObjectsOf(Constant),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeKinds {
    pub(crate) iri: bool,
    pub(crate) blank: bool,
    pub(crate) literal: bool,
}

/// What must hold for the values of a shape.
#[derive(Clone, Debug)]
pub(crate) enum Constraint {
    Class(Constant),
    Datatype(String),
    NodeKind(NodeKinds),
    MinCount(u64),
    MaxCount(u64),
    MinExclusive(Literal),
    MinInclusive(Literal),
    MaxExclusive(Literal),
    MaxInclusive(Literal),
    MinLength(u64),
    MaxLength(u64),
    Pattern(Box<Regex>),
    LanguageIn(Vec<String>),
    UniqueLang,
    Equals(Constant),
    Disjoint(Constant),
    LessThan(Constant),
    LessThanOrEquals(Constant),
    Not(ShapeId),
    And(Vec<ShapeId>),
    Or(Vec<ShapeId>),
    Xone(Vec<ShapeId>),
    Node(ShapeId),
    Property(ShapeId),
    Qualified(Qualified),
    Closed(Vec<Constant>),
    HasValue(Constant),
    In(Vec<Constant>),
}

/// How many of the values must keep a shape.
#[derive(Clone, Debug)]
pub(crate) struct Qualified {
    pub(crate) shape: ShapeId,
    pub(crate) min: Option<u64>,
    pub(crate) max: Option<u64>,
    pub(crate) disjoint: bool,
    /// The shapes that a counted value must not keep; known once all shapes are read.
    pub(crate) siblings: Vec<ShapeId>,
}

/// The kind of constraint that was not kept, by the name of its SHACL component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Component(pub(crate) &'static str);

impl Component {
    /// Returns the IRI of the constraint component.
    pub fn iri(self) -> NamedNode {
        let iri = format!("{}{}ConstraintComponent", crate::vocabulary::SH, self.0);
        NamedNode::new_unchecked(iri)
    }

    /// Returns the name without the ending that all components share: `MinCount`.
    pub fn name(self) -> &'static str {
        self.0
    }
}

impl Constraint {
    pub(crate) fn component(&self) -> Component {
        Component(match self {
            Self::Class(_) => "Class",
            Self::Datatype(_) => "Datatype",
            Self::NodeKind(_) => "NodeKind",
            Self::MinCount(_) => "MinCount",
            Self::MaxCount(_) => "MaxCount",
            Self::MinExclusive(_) => "MinExclusive",
            Self::MinInclusive(_) => "MinInclusive",
            Self::MaxExclusive(_) => "MaxExclusive",
            Self::MaxInclusive(_) => "MaxInclusive",
            Self::MinLength(_) => "MinLength",
            Self::MaxLength(_) => "MaxLength",
            Self::Pattern(_) => "Pattern",
            Self::LanguageIn(_) => "LanguageIn",
            Self::UniqueLang => "UniqueLang",
            Self::Equals(_) => "Equals",
            Self::Disjoint(_) => "Disjoint",
            Self::LessThan(_) => "LessThan",
            Self::LessThanOrEquals(_) => "LessThanOrEquals",
            Self::Not(_) => "Not",
            Self::And(_) => "And",
            Self::Or(_) => "Or",
            Self::Xone(_) => "Xone",
            Self::Node(_) => "Node",
            Self::Property(_) => "Property",
            Self::Qualified(_) => "QualifiedMinCount",
            Self::Closed(_) => "Closed",
            Self::HasValue(_) => "HasValue",
            Self::In(_) => "In",
        })
    }
}
