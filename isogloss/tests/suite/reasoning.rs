//! Validation before a commit and on demand; entailment from version to version.

use isogloss::connectors::{Input, Kind};
use isogloss::graph::entail::Regime;
use isogloss::graph::sparql::{QueryOptions, QueryResults};
use isogloss::shacl::Report;
use isogloss::{Check, Error, Ingest, Isogloss, ShapeSet, Validation, read_statement};

const PREFIXES: &str = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dcterms: <http://purl.org/dc/terms/> . \
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> .\n";

fn turtle(source: &str, text: &str) -> Ingest {
    let input = Input::text("source.ttl", format!("{PREFIXES}{text}"));
    Ingest::new(source.parse().unwrap(), Kind::Rdf, vec![input])
}

fn checked(source: &str, text: &str, strict: bool) -> Ingest {
    let shapes = ShapeSet::own().unwrap();
    let check = Some(Check { shapes, strict });
    Ingest {
        check,
        ..turtle(source, text)
    }
}

fn validate(mesh: &Isogloss, source: Option<&str>) -> Report {
    let mut validation = Validation::new(ShapeSet::own().unwrap());
    validation.source = source.map(|name| name.parse().unwrap());
    mesh.snapshot().validate(&validation).unwrap()
}

fn rows(mesh: &Isogloss, regime: Option<Regime>, query: &str) -> usize {
    let snapshot = mesh.snapshot().with_entailment(regime).unwrap();
    match snapshot.sparql(query, &QueryOptions::default()).unwrap() {
        QueryResults::Solutions(rows) => rows.map(Result::unwrap).count(),
        _ => panic!("{query} is no SELECT"),
    }
}

const NAMELESS: &str = ":orders a dcat:Dataset .";

#[test]
fn a_strict_ingest_that_breaks_the_shapes_changes_nothing() {
    let mesh = Isogloss::in_memory();
    mesh.ingest(turtle("base", ":base dcterms:title \"Base\" ."))
        .unwrap();
    let before = mesh.snapshot();
    let refused = mesh.ingest(checked("shop", NAMELESS, true));
    match refused {
        Err(Error::NotValid {
            source_name,
            report,
        }) => {
            assert_eq!((source_name.as_str(), report.violations()), ("shop", 1));
        }
        other => panic!("{other:?}"),
    }
    // One that is refused takes the others with it.
    let both = vec![
        turtle("other", ":a dcterms:title \"A\" ."),
        checked("shop", NAMELESS, true),
    ];
    assert!(matches!(mesh.ingest_all(both), Err(Error::NotValid { .. })));
    assert_eq!(mesh.snapshot().version(), before.version());
    assert_eq!(mesh.snapshot().sources().len(), 1);
    assert!(mesh.changes_since(before.version()).is_empty());
}

#[test]
fn a_report_commits_and_a_dry_run_does_not() {
    let mesh = Isogloss::in_memory();
    let dry = Ingest {
        dry_run: true,
        ..checked("shop", NAMELESS, false)
    };
    let tried = mesh.ingest(dry).unwrap();
    assert!(tried.receipt.is_none());
    assert_eq!(tried.validation.unwrap().violations(), 1);
    assert!(mesh.snapshot().graph().is_empty());
    let ingested = mesh.ingest(checked("shop", NAMELESS, false)).unwrap();
    assert!(ingested.receipt.is_some());
    assert_eq!(ingested.validation.unwrap().violations(), 1);
    assert_eq!(validate(&mesh, None).violations(), 1);
}

#[test]
fn values_come_from_all_sources_and_blame_goes_to_those_that_speak() {
    let mesh = Isogloss::in_memory();
    mesh.ingest(checked("names", ":orders dcterms:title \"Orders\" .", true))
        .unwrap();
    // The title that another source gives is enough.
    mesh.ingest(checked("shop", NAMELESS, true)).unwrap();
    mesh.ingest(turtle("wild", ":nameless a dcat:Dataset ."))
        .unwrap();
    assert_eq!(validate(&mesh, Some("shop")).violations(), 0);
    assert_eq!(validate(&mesh, None).violations(), 1);
    // Who takes the title away touches the dataset, though it no longer speaks of it.
    let without = mesh.ingest(checked("names", ":else dcterms:title \"Else\" .", true));
    assert!(
        matches!(without, Err(Error::NotValid { .. })),
        "{without:?}"
    );
    let unknown = Validation {
        source: Some("nobody".parse().unwrap()),
        ..Validation::new(ShapeSet::own().unwrap())
    };
    assert!(matches!(
        mesh.snapshot().validate(&unknown),
        Err(Error::UnknownSource { .. })
    ));
}

#[test]
fn shapes_of_ones_own_are_added_and_broken_ones_refused() {
    let document = |text: &str| vec![Input::text("house.ttl", format!("{PREFIXES}{text}"))];
    let rule = ":rule a sh:NodeShape ; sh:targetClass dcat:Dataset ; sh:property :owned . :owned sh:path :owner ; sh:minCount 1 .";
    let mesh = Isogloss::in_memory();
    mesh.ingest(turtle("shop", NAMELESS)).unwrap();
    let found = |shapes: ShapeSet| {
        mesh.snapshot()
            .validate(&Validation::new(shapes))
            .unwrap()
            .violations()
    };
    assert_eq!(found(ShapeSet::with(document(rule)).unwrap()), 2);
    assert_eq!(found(ShapeSet::only(document(rule)).unwrap()), 1);
    let syntax = ShapeSet::with(document("this is no Turtle"));
    assert!(
        matches!(
            syntax,
            Err(Error::ShapesNotRead { .. } | Error::Connector(_))
        ),
        "{syntax:?}"
    );
    let shape = ShapeSet::only(document(":rule a sh:PropertyShape ."));
    assert!(matches!(shape, Err(Error::Shapes(_))), "{shape:?}");
    let unchecked = ShapeSet::only(document(":rule a sh:NodeShape ; sh:sparql [] .")).unwrap();
    let strict = Ingest {
        check: Some(Check {
            shapes: unchecked,
            strict: true,
        }),
        ..turtle("more", ":a dcterms:title \"A\" .")
    };
    assert!(matches!(
        mesh.ingest(strict),
        Err(Error::ShapesNotRead { .. })
    ));
}

#[test]
fn what_follows_is_asked_by_name_and_kept_up_to_date() {
    let mesh = Isogloss::in_memory();
    mesh.ingest(turtle(
        "terms",
        ":revenue skos:broader :income . :income skos:broader :money .",
    ))
    .unwrap();
    let query = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?b { <urn:x:revenue> skos:broaderTransitive ?b }";
    assert_eq!(rows(&mesh, None, query), 0);
    assert_eq!(rows(&mesh, Some(Regime::Skos), query), 2);
    assert_eq!(rows(&mesh, Some(Regime::Rdfs), query), 0);
    let graphs = "SELECT DISTINCT ?g { GRAPH ?g { <urn:x:revenue> ?p <urn:x:money> } }";
    assert_eq!(rows(&mesh, Some(Regime::Skos), graphs), 1);
    mesh.ingest(turtle("more", ":money skos:broader :everything ."))
        .unwrap();
    assert_eq!(rows(&mesh, Some(Regime::Skos), query), 3);
    let work = *mesh.snapshot().entailment(Regime::Skos).unwrap().work();
    assert!(work.incremental && work.changed == 1, "{work:?}");
    mesh.ingest(turtle("terms", ":revenue skos:broader :income ."))
        .unwrap();
    assert_eq!(rows(&mesh, Some(Regime::Skos), query), 1);
    assert_eq!(rows(&mesh, None, query), 0);
}

#[test]
fn a_proof_ends_in_claims_and_their_sources() {
    let mesh = Isogloss::in_memory();
    mesh.ingest(turtle("one", ":a skos:broader :b .")).unwrap();
    mesh.ingest(turtle("two", ":b skos:broader :c .")).unwrap();
    let far = read_statement("urn:x:a", "skos:broaderTransitive", "<urn:x:c>").unwrap();
    let proof = mesh.snapshot().why(&far, Regime::Skos).unwrap().unwrap();
    let text = proof.to_string();
    assert!(text.contains("by skos-broader-transitive"), "{text}");
    assert!(
        text.contains("says one") && text.contains("says two"),
        "{text}"
    );
    let not = read_statement("urn:x:c", "skos:broaderTransitive", "urn:x:a").unwrap();
    assert_eq!(mesh.snapshot().why(&not, Regime::Skos).unwrap(), None);
    for (subject, predicate, object) in [
        ("\"a\"", "rdf:type", "urn:x:C"),
        ("urn:x:a", "_:b", "urn:x:C"),
        ("", "rdf:type", "urn:x:C"),
    ] {
        let read = read_statement(subject, predicate, object);
        assert!(matches!(read, Err(Error::InvalidTerm { .. })), "{read:?}");
    }
}
