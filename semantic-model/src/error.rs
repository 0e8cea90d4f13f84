//! What can go wrong when names are turned into kinds.

/// An error of the typed views.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A word names no kind of entity.
    #[error("unknown kind of entity `{text}`")]
    UnknownKind {
        /// The word as given.
        text: String,
    },
    /// A property is named by neither an IRI nor a prefix and a name.
    #[error(
        "`{text}` names no property: write an IRI, or a prefix and a name such as `dcterms:title`"
    )]
    UnknownProperty {
        /// The text as given.
        text: String,
    },
    /// How sure something is lies between nothing and certainty.
    #[error("`{name}` is no number from 0 to 1")]
    NotPartOfOne {
        /// What the number was given for.
        name: String,
    },
}
