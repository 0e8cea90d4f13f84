//! Datasets as schema objects and columns as properties, nested ones below the property that their path names.

use std::collections::BTreeMap;

use ontologies::{csvw, dcterms, iso, prov};
use serde_json::{Value, json};

use super::contract::{definitions, tags, taken};
use super::facts::{Facts, last_part};
use super::quality;
use super::shape::{Holds, Keys, OF_OBJECT, OF_PROPERTY, Object, put, put_list, spread};

/// The keys of what an array holds.
const OF_ITEMS: Keys = &[("logicalType", Holds::Text), ("physicalType", Holds::Text)];

/// Writes the datasets of a contract.
pub(super) fn objects(
    facts: &Facts,
    contract: &str,
    datasets: &[&str],
    notes: &mut Vec<String>,
) -> Vec<Value> {
    let names: BTreeMap<&str, String> = datasets
        .iter()
        .map(|dataset| (*dataset, object_name(facts, contract, dataset)))
        .collect();
    let mut places = BTreeMap::new();
    for (dataset, name) in &names {
        for column in columns(facts, dataset) {
            places.insert(column, format!("{name}.{}", column_name(facts, column)));
        }
    }
    let written = datasets.iter().map(|dataset| {
        let name = names.get(dataset).map_or("", String::as_str);
        Value::Object(object(facts, dataset, name, &places, notes))
    });
    written.collect()
}

/// The logical name of a dataset: that of its place in the contract, else its own.
fn object_name(facts: &Facts, contract: &str, dataset: &str) -> String {
    let below = contract.replacen(":contract:", ":dataset:", 1);
    let is_own = dataset
        .strip_prefix(&below)
        .is_some_and(|rest| rest.starts_with('/'));
    let said = extra_name(facts, dataset);
    let own = is_own.then(|| last_part(dataset));
    let name = facts.text(dataset, iso::NAME).map(str::to_owned);
    said.or(own).or(name).unwrap_or_else(|| last_part(dataset))
}

/// The logical name that an extra keeps.
fn extra_name(facts: &Facts, iri: &str) -> Option<String> {
    let extras = facts.extras(iri);
    let (_, name) = extras.into_iter().find(|(key, _)| key == "name")?;
    Some(name.as_str()?.to_owned())
}

/// The columns of a dataset, in their order.
fn columns<'a>(facts: &'a Facts, dataset: &str) -> Vec<&'a str> {
    let schemas = facts.links(dataset, csvw::TABLE_SCHEMA);
    let mut found: Vec<&str> = schemas
        .into_iter()
        .flat_map(|schema| facts.links(schema, csvw::COLUMN))
        .collect();
    found.sort_by_key(|column| facts.number(column, iso::POSITION).unwrap_or(i64::MAX));
    found.dedup();
    found
}

/// The logical path of a column: the last part of an IRI that we make, else its name.
fn column_name(facts: &Facts, column: &str) -> String {
    if let Some(name) = extra_name(facts, column) {
        return name;
    }
    if column.starts_with("urn:isogloss:column:") {
        return last_part(column);
    }
    let name = facts.text(column, csvw::NAME);
    name.map_or_else(|| last_part(column), str::to_owned)
}

fn object(
    facts: &Facts,
    iri: &str,
    name: &str,
    places: &BTreeMap<&str, String>,
    notes: &mut Vec<String>,
) -> Object {
    let mut written = Object::new();
    let mut extras = facts.extras(iri);
    extras.retain(|(key, _)| key != "name");
    identifier(facts, iri, &mut written, &mut extras);
    put(&mut written, "name", Some(name));
    names(facts, iri, name, facts.text(iri, iso::NAME), &mut written);
    put(
        &mut written,
        "physicalType",
        facts.text(iri, iso::MATERIALIZATION),
    );
    put(
        &mut written,
        "description",
        facts.text(iri, dcterms::DESCRIPTION),
    );
    put_list(&mut written, "tags", tags(facts, iri));
    put_list(
        &mut written,
        "authoritativeDefinitions",
        definitions(facts, iri, &mut extras),
    );
    put_list(&mut written, "quality", quality::rules(facts, iri));
    let keys = primary_key(facts, iri);
    let mut flat = Vec::new();
    for column in columns(facts, iri) {
        let path = column_name(facts, column);
        let property = property(facts, column, &path, &keys, places, notes);
        flat.push((path, property));
    }
    put_list(&mut written, "properties", nested(flat));
    spread(extras, OF_OBJECT, &mut written);
    written
}

/// The standard's ids are words; other identifiers are kept beside.
fn identifier(facts: &Facts, iri: &str, written: &mut Object, extras: &mut Vec<(String, Value)>) {
    let Some(id) = facts.text(iri, dcterms::IDENTIFIER) else {
        return;
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !id.is_empty() && id.chars().all(is_word) {
        put(written, "id", Some(id));
    } else {
        extras.push(("identifier".to_owned(), id.into()));
    }
}

/// Writes the physical and the business name where they differ from the logical one.
fn names(facts: &Facts, iri: &str, name: &str, physical: Option<&str>, written: &mut Object) {
    put(
        written,
        "physicalName",
        physical.filter(|physical| *physical != name),
    );
    let title = facts.text(iri, dcterms::TITLE);
    put(
        written,
        "businessName",
        title.filter(|title| *title != name),
    );
}

/// The primary key of a dataset in its order.
fn primary_key(facts: &Facts, dataset: &str) -> Vec<String> {
    let Some(schema) = facts.links(dataset, csvw::TABLE_SCHEMA).into_iter().next() else {
        return Vec::new();
    };
    let ordered = facts
        .extras(schema)
        .into_iter()
        .find(|(key, _)| key == "primaryKeyOrder");
    let ordered = ordered.and_then(|(_, value)| serde_json::from_value(value).ok());
    ordered.unwrap_or_else(|| {
        let names = facts.texts(schema, csvw::PRIMARY_KEY);
        names.into_iter().map(str::to_owned).collect()
    })
}

fn property(
    facts: &Facts,
    iri: &str,
    path: &str,
    keys: &[String],
    places: &BTreeMap<&str, String>,
    notes: &mut Vec<String>,
) -> Object {
    let mut written = Object::new();
    let mut extras = facts.extras(iri);
    // What a service level of the contract says of this column, it says by naming it.
    extras.retain(|(key, _)| key != "name" && !key.starts_with("sla."));
    identifier(facts, iri, &mut written, &mut extras);
    let physical = facts.text(iri, csvw::NAME).unwrap_or(path);
    let title = facts.text(iri, dcterms::TITLE);
    put(&mut written, "name", Some(path));
    put(
        &mut written,
        "physicalName",
        Some(physical).filter(|physical| *physical != path),
    );
    put(
        &mut written,
        "businessName",
        title.filter(|title| *title != path),
    );
    let logical = extras.iter().find(|(key, _)| key == "logicalType");
    let datatype = facts.text(iri, csvw::DATATYPE);
    let is_logical = |datatype: &&str| logical.is_some_and(|(_, value)| value == *datatype);
    put(
        &mut written,
        "physicalType",
        datatype.filter(|datatype| !is_logical(datatype)),
    );
    put(
        &mut written,
        "description",
        facts.text(iri, dcterms::DESCRIPTION),
    );
    put(
        &mut written,
        "classification",
        facts.text(iri, iso::CLASSIFICATION),
    );
    if let Some(required) = facts.flag(iri, csvw::REQUIRED) {
        written.insert("required".to_owned(), required.into());
    }
    if let Some(at) = keys.iter().position(|key| key == physical) {
        written.insert("primaryKey".to_owned(), true.into());
        if keys.len() > 1 {
            written.insert("primaryKeyPosition".to_owned(), (at + 1).into());
        }
    }
    put_list(&mut written, "tags", tags(facts, iri));
    put_list(
        &mut written,
        "authoritativeDefinitions",
        definitions(facts, iri, &mut extras),
    );
    put_list(&mut written, "quality", quality::rules(facts, iri));
    references(facts, iri, places, &mut written, &mut extras, notes);
    sources(facts, iri, places, &mut written, &mut extras);
    let items = taken(&mut extras, |key, value| {
        key == "items" && super::shape::fits(value, OF_ITEMS, &[])
    });
    if let Some(items) = items.into_iter().next() {
        written.insert("items".to_owned(), items);
    }
    spread(extras, OF_PROPERTY, &mut written);
    written
}

/// Writes foreign keys by the names that the standard allows; others are kept beside.
fn references(
    facts: &Facts,
    iri: &str,
    places: &BTreeMap<&str, String>,
    written: &mut Object,
    extras: &mut Vec<(String, Value)>,
    notes: &mut Vec<String>,
) {
    let mut found = Vec::new();
    for target in facts.links(iri, iso::REFERENCES) {
        let place = places.get(target).cloned().or_else(|| {
            let schema = facts.back(target, csvw::COLUMN).into_iter().next()?;
            let dataset = facts.back(schema, csvw::TABLE_SCHEMA).into_iter().next()?;
            let table = facts.text(dataset, iso::NAME)?;
            Some(format!("{table}.{}", facts.text(target, csvw::NAME)?))
        });
        if let Some(place) = place.filter(|place| is_shorthand(place)) {
            found.push(json!({"to": place}));
        } else {
            notes.push(format!("`{iri}` refers to `{target}`, which the standard has no name for; it is a custom property"));
            extras.push(("references".to_owned(), target.into()));
        }
    }
    put_list(written, "relationships", found);
}

/// Whether a reference is `object.property` with plain names.
fn is_shorthand(text: &str) -> bool {
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    text.split_once('.')
        .is_some_and(|(one, other)| is_name(one) && is_name(other))
}

/// Names what a column was made of, as far as it lies in the contract or was only ever a name.
fn sources(
    facts: &Facts,
    iri: &str,
    places: &BTreeMap<&str, String>,
    written: &mut Object,
    extras: &mut Vec<(String, Value)>,
) {
    let links = facts.links(iri, prov::WAS_DERIVED_FROM);
    let mut names: Vec<Value> = links
        .into_iter()
        .map(|source| places.get(source).map_or(source, String::as_str).into())
        .collect();
    names.extend(taken(extras, |key, value| {
        key == "transformSourceObject" && value.is_string()
    }));
    put_list(written, "transformSourceObjects", names);
}

/// Puts each property below the one that its path goes through; the name that is left is the last part.
fn nested(flat: Vec<(String, Object)>) -> Vec<Value> {
    let mut roots: Vec<(String, Object)> = Vec::new();
    // Those below come after those above, so going backwards each is whole when it is put away.
    let paths: Vec<String> = flat.iter().map(|(path, _)| path.clone()).collect();
    let mut waiting: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (path, mut property) in flat.into_iter().rev() {
        if let Some(mut below) = waiting.remove(&path) {
            below.reverse();
            let is_array = property.contains_key("items")
                || property.get("logicalType").and_then(Value::as_str) == Some("array");
            if is_array {
                let items = property
                    .entry("items")
                    .or_insert_with(|| Value::Object(Object::new()));
                if let Value::Object(items) = items {
                    put_list(items, "properties", below);
                }
            } else {
                put_list(&mut property, "properties", below);
            }
        }
        let above = path
            .rmatch_indices('.')
            .map(|(dot, _)| &path[..dot])
            .find(|above| paths.iter().any(|known| known == above));
        match above {
            Some(above) => {
                let own = path[above.len() + 1..].to_owned();
                shorten(&mut property, above, &own);
                let above = above.to_owned();
                waiting
                    .entry(above)
                    .or_default()
                    .push(Value::Object(property));
            }
            None => roots.push((path, property)),
        }
    }
    roots.reverse();
    // What waits for a property that came after it belongs nowhere else.
    let late = waiting.into_values().flatten();
    roots
        .into_iter()
        .map(|(_, property)| Value::Object(property))
        .chain(late)
        .collect()
}

/// Names a nested property by the last part of its path, and its physical name likewise.
fn shorten(property: &mut Object, above: &str, own: &str) {
    property.insert("name".to_owned(), own.into());
    let physical = property.get("physicalName").and_then(Value::as_str);
    let Some(physical) = physical.map(str::to_owned) else {
        return;
    };
    // The physical path has as many parts above as the logical one.
    let skipped = above.matches('.').count() + 1;
    let rest: Vec<&str> = physical.splitn(skipped + 1, '.').collect();
    match rest.get(skipped) {
        Some(rest) if *rest == own => {
            property.remove("physicalName");
        }
        Some(rest) => {
            property.insert("physicalName".to_owned(), (*rest).into());
        }
        None => {}
    }
}
