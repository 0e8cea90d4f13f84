//! One answer out of two engines.

use std::sync::Arc;

use expect_test::expect;
use query_engine::{Budget, DataFusion, Engine, Error, Part, across};

use crate::shown::lines;

async fn engine(name: &str, script: &str) -> Arc<dyn Engine> {
    let engine = DataFusion::new(name).unwrap();
    engine.load_script(script).await.unwrap();
    Arc::new(engine)
}

fn part(engine: &Arc<dyn Engine>, sql: &str, groups: usize) -> Part {
    Part {
        engine: Arc::clone(engine),
        sql: sql.to_owned(),
        groups,
    }
}

const SALES: &str = "CREATE TABLE sales (region VARCHAR, day DATE, amount DECIMAL(10, 2));
    INSERT INTO sales VALUES ('a', DATE '2026-01-01', 1.50), ('a', DATE '2026-01-01', 2.50), ('b', DATE '2026-01-02', 8), (NULL, DATE '2026-01-02', 5);";
const CALLS: &str = "CREATE TABLE calls (region VARCHAR, at TIMESTAMP, caller INTEGER);
    INSERT INTO calls VALUES ('a', TIMESTAMP '2026-01-01 00:00:00', 1), ('c', TIMESTAMP '2026-01-02 00:00:00', 2), (NULL, TIMESTAMP '2026-01-02 00:00:00', 3);";

#[tokio::test]
async fn no_group_of_any_part_is_lost_and_null_meets_null() {
    let (shop, desk) = (engine("shop", SALES).await, engine("desk", CALLS).await);
    let parts = [
        part(
            &shop,
            "SELECT region, day, SUM(amount) AS revenue FROM sales GROUP BY region, day",
            2,
        ),
        part(
            &desk,
            "SELECT region, at AS day, COUNT(DISTINCT caller) AS callers FROM calls GROUP BY region, at",
            2,
        ),
    ];
    let sql = r#"SELECT region, day, revenue, callers, CAST(revenue AS DOUBLE) / CAST(callers AS DOUBLE) AS per_caller
        FROM combined ORDER BY region NULLS LAST"#;
    let rows = across(&parts, sql, &Budget::DEFAULT).await.unwrap();
    expect![[r#"
        a | 2026-01-01T00:00:00 | 4.00 | 1 | 4.0
        b | 2026-01-02T00:00:00 | 8.00 | NULL | NULL
        c | 2026-01-02T00:00:00 | NULL | 1 | NULL
        NULL | 2026-01-02T00:00:00 | 5.00 | 1 | 5.0"#]]
    .assert_eq(&lines(&rows.collect_all().await.unwrap()));
}

#[tokio::test]
async fn without_groups_the_parts_stand_side_by_side() {
    let (shop, desk) = (engine("shop", SALES).await, engine("desk", CALLS).await);
    let parts = [
        part(&shop, "SELECT SUM(amount) AS revenue FROM sales", 0),
        part(&desk, "SELECT COUNT(*) AS calls FROM calls", 0),
    ];
    let rows = across(
        &parts,
        "SELECT revenue, calls FROM combined",
        &Budget::DEFAULT,
    )
    .await
    .unwrap();
    assert_eq!(lines(&rows.collect_all().await.unwrap()), "17.00 | 3");
}

#[tokio::test]
async fn groups_of_unlike_types_are_refused() {
    let (shop, desk) = (engine("shop", SALES).await, engine("desk", CALLS).await);
    let parts = [
        part(
            &shop,
            "SELECT region, SUM(amount) AS revenue FROM sales GROUP BY region",
            1,
        ),
        part(
            &desk,
            "SELECT caller AS region, COUNT(*) AS calls FROM calls GROUP BY caller",
            1,
        ),
    ];
    let error = across(&parts, "SELECT region FROM combined", &Budget::DEFAULT)
        .await
        .unwrap_err();
    expect!["types do not fit in engine `desk`: group `region` Utf8 meets `region` Int32"]
        .assert_eq(&error.to_string());
}

#[tokio::test]
async fn a_part_that_fails_names_its_engine() {
    let (shop, desk) = (engine("shop", SALES).await, engine("desk", CALLS).await);
    let parts = [
        part(&shop, "SELECT SUM(amount) AS revenue FROM sales", 0),
        part(&desk, "SELECT COUNT(*) AS n FROM gone", 0),
    ];
    let error = across(&parts, "SELECT revenue FROM combined", &Budget::DEFAULT)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::UnknownTable { engine, .. } if engine == "desk"),
        "{error:?}"
    );
}
