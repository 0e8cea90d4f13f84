//! What people said of meanings that were offered to them.

use graph_core::TermId;

use crate::{Entity, Model};

/// What was said of one asset as the meaning of some words, by everybody who said something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// The number of the feedback in the snapshot's dictionary.
    pub id: TermId,
    /// The words.
    pub asked: String,
    /// The IRI of the asset.
    pub about: String,
    /// How often it was taken as their meaning.
    pub accepted: u64,
    /// How often it was said not to be.
    pub rejected: u64,
}

impl Model<'_> {
    /// Returns all feedback, sorted by IRI; what lacks its words or its asset is left out.
    pub fn feedback(&self) -> Vec<Feedback> {
        let words = self.words();
        let Some(class) = words.feedback_class else {
            return Vec::new();
        };
        let said = self.sorted(self.subjects(words.rdf_type, class));
        said.into_iter()
            .filter_map(|entity| self.read_feedback(entity))
            .collect()
    }

    fn read_feedback(&self, entity: Entity<'_>) -> Option<Feedback> {
        let words = self.words();
        let about = self.things(entity.objects(words.about)).first()?.iri();
        Some(Feedback {
            id: entity.id(),
            asked: entity.text(&[words.asked])?,
            about,
            accepted: entity.number(words.accepted).unwrap_or(0),
            rejected: entity.number(words.rejected).unwrap_or(0),
        })
    }
}
