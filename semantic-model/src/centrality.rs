//! How central data is: page rank over what is made from what, and over what logs saw used.

use graph_core::TermId;
use graph_core::traverse::{RankOptions, Ranks, page_rank};

use crate::entity::Entity;
use crate::kind::EntityKind;
use crate::model::Model;
use crate::views::DataProduct;

/// How central each entity is that lineage or usage touches.
#[derive(Debug, Clone, Default)]
pub struct Centrality {
    ranks: Ranks,
    top: f64,
}

/// How central one entity is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    /// The page rank, relative to the highest one: from 0 to 1.
    pub score: f64,
    /// Statements by which something is made from it or uses it.
    pub incoming: u32,
    /// Statements by which it is made from something.
    pub outgoing: u32,
}

impl Centrality {
    /// Ranks everything that `prov:wasDerivedFrom`, `prov:used` or `dprod:inputDataset` touches.
    ///
    /// Rank flows from what is made, or from the use, to what it is made from: what much is made from, in steps of
    /// many lengths, ranks high. A use that logs saw often gives more, by the logarithm of the count. Takes time in
    /// the number of these statements, some fifty times over.
    pub fn compute(model: &Model<'_>) -> Self {
        let words = model.words();
        let edges = [words.derived_from, words.used, words.input_dataset];
        let edges: Vec<TermId> = edges.into_iter().flatten().collect();
        let weight = |node: TermId| {
            let count = words
                .query_count
                .and_then(|_| model.entity_of(node).number(words.query_count));
            count.map_or(1.0, |count| 1.0 + (1.0 + count as f64).ln())
        };
        let ranks = page_rank(model.graph(), &edges, weight, RankOptions::default());
        let top = ranks.iter().map(|(_, rank)| rank).fold(0.0, f64::max);
        Self { ranks, top }
    }

    /// Returns how central an entity of the same snapshot is, whatever its kind.
    ///
    /// A dataset counts as its most central twin does, a data product as its most central dataset.
    pub fn of_entity(&self, entity: Entity<'_>) -> Score {
        let own = self.of(entity.id());
        let others: Vec<TermId> = match entity.kind() {
            Some(EntityKind::DataProduct) => DataProduct(entity)
                .datasets()
                .into_iter()
                .flat_map(|dataset| dataset.with_twins())
                .map(Entity::id)
                .collect(),
            Some(EntityKind::Dataset) => entity.with_twins().into_iter().map(Entity::id).collect(),
            _ => return own,
        };
        let scores = others.into_iter().map(|id| self.of(id));
        scores.fold(own, |best, other| Score {
            score: best.score.max(other.score),
            incoming: best.incoming.max(other.incoming),
            outgoing: best.outgoing.max(other.outgoing),
        })
    }

    /// Returns how central a node of the same snapshot is by itself; nothing touches it when all is zero.
    pub fn of(&self, id: TermId) -> Score {
        self.ranks
            .get(id)
            .map_or_else(Score::default, |found| Score {
                score: if self.top > 0.0 {
                    found.rank / self.top
                } else {
                    0.0
                },
                incoming: found.incoming,
                outgoing: found.outgoing,
            })
    }

    /// Returns the number of entities that lineage or usage touches.
    pub fn len(&self) -> usize {
        self.ranks.len()
    }

    /// Tells whether there is neither lineage nor usage.
    pub fn is_empty(&self) -> bool {
        self.ranks.is_empty()
    }
}
