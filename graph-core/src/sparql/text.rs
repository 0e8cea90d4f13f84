//! Text search inside of a query, through predicates that no source says.
//!
//! ```sparql
//! ?term iso:matches "customer churn" .
//! [] iso:search "customer churn" ; iso:entity ?term ; iso:score ?score ; iso:limit 20 .
//! ```
//!
//! Both are replaced by the rows that the index finds before the query is planned, so that joins begin with them.

use std::fmt;

use oxrdf::{Literal, NamedNode, Variable};
use rustc_hash::FxHashMap;
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};

use super::parts::{self, Part, PartMut};
use crate::error::{Error, Result};

const SEARCH: &str = "https://isogloss.dev/ns#search";
const MATCHES: &str = "https://isogloss.dev/ns#matches";
const ENTITY: &str = "https://isogloss.dev/ns#entity";
const SCORE: &str = "https://isogloss.dev/ns#score";
const LIMIT: &str = "https://isogloss.dev/ns#limit";

/// Hits of a search that names no limit.
const HITS: usize = 100;
/// The greatest limit that a search may name.
const HITS_MAX: usize = 10_000;

/// An entity that a text search found.
#[derive(Clone, Debug, PartialEq)]
pub struct TextHit {
    /// The entity.
    pub iri: String,
    /// How well it fits; only good to compare with the other hits of the same search.
    pub score: f64,
}

/// A text index that queries can search.
pub trait TextSearch: fmt::Debug + Send + Sync {
    /// Finds at most `limit` entities, the best first, each once.
    ///
    /// # Errors
    /// What keeps the index from answering.
    fn search(
        &self,
        text: &str,
        limit: usize,
    ) -> std::result::Result<Vec<TextHit>, Box<dyn std::error::Error + Send + Sync>>;
}

/// Replaces every text search of a pattern by its hits.
pub(super) fn replace(pattern: &mut GraphPattern, index: Option<&dyn TextSearch>) -> Result<()> {
    let mut constants = Constants::default();
    constants.pattern(pattern);
    let mut replacer = Replacer {
        index,
        constants: constants.known,
        made_up: 0,
    };
    replacer.pattern(pattern)
}

fn refused(reason: &'static str) -> Error {
    Error::QueryRefused {
        feature: "text search",
        reason,
    }
}

fn is_magic(iri: &str) -> bool {
    iri == SEARCH || iri == MATCHES
}

/// Variables that BIND or VALUES give one text, and nothing else gives another.
#[derive(Default)]
struct Constants {
    known: FxHashMap<Variable, Option<Literal>>,
}

impl Constants {
    fn define(&mut self, variable: &Variable, value: Option<&Literal>) {
        let again = self.known.contains_key(variable);
        let value = value.filter(|_| !again).cloned();
        self.known.insert(variable.clone(), value);
    }

    fn pattern(&mut self, pattern: &GraphPattern) {
        use GraphPattern as G;
        match pattern {
            G::Extend {
                inner,
                variable,
                expression,
            } => {
                self.pattern(inner);
                let value = match expression {
                    Expression::Literal(literal) => Some(literal),
                    _ => None,
                };
                self.define(variable, value);
            }
            G::Values {
                variables,
                bindings,
            } => {
                for (at, variable) in variables.iter().enumerate() {
                    let value = match bindings.as_slice() {
                        [row] => row.get(at).and_then(Option::as_ref),
                        _ => None,
                    };
                    let value = match value {
                        Some(GroundTerm::Literal(literal)) => Some(literal),
                        _ => None,
                    };
                    self.define(variable, value);
                }
            }
            other => {
                for part in parts::of_pattern(other) {
                    if let Part::Pattern(inner) = part {
                        self.pattern(inner);
                    }
                }
            }
        }
    }
}

struct Replacer<'a> {
    index: Option<&'a dyn TextSearch>,
    constants: FxHashMap<Variable, Option<Literal>>,
    made_up: usize,
}

/// What one search asks for.
struct Wanted {
    text: String,
    limit: usize,
    entity: TermPattern,
    score: Option<Variable>,
}

impl Replacer<'_> {
    fn pattern(&mut self, pattern: &mut GraphPattern) -> Result<()> {
        match pattern {
            GraphPattern::Bgp { patterns } if patterns.iter().any(is_search) => {
                *pattern = self.block(std::mem::take(patterns))?;
                Ok(())
            }
            pattern => self.parts(parts::of_pattern_mut(pattern)),
        }
    }

    /// Goes on inside, also to the patterns of EXISTS.
    fn parts(&mut self, parts: Vec<PartMut<'_>>) -> Result<()> {
        parts.into_iter().try_for_each(|part| match part {
            PartMut::Pattern(pattern) => self.pattern(pattern),
            PartMut::Expression(expression) => self.parts(parts::of_expression_mut(expression)),
        })
    }

    /// Takes the searches out of a block and joins their hits with the rest.
    fn block(&mut self, patterns: Vec<TriplePattern>) -> Result<GraphPattern> {
        let (searches, mut rest): (Vec<_>, Vec<_>) = patterns.into_iter().partition(is_search);
        let mut joined: Option<GraphPattern> = None;
        for search in searches {
            let wanted = if predicate(&search) == Some(MATCHES) {
                Wanted {
                    text: self.text(&search.object)?,
                    limit: HITS,
                    entity: search.subject,
                    score: None,
                }
            } else {
                let of_search;
                (of_search, rest) = rest
                    .into_iter()
                    .partition(|triple| triple.subject == search.subject);
                self.wanted(&search, &of_search)?
            };
            let hits = self.hits(wanted)?;
            joined = Some(match joined {
                None => hits,
                Some(left) => join(left, hits),
            });
        }
        let joined = joined.unwrap_or_default();
        Ok(if rest.is_empty() {
            joined
        } else {
            join(joined, GraphPattern::Bgp { patterns: rest })
        })
    }

    /// Reads what is said of the node that searches.
    fn wanted(&mut self, search: &TriplePattern, said: &[TriplePattern]) -> Result<Wanted> {
        if !matches!(search.subject, TermPattern::BlankNode(_)) {
            return Err(refused("the subject of iso:search must be [ ]"));
        }
        let mut entity = None;
        let mut wanted = Wanted {
            text: self.text(&search.object)?,
            limit: HITS,
            entity: TermPattern::Variable(self.make_up()),
            score: None,
        };
        for triple in said {
            match (predicate(triple), &triple.object) {
                (Some(ENTITY), object) if entity.is_none() => entity = Some(object.clone()),
                (Some(SCORE), TermPattern::Variable(variable)) if wanted.score.is_none() => {
                    wanted.score = Some(variable.clone());
                }
                (Some(LIMIT), TermPattern::Literal(literal)) => {
                    let limit = literal.value().parse().ok();
                    let limit = limit.filter(|limit| (1..=HITS_MAX).contains(limit));
                    wanted.limit = limit.ok_or(refused("iso:limit must be from 1 to 10000"))?;
                }
                _ => {
                    return Err(refused(
                        "beside iso:search may stand one iso:entity, one iso:score with a variable and one iso:limit \
                         with a number",
                    ));
                }
            }
        }
        wanted.entity = entity.unwrap_or(wanted.entity);
        Ok(wanted)
    }

    fn text(&self, object: &TermPattern) -> Result<String> {
        let literal = match object {
            TermPattern::Literal(literal) => Some(literal),
            TermPattern::Variable(variable) => {
                self.constants.get(variable).and_then(Option::as_ref)
            }
            _ => None,
        };
        let literal = literal.ok_or(refused(
            "the text must be a literal, or a variable that one BIND or VALUES gives one literal",
        ))?;
        Ok(literal.value().to_owned())
    }

    fn make_up(&mut self) -> Variable {
        self.made_up += 1;
        // No variable of a query has a space in its name.
        Variable::new_unchecked(format!("hit {}", self.made_up))
    }

    /// Searches, and writes the hits as rows.
    fn hits(&mut self, wanted: Wanted) -> Result<GraphPattern> {
        let index = self.index.ok_or(refused("there is no text index here"))?;
        let (entity, only) = match wanted.entity {
            TermPattern::Variable(variable) => (variable, None),
            TermPattern::NamedNode(node) => (self.make_up(), Some(node)),
            TermPattern::BlankNode(_) => (self.make_up(), None),
            _ => return Err(refused("what is found is an entity: a variable or an IRI")),
        };
        let hits = index
            .search(&wanted.text, wanted.limit)
            .map_err(Error::Evaluation)?;
        let shown = |hit: &TextHit| only.as_ref().is_none_or(|only| only.as_str() == hit.iri);
        let row = |hit: TextHit| {
            let node = GroundTerm::NamedNode(NamedNode::new_unchecked(hit.iri));
            let score = wanted
                .score
                .is_some()
                .then(|| Some(Literal::from(hit.score).into()));
            std::iter::once(Some(node)).chain(score).collect()
        };
        Ok(GraphPattern::Values {
            bindings: hits.into_iter().filter(shown).map(row).collect(),
            variables: std::iter::once(entity)
                .chain(wanted.score.clone())
                .collect(),
        })
    }
}

fn join(left: GraphPattern, right: GraphPattern) -> GraphPattern {
    GraphPattern::Join {
        left: Box::new(left),
        right: Box::new(right),
    }
}

fn predicate(triple: &TriplePattern) -> Option<&str> {
    match &triple.predicate {
        NamedNodePattern::NamedNode(node) => Some(node.as_str()),
        NamedNodePattern::Variable(_) => None,
    }
}

pub(super) fn is_search(triple: &TriplePattern) -> bool {
    predicate(triple).is_some_and(is_magic)
}

/// Refuses a search as a step of a path, where it would silently find nothing.
pub(super) fn check_path(path: &PropertyPathExpression) -> Result<()> {
    use PropertyPathExpression as P;
    let in_path = |node: &NamedNode| {
        if is_magic(node.as_str()) {
            Err(refused("it may not be a step of a path"))
        } else {
            Ok(())
        }
    };
    match path {
        P::NamedNode(node) => in_path(node),
        P::Reverse(inner) | P::ZeroOrMore(inner) | P::OneOrMore(inner) | P::ZeroOrOne(inner) => {
            check_path(inner)
        }
        P::Sequence(a, b) | P::Alternative(a, b) => {
            check_path(a)?;
            check_path(b)
        }
        P::NegatedPropertySet(nodes) => nodes.iter().try_for_each(in_path),
    }
}
