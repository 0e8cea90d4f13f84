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
            let same = found.layers[0]
                .metrics
                .iter()
                .find(|one| one.name == metric.name);
            let (one, other) = (&metric.kind, &same.expect("it has that name").kind);
            // What MetricFlow rewrites while it makes the manifest: counts, booleans and medians become sums.
            let (one, other) = (json(one), json(other));
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
            orders -> odd Condition(Expression { sql: "orders.a < orders.odd.b", dialects: {} }) Some(OneToMany)
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
        &expect![[r#"
            layer revenue
            daily = Table(["d", "s", "t"]) key ["day", "item"]
              item Dimension Some("item_id")
              day Time(TimeField { grain: Standard(Day), partition: false, validity: None }) Some("day")
              at Time(TimeField { grain: Standard(Microsecond), partition: false, validity: None }) Some("at")
              net Fact Some("gross - cost")
              gross Fact Some("revenue")
              odd Fact Some("x")
            items = Query(Expression { sql: "SELECT 1", dialects: {} }) key []
            daily -> items Columns([("item", "id")]) Some(OneToOne)
            metric daily.gross: Average(revenue) by None None
            metric daily.total hidden: SUM(net)
            metric daily.stock: Sum(on_hand) by None Some(NonAdditive { time: "day", edge: First, per: [] })
            metric all: SUM(daily.net) / COUNT(items.id)
            view.yaml:4:3 at `tables[0].filters`: named filters are kept; queries write their conditions themselves [named_filters]
            view.yaml:10:112 at `tables[0].measures[1].default_aggregation`: `wild` is no aggregation, so there is no metric `odd` [unknown_aggregation]
            view.yaml:14:5 at `tables[0].metrics[2]`: only one aggregate of a table can be semi-additive, so this is left out [not_understood]
            view.yaml:19:157 at `relationships[0].join_type`: rows without a match are kept, as by a left outer join [inner_join]
            view.yaml:20:3 at `relationships[1].relationship_columns`: no columns tie `daily` to `items`, so the relationship is left out [missing_key]
        "#]],
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
        &expect![[r#"
            layer sales
            source = Table(["gold", "orders"]) key []
              Order Date Time(TimeField { grain: Standard(Day), partition: false, validity: None }) Some("o_date")
              Month Time(TimeField { grain: Standard(Month), partition: false, validity: None }) Some("DATE_TRUNC('MONTH', o_date)")
              Both Dimension Some("concat(customer.name, o_note)")
            customer = Table(["gold", "customer"]) key []
              Customer Dimension Some("upper(name)")
            nation = Query(Expression { sql: "SELECT * FROM nations", dialects: {} }) key []
              Nation Dimension Some("name")
            odd = Table(["gold", "odd"]) key []
            source -> customer Columns([("customer_id", "id"), ("valid", "valid")]) Some(ManyToOne)
            customer -> nation Columns([("nation_id", "nation_id")]) Some(ManyToOne)
            source -> odd Condition(Expression { sql: "source.a < odd.b", dialects: {} }) Some(ManyToOne)
            metric source.n: COUNT(1)
            metric source.revenue: SUM(amount)
            metric per: revenue / n of [MetricInput { metric: "revenue", alias: None, filters: [], offset: None }, MetricInput { metric: "n", alias: None, filters: [], offset: None }]
            metric last week__base hidden: Sum(amount) by Some("Order Date") None
            metric last week__window hidden: Cumulative(Cumulative { input: MetricInput { metric: "last week__base", alias: None, filters: [], offset: None }, window: Some(Window { count: 7, grain: Standard(Day) }), leading: None, grain_to_date: None, period: Last })
            metric last week: trailing of [MetricInput { metric: "last week__window", alias: Some("trailing"), filters: [], offset: Some(Window(Window { count: 1, grain: Standard(Day) })) }]
            metric week__base hidden: Sum(amount) by Some("Order Date") None
            metric week: Cumulative(Cumulative { input: MetricInput { metric: "week__base", alias: None, filters: [], offset: None }, window: Some(Window { count: 7, grain: Standard(Day) }), leading: None, grain_to_date: None, period: Last })
            metric ever__base hidden: Sum(amount) by Some("Order Date") None
            metric ever: Cumulative(Cumulative { input: MetricInput { metric: "ever__base", alias: None, filters: [], offset: None }, window: None, leading: None, grain_to_date: None, period: Last })
            metric balance: Sum(amount) by Some("Order Date") Some(NonAdditive { time: "Order Date", edge: Last, per: [] })
            sales.metric_view.yaml:14:3 at `joins[2].on`: `alone` has neither `on` nor `using`, so it is left out [missing_key]
            sales.metric_view.yaml:25:3 at `measures[3]`: `mixed` mixes columns with other measures, so it is left out [not_understood]
            sales.metric_view.yaml:30:3 at `measures[8]`: `ahead` has the range `leading 7 day`, which has no form here, so it is left out [not_understood]
        "#]],
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
        let uses = format!("*{from},").repeat(8);
        bomb = format!("{bomb}- &{to} [{uses}*{from}]\n");
    }
    check(
        "bomb.yml",
        &bomb,
        &expect![[r#"
        bomb.yml:7:7: alias replay limit exceeded: total_replayed_events=100001 > 100000
    "#]],
    );
    check(
        "deep.yml",
        &format!("cubes: {}", "[".repeat(1_000_000)),
        &expect![[r#"
            deep.yml:1:136: recursion limit exceeded
        "#]],
    );
    check(
        "deep.json",
        &format!("{{\"a\":{}", "[".repeat(1_000_000)),
        &expect![[r#"
            deep.json:1:132: recursion limit exceeded
        "#]],
    );
    check(
        "cut.yml",
        "cubes:\n- name: 'a",
        &expect![[r#"
        cut.yml:2:9: unclosed quote
    "#]],
    );
    check(
        "empty.yml",
        "",
        &expect![[r#"
        shop: no file is of a format that is known
    "#]],
    );
    check(
        "list.yml",
        "[1, 2]",
        &expect![[r#"
        shop: no file is of a format that is known
    "#]],
    );
    check(
        "wrong.yml",
        "cubes: [1, {name: []}, {name: a, dimensions: {}, measures: [7, {name: b, type: {}}]}]",
        &expect![[r#"
            layer shop
            a = Table(["a"]) key []
            wrong.yml:1:9 at `cubes[0]`: expected an object, found a number [wrong_type]
            wrong.yml:1:12 at `cubes[1].name`: `name` is missing, so this is left out [missing_key]
            wrong.yml:1:19 at `cubes[1].name`: expected a text, found a list [wrong_type]
            wrong.yml:1:46 at `cubes[2].dimensions`: expected a list, found an object [wrong_type]
            wrong.yml:1:61 at `cubes[2].measures[0]`: expected an object, found a number [wrong_type]
            wrong.yml:1:64 at `cubes[2].measures[1]`: measure `b` has no `type`, so it is left out [not_understood]
            wrong.yml:1:80 at `cubes[2].measures[1].type`: expected a text, found an object [wrong_type]
        "#]],
    );
    check(
        "wrong.yml",
        "tables: [1, {name: {}}, {name: a, base_table: 5, metrics: x, facts: [[]]}]",
        &expect![[r#"
            layer shop
            a = Table(["5"]) key []
            wrong.yml:1:10 at `tables[0]`: expected an object, found a number [wrong_type]
            wrong.yml:1:13 at `tables[1].name`: `name` is missing, so this is left out [missing_key]
            wrong.yml:1:20 at `tables[1].name`: expected a text, found an object [wrong_type]
            wrong.yml:1:47 at `tables[2].base_table`: expected an object, found a number [wrong_type]
            wrong.yml:1:59 at `tables[2].metrics`: expected a list, found a text [wrong_type]
            wrong.yml:1:70 at `tables[2].facts[0]`: expected an object, found a list [wrong_type]
        "#]],
    );
    check(
        "wrong.yml",
        "source: x\nmeasures: [1, {name: a, expr: []}]\njoins: 5\ndimensions: [{}]",
        &expect![[r#"
            layer wrong
            source = Table(["x"]) key []
            wrong.yml:2:12 at `measures[0]`: expected an object, found a number [wrong_type]
            wrong.yml:2:15 at `measures[1].expr`: `expr` is missing, so this is left out [missing_key]
            wrong.yml:2:31 at `measures[1].expr`: expected a text, found a list [wrong_type]
            wrong.yml:3:8 at `joins`: expected a list, found a number [wrong_type]
            wrong.yml:4:14 at `dimensions[0].name`: `name` is missing, so this is left out [missing_key]
        "#]],
    );
}
