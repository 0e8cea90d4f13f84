//! Property paths: how a shape comes from its focus node to its values.

use std::fmt;

use graph_core::rdf::{BlankNode, NamedNode, NamedOrBlankNode, RdfTerm, Statement};

use crate::error::Result;
use crate::graph::{Graph, malformed};
use crate::vocabulary::{RDF_FIRST, RDF_NIL, RDF_REST, sh};

/// Paths within paths: more is refused.
const DEPTH_MAX: usize = 32;

/// A SHACL property path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    /// One property.
    Predicate(NamedNode),
    /// A path followed backwards.
    Inverse(Box<Self>),
    /// One path after the other.
    Sequence(Vec<Self>),
    /// Any one of several paths.
    Alternative(Vec<Self>),
    /// A path any number of times, also never.
    ZeroOrMore(Box<Self>),
    /// A path at least once.
    OneOrMore(Box<Self>),
    /// A path once or never.
    ZeroOrOne(Box<Self>),
}

impl Path {
    /// Reads the path at a node of the shapes.
    pub(crate) fn read(graph: &Graph, shape: &RdfTerm, at: &RdfTerm) -> Result<Self> {
        Self::read_nested(graph, shape, at, 0)
    }

    fn read_nested(graph: &Graph, shape: &RdfTerm, at: &RdfTerm, depth: usize) -> Result<Self> {
        if depth > DEPTH_MAX {
            return Err(malformed(shape, "its path is nested too deeply"));
        }
        let members = |local: &str, head: &RdfTerm| -> Result<Vec<Self>> {
            let list = graph.list(shape, local, head)?;
            if list.len() < 2 {
                return Err(malformed(shape, "a list of paths has at least two members"));
            }
            list.iter()
                .map(|member| Self::read_nested(graph, shape, member, depth + 1))
                .collect()
        };
        let inner = |node: &RdfTerm| Self::read_nested(graph, shape, node, depth + 1).map(Box::new);
        match at {
            RdfTerm::NamedNode(predicate) if predicate.as_str() != RDF_NIL => {
                return Ok(Self::Predicate(predicate.clone()));
            }
            RdfTerm::BlankNode(_) => {}
            other => return Err(malformed(shape, format!("`{other}` is no path"))),
        }
        // The suite wants a sequence to win over whatever else the node says.
        if !graph.objects(at, RDF_FIRST).is_empty() {
            return Ok(Self::Sequence(members("path", at)?));
        }
        if let Some(node) = graph.one(at, "inversePath")? {
            return Ok(Self::Inverse(inner(node)?));
        }
        if let Some(head) = graph.one(at, "alternativePath")? {
            return Ok(Self::Alternative(members("alternativePath", head)?));
        }
        if let Some(node) = graph.one(at, "zeroOrMorePath")? {
            return Ok(Self::ZeroOrMore(inner(node)?));
        }
        if let Some(node) = graph.one(at, "oneOrMorePath")? {
            return Ok(Self::OneOrMore(inner(node)?));
        }
        if let Some(node) = graph.one(at, "zeroOrOnePath")? {
            return Ok(Self::ZeroOrOne(inner(node)?));
        }
        Err(malformed(shape, format!("`{at}` is no path")))
    }

    /// Writes the path as RDF and returns its node; `fresh` gives unused blank nodes.
    pub(crate) fn write(
        &self,
        fresh: &mut impl FnMut() -> BlankNode,
        out: &mut Vec<Statement>,
    ) -> RdfTerm {
        let (local, inner) = match self {
            Self::Predicate(predicate) => return predicate.clone().into(),
            Self::Sequence(members) => return write_list(members, fresh, out),
            Self::Alternative(members) => {
                let list = write_list(members, fresh, out);
                ("alternativePath", list)
            }
            Self::Inverse(inner) => ("inversePath", inner.write(fresh, out)),
            Self::ZeroOrMore(inner) => ("zeroOrMorePath", inner.write(fresh, out)),
            Self::OneOrMore(inner) => ("oneOrMorePath", inner.write(fresh, out)),
            Self::ZeroOrOne(inner) => ("zeroOrOnePath", inner.write(fresh, out)),
        };
        let node = fresh();
        let predicate = NamedNode::new_unchecked(sh(local));
        out.push(Statement::new(node.clone(), predicate, inner));
        node.into()
    }
}

fn write_list(
    members: &[Path],
    fresh: &mut impl FnMut() -> BlankNode,
    out: &mut Vec<Statement>,
) -> RdfTerm {
    let mut rest: RdfTerm = NamedNode::new_unchecked(RDF_NIL).into();
    for member in members.iter().rev() {
        let node: NamedOrBlankNode = fresh().into();
        let first = member.write(fresh, out);
        out.push(Statement::new(
            node.clone(),
            NamedNode::new_unchecked(RDF_FIRST),
            first,
        ));
        out.push(Statement::new(
            node.clone(),
            NamedNode::new_unchecked(RDF_REST),
            rest,
        ));
        rest = node.into();
    }
    rest
}

/// Writes the path as SPARQL does.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, members: &[Self], by: &str| {
            f.write_str("(")?;
            for (at, member) in members.iter().enumerate() {
                if at > 0 {
                    f.write_str(by)?;
                }
                write!(f, "{member}")?;
            }
            f.write_str(")")
        };
        match self {
            Self::Predicate(predicate) => write!(f, "{predicate}"),
            Self::Inverse(inner) => write!(f, "^{inner}"),
            Self::Sequence(members) => join(f, members, "/"),
            Self::Alternative(members) => join(f, members, "|"),
            Self::ZeroOrMore(inner) => write!(f, "{inner}*"),
            Self::OneOrMore(inner) => write!(f, "{inner}+"),
            Self::ZeroOrOne(inner) => write!(f, "{inner}?"),
        }
    }
}
