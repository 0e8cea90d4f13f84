//! A document as a tree whose every node can be placed in its text.

use std::borrow::Cow;

/// A place in a text, counted from one; zero when unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

/// A node of the tree and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'a> {
    /// What it holds.
    pub value: Value<'a>,
    /// Where it stands; unknown in JSON until a problem asks for it.
    pub place: Place,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, in YAML as the file spells it.
    Number(Cow<'a, str>),
    /// A text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Node<'a>>),
    /// Keys with values, in the order of the file.
    Map(Vec<Entry<'a>>),
}

/// One key of a map, where it stands, and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a> {
    /// The key.
    pub key: Cow<'a, str>,
    /// Where the key stands.
    pub place: Place,
    /// The value.
    pub value: Node<'a>,
}

/// Why a document of a text could not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    /// What is wrong, without its place.
    pub message: String,
    /// Where.
    pub place: Place,
}

impl<'a> Node<'a> {
    /// Returns the scalar as trimmed text; `None` for null, empty text, lists and maps.
    pub fn text(&self) -> Option<&str> {
        self.raw_text()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// Returns the scalar as text, with the blanks around it; `None` for null, lists and maps.
    pub fn raw_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Returns the entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry<'a>] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a list; a single map or scalar counts as a list of one, null as none.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// Returns the value under `key`, when this is a map that has it and it is not null.
    ///
    /// Of keys that occur twice the last one wins, as everywhere in JSON; YAML refuses them.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .rev()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
            .filter(|node| node.value != Value::Null)
    }

    /// Returns the scalar under `key` as trimmed text.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::text)
    }

    /// Tells whether nothing is said: null, or an empty text, list or map.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Text(text) => text.trim().is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Names the type of the node for a message.
    pub fn type_name(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "an object",
        }
    }

    /// Returns the tree as JSON, keys in the order of the file.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(text) => serde_json::from_str::<serde_json::Number>(text)
                .map_or_else(|_| text.as_ref().into(), serde_json::Value::Number),
            Value::Text(text) => text.as_ref().into(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => serde_json::Value::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone().into_owned(), entry.value.to_json()))
                    .collect(),
            ),
        }
    }

    /// Builds the tree of a JSON value.
    pub fn from_json(value: &'a serde_json::Value) -> Self {
        let value = match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => Value::Number(number.to_string().into()),
            serde_json::Value::String(text) => Value::Text(text.as_str().into()),
            serde_json::Value::Array(items) => {
                Value::List(items.iter().map(Self::from_json).collect())
            }
            serde_json::Value::Object(object) => Value::Map(
                object
                    .iter()
                    .map(|(key, value)| Entry {
                        key: key.as_str().into(),
                        place: Place::default(),
                        value: Self::from_json(value),
                    })
                    .collect(),
            ),
        };
        Self {
            value,
            place: Place::default(),
        }
    }
}
