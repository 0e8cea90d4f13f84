//! Filtered lineage, impact, centrality, and the history of entities by query and subscription.

use async_graphql::Response;
use async_graphql::futures_util::StreamExt as _;
use async_graphql::futures_util::stream::BoxStream;
use graphql_api::Schema;
use isogloss::graph::{Change, Commit, Timestamp};
use serde_json::{Value, json};

use crate::mesh::{LINES, ask, codes, data, empty, fail, ingest, mesh, texts};

const CUSTOMERS: &str = "urn:isogloss:dataset:shop/billing/customers";

#[tokio::test]
async fn lineage_is_filtered_and_says_what_lies_behind_each_step() {
    let (schema, _) = mesh().await;
    let text = format!(
        "{{ all: lineage(iri: \"{CUSTOMERS}\") {{ nodes {{ hops sameAs entity {{ iri }} }}
             edges {{ from to predicate indirect sources }} cycles }}
           billing: lineage(iri: \"{CUSTOMERS}\", filter: {{ domains: [\"finance\"], rest: STOP }}) {{ nodes {{ entity {{ iri }} }} partial }}
           none: lineage(iri: \"{CUSTOMERS}\", predicates: [\"wasRevisionOf\"]) {{ nodes {{ hops }} partial }} }}"
    );
    let answer = ask(&schema, &text).await;
    assert_eq!(
        answer["all"]["nodes"].as_array().map(Vec::len),
        Some(3),
        "{answer}"
    );
    assert_eq!(answer["all"]["cycles"], json!([]));
    let edges = answer["all"]["edges"].as_array().expect("edges");
    assert_eq!(edges[0]["sources"], json!(["shop"]), "{answer}");
    assert_eq!(
        edges[0]["predicate"],
        "http://www.w3.org/ns/prov#wasDerivedFrom"
    );
    assert_eq!(edges[0]["indirect"], false);
    let shown = answer["billing"]["nodes"].as_array().map(Vec::len);
    assert_eq!(
        (shown, &answer["billing"]["partial"]),
        (Some(2), &json!(false)),
        "{answer}"
    );
    assert_eq!(
        answer["none"],
        json!({"nodes": [{"hops": 0}], "partial": false})
    );
}

#[tokio::test]
async fn impact_leads_from_a_column_to_those_who_have_to_know() {
    let (schema, _) = mesh().await;
    let column = "urn:isogloss:column:shop/billing/invoices/amount";
    let text = format!(
        "{{ impact(iri: \"{column}\") {{ root {{ label }} totalCount partial version
             groups {{ kind items {{ iri label severity hops entity {{ kind }} why {{ from predicate to reversed sources }} }} }} }}
           cut: impact(iri: \"{column}\", maxNodes: 1) {{ totalCount partial }}
           rests: impact(iri: \"urn:isogloss:metric:shop/revenue\", question: FOUNDATIONS) {{ groups {{ kind items {{ iri }} }} }} }}"
    );
    let answer = ask(&schema, &text).await;
    let groups = &answer["impact"]["groups"];
    let kinds = texts(groups, "kind");
    assert!(
        kinds.contains(&"dataset") && kinds.contains(&"metric"),
        "{answer}"
    );
    assert_eq!(answer["impact"]["partial"], false);
    assert_eq!(answer["cut"], json!({"totalCount": 1, "partial": true}));
    for group in groups.as_array().expect("groups") {
        for item in group["items"].as_array().expect("items") {
            let why = item["why"].as_array().expect("a reason");
            assert_eq!(why.first().map(|step| &step["from"]), Some(&json!(column)));
            assert_eq!(why.last().map(|step| &step["to"]), Some(&item["iri"]));
            assert!(
                why.iter().all(|step| step["sources"] == json!(["shop"])),
                "{item}"
            );
        }
    }
    assert!(
        texts(&answer["rests"]["groups"], "kind").contains(&"column"),
        "{answer}"
    );
    assert_eq!(
        fail(&schema, "{ impact(iri: \"urn:nothing\") { partial } }").await,
        ["UNKNOWN_ENTITY"]
    );
    assert_eq!(
        fail(
            &schema,
            "{ impact(iri: \"urn:nothing\", maxNodes: 5000) { partial } }"
        )
        .await,
        ["LIMIT_EXCEEDED"]
    );
}

#[tokio::test]
async fn lists_come_in_the_order_of_centrality() {
    let (schema, _) = mesh().await;
    let text = "{ datasets(first: 10, orderBy: CENTRALITY) { nodes { label iri centrality { score incoming outgoing } } }
                  domains { nodes { centrality { score } } } sources { centrality { score } } }";
    let answer = ask(&schema, text).await;
    let nodes = answer["datasets"]["nodes"].as_array().expect("nodes");
    let scores: Vec<f64> = nodes
        .iter()
        .filter_map(|node| node["centrality"]["score"].as_f64())
        .collect();
    assert_eq!(scores.len(), nodes.len());
    assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]), "{answer}");
    assert!(
        (scores[0] - 1.0).abs() < 1e-9 && scores.last() < scores.first(),
        "{answer}"
    );
    assert_eq!(answer["sources"][0]["centrality"]["score"], 0.0);
    // A cursor of one order is none of the other.
    let page = ask(&schema, "{ datasets(first: 1) { pageInfo { endCursor } } }").await;
    let cursor = page["datasets"]["pageInfo"]["endCursor"]
        .as_str()
        .expect("a cursor");
    let text = format!("{{ datasets(after: \"{cursor}\", orderBy: CENTRALITY) {{ totalCount }} }}");
    assert_eq!(fail(&schema, &text).await, ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn every_list_is_read_as_of_a_version_or_a_time() {
    let (schema, isogloss) = mesh().await;
    let at = |time, title: &str| {
        let node = |iri: &str| isogloss::graph::rdf::NamedNode::new(iri).expect("an IRI");
        let title = isogloss::graph::rdf::Statement::new(
            node("urn:isogloss:domain:mesh/care"),
            node("http://www.w3.org/2004/02/skos/core#prefLabel"),
            isogloss::graph::rdf::Literal::from(title),
        );
        let class = isogloss::graph::rdf::Statement::new(
            node("urn:isogloss:domain:mesh/care"),
            node("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
            node("https://isogloss.dev/ns#Domain"),
        );
        isogloss
            .commit(Commit {
                source: "later".parse().expect("a name"),
                kind: "rdf".to_owned(),
                actor: "test".to_owned(),
                time: Timestamp(time),
                change: Change::Replace(vec![class, title]),
            })
            .expect("memory takes every commit");
    };
    // The mesh was ingested at 18:30; the clock stands there.
    at(1_795_372_200_000 - 3_600_000, "Care");
    let text = "{ now: domains { totalCount } then: domains(asOf: 1) { totalCount } text: domains(asOf: \"1\") { totalCount }
                  time: domains(asOf: \"2026-11-22T18:30:00Z\") { totalCount }
                  before: datasets(asOf: \"2026-11-22T12:00:00Z\") { totalCount }
                  terms(asOf: 0) { totalCount } metrics(asOf: 0) { totalCount } dataProducts(asOf: 0) { totalCount }
                  suggest(prefix: \"c\", asOf: 0) { __typename } }";
    let answer = ask(&schema, text).await;
    let count = |name: &str| answer[name]["totalCount"].as_u64();
    assert_eq!(
        (count("now"), count("then"), count("text")),
        (Some(3), Some(2), Some(2))
    );
    assert_eq!(
        (count("time"), count("before")),
        (Some(3), Some(0)),
        "{answer}"
    );
    for name in ["terms", "metrics", "dataProducts"] {
        assert_eq!(count(name), Some(0), "{name}");
    }
    assert_eq!(answer["suggest"], json!([]));
    for (as_of, code) in [
        ("9", "UNKNOWN_VERSION"),
        ("\"2031-01-01T00:00:00Z\"", "UNKNOWN_VERSION"),
        ("\"yesterday\"", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let text = format!("{{ domains(asOf: {as_of}) {{ totalCount }} }}");
        let found = fail(&schema, &text).await;
        assert!(
            found == [code] || found == ["BAD_USER_INPUT"],
            "{as_of}: {found:?}"
        );
    }
}

fn line(n: usize) -> String {
    format!("{{\"kind\":\"domain\",\"id\":\"d{n}\",\"name\":\"Domain {n}\"}}\n")
}

#[tokio::test]
async fn the_history_of_entities_is_paged_and_filtered() {
    let (schema, _) = empty();
    ingest(&schema, "a", LINES).await;
    ingest(&schema, "b", &line(1)).await;
    ingest(&schema, "b", &line(2)).await;
    let mut after = "\"0\"".to_owned();
    let mut seen: Vec<Value> = Vec::new();
    loop {
        let text = format!(
            "{{ changes(after: {after}, first: 7) {{ events {{ cursor version source action kind iri label
               properties {{ predicate oldValues {{ text kind }} newValues {{ text kind }} moreValues }} }} endCursor hasNextPage }} }}"
        );
        let answer = ask(&schema, &text).await;
        let page = &answer["changes"];
        seen.extend(page["events"].as_array().expect("events").iter().cloned());
        after = page["endCursor"].to_string();
        if page["hasNextPage"] == false {
            break;
        }
    }
    let cursors: std::collections::BTreeSet<&str> = seen
        .iter()
        .filter_map(|event| event["cursor"].as_str())
        .collect();
    assert_eq!(cursors.len(), seen.len(), "no event comes twice");
    let last: Vec<_> = seen[seen.len() - 2..]
        .iter()
        .map(|event| {
            (
                event["action"].clone(),
                event["label"].clone(),
                event["kind"].clone(),
            )
        })
        .collect();
    assert_eq!(
        last,
        [
            (json!("REMOVED"), json!("Domain 1"), json!("DOMAIN")),
            (json!("ADDED"), json!("Domain 2"), json!("DOMAIN")),
        ]
    );
    let text = "{ changes(after: \"1\", filter: { kinds: [DOMAIN], sources: [\"b\"] }) { events { version action } hasNextPage } }";
    let answer = ask(&schema, text).await;
    assert_eq!(
        answer["changes"]["events"].as_array().map(Vec::len),
        Some(3),
        "{answer}"
    );
    for (after, code) in [("99", "UNKNOWN_VERSION"), ("x", "BAD_USER_INPUT")] {
        let text = format!("{{ changes(after: \"{after}\") {{ endCursor }} }}");
        assert_eq!(fail(&schema, &text).await, [code]);
    }
}

type Feed = BoxStream<'static, Response>;

fn subscribe(schema: &Schema, after: &str) -> Feed {
    let text = format!(
        "subscription {{ entityChanges(after: \"{after}\", filter: {{ kinds: [DOMAIN] }}) {{ cursor version action iri }} }}"
    );
    schema.execute_stream(text).boxed()
}

async fn next(feed: &mut Feed) -> Value {
    let response = feed.next().await.expect("the feed goes on");
    data(response)["entityChanges"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_comes_back_loses_nothing_and_sees_nothing_twice() {
    let (schema, _) = empty();
    ingest(&schema, "a", &line(0)).await;
    let writer = schema.clone();
    let writing = tokio::spawn(async move {
        for n in 1..=15 {
            ingest(&writer, "a", &line(n)).await;
        }
    });
    let mut after = "0".to_owned();
    let mut seen = Vec::new();
    // Each connection sees a few events and is dropped.
    while seen.len() < 31 {
        let mut feed = subscribe(&schema, &after);
        for _ in 0..3.min(31 - seen.len()) {
            let event = next(&mut feed).await;
            after = event["cursor"].as_str().expect("a cursor").to_owned();
            seen.push((
                event["version"].as_u64(),
                event["action"].clone(),
                event["iri"].clone(),
            ));
        }
    }
    writing.await.expect("the writer ends well");
    let iri = |n: u64| json!(format!("urn:isogloss:domain:mesh/domain-{n}"));
    let mut expected = vec![(Some(1), json!("ADDED"), iri(0))];
    for n in 1..=15_u64 {
        let mut two = [
            (Some(n + 1), json!("REMOVED"), iri(n - 1)),
            (Some(n + 1), json!("ADDED"), iri(n)),
        ];
        two.sort_by_key(|one| one.2.to_string());
        expected.extend(two);
    }
    seen.sort_by_key(|event| event.0);
    let mut sorted = expected;
    for events in [&mut seen, &mut sorted] {
        events.sort_by_key(|event| (event.0, event.2.to_string()));
    }
    assert_eq!(seen, sorted);
}

#[tokio::test]
async fn a_place_in_the_future_ends_the_subscription() {
    let (schema, _) = empty();
    let mut feed = subscribe(&schema, "7");
    let refused = feed.next().await.expect("an answer");
    assert_eq!(codes(&refused), ["UNKNOWN_VERSION"]);
    assert!(feed.next().await.is_none());
}
