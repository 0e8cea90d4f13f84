//! Impact through meaning, and centrality.

use std::collections::BTreeSet;

use graph_core::traverse::Limits;
use semantic_model::centrality::Centrality;
use semantic_model::impact::{Impact, Place, Question, Severity, search};
use semantic_model::{Entity, Model};

use crate::graph::snapshot;

const MESH: &str = r#"
:orders a dcat:Dataset ; iso:qualifiedName "pg://orders" ; csvw:tableSchema :orders_schema ;
    dcterms:conformsTo :contract ; odrl:hasPolicy :policy ; iso:inDomain :sales .
:orders_schema csvw:column :orders_amount, :orders_note .
:orders_amount a csvw:Column ; iso:name "amount" ; iso:represents :revenue_term .
:orders_note a csvw:Column ; iso:name "note" .
:mart a dcat:Dataset ; prov:wasDerivedFrom :orders ; csvw:tableSchema :mart_schema .
:mart_schema csvw:column :mart_amount .
:mart_amount a csvw:Column ; iso:name "amount" ; prov:wasDerivedFrom :orders_amount .
:side a dcat:Dataset ; prov:wasDerivedFrom :orders .
:revenue a iso:Metric ; prov:wasDerivedFrom :mart_amount .
:count a iso:Metric ; prov:wasDerivedFrom :orders_note .
:revenue_term a iso:Term, skos:Concept ; skos:prefLabel "Revenue" .
:product a dprod:DataProduct ; dprod:outputDataset :mart ; dprod:dataProductOwner :ann .
:reader a dprod:DataProduct ; dprod:inputDataset :orders .
:contract a iso:DataContract . :sales a iso:Domain .
:ann a prov:Person ; foaf:name "Ann" .
:policy a odrl:Policy .
:use a duv:Usage ; prov:used :orders ; iso:queryCount 40 ; prov:wasAssociatedWith :bob .
:bob a prov:Person .
"#;

const CATALOG: &str = r#"
:pg_orders a dcat:Dataset ; iso:qualifiedName "pg://orders" .
:bi_report a dcat:Dataset ; prov:wasDerivedFrom :pg_orders .
"#;

const WIDE: Limits = Limits {
    max_hops: 100,
    max_nodes: 1_000,
};

fn told(model: &Model<'_>, impact: &Impact) -> Vec<String> {
    let graph = model.graph();
    let name = |id| graph.text(id).replace("https://example.org/", "");
    let told = impact.items.iter();
    told.map(|item| format!("{:?} {} {}", item.severity, item.hops, name(item.id)))
        .collect()
}

fn entity<'m>(model: &'m Model<'m>, local: &str) -> Entity<'m> {
    model
        .entity(&format!("https://example.org/{local}"))
        .expect("the mesh speaks of it")
}

#[test]
fn a_column_reaches_everything_that_rests_on_it() {
    let graph = snapshot(&[("dbt", MESH), ("catalog", CATALOG)]);
    let model = Model::new(&graph);
    let amount = entity(&model, "orders_amount");
    let found = search(amount, Question::Impact, WIDE);
    assert!(!found.partial);
    assert_eq!(
        told(&model, &found),
        [
            "Breaks 1 orders",
            "Breaks 1 pg_orders",
            "Breaks 1 mart_amount",
            "Breaks 2 reader",
            "Breaks 2 mart",
            "Breaks 2 revenue",
            "Affects 1 revenue_term",
            "Affects 2 bi_report",
            "Affects 2 side",
            "Affects 2 count",
            "Affects 2 contract",
            "Affects 2 policy",
            "Affects 3 product",
            "Informs 2 bob",
            "Informs 4 ann",
        ]
    );
    let revenue = entity(&model, "revenue").id();
    let why = &found.items.iter().find(|it| it.id == revenue).unwrap().why;
    let name = |id| graph.text(id).replace("https://example.org/", "");
    let chain: Vec<String> = why.iter().map(|step| name(step.to)).collect();
    assert_eq!(chain, ["mart_amount", "revenue"]);
    for item in &found.items {
        assert_eq!(item.why.first().unwrap().from, amount.id());
        assert_eq!(item.why.last().unwrap().to, item.id);
        assert!(item.why.windows(2).all(|pair| pair[0].to == pair[1].from));
    }
}

#[test]
fn what_something_rests_on_is_the_other_way_round() {
    let graph = snapshot(&[("dbt", MESH), ("catalog", CATALOG)]);
    let model = Model::new(&graph);
    let found = search(entity(&model, "revenue"), Question::Foundations, WIDE);
    assert_eq!(
        told(&model, &found),
        [
            "Breaks 1 mart_amount",
            "Breaks 2 mart",
            "Breaks 2 orders_amount",
            "Breaks 3 orders",
            "Breaks 3 pg_orders",
            "Affects 3 revenue_term",
        ]
    );
    let product = search(entity(&model, "reader"), Question::Foundations, WIDE);
    assert_eq!(product.items[0].severity, Severity::Breaks);
    let policy = search(entity(&model, "orders"), Question::Impact, WIDE);
    assert!(policy.items.iter().any(|it| it.place == Place::Policy));
}

#[test]
fn limits_are_told_exactly() {
    let graph = snapshot(&[("dbt", MESH), ("catalog", CATALOG)]);
    let model = Model::new(&graph);
    for root in [
        "orders_amount",
        "orders",
        "revenue_term",
        "contract",
        "sales",
        "ann",
    ] {
        let root = entity(&model, root);
        for question in [Question::Impact, Question::Foundations] {
            let whole = search(root, question, WIDE);
            let all: BTreeSet<_> = whole.items.iter().map(|it| it.id).collect();
            assert!(!whole.partial);
            for max_hops in 0..6 {
                for max_nodes in 0..18 {
                    let cut = search(
                        root,
                        question,
                        Limits {
                            max_hops,
                            max_nodes,
                        },
                    );
                    let ids: BTreeSet<_> = cut.items.iter().map(|it| it.id).collect();
                    assert!(ids.is_subset(&all) && ids.len() <= max_nodes);
                    assert!(cut.items.iter().all(|it| it.hops <= max_hops));
                    assert_eq!(cut.partial, ids != all, "{root:?} {max_hops} {max_nodes}");
                }
            }
        }
    }
}

#[test]
fn what_much_is_made_from_and_used_is_central() {
    let graph = snapshot(&[("dbt", MESH), ("catalog", CATALOG)]);
    let model = Model::new(&graph);
    let centrality = Centrality::compute(&model);
    let of = |local: &str| centrality.of(entity(&model, local).id());
    assert!((of("orders").score - 1.0).abs() < 1e-9);
    assert_eq!((of("orders").incoming, of("orders").outgoing), (4, 0));
    assert!(of("orders").score > of("pg_orders").score);
    assert!(of("pg_orders").score > of("side").score);
    assert!((of("ann").score, of("ann").incoming) == (0.0, 0));
    let empty = snapshot(&[]);
    let model = Model::new(&empty);
    assert!(Centrality::compute(&model).is_empty());
}
