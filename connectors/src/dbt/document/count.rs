//! Counting what is not read.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Reads only the keys of an object, each as often as its list has items, or the ids in a list.
pub(super) struct CountSeed;

impl<'de> DeserializeSeed<'de> for CountSeed {
    type Value = Vec<String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<Vec<String>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CountSeed {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a section")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> Result<Vec<String>, A::Error> {
        let mut ids = Vec::new();
        while let Some(id) = keys.next_key::<String>()? {
            let count = keys.next_value_seed(LengthSeed)?;
            ids.extend(std::iter::repeat_n(id, count));
        }
        Ok(ids)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<String>, A::Error> {
        let mut ids = Vec::new();
        while let Some(item) = items.next_element::<Value>()? {
            let id = item.get("unique_id").and_then(Value::as_str);
            ids.push(id.unwrap_or_default().to_owned());
        }
        Ok(ids)
    }

    fn visit_unit<E>(self) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E>(self, _: &str) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }
}

/// Counts the items of a list; anything else is one item.
struct LengthSeed;

impl<'de> DeserializeSeed<'de> for LengthSeed {
    type Value = usize;

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<usize, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LengthSeed {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while items.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> Result<usize, A::Error> {
        while keys.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(1)
    }

    fn visit_unit<E>(self) -> Result<usize, E> {
        Ok(1)
    }

    fn visit_bool<E>(self, _: bool) -> Result<usize, E> {
        Ok(1)
    }

    fn visit_i64<E>(self, _: i64) -> Result<usize, E> {
        Ok(1)
    }

    fn visit_u64<E>(self, _: u64) -> Result<usize, E> {
        Ok(1)
    }

    fn visit_f64<E>(self, _: f64) -> Result<usize, E> {
        Ok(1)
    }

    fn visit_str<E>(self, _: &str) -> Result<usize, E> {
        Ok(1)
    }
}
