//! The RDF term types that every crate above this one uses, under one name each.

pub use oxrdf::{
    BaseDirection, BlankNode, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term as RdfTerm,
    Triple as Statement, Variable,
};
