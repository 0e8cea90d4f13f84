//! What all operators of one running query share: the snapshot as the query sees it, its own terms, its budgets.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use oxrdf::{Literal, Term, Variable};
use oxsdatatypes::Integer;
use spareval::{ExpressionTerm, QueryEvaluator, QueryableDataset};
use sparopt::algebra::Expression as Generic;

use super::algebra::Part;
use super::lower_expression::argument;
use super::operator::Operator;
use super::value::{Content, Value};
use crate::dictionary::{Aux, Kind, TERM_LIMIT};
use crate::snapshot::Snapshot;
use crate::sparql::budget::{Guard, Stopped};
use crate::sparql::dataset::View;

/// The number of no term.
pub(super) const UNBOUND: u32 = u32::MAX;

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
/// Longer texts are charged when an expression reads them.
const LONG_TEXT: usize = 4096;

pub(super) struct Context<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) guard: Rc<Guard>,
    pub(super) view: View<'a>,
    pub(super) width: usize,
    /// The numbers of the query's constants.
    pub(super) constants: Vec<u32>,
    /// What is inside of them, once somebody has looked.
    contents: Vec<OnceCell<Option<Content<'a>>>>,
    /// The operators of EXISTS, each taken out while it runs.
    pub(super) exists: RefCell<Vec<Option<Operator<'a>>>>,
    evaluator: OnceCell<QueryEvaluator>,
    arguments: OnceCell<Vec<Variable>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        view: View<'a>,
        constants: &[Term],
        width: usize,
        exists: usize,
    ) -> Result<Self, Stopped> {
        let contents = constants.iter().map(|_| OnceCell::new()).collect();
        let constants = constants.iter().map(|term| view.number(term));
        Ok(Self {
            contents,
            constants: constants.collect::<Result<_, _>>()?,
            snapshot: view.snapshot,
            guard: Rc::clone(&view.guard),
            view,
            width,
            exists: RefCell::new((0..exists).map(|_| None).collect()),
            evaluator: OnceCell::new(),
            arguments: OnceCell::new(),
        })
    }

    /// The value of a position in a row; nothing when it is a variable without one.
    pub(super) fn value_of(&self, part: Part, row: &[u32]) -> Option<u32> {
        match part {
            Part::Constant(at) => Some(self.constants[at]),
            Part::Slot(slot) => Some(row[slot]).filter(|id| *id != UNBOUND),
        }
    }

    /// What is inside of a constant.
    pub(super) fn constant(&self, at: usize) -> Option<&Content<'a>> {
        let content = self.contents[at].get_or_init(|| self.content_of(self.constants[at]));
        content.as_ref()
    }

    /// What is inside of a term.
    pub(super) fn content_of(&self, id: u32) -> Option<Content<'a>> {
        if id >= TERM_LIMIT {
            let term = self.view.own_term(id)?;
            if let Term::Literal(literal) = &term {
                self.read(literal.value().len())?;
            }
            return Some(Content::of(term.into()));
        }
        let key = self.snapshot.dictionary().key(id);
        self.read(key.text.len())?;
        Some(match (key.kind, key.aux) {
            (Kind::Text, _) => Content::Text(Cow::Borrowed(key.text)),
            (Kind::Lang, Aux::Name(tag)) => {
                Content::Lang(Cow::Borrowed(key.text), Cow::Borrowed(tag))
            }
            (Kind::Iri, Aux::Name(prefix)) => {
                let mut iri = String::with_capacity(prefix.len() + key.text.len());
                iri.push_str(prefix);
                iri.push_str(key.text);
                Content::Iri(Cow::Owned(iri))
            }
            (Kind::Typed, Aux::Name(datatype)) if datatype.strip_prefix(XSD) == Some("integer") => {
                match key.text.parse::<Integer>() {
                    Ok(value) => Content::Integer(value.into()),
                    Err(_) => Content::of(self.view.term(id).into()),
                }
            }
            _ => Content::of(self.view.term(id).into()),
        })
    }

    fn read(&self, bytes: usize) -> Option<()> {
        if bytes > LONG_TEXT {
            self.guard.read(bytes).ok()?;
        }
        Some(())
    }

    pub(super) fn content(&self, value: Value<'a>) -> Option<Content<'a>> {
        Some(match value {
            Value::Id(id) => return self.content_of(id),
            Value::Boolean(value) => Content::Boolean(value),
            Value::Integer(value) => Content::Integer(value),
            Value::Text(text) => Content::Text(text),
            Value::Lang(text, tag) => Content::Lang(text, tag),
            Value::Term(term) => Content::of(term),
        })
    }

    pub(super) fn truth(&self, value: Value<'a>) -> Option<bool> {
        match value {
            Value::Boolean(value) => Some(value),
            value => self.content(value)?.truth(),
        }
    }

    fn term(&self, value: Value<'a>) -> Term {
        match value {
            Value::Id(id) => self.view.term(id),
            Value::Boolean(value) => Literal::from(value).into(),
            Value::Integer(value) => Literal::from(value).into(),
            Value::Text(text) => Literal::new_simple_literal(text).into(),
            Value::Lang(text, tag) => {
                Literal::new_language_tagged_literal_unchecked(text, tag).into()
            }
            Value::Term(term) => term.into(),
        }
    }

    /// The number of a value; a new one for a term that neither the graph nor the query had.
    pub(super) fn number(&self, value: Value<'a>) -> Option<u32> {
        match value {
            Value::Id(id) => Some(id),
            other => self.view.internalize_term(self.term(other)).ok(),
        }
    }

    /// Has the other evaluator compute an expression over arguments.
    pub(super) fn generic(
        &self,
        expression: &Generic,
        arguments: Vec<Value<'a>>,
    ) -> Option<Value<'a>> {
        let variables = self
            .arguments
            .get_or_init(|| (0..16).map(argument).collect());
        let mut more = Vec::new();
        let mut terms = Vec::with_capacity(arguments.len());
        for value in arguments {
            let term = self.term(value);
            if let Term::Literal(literal) = &term {
                self.guard.read(literal.value().len()).ok()?;
            }
            terms.push(term);
        }
        more.extend((variables.len()..terms.len()).map(argument));
        let evaluator = self.evaluator.get_or_init(QueryEvaluator::new);
        let term =
            evaluator.evaluate_expression(expression, variables.iter().chain(&more).zip(terms))?;
        if let Term::Literal(literal) = &term {
            self.guard.computed(literal.value().len()).ok()?;
        }
        Some(Value::Term(ExpressionTerm::from(term)))
    }

    /// Whose statements a pattern reads for a row: those of its GRAPH, or of the default graph. `None`: of all named
    /// graphs, whose names are asked for.
    pub(super) fn visible(&self, graph: Option<Part>, row: &[u32]) -> GraphOf {
        match graph {
            None => GraphOf::Default,
            Some(part) => match self.value_of(part, row) {
                None => GraphOf::Any,
                Some(name) => match self.view.shows_graph(name) {
                    Some(source) => GraphOf::One(source),
                    None => GraphOf::Nothing,
                },
            },
        }
    }
}

/// Which graph a pattern reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GraphOf {
    Default,
    One(u16),
    Any,
    Nothing,
}
