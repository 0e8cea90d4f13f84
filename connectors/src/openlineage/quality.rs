//! What events say of the quality of a dataset: rules with their outcome, and measures.

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, dqv, iso};
use semantic_model::identity::IriKind;
use serde_json::Value;

use super::event::Moment;
use super::facets::{facet, objects, said};
use super::names::{Name, iri};
use super::state::Registers;
use crate::StatementBuilder;
use crate::json::{Object, integer_of};
use crate::table::Table;

/// Writes assertions and metrics.
pub(super) fn write(out: &mut StatementBuilder, name: &Name, table: &Table, registers: &Registers) {
    let time = |key: &str| {
        registers
            .get(key)
            .map_or(Moment::UNKNOWN, |found| found.time)
    };
    if let Some(found) = facet(registers, "dataQualityAssertions") {
        let at = time("dataQualityAssertions");
        for assertion in objects(&found, "assertions") {
            write_assertion(out, name, table, assertion, at);
        }
    }
    if let Some(found) = facet(registers, "dataQualityMetrics") {
        let at = time("dataQualityMetrics");
        if let Some(rows) = found
            .get("rowCount")
            .and_then(integer_of)
            .filter(|rows| *rows >= 0)
        {
            out.integer(&table.iri, iso::ROW_COUNT, rows);
        }
        for key in ["bytes", "fileCount"] {
            if let Some(value) = found.get(key).filter(|value| value.is_number()) {
                measure(out, name, None, key, value, &table.iri, at);
            }
        }
        let columns = found.get("columnMetrics").and_then(Value::as_object);
        for (column, metrics) in columns.into_iter().flatten() {
            let target = table.column_iri(column);
            for (key, value) in metrics.as_object().into_iter().flatten() {
                if value.is_number() {
                    measure(out, name, Some(column), key, value, &target, at);
                }
            }
        }
    }
}

fn write_assertion(
    out: &mut StatementBuilder,
    name: &Name,
    table: &Table,
    assertion: &Object,
    at: Moment,
) {
    let Some(kind) = said(assertion, "assertion") else {
        return;
    };
    let column = said(assertion, "column");
    let own = said(assertion, "name").unwrap_or(kind);
    let mut path = vec![name.namespace.as_str(), name.name.as_str()];
    path.extend(column);
    path.push(own);
    let rule = iri(IriKind::Quality, &path);
    out.class(&rule, dqv::METRIC);
    let title = match column {
        Some(column) => format!("{kind} {column}"),
        None => kind.to_owned(),
    };
    out.name(&rule, dcterms::TITLE, &title);
    out.text(&rule, dcterms::IDENTIFIER, own);
    for key in ["severity", "expected", "params", "description"] {
        let value = assertion.get(key).filter(|value| {
            let is_empty = value.as_object().is_some_and(Object::is_empty);
            !value.is_null() && !is_empty
        });
        if let Some(value) = value {
            out.extra(&rule, key, value);
        }
    }
    let target = match column {
        Some(column) => table
            .get_any_case(column)
            .cloned()
            .unwrap_or_else(|| table.column_iri(column)),
        None => table.iri.clone(),
    };
    out.link(&rule, iso::ABOUT, &target);
    let Some(success) = assertion.get("success").and_then(Value::as_bool) else {
        return;
    };
    path.push("result");
    let result = iri(IriKind::Quality, &path);
    out.class(&result, dqv::QUALITY_MEASUREMENT);
    out.link(&result, dqv::IS_MEASUREMENT_OF, &rule);
    out.link(&result, dqv::COMPUTED_ON, &target);
    out.boolean(&result, dqv::VALUE, success);
    let warns =
        said(assertion, "severity").is_some_and(|severity| severity.eq_ignore_ascii_case("warn"));
    let status = match (success, warns) {
        (true, _) => "pass",
        (false, true) => "warn",
        (false, false) => "fail",
    };
    out.text(&result, iso::STATUS, status);
    if let Some(actual) = assertion.get("actual").filter(|actual| !actual.is_null()) {
        out.extra(&result, "actual", actual);
    }
    generated(out, &result, at);
}

fn measure(
    out: &mut StatementBuilder,
    name: &Name,
    column: Option<&str>,
    key: &str,
    value: &Value,
    target: &NamedNode,
    at: Moment,
) {
    let metric = iri(IriKind::Quality, &["metric", key]);
    out.class(&metric, dqv::METRIC);
    out.name(&metric, dcterms::TITLE, key);
    let mut path = vec![name.namespace.as_str(), name.name.as_str()];
    path.extend(column);
    path.extend(["metric", key]);
    let result = iri(IriKind::Quality, &path);
    out.class(&result, dqv::QUALITY_MEASUREMENT);
    out.link(&result, dqv::IS_MEASUREMENT_OF, &metric);
    out.link(&result, dqv::COMPUTED_ON, target);
    match (integer_of(value), value.as_f64()) {
        (Some(whole), _) => out.integer(&result, dqv::VALUE, whole),
        (None, Some(number)) => out.double(&result, dqv::VALUE, number),
        (None, None) => {}
    }
    generated(out, &result, at);
}

fn generated(out: &mut StatementBuilder, result: &NamedNode, at: Moment) {
    if let Some(text) = at.text() {
        out.moment(result, ontologies::prov::GENERATED_AT_TIME, &text);
    }
}
