//! The kinds of entities that have a view.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::identity::IriKind;

/// A kind of entity of the context graph, in the field's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// A business domain.
    Domain,
    /// A data product.
    #[serde(alias = "product")]
    DataProduct,
    /// A table, view, file or topic.
    Dataset,
    /// A column of a dataset.
    Column,
    /// A term of a business glossary or class of an ontology.
    Term,
    /// A business metric.
    Metric,
    /// A data contract.
    Contract,
    /// A person or team that answers for something.
    Owner,
    /// Where statements come from.
    Source,
}

impl EntityKind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Domain,
        Self::DataProduct,
        Self::Dataset,
        Self::Column,
        Self::Term,
        Self::Metric,
        Self::Contract,
        Self::Owner,
        Self::Source,
    ];

    /// Returns the kind as one lower-case word, as JSON and the command line write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::DataProduct => "data_product",
            Self::Dataset => "dataset",
            Self::Column => "column",
            Self::Term => "term",
            Self::Metric => "metric",
            Self::Contract => "contract",
            Self::Owner => "owner",
            Self::Source => "source",
        }
    }

    /// Returns the kind in words for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::DataProduct => "data product",
            other => other.as_str(),
        }
    }

    /// Returns the segment that names this kind in an IRI (`urn:isogloss:<segment>:...`).
    pub const fn iri_segment(self) -> &'static str {
        match self {
            Self::DataProduct => "product",
            other => other.as_str(),
        }
    }

    /// Returns the kind for [`EntityIri`](crate::identity::EntityIri); `None` for a source, whose IRI comes from its name alone.
    pub const fn iri_kind(self) -> Option<IriKind> {
        match self {
            Self::Domain => Some(IriKind::Domain),
            Self::DataProduct => Some(IriKind::Product),
            Self::Dataset => Some(IriKind::Dataset),
            Self::Column => Some(IriKind::Column),
            Self::Term => Some(IriKind::Term),
            Self::Metric => Some(IriKind::Metric),
            Self::Contract => Some(IriKind::Contract),
            Self::Owner => Some(IriKind::Owner),
            Self::Source => None,
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EntityKind {
    type Err = Error;

    /// Reads a kind in any case, with or without `-`, `_` or a blank, and `product` or `table` for short.
    fn from_str(text: &str) -> Result<Self, Error> {
        let bare = |word: &str| -> String {
            let kept = word.chars().filter(|c| !matches!(c, '-' | '_' | ' '));
            kept.flat_map(char::to_lowercase).collect()
        };
        let word = bare(text);
        let found = match word.as_str() {
            "product" => Some(Self::DataProduct),
            "table" => Some(Self::Dataset),
            _ => Self::ALL
                .into_iter()
                .find(|kind| bare(kind.as_str()) == word),
        };
        found.ok_or_else(|| Error::UnknownKind {
            text: text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_in_every_spelling() {
        for kind in EntityKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(kind.label().parse(), Ok(kind));
            assert_eq!(kind.iri_segment().parse(), Ok(kind));
            assert_eq!(format!("{kind:?}").parse(), Ok(kind));
            if let Some(iri_kind) = kind.iri_kind() {
                assert_eq!(iri_kind.as_str(), kind.iri_segment());
            }
        }
        let unknown = "planet".parse::<EntityKind>();
        assert_eq!(
            unknown,
            Err(Error::UnknownKind {
                text: "planet".to_owned()
            })
        );
    }
}
