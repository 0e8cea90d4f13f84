//! Small value types that name things: sources, versions, terms and moments.

use std::fmt;
use std::str::FromStr;

use oxrdf::NamedNode;

use crate::error::{Error, Result};

const GRAPH_PREFIX: &str = "urn:isogloss:source:";
const NAME_BYTES_MAX: usize = 128;
const IRI_BYTES_MAX: usize = 2048;

/// The name of a source: plain, `[a-z0-9][a-z0-9._-]{0,127}`, or an absolute IRI of at most 2,048 bytes.
///
/// A plain name stands for the named graph `urn:isogloss:source:<name>`; an IRI is that of its named graph. The two
/// never meet: the IRI of a plain name's graph is read as the plain name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceName(String);

impl SourceName {
    /// Checks and wraps a name.
    ///
    /// # Errors
    /// [`Error::InvalidSourceName`] when it is neither a plain name nor an absolute IRI.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        if is_plain(&name) {
            return Ok(Self(name));
        }
        if let Some(plain) = name.strip_prefix(GRAPH_PREFIX)
            && is_plain(plain)
        {
            return Ok(Self(plain.to_owned()));
        }
        if name.len() <= IRI_BYTES_MAX && NamedNode::new(name.as_str()).is_ok() {
            Ok(Self(name))
        } else {
            Err(Error::InvalidSourceName { name })
        }
    }

    /// Returns the source that people write to: `people`.
    pub fn people() -> Self {
        Self("people".to_owned())
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether the name is an IRI, and so that of the source's named graph.
    pub fn is_iri(&self) -> bool {
        // No plain name has a colon, each absolute IRI has one.
        self.0.contains(':')
    }

    /// Returns the IRI of the named graph that holds what this source claims.
    pub fn graph_iri(&self) -> NamedNode {
        NamedNode::new_unchecked(if self.is_iri() {
            self.0.clone()
        } else {
            format!("{GRAPH_PREFIX}{}", self.0)
        })
    }

    /// Reads the name back from the IRI of a source's named graph; `None` for what is no absolute IRI or too long.
    pub fn from_graph_iri(iri: &str) -> Option<Self> {
        iri.contains(':').then(|| Self::new(iri).ok()).flatten()
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    name.len() <= NAME_BYTES_MAX
        && name.bytes().next().is_some_and(plain)
        && name
            .bytes()
            .all(|b| plain(b) || matches!(b, b'.' | b'_' | b'-'))
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SourceName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::new(name)
    }
}

impl TryFrom<&str> for SourceName {
    type Error = Error;

    fn try_from(name: &str) -> Result<Self> {
        Self::new(name)
    }
}

/// A version of the graph: 0 is the empty graph, each commit that changes something adds one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A moment in milliseconds since 1970-01-01 UTC, always given by the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// The number of an RDF term in the dictionary of one snapshot.
///
/// It means nothing in another snapshot: a compaction may number the terms anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId(pub(crate) u32);

impl TermId {
    /// Returns the number itself, for arrays indexed by term; it is below [`crate::Snapshot::term_bound`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number of a source; it stays the same for the life of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub(crate) u16);

impl SourceId {
    /// Returns the number itself.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_names_are_checked() {
        for good in ["a", "0", "dbt-shop", "x.y_z-1", &"a".repeat(128)] {
            assert!(!SourceName::new(good).unwrap().is_iri(), "{good}");
        }
        for good in [
            "http://example.com/g",
            "urn:isogloss:source:Not Plain".replace(' ', "").as_str(),
        ] {
            assert!(SourceName::new(good).unwrap().is_iri(), "{good}");
        }
        let long = format!("urn:{}", "a".repeat(2048));
        for bad in [
            "",
            "-a",
            ".a",
            "A",
            "a b",
            "ä",
            "a/b",
            "http://a b",
            ":a",
            &long,
            &"a".repeat(129),
        ] {
            assert!(SourceName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn graph_iri_round_trips() {
        let name = SourceName::new("crm").unwrap();
        assert_eq!(name.graph_iri().as_str(), "urn:isogloss:source:crm");
        assert_eq!(
            SourceName::from_graph_iri(name.graph_iri().as_str()),
            Some(name.clone())
        );
        assert_eq!(SourceName::new("urn:isogloss:source:crm").unwrap(), name);
        let other = SourceName::from_graph_iri("urn:other").unwrap();
        assert_eq!(other.graph_iri().as_str(), "urn:other");
        assert_eq!(SourceName::from_graph_iri("crm"), None);
    }
}
