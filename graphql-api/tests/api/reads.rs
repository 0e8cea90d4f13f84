//! Entities, lists, lineage and versions.

use async_graphql::{Request, Variables, value};
use serde_json::json;

use crate::mesh::{LINES, ask, data, empty, ingest, mesh, texts};

const CUSTOMERS: &str = "urn:isogloss:dataset:shop/billing/customers";

async fn iri_of(schema: &graphql_api::Schema, list: &str, label: &str) -> String {
    let answer = ask(
        schema,
        &format!("{{ {list}(first: 100) {{ nodes {{ iri label }} }} }}"),
    )
    .await;
    let nodes = answer[list]["nodes"].as_array().expect("a list");
    let found = nodes
        .iter()
        .find(|node| node["label"] == label)
        .expect("an entity of this label");
    found["iri"].as_str().expect("an IRI").to_owned()
}

#[tokio::test]
async fn root_lists_have_counts_and_pages() {
    let (schema, _) = mesh().await;
    let answer = ask(
        &schema,
        "{ domains { totalCount nodes { label } } dataProducts { totalCount } datasets(first: 3) { totalCount \
         edges { cursor node { iri } } pageInfo { hasNextPage hasPreviousPage endCursor } } terms { totalCount } metrics { totalCount } }",
    )
    .await;
    assert_eq!(
        texts(&answer["domains"]["nodes"], "label"),
        ["Finance", "Marketing"]
    );
    assert_eq!(answer["dataProducts"]["totalCount"], 2);
    assert_eq!(answer["datasets"]["totalCount"], 4);
    assert_eq!(
        (
            &answer["terms"]["totalCount"],
            &answer["metrics"]["totalCount"]
        ),
        (&json!(1), &json!(1))
    );
    let page = &answer["datasets"]["pageInfo"];
    assert_eq!(
        (&page["hasNextPage"], &page["hasPreviousPage"]),
        (&json!(true), &json!(false))
    );
    let after = page["endCursor"].as_str().expect("a cursor");
    assert_eq!(answer["datasets"]["edges"][2]["cursor"], after);
    let rest = ask(
        &schema,
        &format!("{{ datasets(first: 3, after: \"{after}\") {{ nodes {{ iri }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"),
    )
    .await;
    let mut seen: Vec<String> = (0..3)
        .map(|n| answer["datasets"]["edges"][n]["node"]["iri"].to_string())
        .collect();
    seen.extend(
        rest["datasets"]["nodes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|node| node["iri"].to_string()),
    );
    seen.dedup();
    assert_eq!(seen.len(), 4, "{seen:?}");
    assert_eq!(
        rest["datasets"]["pageInfo"],
        json!({"hasNextPage": false, "hasPreviousPage": true})
    );
}

#[tokio::test]
async fn lists_are_filtered_by_domain_and_product() {
    let (schema, _) = mesh().await;
    let finance = iri_of(&schema, "domains", "Finance").await;
    let marketing = iri_of(&schema, "domains", "Marketing").await;
    let crm = iri_of(&schema, "dataProducts", "CRM").await;
    let answer = ask(
        &schema,
        &format!(
            "{{ a: datasets(domain: \"{finance}\") {{ totalCount }} b: datasets(product: \"{crm}\") {{ nodes {{ label products {{ label }} domains {{ label }} }} }} \
             c: datasets(product: \"{crm}\", domain: \"{finance}\") {{ totalCount }} d: dataProducts(domain: \"{marketing}\") {{ nodes {{ label owners {{ label emails }} purpose }} }} \
             e: terms(domain: \"{finance}\") {{ nodes {{ label definition altLabels }} }} }}"
        ),
    )
    .await;
    assert_eq!(answer["a"]["totalCount"], 3);
    assert_eq!(
        answer["b"]["nodes"],
        json!([{"label": "customers", "products": [{"label": "CRM"}], "domains": [{"label": "Marketing"}]}])
    );
    assert_eq!(answer["c"]["totalCount"], 0);
    assert_eq!(
        answer["d"]["nodes"],
        json!([{"label": "CRM", "owners": [{"label": "Ann Lee", "emails": ["ann@example.org"]}], "purpose": "Campaigns"}])
    );
    assert_eq!(
        answer["e"]["nodes"],
        json!([{"label": "Customer", "definition": "A party with an invoice.", "altLabels": ["client"]}])
    );
}

#[tokio::test]
async fn an_entity_is_the_same_by_iri_and_by_id() {
    let (schema, _) = mesh().await;
    let by_iri = ask(&schema, &format!("{{ entity(iri: \"{CUSTOMERS}\") {{ __typename id iri kind label description version }} }}")).await;
    let entity = &by_iri["entity"];
    assert_eq!(
        (&entity["__typename"], &entity["kind"]),
        (&json!("Dataset"), &json!("DATASET"))
    );
    assert_eq!(entity["description"], "Parties that we invoice.");
    let text = "query($id: ID!, $ids: [ID!]!) { node(id: $id) { __typename id ... on Dataset { iri } } nodes(ids: $ids) { id } }";
    // base64url of `term:urn:isogloss:dataset:shop/billing/customers`: right IRI, wrong kind.
    let wrong_kind = "dGVybTp1cm46aXNvZ2xvc3M6ZGF0YXNldDpzaG9wL2JpbGxpbmcvY3VzdG9tZXJz";
    let variables = Variables::from_value(value!({
        "id": entity["id"].as_str().expect("an id"),
        "ids": [entity["id"].as_str().expect("an id"), wrong_kind],
    }));
    let by_id = data(
        schema
            .execute(Request::new(text).variables(variables))
            .await,
    );
    assert_eq!(
        by_id["node"],
        json!({"__typename": "Dataset", "id": entity["id"], "iri": CUSTOMERS})
    );
    assert_eq!(by_id["nodes"], json!([{"id": entity["id"]}, null]));
    assert_eq!(
        ask(&schema, "{ entity(iri: \"urn:nothing\") { id } }").await,
        json!({"entity": null})
    );
}

#[tokio::test]
async fn an_entity_says_what_sources_say_and_how_it_relates() {
    let (schema, _) = mesh().await;
    let text = format!(
        "{{ entity(iri: \"{CUSTOMERS}\") {{
            statements(first: 100) {{ totalCount nodes {{ predicate name value {{ kind text datatype entity {{ label }} }} source {{ name connector }} }} }}
            named: statements(predicate: [\"description\"]) {{ nodes {{ value {{ text kind }} }} }}
            out: relationships(direction: OUT, types: [\"wasDerivedFrom\"]) {{ nodes {{ name direction entity {{ iri }} }} }}
            in: relationships(direction: IN, first: 1) {{ totalCount nodes {{ direction }} pageInfo {{ hasNextPage }} }}
            ... on Dataset {{ columns {{ nodes {{ label datatype terms {{ label }} dataset {{ iri }} }} }}
                upstream {{ nodes {{ iri }} }} downstream {{ nodes {{ label }} }} }} }} }}"
    );
    let entity = &ask(&schema, &text).await["entity"];
    let all = entity["statements"]["nodes"]
        .as_array()
        .expect("statements");
    assert!(
        all.len() >= 5 && entity["statements"]["totalCount"] == all.len(),
        "{entity}"
    );
    assert!(
        all.iter()
            .all(|it| it["source"] == json!({"name": "shop", "connector": "catalog-lines"})),
        "{entity}"
    );
    assert_eq!(
        entity["named"]["nodes"],
        json!([{"value": {"text": "Parties that we invoice.", "kind": "LITERAL"}}])
    );
    assert_eq!(
        entity["out"]["nodes"],
        json!([{"name": "wasDerivedFrom", "direction": "OUT", "entity": {"iri": "urn:isogloss:dataset:shop/crm/customers"}}])
    );
    assert!(
        entity["in"]["totalCount"]
            .as_u64()
            .is_some_and(|count| count >= 2),
        "{entity}"
    );
    assert_eq!(entity["in"]["nodes"], json!([{"direction": "IN"}]));
    assert_eq!(
        entity["columns"]["nodes"],
        json!([{"label": "customer_no", "datatype": "int", "terms": [{"label": "Customer"}], "dataset": {"iri": CUSTOMERS}}])
    );
    assert_eq!(
        entity["upstream"]["nodes"],
        json!([{"iri": "urn:isogloss:dataset:shop/crm/customers"}])
    );
    assert_eq!(entity["downstream"]["nodes"], json!([{"label": "revenue"}]));
}

#[tokio::test]
async fn every_kind_of_entity_has_its_own_fields() {
    let (schema, _) = mesh().await;
    let metric = iri_of(&schema, "metrics", "Revenue").await;
    let finance = iri_of(&schema, "domains", "Finance").await;
    let text = format!(
        "{{ metric: entity(iri: \"{metric}\") {{ label ... on Metric {{ expression aggregation derivedFrom {{ label kind }} }} }}
           domain: entity(iri: \"{finance}\") {{ ... on Domain {{ dataProducts {{ nodes {{ label }} }} datasets {{ totalCount }} glossary {{ nodes {{ label }} }} contracts {{ label }} }} }}
           contract: entity(iri: \"urn:isogloss:contract:shop/invoices-v1\") {{ ... on Contract {{ contractVersion status datasets {{ nodes {{ label }} }} }} }}
           column: entity(iri: \"urn:isogloss:column:shop/billing/invoices/customer_no\") {{ ... on Column {{ references {{ iri }} isPrimaryKey classifications }} }}
           owner: entity(iri: \"urn:isogloss:source:shop\") {{ kind label ... on Source {{ name connector actor committedAt committedVersion }} domains {{ label }} statements {{ totalCount }} }} }}"
    );
    let answer = ask(&schema, &text).await;
    assert_eq!(answer["metric"]["expression"], "sum(amount)");
    assert_eq!(
        answer["metric"]["derivedFrom"],
        json!([{"label": "amount", "kind": "COLUMN"}])
    );
    assert_eq!(
        answer["domain"]["dataProducts"]["nodes"],
        json!([{"label": "Billing"}])
    );
    assert_eq!(
        answer["domain"]["glossary"]["nodes"],
        json!([{"label": "Customer"}])
    );
    assert_eq!(answer["contract"]["contractVersion"], "1.2.0", "{answer}");
    assert_eq!(
        answer["contract"]["datasets"]["nodes"],
        json!([{"label": "invoices"}])
    );
    assert_eq!(
        answer["column"]["references"],
        json!([{"iri": "urn:isogloss:column:shop/billing/customers/customer_no"}])
    );
    assert_eq!(
        answer["owner"],
        json!({"kind": "SOURCE", "label": "shop", "name": "shop", "connector": "catalog-lines", "actor": "tester",
               "committedAt": "2026-11-22T18:30:00.000Z", "committedVersion": 1, "domains": [], "statements": {"totalCount": 0}})
    );
}

#[tokio::test]
async fn lineage_and_paths_lead_from_origin_to_use() {
    let (schema, _) = mesh().await;
    let text = format!(
        "{{ all: lineage(iri: \"{CUSTOMERS}\") {{ root {{ label }} nodes {{ hops entity {{ iri }} }} edges {{ from to }} partial hasCycle version }}
           up: lineage(iri: \"{CUSTOMERS}\", direction: UP, maxNodes: 1) {{ nodes {{ hops }} partial }}
           paths(from: \"urn:isogloss:dataset:shop/crm/customers\", to: \"urn:isogloss:dataset:shop/billing/revenue\") {{ paths {{ nodes {{ iri }} }} partial }} }}"
    );
    let answer = ask(&schema, &text).await;
    let nodes = answer["all"]["nodes"].as_array().expect("nodes");
    assert_eq!(
        nodes.first(),
        Some(&json!({"hops": 0, "entity": {"iri": CUSTOMERS}})),
        "{answer}"
    );
    let edges = answer["all"]["edges"].as_array().expect("edges");
    let step = json!({"from": "urn:isogloss:dataset:shop/crm/customers", "to": CUSTOMERS});
    assert!(edges.contains(&step), "{answer}");
    assert_eq!(
        (&answer["all"]["partial"], &answer["all"]["hasCycle"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(answer["up"]["partial"], true, "{answer}");
    assert_eq!(
        answer["paths"]["paths"],
        json!([{"nodes": [{"iri": "urn:isogloss:dataset:shop/crm/customers"}, {"iri": CUSTOMERS},
                          {"iri": "urn:isogloss:dataset:shop/billing/revenue"}]}])
    );
}

#[tokio::test]
async fn an_older_version_can_be_read() {
    let (schema, isogloss) = mesh().await;
    let before = isogloss.snapshot().version().0;
    ingest(
        &schema,
        "shop",
        "{\"kind\":\"domain\",\"id\":\"care\",\"name\":\"Care\"}\n",
    )
    .await;
    let text = format!(
        "{{ now: entity(iri: \"{CUSTOMERS}\") {{ label }} \
           then: entity(iri: \"{CUSTOMERS}\", asOf: {before}) {{ label version ... on Dataset {{ columns {{ nodes {{ label version }} }} }} }} \
           none: sources(asOf: 0) {{ name }} sources(asOf: {before}) {{ committedVersion }} \
           search(query: \"invoices\", asOf: {before}) {{ version totalCount }} \
           lineage(iri: \"{CUSTOMERS}\", asOf: {before}) {{ version }} }}"
    );
    let answer = ask(&schema, &text).await;
    assert_eq!(answer["now"], json!(null));
    assert_eq!(
        answer["then"],
        json!({"label": "customers", "version": before, "columns": {"nodes": [{"label": "customer_no", "version": before}]}})
    );
    assert_eq!(
        (&answer["none"], &answer["sources"]),
        (&json!([]), &json!([{"committedVersion": before}]))
    );
    assert_eq!(
        (&answer["search"]["version"], &answer["lineage"]["version"]),
        (&json!(before), &json!(before))
    );
    assert!(
        answer["search"]["totalCount"]
            .as_u64()
            .is_some_and(|count| count > 0),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_answer_reads_one_version_while_others_write() {
    let (schema, _) = empty();
    ingest(&schema, "shop", LINES).await;
    let writer = schema.clone();
    let writing = tokio::spawn(async move {
        for n in 0..30 {
            ingest(
                &writer,
                "noise",
                &format!("{{\"kind\":\"domain\",\"id\":\"d{n}\",\"name\":\"D{n}\"}}\n"),
            )
            .await;
        }
    });
    let text = format!(
        "{{ serverInfo {{ graphVersion }} search(query: \"customers\") {{ version }} entity(iri: \"{CUSTOMERS}\") {{ version }} \
           resolve(input: {{text: \"customer\"}}) {{ version }} datasets {{ nodes {{ version }} }} }}"
    );
    for _ in 0..20 {
        let response = schema.execute(text.as_str()).await;
        let read = response.extensions.get("version").cloned();
        let answer = data(response);
        let version = &answer["serverInfo"]["graphVersion"];
        assert_eq!(read.map(|read| read.to_string()), Some(version.to_string()));
        for seen in [
            &answer["search"]["version"],
            &answer["entity"]["version"],
            &answer["resolve"]["version"],
        ] {
            assert_eq!(seen, version, "{answer}");
        }
        let nodes = answer["datasets"]["nodes"].as_array().expect("nodes");
        assert!(
            nodes.iter().all(|node| node["version"] == *version),
            "{answer}"
        );
    }
    writing.await.expect("the writer ends well");
}

#[tokio::test]
async fn server_info_tells_what_is_there() {
    let (schema, _) = mesh().await;
    let answer = ask(&schema, "{ serverInfo { name graphVersion statements sources durable limits { depth pageSize cost } } }").await;
    let info = &answer["serverInfo"];
    assert_eq!(
        (&info["name"], &info["graphVersion"], &info["sources"]),
        (&json!("isogloss"), &json!(1), &json!(1))
    );
    assert!(
        info["statements"].as_u64().is_some_and(|count| count > 50),
        "{info}"
    );
    assert_eq!(
        info["limits"],
        json!({"depth": 15, "pageSize": 100, "cost": 50_000})
    );
    assert_eq!(info["durable"], false);
}
