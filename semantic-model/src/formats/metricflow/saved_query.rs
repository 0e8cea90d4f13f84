//! Saved queries.

use super::super::fields::Fields;
use super::BESIDE;
use super::call::Call;
use super::inputs;
use crate::layer::{DatePart, GroupBy, MetricRequest, OrderBy, Query, SavedQuery};

/// Reads a saved query; before dbt 1.7 its parts stood beside its name.
pub(super) fn read(fields: &Fields<'_>) -> Option<SavedQuery> {
    let name = fields.name("name")?.to_owned();
    let inner = fields.object("query_params");
    let parameters = inner.as_ref().unwrap_or(fields);
    let mut group_by = groups(parameters, "group_by");
    group_by.extend(groups(parameters, "group_bys"));
    let query = Query {
        metrics: parameters
            .strings("metrics")
            .into_iter()
            .map(|name| MetricRequest { name, alias: None })
            .collect(),
        group_by,
        filters: inputs::filters(parameters, "where"),
        order_by: orders(parameters),
        limit: parameters.number("limit", "a number of rows"),
        ..Query::default()
    };
    if let Some(inner) = &inner {
        inner.leave(&[]);
    }
    fields.document().understood("saved query");
    Some(SavedQuery {
        query,
        notes: fields.notes(&[BESIDE, &["cache"]].concat()),
        name,
    })
}

fn groups(parameters: &Fields<'_>, key: &str) -> Vec<GroupBy> {
    let mut groups = Vec::new();
    for text in parameters.texts(key) {
        groups.push(group(parameters, key, text).0);
    }
    groups
}

fn orders(parameters: &Fields<'_>) -> Vec<OrderBy> {
    let mut orders = Vec::new();
    for text in parameters.texts("order_by") {
        let (text, minus) = match text.trim().strip_prefix('-') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let (item, descending) = group(parameters, "order_by", text);
        orders.push(OrderBy {
            item,
            descending: minus != descending,
            nulls_first: None,
        });
    }
    orders
}

/// Reads what to group or order by, and whether it is descending.
fn group(parameters: &Fields<'_>, key: &str, text: &str) -> (GroupBy, bool) {
    let text = text.trim();
    if !text.contains('(') {
        return (GroupBy::new(text), false);
    }
    let read = Call::parse(text).and_then(|calls| group_of(&calls));
    read.unwrap_or_else(|| {
        let message = format!("`{text}` is not understood; a query that uses it is refused");
        parameters.warn("unknown_group", message, key);
        (GroupBy::new(text), false)
    })
}

/// Reads `Dimension('entity__name').grain('day')` and its like.
fn group_of(calls: &[Call]) -> Option<(GroupBy, bool)> {
    let (first, methods) = calls.split_first()?;
    let mut group = GroupBy::new(
        first
            .text(0, "name")
            .or_else(|| first.text(0, "metric_name"))?,
    );
    match first.function.as_str() {
        "TimeDimension" => {
            group.grain = first
                .text(1, "time_granularity_name")
                .or_else(|| first.text(1, "time_granularity"))
                .map(|grain| grain.to_owned().into());
            group.entity_path = first.texts(2, "entity_path");
            group.date_part = match first.text(4, "date_part_name") {
                Some(part) => Some(DatePart::parse(part)?),
                None => None,
            };
        }
        "Dimension" | "Entity" => group.entity_path = first.texts(1, "entity_path"),
        // A metric to group by is made of more than its name.
        "Metric" if first.arguments.len() == 1 => {}
        _ => return None,
    }
    let mut descending = first.flag("descending").unwrap_or_default();
    for method in methods {
        match method.function.as_str() {
            "grain" => group.grain = Some(method.text(0, "time_granularity")?.to_owned().into()),
            "date_part" => {
                group.date_part = Some(DatePart::parse(method.text(0, "date_part_name")?)?);
            }
            "descending" => descending = method.first_flag()?,
            _ => return None,
        }
    }
    Some((group, descending))
}
