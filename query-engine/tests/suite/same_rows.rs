//! One query, compiled for three engines, gives the same rows on all of them: DataFusion in this process, PostgreSQL,
//! and Spark Connect servers (Sail and Apache Spark), as far as `cargo xtask test` could start them.

mod model;

use expect_test::{Expect, expect};
use query_engine::print;
use query_engine::{Budget, DataFusion, Engine};
use semantic_model::layer::{DatePart, Filter, GroupBy, MetricRequest, OrderBy, Query};
use semantic_model::plan::{Catalog, Options, compile};

use crate::shown::ask;

fn engines() -> Vec<Box<dyn Engine>> {
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(DataFusion::new("here").unwrap())];
    #[cfg(feature = "postgres")]
    if let Some(server) = crate::postgres::anywhere() {
        engines.push(Box::new(server));
    }
    #[cfg(feature = "spark")]
    for server in crate::spark::servers() {
        engines.push(Box::new(server));
    }
    engines
}

/// Metrics and groups by their names with a space between. Rows are ordered by all groups.
fn query(metrics: &str, groups: &str) -> Query {
    let metric = |name: &str| MetricRequest {
        name: name.to_owned(),
        alias: None,
    };
    let order = |name: &str| OrderBy {
        item: GroupBy::new(name),
        descending: false,
        nulls_first: Some(false),
    };
    Query {
        metrics: metrics.split_whitespace().map(metric).collect(),
        group_by: groups.split_whitespace().map(GroupBy::new).collect(),
        order_by: groups.split_whitespace().map(order).collect(),
        ..Query::default()
    }
}

fn filtered(metrics: &str, groups: &str, filters: &[&str]) -> Query {
    Query {
        filters: filters
            .iter()
            .map(|filter| Filter((*filter).to_owned()))
            .collect(),
        ..query(metrics, groups)
    }
}

/// Numbers are equal by value: an engine says 4, another 4.00. Dates are moments at midnight.
fn cell(value: serde_json::Value) -> String {
    match value {
        serde_json::Value::Number(number) => format!("{:.6}", number.as_f64().unwrap()),
        serde_json::Value::String(text) => match text.parse::<f64>() {
            Ok(number) => format!("{number:.6}"),
            Err(_) => text.trim_end_matches("T00:00:00").to_owned(),
        },
        other => other.to_string(),
    }
}

async fn answer(engine: &dyn Engine, query: &Query, optimize: bool) -> String {
    let catalog = Catalog::new(model::layer(engine.dialect()));
    assert!(catalog.problems().is_empty(), "{:?}", catalog.problems());
    let options = Options {
        dialect: engine.dialect(),
        optimize,
    };
    let sql = compile(&catalog, query, &options)
        .unwrap_or_else(|error| panic!("{error:?}"))
        .sql;
    let batch = ask(engine, &sql, &Budget::DEFAULT).await;
    let batch = batch.unwrap_or_else(|error| panic!("{}: {error:?}: {sql}", engine.name()));
    let line = |row| {
        let cells = batch.columns().iter();
        let cells: Vec<String> = cells
            .map(|column| cell(print::value(column, row).unwrap()))
            .collect();
        cells.join(" | ")
    };
    let lines: Vec<String> = (0..batch.num_rows()).map(line).collect();
    lines.join("\n")
}

/// Holds the embedded engine to the rows, and the others to it; and so each plan as it is before it is simplified.
async fn check(query: &Query, expected: Expect) {
    let engines = engines();
    let first = answer(engines[0].as_ref(), query, true).await;
    expected.assert_eq(&first);
    for engine in engines {
        for optimize in [true, false] {
            let found = answer(engine.as_ref(), query, optimize).await;
            assert_eq!(
                found,
                first,
                "on {}, optimized {optimize}: {query:?}",
                engine.name()
            );
        }
    }
}

#[tokio::test]
async fn every_aggregation_by_month_and_a_looked_up_name() {
    let all = "revenue order_count buyers least most mean mean_pieces pieces gifts net per_order";
    check(
        &query(all, "metric_time__month customer__city"),
        expect![[r#"
            2025-12-01 | oslo | 12.500000 | 1.000000 | 1.000000 | 12.500000 | 1.500000 | 12.500000 | 3.000000 | 3.000000 | 1.000000 | 0.000000 | 12.500000
            2026-01-01 | Rome | -4.250000 | 1.000000 | 1.000000 | -4.250000 | 0.100000 | -4.250000 | 4.000000 | 4.000000 | 0.000000 | -3.400000 | -4.250000
            2026-01-01 | oslo | 0.100000 | 1.000000 | 1.000000 | 0.100000 | 2.500000 | 0.100000 | 1.000000 | 1.000000 | 0.000000 | 0.080000 | 0.100000
            2026-01-01 | null | 3.200000 | 2.000000 | 1.000000 | 0.200000 | 4.500000 | 1.600000 | 1.500000 | 3.000000 | 0.000000 | 2.560000 | 1.600000
            2026-02-01 | null | 7.000000 | 2.000000 | 1.000000 | 7.000000 | 8.500000 | 7.000000 | 5.000000 | 5.000000 | 2.000000 | 0.000000 | 3.500000"#]],
    )
    .await;
}

#[tokio::test]
async fn without_groups() {
    let all = "revenue order_count buyers middle third_quarter third_quarter_of_those per_order shop_share whole_thirds";
    check(&query(all, ""), expect!["18.550000 | 7.000000 | 4.000000 | 2.000000 | 3.750000 | 4.000000 | 2.650000 | -0.223720 | 2.285714"]).await;
}

#[tokio::test]
async fn percentiles_by_group() {
    check(
        &query(
            "middle third_quarter third_quarter_of_those",
            "order__channel",
        ),
        expect![[r#"
            it's | 0.500000 | 2.000000 | 2.000000
            shop | 1.300000 | 3.250000 | 4.000000
            web | 4.500000 | 2.500000 | 3.000000
            null | null | 5.000000 | 5.000000"#]],
    )
    .await;
}

#[tokio::test]
async fn by_weeks_over_the_turn_of_the_year() {
    check(
        &query("revenue", "metric_time__week"),
        expect![[r#"
        2025-12-29 | 12.600000
        2026-01-05 | 3.000000
        2026-01-26 | -4.050000
        2026-02-23 | 7.000000"#]],
    )
    .await;
}

#[tokio::test]
async fn by_hours() {
    check(
        &query("order_count", "order__placed_at__hour"),
        expect![[r#"
            2025-12-29T08:00:00 | 1.000000
            2026-01-04T23:00:00 | 1.000000
            2026-01-05T10:00:00 | 1.000000
            2026-01-31T09:00:00 | 1.000000
            2026-01-31T23:00:00 | 1.000000
            2026-02-28 | 1.000000
            2026-02-28T12:00:00 | 1.000000"#]],
    )
    .await;
}

#[tokio::test]
async fn by_a_calendar_of_ones_own() {
    check(
        &query("revenue", "metric_time__fiscal_month"),
        expect![[r#"
            2026-01-01 | 15.600000
            2026-02-01 | -4.050000
            2026-03-01 | 7.000000"#]],
    )
    .await;
}

#[tokio::test]
async fn by_every_part_of_a_date() {
    let mut by_part = query("order_count", "");
    for part in DatePart::ALL {
        by_part.group_by.push(GroupBy {
            date_part: Some(part),
            ..GroupBy::new("metric_time")
        });
    }
    by_part.order_by = by_part
        .group_by
        .iter()
        .map(|item| OrderBy {
            item: item.clone(),
            descending: false,
            nulls_first: Some(false),
        })
        .collect();
    check(
        &by_part,
        expect![[r#"
        2025.000000 | 4.000000 | 12.000000 | 29.000000 | 1.000000 | 363.000000 | 1.000000
        2026.000000 | 1.000000 | 1.000000 | 4.000000 | 7.000000 | 4.000000 | 1.000000
        2026.000000 | 1.000000 | 1.000000 | 5.000000 | 1.000000 | 5.000000 | 1.000000
        2026.000000 | 1.000000 | 1.000000 | 31.000000 | 6.000000 | 31.000000 | 2.000000
        2026.000000 | 1.000000 | 2.000000 | 28.000000 | 6.000000 | 59.000000 | 2.000000"#]],
    )
    .await;
}

#[tokio::test]
async fn over_two_hops() {
    check(
        &query("revenue visit_count", "customer__region__title"),
        expect![[r#"
            north | 12.600000 | 3.000000
            south | 3.200000 | 2.000000
            null | 2.750000 | 2.000000"#]],
    )
    .await;
}

#[tokio::test]
async fn several_facts_meet_where_null_equals_null() {
    check(
        &query(
            "revenue visit_count per_order",
            "metric_time__month customer",
        ),
        expect![[r#"
            2025-12-01 | 10.000000 | 12.500000 | 2.000000 | 12.500000
            2026-01-01 | 10.000000 | 0.100000 | 1.000000 | 0.100000
            2026-01-01 | 11.000000 | 3.200000 | 2.000000 | 1.600000
            2026-01-01 | 12.000000 | -4.250000 | null | -4.250000
            2026-02-01 | 13.000000 | null | 1.000000 | null
            2026-02-01 | 99.000000 | 7.000000 | null | 7.000000
            2026-02-01 | null | null | 1.000000 | null"#]],
    )
    .await;
}

#[tokio::test]
async fn filters_on_rows() {
    let filters = [
        "{{ Dimension('order__is_gift') }} OR {{ TimeDimension('metric_time', 'day') }} < '2026-01-31'",
        "{{ Dimension('order__channel') }} IN ('web', 'it''s') OR {{ Dimension('customer__city') }} LIKE 'o%'",
    ];
    check(
        &filtered("revenue middle", "metric_time__month", &filters),
        expect![[r#"
            2025-12-01 | 12.500000 | 1.500000
            2026-01-01 | 3.100000 | 1.500000
            2026-02-01 | null | 8.500000"#]],
    )
    .await;
}

#[tokio::test]
async fn a_filter_on_a_metric() {
    let spender = ["{{ Metric('revenue', group_by=['customer']) }} > 2.5"];
    check(
        &filtered("order_count revenue", "customer__city", &spender),
        expect![[r#"
            oslo | 2.000000 | 12.600000
            null | 3.000000 | 10.200000"#]],
    )
    .await;
}

#[tokio::test]
async fn conditions_on_groups_an_order_and_a_limit() {
    let mut asked = query("revenue order_count", "metric_time__day");
    asked.having = vec![Filter("revenue > 0 AND order_count < 3".to_owned())];
    asked.order_by = vec![OrderBy {
        item: GroupBy::new("revenue"),
        descending: true,
        nulls_first: Some(false),
    }];
    asked.limit = Some(3);
    check(
        &asked,
        expect![[r#"
        2025-12-29 | 12.500000 | 1.000000
        2026-02-28 | 7.000000 | 2.000000
        2026-01-05 | 3.000000 | 1.000000"#]],
    )
    .await;
}

#[tokio::test]
async fn ratios_and_nested_arithmetic() {
    check(
        &query(
            "per_order shop_share nested whole_thirds gift_revenue",
            "metric_time__month",
        ),
        expect![[r#"
            2025-12-01 | 12.500000 | null | 99.000000 | 3.000000 | 12.500000
            2026-01-01 | -0.237500 | 4.368421 | -4.000000 | 2.000000 | null
            2026-02-01 | 3.500000 | null | 198.000000 | 2.500000 | 7.000000"#]],
    )
    .await;
}

#[tokio::test]
async fn nulls_filled_along_the_calendar() {
    let january =
        ["{{ TimeDimension('metric_time', 'day') }} BETWEEN '2026-01-29' AND '2026-02-02'"];
    check(
        &filtered("revenue_filled", "metric_time__day", &january),
        expect![[r#"
            2026-01-29 | 0.000000
            2026-01-30 | 0.000000
            2026-01-31 | -4.050000
            2026-02-01 | 0.000000
            2026-02-02 | 0.000000"#]],
    )
    .await;
}

#[tokio::test]
async fn running_totals() {
    let some = ["{{ TimeDimension('metric_time', 'day') }} BETWEEN '2026-01-01' AND '2026-01-12'"];
    check(
        &filtered(
            "revenue_ever revenue_week revenue_month_to_date",
            "metric_time__day",
            &some,
        ),
        expect![[r#"
            2026-01-01 | 12.500000 | 12.500000 | null
            2026-01-02 | 12.500000 | 12.500000 | null
            2026-01-03 | 12.500000 | 12.500000 | null
            2026-01-04 | 12.600000 | 12.600000 | 0.100000
            2026-01-05 | 15.600000 | 3.100000 | 3.100000
            2026-01-06 | 15.600000 | 3.100000 | 3.100000
            2026-01-07 | 15.600000 | 3.100000 | 3.100000
            2026-01-08 | 15.600000 | 3.100000 | 3.100000
            2026-01-09 | 15.600000 | 3.100000 | 3.100000
            2026-01-10 | 15.600000 | 3.100000 | 3.100000
            2026-01-11 | 15.600000 | 3.000000 | 3.100000
            2026-01-12 | 15.600000 | null | 3.100000"#]],
    )
    .await;
    check(
        &query(
            "revenue_ever revenue_week revenue_month_to_date",
            "metric_time__month",
        ),
        expect![[r#"
            2025-12-01 | 12.500000 | 12.500000 | 12.500000
            2026-01-01 | 12.500000 | 12.500000 | 0.100000
            2026-02-01 | 11.550000 | -4.050000 | 7.000000
            2026-03-01 | 18.550000 | 7.000000 | null"#]],
    )
    .await;
}

#[tokio::test]
async fn offsets_in_time() {
    check(
        &query("growth", "metric_time__month"),
        expect![[r#"
        2025-12-01 | null
        2026-01-01 | -13.450000
        2026-02-01 | 7.950000
        2026-03-01 | null"#]],
    )
    .await;
    check(
        &query("growth since_month", "metric_time__day"),
        expect![[r#"
            2025-12-29 | null | null
            2026-01-04 | null | null
            2026-01-05 | null | null
            2026-01-29 | null | null
            2026-01-31 | null | null
            2026-02-04 | null | null
            2026-02-05 | null | null
            2026-02-28 | null | null"#]],
    )
    .await;
}

#[tokio::test]
async fn visits_that_end_in_an_order() {
    check(
        &query("visits_that_buy visit_rate", "metric_time__month"),
        expect![[r#"
            2025-12-01 | 1.000000 | 0.500000
            2026-01-01 | 2.000000 | 1.000000
            2026-02-01 | null | null"#]],
    )
    .await;
    check(
        &query("visits_that_buy", "visit__channel"),
        expect![[r#"
        shop | 1.000000
        web | 2.000000
        null | null"#]],
    )
    .await;
}

#[tokio::test]
async fn balances_are_not_added_up_over_time() {
    check(
        &query("last_balance balance_at_close", "metric_time__month"),
        expect![[r#"
            2026-01-01 | 140.000000 | 90.000000
            2026-02-01 | 75.000000 | 5.000000"#]],
    )
    .await;
    check(
        &query("last_balance", "customer__city"),
        expect![[r#"
        Rome | null
        oslo | 70.000000
        null | 55.000000"#]],
    )
    .await;
}

#[tokio::test]
async fn what_was_true_at_the_time() {
    check(
        &query("revenue", "customer__tier"),
        expect![[r#"
        basic | 15.500000
        gold | 0.100000
        null | 2.950000"#]],
    )
    .await;
}

#[tokio::test]
async fn values_of_dimensions_alone() {
    check(
        &query(
            "",
            "customer__city customer__initial customer__region__title",
        ),
        expect![[r#"
            Rome | R | null
            lima | L | null
            oslo | O | north
            null | null | south"#]],
    )
    .await;
}
