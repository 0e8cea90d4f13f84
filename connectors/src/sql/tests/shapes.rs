//! Shapes, limits and hostile texts.

use expect_test::expect;
use proptest::prelude::*;

use super::{read, read_as, shop};
use crate::sql::{Context, Dialect, Limits, Problem, analyze};

fn shape(sql: &str) -> u64 {
    read(sql).statements[0].fingerprint.id
}

#[test]
fn literals_layout_comments_and_aliases_make_no_difference() {
    let one = shape(
        "select o.id, sum(o.amount) total from orders o where o.status = 'paid' group by o.id order by total",
    );
    for same in [
        "SELECT id,\n  SUM(amount) AS t -- what\nFROM orders WHERE status='open' GROUP BY id ORDER BY t",
        "/* {\"app\": \"dbt\"} */ select x.id, sum(x.amount) as y from orders as x where x.status = $1 group by x.id order by y;",
    ] {
        assert_eq!(shape(same), one, "{same}");
    }
    for other in [
        "select o.id, sum(o.amount) total from orders o where o.id = 3 group by o.id order by total",
        "select o.id, sum(o.amount) total from refunds o where o.status = 'paid' group by o.id order by total",
        "select o.id, sum(o.amount) total from orders o where o.status = 'paid' group by o.id order by o.id",
    ] {
        assert_ne!(shape(other), one, "{other}");
    }
    assert_eq!(
        shape("with a as (select id x from orders) select x from a"),
        shape("with b as (select id y from orders) select y from b")
    );
    assert_eq!(
        shape("select id from orders where id in (1, 2, 3)"),
        shape("select id from orders where id in (7)")
    );
    assert_eq!(
        shape("insert into refunds values (1, 2, 3)"),
        shape("insert into refunds values (1, 2, 3), (4, 5, null)")
    );
    assert_ne!(
        shape("select id, status from orders group by 1"),
        shape("select id, status from orders group by 2")
    );
}

#[test]
fn a_shape_keeps_no_literal() {
    let text = |sql: &str| read(sql).statements[0].fingerprint.text.clone();
    expect!["select o.id, ? as n from orders o where mail = ? and x = ? limit ?"].assert_eq(&text("select  o.id , 'Ann' as n from orders o where mail='ann@example.org' and x = $$secret$$ -- 123\n limit 5"));
    expect!["select ? frm from ? where (("]
        .assert_eq(&text("select \"Ann Lee\" frm from x'ff' where (("));
    assert_eq!(text("select 'never closed"), "");
}

#[test]
fn what_is_too_large_is_only_fingerprinted() {
    let schema = shop();
    let small = Limits {
        bytes_max: 100,
        ..Limits::default()
    };
    let context = Context::new(Dialect::Postgres, &schema).limits(small);
    let long = format!(
        "select id from orders where status in ({})",
        "'a', ".repeat(100)
    );
    let analysis = analyze(&long, &context);
    assert!(matches!(analysis.problems[0], Problem::TooLarge { .. }));
    assert!(analysis.statements[0].reads.is_empty());
}

#[test]
fn hostile_nesting_ends_in_a_problem() {
    let deep = |open: &str, inside: &str, close: &str, times: usize| {
        format!(
            "select {}{inside}{}",
            open.repeat(times),
            close.repeat(times)
        )
    };
    for sql in [
        deep("(", "1", ")", 50_000),
        deep("(select ", "1", ")", 5_000),
        deep("case when ", "true", " then 1 end", 10_000),
        deep("not ", "true", "", 30_000),
        deep("- ", "1", "", 30_000),
        deep("f(", "1", ")", 30_000),
        deep("[", "1", "]", 30_000),
        deep("", "1", " + 1", 15_000),
        deep("", "1", " union all select 1", 10_000),
        deep("", "a", "::int", 15_000),
        deep("", "a", " is null", 15_000),
        deep("", "a", " = b", 15_000),
        deep("", "a from t", " join t on a = b", 5_000),
        deep("", "a", ".b", 15_000),
        deep("", "a", "[1]", 10_000),
        format!(
            "select cast(a as {}int{}) from t",
            "array<".repeat(10_000),
            ">".repeat(10_000)
        ),
        format!(
            "select * from {}t{}",
            "(".repeat(20_000),
            ")".repeat(20_000)
        ),
        format!("explain {} select 1", "explain ".repeat(20_000)),
        format!("with {} select 1", "a as (with ".repeat(5_000)),
    ] {
        for dialect in [Dialect::Postgres, Dialect::Generic, Dialect::BigQuery] {
            let analysis = read_as(dialect, &shop(), &sql);
            assert!(!analysis.statements.is_empty());
        }
    }
}

#[test]
fn a_long_chain_is_understood() {
    let sum = format!(
        "select {} as s from orders",
        vec!["amount"; 4_000].join(" + ")
    );
    let analysis = read(&sum);
    assert_eq!(analysis.problems, []);
    assert_eq!(analysis.statements[0].outputs[0].sources.len(), 1);
    let values = format!(
        "insert into refunds values {}",
        vec!["(1, 2, 'three')"; 20_000].join(", ")
    );
    assert_eq!(read(&values).problems, []);
}

/// Pieces that statements are made of, so that nonsense is near to sense.
const PIECES: [&str; 48] = [
    "select",
    "from",
    "where",
    "orders",
    "o",
    "(",
    ")",
    ",",
    ".",
    "*",
    "'x",
    "'",
    "\"",
    "id",
    "amount",
    "join",
    "on",
    "using",
    "=",
    "with",
    "as",
    "union all",
    "group by",
    "order by",
    "1",
    "case",
    "when",
    "end",
    "insert into",
    "values",
    "update",
    "set",
    "merge into",
    "lateral",
    "over",
    "partition by",
    ";",
    "--",
    "/*",
    "{{",
    "##",
    "$1",
    "::",
    "[",
    "]",
    "not",
    "in",
    "recursive",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_a_panic(sql in "\\PC{0,200}") {
        let _facts = read(&sql);
    }

    #[test]
    fn nonsense_near_to_sense_is_read_without_a_panic(
        places in proptest::collection::vec(0..PIECES.len(), 0..60),
        dialect in 0_usize..5,
    ) {
        let sql: Vec<&str> = places.into_iter().map(|place| PIECES[place]).collect();
        let dialect = [Dialect::Postgres, Dialect::Snowflake, Dialect::BigQuery, Dialect::MsSql, Dialect::Sqlite][dialect];
        let _facts = read_as(dialect, &shop(), &sql.join(" "));
    }
}
