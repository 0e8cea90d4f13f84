//! Ingest and removal: what is reported, what is refused, and that refusal changes nothing.

use async_graphql::{Request, Variables, value};
use serde_json::{Value, json};

use crate::mesh::{LINES, codes, data, empty, ingest, mesh};

const INGEST: &str = "mutation($input: IngestInput!) { ingest(input: $input) { version added removed unchanged dryRun \
    source { name } report { statements skipped errors diagnostics { severity file line message } } \
    userErrors { code path message hint } } }";

async fn ingest_input(schema: &graphql_api::Schema, input: async_graphql::Value) -> Value {
    let variables = Variables::from_value(value!({ "input": input }));
    data(
        schema
            .execute(Request::new(INGEST).variables(variables))
            .await,
    )["ingest"]
        .clone()
}

#[tokio::test]
async fn an_ingest_reports_and_the_answer_carries_its_version() {
    let (schema, isogloss) = empty();
    let answer = ingest(&schema, "shop", LINES).await;
    let payload = &answer["ingest"];
    assert_eq!(
        (&payload["version"], &payload["clientMutationId"]),
        (&json!(1), &json!("m1"))
    );
    assert_eq!(payload["source"]["actor"], "tester");
    assert_eq!(payload["source"]["committedAt"], "2026-11-22T18:30:00.000Z");
    assert_eq!(payload["added"], payload["report"]["statements"]);
    assert_eq!(payload["source"]["statementCount"], payload["added"]);
    let understood = payload["report"]["understood"].as_array().expect("counts");
    assert!(
        understood.iter().any(|it| it["count"] == 4),
        "four tables: {understood:?}"
    );

    let again = ingest(&schema, "shop", LINES).await;
    assert_eq!(
        (&again["ingest"]["unchanged"], &again["ingest"]["version"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(isogloss.snapshot().version().0, 1);
}

#[tokio::test]
async fn the_version_of_a_write_is_in_the_extensions() {
    let (schema, _) = mesh().await;
    let text = "mutation { removeSource(input: {source: \"shop\", clientMutationId: \"x\"}) { removed version clientMutationId userErrors { code } } }";
    let response = schema.execute(text).await;
    assert_eq!(
        response
            .extensions
            .get("version")
            .map(ToString::to_string)
            .as_deref(),
        Some("2")
    );
    let answer = data(response);
    assert!(
        answer["removeSource"]["removed"]
            .as_u64()
            .is_some_and(|count| count > 50),
        "{answer}"
    );
    assert_eq!(
        (
            &answer["removeSource"]["version"],
            &answer["removeSource"]["clientMutationId"]
        ),
        (&json!(2), &json!("x"))
    );
    let answer = data(schema.execute(text).await);
    assert_eq!(
        answer["removeSource"]["userErrors"],
        json!([{"code": "UNKNOWN_SOURCE"}])
    );
}

#[tokio::test]
async fn a_dry_run_reports_and_changes_nothing() {
    let (schema, isogloss) = empty();
    let payload = ingest_input(
        &schema,
        value!({
            "source": "shop", "kind": "catalog-lines", "dryRun": true,
            "documents": [{ "name": "lines.jsonl", "content": LINES }],
        }),
    )
    .await;
    assert_eq!(
        (&payload["dryRun"], &payload["version"], &payload["source"]),
        (&json!(true), &json!(0), &json!(null))
    );
    assert!(
        payload["report"]["statements"]
            .as_u64()
            .is_some_and(|count| count > 50),
        "{payload}"
    );
    assert_eq!(isogloss.snapshot().version().0, 0);
}

#[tokio::test]
async fn compressed_documents_are_read() {
    let (schema, _) = empty();
    // printf '{"kind":"domain","id":"care","name":"Care"}\n' | gzip -n | base64 -w0
    let gzipped = "H4sIAAAAAAAAA6tWys7MS1GyUkrJz03MzFPSUcoE8ZITi1KB7LzE3FQgzxnEq+UCAHeTM1ksAAAA";
    let payload = ingest_input(&schema, value!({
        "source": "shop", "kind": "catalog-lines",
        "documents": [{ "name": "lines.jsonl.gz", "content": gzipped, "encoding": "BASE64_GZIP" }],
    }))
    .await;
    assert_eq!(payload["userErrors"], json!([]), "{payload}");
    assert_eq!(payload["source"]["name"], "shop");
}

#[tokio::test]
async fn what_cannot_be_read_is_a_user_error_with_a_place() {
    let (schema, isogloss) = mesh().await;
    let document = value!([{ "name": "a.jsonl", "content": "{\"kind\":" }]);
    for (source, kind, documents, path, code) in [
        (
            "Shop!",
            "dbt",
            document.clone(),
            json!(["input", "source"]),
            "BAD_USER_INPUT",
        ),
        (
            "shop",
            "excel",
            document.clone(),
            json!(["input", "kind"]),
            "BAD_USER_INPUT",
        ),
        (
            "shop",
            "catalog-lines",
            document,
            json!(["input", "documents"]),
            "BAD_USER_INPUT",
        ),
        (
            "shop",
            "catalog-lines",
            value!([]),
            json!(["input", "documents"]),
            "BAD_USER_INPUT",
        ),
        (
            "shop",
            "catalog-lines",
            value!([{ "name": "a.jsonl", "content": "%%%", "encoding": "BASE64" }]),
            json!(["input", "documents"]),
            "BAD_USER_INPUT",
        ),
    ] {
        let input = value!({ "source": source, "kind": kind, "documents": documents });
        let payload = ingest_input(&schema, input).await;
        assert_eq!(payload["userErrors"][0]["path"], path, "{payload}");
        assert_eq!(payload["userErrors"][0]["code"], code, "{payload}");
        assert_eq!(payload["version"], 1);
    }
    assert_eq!(
        isogloss.snapshot().version().0,
        1,
        "what the source said stays"
    );
}

#[tokio::test]
async fn a_broken_document_lists_its_faults() {
    let (schema, _) = empty();
    let payload = ingest_input(&schema, value!({
        "source": "shop", "kind": "catalog-lines", "documents": [{ "name": "a.jsonl", "content": "{\"kind\":" }],
    }))
    .await;
    let fault = &payload["report"]["diagnostics"][0];
    assert_eq!(
        (&fault["severity"], &fault["file"], &fault["line"]),
        (&json!("ERROR"), &json!("a.jsonl"), &json!(1)),
        "{payload}"
    );
}

#[tokio::test]
async fn a_mutation_cannot_hide_in_a_query() {
    let (schema, isogloss) = mesh().await;
    let response = schema
        .execute("{ removeSource(input: {source: \"shop\"}) { version } }")
        .await;
    assert_eq!(codes(&response), ["GRAPHQL_VALIDATION_FAILED"]);
    assert_eq!(isogloss.snapshot().version().0, 1);
}

#[tokio::test]
async fn a_strict_ingest_that_breaks_the_shapes_is_a_user_error_with_its_report() {
    let (schema, isogloss) = mesh().await;
    let before = isogloss.snapshot().version();
    let text = "mutation($mode: ValidationMode!) { ingest(input: {source: \"bad\", kind: \"rdf\", validate: $mode, documents: \
        [{name: \"bad.ttl\", content: \"<urn:x:orders> a <http://www.w3.org/ns/dcat#Dataset> .\"}]}) \
        { version validation { conforms violations findings { focus component message } } userErrors { path message } } }";
    let ask = async |mode: &str| {
        let mode = async_graphql::Value::Enum(async_graphql::Name::new(mode));
        let variables = Variables::from_value(value!({ "mode": mode }));
        data(
            schema
                .execute(Request::new(text).variables(variables))
                .await,
        )["ingest"]
            .clone()
    };
    let refused = ask("STRICT").await;
    assert_eq!(refused["validation"]["violations"], 1, "{refused}");
    assert_eq!(refused["validation"]["findings"][0]["component"], "Or");
    assert_eq!(refused["userErrors"].as_array().map(Vec::len), Some(1));
    assert_eq!(isogloss.snapshot().version(), before);
    let taken = ask("REPORT").await;
    assert_eq!(taken["userErrors"], json!([]), "{taken}");
    assert_eq!(taken["validation"]["conforms"], false);
    let asked = "{ validate(source: \"bad\") { violations focusNodes findings { focus } } }";
    let found = data(schema.execute(asked).await);
    assert_eq!(
        found["validate"]["findings"][0]["focus"], "<urn:x:orders>",
        "{found}"
    );
}

#[tokio::test]
async fn what_follows_shows_where_it_is_asked_for_and_says_why() {
    let (schema, _) = empty();
    let text = "mutation { ingest(input: {source: \"terms\", kind: \"rdf\", documents: [{name: \"t.ttl\", content: \
        \"<urn:x:a> a <http://www.w3.org/2004/02/skos/core#Concept> ; <http://www.w3.org/2004/02/skos/core#prefLabel> 'a' ; \
        <http://www.w3.org/2004/02/skos/core#broader> <urn:x:b> . <urn:x:b> a <http://www.w3.org/2004/02/skos/core#Concept> ; \
        <http://www.w3.org/2004/02/skos/core#prefLabel> 'b' ; <http://www.w3.org/2004/02/skos/core#broader> <urn:x:c> .\"}]}) \
        { userErrors { message } } }";
    assert_eq!(
        data(schema.execute(text).await)["ingest"]["userErrors"],
        json!([])
    );
    let why = "{ why(statement: {subject: \"urn:x:a\", predicate: \"skos:broaderTransitive\", object: \"urn:x:c\"}, \
        entailment: SKOS) { steps { rule claimedBy premises } } }";
    let proof = data(schema.execute(why).await);
    let steps = proof["why"]["steps"].as_array().expect("steps");
    assert_eq!(
        (steps.len(), &steps[0]["premises"]),
        (5, &json!([1, 3])),
        "{proof}"
    );
    assert_eq!(steps[2]["claimedBy"], json!(["terms"]));
    let entity = async |entailment: &str| {
        let text = format!(
            "{{ entity(iri: \"urn:x:b\"{entailment}) {{ relationships(types: [\"narrower\"]) {{ nodes {{ name }} }} }} }}"
        );
        data(schema.execute(text.as_str()).await)
    };
    let plain = entity("").await;
    assert_eq!(
        plain["entity"]["relationships"]["nodes"],
        json!([]),
        "{plain}"
    );
    let entailed = entity(", entailment: SKOS").await;
    let nodes = entailed["entity"]["relationships"]["nodes"].as_array();
    assert_eq!(nodes.map(Vec::len), Some(1), "{entailed}");
}
