//! Layers, written as models of Ossie.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::FormatError;
use super::super::names::{is_query, is_word, name_of};
use super::{KEY, VENDOR, Version, patch, read_value};
use crate::layer::{
    Aggregation, Dataset, Expression, Field, FieldRole, Join, JoinCondition, Layer, Metric,
    MetricKind, Notes, Relation,
};

const DATA_TYPES: [&str; 10] = [
    "String",
    "Integer",
    "Decimal",
    "Float",
    "Boolean",
    "Date",
    "Time",
    "DateTime",
    "DateTimeTz",
    "Opaque",
];

/// Writes a layer as an Ossie document in JSON.
///
/// Ossie wants at least one dataset; a layer without any gives a document that its schema refuses.
pub fn to_value(layer: &Layer, version: Version) -> Value {
    let writer = Writer { version };
    json!({"version": version.as_str(), "semantic_model": [writer.model(layer)]})
}

/// Writes a layer as an Ossie document in YAML.
pub fn to_yaml(layer: &Layer, version: Version) -> Result<String, FormatError> {
    serde_saphyr::to_string(&to_value(layer, version))
        .map_err(|error| FormatError::of_file(&layer.name, error.to_string()))
}

#[derive(Clone, Copy)]
struct Writer {
    version: Version,
}

impl Writer {
    fn model(self, layer: &Layer) -> Value {
        let mut unwritten = Map::new();
        let datasets = self.list(&layer.datasets, "datasets", &mut unwritten, Self::dataset);
        let joins = self.list(&layer.joins, "joins", &mut unwritten, Self::join);
        let metrics = self.list(&layer.metrics, "metrics", &mut unwritten, Self::metric);
        let mut object = named(&layer.name);
        self.notes(&mut object, &layer.notes);
        object.insert("datasets".to_owned(), Value::Array(Vec::new()));
        let bare = Layer {
            datasets: Vec::new(),
            joins: Vec::new(),
            metrics: Vec::new(),
            ..layer.clone()
        };
        let plain = read_back(&json!({"name": "", "datasets": []}), &object);
        let mut own = Map::new();
        if let Some(patch) = patch::between(&plain, &bare) {
            own.insert("corrections".to_owned(), patch);
        }
        if !unwritten.is_empty() {
            own.insert("unwritten".to_owned(), Value::Object(unwritten));
        }
        extend(&mut object, &own);
        object.insert("datasets".to_owned(), Value::Array(datasets));
        if !joins.is_empty() {
            object.insert("relationships".to_owned(), Value::Array(joins));
        }
        if !metrics.is_empty() {
            object.insert("metrics".to_owned(), Value::Array(metrics));
        }
        Value::Object(object)
    }

    /// Writes what has an Ossie form, and notes with its place what has none.
    fn list<T: Serialize>(
        self,
        items: &[T],
        key: &str,
        unwritten: &mut Map<String, Value>,
        write: fn(Self, &T) -> Option<Value>,
    ) -> Vec<Value> {
        let mut written = Vec::new();
        let mut rest = Vec::new();
        for (at, item) in items.iter().enumerate() {
            match write(self, item) {
                Some(value) => written.push(value),
                None => rest.push(json!({"at": at, "definition": item})),
            }
        }
        if !rest.is_empty() {
            unwritten.insert(key.to_owned(), Value::Array(rest));
        }
        written
    }

    fn dataset(self, dataset: &Dataset) -> Option<Value> {
        let mut object = named(&dataset.name);
        let source = match &dataset.relation {
            Relation::Query(query) if is_query(&query.sql) => query.sql.clone(),
            // In brackets, so that it is not taken for the name of a table.
            Relation::Query(query) => format!("({})", query.sql),
            Relation::Table(parts) => name_of(parts),
        };
        object.insert("source".to_owned(), source.into());
        if !dataset.primary_key.is_empty() {
            object.insert("primary_key".to_owned(), json!(dataset.primary_key));
        }
        if !dataset.unique_keys.is_empty() {
            object.insert("unique_keys".to_owned(), json!(dataset.unique_keys));
        }
        self.notes(&mut object, &dataset.notes);
        let bare = Dataset {
            fields: Vec::new(),
            ..dataset.clone()
        };
        let plain = read_back(&json!({"name": "", "datasets": [object]}), &Map::new())
            .datasets
            .pop()?;
        correct(&mut object, &plain, &bare);
        if !dataset.fields.is_empty() {
            let fields = dataset.fields.iter().map(|field| self.field(field));
            object.insert(
                "fields".to_owned(),
                Value::Array(fields.collect::<Option<_>>()?),
            );
        }
        Some(Value::Object(object))
    }

    fn field(self, field: &Field) -> Option<Value> {
        let mut object = named(&field.name);
        let own_name = Expression::new(name_of(std::slice::from_ref(&field.name)));
        let expression = self.expression(field.expression.as_ref().unwrap_or(&own_name));
        object.insert("expression".to_owned(), expression);
        match (field.notes.extensions.get("dimension"), &field.role) {
            (Some(Value::Object(dimension)), _)
                if dimension.len() == 1
                    && dimension.get("is_time").is_some_and(Value::is_boolean) =>
            {
                object.insert("dimension".to_owned(), json!(dimension));
            }
            (_, FieldRole::Time(_)) => {
                object.insert("dimension".to_owned(), json!({"is_time": true}));
            }
            _ => {}
        }
        if let Some(label) = &field.notes.label {
            object.insert("label".to_owned(), label.as_str().into());
        }
        self.data_type(&mut object, field.data_type.as_deref());
        self.notes(&mut object, &field.notes);
        let dataset = json!({"name": "d", "source": "d", "fields": [object]});
        let mut back = read_back(&json!({"name": "", "datasets": [dataset]}), &Map::new());
        let plain = back.datasets.pop()?.fields.pop()?;
        correct(&mut object, &plain, field);
        Some(Value::Object(object))
    }

    fn join(self, join: &Join) -> Option<Value> {
        let JoinCondition::Columns(pairs) = &join.on else {
            return None;
        };
        if pairs.is_empty() {
            return None;
        }
        let (left, right): (Vec<&str>, Vec<&str>) = pairs
            .iter()
            .map(|(left, right)| (left.as_str(), right.as_str()))
            .unzip();
        let mut object = named(&join.name);
        object.insert("from".to_owned(), join.from.as_str().into());
        object.insert("to".to_owned(), join.to.as_str().into());
        object.insert("from_columns".to_owned(), json!(left));
        object.insert("to_columns".to_owned(), json!(right));
        // A description is no word for a relationship.
        self.notes(&mut object, &join.notes);
        object.shift_remove("description");
        let model = json!({"name": "", "datasets": [], "relationships": [object]});
        let plain = read_back(&model, &Map::new()).joins.pop()?;
        correct(&mut object, &plain, join);
        Some(Value::Object(object))
    }

    fn metric(self, metric: &Metric) -> Option<Value> {
        let expression = match &metric.kind {
            MetricKind::Expression(expression) if metric.filters.is_empty() => expression.clone(),
            MetricKind::Simple(simple) if metric.filters.is_empty() => {
                let plain = simple.non_additive.is_none() && simple.fill_nulls_with.is_none();
                let column = simple.expression.as_ref().filter(|_| plain)?;
                aggregate(simple.aggregation, &simple.dataset, &column.sql)?
            }
            _ => return None,
        };
        let mut object = named(&metric.name);
        object.insert("expression".to_owned(), self.expression(&expression));
        let datatype = metric.notes.extensions.get("datatype");
        self.data_type(&mut object, datatype.and_then(Value::as_str));
        self.notes(&mut object, &metric.notes);
        let model = json!({"name": "", "datasets": [], "metrics": [object]});
        let plain = read_back(&model, &Map::new()).metrics.pop()?;
        correct(&mut object, &plain, metric);
        Some(Value::Object(object))
    }

    /// Writes an expression in the dialects that the version knows; the one that counts for all comes first.
    fn expression(self, expression: &Expression) -> Value {
        let mut known: Vec<(String, &str)> = expression
            .dialects
            .iter()
            .map(|(dialect, text)| (dialect.to_uppercase(), text.as_str()))
            .filter(|(dialect, _)| {
                dialect != "ANSI_SQL" && self.version.dialects().contains(&dialect.as_str())
            })
            .collect();
        match known.iter().position(|(_, text)| *text == expression.sql) {
            Some(at) => known[..=at].rotate_right(1),
            None => known.insert(0, ("ANSI_SQL".to_owned(), &expression.sql)),
        }
        let dialects: Vec<Value> = known
            .into_iter()
            .map(|(dialect, text)| json!({"dialect": dialect, "expression": text}))
            .collect();
        json!({"dialects": dialects})
    }

    fn data_type(self, object: &mut Map<String, Value>, data_type: Option<&str>) {
        let known = data_type.filter(|name| DATA_TYPES.contains(name));
        if let Some(name) = known.filter(|_| self.version == Version::V0_2_0Dev0) {
            object.insert("datatype".to_owned(), name.into());
        }
    }

    /// Writes description, AI context and the extensions of others.
    fn notes(self, object: &mut Map<String, Value>, notes: &Notes) {
        if let Some(description) = &notes.description {
            object.insert("description".to_owned(), description.as_str().into());
        }
        let mut context = match notes.extensions.get("ai_context") {
            Some(Value::String(text)) if notes.synonyms.is_empty() => json!(text),
            Some(Value::String(text)) => json!({"instructions": text}),
            Some(Value::Object(context)) if is_context(context) => json!(context),
            _ => json!({}),
        };
        if let (Value::Object(context), false) = (&mut context, notes.synonyms.is_empty()) {
            context.insert("synonyms".to_owned(), json!(notes.synonyms));
        }
        if context != json!({}) {
            object.insert("ai_context".to_owned(), context);
        }
        let extensions: Vec<Value> = notes
            .extensions
            .get("custom_extensions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(|extension| self.is_extension(extension))
            .cloned()
            .collect();
        if !extensions.is_empty() {
            object.insert("custom_extensions".to_owned(), Value::Array(extensions));
        }
    }

    fn is_extension(self, extension: &Value) -> bool {
        let text = |key| extension.get(key).and_then(Value::as_str);
        let length = extension.as_object().map_or(0, Map::len);
        let known = text("vendor_name").is_some_and(|vendor| self.version.knows_vendor(vendor));
        length == 2 && known && text("data").is_some()
    }
}

/// Tells whether the keys that Ossie knows of an AI context are of its types.
fn is_context(context: &Map<String, Value>) -> bool {
    let texts = |value: &Value| {
        value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_string))
    };
    context.get("instructions").is_none_or(Value::is_string)
        && context.get("examples").is_none_or(texts)
        && context.get("synonyms").is_none_or(texts)
}

/// Writes a plain aggregation of one column; anything more has no Ossie form that is sure to mean the same.
fn aggregate(aggregation: Aggregation, dataset: &str, column: &str) -> Option<Expression> {
    if !is_word(column) || !is_word(dataset) {
        return None;
    }
    let function = match aggregation {
        Aggregation::Sum => "SUM(",
        Aggregation::Count => "COUNT(",
        Aggregation::CountDistinct => "COUNT(DISTINCT ",
        Aggregation::Average => "AVG(",
        Aggregation::Min => "MIN(",
        Aggregation::Max => "MAX(",
        _ => return None,
    };
    Some(Expression::new(format!("{function}{dataset}.{column})")))
}

fn named(name: &str) -> Map<String, Value> {
    Map::from_iter([("name".to_owned(), Value::from(name))])
}

/// Reads what has been written so far as others would read it.
fn read_back(model: &Value, over: &Map<String, Value>) -> Layer {
    let mut model = model.clone();
    if let Value::Object(model) = &mut model {
        model.extend(over.clone());
    }
    read_value("written", &model)
        .map(|read| read.layer)
        .unwrap_or_default()
}

/// Adds what reading an object back would not give.
fn correct<T: Serialize>(object: &mut Map<String, Value>, plain: &T, whole: &T) {
    let patch = patch::between(plain, whole);
    let own = patch.map(|patch| ("corrections".to_owned(), patch));
    extend(object, &own.into_iter().collect());
}

/// Adds our extension to those of others, unless it says nothing.
fn extend(object: &mut Map<String, Value>, own: &Map<String, Value>) {
    if own.is_empty() {
        return;
    }
    let data = json!({KEY: own}).to_string();
    let extension = json!({"vendor_name": VENDOR, "data": data});
    let list = object
        .entry("custom_extensions")
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = list {
        list.insert(0, extension);
    }
}
