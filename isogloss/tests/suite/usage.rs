//! Query logs: use is said of the datasets that other sources know.

use isogloss::connectors::{Input, Kind};
use isogloss::{Ingest, Isogloss};

const TABLES: &str = r#"{"kind":"product","id":"wh","name":"Warehouse"}
{"kind":"table","id":"wh/orders","parent":"wh","name":"orders","qualified_name":"postgres://shop.public.orders"}
{"kind":"column","id":"wh/orders/id","parent":"wh/orders","name":"id"}
{"kind":"column","id":"wh/orders/amount","parent":"wh/orders","name":"amount"}
{"kind":"column","id":"wh/orders/note","parent":"wh/orders","name":"note"}
"#;

const LOG: &str = "\
2026-01-02 10:00:00 UTC [1] ann@shop LOG:  duration: 1 ms  statement: select id from orders where amount > 100
2026-01-02 10:00:01 UTC [1] ann@shop LOG:  duration: 1 ms  statement: select o.id from orders o where o.amount > 7
2026-01-02 10:00:02 UTC [2] bob@shop LOG:  duration: 1 ms  statement: select * from orders
2026-01-02 10:00:03 UTC [2] bob@shop LOG:  duration: 1 ms  statement: select x from public.carts
";

fn request(name: &str, kind: Kind, text: &str) -> Ingest {
    let inputs = vec![Input::text("input", text)];
    Ingest::new(name.parse().unwrap(), kind, inputs)
}

fn never_used(mesh: &Isogloss) -> Vec<String> {
    let model_of = mesh.snapshot();
    let model = model_of.model();
    let mut names = Vec::new();
    for dataset in model.datasets() {
        if dataset.usage_count() == 0 {
            continue;
        }
        let columns = dataset.columns().into_iter();
        names.extend(
            columns
                .filter(|column| column.usage_count() == 0)
                .filter_map(|column| column.name()),
        );
    }
    names
}

#[test]
fn a_log_speaks_of_known_datasets_and_twice_says_the_same() {
    let mesh = Isogloss::in_memory();
    mesh.ingest(request("wh", Kind::CatalogLines, TABLES))
        .unwrap();
    let first = mesh.ingest(request("log", Kind::QueryLog, LOG)).unwrap();
    assert_eq!(first.report.understood["use"], 4);
    let again = mesh.ingest(request("log", Kind::QueryLog, LOG)).unwrap();
    assert!(again.receipt.unwrap().unchanged);

    let snapshot = mesh.snapshot();
    let model = snapshot.model();
    let orders = model.datasets_named("postgres://shop.public.orders");
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(orders[0].usage_count(), 3);
    let top = &orders[0].usages()[0];
    assert_eq!(top.queries, 2);
    assert_eq!(top.ended.as_deref(), Some("2026-01-02T10:00:01Z"));
    assert_eq!(never_used(&mesh), ["note"]);
    assert_eq!(
        model.datasets_named("postgres://shop.public.carts").len(),
        1
    );
}

#[test]
fn sources_that_come_together_are_known_to_each_other() {
    let apart = Isogloss::in_memory();
    apart
        .ingest(request("wh", Kind::CatalogLines, TABLES))
        .unwrap();
    apart.ingest(request("log", Kind::QueryLog, LOG)).unwrap();
    let together = Isogloss::in_memory();
    let requests = vec![
        request("log", Kind::QueryLog, LOG),
        request("wh", Kind::CatalogLines, TABLES),
    ];
    together.ingest_all(requests).unwrap();
    assert_eq!(never_used(&together), never_used(&apart));
    let again = together
        .ingest(request("log", Kind::QueryLog, LOG))
        .unwrap();
    assert!(again.receipt.unwrap().unchanged);
}

#[test]
fn a_log_that_comes_first_meets_its_tables_later() {
    let mesh = Isogloss::in_memory();
    mesh.ingest(request("log", Kind::QueryLog, LOG)).unwrap();
    mesh.ingest(request("wh", Kind::CatalogLines, TABLES))
        .unwrap();
    let snapshot = mesh.snapshot();
    let model = snapshot.model();
    for orders in model.datasets_named("postgres://shop.public.orders") {
        assert_eq!(orders.usage_count(), 3);
    }
}
