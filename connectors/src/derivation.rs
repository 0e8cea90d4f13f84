//! How one column, or dataset, is made from another: the edge of lineage, and what is known about it.
//!
//! What a value is made of is `prov:wasDerivedFrom`; what only decides which value or row is taken (a filter, a join)
//! is `prov:wasInfluencedBy`, which lineage does not follow. Where more is known than that a value was taken as it
//! is, a `prov:Derivation` or `prov:Influence` of its own says it, in the words of OpenLineage's column lineage.

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, prov};
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

impl Way {
    /// Says whether there is nothing to say but that the value is taken.
    fn is_plain(&self) -> bool {
        let plain_kind = self.kind.is_empty() || self.kind == Influence::Identity.as_str();
        !self.indirect && plain_kind && self.description.is_empty() && !self.masking
    }
}

/// Gives the ways that the reader of SQL has found.
pub(crate) fn ways(influences: Influences) -> Vec<Way> {
    let way = |influence: Influence| Way {
        indirect: !influence.is_direct(),
        kind: influence.as_str().to_owned(),
        ..Way::default()
    };
    influences.iter().map(way).collect()
}

/// Writes that a target is made from a source, in all the ways that are known; with none it just is.
pub(crate) fn write(out: &mut StatementBuilder, to: &NamedNode, from: &NamedNode, ways: &[Way]) {
    if to == from {
        return;
    }
    if ways.is_empty() || ways.iter().any(|way| !way.indirect) {
        out.link(to, prov::WAS_DERIVED_FROM, from);
    }
    for indirect in [false, true] {
        let ways: Vec<&Way> = ways.iter().filter(|way| way.indirect == indirect).collect();
        if ways.iter().all(|way| way.is_plain()) {
            continue;
        }
        describe(out, to, from, &ways, indirect);
    }
}

/// Writes that a column of a query is made of another.
///
/// What decides which of two values is taken, or over which window it is taken, makes the value too: unlike a filter,
/// it acts on this column alone, and a walk along lineage must pass it.
pub(crate) fn column(
    out: &mut StatementBuilder,
    to: &NamedNode,
    from: &NamedNode,
    influences: Influences,
) {
    if to != from {
        out.link(to, prov::WAS_DERIVED_FROM, from);
        write(out, to, from, &ways(influences));
    }
}

fn describe(
    out: &mut StatementBuilder,
    to: &NamedNode,
    from: &NamedNode,
    ways: &[&Way],
    indirect: bool,
) {
    let (word, class, link) = if indirect {
        out.link(to, prov::WAS_INFLUENCED_BY, from);
        ("influence", prov::INFLUENCE, prov::QUALIFIED_INFLUENCE)
    } else {
        ("derivation", prov::DERIVATION, prov::QUALIFIED_DERIVATION)
    };
    let node = out.iri(IriKind::Activity, &[word, to.as_str(), from.as_str()]);
    out.class(&node, class);
    out.link(to, link, &node);
    out.link(&node, prov::ENTITY_PROPERTY, from);
    for way in ways {
        out.text(&node, dcterms::TYPE, &way.kind);
        out.text(&node, dcterms::DESCRIPTION, &way.description);
        if way.masking {
            out.extra(&node, "masking", &true.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statements::named;

    fn written(ways: &[Way]) -> String {
        let mut out = StatementBuilder::new(&"s".parse().unwrap());
        write(&mut out, &named("urn:to"), &named("urn:from"), ways);
        out.finish()
            .iter()
            .map(|line| format!("{line}\n"))
            .collect()
    }

    #[test]
    fn a_plain_derivation_is_one_statement() {
        let identity = ways(Influences::of(Influence::Identity));
        assert_eq!(written(&identity), written(&[]));
        assert_eq!(written(&[]).lines().count(), 1);
    }

    #[test]
    fn an_influence_is_no_lineage() {
        let mut both = Influences::of(Influence::Filter);
        let text = written(&ways(both));
        assert!(
            !text.contains("wasDerivedFrom") && text.contains("wasInfluencedBy"),
            "{text}"
        );
        both.add(Influences::of(Influence::Aggregated));
        let text = written(&ways(both));
        assert!(
            text.contains("wasDerivedFrom") && text.contains("\"AGGREGATION\""),
            "{text}"
        );
        assert!(text.contains("\"FILTER\""), "{text}");
    }

    #[test]
    fn nothing_is_made_from_itself() {
        let mut out = StatementBuilder::new(&"s".parse().unwrap());
        write(&mut out, &named("urn:x"), &named("urn:x"), &[]);
        assert!(out.is_empty());
    }
}
