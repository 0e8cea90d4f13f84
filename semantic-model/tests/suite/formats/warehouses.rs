//! Views of warehouses: Snowflake and Databricks; and hostile files of every format.

use expect_test::expect;

use super::others::{check, read};
use super::{json, lines};

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
#[expect(
    clippy::too_many_lines,
    reason = "most of them are what is read and expected"
)]
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
