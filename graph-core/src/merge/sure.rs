//! How sure a source is that two names mean one thing, and whether that is enough to join them.

use oxrdf::Term;

use super::rules::{Compiled, SAME_AS};
use crate::names::{SourceId, TermId};
use crate::segment::Row;
use crate::snapshot::{IdStatement, Scope, Snapshot};

/// The property by which something stands for a triple (RDF 1.2).
const REIFIES: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies";

/// How sure an `owl:sameAs` must be to join. The default lets every one join.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SureRule {
    /// IRI of the property by which a source says how sure it is, from 0 to 1: of what stands for a claim, else of its own
    /// graph, which holds for all of its claims.
    pub property: Option<String>,
    /// What joins is at least so sure.
    pub at_least: Thousandths,
    /// How sure the sources are that do not say it, by their names or kinds; the first that fits counts.
    pub unsaid: Vec<(String, Thousandths)>,
    /// How sure all others are.
    pub otherwise: Thousandths,
}

/// A part of one, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thousandths(pub u16);

impl Thousandths {
    /// All of it.
    pub const ONE: Self = Self(1000);

    /// Reads a number from 0 to 1; `None` for any other.
    pub fn of(number: f64) -> Option<Self> {
        if !(0.0..=1.0).contains(&number) {
            return None;
        }
        let whole = format!("{:.0}", number.abs() * 1000.0);
        whole.parse().ok().map(Self)
    }

    /// Gives the number from 0 to 1.
    pub fn number(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl Snapshot {
    /// Returns what stands for a claim in the graph of its source (RDF 1.2), in the order of the texts.
    pub fn reifiers(&self, claim: IdStatement) -> Vec<TermId> {
        let Some(reifies) = self.id_of_iri(REIFIES) else {
            return Vec::new();
        };
        let Some(triple) = self.id(&Term::from(self.statement(claim))) else {
            return Vec::new();
        };
        let own = Scope::Source(claim.source);
        let found = self.matching(None, Some(reifies), Some(triple), own);
        let mut reifiers: Vec<TermId> = found.map(|found| found.subject).collect();
        reifiers.sort_by_cached_key(|id| self.text(*id));
        reifiers
    }

    /// Tells how sure the source of an `owl:sameAs` is of it, from 0 to 1: as it says, else as the rules say.
    pub fn same_as_confidence(&self, claim: IdStatement) -> f64 {
        self.sureness(claim).number()
    }

    /// Tells whether two names of which someone says `owl:sameAs` are said to be so by someone who is sure enough; also
    /// when nobody claims it but it follows from other claims.
    pub fn is_surely_same(&self, one: TermId, other: TermId) -> bool {
        let Some(same_as) = self.id_of_iri(SAME_AS) else {
            return false;
        };
        let claims =
            |one, other| self.matching(Some(one), Some(same_as), Some(other), Scope::Claims);
        let mut claims = claims(one, other).chain(claims(other, one)).peekable();
        claims.peek().is_none() || claims.any(|claim| self.is_sure(claim))
    }

    /// Tells whether an `owl:sameAs` is sure enough to join.
    pub fn is_sure(&self, claim: IdStatement) -> bool {
        let least = self.merge_rules().identities.sure.at_least;
        least == Thousandths::default() || self.sureness(claim) >= least
    }

    fn sureness(&self, claim: IdStatement) -> Thousandths {
        let rule = &self.merge_rules().identities.sure;
        if let Some(said) = self.said_sureness(rule, claim) {
            return said;
        }
        let Some(info) = self.source_info(claim.source) else {
            return rule.otherwise;
        };
        let is_meant = |name: &str| name == info.kind || name == info.name.as_str();
        let found = rule.unsaid.iter().find(|(name, _)| is_meant(name));
        found.map_or(rule.otherwise, |(_, sure)| *sure)
    }

    fn said_sureness(&self, rule: &SureRule, claim: IdStatement) -> Option<Thousandths> {
        let property = self.id_of_iri(rule.property.as_deref()?)?;
        let own_graph = TermId(self.graph_term(claim.source.0));
        let mut about = self.reifiers(claim);
        about.push(own_graph);
        let mut said = about.into_iter().filter_map(|subject| {
            let own = Scope::Source(claim.source);
            let found = self.matching(Some(subject), Some(property), None, own);
            let mut texts: Vec<String> = found.map(|found| self.text(found.object)).collect();
            texts.sort_unstable();
            let number = texts.first()?.parse().ok()?;
            Thousandths::of(number)
        });
        said.next()
    }
}

impl Compiled<'_> {
    /// Tells whether an `owl:sameAs` is sure enough to join.
    pub(super) fn is_sure(&self, row: Row) -> bool {
        self.snapshot.is_sure(self.snapshot.id_statement(row))
    }

    /// The names of which a changed row says how sure a source is that they are one.
    pub(super) fn said_to_be_sure(&self, row: Row) -> Vec<u32> {
        let (graph, rule) = (self.snapshot, &self.rules.identities.sure);
        if rule.at_least == Thousandths::default() {
            return Vec::new();
        }
        let found = graph.id_statement(row);
        let is = |iri: Option<&str>| {
            iri.is_some_and(|iri| graph.id_of_iri(iri) == Some(found.predicate))
        };
        if is(Some(REIFIES)) {
            return self.ends(found.object);
        }
        if !is(rule.property.as_deref()) {
            return Vec::new();
        }
        if row.subject == graph.graph_term(row.source) {
            return self.same_as_of(found.source);
        }
        let reifies = graph.id_of_iri(REIFIES);
        let reified = reifies.into_iter().flat_map(|reifies| {
            graph.matching(Some(found.subject), Some(reifies), None, Scope::Claims)
        });
        reified.flat_map(|it| self.ends(it.object)).collect()
    }

    /// The ends of a triple term, if it says that they are one.
    fn ends(&self, triple: TermId) -> Vec<u32> {
        let Term::Triple(triple) = self.snapshot.term(triple) else {
            return Vec::new();
        };
        if triple.predicate.as_str() != SAME_AS {
            return Vec::new();
        }
        let ends = [Term::from(triple.subject), triple.object];
        let known = ends.iter().filter_map(|end| self.snapshot.id(end));
        known
            .map(|id| id.0)
            .filter(|id| self.is_resource(*id))
            .collect()
    }

    /// The names of which one source says that they are one with others.
    fn same_as_of(&self, source: SourceId) -> Vec<u32> {
        let Some(same_as) = self.snapshot.id_of_iri(SAME_AS) else {
            return Vec::new();
        };
        let own = Scope::Source(source);
        let found = self.snapshot.matching(None, Some(same_as), None, own);
        let ends = found.flat_map(|it| [it.subject.0, it.object.0]);
        ends.filter(|id| self.is_resource(*id)).collect()
    }
}
