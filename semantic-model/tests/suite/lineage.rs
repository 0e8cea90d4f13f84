//! Lineage over the mesh, between datasets and between columns.

use graph_core::traverse::{Direction, Limits};
use semantic_model::lineage::{self, Level};
use semantic_model::{Entity, Model};

use crate::graph::snapshot;

const CHAIN: &str = r#"
:raw a dcat:Dataset ; csvw:tableSchema [ csvw:column :raw_a ] .
:stg a dcat:Dataset ; prov:wasDerivedFrom :raw ; csvw:tableSchema [ csvw:column :stg_a ] .
:mart a dcat:Dataset ; prov:wasDerivedFrom :stg, :ref ; csvw:tableSchema [ csvw:column :mart_a, :mart_b ] ;
    iso:qualifiedName "pg://mart" .
:ref a dcat:Dataset .
:raw_a a csvw:Column . :stg_a a csvw:Column ; prov:wasDerivedFrom :raw_a .
:mart_a a csvw:Column ; prov:wasDerivedFrom :stg_a . :mart_b a csvw:Column .
:total a iso:Metric ; prov:wasDerivedFrom :mart_a .
:report a dcat:Dataset ; prov:wasDerivedFrom :pg_mart .
:pg_mart a dcat:Dataset ; iso:qualifiedName "pg://mart" .
:sales a dprod:DataProduct ; dprod:outputDataset :mart .
"#;

fn reached(entity: Entity<'_>, level: Level, direction: Direction) -> String {
    let walk = lineage::walk(entity, level, direction, Limits::default());
    let model = entity.model();
    let mut nodes: Vec<String> = walk
        .nodes
        .iter()
        .map(|node| format!("{} {}", node.hops, model.entity_of(node.id).label()))
        .collect();
    nodes.sort_unstable();
    nodes.join(", ")
}

#[test]
fn datasets_and_columns_are_walked_apart() {
    let graph = snapshot(&[("dbt", CHAIN)]);
    let model = Model::new(&graph);
    let entity = |local: &str| {
        model
            .entity(&format!("https://example.org/{local}"))
            .unwrap()
    };
    let up = |local, level| reached(entity(local), level, Direction::Up);
    let down = |local, level| reached(entity(local), level, Direction::Down);
    assert_eq!(
        up("mart", Level::Dataset),
        "0 mart, 0 pg_mart, 1 ref, 1 stg, 2 raw"
    );
    assert_eq!(
        up("mart", Level::Column),
        "0 mart_a, 0 mart_b, 1 stg_a, 2 raw_a"
    );
    assert_eq!(
        up("mart_a", Level::Dataset),
        "0 mart, 0 pg_mart, 1 ref, 1 stg, 2 raw"
    );
    assert_eq!(
        up("sales", Level::Dataset),
        "0 mart, 0 pg_mart, 1 ref, 1 stg, 2 raw"
    );
    assert_eq!(down("raw", Level::Dataset), "0 raw, 1 stg, 2 mart");
    assert_eq!(
        down("raw", Level::Column),
        "0 raw_a, 1 stg_a, 2 mart_a, 3 total"
    );
    assert_eq!(down("mart", Level::Dataset), "0 mart, 0 pg_mart, 1 report");
    assert_eq!(
        up("total", Level::Column),
        "0 total, 1 mart_a, 2 stg_a, 3 raw_a"
    );
}

#[test]
fn paths_lead_from_one_end_to_the_other() {
    let graph = snapshot(&[("dbt", CHAIN)]);
    let model = Model::new(&graph);
    let entity = |local: &str| {
        model
            .entity(&format!("https://example.org/{local}"))
            .unwrap()
    };
    let count = |from, to, direction| {
        let (paths, partial) =
            lineage::paths(entity(from), entity(to), direction, 3, Limits::default());
        (paths.len(), partial)
    };
    assert_eq!(count("mart", "raw", Direction::Up), (1, false));
    assert_eq!(count("raw", "mart", Direction::Down), (1, false));
    assert_eq!(count("mart", "raw", Direction::Down), (0, false));
}
