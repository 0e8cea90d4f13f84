//! Tests of query logs.

mod forms;
mod real;
mod touched;

use std::collections::BTreeMap;

use expect_test::expect;
use proptest::prelude::*;

use super::fold::Fold;
use super::format::Format;
use super::patterns::Patterns;
use super::sift::{Reason, has_tool_comment, is_tool};
use super::{Entry, KnownColumn, KnownTable, UsageOptions};
use crate::shared::{lines, options, read_texts, report_lines};
use crate::sql::Dialect;
use crate::{Input, Kind, Options, read};

/// Gives options that know one table of two.
fn known() -> Options {
    let mut options = options();
    let column = |name: &str| KnownColumn {
        name: name.to_owned(),
        iri: format!("urn:isogloss:column:wh/shop.public.orders/{name}"),
    };
    let table = KnownTable {
        iri: "urn:isogloss:dataset:wh/shop.public.orders".into(),
        domain: Some("Sales".into()),
        columns: vec![
            column("id"),
            column("customer_id"),
            column("amount"),
            column("status"),
        ],
        complete: true,
    };
    options
        .usage
        .known
        .add(&["shop", "public", "orders"], table);
    options.usage.dialect = Some(Dialect::Postgres);
    options.usage.database = Some("shop".into());
    options
}

fn fold(entries: impl IntoIterator<Item = Entry>, hourly_max: u64) -> Patterns {
    let options = UsageOptions {
        dialect: Some(Dialect::Postgres),
        hourly_max,
        ..UsageOptions::default()
    };
    let mut fold = Fold::new(&options);
    for entry in entries {
        fold.add(entry);
    }
    fold.finish().resolve(&options.known)
}

fn entry(sql: &str) -> Entry {
    Entry {
        sql: sql.to_owned(),
        user: Some("ann".into()),
        time: Some(1_000_000),
        ..Entry::default()
    }
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "most of them are what is read and expected"
)]
fn statements_become_patterns() {
    let log = r#"{"sql": "select o.status, sum(o.amount) from orders o join customers c on c.id = o.customer_id where c.name = 'Ann Lee' group by 1", "user": "ann", "team": "finance", "role": "analyst", "time": "2026-01-02T10:00:00Z", "rows": 4, "duration": 12}
{"sql": "SELECT x.status, sum(x.amount) FROM orders AS x JOIN customers c ON c.id = x.customer_id WHERE c.name = 'Bob' GROUP BY 1", "user": "bob", "time": "2026-01-03T10:00:00Z"}
{"sql": "select version()", "user": "pool"}
{"sql": "begin", "user": "ann"}
{"sql": "select * from pg_catalog.pg_class", "user": "ann"}
{"sql": "select amount from orders", "user": "ann", "status": "FAILED"}
"#;
    let read = read_texts(Kind::QueryLog, &[("q.jsonl", log)], &known());
    expect![[r#"
        activity:s/log a prov:Activity
        activity:s/log dcterms:title "query log"
        activity:s/log iso:extra "statements=6"
        activity:s/log iso:extra "aside_failed=1"
        activity:s/log iso:extra "aside_catalog=1"
        activity:s/log iso:extra "aside_housekeeping=1"
        activity:s/log iso:extra "aside_no_table=1"
        activity:s/log iso:extra "log={\"statements\":6,\"aside\":{\"aside_catalog\":1,\"aside_failed\":1,\"aside_housekeeping\":1,\"aside_no_table\":1},\"dialect\":\"postgres\"}"
        usage:s/26bc98cde4537a78 a duv:Usage
        usage:s/26bc98cde4537a78 a prov:Activity
        usage:s/26bc98cde4537a78 iso:fingerprint "cafcb107e02e1274"
        usage:s/26bc98cde4537a78 iso:queryText "SELECT x.status, sum(x.amount) FROM orders AS x JOIN customers c ON c.id = x.customer_id WHERE c.name = ? GROUP BY 1"
        usage:s/26bc98cde4537a78 iso:queryCount "2"^^<xsd:integer>
        usage:s/26bc98cde4537a78 prov:startedAtTime "2026-01-02T10:00:00Z"^^<xsd:dateTime>
        usage:s/26bc98cde4537a78 prov:endedAtTime "2026-01-03T10:00:00Z"^^<xsd:dateTime>
        dataset:s/shop.public.customers a dcat:Dataset
        dataset:s/shop.public.customers iso:name "customers"
        dataset:s/shop.public.customers iso:qualifiedName "postgres://shop.public.customers"
        usage:s/26bc98cde4537a78 prov:used dataset:s/shop.public.customers
        usage:s/26bc98cde4537a78 prov:used dataset:wh/shop.public.orders
        domain:mesh/sales a iso:Domain
        domain:mesh/sales a skos:Concept
        domain:mesh/sales skos:prefLabel "Sales"
        usage:s/26bc98cde4537a78 iso:inDomain domain:mesh/sales
        dataset:s/shop.public.customers a csvw:Table
        schema:s/shop.public.customers a csvw:Schema
        dataset:s/shop.public.customers csvw:tableSchema schema:s/shop.public.customers
        schema:s/shop.public.customers csvw:column column:s/shop.public.customers/id
        column:s/shop.public.customers/id a csvw:Column
        column:s/shop.public.customers/id csvw:name "id"
        usage:s/26bc98cde4537a78 prov:used column:s/shop.public.customers/id
        usage:s/26bc98cde4537a78 iso:joinsBy column:s/shop.public.customers/id
        schema:s/shop.public.customers csvw:column column:s/shop.public.customers/name
        column:s/shop.public.customers/name a csvw:Column
        column:s/shop.public.customers/name csvw:name "name"
        usage:s/26bc98cde4537a78 prov:used column:s/shop.public.customers/name
        usage:s/26bc98cde4537a78 iso:filtersBy column:s/shop.public.customers/name
        usage:s/26bc98cde4537a78 prov:used column:wh/shop.public.orders/amount
        usage:s/26bc98cde4537a78 iso:selects column:wh/shop.public.orders/amount
        usage:s/26bc98cde4537a78 prov:used column:wh/shop.public.orders/customer_id
        usage:s/26bc98cde4537a78 iso:joinsBy column:wh/shop.public.orders/customer_id
        usage:s/26bc98cde4537a78 prov:used column:wh/shop.public.orders/status
        usage:s/26bc98cde4537a78 iso:selects column:wh/shop.public.orders/status
        usage:s/26bc98cde4537a78 iso:groupsBy column:wh/shop.public.orders/status
        usage:s/26bc98cde4537a78 prov:qualifiedAssociation usage:s/26bc98cde4537a78/by/0
        usage:s/26bc98cde4537a78/by/0 a prov:Association
        usage:s/26bc98cde4537a78/by/0 iso:queryCount "1"^^<xsd:integer>
        usage:s/26bc98cde4537a78/by/0 dcterms:created "2026-01-02T10:00:00Z"^^<xsd:dateTime>
        usage:s/26bc98cde4537a78/by/0 dcterms:modified "2026-01-02T10:00:00Z"^^<xsd:dateTime>
        owner:mesh/finance a prov:Agent
        owner:mesh/finance foaf:name "finance"
        owner:mesh/finance a org:Organization
        owner:mesh/ann a prov:Agent
        owner:mesh/ann foaf:name "ann"
        usage:s/26bc98cde4537a78/by/0 prov:agent owner:mesh/ann
        usage:s/26bc98cde4537a78 prov:wasAssociatedWith owner:mesh/ann
        owner:mesh/ann org:memberOf owner:mesh/finance
        usage:s/26bc98cde4537a78/by/0 prov:agent owner:mesh/finance
        usage:s/26bc98cde4537a78 prov:wasAssociatedWith owner:mesh/finance
        owner:s/role/analyst a prov:Role
        owner:s/role/analyst foaf:name "analyst"
        usage:s/26bc98cde4537a78/by/0 prov:hadRole owner:s/role/analyst
        usage:s/26bc98cde4537a78 prov:qualifiedAssociation usage:s/26bc98cde4537a78/by/1
        usage:s/26bc98cde4537a78/by/1 a prov:Association
        usage:s/26bc98cde4537a78/by/1 iso:queryCount "1"^^<xsd:integer>
        usage:s/26bc98cde4537a78/by/1 dcterms:created "2026-01-03T10:00:00Z"^^<xsd:dateTime>
        usage:s/26bc98cde4537a78/by/1 dcterms:modified "2026-01-03T10:00:00Z"^^<xsd:dateTime>
        owner:mesh/bob a prov:Agent
        owner:mesh/bob foaf:name "bob"
        usage:s/26bc98cde4537a78/by/1 prov:agent owner:mesh/bob
        usage:s/26bc98cde4537a78 prov:wasAssociatedWith owner:mesh/bob
        usage:s/26bc98cde4537a78 iso:extra "shape={\"sql\":\"SELECT x.status, sum(x.amount) FROM orders AS x JOIN customers c ON c.id = x.customer_id WHERE c.name = '' GROUP BY 1\",\"dialect\":\"postgres\",\"database\":\"shop\",\"search_path\":[\"public\"],\"by\":[{\"user\":\"ann\",\"roles\":[\"analyst\"],\"teams\":[\"finance\"],\"times\":1,\"first\":1767348000,\"last\":1767348000},{\"user\":\"bob\",\"times\":1,\"first\":1767434400,\"last\":1767434400}]}"
        usage:s/join/shop.public.customers.id/shop.public.orders.customer_id a iso:JoinKey
        usage:s/join/shop.public.customers.id/shop.public.orders.customer_id iso:joins column:s/shop.public.customers/id
        usage:s/join/shop.public.customers.id/shop.public.orders.customer_id iso:joins column:wh/shop.public.orders/customer_id
        usage:s/join/shop.public.customers.id/shop.public.orders.customer_id iso:queryCount "2"^^<xsd:integer>
        usage:s/join/shop.public.customers.id/shop.public.orders.customer_id dcterms:created "2026-01-02T10:00:00Z"^^<xsd:dateTime>
        usage:s/join/shop.public.customers.id/shop.public.orders.customer_id dcterms:modified "2026-01-03T10:00:00Z"^^<xsd:dateTime>
        dataset:s/shop.public.customers iso:usedWith dataset:wh/shop.public.orders
        dataset:wh/shop.public.orders iso:usedWith dataset:s/shop.public.customers
    "#]].assert_eq(&lines(&read));
    expect![[r#"
        co_queried 1, column 5, dataset 2, join_key 1, known_dataset 1, pattern 1, set_aside 4, statement 6, use 2
        skipped 0
        note: q.jsonl: read as statements in JSON lines [log_format]
        note: 1 statements were set aside: they failed [aside_failed]
        note: 1 statements were set aside: they read the catalog of the database alone [aside_catalog]
        note: 1 statements were set aside: they set up sessions or define what there is [aside_housekeeping]
        note: 1 statements were set aside: they read no table [aside_no_table]
    "#]].assert_eq(&report_lines(&read.report));
}

#[test]
fn no_literal_is_kept_anywhere() {
    let secret = ["ann@example.org", "1234567", "s3cret", "Lee"];
    let log = [
        "select id from orders where mail = 'ann@example.org' and n = 1234567 -- s3cret",
        "select \"ann@example.org\" frm x where (( 'Lee'",
        "insert into orders (id) select id from customers where name = $$Lee$$ and x in (1234567, 2)",
        "select 'ann@example.org Lee 1234567",
        "select id from orders where name = E'Lee\\'s3cret'",
        "select {{ s3cret }} from orders where a = 'Lee'",
    ]
    .map(|sql| serde_json::json!({"sql": sql, "user": "u"}).to_string())
    .join("\n");
    let read = read(Kind::QueryLog, vec![Input::text("q.jsonl", log)], &known()).unwrap();
    let text = lines(&read) + &report_lines(&read.report);
    for secret in secret {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn the_same_log_in_another_order_says_the_same() {
    let one = r#"{"sql": "select ID from orders where a = 1", "user": "ann", "time": "2026-01-02T10:00:00Z"}"#;
    let two = r#"{"sql": "select id from orders o where a = 2", "user": "bob", "time": "2026-01-05T10:00:00Z"}"#;
    let read = |text: String| {
        let mut lines: Vec<String> =
            lines(&read_texts(Kind::QueryLog, &[("q.jsonl", &text)], &known()))
                .lines()
                .map(str::to_owned)
                .collect();
        lines.sort();
        lines
    };
    assert_eq!(read(format!("{one}\n{two}")), read(format!("{two}\n{one}")));
}

#[test]
fn a_load_test_is_no_interest_and_a_busy_day_is() {
    let at = |hour: i64, sql: &str| Entry {
        time: Some(hour * 3600),
        ..entry(sql)
    };
    let mut log: Vec<Entry> = (0..10_000)
        .map(|n| at(5, &format!("select a from t where id = {n}")))
        .collect();
    log.extend((0..20).map(|hour| at(hour, "select b from t")));
    let patterns = fold(log, 1000);
    assert_eq!(patterns.set_aside(Reason::LoadTest), 10_000);
    let counts: Vec<u64> = patterns
        .by_id
        .values()
        .map(|pattern| pattern.total().times)
        .collect();
    assert_eq!(counts, [20]);
}

#[test]
fn each_reason_is_counted() {
    let failed = Entry {
        failed: true,
        ..entry("select a from t")
    };
    let tool = Entry {
        application: Some("pg_dump".into()),
        ..entry("copy t to stdout")
    };
    let many = Entry {
        calls: 7,
        ..entry("show all")
    };
    let patterns = fold(
        [
            failed,
            tool,
            many,
            entry("/* {\"app\": \"dbt\", \"node_id\": \"x\"} */ select a from t"),
            entry("select 1"),
            entry("insert into t values (1)"),
            entry("delete from t where id = 3"),
            entry("select 1 from information_schema.tables"),
            entry("nonsense ((("),
            entry("create table x (id int)"),
            entry("select a from t; select 2"),
        ],
        1000,
    );
    let counts: BTreeMap<Reason, u64> = Reason::ALL
        .into_iter()
        .map(|reason| (reason, patterns.set_aside(reason)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let expected = [
        (Reason::Failed, 1),
        (Reason::Catalog, 1),
        (Reason::Housekeeping, 8),
        (Reason::NoTable, 2),
        (Reason::OnlyWrites, 2),
        (Reason::Tool, 2),
        (Reason::NotUnderstood, 1),
    ];
    assert_eq!(counts, expected.into_iter().collect());
    assert_eq!(patterns.by_id.len(), 1);
}

#[test]
fn tools_are_known_by_name_and_mark() {
    for name in ["pg_dump", "dbt", "DBT 1.9", "pgbench", "datadog-agent"] {
        assert!(is_tool(name), "{name}");
    }
    for name in ["psql", "dbtools", "DBeaver 24", "Metabase", ""] {
        assert!(!is_tool(name), "{name}");
    }
    assert!(has_tool_comment("select 1 /* {\"app\": \"dbt\"} */;"));
    assert!(has_tool_comment("-- {\"app\": \"x\"}\nselect 1"));
    assert!(!has_tool_comment("/* monthly report */ select 1"));
    assert!(!has_tool_comment("-- Metabase:: userID: 1\nselect 1"));
}

#[test]
fn a_hundred_thousand_statements_are_a_few_patterns() {
    let log = (0..100_000).map(|n| {
        let user = Some(format!("user{}", n % 50));
        let time = Some(i64::from(n) * 60);
        let sql = format!("select o.id, o.amount from orders o where o.customer_id = {n} and o.status in ('a', 'b{n}') order by 2 limit {}", n % 10);
        Entry { user, time, ..entry(&sql) }
    });
    let patterns = fold(log, 1000);
    assert_eq!(patterns.by_id.len(), 1);
    let pattern = patterns.by_id.values().next().unwrap();
    assert_eq!(
        (pattern.total().times, pattern.callers.len()),
        (100_000, 50)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_document_is_read_without_a_panic(
        start in proptest::sample::select(vec![
            "", "[", "{", "sql,user\n", "2026-01-01 00:00:00 UTC [1] LOG:  ", "Jan 1 0:0:0 h postgres[1]: [1-1] LOG:  ",
            "{\"sql\":\"select 1\"}\n", "2026-11-22 16:02:56 UTC,u,d,7,h,s,1,i,t,3,0,LOG,0,\"statement: ",
        ]),
        text in "\\PC{0,120}",
        bytes in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut document = start.as_bytes().to_vec();
        document.extend_from_slice(text.as_bytes());
        document.extend(bytes);
        document.extend_from_slice(start.as_bytes());
        let _format = Format::of(&document);
        let input = Input { name: "x".into(), bytes: document };
        let _read = read(Kind::QueryLog, vec![input], &known());
    }

    #[test]
    fn lines_of_logs_are_taken_apart_without_a_panic(prefix in "[0-9 :\\-\\[\\]@=,a-zéLOG]{0,60}", rest in "\\PC{0,40}") {
        let line = format!("{prefix}LOG:  {rest}");
        let _start = super::text_log::start(&line);
        let _syslog = super::syslog::is_log(&format!("{prefix} postgres[1]: {rest}"));
        let input = Input::text("x", format!("{line}\n{prefix}postgres[1]: [1-1] {line}\n"));
        let _read = read(Kind::QueryLog, vec![input], &known());
    }
}
