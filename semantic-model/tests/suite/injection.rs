//! Texts of users that try to leave the place where they stand.

use semantic_model::layer::{Filter, GroupBy, Layer, MetricRequest, Query};
use semantic_model::plan::{Catalog, Dialect, Options, compile};
use serde_json::json;
use sqlparser::ast::{Statement, Value, ValueWithSpan, Visit, Visitor};
use sqlparser::dialect::{
    BigQueryDialect, Dialect as SqlDialect, DuckDbDialect, GenericDialect, PostgreSqlDialect,
    SnowflakeDialect,
};
use sqlparser::parser::Parser;
use std::ops::ControlFlow;

fn catalog() -> Catalog {
    let layer: Layer = serde_json::from_value(json!({
        "name": "library",
        "datasets": [{"name": "loans", "relation": {"table": ["loans"]}, "primary_entity": "loan", "scope": "columns",
            "fields": [{"name": "state"}, {"name": "title"}]}],
        "metrics": [{"name": "lent", "kind": {"simple": {"dataset": "loans", "aggregation": "count",
            "expression": {"sql": "id"}}}}],
    }))
    .expect("it is a layer");
    Catalog::new(layer)
}

fn ask(catalog: &Catalog, filter: &str, dialect: Dialect) -> Option<String> {
    let query = Query {
        metrics: vec![MetricRequest {
            name: "lent".to_owned(),
            alias: None,
        }],
        group_by: vec![GroupBy::new("loan__title")],
        filters: vec![Filter(filter.to_owned())],
        ..Query::default()
    };
    let options = Options {
        dialect,
        optimize: true,
    };
    compile(catalog, &query, &options).ok().map(|done| done.sql)
}

fn parser(dialect: Dialect) -> Box<dyn SqlDialect> {
    match dialect {
        Dialect::Postgres => Box::new(PostgreSqlDialect {}),
        Dialect::DuckDb => Box::new(DuckDbDialect {}),
        Dialect::Snowflake => Box::new(SnowflakeDialect {}),
        // The parser's own Spark takes backslashes in a text for themselves, which Spark does not.
        Dialect::BigQuery | Dialect::Spark => Box::new(BigQueryDialect {}),
        Dialect::DataFusion | Dialect::Trino => Box::new(GenericDialect {}),
    }
}

/// The texts of a statement, as the dialect reads them.
#[derive(Default)]
struct Texts(Vec<String>);

impl Visitor for Texts {
    type Break = ();

    fn pre_visit_value(&mut self, value: &ValueWithSpan) -> ControlFlow<()> {
        if !matches!(
            value.value,
            Value::Number(..) | Value::Boolean(_) | Value::Null
        ) {
            self.0.extend(value.value.clone().into_string());
        }
        ControlFlow::Continue(())
    }
}

fn read_back(sql: &str, dialect: Dialect) -> (Vec<Statement>, Vec<String>) {
    let statements = Parser::parse_sql(&*parser(dialect), sql);
    let statements = statements.unwrap_or_else(|error| panic!("{dialect}: {error}\n{sql}"));
    let mut texts = Texts::default();
    let flow: ControlFlow<()> = statements.visit(&mut texts);
    assert!(flow.is_continue());
    (statements, texts.0)
}

const SHARDS: [&str; 22] = [
    "'",
    "''",
    "\\",
    "\\'",
    "\"",
    "`",
    "--",
    "/*",
    "*/",
    ";",
    "$$",
    "$1",
    "\n",
    "\r",
    "\u{2019}",
    "\u{ff07}",
    "\u{2028}",
    "%",
    "_",
    ") OR 1=1 ",
    "DROP TABLE loans",
    "é𝕊",
];

/// Texts of some shards each, the same each time.
fn hostile_texts() -> impl Iterator<Item = String> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(move || {
        let mut text = String::new();
        for _ in 0..4 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = usize::try_from(state % SHARDS.len() as u64).unwrap_or(0);
            text.push_str(SHARDS[at]);
        }
        text
    })
}

#[test]
fn every_text_is_read_back_as_it_was_written_in_every_dialect() {
    let catalog = catalog();
    for text in hostile_texts().take(300) {
        let quoted = text.replace('\'', "''");
        let filters = [
            format!("{{{{ Dimension('loan__state') }}}} = '{quoted}'"),
            format!("loan__state IN ('x', '{quoted}')"),
            format!("loan__state LIKE '{quoted}' ESCAPE '!'"),
            format!("COALESCE(loan__state, '{quoted}') = loan__title"),
        ];
        for filter in filters {
            for dialect in Dialect::ALL {
                let sql = ask(&catalog, &filter, dialect);
                let sql = sql.unwrap_or_else(|| panic!("{dialect}: {filter} is refused"));
                let (statements, texts) = read_back(&sql, dialect);
                assert_eq!(statements.len(), 1, "{dialect}: {sql}");
                assert!(texts.contains(&text), "{dialect}: {text:?} in {sql}");
            }
        }
    }
}

#[test]
fn texts_that_are_no_values_are_refused() {
    let catalog = catalog();
    let filters = [
        r"CAST(loan__state AS foo('a) OR 1=1 --')) = 'x'",
        r"EXTRACT('day\'' FROM x) OR 1=1 --' FROM loan__state) = 1",
        r"loan__state::ENUM('a\'' OR 1=1 --') = 'x'",
        "loan__state = X'41'",
        "loan__state = (SELECT 'x')",
        "loan__state = $1",
        "loan__state = ?",
        "pg_read_file('/etc/passwd') = loan__state",
        "loan__state = 'x'; DROP TABLE loans",
        "loan__state = 'x' UNION SELECT 1",
        "loan__state = 'x' -- '\n OR 1=1)",
        "loan__state = 'x\" OR 1=1",
        "`loan__state``` = 'x'",
        "loans.* = 1",
        "{{ Dimension('loan__state'') OR 1=1 --') }} = 'x'",
        "'{{ Dimension('loan__state') }}' = 'x'",
    ];
    for filter in filters {
        for dialect in Dialect::ALL {
            let sql = ask(&catalog, filter, dialect);
            assert_eq!(sql, None, "{dialect}: {filter}");
        }
    }
}

#[test]
fn comments_are_gone_and_deep_nesting_is_refused() {
    let catalog = catalog();
    let sql = ask(
        &catalog,
        "loan__state /* ' OR 1=1 */ = 'x' -- ' OR 1=1",
        Dialect::Postgres,
    );
    let sql = sql.expect("a comment says nothing");
    assert!(!sql.contains("1=1") && !sql.contains("--"), "{sql}");
    for (open, close) in [("(", ")"), ("NOT ", ""), ("abs(", ")"), ("- ", "")] {
        let deep = format!(
            "{}loan__state{} = 'x'",
            open.repeat(5_000),
            close.repeat(5_000)
        );
        assert_eq!(ask(&catalog, &deep, Dialect::DuckDb), None);
    }
    for (terms, answered) in [(300, true), (1_000, false), (3_000, false)] {
        let wide = vec!["loan__state = 'x'"; terms].join(" OR ");
        assert_eq!(
            ask(&catalog, &wide, Dialect::DuckDb).is_some(),
            answered,
            "{terms}"
        );
        let sum = format!("{}loan__state > 1", "1 + ".repeat(terms * 5));
        assert_eq!(ask(&catalog, &sum, Dialect::DuckDb), None, "{terms}");
    }
}
