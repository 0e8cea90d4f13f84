//! Corrections that turn one JSON value into another, key by key.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Gives what must be set in and removed from one value to make it the other; `None` if they are equal.
///
/// Objects are compared key by key; anything else, lists too, is replaced as a whole.
pub(super) fn between<T: Serialize>(from: &T, to: &T) -> Option<Value> {
    let (from, to) = (json(from)?, json(to)?);
    let mut set = Map::new();
    let mut remove = Vec::new();
    compare(&from, &to, &mut String::new(), &mut set, &mut remove);
    let mut patch = Map::new();
    if !set.is_empty() {
        patch.insert("set".to_owned(), Value::Object(set));
    }
    if !remove.is_empty() {
        patch.insert("remove".to_owned(), Value::Array(remove));
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// Applies corrections; gives an error that says which part of them fits nowhere.
pub(super) fn apply<T: Serialize + DeserializeOwned>(to: T, patch: &Value) -> Result<T, String> {
    let mut value = serde_json::to_value(to).map_err(|error| error.to_string())?;
    if let Some(set) = patch.get("set") {
        let set = set.as_object().ok_or("`set` is no object")?;
        for (pointer, new) in set {
            *reach(&mut value, pointer)? = new.clone();
        }
    }
    if let Some(remove) = patch.get("remove") {
        for pointer in remove.as_array().ok_or("`remove` is no list")? {
            let pointer = pointer.as_str().ok_or("`remove` holds more than texts")?;
            take_out(&mut value, pointer);
        }
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn json<T: Serialize>(value: &T) -> Option<Value> {
    serde_json::to_value(value).ok()
}

fn compare(
    from: &Value,
    to: &Value,
    path: &mut String,
    set: &mut Map<String, Value>,
    remove: &mut Vec<Value>,
) {
    let (Value::Object(old), Value::Object(new)) = (from, to) else {
        if from != to {
            set.insert(path.clone(), to.clone());
        }
        return;
    };
    let length = path.len();
    for (key, value) in new {
        path.push('/');
        path.push_str(&key.replace('~', "~0").replace('/', "~1"));
        match old.get(key) {
            Some(before) => compare(before, value, path, set, remove),
            None => {
                set.insert(path.clone(), value.clone());
            }
        }
        path.truncate(length);
    }
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        let key = key.replace('~', "~0").replace('/', "~1");
        remove.push(Value::String(format!("{path}/{key}")));
    }
}

/// Goes to the place that a pointer names, and makes the objects on the way that are not there.
fn reach<'v>(value: &'v mut Value, pointer: &str) -> Result<&'v mut Value, String> {
    let mut at = value;
    for key in keys(pointer) {
        let object = at
            .as_object_mut()
            .ok_or_else(|| format!("`{pointer}` leads through something that is no object"))?;
        at = object
            .entry(key)
            .or_insert_with(|| Value::Object(Map::new()));
    }
    Ok(at)
}

fn take_out(value: &mut Value, pointer: &str) {
    let Some((parent, _)) = pointer.rsplit_once('/') else {
        return;
    };
    let last = keys(pointer).last();
    if let (Some(Value::Object(object)), Some(key)) = (value.pointer_mut(parent), last) {
        object.shift_remove(&key);
    }
}

fn keys(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer
        .split('/')
        .skip(1)
        .map(|key| key.replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{apply, between};

    #[test]
    fn corrections_lead_from_one_value_to_the_other() {
        let values = [
            json!({}),
            json!({"a": null, "b": {"c/d": [1, {"x": null}], "~": 1}}),
            json!({"a": 1, "b": {"c/d": [2], "e": {}}}),
            json!({"b": 3}),
            json!([1]),
        ];
        for from in &values {
            for to in &values {
                let made = match between(from, to) {
                    Some(patch) => apply(from.clone(), &patch),
                    None => Ok(from.clone()),
                };
                assert_eq!(made.as_ref(), Ok(to), "{from}");
            }
        }
    }

    #[test]
    fn what_someone_edited_since_is_kept() {
        let patch = between(&json!({"a": 1, "b": 1}), &json!({"a": 1, "b": 2})).unwrap();
        let edited = apply(json!({"a": 9, "b": 1}), &patch);
        assert_eq!(edited, Ok(json!({"a": 9, "b": 2})));
        assert!(apply::<Value>(json!({"a": 1}), &json!({"set": {"/a/b": 1}})).is_err());
        assert!(apply::<Value>(json!({}), &json!({"set": 1})).is_err());
    }
}
