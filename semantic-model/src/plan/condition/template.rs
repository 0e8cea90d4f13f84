//! MetricFlow's templates in a condition: `{{ TimeDimension('metric_time', 'day') }}`.

use std::iter::Peekable;
use std::str::Chars;

use crate::layer::{DatePart, GrainName, GroupBy};
use crate::plan::member::Item;
use crate::plan::{PlanError, parse};

/// How a template is called in the SQL that is parsed; the number follows.
const MARK: &str = "__isogloss_item_";
/// A condition with more templates is refused.
const TEMPLATES_MAX: usize = 1000;

/// A condition whose templates are replaced by names.
pub(super) struct Templates {
    pub(super) sql: String,
    pub(super) items: Vec<Item>,
}

impl Templates {
    /// Replaces the templates of a text.
    pub(super) fn take(text: &str) -> Result<Self, PlanError> {
        let mut sql = String::with_capacity(text.len());
        let mut items = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let (before, after) = (&rest[..start], &rest[start + 2..]);
            let end = after
                .find("}}")
                .ok_or_else(|| parse::invalid(text, "a template has no end"))?;
            let item = item(after[..end].trim()).map_err(|why| parse::invalid(text, &why))?;
            if items.len() >= TEMPLATES_MAX {
                return Err(parse::invalid(text, "it has too many templates"));
            }
            sql.push_str(before);
            sql.extend([" ", MARK, &items.len().to_string(), " "]);
            items.push(item);
            rest = &after[end + 2..];
        }
        if rest.contains("{%") || rest.contains("{#") {
            return Err(parse::invalid(text, "it holds a statement of a template"));
        }
        sql.push_str(rest);
        Ok(Self { sql, items })
    }

    /// Returns which template a name stands for.
    pub(super) fn place(name: &str) -> Option<usize> {
        name.strip_prefix(MARK)?.parse().ok()
    }
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq)]
enum Argument {
    Text(String),
    List(Vec<String>),
    /// `None`, `True` and the like.
    Word(String),
}

#[derive(Debug, Default)]
struct Call {
    name: String,
    positional: Vec<Argument>,
    named: Vec<(String, Argument)>,
}

impl Call {
    fn argument(&self, at: usize, names: &[&str]) -> Option<&Argument> {
        let named = self
            .named
            .iter()
            .find(|(name, _)| names.contains(&name.as_str()));
        let found = self.positional.get(at).or(named.map(|(_, value)| value))?;
        (*found != Argument::Word("None".to_owned())).then_some(found)
    }

    fn text(&self, at: usize, names: &[&str]) -> Option<String> {
        match self.argument(at, names)? {
            Argument::Text(text) => Some(text.clone()),
            Argument::List(_) | Argument::Word(_) => None,
        }
    }

    fn list(&self, at: usize, names: &[&str]) -> Vec<String> {
        match self.argument(at, names) {
            Some(Argument::List(list)) => list.clone(),
            Some(Argument::Text(text)) => vec![text.clone()],
            Some(Argument::Word(_)) | None => Vec::new(),
        }
    }
}

/// Reads what a template holds.
fn item(text: &str) -> Result<Item, String> {
    let calls = calls(text)?;
    let Some((first, methods)) = calls.split_first() else {
        return Err("a template is empty".to_owned());
    };
    let names = [
        "name",
        "metric_name",
        "dimension_name",
        "time_dimension_name",
        "entity_name",
    ];
    let name = first
        .text(0, &names)
        .ok_or_else(|| format!("`{text}` says no name"))?;
    if first.name == "Metric" {
        let groups = first.list(1, &["group_by"]);
        return Ok(Item::Metric {
            metric: name,
            group_by: groups.into_iter().map(GroupBy::new).collect(),
        });
    }
    let mut group = GroupBy::new(name);
    match first.name.as_str() {
        "Dimension" | "Entity" => group.entity_path = first.list(1, &["entity_path"]),
        "TimeDimension" => {
            let grain = first.text(1, &["time_granularity_name", "time_granularity", "grain"]);
            group.grain = grain.map(GrainName::from);
            group.entity_path = first.list(2, &["entity_path"]);
            if let Some(part) = first.text(4, &["date_part_name", "date_part"]) {
                group.date_part = Some(date_part(&part)?);
            }
        }
        other => return Err(format!("`{other}` is no template that is known")),
    }
    for method in methods {
        apply(&mut group, method)?;
    }
    Ok(Item::Group(group))
}

fn apply(group: &mut GroupBy, method: &Call) -> Result<(), String> {
    let argument = method.text(
        0,
        &["time_granularity", "date_part_name", "grain", "date_part"],
    );
    match (method.name.as_str(), argument) {
        ("grain", Some(grain)) => group.grain = Some(GrainName::from(grain)),
        ("date_part", Some(part)) => group.date_part = Some(date_part(&part)?),
        (other, _) => return Err(format!("`.{other}` cannot be used in a condition")),
    }
    Ok(())
}

fn date_part(name: &str) -> Result<DatePart, String> {
    DatePart::parse(name).ok_or_else(|| format!("no part of a date is called `{name}`"))
}

/// Reads `Name(...)` and the `.method(...)` calls on it.
fn calls(text: &str) -> Result<Vec<Call>, String> {
    let mut chars = text.chars().peekable();
    let mut calls = Vec::new();
    loop {
        skip_space(&mut chars);
        calls.push(call(&mut chars, text)?);
        skip_space(&mut chars);
        match chars.next() {
            None => return Ok(calls),
            Some('.') => {}
            Some(other) => return Err(format!("`{text}` has `{other}` where it should end")),
        }
    }
}

fn call(chars: &mut Peekable<Chars<'_>>, text: &str) -> Result<Call, String> {
    let mut call = Call {
        name: word(chars),
        ..Call::default()
    };
    skip_space(chars);
    if chars.next() != Some('(') {
        return Err(format!("`{text}` is not a call"));
    }
    loop {
        skip_space(chars);
        match chars.peek() {
            Some(')') => {
                chars.next();
                return Ok(call);
            }
            Some(',') => {
                chars.next();
            }
            Some(_) => argument(chars, &mut call, text)?,
            None => return Err(format!("`{text}` has no closing parenthesis")),
        }
    }
}

fn argument(chars: &mut Peekable<Chars<'_>>, call: &mut Call, text: &str) -> Result<(), String> {
    let value = value(chars, text)?;
    skip_space(chars);
    match value {
        Argument::Word(name) if chars.peek() == Some(&'=') => {
            chars.next();
            skip_space(chars);
            let value = self::value(chars, text)?;
            call.named.push((name, value));
        }
        value => call.positional.push(value),
    }
    Ok(())
}

fn value(chars: &mut Peekable<Chars<'_>>, text: &str) -> Result<Argument, String> {
    match chars.peek() {
        Some('\'' | '"') => Ok(Argument::Text(string(chars, text)?)),
        Some('[') => list(chars, text),
        Some(c) if c.is_alphanumeric() || *c == '_' => Ok(Argument::Word(word(chars))),
        _ => Err(format!(
            "`{text}` holds what is neither a name in quotes nor a list"
        )),
    }
}

fn list(chars: &mut Peekable<Chars<'_>>, text: &str) -> Result<Argument, String> {
    chars.next();
    let mut items = Vec::new();
    loop {
        skip_space(chars);
        match chars.peek() {
            Some(']') => {
                chars.next();
                return Ok(Argument::List(items));
            }
            Some(',') => {
                chars.next();
            }
            Some('\'' | '"') => items.push(string(chars, text)?),
            _ => {
                return Err(format!(
                    "`{text}` has a list that holds more than names in quotes"
                ));
            }
        }
    }
}

fn string(chars: &mut Peekable<Chars<'_>>, text: &str) -> Result<String, String> {
    let quote = chars.next();
    let mut string = String::new();
    for c in chars.by_ref() {
        if Some(c) == quote {
            return Ok(string);
        }
        string.push(c);
    }
    Err(format!("`{text}` has a name without a closing quote"))
}

fn word(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
        word.push(c);
    }
    word
}

fn skip_space(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|c| c.is_whitespace()).is_some() {}
}
