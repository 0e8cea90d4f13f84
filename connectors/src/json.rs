//! JSON of unknown quality: values with their duplicate keys noticed, fields with their wrong types reported.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::{Location, Report};

mod documents;
mod mend;

pub(crate) use self::documents::documents;
pub(crate) use self::mend::{Mended, mend};

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// Reads a value and notes the keys that occur twice in one object; the last one wins, as everywhere.
#[derive(Clone, Copy)]
pub(crate) struct ValueSeed<'a> {
    /// The keys that occurred twice.
    pub(crate) duplicates: &'a RefCell<Vec<String>>,
    /// Keys of the outermost object whose values are passed over.
    pub(crate) left_out: &'a [&'a str],
    /// Whether the members that are null, and so say nothing, are left out as well.
    pub(crate) nulls: Nulls,
}

/// Which null members of objects are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// All.
    Kept,
    /// None in so many levels of objects, but in lists.
    Dropped(u8),
    /// Those of this object, whose keys are names, and none in so many levels below.
    DroppedBelow(u8),
}

impl Nulls {
    /// What holds for a member of an object.
    fn of_member(self, key: &str) -> Self {
        match self {
            Self::Kept | Self::Dropped(0 | 1) | Self::DroppedBelow(0) => Self::Kept,
            Self::Dropped(levels) if key == "columns" => Self::DroppedBelow(levels - 1),
            Self::Dropped(levels) => Self::Dropped(levels - 1),
            Self::DroppedBelow(levels) => Self::Dropped(levels),
        }
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        let number =
            Number::from_f64(value).ok_or_else(|| E::custom("a number is out of range"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        let inner = Self {
            left_out: &[],
            nulls: Nulls::Kept,
            ..self
        };
        while let Some(value) = items.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if self.left_out.contains(&key.as_str()) {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = entries.next_value_seed(Self {
                left_out: &[],
                nulls: self.nulls.of_member(&key),
                ..self
            })?;
            if object.contains_key(&key) {
                self.duplicates.borrow_mut().push(key.clone());
            }
            object.insert(key, value);
        }
        if matches!(self.nulls, Nulls::Dropped(_)) {
            object = without_nulls(object);
        }
        Ok(Value::Object(object))
    }
}

/// Gives an object without the members that are null, in no more memory than it needs: a member takes a hundred bytes
/// even when it says nothing, and a map that has grown has room for half as many again.
fn without_nulls(object: Object) -> Object {
    let said = object.values().filter(|value| !value.is_null()).count();
    let mut lean = Object::with_capacity(said);
    lean.extend(object.into_iter().filter(|(_, value)| !value.is_null()));
    lean
}

/// What was noticed in a text besides its value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    duplicates: Vec<String>,
    mended: Mended,
}

impl Notes {
    /// Says what was noticed, as warnings.
    pub(crate) fn report(self, troubles: &mut Troubles<'_>) {
        self.mended.report(troubles.report, &troubles.at(""));
        for key in self.duplicates {
            let message = format!("key `{key}` occurs twice; the last one was taken");
            let at = troubles.at(&key);
            troubles.report.warning("duplicate_key", message, at);
        }
    }
}

/// Reads one JSON value from a text; gives it with what was noticed.
///
/// Half of a surrogate pair in an escape, which is no character, is read as U+FFFD; a number that JSON does not have as null.
pub(crate) fn parse_noting(text: &[u8]) -> Result<(Value, Notes), serde_json::Error> {
    let error = match parse_strictly(text) {
        Ok((value, duplicates)) => {
            let mended = Mended::default();
            return Ok((value, Notes { duplicates, mended }));
        }
        Err(error) => error,
    };
    // A text that breaks off would not be mended by this, nor one that is nested too deeply.
    let is_cut = error.is_eof();
    match (!is_cut).then(|| mend(text)).flatten() {
        Some((text, mended)) => {
            let (value, duplicates) = parse_strictly(&text).map_err(|_| error)?;
            Ok((value, Notes { duplicates, mended }))
        }
        None => Err(error),
    }
}

/// Reads one JSON value like [`parse_noting`], where nobody wants to know what was noticed.
pub(crate) fn parse(text: &[u8]) -> Result<Value, serde_json::Error> {
    parse_noting(text).map(|(value, _)| value)
}

fn parse_strictly(text: &[u8]) -> Result<(Value, Vec<String>), serde_json::Error> {
    let duplicates = RefCell::new(Vec::new());
    let seed = ValueSeed {
        duplicates: &duplicates,
        left_out: &[],
        nulls: Nulls::Kept,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = seed.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, duplicates.into_inner()))
}

/// Reads a document that is one JSON value; one that is none is reported as an error with its place.
pub(crate) fn document(text: &[u8], troubles: &mut Troubles<'_>) -> Option<Value> {
    match parse_noting(text) {
        Ok((value, notes)) => {
            notes.report(troubles);
            Some(value)
        }
        Err(error) => {
            documents::bad_json(&error, 0, troubles);
            None
        }
    }
}

/// Gives the message of a JSON error without its place, which goes into the location.
pub(crate) fn plain_message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(end) => message[..end].to_owned(),
        None => message,
    }
}

/// Gives the place of a JSON error, counted from 1.
pub(crate) fn place_of(error: &serde_json::Error) -> (u64, u64) {
    (error.line().max(1) as u64, error.column().max(1) as u64)
}

/// Where troubles of a document are reported to.
pub(crate) struct Troubles<'a> {
    /// The report.
    pub(crate) report: &'a mut Report,
    /// The document.
    pub(crate) file: &'a str,
    /// The line, when the whole object is on one.
    pub(crate) line: Option<u64>,
}

impl Troubles<'_> {
    /// Gives the location of a key.
    pub(crate) fn at(&self, key: &str) -> Location {
        Location {
            file: self.file.to_owned(),
            line: self.line,
            column: None,
            key: (!key.is_empty()).then(|| key.to_owned()),
        }
    }

    /// Reports that a value is not of the type it should be of.
    pub(crate) fn wrong_type(&mut self, key: &str, expected: &str, found: &Value) {
        let location = self.at(key);
        let message = format!("expected {expected}, found {}", type_name(found));
        if self.report.warning("wrong_type", message, location) {
            self.report.skipped += 1;
        }
    }
}

/// Names the type of a value for a message.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// An object whose fields are read with their types checked; a wrong one is reported and then as if absent.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    /// The object.
    pub(crate) object: &'a Object,
    /// The path of the object in its document.
    pub(crate) path: &'a str,
}

impl<'a> Fields<'a> {
    /// Gives the path of a field.
    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Gives a field that is neither absent nor null.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    /// Gives a text.
    pub(crate) fn text(&self, key: &str, troubles: &mut Troubles<'_>) -> Option<&'a str> {
        match self.get(key)? {
            Value::String(text) => Some(text),
            other => {
                troubles.wrong_type(&self.path_of(key), "a text", other);
                None
            }
        }
    }

    /// Gives a text that says something, trimmed.
    pub(crate) fn said(&self, key: &str, troubles: &mut Troubles<'_>) -> Option<&'a str> {
        self.text(key, troubles)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// Gives a truth value.
    pub(crate) fn flag(&self, key: &str, troubles: &mut Troubles<'_>) -> Option<bool> {
        match self.get(key)? {
            Value::Bool(flag) => Some(*flag),
            other => {
                troubles.wrong_type(&self.path_of(key), "a boolean", other);
                None
            }
        }
    }

    /// Gives a whole number, also when it is written as `7.0`.
    pub(crate) fn integer(&self, key: &str, troubles: &mut Troubles<'_>) -> Option<i64> {
        let value = self.get(key)?;
        let whole = integer_of(value);
        if whole.is_none() {
            troubles.wrong_type(&self.path_of(key), "a whole number", value);
        }
        whole
    }

    /// Gives an object.
    pub(crate) fn object(&self, key: &str, troubles: &mut Troubles<'_>) -> Option<&'a Object> {
        match self.get(key)? {
            Value::Object(object) => Some(object),
            other => {
                troubles.wrong_type(&self.path_of(key), "an object", other);
                None
            }
        }
    }

    /// Gives a list; an absent one is empty.
    pub(crate) fn list(&self, key: &str, troubles: &mut Troubles<'_>) -> &'a [Value] {
        match self.get(key) {
            None => &[],
            Some(Value::Array(items)) => items,
            Some(other) => {
                troubles.wrong_type(&self.path_of(key), "a list", other);
                &[]
            }
        }
    }

    /// Gives a list of texts; a single text is a list of one.
    pub(crate) fn texts(&self, key: &str, troubles: &mut Troubles<'_>) -> Vec<&'a str> {
        if let Some(Value::String(text)) = self.get(key) {
            return vec![text.as_str()];
        }
        let mut texts = Vec::new();
        for (place, item) in self.list(key, troubles).iter().enumerate() {
            match item {
                Value::String(text) => texts.push(text.as_str()),
                other => {
                    troubles.wrong_type(
                        &format!("{}[{place}]", self.path_of(key)),
                        "a text",
                        other,
                    );
                }
            }
        }
        texts
    }

    /// Gives the objects of a list with their paths.
    pub(crate) fn objects(
        &self,
        key: &str,
        troubles: &mut Troubles<'_>,
    ) -> Vec<(String, &'a Object)> {
        let mut objects = Vec::new();
        for (place, item) in self.list(key, troubles).iter().enumerate() {
            let path = format!("{}[{place}]", self.path_of(key));
            match item {
                Value::Object(object) => objects.push((path, object)),
                other => troubles.wrong_type(&path, "an object", other),
            }
        }
        objects
    }
}

/// Gives a number that has no fraction and fits.
pub(crate) fn integer_of(value: &Value) -> Option<i64> {
    let number = value.as_number()?;
    number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        let whole = float.fract() == 0.0 && float.abs() < 9e15;
        whole.then_some(float as i64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_occur_twice_are_noticed() {
        let (value, duplicates) =
            parse_strictly(br#"{"a": 1, "b": [{"c": 1, "c": 2}], "a": 3}"#).unwrap();
        assert_eq!(value.to_string(), r#"{"a":3,"b":[{"c":2}]}"#);
        assert_eq!(duplicates, ["c", "a"]);
    }

    #[test]
    fn what_is_null_is_left_out_where_a_key_is_no_name() {
        let text =
            br#"{"a": null, "a": 1, "b": 2, "b": null, "config": {"c": null, "d": {"e": null}},
            "columns": {"f": null, "g": {"h": null, "i": [{"j": null}]}}, "k": [{"l": null}]}"#;
        let duplicates = RefCell::new(Vec::new());
        let seed = ValueSeed {
            duplicates: &duplicates,
            left_out: &["k"],
            nulls: Nulls::Dropped(2),
        };
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let value = seed.deserialize(&mut deserializer).unwrap();
        let expected =
            r#"{"a":1,"config":{"d":{"e":null}},"columns":{"f":null,"g":{"i":[{"j":null}]}}}"#;
        assert_eq!(value.to_string(), expected);
        assert_eq!(duplicates.into_inner(), ["a", "b"]);
    }

    #[test]
    fn nesting_beyond_the_limit_is_an_error_with_its_place() {
        let text = "[".repeat(100_000);
        let error = parse(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("recursion limit"), "{error}");
    }

    #[test]
    fn wrong_types_are_reported_with_their_key() {
        let mut report = Report::default();
        let mut troubles = Troubles {
            report: &mut report,
            file: "x.json",
            line: None,
        };
        let value = parse(br#"{"a": 1, "b": "x", "c": ["x", 1], "d": null}"#).unwrap();
        let fields = Fields {
            object: value.as_object().unwrap(),
            path: "nodes.x",
        };
        assert_eq!(fields.text("a", &mut troubles), None);
        assert_eq!(fields.text("d", &mut troubles), None);
        assert_eq!(fields.texts("b", &mut troubles), ["x"]);
        assert_eq!(fields.texts("c", &mut troubles), ["x"]);
        let found: Vec<String> = report.diagnostics.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "x.json at `nodes.x.a`: expected a text, found a number [wrong_type]",
                "x.json at `nodes.x.c[1]`: expected a text, found a number [wrong_type]",
            ]
        );
    }
}
