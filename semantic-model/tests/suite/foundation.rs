//! The draft of Ossie's foundational semantics, rule by rule, over a model of our own: a library with loans, fines,
//! members and branches, and authors who write books together.

use semantic_model::formats::ossie;
use semantic_model::layer::{Filter, GroupBy, MetricRequest, Query};
use semantic_model::plan::{Catalog, Compiled, Dialect, Options, PlanError, Reason, compile};
use serde_json::{Value, json};

fn dataset(name: &str, key: &[&str], fields: &[(&str, &str)]) -> Value {
    let fields: Vec<Value> = fields
        .iter()
        .map(|(name, sql)| json!({"name": name, "expression": sql}))
        .collect();
    json!({"name": name, "source": name, "primary_key": key, "fields": fields})
}

fn relationship(from: &str, column: &str, to: &str) -> Value {
    json!({"name": format!("{from}_{to}_{column}"), "from": from, "to": to,
           "from_columns": [column], "to_columns": ["id"]})
}

/// The library, with more metrics.
fn library(metrics: &[(&str, &str)]) -> Value {
    let own = [
        ("loan_count", "COUNT(loans.id)"),
        ("fined", "SUM(fines.amount)"),
        ("pages", "SUM(books.pages)"),
        ("debt_limit", "SUM(members.debt_limit)"),
        (
            "loan_rank",
            "RANK() OVER (PARTITION BY loans.member_id ORDER BY loans.days DESC)",
        ),
    ];
    let metrics: Vec<Value> = own
        .iter()
        .chain(metrics)
        .map(|(name, sql)| json!({"name": name, "expression": sql}))
        .collect();
    json!({
        "name": "library",
        "datasets": [
            dataset("members", &["id"], &[("id", "id"), ("town", "town"), ("debt_limit", "debt_limit")]),
            dataset("loans", &["id"], &[("id", "id"), ("member_id", "member_id"), ("days", "days"), ("state", "state"),
                ("nth", "ROW_NUMBER() OVER (PARTITION BY member_id ORDER BY id)")]),
            dataset("fines", &["id"], &[("id", "id"), ("member_id", "member_id"), ("amount", "amount")]),
            dataset("books", &["id"], &[("id", "id"), ("pages", "pages")]),
            dataset("authors", &["id"], &[("id", "id"), ("country", "country")]),
            dataset("writing", &["book_id", "author_id"], &[("book_id", "book_id"), ("author_id", "author_id")]),
        ],
        "relationships": [
            relationship("loans", "member_id", "members"),
            relationship("fines", "member_id", "members"),
            relationship("writing", "book_id", "books"),
            relationship("writing", "author_id", "authors"),
        ],
        "metrics": metrics,
    })
}

fn ask(model: &Value, query: &Query) -> Result<Compiled, PlanError> {
    let read = ossie::read_value("library.json", model).expect("the model is one of Ossie");
    let options = Options {
        dialect: Dialect::DuckDb,
        optimize: true,
    };
    compile(&Catalog::new(read.layer), query, &options)
}

fn by(dataset: &str, groups: &[&str], metrics: &[&str]) -> Query {
    let request = |name: &&str| MetricRequest {
        name: (*name).to_owned(),
        alias: None,
    };
    Query {
        dataset: Some(dataset.to_owned()),
        group_by: groups.iter().map(|name| GroupBy::new(*name)).collect(),
        metrics: metrics.iter().map(request).collect(),
        ..Query::default()
    }
}

fn rows(dataset: &str, fields: &[&str]) -> Query {
    Query {
        dataset: Some(dataset.to_owned()),
        fields: fields.iter().map(|name| GroupBy::new(*name)).collect(),
        ..Query::default()
    }
}

fn filtered(mut query: Query, filter: &str) -> Query {
    query.filters.push(Filter(filter.to_owned()));
    query
}

fn sql(model: &Value, query: &Query) -> String {
    match ask(model, query) {
        Ok(compiled) => compiled.sql,
        Err(error) => panic!("{}: {error}", error.reason),
    }
}

fn refused(model: &Value, query: &Query, reason: Reason) {
    match ask(model, query) {
        Ok(compiled) => panic!(
            "{reason} was expected of {query:?}, and not {}",
            compiled.sql
        ),
        Err(error) => assert_eq!(error.reason, reason, "{error}"),
    }
}

#[test]
fn metrics_that_are_made_wrongly_are_refused_with_what_is_wrong() {
    let cases = [
        ("AVG(COUNT(loans.id))", Reason::NestedAggregation),
        ("loan_rank + 0", Reason::WindowedMetricComposition),
        (
            "SUM(loans.days) + loans.days",
            Reason::UnaggregatedFinerGrain,
        ),
        ("SUM(loans.days) + lons.days", Reason::UnknownField),
        ("GRAIN_AGG(SUM(loans.days))", Reason::DeferredFeature),
        (
            "RANK() OVER (ORDER BY SUM(loans.days) OVER (PARTITION BY loans.state))",
            Reason::NestedWindow,
        ),
        (
            "SUM(loans.days) OVER (ORDER BY loans.id GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW)",
            Reason::DeferredFrameMode,
        ),
        ("SUM(loans.days * fines.amount)", Reason::FinerGrain),
    ];
    for (sql, reason) in cases {
        let model = library(&[("made", sql)]);
        refused(&model, &by("loans", &["members.town"], &["made"]), reason);
    }
}

#[test]
fn fields_that_aggregate_or_go_round_break_the_model() {
    let cases = [
        ("SUM(debt_limit)", "members.id", Reason::AggregateInField),
        ("loans.days", "members.bad", Reason::UnaggregatedFinerGrain),
        ("bad + 1 - worse", "members.id", Reason::CyclicDefinition),
    ];
    for (sql, asked, reason) in cases {
        let mut model = library(&[]);
        let fields = model["datasets"][0]["fields"].as_array_mut();
        let fields = fields.expect("members have fields");
        fields.push(json!({"name": "bad", "expression": sql}));
        fields.push(json!({"name": "worse", "expression": "bad * 2"}));
        refused(&model, &by("members", &[asked], &[]), reason);
    }
}

#[test]
fn keys_that_would_change_the_meaning_are_not_passed_over() {
    let mut model = library(&[]);
    model["relationships"][0]["referential_integrity"] = json!(true);
    refused(
        &model,
        &by("loans", &["members.town"], &["loan_count"]),
        Reason::DeferredFeature,
    );
    let mut model = library(&[]);
    model["metrics"][0]["filter"] = json!("loans.state = 'late'");
    refused(
        &model,
        &by("loans", &[], &["loan_count"]),
        Reason::DeferredFeature,
    );
    let mut model = library(&[]);
    model["metrics"][0]["unit"] = json!("loans");
    assert!(ask(&model, &by("loans", &[], &["loan_count"])).is_ok());
}

#[test]
fn one_name_for_two_things_is_refused() {
    let model = library(&[("members", "COUNT(members.id)")]);
    refused(
        &model,
        &by("loans", &[], &["loan_count"]),
        Reason::AmbiguousName,
    );
}

#[test]
fn conditions_speak_of_rows_or_of_groups_and_not_of_both() {
    let model = library(&[]);
    let asked = || by("loans", &["members.town"], &["loan_count"]);
    let cases = [
        ("loan_count > 3", Reason::AggregateInWhere),
        (
            "SUM(loans.days) > 3 OR COUNT(loans.id) > 1",
            Reason::AggregateInWhere,
        ),
        (
            "loans.state = 'late' AND SUM(loans.days) > 3",
            Reason::MixedPredicateLevel,
        ),
        (
            "NOT (loans.state = 'late' OR loan_count > 3)",
            Reason::MixedPredicateLevel,
        ),
        (
            "ROW_NUMBER() OVER (ORDER BY loans.id) = 1",
            Reason::WindowInWhere,
        ),
        (
            "EXISTS_IN(loans.member_id, fines.member_id)",
            Reason::DeferredFeature,
        ),
        ("pg_sleep(loans.days) > 0", Reason::UnknownFunction),
    ];
    for (filter, reason) in cases {
        refused(&model, &filtered(asked(), filter), reason);
    }
    let having = |condition: &str| Query {
        having: vec![Filter(condition.to_owned())],
        ..asked()
    };
    refused(
        &model,
        &having("members.town = 'Ghent'"),
        Reason::NonAggregateInHaving,
    );
    refused(
        &model,
        &having("loan_count > 1 AND members.town = 'Ghent'"),
        Reason::MixedPredicateLevel,
    );
    assert!(sql(&model, &having("loan_count > 1 AND AVG(loans.days) < 9")).contains("AVG"));
}

#[test]
fn a_count_of_a_fact_that_a_group_does_not_have_is_zero_and_a_sum_is_null() {
    let sql = sql(
        &library(&[]),
        &by("members", &["members.town"], &["loan_count", "fined"]),
    );
    assert!(sql.contains("FULL JOIN"), "{sql}");
    assert!(
        sql.contains(r#"COALESCE("part"."aggregate_1", 0)"#),
        "{sql}"
    );
    assert!(
        !sql.contains(r#"COALESCE("part_2"."aggregate_2", 0)"#),
        "{sql}"
    );
}

#[test]
fn rows_that_a_group_repeats_count_once_in_each() {
    let model = library(&[]);
    // A member has many loans: the limit of each counts once a state.
    let finer = sql(&model, &by("members", &["loans.state"], &["debt_limit"]));
    assert!(finer.contains("SELECT DISTINCT"), "{finer}");
    assert!(
        finer.contains(r#"FROM "members""#) && finer.contains("LEFT OUTER JOIN"),
        "{finer}"
    );
    // A book has many authors, and one without any has no country.
    let bridge = sql(&model, &by("authors", &["authors.country"], &["pages"]));
    assert!(bridge.contains("SELECT DISTINCT"), "{bridge}");
    assert!(bridge.contains(r#"FROM "books""#), "{bridge}");
    // Only a condition of a finer grain: a member with two late loans is one.
    let condition = filtered(by("members", &[], &["debt_limit"]), "loans.state = 'late'");
    assert!(sql(&model, &condition).contains("SELECT DISTINCT"));
    let mut keyless = library(&[]);
    keyless["datasets"][0]["primary_key"] = json!([]);
    keyless["datasets"][0]["unique_keys"] = json!([]);
    let refusal = ask(&keyless, &by("members", &["loans.state"], &["debt_limit"]));
    assert!(refusal.is_err(), "{refusal:?}");
}

#[test]
fn fields_with_windows_group_and_filter_what_is_aggregated() {
    let model = library(&[]);
    let first = filtered(
        by("loans", &["members.town"], &["loan_count"]),
        "loans.nth = 1",
    );
    let sql_of_first = sql(&model, &first);
    let window = sql_of_first
        .find("ROW_NUMBER()")
        .expect("the window is there");
    let condition = sql_of_first.find("= 1").expect("the condition is there");
    assert!(
        window < condition,
        "the window is worked out before: {sql_of_first}"
    );
    assert!(sql(&model, &by("loans", &["loans.nth"], &["loan_count"])).contains("ROW_NUMBER()"));
    let repeated = filtered(
        by("members", &["loans.state"], &["debt_limit"]),
        "members.seniority = 1",
    );
    let mut model = library(&[]);
    let fields = model["datasets"][0]["fields"].as_array_mut();
    fields.expect("members have fields").push(json!({
        "name": "seniority", "expression": "ROW_NUMBER() OVER (ORDER BY id)"}));
    refused(&model, &repeated, Reason::WindowOverFanOut);
    // Looked up, the window is over all members, whichever have loans.
    let looked_up = sql(
        &model,
        &by("loans", &["members.seniority"], &["loan_count"]),
    );
    assert!(
        looked_up.contains(r#"(SELECT "members"."id""#)
            || looked_up.contains("ROW_NUMBER() OVER (ORDER BY \"members\".\"id\""),
        "{looked_up}"
    );
}

#[test]
fn windows_over_aggregates_look_at_the_groups_of_the_query() {
    let model = library(&[
        ("share", "SUM(loans.days) / SUM(SUM(loans.days)) OVER ()"),
        ("place", "RANK() OVER (ORDER BY COUNT(loans.id) DESC)"),
        ("place_by_name", "RANK() OVER (ORDER BY loan_count DESC)"),
    ]);
    for metric in ["share", "place", "place_by_name"] {
        let compiled = sql(&model, &by("loans", &["members.town"], &[metric]));
        assert!(compiled.contains(" OVER ("), "{compiled}");
        assert!(compiled.contains("GROUP BY"), "{compiled}");
    }
    refused(
        &model,
        &by("loans", &["members.town"], &["loan_rank"]),
        Reason::UnaggregatedFinerGrain,
    );
}

#[test]
fn rows_are_those_of_the_dataset_that_the_query_names() {
    let model = library(&[]);
    assert!(sql(&model, &rows("loans", &["loans.id", "members.town"])).contains("LEFT OUTER JOIN"));
    refused(
        &model,
        &rows("members", &["members.id", "loans.days"]),
        Reason::FanOutInScalarQuery,
    );
    refused(
        &model,
        &rows("loans", &["loans.id", "books.pages"]),
        Reason::Unreachable,
    );
}

#[test]
fn rows_are_counted_by_the_name_of_their_dataset() {
    let model = library(&[
        ("all_loans", "COUNT(loans.*)"),
        ("spread", "STDDEV(loans.days)"),
        ("all_spread", "VAR_POP(loans.days)"),
    ]);
    let counted = sql(
        &model,
        &by("loans", &[], &["all_loans", "spread", "all_spread"]),
    );
    for part in ["COUNT(*)", "STDDEV_SAMP(", "VAR_POP("] {
        assert!(counted.contains(part), "{counted}");
    }
    let unsaid = library(&[("rows", "COUNT(*)")]);
    refused(&unsaid, &by("loans", &[], &["rows"]), Reason::AmbiguousName);
}
