//! Numbers the variables of a parsed query and makes its patterns and expressions ready.
//!
//! What the engine does not do gives `None`: then the other evaluator answers the whole query.

use std::sync::Arc;

use oxrdf::{Term, Variable};
use rustc_hash::FxHashMap;
use spargebra::Query;
use spargebra::algebra::{GraphPattern, OrderExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};

use super::algebra::{
    Expression, Form, Kind, Node, Part, Prepared, SLOTS_MAX, Slot, Slots, TemplatePart, Triple,
};

/// Makes a query ready, unless it uses what the engine does not do.
pub(crate) fn prepare(query: &Query) -> Option<Prepared> {
    let mut lowering = Lowering::default();
    let (form, pattern) = match query {
        Query::Select { pattern, .. } => (None, pattern),
        Query::Ask { pattern, .. } => (Some(Form::Ask), pattern),
        Query::Construct {
            template, pattern, ..
        } => (Some(Form::Construct(lowering.template(template)?)), pattern),
        Query::Describe { .. } => return None,
    };
    let root = lowering.pattern(pattern, None)?;
    let mut variables = Vec::new();
    if form.is_none() {
        pattern.on_in_scope_variable(|variable| {
            if !variables.contains(variable) {
                variables.push(variable.clone());
            }
        });
        if let Some(listed) = projected(pattern) {
            variables = listed.to_vec();
        }
    }
    let outputs = variables
        .iter()
        .map(|variable| lowering.slot(variable.as_str()));
    let outputs = outputs.collect::<Option<Arc<[Slot]>>>()?;
    Some(Prepared {
        form: form.unwrap_or(Form::Select),
        root,
        constants: lowering.constants,
        width: lowering.slots.max(1),
        exists: lowering.exists,
        variables: variables.into(),
        outputs,
    })
}

/// The variables of the outermost SELECT in their order.
fn projected(pattern: &GraphPattern) -> Option<&[Variable]> {
    match pattern {
        GraphPattern::Project { variables, .. } => Some(variables),
        GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => projected(inner),
        _ => None,
    }
}

#[derive(Default)]
pub(super) struct Lowering {
    names: FxHashMap<String, Slot>,
    slots: usize,
    constants: Vec<Term>,
    pub(super) exists: usize,
}

impl Lowering {
    /// The slot of a variable, or of a blank node with its `_:`.
    pub(super) fn slot(&mut self, name: &str) -> Option<Slot> {
        if let Some(slot) = self.names.get(name) {
            return Some(*slot);
        }
        let slot = self.fresh()?;
        self.names.insert(name.to_owned(), slot);
        Some(slot)
    }

    pub(super) fn fresh(&mut self) -> Option<Slot> {
        let slot = self.slots;
        self.slots += 1;
        (slot < SLOTS_MAX).then_some(slot)
    }

    pub(super) fn constant(&mut self, term: Term) -> usize {
        let known = self.constants.iter().position(|known| *known == term);
        known.unwrap_or_else(|| {
            self.constants.push(term);
            self.constants.len() - 1
        })
    }

    fn part(&mut self, term: &TermPattern) -> Option<Part> {
        Some(match term {
            TermPattern::NamedNode(node) => Part::Constant(self.constant(node.clone().into())),
            TermPattern::Literal(literal) => Part::Constant(self.constant(literal.clone().into())),
            TermPattern::BlankNode(node) => Part::Slot(self.slot(&format!("_:{}", node.as_str()))?),
            TermPattern::Variable(variable) => Part::Slot(self.slot(variable.as_str())?),
            TermPattern::Triple(_) => return None,
        })
    }

    pub(super) fn name(&mut self, name: &NamedNodePattern) -> Option<Part> {
        Some(match name {
            NamedNodePattern::NamedNode(node) => Part::Constant(self.constant(node.clone().into())),
            NamedNodePattern::Variable(variable) => Part::Slot(self.slot(variable.as_str())?),
        })
    }

    fn triple(&mut self, triple: &TriplePattern, graph: Option<Part>) -> Option<Node> {
        let triple = Triple {
            subject: self.part(&triple.subject)?,
            predicate: self.name(&triple.predicate)?,
            object: self.part(&triple.object)?,
            graph,
        };
        Some(all_certain(Kind::Triple(triple), triple.slots()))
    }

    /// Lowers a pattern that stands inside of GRAPH `graph`.
    pub(super) fn pattern(&mut self, pattern: &GraphPattern, graph: Option<Part>) -> Option<Node> {
        use GraphPattern as G;
        match pattern {
            G::Bgp { .. } | G::Path { .. } | G::Join { .. } => {
                let mut parts = Vec::new();
                self.join(pattern, graph, &mut parts)?;
                Some(join(parts, Vec::new()))
            }
            G::Filter { expr, inner } => {
                let inner = self.pattern(inner, graph)?;
                let filter = Arc::new(self.expression(expr, graph)?);
                Some(match inner.kind {
                    Kind::Join { parts, mut filters } => {
                        filters.push(filter);
                        Node {
                            kind: Kind::Join { parts, filters },
                            ..inner
                        }
                    }
                    _ => join(vec![inner], vec![filter]),
                })
            }
            G::LeftJoin {
                left,
                right,
                expression,
            } => self.optional(left, right, expression.as_ref(), graph),
            G::Union { .. } => self.union(pattern, graph),
            G::Graph { name, inner } => self.graph(name, inner),
            G::Values {
                variables,
                bindings,
            } => self.values(variables, bindings),
            G::Extend {
                inner,
                variable,
                expression,
            } => {
                let inner = self.pattern(inner, graph)?;
                let expression = Arc::new(self.expression(expression, graph)?);
                let slot = self.slot(variable.as_str())?;
                let possible = inner.possible.or(Slots::one(slot));
                let mut certain = inner.certain;
                if matches!(*expression, Expression::Constant(_)) {
                    certain.insert(slot);
                }
                let inner = Box::new(inner);
                let kind = Kind::Extend {
                    inner,
                    slot,
                    expression,
                };
                Some(Node {
                    kind,
                    certain,
                    possible,
                })
            }
            other => self.apart(other, graph),
        }
    }

    /// Patterns that are evaluated apart from what stands around them.
    fn apart(&mut self, pattern: &GraphPattern, graph: Option<Part>) -> Option<Node> {
        use GraphPattern as G;
        if matches!(graph, Some(Part::Slot(_))) {
            // They would have to be repeated for each graph.
            return None;
        }
        match pattern {
            G::Minus { left, right } => {
                let left = Box::new(self.pattern(left, graph)?);
                let right = Box::new(self.pattern(right, graph)?);
                let (certain, possible) = (left.certain, left.possible);
                Some(Node {
                    kind: Kind::Minus { left, right },
                    certain,
                    possible,
                })
            }
            G::Project { inner, variables } => self.project(inner, variables, graph),
            G::Distinct { inner } | G::Reduced { inner } => {
                let inner = Box::new(self.pattern(inner, graph)?);
                Some(around(&inner).with(Kind::Distinct, inner))
            }
            G::OrderBy { inner, expression } => {
                let inner = Box::new(self.pattern(inner, graph)?);
                let by = expression.iter().map(|by| match by {
                    OrderExpression::Asc(by) => {
                        Some((Arc::new(self.expression(by, graph)?), false))
                    }
                    OrderExpression::Desc(by) => {
                        Some((Arc::new(self.expression(by, graph)?), true))
                    }
                });
                let by = by.collect::<Option<_>>()?;
                Some(around(&inner).with(|inner| Kind::Order { inner, by }, inner))
            }
            G::Slice {
                inner,
                start,
                length,
            } => {
                let inner = Box::new(self.pattern(inner, graph)?);
                let (start, length) = (*start, *length);
                let slice = |inner| Kind::Slice {
                    inner,
                    start,
                    length,
                };
                Some(around(&inner).with(slice, inner))
            }
            G::Group {
                inner,
                variables,
                aggregates,
            } => self.group(inner, variables, aggregates, graph),
            _ => None,
        }
    }

    fn optional(
        &mut self,
        left: &GraphPattern,
        right: &GraphPattern,
        condition: Option<&spargebra::algebra::Expression>,
        graph: Option<Part>,
    ) -> Option<Node> {
        let left = Box::new(self.pattern(left, graph)?);
        let right = Box::new(self.pattern(right, graph)?);
        let condition = match condition {
            Some(condition) => Some(Arc::new(self.expression(condition, graph)?)),
            None => None,
        };
        let (certain, possible) = (left.certain, left.possible.or(right.possible));
        let tag = self.fresh()?;
        let kind = Kind::Optional {
            left,
            right,
            condition,
            tag,
        };
        Some(Node {
            kind,
            certain,
            possible,
        })
    }

    fn union(&mut self, pattern: &GraphPattern, graph: Option<Part>) -> Option<Node> {
        let mut branches = Vec::new();
        let mut rest = vec![pattern];
        while let Some(pattern) = rest.pop() {
            if let GraphPattern::Union { left, right } = pattern {
                rest.push(right);
                rest.push(left);
            } else {
                branches.push(self.pattern(pattern, graph)?);
            }
        }
        Some(union(branches))
    }

    fn values(
        &mut self,
        variables: &[Variable],
        bindings: &[Vec<Option<GroundTerm>>],
    ) -> Option<Node> {
        let slots = variables
            .iter()
            .map(|variable| self.slot(variable.as_str()));
        let slots = slots.collect::<Option<Vec<Slot>>>()?;
        let mut rows = Vec::with_capacity(bindings.len());
        for row in bindings {
            let row = row
                .iter()
                .map(|term| term.clone().map(|term| self.constant(term.into())));
            rows.push(row.collect::<Vec<_>>());
        }
        let (mut certain, mut possible) = (Slots::default(), Slots::default());
        for (at, slot) in slots.iter().enumerate() {
            possible.insert(*slot);
            if rows
                .iter()
                .all(|row| row.get(at).is_some_and(Option::is_some))
            {
                certain.insert(*slot);
            }
        }
        let rows = Arc::new(rows);
        Some(Node {
            kind: Kind::Values { slots, rows },
            certain,
            possible,
        })
    }

    /// A sub-select has names of its own but for those that it lists.
    fn project(
        &mut self,
        inner: &GraphPattern,
        variables: &[Variable],
        graph: Option<Part>,
    ) -> Option<Node> {
        let mut listed = FxHashMap::default();
        let mut slots = Slots::default();
        for variable in variables {
            let slot = self.slot(variable.as_str())?;
            slots.insert(slot);
            listed.insert(variable.as_str().to_owned(), slot);
        }
        let outer = std::mem::replace(&mut self.names, listed);
        let inner = self.pattern(inner, graph);
        self.names = outer;
        let inner = Box::new(inner?);
        let (certain, possible) = (inner.certain.and(slots), inner.possible.and(slots));
        Some(Node {
            kind: Kind::Project(inner),
            certain,
            possible,
        })
    }

    fn template(&mut self, template: &[TriplePattern]) -> Option<Vec<[TemplatePart; 3]>> {
        let mut made = Vec::new();
        for triple in template {
            let predicate = match &triple.predicate {
                NamedNodePattern::NamedNode(node) => TemplatePart::Constant(node.clone().into()),
                NamedNodePattern::Variable(variable) => {
                    TemplatePart::Slot(self.slot(variable.as_str())?)
                }
            };
            let subject = self.template_part(&triple.subject)?;
            made.push([subject, predicate, self.template_part(&triple.object)?]);
        }
        Some(made)
    }

    fn template_part(&mut self, term: &TermPattern) -> Option<TemplatePart> {
        Some(match term {
            TermPattern::NamedNode(node) => TemplatePart::Constant(node.clone().into()),
            TermPattern::Literal(literal) => TemplatePart::Constant(literal.clone().into()),
            TermPattern::Variable(variable) => TemplatePart::Slot(self.slot(variable.as_str())?),
            TermPattern::BlankNode(_) | TermPattern::Triple(_) => return None,
        })
    }

    /// Takes joins, basic graph patterns and paths apart.
    fn join(
        &mut self,
        pattern: &GraphPattern,
        graph: Option<Part>,
        parts: &mut Vec<Node>,
    ) -> Option<()> {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    parts.push(self.triple(triple, graph)?);
                }
            }
            GraphPattern::Join { left, right } => {
                self.join(left, graph, parts)?;
                self.join(right, graph, parts)?;
            }
            GraphPattern::Path {
                subject,
                path,
                object,
            } => {
                let (subject, object) = (self.part(subject)?, self.part(object)?);
                self.path(subject, path, object, graph, parts)?;
            }
            other => {
                let node = self.pattern(other, graph)?;
                match node.kind {
                    Kind::Join {
                        parts: inner,
                        filters,
                    } if filters.is_empty() => parts.extend(inner),
                    _ => parts.push(node),
                }
            }
        }
        Some(())
    }
}

pub(super) fn all_certain(kind: Kind, slots: Slots) -> Node {
    Node {
        kind,
        certain: slots,
        possible: slots,
    }
}

pub(super) fn join(mut parts: Vec<Node>, filters: Vec<Arc<Expression>>) -> Node {
    if filters.is_empty()
        && parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    let certain = parts
        .iter()
        .fold(Slots::default(), |slots, part| slots.or(part.certain));
    let possible = parts
        .iter()
        .fold(Slots::default(), |slots, part| slots.or(part.possible));
    Node {
        kind: Kind::Join { parts, filters },
        certain,
        possible,
    }
}

pub(super) fn union(branches: Vec<Node>) -> Node {
    let possible = branches
        .iter()
        .fold(Slots::default(), |slots, branch| slots.or(branch.possible));
    let certain = branches
        .iter()
        .fold(possible, |slots, branch| slots.and(branch.certain));
    Node {
        kind: Kind::Union(branches),
        certain,
        possible,
    }
}

/// What a pattern binds, kept by one that stands around it.
struct Around(Slots, Slots);

fn around(inner: &Node) -> Around {
    Around(inner.certain, inner.possible)
}

impl Around {
    fn with(self, kind: impl FnOnce(Box<Node>) -> Kind, inner: Box<Node>) -> Node {
        Node {
            kind: kind(inner),
            certain: self.0,
            possible: self.1,
        }
    }
}
