//! Exports do not depend on the history of a store, and say everything.

use graph_core::export::{Selection, write};
use graph_core::rdf::Statement;
use graph_core::results::GraphFormat;
use graph_core::{Error, Snapshot, SourceName, Store};
use oxrdfio::{RdfFormat, RdfParser};
use proptest::prelude::*;

use crate::mesh::mesh;
use crate::support::*;

fn export(snapshot: &Snapshot, selection: Selection, format: GraphFormat) -> Result<String, Error> {
    let mut out = Vec::new();
    let prefixes = [("ex", "http://example.com/")];
    let count = write(snapshot, selection, format, &prefixes, &mut out)?;
    let text = String::from_utf8(out).unwrap();
    if matches!(format, GraphFormat::NQuads | GraphFormat::NTriples) {
        assert_eq!(text.lines().count() as u64, count);
    }
    Ok(text)
}

#[test]
fn the_same_claims_give_the_same_bytes() {
    let one = mesh(12);
    let other = graph_core::Store::in_memory();
    for info in one.snapshot().sources().iter().rev() {
        let mut says: Vec<_> = one.snapshot().statements_of(info.id).collect();
        says.reverse();
        other
            .commit(replace(info.name.as_str(), vec![link("gone", "p", "soon")]))
            .unwrap();
        other.commit(replace(info.name.as_str(), says)).unwrap();
    }
    let (one, other) = (one.snapshot(), other.snapshot());
    for selection in [Selection::Claims, Selection::Merged] {
        for format in [GraphFormat::NQuads, GraphFormat::TriG, GraphFormat::JsonLd] {
            let text = export(&one, selection, format).unwrap();
            assert_eq!(text, export(&other, selection, format).unwrap());
            assert!(text.contains("Dataset 11"));
        }
    }
    assert_eq!(
        export(&one, Selection::Claims, GraphFormat::NQuads)
            .unwrap()
            .lines()
            .count() as u64,
        one.len()
    );
    assert!(
        export(&one, Selection::Merged, GraphFormat::NQuads)
            .unwrap()
            .lines()
            .count()
            < one.len() as usize
    );
    let manual = one.source_id(&source("manual")).unwrap();
    let text = export(&one, Selection::Source(manual), GraphFormat::Turtle).unwrap();
    assert!(
        text.starts_with("@prefix ex:") && text.contains("ex:ds8") && !text.contains("ex:ds7"),
        "{text}"
    );
    assert!(matches!(
        export(&one, Selection::Claims, GraphFormat::Turtle),
        Err(Error::WrongFormat { .. })
    ));
}

/// Lets a store say what an export says, the sources in another order.
fn import(text: &str, format: RdfFormat) -> Store {
    let mut graphs: std::collections::BTreeMap<String, Vec<Statement>> =
        std::collections::BTreeMap::new();
    for quad in RdfParser::from_format(format).for_slice(text.as_bytes()) {
        let quad = quad.unwrap();
        let oxrdf::GraphName::NamedNode(graph) = quad.graph_name.clone() else {
            panic!("a graph without a name")
        };
        graphs
            .entry(graph.into_string())
            .or_default()
            .push(quad.into());
    }
    let store = Store::in_memory();
    for (graph, says) in graphs.into_iter().rev() {
        let name = SourceName::from_graph_iri(&graph).unwrap();
        store.commit(replace(name.as_str(), says)).unwrap();
    }
    store
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_exported_and_read_back_is_exported_the_same(
        sources in prop::collection::vec(prop::collection::vec(0_u32..336, 1..40), 1..6),
        odd_label in any::<bool>(),
    ) {
        let store = Store::in_memory();
        for (number, seeds) in sources.iter().enumerate() {
            // One name begins another, one needs escaping.
            let name = ["a", "a--b", "a.b_c", "https://example.com/g#x", "zz"][number % 5];
            let mut says: Vec<Statement> = seeds.iter().map(|&seed| small_statement(seed)).collect();
            if odd_label {
                let node = graph_core::rdf::BlankNode::new("sa--b").unwrap();
                says.push(fact("x", "p", node));
            }
            store.commit(replace(name, says)).unwrap();
        }
        for (format, parser) in [(GraphFormat::NQuads, RdfFormat::NQuads), (GraphFormat::TriG, RdfFormat::TriG)] {
            let first = export(&store.snapshot(), Selection::Claims, format).unwrap();
            let again = import(&first, parser);
            prop_assert_eq!(again.snapshot().len(), store.snapshot().len());
            prop_assert_eq!(&export(&again.snapshot(), Selection::Claims, format).unwrap(), &first);
        }
    }
}
