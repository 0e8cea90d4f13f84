//! The suite of Apache Ossie's foundational semantics: models as JSON, data as SQL scripts.

use std::collections::BTreeMap;
use std::path::Path;

use semantic_model::formats::ossie;
use semantic_model::layer::{Filter, GroupBy, MetricRequest, OrderBy, Query};
use semantic_model::plan::{Catalog, Options, PlanError, compile};
use serde_json::Value;

use super::{Outcome, Results, SuiteError, answers, cases, limit, read, refused, run, texts};
use crate::datafusion::DataFusion;
use crate::engine::Engine;

/// Runs every case of a split on the embedded engine.
pub async fn run_suite(folder: &Path, split: &str) -> Result<Results, SuiteError> {
    let fill = async |dataset: &str, script: &str| {
        let engine = filled(script).await;
        engine.map_err(|cause| SuiteError::new(Path::new(dataset), cause))
    };
    run_on(folder, split, fill).await
}

/// Runs every case of a split on engines that `fill` makes and fills, of a dataset's name and script.
pub async fn run_on<E: Engine>(
    folder: &Path,
    split: &str,
    fill: impl AsyncFn(&str, &str) -> Result<E, SuiteError>,
) -> Result<Results, SuiteError> {
    let mut results = Results::default();
    let mut engines: BTreeMap<String, E> = BTreeMap::new();
    for case in cases(folder, split)? {
        let (Some(id), Some(dataset)) = (case["id"].as_str(), case["dataset"].as_str()) else {
            return Err(SuiteError::new(
                folder,
                format!("a case has no `id` or no `dataset`: {case}"),
            ));
        };
        if !engines.contains_key(dataset) {
            let script = read(&folder.join("datasets").join(format!("{dataset}.sql")))?;
            engines.insert(dataset.to_owned(), fill(dataset, &script).await?);
        }
        let outcome = one(&case, &engines[dataset], &mut results).await;
        results.outcomes.push((id.to_owned(), outcome));
    }
    Ok(results)
}

async fn filled(script: &str) -> crate::error::Result<DataFusion> {
    let engine = DataFusion::new("embedded")?;
    engine.load_script(script).await?;
    Ok(engine)
}

async fn one(case: &Value, engine: &dyn Engine, results: &mut Results) -> Outcome {
    let parsed = match ossie::read_value("model.json", &case["model"]) {
        Ok(parsed) => parsed,
        Err(error) => {
            return Outcome::Error {
                error: "E_INVALID_MODEL".to_owned(),
                message: error.to_string(),
            };
        }
    };
    results
        .problems
        .extend(parsed.report.problems.iter().map(ToString::to_string));
    let catalog = Catalog::new(parsed.layer);
    let words = match case["query"].get("fields") {
        Some(_) => answers::ossie,
        None => answers::ossie_of_groups,
    };
    let query = match query(&case["query"]) {
        Ok(query) => query,
        Err(error) => return refused(words, &error),
    };
    let options = Options {
        dialect: engine.dialect(),
        ..Options::default()
    };
    run(results, engine, words, || {
        compile(&catalog, &query, &options)
    })
    .await
}

/// A query in the words of the suite.
fn query(case: &Value) -> Result<Query, PlanError> {
    let having = texts(case.get("having"))
        .into_iter()
        .chain(texts(case.get("qualify")));
    let mut query = Query {
        dataset: case["dataset"].as_str().map(str::to_owned),
        metrics: each(case, "measures").filter_map(measure).collect(),
        group_by: each(case, "dimensions").filter_map(group).collect(),
        fields: each(case, "fields").filter_map(group).collect(),
        filters: texts(case.get("filters")).into_iter().map(Filter).collect(),
        having: having.map(Filter).collect(),
        order_by: each(case, "order_by").filter_map(order).collect(),
        ..Query::default()
    };
    limit(case, &mut query)?;
    Ok(query)
}

fn each<'a>(case: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    case.get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn group(item: &Value) -> Option<GroupBy> {
    if let Some(name) = item.as_str() {
        return Some(GroupBy::new(name));
    }
    let name = ["field", "dimension", "expression"]
        .iter()
        .find_map(|key| item[*key].as_str());
    Some(GroupBy {
        alias: item["name"].as_str().map(str::to_owned),
        ..GroupBy::new(name.or(item["name"].as_str())?)
    })
}

/// A metric under a name of the query's own.
fn measure(item: &Value) -> Option<MetricRequest> {
    let text = item.as_str();
    let name = text.or(item["metric"].as_str()).or(item["name"].as_str())?;
    Some(MetricRequest {
        name: name.to_owned(),
        alias: item["name"]
            .as_str()
            .filter(|alias| *alias != name)
            .map(str::to_owned),
    })
}

fn order(item: &Value) -> Option<OrderBy> {
    let descending = item["direction"]
        .as_str()
        .is_some_and(|direction| direction.eq_ignore_ascii_case("desc"));
    let nulls = item["nulls"]
        .as_str()
        .map(|nulls| nulls.eq_ignore_ascii_case("first"));
    Some(OrderBy {
        item: GroupBy::new(item.as_str().or(item["target"].as_str())?),
        descending,
        // The draft: NULL is greater than any value.
        nulls_first: Some(nulls.unwrap_or(descending)),
    })
}
