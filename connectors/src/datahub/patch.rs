//! Patches of aspects: operations on paths in which the items of a list are named by what they are of, as
//! `/tags/urn:li:tag:pii` or `/owners/urn:li:corpuser:ann/DATAOWNER`.

use serde_json::Value;

use crate::json::{self, Object};

/// How deep a path may lead.
const SEGMENTS_MAX: usize = 16;
/// The members of aspects that are objects with keys of their own; all others that lead further are lists.
const OBJECTS: [&str; 6] = [
    "customProperties",
    "globalTags",
    "glossaryTerms",
    "parameters",
    "ownerTypes",
    "nativeProperties",
];
/// The keys by which an item of a list is named that a path leads into and that is not there yet.
const ITEM_KEY: &str = "fieldPath";

/// What a patch does at a path.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    op: String,
    path: Vec<String>,
    value: Value,
}

/// Takes the operations of a patch: a list of them, or an object that holds one, also as a text.
pub(super) fn operations(aspect: &Value) -> Option<Vec<Operation>> {
    let value = aspect.get("json").or_else(|| aspect.get("value"))?;
    let parsed;
    let value = match value {
        Value::String(text) => {
            parsed = json::parse(text.as_bytes()).ok()?;
            &parsed
        }
        other => other,
    };
    let list = value.get("patch").unwrap_or(value).as_array()?;
    list.iter().map(operation).collect()
}

fn operation(value: &Value) -> Option<Operation> {
    let path = value.get("path")?.as_str()?.strip_prefix('/')?;
    let path: Vec<String> = path
        .split('/')
        .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
        .collect();
    (path.len() <= SEGMENTS_MAX).then_some(Operation {
        op: value.get("op")?.as_str()?.to_owned(),
        path,
        value: value.get("value").cloned().unwrap_or_default(),
    })
}

/// Applies an operation to an aspect; says whether it is one that is known.
pub(super) fn apply(aspect: &mut Object, operation: &Operation) -> bool {
    let mut whole = Value::Object(std::mem::take(aspect));
    let known = match operation.op.as_str() {
        "add" | "replace" => {
            put(&mut whole, &operation.path, &operation.value);
            true
        }
        "remove" => {
            remove(&mut whole, &operation.path);
            true
        }
        _ => false,
    };
    if let Value::Object(object) = whole {
        *aspect = object;
    }
    known
}

fn put(target: &mut Value, path: &[String], value: &Value) {
    let Some((first, rest)) = path.split_first() else {
        *target = value.clone();
        return;
    };
    match target {
        Value::Object(object) => {
            if !rest.is_empty() && !object.get(first).is_some_and(is_container) {
                let empty = if OBJECTS.contains(&first.as_str()) {
                    Value::Object(Object::new())
                } else {
                    Value::Array(Vec::new())
                };
                object.insert(first.clone(), empty);
            }
            put(
                object.entry(first.clone()).or_insert(Value::Null),
                rest,
                value,
            );
        }
        Value::Array(items) => put_into(items, path, value),
        other => *other = value.clone(),
    }
}

/// Puts a value into a list: in place of the item that the path names, into it, or behind the others.
fn put_into(items: &mut Vec<Value>, path: &[String], value: &Value) {
    if path.first().is_some_and(|first| first == "-") {
        items.push(value.clone());
        return;
    }
    let named = items.iter_mut().find(|item| names(item, path) > 0);
    if let Some(item) = named {
        let rest = &path[names(item, path)..];
        put(item, rest, value);
    } else if value.is_object() && names(value, path) == path.len() || path.len() == 1 {
        items.push(value.clone());
    } else if let Some((first, rest)) = path.split_first() {
        let mut item = Object::new();
        item.insert(ITEM_KEY.to_owned(), first.as_str().into());
        let mut item = Value::Object(item);
        put(&mut item, rest, value);
        items.push(item);
    }
}

fn remove(target: &mut Value, path: &[String]) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    match target {
        Value::Object(object) if rest.is_empty() => {
            object.shift_remove(first);
        }
        Value::Object(object) => {
            if let Some(inner) = object.get_mut(first) {
                remove(inner, rest);
            }
        }
        Value::Array(items) => {
            items.retain(|item| names(item, path) < path.len());
            for item in items {
                let named = names(item, path);
                if named > 0 {
                    remove(item, &path[named..]);
                }
            }
        }
        _ => {}
    }
}

/// Says how many segments of a path, from its start, name this item: texts that it is, or that stand in it.
fn names(item: &Value, path: &[String]) -> usize {
    let says = |segment: &String| match item {
        Value::String(text) => text == segment,
        Value::Object(object) => object
            .values()
            .any(|value| value.as_str() == Some(segment.as_str())),
        _ => false,
    };
    path.iter().take_while(|segment| says(segment)).count()
}

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}
