use expect_test::expect;

use crate::shared::{options, shared};
use crate::{Input, Kind, read};

#[test]
fn a_manifest_becomes_data_terms_and_metrics() {
    let text = r#"{
        "semantic_models": [{
            "name": "orders", "node_relation": {"alias": "fct_orders", "schema_name": "shop"},
            "entities": [{"name": "customer", "type": "foreign", "expr": "customer_id"}],
            "dimensions": [{"name": "ordered_at", "type": "time", "type_params": {"time_granularity": "day"}}],
            "measures": [{"name": "revenue", "agg": "sum", "expr": "amount", "agg_time_dimension": "ordered_at"}]
        }],
        "metrics": [{"name": "revenue", "type": "simple", "type_params": {"measure": {"name": "revenue"}}}],
        "project_configuration": {"time_spines": []}, "saved_queries": []
    }"#;
    let input = Input::text("semantic_manifest.json", text);
    let read = read(Kind::SemanticLayer, vec![input], &options()).unwrap();
    let mut lines: Vec<String> = read.statements.iter().map(ToString::to_string).collect();
    lines.retain(|line| line.contains("revenue") && !line.contains("definition"));
    expect![[r#"
        <urn:isogloss:metric:s/s/revenue> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://isogloss.dev/ns#Metric>
        <urn:isogloss:metric:s/s/revenue> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://purl.org/linked-data/cube#MeasureProperty>
        <urn:isogloss:metric:s/s/revenue> <https://isogloss.dev/ns#name> "revenue"
        <urn:isogloss:metric:s/s/revenue> <https://isogloss.dev/ns#aggregation> "sum"
        <urn:isogloss:metric:s/s/revenue> <https://isogloss.dev/ns#expression> "SUM(amount)"
        <urn:isogloss:metric:s/s/revenue> <http://www.w3.org/ns/prov#wasDerivedFrom> <urn:isogloss:dataset:s/s/orders>
        <urn:isogloss:metric:s/s/revenue> <http://www.w3.org/ns/prov#wasDerivedFrom> <urn:isogloss:column:s/s/orders/amount>
        <urn:isogloss:metric:s/s/revenue> <https://isogloss.dev/ns#inLayer> <urn:isogloss:layer:s/s>"#]].assert_eq(&lines.join("\n"));
    assert_eq!(read.report.understood["metric"], 1);
}

#[test]
fn every_manifest_of_the_suite_is_written() {
    let Some(folder) = shared("semantic/mf_suite/manifests") else {
        return;
    };
    let mut seen = 0;
    for manifest in std::fs::read_dir(folder).unwrap() {
        let path = manifest.unwrap().path().join("semantic_manifest.json");
        let input = Input::text(
            "semantic_manifest.json",
            std::fs::read_to_string(&path).unwrap(),
        );
        let read = read(Kind::SemanticLayer, vec![input], &options()).unwrap();
        assert_eq!(read.report.errors, 0, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 10);
}

#[test]
fn the_graph_gives_the_layer_back() {
    let Some(path) = shared("semantic/mf_suite/manifests/simple_manifest/semantic_manifest.json")
    else {
        return;
    };
    let input = Input::text("m.json", std::fs::read_to_string(path).unwrap());
    let mut report = crate::Report::new(Kind::SemanticLayer);
    let mut expected =
        super::layers(std::slice::from_ref(&input), &options(), &mut report).remove(0);
    let statements = read(Kind::SemanticLayer, vec![input], &options())
        .unwrap()
        .statements;
    let store = graph_core::Store::in_memory();
    store
        .commit(graph_core::Commit {
            source: options().source,
            kind: "semantic-layer".to_owned(),
            actor: String::new(),
            time: graph_core::Timestamp(0),
            change: graph_core::Change::Replace(statements),
        })
        .unwrap();
    let (mut declared, unreadable) = semantic_model::layer::layers_of(&store.snapshot());
    assert_eq!(unreadable, []);
    assert_eq!(declared.len(), 1);
    expected.name = "s".to_owned();
    expected.datasets.sort_by(|a, b| a.name.cmp(&b.name));
    expected.metrics.sort_by(|a, b| a.name.cmp(&b.name));
    expected.time_spines.sort_by_key(|spine| spine.grain);
    expected.saved_queries.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(declared.remove(0).layer, expected);
}
