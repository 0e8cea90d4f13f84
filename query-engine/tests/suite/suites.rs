//! The conformance suites of the shared data, on the embedded engine and on PostgreSQL, where they are there.
//!
//! `ISOGLOSS_SUITE_OUT` names a folder to write the outcomes to, for the suites' own scorers.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use query_engine::suite::{Outcome, Results, SuiteError, metricflow, ossie};
use serde_json::Value;

#[expect(clippy::print_stdout, reason = "a test that skips says so")]
fn suite(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("data/semantic").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there", folder.display());
    None
}

/// The share of the cases that came out right, and those that did not.
#[expect(clippy::print_stdout, reason = "a score is to be read")]
fn score(folder: &Path, engine: &str, results: &Results) -> (f64, String) {
    if let Some(out) = std::env::var_os("ISOGLOSS_SUITE_OUT") {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let path = Path::new(&out).join(format!("{name}_{engine}.json"));
        fs::write(path, results.to_json().to_string()).unwrap();
    }
    let text = fs::read_to_string(folder.join("dev/cases.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let cases = document
        .get("cases")
        .unwrap_or(&document)
        .as_array()
        .unwrap();
    let (mut right, mut all, mut wrong) = (0.0, 0.0, String::new());
    for case in cases.iter().filter(|case| case["suspect"].is_null()) {
        let id = case["id"].as_str().unwrap();
        let found = results.outcomes.iter().find(|(other, _)| other == id);
        all += 1.0;
        match fault(folder, case, &found.unwrap().1) {
            None => right += 1.0,
            Some(fault) => writeln!(wrong, "{id}: {fault}").unwrap(),
        }
    }
    println!(
        "{} on {engine}: {right} of {all}\n{wrong}",
        folder.display()
    );
    (right / all, wrong)
}

/// What is wrong with an outcome.
fn fault(folder: &Path, case: &Value, found: &Outcome) -> Option<String> {
    let expected = &case["expect"];
    let refused = expected["error"].as_str();
    let (columns, rows) = match (refused, found) {
        (Some(_), Outcome::Error { .. }) => return None,
        (Some(word), Outcome::Rows { .. }) => return Some(format!("to be refused as {word}")),
        (None, Outcome::Error { error, message }) => return Some(format!("{error}: {message}")),
        (None, Outcome::Rows { columns, rows }) => (columns, rows),
    };
    let names = expected["columns"].as_array().unwrap().iter();
    let wanted: Vec<String> = names
        .map(|column| {
            column["name"]
                .as_str()
                .or(column.as_str())
                .unwrap()
                .to_lowercase()
        })
        .collect();
    let place = |name: &String| {
        columns
            .iter()
            .position(|other| other.to_lowercase() == *name)
    };
    let places: Option<Vec<usize>> = wanted.iter().map(place).collect();
    let Some(places) = places.filter(|places| places.len() == columns.len()) else {
        return Some(format!("columns {columns:?}, not {wanted:?}"));
    };
    let mut right = expected_rows(folder, expected);
    let mut mine: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| places.iter().map(|place| row[*place].clone()).collect())
        .collect();
    if right.len() != mine.len() {
        return Some(format!("{} rows, not {}", mine.len(), right.len()));
    }
    // Ties may come in any order, and which of them a limit keeps.
    if expected["limit_is_nondeterministic"] == true {
        return None;
    }
    if expected["ordered"] != true {
        right.sort_by_key(|row| shown(row));
        mine.sort_by_key(|row| shown(row));
    }
    let same = |(one, other): (&Vec<Value>, &Vec<Value>)| {
        one.iter().zip(other).all(|(one, other)| equal(one, other))
    };
    let mut pairs = right.iter().zip(&mine);
    let unlike = pairs.find(|pair| !same(*pair));
    unlike.map(|(right, mine)| format!("{} instead of {}", shown(mine), shown(right)))
}

fn expected_rows(folder: &Path, expected: &Value) -> Vec<Vec<Value>> {
    let Some(file) = expected["rows_file"].as_str() else {
        return serde_json::from_value(expected["rows"].clone()).unwrap();
    };
    let packed = fs::read(folder.join(file)).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Numbers are near each other, those too that have too many digits for JSON; moments are the same however they are written.
fn equal(right: &Value, mine: &Value) -> bool {
    match (right.as_f64(), number(mine)) {
        (Some(right), Some(mine)) => {
            (right - mine).abs() <= f64::max(1e-9, 1e-6 * right.abs().max(mine.abs()))
        }
        _ => plain(right) == plain(mine),
    }
}

fn number(value: &Value) -> Option<f64> {
    let digits = value.as_str().filter(|text| text.contains('.'));
    value
        .as_f64()
        .or_else(|| digits.and_then(|text| text.parse().ok()))
}

fn plain(value: &Value) -> String {
    let Some(text) = value.as_str() else {
        return value.to_string();
    };
    let moment = text.replace(' ', "T");
    let moment = moment.trim_end_matches("+00:00").trim_end_matches('Z');
    let bytes = text.as_bytes();
    if bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' {
        return moment.trim_end_matches("T00:00:00").to_owned();
    }
    text.to_owned()
}

/// A row as text to sort by, with numbers to few places.
fn shown(row: &[Value]) -> String {
    let cell = |value: &Value| {
        let number = number(value).map(|number| format!("{number:.4}"));
        number.unwrap_or_else(|| plain(value))
    };
    row.iter().map(cell).collect::<Vec<_>>().join(" | ")
}

#[tokio::test]
async fn metricflow_on_the_embedded_engine() {
    let Some(folder) = suite("mf_suite") else {
        return;
    };
    let results = metricflow::run_suite(&folder, "dev").await.unwrap();
    let (share, wrong) = score(&folder, "embedded", &results);
    assert!(share >= 0.95, "{share}\n{wrong}");
}

#[tokio::test]
async fn ossie_on_the_embedded_engine() {
    let Some(folder) = suite("osi_suite") else {
        return;
    };
    let results = ossie::run_suite(&folder, "dev").await.unwrap();
    let (_, wrong) = score(&folder, "embedded", &results);
    assert_eq!(wrong, "");
}

/// A name that other types have in PostgreSQL.
#[cfg(feature = "postgres")]
fn type_in_postgres(name: &str) -> &str {
    match name {
        "TINYINT" => "smallint",
        "FLOAT" => "real",
        "DOUBLE" => "double precision",
        "TIMESTAMP_NS" => "timestamp",
        other => other,
    }
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn metricflow_on_postgresql() {
    let Some(folder) = suite("mf_suite") else {
        return;
    };
    let text = fs::read_to_string(folder.join("tables/schema.json")).unwrap();
    let tables: Value = serde_json::from_str(&text).unwrap();
    let schema = tables["schema"].as_str().unwrap();
    let tables = tables["tables"].as_object().unwrap();
    let create = |(name, table): (&String, &Value)| {
        let columns = table["columns"].as_array().unwrap().iter();
        let columns: Vec<String> = columns
            .map(|column| {
                let kind = type_in_postgres(column["type"].as_str().unwrap());
                format!("\"{}\" {kind}", column["name"].as_str().unwrap())
            })
            .collect();
        format!("CREATE TABLE {schema}.\"{name}\" ({});", columns.join(", "))
    };
    let script: String = tables.iter().map(create).collect();
    let Some(engine) = crate::postgres::filled(schema, &script).await else {
        return;
    };
    for name in tables.keys() {
        let csv = fs::read(folder.join(format!("tables/{name}.csv"))).unwrap();
        crate::postgres::copy_csv(&format!("{schema}.\"{name}\""), csv).await;
    }
    let results = metricflow::run_on(&folder, "dev", &engine).await.unwrap();
    let (share, wrong) = score(&folder, "postgresql", &results);
    assert!(share >= 0.95, "{share}\n{wrong}");
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn ossie_on_postgresql() {
    let Some(folder) = suite("osi_suite") else {
        return;
    };
    if crate::postgres::anywhere().is_none() {
        return;
    }
    let fill = async |dataset: &str, script: &str| {
        let schema = format!("qe_osi_{dataset}");
        crate::postgres::filled(&schema, script).await;
        let engine = crate::postgres::within(&schema);
        engine.ok_or_else(|| SuiteError::new(Path::new(dataset), "there is no server"))
    };
    let results = ossie::run_on(&folder, "dev", fill).await.unwrap();
    let (_, wrong) = score(&folder, "postgresql", &results);
    assert_eq!(wrong, "");
}
