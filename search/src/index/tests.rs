use std::fmt::Write as _;
use std::sync::Arc;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use semantic_model::EntityKind;

use super::{FacetField, Index, SearchRequest, SearchResults};
use crate::document::{ColumnDoc, DatasetDoc, Documents, Entity};
use crate::fixture;
use crate::resolve::{ResolveRequest, Tuning};

fn lines(results: &SearchResults) -> String {
    let hit = |hit: &super::Hit| {
        let fields: Vec<&str> = hit.matched.iter().map(|m| m.field).collect();
        format!(
            "{} {} ({})",
            hit.kind,
            hit.iri.replace("urn:isogloss:", ""),
            fields.join(" ")
        )
    };
    results.hits.iter().map(hit).collect::<Vec<_>>().join("\n")
}

fn check(text: &str, expected: &Expect) {
    let results = fixture::index().search(&SearchRequest {
        limit: 4,
        ..SearchRequest::new(text)
    });
    expected.assert_eq(&format!(
        "{} of {}\n{}",
        results.hits.len(),
        results.total,
        lines(&results)
    ));
}

#[test]
fn search_finds_names_parts_and_descriptions() {
    check(
        "invoices",
        &expect![[r#"
        4 of 5
        dataset dataset:billing/invoices (name column)
        column column:billing/invoices/invoice_no (name dataset)
        column column:billing/invoices/amt (dataset)
        column column:billing/invoices/customer_id (dataset)"#]],
    );
    check(
        "Amount",
        &expect![[r#"
        2 of 2
        column column:billing/invoices/amt (name)
        dataset dataset:billing/invoices (column)"#]],
    );
    check(
        "legal name",
        &expect![[r#"
        2 of 2
        column column:billing/warehouses/haslegalname (name)
        dataset dataset:billing/warehouses (column)"#]],
    );
    check(
        "campaign clicks",
        &expect![[r#"
        4 of 4
        column column:audience/campaign_responses/clicked_at (name dataset)
        dataset dataset:audience/campaign_responses (name column column description)
        column column:audience/campaign_responses/campaign_id (name dataset)
        column column:audience/campaign_responses/customer_id (dataset)"#]],
    );
    check(
        "lost customer",
        &expect![[r#"
        4 of 20
        term term:glossary/churned-customer (name synonym description)
        dataset dataset:helpdesk/customers (name column)
        dataset dataset:billing/customers (name column)
        dataset dataset:audience/customers (name column)"#]],
    );
    check(
        "nothing-like-this-here",
        &expect![[r#"
        0 of 0
    "#]],
    );
}

#[test]
fn an_unknown_word_is_corrected() {
    let results = fixture::index().search(&SearchRequest::new("custmers"));
    assert_eq!(results.did_you_mean.as_deref(), Some("customers"));
    assert!(results.total > 0);
    let known = fixture::index().search(&SearchRequest::new("customers"));
    assert_eq!(known.did_you_mean, None);
}

#[test]
fn filters_and_facets_agree() {
    let index = fixture::index();
    let facets = vec![FacetField::Kind, FacetField::Domain, FacetField::Source];
    let all = index.search(&SearchRequest {
        facets,
        limit: 0,
        ..SearchRequest::new("customer")
    });
    assert!(all.hits.is_empty());
    for value in &all.facets[0].values {
        let kind: EntityKind = value.value.parse().expect("a facet value is a kind");
        let only = index.search(&SearchRequest {
            kinds: vec![kind],
            ..SearchRequest::new("customer")
        });
        assert_eq!(only.total, value.count, "{kind}");
    }
    for value in &all.facets[1].values {
        let only = index.search(&SearchRequest {
            domains: vec![value.label.clone()],
            ..SearchRequest::new("customer")
        });
        assert_eq!(only.total, value.count, "{}", value.label);
    }
    assert_eq!(all.facets[2].values[0].count, all.total);
    let nowhere = index.search(&SearchRequest {
        sources: vec!["elsewhere".to_owned()],
        ..SearchRequest::new("customer")
    });
    assert_eq!(nowhere.total, 0);
}

#[test]
fn pages_are_cut_from_one_order() {
    let index = fixture::index();
    let whole = index.search(&SearchRequest::default());
    assert_eq!(whole.total, index.len());
    let second = index.search(&SearchRequest {
        offset: 3,
        limit: 3,
        ..SearchRequest::default()
    });
    assert_eq!(second.hits, whole.hits[3..6]);
    let beyond = index.search(&SearchRequest {
        offset: 10_000,
        ..SearchRequest::default()
    });
    assert!(beyond.hits.is_empty());
}

#[test]
fn completion_starts_at_any_word_and_forgives() {
    let index = fixture::index();
    let texts = |prefix: &str| {
        let found = index.suggest(prefix, &[], 4);
        found
            .iter()
            .map(|s| format!("{} ({})", s.text, s.kind))
            .collect::<Vec<_>>()
            .join(", ")
    };
    expect!["customers (dataset), Churned Customer (term), customer_id (column)"]
        .assert_eq(&texts("cust"));
    expect!["campaign_responses (dataset)"].assert_eq(&texts("resp"));
    expect![""].assert_eq(&texts("custo id"));
    expect!["invoices (dataset), invoice_no (column)"].assert_eq(&texts("incoi"));
    assert_eq!(texts(""), "");
    assert_eq!(texts("\u{202e}🙂"), "");
    let columns = index.suggest("cust", &[EntityKind::Column], 4);
    assert!(!columns.is_empty() && columns.iter().all(|s| s.kind == EntityKind::Column));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn search_finds_what_a_scan_finds(names in prop::collection::vec("[a-z]{3,8}_[a-z]{3,8}", 1..20), pick in any::<prop::sample::Index>()) {
        let mut documents = Documents::default();
        for (at, name) in names.iter().enumerate() {
            let entity = Entity { iri: format!("urn:t:{at}"), name: name.clone(), ..Entity::default() };
            documents.datasets.push(DatasetDoc { entity, ..DatasetDoc::default() });
        }
        let index = Index::from_documents(documents, &Tuning::default()).expect("a sound mesh");
        let wanted = pick.get(&names);
        let results = index.search(&SearchRequest { limit: 50, ..SearchRequest::new(wanted.as_str()) });
        let scan: Vec<String> = (0..names.len()).filter(|&at| names[at] == *wanted).map(|at| format!("urn:t:{at}")).collect();
        let first: Vec<String> = results.hits.iter().take(scan.len()).map(|hit| hit.iri.clone()).collect();
        let mut sorted = first.clone();
        sorted.sort();
        let mut expected = scan;
        expected.sort();
        prop_assert_eq!(sorted, expected);
    }

    #[test]
    fn any_text_is_searched_and_completed(text in any::<String>()) {
        let index = fixture::index();
        let results = index.search(&SearchRequest::new(text.as_str()));
        prop_assert!(results.hits.len() <= 20);
        prop_assert!(index.suggest(&text, &[], 5).len() <= 5);
    }
}

/// Documents of some sources, made of few words so that they share many.
fn mesh(edits: &[(u8, u8, u8)]) -> Documents {
    const WORDS: [&str; 12] = [
        "customer", "order", "invoice", "ward", "patient", "amount", "status", "region",
        "shipment", "visit", "cust", "no",
    ];
    let word = |at: usize| WORDS[at % WORDS.len()];
    let mut documents = Documents::default();
    for at in 0..40 {
        let source: Arc<str> = format!("source-{}", at % 3).into();
        documents.datasets.push(DatasetDoc {
            entity: Entity {
                iri: format!("urn:d:{at:02}"),
                name: format!("{}_{}", word(at), word(at / 3)),
                sources: vec![Arc::clone(&source)],
                ..Entity::default()
            },
            ..DatasetDoc::default()
        });
        for column in 0..3 {
            documents.columns.push(ColumnDoc {
                entity: Entity {
                    iri: format!("urn:c:{at:02}/{column}"),
                    name: format!("{}_{}", word(at + column), word(column)),
                    sources: vec![Arc::clone(&source)],
                    ..Entity::default()
                },
                dataset: at,
                ..ColumnDoc::default()
            });
        }
    }
    for &(what, at, said) in edits {
        let (at, said) = (usize::from(at), usize::from(said));
        let dataset = at % documents.datasets.len();
        let column = at % documents.columns.len();
        match what % 6 {
            0 => documents.datasets[dataset].entity.description = Some(word(said).to_owned()),
            1 => documents.columns[column].entity.label = Some(word(said).to_owned()),
            2 => documents.datasets[dataset].usage = said as u64,
            3 => documents.columns[column].references = vec![said % 40],
            4 => documents.columns.truncate(documents.columns.len() - 1),
            _ => documents.columns.insert(
                column,
                ColumnDoc {
                    entity: Entity {
                        iri: format!("urn:c:new/{at}/{said}"),
                        name: word(said).to_owned(),
                        ..Entity::default()
                    },
                    dataset,
                    ..ColumnDoc::default()
                },
            ),
        }
    }
    documents
}

/// Everything that an index answers to some questions.
fn answers(index: &Index) -> String {
    let mut out = String::new();
    for text in [
        "customer order",
        "amount of invoices by ward",
        "cust no",
        "patient",
        "regoin",
        "",
    ] {
        let search = index.search(&SearchRequest {
            facets: vec![FacetField::Kind, FacetField::Source],
            ..SearchRequest::new(text)
        });
        let resolution = index.explain(&ResolveRequest::new(text));
        let suggestions = index.suggest(text, &[], 5);
        writeln!(out, "{search:?}\n{resolution:?}\n{suggestions:?}").expect("a string takes all");
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_index_built_after_another_answers_as_one_built_afresh(
        versions in prop::collection::vec(prop::collection::vec(any::<(u8, u8, u8)>(), 0..4), 1..5),
    ) {
        let tuning = Tuning::default();
        let mut edits = Vec::new();
        let mut index = Index::from_documents(mesh(&edits), &tuning)?;
        for version in versions {
            edits.extend(version);
            index = Index::assemble(mesh(&edits), &tuning, Some(&index))?;
            let afresh = Index::from_documents(mesh(&edits), &tuning)?;
            prop_assert_eq!(answers(&index), answers(&afresh));
        }
    }
}

#[test]
fn what_did_not_change_is_taken_over() {
    let tuning = Tuning::default();
    let first = Index::from_documents(mesh(&[]), &tuning).expect("a small index");
    let after = |edits: &[(u8, u8, u8)]| {
        Index::assemble(mesh(edits), &tuning, Some(&first)).expect("a small index")
    };
    let shared = |index: &Index| {
        let (same, all) = index.fulltext.shared_with(&first.fulltext);
        (
            all > 4 && same == all,
            all - same,
            Arc::ptr_eq(&index.ranker, &first.ranker),
            Arc::ptr_eq(&index.completion, &first.completion),
        )
    };
    assert_eq!(shared(&after(&[])), (true, 0, true, true));
    // A description is read by the full text of its entity and by the ranker.
    assert_eq!(shared(&after(&[(0, 7, 3)])), (false, 1, false, true));
    // A use moves what is completed first, and how datasets are ranked.
    assert_eq!(shared(&after(&[(2, 7, 3)])), (true, 0, false, false));
    // The name of a column is read with its dataset, which lies beside it.
    assert_eq!(shared(&after(&[(1, 7, 3)])), (false, 1, false, false));
}
