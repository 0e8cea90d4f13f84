//! A shop with three layers: sales and marketing, which both have a `revenue`, and logistics, which has neither.

use isogloss::connectors::{Input, Kind, Mapping};
use isogloss::graph::Timestamp;
use isogloss::{Ingest, Isogloss};

const SALES: &str = r#"{
  "semantic_models": [
    {"name": "orders", "node_relation": {"alias": "orders", "schema_name": "sales"},
     "defaults": {"agg_time_dimension": "ordered_at"},
     "entities": [{"name": "order", "type": "primary", "expr": "order_id"}, {"name": "customer", "type": "foreign", "expr": "customer_id"}],
     "dimensions": [{"name": "ordered_at", "type": "time", "type_params": {"time_granularity": "day"}},
                    {"name": "channel", "type": "categorical", "description": "How the order came in."}],
     "measures": [{"name": "amount", "agg": "sum"}, {"name": "orders", "agg": "count", "expr": "order_id"}]},
    {"name": "customers", "node_relation": {"alias": "customers", "schema_name": "sales"},
     "entities": [{"name": "customer", "type": "primary", "expr": "customer_id"}],
     "dimensions": [{"name": "segment", "type": "categorical"}, {"name": "country", "type": "categorical"}]}
  ],
  "metrics": [
    {"name": "revenue", "label": "Sales Revenue", "description": "What customers paid. Without tax.", "type": "simple", "type_params": {"measure": {"name": "amount"}}},
    {"name": "order_count", "label": "Orders", "type": "simple", "type_params": {"measure": {"name": "orders"}}},
    {"name": "revenue_per_order", "type": "ratio", "type_params": {"numerator": {"name": "revenue"}, "denominator": {"name": "order_count"}}}
  ],
  "project_configuration": {"time_spines": []}, "saved_queries": []
}"#;

const MARKETING: &str = r#"{
  "semantic_models": [
    {"name": "campaigns", "node_relation": {"alias": "clicks", "schema_name": "marketing"},
     "defaults": {"agg_time_dimension": "clicked_at"},
     "entities": [{"name": "click", "type": "primary", "expr": "click_id"}, {"name": "customer", "type": "foreign", "expr": "customer_id"}],
     "dimensions": [{"name": "clicked_at", "type": "time", "type_params": {"time_granularity": "day"}},
                    {"name": "campaign", "type": "categorical"}],
     "measures": [{"name": "attributed", "agg": "sum"}, {"name": "click_rows", "agg": "count", "expr": "click_id"}]}
  ],
  "metrics": [
    {"name": "revenue", "description": "Revenue attributed to a click.", "type": "simple", "type_params": {"measure": {"name": "attributed"}}},
    {"name": "clicks", "type": "simple", "type_params": {"measure": {"name": "click_rows"}}}
  ],
  "project_configuration": {"time_spines": []}, "saved_queries": []
}"#;

const LOGISTICS: &str = "cubes:
  - name: parcels
    sql_table: logistics.parcels
    dimensions:
      - {name: parcel, sql: parcel_id, type: string, primary_key: true}
      - {name: carrier, sql: carrier, type: string}
      - {name: sent_at, sql: sent_at, type: time}
    measures:
      - {name: parcel_count, type: count}
";

const DOMAINS: &str = r#"{"kind":"domain","id":"sales","name":"Sales"}
{"kind":"domain","id":"marketing","name":"Marketing"}
{"kind":"domain","id":"logistics","name":"Logistics"}
"#;

const RULES: &str = "
[[mapping.rules]]
schema = 'sales'
domain = 'Sales'
[[mapping.rules]]
schema = 'marketing'
domain = 'Marketing'
[[mapping.rules]]
schema = 'logistics'
domain = 'Logistics'
";

fn source(name: &str, kind: Kind, file: &str, text: &str) -> Ingest {
    let mut ingest = Ingest::new(name.parse().unwrap(), kind, vec![Input::text(file, text)]);
    ingest.mapping = Mapping::parse(RULES).unwrap();
    ingest
}

/// The mesh; its layers are called like their sources.
pub(crate) fn mesh() -> Isogloss {
    with_marketing(MARKETING)
}

/// The same, but that no two layers have a metric of one name.
pub(crate) fn mesh_of_unlike_names() -> Isogloss {
    with_marketing(&MARKETING.replace("\"revenue\"", "\"attributed_revenue\""))
}

fn with_marketing(marketing: &str) -> Isogloss {
    let mesh = Isogloss::in_memory();
    let layer = Kind::SemanticLayer;
    mesh.ingest_all(vec![
        source("mesh", Kind::CatalogLines, "domains.jsonl", DOMAINS),
        source("sales", layer, "semantic_manifest.json", SALES),
        source("marketing", layer, "semantic_manifest.json", marketing),
        source("logistics", layer, "parcels.yml", LOGISTICS),
    ])
    .unwrap();
    mesh
}

/// Takes a source away.
pub(crate) fn remove(mesh: &Isogloss, source: &str) {
    mesh.remove_source(&source.parse().unwrap(), "test", Timestamp(1))
        .unwrap();
}
