//! A small mesh in which the word *customer* has two meanings.

use std::sync::Arc;

use async_graphql::{Request, Response, Variables, value};
use graphql_api::{Caller, Limits, Schema, schema};
use isogloss::Isogloss;
use isogloss::graph::Timestamp;
use serde_json::Value;

/// 2026-11-22T18:30:00Z, the time of everything here.
pub(crate) const NOW: Timestamp = Timestamp(1_795_372_200_000);

pub(crate) const LINES: &str = r#"{"kind":"domain","id":"marketing","name":"Marketing","description":"Finds people and keeps them."}
{"kind":"domain","id":"finance","name":"Finance"}
{"kind":"owner","id":"ann","name":"Ann Lee","email":"ann@example.org"}
{"kind":"product","id":"crm","parent":"marketing","name":"CRM","owner":"ann","purpose":"Campaigns"}
{"kind":"product","id":"billing","parent":"finance","name":"Billing"}
{"kind":"table","id":"crm/customers","parent":"crm","name":"customers","description":"People who may buy."}
{"kind":"column","id":"crm/customers/customer_id","parent":"crm/customers","name":"customer_id","type":"bigint","primary_key":true}
{"kind":"column","id":"crm/customers/email","parent":"crm/customers","name":"email","type":"text","classification":"pii"}
{"kind":"table","id":"billing/customers","parent":"billing","name":"customers","description":"Parties that we invoice."}
{"kind":"column","id":"billing/customers/customer_no","parent":"billing/customers","name":"customer_no","type":"int","terms":["customer"]}
{"kind":"table","id":"billing/invoices","parent":"billing","name":"invoices"}
{"kind":"column","id":"billing/invoices/amount","parent":"billing/invoices","name":"amount","type":"numeric"}
{"kind":"column","id":"billing/invoices/customer_no","parent":"billing/invoices","name":"customer_no","type":"int"}
{"kind":"table","id":"billing/revenue","parent":"billing","name":"revenue"}
{"kind":"fk","from":"billing/invoices/customer_no","to":"billing/customers/customer_no"}
{"kind":"lineage","from":"crm/customers","to":"billing/customers"}
{"kind":"lineage","from":"billing/customers","to":"billing/revenue"}
{"kind":"lineage","from":"billing/invoices","to":"billing/revenue"}
{"kind":"term","id":"customer","parent":"finance","name":"Customer","definition":"A party with an invoice.","synonyms":["client"],"columns":["billing/customers/customer_no"]}
{"kind":"metric","id":"revenue","parent":"billing","name":"Revenue","expression":"sum(amount)","aggregation":"sum","columns":["billing/invoices/amount"]}
{"kind":"contract","id":"invoices-v1","parent":"billing","name":"Invoices","version":"1.2.0","status":"active","datasets":["billing/invoices"]}
"#;

/// A schema over an empty graph, with the graph.
pub(crate) fn empty() -> (Schema, Isogloss) {
    let isogloss = Isogloss::in_memory();
    (
        schema(isogloss.clone(), Limits::default(), Arc::new(|| NOW)),
        isogloss,
    )
}

/// A schema over the mesh, ingested the way a client would.
pub(crate) async fn mesh() -> (Schema, Isogloss) {
    let (schema, isogloss) = empty();
    let answer = ingest(&schema, "shop", LINES).await;
    assert_eq!(
        answer["ingest"]["userErrors"],
        serde_json::json!([]),
        "{answer}"
    );
    assert_eq!(
        answer["ingest"]["report"]["diagnostics"],
        serde_json::json!([]),
        "{answer}"
    );
    (schema, isogloss)
}

/// Ingests catalog lines as the source of this name.
pub(crate) async fn ingest(schema: &Schema, source: &str, lines: &str) -> Value {
    let text = "mutation($input: IngestInput!) { ingest(input: $input) {
        version added removed unchanged dryRun clientMutationId source { name actor statementCount committedAt }
        report { statements skipped understood { kind count } diagnostics { severity code message file line } }
        userErrors { code path message hint } } }";
    let variables = value!({ "input": {
        "source": source, "kind": "catalog-lines", "clientMutationId": "m1",
        "documents": [{ "name": "lines.jsonl", "content": lines }],
    } });
    let request = Request::new(text).variables(Variables::from_value(variables));
    data(
        schema
            .execute(request.data(Caller {
                name: "tester".to_owned(),
            }))
            .await,
    )
}

/// Runs a query that must succeed.
pub(crate) async fn ask(schema: &Schema, text: &str) -> Value {
    data(schema.execute(text).await)
}

/// Runs a query that must fail, and gives the codes of its errors.
pub(crate) async fn fail(schema: &Schema, text: &str) -> Vec<String> {
    codes(&schema.execute(text).await)
}

/// Gives the data of an answer without errors.
pub(crate) fn data(response: Response) -> Value {
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    response.data.into_json().expect("data is JSON")
}

/// Gives the codes of an answer's errors; every error must have one.
pub(crate) fn codes(response: &Response) -> Vec<String> {
    let of_error = |error: &async_graphql::ServerError| {
        let code = error
            .extensions
            .as_ref()
            .and_then(|values| values.get("code").cloned());
        match code {
            Some(async_graphql::Value::String(code)) => code,
            other => unreachable!("an error without a code: {error:?} {other:?}"),
        }
    };
    response.errors.iter().map(of_error).collect()
}

/// Lists a text field of the items of a JSON array.
pub(crate) fn texts<'a>(items: &'a Value, field: &str) -> Vec<&'a str> {
    items
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item[field].as_str())
        .collect()
}
