//! SKOS: concepts, their labels and how they relate.

vocabulary! {
    "http://www.w3.org/2004/02/skos/core#";
    /// A concept: an idea that has a meaning.
    CONCEPT = "Concept";
    /// A set of concepts, such as a glossary.
    CONCEPT_SCHEME = "ConceptScheme";
    /// A group of concepts.
    COLLECTION = "Collection";
    /// A group of concepts in an order.
    ORDERED_COLLECTION = "OrderedCollection";
    /// The one preferred label in a language.
    PREF_LABEL = "prefLabel";
    /// Another label: a synonym.
    ALT_LABEL = "altLabel";
    /// A label for search only: a misspelling or an abbreviation.
    HIDDEN_LABEL = "hiddenLabel";
    /// A code that names a concept.
    NOTATION = "notation";
    /// What a concept means, in full.
    DEFINITION = "definition";
    /// What a concept is used for and what not.
    SCOPE_NOTE = "scopeNote";
    /// An example of a concept's use.
    EXAMPLE = "example";
    /// A general note.
    NOTE = "note";
    /// What changed in a concept.
    CHANGE_NOTE = "changeNote";
    /// A note for the editors.
    EDITORIAL_NOTE = "editorialNote";
    /// What a concept meant before.
    HISTORY_NOTE = "historyNote";
    /// Links a concept to a more general one.
    BROADER = "broader";
    /// Links a concept to a more specific one.
    NARROWER = "narrower";
    /// Links two concepts that have to do with each other.
    RELATED = "related";
    /// Links a concept to everything more general.
    BROADER_TRANSITIVE = "broaderTransitive";
    /// Links a concept to everything more specific.
    NARROWER_TRANSITIVE = "narrowerTransitive";
    /// Links concepts of two schemes that mean the same.
    EXACT_MATCH = "exactMatch";
    /// Links concepts of two schemes that mean nearly the same.
    CLOSE_MATCH = "closeMatch";
    /// Links a concept to a more general one of another scheme.
    BROAD_MATCH = "broadMatch";
    /// Links a concept to a more specific one of another scheme.
    NARROW_MATCH = "narrowMatch";
    /// Links a concept to a related one of another scheme.
    RELATED_MATCH = "relatedMatch";
    /// Links a concept to the scheme it belongs to.
    IN_SCHEME = "inScheme";
    /// Links a scheme to one of its most general concepts.
    HAS_TOP_CONCEPT = "hasTopConcept";
    /// Links a most general concept to its scheme.
    TOP_CONCEPT_OF = "topConceptOf";
    /// A member of a collection.
    MEMBER = "member";
}
