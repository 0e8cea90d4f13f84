//! SPARQL Update: what it writes where, who may, and that a request happens as a whole or not at all.

use std::collections::BTreeSet;
use std::time::Duration;

use graph_core::rdf::Literal;
use graph_core::sparql::{
    GraphChoice, MayWrite, ParseLimits, QueryOptions, Update, UpdateOptions, UpdateReport,
};
use graph_core::{Budget, Error, Result, Store, Version};
use oxigraph::model::GraphName;
use oxigraph::sparql::SparqlEvaluator;
use oxigraph::store::Store as Oracle;
use proptest::prelude::*;

use crate::oracle::ours;
use crate::support::*;

fn parse(text: &str) -> Result<Update> {
    let text = format!("PREFIX : <http://example.com/> PREFIX g: <http://graph.example/> {text}");
    Update::parse(&text, None, &ParseLimits::default())
}

fn with(store: &Store, text: &str, options: &UpdateOptions) -> Result<UpdateReport> {
    store.update(&parse(text)?, options)
}

fn update(store: &Store, text: &str) -> Result<UpdateReport> {
    with(store, text, &UpdateOptions::default())
}

/// What the sources say, without the source of each line.
fn says(store: &Store, name: &str) -> Vec<String> {
    let claims = claims(&store.snapshot()).into_iter();
    let own = claims.filter(|(source, _)| source == name);
    own.map(|(_, statement)| statement.replace("http://example.com/", ""))
        .collect()
}

#[test]
fn a_request_is_one_version_and_later_operations_see_earlier_ones() {
    let store = Store::in_memory();
    let report = update(
        &store,
        "INSERT DATA { :a :p 1 } ;
         INSERT { GRAPH g:x { ?s :q ?o } } WHERE { ?s :p ?o } ;
         DELETE { ?s :p ?o } INSERT { ?s :p 2 } WHERE { ?s :p ?o . GRAPH g:x { ?s :q ?o } } ;
         CREATE GRAPH <urn:isogloss:source:empty>",
    )
    .unwrap();
    assert_eq!(report.version, Version(1));
    assert_eq!((report.added, report.removed), (2, 0));
    let number = |n| format!("\"{n}\"^^<http://www.w3.org/2001/XMLSchema#integer>");
    assert_eq!(says(&store, "people"), [format!("<a> <p> {}", number(2))]);
    assert_eq!(
        says(&store, "http://graph.example/x"),
        [format!("<a> <q> {}", number(1))]
    );
    let snapshot = store.snapshot();
    let empty = snapshot.source_id(&source("empty")).unwrap();
    assert_eq!(snapshot.source_info(empty).unwrap().statements, 0);
    let again = update(&store, "INSERT DATA { :a :p 2 }").unwrap();
    assert_eq!((again.version, again.added), (Version(1), 0));
}

#[test]
fn a_request_that_fails_late_changes_nothing() {
    let store = Store::in_memory();
    update(&store, "INSERT DATA { :a :p 1 GRAPH g:x { :a :p 2 } }").unwrap();
    let before = claims(&store.snapshot());
    for text in [
        "DELETE WHERE { ?s ?p ?o } ; DROP GRAPH g:nowhere",
        "CLEAR ALL ; CREATE GRAPH g:x",
        "DROP GRAPH g:x ; COPY g:x TO g:y",
        "CLEAR DEFAULT ; MOVE GRAPH g:nowhere TO DEFAULT",
        "ADD g:nowhere TO g:x",
    ] {
        let error = update(&store, text).unwrap_err();
        assert!(
            matches!(
                error,
                Error::UnknownGraph { .. } | Error::GraphExists { .. }
            ),
            "{text}: {error}"
        );
        assert_eq!(claims(&store.snapshot()), before, "{text}");
    }
    assert_eq!(store.snapshot().version(), Version(1));
    for text in [
        "DROP SILENT GRAPH g:nowhere",
        "CREATE SILENT GRAPH g:x",
        "COPY SILENT g:nowhere TO g:x",
        "MOVE SILENT g:nowhere TO DEFAULT",
        "LOAD SILENT <http://nowhere.example/>",
        "COPY g:x TO g:x",
    ] {
        update(&store, text).unwrap();
        assert_eq!(claims(&store.snapshot()), before, "{text}");
    }
}

#[test]
fn what_a_connector_says_is_not_changed_unless_allowed() {
    let store = Store::in_memory();
    store
        .commit(replace("dbt", vec![link("a", "p", "b")]))
        .unwrap();
    let dbt = "GRAPH <urn:isogloss:source:dbt>";
    for text in [
        format!("INSERT DATA {{ {dbt} {{ :a :p :c }} }}"),
        format!("DELETE {{ {dbt} {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}"),
        "CLEAR SILENT ALL".to_owned(),
        format!("DROP {dbt}"),
        "ADD DEFAULT TO <urn:isogloss:source:dbt>".to_owned(),
        "INSERT DATA { GRAPH <urn:isogloss:entailment:rdfs> { :a :p :c } }".to_owned(),
    ] {
        let error = update(&store, &text).unwrap_err();
        assert!(
            matches!(error, Error::UpdateRefused { .. }),
            "{text}: {error}"
        );
    }
    // The merged view shows it, but an update without GRAPH only takes away what people say.
    update(&store, "INSERT DATA { :a :p :b , :c }").unwrap();
    update(&store, "DELETE WHERE { :a :p ?o }").unwrap();
    assert_eq!(says(&store, "people"), Vec::<String>::new());
    assert_eq!(says(&store, "dbt"), ["<a> <p> <b>"]);
    let listed = UpdateOptions {
        may_write: MayWrite::Listed(vec![source("dbt")]),
        ..UpdateOptions::default()
    };
    assert!(with(&store, "INSERT DATA { :a :p :c }", &listed).is_err());
    let text = format!("INSERT DATA {{ {dbt} {{ :a :p :c }} }}");
    with(&store, &text, &listed).unwrap();
    let snapshot = store.snapshot();
    let info = snapshot.source_info(snapshot.source_id(&source("dbt")).unwrap());
    assert_eq!(
        info.unwrap().kind,
        "test",
        "the source stays the connector's"
    );
}

#[test]
fn blank_nodes_are_made_for_each_row_and_can_be_removed_again() {
    let store = Store::in_memory();
    update(&store, "INSERT DATA { :a :p 1 . :b :p 2 . _:x :q _:x }").unwrap();
    update(&store, "INSERT { ?s :has [ :n ?n ] } WHERE { ?s :p ?n }").unwrap();
    update(&store, "INSERT { ?s :has [ :n ?n ] } WHERE { ?s :p ?n }").unwrap();
    let nodes = "SELECT DISTINCT ?x { ?s <http://example.com/has> ?x }";
    assert_eq!(ours(&store.snapshot(), nodes).len(), 4);
    let text = "DELETE { ?s :has ?x . ?x :n ?n } WHERE { ?s :has ?x . ?x :n ?n } ;
        DELETE WHERE { ?x :q ?x }";
    update(&store, text).unwrap();
    assert_eq!(store.snapshot().len(), 2);
    // In one request: the second operation knows the nodes that the first one makes in a source that is new.
    let text = "INSERT DATA { GRAPH g:new { [] :n 1 , 2 } } ;
        DELETE { GRAPH g:new { ?x :n 1 } } INSERT { GRAPH g:new { ?x :m ?x } } WHERE { GRAPH g:new { ?x :n 2 } }";
    update(&store, text).unwrap();
    let one = "SELECT ?x { GRAPH <http://graph.example/new> { ?x <http://example.com/n> 2 ; <http://example.com/m> ?x } }";
    assert_eq!(ours(&store.snapshot(), one).len(), 1);
    assert_eq!(says(&store, "http://graph.example/new").len(), 2);
    // A node keeps what it is on the way to another source and back.
    update(&store, "COPY g:new TO g:copy ; ADD g:copy TO g:new").unwrap();
    assert_eq!(says(&store, "http://graph.example/new").len(), 2);
}

#[test]
fn an_update_runs_under_budgets() {
    let store = Store::in_memory();
    let many = (0..300).map(|n| fact(&format!("s{n}"), "p", Literal::from(n)));
    store.commit(replace("many", many.collect())).unwrap();
    let over = |text: &str, options: UpdateOptions| match with(&store, text, &options) {
        Err(Error::OverBudget { budget }) => budget,
        other => panic!("{other:?}"),
    };
    let cross = "INSERT { ?a :q ?b } WHERE { ?a :p ?x . ?b :p ?y }";
    let written = UpdateOptions {
        max_written: 1000,
        ..UpdateOptions::default()
    };
    assert_eq!(over(cross, written), Budget::Written(1000));
    let reads = UpdateOptions {
        query: QueryOptions {
            max_statements: 1000,
            ..QueryOptions::default()
        },
        ..UpdateOptions::default()
    };
    assert_eq!(over(cross, reads), Budget::Statements(1000));
    let late = UpdateOptions {
        query: QueryOptions {
            deadline: Some(Duration::ZERO),
            ..QueryOptions::default()
        },
        ..UpdateOptions::default()
    };
    assert_eq!(over(cross, late), Budget::Deadline(Duration::ZERO));
    assert_eq!(store.snapshot().version(), Version(1));
}

#[test]
fn what_cannot_be_done_is_refused_when_it_is_read() {
    for text in [
        "LOAD <file:///etc/passwd>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://e/> { ?s ?p ?o } }",
    ] {
        assert!(
            matches!(parse(text), Err(Error::QueryRefused { .. })),
            "{text}"
        );
    }
    assert!(matches!(
        parse("SELECT * { ?s ?p ?o }"),
        Err(Error::QuerySyntax { .. })
    ));
    let deep = format!("DELETE WHERE {{ :a :p {} }}", "[ :p ".repeat(3000));
    assert!(matches!(parse(&deep), Err(Error::QueryTooLarge { .. })));
    let store = Store::in_memory();
    let chosen = UpdateOptions {
        query: QueryOptions {
            graphs: Some(GraphChoice::default()),
            ..QueryOptions::default()
        },
        ..UpdateOptions::default()
    };
    let text = "WITH g:x DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }";
    assert!(matches!(
        with(&store, text, &chosen),
        Err(Error::QueryRefused { .. })
    ));
}

fn graph() -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(vec!["", "g:x", "g:y"])
}

fn within(graph: &str, inner: &str) -> String {
    if graph.is_empty() {
        inner.to_owned()
    } else {
        format!("GRAPH {graph} {{ {inner} }}")
    }
}

fn reference(graph: &str) -> String {
    if graph.is_empty() {
        "DEFAULT".to_owned()
    } else {
        format!("GRAPH {graph}")
    }
}

fn operation() -> impl Strategy<Value = String> {
    let triple = (0_u8..4, 0_u8..2, 0_u8..4).prop_map(|(s, p, o)| format!(":t{s} :p{p} :t{o} ."));
    let data = (graph(), prop::collection::vec(triple, 1..4));
    let pair = || (graph(), graph());
    prop_oneof![
        4 => data.clone().prop_map(|(g, d)| format!("INSERT DATA {{ {} }}", within(g, &d.concat()))),
        2 => data.prop_map(|(g, d)| format!("DELETE DATA {{ {} }}", within(g, &d.concat()))),
        2 => pair().prop_map(|(g, h)| format!("INSERT {{ {} }} WHERE {{ {} }}", within(g, "?o :p0 ?s"), within(h, "?s :p1 ?o"))),
        2 => pair().prop_map(|(g, h)| format!("DELETE {{ {} }} INSERT {{ {} }} WHERE {{ {} }}", within(g, "?s ?p ?o"), within(h, "?s :p1 ?s"), within(g, "?s ?p ?o . ?o ?q ?r"))),
        1 => Just("INSERT { GRAPH ?g { :t0 :p0 :t0 } } WHERE { GRAPH ?g { :t1 ?p ?o } }".to_owned()),
        1 => Just("WITH g:x DELETE { ?s ?p ?o } WHERE { ?s ?p ?o . GRAPH g:y { ?o ?q ?r } }".to_owned()),
        1 => Just("DELETE { ?s ?p ?o } USING g:x USING NAMED g:y WHERE { ?s ?p ?o . GRAPH ?g { ?s ?p ?o } }".to_owned()),
        1 => graph().prop_map(|g| format!("CLEAR SILENT {}", reference(g))),
        1 => graph().prop_map(|g| format!("DROP SILENT {}", reference(g))),
        3 => (prop::sample::select(vec!["ADD", "COPY", "MOVE"]), pair()).prop_map(|(how, (g, h))| format!("{how} SILENT {} TO {}", reference(g), reference(h))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_updates_do_what_oxigraph_does(
        requests in prop::collection::vec(prop::collection::vec(operation(), 1..4), 1..6),
    ) {
        let (store, oracle) = (Store::in_memory(), Oracle::new().unwrap());
        // Theirs makes every copy, and empties the other graph, when the one to copy from does not exist.
        let all = "CREATE SILENT GRAPH g:x ; CREATE SILENT GRAPH g:y";
        let options = UpdateOptions {
            query: QueryOptions { default_graph: Some(source("people")), ..QueryOptions::default() },
            ..UpdateOptions::default()
        };
        for request in &requests {
            let text = format!("{all} ; {}", request.join(&format!(" ; {all} ; ")));
            with(&store, &text, &options).unwrap();
            let text = format!("PREFIX : <http://example.com/> PREFIX g: <http://graph.example/> {text}");
            SparqlEvaluator::new().parse_update(&text).unwrap().on_store(&oracle).execute().unwrap();
            let theirs: BTreeSet<Claim> = oracle.iter().map(|quad| {
                let quad = quad.unwrap();
                let source = match &quad.graph_name {
                    GraphName::NamedNode(node) => node.as_str().to_owned(),
                    _ => "people".to_owned(),
                };
                (source, format!("{} {} {}", quad.subject, quad.predicate, quad.object))
            }).collect();
            prop_assert_eq!(claims(&store.snapshot()), theirs, "{}", text);
        }
    }
}
