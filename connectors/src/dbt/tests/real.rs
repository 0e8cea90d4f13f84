//! Tests on real projects, counted a second time by other means.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use expect_test::expect;
use graph_core::rdf::{RdfTerm, Statement};
use ontologies::{csvw, dcterms};
use serde_json::Value;

use crate::shared::{options, read_shared, report_lines, shared};
use crate::{Input, InputLimits, Kind, SourceStatements, ingest_paths};

const DATASETS: [&str; 4] = ["model", "seed", "snapshot", "source"];

/// What a manifest holds, counted over its JSON.
#[derive(Default)]
struct Counted {
    types: BTreeMap<String, u64>,
    lineage: u64,
    columns: BTreeSet<(String, String)>,
}

fn counted(path: &Path) -> Counted {
    let bytes = std::fs::read(path).unwrap();
    let input = Input::decode("x", bytes, &InputLimits::default()).unwrap();
    let manifest: Value = serde_json::from_slice(&input.bytes).unwrap();
    let mut counted = Counted::default();
    for section in [
        "nodes",
        "sources",
        "metrics",
        "exposures",
        "semantic_models",
    ] {
        for (id, node) in manifest[section].as_object().into_iter().flatten() {
            let kind = node["resource_type"]
                .as_str()
                .unwrap_or(section.trim_end_matches('s'));
            *counted.types.entry(kind.to_owned()).or_default() += 1;
            if !DATASETS.contains(&kind) {
                continue;
            }
            for column in node["columns"].as_object().into_iter().flatten() {
                counted
                    .columns
                    .insert((id.clone(), column.0.to_lowercase()));
            }
            let upstream = node["depends_on"]["nodes"].as_array().into_iter().flatten();
            let is_dataset =
                |id: &&Value| DATASETS.contains(&id.as_str().unwrap().split('.').next().unwrap());
            counted.lineage += upstream.filter(is_dataset).count() as u64;
        }
    }
    counted
}

/// Compares what was understood with what is there, and with what the data's own record says.
fn compare(folder: &str, file: &str) -> Option<SourceStatements> {
    let path = shared(folder)?.join(file);
    let read = ingest_paths(
        Kind::Dbt,
        std::slice::from_ref(&path),
        &InputLimits::default(),
        &options(),
    )
    .unwrap();
    let counted = counted(&path);
    let understood = |kind: &str| read.report.understood.get(kind).copied().unwrap_or(0);
    for kind in [
        "model",
        "seed",
        "snapshot",
        "source",
        "test",
        "metric",
        "exposure",
        "semantic_model",
    ] {
        let there = counted.types.get(kind).copied().unwrap_or(0);
        assert_eq!(understood(kind), there, "{kind} of {file}");
    }
    assert_eq!(understood("lineage"), counted.lineage, "lineage of {file}");
    let columns = columns_of(&read);
    assert_eq!(
        columns.len() as u64,
        understood("column") + understood("inferred_column"),
        "columns of {file}"
    );
    let lost: Vec<_> = counted.columns.difference(&columns).collect();
    assert!(lost.is_empty(), "columns of {file}: {lost:?}");

    let record = std::fs::read_to_string(shared(folder)?.join("SOURCE.json")).unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    let counts = record["counts"].as_array().unwrap();
    let said = counts.iter().find(|counts| counts["file"] == file).unwrap();
    for (key, kind) in [
        ("models", "model"),
        ("tests", "test"),
        ("seeds", "seed"),
        ("sources", "source"),
        ("metrics", "metric"),
        ("semantic_models", "semantic_model"),
    ] {
        assert_eq!(
            Some(understood(kind)),
            said[key].as_u64(),
            "{key} of {file}"
        );
    }
    Some(read)
}

/// Gives the columns in the statements, by the id of their dataset and their name in lower case.
fn columns_of(read: &SourceStatements) -> BTreeSet<(String, String)> {
    let pairs = |predicate: &str| -> BTreeMap<String, String> {
        let of_predicate = |statement: &&Statement| statement.predicate.as_str() == predicate;
        let pair =
            |statement: &Statement| (statement.object.to_string(), statement.subject.to_string());
        read.statements
            .iter()
            .filter(of_predicate)
            .map(pair)
            .collect()
    };
    let dataset_of_schema = pairs(csvw::TABLE_SCHEMA);
    let schema_of_column = pairs(csvw::COLUMN);
    let by_subject = |predicate: &str| -> BTreeMap<String, String> {
        let of_predicate = |statement: &&Statement| statement.predicate.as_str() == predicate;
        let text = |statement: &Statement| match &statement.object {
            RdfTerm::Literal(literal) => {
                (statement.subject.to_string(), literal.value().to_owned())
            }
            other => panic!("{other} is no literal"),
        };
        read.statements
            .iter()
            .filter(of_predicate)
            .map(text)
            .collect()
    };
    let id_of = by_subject(dcterms::IDENTIFIER);
    let name_of = by_subject(csvw::NAME);
    name_of
        .iter()
        .map(|(column, name)| {
            let dataset = &dataset_of_schema[&schema_of_column[column]];
            (id_of[dataset].clone(), name.to_lowercase())
        })
        .collect()
}

#[test]
fn tuva_is_read_whole() {
    let Some(read) = compare("corpora/dbt/tuva", "manifest.json.gz") else {
        return;
    };
    expect![[r#"
        column 5242, dataset 1332, lineage 2836, model 1200, reference 44, seed 132, test 1068
        skipped 53
        note: corpora/dbt/tuva/manifest.json.gz at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.11.16 [manifest_version]
        note: corpora/dbt/tuva/manifest.json.gz at `nodes.operation.elementary.elementary-on-run-start-0`: 4 nodes of type `operation` have no statements of their own [not_modelled]
        note: corpora/dbt/tuva/manifest.json.gz at `disabled`: 46 disabled nodes were left out: 40 model, 4 snapshot, 2 test [disabled]
        note: corpora/dbt/tuva/manifest.json.gz at `unit_tests`: 3 entries have no statements of their own: 3 unit_test [not_modelled]
    "#]].assert_eq(&report_lines(&read.report));
    compare("corpora/dbt/tuva", "manifest_default_vars.json.gz");
}

#[test]
fn shopify_has_its_catalog_and_its_runs() {
    let Some(read) = compare("corpora/dbt/fivetran_shopify", "manifest.json.gz") else {
        return;
    };
    expect![[r#"
        column 6200, column_lineage 2826, dataset 422, inferred_column 524, lineage 414, measurement 198, model 240, run 211, seed 95, source 87, test 220
        skipped 82
        note: corpora/dbt/fivetran_shopify/catalog_upstream.json.gz: `catalog_upstream.json.gz` was passed over: the folder has the catalog of the plain name [other_artifact]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.10.23 [manifest_version]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.shopify__discounts.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.shopify__inventory_levels.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.shopify__daily_shop.columns`: 11 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.shopify__order_lines.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.stg_shopify__transaction.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.stg_shopify__discount_allocation.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.stg_shopify__discount_application.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.shopify_gql__refunds.columns`: 8 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.shopify_gql__order_lines.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.shopify_gql__refund_lines.columns`: 11 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.shopify_gql__inventory_levels.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.shopify_gql__daily_shop.columns`: 10 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `nodes.model.shopify.stg_shopify_gql__order.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
        note: corpora/dbt/fivetran_shopify/manifest.json.gz at `disabled`: 82 disabled nodes were left out: 24 model, 8 source, 50 test [disabled]
    "#]].assert_eq(&report_lines(&read.report));
}

#[test]
fn jaffle_classic_is_read_whole() {
    let Some(read) = compare("corpora/dbt/jaffle_classic_run", "manifest.json.gz") else {
        return;
    };
    expect![[r#"
        column 39, column_lineage 31, dataset 8, lineage 8, measurement 20, model 5, reference 1, run 8, seed 3, test 20
        skipped 0
        note: corpora/dbt/jaffle_classic_run/manifest.json.gz at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.10.23 [manifest_version]
        note: corpora/dbt/jaffle_classic_run/manifest.json.gz at `nodes.model.jaffle_shop.customers.columns`: 1 columns are documented but not in the catalog [column_not_in_catalog]
    "#]].assert_eq(&report_lines(&read.report));
}

#[test]
fn the_tutorial_has_its_metrics() {
    let Some(read) = compare("corpora/dbt/metricflow_tutorial", "manifest.json.gz") else {
        return;
    };
    expect![[r#"
        column 23, column_lineage 11, dataset 10, dataset_definition 3, dimension 6, entity 6, lineage 3, metric 13, metric_definition 13, model 4, run 7, saved_query 2, seed 3, semantic_model 3, source 3, time_spine 1
        skipped 2
        note: corpora/dbt/metricflow_tutorial/manifest.json.gz at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.11.16 [manifest_version]
        note: corpora/dbt/metricflow_tutorial/manifest.json.gz at `saved_queries`: 2 entries have no statements of their own: 2 saved_query [not_modelled]
        note: corpora/dbt/metricflow_tutorial/semantic_manifest.json:1:3173 at `semantic_models[0].measures[6]`: measure `transacting_customers` is used by no metric, so it cannot be asked for [unused_measure]
    "#]].assert_eq(&report_lines(&read.report));
}

#[test]
fn every_version_of_the_manifest_is_read() {
    let folder = "corpora/dbt/jaffle_shop_artifact_versions";
    for file in [
        "manifest/v7/jaffle_shop/manifest.json.gz",
        "manifest/v8/jaffle_shop/manifest.json.gz",
        "manifest/v8/jaffle_shop_at_1_4_3/manifest.json.gz",
        "manifest/v9/jaffle_shop_at_1.5rc1/manifest.json.gz",
        "manifest/v10/jaffle_shop/manifest.json.gz",
        "manifest/v11/jaffle_shop/manifest.json.gz",
        "manifest/v12/jaffle_shop/manifest_1.8.json.gz",
        "manifest/v12/jaffle_shop/manifest_1.10.json.gz",
    ] {
        let Some(read) = compare(folder, file) else {
            return;
        };
        assert_eq!((read.report.errors, read.report.warnings), (0, 0), "{file}");
        assert_eq!(read.report.count("manifest_version"), 1, "{file}");
    }
}

#[test]
fn catalogs_and_results_of_every_version_are_read() {
    let folder = "corpora/dbt/jaffle_shop_artifact_versions";
    let file = |file: &str| format!("{folder}/{file}");
    let read = read_shared(
        Kind::Dbt,
        &[
            &file("manifest/v12/jaffle_shop/manifest_1.8.json.gz"),
            &file("catalog/v1/jaffle_shop/catalog.json.gz"),
            &file("run_results/v4/jaffle_shop/run_results.json"),
            &file("run_results/v5/jaffle_shop/run_results.json.gz"),
            &file("run_results/v6/jaffle_shop/run_results.json.gz"),
        ],
    );
    if let Some(read) = read {
        expect![[r#"
            column 542, column_lineage 302, dataset 39, inferred_column 1, lineage 39, measurement 20, model 36, reference 1, run 39, seed 3, test 20
            skipped 5
            note: corpora/dbt/jaffle_shop_artifact_versions/manifest/v12/jaffle_shop/manifest_1.8.json.gz at `metadata.dbt_schema_version`: manifest schema v12, written by dbt 1.8.9 [manifest_version]
            note: corpora/dbt/jaffle_shop_artifact_versions/manifest/v12/jaffle_shop/manifest_1.8.json.gz at `nodes`: the SQL reads 1 tables that no node of the manifest is, such as `your-project.jaffle_shop.INFORMATION_SCHEMA.COLUMNS` [sql_other_table]
            note: corpora/dbt/jaffle_shop_artifact_versions/manifest/v12/jaffle_shop/manifest_1.8.json.gz at `nodes.operation.elementary.elementary-on-run-start-0`: 2 nodes of type `operation` have no statements of their own [not_modelled]
            note: corpora/dbt/jaffle_shop_artifact_versions/run_results/v6/jaffle_shop/run_results.json.gz at `results`: 3 results are of nodes that no manifest has, such as `model.elementary.elementary_exposures` [result_only]
        "#]].assert_eq(&report_lines(&read.report));
    }
}

#[test]
fn reading_twice_gives_the_same() {
    let twice = || read_shared(Kind::Dbt, &["corpora/dbt/fivetran_shopify"]);
    let (Some(first), Some(second)) = (twice(), twice()) else {
        return;
    };
    assert!(first.statements == second.statements);
    let distinct: std::collections::HashSet<&Statement> = first.statements.iter().collect();
    assert_eq!(distinct.len(), first.statements.len());
}
