//! What is said of an entity, by whom, and how it is tied to others.

use graph_core::{Scope, SourceId, TermId, Verdict};

use super::Entity;
use crate::source::Source;

/// One claim of one source about an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The property.
    pub predicate: TermId,
    /// The value.
    pub object: TermId,
    /// The source that claims it.
    pub source: SourceId,
}

/// A tie between an entity and another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation<'m> {
    /// The property.
    pub predicate: TermId,
    /// The entity at the other end.
    pub entity: Entity<'m>,
}

impl<'m> Entity<'m> {
    /// Returns every claim of every source about this entity, by predicate, then value, then source.
    ///
    /// What two sources claim alike comes twice, once for each.
    pub fn statements(self) -> Vec<Claim> {
        let graph = self.model().graph();
        let claims = graph.matching(Some(self.id()), None, None, Scope::Claims);
        let mut claims: Vec<Claim> = claims
            .map(|claim| Claim {
                predicate: claim.predicate,
                object: claim.object,
                source: claim.source,
            })
            .collect();
        claims.sort_by_cached_key(|claim| {
            (
                graph.text(claim.predicate),
                graph.text(claim.object),
                claim.source,
            )
        });
        claims
    }

    /// Returns every claim about this entity under any of its names, with what the merged view makes of it, by
    /// predicate, then value, then source, then name.
    pub fn verdicts(self) -> Vec<Verdict> {
        let graph = self.model().graph();
        let mut verdicts = graph.verdicts(self.id(), None);
        verdicts.sort_by_cached_key(|verdict| {
            let claim = verdict.claim;
            (
                graph.text(claim.predicate),
                graph.text(claim.object),
                claim.source,
                graph.text(claim.subject),
            )
        });
        verdicts
    }

    /// Returns the sources that speak of this entity, in the order of the snapshot.
    pub fn sources(self) -> Vec<Source<'m>> {
        let graph = self.model().graph();
        let claims = graph.matching(Some(self.id()), None, None, Scope::Claims);
        let mut ids: Vec<SourceId> = claims.map(|claim| claim.source).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter()
            .filter_map(|id| graph.source_info(id))
            .map(Source::new)
            .collect()
    }

    /// Returns the things, not literals, that this entity points to, by predicate, then IRI.
    ///
    /// Classes are left out: [`Entity::types`] has them.
    pub fn relations_out(self) -> Vec<Relation<'m>> {
        let model = self.model();
        let found = model
            .graph()
            .matching(Some(self.id()), None, None, Scope::Union);
        let things = found.filter(|found| {
            Some(found.predicate) != model.words().rdf_type && !model.is_literal(found.object)
        });
        self.relations(
            things
                .map(|found| (found.predicate, found.object))
                .collect(),
        )
    }

    /// Returns the things that point to this entity, by predicate, then IRI.
    ///
    /// Takes time in their number, which is large for what everything points to, such as a class.
    pub fn relations_in(self) -> Vec<Relation<'m>> {
        let found = self
            .model()
            .graph()
            .matching(None, None, Some(self.id()), Scope::Union);
        self.relations(
            found
                .map(|found| (found.predicate, found.subject))
                .collect(),
        )
    }

    fn relations(self, mut pairs: Vec<(TermId, TermId)>) -> Vec<Relation<'m>> {
        let model = self.model();
        let graph = model.graph();
        pairs.sort_by_cached_key(|(predicate, other)| (graph.text(*predicate), graph.text(*other)));
        let relation = |(predicate, other)| Relation {
            predicate,
            entity: model.entity_of(other),
        };
        pairs.into_iter().map(relation).collect()
    }
}
