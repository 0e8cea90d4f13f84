//! Clients that others wrote, emitting to a running server: the Python client of OpenLineage, and dbt-ol.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::process::Place;
use crate::serving::Server;

/// Gives a program of the clients; says so and gives `None` where they are not installed.
#[expect(clippy::print_stdout, reason = "a test that skips says so")]
fn client(program: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("ISOGLOSS_TEST_OPENLINEAGE") else {
        assert!(
            std::env::var_os("CI").is_none_or(|value| value != "true"),
            "no clients of OpenLineage in CI; run the tests with `cargo xtask test`"
        );
        println!("skipped: no clients of OpenLineage (tests/scripts/openlineage.sh installs them)");
        return None;
    };
    Some(PathBuf::from(folder).join(program))
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}

/// What each dataset is derived from, by the last parts of the names.
fn derived(server: &Server) -> Vec<String> {
    let query = "SELECT ?to ?from { ?to <http://www.w3.org/ns/prov#wasDerivedFrom> ?from . \
        ?to a <http://www.w3.org/ns/dcat#Dataset> }";
    let answer = server.post("/sparql", "application/sparql-query", query);
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let (start, end) = (body.find('{').unwrap(), body.rfind('}').unwrap());
    let body: serde_json::Value = serde_json::from_str(&body[start..=end]).unwrap();
    let last = |row: &serde_json::Value, key: &str| {
        let iri = row[key]["value"].as_str().unwrap();
        iri.rsplit(['/', '.']).next().unwrap().to_owned()
    };
    let rows = body["results"]["bindings"].as_array().unwrap();
    let pairs = rows.iter();
    let mut pairs: Vec<String> = pairs
        .map(|row| format!("{} from {}", last(row, "to"), last(row, "from")))
        .collect();
    pairs.sort();
    pairs
}

const EMIT: &str = r#"
import sys, uuid
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Run, RunEvent, RunState, Job, InputDataset, OutputDataset
from openlineage.client.facet_v2 import column_lineage_dataset as cl, schema_dataset as sd, output_statistics_output_dataset as os
from openlineage.client.transport.http import HttpConfig, HttpTransport
client = OpenLineageClient(transport=HttpTransport(HttpConfig.from_dict({"url": sys.argv[1]})))
ns = "postgres://db.example:5432"
def emit(state, run, minute, source):
    field = cl.InputField(namespace=ns, name="shop.public." + source, field="id",
        transformations=[cl.Transformation(type="DIRECT", subtype="IDENTITY", masking=True)])
    facets = {"columnLineage": cl.ColumnLineageDatasetFacet(fields={"id": cl.Fields(inputFields=[field])}),
        "schema": sd.SchemaDatasetFacet(fields=[sd.SchemaDatasetFacetFields(name="id", type="bigint")])}
    out = OutputDataset(namespace=ns, name="shop.public.orders", facets=facets,
        outputFacets={"outputStatistics": os.OutputStatisticsOutputDatasetFacet(rowCount=7, size=100)})
    client.emit(RunEvent(eventType=state, eventTime=f"2026-01-02T03:{minute:02}:00Z", run=Run(runId=run),
        job=Job(namespace="etl", name="load"), producer="https://example.com/etl",
        inputs=[InputDataset(namespace=ns, name="shop.public." + source)], outputs=[out]))
first, second, third = (str(uuid.uuid4()) for _ in range(3))
emit(RunState.COMPLETE, second, 9, "raw_orders")
emit(RunState.START, first, 1, "old_orders")
emit(RunState.COMPLETE, first, 2, "old_orders")
emit(RunState.COMPLETE, first, 2, "old_orders")
emit(RunState.START, second, 5, "raw_orders")
emit(RunState.FAIL, third, 20, "other_orders")
"#;

#[test]
fn the_python_client_of_openlineage_emits() {
    let Some(python) = client("python") else {
        return;
    };
    let place = Place::with_catalog();
    let server = Server::start(&place);
    let url = format!("http://127.0.0.1:{}", server.port());
    run(Command::new(python).args(["-c", EMIT, &url]));
    // Late, doubled and failed: what the last complete run did stands.
    assert_eq!(derived(&server), ["orders from raw_orders"]);
    let answer = server.get("/resolve?text=orders");
    assert!(answer.contains("orders"), "{answer}");
}

#[test]
fn dbt_ol_tells_of_a_run() {
    let Some(program) = client("dbt-ol") else {
        return;
    };
    let place = Place::with_catalog();
    let server = Server::start(&place);
    place.write(
        "dbt_project.yml",
        "name: shop\nversion: '1.0'\nprofile: shop\n",
    );
    place.write(
        "profiles.yml",
        "shop:\n  target: dev\n  outputs:\n    dev: {type: postgres, host: db.example, port: 5432, user: u, password: p, \
         dbname: shop, schema: public, threads: 1}\n",
    );
    let node = |id: &str, kind: &str, name: &str| {
        json!({
            "unique_id": id, "resource_type": kind, "name": name, "alias": name, "identifier": name, "source_name": "raw",
            "database": "shop", "schema": "public", "package_name": "shop", "path": "a.sql",
            "original_file_path": "models/a.sql", "description": "", "config": {"materialized": "table"}, "columns": {},
            "depends_on": {"nodes": ["source.shop.raw.raw_orders"], "macros": []}, "meta": {}, "tags": [],
            "compiled_code": "select id from shop.public.raw_orders", "raw_code": "", "fqn": ["shop", name],
        })
    };
    let (model, source) = ("model.shop.orders", "source.shop.raw.raw_orders");
    let manifest = json!({
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "adapter_type": "postgres",
            "project_name": "shop", "dbt_version": "1.11.0"},
        "nodes": {model: node(model, "model", "orders")}, "sources": {source: node(source, "source", "raw_orders")},
        "parent_map": {model: [source]}, "child_map": {}, "exposures": {}, "metrics": {}, "groups": {}, "macros": {},
    });
    let timing = json!([{"name": "execute", "started_at": "2026-01-02T03:04:06Z", "completed_at": "2026-01-02T03:04:07Z"}]);
    let results = json!({
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "dbt_version": "1.11.0",
            "generated_at": "2026-01-02T03:04:05Z", "invocation_id": "018d0000-0000-7000-8000-000000000000", "env": {}},
        "args": {"which": "run", "target": "dev"}, "elapsed_time": 1.0,
        "results": [{"status": "success", "timing": timing, "thread_id": "Thread-1", "execution_time": 1.0,
            "adapter_response": {}, "message": "SELECT 1", "failures": null, "unique_id": model}],
    });
    place.write("target/manifest.json", manifest.to_string());
    place.write("target/run_results.json", results.to_string());
    run(Command::new(program)
        .args(["send-events", "--project-dir", ".", "--profiles-dir", "."])
        .current_dir(place.path())
        .env("OPENLINEAGE__TRANSPORT__TYPE", "http")
        .env(
            "OPENLINEAGE__TRANSPORT__URL",
            format!("http://127.0.0.1:{}", server.port()),
        ));
    assert_eq!(derived(&server), ["orders from raw_orders"]);
}
