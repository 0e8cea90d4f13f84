//! Lineage between columns, as every connector that finds it writes it.
//!
//! `prov:wasDerivedFrom` is what lineage is walked along; beside it a `prov:Derivation` says how
//! (`iso:transformation`). What only decides which rows come out acts on every column of a dataset, and so it is
//! said once, of the dataset, by a derivation alone.

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, iso, prov};
use semantic_model::identity::IriKind;

use crate::StatementBuilder;
use crate::sql::{Influence, Influences};

/// One way in which a source acts on a target.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Way {
    /// Whether only the choice of value or row depends on the source.
    pub(crate) indirect: bool,
    /// `IDENTITY`, `AGGREGATION`, `FILTER` and the like; empty when not known.
    pub(crate) kind: String,
    /// In words, or as SQL.
    pub(crate) description: String,
    /// Whether the values can no longer be told from it.
    pub(crate) masking: bool,
}

impl From<Influence> for Way {
    fn from(influence: Influence) -> Self {
        Self {
            indirect: !influence.is_direct(),
            kind: influence.as_str().to_owned(),
            ..Self::default()
        }
    }
}

/// Says that a column is made of another, and how.
pub(crate) fn column(
    out: &mut StatementBuilder,
    to: &NamedNode,
    from: &NamedNode,
    how: Influences,
) {
    out.link(to, prov::WAS_DERIVED_FROM, from);
    derivation(out, to, from, &ways(how));
}

/// Says that a column decides which rows of a dataset come out, and how.
pub(crate) fn rows(
    out: &mut StatementBuilder,
    dataset: &NamedNode,
    from: &NamedNode,
    how: Influences,
) {
    derivation(out, dataset, from, &ways(how));
}

/// Says that something is made from something else, in all the ways that are known; with none it just is.
///
/// What only decides which value or row is taken is no lineage, and is said by a derivation alone.
pub(crate) fn made(out: &mut StatementBuilder, to: &NamedNode, from: &NamedNode, ways: &[Way]) {
    if to == from {
        return;
    }
    if ways.is_empty() || ways.iter().any(|way| !way.indirect) {
        out.link(to, prov::WAS_DERIVED_FROM, from);
    }
    if ways.iter().any(|way| *way != Way::default()) {
        derivation(out, to, from, ways);
    }
}

/// Gives the ways that the reader of SQL has found.
pub(crate) fn ways(influences: Influences) -> Vec<Way> {
    influences.iter().map(Way::from).collect()
}

fn derivation(out: &mut StatementBuilder, to: &NamedNode, from: &NamedNode, ways: &[Way]) {
    let pair = format!("{} {}", to.as_str(), from.as_str());
    let derivation = out.iri(
        IriKind::Derivation,
        &[format!("{:032x}", hash(pair.as_bytes()))],
    );
    out.link(to, prov::QUALIFIED_DERIVATION, &derivation);
    out.class(&derivation, prov::DERIVATION);
    out.link(&derivation, prov::ENTITY_PROPERTY, from);
    for way in ways {
        out.text(&derivation, iso::TRANSFORMATION, &way.kind);
        out.text(&derivation, dcterms::DESCRIPTION, &way.description);
        if way.masking {
            out.extra(&derivation, "masking", &true.into());
        }
    }
}

/// FNV-1a of 128 bits, which is the same on every machine and in every version.
fn hash(bytes: &[u8]) -> u128 {
    bytes
        .iter()
        .fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
            (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statements::named;

    fn written(to: &str, ways: &[Way]) -> String {
        let mut out = StatementBuilder::new(&"s".parse().unwrap());
        made(&mut out, &named(to), &named("urn:from"), ways);
        let lines = out.finish().into_iter().map(|line| format!("{line}\n"));
        lines.collect()
    }

    #[test]
    fn what_only_decides_is_no_lineage() {
        assert_eq!(written("urn:to", &[]).lines().count(), 1);
        assert_eq!(written("urn:from", &[]), "");
        let mut both = Influences::of(Influence::Filter);
        let text = written("urn:to", &ways(both));
        assert!(
            !text.contains("wasDerivedFrom") && text.contains("\"FILTER\""),
            "{text}"
        );
        both.add(Influences::of(Influence::Aggregated));
        let text = written("urn:to", &ways(both));
        assert!(
            text.contains("wasDerivedFrom") && text.contains("\"AGGREGATION\""),
            "{text}"
        );
    }
}
