//! Histories that tell which objects a statement touched.

use std::collections::BTreeSet;

use super::known;
use crate::shared::{lines, report_lines};
use crate::usage::resolve_again;
use crate::{Input, Kind, SourceStatements, read};

const ACCESS: &str = r#"QUERY_ID,QUERY_START_TIME,USER_NAME,DIRECT_OBJECTS_ACCESSED,BASE_OBJECTS_ACCESSED,OBJECTS_MODIFIED
q1,2026-01-02 10:00:00.000 -0800,ANN,"[{""columns"":[{""columnName"":""ID""},{""columnName"":""AMOUNT""}],""objectDomain"":""Table"",""objectName"":""SHOP.PUBLIC.ORDERS""}]",[],[]
q2,2026-01-02 11:00:00.000 -0800,CAT,"[{""columns"":[{""columnName"":""ID""}],""objectDomain"":""View"",""objectName"":""SHOP.PUBLIC.V""},{""objectDomain"":""FUNCTION"",""objectName"":""SHOP.PUBLIC.F""}]","[{""columns"":[{""columnName"":""ID""}],""objectDomain"":""Table"",""objectName"":""SHOP.PUBLIC.ORDERS""}]","[{""columns"":[{""columnName"":""TOTAL"",""baseSources"":[{""columnName"":""AMOUNT"",""objectDomain"":""Table"",""objectName"":""SHOP.PUBLIC.ORDERS""}],""directSources"":[{""columnName"":""AMT"",""objectDomain"":""View"",""objectName"":""SHOP.PUBLIC.V""}]}],""objectDomain"":""Table"",""objectName"":""SHOP.MART.\"\"Dai.ly\"\"""}]"
q3,2026-01-02 11:00:00.000 -0800,CAT,"[{""objectDomain"":""Stage"",""objectName"":""SHOP.PUBLIC.LANDING""}]",[],"[{""columns"":[{""columnName"":""ID""}],""objectDomain"":""Table"",""objectName"":""SHOP.PUBLIC.ORDERS""}]"
"#;

const HISTORY: &str = "QUERY_ID,QUERY_TEXT,DATABASE_NAME,SCHEMA_NAME,USER_NAME,ROLE_NAME,WAREHOUSE_NAME,EXECUTION_STATUS,ERROR_CODE,START_TIME
q1,select o.amount from orders o where o.id = 7,SHOP,PUBLIC,ANN,ANALYST,WH,SUCCESS,\\N,\"Fri, 02 Jan 2026 10:00:00 -0800\"
q9,select o.amount from orders o where o.id = 7,SHOP,PUBLIC,ANN,ANALYST,WH,FAIL,904,2026-01-02 10:00:00.000 -0800
";

fn read_all(texts: &[&str]) -> SourceStatements {
    let mut options = known();
    options.usage.dialect = None;
    let inputs = texts.iter().map(|text| Input::text("log", *text)).collect();
    read(Kind::QueryLog, inputs, &options).expect("they are logs")
}

/// What was used, by whom, and what was made of what.
fn facts(read: &SourceStatements) -> BTreeSet<String> {
    let wanted = [
        "queryText",
        "prov:used ",
        "wasDerivedFrom",
        "filtersBy",
        "startedAt",
        "usedWith",
        "foaf:name",
    ];
    let text = lines(read);
    let lines = text
        .lines()
        .filter(|line| wanted.iter().any(|word| line.contains(word)));
    let short = lines.map(|line| match line.split_once(' ') {
        Some((subject, rest)) if subject.starts_with("usage") || rest.contains("foaf") => rest,
        _ => line,
    });
    short.map(str::to_owned).collect()
}

fn text(read: &SourceStatements) -> String {
    facts(read).into_iter().collect::<Vec<_>>().join("\n") + "\n" + &report_lines(&read.report)
}

#[test]
fn objects_accessed_are_uses_and_objects_modified_are_lineage() {
    expect_test::expect![[r#"
        foaf:name "ANN"
        foaf:name "CAT"
        iso:queryText "SELECT t1.\"AMOUNT\", t1.\"ID\" FROM \"SHOP\".\"PUBLIC\".\"ORDERS\" AS t1"
        iso:queryText "SELECT t1.\"ID\" FROM \"SHOP\".\"PUBLIC\".\"V\" AS t1"
        prov:startedAtTime "2026-01-02T18:00:00Z"^^<xsd:dateTime>
        prov:startedAtTime "2026-01-02T19:00:00Z"^^<xsd:dateTime>
        prov:used column:s/shop.public.v/id
        prov:used column:wh/shop.public.orders/amount
        prov:used column:wh/shop.public.orders/id
        prov:used dataset:s/shop.public.v
        prov:used dataset:wh/shop.public.orders
        column 3, dataset 2, known_dataset 1, pattern 2, statement 2, use 2
        skipped 0
        note: log: read as access history of Snowflake in CSV [log_format]
    "#]]
    .assert_eq(&text(&read_all(&[ACCESS])));
}

#[test]
fn a_statement_that_both_histories_tell_of_counts_once_with_its_text() {
    let both = facts(&read_all(&[ACCESS, HISTORY]));
    assert_eq!(both, facts(&read_all(&[HISTORY, ACCESS])));
    let text: Vec<&String> = both.iter().filter(|line| line.contains("ORDERS")).collect();
    assert!(text.is_empty(), "{text:?}");
    let has = |wanted: &str| both.iter().any(|line| line.contains(wanted));
    assert!(
        has("select o.amount from orders o where o.id = ?"),
        "{both:?}"
    );
    assert!(has("filtersBy column:wh/shop.public.orders/id"), "{both:?}");
    assert!(has("\"2026-01-02T18:00:00Z\""), "{both:?}");
}

#[test]
fn what_was_made_of_what_is_resolved_again() {
    let mut options = known();
    options.usage.dialect = None;
    let tables = std::mem::take(&mut options.usage.known);
    let blind = read(Kind::QueryLog, vec![Input::text("log", ACCESS)], &options).unwrap();
    let again = resolve_again(&options.source, blind.statements, |_| tables).unwrap();
    let seeing = read_all(&[ACCESS]).statements;
    let set = |statements: &[graph_core::rdf::Statement]| {
        let lines = statements.iter().map(ToString::to_string);
        lines.collect::<BTreeSet<String>>()
    };
    assert_eq!(set(&again), set(&seeing));
}

#[test]
fn lineage_of_databricks_is_put_together_by_statement() {
    let tables = "entity_type,source_table_full_name,source_type,target_table_full_name,target_type,created_by,event_time,event_id,statement_id
NOTEBOOK,main.raw.orders,TABLE,main.mart.daily,TABLE,ann@example.org,2026-01-02T10:00:00.000+00:00,e1,
DBSQL_QUERY,main.mart.daily,TABLE,,,bob@example.org,2026-01-03T10:00:00.000+00:00,e2,s2
DBSQL_QUERY,main.raw.orders,TABLE,,,bob@example.org,2026-01-03T10:00:00.000+00:00,e3,s2
";
    let columns = r#"[{"source_table_full_name": "main.raw.orders", "source_column_name": "amount", "target_table_full_name": "main.mart.daily", "target_column_name": "total", "created_by": "ann@example.org", "event_time": "2026-01-02T10:00:00.000Z", "event_id": "e1"},
{"source_table_full_name": "main.mart.daily", "source_column_name": "total", "target_table_full_name": null, "target_column_name": null, "created_by": "bob@example.org", "event_time": "2026-01-03T10:00:00.000Z", "event_id": "e4", "statement_id": "s2"}]"#;
    expect_test::expect![[r#"
        column:s/main.mart.daily/total prov:wasDerivedFrom column:s/main.raw.orders/amount
        dataset:s/main.mart.daily iso:usedWith dataset:s/main.raw.orders
        dataset:s/main.mart.daily prov:wasDerivedFrom dataset:s/main.raw.orders
        dataset:s/main.raw.orders iso:usedWith dataset:s/main.mart.daily
        foaf:name "bob@example.org"
        iso:queryText "SELECT t1.`total`, t2.* FROM `main`.`mart`.`daily` AS t1, `main`.`raw`.`orders` AS t2"
        prov:startedAtTime "2026-01-03T10:00:00Z"^^<xsd:dateTime>
        prov:used column:s/main.mart.daily/total
        prov:used dataset:s/main.mart.daily
        prov:used dataset:s/main.raw.orders
        co_queried 1, column 2, dataset 2, derived_dataset 1, pattern 1, statement 1, use 1
        skipped 0
        note: log: read as lineage of Databricks in CSV [log_format]
        note: log: read as lineage of Databricks in JSON [log_format]
    "#]].assert_eq(&text(&read_all(&[tables, columns])));
}

#[test]
fn jobs_of_bigquery_say_where_their_tables_are() {
    let jobs = r#"[{"creation_time": "2026-01-02 10:00:00.123000 UTC", "project_id": "acme", "user_email": "ann@example.org", "job_type": "QUERY", "query": "select o.id from orders o", "state": "DONE", "referenced_tables": [{"project_id": "acme", "dataset_id": "sales", "table_id": "orders"}], "error_result": null},
{"creation_time": "2026-01-02 10:00:00 UTC", "project_id": "acme", "user_email": "ann@example.org", "query": null, "state": "DONE", "referenced_tables": [{"project_id": "acme", "dataset_id": "sales", "table_id": "people"}]}]"#;
    let audit = r#"{"logName": "x", "protopayload_auditlog": {"authenticationInfo": {"principalEmail": "bob@example.org"}, "metadataJson": "{\"jobChange\":{\"job\":{\"jobName\":\"j1\",\"jobConfig\":{\"queryConfig\":{\"query\":\"select id from people\",\"defaultDataset\":\"projects/acme/datasets/hr\"}},\"jobStatus\":{\"jobState\":\"DONE\"}}}}"}, "timestamp": "2026-01-02 10:00:00 UTC"}
{"protoPayload": {"authenticationInfo": {"principalEmail": "bob@example.org"}, "resourceName": "projects/acme/datasets/hr/tables/people", "metadata": {"tableDataRead": {"fields": ["id"], "jobName": "j1"}}}, "timestamp": "2026-01-02T10:00:01Z"}
{"protoPayload": {"authenticationInfo": {"principalEmail": "eve@example.org"}, "resourceName": "projects/acme/datasets/hr/tables/pay", "metadata": {"tableDataRead": {"fields": ["id", "sum"], "reason": "CREATE_READ_SESSION"}}}, "timestamp": "2026-01-02T10:00:01Z"}
{"protoPayload": {"metadata": {"jobChange": {"job": {"jobName": "j2", "jobConfig": {"queryConfig": {"query": "select nope from people"}}, "jobStatus": {"errorResult": {"code": 3}}}}}}, "timestamp": "2026-01-02T10:00:01Z"}
"#;
    expect_test::expect![[r#"
        foaf:name "ann@example.org"
        foaf:name "bob@example.org"
        foaf:name "eve@example.org"
        iso:queryText "SELECT t1.* FROM `acme`.`sales`.`people` AS t1"
        iso:queryText "SELECT t1.`id`, t1.`sum` FROM `acme`.`hr`.`pay` AS t1"
        iso:queryText "select id from people"
        iso:queryText "select o.id from orders o"
        prov:startedAtTime "2026-01-02T10:00:00Z"^^<xsd:dateTime>
        prov:startedAtTime "2026-01-02T10:00:01Z"^^<xsd:dateTime>
        prov:used column:s/acme.hr.pay/id
        prov:used column:s/acme.hr.pay/sum
        prov:used column:s/acme.hr.people/id
        prov:used column:wh/shop.public.orders/id
        prov:used dataset:s/acme.hr.pay
        prov:used dataset:s/acme.hr.people
        prov:used dataset:s/acme.sales.people
        prov:used dataset:wh/shop.public.orders
        column 4, dataset 4, known_dataset 1, pattern 4, set_aside 1, statement 5, use 4
        skipped 0
        note: log: read as history of BigQuery in JSON [log_format]
        note: log: read as history of BigQuery in JSON lines [log_format]
        note: 1 statements were set aside: they failed [aside_failed]
    "#]]
    .assert_eq(&text(&read_all(&[jobs, audit])));
}
