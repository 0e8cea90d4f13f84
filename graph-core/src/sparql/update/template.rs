//! Templates of statements, filled in with the terms of a row.

use oxrdf::{BlankNode, NamedNode, NamedOrBlankNode, Term, Triple, Variable};
use rustc_hash::FxHashMap;
use spargebra::term::{
    GraphNamePattern, NamedNodePattern, QuadPattern, TermPattern, TriplePattern,
};

use crate::sparql::Row;

/// The graph that a filled template names; none for the default graph.
pub(super) type Target = Option<NamedNode>;

/// Gathers the variables of templates, each once.
pub(super) fn variables<'a>(templates: impl Iterator<Item = &'a QuadPattern>) -> Vec<Variable> {
    let mut found = Vec::new();
    for template in templates {
        of_term(&template.subject, &mut found);
        if let NamedNodePattern::Variable(variable) = &template.predicate {
            found.push(variable.clone());
        }
        of_term(&template.object, &mut found);
        if let GraphNamePattern::Variable(variable) = &template.graph_name {
            found.push(variable.clone());
        }
    }
    found.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
    found.dedup();
    found
}

fn of_term(term: &TermPattern, found: &mut Vec<Variable>) {
    match term {
        TermPattern::Variable(variable) => found.push(variable.clone()),
        TermPattern::Triple(triple) => {
            of_term(&triple.subject, found);
            if let NamedNodePattern::Variable(variable) = &triple.predicate {
                found.push(variable.clone());
            }
            of_term(&triple.object, found);
        }
        _ => {}
    }
}

/// Fills templates in for one row; blank nodes are made anew for each.
pub(super) struct Filling<'a> {
    variables: &'a [Variable],
    row: &'a Row,
    blanks: FxHashMap<BlankNode, BlankNode>,
}

impl<'a> Filling<'a> {
    pub(super) fn new(variables: &'a [Variable], row: &'a Row) -> Self {
        Self {
            variables,
            row,
            blanks: FxHashMap::default(),
        }
    }

    /// Makes the statement, unless a variable is unbound or a term cannot stand where it would.
    pub(super) fn statement(
        &mut self,
        template: &QuadPattern,
        fresh: &mut dyn FnMut() -> BlankNode,
    ) -> Option<(Target, Triple)> {
        let target = match &template.graph_name {
            GraphNamePattern::DefaultGraph => None,
            GraphNamePattern::NamedNode(node) => Some(node.clone()),
            GraphNamePattern::Variable(variable) => Some(iri(self.bound(variable)?)?),
        };
        let subject = node(self.term(&template.subject, fresh)?)?;
        let predicate = self.predicate(&template.predicate)?;
        let object = self.term(&template.object, fresh)?;
        Some((target, Triple::new(subject, predicate, object)))
    }

    fn bound(&self, variable: &Variable) -> Option<Term> {
        let at = self.variables.iter().position(|known| known == variable)?;
        self.row.get(at)?.clone()
    }

    fn predicate(&self, pattern: &NamedNodePattern) -> Option<NamedNode> {
        match pattern {
            NamedNodePattern::NamedNode(node) => Some(node.clone()),
            NamedNodePattern::Variable(variable) => iri(self.bound(variable)?),
        }
    }

    fn term(
        &mut self,
        pattern: &TermPattern,
        fresh: &mut dyn FnMut() -> BlankNode,
    ) -> Option<Term> {
        Some(match pattern {
            TermPattern::NamedNode(node) => node.clone().into(),
            TermPattern::Literal(literal) => literal.clone().into(),
            TermPattern::Variable(variable) => self.bound(variable)?,
            TermPattern::BlankNode(label) => {
                let made = self.blanks.entry(label.clone()).or_insert_with(fresh);
                made.clone().into()
            }
            TermPattern::Triple(triple) => self.triple(triple, fresh)?.into(),
        })
    }

    fn triple(
        &mut self,
        pattern: &TriplePattern,
        fresh: &mut dyn FnMut() -> BlankNode,
    ) -> Option<Triple> {
        let subject = node(self.term(&pattern.subject, fresh)?)?;
        let predicate = self.predicate(&pattern.predicate)?;
        let object = self.term(&pattern.object, fresh)?;
        Some(Triple::new(subject, predicate, object))
    }
}

fn iri(term: Term) -> Option<NamedNode> {
    match term {
        Term::NamedNode(node) => Some(node),
        _ => None,
    }
}

fn node(term: Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(node) => Some(node.into()),
        Term::BlankNode(node) => Some(node.into()),
        _ => None,
    }
}
