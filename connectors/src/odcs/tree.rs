//! Taking trees apart and putting them together: what turns one dialect of contracts into another.

use crate::yaml::{Entry, Node, Place, Value};

/// Makes a text.
pub(super) fn text(text: impl Into<String>, place: Place) -> Node {
    let value = Value::Text(text.into().into());
    Node { value, place }
}

/// Makes a list.
pub(super) fn list(items: Vec<Node>, place: Place) -> Node {
    let value = Value::List(items);
    Node { value, place }
}

/// Makes a map.
pub(super) fn map(entries: Vec<Entry>, place: Place) -> Node {
    let value = Value::Map(entries);
    Node { value, place }
}

/// Makes an entry that stands where its value does.
pub(super) fn entry(key: &str, value: Node) -> Entry {
    Entry {
        key: key.to_owned().into(),
        place: value.place,
        value,
    }
}

/// Takes a map apart; what is no map is given back as it is.
pub(super) fn into_entries(node: Node) -> Result<Vec<Entry>, Node> {
    match node.value {
        Value::Map(entries) => Ok(entries),
        value => Err(Node { value, ..node }),
    }
}

/// Takes a key out of a map's entries; one that says nothing counts as absent.
pub(super) fn pull(entries: &mut Vec<Entry>, key: &str) -> Option<Node> {
    let at = entries.iter().position(|entry| entry.key == key)?;
    Some(entries.remove(at).value).filter(|value| !value.is_empty())
}

/// Renames keys, except where the new name is taken.
pub(super) fn rename(entries: &mut [Entry], keys: &[(&'static str, &'static str)]) {
    for (old, new) in keys {
        if entries.iter().any(|entry| entry.key == *new) {
            continue;
        }
        for entry in entries.iter_mut().filter(|entry| entry.key == *old) {
            entry.key = (*new).into();
        }
    }
}

/// Adds to the list under a key, which is made where there is none.
pub(super) fn append(entries: &mut Vec<Entry>, key: &str, more: Vec<Node>) {
    let Some(place) = more.first().map(|first| first.place) else {
        return;
    };
    let mut items = match pull(entries, key) {
        Some(node) => match node.value {
            Value::List(items) => items,
            value => vec![Node { value, ..node }],
        },
        None => Vec::new(),
    };
    items.extend(more);
    entries.push(entry(key, list(items, place)));
}

/// Gives the scalar under a key of a map's entries.
pub(super) fn text_of<'a>(entries: &'a [Entry], key: &str) -> Option<&'a str> {
    let found = entries.iter().find(|entry| entry.key == key)?;
    found.value.text()
}
