//! A snapshot as the evaluator reads it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use oxrdf::{NamedNode, Term};
use rustc_hash::FxHashMap;
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};
use spargebra::algebra::QueryDataset;

use super::budget::{Guard, Stopped};
use crate::dictionary::{Aux, Kind, TERM_LIMIT};
use crate::names::TermId;
use crate::snapshot::{Matches, Snapshot, Visible};

/// Each evaluation of the pattern `TICK TICK n` succeeds once in every graph and charges n to the budget: the planner
/// puts it around joins that make rows without reading statements.
pub(super) const TICK: &str = "urn:isogloss:internal:each-row";
const TICK_ID: u32 = u32::MAX;

/// What a term of the query takes beside its text, about.
const OWN_TERM_BYTES: u64 = 256;

/// Terms that only the query knows, numbered above those of the dictionary.
#[derive(Default)]
struct OwnTerms {
    terms: Vec<Term>,
    numbers: FxHashMap<Term, u32>,
}

/// The graphs that make up the default graph.
#[derive(Clone)]
enum DefaultGraph {
    Everything,
    Union(Arc<FixedBitSet>),
}

pub(super) struct View<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) guard: Rc<Guard>,
    own: RefCell<OwnTerms>,
    default: DefaultGraph,
    named: Option<Arc<FixedBitSet>>,
}

impl<'a> View<'a> {
    /// Shows the snapshot; FROM clauses choose the graphs, and FROM without FROM NAMED leaves no named graph.
    pub(super) fn new(
        snapshot: &'a Snapshot,
        guard: Rc<Guard>,
        graphs: Option<&QueryDataset>,
    ) -> Self {
        let set = |graphs: &[NamedNode]| {
            let mut set = FixedBitSet::with_capacity(usize::from(u16::MAX) + 1);
            for graph in graphs {
                let source = snapshot
                    .id_of_iri(graph.as_str())
                    .and_then(|id| snapshot.source_of_graph(id.0));
                set.extend(source.map(usize::from));
            }
            Arc::new(set)
        };
        let default = graphs.map_or(DefaultGraph::Everything, |graphs| {
            DefaultGraph::Union(set(&graphs.default))
        });
        let named = graphs.map(|graphs| set(graphs.named.as_deref().unwrap_or_default()));
        Self {
            snapshot,
            guard,
            own: RefCell::default(),
            default,
            named,
        }
    }

    /// The IRIs of the named graphs that the query sees.
    pub(super) fn graphs(&self) -> Vec<NamedNode> {
        self.shown_graphs()
            .into_iter()
            .map(|graph| self.snapshot.dictionary().named_node(graph))
            .collect()
    }

    pub(super) fn shows_graph(&self, graph: u32) -> Option<u16> {
        let source = self.snapshot.source_of_graph(graph)?;
        self.named
            .as_ref()
            .is_none_or(|named| named.contains(usize::from(source)))
            .then_some(source)
    }

    pub(super) fn shown_graphs(&self) -> Vec<u32> {
        let sources = self.snapshot.sources().iter().map(|info| info.id.0);
        let shown = sources.filter(|&source| {
            self.named
                .as_ref()
                .is_none_or(|named| named.contains(usize::from(source)))
        });
        shown
            .map(|source| self.snapshot.graph_term(source))
            .collect()
    }

    /// The number in the object of a tick.
    fn weight(&self, object: u32) -> u64 {
        match object.checked_sub(TERM_LIMIT) {
            None => self
                .snapshot
                .dictionary()
                .key(object)
                .text
                .parse()
                .unwrap_or(1),
            Some(own) => match self.own.borrow().terms.get(own as usize) {
                Some(Term::Literal(literal)) => literal.value().parse().unwrap_or(1),
                _ => 1,
            },
        }
    }

    /// The sources whose statements make up the default graph.
    pub(super) fn default_visible(&self) -> Visible {
        match &self.default {
            DefaultGraph::Everything => Visible::Merged,
            DefaultGraph::Union(set) => Visible::Some(Arc::clone(set)),
        }
    }

    /// The sources whose statements are in named graphs.
    pub(super) fn named_visible(&self) -> Visible {
        match &self.named {
            None => Visible::All,
            Some(named) => Visible::Some(Arc::clone(named)),
        }
    }

    /// Tells whether the default graph is the merged view: where that is trivial, it is what all sources say.
    pub(super) fn shows_merged_view(&self) -> bool {
        matches!(self.default, DefaultGraph::Everything)
    }

    /// The number of a term; one of the query's own when the graph does not mention it.
    pub(super) fn number(&self, term: &Term) -> Result<u32, Stopped> {
        match self.snapshot.id(term) {
            Some(id) => Ok(id.0),
            None => self.internalize_term(term.clone()),
        }
    }

    /// The term with a number.
    pub(super) fn term(&self, id: u32) -> Term {
        match id.checked_sub(TERM_LIMIT).and_then(|_| self.own_term(id)) {
            Some(term) => term,
            None => self.snapshot.term(TermId(id)),
        }
    }

    pub(super) fn own_term(&self, id: u32) -> Option<Term> {
        if id == TICK_ID {
            return Some(NamedNode::new_unchecked(TICK).into());
        }
        let own = self.own.borrow();
        own.terms.get(id.checked_sub(TERM_LIMIT)? as usize).cloned()
    }
}

/// Statements for a pattern, charged one by one.
struct Charged<'a> {
    guard: Rc<Guard>,
    found: Found<'a>,
}

enum Found<'a> {
    Nothing,
    Statements {
        matches: Matches<'a>,
        snapshot: &'a Snapshot,
        in_default_graph: bool,
    },
    Ticks {
        graphs: std::vec::IntoIter<Option<u32>>,
        weight: u64,
        object: u32,
    },
}

impl Iterator for Charged<'_> {
    type Item = Result<InternalQuad<u32>, Stopped>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let quad = match &mut self.found {
            Found::Nothing => return None,
            Found::Statements {
                matches,
                snapshot,
                in_default_graph,
            } => {
                let found = matches.next()?;
                InternalQuad {
                    subject: found.subject.0,
                    predicate: found.predicate.0,
                    object: found.object.0,
                    graph_name: (!*in_default_graph).then(|| snapshot.graph_term(found.source.0)),
                }
            }
            Found::Ticks {
                graphs,
                weight,
                object,
            } => {
                let graph_name = graphs.next()?;
                let quad = InternalQuad {
                    subject: TICK_ID,
                    predicate: TICK_ID,
                    object: *object,
                    graph_name,
                };
                return Some(self.guard.charge(*weight).map(|()| quad));
            }
        };
        Some(self.guard.visit().map(|()| quad))
    }
}

impl<'a> QueryableDataset<'a> for View<'a> {
    type InternalTerm = u32;
    type Error = Stopped;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&u32>,
        predicate: Option<&u32>,
        object: Option<&u32>,
        graph_name: Option<Option<&u32>>,
    ) -> impl Iterator<Item = Result<InternalQuad<u32>, Stopped>> + use<'a> {
        let guard = Rc::clone(&self.guard);
        if predicate == Some(&TICK_ID) {
            let ticks: Vec<_> = match graph_name {
                Some(None) => vec![None],
                Some(Some(&graph)) => self
                    .shows_graph(graph)
                    .map(|_| Some(graph))
                    .into_iter()
                    .collect(),
                None => self.shown_graphs().into_iter().map(Some).collect(),
            };
            let found = Found::Ticks {
                graphs: ticks.into_iter(),
                weight: object.map_or(1, |&object| self.weight(object)),
                object: object.copied().unwrap_or(TICK_ID),
            };
            return Charged { guard, found };
        }
        let in_default_graph = graph_name == Some(None);
        let visible = match graph_name {
            Some(None) => Some(self.default_visible()),
            Some(Some(&graph)) => self.shows_graph(graph).map(Visible::One),
            None => Some(self.named_visible()),
        };
        let snapshot = self.snapshot;
        let found = match visible {
            Some(visible) => {
                let (s, p, o) = (subject.copied(), predicate.copied(), object.copied());
                let matches = snapshot.matches(s, p, o, visible, in_default_graph);
                Found::Statements {
                    matches,
                    snapshot,
                    in_default_graph,
                }
            }
            None => Found::Nothing,
        };
        Charged { guard, found }
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<u32, Stopped>> + use<'a> {
        let guard = Rc::clone(&self.guard);
        self.shown_graphs()
            .into_iter()
            .map(move |graph| guard.visit().map(|()| graph))
    }

    fn contains_internal_graph_name(&self, graph_name: &u32) -> Result<bool, Stopped> {
        Ok(self.shows_graph(*graph_name).is_some())
    }

    fn internalize_term(&self, term: Term) -> Result<u32, Stopped> {
        // Also when the graph mentions the name: then the graph's own term is never found, and does no harm.
        if matches!(&term, Term::NamedNode(node) if node.as_str() == TICK) {
            return Ok(TICK_ID);
        }
        if let Some(id) = self.snapshot.id(&term) {
            return Ok(id.0);
        }
        let mut bytes = OWN_TERM_BYTES;
        if let Term::Literal(literal) = &term {
            self.guard.computed(literal.value().len())?;
            bytes += literal.value().len() as u64 * 2;
        }
        let own = &mut *self.own.borrow_mut();
        let id = TERM_LIMIT + own.terms.len() as u32;
        let mut is_new = false;
        let id = *own.numbers.entry(term).or_insert_with_key(|term| {
            own.terms.push(term.clone());
            is_new = true;
            id
        });
        if is_new {
            self.guard.grow(bytes)?;
        }
        Ok(id)
    }

    fn externalize_term(&self, term: u32) -> Result<Term, Stopped> {
        Ok(self.term(term))
    }

    fn externalize_expression_term(&self, term: u32) -> Result<ExpressionTerm, Stopped> {
        if let Some(own) = self.own_term(term) {
            let bytes = match &own {
                Term::Literal(literal) => literal.value().len(),
                _ => 0,
            };
            self.guard.read(bytes)?;
            return Ok(own.into());
        }
        let key = self.snapshot.dictionary().key(term);
        self.guard.read(key.text.len())?;
        Ok(match (key.kind, key.aux) {
            (Kind::Text, _) => ExpressionTerm::StringLiteral(key.text.to_owned()),
            (Kind::Lang, Aux::Name(tag)) => ExpressionTerm::LangStringLiteral {
                value: key.text.to_owned(),
                language: tag.to_owned(),
            },
            _ => self.snapshot.term(TermId(term)).into(),
        })
    }
}
