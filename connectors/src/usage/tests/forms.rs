//! The forms of logs.

use super::{Format, known};
use crate::shared::report_lines;
use crate::{Input, Kind, read};

/// Reads a log and gives what was said of it, and the shapes with their counts and users.
fn check(text: &str, expected: &expect_test::Expect) {
    let mut options = known();
    options.usage.dialect = None;
    let read = match read(Kind::QueryLog, vec![Input::text("log", text)], &options) {
        Ok(read) => read,
        Err(error) => return expected.assert_eq(&error.to_string()),
    };
    let wanted = [
        " iso:queryText ",
        " iso:queryCount ",
        " foaf:name ",
        " prov:endedAtTime ",
        " prov:used dataset",
    ];
    let lines = crate::shared::lines(&read);
    let lines = lines
        .lines()
        .filter(|line| wanted.iter().any(|word| line.contains(word)) && !line.contains("/by/"));
    let short =
        lines.map(|line| line.split_once(' ').map_or("", |(_, rest)| rest).to_owned() + "\n");
    expected.assert_eq(&(report_lines(&read.report) + &short.collect::<String>()));
}

use expect_test::expect;

#[test]
fn csvlog() {
    let row = |n: u32, severity: &str, message: &str, statement: &str, app: &str| {
        format!(
            "2026-11-22 16:02:5{n}.619 UTC,ann,shop,7649,127.0.0.1:54498,6b03.1de1,{n},idle,2026-11-22 16:02:56 UTC,3/21,0,{severity},00000,\"{message}\",,,,,,\"{statement}\",,,{app},client backend,,0\n"
        )
    };
    let log = row(
        1,
        "LOG",
        "statement: select id,\n  amount from orders where status = 'x'",
        "",
        "psql",
    ) + &row(2, "LOG", "duration: 0.4 ms", "", "psql")
        + &row(3, "LOG", "statement: select amont from orders", "", "psql")
        + &row(
            4,
            "ERROR",
            "column amont does not exist",
            "select amont from orders",
            "psql",
        )
        + &row(
            5,
            "LOG",
            "statement: COPY public.orders TO stdout",
            "",
            "pg_dump",
        )
        + "broken,row\n"
        + &row(6, "LOG", "set", "", "psql")
        + &row(
            7,
            "LOG",
            "duration: 3 ms  execute s1: select id, amount from orders where status = $1",
            "",
            "web",
        );
    check(
        &log,
        &expect![[r#"
            column 3, dataset 1, known_dataset 1, pattern 1, set_aside 2, statement 4, use 2
            skipped 1
            note: log: read as csvlog of PostgreSQL [log_format]
            warning: log:7: this is no record of a csvlog; it and others like it were left out [bad_record]
            note: 1 statements were set aside: they failed [aside_failed]
            note: 1 statements were set aside: a tool made them, or the database itself [aside_tool]
            iso:queryText "select id, amount from orders where status = ?"
            iso:queryCount "2"^^<xsd:integer>
            prov:endedAtTime "2026-11-22T16:02:57Z"^^<xsd:dateTime>
            prov:used dataset:wh/shop.public.orders
            foaf:name "ann"
        "#]],
    );
}

#[test]
fn stderr() {
    let log = "\
2026-12-03 07:14:48.591 UTC [4913] user=ann,db=shop LOG:  statement: SET search_path TO archive
2026-12-03 07:14:48.592 UTC [4913] user=ann,db=shop LOG:  statement: select id
\tfrom orders
\twhere note = 'LOG:  x'
2026-12-03 07:14:48.593 UTC [4913] user=ann,db=shop LOG:  duration: 12 ms
2026-12-03 07:14:49.593 UTC [77] user=bob,db=shop LOG:  duration: 12 ms  execute p1: select id from orders where amount > $1
2026-12-03 07:14:49.593 UTC [77] user=bob,db=shop DETAIL:  parameters: $1 = 'secret
	second line'
2026-12-03 07:14:50.593 UTC [77] user=bob,db=shop ERROR:  relation \"nothing\" does not exist at character 15
2026-12-03 07:14:50.593 UTC [77] user=bob,db=shop STATEMENT:  select a from nothing
2026-12-03 07:14:51.593 UTC [78] LOG:  checkpoint starting: time
";
    check(
        log,
        &expect![[r#"
        column 2, dataset 1, known_dataset 1, pattern 2, set_aside 2, statement 4, use 2
        skipped 0
        note: log: read as stderr log of PostgreSQL [log_format]
        note: 1 statements were set aside: they failed [aside_failed]
        note: 1 statements were set aside: they set up sessions or define what there is [aside_housekeeping]
        iso:queryText "select id from orders where note = ?"
        iso:queryCount "1"^^<xsd:integer>
        prov:endedAtTime "2026-12-03T07:14:48Z"^^<xsd:dateTime>
        prov:used dataset:wh/shop.public.orders
        foaf:name "ann"
        iso:queryText "select id from orders where amount > ?"
        iso:queryCount "1"^^<xsd:integer>
        prov:endedAtTime "2026-12-03T07:14:49Z"^^<xsd:dateTime>
        prov:used dataset:wh/shop.public.orders
        foaf:name "bob"
    "#]],
    );
}

#[test]
fn syslog() {
    let log = "\
Nov 22 16:02:56 db1 postgres[77]: [5-1] 2026-11-22 16:02:56 UTC [77] user=ann,db=shop LOG:  duration: 2 ms  statement: select id,
Nov 22 16:02:56 db1 postgres[77]: [5-2] #011amount from orders
";
    check(
        log,
        &expect![[r#"
        column 2, dataset 1, known_dataset 1, pattern 1, statement 1, use 1
        skipped 0
        note: log: read as syslog of PostgreSQL [log_format]
        iso:queryText "select id, amount from orders"
        iso:queryCount "1"^^<xsd:integer>
        prov:endedAtTime "2026-11-22T16:02:56Z"^^<xsd:dateTime>
        prov:used dataset:wh/shop.public.orders
        foaf:name "ann"
    "#]],
    );
}

#[test]
fn pg_stat_statements() {
    let log = "usename,datname,calls,queryid,query,rows
ann,shop,40,12,\"select id from orders where status = $1\",3
ann,shop,3,13,SET x = $1,0
";
    check(
        log,
        &expect![[r#"
        column 2, dataset 1, known_dataset 1, pattern 1, set_aside 3, statement 43, use 40
        skipped 0
        note: log: read as pg_stat_statements in CSV [log_format]
        note: 3 statements were set aside: they set up sessions or define what there is [aside_housekeeping]
        iso:queryText "select id from orders where status = ?"
        iso:queryCount "40"^^<xsd:integer>
        prov:used dataset:wh/shop.public.orders
        foaf:name "ann"
    "#]],
    );
}

#[test]
fn histories_of_warehouses() {
    let snowflake = "QUERY_ID,QUERY_TEXT,DATABASE_NAME,SCHEMA_NAME,USER_NAME,ROLE_NAME,WAREHOUSE_NAME,EXECUTION_STATUS,ERROR_CODE,START_TIME
1,\"select ID from ORDERS where STATUS = 'a'\",SHOP,PUBLIC,ANN,ANALYST,WH,SUCCESS,,2026-01-02 10:00:00.000 +0000
2,\"select ID from ORDER\",SHOP,PUBLIC,ANN,ANALYST,WH,FAILED_WITH_ERROR,002003,2026-01-02 10:00:00.000 +0000
";
    check(
        snowflake,
        &expect![[r#"
        column 2, dataset 1, known_dataset 1, pattern 1, set_aside 1, statement 2, use 1
        skipped 0
        note: log: read as history of Snowflake in CSV [log_format]
        note: 1 statements were set aside: they failed [aside_failed]
        iso:queryText "select ID from ORDERS where STATUS = ?"
        iso:queryCount "1"^^<xsd:integer>
        prov:endedAtTime "2026-01-02T10:00:00Z"^^<xsd:dateTime>
        prov:used dataset:wh/shop.public.orders
        foaf:name "ANN"
        foaf:name "ANALYST"
    "#]],
    );
    let big_query = r#"[{"creation_time": "2026-01-02T10:00:00Z", "user_email": "ann@example.org", "query": "select id from `proj.sales.orders`", "state": "DONE", "error_result": null},
 {"creation_time": "2026-01-02T10:00:00Z", "user_email": "ann@example.org", "query": "select id from `proj.sales.nothing`", "state": "DONE", "error_result": {"reason": "notFound"}}]"#;
    check(
        big_query,
        &expect![[r#"
            column 1, dataset 1, pattern 1, set_aside 1, statement 2, use 1
            skipped 0
            note: log: read as history of BigQuery in JSON [log_format]
            note: 1 statements were set aside: they failed [aside_failed]
            iso:queryText "select id from `proj.sales.orders`"
            iso:queryCount "1"^^<xsd:integer>
            prov:endedAtTime "2026-01-02T10:00:00Z"^^<xsd:dateTime>
            prov:used dataset:s/proj.sales.orders
            foaf:name "ann@example.org"
        "#]],
    );
    let databricks = r#"{"res": [{"query_text": "select `id` from main.sales.orders where note = \"x\"", "status": "FINISHED", "user_name": "ann", "query_start_time_ms": 1767348000000},
  {"query_text": "select 1", "status": "CANCELED", "user_name": "ann", "query_start_time_ms": 1767348000000}]}"#;
    check(
        databricks,
        &expect![[r#"
            column 2, dataset 1, pattern 1, set_aside 1, statement 2, use 1
            skipped 0
            note: log: read as history of Databricks in JSON [log_format]
            note: 1 statements were set aside: they failed [aside_failed]
            iso:queryText "select `id` from main.sales.orders where note = ?"
            iso:queryCount "1"^^<xsd:integer>
            prov:endedAtTime "2026-01-02T10:00:00Z"^^<xsd:dateTime>
            prov:used dataset:s/main.sales.orders
            foaf:name "ann"
        "#]],
    );
}

#[test]
fn what_is_no_log_is_said() {
    check(
        "hello",
        &expect![
            "the `query-log` documents hold nothing that could be read: log: this is no form of query log that is known [unknown_log]"
        ],
    );
    check(
        "[{\"query\": \"select id from orders\", \"user\": \"a\"}, {\"quer",
        &expect![[r#"
            column 1, dataset 1, known_dataset 1, pattern 1, statement 1, use 1
            skipped 1
            note: log: read as statements in JSON [log_format]
            error: log:1:56: EOF while parsing a string [bad_json]
            iso:queryText "select id from orders"
            iso:queryCount "1"^^<xsd:integer>
            prov:used dataset:wh/shop.public.orders
            foaf:name "a"
        "#]],
    );
    check(
        "{\"sql\": \"select id from orders\"}\nnot json\n{\"user\": 3}\n",
        &expect![[r#"
            column 1, dataset 1, known_dataset 1, pattern 1, statement 1, use 1
            skipped 2
            note: log: read as statements in JSON lines [log_format]
            warning: log:2:2: expected ident [bad_json]
            warning: log:3: this record holds no statement; it and others like it were left out [no_statement]
            iso:queryText "select id from orders"
            iso:queryCount "1"^^<xsd:integer>
            prov:used dataset:wh/shop.public.orders
        "#]],
    );
    for text in [
        "",
        "{\"kind\":\"table\",\"sql\":\"x\"}",
        "id,name\n1,a\n",
        "{\"metadata\": {\"query\": 1}}",
    ] {
        assert_eq!(Format::of(text.as_bytes()), None, "{text}");
    }
}
