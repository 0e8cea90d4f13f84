//! The vocabulary: every IRI that Isogloss writes or understands, as a constant.
//!
//! One module a prefix ([`dcat`], [`skos`], [`prov`], ...), one constant a term, each a full IRI. Our own terms
//! are in [`iso`]; they exist only where no standard term fits, and [`ISOGLOSS_TTL`] defines them.
//! [`SHAPES_TTL`] holds the SHACL shapes of what our connectors write, one for each kind of entity.
//!
//! A constant is the term's local name in upper snake case. Where a vocabulary has a class and a property of
//! the same spelling, the class ends in `_CLASS`: [`csvw::COLUMN_CLASS`] is the class, [`csvw::COLUMN`] the
//! property that leads to its members. In PROV-O, whose classes are used far more, the property has an ending of
//! its own as well: [`prov::AGENT_PROPERTY`].
//!
//! ```
//! assert_eq!(ontologies::dcat::KEYWORD, "http://www.w3.org/ns/dcat#keyword");
//! assert_eq!(ontologies::expand("skos:prefLabel").as_deref(), Some(ontologies::skos::PREF_LABEL));
//! assert_eq!(ontologies::shorten(ontologies::iso::DOMAIN).as_deref(), Some("iso:Domain"));
//! ```
//!
//! Every IRI of a foreign vocabulary is checked by a test against that vocabulary's own file: nothing here is
//! made up. This crate must never know how statements are stored, read or shown.

/// Defines the constants of one vocabulary from its namespace and its local names.
macro_rules! vocabulary {
    ($namespace:literal; $($(#[$doc:meta])* $name:ident = $local:literal;)*) => {
        /// The IRI that every term of this vocabulary starts with.
        pub const NAMESPACE: &str = $namespace;

        $($(#[$doc])* pub const $name: &str = concat!($namespace, $local);)*

        /// Every term of this vocabulary that has a constant.
        pub(crate) const ALL: &[&str] = &[$($name),*];
    };
}

pub mod csvw;
pub mod dcat;
pub mod dcterms;
pub mod dprod;
pub mod dqv;
pub mod duv;
pub mod foaf;
pub mod iso;
pub mod odrl;
pub mod org;
pub mod owl;
pub mod prov;
pub mod qb;
pub mod rdf;
pub mod rdfs;
pub mod sh;
pub mod skos;
pub mod vcard;
pub mod void;
pub mod xsd;

/// The definitions of our own classes and properties, in Turtle.
pub const ISOGLOSS_TTL: &str = include_str!("../isogloss.ttl");

/// The SHACL shapes of what the connectors write, in Turtle.
pub const SHAPES_TTL: &str = include_str!("../shapes.ttl");

/// Every prefix with its namespace, and the terms that have a constant.
const VOCABULARIES: [(&str, &str, &[&str]); 20] = [
    ("csvw", csvw::NAMESPACE, csvw::ALL),
    ("dcat", dcat::NAMESPACE, dcat::ALL),
    ("dcterms", dcterms::NAMESPACE, dcterms::ALL),
    ("dprod", dprod::NAMESPACE, dprod::ALL),
    ("dqv", dqv::NAMESPACE, dqv::ALL),
    ("duv", duv::NAMESPACE, duv::ALL),
    ("foaf", foaf::NAMESPACE, foaf::ALL),
    ("iso", iso::NAMESPACE, iso::ALL),
    ("odrl", odrl::NAMESPACE, odrl::ALL),
    ("org", org::NAMESPACE, org::ALL),
    ("owl", owl::NAMESPACE, owl::ALL),
    ("prov", prov::NAMESPACE, prov::ALL),
    ("qb", qb::NAMESPACE, qb::ALL),
    ("rdf", rdf::NAMESPACE, rdf::ALL),
    ("rdfs", rdfs::NAMESPACE, rdfs::ALL),
    ("sh", sh::NAMESPACE, sh::ALL),
    ("skos", skos::NAMESPACE, skos::ALL),
    ("vcard", vcard::NAMESPACE, vcard::ALL),
    ("void", void::NAMESPACE, void::ALL),
    ("xsd", xsd::NAMESPACE, xsd::ALL),
];

const PREFIXES: [(&str, &str); VOCABULARIES.len()] = {
    let mut prefixes = [("", ""); VOCABULARIES.len()];
    let mut at = 0;
    while at < VOCABULARIES.len() {
        prefixes[at] = (VOCABULARIES[at].0, VOCABULARIES[at].1);
        at += 1;
    }
    prefixes
};

/// Returns every prefix with its namespace, sorted by prefix.
pub fn prefixes() -> &'static [(&'static str, &'static str)] {
    &PREFIXES
}

/// Returns every term that has a constant, vocabulary by vocabulary.
pub fn all_terms() -> impl Iterator<Item = &'static str> {
    VOCABULARIES
        .iter()
        .flat_map(|(_, _, terms)| terms.iter().copied())
}

/// Turns `prefix:local` into a full IRI; `None` when the prefix is not one of [`prefixes`].
pub fn expand(name: &str) -> Option<String> {
    let (prefix, local) = name.split_once(':')?;
    let (_, namespace) = PREFIXES.iter().find(|(known, _)| *known == prefix)?;
    Some(format!("{namespace}{local}"))
}

/// Turns a full IRI into `prefix:local`; `None` when it lies in no known namespace or cannot be written so.
pub fn shorten(iri: &str) -> Option<String> {
    let (prefix, local) = PREFIXES
        .iter()
        .find_map(|(prefix, namespace)| Some((prefix, iri.strip_prefix(namespace)?)))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!local.is_empty() && local.chars().all(plain)).then(|| format!("{prefix}:{local}"))
}
