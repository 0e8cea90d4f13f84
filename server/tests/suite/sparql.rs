//! The SPARQL protocol: the three ways to ask, the formats, the errors.

use axum::http::Method;

use crate::{Answer, app, encoded, get, send};

const SELECT: &str = "SELECT ?s WHERE { ?s a <http://www.w3.org/ns/dcat#Dataset> } ORDER BY ?s";
const CONSTRUCT: &str = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }";

async fn ask(query: &str, accept: &str) -> Answer {
    get(
        &app(),
        &format!("/sparql?query={}", encoded(query)),
        &[("accept", accept)],
    )
    .await
}

#[tokio::test]
async fn the_three_ways_to_ask_agree() {
    let router = app();
    let by_get = ask(SELECT, "text/csv").await;
    let accept = ("accept", "text/csv");
    let form = format!("query={}", encoded(SELECT));
    let form_type = ("content-type", "application/x-www-form-urlencoded");
    let by_form = send(&router, Method::POST, "/sparql", &[accept, form_type], form).await;
    let body_type = ("content-type", "application/sparql-query; charset=utf-8");
    let by_body = send(
        &router,
        Method::POST,
        "/sparql",
        &[accept, body_type],
        SELECT,
    )
    .await;
    assert_eq!(by_get.status, 200, "{}", by_get.text());
    assert_eq!(by_get.text().lines().count(), 3, "{}", by_get.text());
    assert_eq!(
        (by_get.text(), by_get.text()),
        (by_form.text(), by_body.text())
    );
    assert_eq!(by_get.header("isogloss-graph-version"), "1");
}

#[tokio::test]
async fn the_formats_of_tables() {
    for (accept, expected) in [
        ("*/*", "application/sparql-results+json"),
        (
            "application/sparql-results+json",
            "application/sparql-results+json",
        ),
        ("application/json", "application/json"),
        (
            "application/sparql-results+xml",
            "application/sparql-results+xml",
        ),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        (
            "text/csv;q=0.5, text/tab-separated-values;q=0.6",
            "text/tab-separated-values",
        ),
        (
            "text/html, application/xml;q=0.9, */*;q=0.1",
            "application/xml",
        ),
    ] {
        for query in [SELECT, "ASK { ?s ?p ?o }"] {
            let answer = ask(query, accept).await;
            assert_eq!(
                (answer.status.as_u16(), answer.media_type()),
                (200, expected),
                "{accept}: {}",
                answer.text()
            );
            assert!(!answer.body.is_empty());
        }
    }
    ask(SELECT, "image/png")
        .await
        .is_problem(406, "NOT_ACCEPTABLE");
    ask(SELECT, "text/turtle")
        .await
        .is_problem(406, "NOT_ACCEPTABLE");
}

#[tokio::test]
async fn the_formats_of_graphs() {
    for (accept, expected) in [
        ("*/*", "text/turtle"),
        ("application/n-triples", "application/n-triples"),
        ("application/n-quads", "application/n-quads"),
        ("application/trig", "application/trig"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
    ] {
        let answer = ask(CONSTRUCT, accept).await;
        assert_eq!(
            (answer.status.as_u16(), answer.media_type()),
            (200, expected),
            "{accept}: {}",
            answer.text()
        );
        assert!(answer.text().contains("customer-sales"), "{accept}");
    }
    ask(CONSTRUCT, "text/csv")
        .await
        .is_problem(406, "NOT_ACCEPTABLE");
}

#[tokio::test]
async fn a_syntax_error_says_where() {
    let answer = ask("SELECT ?s\nWHERE { ?s ?p }", "*/*").await;
    assert_eq!(answer.status, 400);
    let document = answer.json();
    assert_eq!(document["line"], 2, "{document}");
    assert!(
        document["column"].as_u64().is_some_and(|column| column > 1),
        "{document}"
    );
}

#[tokio::test]
async fn what_is_refused() {
    let router = app();
    for (uri, status) in [
        ("/sparql?query=", 400),
        ("/sparql?nonsense=1", 400),
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", 400),
        ("/sparql?update=CLEAR+ALL", 400),
        ("/sparql?query=ASK%7B%7D&as-of=99", 404),
        ("/sparql?query=ASK%7B%7D&as-of=x", 400),
    ] {
        assert_eq!(get(&router, uri, &[]).await.status, status, "{uri}");
    }
    for query in [
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        &format!(
            "SELECT * WHERE {{ {} ?s ?p ?o {} }}",
            "{".repeat(3000),
            "}".repeat(3000)
        ),
        &format!(
            "ASK {{ FILTER({}1{}) }}",
            "(".repeat(2000),
            ")".repeat(2000)
        ),
    ] {
        let answer = ask(query, "*/*").await;
        assert!(
            answer.status.is_client_error(),
            "{} {}",
            answer.status,
            query.get(..60).unwrap_or(query)
        );
        assert_eq!(answer.media_type(), "application/problem+json");
    }
    let update = [("content-type", "application/sparql-update")];
    send(&router, Method::POST, "/sparql", &update, "CLEAR ALL")
        .await
        .is_problem(403, "WRITE_REFUSED");
    let plain = [("content-type", "text/plain")];
    send(&router, Method::POST, "/sparql", &plain, SELECT)
        .await
        .is_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(
        send(&router, Method::PUT, "/sparql", &[], SELECT)
            .await
            .status,
        405
    );
}

#[tokio::test]
async fn a_query_of_fifty_megabytes_is_413() {
    let query = format!("{SELECT} #{}", "x".repeat(50 << 20));
    let length = query.len().to_string();
    for headers in [
        vec![
            ("content-type", "application/sparql-query"),
            ("content-length", length.as_str()),
        ],
        vec![("content-type", "application/sparql-query")],
    ] {
        let answer = send(&app(), Method::POST, "/sparql", &headers, query.clone()).await;
        answer.is_problem(413, "TOO_LARGE");
    }
}

#[tokio::test]
async fn the_dataset_of_the_protocol_is_honoured() {
    let here = encoded("urn:isogloss:source:words");
    let elsewhere = encoded("urn:isogloss:source:nobody");
    for (query, parameters, expected) in [
        (
            "ASK { ?s ?p ?o }",
            format!("default-graph-uri={here}"),
            true,
        ),
        (
            "ASK { ?s ?p ?o }",
            format!("default-graph-uri={elsewhere}"),
            false,
        ),
        (
            "ASK { GRAPH ?g { ?s ?p ?o } }",
            format!("named-graph-uri={here}"),
            true,
        ),
        (
            "ASK { GRAPH ?g { ?s ?p ?o } }",
            format!("named-graph-uri={elsewhere}"),
            false,
        ),
        (
            "ASK { GRAPH ?g { ?s ?p ?o } }",
            format!("default-graph-uri={here}"),
            false,
        ),
    ] {
        let uri = format!("/sparql?query={}&{parameters}", encoded(query));
        let answer = get(&app(), &uri, &[]).await;
        assert_eq!(answer.json()["boolean"], expected, "{query} {parameters}");
    }
}

#[tokio::test]
async fn without_a_query_the_service_is_described() {
    let router = app();
    let described = get(&router, "/sparql", &[("accept", "text/turtle")]).await;
    assert_eq!(described.media_type(), "text/turtle");
    let text = described.text();
    for part in [
        "#endpoint> <http://localhost:4400/sparql>",
        "#SPARQL11Update>",
        "#UnionDefaultGraph>",
        "#name> <urn:isogloss:source:words>",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let hint = get(&router, "/sparql", &[("accept", "text/html")]).await;
    assert!(hint.text().contains("/#/sparql"));
}

#[tokio::test]
async fn an_update_is_one_version_that_the_next_query_sees() {
    let router = app();
    let update = "PREFIX e: <http://e.example/> INSERT DATA { e:a e:p <rel> } ;
        INSERT { GRAPH e:g { ?s e:q ?o } } WHERE { ?s e:p ?o }";
    let direct = [("content-type", "application/sparql-update")];
    let answer = send(&router, Method::POST, "/sparql", &direct, update).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let document = answer.json();
    assert_eq!(
        (&document["version"], &document["added"]),
        (&2.into(), &2.into())
    );
    assert_eq!(document["sources"][1]["source"], "http://e.example/g");
    assert_eq!(answer.header("isogloss-graph-version"), "2");
    let query = "ASK { GRAPH <http://e.example/g> { ?s ?p <http://localhost:4400/rel> } }";
    assert_eq!(ask_on(&router, query).await.json()["boolean"], true);
    let form = format!("update={}", encoded("DROP GRAPH <http://e.example/g>"));
    let form_type = [("content-type", "application/x-www-form-urlencoded")];
    let answer = send(&router, Method::POST, "/sparql", &form_type, form).await;
    assert_eq!(answer.json()["removed"], 1);
    assert_eq!(ask_on(&router, query).await.json()["boolean"], false);
}

async fn ask_on(router: &axum::Router, query: &str) -> Answer {
    get(router, &format!("/sparql?query={}", encoded(query)), &[]).await
}

#[tokio::test]
async fn an_update_that_cannot_be_says_why() {
    let direct = [("content-type", "application/sparql-update")];
    let words = "GRAPH <urn:isogloss:source:words>";
    for (update, status, code) in [
        ("INSERT DATA {".to_owned(), 400, "BAD_USER_INPUT"),
        ("LOAD <http://127.0.0.1:1/>".to_owned(), 400, "REFUSED"),
        ("DROP GRAPH <urn:no:where>".to_owned(), 404, "UNKNOWN_GRAPH"),
        (format!("CREATE {words}"), 409, "GRAPH_EXISTS"),
        (
            format!("DELETE WHERE {{ {words} {{ ?s ?p ?o }} }}"),
            403,
            "WRITE_REFUSED",
        ),
    ] {
        let answer = send(&app(), Method::POST, "/sparql", &direct, update.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{update}");
        answer.is_problem(status, code);
    }
    let using = "/sparql?using-graph-uri=urn:a:b";
    let with = "WITH <urn:a:c> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }";
    send(&app(), Method::POST, using, &direct, with)
        .await
        .is_problem(400, "REFUSED");
    let mut config = server::Config::default();
    config.sparql.update = Some(server::Updates::Off);
    let off = server::router(crate::mesh(), &config);
    let data = "INSERT DATA { <urn:a:a> <urn:a:b> 1 }";
    send(&off, Method::POST, "/sparql", &direct, data)
        .await
        .is_problem(403, "UPDATE_OFF");
    let described = get(&off, "/sparql", &[("accept", "text/turtle")]).await;
    assert!(!described.text().contains("SPARQL11Update"));
    let foreign = [direct[0], ("origin", "http://evil.example")];
    send(&app(), Method::POST, "/sparql", &foreign, data)
        .await
        .is_problem(403, "CROSS_SITE");
}

#[tokio::test]
async fn words_are_searched_inside_of_a_query() {
    let query = "PREFIX iso: <https://isogloss.dev/ns#> SELECT ?domain { ?term iso:matches 'ticket' ; iso:inDomain ?domain }";
    let answer = get(
        &app(),
        &format!("/sparql?query={}", encoded(query)),
        &[("accept", "text/csv")],
    )
    .await;
    assert_eq!(
        answer.text().trim(),
        "domain\r\nurn:isogloss:domain:mesh/support"
    );
}

#[tokio::test]
async fn the_size_of_a_query_is_as_configured() {
    let long = format!("ASK {{}} # {}", "x".repeat(100_000));
    let direct = [("content-type", "application/sparql-query")];
    let answer = send(&app(), Method::POST, "/sparql", &direct, long.clone()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut config = server::Config::default();
    config.limits.sparql_bytes = 50_000;
    let small = server::router(crate::mesh(), &config);
    let answer = send(&small, Method::POST, "/sparql", &direct, long).await;
    assert_eq!(answer.status, 413);
}
