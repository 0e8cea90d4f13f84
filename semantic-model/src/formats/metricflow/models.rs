//! Models of dbt: their time spines, and in dbt 2 their semantics.

use super::super::fields::Fields;
use super::super::report::Severity;
use super::super::tree::{Node, Value};
use super::dataset::{self, dimension, entity};
use super::spine;
use super::{Declared, Sections};
use crate::layer::{
    Dataset, Entity, Expression, Field, FieldRole, Grain, Relation, Scope, TimeField, TimeSpine,
};

/// Takes what a model says for a semantic layer; most models say nothing.
pub(super) fn take<'a>(fields: &Fields<'a>, sections: &mut Sections<'a>) {
    if let Some(spine) = fields.object("time_spine") {
        sections.spines.extend(time_spine(fields, &spine));
    }
    let Some(node) = fields.get("semantic_model") else {
        return;
    };
    let (enabled, own) = match &node.value {
        Value::Bool(enabled) => (*enabled, None),
        _ => match Fields::of(fields.document(), node) {
            None => return,
            Some(own) => (own.flag("enabled").unwrap_or(true), Some(own)),
        },
    };
    if !enabled {
        return;
    }
    let given = own.as_ref().and_then(|own| own.text("name"));
    let Some(name) = given.or_else(|| fields.name("name")).map(str::trim) else {
        return;
    };
    if let Some(own) = &own {
        own.leave(&["config", "group"]);
    }
    let dataset = read(fields, name);
    for metric in fields.objects("metrics") {
        sections.metrics.push(Declared {
            fields: metric,
            model: Some(name.to_owned()),
        });
    }
    fields.document().understood("semantic model");
    sections.datasets.push(dataset);
}

fn read(fields: &Fields<'_>, name: &str) -> Dataset {
    let relation = fields.text("alias").or_else(|| fields.text("name"));
    let mut dataset = Dataset {
        name: name.to_owned(),
        relation: Relation::Table(vec![relation.unwrap_or(name).trim().to_owned()]),
        primary_entity: fields.owned("primary_entity"),
        default_time: fields.owned("agg_time_dimension"),
        scope: Scope::Columns,
        ..Dataset::default()
    };
    for column in fields.objects("columns") {
        take_column(&column, &mut dataset);
    }
    if let Some(derived) = fields.object("derived_semantics") {
        let entities = derived.objects("entities");
        dataset.entities.extend(entities.iter().filter_map(entity));
        for inner in derived.objects("dimensions") {
            dataset.fields.extend(dimension(&inner));
        }
        derived.leave(&[]);
    }
    // Tests, columns and settings are dbt's own matter; its connector reads them.
    let Some(description) = fields.owned("description") else {
        return dataset;
    };
    dataset.notes.description = Some(description);
    dataset
}

/// Takes the entity and the dimension that a column is.
fn take_column(fields: &Fields<'_>, dataset: &mut Dataset) {
    let Some(column) = fields.name("name") else {
        return;
    };
    let grain = fields.text("granularity").map(str::trim);
    if let Some(node) = fields.get("entity") {
        dataset.entities.extend(column_entity(fields, node, column));
    }
    if let Some(node) = fields.get("dimension") {
        let description = fields.owned("description");
        if let Some(mut field) = column_dimension(fields, node, column, grain) {
            field.notes.description = field.notes.description.or(description);
            dataset.fields.push(field);
        }
    }
}

/// Reads the entity of a column: an object, or its type alone.
fn column_entity<'a>(fields: &Fields<'a>, node: &'a Node<'a>, column: &str) -> Option<Entity> {
    let document = fields.document();
    if let Value::Text(role) = &node.value {
        let Some(role) = dataset::role(role) else {
            let message = format!("`{role}` is no type of an entity, so `{column}` is left out");
            document.problem(Severity::Error, "unknown_type", message, node, None);
            return None;
        };
        document.understood("entity");
        return Some(Entity {
            name: column.to_owned(),
            role,
            expressions: vec![Expression::new(column)],
            notes: crate::layer::Notes::default(),
        });
    }
    let inner = Fields::of(document, node)?;
    dataset::entity_named(&inner, Some(column))
}

/// Reads the dimension of a column: an object, or its type alone.
fn column_dimension<'a>(
    fields: &Fields<'a>,
    node: &'a Node<'a>,
    column: &str,
    grain: Option<&str>,
) -> Option<Field> {
    let document = fields.document();
    if let Value::Text(kind) = &node.value {
        document.understood("dimension");
        let role = if kind.trim().eq_ignore_ascii_case("time") {
            FieldRole::Time(TimeField {
                grain: grain.map_or(Grain::Day.into(), |grain| grain.to_owned().into()),
                partition: false,
                validity: None,
            })
        } else {
            FieldRole::Dimension
        };
        return Some(Field {
            name: column.to_owned(),
            expression: None,
            role,
            data_type: None,
            notes: crate::layer::Notes::default(),
        });
    }
    dataset::dimension_named(&Fields::of(document, node)?, Some(column), grain)
}

/// Reads the time spine that a model is.
fn time_spine(fields: &Fields<'_>, spine: &Fields<'_>) -> Option<TimeSpine> {
    let table = fields.name("name")?.to_owned();
    let column = spine.name("standard_granularity_column")?;
    let custom_grains = spine
        .objects("custom_granularities")
        .iter()
        .filter_map(spine::custom)
        .collect();
    spine.leave(&[]);
    let declared = fields
        .objects("columns")
        .into_iter()
        .find(|declared| declared.node().text_of("name") == Some(column));
    let Some(declared) = &declared else {
        let message =
            format!("column `{column}` has no `granularity`, so the time spine is left out");
        spine.error("missing_key", message);
        return None;
    };
    let grain = spine::grain(declared, "granularity")?;
    fields.document().understood("time spine");
    Some(TimeSpine {
        relation: Relation::Table(vec![table]),
        column: column.to_owned(),
        grain,
        custom_grains,
    })
}
