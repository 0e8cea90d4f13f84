//! Events that show one thing each, laws over any events, and the events of real clients.

mod laws;
mod real;

use serde_json::{Value, json};

use crate::shared::{lines, options, read_texts, report_lines};
use crate::{Input, Kind, SourceStatements};

fn read(events: &[Value]) -> SourceStatements {
    let text: Vec<_> = events.iter().map(|event| format!("{event}\n")).collect();
    let text = text.concat();
    read_texts(Kind::OpenLineage, &[("events.ndjson", &text)], &options())
}

fn dataset(name: &str) -> Value {
    json!({"namespace": "postgres://db:5432", "name": format!("shop.public.{name}")})
}

fn event(state: &str, minute: u32, run: &str, inputs: &[&str], outputs: &[&str]) -> Value {
    let all = |names: &[&str]| names.iter().map(|name| dataset(name)).collect::<Vec<_>>();
    json!({
        "eventType": state, "eventTime": format!("2026-01-01T00:{minute:02}:00Z"),
        "run": {"runId": run}, "job": {"namespace": "airflow", "name": "daily.load"},
        "inputs": all(inputs), "outputs": all(outputs),
        "producer": "https://example.org/p", "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
    })
}

const ORDERS: &str = "dataset:openlineage/postgres%3A%2F%2Fdb%3A5432/shop.public.orders";
const RAW: &str = "dataset:openlineage/postgres%3A%2F%2Fdb%3A5432/shop.public.raw";
const OTHER: &str = "dataset:openlineage/postgres%3A%2F%2Fdb%3A5432/shop.public.other";

fn derived(read: &SourceStatements) -> Vec<String> {
    let text = lines(read);
    let edges = text
        .lines()
        .filter(|line| line.contains(" prov:wasDerivedFrom "));
    edges.map(str::to_owned).collect()
}

#[test]
fn a_complete_run_makes_lineage_and_a_failed_one_leaves_it() {
    let edge = format!("{ORDERS} prov:wasDerivedFrom {RAW}");
    let first = [
        event("START", 0, "r1", &["raw"], &["orders"]),
        event("COMPLETE", 1, "r1", &[], &[]),
    ];
    assert_eq!(derived(&read(&first)), [edge.as_str()]);
    for end in ["FAIL", "ABORT"] {
        let mut events = first.to_vec();
        events.push(event("START", 2, "r2", &["other"], &["orders"]));
        // Under way, it has not replaced anything yet.
        assert_eq!(derived(&read(&events)), [edge.as_str()]);
        events.push(event(end, 3, "r2", &["other"], &["orders"]));
        let read = read(&events);
        assert_eq!(derived(&read), [edge.as_str()]);
        assert!(lines(&read).contains(&format!(
            "activity:openlineage/run/r2 iso:status \"{}\"",
            end.to_lowercase()
        )));
    }
    let mut events = first.to_vec();
    events.push(event("COMPLETE", 5, "r3", &["other"], &["orders"]));
    assert_eq!(
        derived(&read(&events)),
        [format!("{ORDERS} prov:wasDerivedFrom {OTHER}")]
    );
}

#[test]
fn a_table_has_the_name_that_others_know_it_by() {
    let text = lines(&read(&[event("COMPLETE", 0, "r", &["raw"], &["orders"])]));
    assert!(
        text.contains(&format!(
            "{ORDERS} iso:qualifiedName \"postgres://shop.public.orders\""
        )),
        "{text}"
    );
    assert!(
        text.contains(&format!("{ORDERS} iso:name \"orders\"")),
        "{text}"
    );
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "most of them are what is read and expected"
)]
fn the_facets_of_the_standard_become_statements() {
    let mut event = event("COMPLETE", 0, "r", &["raw"], &["orders"]);
    event["outputs"][0]["facets"] = json!({
        "schema": {"fields": [{"name": "total", "type": "numeric", "description": "In euro."},
                              {"name": "buyer", "type": "struct", "fields": [{"name": "mail"}]}]},
        "documentation": {"description": "One row per order."},
        "ownership": {"owners": [{"name": "team:Sales"}, {"no-name": 1}]},
        "tags": {"tags": [{"key": "pii", "value": "true", "field": "buyer.mail"}, {"key": "tier", "value": "gold"}]},
        "symlinks": {"identifiers": [{"namespace": "hive://m:9083", "name": "shop.orders", "type": "TABLE"},
                                     {"namespace": "s3://lake", "name": "orders", "type": "LOCATION"}]},
        "columnLineage": {"fields": {"total": {"inputFields": [
            {"namespace": "postgres://db:5432", "name": "shop.public.raw", "field": "amount",
             "transformations": [{"type": "DIRECT", "subtype": "AGGREGATION", "description": "sum(amount)", "masking": false}]},
            {"namespace": "postgres://db:5432", "name": "shop.public.raw", "field": "status",
             "transformations": [{"type": "INDIRECT", "subtype": "FILTER"}]}]},
            "buyer.mail": {"inputFields": [{"namespace": "postgres://db:5432", "name": "shop.public.raw", "field": "mail"}],
             "transformationType": "MASKED"}},
            "dataset": [{"namespace": "postgres://db:5432", "name": "shop.public.raw", "field": "day",
             "transformations": [{"type": "INDIRECT", "subtype": "SORT"}]}]},
        "homeMade": {"x": 1}
    });
    event["inputs"][0]["inputFacets"] = json!({
        "dataQualityMetrics": {"rowCount": 7, "columnMetrics": {"id": {"nullCount": 0}}},
        "dataQualityAssertions": {"assertions": [{"assertion": "not_null", "column": "id", "success": false}]}
    });
    event["run"]["facets"] = json!({
        "parent": {"run": {"runId": "P"}, "job": {"namespace": "airflow", "name": "daily"}},
        "environmentVariables": {"environmentVariables": [{"name": "TOKEN", "value": "s3cret"}]}
    });
    event["job"]["facets"] =
        json!({"sql": {"query": "select * from raw where mail = 'ann@example.org'"}});
    let read = read(&[event]);
    let text = lines(&read);
    let column = ORDERS.replace("dataset:", "column:");
    let source = RAW.replace("dataset:", "column:");
    for line in [
        format!("{column}/total csvw:datatype \"numeric\""),
        format!("{column}/buyer.mail dcat:keyword \"pii\""),
        format!("{ORDERS} dcat:keyword \"tier: gold\""),
        format!("{ORDERS} prov:wasAttributedTo owner:mesh/sales"),
        format!("{ORDERS} iso:qualifiedName \"hive://shop.orders\""),
        format!("{ORDERS} owl:sameAs dataset:openlineage/s3%3A%2F%2Flake/orders"),
        format!("{column}/total prov:wasDerivedFrom {source}/amount"),
        format!("{column}/buyer.mail prov:wasDerivedFrom {source}/mail"),
        format!("{RAW} iso:rowCount \"7\"^^<xsd:integer>"),
        "activity:openlineage/run/r dcterms:isPartOf activity:openlineage/run/p".to_owned(),
        "activity:openlineage/job/airflow/daily.load dcterms:isPartOf activity:openlineage/job/airflow/daily".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n\n{text}");
    }
    assert!(!text.contains(&format!(
        "{column}/total prov:wasDerivedFrom {source}/status"
    )));
    assert!(
        text.contains("iso:transformation \"AGGREGATION\"")
            && text.contains("iso:extra \"masking=true\"")
    );
    for decides in ["status", "day"] {
        assert!(
            text.contains(&format!(" prov:entity {source}/{decides}")),
            "{text}"
        );
        assert!(!text.contains(&format!(" prov:wasDerivedFrom {source}/{decides}")));
    }
    assert!(text.contains("iso:status \"fail\"") && text.contains("homeMade"));
    assert!(
        !text.contains("s3cret") && !text.contains("ann@example.org"),
        "{text}"
    );
    assert!(
        report_lines(&read.report)
            .contains("facet `homeMade` of a dataset is not known; 1 were kept")
    );
}

#[test]
fn what_is_broken_is_reported_and_the_rest_is_read() {
    let good = event("COMPLETE", 0, "r", &["raw"], &["orders"]);
    let text =
        format!("{good}\n{{\"eventType\": \n[1]\n{{\"eventTime\": \"2026-01-01T00:00:00Z\"}}\n");
    let read = read_texts(Kind::OpenLineage, &[("e.ndjson", &text)], &options());
    assert_eq!(derived(&read).len(), 1);
    let report = report_lines(&read.report);
    for part in [
        "error: e.ndjson:2:",
        "error: e.ndjson:3 at ``: an event is an object, not a list [not_an_event]",
        "error: e.ndjson:4 at `job`: the event has neither a job nor a dataset [not_an_event]",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    let inputs = vec![Input::text("x.json", "{\"eventType\": \"START\",")];
    assert!(crate::read(Kind::OpenLineage, inputs, &options()).is_err());
}

#[test]
fn an_event_without_a_run_says_what_its_job_does() {
    let mut one = event("COMPLETE", 0, "r", &["raw"], &["orders"]);
    one.as_object_mut().unwrap().shift_remove("run");
    one.as_object_mut().unwrap().shift_remove("eventTime");
    let mut other = one.clone();
    other["eventType"] = json!("START");
    other["inputs"] = json!([dataset("other")]);
    for events in [[one.clone(), other.clone()], [other, one]] {
        let read = read(&events);
        assert_eq!(
            derived(&read),
            [format!("{ORDERS} prov:wasDerivedFrom {RAW}")]
        );
        assert!(read.report.count("missing_run") > 0 && read.report.count("bad_time") > 0);
    }
}

#[test]
fn what_a_server_answers_is_read_and_runs_are_part_of_what_started_them() {
    let mut run = event("COMPLETE", 1, "R1", &["raw"], &["orders"]);
    run["run"]["facets"] = json!({"parent": {
        "run": {"runId": "R2"}, "job": {"namespace": "airflow", "name": "daily"},
        "root": {"run": {"runId": "R3"}, "job": {"namespace": "airflow", "name": "all"}},
    }});
    let answer = json!({"events": [run, 7], "totalCount": 1}).to_string();
    let read = read_texts(Kind::OpenLineage, &[("events.json", &answer)], &options());
    assert_eq!(
        derived(&read),
        [format!("{ORDERS} prov:wasDerivedFrom {RAW}")]
    );
    let text = lines(&read);
    for (part, whole) in [("r1", "r2"), ("r2", "r3")] {
        let line = format!(
            "activity:openlineage/run/{part} dcterms:isPartOf activity:openlineage/run/{whole}"
        );
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let report = report_lines(&read.report);
    assert!(report.contains("`events[1]`"), "{report}");
}
