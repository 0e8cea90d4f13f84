//! Layers over two engines: what is asked of both, and what is refused.

use std::fs;

use expect_test::expect;
use query_engine::Budget;
use query_engine::mesh::{EngineKind, EngineSettings, LayerSettings, Mesh, MeshError};
use semantic_model::layer::{Filter, GroupBy, MetricRequest, OrderBy, Query};
use tempfile::TempDir;

use crate::shown::lines;

const ORDERS: &str = "order_id,customer_id,placed_on,amount\n1,a,2026-01-05,10\n2,a,2026-01-06,5\n3,b,2026-02-01,7\n4,,2026-03-01,1\n";
const DAYS: &str = "day\n2026-01-05\n2026-01-06\n2026-02-01\n2026-02-03\n2026-03-01\n";
const CALLS: &str = "call_id,customer_id,rung_on,minutes\n1,a,2026-01-07,4\n2,c,2026-02-03,6\n3,c,2026-02-04,0\n4,,2026-04-01,3\n";

const SHOP: &str = r#"{
  "project_configuration": {"time_spines": [
    {"node_relation": {"alias": "days", "schema_name": "shop"}, "primary_column": {"name": "day", "time_granularity": "day"}}]},
  "semantic_models": [{
    "name": "orders", "node_relation": {"alias": "orders", "schema_name": "shop"}, "defaults": {"agg_time_dimension": "placed_on"},
    "entities": [{"name": "order", "type": "primary", "expr": "order_id"}, {"name": "customer", "type": "foreign", "expr": "customer_id"}],
    "dimensions": [{"name": "placed_on", "type": "time", "type_params": {"time_granularity": "day"}}],
    "measures": [
      {"name": "revenue", "agg": "sum", "expr": "amount", "create_metric": true},
      {"name": "order_count", "agg": "count", "expr": "order_id", "create_metric": true},
      {"name": "people", "agg": "count_distinct", "expr": "customer_id", "create_metric": true}]}],
  "metrics": [
    {"name": "orders_or_none", "type": "simple", "type_params": {"measure": {"name": "order_count", "fill_nulls_with": 0}}}],
  "saved_queries": [{"name": "both", "query_params": {"metrics": ["revenue", "call_count"], "group_by": ["TimeDimension('metric_time', 'month')"]}}]
}"#;

const DESK: &str = r#"{
  "semantic_models": [{
    "name": "calls", "node_relation": {"alias": "calls", "schema_name": "desk"}, "defaults": {"agg_time_dimension": "rung_on"},
    "entities": [{"name": "call", "type": "primary", "expr": "call_id"}, {"name": "customer", "type": "foreign", "expr": "customer_id"}],
    "dimensions": [{"name": "rung_on", "type": "time", "type_params": {"time_granularity": "day"}}],
    "measures": [
      {"name": "call_count", "agg": "count", "expr": "call_id", "create_metric": true},
      {"name": "callers", "agg": "count_distinct", "expr": "customer_id", "create_metric": true},
      {"name": "people", "agg": "count_distinct", "expr": "customer_id", "create_metric": true}]}],
  "metrics": [
    {"name": "calls_per_order", "type": "ratio", "type_params": {"numerator": {"name": "call_count"}, "denominator": {"name": "order_count"}}},
    {"name": "per_order", "type": "ratio", "type_params": {"numerator": {"name": "revenue"}, "denominator": {"name": "order_count"}}},
    {"name": "balance", "type": "derived", "type_params": {"expr": "revenue - before + 100 * calls_per_order / 1", "metrics": [
      {"name": "revenue"}, {"name": "revenue", "alias": "before", "offset_window": "1 month"}, {"name": "calls_per_order"}]}},
    {"name": "of_known", "type": "derived", "type_params": {"expr": "known + calls", "metrics": [
      {"name": "order_count", "alias": "known", "filter": "{{ Entity('customer') }} IS NOT NULL"}, {"name": "call_count", "alias": "calls"}]}},
    {"name": "contacts", "type": "derived", "type_params": {"expr": "orders_or_none + call_count", "metrics": [
      {"name": "orders_or_none"}, {"name": "call_count"}]}},
    {"name": "contacts_ever", "type": "cumulative", "type_params": {"cumulative_type_params": {"metric": {"name": "contacts"}}}},
    {"name": "later", "type": "derived", "type_params": {"expr": "contacts", "metrics": [{"name": "contacts", "offset_window": "1 month"}]}}]
}"#;

fn engine(name: &str) -> EngineSettings {
    EngineSettings {
        name: name.to_owned(),
        kind: EngineKind::Embedded,
        folder: Some(name.into()),
        catalog: None,
        url: None,
        ca: None,
    }
}

fn layer(name: &str) -> LayerSettings {
    LayerSettings {
        name: name.to_owned(),
        format: "metricflow".to_owned(),
        paths: vec![format!("{name}.json").into()],
        engine: Some(name.to_owned()),
    }
}

async fn mesh() -> (TempDir, Mesh) {
    let folder = TempDir::new().unwrap();
    let tables = [
        ("shop", "orders", ORDERS),
        ("shop", "days", DAYS),
        ("desk", "calls", CALLS),
    ];
    for (engine, table, rows) in tables {
        let schema = folder.path().join(engine).join(engine);
        fs::create_dir_all(&schema).unwrap();
        fs::write(schema.join(format!("{table}.csv")), rows).unwrap();
    }
    fs::write(folder.path().join("shop.json"), SHOP).unwrap();
    fs::write(folder.path().join("desk.json"), DESK).unwrap();
    let engines = [engine("shop"), engine("desk")];
    let layers = [layer("shop"), layer("desk")];
    let mesh = Mesh::open(folder.path(), &engines, &layers).await.unwrap();
    (folder, mesh)
}

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

async fn answer(mesh: &Mesh, query: &Query) -> String {
    let planned = match mesh.plan(query, None) {
        Ok(planned) => planned,
        Err(error) => return refusal(&error),
    };
    let rows = planned.run(&Budget::DEFAULT).await.unwrap();
    let schema = rows.schema();
    let names: Vec<&str> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let batch = rows.collect_all().await.unwrap();
    format!("{}\n{}", names.join(" | "), lines(&batch))
}

fn refusal(error: &MeshError) -> String {
    match error {
        MeshError::Plan(error) => format!("{}: {error}", error.reason),
        other => other.to_string(),
    }
}

#[tokio::test]
async fn arithmetic_over_metrics_of_two_engines() {
    let (_folder, mesh) = mesh().await;
    let asked = query("revenue calls_per_order of_known", "metric_time__month");
    expect![[r#"
        metric_time__month | revenue | calls_per_order | of_known
        2026-01-01T00:00:00 | 15 | 0.5 | 3
        2026-02-01T00:00:00 | 7 | 2.0 | 3
        2026-03-01T00:00:00 | 1 | NULL | NULL
        2026-04-01T00:00:00 | NULL | NULL | NULL"#]]
    .assert_eq(&answer(&mesh, &asked).await);
    let asked = query("calls_per_order balance", "metric_time__month");
    expect![[r#"
        metric_time__month | calls_per_order | balance
        2026-01-01T00:00:00 | 0.5 | NULL
        2026-02-01T00:00:00 | 2.0 | 192.0
        2026-03-01T00:00:00 | NULL | NULL
        2026-04-01T00:00:00 | NULL | NULL"#]]
    .assert_eq(&answer(&mesh, &asked).await);
    let asked = query("calls_per_order callers of_known", "");
    expect![[r#"
        calls_per_order | callers | of_known
        1.0 | 2 | 7"#]]
    .assert_eq(&answer(&mesh, &asked).await);
    let asked = query("contacts orders_or_none call_count", "customer");
    expect![[r#"
        customer | contacts | orders_or_none | call_count
        a | 3 | 2 | 1
        b | NULL | 1 | NULL
        c | 2 | 0 | 2
        NULL | 2 | 1 | 1"#]]
    .assert_eq(&answer(&mesh, &asked).await);
}

#[tokio::test]
async fn conditions_order_and_limit_hold_for_the_whole() {
    let (_folder, mesh) = mesh().await;
    let mut asked = query("revenue call_count", "metric_time__month");
    asked.group_by[0].alias = Some("month".to_owned());
    asked.metrics[0].alias = Some("takings".to_owned());
    asked.having = vec![Filter("takings > 1 OR call_count > 0".to_owned())];
    asked.order_by[0].descending = true;
    asked.limit = Some(2);
    expect![[r#"
        month | takings | call_count
        2026-04-01T00:00:00 | NULL | 1
        2026-02-01T00:00:00 | 7 | 2"#]]
    .assert_eq(&answer(&mesh, &asked).await);
    asked.having = vec![Filter("profit > 1".to_owned())];
    expect!["UNKNOWN_FILTER_ITEM: `profit` is no metric or group of the query"]
        .assert_eq(&answer(&mesh, &asked).await);
}

#[tokio::test]
async fn a_metric_is_asked_for_where_all_of_it_lies() {
    let (_folder, mesh) = mesh().await;
    let planned = mesh
        .plan(&query("per_order", "metric_time__month"), None)
        .unwrap();
    let engines: Vec<&str> = planned.parts().map(|(engine, _)| engine).collect();
    assert_eq!(engines, ["shop"]);
    assert!(planned.combined().is_none());
    expect![[r#"
        metric_time__month | per_order
        2026-01-01T00:00:00 | 7.5
        2026-02-01T00:00:00 | 7.0
        2026-03-01T00:00:00 | 1.0"#]]
    .assert_eq(&answer(&mesh, &query("per_order", "metric_time__month")).await);
}

#[tokio::test]
async fn a_saved_query_may_be_over_both() {
    let (_folder, mesh) = mesh().await;
    let saved = Query {
        saved_query: Some("both".to_owned()),
        order_by: query("", "metric_time__month").order_by,
        ..Query::default()
    };
    expect![[r#"
        metric_time__month | revenue | call_count
        2026-01-01T00:00:00 | 15 | 1
        2026-02-01T00:00:00 | 7 | 2
        2026-03-01T00:00:00 | 1 | NULL
        2026-04-01T00:00:00 | NULL | 1"#]]
    .assert_eq(&answer(&mesh, &saved).await);
}

#[tokio::test]
async fn what_needs_the_rows_of_both_is_refused_in_words() {
    let (_folder, mesh) = mesh().await;
    let said = async |metrics: &str, groups: &str| answer(&mesh, &query(metrics, groups)).await;
    expect!["metric `people` is defined over several engines, and nothing says how their values of it would be put together: say which with an engine's name"]
        .assert_eq(&said("people", "").await);
    expect!["NOT_SUPPORTED: metric `contacts_ever` is over several engines, and a running or fixed total is added up from the rows of one"].assert_eq(&said("contacts_ever", "metric_time__month").await);
    expect!["NOT_SUPPORTED: metric `later` is over several engines, and it filters or shifts `contacts`, which is over several engines too: do so in the metrics that `contacts` is made of"].assert_eq(&said("later", "metric_time__month").await);
    expect![
        "UNKNOWN_GROUP: engine `desk` cannot give its part: nothing to group by is called `order`"
    ]
    .assert_eq(&said("revenue call_count", "order").await);
    expect!["no metric is called `revenu`"].assert_eq(&said("revenu", "").await);
    let on_one = mesh.plan(&query("contacts", ""), Some("shop")).unwrap_err();
    expect!["metric `contacts` is over several engines: `shop` alone cannot answer for it"]
        .assert_eq(&refusal(&on_one));
}
