//! Who may ask, and the headers of every answer.

use axum::http::Method;

use crate::{app, encoded, get, send};

#[tokio::test]
async fn another_host_is_refused_everywhere_but_at_the_probes() {
    let router = app();
    for host in [
        "evil.example",
        "evil.example:4400",
        "localhost.evil.example",
        "169.254.169.254",
    ] {
        for path in [
            "/",
            "/resolve?text=a",
            "/graphql",
            "/sources",
            "/metrics",
            "/openapi.json",
            "/nothing",
        ] {
            get(&router, path, &[("host", host)])
                .await
                .is_problem(403, "HOST_NOT_ALLOWED");
        }
        assert_eq!(get(&router, "/readyz", &[("host", host)]).await.status, 200);
    }
    for host in ["localhost", "127.0.0.1:4400", "[::1]:4400", "LOCALHOST:1"] {
        assert_eq!(
            get(&router, "/sources", &[("host", host)]).await.status,
            200,
            "{host}"
        );
    }
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_and_makes_no_work() {
    let router = app();
    let json = ("content-type", "application/json");
    let query = r#"{"query":"{ __typename }"}"#;
    let uri = format!("/graphql?query={}", encoded("{ __typename }"));
    let foreign: [&[(&str, &str)]; 5] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://localhost:3000")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ];
    for headers in foreign {
        let with_json = [headers, &[json]].concat();
        send(&router, Method::POST, "/graphql", &with_json, query)
            .await
            .is_problem(403, "CROSS_SITE");
        get(&router, &uri, headers)
            .await
            .is_problem(403, "CROSS_SITE");
        get(&router, "/sparql?query=ASK%7B%7D", headers)
            .await
            .is_problem(403, "CROSS_SITE");
        get(&router, "/graphql/ws", headers)
            .await
            .is_problem(403, "CROSS_SITE");
        send(&router, Method::DELETE, "/sources/words", headers, "")
            .await
            .is_problem(403, "CROSS_SITE");
        send(
            &router,
            Method::POST,
            "/ingest?source=a&kind=rdf&name=a",
            &with_json,
            "",
        )
        .await
        .is_problem(403, "CROSS_SITE");
    }
    let own: [&[(&str, &str)]; 3] = [
        &[("origin", "http://localhost:4400")],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
    ];
    for headers in own {
        let with_json = [headers, &[json]].concat();
        assert_eq!(
            send(&router, Method::POST, "/graphql", &with_json, query)
                .await
                .status,
            200,
            "{headers:?}"
        );
    }
    let preflight = [
        ("origin", "https://evil.example"),
        ("access-control-request-method", "POST"),
    ];
    let answer = send(&router, Method::OPTIONS, "/graphql", &preflight, "").await;
    assert!(
        answer.status.is_client_error() && answer.header("access-control-allow-origin").is_empty()
    );
}

#[tokio::test]
async fn an_allowed_origin_may_ask() {
    let config = server::Config {
        allowed_origins: vec!["https://catalog.example".to_owned()],
        ..Default::default()
    };
    let router = server::router(crate::mesh(), &config);
    let headers = [
        ("origin", "https://catalog.example"),
        ("content-type", "application/json"),
    ];
    let answer = send(
        &router,
        Method::POST,
        "/graphql",
        &headers,
        r#"{"query":"{ __typename }"}"#,
    )
    .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn every_answer_has_its_id_version_and_security_headers() {
    let router = app();
    for path in [
        "/",
        "/page/page.js",
        "/resolve?text=a",
        "/resolve",
        "/nothing",
        "/healthz",
        "/metrics",
        "/sparql",
    ] {
        let answer = get(&router, path, &[]).await;
        assert_eq!(answer.header("isogloss-graph-version"), "1", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(
            answer.header("access-control-allow-origin").is_empty(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_request_keeps_its_id_when_that_is_harmless() {
    let router = app();
    let kept = get(&router, "/healthz", &[("x-request-id", "abc-1.2_3")]).await;
    assert_eq!(kept.header("x-request-id"), "abc-1.2_3");
    for strange in ["a b", "<script>", &"x".repeat(65), ""] {
        let answer = get(&router, "/healthz", &[("x-request-id", strange)]).await;
        assert_ne!(answer.header("x-request-id"), strange);
    }
    let (one, two) = (
        get(&router, "/healthz", &[]).await,
        get(&router, "/healthz", &[]).await,
    );
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
}

#[tokio::test]
async fn wrong_methods_and_addresses_are_problems() {
    let router = app();
    for (method, path, allow) in [
        (Method::POST, "/resolve", "GET"),
        (Method::GET, "/ingest", "POST"),
        (Method::PUT, "/sources/words", "DELETE"),
        (Method::DELETE, "/graphql", "GET, POST"),
    ] {
        let answer = send(&router, method, path, &[], "").await;
        answer.is_problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), allow, "{path}");
    }
    for path in [
        "/nothing",
        "/page/../Cargo.toml",
        "/page/%2e%2e%2fCargo.toml",
        "/page/none.js",
    ] {
        get(&router, path, &[]).await.is_problem(404, "NOT_FOUND");
    }
}
