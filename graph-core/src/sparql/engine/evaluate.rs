//! Evaluates expressions over rows of numbers. `None` is an error of the expression, as SPARQL means it.

use std::borrow::Cow;
use std::cmp::Ordering;

use oxrdf::NamedNode;
use spareval::ExpressionTerm;
use spargebra::algebra::Function;
use sparopt::algebra::Expression as Generic;

use super::algebra::{Call, Comparison, Expression};
use super::context::{Context, UNBOUND};
use super::lower_expression::generic_argument;
use super::value::{Content, Number, Undecided, Value, compare, equal, order};
use crate::dictionary::{Kind, TERM_LIMIT};

/// Running a pattern over a text is charged like reading a statement for so many steps.
const REGEX_STEPS_PER_VISIT: u64 = 16 * 1024;

impl Expression {
    pub(super) fn evaluate<'a>(&self, cx: &Context<'a>, row: &[u32]) -> Option<Value<'a>> {
        match self {
            Self::Constant(at) => Some(Value::Id(cx.constants[*at])),
            Self::Slot(slot) => Some(row[*slot]).filter(|id| *id != UNBOUND).map(Value::Id),
            Self::If(condition, yes, no) => {
                if condition.truth(cx, row)? {
                    yes.evaluate(cx, row)
                } else {
                    no.evaluate(cx, row)
                }
            }
            Self::Coalesce(list) => list.iter().find_map(|item| item.evaluate(cx, row)),
            Self::Add(a, b, generic) => {
                let (a, b) = (a.evaluate(cx, row)?, b.evaluate(cx, row)?);
                add(cx, a, b, generic)
            }
            Self::Call(call) => call.evaluate(cx, row),
            truth => truth.truth(cx, row).map(Value::Boolean),
        }
    }

    /// The effective boolean value.
    pub(super) fn truth(&self, cx: &Context<'_>, row: &[u32]) -> Option<bool> {
        match self {
            Self::Bound(slot) => Some(row[*slot] != UNBOUND),
            Self::Or(a, b) => match (a.truth(cx, row), b) {
                (Some(true), _) => Some(true),
                (a, b) => match (a, b.truth(cx, row)) {
                    (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                },
            },
            Self::And(a, b) => match (a.truth(cx, row), b) {
                (Some(false), _) => Some(false),
                (a, b) => match (a, b.truth(cx, row)) {
                    (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                },
            },
            Self::Not(a) => a.truth(cx, row).map(|value| !value),
            Self::Equal(a, b) => {
                if let (Self::Slot(slot), Self::Constant(at)) = (&**a, &**b)
                    && let Some(answer) = same_kind(cx, row[*slot], cx.constants[*at])
                {
                    return Some(answer);
                }
                equals(cx, &a.operand(cx, row)?, &b.operand(cx, row)?)
            }
            Self::SameTerm(a, b) => {
                let (a, b) = (a.evaluate(cx, row)?, b.evaluate(cx, row)?);
                Some(cx.number(a)? == cx.number(b)?)
            }
            Self::Compare(comparison, a, b) => {
                compared(cx, *comparison, &a.operand(cx, row)?, &b.operand(cx, row)?)
            }
            Self::In(a, list) => {
                let a = a.operand(cx, row)?;
                let mut failed = false;
                for item in list {
                    let item = item.operand(cx, row);
                    match item.and_then(|item| equals(cx, &a, &item)) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => failed = true,
                    }
                }
                (!failed).then_some(false)
            }
            Self::Exists(number, _) => exists(cx, *number, row),
            other => cx.truth(other.evaluate(cx, row)?),
        }
    }
}

/// Tells whether the pattern has a row when the variables of this row are put in.
fn exists(cx: &Context<'_>, number: usize, row: &[u32]) -> Option<bool> {
    let mut operator = cx.exists.borrow_mut().get_mut(number)?.take()?;
    let found = operator.has_rows(cx, row);
    cx.exists.borrow_mut()[number] = Some(operator);
    found.ok()
}

/// Tells whether terms of this kind are equal only when they are the same term.
fn is_one_of_a_kind(kind: Kind) -> bool {
    matches!(kind, Kind::Iri | Kind::Blank | Kind::Text | Kind::Lang)
}

/// Compares terms of which each is equal only to itself; nothing when one is something else.
fn same_kind(cx: &Context<'_>, a: u32, b: u32) -> Option<bool> {
    if a >= TERM_LIMIT || b >= TERM_LIMIT {
        return None;
    }
    let dictionary = cx.snapshot.dictionary();
    let plain = is_one_of_a_kind(dictionary.kind(a)) && is_one_of_a_kind(dictionary.kind(b));
    plain.then_some(a == b)
}

/// One side of a comparison: of constants it is known once for all rows what is inside.
enum Operand<'c, 'a> {
    Constant(u32, &'c Content<'a>),
    Value(Value<'a>),
}

impl Operand<'_, '_> {
    fn id(&self) -> Option<u32> {
        match self {
            Self::Constant(id, _) | Self::Value(Value::Id(id)) => Some(*id),
            Self::Value(_) => None,
        }
    }
}

impl<'a> Operand<'_, 'a> {
    /// What is inside, and a place to keep it in.
    fn content<'s>(
        &'s self,
        cx: &Context<'a>,
        place: &'s mut Option<Content<'a>>,
    ) -> Option<&'s Content<'a>> {
        match self {
            Self::Constant(_, content) => Some(content),
            Self::Value(value) => {
                *place = cx.content(value.clone());
                place.as_ref()
            }
        }
    }
}

impl Expression {
    fn operand<'c, 'a>(&self, cx: &'c Context<'a>, row: &[u32]) -> Option<Operand<'c, 'a>> {
        Some(match self {
            Self::Constant(at) => Operand::Constant(cx.constants[*at], cx.constant(*at)?),
            other => Operand::Value(other.evaluate(cx, row)?),
        })
    }
}

fn equals<'a>(cx: &Context<'a>, a: &Operand<'_, 'a>, b: &Operand<'_, 'a>) -> Option<bool> {
    if let (Some(a), Some(b)) = (a.id(), b.id())
        && let Some(answer) = same_kind(cx, a, b)
    {
        return Some(answer);
    }
    let (mut x, mut y) = (None, None);
    let (x, y) = (a.content(cx, &mut x)?, b.content(cx, &mut y)?);
    equal(x, y).unwrap_or_else(|Undecided| {
        let generic = Generic::Equal(generic_argument(0).into(), generic_argument(1).into());
        decide(cx, &generic, x.clone(), y.clone())
    })
}

fn decide(cx: &Context<'_>, generic: &Generic, x: Content<'_>, y: Content<'_>) -> Option<bool> {
    let arguments = [x, y].map(|content| Value::Term(content.into_term()));
    cx.truth(cx.generic(generic, arguments.into())?)
}

fn compared<'a>(
    cx: &Context<'a>,
    by: Comparison,
    a: &Operand<'_, 'a>,
    b: &Operand<'_, 'a>,
) -> Option<bool> {
    let (mut x, mut y) = (None, None);
    let (x, y) = (a.content(cx, &mut x)?, b.content(cx, &mut y)?);
    let Ok(order) = compare(x, y) else {
        return decide(cx, &by.generic(), x.clone(), y.clone());
    };
    order.map(|order| by.holds(order))
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    /// The same comparison of two arguments, for the other evaluator.
    fn generic(self) -> Generic {
        let (a, b) = (generic_argument(0).into(), generic_argument(1).into());
        match self {
            Self::Less => Generic::Less(a, b),
            Self::LessOrEqual => Generic::LessOrEqual(a, b),
            Self::Greater => Generic::Greater(a, b),
            Self::GreaterOrEqual => Generic::GreaterOrEqual(a, b),
        }
    }
}

/// The order of ORDER BY, MIN and MAX.
pub(super) fn ordered(cx: &Context<'_>, a: &Content<'_>, b: &Content<'_>) -> Ordering {
    order(a, b, &|a, b| {
        let ask = |generic: fn(Box<Generic>, Box<Generic>) -> Generic| {
            let generic = generic(generic_argument(0).into(), generic_argument(1).into());
            let arguments = vec![Value::Term(a.clone()), Value::Term(b.clone())];
            cx.truth(cx.generic(&generic, arguments)?)
        };
        if ask(Generic::Less)? {
            Some(Ordering::Less)
        } else if ask(Generic::Greater)? {
            Some(Ordering::Greater)
        } else {
            Some(Ordering::Equal)
        }
    })
}

fn add<'a>(cx: &Context<'a>, a: Value<'a>, b: Value<'a>, generic: &Generic) -> Option<Value<'a>> {
    let (x, y) = (cx.content(a)?, cx.content(b)?);
    if let (Some(x), Some(y)) = (Number::of(&x), Number::of(&y)) {
        return x.add(y).map(Number::value);
    }
    let arguments = [x, y].map(|content| Value::Term(content.into_term()));
    cx.generic(generic, arguments.into())
}

impl Call {
    fn evaluate<'a>(&self, cx: &Context<'a>, row: &[u32]) -> Option<Value<'a>> {
        match (&self.function, &self.arguments[..]) {
            (Function::Str, [a]) => text_of(cx, a.evaluate(cx, row)?),
            (Function::Lang, [a]) => match cx.content(a.evaluate(cx, row)?)? {
                Content::Lang(_, tag) => Some(Value::Text(tag)),
                Content::Text(_) | Content::Integer(_) | Content::Boolean(_) => {
                    Some(Value::Text(Cow::Borrowed("")))
                }
                Content::Iri(_) => None,
                Content::Other(term) => cx.generic(&self.generic, vec![Value::Term(term)]),
            },
            (Function::LCase, [a]) => mapped(cx, a.evaluate(cx, row)?, str::to_lowercase),
            (Function::UCase, [a]) => mapped(cx, a.evaluate(cx, row)?, str::to_uppercase),
            (Function::StrLen, [a]) => {
                let content = cx.content(a.evaluate(cx, row)?)?;
                if let Some((text, _)) = content.string() {
                    return i64::try_from(text.chars().count()).ok().map(Value::Integer);
                }
                cx.generic(&self.generic, vec![Value::Term(content.into_term())])
            }
            (Function::Contains | Function::StrStarts | Function::StrEnds, [a, b]) => {
                self.search(cx, a.evaluate(cx, row)?, b.evaluate(cx, row)?)
            }
            (Function::Regex, [a, ..]) if self.regex.is_some() => {
                self.matches(cx, a.evaluate(cx, row)?)
            }
            (Function::IsIri | Function::IsBlank | Function::IsLiteral, [a]) => {
                let value = a.evaluate(cx, row)?;
                self.kind_is(cx, value)
            }
            (Function::Datatype, [a]) => match cx.content(a.evaluate(cx, row)?)? {
                Content::Integer(_) => Some(iri("http://www.w3.org/2001/XMLSchema#integer")),
                Content::Text(_) => Some(iri("http://www.w3.org/2001/XMLSchema#string")),
                other => cx.generic(&self.generic, vec![Value::Term(other.into_term())]),
            },
            (_, arguments) => {
                let values = arguments.iter().map(|argument| argument.evaluate(cx, row));
                cx.generic(&self.generic, values.collect::<Option<_>>()?)
            }
        }
    }

    fn search<'a>(&self, cx: &Context<'a>, a: Value<'a>, b: Value<'a>) -> Option<Value<'a>> {
        let (a, b) = (cx.content(a)?, cx.content(b)?);
        let (Some((text, language)), Some((part, required))) = (a.string(), b.string()) else {
            let arguments = [a, b].map(|content| Value::Term(content.into_term()));
            return cx.generic(&self.generic, arguments.into());
        };
        if required.is_some() && language != required {
            return None;
        }
        Some(Value::Boolean(match (&self.function, &self.needle) {
            (Function::StrStarts, _) => text.starts_with(part),
            (Function::StrEnds, _) => text.ends_with(part),
            (_, Some(needle)) => needle.find(text.as_bytes()).is_some(),
            _ => text.contains(part),
        }))
    }

    fn matches<'a>(&self, cx: &Context<'a>, text: Value<'a>) -> Option<Value<'a>> {
        let content = cx.content(text)?;
        let Some((text, _)) = content.string() else {
            // A directional text; everything else is an error of the expression.
            let mut arguments = vec![Value::Term(content.into_term())];
            for argument in &self.arguments[1..] {
                arguments.push(argument.evaluate(cx, &[])?);
            }
            return cx.generic(&self.generic, arguments);
        };
        let steps = (text.len() as u64).saturating_mul(self.regex_bytes as u64);
        if steps >= REGEX_STEPS_PER_VISIT {
            cx.guard.charge(steps / REGEX_STEPS_PER_VISIT).ok()?;
        }
        let regex = self.regex.as_ref()?;
        Some(Value::Boolean(regex.is_match(text)))
    }

    fn kind_is<'a>(&self, cx: &Context<'a>, value: Value<'a>) -> Option<Value<'a>> {
        let kind = match value {
            Value::Id(id) if id < TERM_LIMIT => match cx.snapshot.dictionary().kind(id) {
                Kind::Iri => Function::IsIri,
                Kind::Blank => Function::IsBlank,
                Kind::Triple => return Some(Value::Boolean(false)),
                _ => Function::IsLiteral,
            },
            other => match cx.content(other)? {
                Content::Iri(_) => Function::IsIri,
                Content::Other(ExpressionTerm::BlankNode(_)) => Function::IsBlank,
                Content::Other(ExpressionTerm::Triple(_)) => return Some(Value::Boolean(false)),
                _ => Function::IsLiteral,
            },
        };
        Some(Value::Boolean(kind == self.function))
    }
}

fn iri(text: &str) -> Value<'static> {
    Value::Term(NamedNode::new_unchecked(text).into())
}

/// The function STR, which keeps the lexical form of a literal as it was written.
fn text_of<'a>(cx: &Context<'a>, value: Value<'a>) -> Option<Value<'a>> {
    if let Value::Id(id) = value
        && id < TERM_LIMIT
    {
        let key = cx.snapshot.dictionary().key(id);
        match key.kind {
            Kind::Blank | Kind::Triple => return None,
            Kind::Iri => {}
            _ => {
                cx.guard.read(key.text.len()).ok()?;
                return Some(Value::Text(Cow::Borrowed(key.text)));
            }
        }
    }
    Some(Value::Text(match cx.content(value)? {
        Content::Iri(text) | Content::Text(text) | Content::Lang(text, _) => text,
        Content::Integer(value) => Cow::Owned(value.to_string()),
        Content::Boolean(value) => Cow::Owned(value.to_string()),
        Content::Other(term) => match oxrdf::Term::from(term) {
            oxrdf::Term::Literal(literal) => Cow::Owned(literal.value().to_owned()),
            _ => return None,
        },
    }))
}

/// Changes the text of a string and keeps its language.
fn mapped<'a>(
    cx: &Context<'a>,
    value: Value<'a>,
    change: impl Fn(&str) -> String,
) -> Option<Value<'a>> {
    Some(match cx.content(value)? {
        Content::Text(text) => Value::Text(Cow::Owned(change(&text))),
        Content::Lang(text, tag) => Value::Lang(Cow::Owned(change(&text)), tag),
        Content::Other(ExpressionTerm::DirLangStringLiteral {
            value,
            language,
            direction,
        }) => Value::Term(ExpressionTerm::DirLangStringLiteral {
            value: change(&value),
            language,
            direction,
        }),
        _ => return None,
    })
}
