//! The graph store: reading and writing graphs by address, its preconditions and refusals.

use axum::http::Method;
use server::{Config, DefaultGraph};

use crate::{app, get, mesh, send};

const TURTLE: (&str, &str) = ("content-type", "text/turtle");
const GRAPH: &str = "/store?graph=http%3A%2F%2Fg.example%2F1";

#[tokio::test]
async fn a_graph_comes_and_goes() {
    let router = app();
    let ask = |accept: &'static str| {
        let router = router.clone();
        async move { get(&router, GRAPH, &[("accept", accept)]).await }
    };
    assert_eq!(ask("*/*").await.status, 404);
    let one = "<a> <http://e.example/p> [ <http://e.example/q> 1 ] .";
    let made = send(&router, Method::PUT, GRAPH, &[TURTLE], one).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let again = send(&router, Method::PUT, GRAPH, &[TURTLE], one).await;
    assert_eq!(again.status, 204);
    assert_eq!(
        again.header("isogloss-graph-version"),
        "2",
        "nothing changed"
    );
    let found = ask("application/n-triples").await;
    assert_eq!(found.status, 200);
    assert!(
        found.text().contains("<http://g.example/a>"),
        "the graph is the base: {}",
        found.text()
    );
    assert_eq!(found.text().lines().count(), 2);
    let more = send(&router, Method::POST, GRAPH, &[TURTLE], one).await;
    assert_eq!(more.status, 204);
    assert_eq!(
        ask("application/n-triples").await.text().lines().count(),
        4,
        "another blank node"
    );
    for accept in [
        "text/turtle",
        "application/rdf+xml",
        "application/ld+json",
        "application/n-quads",
    ] {
        let answer = ask(accept).await;
        assert_eq!((answer.status.as_u16(), answer.media_type()), (200, accept));
        if !accept.contains("quads") {
            let put = [("content-type", accept)];
            let back = send(&router, Method::PUT, GRAPH, &put, answer.text()).await;
            assert_eq!(back.status, 204, "{accept}: {}", back.text());
            assert_eq!(
                ask("application/n-triples").await.text().lines().count(),
                4,
                "{accept}"
            );
        }
    }
    assert_eq!(
        send(&router, Method::DELETE, GRAPH, &[], "").await.status,
        204
    );
    assert_eq!(
        send(&router, Method::DELETE, GRAPH, &[], "").await.status,
        404
    );
    assert_eq!(ask("*/*").await.status, 404);
}

#[tokio::test]
async fn writers_that_know_the_version_do_not_undo_each_other() {
    let router = app();
    let put = |headers: Vec<(&'static str, String)>, text: &'static str| {
        let router = router.clone();
        async move {
            let mut all = vec![TURTLE];
            all.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
            send(&router, Method::PUT, GRAPH, &all, text).await
        }
    };
    let only_new = || vec![("if-none-match", "*".to_owned())];
    assert_eq!(put(only_new(), "<urn:a:a> <urn:a:b> 1 .").await.status, 201);
    put(only_new(), "<urn:a:a> <urn:a:b> 2 .")
        .await
        .is_problem(412, "PRECONDITION_FAILED");
    let tag = get(&router, GRAPH, &[]).await.header("etag").to_owned();
    assert!(tag.len() > 2, "{tag}");
    let unchanged = get(&router, GRAPH, &[("if-none-match", tag.as_str())]).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.body.len()), (304, 0));
    let known = vec![("if-match", tag)];
    assert_eq!(
        put(known.clone(), "<urn:a:a> <urn:a:b> 3 .").await.status,
        204
    );
    put(known, "<urn:a:a> <urn:a:b> 4 .")
        .await
        .is_problem(412, "PRECONDITION_FAILED");
    assert!(get(&router, GRAPH, &[]).await.text().contains('3'));
}

#[tokio::test]
async fn the_default_graph_is_that_of_queries() {
    let data = "<urn:a:a> <urn:a:b> <urn:a:c> .";
    let merged = app();
    let pure = Config {
        sparql: server::Sparql {
            default_graph: DefaultGraph::People,
            ..server::Sparql::default()
        },
        ..Config::default()
    };
    let pure = server::router(mesh(), &pure);
    for (router, before) in [(&merged, 23), (&pure, 0)] {
        let lines = || async {
            let accept = [("accept", "application/n-triples")];
            get(router, "/store?default", &accept)
                .await
                .text()
                .lines()
                .count()
        };
        assert_eq!(lines().await, before);
        let put = send(router, Method::PUT, "/store?default", &[TURTLE], data).await;
        assert_eq!(put.status, 201);
        assert_eq!(lines().await, before + 1);
        let gone = send(router, Method::DELETE, "/store?default", &[], "").await;
        assert_eq!(gone.status, 204);
        assert_eq!(lines().await, before, "what others say stays");
    }
}

#[tokio::test]
async fn a_graph_may_be_its_own_address_and_may_be_given_one() {
    let router = app();
    let data = "<> <urn:a:b> 1 .";
    let made = send(&router, Method::PUT, "/store/people/1", &[TURTLE], data).await;
    assert_eq!(made.status, 201);
    let found = get(
        &router,
        "/store?graph=http://localhost:4400/store/people/1",
        &[],
    )
    .await;
    assert!(
        found
            .text()
            .contains("<http://localhost:4400/store/people/1>"),
        "{}",
        found.text()
    );
    let made = send(&router, Method::POST, "/store", &[TURTLE], data).await;
    assert_eq!(made.status, 201);
    let address = made.header("location").to_owned();
    let path = address
        .strip_prefix("http://localhost:4400")
        .expect("it is one of ours");
    assert_eq!(get(&router, path, &[]).await.status, 200);
}

#[tokio::test]
async fn what_the_store_refuses() {
    let router = app();
    let words = "/store?graph=urn:isogloss:source:words";
    for (method, uri, headers, body, status) in [
        (Method::GET, "/store", vec![], "", 400),
        (Method::PUT, "/store", vec![TURTLE], "", 400),
        (Method::GET, "/store?graph=relative", vec![], "", 400),
        (Method::GET, "/store?default&graph=urn:a:b", vec![], "", 400),
        (Method::GET, "/store/a?graph=urn:a:b", vec![], "", 400),
        (Method::GET, "/store?default&more=1", vec![], "", 400),
        (
            Method::GET,
            "/store?default",
            vec![("accept", "image/png")],
            "",
            406,
        ),
        (
            Method::GET,
            "/store?default",
            vec![("origin", "http://evil.example")],
            "",
            403,
        ),
        (Method::PUT, GRAPH, vec![TURTLE], "<urn:a:a> <urn:a:b", 400),
        (
            Method::PUT,
            GRAPH,
            vec![("content-type", "image/png")],
            "",
            415,
        ),
        (Method::PUT, GRAPH, vec![], "", 415),
        (Method::PATCH, GRAPH, vec![], "", 405),
        (Method::PUT, words, vec![TURTLE], "", 403),
        (Method::POST, words, vec![TURTLE], "", 403),
        (Method::DELETE, words, vec![], "", 403),
        (
            Method::DELETE,
            "/store?graph=urn:isogloss:entailment:rdfs",
            vec![],
            "",
            403,
        ),
    ] {
        let answer = send(&router, method.clone(), uri, &headers, body).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{method} {uri} {}",
            answer.text()
        );
    }
    let readable = get(&router, words, &[("accept", "application/n-triples")]).await;
    assert_eq!(
        readable.text().lines().count(),
        23,
        "what a connector says can be read"
    );
    let mut config = Config::default();
    config.sparql.update = Some(server::Updates::Off);
    let off = server::router(mesh(), &config);
    send(&off, Method::PUT, GRAPH, &[TURTLE], "")
        .await
        .is_problem(403, "UPDATE_OFF");
}
