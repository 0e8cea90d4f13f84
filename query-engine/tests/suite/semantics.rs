//! What the planner's SQL rests on, pinned: an upgrade of DataFusion that changes one of these changes numbers.

use query_engine::DataFusion;

use crate::shown::rows;

/// Each query with the one line that it gives.
async fn check(cases: &[(&str, &str)]) {
    let engine = DataFusion::new("here").unwrap();
    for (sql, expected) in cases {
        assert_eq!(rows(&engine, sql).await, *expected, "{sql}");
    }
}

#[tokio::test]
async fn times_are_truncated_to_calendar_units() {
    let at = |unit: &str| {
        format!(
            "SELECT date_trunc('{unit}', CAST('2021-01-03 13:14:15.123456' AS TIMESTAMP(6))) AS t"
        )
    };
    check(&[
        (&at("microsecond"), "2021-01-03T13:14:15.123456"),
        (&at("millisecond"), "2021-01-03T13:14:15.123"),
        (&at("second"), "2021-01-03T13:14:15"),
        (&at("hour"), "2021-01-03T13:00:00"),
        (&at("day"), "2021-01-03T00:00:00"),
        (&at("week"), "2020-12-28T00:00:00"),
        (&at("month"), "2021-01-01T00:00:00"),
        (&at("quarter"), "2021-01-01T00:00:00"),
        (&at("year"), "2021-01-01T00:00:00"),
    ])
    .await;
}

#[tokio::test]
async fn parts_of_a_sunday_in_an_iso_week_of_the_year_before() {
    let part =
        |part: &str| format!("SELECT EXTRACT({part} FROM CAST('2021-01-03' AS TIMESTAMP(6))) AS p");
    check(&[
        (&part("isodow"), "7"),
        (&part("dow"), "0"),
        (&part("week"), "53"),
        (&part("isoyear"), "2020"),
        (&part("doy"), "3"),
        (&part("quarter"), "1"),
    ])
    .await;
}

#[tokio::test]
async fn intervals_clamp_to_the_end_of_a_month() {
    check(&[
        (
            "SELECT CAST('2020-03-31' AS TIMESTAMP(6)) - INTERVAL '1' MONTH AS t",
            "2020-02-29T00:00:00",
        ),
        (
            "SELECT CAST('2020-02-29' AS TIMESTAMP(6)) - INTERVAL '1' YEAR AS t",
            "2019-02-28T00:00:00",
        ),
        (
            "SELECT CAST('2020-03-31' AS TIMESTAMP(6)) - INTERVAL '3' MONTH AS t",
            "2019-12-31T00:00:00",
        ),
        (
            "SELECT CAST('2020-03-01' AS TIMESTAMP(6)) - INTERVAL '36' HOUR AS t",
            "2020-02-28T12:00:00",
        ),
    ])
    .await;
}

#[tokio::test]
async fn far_years_live_in_microseconds() {
    check(&[
        (
            "SELECT CAST('9999-12-31' AS TIMESTAMP(6)) AS t",
            "9999-12-31T00:00:00",
        ),
        (
            "SELECT CAST('2020-01-01' AS TIMESTAMP(6)) < CAST('9999-12-31' AS TIMESTAMP(6)) AS b",
            "true",
        ),
    ])
    .await;
}

#[tokio::test]
async fn percentiles_are_exact_and_spelled_as_in_postgresql() {
    let of = |call: &str| {
        format!(
            "SELECT {call} WITHIN GROUP (ORDER BY x) AS p FROM (VALUES (1), (2), (3), (10), (NULL)) AS t(x)"
        )
    };
    check(&[
        (&of("percentile_cont(0.5)"), "2.5"),
        (&of("percentile_cont(0.123456789)"), "1.370370367"),
        (&of("percentile_disc(0.5)"), "2"),
        (&of("percentile_disc(0.51)"), "3"),
        (&of("percentile_disc(0)"), "1"),
        (&of("percentile_disc(1)"), "10"),
        (
            "SELECT g, percentile_disc(0.9) WITHIN GROUP (ORDER BY x DESC) AS p FROM (VALUES ('a', 1), ('a', 2), ('b', NULL)) AS t(g, x) GROUP BY g ORDER BY g",
            "a | 1\nb | NULL",
        ),
        (
            "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x) AS p FROM (VALUES ('x'), ('y')) AS t(x)",
            "x",
        ),
        (
            "SELECT percentile_cont(2) WITHIN GROUP (ORDER BY x) AS p FROM (VALUES (1)) AS t(x)",
            "SQL_REFUSED: engine `here` refused the query: Error during planning: percentile_cont needs a share from 0 to 1, not 2",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_sum_that_overflows_is_an_error_and_not_a_negative_number() {
    let numbers = "(VALUES ('a', 9223372036854775807), ('b', 5), ('a', 1), ('b', NULL), ('c', NULL)) AS t(g, x)";
    let message = "QUERY_FAILED: engine `here` failed while it ran the query: Execution error: the sum 9223372036854775808 \
                   does not fit 64 bits: cast the column to DECIMAL(38, 0)";
    check(&[
        (&format!("SELECT sum(x) AS s FROM {numbers} WHERE g = 'a'"), message),
        (&format!("SELECT g, sum(x) AS s FROM {numbers} GROUP BY g ORDER BY g"), message),
        (&format!("SELECT g, sum(x) AS s FROM {numbers} WHERE g <> 'a' GROUP BY g ORDER BY g"), "b | 5\nc | NULL"),
        (&format!("SELECT g, sum(x) FILTER (WHERE x > 5) AS s FROM {numbers} WHERE g = 'b' GROUP BY g"), "b | NULL"),
        (&format!("SELECT sum(CAST(x AS DECIMAL(38, 0))) AS s FROM {numbers}"), "9223372036854775813"),
        // Passing the limit on the way is no overflow.
        ("SELECT sum(x) AS s FROM (VALUES (9223372036854775807), (1), (-1)) AS t(x)", "9223372036854775807"),
        (
            "SELECT x, sum(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM (VALUES (1), (2), (4)) AS t(x)",
            "1 | 1\n2 | 3\n4 | 6",
        ),
    ])
    .await;
}

#[tokio::test]
async fn facts_meet_by_a_full_join_in_which_null_equals_null() {
    let left = "(VALUES (1, 'a', 10), (2, NULL, 20), (NULL, NULL, 5)) AS l(k, g, x)";
    let right =
        "(VALUES (1, 'a', 100), (2, NULL, 200), (NULL, NULL, 50), (3, 'z', 300)) AS r(k, g, y)";
    check(&[(
        &format!(
            "SELECT COALESCE(l.k, r.k) AS k, COALESCE(l.g, r.g) AS g, x, y FROM {left} FULL OUTER JOIN {right}
             ON (l.k IS NOT DISTINCT FROM r.k) AND (l.g IS NOT DISTINCT FROM r.g) ORDER BY k NULLS LAST"
        ),
        "1 | a | 10 | 100\n2 | NULL | 20 | 200\n3 | z | NULL | 300\nNULL | NULL | 5 | 50",
    )])
    .await;
}

#[tokio::test]
async fn whole_numbers_divide_to_whole_numbers_unless_cast() {
    check(&[
        ("SELECT 7 / 2 AS q", "3"),
        ("SELECT CAST(7 AS DOUBLE) / CAST(2 AS DOUBLE) AS q", "3.5"),
        (
            "SELECT CAST(7 AS DOUBLE) / NULLIF(CAST(0 AS DOUBLE), 0) AS q",
            "NULL",
        ),
    ])
    .await;
}
