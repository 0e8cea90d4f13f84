//! What metrics are made of: other metrics, measures, filters, windows.

use super::super::document::Document;
use super::super::fields::{Fields, text_of, wrong_type};
use super::super::report::Severity;
use super::super::tree::{Node, Value};
use crate::layer::{Filter, GrainName, MetricInput, Offset, Window};

/// A measure as a metric uses it.
pub(super) struct MeasureInput<'a> {
    pub(super) name: &'a str,
    pub(super) filters: Vec<Filter>,
    pub(super) fill_nulls_with: Option<i64>,
    pub(super) join_to_time_spine: bool,
}

/// Reads a metric as another uses it: an object, or its name alone.
pub(super) fn metric<'a>(document: &'a Document<'a>, node: &'a Node<'a>) -> Option<MetricInput> {
    if let Value::Text(name) = &node.value {
        return Some(MetricInput {
            metric: name.trim().to_owned(),
            alias: None,
            filters: Vec::new(),
            offset: None,
        });
    }
    let fields = Fields::of(document, node)?;
    let window = fields
        .get("offset_window")
        .and_then(|node| window(document, node));
    let to_grain = fields.text("offset_to_grain");
    if window.is_some() && to_grain.is_some() {
        let message =
            "only one of `offset_window` and `offset_to_grain` can count; the first is taken";
        fields.warn("conflicting_keys", message, "offset_to_grain");
    }
    let offset = window
        .map(Offset::Window)
        .or_else(|| to_grain.map(|grain| Offset::ToGrain(grain.trim().to_owned().into())));
    let input = MetricInput {
        metric: fields.name("name")?.to_owned(),
        alias: fields.owned("alias"),
        filters: filters(&fields, "filter"),
        offset,
    };
    fields.leave(&[]);
    Some(input)
}

/// Reads a measure as a metric uses it: an object, or its name alone.
pub(super) fn measure<'a>(
    document: &'a Document<'a>,
    node: &'a Node<'a>,
) -> Option<MeasureInput<'a>> {
    if let Value::Text(name) = &node.value {
        return Some(MeasureInput {
            name: name.trim(),
            filters: Vec::new(),
            fill_nulls_with: None,
            join_to_time_spine: false,
        });
    }
    let fields = Fields::of(document, node)?;
    let input = MeasureInput {
        name: fields.name("name")?,
        filters: filters(&fields, "filter"),
        fill_nulls_with: fields.integer("fill_nulls_with"),
        join_to_time_spine: fields.flag("join_to_timespine").unwrap_or_default(),
    };
    // Nothing speaks of a measure by its alias: a metric has one measure.
    fields.leave(&["alias"]);
    Some(input)
}

/// Reads filters in any of their forms: a text, a list of texts, or objects with `where_sql_template`.
pub(super) fn filters(fields: &Fields<'_>, key: &str) -> Vec<Filter> {
    let mut filters = Vec::new();
    if let Some(node) = fields.get(key) {
        collect(fields.document(), node, &mut filters);
    }
    filters
}

fn collect<'a>(document: &'a Document<'a>, node: &'a Node<'a>, filters: &mut Vec<Filter>) {
    match &node.value {
        Value::Null => {}
        Value::List(items) => {
            for item in items {
                collect(document, item, filters);
            }
        }
        Value::Map(_) => {
            let Some(fields) = Fields::of(document, node) else {
                return;
            };
            if let Some(node) = fields.get("where_filters") {
                collect(document, node, filters);
            }
            if let Some(text) = fields.text("where_sql_template") {
                filters.push(Filter(text.trim().to_owned()));
            }
            fields.leave(&[]);
        }
        _ => {
            if let Some(text) = text_of(document, node) {
                filters.push(Filter(text.trim().to_owned()));
            }
        }
    }
}

/// Reads a window: an object with `count` and `granularity`, or a text such as `7 days`.
pub(super) fn window<'a>(document: &'a Document<'a>, node: &'a Node<'a>) -> Option<Window> {
    match &node.value {
        Value::Map(_) => {
            let fields = Fields::of(document, node)?;
            let count = fields.number("count", "a number of periods")?;
            let grain = fields.name("granularity")?.to_owned().into();
            fields.leave(&[]);
            Some(Window { count, grain })
        }
        Value::Text(text) => {
            let window = window_of(text);
            if window.is_none() {
                let message = format!("`{text}` is no window such as `7 days`");
                document.problem(Severity::Warning, "invalid_window", message, node, None);
            }
            window
        }
        _ => {
            wrong_type(document, node, "a window such as `7 days`");
            None
        }
    }
}

fn window_of(text: &str) -> Option<Window> {
    let mut words = text.split_whitespace();
    let (count, grain) = (words.next()?, words.next()?);
    let count = count.parse().ok().filter(|_| words.next().is_none())?;
    let grain = GrainName::from(grain.to_owned());
    Some(Window { count, grain })
}
