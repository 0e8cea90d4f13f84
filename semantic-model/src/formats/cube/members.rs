//! Dimensions of cubes.

use super::super::fields::Fields;
use super::super::report::Severity;
use super::{Index, notes, references};
use crate::layer::{Dataset, Expression, Field, FieldRole, Grain, TimeField};

/// Reads a dimension into a dataset; one that is not understood is left out.
pub(super) fn take(fields: &Fields<'_>, cube: &str, index: &Index<'_>, dataset: &mut Dataset) {
    let Some(name) = fields.name("name").map(str::to_owned) else {
        return;
    };
    let kind = fields.text("type").unwrap_or("string").trim();
    let role = match kind {
        "time" => FieldRole::Time(TimeField {
            grain: Grain::Microsecond.into(),
            partition: false,
            validity: None,
        }),
        "string" | "number" | "boolean" | "switch" => FieldRole::Dimension,
        other => return left_out(fields, &name, &format!("is of the type `{other}`")),
    };
    for key in ["sub_query", "subQuery", "multi_stage", "time_shift"] {
        if fields.flag(key).unwrap_or_default() {
            return left_out(fields, &name, &format!("is a `{key}`"));
        }
    }
    let text = match fields.object("case") {
        Some(case) => case_of(&case, cube, index),
        None => match fields.text("sql") {
            None => Some(name.clone()),
            Some(sql) => references::plain(sql, cube, index),
        },
    };
    let Some(text) = text else {
        return left_out(fields, &name, "has SQL that is not understood");
    };
    let key = ["primary_key", "primaryKey"]
        .into_iter()
        .find_map(|key| fields.flag(key));
    if key == Some(true) {
        dataset.primary_key.push(name.clone());
    }
    if fields.has("granularities") {
        let message = "grains of a dimension's own are kept; queries use those of a time spine";
        fields.problem(Severity::Note, "own_grains", message, Some("granularities"));
    }
    dataset.fields.push(Field {
        expression: Some(Expression::new(text)),
        role,
        data_type: Some(kind.to_owned()),
        notes: notes(
            fields,
            &[
                "granularities",
                "values",
                "suggest_filter_values",
                "propagate_filters_to_sub_query",
            ],
        ),
        name,
    });
    fields.document().understood("dimension");
}

fn left_out(fields: &Fields<'_>, name: &str, why: &str) {
    let message = format!("dimension `{name}` {why}, so it is left out");
    fields.error("not_understood", message);
}

/// Writes the cases of a dimension as SQL.
fn case_of(case: &Fields<'_>, cube: &str, index: &Index<'_>) -> Option<String> {
    let mut text = String::from("CASE");
    for when in case.objects("when") {
        let condition = references::plain(when.name("sql")?, cube, index)?;
        let label = label(&when, cube, index)?;
        text = format!("{text} WHEN {condition} THEN {label}");
        when.leave(&[]);
    }
    if let Some(other) = case.object("else") {
        text = format!("{text} ELSE {}", label(&other, cube, index)?);
        other.leave(&[]);
    }
    case.leave(&[]);
    text.push_str(" END");
    super::super::sql::parse(&text).map(|parsed| parsed.to_string())
}

/// Writes a label: a text, or SQL that gives one.
fn label(fields: &Fields<'_>, cube: &str, index: &Index<'_>) -> Option<String> {
    if let Some(inner) = fields
        .node()
        .get("label")
        .filter(|node| !node.entries().is_empty())
    {
        fields.get("label");
        return references::plain(inner.text_of("sql")?, cube, index);
    }
    let text = fields.text("label")?;
    Some(format!("'{}'", text.replace('\'', "''")))
}
