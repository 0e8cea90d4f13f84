//! Lineage between columns, as every connector that finds it writes it.
//!
//! `prov:wasDerivedFrom` is what lineage is walked along; beside it a `prov:Derivation` says how
//! (`iso:transformation`). What only decides which rows come out acts on every column of a dataset, and so it is
//! said once, of the dataset, by a derivation alone.

use graph_core::rdf::NamedNode;
use ontologies::{iso, prov};
use semantic_model::identity::IriKind;

use crate::StatementBuilder;
use crate::sql::Influences;

/// Says that a column is made of another, and how.
pub(crate) fn column(
    out: &mut StatementBuilder,
    to: &NamedNode,
    from: &NamedNode,
    how: Influences,
) {
    out.link(to, prov::WAS_DERIVED_FROM, from);
    derivation(out, to, from, how);
}

/// Says that a column decides which rows of a dataset come out, and how.
pub(crate) fn rows(
    out: &mut StatementBuilder,
    dataset: &NamedNode,
    from: &NamedNode,
    how: Influences,
) {
    derivation(out, dataset, from, how);
}

fn derivation(out: &mut StatementBuilder, to: &NamedNode, from: &NamedNode, how: Influences) {
    let pair = format!("{} {}", to.as_str(), from.as_str());
    let derivation = out.iri(
        IriKind::Derivation,
        &[format!("{:032x}", hash(pair.as_bytes()))],
    );
    out.link(to, prov::QUALIFIED_DERIVATION, &derivation);
    out.class(&derivation, prov::DERIVATION);
    out.link(&derivation, prov::ENTITY_PROPERTY, from);
    for influence in how.iter() {
        out.text(&derivation, iso::TRANSFORMATION, influence.as_str());
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
