//! `MetricFlow` YAML and Cube, and which format a file is of.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};
use semantic_model::formats::{self, ReadAll};
use semantic_model::layer::{Layer, Metric, MetricKind};

use super::{json, lines, shared};

pub(super) fn read(files: &[(&str, &str)]) -> ReadAll {
    formats::read("shop", files).expect("something can be read")
}

/// Shows a layer in short: datasets with fields, joins, metrics; then the problems.
pub(super) fn check(file: &str, text: &str, expected: &Expect) {
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
    let mut lines = vec![format!("layer {}\n", layer.name)];
    for dataset in &layer.datasets {
        lines.push(format!(
            "{} = {:?} key {:?}\n",
            dataset.name, dataset.relation, dataset.primary_key
        ));
        for entity in &dataset.entities {
            let keys: Vec<&str> = entity
                .expressions
                .iter()
                .map(|key| key.sql.as_str())
                .collect();
            lines.push(format!(
                "  entity {} {:?} {keys:?}\n",
                entity.name, entity.role
            ));
        }
        for field in &dataset.fields {
            let sql = field
                .expression
                .as_ref()
                .map(|expression| expression.sql.as_str());
            lines.push(format!("  {} {:?} {:?}\n", field.name, field.role, sql));
        }
    }
    for join in &layer.joins {
        lines.push(format!(
            "{} -> {} {:?} {:?}\n",
            join.from, join.to, join.on, join.cardinality
        ));
    }
    for metric in &layer.metrics {
        lines.push(metric_line(metric));
    }
    for spine in &layer.time_spines {
        lines.push(format!("{spine:?}\n"));
    }
    lines.concat()
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

/// Shows what a metric computes; of several metrics that are the same measure, any may be accumulated or converted.
fn computed(layer: &Layer, name: &str) -> String {
    let metric = layer.metrics.iter().find(|one| one.name == name);
    let mut kind = metric.expect("it has that name").kind.clone();
    let mut inputs = Vec::new();
    match &mut kind {
        MetricKind::Cumulative(cumulative) => {
            inputs.push(std::mem::take(&mut cumulative.input.metric));
        }
        MetricKind::Conversion(conversion) => {
            inputs.push(std::mem::take(&mut conversion.base.metric));
            inputs.push(std::mem::take(&mut conversion.conversion.metric));
        }
        _ => {}
    }
    let inputs: Vec<String> = inputs.iter().map(|input| computed(layer, input)).collect();
    json(&kind) + &inputs.concat()
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
        let names = |layer: &Layer| {
            let mut names: Vec<String> = layer.metrics.iter().map(|one| one.name.clone()).collect();
            names.sort();
            names
        };
        let name = path.display();
        assert_eq!(names(&found.layers[0]), names(&manifest.layer), "{name}");
        for metric in &manifest.layer.metrics {
            let (one, other) = (
                computed(&manifest.layer, &metric.name),
                computed(&found.layers[0], &metric.name),
            );
            // What MetricFlow rewrites while it makes the manifest: counts, booleans and medians become sums.
            let rewritten = one.contains("CASE WHEN")
                || one.contains("percentile")
                || other.contains("\"aggregation\": \"count\"");
            assert!(
                rewritten || one == other,
                "{name}: {}\n{one}{other}",
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
        &expect![[r#"
            layer shop
            orders = Table(["orders"]) key []
              entity order Primary ["order_id"]
              entity customer_id Foreign ["customer_id"]
              ordered_at Time(TimeField { grain: Standard(Day), partition: false, validity: None }) None
              status Dimension None
              is_big Dimension Some("amount > 100")
            metric growth: revenue - before of [MetricInput { metric: "revenue", alias: None, filters: [], offset: None }, MetricInput { metric: "revenue", alias: Some("before"), filters: [], offset: Some(Window(Window { count: 1, grain: Standard(Month) })) }]
            metric rate: Ratio { numerator: MetricInput { metric: "revenue", alias: None, filters: [], offset: None }, denominator: MetricInput { metric: "p95", alias: None, filters: [], offset: None } }
            metric revenue: Sum(amount) by None None
            metric p95: Percentile { share: 0.95, discrete: true, approximate: false }(amount) by None None
            metric to_date: Cumulative(Cumulative { input: MetricInput { metric: "revenue", alias: None, filters: [], offset: None }, window: Some(Window { count: 7, grain: Standard(Day) }), leading: None, grain_to_date: None, period: First })
            TimeSpine { relation: Table(["days"]), column: "day", grain: Day, custom_grains: [CustomGrain { name: "fiscal", column: None }] }
        "#]],
    );
}

#[test]
fn references_to_models_of_dbt_name_their_tables() {
    check(
        "models.yml",
        "semantic_models:\n- {name: o, model: \"ref('pkg', 'orders')\", measures: [{name: m, agg: sum, create_metric: true}]}\n\
         - {name: p, model: other}\n---\na: b: c\n",
        &expect![[r#"
            layer shop
            o = Table(["orders"]) key []
            p = Table(["p"]) key []
            metric m: Sum(m) by None None
            models.yml:5:5: mapping values are not allowed in this context [unreadable]
            models.yml:3:3 at `semantic_models[1].node_relation`: `p` names no relation; a table of its name is assumed [missing_relation]
        "#]],
    );
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "most of them are what is read and expected"
)]
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
        &expect![[r#"
            layer shop
            orders = Table(["shop", "orders"]) key ["id"]
              id Dimension Some("id")
              created_at Time(TimeField { grain: Standard(Microsecond), partition: false, validity: None }) Some("created")
              city Dimension Some("users.city")
              size Dimension Some("CASE WHEN n > 9 THEN 'big' ELSE 'it''s small' END")
            users = Query(Expression { sql: "SELECT * FROM users", dialects: {} }) key ["id"]
              id Dimension Some("id")
            orders -> users Columns([("user_id", "id")]) Some(ManyToOne)
            orders -> odd Condition(Expression { sql: "orders.a < odd.b", dialects: {} }) Some(OneToMany)
            metric orders.count: Count(*) by None None
            metric orders.revenue: Sum(amount) by None None
            metric orders.done: Count(CASE WHEN (status = 'done') AND (users.city = 'x') THEN 1 END) by None None
            metric orders.share: 1.0 * done / NULLIF(count, 0) of [MetricInput { metric: "orders.done", alias: Some("done"), filters: [], offset: None }, MetricInput { metric: "orders.count", alias: Some("count"), filters: [], offset: None }]
            metric orders.own: SUM(orders.a) / SUM(users.b)
            metric orders.week__base hidden: Sum(amount) by None None
            metric orders.week: Cumulative(Cumulative { input: MetricInput { metric: "orders.week__base", alias: None, filters: [], offset: None }, window: Some(Window { count: 7, grain: Standard(Day) }), leading: None, grain_to_date: None, period: Last })
            metric orders.ever__base hidden: Sum(amount) by None None
            metric orders.ever: Cumulative(Cumulative { input: MetricInput { metric: "orders.ever__base", alias: None, filters: [], offset: None }, window: None, leading: None, grain_to_date: None, period: Last })
            metric orders.year__base hidden: Sum(amount) by None None
            metric orders.year: Cumulative(Cumulative { input: MetricInput { metric: "orders.year__base", alias: None, filters: [], offset: None }, window: None, leading: None, grain_to_date: Some(Standard(Year)), period: Last })
            metric orders.before: revenue of [MetricInput { metric: "orders.revenue", alias: Some("revenue"), filters: [], offset: Some(Window(Window { count: 1, grain: Standard(Year) })) }]
            metric orders.total: FixedGrain(FixedGrain { input: MetricInput { metric: "orders.revenue", alias: None, filters: [], offset: None }, by: Only(["orders.city"]) })
            metric orders.secret hidden: Max(amount) by None None
            orders.yml:3: Jinja is not run; this line is left out [jinja]
            orders.yml:31: Jinja is not run; this line is left out [jinja]
            orders.yml:4:3 at `cubes[0].segments`: segments are kept; queries write their conditions themselves [named_filters]
            orders.yml:14:5 at `cubes[0].dimensions[4]`: dimension `there` is of the type `geo`, so it is left out [not_understood]
            orders.yml:15:5 at `cubes[0].dimensions[5]`: dimension `bad` has SQL that is not understood, so it is left out [not_understood]
            orders.yml:21:5 at `cubes[0].measures[4]`: measure `mixed` mixes columns with other measures, so it is left out [not_understood]
            orders.yml:27:5 at `cubes[0].measures[10]`: measure `named` has a time shift that is not understood, so it is left out [not_understood]
            orders.yml:29:66 at `cubes[0].measures[12].color`: `color` is kept as it is; it has no meaning here [unknown_key]
            orders.yml:32:54 at `cubes[1].extends`: `users` extends another cube, whose members it does not get here [not_understood]
            orders.yml:33:3 at `cubes[2]`: the relation of `made` is computed, so the cube is left out [not_understood]
            orders.yml:35:3 at `views[0]`: view `all` is kept; its members are asked for by the names of their cubes [view_kept]
        "#]],
    );
}
