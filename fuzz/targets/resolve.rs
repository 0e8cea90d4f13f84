//! Any text, in any context, asked of a small mesh: resolve, search and completion answer in bounded time, without a panic.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use search::document::{ColumnDoc, DatasetDoc, Documents, DomainDoc, Entity, ProductDoc, TermDoc};
use search::{Index, Outcome, ResolveRequest, SearchRequest, Tuning};

fn entity(kind: &str, name: &str, synonyms: &[&str]) -> Entity {
    Entity {
        iri: format!("urn:isogloss:{kind}:fuzz/{name}"),
        name: name.to_owned(),
        description: Some(format!("What is known of {name}.")),
        synonyms: synonyms.iter().map(|&synonym| synonym.to_owned()).collect(),
        ..Entity::default()
    }
}

/// A mesh with abbreviations, run-together names, values and words of other scripts.
fn mesh() -> Documents {
    let tables: [(&str, &[&str]); 4] = [
        ("cust_ord_dtl", &["customer_id", "ord_dt", "amt", "status"]),
        ("sales_by_store", &["storename", "city", "total"]),
        ("Straße_日本", &["größe", "名前"]),
        ("_stg_members", &["member_id", "zipcode"]),
    ];
    let mut documents = Documents {
        domains: vec![DomainDoc { entity: entity("domain", "Sales", &[]), ..DomainDoc::default() }],
        products: vec![ProductDoc {
            entity: entity("product", "Customer Orders", &["orders"]),
            domain: Some(0),
            ..ProductDoc::default()
        }],
        terms: vec![TermDoc {
            entity: entity("term", "active customer", &["client", "buyer"]),
            datasets: vec![0],
            ..TermDoc::default()
        }],
        ..Documents::default()
    };
    for (at, (name, columns)) in tables.into_iter().enumerate() {
        documents.datasets.push(DatasetDoc {
            entity: entity("dataset", name, &[]),
            products: if at < 2 { vec![0] } else { Vec::new() },
            ..DatasetDoc::default()
        });
        documents.columns.extend(columns.iter().map(|column| ColumnDoc {
            entity: entity("column", column, &[]),
            dataset: at,
            values: vec!["open".to_owned(), "New York".to_owned(), (*column).to_owned()],
            ..ColumnDoc::default()
        }));
    }
    documents
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| Index::from_documents(mesh(), &Tuning::default()).expect("the mesh is sound"))
}

fuzz_target!(|parts: (String, Option<String>, Option<String>, Option<String>, u8)| {
    let (text, domain, hint, recent, limit) = parts;
    let request = ResolveRequest {
        domain,
        hint,
        recent: recent.into_iter().collect(),
        limit: usize::from(limit),
        ..ResolveRequest::new(&text)
    };
    let index = index();
    let first = index.explain(&request);
    assert!((0.0..=1.0).contains(&first.answerability));
    assert_eq!(first.outcome == Outcome::Ambiguous, first.question.is_some());
    assert!(first.candidates.iter().all(|candidate| candidate.score.is_finite()));
    // The same question has the same answer.
    assert_eq!(first.candidates, index.explain(&request).candidates);
    drop(index.search(&SearchRequest::new(&text)));
    drop(index.suggest(&text, &[], 10));
});
