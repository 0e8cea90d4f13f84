//! Questions in words become queries, are asked back, or are said to name no metric.

use expect_test::expect;
use isogloss::connectors::{Input, Kind};
use isogloss::graph::Timestamp;
use isogloss::search::ResolveRequest;
use isogloss::semantics::{Engines, Intent, Reading};
use isogloss::{Ingest, Isogloss};

use super::shop::{mesh, mesh_of_unlike_names};

/// 2026-11-22T18:30:00Z.
const NOW: Timestamp = Timestamp(1_795_372_200_000);

fn read(text: &str, domain: Option<&str>) -> String {
    read_of(&mesh(), text, domain)
}

fn read_of(mesh: &Isogloss, text: &str, domain: Option<&str>) -> String {
    let snapshot = mesh.snapshot();
    let resolution = snapshot.resolve(&ResolveRequest::new(text)).unwrap();
    let semantics = snapshot.semantics();
    let intent = Intent {
        text,
        domain,
        layer: None,
        resolution: Some(&resolution),
        now: Some(NOW),
    };
    match semantics.interpret(&intent).unwrap() {
        Reading::Query(found) => {
            semantics
                .plan(&found.request, &Engines::default())
                .expect("what is read can be planned");
            let metrics: Vec<&str> = found.metrics.iter().map(|it| it.name.as_str()).collect();
            let range = found.range.unwrap_or_default();
            format!(
                "{} by {:?} where {:?} from {} to {} | {}",
                metrics.join(", "),
                found.group_by,
                found.filters,
                range.start.as_deref().unwrap_or("-"),
                range.end.as_deref().unwrap_or("-"),
                found.unplaced.join(" ")
            )
        }
        Reading::Ambiguous { words, choices } => format!("{words}? {}", choices.join(" | ")),
        Reading::Unknown { unplaced } => format!("unknown: {}", unplaced.join(" ")),
    }
}

#[test]
fn questions_become_queries() {
    let texts = [
        "monthly sales revenue per customer segment",
        "how many orders by channel last month",
        "revenue per order by country in 2025",
        "clicks where campaign is \"Black Friday\"",
        "number of orders for segment Gold since 2025-07, weekly",
        "parcels per carrier and sparkles",
    ];
    let read: Vec<String> = texts.iter().map(|text| read(text, None)).collect();
    expect![[r#"
        sales.revenue by ["metric_time__month", "customer__segment"] where [] from - to - | 
        order_count by ["order__channel"] where [] from 2026-10-01 to 2026-10-31 | 
        revenue_per_order by ["customer__country"] where [] from 2025-01-01 to 2025-12-31 | 
        clicks by [] where ["click__campaign = 'Black Friday'"] from - to - | 
        order_count by ["metric_time__week"] where ["customer__segment = 'Gold'"] from 2025-07-01 to - | 
        parcel_count by ["parcels.carrier"] where [] from - to - | sparkles"#]].assert_eq(&read.join("\n"));
}

#[test]
fn a_metric_that_two_domains_have_is_asked_back_unless_the_domain_is_known() {
    expect!["revenue? `marketing.revenue` of Marketing: Revenue attributed to a click | `sales.revenue` of Sales: What customers paid"].assert_eq(&read("revenue by month", None));
    expect![[r#"sales.revenue by ["metric_time__month"] where [] from - to - | "#]]
        .assert_eq(&read("revenue by month", Some("Sales")));
    expect!["unknown: weather Berlin"].assert_eq(&read("the weather in Berlin", None));
    expect!["unknown: "].assert_eq(&read("", None));
}

#[test]
fn any_text_is_read_without_a_panic() {
    let mesh = mesh_of_unlike_names();
    let snapshot = mesh.snapshot();
    let pieces = [
        "orders", "per", "is", "\"", "'", "last", "99", "ß", "\u{0}", "2025-", "q1", "--",
        "segment", "İ",
    ];
    for first in pieces {
        for second in pieces {
            for third in pieces {
                let text = format!("{first} {second}{third} {first}");
                let intent = Intent {
                    text: &text,
                    now: Some(NOW),
                    ..Intent::default()
                };
                snapshot.semantics().interpret(&intent).unwrap();
            }
        }
    }
}

#[test]
fn a_value_that_a_source_declares_is_a_condition() {
    let mesh = mesh();
    let catalog = r#"{"kind":"table","id":"customers","name":"customers"}
{"kind":"column","id":"customers/segment","parent":"customers","name":"segment","values":["Gold","small business"]}
{"kind":"column","id":"customers/country","parent":"customers","name":"country","samples":["Norway"]}
"#;
    let inputs = vec![Input::text("crm.jsonl", catalog)];
    let ingest = Ingest::new("crm".parse().unwrap(), Kind::CatalogLines, inputs);
    mesh.ingest(ingest).unwrap();
    let texts = [
        "orders for gold per month",
        "orders of small business in Norway",
        "orders by segment for \"Small Business\"",
        "parcels for Gold",
    ];
    let read: Vec<String> = texts
        .iter()
        .map(|text| read_of(&mesh, text, None))
        .collect();
    expect![[r#"
        order_count by ["metric_time__month"] where ["customer__segment = 'Gold'"] from - to - | 
        order_count by [] where ["customer__segment = 'small business'", "customer__country = 'Norway'"] from - to - | 
        order_count by ["customer__segment"] where ["customer__segment = 'small business'"] from - to - | 
        parcel_count by [] where [] from - to - | Gold"#]].assert_eq(&read.join("\n"));
}
