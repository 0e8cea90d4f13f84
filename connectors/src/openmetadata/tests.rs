//! Entities as `OpenMetadata` gives them.

use serde_json::json;

use crate::shared::{lines, options, read_texts, report_lines};
use crate::{Input, Kind};

#[test]
fn tables_terms_and_lineage_are_read() {
    let tables = json!({"data": [
        {"id": "1", "name": "orders", "displayName": "Orders", "fullyQualifiedName": "pg.Shop.public.orders", "tableType": "Regular", "serviceType": "Postgres", "description": "All.",
         "owners": [{"type": "team", "name": "sales", "displayName": "Sales"}], "domains": [{"name": "retail", "displayName": "Retail"}], "dataProducts": [{"name": "Shop"}],
         "tags": [{"tagFQN": "Tier.Tier1", "source": "Classification"}], "sampleData": {"rows": [["secret"]]}, "profile": {"rowCount": 7.0}, "retentionPeriod": "P1Y",
         "columns": [
            {"name": "id", "dataType": "BIGINT", "constraint": "PRIMARY_KEY", "tags": [{"tagFQN": "G.Order number", "source": "Glossary"}]},
            {"name": "buyer", "dataType": "STRUCT", "dataTypeDisplay": "struct<mail:string>", "children": [{"name": "mail", "dataType": "STRING", "tags": [{"tagFQN": "PII.Sensitive", "source": "Classification"}]}]},
            {"dataType": "INT"}],
         "tableConstraints": [{"constraintType": "FOREIGN_KEY", "columns": ["id"], "referredColumns": ["pg.Shop.public.\"a.b\".id"]}]}
    ], "paging": {"total": 1}});
    let others = json!([
        {"name": "Order number", "fullyQualifiedName": "G.Order number", "glossary": {"name": "G", "fullyQualifiedName": "G"}, "description": "It counts.", "synonyms": ["order id"],
         "parent": {"fullyQualifiedName": "G.Order"}, "references": [{"name": "w", "endpoint": "https://example.org/w"}], "status": "Approved"},
        {"entityType": "domain", "name": "retail", "displayName": "Retail", "description": "Shops.", "domainType": "Aggregate"},
        {"entity": {"id": "1", "fullyQualifiedName": "pg.Shop.public.orders"}, "nodes": [{"id": "2", "fullyQualifiedName": "pg.Shop.public.raw"}],
         "upstreamEdges": [{"fromEntity": "2", "toEntity": "1", "lineageDetails": {"columnsLineage": [{"fromColumns": ["pg.Shop.public.raw.x"], "toColumn": "pg.Shop.public.orders.id"}]}}, {"fromEntity": "9", "toEntity": "1"}],
         "downstreamEdges": []},
        {"name": "ann", "isAdmin": true}
    ]);
    let read = read_texts(
        Kind::OpenMetadata,
        &[
            ("tables.json", &tables.to_string()),
            ("others.json", &others.to_string()),
        ],
        &options(),
    );
    let text = lines(&read);
    for line in [
        "dataset:s/pg.Shop.public.orders iso:qualifiedName \"postgres://shop.public.orders\"",
        "dataset:s/pg.Shop.public.orders iso:materialization \"table\"",
        "dataset:s/pg.Shop.public.orders iso:rowCount \"7\"^^<xsd:integer>",
        "dataset:s/pg.Shop.public.orders iso:inDomain domain:mesh/retail",
        "dataset:s/pg.Shop.public.orders dcat:keyword \"Tier.Tier1\"",
        "dataset:s/pg.Shop.public.orders iso:extra \"retentionPeriod=\\\"P1Y\\\"\"",
        "product:mesh/retail/shop dprod:outputDataset dataset:s/pg.Shop.public.orders",
        "owner:mesh/sales a org:Organization",
        "schema:s/pg.Shop.public.orders csvw:primaryKey \"id\"",
        "column:s/pg.Shop.public.orders/id iso:represents term:s/G.Order%20number",
        "column:s/pg.Shop.public.orders/buyer.mail iso:classification \"PII.Sensitive\"",
        "term:s/G.Order%20number skos:altLabel \"order id\"",
        "term:s/G.Order%20number skos:broader term:s/G.Order",
        "term:s/G.Order%20number iso:status \"Approved\"",
        "domain:mesh/retail skos:definition \"Shops.\"",
        "dataset:s/pg.Shop.public.orders prov:wasDerivedFrom dataset:s/pg.Shop.public.raw",
        "column:s/pg.Shop.public.orders/id prov:wasDerivedFrom column:s/pg.Shop.public.raw/x",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(!text.contains("secret"), "samples of data are never kept");
    let report = report_lines(&read.report);
    for part in [
        "`data[0].columns[2]`: the column has no name",
        "`[2].upstreamEdges[1]`: an edge has an end",
        "`[3]`: this is no entity that is read",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
}

#[test]
fn what_has_no_entity_is_an_error() {
    for text in ["{}", "[]", "7", "{\"data\": [1]}"] {
        let input = Input::text("x.json", text);
        assert!(
            crate::read(Kind::OpenMetadata, vec![input], &options()).is_err(),
            "{text}"
        );
    }
}

#[test]
fn metrics_tests_topics_and_edges_by_themselves_are_read() {
    let entities = json!({"data": [
        {"name": "rev", "fullyQualifiedName": "rev", "displayName": "Revenue", "metricExpression": {"language": "SQL", "code": "sum(amount)"}, "metricType": "SUM", "unitOfMeasurement": "DOLLARS", "domains": [{"name": "Retail"}]},
        {"name": "no_null", "fullyQualifiedName": "pg.shop.public.orders.id.no_null", "entityLink": "<#E::table::pg.shop.public.orders::columns::id>", "testDefinition": {"name": "columnValuesToBeNotNull"}, "testCaseResult": {"timestamp": 0, "testCaseStatus": "Failed", "result": "3 nulls"}},
        {"name": "orders", "fullyQualifiedName": "kafka.orders", "serviceType": "Kafka", "partitions": 3, "messageSchema": {"schemaType": "Avro", "schemaFields": [{"name": "Order", "dataType": "RECORD", "children": [{"name": "id", "dataType": "INT"}]}]}}
    ]});
    let table = |name: &str| json!({"id": name, "type": "table", "fullyQualifiedName": format!("pg.shop.public.{name}")});
    let lineage = json!([
        {"edge": {"fromEntity": table("raw"), "toEntity": table("orders"), "lineageDetails": {"columnsLineage": []}}},
        {"nodes": {"a": {"entity": table("a")}}, "upstreamEdges": {"x": {"fromEntity": table("a"), "toEntity": table("b"), "columns": [{"fromColumns": ["pg.shop.public.a.x"], "toColumn": "pg.shop.public.b.y"}]}}, "downstreamEdges": {}},
        {"name": "Order", "fullyQualifiedName": "G.Order", "glossary": {"name": "G"}, "relatedTerms": [{"relationType": "seeAlso", "term": {"fullyQualifiedName": "G.Buyer"}}]}
    ]);
    let read = read_texts(
        Kind::OpenMetadata,
        &[
            ("e.json", &entities.to_string()),
            ("l.json", &lineage.to_string()),
        ],
        &options(),
    );
    let text = lines(&read);
    for line in [
        "metric:s/rev a iso:Metric",
        "metric:s/rev iso:expression \"sum(amount)\"",
        "metric:s/rev iso:inDomain domain:mesh/retail",
        "quality:s/pg.shop.public.orders.id.no_null iso:about column:s/pg.shop.public.orders/id",
        "quality:s/pg.shop.public.orders.id.no_null/result iso:status \"fail\"",
        "dataset:s/kafka.orders iso:qualifiedName \"kafka://orders\"",
        "column:s/kafka.orders/id csvw:datatype \"INT\"",
        "dataset:s/pg.shop.public.orders prov:wasDerivedFrom dataset:s/pg.shop.public.raw",
        "dataset:s/pg.shop.public.b prov:wasDerivedFrom dataset:s/pg.shop.public.a",
        "column:s/pg.shop.public.b/y prov:wasDerivedFrom column:s/pg.shop.public.a/x",
        "term:s/G.Order skos:related term:s/G.Buyer",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let report = report_lines(&read.report);
    assert!(report.contains("skipped 0"), "{report}");
}
