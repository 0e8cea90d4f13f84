//! What belongs to no product: each such dataset is scored as a product of its own.
//!
//! The place that it lies in, a domain or a source, is large or small for reasons that say nothing of the dataset.

use super::ranker::Ranker;
use super::score::Scored;

impl Ranker {
    /// Returns what the words of its product give a dataset; what belongs to none is a product of its own.
    pub(crate) fn product_words(&self, scored: &Scored, table: u32) -> f32 {
        let group = self.group_of(table) as usize;
        if self.groups[group].product.is_some() {
            scored.product_words.of[group]
        } else {
            scored.table_words.of[table as usize]
        }
    }

    /// Returns the score of the product that a dataset belongs to, or of itself as one.
    pub(crate) fn product_score(&self, scored: &Scored, table: u32) -> f32 {
        let group = self.group_of(table) as usize;
        let share = if self.groups[group].product.is_some() {
            1.0
        } else {
            scored
                .own_shares
                .get(table as usize)
                .copied()
                .unwrap_or(0.0)
        };
        share * scored.products[group]
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{DatasetDoc, Documents, Entity};
    use crate::index::Index;
    use crate::resolve::{ResolveRequest, Tuning};

    /// Datasets of no product, all of one place.
    fn mesh(names: &[&str]) -> Index {
        let dataset = |name: &&str| DatasetDoc {
            entity: Entity {
                iri: format!("urn:d:{name}"),
                name: (*name).to_owned(),
                sources: vec![
                    if name.starts_with("small") {
                        "small"
                    } else {
                        "large"
                    }
                    .into(),
                ],
                ..Entity::default()
            },
            ..DatasetDoc::default()
        };
        let documents = Documents {
            datasets: names.iter().map(dataset).collect(),
            ..Documents::default()
        };
        Index::from_documents(documents, &Tuning::default()).expect("the documents are sound")
    }

    fn order(index: &Index, text: &str) -> Vec<String> {
        let resolution = index.resolve(&ResolveRequest::new(text));
        let candidates = resolution.candidates.iter();
        let named = candidates.filter_map(|c| c.dataset.as_ref());
        named.map(|dataset| dataset.label.clone()).collect()
    }

    #[test]
    fn a_large_place_does_not_hold_its_datasets_down() {
        let mut names = vec!["payments".to_owned(), "small_payment_words".to_owned()];
        names.extend((0..60).map(|at| format!("thing_{at}_of_place")));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let index = mesh(&names);
        assert_eq!(
            order(&index, "payments").first().map(String::as_str),
            Some("payments")
        );
    }

    #[test]
    fn what_something_is_told_apart_by_is_not_what_it_is_about() {
        let index = mesh(&["fuel_by_generator", "yearly_generators", "plants"]);
        assert_eq!(order(&index, "generator")[0], "yearly_generators");
    }

    #[test]
    fn a_word_of_the_same_stem_is_another_word() {
        let index = mesh(&["generation", "generators", "plants"]);
        assert_eq!(order(&index, "generator"), ["generators", "generation"]);
        assert_eq!(order(&index, "generation"), ["generation", "generators"]);
    }
}
