//! Models of Ossie, read.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::super::document::Document;
use super::super::fields::{Fields, text_of};
use super::super::names::{is_query, parts_of};
use super::super::report::Severity;
use super::super::tree::{self, Node};
use super::{KEY, VENDOR, Version, patch};
use crate::layer::{
    Dataset, Expression, Field, FieldRole, Grain, Join, JoinCondition, Layer, Metric, MetricKind,
    Notes, Relation, TimeField,
};

/// Notes a version that is neither of the two that are known.
pub(super) fn version(document: &Document<'_>) {
    let Some(node) = document.root().get("version") else {
        return;
    };
    let said = node.text().unwrap_or_default();
    if ![Version::V0_1_1, Version::V0_2_0Dev0]
        .iter()
        .any(|known| known.as_str() == said)
    {
        let message = format!("version `{said}` is not known; it is read as 0.2.0.dev0");
        document.problem(Severity::Warning, "unknown_version", message, node, None);
    }
}

/// Reads a semantic model.
pub(super) fn model<'a>(document: &'a Document<'a>, node: &'a Node<'a>) -> Option<Layer> {
    let fields = Fields::of(document, node)?;
    fields.get("version");
    let datasets: Vec<Dataset> = fields
        .objects("datasets")
        .iter()
        .filter_map(dataset)
        .collect();
    let joins: Vec<Join> = fields
        .objects("relationships")
        .iter()
        .filter_map(relationship)
        .collect();
    let metrics: Vec<Metric> = fields
        .objects("metrics")
        .iter()
        .filter_map(metric)
        .collect();
    let name = fields.text("name").unwrap_or_default().to_owned();
    let (notes, own) = notes(&fields);
    let mut layer = Layer {
        name,
        notes,
        ..Layer::default()
    };
    if let Some(own) = &own {
        layer = corrected(&fields, layer, own);
        layer.datasets = restored(&fields, datasets, own, "datasets");
        layer.joins = restored(&fields, joins, own, "joins");
        layer.metrics = restored(&fields, metrics, own, "metrics");
    } else {
        (layer.datasets, layer.joins, layer.metrics) = (datasets, joins, metrics);
    }
    document.understood("semantic model");
    Some(layer)
}

/// Puts what was written in our extension alone back to its places.
fn restored<T: DeserializeOwned>(
    fields: &Fields<'_>,
    mut list: Vec<T>,
    own: &Value,
    key: &str,
) -> Vec<T> {
    let items = own
        .get("unwritten")
        .and_then(|unwritten| unwritten.get(key));
    for item in items.and_then(Value::as_array).into_iter().flatten() {
        let at = item.get("at").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let definition = item.get("definition").cloned().unwrap_or_default();
        match serde_json::from_value(definition) {
            Ok(value) => list.insert(list.len().min(at as usize), value),
            Err(error) => unreadable(fields, &error.to_string()),
        }
    }
    list
}

fn dataset(fields: &Fields<'_>) -> Option<Dataset> {
    let name = fields.name("name")?.to_owned();
    let source = fields.name("source")?;
    let relation = if is_query(source) {
        Relation::Query(Expression::new(source))
    } else {
        Relation::Table(parts_of(source))
    };
    let inner: Vec<Field> = fields.objects("fields").iter().filter_map(field).collect();
    let unique_keys = unique_keys(fields);
    let primary_key = fields.strings("primary_key");
    let (notes, own) = notes(fields);
    let dataset = Dataset {
        name,
        relation,
        primary_key,
        unique_keys,
        notes,
        ..Dataset::default()
    };
    let mut dataset = match &own {
        Some(own) => corrected(fields, dataset, own),
        None => dataset,
    };
    dataset.fields = inner;
    fields.document().understood("dataset");
    Some(dataset)
}

fn unique_keys(fields: &Fields<'_>) -> Vec<Vec<String>> {
    let document = fields.document();
    let texts = |node: &Node<'_>| -> Vec<String> {
        node.items()
            .iter()
            .filter_map(|item| text_of(document, item))
            .map(str::to_owned)
            .collect()
    };
    fields.list("unique_keys").iter().map(texts).collect()
}

fn field(fields: &Fields<'_>) -> Option<Field> {
    let name = fields.name("name")?.to_owned();
    let expression = expression(fields)?;
    let data_type = fields.owned("datatype");
    let dimension = fields.object("dimension");
    let is_time = dimension
        .as_ref()
        .and_then(|dimension| dimension.flag("is_time"));
    let role = role(is_time, data_type.as_deref());
    let kept = fields.json("dimension").filter(|_| dimension.is_some());
    let label = fields.owned("label");
    let (mut notes, own) = notes(fields);
    notes.label = label;
    if let Some(kept) = kept {
        notes.extensions.insert("dimension".to_owned(), kept);
    }
    let field = Field {
        name,
        expression: Some(expression),
        role,
        data_type,
        notes,
    };
    fields.document().understood("field");
    Some(match &own {
        Some(own) => corrected(fields, field, own),
        None => field,
    })
}

/// Tells what a field is for; a year in a number is no moment, though it may be called a time.
fn role(is_time: Option<bool>, data_type: Option<&str>) -> FieldRole {
    let grain = match data_type {
        Some("Date") | None => Grain::Day,
        Some("DateTime" | "DateTimeTz") => Grain::Microsecond,
        Some(_) => return FieldRole::Dimension,
    };
    if is_time.unwrap_or(data_type.is_some()) {
        return FieldRole::Time(TimeField {
            grain: grain.into(),
            partition: false,
            validity: None,
        });
    }
    FieldRole::Dimension
}

fn relationship(fields: &Fields<'_>) -> Option<Join> {
    let name = fields.name("name")?.to_owned();
    let (from, to) = (fields.name("from")?, fields.name("to")?);
    let (left, right) = (fields.strings("from_columns"), fields.strings("to_columns"));
    if left.len() != right.len() || left.is_empty() {
        let message = format!(
            "relationship `{name}` matches {} columns with {}, so it is left out",
            left.len(),
            right.len()
        );
        fields.error("unequal_columns", message);
        return None;
    }
    let (notes, own) = notes(fields);
    let join = Join {
        name,
        from: from.to_owned(),
        to: to.to_owned(),
        alias: None,
        on: JoinCondition::Columns(left.into_iter().zip(right).collect()),
        cardinality: None,
        notes,
    };
    fields.document().understood("relationship");
    Some(match &own {
        Some(own) => corrected(fields, join, own),
        None => join,
    })
}

fn metric(fields: &Fields<'_>) -> Option<Metric> {
    let name = fields.name("name")?.to_owned();
    let kind = MetricKind::Expression(expression(fields)?);
    let datatype = fields.json("datatype");
    let (mut notes, own) = notes(fields);
    if let Some(datatype) = datatype {
        notes.extensions.insert("datatype".to_owned(), datatype);
    }
    let metric = Metric {
        name,
        dataset: None,
        kind,
        filters: Vec::new(),
        time_grain: None,
        notes,
    };
    fields.document().understood("metric");
    Some(match &own {
        Some(own) => corrected(fields, metric, own),
        None => metric,
    })
}

/// Reads an expression in its dialects, or one that is a text.
fn expression(fields: &Fields<'_>) -> Option<Expression> {
    let node = fields.get("expression");
    if let Some(tree::Value::Map(_)) = node.map(|node| &node.value) {
        return dialects(&fields.object("expression")?);
    }
    fields.name("expression").map(Expression::new)
}

fn dialects(fields: &Fields<'_>) -> Option<Expression> {
    let mut expression = Expression::default();
    let mut ansi = None;
    let mut first = None;
    for item in fields.objects("dialects") {
        let dialect = item
            .text("dialect")
            .unwrap_or("ANSI_SQL")
            .trim()
            .to_uppercase();
        let Some(text) = item.text("expression") else {
            item.name("expression");
            continue;
        };
        item.leave(&[]);
        let text = text.to_owned();
        first.get_or_insert_with(|| text.clone());
        let twice = match dialect.as_str() {
            "ANSI_SQL" => ansi.replace(text).is_some(),
            _ => expression
                .dialects
                .insert(dialect.to_lowercase(), text)
                .is_some(),
        };
        if twice {
            let message = format!("dialect `{dialect}` occurs twice; the last one counts");
            item.problem(
                Severity::Warning,
                "duplicate_dialect",
                message,
                Some("dialect"),
            );
        }
    }
    fields.leave(&[]);
    let Some(sql) = ansi.or(first) else {
        let message = "the expression has no text, so what it defines is left out";
        fields.problem(Severity::Error, "missing_key", message, Some("dialects"));
        return None;
    };
    expression.sql = sql;
    Some(expression)
}

/// Reads what is said besides, and takes our own extension out of the others.
fn notes(fields: &Fields<'_>) -> (Notes, Option<Value>) {
    let mut notes = Notes {
        description: fields.owned("description"),
        ..Notes::default()
    };
    let context = fields.json("ai_context");
    let (extensions, own) = own_extension(fields);
    notes.extensions = fields.rest(&[]);
    if let Some(context) = context {
        let rest = without_synonyms(context, &mut notes.synonyms);
        notes
            .extensions
            .extend(rest.map(|rest| ("ai_context".to_owned(), rest)));
    }
    if !extensions.is_empty() {
        let extensions = Value::Array(extensions);
        notes
            .extensions
            .insert("custom_extensions".to_owned(), extensions);
    }
    (notes, own)
}

/// Takes the synonyms out of an AI context, if they are a list of texts.
fn without_synonyms(context: Value, synonyms: &mut Vec<String>) -> Option<Value> {
    let Value::Object(mut object) = context else {
        return Some(context);
    };
    let texts: Option<Vec<String>> = object
        .get("synonyms")
        .and_then(Value::as_array)
        .map(|items| {
            items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        })
        .unwrap_or_default();
    if let Some(texts) = texts {
        object.shift_remove("synonyms");
        *synonyms = texts;
    }
    (!object.is_empty()).then_some(Value::Object(object))
}

fn own_extension(fields: &Fields<'_>) -> (Vec<Value>, Option<Value>) {
    let mut others = Vec::new();
    let mut own = None;
    for node in fields.list("custom_extensions") {
        let ours = (node.text_of("vendor_name") == Some(VENDOR))
            .then(|| node.get("data")?.raw_text())
            .flatten()
            .and_then(|data| serde_json::from_str::<Map<String, Value>>(data).ok())
            .filter(|data| data.len() == 1)
            .and_then(|mut data| data.shift_remove(KEY));
        match ours {
            Some(ours) if own.is_none() => own = Some(ours),
            _ => others.push(node.to_json()),
        }
    }
    (others, own)
}

/// Corrects what was read by what our extension says.
fn corrected<T: Serialize + DeserializeOwned + Clone>(
    fields: &Fields<'_>,
    plain: T,
    own: &Value,
) -> T {
    let Some(corrections) = own.get("corrections") else {
        return plain;
    };
    patch::apply(plain.clone(), corrections).unwrap_or_else(|error| {
        unreadable(fields, &error);
        plain
    })
}

fn unreadable(fields: &Fields<'_>, error: &str) {
    let message = format!("the extension `{KEY}` is not understood and is left out: {error}");
    fields.warn("unreadable_extension", message, "custom_extensions");
}
