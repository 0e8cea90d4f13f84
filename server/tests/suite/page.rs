//! The page: its files, its words, and that every query it sends is one that the schema knows.

use axum::http::Method;
use serde_json::{Value, json};

use crate::{app, get, send};

#[tokio::test]
async fn the_page_and_its_files_are_served_and_cached_by_content() {
    let router = app();
    let page = get(&router, "/", &[]).await;
    assert_eq!(
        (page.status.as_u16(), page.media_type()),
        (200, "text/html")
    );
    let script = get(&router, "/page/page.js", &[]).await;
    assert_eq!(
        (script.status.as_u16(), script.media_type()),
        (200, "text/javascript")
    );
    let tag = script.header("etag").to_owned();
    let again = get(&router, "/page/page.js", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
}

#[tokio::test]
async fn the_first_word_offered_is_the_one_with_two_meanings() {
    let answer = get(&app(), "/examples", &[]).await.json();
    assert_eq!(answer["examples"][0], "customer", "{answer}");
    let config =
        server::Config::parse("[server.page]\nexamples = ['order status']").expect("valid");
    let router = server::router(crate::mesh(), &config);
    assert_eq!(
        get(&router, "/examples", &[]).await.json()["examples"],
        json!(["order status"])
    );
}

/// The variables that the page sends with each of its queries.
fn variables(name: &str) -> Value {
    match name {
        "Info" | "Sources" => json!({}),
        "Suggest" => json!({ "p": "cust" }),
        "Resolve" => json!({ "input": { "text": "customer", "domain": "Sales" } }),
        "Entity" | "Details" | "Columns" => {
            json!({ "iri": "urn:isogloss:dataset:words/shop.orders" })
        }
        "Lineage" => json!({ "iri": "urn:isogloss:dataset:words/shop.orders", "level": "DATASET" }),
        other => panic!("the page has a query `{other}` that this test does not know"),
    }
}

#[tokio::test]
async fn every_query_of_the_page_runs() {
    let router = app();
    let script = get(&router, "/page/api.js", &[]).await.text();
    let queries: Vec<&str> = script
        .split('`')
        .filter(|part| part.starts_with("query "))
        .collect();
    assert_eq!(queries.len(), 8, "the queries are found");
    for query in queries {
        let name = query
            .trim_start_matches("query ")
            .split(['(', ' '])
            .next()
            .unwrap_or_default();
        let body = json!({ "query": query, "variables": variables(name) }).to_string();
        let headers = [("content-type", "application/json")];
        let answer = send(&router, Method::POST, "/graphql", &headers, body)
            .await
            .json();
        assert!(answer.get("errors").is_none(), "{name}: {answer}");
        assert!(answer["data"].is_object(), "{name}: {answer}");
    }
}

#[tokio::test]
async fn every_sample_of_the_console_runs() {
    let router = app();
    let script = get(&router, "/page/console.js", &[]).await.text();
    let samples: Vec<&str> = script
        .split('`')
        .filter(|part| part.contains("SELECT "))
        .collect();
    assert_eq!(samples.len(), 4, "the samples are found");
    for sample in samples {
        let headers = [("content-type", "application/sparql-query")];
        let answer = send(
            &router,
            Method::POST,
            "/sparql",
            &headers,
            sample.to_owned(),
        )
        .await;
        assert_eq!(answer.status, 200, "{sample}: {}", answer.text());
        let rows = answer.json()["results"]["bindings"]
            .as_array()
            .map(Vec::len);
        assert!(rows.is_some_and(|rows| rows > 0), "{sample}");
    }
}
