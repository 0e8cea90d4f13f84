use crate::document::{ColumnDoc, DatasetDoc, Documents, Entity, ProductDoc};
use crate::{Index, ResolveRequest, Tuning};

fn named(name: &str) -> Entity {
    Entity {
        iri: format!("urn:example:{name}"),
        name: name.to_owned(),
        ..Entity::default()
    }
}

/// Makes a catalog of datasets, one a product, from lines of a name and columns.
fn index(lines: &[&str]) -> Index {
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
    Index::from_documents(documents, &Tuning::default()).expect("a sound catalog")
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
