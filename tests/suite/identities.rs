//! One table, spelled by five systems in their own ways: one dataset, whatever comes first and however often.

use std::collections::BTreeSet;

use isogloss::connectors::{Input, InputLimits, Kind, read_paths};
use isogloss::graph::{Scope, TermId, Timestamp};
use isogloss::model::identities::{self, Rule};
use isogloss::{IdentityDecision, Ingest, Isogloss, LineageRequest, Snapshot};
use serde_json::json;
use tests::shared;

/// Source, kind, file and document of each system that speaks of the table `orders`.
fn five() -> Vec<(&'static str, Kind, &'static str, String)> {
    let database = json!({
        "format": "isogloss.postgres.catalog/1",
        "database": {"name": "shop", "search_path": ["public"]},
        "schemas": [{"name": "public"}],
        "relations": [{"schema": "public", "name": "orders", "kind": "table", "comment": "From the database."},
            {"schema": "public", "name": "raw_orders", "kind": "table"}],
        "columns": [{"schema": "public", "relation": "orders", "name": "order_id", "position": 1, "type": "bigint"},
            {"schema": "public", "relation": "orders", "name": "total", "position": 2, "type": "numeric"}],
    });
    let node = json!({
        "unique_id": "model.shop.orders", "resource_type": "model", "name": "orders", "alias": "ORDERS",
        "database": "SHOP", "schema": "PUBLIC", "relation_name": "\"SHOP\".\"PUBLIC\".\"ORDERS\"",
        "description": "From dbt.", "config": {"materialized": "table"},
        "columns": {"ORDER_ID": {"name": "ORDER_ID", "description": "The key.", "data_type": "int8"}},
        "depends_on": {"nodes": []},
    });
    let manifest = json!({
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "adapter_type": "postgres",
            "project_name": "shop"},
        "nodes": {"model.shop.orders": node}, "sources": {}, "metrics": {}, "exposures": {},
    });
    let dataset = |name: &str| json!({"namespace": "postgres://db.example:5432", "name": name});
    let event = json!({
        "eventType": "COMPLETE", "eventTime": "2026-01-02T03:04:05Z", "producer": "https://example.com",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
        "run": {"runId": "01890000-0000-7000-8000-000000000000"}, "job": {"namespace": "n", "name": "j"},
        "inputs": [dataset("shop.public.RAW_ORDERS")], "outputs": [dataset("Shop.Public.Orders")],
    });
    let contract = "apiVersion: v3.0.2\nkind: DataContract\nid: c1\nname: orders\nversion: 1.0.0\nstatus: active\n\
        servers:\n  - server: prod\n    type: postgres\n    host: db.example\n    database: Shop\n    schema: Public\n\
        schema:\n  - name: orders\n    physicalName: Orders\n    description: From the contract.\n\
        \x20   properties:\n      - name: Order_Id\n        logicalType: integer\n";
    let urn = "urn:li:dataset:(urn:li:dataPlatform:postgres,SHOP.public.Orders,PROD)";
    let fields = json!({"schemaName": "orders", "fields": [{"fieldPath": "order_id", "nativeDataType": "bigint"}]});
    let export = json!([{
        "entityType": "dataset", "entityUrn": urn, "changeType": "UPSERT", "aspectName": "schemaMetadata",
        "aspect": {"contentType": "application/json", "value": fields.to_string()},
    }]);
    vec![
        (
            "shop-db",
            Kind::PostgresCatalog,
            "shop.json",
            database.to_string(),
        ),
        ("dbt-shop", Kind::Dbt, "manifest.json", manifest.to_string()),
        (
            "runs",
            Kind::OpenLineage,
            "events.ndjson",
            format!("{event}\n"),
        ),
        (
            "contracts",
            Kind::Odcs,
            "orders.odcs.yaml",
            contract.to_owned(),
        ),
        ("hub", Kind::DataHub, "export.json", export.to_string()),
    ]
}

fn ingest(mesh: &Isogloss, (source, kind, file, text): &(&str, Kind, &str, String)) -> bool {
    let inputs = vec![Input::text(*file, text.as_str())];
    let request = Ingest::new(source.parse().unwrap(), *kind, inputs);
    let ingested = mesh.ingest(request).unwrap();
    assert_eq!(
        ingested.report.errors, 0,
        "{source}: {:?}",
        ingested.report.diagnostics
    );
    ingested.receipt.unwrap().unchanged
}

/// What the merged view says, as sorted text.
fn merged(snapshot: &Snapshot) -> BTreeSet<String> {
    let graph = snapshot.graph();
    let rows = graph.matching(None, None, None, Scope::Merged);
    // A blank node bears the number that its source has by its turn.
    rows.map(|row| {
        let text = graph.statement(row).to_string();
        let parts = text.split("_:g");
        let parts = parts.map(|it| it.trim_start_matches(|c: char| c.is_ascii_digit()));
        parts.collect()
    })
    .collect()
}

/// The names of the table `orders`, by the one that stands for them.
fn orders(snapshot: &Snapshot) -> BTreeSet<TermId> {
    let graph = snapshot.graph();
    let tables = snapshot.model();
    let tables = tables.datasets().into_iter().filter(|table| {
        let is_orders = |name: &String| name.ends_with("public.orders");
        table.qualified_names().iter().any(is_orders)
    });
    tables.map(|table| graph.canonical(table.id())).collect()
}

/// Every order of so many things.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new()];
    for next in 0..count {
        found = found
            .into_iter()
            .flat_map(|order: Vec<usize>| {
                (0..=order.len()).map(move |at| {
                    let mut order = order.clone();
                    order.insert(at, next);
                    order
                })
            })
            .collect();
    }
    found
}

/// The five, and sources of other kinds that speak of the same: who uses it, what it means, what it is one with.
fn every_kind() -> Vec<(&'static str, Kind, &'static str, String)> {
    let uses = [
        "select o.order_id, total from orders o where total > 10",
        "select * from raw_orders",
        "select a.\"ORDER_ID\" from Public.Orders a join public.raw_orders b on a.order_id = b.id",
        "select x from nobody_knows",
    ];
    let uses = uses.map(|sql| {
        json!({"sql": sql, "user": "ann", "time": "2026-01-02T10:00:00Z", "database": "shop"})
            .to_string()
    });
    let meaning = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
        @prefix iso: <https://isogloss.dev/ns#> . @prefix e: <http://example.com/> .\n\
        e:order a skos:Concept ; skos:prefLabel \"Order\"@en ; owl:sameAs e:purchase .\n\
        e:purchase a skos:Concept ; skos:prefLabel \"Purchase\"@en .\n\
        e:maybe a skos:Concept ; skos:prefLabel \"Maybe\"@en ; owl:sameAs e:order {| iso:confidence 0.4 |} .\n";
    let lines = "{\"kind\":\"domain\",\"id\":\"sales\",\"name\":\"Sales\"}\n\
        {\"kind\":\"table\",\"id\":\"orders-report\",\"name\":\"orders_report\",\"qualified_name\":\"postgres://shop.public.orders_report\"}\n";
    let mut sources = five();
    sources.extend([
        ("shop-log", Kind::QueryLog, "log.jsonl", uses.join("\n")),
        ("meaning", Kind::Rdf, "meaning.ttl", meaning.to_owned()),
        ("lines", Kind::CatalogLines, "lines.jsonl", lines.to_owned()),
        (
            "words",
            Kind::Glossary,
            "words.csv",
            "term,definition\nOrder,What a customer wants\n".to_owned(),
        ),
    ]);
    sources
}

/// So many orders of so many things, each as likely as another.
fn shuffles(count: usize, of: usize) -> Vec<Vec<usize>> {
    let mut seed = 7_u64;
    let mut below = |bound: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % bound
    };
    let shuffled = (0..count).map(|_| {
        let mut order: Vec<usize> = (0..of).collect();
        for at in (1..of).rev() {
            order.swap(at, below(at + 1));
        }
        order
    });
    shuffled.collect()
}

#[test]
fn five_spellings_are_one_dataset_in_every_order() {
    let sources = every_kind();
    let mut first: Option<BTreeSet<String>> = None;
    for order in shuffles(40, sources.len()) {
        let mesh = Isogloss::in_memory();
        for at in &order {
            assert!(!ingest(&mesh, &sources[*at]), "{order:?}");
        }
        let version = mesh.snapshot().version();
        for source in &sources {
            assert!(ingest(&mesh, source), "{order:?}: {} again", source.0);
        }
        let snapshot = mesh.snapshot();
        assert_eq!(snapshot.version(), version);
        let orders = orders(&snapshot);
        assert_eq!(orders.len(), 1, "{order:?}: {orders:?}");
        let view = merged(&snapshot);
        let first = first.get_or_insert_with(|| view.clone());
        let difference: Vec<_> = first.symmetric_difference(&view).collect();
        assert!(difference.is_empty(), "{order:?}: {difference:?}");
    }
    let view = first.unwrap();
    let says = |text: &str| view.iter().any(|line| line.contains(text));
    assert!(says("From the contract.") && !says("From dbt.") && !says("From the database."));
    let uses = |column: &str| {
        let used = format!("shop-db/shop.public.{column}>");
        view.iter()
            .any(|line| line.contains("prov#used>") && line.contains(&used))
    };
    assert!(
        uses("orders") && uses("orders/order_id") && uses("raw_orders"),
        "{view:#?}"
    );
}

#[test]
fn a_log_follows_the_tables_whatever_changes_them() {
    let sources = every_kind();
    let find = |name: &str| sources.iter().find(|source| source.0 == name).unwrap();
    let mesh = Isogloss::in_memory();
    ingest(&mesh, find("shop-log"));
    let alone = merged(&mesh.snapshot());
    ingest(&mesh, find("shop-db"));
    let known = merged(&mesh.snapshot());
    let used = |view: &BTreeSet<String>| {
        let of_database =
            |line: &&String| line.contains("prov#used>") && line.contains(":shop-db/");
        view.iter().filter(of_database).count()
    };
    assert_eq!(used(&alone), 0);
    assert!(used(&known) >= 4, "{known:#?}");
    // The tables go, and the log says again what it said when it was alone.
    mesh.remove_source(&"shop-db".parse().unwrap(), "ann", Timestamp(2))
        .unwrap();
    assert_eq!(merged(&mesh.snapshot()), alone);
    // A dry run says what would come and what would go, and changes nothing.
    let version = mesh.snapshot().version();
    let (source, kind, file, text) = find("shop-log");
    let half = text.lines().next().unwrap();
    let request = Ingest {
        dry_run: true,
        ..Ingest::new(
            source.parse().unwrap(),
            *kind,
            vec![Input::text(*file, half)],
        )
    };
    let preview = mesh.ingest(request).unwrap().preview.unwrap();
    assert!(!preview.removed.is_empty() && !preview.disappearing.is_empty());
    assert!(
        preview
            .disappearing
            .iter()
            .any(|name| name.contains("nobody_knows"))
    );
    assert_eq!(mesh.snapshot().version(), version);
}

#[test]
fn what_a_source_doubts_is_listed_and_not_joined() {
    let mesh = Isogloss::in_memory();
    let sources = every_kind();
    let meaning = sources.iter().find(|source| source.0 == "meaning").unwrap();
    ingest(&mesh, meaning);
    let named = |local: &str| format!("http://example.com/{local}");
    let are_one = |one: &str, other: &str| {
        let snapshot = mesh.snapshot();
        let id = |local: &str| snapshot.graph().id_of_iri(&named(local)).unwrap();
        let graph = snapshot.graph();
        graph.canonical(id(one)) == graph.canonical(id(other))
    };
    let listed = || {
        let snapshot = mesh.snapshot();
        let request = identities::CandidateRequest {
            at_least: 0.1,
            limit: 9,
        };
        identities::candidates(&snapshot.model(), request).pairs
    };
    let decide = |decision| {
        mesh.decide_identity(
            &named("maybe"),
            &named("order"),
            decision,
            "ann",
            Timestamp(5),
        )
        .unwrap();
    };
    assert!(are_one("order", "purchase") && !are_one("maybe", "order"));
    let doubted = listed();
    assert_eq!((doubted.len(), doubted[0].rule), (1, Rule::SameAs));
    assert!((doubted[0].confidence - 0.4).abs() < 1e-9);
    decide(IdentityDecision::Same);
    assert!(are_one("maybe", "purchase") && listed().is_empty());
    decide(IdentityDecision::Different);
    assert!(!are_one("maybe", "order") && listed().is_empty());
    // What was refused stays refused when the source speaks again, even surer.
    let surer = (
        meaning.0,
        meaning.1,
        meaning.2,
        meaning.3.replace("0.4", "0.99"),
    );
    ingest(&mesh, &surer);
    assert!(!are_one("maybe", "order"));
    decide(IdentityDecision::Open);
    assert!(are_one("maybe", "order"));
}

#[test]
fn every_join_can_be_seen_refused_and_undone() {
    let sources = five();
    let mesh = Isogloss::in_memory();
    for source in &sources {
        ingest(&mesh, source);
    }
    let snapshot = mesh.snapshot();
    let graph = snapshot.graph();
    let canonical = *orders(&snapshot).first().unwrap();
    let names: Vec<String> = graph
        .names_of(canonical)
        .into_iter()
        .map(|it| graph.text(it))
        .collect();
    assert!(names.len() >= 5, "{names:?}");
    let of = |source: &str| {
        names
            .iter()
            .find(|name| name.contains(source))
            .unwrap()
            .clone()
    };
    let (database, dbt) = (of("shop-db"), of("dbt-shop"));
    let id = |snapshot: &Snapshot, name: &str| snapshot.graph().id_of_iri(name).unwrap();
    let way = |mesh: &Isogloss| {
        let snapshot = mesh.snapshot();
        identities::why(
            snapshot.graph(),
            id(&snapshot, &database),
            id(&snapshot, &dbt),
        )
    };
    let links = way(&mesh).unwrap();
    assert!(
        links
            .iter()
            .all(|link| link.rule == Rule::QualifiedName && link.confidence > 0.9)
    );

    let decide = |decision| {
        mesh.decide_identity(&database, &dbt, decision, "ann", Timestamp(5))
            .unwrap()
    };
    assert!(!decide(IdentityDecision::Different).unchanged);
    assert!(decide(IdentityDecision::Different).unchanged);
    assert_eq!(way(&mesh), None);
    assert_eq!(orders(&mesh.snapshot()).len(), 2);
    // The refusal outlives both sources: gone, and back again.
    for source in &sources[..2] {
        mesh.remove_source(&source.0.parse().unwrap(), "ann", Timestamp(6))
            .unwrap();
    }
    for source in &sources[..2] {
        ingest(&mesh, source);
    }
    assert_eq!(way(&mesh), None);
    assert!(!decide(IdentityDecision::Open).unchanged);
    assert!(way(&mesh).is_some());
    assert_eq!(merged(&mesh.snapshot()), merged(&snapshot));
}

#[test]
fn what_people_accept_is_one_for_lineage_too() {
    let mesh = Isogloss::in_memory();
    let sources = five();
    ingest(&mesh, &sources[0]);
    ingest(&mesh, &sources[2]);
    let line = "{\"kind\":\"table\",\"id\":\"orders-report\",\"name\":\"orders_report\"}\n";
    ingest(
        &mesh,
        &("lines", Kind::CatalogLines, "a.jsonl", line.to_owned()),
    );
    let snapshot = mesh.snapshot();
    let model = snapshot.model();
    let find = |end: &str| {
        let tables = model.datasets().into_iter().map(|table| table.iri());
        tables.into_iter().find(|iri| iri.contains(end)).unwrap()
    };
    let (report, table) = (find("orders-report"), find("shop-db/shop.public.orders"));
    let upstream = |mesh: &Isogloss| {
        let lineage = mesh
            .snapshot()
            .lineage(&report, &LineageRequest::default())
            .unwrap();
        lineage.edges.len()
    };
    assert_eq!(upstream(&mesh), 0);
    mesh.decide_identity(&report, &table, IdentityDecision::Same, "ann", Timestamp(1))
        .unwrap();
    assert!(upstream(&mesh) > 0);
}

#[test]
fn what_disappears_from_a_source_is_there_as_of_then() {
    let mesh = Isogloss::in_memory();
    let mut source = five().remove(0);
    ingest(&mesh, &source);
    let then = mesh.snapshot().version();
    source.3 = source
        .3
        .replace("\"name\":\"total\"", "\"name\":\"amount\"");
    assert!(!ingest(&mesh, &source));
    let columns = |snapshot: &Snapshot| {
        let model = snapshot.model();
        let tables = model.datasets().into_iter();
        let columns = tables
            .flat_map(isogloss::model::Dataset::columns)
            .filter_map(|it| it.name());
        columns.collect::<BTreeSet<String>>()
    };
    let now = columns(&mesh.snapshot());
    assert!(now.contains("amount") && !now.contains("total"), "{now:?}");
    let before = columns(&mesh.as_of(then).unwrap());
    assert!(
        before.contains("total") && !before.contains("amount"),
        "{before:?}"
    );
}

#[test]
fn what_cannot_be_read_leaves_the_graph_as_it_was() {
    let mesh = Isogloss::in_memory();
    let sources = five();
    for source in &sources {
        ingest(&mesh, source);
    }
    let (version, before) = (mesh.snapshot().version(), merged(&mesh.snapshot()));
    for (source, kind, file, text) in &sources {
        let cut = text.as_bytes()[..text.len() / 2].to_vec();
        let nested = "[".repeat(1_000_000).into_bytes();
        let binary = vec![0xff; 4096];
        // Half of a contract may be a sound one.
        let cut = (*kind != Kind::Odcs).then_some(cut);
        for bytes in cut.into_iter().chain([nested, binary]) {
            let input = Input {
                name: (*file).to_owned(),
                bytes,
            };
            let request = Ingest::new(source.parse().unwrap(), *kind, vec![input]);
            let error = mesh.ingest(request).unwrap_err();
            assert!(error.to_string().len() > 10, "{source}: {error}");
        }
    }
    assert_eq!(mesh.snapshot().version(), version);
    assert_eq!(merged(&mesh.snapshot()), before);
}

/// Real metadata of one project, as dbt and the database that it built say it, and others beside them.
const REAL: [(&str, Kind, &str); 4] = [
    ("jaffle", Kind::Dbt, "data/corpora/dbt/jaffle_classic_run"),
    (
        "runs",
        Kind::OpenLineage,
        "data/corpora/openlineage/jaffle_classic_dbt_ol/events.ndjson.gz",
    ),
    (
        "contracts",
        Kind::Odcs,
        "data/corpora/contracts/odcs_examples/docs",
    ),
    (
        "pagila",
        Kind::PostgresCatalog,
        "data/corpora/databases/pagila/information_schema.json.gz",
    ),
];

#[test]
fn real_sources_give_one_view_in_every_order() {
    let mut first: Option<BTreeSet<String>> = None;
    for order in permutations(REAL.len()).into_iter().step_by(5) {
        let mesh = Isogloss::in_memory();
        for at in &order {
            let (name, kind, path) = REAL[*at];
            let Some(path) = shared(path) else { return };
            let found = read_paths(kind, &[path], &InputLimits::default()).unwrap();
            mesh.ingest(Ingest::new(name.parse().unwrap(), kind, found.inputs))
                .unwrap();
        }
        let view = merged(&mesh.snapshot());
        let first = first.get_or_insert_with(|| view.clone());
        let difference: Vec<_> = first.symmetric_difference(&view).take(5).collect();
        assert!(difference.is_empty(), "{order:?}: {difference:?}");
    }
}
