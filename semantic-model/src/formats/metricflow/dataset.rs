//! Semantic models: their relation, entities, dimensions and measures.

use super::super::fields::Fields;
use super::super::names::parts_of;
use super::super::report::Severity;
use super::BESIDE;
use super::call::{Argument, Call};
use super::measure::Measures;
use crate::layer::{
    Dataset, Entity, EntityRole, Expression, Field, FieldRole, Grain, Relation, Scope, TimeField,
    Validity,
};

/// Reads a semantic model and takes its measures.
pub(super) fn read<'a>(fields: &Fields<'a>, measures: &mut Measures<'a>) -> Option<Dataset> {
    let name = fields.name("name")?.to_owned();
    let entities: Vec<Entity> = fields
        .objects("entities")
        .iter()
        .filter_map(entity)
        .collect();
    let dimensions = fields.objects("dimensions");
    let default_time = fields.object("defaults").and_then(|defaults| {
        let time = defaults.owned("agg_time_dimension");
        defaults.leave(&[]);
        time
    });
    for measure in fields.objects("measures") {
        measures.read(measure, &name);
    }
    let (relation, spelled) = relation(fields, &name);
    let mut dataset = Dataset {
        relation,
        entities,
        primary_entity: fields.owned("primary_entity"),
        // An expression names columns here, even where a dimension has the name of another column.
        scope: Scope::Columns,
        fields: dimensions.iter().filter_map(dimension).collect(),
        default_time,
        notes: fields.notes(BESIDE),
        name,
        ..Dataset::default()
    };
    let extensions = &mut dataset.notes.extensions;
    if let Some(measures) = fields.json("measures") {
        extensions.insert("measures".to_owned(), measures);
    }
    if let Some(spelled) = spelled {
        extensions.insert("relation_name".to_owned(), spelled.into());
    }
    Some(dataset)
}

/// Reads the relation of a semantic model, and its spelling where the parts do not give it.
fn relation(fields: &Fields<'_>, name: &str) -> (Relation, Option<String>) {
    let Some(node) = fields.object("node_relation") else {
        if let Some(table) = fields.node().text_of("model").and_then(referred) {
            return (Relation::Table(vec![table]), None);
        }
        let message = format!("`{name}` names no relation; a table of its name is assumed");
        fields.problem(
            Severity::Warning,
            "missing_relation",
            message,
            Some("node_relation"),
        );
        return (Relation::Table(vec![name.to_owned()]), None);
    };
    table(&node)
}

/// Reads a `node_relation`: its parts, and its spelling where the parts do not give it.
pub(super) fn table(node: &Fields<'_>) -> (Relation, Option<String>) {
    let spelled = node.text("relation_name");
    let parts: Vec<String> = ["database", "schema_name", "alias"]
        .into_iter()
        .filter_map(|key| node.owned(key))
        .collect();
    node.leave(&[]);
    let Some(spelled) = spelled else {
        return (Relation::Table(parts), None);
    };
    let split = parts_of(spelled);
    if node.node().text_of("alias").is_none() {
        return (Relation::Table(split), None);
    }
    let same = split.len() <= parts.len() && parts.ends_with(&split);
    (Relation::Table(parts), (!same).then(|| spelled.to_owned()))
}

/// Gives the last name in a call of `ref` or `source`: the table, wherever it lies.
fn referred(call: &str) -> Option<String> {
    let call = Call::parse(
        call.trim()
            .trim_matches(|sign| matches!(sign, '{' | '}'))
            .trim(),
    )?;
    let [call] = call.as_slice() else {
        return None;
    };
    let mut texts = call
        .arguments
        .iter()
        .filter_map(|(name, argument)| match argument {
            Argument::Text(text) if name.is_none() => Some(text.clone()),
            _ => None,
        });
    let known = matches!(call.function.as_str(), "ref" | "source");
    texts.next_back().filter(|_| known)
}

/// Reads an entity.
pub(super) fn entity(fields: &Fields<'_>) -> Option<Entity> {
    entity_named(fields, None)
}

/// Reads what an entity is to the rows of a dataset.
pub(super) fn role(name: &str) -> Option<EntityRole> {
    match name.trim().to_lowercase().as_str() {
        "primary" => Some(EntityRole::Primary),
        "unique" => Some(EntityRole::Unique),
        "foreign" => Some(EntityRole::Foreign),
        "natural" => Some(EntityRole::Natural),
        _ => None,
    }
}

/// Reads an entity that a column may be, and that is then named like it unless it says otherwise.
pub(super) fn entity_named(fields: &Fields<'_>, column: Option<&str>) -> Option<Entity> {
    let given = column.filter(|_| !fields.has("name"));
    let name = given.or_else(|| fields.name("name"))?.to_owned();
    let kind = fields.name("type")?;
    let Some(role) = role(kind) else {
        let message = format!("`{kind}` is no type of an entity, so `{name}` is left out");
        fields.problem(Severity::Error, "unknown_type", message, Some("type"));
        return None;
    };
    fields.document().understood("entity");
    let expression = fields.text("expr").or(column).unwrap_or(&name);
    Some(Entity {
        expressions: vec![Expression::new(expression)],
        role,
        notes: fields.notes(&[BESIDE, &["role"]].concat()),
        name,
    })
}

/// Reads a dimension.
pub(super) fn dimension(fields: &Fields<'_>) -> Option<Field> {
    dimension_named(fields, None, None)
}

/// Reads a dimension that a column may be, with the grain of the column.
pub(super) fn dimension_named(
    fields: &Fields<'_>,
    column: Option<&str>,
    grain: Option<&str>,
) -> Option<Field> {
    let given = column.filter(|_| !fields.has("name"));
    let name = given.or_else(|| fields.name("name"))?.to_owned();
    let kind = fields.text("type").unwrap_or("categorical").to_lowercase();
    let partition = fields.flag("is_partition").unwrap_or_default();
    let parameters = fields.object("type_params");
    let role = match kind.trim() {
        "time" => FieldRole::Time(time(fields, parameters.as_ref(), grain, partition)),
        "categorical" => FieldRole::Dimension,
        other => {
            let message = format!(
                "`{other}` is no type of a dimension; `{name}` is taken as one that is categorical"
            );
            fields.warn("unknown_type", message, "type");
            FieldRole::Dimension
        }
    };
    if let Some(parameters) = &parameters {
        parameters.leave(&[]);
    }
    fields.document().understood("dimension");
    let categorical = role == FieldRole::Dimension;
    let mut field = Field {
        expression: fields
            .text("expr")
            .or_else(|| column.filter(|column| *column != name))
            .map(Expression::new),
        role,
        data_type: fields.owned("datatype"),
        notes: fields.notes(BESIDE),
        name,
    };
    if partition && categorical {
        let extensions = &mut field.notes.extensions;
        extensions.insert("is_partition".to_owned(), true.into());
    }
    Some(field)
}

fn time(
    fields: &Fields<'_>,
    parameters: Option<&Fields<'_>>,
    grain: Option<&str>,
    partition: bool,
) -> TimeField {
    let grain = parameters
        .and_then(|parameters| parameters.text("time_granularity"))
        .or_else(|| fields.text("granularity"))
        .or(grain);
    if grain.is_none() {
        let message = "`time_granularity` is missing; a day is assumed";
        fields.problem(
            Severity::Warning,
            "missing_key",
            message,
            Some("type_params"),
        );
    }
    let validity = parameters
        .and_then(|parameters| parameters.object("validity_params"))
        .or_else(|| fields.object("validity_params"))
        .and_then(|validity| {
            let ends = (
                validity.flag("is_start").unwrap_or_default(),
                validity.flag("is_end").unwrap_or_default(),
            );
            validity.leave(&[]);
            match ends {
                (true, false) => Some(Validity::Start),
                (false, true) => Some(Validity::End),
                (false, false) => None,
                (true, true) => {
                    let message =
                        "a field cannot be both ends of the validity; it is taken as none";
                    validity.problem(Severity::Warning, "invalid_validity", message, None);
                    None
                }
            }
        });
    TimeField {
        grain: grain.map_or(Grain::Day.into(), |grain| grain.trim().to_owned().into()),
        partition,
        validity,
    }
}
