//! The view of a term.

use super::Term;
use crate::entity::Entity;

impl<'m> Term<'m> {
    /// Returns what the term means.
    pub fn definition(self) -> Option<String> {
        let words = self.model().words();
        self.text(&[words.definition, words.description, words.comment])
    }

    /// Returns the more general terms, one step; for a class of an ontology, the classes it is a subclass of.
    pub fn broader(self) -> Vec<Self> {
        let words = self.model().words();
        let mut ids = self.outward(&[words.broader, words.sub_class_of]);
        ids.extend(self.subjects(words.narrower));
        self.model().views(ids)
    }

    /// Returns the more specific terms, one step.
    pub fn narrower(self) -> Vec<Self> {
        let words = self.model().words();
        let mut ids = self.inward(&[words.broader, words.sub_class_of]);
        ids.extend(self.objects(words.narrower));
        self.model().views(ids)
    }

    /// Returns the terms that have to do with this one, read both ways.
    pub fn related(self) -> Vec<Self> {
        let word = self.model().words().related;
        let mut ids = self.objects(word);
        ids.extend(self.subjects(word));
        self.model().views(ids)
    }

    /// Returns the terms that mean the same, read both ways; they may lie outside the graph.
    pub fn exact_matches(self) -> Vec<Entity<'m>> {
        let words = self.model().words();
        let both = [words.exact_match, words.equivalent_class];
        let mut ids = self.outward(&both);
        ids.extend(self.inward(&both));
        ids.retain(|id| self.model().graph().is_iri(*id));
        self.model().sorted(ids)
    }

    /// Returns the terms that mean nearly the same, read both ways; they may lie outside the graph.
    pub fn close_matches(self) -> Vec<Entity<'m>> {
        let word = self.model().words().close_match;
        let mut ids = self.objects(word);
        ids.extend(self.subjects(word));
        self.model().things(ids)
    }

    /// Returns the glossaries or vocabularies that the term belongs to.
    pub fn schemes(self) -> Vec<Entity<'m>> {
        self.model()
            .things(self.objects(self.model().words().in_scheme))
    }

    /// Returns the formula of the term, as SQL.
    pub fn expression(self) -> Option<String> {
        self.text(&[self.model().words().expression])
    }

    /// Returns the data that the term's text speaks of.
    pub fn about(self) -> Vec<Entity<'m>> {
        self.model()
            .things(self.objects(self.model().words().about))
    }

    /// Returns the data that carries the term's meaning: columns, datasets, data products, metrics.
    pub fn carriers(self) -> Vec<Entity<'m>> {
        let words = self.model().words();
        self.model()
            .sorted(self.inward(&[words.represents, words.concept]))
    }
}
