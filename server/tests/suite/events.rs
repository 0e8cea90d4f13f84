//! Events of OpenLineage, as clients send them.

use axum::http::Method;
use serde_json::{Value, json};

use crate::{app, encoded, get, send};

const JSON: (&str, &str) = ("content-type", "application/json");
const LINES: (&str, &str) = ("content-type", "application/x-ndjson");

fn event(state: &str, minute: u32, input: &str) -> Value {
    json!({
        "eventType": state, "eventTime": format!("2026-01-01T00:{minute:02}:00.000000001Z"),
        "run": {"runId": format!("0190d2b6-0000-7000-8000-0000000000{minute:02}")},
        "job": {"namespace": "Night Jobs", "name": "load"},
        "inputs": [{"namespace": "postgres://db:5432", "name": format!("shop.public.{input}")}],
        "outputs": [{"namespace": "postgres://db:5432", "name": "shop.public.orders_daily"}],
        "producer": "https://example.org/test", "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
    })
}

async fn upstream(router: &axum::Router) -> String {
    let query = "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?from { GRAPH <urn:isogloss:source:openlineage-night-jobs> { ?to prov:wasDerivedFrom ?from } } ORDER BY ?from";
    let query = encoded(query);
    get(
        router,
        &format!("/sparql?query={query}"),
        &[("accept", "text/csv")],
    )
    .await
    .text()
}

#[tokio::test]
async fn an_event_is_created_and_seen_at_once() {
    let router = app();
    let answer = send(
        &router,
        Method::POST,
        "/api/v1/lineage",
        &[JSON],
        event("COMPLETE", 1, "raw").to_string(),
    )
    .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let version = answer.header("isogloss-graph-version").to_owned();
    assert!(upstream(&router).await.contains("shop.public.raw"));
    // The same event again changes nothing, not even the version.
    let answer = send(
        &router,
        Method::POST,
        "/api/v1/lineage",
        &[JSON],
        event("COMPLETE", 1, "raw").to_string(),
    )
    .await;
    assert_eq!(
        (
            answer.status.as_u16(),
            answer.header("isogloss-graph-version")
        ),
        (201, version.as_str())
    );
    let answer = send(
        &router,
        Method::POST,
        "/api/v1/lineage",
        &[JSON],
        event("FAIL", 2, "other").to_string(),
    )
    .await;
    assert_eq!(answer.status, 201);
    let rows = upstream(&router).await;
    assert!(
        rows.contains("shop.public.raw") && !rows.contains("shop.public.other"),
        "{rows}"
    );
}

#[tokio::test]
async fn what_is_no_event_is_refused_with_the_reason() {
    let router = app();
    let mut no_run = event("START", 1, "raw");
    no_run["run"] = json!({});
    let mut no_time = event("START", 1, "raw");
    no_time["eventTime"] = json!("yesterday");
    for (body, content_type, status, part) in [
        ("{".to_owned(), JSON, 400, "no JSON"),
        ("[]".to_owned(), JSON, 422, "not a list"),
        (no_run.to_string(), JSON, 422, "run.runId"),
        (no_time.to_string(), JSON, 422, "eventTime"),
        (
            event("START", 1, "raw").to_string(),
            ("content-type", "text/plain"),
            415,
            "text/plain",
        ),
        (
            format!("{{\"x\": \"{}\"}}", "x".repeat(11 << 20)),
            JSON,
            413,
            "",
        ),
    ] {
        let answer = send(
            &router,
            Method::POST,
            "/api/v1/lineage",
            &[content_type],
            body,
        )
        .await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.text().contains(part), "{part}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_batch_takes_what_is_sound() {
    let router = app();
    let lines = format!(
        "{}\nnonsense\n{}\n",
        event("COMPLETE", 1, "raw"),
        event("COMPLETE", 2, "other")
    );
    let answer = send(
        &router,
        Method::POST,
        "/api/v1/lineage/batch",
        &[LINES],
        lines,
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let document = answer.json();
    assert_eq!(document["status"], "partial_success");
    assert_eq!(document["summary"]["successful"], 2);
    assert_eq!(document["failed_events"][0]["index"], 1);
    let rows = upstream(&router).await;
    assert!(
        rows.contains("shop.public.other") && !rows.contains("shop.public.raw"),
        "{rows}"
    );
    let list = json!([event("COMPLETE", 3, "raw")]).to_string();
    let answer = send(
        &router,
        Method::POST,
        "/api/v1/lineage/batch",
        &[JSON],
        list,
    )
    .await;
    assert_eq!(answer.json()["status"], "success");
    let answer = send(
        &router,
        Method::POST,
        "/api/v1/lineage/batch",
        &[JSON],
        "[{}]".to_owned(),
    )
    .await;
    assert_eq!(answer.status, 422);
}
