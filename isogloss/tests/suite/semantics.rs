//! Metrics of the mesh: found by name, listed with what they can be grouped by, planned without an engine.

mod intent;
mod shop;

use expect_test::expect;
use isogloss::semantics::{Arrangement, Engines, LayerOver, QueryError, QueryRequest, Semantics};
use model::layer::{Filter, GroupBy, MetricRequest, OrderBy, Query};
use model::plan::{ColumnKind, Dialect, Reason};

use isogloss::model;
use shop::mesh;

fn names(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn request(metrics: &[&str], groups: &[&str]) -> QueryRequest {
    let metric = |name: &&str| MetricRequest {
        name: (*name).to_owned(),
        alias: None,
    };
    QueryRequest {
        query: Query {
            metrics: metrics.iter().map(metric).collect(),
            group_by: groups.iter().map(|name| GroupBy::new(*name)).collect(),
            ..Query::default()
        },
        ..QueryRequest::default()
    }
}

fn refused(semantics: &Semantics, request: &QueryRequest) -> (Reason, Vec<String>) {
    match semantics.plan(request, &Engines::default()) {
        Err(QueryError::Refused(error)) => (error.reason, error.choices),
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn metrics_of_all_layers_are_listed_by_the_shortest_name_that_means_one() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let mut lines = String::new();
    for metric in snapshot.semantics().metrics() {
        let domains: Vec<&str> = metric.domains.iter().map(|it| it.label.as_str()).collect();
        lines.extend([format!(
            "{} {:?} of {} in {}: {}\n",
            metric.name,
            metric.kind,
            metric.layer,
            domains.join(", "),
            metric.iri.as_deref().unwrap_or("-"),
        )]);
    }
    expect![[r#"
        parcel_count Simple of logistics in Logistics: urn:isogloss:metric:logistics/logistics/parcels/parcel_count
        clicks Simple of marketing in Marketing: urn:isogloss:metric:marketing/marketing/clicks
        marketing.revenue Simple of marketing in Marketing: urn:isogloss:metric:marketing/marketing/revenue
        order_count Simple of sales in Sales: urn:isogloss:metric:sales/sales/order_count
        sales.revenue Simple of sales in Sales: urn:isogloss:metric:sales/sales/revenue
        revenue_per_order Ratio of sales in Sales: urn:isogloss:metric:sales/sales/revenue_per_order
    "#]].assert_eq(&lines);
}

#[test]
fn a_name_of_two_domains_is_asked_back_and_decided_by_the_callers_domain() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let semantics = snapshot.semantics();
    let bare = request(&["revenue"], &["metric_time__month"]);
    let (reason, choices) = refused(semantics, &bare);
    assert_eq!(reason, Reason::AmbiguousName);
    expect![[r#"
        `marketing.revenue` of Marketing: Revenue attributed to a click
        `sales.revenue` of Sales: What customers paid"#]]
    .assert_eq(&choices.join("\n"));
    for domain in ["Sales", "sales", "urn:isogloss:domain:mesh/sales"] {
        let narrowed = QueryRequest {
            domain: Some(domain.to_owned()),
            ..bare.clone()
        };
        let planned = semantics.plan(&narrowed, &Engines::default()).unwrap();
        assert_eq!(planned.parts[0].layers, ["sales"], "{domain}");
        assert_eq!(planned.columns[1].metric.as_deref(), Some("sales.revenue"));
    }
    // A domain that has no such metric decides nothing.
    let elsewhere = QueryRequest {
        domain: Some("Logistics".to_owned()),
        ..bare
    };
    assert_eq!(refused(semantics, &elsewhere).0, Reason::AmbiguousName);
}

#[test]
fn a_qualified_name_needs_no_domain() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    for name in ["sales.revenue", "Sales.revenue", "SALES.Revenue"] {
        let planned = snapshot
            .semantics()
            .plan(&request(&[name], &[]), &Engines::default())
            .unwrap();
        assert_eq!(planned.columns[0].name, "revenue");
        assert_eq!(planned.parts[0].layers, ["sales"]);
    }
}

#[test]
fn an_unknown_metric_comes_with_the_nearest_that_exist() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let (reason, choices) = refused(snapshot.semantics(), &request(&["order_cuont"], &[]));
    assert_eq!(
        (reason, choices),
        (Reason::UnknownMetric, names(&["order_count"]))
    );
    let (reason, choices) = refused(snapshot.semantics(), &request(&["sales.revenu"], &[]));
    assert_eq!(reason, Reason::UnknownMetric);
    assert!(choices.contains(&"sales.revenue".to_owned()), "{choices:?}");
}

#[test]
fn every_dimension_that_is_offered_is_accepted() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let semantics = snapshot.semantics();
    for metric in semantics.metrics() {
        let dimensions = semantics
            .dimensions(std::slice::from_ref(&metric.qualified_name), None)
            .unwrap();
        assert!(!dimensions.is_empty(), "{}", metric.name);
        for dimension in dimensions {
            let request = request(&[&metric.qualified_name], &[&dimension.name]);
            let planned = semantics.plan(&request, &Engines::default());
            assert!(
                planned.is_ok(),
                "{} by {}: {planned:?}",
                metric.name,
                dimension.name
            );
        }
    }
}

#[test]
fn dimensions_say_what_they_are_and_where_they_come_from() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let semantics = snapshot.semantics();
    let mut lines = String::new();
    for it in semantics
        .dimensions(&names(&["order_count"]), None)
        .unwrap()
    {
        lines.extend([format!(
            "{} {:?} {} of {}\n",
            it.name,
            it.kind,
            it.grain.map(|grain| grain.to_string()).unwrap_or_default(),
            it.dataset.unwrap_or_default()
        )]);
    }
    expect![[r#"
        metric_time Time  of 
        customer Entity  of orders
        customer__country Categorical  of customers
        customer__segment Categorical  of customers
        order Entity  of orders
        order__channel Categorical  of orders
        order__ordered_at Time day of orders
    "#]]
    .assert_eq(&lines);
    let both = semantics
        .dimensions(&names(&["order_count", "clicks"]), None)
        .unwrap();
    let both: Vec<&str> = both.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(both, ["metric_time", "customer"]);
}

#[test]
fn metrics_that_fit_dimensions_are_found_and_a_wrong_dimension_is_told() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let semantics = snapshot.semantics();
    let fitting = |groups: &[&str]| {
        let found = semantics.compatible_metrics(&names(groups), None).unwrap();
        found
            .into_iter()
            .map(|it| it.qualified_name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        fitting(&["customer__segment"]),
        names(&[
            "sales.order_count",
            "sales.revenue",
            "sales.revenue_per_order"
        ])
    );
    assert_eq!(fitting(&["customer"]).len(), 5);
    assert_eq!(
        fitting(&["parcels.carrier"]),
        names(&["logistics.parcels.parcel_count"])
    );
    let wrong = semantics.compatible_metrics(&names(&["customer__segmnet"]), None);
    let error = wrong.unwrap_err();
    assert_eq!(error.code(), "UNKNOWN_GROUP");
    assert_eq!(error.choices(), ["customer__segment"]);
    let more = semantics
        .compatible_dimensions(
            &names(&["order_count"]),
            &names(&["customer__segment"]),
            None,
        )
        .unwrap();
    assert!(more.iter().all(|it| it.name != "customer__segment"));
    assert!(more.iter().any(|it| it.name == "metric_time"));
}

#[test]
fn metrics_of_layers_that_stand_apart_are_planned_apart_and_meet_on_their_groups() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let mut request = request(
        &["sales.revenue", "marketing.revenue"],
        &["metric_time__month"],
    );
    request.query.order_by = vec![OrderBy {
        item: GroupBy::new("marketing.revenue"),
        descending: true,
        nulls_first: None,
    }];
    request.query.having = vec![Filter("marketing__revenue > revenue".to_owned())];
    request.query.limit = Some(3);
    let planned = snapshot
        .semantics()
        .plan(&request, &Engines::default())
        .unwrap();
    let columns: Vec<(&str, ColumnKind)> = planned
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.kind))
        .collect();
    assert_eq!(
        columns,
        [
            ("metric_time__month", ColumnKind::Time),
            ("revenue", ColumnKind::Metric),
            ("marketing__revenue", ColumnKind::Metric),
        ]
    );
    assert_eq!(planned.parts.len(), 2);
    let combined = planned.combined.unwrap();
    expect![[r#"SELECT "result"."metric_time__month" AS "metric_time__month", "result"."revenue" AS "revenue", "result"."marketing__revenue" AS "marketing__revenue" FROM (SELECT "combined"."metric_time__month" AS "metric_time__month", MAX("combined"."revenue") AS "revenue", MAX("combined"."marketing__revenue") AS "marketing__revenue" FROM "combined" AS "combined" GROUP BY 1) AS "result" WHERE "result"."marketing__revenue" > "result"."revenue" ORDER BY "marketing__revenue" DESC NULLS LAST LIMIT 3"#]].assert_eq(&combined.sql);
    for part in &planned.parts {
        assert!(
            !part.compiled.sql.contains("LIMIT"),
            "{}",
            part.compiled.sql
        );
    }
}

fn over_one_engine(layers: &[&str]) -> Arrangement {
    let over = |layer: &&str| LayerOver {
        layer: (*layer).to_owned(),
        engine: "lake".to_owned(),
    };
    Arrangement::new(Engines::default(), layers.iter().map(over).collect())
}

#[test]
fn layers_over_one_engine_share_entities_and_others_do_not() {
    let mesh = shop::mesh_of_unlike_names();
    let snapshot = mesh.snapshot();
    let asked = request(&["clicks"], &["customer__segment"]);
    let (reason, _) = refused(snapshot.semantics(), &asked);
    assert_eq!(reason, Reason::UnknownGroup);
    let together = over_one_engine(&["sales", "marketing"]);
    let semantics = together.semantics(&snapshot);
    assert!(
        semantics.problems().is_empty(),
        "{:?}",
        semantics.problems()
    );
    let planned = semantics.plan(&asked, &Engines::default()).unwrap();
    assert_eq!(planned.parts[0].layers, ["marketing", "sales"]);
    assert_eq!(planned.parts[0].engine.as_deref(), Some("lake"));
}

#[test]
fn what_cannot_be_put_together_is_told_and_stands_apart() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let semantics = over_one_engine(&["sales", "marketing"]).semantics(&snapshot);
    assert_eq!(
        semantics.problems(),
        [
            "layer `sales` stands alone: another layer over the same engine has a metric `revenue` too"
        ]
    );
    let both = request(
        &["sales.revenue", "marketing.revenue"],
        &["metric_time__month"],
    );
    let planned = semantics.plan(&both, &Engines::default()).unwrap();
    assert!(
        planned
            .parts
            .iter()
            .all(|part| part.engine.as_deref() == Some("lake"))
    );
    assert_eq!(
        over_one_engine(&["slaes"]).semantics(&snapshot).problems(),
        ["no layer is called `slaes`"]
    );
}

#[test]
fn a_later_version_keeps_what_did_not_change_and_sees_what_did() {
    let mesh = mesh();
    let before = mesh.snapshot();
    assert_eq!(before.semantics().metrics().len(), 6);
    shop::remove(&mesh, "logistics");
    let after = mesh.snapshot();
    assert_eq!(after.semantics().metrics().len(), 5);
    assert_eq!(before.semantics().metrics().len(), 6);
    assert!(
        after
            .semantics()
            .plan(&request(&["order_count"], &[]), &Engines::default())
            .is_ok()
    );
}

#[test]
fn the_dialect_is_the_callers_choice() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let mut request = request(&["order_count"], &["customer__segment"]);
    request.query.filters = vec![Filter("customer__segment = 'it''s'".to_owned())];
    let mut texts = Vec::new();
    for dialect in Dialect::ALL {
        request.dialect = Some(dialect);
        let planned = snapshot
            .semantics()
            .plan(&request, &Engines::default())
            .unwrap();
        assert_eq!(planned.parts[0].dialect, dialect);
        texts.push(planned.parts[0].compiled.sql.clone());
    }
    assert!(
        texts[0].contains("\"customers\".\"segment\""),
        "{}",
        texts[0]
    );
    assert!(
        texts
            .iter()
            .any(|sql| sql.contains("`customers`.`segment`"))
    );
}

#[test]
fn values_of_a_dimension_go_to_the_layer_that_knows_it() {
    let mesh = mesh();
    let snapshot = mesh.snapshot();
    let planned = snapshot
        .semantics()
        .plan(&request(&[], &["parcels.carrier"]), &Engines::default())
        .unwrap();
    assert_eq!(planned.parts[0].layers, ["logistics"]);
    let (reason, choices) = refused(snapshot.semantics(), &request(&[], &["customer"]));
    assert_eq!(reason, Reason::AmbiguousName);
    assert_eq!(choices, ["layer `marketing`", "layer `sales`"]);
    let mut narrowed = request(&[], &["customer"]);
    narrowed.layer = Some("sales".to_owned());
    assert!(
        snapshot
            .semantics()
            .plan(&narrowed, &Engines::default())
            .is_ok()
    );
    narrowed.layer = Some("salse".to_owned());
    let unknown = snapshot
        .semantics()
        .plan(&narrowed, &Engines::default())
        .unwrap_err();
    assert_eq!(unknown.to_string(), "no layer is called `salse`");
    assert_eq!(unknown.choices(), ["sales"]);
}

#[test]
fn an_empty_mesh_refuses_and_does_not_fail() {
    let mesh = isogloss::Isogloss::in_memory();
    let snapshot = mesh.snapshot();
    assert!(snapshot.semantics().is_empty());
    assert_eq!(
        refused(snapshot.semantics(), &request(&["x"], &[])).0,
        Reason::UnknownMetric
    );
    assert_eq!(
        refused(snapshot.semantics(), &request(&[], &["x"])).0,
        Reason::EmptyQuery
    );
}
