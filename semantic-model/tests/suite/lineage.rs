//! Lineage over the mesh, between datasets and between columns.

use graph_core::traverse::{Direction, Limits};
use semantic_model::lineage::{self, Filter, Level, Request, Rest};
use semantic_model::{Entity, EntityKind, Model};

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
    let request = Request::new(level, direction, Limits::default());
    let walk = lineage::walk(entity, &request);
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
    // The mart is one table in two sources: what is made from either is made from both.
    assert_eq!(
        down("raw", Level::Dataset),
        "0 raw, 1 stg, 2 mart, 2 pg_mart, 3 report"
    );
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

/// What a filtered walk shows, and its edges from upstream to downstream.
fn shown(entity: Entity<'_>, filter: Filter, predicates: &[&str]) -> (String, String) {
    let request = Request {
        filter,
        predicates: predicates.iter().map(|it| (*it).to_owned()).collect(),
        ..Request::new(Level::Dataset, Direction::Both, Limits::default())
    };
    let walk = lineage::walk(entity, &request);
    assert!(!walk.partial);
    let label = |id| entity.model().entity_of(id).label();
    let mut nodes: Vec<String> = walk.nodes.iter().map(|it| label(it.id)).collect();
    let mut edges: Vec<String> = walk
        .links
        .iter()
        .map(|it| {
            let dots = if it.indirect { "..>" } else { ">" };
            format!("{}{dots}{}", label(it.object), label(it.subject))
        })
        .collect();
    nodes.sort_unstable();
    edges.sort_unstable();
    (nodes.join(" "), edges.join(" "))
}

const FILTERED: &str = r#"
:raw a dcat:Dataset ; iso:materialization "source" ; iso:inDomain :crm .
:stg a dcat:Dataset ; iso:materialization "view" ; prov:wasDerivedFrom :raw .
:mart a dcat:Dataset ; iso:materialization "table" ; prov:wasDerivedFrom :stg ; iso:inDomain :crm .
:total a iso:Metric ; prov:wasDerivedFrom :mart ; iso:inDomain :finance .
:other a dcat:Dataset ; prov:wasRevisionOf :mart .
:crm a iso:Domain ; rdfs:label "CRM" . :finance a iso:Domain .
"#;

#[test]
fn filters_contract_or_stop() {
    let graph = snapshot(&[("dbt", FILTERED), ("extra", ":total iso:name \"total\" .")]);
    let model = Model::new(&graph);
    let entity = |local: &str| {
        model
            .entity(&format!("https://example.org/{local}"))
            .unwrap()
    };
    let mart = entity("mart");
    let both = |contract: Filter| {
        let stop = Filter {
            rest: Rest::Stop,
            ..contract.clone()
        };
        (shown(mart, contract, &[]), shown(mart, stop, &[]))
    };
    let pair = |nodes: &str, edges: &str| (nodes.to_owned(), edges.to_owned());
    let (contracted, stopped) = both(Filter {
        materializations: vec!["Table".to_owned(), "source".to_owned()],
        ..Filter::default()
    });
    assert_eq!(contracted, pair("mart raw total", "mart>total raw..>mart"));
    assert_eq!(stopped, pair("mart total", "mart>total"));
    let (contracted, _) = both(Filter {
        domains: vec!["crm".to_owned()],
        ..Filter::default()
    });
    assert_eq!(contracted, pair("mart raw", "raw..>mart"));
    let (contracted, _) = both(Filter {
        kinds: vec![EntityKind::Metric],
        ..Filter::default()
    });
    assert_eq!(contracted, pair("mart total", "mart>total"));
    let (contracted, _) = both(Filter {
        sources: vec!["extra".to_owned()],
        ..Filter::default()
    });
    assert_eq!(contracted, pair("mart total", "mart>total"));
    let revisions = shown(mart, Filter::default(), &["wasRevisionOf"]);
    assert_eq!(revisions, pair("mart other", "mart>other"));
    let nothing = shown(mart, Filter::default(), &["neverUsed"]);
    assert_eq!(nothing, pair("mart", ""));
}

#[test]
fn columns_of_one_table_in_two_sources_are_one_and_cycles_are_told() {
    let dbt = r#"
        :a a dcat:Dataset ; iso:qualifiedName "pg://a" ; csvw:tableSchema [ csvw:column :a_id ] .
        :a_id a csvw:Column ; iso:name "ID" .
        :b a dcat:Dataset ; prov:wasDerivedFrom :a ; csvw:tableSchema [ csvw:column :b_id ] .
        :b_id a csvw:Column ; iso:name "id" ; prov:wasDerivedFrom :a_id ."#;
    let catalog = r#"
        :a2 a dcat:Dataset ; iso:qualifiedName "pg://a" ; csvw:tableSchema [ csvw:column :a2_id ] ; prov:wasDerivedFrom :b .
        :a2_id a csvw:Column ; iso:name "id" ; prov:wasDerivedFrom :source_id .
        :c a dcat:Dataset ; owl:sameAs :b ; prov:wasDerivedFrom :c ."#;
    let graph = snapshot(&[("dbt", dbt), ("catalog", catalog)]);
    let model = Model::new(&graph);
    let entity = |local: &str| {
        model
            .entity(&format!("https://example.org/{local}"))
            .unwrap()
    };
    assert_eq!(
        reached(entity("b"), Level::Column, Direction::Up),
        "0 id, 1 ID, 1 id, 2 source_id"
    );
    let request = Request::new(Level::Dataset, Direction::Down, Limits::default());
    let walk = lineage::walk(entity("a"), &request);
    let label = |id| model.entity_of(id).label();
    let cycles: Vec<Vec<String>> = walk
        .cycles
        .iter()
        .map(|cycle| cycle.along.iter().map(|id| label(*id)).collect())
        .collect();
    // `a` makes `b`, and `a2`, which is `a`, is made from `b`; what `c`, which is `b`, makes of itself lies within.
    assert_eq!(cycles.len(), 1, "{cycles:?}");
    let (paths, _) = lineage::paths(
        entity("c"),
        entity("a"),
        Direction::Up,
        3,
        Limits::default(),
    );
    assert_eq!(paths.len(), 1);
    let alone = snapshot(&[("dbt", ":x a dcat:Dataset ; prov:wasDerivedFrom :x .")]);
    let model = Model::new(&alone);
    let x = model.entity("https://example.org/x").unwrap();
    let walk = lineage::walk(x, &request);
    assert_eq!(walk.cycles[0].along, [x.id()]);
}
