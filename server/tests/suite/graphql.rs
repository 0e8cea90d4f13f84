//! GraphQL over HTTP: the status rules of the two media types, and what is refused.

use axum::http::Method;
use serde_json::json;

use crate::{Answer, app, encoded, get, send};

const JSON: (&str, &str) = ("content-type", "application/json");
const NEW: &str = "application/graphql-response+json";

async fn post(body: &str, headers: &[(&str, &str)]) -> Answer {
    send(&app(), Method::POST, "/graphql", headers, body.to_owned()).await
}

#[tokio::test]
async fn the_media_type_follows_the_accept_header() {
    let query = r#"{"query":"{ __typename }"}"#;
    for (accept, expected) in [
        (None, "application/json"),
        (Some("*/*"), "application/json"),
        (Some("application/*"), "application/json"),
        (Some("application/json"), "application/json"),
        (Some(NEW), NEW),
        (
            Some("application/graphql-response+json, application/json;q=0.9"),
            NEW,
        ),
        (
            Some("application/graphql-response+json;q=0.5, application/json"),
            "application/json",
        ),
    ] {
        let mut headers = vec![JSON];
        headers.extend(accept.map(|accept| ("accept", accept)));
        let answer = post(query, &headers).await;
        assert_eq!(
            (answer.status.as_u16(), answer.media_type()),
            (200, expected),
            "{accept:?}"
        );
        assert_eq!(answer.json()["data"]["__typename"], "Query");
    }
    assert_eq!(
        post(query, &[JSON, ("accept", "text/csv")]).await.status,
        406
    );
}

#[tokio::test]
async fn a_refused_request_is_400_in_the_new_type_and_200_in_the_old() {
    for query in [
        "{ noSuchField }",
        "{ unclosed",
        "query A { __typename } query B { __typename }",
    ] {
        let body = json!({ "query": query }).to_string();
        let new = post(&body, &[JSON, ("accept", NEW)]).await;
        assert_eq!(new.status, 400, "{query}");
        assert!(
            new.json().get("data").is_none(),
            "a request error has no data: {}",
            new.text()
        );
        assert!(new.json()["errors"][0]["message"].is_string());
        assert_eq!(post(&body, &[JSON]).await.status, 200, "{query}");
    }
}

#[tokio::test]
async fn a_malformed_request_is_400_in_both() {
    for body in [
        "",
        "{",
        "[]",
        r#"[{"query":"{ __typename }"},{"query":"{ __typename }"}]"#,
        r#""{ __typename }""#,
        "{}",
        r#"{"query":1}"#,
        r#"{"query":"{ __typename }","variables":[]}"#,
        r#"{"query":"{ __typename }","operationName":1}"#,
        r#"{"query":"{ __typename }","extensions":"x"}"#,
    ] {
        for accept in ["application/json", NEW] {
            let answer = post(body, &[JSON, ("accept", accept)]).await;
            assert_eq!(answer.status, 400, "{body} {accept}");
            assert!(answer.json()["errors"][0]["message"].is_string());
        }
    }
}

#[tokio::test]
async fn only_json_is_taken_as_a_body() {
    let query = r#"{"query":"{ __typename }"}"#;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/jsonp",
    ] {
        assert_eq!(
            post(query, &[("content-type", content_type)]).await.status,
            415,
            "{content_type}"
        );
    }
    assert_eq!(post(query, &[]).await.status, 415, "without a type");
    let answer = post(
        query,
        &[("content-type", "application/json; charset=utf-8")],
    )
    .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn get_runs_queries_and_nothing_else() {
    let router = app();
    let answer = get(
        &router,
        &format!("/graphql?query={}", encoded("{ __typename }")),
        &[],
    )
    .await;
    assert_eq!(answer.json()["data"]["__typename"], "Query");
    let variables = format!(
        "/graphql?query={}&variables={}&operationName=R",
        encoded("query R($t: String!) { resolve(input: {text: $t}) { outcome } }"),
        encoded(r#"{"t":"customer"}"#)
    );
    let answer = get(&router, &variables, &[("accept", NEW)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());

    let mutation = r#"mutation { removeSource(input: { source: "words" }) { version } }"#;
    for uri in [
        format!("/graphql?query={}", encoded(mutation)),
        format!(
            "/graphql?operationName=M&query={}",
            encoded(&mutation.replace("mutation", "query Q { __typename } mutation M"))
        ),
        format!(
            "/graphql?query={}",
            encoded("subscription { changes { version } }")
        ),
    ] {
        let answer = get(&router, &uri, &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("allow")),
            (405, "POST"),
            "{}",
            answer.text()
        );
    }
    assert!(
        get(&router, "/sources", &[]).await.text().contains("words"),
        "nothing was removed"
    );
    assert_eq!(
        get(&router, "/graphql", &[("accept", NEW)]).await.status,
        400
    );
    assert_eq!(
        get(&router, "/graphql?query=a&query=b", &[]).await.status,
        400
    );
    let browser = get(&router, "/graphql", &[("accept", "text/html,*/*;q=0.8")]).await;
    assert_eq!(
        (browser.status.as_u16(), browser.header("location")),
        (303, "/#/endpoints")
    );
}

#[tokio::test]
async fn the_version_is_in_header_and_extensions() {
    let answer = post(r#"{"query":"{ serverInfo { graphVersion } }"}"#, &[JSON]).await;
    let document = answer.json();
    assert_eq!(answer.header("isogloss-graph-version"), "1");
    assert_eq!(document["extensions"]["version"], 1, "{document}");
    assert_eq!(
        document["data"]["serverInfo"]["graphVersion"]
            .to_string()
            .trim_matches('"'),
        "1"
    );
}

#[tokio::test]
async fn deep_nesting_is_refused_and_not_a_crash() {
    for bomb in [
        "{a".repeat(20_000),
        format!("{{ a(b: {}", "[".repeat(50_000)),
        format!("{{a(b:{}", "{c:".repeat(20_000)),
    ] {
        let body = json!({ "query": bomb }).to_string();
        assert_eq!(post(&body, &[JSON, ("accept", NEW)]).await.status, 400);
        let uri = format!(
            "/graphql?query={}",
            encoded(bomb.get(..15_000).expect("ASCII"))
        );
        assert_eq!(get(&app(), &uri, &[("accept", NEW)]).await.status, 400);
    }
    let deep = format!(
        r#"{{"query":"{{ __typename }}","variables":{{"a":{}1{}}}}}"#,
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    assert_eq!(post(&deep, &[JSON]).await.status, 400);
}

#[tokio::test]
async fn a_request_of_fifty_megabytes_is_413() {
    let body = format!(r#"{{"query":"{}"}}"#, " ".repeat(50 << 20));
    let answer = post(&body, &[JSON, ("content-length", &body.len().to_string())]).await;
    answer.is_problem(413, "TOO_LARGE");
    let streamed = post(&body, &[JSON]).await;
    streamed.is_problem(413, "TOO_LARGE");
}
