//! The values of expressions, compared as SPARQL compares them.

use std::borrow::Cow;
use std::cmp::Ordering;

use oxrdf::{NamedOrBlankNode, Term};
use oxsdatatypes::{Boolean, Decimal, Double, Float};
use spareval::{ExpressionTerm, ExpressionTriple};

/// What an expression gives; terms of the graph stay numbers until somebody looks inside.
#[derive(Clone)]
pub(super) enum Value<'a> {
    Id(u32),
    Boolean(bool),
    Integer(i64),
    /// A literal without language or datatype.
    Text(Cow<'a, str>),
    /// A text and its language tag.
    Lang(Cow<'a, str>, Cow<'a, str>),
    Term(ExpressionTerm),
}

/// What is inside of a term.
#[derive(Clone)]
pub(super) enum Content<'a> {
    Text(Cow<'a, str>),
    Lang(Cow<'a, str>, Cow<'a, str>),
    Iri(Cow<'a, str>),
    Integer(i64),
    Boolean(bool),
    Other(ExpressionTerm),
}

impl Content<'_> {
    pub(super) fn of(term: ExpressionTerm) -> Self {
        match term {
            ExpressionTerm::StringLiteral(text) => Self::Text(text.into()),
            ExpressionTerm::LangStringLiteral { value, language } => {
                Self::Lang(value.into(), language.into())
            }
            ExpressionTerm::NamedNode(node) => Self::Iri(node.into_string().into()),
            ExpressionTerm::IntegerLiteral(value) => Self::Integer(value.into()),
            ExpressionTerm::BooleanLiteral(value) => Self::Boolean(value.into()),
            other => Self::Other(other),
        }
    }

    pub(super) fn into_term(self) -> ExpressionTerm {
        match self {
            Self::Text(text) => ExpressionTerm::StringLiteral(text.into_owned()),
            Self::Lang(value, language) => ExpressionTerm::LangStringLiteral {
                value: value.into_owned(),
                language: language.into_owned(),
            },
            Self::Iri(iri) => oxrdf::NamedNode::new_unchecked(iri).into(),
            Self::Integer(value) => ExpressionTerm::IntegerLiteral(value.into()),
            Self::Boolean(value) => value.into(),
            Self::Other(term) => term,
        }
    }

    /// The effective boolean value.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Text(text) => Some(!text.is_empty()),
            Self::Integer(value) => Some(*value != 0),
            Self::Other(ExpressionTerm::FloatLiteral(value)) => Some(Boolean::from(*value).into()),
            Self::Other(ExpressionTerm::DoubleLiteral(value)) => Some(Boolean::from(*value).into()),
            Self::Other(ExpressionTerm::DecimalLiteral(value)) => {
                Some(Boolean::from(*value).into())
            }
            _ => None,
        }
    }

    /// The text of a literal that is a string, and its language tag.
    pub(super) fn string(&self) -> Option<(&str, Option<&str>)> {
        match self {
            Self::Text(text) => Some((text, None)),
            Self::Lang(text, tag) => Some((text, Some(tag))),
            _ => None,
        }
    }
}

/// What could not be decided here: the other evaluator decides.
pub(super) struct Undecided;

fn is_unknown(term: &ExpressionTerm) -> bool {
    matches!(term, ExpressionTerm::OtherTypedLiteral { .. })
}

/// The operator `=`; `None` is an error of the expression.
pub(super) fn equal(a: &Content<'_>, b: &Content<'_>) -> Result<Option<bool>, Undecided> {
    use Content as C;
    Ok(Some(match (a, b) {
        (C::Text(a), C::Text(b)) | (C::Iri(a), C::Iri(b)) => a == b,
        (C::Lang(a, x), C::Lang(b, y)) => a == b && x == y,
        (C::Integer(a), C::Integer(b)) => a == b,
        (C::Boolean(a), C::Boolean(b)) => a == b,
        (C::Iri(_) | C::Lang(..), _) | (_, C::Iri(_) | C::Lang(..)) => false,
        (C::Text(_) | C::Integer(_) | C::Boolean(_), C::Other(term))
        | (C::Other(term), C::Text(_) | C::Integer(_) | C::Boolean(_)) => {
            if is_unknown(term) {
                return Ok(None);
            }
            match numbers(a, b) {
                Some(order) => order == Some(Ordering::Equal),
                None if matches!(term, ExpressionTerm::Triple(_)) => return Err(Undecided),
                None => false,
            }
        }
        (C::Other(x), C::Other(y)) => {
            if let (ExpressionTerm::BlankNode(x), ExpressionTerm::BlankNode(y)) = (x, y) {
                return Ok(Some(x == y));
            }
            match numbers(a, b) {
                Some(order) => order == Some(Ordering::Equal),
                None => return Err(Undecided),
            }
        }
        _ => false,
    }))
}

/// The operators `<`, `>` and so on; `None` is an error of the expression.
pub(super) fn compare(a: &Content<'_>, b: &Content<'_>) -> Result<Option<Ordering>, Undecided> {
    use Content as C;
    match (a, b) {
        (C::Text(a), C::Text(b)) => Ok(Some(a.cmp(b))),
        (C::Integer(a), C::Integer(b)) => Ok(Some(a.cmp(b))),
        (C::Lang(a, x), C::Lang(b, y)) => Ok((x == y).then(|| a.cmp(b))),
        (
            C::Other(ExpressionTerm::DateTimeLiteral(a)),
            C::Other(ExpressionTerm::DateTimeLiteral(b)),
        ) => Ok(a.partial_cmp(b)),
        (C::Other(ExpressionTerm::DateLiteral(a)), C::Other(ExpressionTerm::DateLiteral(b))) => {
            Ok(a.partial_cmp(b))
        }
        (C::Text(_) | C::Lang(..), C::Integer(_)) | (C::Integer(_), C::Text(_) | C::Lang(..)) => {
            Ok(None)
        }
        _ => numbers(a, b).ok_or(Undecided),
    }
}

#[derive(Clone, Copy)]
pub(super) enum Number {
    Integer(i64),
    Decimal(Decimal),
    Float(Float),
    Double(Double),
}

impl Number {
    pub(super) fn of(content: &Content<'_>) -> Option<Self> {
        match content {
            Content::Integer(value) => Some(Self::Integer(*value)),
            Content::Other(ExpressionTerm::DecimalLiteral(value)) => Some(Self::Decimal(*value)),
            Content::Other(ExpressionTerm::FloatLiteral(value)) => Some(Self::Float(*value)),
            Content::Other(ExpressionTerm::DoubleLiteral(value)) => Some(Self::Double(*value)),
            _ => None,
        }
    }

    fn decimal(self) -> Option<Decimal> {
        match self {
            Self::Integer(value) => Some(value.into()),
            Self::Decimal(value) => Some(value),
            _ => None,
        }
    }

    fn float(self) -> Option<Float> {
        match self {
            Self::Integer(value) => Some(oxsdatatypes::Integer::from(value).into()),
            Self::Decimal(value) => Some(value.into()),
            Self::Float(value) => Some(value),
            Self::Double(_) => None,
        }
    }

    fn double(self) -> Double {
        match self {
            Self::Integer(value) => oxsdatatypes::Integer::from(value).into(),
            Self::Decimal(value) => value.into(),
            Self::Float(value) => value.into(),
            Self::Double(value) => value,
        }
    }

    /// The sum in the wider of both types; `None` when it is too large.
    pub(super) fn add(self, other: Self) -> Option<Self> {
        if let (Self::Integer(a), Self::Integer(b)) = (self, other) {
            return a.checked_add(b).map(Self::Integer);
        }
        if let (Some(a), Some(b)) = (self.decimal(), other.decimal()) {
            return a.checked_add(b).map(Self::Decimal);
        }
        if let (Some(a), Some(b)) = (self.float(), other.float()) {
            return Some(Self::Float(a + b));
        }
        Some(Self::Double(self.double() + other.double()))
    }

    /// The mean of so many values of which this is the sum.
    pub(super) fn divided(self, count: i64) -> Option<ExpressionTerm> {
        let count = oxsdatatypes::Integer::from(count);
        Some(match self {
            Self::Integer(sum) => {
                ExpressionTerm::DecimalLiteral(Decimal::from(sum).checked_div(count)?)
            }
            Self::Decimal(sum) => ExpressionTerm::DecimalLiteral(sum.checked_div(count)?),
            Self::Float(sum) => ExpressionTerm::FloatLiteral(sum / Float::from(count)),
            Self::Double(sum) => ExpressionTerm::DoubleLiteral(sum / Double::from(count)),
        })
    }

    pub(super) fn value<'a>(self) -> Value<'a> {
        match self {
            Self::Integer(value) => Value::Integer(value),
            Self::Decimal(value) => Value::Term(ExpressionTerm::DecimalLiteral(value)),
            Self::Float(value) => Value::Term(ExpressionTerm::FloatLiteral(value)),
            Self::Double(value) => Value::Term(ExpressionTerm::DoubleLiteral(value)),
        }
    }

    fn order(self, other: Self) -> Option<Ordering> {
        if let (Self::Integer(a), Self::Integer(b)) = (self, other) {
            return Some(a.cmp(&b));
        }
        if let (Some(a), Some(b)) = (self.decimal(), other.decimal()) {
            return a.partial_cmp(&b);
        }
        if let (Some(a), Some(b)) = (self.float(), other.float()) {
            return a.partial_cmp(&b);
        }
        self.double().partial_cmp(&other.double())
    }
}

/// Compares two numbers; nothing when one of them is none.
#[expect(
    clippy::option_option,
    reason = "not numbers, or numbers without an order"
)]
fn numbers(a: &Content<'_>, b: &Content<'_>) -> Option<Option<Ordering>> {
    Some(Number::of(a)?.order(Number::of(b)?))
}

/// The order of ORDER BY, MIN and MAX. `literals` decides what this does not know.
pub(super) fn order(
    a: &Content<'_>,
    b: &Content<'_>,
    literals: &dyn Fn(&ExpressionTerm, &ExpressionTerm) -> Option<Ordering>,
) -> Ordering {
    match rank(a).cmp(&rank(b)) {
        Ordering::Equal => {}
        different => return different,
    }
    match (a, b) {
        (Content::Iri(a), Content::Iri(b)) => return a.cmp(b),
        (
            Content::Other(ExpressionTerm::BlankNode(a)),
            Content::Other(ExpressionTerm::BlankNode(b)),
        ) => return a.as_str().cmp(b.as_str()),
        (Content::Other(ExpressionTerm::Triple(a)), Content::Other(ExpressionTerm::Triple(b))) => {
            let part = |node: &NamedOrBlankNode| match node {
                NamedOrBlankNode::BlankNode(node) => (0, node.as_str().to_owned()),
                NamedOrBlankNode::NamedNode(node) => (1, node.as_str().to_owned()),
            };
            let order = part(&a.subject).cmp(&part(&b.subject));
            return order
                .then_with(|| a.predicate.as_str().cmp(b.predicate.as_str()))
                .then_with(|| {
                    let object = |triple: &ExpressionTriple| Content::of(triple.object.clone());
                    self::order(&object(a), &object(b), literals)
                });
        }
        _ => {}
    }
    let (x, y) = match compare(a, b) {
        Ok(Some(order)) => return order,
        Ok(None) => (term_of(a), term_of(b)),
        Err(Undecided) => {
            let (a, b) = (term_of(a), term_of(b));
            if let Some(order) = literals(&a, &b) {
                return order;
            }
            (a, b)
        }
    };
    let (x, y) = (Term::from(x), Term::from(y));
    match (&x, &y) {
        (Term::Literal(x), Term::Literal(y)) => {
            (x.value(), x.datatype(), x.language()).cmp(&(y.value(), y.datatype(), y.language()))
        }
        (x, y) => x.to_string().cmp(&y.to_string()),
    }
}

fn term_of(content: &Content<'_>) -> ExpressionTerm {
    match content {
        Content::Text(text) => ExpressionTerm::StringLiteral(text.clone().into_owned()),
        Content::Lang(value, language) => ExpressionTerm::LangStringLiteral {
            value: value.clone().into_owned(),
            language: language.clone().into_owned(),
        },
        Content::Iri(iri) => oxrdf::NamedNode::new_unchecked(iri.clone()).into(),
        Content::Integer(value) => ExpressionTerm::IntegerLiteral((*value).into()),
        Content::Boolean(value) => (*value).into(),
        Content::Other(term) => term.clone(),
    }
}

/// Blank nodes, IRIs, literals, triple terms.
fn rank(content: &Content<'_>) -> u8 {
    match content {
        Content::Other(ExpressionTerm::BlankNode(_)) => 0,
        Content::Iri(_) => 1,
        Content::Other(ExpressionTerm::Triple(_)) => 3,
        _ => 2,
    }
}
