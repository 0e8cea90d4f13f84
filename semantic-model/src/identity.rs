//! Names of entities: stable IRIs from what sources call things, the same in every connector.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;

use crate::error::Error;

/// The scope of what is company-wide by name: domains, owners, data products named by dbt or a contract.
pub const MESH: &str = "mesh";

/// What every IRI made here starts with.
const PREFIX: &str = "urn:isogloss:";

/// What a path segment keeps as it is; everything else is percent-encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'-');

/// Schemes whose IRIs carry no `//`; any other scheme counts only with it, for `db:table` is no IRI.
const OPAQUE_SCHEMES: [&str; 7] = ["urn", "mailto", "tel", "tag", "did", "doi", "info"];

/// The kind in an entity's IRI: finer than [`EntityKind`](crate::EntityKind), as it also names what has no view of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IriKind {
    /// A business domain.
    Domain,
    /// A data product.
    Product,
    /// A table, view, file or topic.
    Dataset,
    /// The description of a dataset's columns and keys.
    Schema,
    /// A column of a dataset.
    Column,
    /// A term of a glossary.
    Term,
    /// A business metric.
    Metric,
    /// A data contract.
    Contract,
    /// A person or team that answers for something.
    Owner,
    /// A use of data that a log saw.
    Usage,
    /// Something that happened, such as a run.
    Activity,
    /// How one column is made of another.
    Derivation,
    /// A rule of data quality or its outcome.
    Quality,
    /// A service that gives access to data.
    Service,
    /// A policy, or a rule of one.
    Policy,
    /// A semantic layer, and what it declares that is no dataset and no metric.
    Layer,
}

impl IriKind {
    /// Every kind, in the order of the design's table.
    pub const ALL: [Self; 16] = [
        Self::Domain,
        Self::Product,
        Self::Dataset,
        Self::Schema,
        Self::Column,
        Self::Term,
        Self::Metric,
        Self::Contract,
        Self::Owner,
        Self::Usage,
        Self::Activity,
        Self::Derivation,
        Self::Quality,
        Self::Service,
        Self::Policy,
        Self::Layer,
    ];

    /// Returns the segment that names this kind in an IRI.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Product => "product",
            Self::Dataset => "dataset",
            Self::Schema => "schema",
            Self::Column => "column",
            Self::Term => "term",
            Self::Metric => "metric",
            Self::Contract => "contract",
            Self::Owner => "owner",
            Self::Usage => "usage",
            Self::Activity => "activity",
            Self::Derivation => "derivation",
            Self::Quality => "quality",
            Self::Service => "service",
            Self::Policy => "policy",
            Self::Layer => "layer",
        }
    }
}

impl fmt::Display for IriKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for IriKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| Error::UnknownKind {
            text: text.to_owned(),
        })
    }
}

/// The IRI of an entity: `urn:isogloss:<kind>:<scope>/<path>`.
///
/// It depends on what the source calls the thing, never on its label, so that it survives a re-ingest and a
/// new label.
///
/// ```
/// use semantic_model::identity::{EntityIri, IriKind};
///
/// let iri = EntityIri::new(IriKind::Column, "shop", &["db.public.orders", "Order ID"]);
/// assert_eq!(iri.as_str(), "urn:isogloss:column:shop/db.public.orders/Order%20ID");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityIri(String);

impl EntityIri {
    /// Makes the IRI of the entity that `scope` (a source's name or [`MESH`]) calls by `path`.
    ///
    /// Scope and segments are brought to Unicode form NFC, then everything outside `[A-Za-z0-9._~-]` is
    /// percent-encoded, so that a `/` or `:` within a name cannot pass for structure.
    pub fn new<S: AsRef<str>>(kind: IriKind, scope: &str, path: &[S]) -> Self {
        let mut iri = format!("{PREFIX}{}:", kind.as_str());
        push_encoded(&mut iri, scope);
        for segment in path {
            iri.push('/');
            push_encoded(&mut iri, segment.as_ref());
        }
        Self(iri)
    }

    /// Makes the IRI of the company-wide domain of this name.
    pub fn domain(name: &str) -> Self {
        Self::new(IriKind::Domain, MESH, &[slug(name)])
    }

    /// Makes the IRI of the company-wide owner of this name.
    pub fn owner(name: &str) -> Self {
        Self::new(IriKind::Owner, MESH, &[slug(name)])
    }

    /// Makes the IRI of the company-wide data product of this name in the domain of that name.
    pub fn product(domain: &str, name: &str) -> Self {
        Self::new(IriKind::Product, MESH, &[slug(domain), slug(name)])
    }

    /// Returns the IRI as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the IRI as an owned string.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Returns the kind in an IRI of this form; `None` for a foreign one.
    pub fn kind_of(iri: &str) -> Option<IriKind> {
        let (kind, path) = iri.strip_prefix(PREFIX)?.split_once(':')?;
        if path.is_empty() {
            None
        } else {
            kind.parse().ok()
        }
    }
}

impl fmt::Display for EntityIri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for EntityIri {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<EntityIri> for String {
    fn from(iri: EntityIri) -> Self {
        iri.0
    }
}

fn push_encoded(iri: &mut String, segment: &str) {
    let normal: String = segment.nfc().collect();
    iri.extend(utf8_percent_encode(&normal, ENCODED));
}

/// Makes the short form of a name: NFC, lower case, every run of other than letters and digits one `-`, trimmed.
///
/// A name without any letter or digit becomes its code points in hexadecimal, so that two of them stay two.
///
/// ```
/// assert_eq!(semantic_model::identity::slug("  Claims & Care (EU)"), "claims-care-eu");
/// ```
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.nfc().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            slug.push(c);
            gap = false;
        } else {
            gap = true;
        }
    }
    if slug.is_empty() {
        let codes: Vec<String> = name
            .trim()
            .chars()
            .map(|c| format!("{:x}", u32::from(c)))
            .collect();
        return codes.join("-");
    }
    slug
}

/// Returns whether a reference already is an absolute IRI, which every connector keeps as it is.
///
/// `urn:`, `mailto:` and the like count as they stand; another scheme only when `//` follows, for `db:table` is
/// a name. Nothing with blanks or characters that no IRI may hold counts.
pub fn is_absolute_iri(reference: &str) -> bool {
    let Some((scheme, rest)) = reference.split_once(':') else {
        return false;
    };
    let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'));
    let opaque = OPAQUE_SCHEMES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme));
    let forbidden = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
    };
    let rest_ok = if opaque {
        !rest.is_empty()
    } else {
        rest.len() > 2 && rest.starts_with("//")
    };
    scheme_ok && rest_ok && !reference.contains(forbidden)
}

/// Makes the qualified name by which two sources' datasets are known to be one physical table.
///
/// Quotes (`"`, `` ` ``, `[`, `]`) are stripped, letters lowered, empty parts left out.
///
/// ```
/// let name = semantic_model::identity::qualified_name("Postgres", &["shop", "public", "\"Orders\""]);
/// assert_eq!(name, "postgres://shop.public.orders");
/// ```
pub fn qualified_name(platform: &str, parts: &[&str]) -> String {
    let clean = |part: &str| {
        let bare: String = part
            .nfc()
            .filter(|c| !matches!(c, '"' | '`' | '[' | ']'))
            .collect();
        bare.trim().to_lowercase()
    };
    let parts: Vec<String> = parts
        .iter()
        .map(|part| clean(part))
        .filter(|part| !part.is_empty())
        .collect();
    format!("{}://{}", clean(platform), parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_cannot_be_smuggled_in_by_a_name() {
        let plain = EntityIri::new(IriKind::Term, "gloss", &["a", "b"]);
        let tricky = EntityIri::new(IriKind::Term, "gloss", &["a/b"]);
        assert_eq!(plain.as_str(), "urn:isogloss:term:gloss/a/b");
        assert_eq!(tricky.as_str(), "urn:isogloss:term:gloss/a%2Fb");
        assert_eq!(EntityIri::kind_of(plain.as_str()), Some(IriKind::Term));
        assert_eq!(EntityIri::kind_of("urn:isogloss:planet:mesh/x"), None);
        assert_eq!(EntityIri::kind_of("https://example.org/term"), None);
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_name() {
        let composed = EntityIri::new(IriKind::Dataset, "s", &["caf\u{e9}"]);
        let decomposed = EntityIri::new(IriKind::Dataset, "s", &["cafe\u{301}"]);
        assert_eq!(composed, decomposed);
        assert_eq!(composed.as_str(), "urn:isogloss:dataset:s/caf%C3%A9");
        assert_eq!(slug("CAFE\u{301} Bar"), "café-bar");
    }

    #[test]
    fn mesh_names_meet_whatever_their_spelling() {
        assert_eq!(
            EntityIri::domain("Customer Care"),
            EntityIri::domain("customer_care")
        );
        assert_eq!(
            EntityIri::product("Care", "Visits 2").as_str(),
            "urn:isogloss:product:mesh/care/visits-2"
        );
        assert_eq!(
            EntityIri::owner("Ann.Lee").as_str(),
            "urn:isogloss:owner:mesh/ann-lee"
        );
        assert_ne!(slug("!!"), slug("??"));
        assert_eq!(slug(""), "");
    }

    #[test]
    fn only_real_iris_are_kept_as_they_are() {
        for iri in [
            "https://example.org/x",
            "urn:isogloss:domain:mesh/a",
            "mailto:ann@example.org",
        ] {
            assert!(is_absolute_iri(iri), "{iri}");
        }
        for name in [
            "db:table",
            "orders",
            "http:",
            "urn:",
            "https://a b",
            "1x://y",
            "a://<b>",
            "",
        ] {
            assert!(!is_absolute_iri(name), "{name}");
        }
    }

    #[test]
    fn qualified_names_lose_quotes_and_case() {
        let one = qualified_name("snowflake", &["DB", "PUBLIC", "ORDERS"]);
        let two = qualified_name("Snowflake", &["db", "`public`", "[Orders]"]);
        assert_eq!(one, two);
        assert_eq!(
            qualified_name("duckdb", &["", "main", "t"]),
            "duckdb://main.t"
        );
    }

    #[test]
    fn every_kind_reads_back() {
        for kind in IriKind::ALL {
            assert_eq!(kind.as_str().parse::<IriKind>().ok(), Some(kind));
        }
    }
}
