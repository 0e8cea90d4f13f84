//! Budgets, errors and read-only-ness of the embedded engine.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::Int64Array;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use expect_test::expect;
use futures::StreamExt;
use query_engine::{Budget, DataFusion, Engine, Error, Exceeded, TableName};

use crate::shown::{ask, rows};

/// An engine with a table `numbers` of `n` from 0.
fn numbers(count: i64) -> DataFusion {
    let engine = DataFusion::new("here").unwrap();
    let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, true)]));
    let batches = (0..count)
        .step_by(1000)
        .map(|from| {
            let values = Int64Array::from_iter_values(from..count.min(from + 1000));
            RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(values)]).unwrap()
        })
        .collect();
    engine
        .register_batches(&TableName::new(["numbers"]), schema, batches)
        .unwrap();
    engine
}

async fn exceeded(engine: &DataFusion, sql: &str, budget: Budget) -> Exceeded {
    match ask(engine, sql, &budget).await {
        Err(Error::OverBudget { exceeded, .. }) => exceeded,
        other => panic!("expected to go over the budget: {other:?}"),
    }
}

#[tokio::test]
async fn each_limit_is_named_when_it_is_passed() {
    let engine = numbers(10_000);
    let budget = Budget {
        rows: Some(2500),
        ..Budget::UNLIMITED
    };
    assert_eq!(
        exceeded(&engine, "SELECT n FROM numbers", budget).await,
        Exceeded::Rows(2500)
    );
    assert_eq!(
        ask(&engine, "SELECT n FROM numbers LIMIT 2500", &budget)
            .await
            .unwrap()
            .num_rows(),
        2500
    );

    let budget = Budget {
        bytes: Some(10_000),
        ..Budget::UNLIMITED
    };
    assert_eq!(
        exceeded(&engine, "SELECT n FROM numbers", budget).await,
        Exceeded::Bytes(10_000)
    );
    assert_eq!(
        ask(&engine, "SELECT n FROM numbers LIMIT 100", &budget)
            .await
            .unwrap()
            .num_rows(),
        100
    );

    let budget = Budget {
        memory: Some(200_000),
        ..Budget::UNLIMITED
    };
    let join = "SELECT count(*) AS c FROM (SELECT n, n + 1 AS m FROM numbers) AS a JOIN (SELECT n, n AS k FROM numbers) AS b ON a.m = b.k AND a.n < b.n";
    assert_eq!(
        exceeded(&engine, join, budget).await,
        Exceeded::Memory(200_000)
    );
}

#[tokio::test]
async fn a_runaway_product_stops_at_its_deadline() {
    let engine = numbers(10_000);
    let budget = Budget {
        time: Some(Duration::from_millis(300)),
        ..Budget::UNLIMITED
    };
    let product = "SELECT count(*) AS c FROM numbers AS a, numbers AS b, numbers AS c WHERE a.n + b.n + c.n < 0";
    assert_eq!(
        exceeded(&engine, product, budget).await,
        Exceeded::Time(Duration::from_millis(300))
    );
    // The engine is free again.
    assert_eq!(
        rows(&engine, "SELECT count(*) AS c FROM numbers").await,
        "10000"
    );
}

#[tokio::test]
async fn rows_come_as_they_are_asked_for_and_a_dropped_stream_leaves_no_work() {
    let engine = numbers(10_000);
    let product = "SELECT a.n FROM numbers AS a CROSS JOIN numbers AS b CROSS JOIN numbers AS c";
    let mut stream = engine.query(product, &Budget::UNLIMITED).await.unwrap();
    assert_eq!(stream.schema().field(0).name(), "n");
    assert!(stream.next().await.unwrap().unwrap().num_rows() > 0);
    drop(stream);
    assert_eq!(
        rows(&engine, "SELECT count(*) AS c FROM numbers").await,
        "10000"
    );
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let engine = numbers(3);
    let error = ask(&engine, "SELECT n FROM numbrs", &Budget::DEFAULT)
        .await
        .unwrap_err();
    expect!["table `numbrs` does not exist in engine `here`"].assert_eq(&error.to_string());
    assert_eq!(error.suggestions(), ["numbers"]);

    let error = ask(&engine, "SELECT m FROM numbers", &Budget::DEFAULT)
        .await
        .unwrap_err();
    expect!["column `m` does not exist in engine `here`"].assert_eq(&error.to_string());
    assert_eq!(error.suggestions(), ["n"]);

    assert!(engine.deregister(&TableName::new(["numbers"])).unwrap());
    expect!["UNKNOWN_TABLE: table `numbers` does not exist in engine `here`"]
        .assert_eq(&rows(&engine, "SELECT n FROM numbers").await);
}

#[tokio::test]
async fn errors_have_their_kinds() {
    let engine = numbers(3);
    let code = async |sql: &str| {
        ask(&engine, sql, &Budget::DEFAULT)
            .await
            .unwrap_err()
            .code()
    };
    assert_eq!(code("SELEC n").await, "SQL_REFUSED");
    assert_eq!(code("SELECT nope(n) FROM numbers").await, "SQL_REFUSED");
    assert_eq!(
        code("SELECT n FROM numbers WHERE n = TRUE").await,
        "TYPE_MISMATCH"
    );
    assert_eq!(
        code("SELECT n FROM numbers WHERE n = INTERVAL '1' DAY").await,
        "TYPE_MISMATCH"
    );
    assert_eq!(
        code("SELECT n / (n - n) AS q FROM numbers").await,
        "QUERY_FAILED"
    );
}

#[tokio::test]
async fn columns_of_unlike_types_are_not_compared() {
    let engine = DataFusion::new("here").unwrap();
    let tables = "CREATE TABLE a (n BIGINT, s VARCHAR, d DATE, t TIMESTAMP, b BOOLEAN); INSERT INTO a VALUES (7, '007', DATE '2026-01-01', TIMESTAMP '2026-01-01 00:00:00', TRUE);";
    engine.load_script(tables).await.unwrap();
    let joined = |on: &str| format!("SELECT count(*) AS c FROM a AS x JOIN a AS y ON {on}");
    expect!["TYPE_MISMATCH: types do not fit in engine `here`: x.n is Int64 and y.s is Utf8"]
        .assert_eq(&rows(&engine, &joined("x.n = y.s")).await);
    for on in [
        "x.n IS NOT DISTINCT FROM y.s",
        "x.n = y.n AND x.d = y.s",
        "x.b = y.n",
        "x.n IN (SELECT s FROM a)",
        "x.d BETWEEN y.s AND y.t",
    ] {
        let said = rows(&engine, &joined(on)).await;
        assert!(said.starts_with("TYPE_MISMATCH"), "{on}: {said}");
    }
    // A date is a moment, and what is written down is read as what it is compared with.
    for on in [
        "x.d = y.t",
        "x.n = CAST(y.s AS BIGINT)",
        "x.n = '7' AND x.d >= '2025-12-31'",
        "x.n < y.n + 0.5",
    ] {
        assert_eq!(rows(&engine, &joined(on)).await, "1", "{on}");
    }
}

#[tokio::test]
async fn nothing_can_be_written() {
    let engine = numbers(3);
    for sql in [
        "CREATE TABLE t AS SELECT 1 AS a",
        "INSERT INTO numbers VALUES (4)",
        "DROP TABLE numbers",
        "COPY numbers TO 'out.csv'",
        "SET datafusion.execution.batch_size = 1",
        "CREATE EXTERNAL TABLE e STORED AS CSV LOCATION '/etc/passwd'",
        "SELECT * FROM '/etc/passwd'",
        "SELECT 1; SELECT 2",
    ] {
        let error = ask(&engine, sql, &Budget::DEFAULT).await.unwrap_err();
        assert!(
            matches!(error.code(), "SQL_REFUSED" | "UNKNOWN_TABLE"),
            "{sql}: {error}"
        );
    }
}
