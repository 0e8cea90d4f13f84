//! Names of real manifests, resolved as the conformance suite expects: which column a group becomes, what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use semantic_model::formats::metricflow::read_manifest;
use semantic_model::layer::{DatePart, GrainName, GroupBy};
use semantic_model::plan::{Catalog, PlanError};
use serde_json::Value;

fn suite() -> Option<PathBuf> {
    let shared = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("data/semantic/mf_suite");
    folder.is_dir().then_some(folder)
}

fn json(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).expect("the file can be read"))
        .expect("the file is JSON")
}

fn group(value: &Value) -> GroupBy {
    if let Some(name) = value.as_str() {
        return GroupBy::new(name);
    }
    let mut group = GroupBy::new(value["name"].as_str().expect("a group has a name"));
    group.grain = value["grain"]
        .as_str()
        .map(|name| GrainName::from(name.to_owned()));
    group.date_part = value["date_part"].as_str().and_then(DatePart::parse);
    group
}

/// The column names of the groups of a query, or why it is refused.
fn columns(catalog: &Catalog, query: &Value) -> Result<Vec<String>, PlanError> {
    let list = |key: &str| query[key].as_array().cloned().unwrap_or_default();
    let groups: Vec<GroupBy> = list("group_by").iter().map(group).collect();
    let mut sources = Vec::new();
    for metric in list("metrics") {
        let id = catalog.metric_id(metric.as_str().unwrap_or_default())?;
        catalog.body(id)?;
        for source in catalog.sources(id) {
            if !sources.contains(source) {
                sources.push(*source);
            }
        }
    }
    if list("metrics").is_empty() {
        let (_, members) = catalog.source_of(&groups)?;
        return Ok(members
            .iter()
            .map(semantic_model::plan::Member::column_name)
            .collect());
    }
    let resolve = |group: &GroupBy| Ok(catalog.resolve(group, &sources)?[0].column_name());
    groups.iter().map(resolve).collect()
}

#[test]
fn groups_of_the_suite_become_the_columns_that_it_expects() {
    let Some(folder) = suite() else {
        println!("skipped: shared data not found");
        return;
    };
    let mut catalogs: BTreeMap<String, Catalog> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut checked = 0;
    let cases = json(&folder.join("dev/cases.json"));
    for case in cases["cases"].as_array().expect("cases are a list") {
        let manifest = case["manifest"].as_str().expect("a case has a manifest");
        let catalog = catalogs.entry(manifest.to_owned()).or_insert_with(|| {
            let file = folder
                .join("manifests")
                .join(manifest)
                .join("semantic_manifest.json");
            let text = fs::read_to_string(&file).expect("the manifest can be read");
            let read = read_manifest(manifest, &text).expect("the manifest is one");
            let catalog = Catalog::new(read.layer);
            assert!(
                catalog.problems().is_empty(),
                "{manifest}: {:?}",
                catalog.problems()
            );
            catalog
        });
        let id = case["id"].as_str().unwrap_or_default();
        let found = columns(catalog, &case["query"]);
        let expected: Vec<&str> = case["expect"]["columns"]
            .as_array()
            .map(|columns| columns.iter().filter_map(|c| c["name"].as_str()).collect())
            .unwrap_or_default();
        if expected.is_empty() {
            let kind = case["expect"]["error"].as_str().unwrap_or_default();
            println!("{id}: {kind}: {found:?}");
            continue;
        }
        checked += 1;
        match found {
            Err(error) => wrong.push(format!("{id}: {error:?}")),
            Ok(found) => {
                let is_same = |name: &String| {
                    // The grain of a bare `metric_time` is the metrics', which is not resolved here.
                    let default = format!("{name}__");
                    expected.iter().any(|column| {
                        *column == name || (name == "metric_time" && column.starts_with(&default))
                    })
                };
                if !found.iter().all(is_same) {
                    wrong.push(format!("{id}: {found:?} is not of {expected:?}"));
                }
            }
        }
    }
    assert!(checked > 150, "only {checked} cases were checked");
    assert!(
        wrong.is_empty(),
        "{} of {checked}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
