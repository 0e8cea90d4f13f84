//! Quality rules of a dataset or a column.

use ontologies::{dcterms, dqv, iso, skos};
use serde_json::{Value, json};

use super::contract::tags;
use super::facts::{Facts, last_part};
use super::shape::{OF_RULE, Object, put, put_list, spread};

/// The comparisons of the standard, with how an expression writes each.
const OPERATORS: [(&str, &str); 7] = [
    ("mustBe", "="),
    ("mustNotBe", "!="),
    ("mustBeGreaterThan", ">"),
    ("mustBeGreaterOrEqualTo", ">="),
    ("mustBeLessThan", "<"),
    ("mustBeLessOrEqualTo", "<="),
    ("mustBeBetween", "between"),
];
/// The dimensions that the standard knows.
const DIMENSIONS: [&str; 7] = [
    "accuracy",
    "completeness",
    "conformity",
    "consistency",
    "coverage",
    "timeliness",
    "uniqueness",
];

/// Writes the rules about something, in the order that their IRIs number them in.
pub(super) fn rules(facts: &Facts, about: &str) -> Vec<Value> {
    let mut found: Vec<&str> = facts
        .back(about, iso::ABOUT)
        .into_iter()
        .filter(|iri| facts.is_a(iri, dqv::METRIC))
        .collect();
    let number = |iri: &&str| {
        let last = last_part(iri);
        let digits: String = last.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().unwrap_or(u64::MAX)
    };
    found.sort_by_key(number);
    found
        .into_iter()
        .map(|iri| Value::Object(rule(facts, iri)))
        .collect()
}

fn rule(facts: &Facts, iri: &str) -> Object {
    let mut written = Object::new();
    let mut extras = facts.extras(iri);
    let said = |key: &str| {
        let found = extras.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.clone())
    };
    let text = |key: &str| said(key).and_then(|value| Some(value.as_str()?.to_owned()));
    let kind = text("type");
    let measured = text("metric").or_else(|| text("rule"));
    let title = facts.text(iri, dcterms::TITLE);
    let implied = measured.as_deref().or(kind.as_deref()).unwrap_or("library");
    put(
        &mut written,
        "name",
        title.filter(|title| *title != implied),
    );
    put(
        &mut written,
        "description",
        facts.text(iri, dcterms::DESCRIPTION),
    );
    let expression = facts.text(iri, iso::EXPRESSION).unwrap_or_default();
    match kind.as_deref() {
        Some("sql") => put(&mut written, "query", Some(query(expression, &said))),
        Some("custom") => {
            let implementation = serde_json::from_str::<Value>(expression).ok();
            let implementation = implementation.filter(Value::is_object);
            let implementation = implementation.unwrap_or_else(|| expression.into());
            written.insert("implementation".to_owned(), implementation);
        }
        Some("text" | "library") => {}
        // What is no rule of the standard is one in words, with what it is made of beside.
        _ if measured.is_none() => {
            put(&mut written, "type", Some("text"));
            if !expression.is_empty() {
                extras.push(("expression".to_owned(), expression.into()));
            }
        }
        _ => {}
    }
    if let Some(dimension) = facts.links(iri, dqv::IN_DIMENSION).into_iter().next() {
        let label = facts.text(dimension, skos::PREF_LABEL);
        let label = label.map_or_else(|| last_part(dimension), str::to_owned);
        if DIMENSIONS.contains(&label.as_str()) {
            put(&mut written, "dimension", Some(label));
        } else {
            extras.push(("dimension".to_owned(), label.into()));
        }
    }
    put_list(&mut written, "tags", tags(facts, iri));
    comparison(&mut extras, &mut written);
    let mut definitions = super::contract::definitions(facts, iri, &mut extras);
    definitions.dedup();
    put_list(&mut written, "authoritativeDefinitions", definitions);
    spread(extras, OF_RULE, &mut written);
    written
}

/// The query of an expression, without what its result must be.
fn query(expression: &str, said: &dyn Fn(&str) -> Option<Value>) -> String {
    let mut rest = expression;
    for (key, operator) in OPERATORS.iter().rev() {
        if let Some(value) = said(key) {
            let value = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            let suffix = format!(" {operator} {value}");
            rest = rest.strip_suffix(suffix.as_str()).unwrap_or(rest);
        }
    }
    let bare = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    match bare {
        Some(bare) if rest.len() < expression.len() => bare.to_owned(),
        _ => rest.to_owned(),
    }
}

/// Writes the one comparison that the standard allows; others stay beside.
fn comparison(extras: &mut Vec<(String, Value)>, written: &mut Object) {
    let is_ok = |key: &str, value: &Value| match key {
        "mustBe" | "mustNotBe" => true,
        "mustBeBetween" | "mustNotBeBetween" => value.as_array().is_some_and(|ends| {
            ends.len() == 2 && ends[0] != ends[1] && ends.iter().all(Value::is_number)
        }),
        _ => OPERATORS.iter().any(|(known, _)| *known == key) && value.is_number(),
    };
    for (key, _) in extras.iter_mut() {
        for (old, new) in [
            ("mustBeGreaterThanOrEqualTo", "mustBeGreaterOrEqualTo"),
            ("mustBeLessThanOrEqualTo", "mustBeLessOrEqualTo"),
        ] {
            if key == old {
                new.clone_into(key);
            }
        }
    }
    let Some(at) = extras.iter().position(|(key, value)| is_ok(key, value)) else {
        // The standard wants one for a query.
        if written.contains_key("query") {
            written.insert("mustBe".to_owned(), json!(true));
        }
        return;
    };
    let (key, value) = extras.remove(at);
    written.insert(key, value);
}
