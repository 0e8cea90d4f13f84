//! `MetricFlow` YAML, Cube, Snowflake and Databricks, and which of them a file is of.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};
use semantic_model::formats::{self, ReadAll};
use semantic_model::layer::{Layer, Metric, MetricKind};

use super::{json, lines, shared};

fn read(files: &[(&str, &str)]) -> ReadAll {
    formats::read("shop", files).expect("something can be read")
}

/// Shows a layer in short: datasets with fields, joins, metrics; then the problems.
fn check(file: &str, text: &str, expected: &Expect) {
    let found = match formats::read("shop", &[(file, text)]) {
        Ok(read) => {
            let layers: String = read.layers.iter().map(short).collect();
            layers + &lines(&read.report.problems)
        }
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&found);
}

fn short(layer: &Layer) -> String {
    let mut out = format!("layer {}\n", layer.name);
    for dataset in &layer.datasets {
        out += &format!(
            "{} = {:?} key {:?}\n",
            dataset.name, dataset.relation, dataset.primary_key
        );
        for entity in &dataset.entities {
            let keys: Vec<&str> = entity
                .expressions
                .iter()
                .map(|key| key.sql.as_str())
                .collect();
            out += &format!("  entity {} {:?} {keys:?}\n", entity.name, entity.role);
        }
        for field in &dataset.fields {
            let sql = field
                .expression
                .as_ref()
                .map(|expression| expression.sql.as_str());
            out += &format!("  {} {:?} {:?}\n", field.name, field.role, sql);
        }
    }
    for join in &layer.joins {
        out += &format!(
            "{} -> {} {:?} {:?}\n",
            join.from, join.to, join.on, join.cardinality
        );
    }
    for metric in &layer.metrics {
        out += &metric_line(metric);
    }
    for spine in &layer.time_spines {
        out += &format!("{spine:?}\n");
    }
    out
}

fn metric_line(metric: &Metric) -> String {
    let dataset = metric
        .dataset
        .as_deref()
        .map(|name| format!("{name}."))
        .unwrap_or_default();
    let hidden = if metric.notes.hidden { " hidden" } else { "" };
    let kind = match &metric.kind {
        MetricKind::Simple(simple) => format!(
            "{:?}({}) by {:?} {:?}",
            simple.aggregation,
            simple
                .expression
                .as_ref()
                .map_or("*", |expression| &expression.sql),
            simple.time,
            simple.non_additive
        ),
        MetricKind::Expression(expression) => expression.sql.clone(),
        MetricKind::Derived { expression, inputs } => format!("{} of {inputs:?}", expression.sql),
        other => format!("{other:?}"),
    };
    format!("metric {dataset}{}{hidden}: {kind}\n", metric.name)
}

/// Every YAML file below a folder of the shared data, by name and text.
fn files_below(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    if let Some(folder) = shared(folder) {
        collect(&folder, &mut files);
    }
    files.sort();
    files
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    for path in paths {
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "yml")
        {
            let text = fs::read_to_string(&path).expect("the file can be read");
            files.push((path.display().to_string(), text));
        }
    }
}

/// The YAML of a `MetricFlow` project is the layer of its manifest.
#[test]
fn yaml_gives_the_layer_of_its_manifest() {
    for path in super::metricflow::manifests() {
        let folder = path.parent().expect("a folder");
        if !folder.join("yaml").is_dir() {
            continue;
        }
        let mut files = Vec::new();
        collect(&folder.join("yaml"), &mut files);
        files.sort();
        let texts: Vec<(&str, &str)> = files
            .iter()
            .map(|(file, text)| (file.as_str(), text.as_str()))
            .collect();
        let found = read(&texts);
        let manifest = fs::read_to_string(&path).expect("the file can be read");
        let manifest = formats::metricflow::read_manifest("m", &manifest).expect("a manifest");
        let mut names = |layer: &Layer| {
            let mut names: Vec<String> = layer.metrics.iter().map(|one| one.name.clone()).collect();
            names.sort();
            names
        };
        let name = path.display();
        assert_eq!(names(&found.layers[0]), names(&manifest.layer), "{name}");
        for metric in &manifest.layer.metrics {
            let same = found.layers[0]
                .metrics
                .iter()
                .find(|one| one.name == metric.name);
            let (one, other) = (&metric.kind, &same.expect("it has that name").kind);
            // What MetricFlow rewrites while it makes the manifest: counts, booleans and medians become sums.
            let rewritten = json(one).contains("CASE WHEN") || json(one).contains("percentile");
            assert!(
                rewritten || json(one) == json(other),
                "{name}: {}",
                metric.name
            );
        }
        for problem in &found.report.problems {
            assert!(problem.code == "unused_measure", "{problem}");
        }
    }
}

#[test]
fn real_files_are_read_and_survive_ossie() {
    let mut count = 0;
    for folder in ["corpora/semantic", "semantic/samples"] {
        for (file, text) in files_below(folder) {
            let Ok(read) = formats::read("x", &[(&file, &text)]) else {
                continue;
            };
            count += read.layers.len();
            for layer in &read.layers {
                super::ossie::check_round_trip(layer);
            }
            for problem in &read.report.problems {
                println!("{problem}");
            }
        }
    }
    println!("{count} layers");
}

#[test]
fn models_of_dbt_2_say_their_semantics_at_their_columns() {
    check(
        "models.yml",
        r"
version: 2
models:
- name: orders
  semantic_model: {enabled: true}
  agg_time_dimension: ordered_at
  columns:
  - name: order_id
    entity: {type: primary, name: order}
  - name: customer_id
    entity: foreign
  - {name: ordered_at, granularity: day, dimension: {type: time}}
  - {name: status, dimension: categorical}
  - {name: amount, data_tests: [not_null]}
  derived_semantics:
    dimensions:
    - {name: is_big, type: categorical, expr: amount > 100}
  metrics:
  - {name: revenue, type: simple, agg: sum, expr: amount}
  - {name: p95, agg: percentile, percentile: 0.95, percentile_type: discrete, expr: amount}
  - {name: to_date, type: cumulative, input_metric: revenue, window: 7 days}
- name: days
  time_spine: {standard_granularity_column: day, custom_granularities: [{name: Fiscal}]}
  columns: [{name: day, granularity: day}]
- name: plain
metrics:
- {name: growth, type: derived, expr: revenue - before, input_metrics: [revenue, {name: revenue, alias: before, offset_window: 1 month}]}
- {name: rate, type: ratio, numerator: revenue, denominator: p95}
",
        &expect![[r#""#]],
    );
}

#[test]
fn references_to_models_of_dbt_name_their_tables() {
    check(
        "models.yml",
        "semantic_models:\n- {name: o, model: \"ref('pkg', 'orders')\", measures: [{name: m, agg: sum, create_metric: true}]}\n\
         - {name: p, model: other}\n---\na: b: c\n",
        &expect![[r#""#]],
    );
}

#[test]
fn cubes_are_read() {
    check(
        "orders.yml",
        r#"
cubes:
{% for x in y %}
- name: orders
  sql_table: shop.orders
  joins:
  - {name: users, relationship: many_to_one, sql: "{CUBE}.user_id = {users.id}"}
  - {name: odd, relationship: one_to_many, sql: "{CUBE}.a < ${odd}.b"}
  dimensions:
  - {name: id, sql: id, type: number, primary_key: true}
  - {name: created_at, sql: "{CUBE}.created", type: time}
  - {name: city, sql: "{users.city}", type: string}
  - {name: size, type: string, case: {when: [{sql: "{CUBE}.n > 9", label: big}], else: {label: "it's small"}}}
  - {name: there, type: geo, latitude: {sql: a}}
  - {name: bad, type: string, sql: "{{ dim() }}"}
  measures:
  - {name: count, type: count}
  - {name: revenue, type: sum, sql: "{CUBE}.amount"}
  - {name: done, type: count, filters: [{sql: "{CUBE}.status = 'done'"}, {sql: "{users.city} = 'x'"}]}
  - {name: share, type: number, sql: "1.0 * {done} / NULLIF({count}, 0)"}
  - {name: mixed, type: number, sql: "{count} / {CUBE}.x"}
  - {name: own, type: number, sql: "SUM({CUBE}.a) / SUM({users}.b)"}
  - {name: week, type: sum, sql: amount, rolling_window: {trailing: 7 day}}
  - {name: ever, type: sum, sql: amount, rolling_window: {trailing: unbounded}}
  - {name: year, type: sum, sql: amount, rolling_window: {type: to_date, granularity: year}}
  - {name: before, type: sum, multi_stage: true, sql: "{revenue}", time_shift: [{interval: 1 year, type: prior}]}
  - {name: named, type: sum, multi_stage: true, sql: "{revenue}", time_shift: [{name: retail}]}
  - {name: total, type: sum, multi_stage: true, sql: "{revenue}", group_by: [city]}
  - {name: secret, type: max, sql: amount, public: false, color: red}
  segments: [{name: s, sql: x}]
{% endfor %}
- {name: users, sql: "SELECT * FROM users", extends: people, dimensions: [{name: id, sql: id, type: number, primary_key: true}]}
- {name: made, sql: "SELECT {FILTER_PARAMS.x}"}
views:
- {name: all, cubes: [{join_path: orders, includes: "*"}]}
"#,
        &expect![[r#""#]],
    );
}

#[test]
fn semantic_views_of_snowflake_are_read() {
    check(
        "view.yaml",
        r"
name: revenue
tables:
- name: daily
  base_table: {database: d, schema: s, table: t}
  primary_key: {columns: [day, item]}
  time_dimensions: [{name: day, expr: day, data_type: date, unique: true}, {name: at, expr: at, data_type: TIMESTAMP_NTZ(9)}]
  dimensions: [{name: item, expr: item_id, data_type: number, synonyms: [thing], sample_values: [a]}]
  facts: [{name: net, expr: gross - cost, data_type: number}]
  measures: [{name: gross, expr: revenue, default_aggregation: avg}, {name: odd, expr: x, default_aggregation: wild}]
  metrics:
  - {name: total, expr: SUM(net), access_modifier: private_access}
  - {name: stock, expr: SUM(on_hand), non_additive_dimensions: [{dimension: day, sort_direction: descending}]}
  - {name: ratio, expr: SUM(a) / SUM(b), non_additive_dimensions: [{dimension: day}]}
  filters: [{name: f, expr: x > 1}]
- name: items
  base_table: {definition: SELECT 1}
relationships:
- {name: r, left_table: daily, right_table: items, relationship_columns: [{left_column: item, right_column: id}], relationship_type: one_to_one, join_type: inner}
- {name: none, left_table: daily, right_table: items}
metrics: [{name: all, expr: SUM(daily.net) / COUNT(items.id)}]
verified_queries: [{name: q, question: how much, sql: SELECT 1}]
",
        &expect![[r#""#]],
    );
}

#[test]
fn metric_views_of_databricks_are_read() {
    check(
        "sales.metric_view.yaml",
        r"
version: 1.1
source: gold.orders
filter: amount > 0
comment: Sales
joins:
- name: customer
  source: gold.customer
  on: source.customer_id = customer.id AND customer.valid = source.valid
  rely: {at_most_one_match: true}
  joins:
  - {name: nation, source: SELECT * FROM nations, using: [nation_id]}
- {name: odd, source: gold.odd, on: source.a < odd.b}
- {name: alone, source: gold.alone}
dimensions:
- {name: Order Date, expr: o_date}
- {name: Month, expr: 'DATE_TRUNC(''MONTH'', o_date)', display_name: By month, synonyms: [mo]}
- {name: Customer, expr: upper(customer.name)}
- {name: Nation, expr: customer.nation.name}
- {name: Both, expr: 'concat(customer.name, o_note)'}
measures:
- {name: n, expr: COUNT(1)}
- {name: revenue, expr: SUM(amount), format: {type: currency}}
- {name: per, expr: MEASURE(revenue) / MEASURE(n)}
- {name: mixed, expr: MEASURE(revenue) / SUM(x)}
- {name: last week, expr: SUM(amount), window: [{order: Order Date, range: trailing 7 day}]}
- {name: week, expr: SUM(amount), window: [{order: Order Date, range: trailing 7 day inclusive, semiadditive: last}]}
- {name: ever, expr: SUM(amount), window: [{order: Order Date, range: cumulative, semiadditive: last}]}
- {name: balance, expr: SUM(amount), window: [{order: Order Date, range: current, semiadditive: last}]}
- {name: ahead, expr: SUM(amount), window: [{order: Order Date, range: leading 7 day}]}
",
        &expect![[r#""#]],
    );
}

#[test]
fn the_condition_of_a_join_is_read_however_yaml_takes_its_key() {
    for on in ["on", "'on'", "\"on\"", "true"] {
        let text = format!(
            "source: a\njoins:\n- {{name: b, source: c, {on}: source.x = b.y}}\nmeasures: [{{name: n, expr: COUNT(*)}}]\n"
        );
        let read = read(&[("v.yaml", &text)]);
        assert!(json(&read.layers[0].joins).contains("columns"), "{on}");
        assert_eq!(lines(&read.report.problems), "");
    }
}

#[test]
fn hostile_files_are_reported_with_their_places() {
    let mut bomb = String::from("cubes:\n- &a {x: [1,1,1,1,1,1,1,1]}\n");
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        bomb += &format!("- &{to} [{}*{from}]\n", format!("*{from},").repeat(8));
    }
    check("bomb.yml", &bomb, &expect![[r#""#]]);
    check(
        "deep.yml",
        &format!("cubes: {}", "[".repeat(1_000_000)),
        &expect![[r#""#]],
    );
    check(
        "deep.json",
        &format!("{{\"a\":{}", "[".repeat(1_000_000)),
        &expect![[r#""#]],
    );
    check("cut.yml", "cubes:\n- name: 'a", &expect![[r#""#]]);
    check("empty.yml", "", &expect![[r#""#]]);
    check("list.yml", "[1, 2]", &expect![[r#""#]]);
    check(
        "wrong.yml",
        "cubes: [1, {name: []}, {name: a, dimensions: {}, measures: [7, {name: b, type: {}}]}]",
        &expect![[r#""#]],
    );
    check(
        "wrong.yml",
        "tables: [1, {name: {}}, {name: a, base_table: 5, metrics: x, facts: [[]]}]",
        &expect![[r#""#]],
    );
    check(
        "wrong.yml",
        "source: x\nmeasures: [1, {name: a, expr: []}]\njoins: 5\ndimensions: [{}]",
        &expect![[r#""#]],
    );
}
