//! A YAML (or JSON) text as a tree whose every node knows its line and column.
//!
//! Numbers keep the spelling of the file: `version: 1.10` is not 1.1.
//! The text is bounded before it is trusted: depth, nodes, aliases; duplicate keys are errors.

use std::fmt;
use std::io::Cursor;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use serde_saphyr::options::NonFiniteFloatPolicy;

use super::tree::{Broken, Entry, Node, Place, Value};

/// How deep maps and lists may nest.
const MAX_DEPTH: usize = 128;
/// How many nodes a text may have after its aliases are expanded.
const MAX_NODES: usize = 1_000_000;
/// How many aliases a text may have.
const MAX_ALIASES: usize = 100;
/// How many parser events the aliases of a text may stand for, all together.
const MAX_REPLAYED: usize = 100_000;
/// The stack of the reading thread in bytes; a level of nesting takes about 40 kB in a debug build.
const STACK_BYTES: usize = 16 << 20;

/// Reads every document of a text: one result a document, in order.
///
/// After a syntax error the rest of the text is not read; after a duplicate key the next document is.
pub fn read(text: &str) -> Vec<Result<Node<'static>, Broken>> {
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new()
            .name("yaml".into())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || read_here(text));
        let failed = |message: &str| {
            vec![Err(Broken {
                message: message.to_owned(),
                place: Place::default(),
            })]
        };
        match reader {
            Ok(reader) => reader
                .join()
                .unwrap_or_else(|_| failed("the YAML reader failed on this text")),
            Err(_) => failed("no thread could be started to read this text"),
        }
    })
}

fn read_here(text: &str) -> Vec<Result<Node<'static>, Broken>> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        strict_booleans: true,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_REPLAYED,
        },
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 4 * MAX_NODES,
            max_aliases: MAX_ALIASES,
        },
    };
    let lines: Vec<&str> = text.split('\n').collect();
    let mut reader = Cursor::new(text.as_bytes());
    serde_saphyr::read_with_options::<_, Spanned<Raw>>(&mut reader, options)
        .map(|document| match document {
            Ok(raw) => Ok(located(raw, &lines)),
            Err(error) => Err(broken(&error)),
        })
        .collect()
}

fn broken(error: &serde_saphyr::Error) -> Broken {
    let place = error.location().map(place).unwrap_or_default();
    let rendered = error.to_string();
    let message = rendered
        .split(" at line ")
        .next()
        .unwrap_or(&rendered)
        .replace(", set DuplicateKeyPolicy in Options if acceptable", "");
    Broken { message, place }
}

fn place(location: serde_saphyr::Location) -> Place {
    Place {
        line: location.line(),
        column: location.column(),
    }
}

fn located(raw: Spanned<Raw>, lines: &[&str]) -> Node<'static> {
    let defined = raw.defined;
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value),
        Raw::Number(parsed) => Value::Number(spelling(defined, lines).unwrap_or(parsed).into()),
        Raw::Text(text) => Value::Text(text.into()),
        Raw::List(items) => {
            Value::List(items.into_iter().map(|item| located(item, lines)).collect())
        }
        Raw::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| Entry {
                    place: place(key.referenced),
                    key: key.value.into(),
                    value: located(value, lines),
                })
                .collect(),
        ),
    };
    Node {
        value,
        place: place(raw.referenced),
    }
}

/// The number as it stands in the text, from its place.
fn spelling(location: serde_saphyr::Location, lines: &[&str]) -> Option<String> {
    let line = lines.get(usize::try_from(location.line()).ok()?.checked_sub(1)?)?;
    let column = usize::try_from(location.column()).ok()?.checked_sub(1)?;
    let length = usize::try_from(location.span().len()).ok()?;
    let text: String = line.chars().skip(column).take(length).collect();
    let starts_well = text
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_digit() || matches!(first, '+' | '-' | '.'));
    starts_well.then(|| text.trim_end().to_owned())
}

/// The tree as serde hands it over.
enum Raw {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::read;

    fn check(text: &str, expected: &Expect) {
        let found: Vec<String> = read(text)
            .into_iter()
            .map(|document| match document {
                Ok(node) => format!("{}\n", node.to_json()),
                Err(broken) => format!(
                    "{}:{}: {}\n",
                    broken.place.line, broken.place.column, broken.message
                ),
            })
            .collect();
        expected.assert_eq(&found.concat());
    }

    #[test]
    fn numbers_keep_their_spelling_and_words_stay_words() {
        let node = read("ünï: 1.10\non: no\nid: 007\n")
            .remove(0)
            .expect("it is sound YAML");
        assert_eq!(node.text_of("ünï"), Some("1.10"));
        assert_eq!(node.text_of("on"), Some("no"));
        assert_eq!(node.text_of("id"), Some("007"));
    }

    #[test]
    fn one_broken_document_does_not_hide_the_next() {
        check(
            "a: 1\na: 2\n---\nb: 1\n",
            &expect![[r#"
                2:1: duplicate mapping key: a
                {"b":1}
            "#]],
        );
        check(
            "a: b: c\n",
            &expect![[r#"
                1:5: mapping values are not allowed in this context
            "#]],
        );
    }

    #[test]
    fn depth_is_bounded_without_recursion_running_away() {
        for depth in [128, 129, 100_000] {
            let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(read(&text).iter().all(Result::is_ok), depth <= 128);
        }
    }

    #[test]
    fn aliases_are_budgeted() {
        let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
            let uses = format!("*{from},").repeat(8);
            bomb = format!(
                "{bomb}{to}: &{to} [{uses}*{from}]
"
            );
        }
        assert!(read(&bomb).iter().any(Result::is_err));
        let many = format!("a: &a 1\nb: [{}]\n", "*a,".repeat(101));
        assert!(read(&many).iter().any(Result::is_err));
        check(
            "base: &b {x: 1}\nd:\n  <<: *b\n  y: 2\n",
            &expect![[r#"
                {"base":{"x":1},"d":{"y":2,"x":1}}
            "#]],
        );
    }

    #[test]
    fn json_is_read_the_same_way() {
        check(
            "{\n\t\"a\": 1.0,\n\t\"b\": [true, null, \"x\"]}\n",
            &expect![[r#"
                {"a":1.0,"b":[true,null,"x"]}
            "#]],
        );
    }
}
