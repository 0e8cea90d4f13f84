//! Exports do not depend on the history of a store, and say everything.

use graph_core::export::{Selection, write};
use graph_core::results::GraphFormat;
use graph_core::{Error, Snapshot};

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
