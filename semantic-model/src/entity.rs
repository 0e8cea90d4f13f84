//! The view that fits everything: an entity with its names, its kind and what is said of it.

mod belonging;
mod statements;
mod usage;

use std::fmt;

use graph_core::TermId;

use crate::kind::EntityKind;
use crate::literals::last_segment;
use crate::model::Model;

pub use statements::{Claim, Relation};
pub use usage::Usage;

/// An entity of the graph, whatever its kind; every typed view leads to it by `Deref`.
///
/// It is two words wide and reads the snapshot when asked. Two are equal when they are the same node; compare
/// only those of one snapshot.
#[derive(Clone, Copy)]
pub struct Entity<'m> {
    model: &'m Model<'m>,
    id: TermId,
}

impl<'m> Entity<'m> {
    pub(crate) fn new(model: &'m Model<'m>, id: TermId) -> Self {
        Self { model, id }
    }

    /// Returns the number of this entity in the snapshot's dictionary.
    pub fn id(self) -> TermId {
        self.id
    }

    /// Returns the model that this view reads.
    pub fn model(self) -> &'m Model<'m> {
        self.model
    }

    /// Returns the IRI, or `_:label` when the entity is a blank node.
    pub fn iri(self) -> String {
        let graph = self.model.graph();
        if graph.is_iri(self.id) {
            graph.text(self.id)
        } else {
            format!("_:{}", graph.text(self.id))
        }
    }

    /// Returns the kind; `None` for what has no view of its own, such as a usage or a schema.
    pub fn kind(self) -> Option<EntityKind> {
        self.model.kind_of(self.id)
    }

    /// Returns the name that is shown to people, which is never empty.
    ///
    /// The first of preferred label, title, `rdfs:label`, name of a person or team, machine name and, when nothing
    /// names the entity, the last segment of its IRI; English and untagged texts before other languages.
    pub fn label(self) -> String {
        let words = self.model.words();
        let names = [
            words.pref_label,
            words.title,
            words.rdfs_label,
            words.foaf_name,
            words.vcard_fn,
            words.csvw_title,
            words.iso_name,
            words.csvw_name,
        ];
        self.text(&names)
            .unwrap_or_else(|| last_segment(&self.model.graph().text(self.id)))
    }

    /// Returns the machine name: of a table, a column, a metric, a product.
    pub fn name(self) -> Option<String> {
        let words = self.model.words();
        self.text(&[words.iso_name, words.csvw_name])
    }

    /// Returns every name, in every language, each once: what a search should find the entity by.
    pub fn labels(self) -> Vec<String> {
        let words = self.model.words();
        let names = [
            words.pref_label,
            words.title,
            words.rdfs_label,
            words.foaf_name,
            words.vcard_fn,
            words.csvw_title,
            words.iso_name,
            words.csvw_name,
            words.alt_label,
            words.alternative,
            words.hidden_label,
        ];
        let mut labels: Vec<String> = Vec::new();
        for label in names.into_iter().flat_map(|name| self.texts(name)) {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels
    }

    /// Returns the other labels: synonyms.
    pub fn alt_labels(self) -> Vec<String> {
        let words = self.model.words();
        let mut labels = self.texts(words.alt_label);
        labels.extend(self.texts(words.alternative));
        labels
    }

    /// Returns the labels meant for search only: abbreviations and misspellings.
    pub fn hidden_labels(self) -> Vec<String> {
        self.texts(self.model.words().hidden_label)
    }

    /// Returns the description, else the definition, else the comment.
    pub fn description(self) -> Option<String> {
        let words = self.model.words();
        self.text(&[words.description, words.definition, words.comment])
    }

    /// Returns the ids that sources know the entity by.
    pub fn identifiers(self) -> Vec<String> {
        self.texts(self.model.words().identifier)
    }

    /// Returns the keywords or tags.
    pub fn keywords(self) -> Vec<String> {
        self.texts(self.model.words().keyword)
    }

    /// Returns how sensitive the data is, in the sources' words.
    pub fn classifications(self) -> Vec<String> {
        self.texts(self.model.words().classification)
    }

    /// Returns what sources say beyond the vocabulary, each as `key=json`.
    pub fn extras(self) -> Vec<String> {
        self.texts(self.model.words().extra)
    }

    /// Returns the state in the source's words, such as `active` or `draft`.
    pub fn status(self) -> Option<String> {
        self.text(&[self.model.words().status])
    }

    /// Returns the IRIs of the classes the entity is said to belong to, sorted.
    pub fn types(self) -> Vec<String> {
        let graph = self.model.graph();
        let types = self.objects(self.model.words().rdf_type);
        let mut types: Vec<String> = types
            .into_iter()
            .filter_map(|class| graph.iri(class))
            .collect();
        types.sort_unstable();
        types
    }
}

/// How the views read what is said of this entity.
impl Entity<'_> {
    pub(crate) fn objects(self, predicate: Option<TermId>) -> Vec<TermId> {
        self.model.objects(self.id, predicate)
    }

    pub(crate) fn subjects(self, predicate: Option<TermId>) -> Vec<TermId> {
        self.model.subjects(predicate, self.id)
    }

    pub(crate) fn texts(self, predicate: Option<TermId>) -> Vec<String> {
        self.model.texts(self.id, predicate)
    }

    pub(crate) fn text(self, predicates: &[Option<TermId>]) -> Option<String> {
        self.model.text(self.id, predicates)
    }

    pub(crate) fn number(self, predicate: Option<TermId>) -> Option<u64> {
        self.texts(predicate)
            .iter()
            .find_map(|text| text.trim().parse().ok())
    }

    /// What this entity points to by any of some predicates.
    pub(crate) fn outward(self, predicates: &[Option<TermId>]) -> Vec<TermId> {
        predicates
            .iter()
            .flat_map(|predicate| self.objects(*predicate))
            .collect()
    }

    /// What points to this entity by any of some predicates.
    pub(crate) fn inward(self, predicates: &[Option<TermId>]) -> Vec<TermId> {
        predicates
            .iter()
            .flat_map(|predicate| self.subjects(*predicate))
            .collect()
    }
}

impl PartialEq for Entity<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Entity<'_> {}

impl std::hash::Hash for Entity<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl fmt::Debug for Entity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.iri())
    }
}
