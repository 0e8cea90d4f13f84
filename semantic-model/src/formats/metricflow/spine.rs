//! Time spines of a project, in the form of today and in the older one.

use super::super::fields::Fields;
use super::super::names::parts_of;
use super::super::report::Severity;
use super::dataset::table;
use crate::layer::{CustomGrain, Grain, Relation, TimeSpine};

/// Reads the time spines of a `project_configuration`.
///
/// The older form counts for grains that the newer one has no spine for.
pub(super) fn read(fields: &Fields<'_>) -> Vec<TimeSpine> {
    let mut spines: Vec<TimeSpine> = fields
        .objects("time_spines")
        .iter()
        .filter_map(spine)
        .collect();
    for fields in fields.objects("time_spine_table_configurations") {
        let Some(older) = older(&fields) else {
            continue;
        };
        if spines.iter().all(|spine| spine.grain != older.grain) {
            spines.push(older);
        }
    }
    for _ in &spines {
        fields.document().understood("time spine");
    }
    spines
}

fn spine(fields: &Fields<'_>) -> Option<TimeSpine> {
    let Some(node) = fields.object("node_relation") else {
        let message = "the time spine names no relation, so it is left out";
        fields.problem(
            Severity::Error,
            "missing_key",
            message,
            Some("node_relation"),
        );
        return None;
    };
    let (relation, _) = table(&node);
    let Some(primary) = fields.object("primary_column") else {
        let message = "the time spine has no `primary_column`, so it is left out";
        fields.problem(
            Severity::Error,
            "missing_key",
            message,
            Some("primary_column"),
        );
        return None;
    };
    let grain = grain(&primary, "time_granularity")?;
    let column = primary.name("name")?.to_owned();
    primary.leave(&[]);
    let custom_grains = fields
        .objects("custom_granularities")
        .iter()
        .filter_map(custom)
        .collect();
    fields.leave(&["metadata"]);
    Some(TimeSpine {
        relation,
        column,
        grain,
        custom_grains,
    })
}

/// Reads a grain that a company's own calendar defines.
pub(super) fn custom(fields: &Fields<'_>) -> Option<CustomGrain> {
    let grain = CustomGrain {
        name: fields.name("name")?.to_lowercase(),
        column: fields.owned("column_name"),
    };
    fields.leave(&["description", "metadata"]);
    Some(grain)
}

fn older(fields: &Fields<'_>) -> Option<TimeSpine> {
    let relation = Relation::Table(parts_of(fields.name("location")?));
    let column = fields.name("column_name")?.to_owned();
    let grain = grain(fields, "grain")?;
    fields.leave(&["metadata"]);
    Some(TimeSpine {
        relation,
        column,
        grain,
        custom_grains: Vec::new(),
    })
}

/// Reads a standard grain; a spine has no other.
pub(super) fn grain(fields: &Fields<'_>, key: &str) -> Option<Grain> {
    let name = fields.name(key)?;
    let grain = Grain::parse(name);
    if grain.is_none() {
        let message = format!("`{name}` is no standard grain, so the time spine is left out");
        fields.problem(Severity::Error, "unknown_grain", message, Some(key));
    }
    grain
}
