//! Kind, name and domains by some statements alone: for what is no longer in a graph that could be asked.

use ontologies::{csvw, dcterms, dprod, foaf, iso, rdf, rdfs, skos, vcard};

use crate::kind::EntityKind;
use crate::literals::last_segment;
use crate::words::kind_of_classes;

/// Properties that name a thing, the one that is shown first in front.
const NAMES: [&str; 8] = [
    skos::PREF_LABEL,
    dcterms::TITLE,
    rdfs::LABEL,
    foaf::NAME,
    vcard::FN,
    csvw::TITLE,
    iso::NAME,
    csvw::NAME,
];

/// What statements about a thing say of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Its kind, by its classes.
    pub kind: Option<EntityKind>,
    /// Its name, else the last segment of its IRI.
    pub label: String,
    /// IRIs of its domains.
    pub domains: Vec<String>,
}

impl Said {
    /// Reads statements about `iri`, each as its predicate and the text of its value.
    pub fn of<'s>(iri: &str, statements: impl Iterator<Item = (&'s str, &'s str)>) -> Self {
        let (mut classes, mut domains) = (Vec::new(), Vec::new());
        let mut best: Option<(usize, &str)> = None;
        for (predicate, value) in statements {
            match predicate {
                rdf::TYPE => classes.push(value),
                iso::IN_DOMAIN | dprod::DOMAIN => domains.push(value.to_owned()),
                _ => {
                    let rank = NAMES.iter().position(|name| *name == predicate);
                    if let Some(rank) = rank
                        && best.is_none_or(|(known, _)| rank < known)
                    {
                        best = Some((rank, value));
                    }
                }
            }
        }
        domains.sort_unstable();
        domains.dedup();
        Self {
            kind: kind_of_classes(&classes),
            label: best.map_or_else(|| last_segment(iri), |(_, name)| name.to_owned()),
            domains,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_name_and_the_most_telling_class_win() {
        let statements = [
            (iso::NAME, "orders"),
            (rdf::TYPE, skos::CONCEPT),
            (rdf::TYPE, iso::DOMAIN),
            (skos::PREF_LABEL, "Orders"),
            (iso::IN_DOMAIN, "urn:d"),
            (iso::IN_DOMAIN, "urn:d"),
        ];
        let said = Said::of("urn:x:y", statements.into_iter());
        assert_eq!(said.kind, Some(EntityKind::Domain));
        assert_eq!(
            (said.label.as_str(), said.domains),
            ("Orders", vec!["urn:d".to_owned()])
        );
        let nothing = Said::of("urn:x:y", std::iter::empty());
        assert_eq!((nothing.kind, nothing.label.as_str()), (None, "y"));
    }
}
