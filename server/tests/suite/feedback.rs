//! What words did and did not mean: said, read, taken back.

use axum::http::Method;
use serde_json::{Value, json};

use crate::{app, encoded, get, send};

const JSON: (&str, &str) = ("content-type", "application/json");

/// The IRIs of the terms that an answer gives, best first.
fn terms(answer: &Value) -> Vec<String> {
    let candidates = answer["candidates"].as_array().expect("candidates");
    let named = candidates.iter().filter_map(|c| c["term"]["iri"].as_str());
    named.map(str::to_owned).collect()
}

#[tokio::test]
async fn what_is_said_is_counted_listed_and_forgotten() {
    let router = app();
    let asked = get(&router, "/resolve?text=customer", &[]).await.json();
    let before = terms(&asked);
    let last = before.last().expect("the mesh has customers").clone();
    for verdict in ["accept", "accept", "reject", "accept"] {
        let body = json!({ "text": "the Customers", "iri": last, "verdict": verdict });
        let said = send(
            &router,
            Method::POST,
            "/feedback",
            &[JSON],
            body.to_string(),
        )
        .await;
        assert_eq!(said.status, 200, "{}", said.text());
    }
    let listed = get(&router, "/feedback", &[]).await.json();
    let rows = listed["feedback"].as_array().expect("rows");
    assert_eq!(rows.len(), 1, "{listed}");
    assert_eq!(
        (&rows[0]["accepted"], &rows[0]["rejected"]),
        (&json!(3), &json!(1))
    );
    let other = get(&router, "/feedback?iri=urn:x:other", &[]).await.json();
    assert_eq!(other["feedback"], json!([]));
    let learned = get(&router, "/resolve?text=customers", &[]).await.json();
    assert_eq!(terms(&learned).first(), Some(&last), "{learned}");

    let uri = format!("/feedback?text=customer&iri={}", encoded(&last));
    let forgotten = send(&router, Method::DELETE, &uri, &[], "").await;
    assert_eq!(forgotten.json()["forgotten"], 4, "{}", forgotten.text());
    send(&router, Method::DELETE, &uri, &[], "")
        .await
        .is_problem(404, "NOT_FOUND");
    let after = get(&router, "/resolve?text=customer", &[]).await.json();
    assert_eq!(terms(&after), before);
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused() {
    let router = app();
    let post = async |body: &str, kind: &'static str| {
        let headers = [("content-type", kind)];
        send(
            &router,
            Method::POST,
            "/feedback",
            &headers,
            body.to_owned(),
        )
        .await
    };
    let body = r#"{"text":"customer","iri":"urn:x:nobody","verdict":"accept"}"#;
    post(body, "application/json")
        .await
        .is_problem(404, "UNKNOWN_ENTITY");
    post(body, "text/plain")
        .await
        .is_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    for broken in [
        "",
        "[]",
        r#"{"text":"customer","iri":"urn:x:nobody","verdict":"maybe"}"#,
        r#"{"text":"customer","iri":"urn:x:nobody","verdict":"accept","more":1}"#,
    ] {
        post(broken, "application/json")
            .await
            .is_problem(400, "BAD_USER_INPUT");
    }
    let long = format!(
        r#"{{"text":"{}","iri":"a","verdict":"accept"}}"#,
        "x".repeat(70_000)
    );
    post(&long, "application/json")
        .await
        .is_problem(413, "TOO_LARGE");
    let foreign = [JSON, ("origin", "https://evil.example")];
    send(
        &router,
        Method::POST,
        "/feedback",
        &foreign,
        body.to_owned(),
    )
    .await
    .is_problem(403, "CROSS_SITE");
}
