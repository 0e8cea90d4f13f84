//! The data as shapes see them: terms, values of paths, classes.

use std::collections::VecDeque;
use std::rc::Rc;

use graph_core::rdf::RdfTerm;
use graph_core::{Scope, Snapshot, TermId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Meter, Node};
use crate::error::Result;
use crate::parse::Shapes;
use crate::path::Path;
use crate::shape::Constant;
use crate::vocabulary::{RDF_TYPE, RDFS_SUB_CLASS_OF};

/// A class and those below it.
type Classes = Rc<FxHashSet<TermId>>;

/// A view of a snapshot with the constants of the shapes looked up in it.
pub(crate) struct Data<'a> {
    snapshot: &'a Snapshot,
    scope: Scope,
    shapes: &'a Shapes,
    constants: Vec<Node>,
    predicates: FxHashMap<&'a str, Option<TermId>>,
    classes: FxHashMap<Constant, Classes>,
    rdf_type: Option<TermId>,
    pub(crate) meter: Meter,
}

impl<'a> Data<'a> {
    pub(crate) fn new(
        shapes: &'a Shapes,
        snapshot: &'a Snapshot,
        scope: Scope,
        meter: Meter,
    ) -> Self {
        let known = |(at, term): (u32, &RdfTerm)| match snapshot.id(term) {
            Some(id) => Node::Known(id),
            None => Node::Foreign(at),
        };
        Self {
            snapshot,
            scope,
            shapes,
            constants: (0_u32..).zip(&shapes.constants).map(known).collect(),
            predicates: FxHashMap::default(),
            classes: FxHashMap::default(),
            rdf_type: snapshot.id_of_iri(RDF_TYPE),
            meter,
        }
    }

    pub(crate) fn node(&self, constant: Constant) -> Node {
        // Constants are numbered by their place in this table.
        self.constants[constant.0 as usize]
    }

    /// The number of a constant, unless the data never mention it.
    pub(crate) fn id(&self, constant: Constant) -> Option<TermId> {
        match self.node(constant) {
            Node::Known(id) => Some(id),
            Node::Foreign(_) => None,
        }
    }

    pub(crate) fn term(&self, node: Node) -> RdfTerm {
        match node {
            Node::Known(id) => self.snapshot.term(id),
            // Foreign nodes are constants.
            Node::Foreign(at) => self.shapes.constants[at as usize].clone(),
        }
    }

    pub(crate) fn is_literal(&self, node: Node) -> bool {
        match node {
            Node::Known(id) => self.snapshot.is_literal(id),
            Node::Foreign(_) => matches!(self.term(node), RdfTerm::Literal(_)),
        }
    }

    pub(crate) fn is_iri(&self, node: Node) -> bool {
        match node {
            Node::Known(id) => self.snapshot.is_iri(id),
            Node::Foreign(_) => matches!(self.term(node), RdfTerm::NamedNode(_)),
        }
    }

    fn predicate(&mut self, iri: &'a str) -> Option<TermId> {
        let snapshot = self.snapshot;
        *self
            .predicates
            .entry(iri)
            .or_insert_with(|| snapshot.id_of_iri(iri))
    }

    /// The objects of a node and predicate.
    pub(crate) fn objects(&mut self, node: Node, predicate: Option<TermId>) -> Result<Vec<Node>> {
        let (Node::Known(subject), Some(predicate)) = (node, predicate) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let matching = self
            .snapshot
            .matching(Some(subject), Some(predicate), None, self.scope);
        for statement in matching {
            self.meter.visit()?;
            found.push(Node::Known(statement.object));
        }
        Ok(found)
    }

    /// The subjects of a predicate and object; any object when there is none.
    pub(crate) fn subjects(
        &mut self,
        predicate: Option<TermId>,
        object: Option<Node>,
    ) -> Result<Vec<Node>> {
        let object = match object {
            Some(Node::Foreign(_)) => return Ok(Vec::new()),
            Some(Node::Known(id)) => Some(id),
            None => None,
        };
        let mut found = Vec::new();
        if predicate.is_some() {
            let scope = self.scope;
            for statement in self.snapshot.matching(None, predicate, object, scope) {
                self.meter.visit()?;
                found.push(Node::Known(statement.subject));
            }
        }
        Ok(found)
    }

    /// Every object of a predicate.
    pub(crate) fn all_objects(&mut self, predicate: Option<TermId>) -> Result<Vec<Node>> {
        let mut found = Vec::new();
        if predicate.is_some() {
            let scope = self.scope;
            for statement in self.snapshot.matching(None, predicate, None, scope) {
                self.meter.visit()?;
                found.push(Node::Known(statement.object));
            }
        }
        Ok(found)
    }

    /// Tells whether there is a statement of the subject, the predicate or the object given.
    pub(crate) fn any(
        &mut self,
        subject: Option<Node>,
        predicate: TermId,
        object: Option<Node>,
    ) -> Result<bool> {
        self.meter.visit()?;
        let id = |node: Option<Node>| match node {
            None => Some(None),
            Some(Node::Known(id)) => Some(Some(id)),
            Some(Node::Foreign(_)) => None,
        };
        let (Some(subject), Some(object)) = (id(subject), id(object)) else {
            return Ok(false);
        };
        let mut found = self
            .snapshot
            .matching(subject, Some(predicate), object, self.scope);
        Ok(found.next().is_some())
    }

    /// The predicates and objects of a node.
    pub(crate) fn statements(&mut self, node: Node) -> Result<Vec<(TermId, Node)>> {
        let Node::Known(subject) = node else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for statement in self
            .snapshot
            .matching(Some(subject), None, None, self.scope)
        {
            self.meter.visit()?;
            found.push((statement.predicate, Node::Known(statement.object)));
        }
        Ok(found)
    }

    /// The class with every class below it, as the data have it.
    pub(crate) fn classes(&mut self, class: Constant) -> Result<Classes> {
        if let Some(known) = self.classes.get(&class) {
            return Ok(Rc::clone(known));
        }
        let mut below = FxHashSet::default();
        if let Some(top) = self.id(class) {
            let sub_class_of = self.snapshot.id_of_iri(RDFS_SUB_CLASS_OF);
            let mut queue = VecDeque::from([top]);
            below.insert(top);
            while let Some(at) = queue.pop_front() {
                for node in self.subjects(sub_class_of, Some(Node::Known(at)))? {
                    if let Node::Known(id) = node
                        && below.insert(id)
                    {
                        queue.push_back(id);
                    }
                }
            }
        }
        let classes = Rc::new(below);
        self.classes.insert(class, Rc::clone(&classes));
        Ok(classes)
    }

    pub(crate) fn is_instance(&mut self, node: Node, class: Constant) -> Result<bool> {
        let classes = self.classes(class)?;
        let types = self.objects(node, self.rdf_type)?;
        Ok(types
            .iter()
            .any(|found| matches!(found, Node::Known(id) if classes.contains(id))))
    }

    /// The members of a class and of those below it, each once.
    pub(crate) fn instances(&mut self, class: Constant) -> Result<Vec<Node>> {
        let classes = self.classes(class)?;
        let mut classes: Vec<TermId> = classes.iter().copied().collect();
        classes.sort_unstable();
        let mut members = Vec::new();
        for class in classes {
            members.extend(self.subjects(self.rdf_type, Some(Node::Known(class)))?);
        }
        members.sort_unstable();
        members.dedup();
        Ok(members)
    }

    /// The nodes at the end of a path, each once.
    pub(crate) fn follow(&mut self, path: &'a Path, from: Node) -> Result<Vec<Node>> {
        self.step(path, from, false)
    }

    fn step(&mut self, path: &'a Path, from: Node, backwards: bool) -> Result<Vec<Node>> {
        self.meter.visit()?;
        match path {
            Path::Predicate(predicate) => {
                let predicate = self.predicate(predicate.as_str());
                if backwards {
                    self.subjects(predicate, Some(from))
                } else {
                    self.objects(from, predicate)
                }
            }
            Path::Inverse(inner) => self.step(inner, from, !backwards),
            Path::Sequence(members) => {
                let mut nodes = vec![from];
                let mut members: Vec<&Path> = members.iter().collect();
                if backwards {
                    members.reverse();
                }
                for member in members {
                    let mut next = Once::default();
                    for node in nodes {
                        next.extend(self.step(member, node, backwards)?);
                    }
                    nodes = next.nodes;
                }
                Ok(nodes)
            }
            Path::Alternative(members) => {
                let mut found = Once::default();
                for member in members {
                    found.extend(self.step(member, from, backwards)?);
                }
                Ok(found.nodes)
            }
            Path::ZeroOrOne(inner) => {
                let mut found = Once::default();
                found.extend(vec![from]);
                found.extend(self.step(inner, from, backwards)?);
                Ok(found.nodes)
            }
            Path::ZeroOrMore(inner) => self.closure(inner, vec![from], backwards),
            Path::OneOrMore(inner) => {
                let first = self.step(inner, from, backwards)?;
                self.closure(inner, first, backwards)
            }
        }
    }

    fn closure(&mut self, path: &'a Path, start: Vec<Node>, backwards: bool) -> Result<Vec<Node>> {
        let mut found = Once::default();
        found.extend(start);
        let mut at = 0;
        while let Some(&node) = found.nodes.get(at) {
            at += 1;
            let next = self.step(path, node, backwards)?;
            found.extend(next);
        }
        Ok(found.nodes)
    }
}

/// Nodes in the order in which they were found, each once.
#[derive(Default)]
struct Once {
    nodes: Vec<Node>,
    seen: FxHashSet<Node>,
}

impl Once {
    fn extend(&mut self, nodes: Vec<Node>) {
        for node in nodes {
            if self.seen.insert(node) {
                self.nodes.push(node);
            }
        }
    }
}
