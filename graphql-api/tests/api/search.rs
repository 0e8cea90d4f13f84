//! Search, completion and resolution.

use serde_json::json;

use crate::mesh::{ask, empty, ingest, mesh, texts};

#[tokio::test]
async fn search_finds_counts_and_pages() {
    let (schema, _) = mesh().await;
    let text = "{ search(query: \"customers\", first: 1, facets: [KIND, DOMAIN, SOURCE]) { totalCount version tookMs didYouMean
        edges { cursor score matchedFields { field value } node { iri kind label } } pageInfo { hasNextPage endCursor }
        facets { field values { value label count } } } }";
    let answer = ask(&schema, text).await;
    let search = &answer["search"];
    let total = search["totalCount"].as_u64().expect("a count");
    assert!(total >= 2, "{search}");
    assert_eq!(search["edges"][0]["node"]["label"], "customers", "{search}");
    assert_eq!(search["pageInfo"]["hasNextPage"], true);
    assert_eq!(
        texts(&search["facets"], "field"),
        ["KIND", "DOMAIN", "SOURCE"]
    );
    let kinds = texts(&search["facets"][0]["values"], "value");
    assert!(
        kinds.contains(&"DATASET"),
        "facet values are ready for the filter: {kinds:?}"
    );
    let after = search["pageInfo"]["endCursor"].as_str().expect("a cursor");
    let next = format!(
        "{{ search(query: \"customers\", first: 1, after: \"{after}\") {{ edges {{ node {{ iri }} }} pageInfo {{ hasPreviousPage }} }} }}"
    );
    let next = ask(&schema, &next).await;
    assert_ne!(
        next["search"]["edges"][0]["node"]["iri"],
        search["edges"][0]["node"]["iri"]
    );
    assert_eq!(next["search"]["pageInfo"]["hasPreviousPage"], true);
}

#[tokio::test]
async fn a_filter_keeps_what_it_names() {
    let (schema, _) = mesh().await;
    let text = "{ a: search(query: \"customers\", filter: {kinds: [DATASET], domains: [\"urn:isogloss:domain:mesh/finance\"], sources: [\"shop\"]}) { totalCount edges { node { kind domains { label } } } }
        b: search(query: \"customers\", filter: {sources: [\"elsewhere\"]}) { totalCount edges { cursor } pageInfo { hasNextPage endCursor } } }";
    let answer = ask(&schema, text).await;
    let edges = answer["a"]["edges"].as_array().expect("edges");
    assert!(!edges.is_empty(), "{answer}");
    let expected = json!({"node": {"kind": "DATASET", "domains": [{"label": "Finance"}]}});
    assert!(edges.iter().all(|edge| *edge == expected), "{answer}");
    assert_eq!(
        answer["b"],
        json!({"totalCount": 0, "edges": [], "pageInfo": {"hasNextPage": false, "endCursor": null}})
    );
}

#[tokio::test]
async fn a_cursor_of_another_search_is_refused() {
    let (schema, _) = mesh().await;
    let answer = ask(
        &schema,
        "{ search(query: \"customers\", first: 1) { pageInfo { endCursor } } }",
    )
    .await;
    let cursor = answer["search"]["pageInfo"]["endCursor"]
        .as_str()
        .expect("a cursor");
    let text = format!("{{ search(query: \"invoices\", after: \"{cursor}\") {{ totalCount }} }}");
    assert_eq!(crate::mesh::fail(&schema, &text).await, ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn a_prefix_is_completed() {
    let (schema, _) = mesh().await;
    let answer = ask(&schema, "{ suggest(prefix: \"cust\", first: 5) { text kind iri weight } none: suggest(prefix: \"cust\", kinds: [METRIC]) { kind } }").await;
    let names = texts(&answer["suggest"], "text");
    assert!(
        !names.is_empty()
            && names
                .iter()
                .all(|name| name.to_lowercase().starts_with("cust")),
        "{answer}"
    );
    assert!(
        texts(&answer["none"], "kind")
            .iter()
            .all(|kind| *kind == "METRIC"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_word_is_resolved_with_reasons() {
    let (schema, _) = mesh().await;
    let text = "{ resolve(input: {text: \"customer\", domain: \"Finance\"}) { outcome answerability confidence version usedContext unmatchedWords
        candidates { score reasons parts { name value } product { label } domain { label } dataset { iri } columns { label } term { label } metric { label } }
        question { text options { label distinction entity { iri } domain { label } } } } }";
    let answer = ask(&schema, text).await;
    let best = &answer["resolve"]["candidates"][0];
    assert_eq!(best["domain"]["label"], "Finance", "{answer}");
    assert!(
        best["reasons"]
            .as_array()
            .is_some_and(|reasons| !reasons.is_empty()),
        "{answer}"
    );
    assert!(
        best["parts"]
            .as_array()
            .is_some_and(|parts| !parts.is_empty()),
        "{answer}"
    );
    let again = ask(&schema, text).await;
    assert_eq!(again, answer, "the same question has the same answer");
}

#[tokio::test]
async fn nonsense_is_not_resolved() {
    let (schema, _) = mesh().await;
    let answer = ask(
        &schema,
        "{ resolve(input: {text: \"zxqv wobble\"}) { outcome candidates { score } } }",
    )
    .await;
    assert_eq!(answer["resolve"]["outcome"], "UNKNOWN", "{answer}");
}

#[tokio::test]
async fn words_that_are_values_are_told_with_their_columns() {
    let (schema, _) = empty();
    let lines = r#"{"kind":"product","id":"fleet","name":"Fleet"}
{"kind":"table","id":"fleet/vans","parent":"fleet","name":"vans"}
{"kind":"column","id":"fleet/vans/depot","parent":"fleet/vans","name":"depot","values":["North Quay","Mill"]}
"#;
    ingest(&schema, "fleet", lines).await;
    let text = "{ a: resolve(input: {text: \"vans of depot north quay\"}) { values { words columns { column { label dataset { label } } value } } }
        b: resolve(input: {text: \"vans\"}) { values { words } } }";
    let answer = ask(&schema, text).await;
    let depot =
        json!({"column": {"label": "depot", "dataset": {"label": "vans"}}, "value": "North Quay"});
    let expected = json!([{"words": ["north", "quay"], "columns": [depot]}]);
    assert_eq!(answer["a"]["values"], expected);
    assert_eq!(answer["b"]["values"], json!([]));
}
