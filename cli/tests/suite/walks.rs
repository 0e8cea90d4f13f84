//! Lineage, impact and the feed of changes from the command line.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::process::Place;
use crate::serving::Server;

const LINES: &str = r#"{"kind":"domain","id":"sales","name":"Sales"}
{"kind":"product","id":"shop","parent":"sales","name":"Shop"}
{"kind":"table","id":"shop/raw","parent":"shop","name":"raw"}
{"kind":"table","id":"shop/orders","parent":"shop","name":"orders"}
{"kind":"table","id":"shop/report","parent":"shop","name":"report"}
{"kind":"lineage","from":"shop/raw","to":"shop/orders"}
{"kind":"lineage","from":"shop/orders","to":"shop/report"}
"#;

const RAW: &str = "urn:isogloss:dataset:shop/shop/raw";
const REPORT: &str = "urn:isogloss:dataset:shop/shop/report";

fn place() -> Place {
    let place = Place::new();
    place.write("shop.jsonl", LINES);
    ingest(&place, "shop.jsonl");
    place
}

fn ingest(place: &Place, file: &str) {
    place
        .run(&["ingest", "catalog-lines", file, "--source", "shop"])
        .succeeds();
}

#[test]
fn lineage_paths_and_impact_are_shown() {
    let place = place();
    let ran = place
        .run(&["lineage", REPORT, "--direction", "up", "--json"])
        .succeeds();
    let lineage: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(lineage["nodes"].as_array().unwrap().len(), 3, "{lineage:#}");
    assert_eq!(lineage["partial"], false);
    let ran = place.run(&["lineage", RAW, "--hops", "1"]).succeeds();
    assert!(
        ran.out.contains("orders") && !ran.out.contains("report"),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("left something out"), "{}", ran.err);
    let ran = place.run(&["lineage", RAW, "--to", REPORT]).succeeds();
    assert_eq!(ran.out, "raw -> orders -> report\n");
    let ran = place.run(&["impact", RAW, "--why"]).succeeds();
    assert!(
        ran.out.contains("dataset (2)") && ran.out.contains("breaks"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("wasDerivedFrom"), "{}", ran.out);
    let ran = place
        .run(&["impact", REPORT, "--foundations", "--json"])
        .succeeds();
    assert!(ran.out.contains(RAW), "{}", ran.out);
    place
        .run(&["lineage", "urn:nothing"])
        .fails(4, &["urn:nothing"]);
    place.run(&["impact", RAW, "--as-of", "0"]).fails(4, &[RAW]);
    place
        .run(&["search", "orders", "--as-of", "2031-01-01T00:00:00Z"])
        .fails(4, &["not come yet"]);
    place
        .run(&["resolve", "orders", "--as-of", "yesterday"])
        .fails(2, &["yesterday"]);
}

#[test]
fn changes_are_listed_from_a_place_on() {
    let place = place();
    let less: String = LINES.split_inclusive('\n').take(4).collect();
    place.write("less.jsonl", &less);
    ingest(&place, "less.jsonl");
    let ran = place
        .run(&["changes", "--format", "json", "--kind", "dataset"])
        .succeeds();
    let events: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        events.iter().filter(|it| it["action"] == "added").count(),
        3,
        "{}",
        ran.out
    );
    let cursor = events[1]["cursor"].as_str().unwrap();
    let rest = place
        .run(&[
            "changes", "--format", "json", "--kind", "dataset", "--since", cursor,
        ])
        .succeeds();
    let expected: Vec<&str> = ran.out.lines().skip(2).collect();
    assert_eq!(rest.out.lines().collect::<Vec<_>>(), expected);
    let ran = place.run(&["changes", "--since", "1"]).succeeds();
    assert!(
        ran.out.contains("version 2") && ran.err.contains("--since 2"),
        "{}{}",
        ran.out,
        ran.err
    );
    place.run(&["changes", "--since", "99"]).fails(4, &["99"]);
    place
        .run(&["changes", "--since", "never"])
        .fails(2, &["never"]);
    place.run(&["changes", "--follow"]).fails(2, &["--server"]);
}

#[test]
fn a_running_server_is_followed() {
    let place = place();
    let server = Server::start(&place);
    let url = format!("http://127.0.0.1:{}", server.port());
    let mut following = place
        .command(&[
            "changes", "--follow", "--server", &url, "--since", "1", "--kind", "dataset",
            "--limit", "1", "--format", "json",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    place.write(
        "more.jsonl",
        "{\"kind\":\"table\",\"id\":\"x\",\"name\":\"parcels\"}\n",
    );
    place
        .run(&[
            "ingest",
            "catalog-lines",
            "more.jsonl",
            "--source",
            "more",
            "--server",
            &url,
        ])
        .succeeds();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let event: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(
        (&event["label"], &event["action"]),
        (&"parcels".into(), &"added".into()),
        "{event}"
    );
    assert!(following.wait().unwrap().success());
}
