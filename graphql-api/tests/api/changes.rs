//! The feed of changes: each commit once, in order, however slow the reader.

use async_graphql::Response;
use async_graphql::futures_util::StreamExt as _;
use async_graphql::futures_util::stream::BoxStream;

use crate::mesh::{LINES, codes, data, empty, ingest};

type Feed = BoxStream<'static, Response>;

async fn next(feed: &mut Feed) -> (u64, String) {
    let response = feed.next().await.expect("the feed goes on");
    let answer = data(response);
    let change = &answer["changes"];
    (
        change["version"].as_u64().expect("a version"),
        change["source"].as_str().expect("a source").to_owned(),
    )
}

fn line(n: usize) -> String {
    format!("{{\"kind\":\"domain\",\"id\":\"d{n}\",\"name\":\"Domain {n}\"}}\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happened_before_joins_what_happens_after() {
    let (schema, isogloss) = empty();
    ingest(&schema, "a", LINES).await;
    ingest(&schema, "b", &line(0)).await;
    let mut feed = schema.execute_stream(
        "subscription { changes(after: 0) { version source kind actor time added removed } }",
    );
    assert_eq!(next(&mut feed).await, (1, "a".to_owned()));

    let writer = schema.clone();
    let writing = tokio::spawn(async move {
        for n in 1..=20 {
            ingest(&writer, "c", &line(n)).await;
        }
    });
    for version in 2..=22 {
        assert_eq!(next(&mut feed).await.0, version);
    }
    writing.await.expect("the writer ends well");
    assert_eq!(isogloss.snapshot().version().0, 22);
}

#[tokio::test]
async fn a_reader_that_sleeps_misses_nothing() {
    let (schema, _) = empty();
    let mut feed = schema.execute_stream("subscription { changes(after: 0) { version source } }");
    ingest(&schema, "a", &line(0)).await;
    assert_eq!(next(&mut feed).await.0, 1);
    for n in 1..=40 {
        ingest(&schema, "a", &line(n)).await;
    }
    for version in 2..=41 {
        assert_eq!(next(&mut feed).await.0, version);
    }
}

#[tokio::test]
async fn without_a_version_only_what_comes_is_told() {
    let (schema, _) = empty();
    ingest(&schema, "old", &line(0)).await;
    let mut feed = schema.execute_stream("subscription { changes { version source } }");
    let (told, _) = tokio::join!(next(&mut feed), async {
        tokio::task::yield_now().await;
        ingest(&schema, "new", &line(1)).await
    });
    assert_eq!(told, (2, "new".to_owned()));
}

#[tokio::test]
async fn a_version_of_the_future_is_refused_and_the_feed_ends() {
    let (schema, _) = empty();
    let mut feed = schema.execute_stream("subscription { changes(after: 7) { version } }");
    let refused = feed.next().await.expect("an answer");
    assert_eq!(codes(&refused), ["UNKNOWN_VERSION"]);
    assert!(feed.next().await.is_none());
}
