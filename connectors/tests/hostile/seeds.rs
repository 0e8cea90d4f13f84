//! Small sound documents of every format: what mutations start from.

/// File names and documents.
pub(crate) const SEEDS: &[(&str, &str)] = &[
    (
        "manifest.json",
        r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "adapter_type": "postgres",
            "project_name": "shop"},
          "nodes": {"model.shop.orders": {"unique_id": "model.shop.orders", "resource_type": "model", "name": "orders",
              "database": "shop", "schema": "public", "alias": "orders", "relation_name": "\"shop\".\"public\".\"orders\"",
              "columns": {"id": {"name": "id", "description": "The key.", "data_type": "bigint"}},
              "config": {"materialized": "table", "meta": {"owner": "@ann"}}, "tags": ["gold"],
              "compiled_code": "select o.id, sum(o.total) as total from raw.orders o group by 1",
              "depends_on": {"nodes": ["source.shop.raw.orders"], "macros": []}},
            "test.shop.not_null": {"unique_id": "test.shop.not_null", "resource_type": "test", "name": "not_null",
              "column_name": "id", "attached_node": "model.shop.orders", "depends_on": {"nodes": ["model.shop.orders"]},
              "test_metadata": {"name": "not_null", "kwargs": {"column_name": "id"}}}},
          "sources": {"source.shop.raw.orders": {"unique_id": "source.shop.raw.orders", "resource_type": "source", "name": "orders",
              "source_name": "raw", "schema": "raw", "database": "shop", "identifier": "orders", "columns": {},
              "freshness": {"warn_after": {"count": 12, "period": "hour"}}}},
          "metrics": {}, "exposures": {"exposure.shop.report": {"unique_id": "exposure.shop.report", "name": "report",
              "type": "dashboard", "owner": {"name": "Ann", "email": "ann@example.com"}, "depends_on": {"nodes": ["model.shop.orders"]}}},
          "groups": {}, "parent_map": {}, "child_map": {}, "disabled": {}, "docs": {}}"#,
    ),
    (
        "catalog.json",
        r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"}, "sources": {},
          "nodes": {"model.shop.orders": {"unique_id": "model.shop.orders", "metadata": {"type": "BASE TABLE", "schema": "public",
            "name": "orders", "database": "shop"}, "columns": {"id": {"index": 1, "name": "id", "type": "bigint"}}, "stats": {}}}}"#,
    ),
    (
        "run_results.json",
        r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "generated_at": "2026-01-02T03:04:05Z"},
          "results": [{"unique_id": "test.shop.not_null", "status": "Fail", "failures": 3, "timing": [], "execution_time": 0.5}]}"#,
    ),
    (
        "orders.odcs.yaml",
        "apiVersion: v3.0.2\nkind: DataContract\nid: c1\nname: orders\nversion: 1.0.0\nstatus: active\ndomain: sales\n\
         servers:\n  - server: prod\n    type: postgres\n    database: shop\n    schema: public\n\
         schema:\n  - name: orders\n    physicalName: orders\n    properties:\n      - name: id\n        logicalType: integer\n\
         \x20       primaryKey: true\n        quality:\n          - rule: nullCheck\n            mustBe: 0\n\
         team:\n  - username: ann\n    role: owner\n",
    ),
    (
        "lines.jsonl",
        "{\"kind\":\"domain\",\"id\":\"sales\",\"name\":\"Sales\"}\n{\"kind\":\"product\",\"id\":\"shop\",\"parent\":\"sales\",\"name\":\"Shop\"}\n\
         {\"kind\":\"table\",\"id\":\"shop/orders\",\"parent\":\"shop\",\"name\":\"orders\"}\n\
         {\"kind\":\"column\",\"id\":\"shop/orders/id\",\"parent\":\"shop/orders\",\"name\":\"id\",\"type\":\"int\"}\n",
    ),
    (
        "dump.json",
        r#"{"tables": [{"table_catalog": "shop", "table_schema": "public", "table_name": "orders", "table_type": "BASE TABLE"},
            {"table_catalog": "shop", "table_schema": "public", "table_name": "v", "table_type": "VIEW"}],
          "columns": [{"table_catalog": "shop", "table_schema": "public", "table_name": "orders", "column_name": "id",
            "ordinal_position": 1, "is_nullable": "NO", "data_type": "bigint"}],
          "views": [{"table_catalog": "shop", "table_schema": "public", "table_name": "v",
            "view_definition": "SELECT o.id, CASE WHEN o.id > 1 THEN 'a' ELSE 'b' END AS c FROM orders o;"}],
          "table_constraints": [], "key_column_usage": [], "referential_constraints": [], "constraint_column_usage": [], "comments": []}"#,
    ),
    (
        "events.ndjson",
        "{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-01-02T03:04:05Z\",\"run\":{\"runId\":\"01890000-0000-7000-8000-000000000000\"},\
         \"job\":{\"namespace\":\"n\",\"name\":\"j\"},\"inputs\":[{\"namespace\":\"postgres://db:5432\",\"name\":\"shop.public.raw\"}],\
         \"outputs\":[{\"namespace\":\"postgres://db:5432\",\"name\":\"shop.public.orders\",\"facets\":{\"columnLineage\":{\"fields\":{\"id\":\
         {\"inputFields\":[{\"namespace\":\"postgres://db:5432\",\"name\":\"shop.public.raw\",\"field\":\"id\",\
         \"transformations\":[{\"type\":\"DIRECT\",\"subtype\":\"IDENTITY\",\"masking\":false}]}]}}}}}],\
         \"producer\":\"https://example.com\",\"schemaURL\":\"https://openlineage.io/spec/2-0-2/OpenLineage.json\"}\n",
    ),
    (
        "semantic_manifest.json",
        r#"{"semantic_models": [{"name": "orders", "node_relation": {"alias": "orders", "schema_name": "shop"},
            "entities": [{"name": "customer", "type": "foreign", "expr": "customer_id"}],
            "dimensions": [{"name": "day", "type": "time", "type_params": {"time_granularity": "day"}}],
            "measures": [{"name": "revenue", "agg": "sum", "expr": "amount"}]}],
          "metrics": [{"name": "revenue", "type": "simple", "type_params": {"measure": {"name": "revenue"}}}]}"#,
    ),
    (
        "cube.yml",
        "cubes:\n  - name: orders\n    sql_table: public.orders\n    measures:\n      - name: count\n        type: count\n\
         \x20   dimensions:\n      - name: id\n        sql: id\n        type: number\n        primary_key: true\n",
    ),
    (
        "postgresql.csv",
        "2026-01-02 03:04:05.678 UTC,\"ann\",\"shop\",1,\"[local]\",a.b,1,\"SELECT\",2026-01-02 03:00:00 UTC,1/2,0,LOG,00000,\
         \"statement: select o.id, 'x' from public.orders o where o.id = 7\",,,,,,,,,\"psql\",\"client backend\",,0\n",
    ),
    (
        "postgresql.log",
        "2026-01-02 03:04:05.678 UTC [17] ann@shop LOG:  duration: 1.5 ms  statement: select count(*) from orders\n\
         2026-01-02 03:04:06.678 UTC [17] ann@shop ERROR:  relation \"nope\" does not exist at character 15\n\
         2026-01-02 03:04:06.678 UTC [17] ann@shop STATEMENT:  select * from nope\n",
    ),
    (
        "history.jsonl",
        "{\"sql\":\"select id from orders where total > 5\",\"user\":\"ann\",\"time\":\"2026-01-02T03:04:05Z\",\"rows\":3,\"duration\":1.5}\n",
    ),
    (
        "export.json",
        r#"[{"entityType": "dataset", "entityUrn": "urn:li:dataset:(urn:li:dataPlatform:postgres,shop.public.orders,PROD)",
            "changeType": "UPSERT", "aspectName": "schemaMetadata", "aspect": {"value": "{\"schemaName\":\"orders\",\"fields\":[{\"fieldPath\":\"id\",\"nativeDataType\":\"bigint\"}]}",
            "contentType": "application/json"}}]"#,
    ),
    (
        "v1.metadata.json",
        r#"{"format-version": 2, "table-uuid": "u1", "location": "s3://lake/db/orders", "last-updated-ms": 1700000000000,
          "last-column-id": 2, "current-schema-id": 0, "schemas": [{"schema-id": 0, "type": "struct", "fields": [
            {"id": 1, "name": "id", "required": true, "type": "long"},
            {"id": 2, "name": "lines", "required": false, "type": {"type": "list", "element-id": 3, "element": "string", "element-required": false}}]}]}"#,
    ),
    (
        "datapackage.json",
        r#"{"name": "shop", "title": "Shop", "resources": [{"name": "orders", "path": "orders.csv", "schema": {"primaryKey": "id",
            "fields": [{"name": "id", "type": "integer", "constraints": {"required": true}}],
            "foreignKeys": [{"fields": "id", "reference": {"resource": "orders", "fields": "id"}}]}}]}"#,
    ),
    (
        "terms.ttl",
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<urn:t:a> a skos:Concept ; skos:prefLabel \"A\"@en ; skos:broader [ skos:prefLabel \"B\" ] .\n",
    ),
    (
        "terms.rdf",
        "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY x \"urn:x:\">]><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"\
         xmlns:s=\"http://www.w3.org/2004/02/skos/core#\"><s:Concept rdf:about=\"&x;a\"><s:prefLabel xml:lang=\"en\">A</s:prefLabel></s:Concept></rdf:RDF>",
    ),
    (
        "terms.jsonld",
        r#"{"@context": {"skos": "http://www.w3.org/2004/02/skos/core#"}, "@id": "urn:t:a", "@type": "skos:Concept", "skos:prefLabel": "A"}"#,
    ),
];
