//! Snowflake: semantic views in YAML, and the older files of Cortex Analyst.
//!
//! Time dimensions have no grain of their own; it is the finest that their data type has. The older files call facts
//! `measures` and give some a default aggregation, which becomes a metric of the table. Named filters, verified
//! queries and the settings of search are kept in the extensions.

use super::document::Document;
use super::fields::Fields;
use super::names::parts_of;
use super::report::Severity;
use super::sql;
use crate::layer::{
    Aggregation, Cardinality, Dataset, Edge, Expression, Field, FieldRole, Grain, Join,
    JoinCondition, Layer, Metric, MetricKind, NonAdditive, Notes, Relation, Simple, TimeField,
};

/// What a column says besides, for search and for people.
const BESIDE: &[&str] = &[
    "sample_values",
    "is_enum",
    "cortex_search_service",
    "cortex_search_service_name",
    "access_modifier",
    "unique",
    "tags",
    "comment",
    "labels",
];

/// Reads a semantic view.
pub(super) fn layer<'a>(document: &'a Document<'a>) -> Option<Layer> {
    let fields = Fields::of(document, document.root())?;
    let mut layer = Layer {
        name: fields.text("name").unwrap_or_default().trim().to_owned(),
        ..Layer::default()
    };
    for table in fields.objects("tables") {
        take_table(&table, &mut layer);
    }
    layer.joins = fields
        .objects("relationships")
        .iter()
        .filter_map(join)
        .collect();
    for inner in fields.objects("metrics") {
        layer.metrics.extend(metric(&inner, None));
    }
    layer.notes = notes(
        &fields,
        &[
            "verified_queries",
            "custom_instructions",
            "module_custom_instructions",
            "comment",
            "filters",
        ],
    );
    document.understood("semantic view");
    Some(layer)
}

fn take_table(fields: &Fields<'_>, layer: &mut Layer) {
    let Some(name) = fields.name("name").map(str::to_owned) else {
        return;
    };
    let mut dataset = Dataset {
        relation: relation(fields, &name),
        primary_key: key(fields.object("primary_key").as_ref()),
        unique_keys: fields
            .objects("unique_keys")
            .iter()
            .map(|fields| key(Some(fields)))
            .collect(),
        name: name.clone(),
        ..Dataset::default()
    };
    for inner in fields.objects("dimensions") {
        take_field(&inner, FieldRole::Dimension, &mut dataset);
    }
    for inner in fields.objects("time_dimensions") {
        let grain = grain(inner.node().text_of("data_type"));
        take_field(&inner, time(grain), &mut dataset);
    }
    for key in ["facts", "measures"] {
        for inner in fields.objects(key) {
            layer.metrics.extend(default_aggregation(&inner, &name));
            take_field(&inner, FieldRole::Fact, &mut dataset);
        }
    }
    for inner in fields.objects("metrics") {
        layer.metrics.extend(metric(&inner, Some(&name)));
    }
    if fields.has("filters") {
        let message = "named filters are kept; queries write their conditions themselves";
        fields.problem(Severity::Note, "named_filters", message, Some("filters"));
    }
    let times = dataset
        .fields
        .iter()
        .filter(|field| matches!(field.role, FieldRole::Time(_)));
    dataset.default_time = times.map(|field| field.name.clone()).next();
    dataset.notes = notes(fields, &["filters", "tags", "comment"]);
    fields.document().understood("table");
    layer.datasets.push(dataset);
}

fn relation(fields: &Fields<'_>, name: &str) -> Relation {
    let Some(table) = fields.object("base_table") else {
        if let Some(table) = fields.text("base_table") {
            return Relation::Table(parts_of(table));
        }
        let message = format!("`{name}` names no `base_table`; a table of its name is assumed");
        fields.problem(
            Severity::Warning,
            "missing_relation",
            message,
            Some("base_table"),
        );
        return Relation::Table(vec![name.to_owned()]);
    };
    if let Some(query) = table.text("definition") {
        table.leave(&[]);
        return Relation::Query(Expression::new(query));
    }
    let parts = ["database", "schema", "table"];
    let parts = parts
        .into_iter()
        .filter_map(|key| table.owned(key))
        .collect();
    table.leave(&[]);
    Relation::Table(parts)
}

fn key(fields: Option<&Fields<'_>>) -> Vec<String> {
    fields
        .map(|fields| {
            let columns = fields.strings("columns");
            fields.leave(&[]);
            columns
        })
        .unwrap_or_default()
}

fn take_field(fields: &Fields<'_>, role: FieldRole, dataset: &mut Dataset) {
    let Some(name) = fields.name("name").map(str::to_owned) else {
        return;
    };
    if fields.flag("unique") == Some(true) {
        dataset.unique_keys.push(vec![name.clone()]);
    }
    let field = Field {
        expression: fields.text("expr").map(Expression::new),
        role,
        data_type: fields.owned("data_type"),
        notes: notes(fields, &[BESIDE, &["default_aggregation"]].concat()),
        name,
    };
    fields.document().understood("field");
    dataset.fields.push(field);
}

fn time(grain: Grain) -> FieldRole {
    FieldRole::Time(TimeField {
        grain: grain.into(),
        partition: false,
        validity: None,
    })
}

/// Gives the finest grain that a data type has; types of moments have fractions of seconds.
fn grain(data_type: Option<&str>) -> Grain {
    let name = data_type.unwrap_or("date").to_lowercase();
    if name.starts_with("timestamp") || name.starts_with("datetime") {
        return Grain::Microsecond;
    }
    Grain::Day
}

/// Gives the metric that a fact with a default aggregation is.
fn default_aggregation(fields: &Fields<'_>, dataset: &str) -> Option<Metric> {
    let word = fields.node().text_of("default_aggregation")?.to_lowercase();
    let name = fields.node().text_of("name")?.to_owned();
    let aggregation = match word.as_str() {
        "sum" => Aggregation::Sum,
        "avg" => Aggregation::Average,
        "median" => Aggregation::Median,
        "min" => Aggregation::Min,
        "max" => Aggregation::Max,
        "count" => Aggregation::Count,
        "count_distinct" => Aggregation::CountDistinct,
        other => {
            let message = format!("`{other}` is no aggregation, so there is no metric `{name}`");
            fields.warn("unknown_aggregation", message, "default_aggregation");
            return None;
        }
    };
    let expression = fields.node().text_of("expr").unwrap_or(&name);
    let simple = Simple {
        dataset: dataset.to_owned(),
        aggregation,
        expression: Some(Expression::new(expression)),
        time: None,
        non_additive: None,
        fill_nulls_with: None,
        join_to_time_spine: false,
    };
    Some(Metric {
        name,
        dataset: Some(dataset.to_owned()),
        kind: MetricKind::Simple(simple),
        filters: Vec::new(),
        time_grain: None,
        notes: Notes::default(),
    })
}

fn metric(fields: &Fields<'_>, dataset: Option<&str>) -> Option<Metric> {
    let name = fields.name("name")?.to_owned();
    let expression = fields.name("expr")?;
    let kind = match fields.objects("non_additive_dimensions").as_slice() {
        [] => MetricKind::Expression(Expression::new(expression)),
        [one] => semi_additive(fields, expression, dataset, one)?,
        _ => {
            let message =
                format!("`{name}` is not additive over several dimensions, so it is left out");
            fields.error("not_understood", message);
            return None;
        }
    };
    let hidden = fields.node().text_of("access_modifier") == Some("private_access");
    let mut notes = notes(fields, BESIDE);
    notes.hidden = hidden;
    fields.document().understood("metric");
    Some(Metric {
        name,
        dataset: dataset.map(str::to_owned),
        kind,
        filters: Vec::new(),
        time_grain: None,
        notes,
    })
}

/// Reads a metric that may not be added up over one dimension, if it is one aggregate over its table.
fn semi_additive(
    fields: &Fields<'_>,
    expression: &str,
    dataset: Option<&str>,
    over: &Fields<'_>,
) -> Option<MetricKind> {
    let time = over.text("dimension").or_else(|| over.text("name"));
    let descending = over
        .text("sort_direction")
        .is_some_and(|way| way.to_lowercase().starts_with("desc"));
    over.leave(&["table", "null_order", "nulls"]);
    let parts = (sql::aggregate(expression), dataset, time);
    let (Some((aggregation, inner)), Some(dataset), Some(time)) = parts else {
        let message = "only one aggregate of a table can be semi-additive, so this is left out";
        fields.error("not_understood", message);
        return None;
    };
    Some(MetricKind::Simple(Simple {
        dataset: dataset.to_owned(),
        aggregation,
        expression: inner,
        time: None,
        non_additive: Some(NonAdditive {
            time: time.trim().to_owned(),
            edge: if descending { Edge::First } else { Edge::Last },
            per: Vec::new(),
        }),
        fill_nulls_with: None,
        join_to_time_spine: false,
    }))
}

fn join(fields: &Fields<'_>) -> Option<Join> {
    let from = fields.name("left_table")?.to_owned();
    let to = fields.name("right_table")?.to_owned();
    let mut pairs = Vec::new();
    for pair in fields.objects("relationship_columns") {
        pairs.push((
            pair.name("left_column")?.to_owned(),
            pair.name("right_column")?.to_owned(),
        ));
        pair.leave(&[]);
    }
    if pairs.is_empty() {
        let message = format!("no columns tie `{from}` to `{to}`, so the relationship is left out");
        fields.problem(
            Severity::Error,
            "missing_key",
            message,
            Some("relationship_columns"),
        );
        return None;
    }
    let cardinality = match fields
        .text("relationship_type")
        .map(str::to_lowercase)
        .as_deref()
    {
        Some("one_to_one") => Some(Cardinality::OneToOne),
        Some("many_to_one") | None => Some(Cardinality::ManyToOne),
        Some(other) => {
            let message = format!("`{other}` is taken as many to many");
            fields.warn("unknown_type", message, "relationship_type");
            Some(Cardinality::ManyToMany)
        }
    };
    let inner = fields
        .node()
        .text_of("join_type")
        .is_some_and(|kind| kind.contains("inner"));
    if inner {
        let message = "rows without a match are kept, as by a left outer join";
        fields.warn("inner_join", message, "join_type");
    }
    fields.document().understood("relationship");
    Some(Join {
        name: fields
            .owned("name")
            .unwrap_or_else(|| format!("{from}_{to}")),
        on: JoinCondition::Columns(pairs),
        alias: None,
        cardinality,
        notes: notes(fields, &["join_type"]),
        from,
        to,
    })
}

fn notes(fields: &Fields<'_>, known: &[&str]) -> Notes {
    let synonyms = fields.strings("synonyms");
    Notes {
        synonyms,
        ..fields.notes(known)
    }
}
