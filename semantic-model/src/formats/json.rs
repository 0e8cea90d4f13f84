//! JSON as a tree, and the places of its nodes for the few that are asked for.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::tree::{Broken, Entry, Node, Place, Value};

/// Reads one JSON value; depth is bounded by the reader, keys that occur twice are all kept.
pub(super) fn read(text: &str) -> Result<Node<'_>, Broken> {
    serde_json::from_str::<Tree<'_>>(text)
        .map(|tree| tree.0)
        .map_err(|error| {
            let message = error.to_string();
            let end = message.rfind(" at line ").unwrap_or(message.len());
            Broken {
                message: message[..end].to_owned(),
                place: Place {
                    line: error.line().max(1) as u64,
                    column: error.column().max(1) as u64,
                },
            }
        })
}

/// Goes through a JSON text beside its tree and says where each node begins.
///
/// The text has been read before, so that it is known to be sound; still nothing here relies on it.
pub(super) struct Places<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
    line_start: usize,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            line: 1,
            line_start: 0,
        }
    }

    /// Goes to the next value or key and gives its place.
    pub(super) fn next(&mut self) -> Place {
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.line_start = self.at + 1;
                }
                b' ' | b'\t' | b'\r' | b',' | b':' | b']' | b'}' => {}
                _ => break,
            }
            self.at += 1;
        }
        Place {
            line: self.line,
            column: (self.at - self.line_start) as u64 + 1,
        }
    }

    /// Steps over the bracket that opens a list or map.
    pub(super) fn enter(&mut self) {
        self.at += 1;
    }

    /// Steps over a text, number or word.
    pub(super) fn pass(&mut self) {
        if self.text.get(self.at) != Some(&b'"') {
            while let Some(byte) = self.text.get(self.at) {
                if byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'}') {
                    return;
                }
                self.at += 1;
            }
            return;
        }
        self.at += 1;
        while let Some(byte) = self.text.get(self.at) {
            self.at += match byte {
                b'\\' => 2,
                _ => 1,
            };
            if *byte == b'"' {
                return;
            }
        }
    }
}

/// A tree as serde hands it over.
struct Tree<'a>(Node<'a>);

impl<'de> Deserialize<'de> for Tree<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = deserializer.deserialize_any(TreeVisitor)?;
        let place = Place::default();
        Ok(Self(Node { value, place }))
    }
}

/// A key, borrowed from the text where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor).map(Self)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Value<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Value::Number(value.to_string().into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Value::Number(value.to_string().into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        // By way of `Number`, so that 1.0 does not become 1.
        serde_json::Number::from_f64(value)
            .map(|number| Value::Number(number.to_string().into()))
            .ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Tree(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(Key(key)) = access.next_key()? {
            let Tree(value) = access.next_value()?;
            let place = Place::default();
            entries.push(Entry { key, place, value });
        }
        Ok(Value::Map(entries))
    }
}
