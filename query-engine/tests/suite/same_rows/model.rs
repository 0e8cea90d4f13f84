//! A small shop, written into its own layer as `VALUES`, so that no server needs tables.

use semantic_model::formats::metricflow::read_manifest;
use semantic_model::layer::{Expression, Layer, Relation};
use semantic_model::plan::Dialect;

/// Turns of a month, of a year and of an ISO week, hours, NULLs, an order of nobody, of nobody known, and of nothing.
const ORDERS: &str = "SELECT * FROM (VALUES
    (1, 10, CAST('2025-12-29 08:00:00' AS TIMESTAMP), CAST(12.50 AS DECIMAL(10, 2)), CAST(1.5 AS DOUBLE), 3, TRUE, 'web'),
    (2, 10, CAST('2026-01-04 23:00:00' AS TIMESTAMP), CAST(0.10 AS DECIMAL(10, 2)), CAST(2.5 AS DOUBLE), 1, FALSE, 'shop'),
    (3, 11, CAST('2026-01-31 23:59:59' AS TIMESTAMP), CAST(0.20 AS DECIMAL(10, 2)), CAST(4.5 AS DOUBLE), 1, NULL, 'web'),
    (4, 99, CAST('2026-02-28 00:00:00' AS TIMESTAMP), CAST(7.00 AS DECIMAL(10, 2)), CAST(NULL AS DOUBLE), 5, TRUE, NULL),
    (5, NULL, CAST('2026-02-28 12:30:00' AS TIMESTAMP), CAST(NULL AS DECIMAL(10, 2)), CAST(8.5 AS DOUBLE), NULL, TRUE, 'web'),
    (6, 11, CAST('2026-01-05 10:15:00' AS TIMESTAMP), CAST(3.00 AS DECIMAL(10, 2)), CAST(0.5 AS DOUBLE), 2, FALSE, 'it''s'),
    (7, 12, CAST('2026-01-31 09:00:00' AS TIMESTAMP), CAST(-4.25 AS DECIMAL(10, 2)), CAST(0.1 AS DOUBLE), 4, FALSE, 'shop'))
    AS t(order_id, customer_id, placed_at, amount, weight, pieces, is_gift, channel)";
const CUSTOMERS: &str = "SELECT * FROM (VALUES (10, 'oslo', 1), (11, NULL, 2), (12, 'Rome', NULL), (13, 'lima', 3)) AS t(customer_id, city, region_id)";
const REGIONS: &str = "SELECT * FROM (VALUES (1, 'north'), (2, 'south')) AS t(region_id, title)";
const TIERS: &str = "SELECT * FROM (VALUES
    (10, 'basic', CAST('2025-01-01' AS DATE), CAST('2026-01-01' AS DATE)),
    (10, 'gold', CAST('2026-01-01' AS DATE), CAST(NULL AS DATE)),
    (11, 'basic', CAST('2026-01-05' AS DATE), CAST('2026-01-31' AS DATE))) AS t(customer_id, tier, valid_from, valid_to)";
const VISITS: &str = "SELECT * FROM (VALUES
    (1, 10, CAST('2025-12-28 10:00:00' AS TIMESTAMP), 'web'),
    (2, 10, CAST('2025-12-29 07:59:00' AS TIMESTAMP), 'shop'),
    (3, 10, CAST('2026-01-01 09:00:00' AS TIMESTAMP), 'shop'),
    (4, 11, CAST('2026-01-05 10:15:00' AS TIMESTAMP), 'web'),
    (5, 11, CAST('2026-01-30 10:00:00' AS TIMESTAMP), 'web'),
    (6, 13, CAST('2026-02-01 10:00:00' AS TIMESTAMP), NULL),
    (7, NULL, CAST('2026-02-02 10:00:00' AS TIMESTAMP), 'web')) AS t(visit_id, customer_id, seen_at, channel)";
const BALANCES: &str = "SELECT * FROM (VALUES
    (1, 10, CAST('2026-01-30' AS DATE), 100), (2, 10, CAST('2026-01-31' AS DATE), 90), (3, 11, CAST('2026-01-30' AS DATE), 50),
    (4, 10, CAST('2026-02-27' AS DATE), 70), (5, 12, CAST('2026-02-28' AS DATE), NULL), (6, NULL, CAST('2026-02-28' AS DATE), 5))
    AS t(row_id, customer_id, day, balance)";

/// Days from 2025-12-25 to 2026-03-05, with months that start on the 26th.
fn days() -> String {
    let first = chrono::NaiveDate::from_ymd_opt(2025, 12, 25).unwrap();
    let day = |day: chrono::NaiveDate| {
        let fiscal = day + chrono::Days::new(6);
        format!(
            "(CAST('{day}' AS DATE), CAST('{}-01' AS DATE))",
            fiscal.format("%Y-%m")
        )
    };
    let days: Vec<String> = first.iter_days().take(71).map(day).collect();
    format!(
        "SELECT * FROM (VALUES {}) AS t(day, fiscal_month)",
        days.join(", ")
    )
}

/// The layer with its rows in the words of a dialect.
pub(super) fn layer(dialect: Dialect) -> Layer {
    let double = if dialect == Dialect::Postgres {
        "DOUBLE PRECISION"
    } else {
        "DOUBLE"
    };
    let query = |rows: &str| Relation::Query(Expression::new(rows.replace("DOUBLE", double)));
    let parsed = read_manifest("manifest.json", include_str!("manifest.json")).unwrap();
    assert!(parsed.report.problems.is_empty(), "{:?}", parsed.report);
    let mut layer = parsed.layer;
    for dataset in &mut layer.datasets {
        dataset.relation = query(match dataset.name.as_str() {
            "orders" => ORDERS,
            "customers" => CUSTOMERS,
            "regions" => REGIONS,
            "tiers" => TIERS,
            "visits" => VISITS,
            "balances" => BALANCES,
            other => panic!("no rows for {other}"),
        });
    }
    for spine in &mut layer.time_spines {
        spine.relation = query(&days());
    }
    layer
}
