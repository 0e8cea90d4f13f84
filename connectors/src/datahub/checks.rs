//! Assertions: rules of quality, and how they came out last.

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, dqv, iso, prov};
use semantic_model::identity::IriKind;
use serde_json::Value;

use super::datasets::column;
use super::proposals::Entity;
use super::{Writer, said, texts, urns};
use crate::json::{Object, integer_of};

/// The aspects that are written here.
const UNDERSTOOD: [&str; 2] = ["assertionInfo", "assertionRunEvent"];

/// Writes a rule and its outcome.
pub(super) fn write(
    writer: &mut Writer<'_>,
    urn: &str,
    entity: &Entity,
) -> &'static [&'static str] {
    let rule = urns::iri(urn);
    writer.out.class(&rule, dqv::METRIC);
    writer.out.text(&rule, dcterms::IDENTIFIER, urn);
    let mut about = Vec::new();
    if let Some(info) = entity.aspect("assertionInfo") {
        about = targets(writer, info);
        described(writer, &rule, info);
    }
    for target in &about {
        writer.out.link(&rule, iso::ABOUT, target);
    }
    if let Some(run) = entity.aspect("assertionRunEvent") {
        outcome(writer, urn, &rule, &about, run);
    }
    writer.common(&rule, entity);
    &UNDERSTOOD
}

/// Gives the part that says what is asserted, such as `datasetAssertion`.
fn body(info: &Object) -> Option<&Object> {
    let mut parts = info.iter().filter(|(key, _)| key.ends_with("Assertion"));
    parts.next()?.1.as_object()
}

/// Gives the columns that a rule is about, else its dataset.
fn targets(writer: &Writer<'_>, info: &Object) -> Vec<NamedNode> {
    let Some(body) = body(info) else {
        return Vec::new();
    };
    let dataset = ["dataset", "entity", "entityUrn"]
        .iter()
        .find_map(|key| said(body, key));
    let own = said(body, "field");
    let fields = texts(Some(body), "fields").chain(own);
    let mut found: Vec<NamedNode> = fields.filter_map(|urn| column(writer, urn)).collect();
    // Assertions about the values of a field name it by its path.
    let path = ["fieldValuesAssertion", "fieldMetricAssertion"]
        .iter()
        .find_map(|key| body.get(*key)?.get("field")?.get("path")?.as_str());
    if let (Some(dataset), Some(path)) = (dataset, path) {
        found.extend(column(
            writer,
            &format!("urn:li:schemaField:({dataset},{path})"),
        ));
    }
    if found.is_empty() {
        found.extend(dataset.map(urns::iri));
    }
    found
}

fn described(writer: &mut Writer<'_>, rule: &NamedNode, info: &Object) {
    let body = body(info);
    let of_body = |keys: &[&str]| keys.iter().find_map(|key| said(body?, key));
    let kind = of_body(&["nativeType", "operator", "type"])
        .or_else(|| said(info, "type"))
        .unwrap_or("assertion");
    writer.out.name(rule, dcterms::TITLE, kind);
    if let Some(text) = said(info, "description") {
        writer.out.text(rule, dcterms::DESCRIPTION, text);
    }
    if let Some(text) = of_body(&["statement", "logic"]) {
        writer.out.text(rule, iso::EXPRESSION, text);
    }
    let kept = [
        "scope",
        "aggregation",
        "operator",
        "parameters",
        "nativeParameters",
    ];
    for key in kept {
        let value = body.and_then(|body| body.get(key));
        if let Some(value) = value.filter(|value| !value.is_null()) {
            writer.out.extra(rule, key, value);
        }
    }
}

fn outcome(
    writer: &mut Writer<'_>,
    urn: &str,
    rule: &NamedNode,
    about: &[NamedNode],
    run: &Object,
) {
    let result = run.get("result").and_then(Value::as_object);
    let Some(kind) = result.and_then(|result| said(result, "type")) else {
        return;
    };
    writer.report.understood("measurement");
    let measurement = writer.out.iri(IriKind::Quality, &[urn, "result"]);
    writer.out.class(&measurement, dqv::QUALITY_MEASUREMENT);
    writer.out.link(&measurement, dqv::IS_MEASUREMENT_OF, rule);
    for target in about {
        writer.out.link(&measurement, dqv::COMPUTED_ON, target);
    }
    let status = match kind {
        "SUCCESS" => "pass",
        "FAILURE" => "fail",
        _ => "error",
    };
    if status != "error" {
        writer
            .out
            .boolean(&measurement, dqv::VALUE, status == "pass");
    }
    writer.out.text(&measurement, iso::STATUS, status);
    let moment = run.get("timestampMillis").and_then(integer_of);
    if let Some(moment) = moment.and_then(chrono::DateTime::from_timestamp_millis) {
        let moment = moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        writer
            .out
            .moment(&measurement, prov::GENERATED_AT_TIME, &moment);
    }
}
