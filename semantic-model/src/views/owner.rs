//! The view of an owner.

use super::Owner;
use crate::entity::Entity;

impl<'m> Owner<'m> {
    /// Returns the mail addresses, without `mailto:`.
    pub fn emails(self) -> Vec<String> {
        let model = self.model();
        let words = model.words();
        let boxes = self.outward(&[words.mbox, words.has_email]).into_iter();
        let addresses = boxes.map(|mailbox| model.graph().text(mailbox));
        let mut emails: Vec<String> = addresses
            .map(|address| address.trim_start_matches("mailto:").to_owned())
            .collect();
        emails.sort_unstable();
        emails.dedup();
        emails
    }

    /// Returns whether the owner is a person; `None` when no source says what the owner is.
    pub fn is_person(self) -> Option<bool> {
        let types = self.types();
        let people = [
            ontologies::foaf::PERSON,
            ontologies::prov::PERSON,
            ontologies::vcard::INDIVIDUAL,
        ];
        let nothing = [
            ontologies::prov::AGENT_CLASS,
            ontologies::foaf::AGENT,
            ontologies::vcard::KIND,
        ];
        if types.iter().any(|class| people.contains(&class.as_str())) {
            return Some(true);
        }
        types
            .iter()
            .any(|class| !nothing.contains(&class.as_str()))
            .then_some(false)
    }

    /// Returns what the owner answers for.
    pub fn owned(self) -> Vec<Entity<'m>> {
        let model = self.model();
        let words = model.words();
        let mut ids = self.inward(&[
            words.product_owner,
            words.attributed_to,
            words.contact_point,
            words.publisher,
        ]);
        let attributions = self.subjects(words.agent).into_iter();
        ids.extend(
            attributions
                .flat_map(|attribution| model.subjects(words.qualified_attribution, attribution)),
        );
        model.sorted(ids)
    }
}
