//! How an entity is used, as far as logs tell.

use graph_core::TermId;

use super::Entity;
use crate::views::Owner;

/// A use of data that a log saw, often many times.
#[derive(Debug, Clone)]
pub struct Usage<'m> {
    /// The number of the usage in the snapshot's dictionary.
    pub id: TermId,
    /// How often it was seen; 1 when the log does not say.
    pub queries: u64,
    /// The query, when the log has it.
    pub text: Option<String>,
    /// Who used it.
    pub by: Option<Owner<'m>>,
    /// When it was seen last, as the source writes it.
    pub ended: Option<String>,
}

impl<'m> Entity<'m> {
    /// Returns the uses of this entity that logs saw, the most frequent first.
    pub fn usages(self) -> Vec<Usage<'m>> {
        let model = self.model();
        let words = model.words();
        let mut usages: Vec<Usage<'m>> = self
            .usage_entities()
            .into_iter()
            .map(|usage| Usage {
                id: usage.id(),
                queries: usage.number(words.query_count).unwrap_or(1),
                text: usage.text(&[words.query_text]),
                by: model
                    .things(usage.objects(words.associated_with))
                    .into_iter()
                    .next()
                    .map(Owner),
                ended: usage.text(&[words.ended_at]),
            })
            .collect();
        usages.sort_by_key(|usage| std::cmp::Reverse(usage.queries));
        usages
    }

    /// Returns how often logs saw this entity used; a use without a count is one.
    pub fn usage_count(self) -> u64 {
        let words = self.model().words();
        let counts = self
            .usage_entities()
            .into_iter()
            .map(|usage| usage.number(words.query_count).unwrap_or(1));
        counts.fold(0, u64::saturating_add)
    }

    fn usage_entities(self) -> Vec<Self> {
        let model = self.model();
        let words = model.words();
        let Some(class) = words.usage_class else {
            return Vec::new();
        };
        // A log may speak of a table by the name that another source gave it.
        let selves = self.with_twins().into_iter();
        let mut ids: Vec<TermId> = selves.flat_map(|it| it.subjects(words.used)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| {
            words
                .rdf_type
                .is_some_and(|rdf_type| model.graph().has(*id, rdf_type, class))
        });
        model.sorted(ids)
    }
}
