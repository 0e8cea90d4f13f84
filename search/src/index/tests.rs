use expect_test::{Expect, expect};
use proptest::prelude::*;
use semantic_model::EntityKind;

use super::{FacetField, Index, SearchRequest, SearchResults};
use crate::document::{DatasetDoc, Documents, Entity};
use crate::fixture;
use crate::resolve::Tuning;

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
