//! Databricks: metric views in YAML, 0.1 to 1.1.
//!
//! A view is a layer of its own: the dataset `source`, and one for each join. A dimension whose columns are all of one
//! joined relation becomes a field of that dataset. `on` is read as text, and so is the `true` that YAML 1.1 makes of it.
//! A window that leaves out the current period (`trailing`) is a cumulative metric, read one period earlier.

mod measures;

use super::document::Document;
use super::fields::Fields;
use super::names::{is_query, parts_of};
use super::report::Severity;
use super::sql;
use super::tree::{Node, Value};
use crate::layer::{
    Cardinality, Dataset, Expression, Field, FieldRole, Filter, Grain, Join, JoinCondition, Layer,
    Notes, Relation, TimeField,
};

/// The dataset of the view's own relation, as its expressions call it.
const SOURCE: &str = "source";

/// Reads a metric view.
pub(super) fn layer<'a>(document: &'a Document<'a>) -> Option<Layer> {
    let fields = Fields::of(document, document.root())?;
    let version = fields.text("version").unwrap_or("1.1").trim();
    if !["0.1", "1.0", "1.1"].contains(&version) {
        let message = format!("version `{version}` is not known; it is read as 1.1");
        fields.warn("unknown_version", message, "version");
    }
    let mut source = dataset(SOURCE, fields.name("source")?);
    source.filters = fields
        .text("filter")
        .map(|filter| Filter(filter.trim().to_owned()))
        .into_iter()
        .collect();
    let mut layer = Layer {
        datasets: vec![source],
        ..Layer::default()
    };
    joins(&fields, SOURCE, &mut layer);
    for key in ["dimensions", "fields"] {
        for inner in fields.objects(key) {
            dimension(&inner, &mut layer);
        }
    }
    for inner in fields.objects("measures") {
        measures::take(&inner, &mut layer);
    }
    let comment = fields.owned("comment");
    layer.notes = fields.notes(&["materialization", "parameters"]);
    layer.notes.description = comment.or(layer.notes.description);
    document.understood("metric view");
    Some(layer)
}

fn dataset(name: &str, source: &str) -> Dataset {
    let relation = if is_query(source) {
        Relation::Query(Expression::new(source))
    } else {
        Relation::Table(parts_of(source))
    };
    Dataset {
        name: name.to_owned(),
        relation,
        ..Dataset::default()
    }
}

/// Reads the joins of a relation, and those of the joined ones; they nest no deeper than documents do.
fn joins(fields: &Fields<'_>, from: &str, layer: &mut Layer) {
    for inner in fields.objects("joins") {
        let Some(join) = join(&inner, from, layer) else {
            continue;
        };
        let to = join.to.clone();
        layer.joins.push(join);
        joins(&inner, &to, layer);
        let kept = inner.rest(&["rely", "format"]);
        if let Some(join) = layer.joins.iter_mut().find(|join| join.to == to) {
            join.notes.extensions = kept;
        }
    }
}

fn join(fields: &Fields<'_>, from: &str, layer: &mut Layer) -> Option<Join> {
    let name = fields.name("name")?.to_owned();
    let joined = dataset(&name, fields.name("source")?);
    if layer.datasets.iter().any(|dataset| dataset.name == name) {
        let message = format!("`{name}` is joined twice; the second is left out");
        fields.problem(Severity::Error, "duplicate_name", message, Some("name"));
        return None;
    }
    let on = match (condition(fields), fields.strings("using")) {
        (Some(condition), _) => sql::join(condition, from, &name),
        (None, columns) if !columns.is_empty() => {
            let pairs = columns.into_iter().map(|column| (column.clone(), column));
            JoinCondition::Columns(pairs.collect())
        }
        _ => {
            let message = format!("`{name}` has neither `on` nor `using`, so it is left out");
            fields.problem(Severity::Error, "missing_key", message, Some("on"));
            return None;
        }
    };
    let cardinality = match fields.text("cardinality").map(str::to_lowercase).as_deref() {
        None | Some("many_to_one") => Cardinality::ManyToOne,
        Some("one_to_one") => Cardinality::OneToOne,
        Some("one_to_many") => Cardinality::OneToMany,
        Some(_) => Cardinality::ManyToMany,
    };
    layer.datasets.push(joined);
    fields.document().understood("join");
    Some(Join {
        name: name.clone(),
        from: from.to_owned(),
        to: name,
        alias: None,
        on,
        cardinality: Some(cardinality),
        notes: Notes::default(),
    })
}

/// Returns the condition of a join, whose key YAML 1.1 reads as `true`.
fn condition<'a>(fields: &Fields<'a>) -> Option<&'a str> {
    ["on", "true", "True"]
        .into_iter()
        .find_map(|key| fields.text(key))
}

fn dimension(fields: &Fields<'_>, layer: &mut Layer) {
    let Some(name) = fields.name("name").map(str::to_owned) else {
        return;
    };
    let expression = fields.text("expr").map(str::trim);
    let (owner, text) = owner(expression.unwrap_or(&name), layer);
    let role = role(fields, expression);
    let field = Field {
        expression: Some(Expression::new(text)),
        role,
        data_type: None,
        notes: notes(fields),
        name,
    };
    fields.document().understood("dimension");
    let at = layer
        .datasets
        .iter()
        .position(|dataset| dataset.name == owner);
    layer.datasets[at.unwrap_or_default()].fields.push(field);
}

/// Tells which dataset an expression is of, and writes it as one of that dataset.
///
/// Names such as `customer.nation.name` go by joins of joins; the last of them is the dataset.
fn owner(text: &str, layer: &Layer) -> (String, String) {
    let Some(expression) = sql::parse(text) else {
        return (SOURCE.to_owned(), text.to_owned());
    };
    let joined = |front: &[String]| -> Option<String> {
        let last = front.last()?;
        let known = |name: &str| layer.datasets.iter().any(|dataset| dataset.name == name);
        (last != SOURCE && known(last)).then(|| last.clone())
    };
    let (fronts, bare) = sql::qualifiers(&expression);
    let owners: Vec<Option<String>> = fronts.iter().map(|front| joined(front)).collect();
    match owners.as_slice() {
        [Some(one), rest @ ..] if !bare && rest.iter().all(|other| other.as_ref() == Some(one)) => {
            (one.clone(), sql::requalified(expression, |_| None))
        }
        _ => (SOURCE.to_owned(), sql::requalified(expression, joined)),
    }
}

/// Tells a moment by what truncates or shows it; nothing else in a view says what type a dimension has.
fn role(fields: &Fields<'_>, expression: Option<&str>) -> FieldRole {
    let shown = fields
        .node()
        .get("format")
        .and_then(|format| format.text_of("type"));
    let grain = match (expression.and_then(sql::truncated_to), shown) {
        (Some(grain), _) => grain,
        (None, Some("date")) => Grain::Day,
        (None, Some("date_time")) => Grain::Microsecond,
        _ => return FieldRole::Dimension,
    };
    time(grain)
}

fn time(grain: Grain) -> FieldRole {
    FieldRole::Time(TimeField {
        grain: grain.into(),
        partition: false,
        validity: None,
    })
}

fn notes(fields: &Fields<'_>) -> Notes {
    let label = fields.owned("display_name");
    let description = fields.owned("comment");
    let synonyms = fields.strings("synonyms");
    let notes = fields.notes(&["format"]);
    Notes {
        label: label.or(notes.label),
        description: description.or(notes.description),
        synonyms,
        ..notes
    }
}

/// Tells a metric view by its keys.
pub(super) fn is_view(root: &Node<'_>) -> bool {
    let source = root.get("source").map(|node| &node.value);
    matches!(source, Some(Value::Text(_)))
        && ["measures", "dimensions", "fields"]
            .iter()
            .any(|key| root.get(key).is_some())
}
