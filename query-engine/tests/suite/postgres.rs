//! A real PostgreSQL server: types, budgets, cancellation, errors, and its tables inside the embedded engine.

use std::sync::Arc;
use std::time::Duration;

use expect_test::expect;
use futures::{SinkExt, StreamExt};
use query_engine::{Budget, Engine, Error, Exceeded, Postgres, PostgresSettings, TableName};
use tokio_postgres::NoTls;

use crate::shown::{ask, lines, rows};

/// The server that `tests/scripts/postgres.sh` starts, or `None` where there is none to be had.
#[expect(
    clippy::disallowed_methods,
    reason = "the script hands the address over in the environment"
)]
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
fn server() -> Option<(String, Option<String>)> {
    if let Ok(url) = std::env::var("ISOGLOSS_TEST_POSTGRES") {
        return Some((url, std::env::var("ISOGLOSS_TEST_POSTGRES_CA").ok()));
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "no PostgreSQL server: run the tests by `cargo xtask test`"
    );
    eprintln!("skipped: no PostgreSQL server (`cargo xtask test` starts one)");
    None
}

fn engine(url: &str) -> Postgres {
    let settings = PostgresSettings {
        url: url.to_owned(),
        ca: None,
    };
    Postgres::new("shop", settings)
}

/// The server, with nothing of its own.
pub(crate) fn anywhere() -> Option<Postgres> {
    let (url, _) = server()?;
    Some(engine(&format!("{url}?sslmode=disable")))
}

/// An engine that finds tables of a schema by their bare names.
pub(crate) fn within(schema: &str) -> Option<Postgres> {
    let (url, _) = server()?;
    let settings = format!("sslmode=disable&options=-csearch_path%3D{schema}");
    Some(engine(&format!("{url}?{settings}")))
}

/// Fills a table from CSV in which `\\N` is NULL.
pub(crate) async fn copy_csv(table: &str, csv: Vec<u8>) {
    let Some((url, _)) = server() else { return };
    let url = format!("{url}?sslmode=disable");
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    let _driver = tokio::spawn(connection);
    let copy = format!("COPY {table} FROM STDIN (FORMAT csv, HEADER, NULL '\\N')");
    let sink = client.copy_in::<_, std::io::Cursor<Vec<u8>>>(&copy);
    let mut sink = Box::pin(sink.await.unwrap());
    sink.send(std::io::Cursor::new(csv)).await.unwrap();
    sink.as_mut().finish().await.unwrap();
}

/// A fresh schema of the server filled by statements, and an engine on it. TLS is tried in a test of its own.
pub(crate) async fn filled(schema: &str, statements: &str) -> Option<Postgres> {
    let (url, _) = server()?;
    let url = format!("{url}?sslmode=disable");
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    let _driver = tokio::spawn(connection);
    let make = format!(
        "DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}; SET search_path = {schema}; {statements}"
    );
    client.batch_execute(&make).await.unwrap();
    Some(engine(&url))
}

#[tokio::test]
async fn every_type_comes_over() {
    let make = "CREATE TYPE mood AS ENUM ('sad', 'happy');
        CREATE DOMAIN cents AS numeric(10, 2);
        CREATE TABLE t (i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric(12, 3), big numeric, c cents, b bool, s text,
            v varchar(5), d date, at timestamp, z timestamptz, tm time, raw bytea, list int[], j jsonb, m mood, id uuid, iv interval);
        INSERT INTO t VALUES (1, 2, 9223372036854775807, 0.5, 0.1, 12.345, 18446744073709551614.5, 9.99, true, 'é', 'v', '2026-02-28',
            '2026-02-28 10:00:00.123456', '2026-02-28 10:00:00+02', '23:59:59', '\\x00ff', '{1,NULL,3}', '{\"a\": 1}', 'happy',
            '00000000-0000-0000-0000-000000000001', '1 month'); INSERT INTO t (i2) VALUES (NULL);";
    let Some(engine) = filled("qe_types", make).await else {
        return;
    };
    let batch = ask(
        &engine,
        "SELECT * FROM qe_types.t ORDER BY i2 NULLS LAST",
        &Budget::DEFAULT,
    )
    .await
    .unwrap();
    let types: Vec<String> = batch
        .schema()
        .fields()
        .iter()
        .map(|field| format!("{} {}", field.name(), field.data_type()))
        .collect();
    expect![[r#"
        i2 Int64
        i4 Int64
        i8 Int64
        f4 Float64
        f8 Float64
        n Decimal128(12, 3)
        big Decimal128(38, 16)
        c Decimal128(10, 2)
        b Boolean
        s Utf8
        v Utf8
        d Date32
        at Timestamp(µs)
        z Timestamp(µs, "UTC")
        tm Time64(µs)
        raw Binary
        list Utf8
        j Utf8
        m Utf8
        id Utf8
        iv Utf8"#]]
    .assert_eq(&types.join("\n"));
    expect![[r#"
        1 | 2 | 9223372036854775807 | 0.5 | 0.1 | 12.345 | 18446744073709551614.5000000000000000 | 9.99 | true | é | v | 2026-02-28 | 2026-02-28T10:00:00.123456 | 2026-02-28T08:00:00Z | 23:59:59 | 00ff | [1,null,3] | {"a": 1} | happy | 00000000-0000-0000-0000-000000000001 | 1 mon
        NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL"#]]
    .assert_eq(&lines(&batch));
}

#[tokio::test]
async fn a_value_that_has_no_place_here_is_an_error_and_not_null() {
    let Some(engine) = filled(
        "qe_unfit",
        "CREATE TABLE t (d date, n numeric); INSERT INTO t VALUES ('infinity', 'NaN')",
    )
    .await
    else {
        return;
    };
    for column in ["d", "n"] {
        let said = rows(&engine, &format!("SELECT {column} FROM qe_unfit.t")).await;
        assert!(
            said.starts_with(&format!(
                "TYPE_MISMATCH: types do not fit in engine `shop`: column `{column}`"
            )),
            "{said}"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let Some(engine) = filled("qe_names", "CREATE TABLE orders (amount int)").await else {
        return;
    };
    let error = ask(&engine, "SELECT 1 FROM qe_names.ordrs", &Budget::DEFAULT)
        .await
        .unwrap_err();
    expect!["table `qe_names.ordrs` does not exist in engine `shop`"].assert_eq(&error.to_string());
    assert_eq!(error.suggestions()[0], "qe_names.orders");
    let error = ask(
        &engine,
        "SELECT o.amout FROM qe_names.orders AS o",
        &Budget::DEFAULT,
    )
    .await
    .unwrap_err();
    expect!["column `o.amout` does not exist in engine `shop`"].assert_eq(&error.to_string());
    assert_eq!(error.suggestions(), ["o.amount"]);
    let code = async |sql: &str| {
        ask(&engine, sql, &Budget::DEFAULT)
            .await
            .unwrap_err()
            .code()
    };
    assert_eq!(code("SELEC 1").await, "SQL_REFUSED");
    assert_eq!(code("SELECT nope(1)").await, "SQL_REFUSED");
    assert_eq!(code("SELECT 1 = DATE '2026-01-01'").await, "TYPE_MISMATCH");
    assert_eq!(
        code("SELECT 1 / (amount - amount) FROM (VALUES (1)) AS t(amount)").await,
        "QUERY_FAILED"
    );
    assert_eq!(
        code("SELECT sum(x) FROM generate_series(1, 3) AS t(x) HAVING CAST('x' AS int) = 1").await,
        "QUERY_FAILED"
    );
    assert!(
        engine
            .tables()
            .await
            .unwrap()
            .contains(&TableName::new(["qe_names", "orders"]))
    );
}

#[tokio::test]
async fn a_table_that_vanishes_is_named_and_columns_of_unlike_types_are_not_compared() {
    let make = "CREATE TABLE a (n bigint, d date); CREATE TABLE b (s text); INSERT INTO a VALUES (7, '2026-01-01'); INSERT INTO b VALUES ('007')";
    let Some(engine) = filled("qe_vanish", make).await else {
        return;
    };
    let joined = |on: &str| {
        format!("SELECT count(*) AS c FROM qe_vanish.a CROSS JOIN qe_vanish.b WHERE {on}")
    };
    for on in ["a.n = b.s", "a.d = b.s", "a.n IS NOT DISTINCT FROM b.s"] {
        let said = rows(&engine, &joined(on)).await;
        assert!(said.starts_with("TYPE_MISMATCH"), "{on}: {said}");
    }
    assert_eq!(rows(&engine, &joined("a.n = 7")).await, "1");
    filled("qe_vanish", "CREATE TABLE aa (n bigint)").await;
    expect![["UNKNOWN_TABLE: table `qe_vanish.a` does not exist in engine `shop`"]]
        .assert_eq(&rows(&engine, "SELECT n FROM qe_vanish.a").await);
}

#[tokio::test]
async fn nothing_can_be_written() {
    let Some(engine) = filled("qe_ro", "CREATE TABLE t (a int)").await else {
        return;
    };
    for sql in [
        "INSERT INTO qe_ro.t VALUES (1)",
        "WITH x AS (INSERT INTO qe_ro.t VALUES (1) RETURNING a) SELECT a FROM x",
        "DROP TABLE qe_ro.t",
        "CREATE TEMP TABLE u AS SELECT 1",
        "SELECT 1; DROP TABLE qe_ro.t",
        "COMMIT",
    ] {
        let said = rows(&engine, sql).await;
        assert!(said.starts_with("SQL_REFUSED"), "{sql}: {said}");
    }
    assert_eq!(
        rows(&engine, "SELECT count(*) AS n FROM qe_ro.t").await,
        "0"
    );
}

#[tokio::test]
async fn each_limit_is_named_and_the_server_stops() {
    let Some(engine) = filled("qe_budget", "").await else {
        return;
    };
    let exceeded = async |sql: &str, budget: Budget| match ask(&engine, sql, &budget).await {
        Err(Error::OverBudget { exceeded, .. }) => exceeded,
        other => panic!("expected to go over the budget: {other:?}"),
    };
    let second = Duration::from_secs(1);
    let budget = Budget {
        time: Some(second),
        ..Budget::UNLIMITED
    };
    assert_eq!(
        exceeded("SELECT pg_sleep(60)::text AS qe_late", budget).await,
        Exceeded::Time(second)
    );
    let budget = Budget {
        rows: Some(10_000),
        ..Budget::UNLIMITED
    };
    assert_eq!(
        exceeded("SELECT generate_series(1, 1000000000) AS qe_rows", budget).await,
        Exceeded::Rows(10_000)
    );
    let budget = Budget {
        bytes: Some(100_000),
        ..Budget::UNLIMITED
    };
    assert_eq!(
        exceeded("SELECT generate_series(1, 1000000000) AS qe_bytes", budget).await,
        Exceeded::Bytes(100_000)
    );
    quiet(&engine, "qe_late").await;
    quiet(&engine, "qe_rows").await;
    quiet(&engine, "qe_bytes").await;
}

/// Waits until no query with this mark runs on the server.
async fn quiet(engine: &Postgres, mark: &str) {
    let sql = format!(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%{mark}%' AND pid <> pg_backend_pid()"
    );
    for _ in 0..100 {
        if rows(engine, &sql).await == "0" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("a query marked {mark} still runs");
}

#[tokio::test]
async fn a_dropped_stream_stops_the_query_on_the_server() {
    let Some(engine) = filled("qe_drop", "").await else {
        return;
    };
    let sql = "SELECT pg_sleep(60)::text AS qe_dropped";
    let mut stream = engine
        .query(
            "SELECT generate_series(1, 1000000000) AS qe_dropped",
            &Budget::UNLIMITED,
        )
        .await
        .unwrap();
    assert_eq!(stream.schema().field(0).name(), "qe_dropped");
    assert!(stream.next().await.unwrap().unwrap().num_rows() > 0);
    drop(stream);
    quiet(&engine, "qe_dropped").await;
    // A query that is dropped before its first row.
    let never = tokio::time::timeout(
        Duration::from_millis(300),
        ask(&engine, sql, &Budget::UNLIMITED),
    )
    .await;
    assert!(never.is_err());
    quiet(&engine, "qe_dropped").await;
}

#[tokio::test]
async fn an_engine_that_is_down_is_said_to_be_down() {
    let nobody = engine("postgres://u:secret-word@localhost:1/db?sslmode=disable");
    let error = ask(&nobody, "SELECT 1", &Budget::DEFAULT)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "ENGINE_DOWN");
    let all = format!("{error:?} {error} {nobody:?}");
    assert!(!all.contains("secret-word"), "{all}");
    let error = ask(
        &engine("not an address secret-word"),
        "SELECT 1",
        &Budget::DEFAULT,
    )
    .await
    .unwrap_err();
    assert_eq!(error.code(), "BAD_SETTINGS");
    assert!(!format!("{error:?} {error}").contains("secret-word"));

    let Some((url, _)) = server() else { return };
    let wrong = url.replacen("isogloss-test", "wrong", 1) + "?sslmode=disable";
    let error = ask(&engine(&wrong), "SELECT 1", &Budget::DEFAULT)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "LOGIN_REFUSED");
}

#[tokio::test]
async fn tls_is_checked_against_the_authority() {
    let Some((url, Some(ca))) = server() else {
        return;
    };
    let settings = |ca: Option<&str>| PostgresSettings {
        url: format!("{url}?sslmode=require"),
        ca: ca.map(Into::into),
    };
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(
        rows(&Postgres::new("shop", settings(Some(&ca))), sql).await,
        "true"
    );
    let error = ask(
        &Postgres::new("shop", settings(None)),
        sql,
        &Budget::DEFAULT,
    )
    .await
    .unwrap_err();
    assert_eq!(error.code(), "ENGINE_DOWN");
}

#[cfg(feature = "datafusion")]
#[tokio::test]
async fn its_tables_are_read_through_the_embedded_engine_and_work_is_pushed_down() {
    use query_engine::{CsvOptions, DataFusion, federation};

    let make = "CREATE TABLE customers (id int, region text); CREATE TABLE orders (customer_id int, amount numeric(10, 2), at timestamp);
        INSERT INTO customers SELECT x, 'r' || x % 3 FROM generate_series(1, 30) AS t(x);
        INSERT INTO orders SELECT 1 + x % 30, x, timestamp '2026-01-01' + x * interval '1 hour' FROM generate_series(1, 3000) AS t(x);";
    let Some(engine) = filled("qe_fed", make).await else {
        return;
    };
    let remote: Arc<dyn Engine> = Arc::new(engine);
    let embedded = DataFusion::new("here").unwrap();
    let tables = [
        TableName::new(["qe_fed", "customers"]),
        TableName::new(["qe_fed", "orders"]),
    ];
    federation::attach(&embedded, None, &remote, &tables)
        .await
        .unwrap();

    let sql = "SELECT c.region, sum(o.amount) AS total, count(*) AS n FROM qe_fed.orders AS o JOIN qe_fed.customers AS c ON c.id = o.customer_id
        WHERE o.at >= TIMESTAMP '2026-02-01' GROUP BY c.region ORDER BY c.region";
    expect![[r#"
        r0 | 1408120.00 | 752
        r1 | 1409616.00 | 753
        r2 | 1407368.00 | 752"#]]
    .assert_eq(&rows(&embedded, sql).await);
    let plan = rows(&embedded, &format!("EXPLAIN {sql}")).await;
    let sent = plan
        .lines()
        .find(|line| line.contains("GROUP BY"))
        .unwrap_or_default();
    assert!(
        sent.contains("sum(")
            && sent.contains("JOIN")
            && sent.contains("WHERE")
            && !plan.contains("AggregateExec"),
        "the aggregate would run here instead of on the server: {plan}"
    );

    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("managers.csv");
    std::fs::write(&path, "region,manager\nr0,Ann\nr1,Bob\nr2,Cid\n").unwrap();
    embedded
        .register_csv(
            &TableName::new(["managers"]),
            path.to_str().unwrap(),
            CsvOptions::default(),
        )
        .await
        .unwrap();
    let sql = "SELECT m.manager, t.total FROM managers AS m JOIN (SELECT c.region, sum(o.amount) AS total FROM qe_fed.orders AS o
        JOIN qe_fed.customers AS c ON c.id = o.customer_id GROUP BY c.region) AS t ON t.region = m.region ORDER BY m.manager";
    expect![[r#"
        Ann | 1500500.00
        Bob | 1501500.00
        Cid | 1499500.00"#]]
    .assert_eq(&rows(&embedded, sql).await);
}
