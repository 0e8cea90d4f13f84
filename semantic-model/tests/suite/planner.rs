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
        &expect![[""]],
    );
}

#[test]
fn what_is_not_null_for_missing_rows_is_worked_out_before_the_join() {
    check(&query(&["revenue"], &["customer__region"]), &expect![[""]]);
}

#[test]
fn metrics_of_the_same_rows_are_aggregated_together() {
    check(
        &query(&["revenue", "buyers"], &["channel", "order__channel"]),
        &expect![[""]],
    );
    check(
        &query(&["revenue", "buyers"], &["order__channel"]),
        &expect![[""]],
    );
}

#[test]
fn metrics_of_other_rows_are_joined_fully_on_all_groups() {
    check(
        &query(&["refund_rate"], &["customer__segment"]),
        &expect![[""]],
    );
}

#[test]
fn moments_without_rows_are_shown_and_filled() {
    let mut query = query(&["refunded"], &["metric_time"]);
    query.time_range = Some(TimeRange {
        start: Some("2026-01-01".to_owned()),
        end: Some("2026-01-31".to_owned()),
    });
    check(&query, &expect![[""]]);
}

#[test]
fn a_window_is_read_by_the_calendar() {
    check(
        &query(&["running"], &["metric_time__month"]),
        &expect![[""]],
    );
    check(&query(&["running"], &[]), &expect![[""]]);
}

#[test]
fn an_offset_of_whole_periods_is_applied_to_periods() {
    check(&query(&["growth"], &["metric_time__month"]), &expect![[""]]);
}

#[test]
fn a_metric_in_a_condition_is_a_sub_query_by_entity() {
    check(&query(&["big_orders"], &[]), &expect![[""]]);
}

#[test]
fn a_share_of_all_stands_beside_every_group() {
    check(&query(&["of_all"], &["order__channel"]), &expect![[""]]);
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
    check(&query, &expect![[""]]);
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
            Dialect::Spark | Dialect::BigQuery | Dialect::Snowflake => r"'a\\'' OR 1=1 --'",
            _ => r"'a\'' OR 1=1 --'",
        };
        assert!(sql.contains(literal), "{dialect}: {sql}");
    }
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
    expect![[""]].assert_eq(&compiled.explanation.to_string());
}

#[test]
fn the_unoptimised_plan_says_each_step_by_itself() {
    let options = Options {
        optimize: false,
        ..Options::default()
    };
    let query = query(&["revenue"], &["customer__segment"]);
    let compiled = compile(&shop(), &query, &options).expect("it compiles");
    expect![[""]].assert_eq(&compiled.sql);
}
