use expect_test::{Expect, expect};
use proptest::prelude::*;
use semantic_model::EntityKind;

use super::{Outcome, Resolution, ResolveRequest, Tuning};
use crate::fixture;
use crate::index::Index;

fn resolve(text: &str) -> Resolution {
    fixture::index().resolve(&ResolveRequest::new(text))
}

fn show(resolution: &Resolution) -> String {
    let mut lines = vec![resolution.outcome.as_str().to_owned()];
    for candidate in resolution.candidates.iter().take(3) {
        let name = |entity: &Option<super::EntityRef>| {
            entity.as_ref().map_or("-", |e| &e.label).to_owned()
        };
        let columns: Vec<&str> = candidate.columns.iter().map(|c| c.label.as_str()).collect();
        let mut meant = [
            name(&candidate.product),
            name(&candidate.dataset),
            columns.join(" "),
        ];
        for (kind, entity) in [("term", &candidate.term), ("metric", &candidate.metric)] {
            if let Some(entity) = entity {
                meant[2] = format!("{} + {kind} {}", meant[2], entity.label);
            }
        }
        lines.push(format!(
            "{}: {}",
            meant.join(" / "),
            candidate.reasons.join("; ")
        ));
    }
    lines.join("\n")
}

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&show(&resolve(text)));
}

#[test]
fn names_abbreviations_and_synonyms_are_explained() {
    check(
        "invoice amount",
        &expect![[r#"
            RESOLVED
            billing / invoices / amt invoice_no: `invoice` is the name of dataset invoices; `amount` is in column amt, written `amt`; joined by a foreign key with a dataset that matches; near in meaning to the question as a whole; queried 90 times
            billing / customers / : `invoice` is in a description, product or neighbour; `amount` is in a description, product or neighbour; joined by a foreign key with a dataset that matches; near in meaning to the question as a whole; queried 12 times
            billing / warehouses / : `invoice` says `billing` in a description, product or neighbour in other words"#]],
    );
    check(
        "clients",
        &expect![[r#"
            AMBIGUOUS
            audience / customers / customer_id: `clients` says `customers` in the name of dataset customers in other words; queried 40 times
            helpdesk / customers / customer_id: `clients` says `customers` in the name of dataset customers in other words; queried 3 times
            billing / customers / customer_id: `clients` says `customers` in the name of dataset customers in other words; queried 12 times"#]],
    );
    check(
        "due date of invoices",
        &expect![[r#"
            RESOLVED
            billing / invoices / due_dt invoice_no: `invoices` is the name of dataset invoices (exact); `due` is in column due_dt; `date` is in column due_dt, written `dt`; joined by a foreign key with a dataset that matches; near in meaning to the question as a whole; queried 90 times
            billing / customers / : `invoices` is in a description, product or neighbour; `due` is in a description, product or neighbour; `date` is in a description, product or neighbour; joined by a foreign key with a dataset that matches; queried 12 times
            billing / warehouses / : `invoices` says `billing` in a description, product or neighbour in other words"#]],
    );
    check(
        "legal name of the warehouse",
        &expect![[r#"
            RESOLVED
            billing / warehouses / warehouse_id haslegalname: `warehouse` is the name of dataset warehouses; `legal` is in column haslegalname; near in meaning to the question as a whole
            billing / customers / : joined by a foreign key with a dataset that matches; queried 12 times
            billing / invoices / : joined by a foreign key with a dataset that matches; queried 90 times"#]],
    );
    check(
        "custmers",
        &expect![[r#"
            AMBIGUOUS
            audience / customers / customer_id: `custmers` looks like `customers` in the name of dataset customers; near in meaning to the question as a whole; queried 40 times
            helpdesk / customers / customer_id: `custmers` looks like `customers` in the name of dataset customers; near in meaning to the question as a whole; queried 3 times
            billing / customers / customer_id: `custmers` looks like `customers` in the name of dataset customers; near in meaning to the question as a whole; queried 12 times"#]],
    );
}

#[test]
fn one_word_with_three_meanings_is_asked_back() {
    let resolution = resolve("customer");
    assert_eq!(resolution.outcome, Outcome::Ambiguous);
    let question = resolution
        .question
        .expect("an ambiguous word is asked back");
    let options: Vec<String> = question
        .options
        .iter()
        .map(|o| format!("{}: {}", o.label, o.distinction))
        .collect();
    expect![[r#"
        `customer` means different things in Finance, Marketing and Support: which one do you mean?
        customers: People who agreed to hear from us.; product audience; columns email, opt_in_dt, segment
        customers: Callers with at least one ticket.; product helpdesk; columns phone, sentiment
        customers: Parties with a billing account.; product billing; columns iban, credit_limit"#]].assert_eq(&format!("{}\n{}", question.text, options.join("\n")));
}

#[test]
fn the_callers_domain_decides() {
    let index = fixture::index();
    for (domain, product) in [
        ("Marketing", "audience"),
        ("urn:isogloss:domain:finance", "billing"),
        ("support", "helpdesk"),
    ] {
        let request = ResolveRequest {
            domain: Some(domain.to_owned()),
            ..ResolveRequest::new("customer")
        };
        let resolution = index.resolve(&request);
        assert_eq!(resolution.outcome, Outcome::Resolved, "{domain}");
        assert_eq!(
            resolution.candidates[0]
                .product
                .as_ref()
                .map(|p| p.label.as_str()),
            Some(product)
        );
        assert!(
            resolution.candidates[0]
                .reasons
                .iter()
                .any(|r| r.ends_with("given by the caller")),
            "{domain}"
        );
        assert_eq!(resolution.used_context.len(), 1);
    }
}

#[test]
fn recent_use_and_product_decide() {
    let index = fixture::index();
    let recent = vec!["urn:isogloss:dataset:helpdesk/tickets".to_owned()];
    let by_recent = index.resolve(&ResolveRequest {
        recent,
        ..ResolveRequest::new("customer")
    });
    assert_eq!(by_recent.products[0].iri, "urn:isogloss:product:helpdesk");
    let product = Some("billing".to_owned());
    let by_product = index.resolve(&ResolveRequest {
        product,
        ..ResolveRequest::new("customer")
    });
    assert_eq!(by_product.products[0].iri, "urn:isogloss:product:billing");
    let unknown = Some("no such domain".to_owned());
    let ignored = index.resolve(&ResolveRequest {
        domain: unknown,
        ..ResolveRequest::new("customer")
    });
    assert!(ignored.used_context.is_empty());
    assert_eq!(ignored.outcome, Outcome::Ambiguous);
}

#[test]
fn terms_and_metrics_lead_to_their_data() {
    check(
        "churned customers",
        &expect![[r#"
            RESOLVED
            billing / customers / customer_id credit_limit + term Churned Customer: the question is the label of term Churned Customer; `customers` is the name of dataset customers (exact); joined by a foreign key with a dataset that matches; near in meaning to the question as a whole; queried 12 times
            audience / customers / customer_id: `customers` is the name of dataset customers (exact); near in meaning to the question as a whole; queried 40 times
            helpdesk / customers / customer_id: `customers` is the name of dataset customers (exact); joined by a foreign key with a dataset that matches; queried 3 times"#]],
    );
    check(
        "lost customer",
        &expect![[r#"
            RESOLVED
            billing / customers / customer_id credit_limit + term Churned Customer: the question is the label of term Churned Customer; `customer` is the name of dataset customers; joined by a foreign key with a dataset that matches; near in meaning to the question as a whole; queried 12 times
            audience / customers / customer_id: `customer` is the name of dataset customers; `lost` matched `people` in a description, product or neighbour as a synonym (WordNet); near in meaning to the question as a whole; queried 40 times
            billing / invoices / customer_id: `customer` is in column customer_id; joined by a foreign key with a dataset that matches; queried 90 times"#]],
    );
    check(
        "net revenue",
        &expect![[r#"
            RESOLVED
            billing / invoices /  + metric net_revenue: the question is the label of metric net_revenue; `revenue` matched `amount` in column amt as a synonym (WordNet); joined by a foreign key with a dataset that matches; queried 90 times
            billing / customers / : `revenue` matched `amount` in a description, product or neighbour as a synonym (WordNet); joined by a foreign key with a dataset that matches; queried 12 times
            billing / warehouses / : `revenue` matched `billing` in a description, product or neighbour as near in meaning"#]],
    );
}

#[test]
fn what_the_mesh_does_not_hold_is_unknown() {
    for text in [
        "",
        "the of and",
        "🙂🙃",
        "\u{0}\u{1b}[31m",
        "xqzvbk",
        "which penguins hatched in Antarctica last winter",
        "which astronauts trained in orbit for the customer of a crater",
    ] {
        let resolution = resolve(text);
        assert_eq!(
            resolution.outcome,
            Outcome::Unknown,
            "{text:?}: {}",
            show(&resolution)
        );
        assert!(resolution.question.is_none());
    }
}

#[test]
fn score_parts_add_up() {
    let resolution = resolve("customer invoices and tickets with amounts");
    assert!(!resolution.candidates.is_empty());
    for candidate in &resolution.candidates {
        let sum: f32 = candidate.parts.iter().map(|part| part.value).sum();
        assert!(
            (sum - candidate.score).abs() < 0.02,
            "{sum} is not {}: {:?}",
            candidate.score,
            candidate.parts
        );
    }
}

#[test]
fn only_the_wanted_kinds_are_given() {
    let index = fixture::index();
    let request = ResolveRequest {
        kinds: vec![EntityKind::Term],
        ..ResolveRequest::new("churned customer")
    };
    let resolution = index.resolve(&request);
    assert!(resolution.datasets.is_empty() && resolution.products.is_empty());
    assert_eq!(resolution.terms.len(), 1);
    assert!(resolution.candidates.iter().all(|c| c.term.is_some()));
}

#[test]
fn the_same_question_has_the_same_answer() {
    let request = ResolveRequest::new("customers with open invoices by city");
    let index = fixture::index();
    assert_eq!(index.resolve(&request), index.resolve(&request));
    assert_eq!(index.resolve(&request), fixture::index().resolve(&request));
}

#[test]
fn a_long_text_is_read_to_its_limit() {
    let text = format!("invoices {}", "zz ".repeat(400_000));
    let resolution = resolve(&text);
    assert_eq!(
        resolution.datasets[0].iri,
        "urn:isogloss:dataset:billing/invoices"
    );
}

#[test]
fn an_empty_mesh_answers() {
    let empty = Index::from_documents(crate::document::Documents::default(), &Tuning::default())
        .expect("nothing to refuse");
    let resolution = empty.resolve(&ResolveRequest::new("customer"));
    assert_eq!(resolution.outcome, Outcome::Unknown);
    assert!(resolution.candidates.is_empty());
    assert!(empty.is_empty());
}

#[test]
fn datasets_without_a_product_are_ranked() {
    let mut documents = fixture::mesh();
    documents.products.clear();
    let index = Index::from_documents(documents, &Tuning::default()).expect("the mesh is sound");
    let resolution = index.resolve(&ResolveRequest::new("invoice due date"));
    assert_eq!(
        resolution.datasets[0].iri,
        "urn:isogloss:dataset:billing/invoices"
    );
    assert!(resolution.products.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_resolves(text in any::<String>(), hint in any::<Option<String>>(), domain in any::<Option<String>>()) {
        let index = shared();
        let request = ResolveRequest { domain, hint, ..ResolveRequest::new(text) };
        let resolution = index.resolve(&request);
        prop_assert!((0.0..=1.0).contains(&resolution.answerability));
        prop_assert!((0.0..=1.0).contains(&resolution.confidence));
        prop_assert_eq!(resolution.outcome == Outcome::Ambiguous, resolution.question.is_some());
    }

    #[test]
    fn any_mesh_of_words_finds_an_exact_name(names in prop::collection::vec("[a-z]{3,9}(_[a-z]{2,8})?", 1..12), pick in any::<prop::sample::Index>()) {
        let mut documents = crate::document::Documents::default();
        for name in &names {
            let entity = crate::document::Entity { iri: format!("urn:t:{name}"), name: name.clone(), ..Default::default() };
            documents.datasets.push(crate::document::DatasetDoc { entity, ..Default::default() });
        }
        let index = Index::from_documents(documents, &Tuning::default()).expect("a sound mesh");
        let wanted = pick.get(&names);
        let found = index.resolve(&ResolveRequest { limit: 12, ..ResolveRequest::new(wanted.as_str()) });
        prop_assert!(found.datasets.iter().any(|d| d.iri == format!("urn:t:{wanted}")), "{} not in {:?}", wanted, found.datasets);
    }
}

fn shared() -> &'static Index {
    static INDEX: std::sync::OnceLock<Index> = std::sync::OnceLock::new();
    INDEX.get_or_init(fixture::index)
}
