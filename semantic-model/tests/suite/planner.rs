//! Queries over a small layer of a shop, compiled to SQL.

use expect_test::{Expect, expect};
use semantic_model::layer::{Filter, GroupBy, Layer, MetricRequest, OrderBy, Query, TimeRange};
use semantic_model::plan::{Catalog, Dialect, Options, compile};
use serde_json::json;
use sqlparser::dialect::{
    BigQueryDialect, DatabricksDialect, Dialect as SqlDialect, DuckDbDialect, GenericDialect,
    PostgreSqlDialect, SnowflakeDialect,
};
use sqlparser::parser::Parser;

/// Orders with a customer each, refunds, a calendar, and a metric of each kind.
fn shop() -> Catalog {
    let simple = |dataset: &str, aggregation: &str, expression: &str| json!({"simple": {"dataset": dataset, "aggregation": aggregation, "expression": {"sql": expression}}});
    let input = |metric: &str| json!({ "metric": metric });
    let layer = json!({
        "name": "shop",
        "datasets": [
            {"name": "orders", "relation": {"table": ["shop", "orders"]}, "primary_entity": "order",
             "scope": "columns", "default_time": "ordered_at",
             "entities": [{"name": "customer", "role": "foreign", "expressions": [{"sql": "customer_id"}]}],
             "fields": [
                 {"name": "ordered_at", "role": {"time": {"grain": "day"}}},
                 {"name": "channel", "expression": {"sql": "COALESCE(channel, 'web')"}}]},
            {"name": "refunds", "relation": {"table": ["shop", "refunds"]}, "primary_entity": "refund",
             "scope": "columns", "default_time": "refunded_at",
             "entities": [{"name": "customer", "role": "foreign", "expressions": [{"sql": "customer_id"}]}],
             "fields": [{"name": "refunded_at", "role": {"time": {"grain": "day"}}}]},
            {"name": "customers", "relation": {"table": ["shop", "customers"]}, "scope": "columns",
             "entities": [{"name": "customer", "role": "primary", "expressions": [{"sql": "id"}]}],
             "fields": [{"name": "segment"}, {"name": "region", "expression": {"sql": "COALESCE(region, 'none')"}}]}],
        "metrics": [
            {"name": "revenue", "kind": simple("orders", "sum", "amount")},
            {"name": "buyers", "kind": simple("orders", "count_distinct", "customer_id")},
            {"name": "big_orders", "kind": simple("orders", "count", "order_id"), "filters": ["{{ Metric('revenue', ['customer']) }} > 100"]},
            {"name": "refunded", "kind": {"simple": {"dataset": "refunds", "aggregation": "sum",
                "expression": {"sql": "amount"}, "fill_nulls_with": 0, "join_to_time_spine": true}}},
            {"name": "refund_rate", "kind": {"ratio": {"numerator": input("refunded"), "denominator": input("revenue")}}},
            {"name": "running", "kind": {"cumulative": {"input": input("revenue"), "window": {"count": 7, "grain": "day"}, "period": "last"}}},
            {"name": "growth", "kind": {"derived": {"expression": {"sql": "(revenue - before) / before"}, "inputs": [
                input("revenue"), {"metric": "revenue", "alias": "before", "offset": {"window": {"count": 1, "grain": "month"}}}]}}},
            {"name": "of_all", "kind": {"fixed_grain": {"input": input("revenue"), "by": {"only": []}}}}],
        "time_spines": [{"relation": {"table": ["shop", "days"]}, "column": "day", "grain": "day"}]
    });
    let layer: Layer = serde_json::from_value(layer).expect("it is a layer");
    let catalog = Catalog::new(layer);
    assert_eq!(catalog.problems(), []);
    catalog
}

fn query(metrics: &[&str], groups: &[&str]) -> Query {
    let request = |name: &&str| MetricRequest {
        name: (*name).to_owned(),
        alias: None,
    };
    Query {
        metrics: metrics.iter().map(request).collect(),
        group_by: groups.iter().map(|name| GroupBy::new(*name)).collect(),
        ..Query::default()
    }
}

fn sql(query: &Query, dialect: Dialect) -> String {
    let options = Options {
        dialect,
        optimize: true,
    };
    match compile(&shop(), query, &options) {
        Ok(compiled) => compiled.sql,
        Err(error) => format!("{}: {error}", error.reason),
    }
}

fn check(query: &Query, expected: &Expect) {
    expected.assert_eq(&sql(query, Dialect::DataFusion));
}

#[test]
fn a_metric_by_a_joined_dimension_is_one_select() {
    check(
        &query(&["revenue"], &["customer__segment", "metric_time__month"]),
        &expect![[
            r#"SELECT "customers"."segment" AS "customer__segment", DATE_TRUNC('month', CAST("orders"."ordered_at" AS TIMESTAMP(6))) AS "metric_time__month", SUM("orders"."amount") AS "revenue" FROM "shop"."orders" AS "orders" LEFT OUTER JOIN "shop"."customers" AS "customers" ON "orders"."customer_id" = "customers"."id" GROUP BY 1, 2"#
        ]],
    );
}

#[test]
fn what_is_not_null_for_missing_rows_is_worked_out_before_the_join() {
    check(
        &query(&["revenue"], &["customer__region"]),
        &expect![[
            r#"SELECT "customers"."region" AS "customer__region", SUM("orders"."amount") AS "revenue" FROM "shop"."orders" AS "orders" LEFT OUTER JOIN (SELECT "customers"."id" AS "customer", COALESCE("customers"."region", 'none') AS "region" FROM "shop"."customers" AS "customers") AS "customers" ON "orders"."customer_id" = "customers"."customer" GROUP BY 1"#
        ]],
    );
}

#[test]
fn metrics_of_the_same_rows_are_aggregated_together() {
    check(
        &query(&["revenue", "buyers"], &["channel", "order__channel"]),
        &expect!["UNKNOWN_GROUP: nothing to group by is called `channel`"],
    );
    check(
        &query(&["revenue", "buyers"], &["order__channel"]),
        &expect![[
            r#"SELECT COALESCE("orders"."channel", 'web') AS "order__channel", SUM("orders"."amount") AS "revenue", COUNT(DISTINCT "orders"."customer_id") AS "buyers" FROM "shop"."orders" AS "orders" GROUP BY 1"#
        ]],
    );
}

#[test]
fn metrics_of_other_rows_are_joined_fully_on_all_groups() {
    check(
        &query(&["refund_rate"], &["customer__segment"]),
        &expect![[
            r#"SELECT COALESCE("part"."customer__segment", "part_2"."customer__segment") AS "customer__segment", CAST(COALESCE("part"."refunded", 0) AS DOUBLE) / NULLIF(CAST("part_2"."revenue" AS DOUBLE), 0) AS "refund_rate" FROM (SELECT "customers"."segment" AS "customer__segment", COALESCE(SUM("refunds"."amount"), 0) AS "refunded" FROM "shop"."refunds" AS "refunds" LEFT OUTER JOIN "shop"."customers" AS "customers" ON "refunds"."customer_id" = "customers"."id" GROUP BY 1) AS "part" FULL JOIN (SELECT "customers"."segment" AS "customer__segment", SUM("orders"."amount") AS "revenue" FROM "shop"."orders" AS "orders" LEFT OUTER JOIN "shop"."customers" AS "customers" ON "orders"."customer_id" = "customers"."id" GROUP BY 1) AS "part_2" ON ("part"."customer__segment" IS NOT DISTINCT FROM "part_2"."customer__segment")"#
        ]],
    );
}

#[test]
fn moments_without_rows_are_shown_and_filled() {
    let mut query = query(&["refunded"], &["metric_time"]);
    query.time_range = Some(TimeRange {
        start: Some("2026-01-01".to_owned()),
        end: Some("2026-01-31".to_owned()),
    });
    check(
        &query,
        &expect![[
            r#"SELECT DATE_TRUNC('day', CAST("time_spine"."day" AS TIMESTAMP(6))) AS "metric_time__day", COALESCE("refunds"."refunded", 0) AS "refunded" FROM "shop"."days" AS "time_spine" LEFT OUTER JOIN (SELECT DATE_TRUNC('day', CAST("refunds"."refunded_at" AS TIMESTAMP(6))) AS "metric_time__day", SUM("refunds"."amount") AS "refunded" FROM "shop"."refunds" AS "refunds" WHERE DATE_TRUNC('day', CAST("refunds"."refunded_at" AS TIMESTAMP(6))) >= CAST('2026-01-01' AS TIMESTAMP(6)) AND DATE_TRUNC('day', CAST("refunds"."refunded_at" AS TIMESTAMP(6))) < (CAST('2026-01-31' AS TIMESTAMP(6)) + (INTERVAL '1 day')) GROUP BY 1) AS "refunds" ON DATE_TRUNC('day', CAST("time_spine"."day" AS TIMESTAMP(6))) = "refunds"."metric_time__day" WHERE DATE_TRUNC('day', CAST("time_spine"."day" AS TIMESTAMP(6))) >= CAST('2026-01-01' AS TIMESTAMP(6)) AND DATE_TRUNC('day', CAST("time_spine"."day" AS TIMESTAMP(6))) < (CAST('2026-01-31' AS TIMESTAMP(6)) + (INTERVAL '1 day'))"#
        ]],
    );
}

#[test]
fn a_window_is_read_by_the_calendar() {
    check(
        &query(&["running"], &["metric_time__month"]),
        &expect![[
            r#"SELECT "result"."metric_time__month" AS "metric_time__month", "result"."running" AS "running" FROM (SELECT DISTINCT "by_period"."metric_time__month" AS "metric_time__month", "by_period"."running" AS "running" FROM (SELECT "by_moment"."metric_time__month" AS "metric_time__month", LAST_VALUE("by_moment"."running") OVER (PARTITION BY "by_moment"."metric_time__month" ORDER BY "by_moment"."finest_time" ASC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "running" FROM (SELECT DATE_TRUNC('month', CAST("time_spine"."day" AS TIMESTAMP(6))) AS "metric_time__month", DATE_TRUNC('day', CAST("time_spine"."day" AS TIMESTAMP(6))) AS "finest_time", SUM("orders"."amount") AS "running" FROM "shop"."days" AS "time_spine" INNER JOIN "shop"."orders" AS "orders" ON DATE_TRUNC('day', CAST("orders"."ordered_at" AS TIMESTAMP(6))) <= DATE_TRUNC('day', CAST("time_spine"."day" AS TIMESTAMP(6))) AND DATE_TRUNC('day', CAST("orders"."ordered_at" AS TIMESTAMP(6))) > (DATE_TRUNC('day', CAST("time_spine"."day" AS TIMESTAMP(6))) - (INTERVAL '7 day')) GROUP BY 1, 2) AS "by_moment") AS "by_period") AS "result""#
        ]],
    );
    check(
        &query(&["running"], &[]),
        &expect![
            "NEEDS_METRIC_TIME: `revenue` is read by a window of time, so the query must group by `metric_time`"
        ],
    );
}

#[test]
fn an_offset_of_whole_periods_is_applied_to_periods() {
    check(
        &query(&["growth"], &["metric_time__month"]),
        &expect![[
            r#"SELECT COALESCE("part"."metric_time__month", "part_2"."metric_time__month") AS "metric_time__month", (CAST("part"."revenue" AS DOUBLE) - CAST("part_2"."before" AS DOUBLE)) / CAST("part_2"."before" AS DOUBLE) AS "growth" FROM (SELECT DATE_TRUNC('month', CAST("orders"."ordered_at" AS TIMESTAMP(6))) AS "metric_time__month", SUM("orders"."amount") AS "revenue" FROM "shop"."orders" AS "orders" GROUP BY 1) AS "part" FULL JOIN (SELECT DATE_TRUNC('month', "time_spine"."moment") AS "metric_time__month", SUM("orders"."amount") AS "before" FROM (SELECT DISTINCT DATE_TRUNC('month', CAST("time_spine"."day" AS TIMESTAMP(6))) AS "moment" FROM "shop"."days" AS "time_spine") AS "time_spine" INNER JOIN "shop"."orders" AS "orders" ON DATE_TRUNC('month', CAST("orders"."ordered_at" AS TIMESTAMP(6))) = ("time_spine"."moment" - (INTERVAL '1 month')) GROUP BY 1) AS "part_2" ON ("part"."metric_time__month" IS NOT DISTINCT FROM "part_2"."metric_time__month")"#
        ]],
    );
}

#[test]
fn a_metric_in_a_condition_is_a_sub_query_by_entity() {
    check(
        &query(&["big_orders"], &[]),
        &expect![[
            r#"SELECT COUNT("orders"."order_id") AS "big_orders" FROM "shop"."orders" AS "orders" LEFT OUTER JOIN (SELECT "orders"."customer_id" AS "customer", SUM("orders"."amount") AS "revenue" FROM "shop"."orders" AS "orders" GROUP BY 1) AS "revenue" ON "orders"."customer_id" = "revenue"."customer" WHERE "revenue"."revenue" > 100"#
        ]],
    );
}

#[test]
fn a_share_of_all_stands_beside_every_group() {
    check(
        &query(&["of_all"], &["order__channel"]),
        &expect![[
            r#"SELECT "groups"."order__channel" AS "order__channel", "fixed"."of_all" AS "of_all" FROM (SELECT COALESCE("orders"."channel", 'web') AS "order__channel", SUM("orders"."amount") AS "of_all_here" FROM "shop"."orders" AS "orders" GROUP BY 1) AS "groups" CROSS JOIN (SELECT SUM("orders"."amount") AS "of_all" FROM "shop"."orders" AS "orders") AS "fixed""#
        ]],
    );
}

#[test]
fn values_of_dimensions_need_no_metric() {
    let mut query = query(&[], &["customer__segment"]);
    query.order_by = vec![OrderBy {
        item: GroupBy::new("customer__segment"),
        descending: true,
        nulls_first: None,
    }];
    query.limit = Some(3);
    check(
        &query,
        &expect![[
            r#"SELECT "result"."customer__segment" AS "customer__segment" FROM (SELECT DISTINCT "customers"."segment" AS "customer__segment" FROM "shop"."customers" AS "customers") AS "result" ORDER BY "customer__segment" DESC NULLS LAST LIMIT 3"#
        ]],
    );
}

#[test]
fn a_filter_cannot_leave_its_literal() {
    let mut query = query(&["revenue"], &[]);
    query.filters = vec![Filter(
        r"{{ Dimension('order__channel') }} = 'a\'' OR 1=1 --'".to_owned(),
    )];
    for dialect in Dialect::ALL {
        let sql = sql(&query, dialect);
        let literal = match dialect {
            Dialect::Spark | Dialect::BigQuery => r"'a\\\' OR 1=1 --'",
            Dialect::Snowflake => r"'a\\'' OR 1=1 --'",
            _ => r"'a\'' OR 1=1 --'",
        };
        assert!(sql.contains(literal), "{dialect}: {sql}");
    }
}

#[test]
fn a_filter_cannot_leave_a_quoted_name() {
    let mut query = query(&["revenue"], &[]);
    query.filters = vec![Filter(
        r#"CAST(order__channel AS "a\"" OR 1=1 --") = 'x'"#.to_owned(),
    )];
    check(
        &query,
        &expect![[
            r#"INVALID_EXPRESSION: `CAST(order__channel AS "a\"" OR 1=1 --") = 'x'` is not an expression that can be used: a quoted name holds a quote or a backslash"#
        ]],
    );
}

#[test]
fn every_dialect_parses_what_is_written_for_it() {
    let queries = [
        query(
            &["revenue", "refunded", "running"],
            &["metric_time__week", "customer__region"],
        ),
        query(&["growth", "refund_rate"], &["metric_time__quarter"]),
        query(&[], &["customer__segment"]),
    ];
    for query in &queries {
        for dialect in Dialect::ALL {
            let text = sql(query, dialect);
            let parsed = Parser::parse_sql(&*parser(dialect), &text);
            assert!(parsed.is_ok(), "{dialect}: {parsed:?}\n{text}");
        }
    }
}

fn parser(dialect: Dialect) -> Box<dyn SqlDialect> {
    match dialect {
        Dialect::Postgres => Box::new(PostgreSqlDialect {}),
        Dialect::DuckDb => Box::new(DuckDbDialect {}),
        Dialect::Spark => Box::new(DatabricksDialect {}),
        Dialect::Snowflake => Box::new(SnowflakeDialect {}),
        Dialect::BigQuery => Box::new(BigQueryDialect {}),
        Dialect::DataFusion | Dialect::Trino => Box::new(GenericDialect {}),
    }
}

#[test]
fn a_plan_explains_itself() {
    let mut query = query(&["revenue"], &["customer__segment"]);
    query.filters = vec![Filter(
        "{{ Dimension('order__channel') }} = 'web'".to_owned(),
    )];
    let compiled = compile(&shop(), &query, &Options::default()).expect("it compiles");
    expect![[r#"
        one row for each customer__segment
        revenue of orders
          time: ordered_at
          customer__segment: `orders` to `customers` by entity `customer` (`customer_id`)
          where order__channel = 'web': rows before they are aggregated (orders)
    "#]]
    .assert_eq(&compiled.explanation.to_string());
}

#[test]
fn the_unoptimised_plan_says_each_step_by_itself() {
    let options = Options {
        optimize: false,
        ..Options::default()
    };
    let query = query(&["revenue"], &["customer__segment"]);
    let compiled = compile(&shop(), &query, &options).expect("it compiles");
    expect![[r#"SELECT "result"."customer__segment" AS "customer__segment", "result"."revenue" AS "revenue" FROM (SELECT "orders"."customer__segment" AS "customer__segment", SUM("orders"."revenue_value") AS "revenue" FROM (SELECT "customers"."segment" AS "customer__segment", "orders"."revenue" AS "revenue_value" FROM (SELECT DATE_TRUNC('day', CAST("orders"."ordered_at" AS TIMESTAMP(6))) AS "ordered_at", "orders"."customer_id" AS "customer", "orders"."amount" AS "revenue" FROM "shop"."orders" AS "orders") AS "orders" LEFT OUTER JOIN (SELECT "customers"."id" AS "customer", "customers"."segment" AS "segment" FROM "shop"."customers" AS "customers") AS "customers" ON "orders"."customer" = "customers"."customer") AS "orders" GROUP BY 1) AS "result""#]].assert_eq(&compiled.sql);
}
