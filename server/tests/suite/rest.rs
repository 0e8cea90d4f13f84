//! Resolve, search, ingest, sources, export.

use axum::http::Method;
use serde_json::json;

use crate::{app, get, send};

const OCTETS: (&str, &str) = ("content-type", "application/octet-stream");

#[tokio::test]
async fn resolve_answers_with_candidates_of_both_domains() {
    let answer = get(&app(), "/resolve?text=customer", &[]).await;
    let document = answer.json();
    assert_eq!(answer.status, 200);
    assert_eq!(
        (
            document["version"].as_u64(),
            answer.header("isogloss-graph-version")
        ),
        (Some(1), "1")
    );
    let text = answer.text();
    assert!(
        text.contains("customer-sales") && text.contains("customer-support"),
        "{text}"
    );
    let narrowed = get(
        &app(),
        "/resolve?text=customer&domain=Support&kind=term&recent=a&recent=b",
        &[],
    )
    .await;
    assert_eq!(narrowed.status, 200, "{}", narrowed.text());
}

#[tokio::test]
async fn search_finds_and_counts() {
    let answer = get(
        &app(),
        "/search?text=orders&kind=dataset&facet=kind&limit=5",
        &[],
    )
    .await;
    let document = answer.json();
    assert!(
        document["total"].as_u64().is_some_and(|total| total >= 1),
        "{document}"
    );
    assert_eq!(document["facets"][0]["field"], "kind");
}

#[tokio::test]
async fn parameters_are_checked_by_name() {
    let router = app();
    for (uri, parameter) in [
        ("/resolve", "text"),
        ("/resolve?text=a&text=b", "text"),
        ("/resolve?text=a&limit=1000", "limit"),
        ("/resolve?text=a&kind=nonsense", "kind"),
        ("/resolve?text=a&as-of=yesterday", "as-of"),
        ("/search?text=a&offset=-1", "offset"),
        ("/search?text=a&facet=colour", "facet"),
        ("/sources?x=1", "x"),
        ("/export?format=docx", "format"),
        ("/examples?n=3", "n"),
    ] {
        let answer = get(&router, uri, &[]).await;
        answer.is_problem(400, "BAD_USER_INPUT");
        assert_eq!(answer.json()["parameter"], parameter, "{uri}");
    }
}

#[tokio::test]
async fn a_document_is_ingested_read_and_removed() {
    let router = app();
    let turtle = "<urn:x:a> <http://purl.org/dc/terms/title> \"A\" .";
    let uri = "/ingest?source=extra&kind=rdf&name=extra.ttl";
    let dry = send(
        &router,
        Method::POST,
        &format!("{uri}&dry_run=true"),
        &[OCTETS],
        turtle,
    )
    .await;
    assert_eq!(
        (dry.status.as_u16(), dry.json()["receipt"].is_null()),
        (200, true),
        "{}",
        dry.text()
    );

    let answer = send(&router, Method::POST, uri, &[OCTETS], turtle).await;
    let document = answer.json();
    assert_eq!(document["receipt"]["added"], 1, "{document}");
    assert_eq!(
        (
            document["version"].as_u64(),
            answer.header("isogloss-graph-version")
        ),
        (Some(2), "2")
    );
    let again = send(&router, Method::POST, uri, &[OCTETS], turtle)
        .await
        .json();
    assert_eq!(
        (
            again["receipt"]["unchanged"].as_bool(),
            again["version"].as_u64()
        ),
        (Some(true), Some(2))
    );

    let exported = get(&router, "/export?source=extra&format=ntriples", &[]).await;
    assert_eq!(exported.text().trim(), turtle);
    assert_eq!(
        get(&router, "/export?source=extra&as-of=1", &[])
            .await
            .status,
        404,
        "not there yet at version 1"
    );
    let removed = send(&router, Method::DELETE, "/sources/extra", &[], "").await;
    assert_eq!(removed.json()["removed"], 1, "{}", removed.text());
    send(&router, Method::DELETE, "/sources/extra", &[], "")
        .await
        .is_problem(404, "UNKNOWN_SOURCE");
    let before = get(&router, "/sources?as-of=2", &[]).await.json();
    assert_eq!(
        before["sources"].as_array().map(Vec::len),
        Some(2),
        "{before}"
    );
}

#[tokio::test]
async fn several_documents_come_in_one_envelope() {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let body = json!({ "documents": [
        { "name": "a.ttl", "content_base64": encode("<urn:x:a> <urn:x:p> 1 .") },
        { "name": "b.ttl", "content_base64": encode("<urn:x:b> <urn:x:p> 2 .") },
    ] });
    let json_type = ("content-type", "application/json");
    let router = app();
    let answer = send(
        &router,
        Method::POST,
        "/ingest?source=two&kind=rdf",
        &[json_type],
        body.to_string(),
    )
    .await;
    assert_eq!(
        answer.json()["receipt"]["statements"],
        2,
        "{}",
        answer.text()
    );
    for wrong in [
        "{",
        "{}",
        r#"{"documents":[{"name":"a"}]}"#,
        r#"{"documents":[{"name":"a.ttl","content_base64":"*"}]}"#,
    ] {
        let answer = send(
            &router,
            Method::POST,
            "/ingest?source=two&kind=rdf",
            &[json_type],
            wrong,
        )
        .await;
        answer.is_problem(400, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn ingest_refuses_what_a_foreign_page_could_send() {
    let router = app();
    let uri = "/ingest?source=x&kind=rdf&name=x.ttl";
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let answer = send(
            &router,
            Method::POST,
            uri,
            &[("content-type", content_type)],
            "",
        )
        .await;
        answer.is_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    send(&router, Method::POST, uri, &[], "")
        .await
        .is_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    for uri in [
        "/ingest?kind=rdf&name=x",
        "/ingest?source=X!&kind=rdf&name=x",
        "/ingest?source=x&kind=word&name=x",
    ] {
        send(&router, Method::POST, uri, &[OCTETS], "")
            .await
            .is_problem(400, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_413() {
    use std::io::Write;
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        bomb.write_all(&vec![b' '; 1 << 20])
            .expect("a Vec takes every write");
    }
    let bomb = bomb.finish().expect("a Vec takes every write");
    assert!(bomb.len() < 100_000);
    let uri = "/ingest?source=bomb&kind=rdf&name=bomb.ttl.gz";
    let answer = send(&app(), Method::POST, uri, &[OCTETS], bomb).await;
    answer.is_problem(413, "TOO_LARGE");
}

#[tokio::test]
async fn the_export_names_the_source_of_each_statement() {
    let router = app();
    for (uri, accept, media_type) in [
        ("/export", "*/*", "application/trig"),
        ("/export?format=nquads", "*/*", "application/n-quads"),
        ("/export", "application/n-quads", "application/n-quads"),
    ] {
        let answer = get(&router, uri, &[("accept", accept)]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.media_type()),
            (200, media_type),
            "{}",
            answer.text()
        );
        assert!(answer.text().contains("urn:isogloss:source:words"), "{uri}");
    }
    get(&router, "/export", &[("accept", "image/png")])
        .await
        .is_problem(406, "NOT_ACCEPTABLE");
    get(&router, "/export?source=nobody", &[])
        .await
        .is_problem(404, "UNKNOWN_SOURCE");
}

#[tokio::test]
async fn a_source_is_validated_before_it_is_committed() {
    let router = app();
    let turtle = "<urn:x:orders> a <http://www.w3.org/ns/dcat#Dataset> .";
    let uri = "/ingest?source=bad&kind=rdf&name=bad.ttl&validate=";
    let refused = send(
        &router,
        Method::POST,
        &format!("{uri}strict"),
        &[OCTETS],
        turtle,
    )
    .await;
    refused.is_problem(422, "NOT_VALID");
    assert_eq!(refused.json()["validation"]["counts"]["Violation"], 1);
    let taken = send(
        &router,
        Method::POST,
        &format!("{uri}report"),
        &[OCTETS],
        turtle,
    )
    .await;
    assert_eq!(
        taken.json()["validation"]["conforms"],
        false,
        "{}",
        taken.text()
    );
    let wrong = send(
        &router,
        Method::POST,
        &format!("{uri}maybe"),
        &[OCTETS],
        turtle,
    )
    .await;
    wrong.is_problem(400, "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_query_may_ask_what_follows() {
    let router = app();
    let turtle = "<urn:x:a> <http://www.w3.org/2004/02/skos/core#broader> <urn:x:b> .";
    send(
        &router,
        Method::POST,
        "/ingest?source=terms&kind=rdf&name=t.ttl",
        &[OCTETS],
        turtle,
    )
    .await;
    let ask = "/sparql?query=ASK%20%7B%20%3Curn%3Ax%3Ab%3E%20%3Chttp%3A%2F%2Fwww.w3.org%2F2004%2F02%2Fskos%2Fcore%23narrower%3E%20%3Curn%3Ax%3Aa%3E%20%7D";
    for (entailment, expected) in [
        ("", false),
        ("&entailment=none", false),
        ("&entailment=skos", true),
    ] {
        let answer = get(&router, &format!("{ask}{entailment}"), &[]).await;
        assert_eq!(
            answer.json()["boolean"],
            expected,
            "{entailment}: {}",
            answer.text()
        );
    }
    let unknown = get(&router, &format!("{ask}&entailment=owl"), &[]).await;
    unknown.is_problem(400, "BAD_USER_INPUT");
}
