use crate::document::{ColumnDoc, DatasetDoc, Documents, Entity, ProductDoc, TermDoc};
use crate::{Index, ResolveRequest, Tuning};

fn named(name: &str) -> Entity {
    Entity {
        iri: format!("urn:example:{name}"),
        name: name.to_owned(),
        ..Entity::default()
    }
}

/// Makes a catalog of datasets, one a product, from lines of a name and columns.
fn documents(lines: &[&str]) -> Documents {
    let mut documents = Documents::default();
    for (at, line) in lines.iter().enumerate() {
        let mut words = line.split(' ');
        let table = words.next().unwrap_or_default();
        documents.products.push(ProductDoc {
            entity: named(&format!("{table}_product")),
            ..ProductDoc::default()
        });
        documents.datasets.push(DatasetDoc {
            entity: named(table),
            products: vec![at],
            ..DatasetDoc::default()
        });
        documents.columns.extend(words.map(|column| ColumnDoc {
            entity: named(&format!("{table}.{column}")),
            dataset: at,
            ..ColumnDoc::default()
        }));
    }
    for column in &mut documents.columns {
        let (_, name) = column
            .entity
            .name
            .split_once('.')
            .expect("a dataset and a column");
        column.entity.name = name.to_owned();
    }
    documents
}

fn index(lines: &[&str]) -> Index {
    Index::from_documents(documents(lines), &Tuning::default()).expect("a sound catalog")
}

fn first_column(index: &Index, text: &str) -> String {
    let resolution = index.resolve(&ResolveRequest::new(text));
    let first = resolution.columns.first();
    first.map_or_else(String::new, |column| column.iri.clone())
}

#[test]
fn shortened_names_are_read_by_what_stands_around_them() {
    let index = index(&[
        "reviewer rid nm",
        "activity actid rank",
        "slot start_min end_min",
        "results hthg ftr",
    ]);
    for (text, column) in [
        ("reviewer id", "urn:example:reviewer.rid"),
        ("activity id", "urn:example:activity.actid"),
        ("start minute", "urn:example:slot.start_min"),
        ("full time result", "urn:example:results.ftr"),
    ] {
        assert_eq!(first_column(&index, text), column, "{text}");
    }
}

#[test]
fn words_in_a_row_are_found_as_one_short_word() {
    let index = index(&[
        "results hthg htag lba season",
        "matches home_team away_team goals season",
        "economy gdp inflation",
        "films gross domestic_product_placement",
    ]);
    for (text, column) in [
        ("half time home goals", "urn:example:results.hthg"),
        ("half time away team goals", "urn:example:results.htag"),
        ("ladbrokes away odds", "urn:example:results.lba"),
        ("gross domestic product", "urn:example:economy.gdp"),
    ] {
        let resolution = index.resolve(&ResolveRequest::new(text));
        let first = resolution.columns.iter().take(3);
        let first: Vec<&str> = first.map(|one| one.iri.as_str()).collect();
        assert!(first.contains(&column), "{text}: {first:?}");
    }
}

#[test]
fn other_phrases_for_the_same_are_understood() {
    let index = index(&[
        "people first_name last_name zip",
        "families family_size street",
        "orders order_no vendor",
    ]);
    for (text, column) in [
        ("surname", "urn:example:people.last_name"),
        ("family name", "urn:example:people.last_name"),
        ("forename", "urn:example:people.first_name"),
        ("postal code", "urn:example:people.zip"),
        ("suppliers", "urn:example:orders.vendor"),
    ] {
        assert_eq!(first_column(&index, text), column, "{text}");
    }
}

fn products_for(index: &Index, text: &str) -> Vec<String> {
    let resolution = index.resolve(&ResolveRequest::new(text));
    let products = resolution.products.into_iter();
    products.map(|product| product.iri).collect()
}

#[test]
fn the_name_of_a_product_counts_though_it_has_a_capital() {
    let index = index(&[
        "transfers sender amount",
        "cronos_transfers recipient amount",
        "schools name city",
    ]);
    let text = "which sender made the most transfers of an amount on Cronos";
    assert_eq!(
        products_for(&index, text)[0],
        "urn:example:cronos_transfers_product"
    );
    // A capital among others is part of somebody's name.
    let text = "how many transfers were made to Amundsen Schools by a sender";
    assert_eq!(
        products_for(&index, text)[0],
        "urn:example:transfers_product"
    );
}

#[test]
fn a_glossary_that_names_the_question_lifts_its_product() {
    let line = |name: &str| format!("{name} match_id winner margin");
    let lines = [line("matches_a"), line("matches_b")];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut documents = documents(&lines);
    let text = "which matches have a winning margin above 100?";
    let plain = Index::from_documents(documents.clone(), &Tuning::default()).expect("a catalog");
    assert_eq!(
        products_for(&plain, text)[0],
        "urn:example:matches_a_product"
    );
    documents.terms.push(TermDoc {
        entity: named("winning margin"),
        product: Some(1),
        ..TermDoc::default()
    });
    let lifted = Index::from_documents(documents, &Tuning::default()).expect("a catalog");
    assert_eq!(
        products_for(&lifted, text)[0],
        "urn:example:matches_b_product"
    );
}

#[test]
fn an_answer_says_what_it_was_judged_by() {
    let index = index(&["orders order_no customer_no", "customers customer_no name"]);
    let request = ResolveRequest::new("orders of a customer");
    let explained = index.explain(&request);
    assert!(!explained.evidence.is_empty() && !explained.considered.is_empty());
    let plain = index.resolve(&request);
    assert!(plain.evidence.is_empty() && plain.considered.is_empty());
    assert_eq!(plain.products, explained.products);
    assert_eq!(plain.outcome, explained.outcome);
}
