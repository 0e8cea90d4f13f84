//! Why an index could not be built.

use std::io;

/// Why the search index of a snapshot could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The full-text index refused a document or could not be sealed.
    #[error("could not build the full-text index")]
    FullText(#[source] tantivy::TantivyError),
    /// The completion automaton could not be written.
    #[error("could not build the completion index")]
    Completion(#[source] fst::Error),
    /// An embedded word resource does not unpack: the binary is damaged.
    #[error("embedded word resource `{name}` does not unpack")]
    Lexicon {
        /// The file under `lexicon/`.
        name: &'static str,
        /// What the decoder said.
        #[source]
        cause: io::Error,
    },
    /// The graph holds more entities of one kind than an index can number.
    #[error("{count} entities of kind `{kind}` are more than the index can hold")]
    TooMany {
        /// The kind that overflows.
        kind: &'static str,
        /// How many there are.
        count: usize,
    },
}

/// The result of building an index.
pub type Result<T, E = Error> = std::result::Result<T, E>;
