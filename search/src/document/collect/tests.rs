use expect_test::expect;
use graph_core::rdf::{Literal, NamedNode, RdfTerm, Statement};
use graph_core::{Change, Commit, Store, Timestamp};
use ontologies::{csvw, dcat, dcterms, dprod, iso, rdf, skos};

use super::*;
use crate::index::{Index, IndexOptions};
use crate::resolve::ResolveRequest;

fn iri(path: &str) -> NamedNode {
    let full = if path.contains("://") {
        path.to_owned()
    } else {
        format!("urn:isogloss:{path}")
    };
    NamedNode::new(full).expect("a well-formed IRI")
}

fn link(subject: &str, predicate: &str, object: &str) -> Statement {
    Statement::new(iri(subject), iri(predicate), RdfTerm::from(iri(object)))
}

fn say(subject: &str, predicate: &str, text: &str) -> Statement {
    Statement::new(iri(subject), iri(predicate), Literal::from(text))
}

fn mesh() -> Store {
    let (domain, product, dataset) = (
        "domain:mesh/sales",
        "product:mesh/sales/orders",
        "dataset:shop/ord_hdr",
    );
    let (schema, column, term) = (
        "schema:shop/ord_hdr",
        "column:shop/ord_hdr/cust_no",
        "term:glossary/client",
    );
    let statements = vec![
        link(domain, rdf::TYPE, iso::DOMAIN),
        say(domain, skos::PREF_LABEL, "Sales"),
        link(product, rdf::TYPE, dprod::DATA_PRODUCT),
        say(product, iso::NAME, "orders"),
        say(product, dcterms::TITLE, "Order book"),
        link(product, dprod::DOMAIN, domain),
        link(product, dprod::OUTPUT_DATASET, dataset),
        link(dataset, rdf::TYPE, dcat::DATASET_CLASS),
        say(dataset, iso::NAME, "ord_hdr"),
        say(dataset, dcterms::DESCRIPTION, "One row for each purchase."),
        say(dataset, dcat::KEYWORD, "sales order"),
        link(dataset, csvw::TABLE_SCHEMA, schema),
        link(schema, csvw::COLUMN, column),
        link(column, rdf::TYPE, csvw::COLUMN_CLASS),
        say(column, csvw::NAME, "cust_no"),
        link(column, iso::REPRESENTS, term),
        link(term, rdf::TYPE, iso::TERM),
        say(term, skos::PREF_LABEL, "Client"),
        say(term, skos::ALT_LABEL, "account holder"),
        say(term, skos::DEFINITION, "Whoever buys."),
    ];
    let store = Store::in_memory();
    let commit = Commit {
        source: "shop".try_into().expect("a source name"),
        kind: "test".to_owned(),
        actor: "test".to_owned(),
        time: Timestamp(0),
        change: Change::Replace(statements),
    };
    store.commit(commit).expect("an in-memory commit");
    store
}

fn show(documents: &Documents) -> String {
    let entity = |entity: &Entity| {
        let Entity {
            name,
            label,
            description,
            synonyms,
            sources,
            ..
        } = entity;
        format!("{name} {label:?} {description:?} {synonyms:?} {sources:?}")
    };
    let mut lines: Vec<String> = Vec::new();
    lines.extend(documents.domains.iter().map(|d| entity(&d.entity)));
    lines.extend(
        documents
            .products
            .iter()
            .map(|d| format!("{} domain {:?}", entity(&d.entity), d.domain)),
    );
    lines.extend(
        documents
            .datasets
            .iter()
            .map(|d| format!("{} products {:?}", entity(&d.entity), d.products)),
    );
    lines.extend(
        documents
            .columns
            .iter()
            .map(|d| format!("{} dataset {}", entity(&d.entity), d.dataset)),
    );
    lines.extend(
        documents
            .terms
            .iter()
            .map(|d| format!("{} columns {:?}", entity(&d.entity), d.columns)),
    );
    lines.extend(
        documents
            .others
            .iter()
            .map(|d| format!("{} {}", entity(&d.entity), d.kind)),
    );
    lines.join("\n")
}

#[test]
fn documents_are_read_from_the_graph() {
    let snapshot = mesh().snapshot();
    let model = Model::new(&snapshot);
    expect![[r#"
        Sales None None [] ["shop"]
        orders Some("Order book") None [] ["shop"] domain Some(0)
        ord_hdr None Some("One row for each purchase.") ["sales order"] ["shop"] products [0]
        cust_no None None [] ["shop"] dataset 0
        Client None Some("Whoever buys.") ["account holder"] ["shop"] columns [0]
        shop None None [] ["shop"] source"#]]
    .assert_eq(&show(&collect(&model, false, None)));
    expect![[r#"
        Sales None None [] ["shop"]
        orders None None [] ["shop"] domain Some(0)
        ord_hdr None None [] ["shop"] products [0]
        cust_no None None [] ["shop"] dataset 0
        Client None None [] ["shop"] columns [0]
        shop None None [] ["shop"] source"#]]
    .assert_eq(&show(&collect(&model, true, None)));
}

#[test]
fn the_words_of_a_term_lead_to_its_column() {
    let snapshot = mesh().snapshot();
    let index = Index::build(&snapshot, &IndexOptions::default()).expect("a sound graph");
    let resolution = index.resolve(&ResolveRequest::new("account holder of a purchase"));
    assert_eq!(
        resolution.columns[0].iri,
        "urn:isogloss:column:shop/ord_hdr/cust_no"
    );
    assert_eq!(
        resolution.products[0].iri,
        "urn:isogloss:product:mesh/sales/orders"
    );
}
