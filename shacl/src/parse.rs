//! From statements to shapes.

use std::collections::{BTreeMap, VecDeque};

use graph_core::rdf::{RdfTerm, Statement};

mod constraints;

use crate::error::{Error, Result};
use crate::graph::{Graph, malformed, shape_name};
use crate::path::Path;
use crate::shape::{Constant, Constraint, Severity, Shape, ShapeId, Target};
use crate::vocabulary::{OWL_CLASS, RDF_TYPE, RDFS_CLASS, SH, sh};

const SHAPES_MAX: usize = 100_000;

/// The parameters that need no other one beside them to be understood, and what describes a shape.
const KNOWN: [&str; 54] = [
    "alternativePath",
    "and",
    "class",
    "closed",
    "datatype",
    "deactivated",
    "declare",
    "defaultValue",
    "description",
    "disjoint",
    "entailment",
    "equals",
    "flags",
    "group",
    "hasValue",
    "ignoredProperties",
    "in",
    "inversePath",
    "languageIn",
    "lessThan",
    "lessThanOrEquals",
    "maxCount",
    "maxExclusive",
    "maxInclusive",
    "maxLength",
    "message",
    "minCount",
    "minExclusive",
    "minInclusive",
    "minLength",
    "name",
    "node",
    "nodeKind",
    "not",
    "oneOrMorePath",
    "or",
    "order",
    "path",
    "pattern",
    "prefixes",
    "property",
    "qualifiedMaxCount",
    "qualifiedMinCount",
    "qualifiedValueShape",
    "qualifiedValueShapesDisjoint",
    "severity",
    "targetClass",
    "targetNode",
    "targetObjectsOf",
    "targetSubjectsOf",
    "uniqueLang",
    "xone",
    "zeroOrMorePath",
    "zeroOrOnePath",
];
const TARGETS: [&str; 4] = [
    "targetNode",
    "targetClass",
    "targetSubjectsOf",
    "targetObjectsOf",
];

/// A part of the shapes that is not SHACL Core and is therefore not checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotChecked {
    /// The shape, or the node that declares the part.
    pub shape: String,
    /// What is not checked, such as `sh:sparql`.
    pub what: String,
    /// Why.
    pub reason: &'static str,
}

/// Shapes ready to be checked: the parse of a shapes graph.
#[derive(Clone, Debug)]
pub struct Shapes {
    pub(crate) table: Vec<Shape>,
    pub(crate) constants: Vec<RdfTerm>,
    not_checked: Vec<NotChecked>,
}

impl Shapes {
    /// Reads the shapes from the statements of a shapes graph.
    ///
    /// What is no shape and is used by none is skipped. What belongs to a shape and is not SHACL Core is kept in
    /// [`Shapes::not_checked`].
    ///
    /// # Errors
    /// [`Error::MalformedShape`] names the shape that is not well-formed, [`Error::TooLarge`] when there are too many.
    pub fn from_statements(statements: &[Statement]) -> Result<Self> {
        let graph = Graph::new(statements);
        let mut reader = Reader {
            graph: &graph,
            ids: BTreeMap::new(),
            queue: VecDeque::new(),
            constants: Vec::new(),
            constant_ids: BTreeMap::new(),
            not_checked: Vec::new(),
        };
        reader.read()
    }

    /// Returns the number of shapes, nested ones included.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Tells whether there are no shapes at all.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Returns what the shapes ask for and this crate does not check.
    pub fn not_checked(&self) -> &[NotChecked] {
        &self.not_checked
    }
}

struct Reader<'a> {
    graph: &'a Graph,
    ids: BTreeMap<String, ShapeId>,
    /// Shapes that have a number and are not read yet: a queue, so that nesting costs no stack.
    queue: VecDeque<RdfTerm>,
    constants: Vec<RdfTerm>,
    constant_ids: BTreeMap<String, Constant>,
    not_checked: Vec<NotChecked>,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<Shapes> {
        let graph = self.graph;
        for subject in graph.subjects() {
            if let [entailment, ..] = graph.values(subject, "entailment") {
                return Err(malformed(
                    subject,
                    format!(
                        "it asks for the entailment `{entailment}`, validate a snapshot that has it instead"
                    ),
                ));
            }
            if graph.has(subject, RDF_TYPE, &sh("ConstraintComponent")) {
                self.skip(
                    subject,
                    "sh:ConstraintComponent",
                    "constraint components of one's own are not read",
                );
            }
            let is_shape = ["NodeShape", "PropertyShape"]
                .iter()
                .any(|class| graph.has(subject, RDF_TYPE, &sh(class)));
            let has_target = TARGETS
                .iter()
                .any(|target| !graph.values(subject, target).is_empty());
            if is_shape || has_target {
                self.shape(subject);
            }
        }
        let mut shapes = Vec::new();
        while let Some(node) = self.queue.pop_front() {
            shapes.push(self.read_shape(&node)?);
            let found = self.ids.len();
            if found > SHAPES_MAX {
                let (what, limit) = ("shapes", SHAPES_MAX);
                return Err(Error::TooLarge { what, found, limit });
            }
        }
        find_siblings(&mut shapes);
        self.not_checked.sort();
        self.not_checked.dedup();
        Ok(Shapes {
            table: shapes,
            constants: std::mem::take(&mut self.constants),
            not_checked: std::mem::take(&mut self.not_checked),
        })
    }

    /// Gives the shape at a node its number, and queues it to be read when it is new.
    fn shape(&mut self, node: &RdfTerm) -> ShapeId {
        let next = ShapeId(self.ids.len() as u32);
        let id = *self.ids.entry(node.to_string()).or_insert(next);
        if id == next {
            self.queue.push_back(node.clone());
        }
        id
    }

    fn constant(&mut self, term: &RdfTerm) -> Constant {
        let next = Constant(self.constants.len() as u32);
        let id = *self.constant_ids.entry(term.to_string()).or_insert(next);
        if id == next {
            self.constants.push(term.clone());
        }
        id
    }

    fn iri_constant(&mut self, shape: &RdfTerm, local: &str, term: &RdfTerm) -> Result<Constant> {
        match term {
            RdfTerm::NamedNode(_) => Ok(self.constant(term)),
            other => Err(malformed(shape, format!("sh:{local} `{other}` is no IRI"))),
        }
    }

    fn skip(&mut self, shape: &RdfTerm, what: impl Into<String>, reason: &'static str) {
        self.not_checked.push(NotChecked {
            shape: shape_name(shape),
            what: what.into(),
            reason,
        });
    }

    /// Reads a yes or no. The suite has it that only the literal `true` says yes, so that `1` is said to do nothing.
    fn flag(&mut self, shape: &RdfTerm, local: &str) -> Result<bool> {
        let Some(literal) = self.graph.literal(shape, local)? else {
            return Ok(false);
        };
        match literal.value() {
            "true" => Ok(true),
            "false" | "0" => Ok(false),
            "1" => {
                self.skip(
                    shape,
                    format!("sh:{local}"),
                    "only the literal true turns it on",
                );
                Ok(false)
            }
            _ => {
                let reason = format!("sh:{local} `{literal}` is neither true nor false");
                Err(malformed(shape, reason))
            }
        }
    }

    fn read_shape(&mut self, node: &RdfTerm) -> Result<Shape> {
        let graph = self.graph;
        if matches!(node, RdfTerm::Literal(_) | RdfTerm::Triple(_)) {
            return Err(malformed(node, "a shape is an IRI or a blank node"));
        }
        let path = match graph.one(node, "path")? {
            Some(at) => Some(Path::read(graph, node, at)?),
            None => None,
        };
        if path.is_none() && graph.has(node, RDF_TYPE, &sh("PropertyShape")) {
            return Err(malformed(node, "a property shape has a sh:path"));
        }
        if path.is_some() && graph.has(node, RDF_TYPE, &sh("NodeShape")) {
            return Err(malformed(node, "a node shape has no sh:path"));
        }
        self.look_for_unknown(node);
        let mut messages = Vec::new();
        for message in graph.values(node, "message") {
            match message {
                RdfTerm::Literal(literal) => messages.push(literal.clone()),
                other => return Err(malformed(node, format!("sh:message `{other}` is no text"))),
            }
        }
        Ok(Shape {
            deactivated: self.flag(node, "deactivated")?,
            severity: self.severity(node)?,
            messages,
            targets: self.targets(node)?,
            constraints: self.constraints(node, path.is_some())?,
            node: node.clone(),
            path,
        })
    }

    /// Whatever of SHACL's own words is not understood is said, not passed over.
    fn look_for_unknown(&mut self, node: &RdfTerm) {
        let graph = self.graph;
        for predicate in graph.predicates(node) {
            let Some(local) = predicate.strip_prefix(SH) else {
                continue;
            };
            if !KNOWN.contains(&local) {
                self.skip(node, format!("sh:{local}"), "it is not part of SHACL Core");
            }
        }
        let needs = [
            ("flags", "pattern"),
            ("ignoredProperties", "closed"),
            ("qualifiedMinCount", "qualifiedValueShape"),
            ("qualifiedMaxCount", "qualifiedValueShape"),
        ];
        for (local, other) in needs {
            if !graph.values(node, local).is_empty() && graph.values(node, other).is_empty() {
                let reason = match other {
                    "pattern" => "it means nothing without sh:pattern",
                    "closed" => "it means nothing without sh:closed",
                    _ => "it means nothing without sh:qualifiedValueShape",
                };
                self.skip(node, format!("sh:{local}"), reason);
            }
        }
    }

    fn severity(&self, node: &RdfTerm) -> Result<Severity> {
        match self.graph.one(node, "severity")? {
            None => Ok(Severity::Violation),
            Some(RdfTerm::NamedNode(iri)) => Ok(match iri.as_str().strip_prefix(SH) {
                Some("Violation") => Severity::Violation,
                Some("Warning") => Severity::Warning,
                Some("Info") => Severity::Info,
                _ => Severity::Other(iri.clone()),
            }),
            Some(other) => Err(malformed(node, format!("sh:severity `{other}` is no IRI"))),
        }
    }

    fn targets(&mut self, node: &RdfTerm) -> Result<Vec<Target>> {
        let graph = self.graph;
        let mut targets = Vec::new();
        for term in graph.values(node, "targetNode") {
            if matches!(term, RdfTerm::BlankNode(_) | RdfTerm::Triple(_)) {
                let reason = format!("sh:targetNode `{term}` is neither IRI nor literal");
                return Err(malformed(node, reason));
            }
            targets.push(Target::Node(self.constant(term)));
        }
        for term in graph.values(node, "targetClass") {
            targets.push(Target::Class(self.iri_constant(
                node,
                "targetClass",
                term,
            )?));
        }
        for term in graph.values(node, "targetSubjectsOf") {
            let predicate = self.iri_constant(node, "targetSubjectsOf", term)?;
            targets.push(Target::SubjectsOf(predicate));
        }
        for term in graph.values(node, "targetObjectsOf") {
            let predicate = self.iri_constant(node, "targetObjectsOf", term)?;
            targets.push(Target::ObjectsOf(predicate));
        }
        let is_class = [RDFS_CLASS, OWL_CLASS]
            .iter()
            .any(|class| graph.has(node, RDF_TYPE, class));
        if is_class && matches!(node, RdfTerm::NamedNode(_)) {
            targets.push(Target::Class(self.constant(node)));
        }
        Ok(targets)
    }
}

/// The siblings of a qualified shape: those of the other property shapes of its parents.
fn find_siblings(shapes: &mut [Shape]) {
    let qualified = |id: ShapeId| {
        let constraints = shapes.get(id.0 as usize).map(|shape| &shape.constraints);
        constraints.into_iter().flatten().find_map(|c| match c {
            Constraint::Qualified(qualified) => Some((id, qualified.shape)),
            _ => None,
        })
    };
    let mut siblings: BTreeMap<ShapeId, Vec<ShapeId>> = BTreeMap::new();
    for parent in shapes.iter() {
        let children = parent.constraints.iter().filter_map(|c| match c {
            Constraint::Property(child) => qualified(*child),
            _ => None,
        });
        let children: Vec<(ShapeId, ShapeId)> = children.collect();
        for (child, own) in &children {
            let others = children.iter().map(|(_, shape)| *shape);
            siblings
                .entry(*child)
                .or_default()
                .extend(others.filter(|shape| shape != own));
        }
    }
    for (child, mut others) in siblings {
        others.sort_unstable();
        others.dedup();
        let constraints = shapes.get_mut(child.0 as usize).map(|s| &mut s.constraints);
        for constraint in constraints.into_iter().flatten() {
            if let Constraint::Qualified(qualified) = constraint {
                qualified.siblings.clone_from(&others);
            }
        }
    }
}
