//! Resolves questions that were cut, doubled and mixed with hostile text, over catalogs named just as badly.

use proptest::prelude::*;
use search::document::{ColumnDoc, DatasetDoc, Documents, DomainDoc, Entity, ProductDoc, TermDoc};
use search::{Index, Outcome, Ranked, Resolution, ResolveRequest, Tuning};

const QUESTIONS: &[&str] = &[
    "How many customers ordered 'blue shoes' in Berlin last month?",
    "customer",
    "names of the items with the highest price per order",
    "cust_ord_dtl",
    "active",
];

/// What people and machines paste into questions.
const HOSTILE: &[&str] = &[
    "\u{202e}",
    "\u{200d}",
    "\u{feff}",
    "\u{0}",
    "e\u{301}\u{301}\u{301}",
    "сustomer",
    "顧客",
    "ﷺ",
    "🙂🏳️‍🌈",
    "''",
    "\"",
    "`",
    "“",
    "(a+)+$",
    "name:[* TO *]",
    "AND OR NOT",
    "_",
    "__x__",
    "-1",
    "1e999",
    "%00",
    "\n\n",
    "İ",
    "ß",
    "...",
    "order_items",
];

/// A piece of a question: words of a real one, or text that belongs into none.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (prop::sample::select(QUESTIONS), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(|(text, from, to)| {
            let words: Vec<&str> = text.split(' ').collect();
            let (a, b) = (from.index(words.len()), to.index(words.len()));
            words[a.min(b)..=a.max(b)].join(" ")
        }),
        2 => prop::sample::select(HOSTILE).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => (prop::sample::select(HOSTILE), 1..400usize).prop_map(|(text, times)| text.repeat(times)),
    ]
}

fn named(iri: &str, name: &str) -> Entity {
    Entity {
        iri: format!("urn:t:{iri}"),
        name: name.to_owned(),
        ..Entity::default()
    }
}

/// Makes two products with the names given to their datasets and columns in turn.
fn catalog(names: &[String]) -> Documents {
    let mut documents = Documents::default();
    documents.domains.push(DomainDoc {
        entity: named("d", "sales"),
        ..DomainDoc::default()
    });
    for product in 0..2 {
        documents.products.push(ProductDoc {
            entity: named(&format!("p{product}"), "customer orders"),
            domain: Some(0),
            ..ProductDoc::default()
        });
    }
    for (at, name) in names.iter().enumerate() {
        documents.datasets.push(DatasetDoc {
            entity: named(&format!("t{at}"), name),
            products: vec![at % 2],
            ..DatasetDoc::default()
        });
        for (kind, other) in names.iter().enumerate() {
            let entity = named(&format!("t{at}/c{kind}"), other);
            documents.columns.push(ColumnDoc {
                entity,
                dataset: at,
                ..ColumnDoc::default()
            });
        }
        documents.terms.push(TermDoc {
            entity: named(&format!("g{at}"), name),
            expression: Some(name.repeat(3)),
            domain: None,
            product: Some(at % 2),
            datasets: vec![at],
            columns: Vec::new(),
        });
    }
    documents
}

fn sorted(list: &[Ranked]) -> bool {
    list.iter().all(|one| one.score.is_finite())
        && list.windows(2).all(|pair| pair[0].score >= pair[1].score)
}

/// Checks what holds of every answer, whatever was asked.
fn sound(answer: &Resolution) -> Result<(), TestCaseError> {
    prop_assert!((0.0..=1.0).contains(&answer.answerability));
    prop_assert!((0.0..=1.0).contains(&answer.confidence));
    prop_assert_eq!(
        answer.outcome == Outcome::Ambiguous,
        answer.question.is_some()
    );
    let lists = [
        &answer.products,
        &answer.datasets,
        &answer.columns,
        &answer.terms,
    ];
    prop_assert!(lists.into_iter().all(|list| sorted(list)));
    for candidate in &answer.candidates {
        let sum: f32 = candidate.parts.iter().map(|part| part.value).sum();
        let of_dataset = candidate.term.is_none() && candidate.metric.is_none();
        prop_assert!(
            !of_dataset || (sum - candidate.score).abs() < 0.01,
            "{candidate:?}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_questions_have_sound_answers(pieces in prop::collection::vec(piece(), 0..7), names in prop::collection::vec(piece(), 1..5)) {
        let index = Index::from_documents(catalog(&names), &Tuning::default()).expect("any names make a catalog");
        let request = ResolveRequest { hint: pieces.first().cloned(), recent: names.clone(), ..ResolveRequest::new(pieces.join(" ")) };
        let answer = index.resolve(&request);
        sound(&answer)?;
        prop_assert_eq!(&answer, &index.resolve(&request), "the same question has the same answer");
        prop_assert_eq!(index.explain(&request).outcome, answer.outcome);
    }
}

/// Text of a size that no person types is answered in the same way as any other: read up to a limit, without a panic.
#[test]
fn enormous_texts_have_sound_answers() {
    let catalog = catalog(&[
        "customer".to_owned(),
        "orders".to_owned(),
        "warehouse".to_owned(),
    ]);
    let index = Index::from_documents(catalog, &Tuning::default()).unwrap();
    let tokens: Vec<String> = (0..10_000).map(|at| format!("word{at} customer")).collect();
    let texts = [
        "x".repeat(1 << 20),
        "customer ".repeat(1 << 17),
        "\u{202e}🙂'\"` = ".repeat(1 << 16),
        tokens.join(" "),
        String::new(),
        " ".repeat(1 << 20),
        "\u{0}".repeat(1 << 20),
    ];
    for text in &texts {
        let answer = index.resolve(&ResolveRequest::new(text.as_str()));
        sound(&answer).unwrap();
        assert!(answer.understood.len() <= 64, "{}", answer.understood.len());
        assert!(answer.unmatched_words.len() <= 96);
    }
    let nothing = index.resolve(&ResolveRequest::new(""));
    assert_eq!(
        (nothing.outcome, nothing.candidates.len()),
        (Outcome::Unknown, 0)
    );
}
