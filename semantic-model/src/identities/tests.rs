//! Names of one table in different systems' spelling.

use expect_test::expect;
use graph_core::rdf::{Literal, NamedNode, Statement};
use graph_core::{Change, Commit, Store, Timestamp};
use ontologies::{csvw, dcat, rdf};

use super::*;
use crate::merge::{PEOPLE, default_rules};

fn node(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("urn:x:{name}"))
}

fn word(iri: &str) -> NamedNode {
    NamedNode::new_unchecked(iri)
}

fn text(subject: &str, predicate: &str, value: &str) -> Statement {
    Statement::new(node(subject), word(predicate), Literal::from(value))
}

fn link_to(subject: &str, predicate: &str, object: &str) -> Statement {
    Statement::new(node(subject), word(predicate), node(object))
}

/// A table with a physical name and columns.
fn table(name: &str, physical: &str, columns: &[&str]) -> Vec<Statement> {
    let schema = format!("{name}/schema");
    let mut said = vec![
        Statement::new(node(name), word(rdf::TYPE), word(dcat::DATASET_CLASS)),
        link_to(name, csvw::TABLE_SCHEMA, &schema),
    ];
    if !physical.is_empty() {
        said.push(text(name, iso::QUALIFIED_NAME, physical));
    }
    for column in columns {
        let id = format!("{name}/{column}");
        said.push(link_to(&schema, csvw::COLUMN, &id));
        said.push(text(&id, csvw::NAME, column));
        said.push(Statement::new(
            node(&id),
            word(rdf::TYPE),
            word(csvw::COLUMN_CLASS),
        ));
    }
    said
}

fn commit(store: &Store, source: &str, kind: &str, statements: Vec<Statement>) {
    let commit = Commit {
        source: source.parse().unwrap(),
        kind: kind.to_owned(),
        actor: "ann".to_owned(),
        time: Timestamp(0),
        change: Change::Replace(statements),
    };
    store.commit(commit).unwrap();
}

fn store() -> Store {
    let store = Store::in_memory();
    store.set_merge_rules(default_rules()).unwrap();
    store
}

fn id(graph: &Snapshot, name: &str) -> TermId {
    graph.id_of_iri(node(name).as_str()).unwrap()
}

fn shown(graph: &Snapshot, links: &[Link]) -> String {
    let line = |link: &Link| {
        let source = |id: &SourceId| graph.source_info(*id).unwrap().name.to_string();
        let sources: Vec<String> = link.sources.iter().map(source).collect();
        let line = format!(
            "{:.2} {} {} {}: {} [{}]\n",
            link.confidence,
            link.rule.as_str(),
            graph.text(link.one),
            graph.text(link.other),
            link.because,
            sources.join(" ")
        );
        line.replace("urn:x:", "")
    };
    links.iter().map(line).collect()
}

/// One table as a database, a dbt project and a contract spell it.
fn three() -> Store {
    let store = store();
    let name = "snowflake://shop.public.orders";
    commit(
        &store,
        "db",
        "snowflake",
        table("db", name, &["ORDER_ID", "Total"]),
    );
    commit(
        &store,
        "dbt",
        "dbt",
        table("dbt", name, &["order_id", "total"]),
    );
    commit(
        &store,
        "contract",
        "odcs",
        table("contract", name, &["order_id"]),
    );
    store
}

#[test]
fn every_join_names_its_rule_and_how_sure_it_is() {
    let store = three();
    let graph = store.snapshot();
    let links_of_table = links(&graph, id(&graph, "dbt"));
    expect![[r#"
        0.99 qualified-name contract dbt: both are `snowflake://shop.public.orders` [dbt contract]
        0.99 qualified-name db contract: both are `snowflake://shop.public.orders` [db contract]
        0.99 qualified-name db dbt: both are `snowflake://shop.public.orders` [db dbt]
    "#]]
    .assert_eq(&shown(&graph, &links_of_table));
    let (one, other) = (id(&graph, "db/ORDER_ID"), id(&graph, "dbt/order_id"));
    let way = why(&graph, one, other).unwrap();
    expect![[r"
        0.94 part-name-case db/ORDER_ID dbt/order_id: both are `ORDER_ID` but for the case of `db/schema` and `dbt/schema`, which are one [db dbt]
    "]]
    .assert_eq(&shown(&graph, &way));
    assert!(why(&graph, one, id(&graph, "dbt/total")).is_none());
}

#[test]
fn columns_that_only_their_case_tells_apart_stay_apart() {
    let store = store();
    let name = "postgres://shop.public.orders";
    commit(&store, "db", "postgres", table("db", name, &["id", "ID"]));
    commit(&store, "dbt", "dbt", table("dbt", name, &["Id"]));
    commit(&store, "contract", "odcs", table("contract", name, &["id"]));
    let graph = store.snapshot();
    let canonical = |name: &str| graph.canonical(id(&graph, name));
    assert_eq!(canonical("db/id"), canonical("contract/id"));
    assert_ne!(canonical("db/id"), canonical("db/ID"));
    assert_ne!(canonical("dbt/Id"), canonical("db/id"));
}

#[test]
fn a_refusal_parts_two_names_and_outlives_their_sources() {
    let store = three();
    let refusal = || vec![link_to("dbt", owl::DIFFERENT_FROM, "db")];
    commit(&store, "people", PEOPLE, refusal());
    commit(&store, "dbt", "dbt", Vec::new());
    let name = "snowflake://shop.public.orders";
    commit(&store, "dbt", "dbt", table("dbt", name, &["order_id"]));
    let graph = store.snapshot();
    let (db, dbt) = (id(&graph, "db"), id(&graph, "dbt"));
    assert!(why(&graph, db, dbt).is_none());
    assert!(are_apart(&graph, db, dbt) && are_apart(&graph, dbt, db));
    assert_eq!(refusals(&graph, db).len(), 1);
    let model = Model::new(&graph);
    let twins = |name| {
        let twins = model.dataset(node(name).as_str()).unwrap().twins();
        twins.iter().map(|twin| twin.iri()).collect::<Vec<_>>()
    };
    assert!(
        !twins("db").contains(&"urn:x:dbt".to_owned()),
        "{:?}",
        twins("db")
    );
    commit(&store, "people", PEOPLE, Vec::new());
    let graph = store.snapshot();
    assert!(why(&graph, id(&graph, "db"), id(&graph, "dbt")).is_some());
}

#[test]
fn who_may_not_refuse_does_not() {
    let store = three();
    commit(
        &store,
        "tool",
        "rdf",
        vec![link_to("dbt", owl::DIFFERENT_FROM, "db")],
    );
    let graph = store.snapshot();
    assert!(refusals(&graph, id(&graph, "db")).is_empty());
    assert!(why(&graph, id(&graph, "db"), id(&graph, "dbt")).is_some());
}

/// Tables of one name in several systems, none of which surely is another.
fn namesakes() -> Store {
    let store = store();
    let columns = ["order_id", "total", "placed_at"];
    for (source, kind, physical, columns) in [
        (
            "db",
            "postgres",
            "postgres://shop.public.orders",
            &columns[..],
        ),
        (
            "lines",
            "catalog-lines",
            "postgres://public.orders",
            &["ORDER_ID", "total"],
        ),
        ("lake", "iceberg", "s3://lake.orders", &columns[..]),
        (
            "other",
            "postgres",
            "postgres://test.public.orders",
            &columns[..],
        ),
    ] {
        commit(&store, source, kind, table(source, physical, columns));
    }
    store
}

fn listed(graph: &Snapshot, at_least: f64) -> String {
    let request = CandidateRequest {
        at_least,
        ..CandidateRequest::default()
    };
    let found = candidates(&Model::new(graph), request);
    let line = |it: &Candidate| {
        let names = [graph.text(it.one), graph.text(it.other)].join(" ");
        let line = format!(
            "{:.2} {} {names}: {}\n",
            it.confidence,
            it.rule.as_str(),
            it.because
        );
        line.replace("urn:x:", "")
    };
    found.pairs.iter().map(line).collect()
}

#[test]
fn what_is_too_unsure_is_listed_and_not_joined() {
    let store = namesakes();
    let graph = store.snapshot();
    expect![[r"
        0.85 partial-name db lines: `public.orders` may be `shop.public.orders`; 2 of 3 columns are called the same
        0.85 partial-name lines other: `public.orders` may be `test.public.orders`; 2 of 3 columns are called the same
        0.75 same-columns db lake: both are called `orders`; 3 of 3 columns are called the same
        0.75 same-columns lake other: both are called `orders`; 3 of 3 columns are called the same
        0.50 same-columns lake lines: both are called `orders`; 2 of 3 columns are called the same
    "]]
    .assert_eq(&listed(&graph, 0.45));
    assert_eq!(graph.merge_stats().groups, 0);
    let refusal = vec![link_to("lines", owl::DIFFERENT_FROM, "db")];
    commit(&store, "people", PEOPLE, refusal);
    let found = listed(&store.snapshot(), 0.45);
    assert_eq!(found.lines().count(), 4, "{found}");
    assert!(!found.contains(" db lines:"), "{found}");
}
