//! A real Spark Connect server, started by `tests/scripts/spark.sh`: Sail in the quick run, Apache Spark in the slow one.

use expect_test::expect;
use futures::StreamExt;
use query_engine::{Budget, Engine, Error, Exceeded, Spark, SparkSettings};
use std::time::Duration;

use crate::shown::{ask, rows};

/// The servers whose addresses the script hands over; none where there are none.
#[expect(
    clippy::disallowed_methods,
    reason = "the script hands the addresses over in the environment"
)]
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
pub(crate) fn servers() -> Vec<Spark> {
    let Ok(urls) = std::env::var("ISOGLOSS_TEST_SPARK") else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "no Spark Connect server: run the tests by `cargo xtask test`"
        );
        eprintln!("skipped: no Spark Connect server (`cargo xtask test` starts two)");
        return Vec::new();
    };
    let server = |(at, url): (usize, &str)| {
        let url = url.to_owned();
        Spark::new(&format!("cluster {at}"), SparkSettings { url })
    };
    urls.split_whitespace().enumerate().map(server).collect()
}

#[tokio::test]
async fn rows_come_in_plain_types() {
    for engine in servers() {
        plain_types(&engine).await;
    }
}

async fn plain_types(engine: &Spark) {
    let sql = "SELECT CAST(1 AS BIGINT) AS n, 'x' AS s, CAST(1.25 AS DECIMAL(10, 2)) AS d, DATE '2026-02-28' AS day, TRUE AS b, CAST(NULL AS DOUBLE) AS x";
    let batch = ask(engine, sql, &Budget::DEFAULT).await.unwrap();
    let schema = batch.schema();
    let types: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| format!("{} {}", field.name(), field.data_type()))
        .collect();
    expect!["n Int64, s Utf8, d Decimal128(10, 2), day Date32, b Boolean, x Float64"]
        .assert_eq(&types.join(", "));
    expect!["1 | x | 1.25 | 2026-02-28 | true | NULL"].assert_eq(&rows(engine, sql).await);
    // An empty answer has columns too.
    let empty = ask(
        engine,
        "SELECT id AS n FROM range(3) WHERE id > 5",
        &Budget::DEFAULT,
    )
    .await
    .unwrap();
    assert_eq!(
        (empty.num_rows(), empty.schema().field(0).name().as_str()),
        (0, "n")
    );
}

#[tokio::test]
async fn many_rows_stream_within_the_budget() {
    for engine in servers() {
        many_rows(&engine).await;
    }
}

async fn many_rows(engine: &Spark) {
    let mut stream = engine
        .query("SELECT id FROM range(200000)", &Budget::DEFAULT)
        .await
        .unwrap();
    let mut count = 0;
    while let Some(batch) = stream.next().await {
        count += batch.unwrap().num_rows();
    }
    assert_eq!(count, 200_000);
    let budget = Budget {
        rows: Some(1000),
        ..Budget::UNLIMITED
    };
    let error = ask(engine, "SELECT id FROM range(200000)", &budget)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::OverBudget {
                exceeded: Exceeded::Rows(1000),
                ..
            }
        ),
        "{error:?}"
    );
    let time = Duration::from_millis(500);
    let budget = Budget {
        time: Some(time),
        ..Budget::UNLIMITED
    };
    // Spark looks for a stop between batches of rows: a product inside of one batch would go on.
    let endless = "SELECT count(*) AS n FROM range(1000000000000) WHERE id % 7 = 8";
    let error = ask(engine, endless, &budget).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::OverBudget {
                exceeded: Exceeded::Time(_),
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(rows(engine, "SELECT CAST(2 AS BIGINT) AS n").await, "2");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    for engine in servers() {
        what_is_wrong(&engine).await;
    }
}

async fn what_is_wrong(engine: &Spark) {
    let code = async |sql: &str| ask(engine, sql, &Budget::DEFAULT).await.unwrap_err().code();
    assert_eq!(
        code("SELECT 1 FROM nowhere_to_be_found").await,
        "UNKNOWN_TABLE"
    );
    assert_eq!(code("SELEC 1").await, "SQL_REFUSED");
    for sql in [
        "DROP TABLE t",
        "CREATE TABLE t AS SELECT 1 AS a",
        "SELECT 1; SELECT 2",
        "INSERT INTO t VALUES (1)",
        "SET a = 1",
    ] {
        assert_eq!(code(sql).await, "SQL_REFUSED", "{sql}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_down() {
    let nobody = Spark::new(
        "cluster",
        SparkSettings {
            url: "sc://127.0.0.1:1/;user_id=x".to_owned(),
        },
    );
    let error = ask(&nobody, "SELECT 1", &Budget::DEFAULT)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "ENGINE_DOWN");
    let wrong = Spark::new(
        "cluster",
        SparkSettings {
            url: "http://secret-word".to_owned(),
        },
    );
    let error = ask(&wrong, "SELECT 1", &Budget::DEFAULT).await.unwrap_err();
    assert_eq!(error.code(), "BAD_SETTINGS");
    assert!(!format!("{error:?} {error}").contains("secret-word"));
}
