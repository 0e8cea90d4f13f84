//! Makes the expressions of a query ready: slots for variables, compiled patterns, searchers for constant needles.

use std::borrow::Cow;

use memchr::memmem::Finder;
use oxrdf::{Literal, NamedNode, Variable};
use regex::{Regex, RegexBuilder};
use spargebra::algebra::{Expression as Parsed, Function};
use sparopt::algebra::Expression as Generic;

use super::algebra::{Call, Comparison, Expression, Kind, Node, Part};
use super::lower::Lowering;

/// The same limit as that of the other evaluator.
const REGEX_BYTES_MAX: usize = 1_000_000;
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The variable of a generic expression that stands for its argument `at`.
pub(super) fn argument(at: usize) -> Variable {
    Variable::new_unchecked(format!("a{at}"))
}

pub(super) fn generic_argument(at: usize) -> Generic {
    Generic::Variable(argument(at))
}

impl Lowering {
    pub(super) fn expression(
        &mut self,
        parsed: &Parsed,
        graph: Option<Part>,
    ) -> Option<Expression> {
        use Parsed as P;
        let mut one = |parsed: &Parsed| Some(Box::new(self.expression(parsed, graph)?));
        Some(match parsed {
            P::Or(a, b) => Expression::Or(one(a)?, one(b)?),
            P::And(a, b) => Expression::And(one(a)?, one(b)?),
            P::Not(a) => Expression::Not(one(a)?),
            P::Equal(a, b) => Expression::Equal(one(a)?, one(b)?),
            P::SameTerm(a, b) => Expression::SameTerm(one(a)?, one(b)?),
            P::Less(a, b) => Expression::Compare(Comparison::Less, one(a)?, one(b)?),
            P::LessOrEqual(a, b) => Expression::Compare(Comparison::LessOrEqual, one(a)?, one(b)?),
            P::Greater(a, b) => Expression::Compare(Comparison::Greater, one(a)?, one(b)?),
            P::GreaterOrEqual(a, b) => {
                Expression::Compare(Comparison::GreaterOrEqual, one(a)?, one(b)?)
            }
            P::If(a, b, c) => Expression::If(one(a)?, one(b)?, one(c)?),
            P::Add(a, b) => {
                let add = Generic::Add(generic_argument(0).into(), generic_argument(1).into());
                Expression::Add(one(a)?, one(b)?, Box::new(add))
            }
            P::In(a, list) => {
                let a = one(a)?;
                Expression::In(a, self.expressions(list, graph)?)
            }
            P::Coalesce(list) => Expression::Coalesce(self.expressions(list, graph)?),
            other => return self.leaf(other, graph),
        })
    }

    fn expressions(&mut self, list: &[Parsed], graph: Option<Part>) -> Option<Vec<Expression>> {
        list.iter()
            .map(|item| self.expression(item, graph))
            .collect()
    }

    fn leaf(&mut self, parsed: &Parsed, graph: Option<Part>) -> Option<Expression> {
        use Parsed as P;
        let (a, b) = (generic_argument(0).into(), generic_argument(1).into());
        let (function, arguments, generic) = match parsed {
            P::NamedNode(node) => {
                return Some(Expression::Constant(self.constant(node.clone().into())));
            }
            P::Literal(literal) => {
                return Some(Expression::Constant(self.constant(literal.clone().into())));
            }
            P::Variable(variable) => return Some(Expression::Slot(self.slot(variable.as_str())?)),
            P::Bound(variable) => return Some(Expression::Bound(self.slot(variable.as_str())?)),
            P::Exists(pattern) => {
                let node = self.pattern(pattern, graph)?;
                let number = self.exists;
                self.exists += 1;
                return is_plain(&node).then(|| Expression::Exists(number, Box::new(node)));
            }
            P::FunctionCall(function, arguments) => return self.call(function, arguments, graph),
            P::Subtract(x, y) => (Function::Abs, vec![x, y], Generic::Subtract(a, b)),
            P::Multiply(x, y) => (Function::Abs, vec![x, y], Generic::Multiply(a, b)),
            P::Divide(x, y) => (Function::Abs, vec![x, y], Generic::Divide(a, b)),
            P::UnaryPlus(x) => (Function::Abs, vec![x], Generic::UnaryPlus(a)),
            P::UnaryMinus(x) => (Function::Abs, vec![x], Generic::UnaryMinus(a)),
            _ => return None,
        };
        let arguments = arguments
            .into_iter()
            .map(|argument| self.expression(argument, graph));
        Some(Expression::Call(Box::new(Call {
            // Only the generic form counts: the name is one that has no other.
            function,
            arguments: arguments.collect::<Option<_>>()?,
            regex: None,
            regex_bytes: 0,
            needle: None,
            generic,
        })))
    }

    fn call(
        &mut self,
        function: &Function,
        arguments: &[Parsed],
        graph: Option<Part>,
    ) -> Option<Expression> {
        if !is_pure(function) {
            return None;
        }
        let mut regex = None;
        let mut regex_bytes = 0;
        if matches!(function, Function::Regex) {
            let pattern = simple(arguments.get(1)?);
            let flags = arguments.get(2).map_or(Some(""), simple);
            if let (Some(pattern), Some(flags)) = (pattern, flags) {
                regex = compile(pattern, flags);
                regex_bytes = pattern.len();
            }
        }
        let needle = match function {
            Function::Contains => arguments.get(1).and_then(simple),
            _ => None,
        };
        let needle = needle.map(|needle| Finder::new(needle.as_bytes()).into_owned());
        let variables = (0..arguments.len()).map(|at| Generic::Variable(argument(at)));
        Some(Expression::Call(Box::new(Call {
            generic: Generic::FunctionCall(function.clone(), variables.collect()),
            function: function.clone(),
            arguments: self.expressions(arguments, graph)?,
            regex,
            regex_bytes,
            needle,
        })))
    }
}

/// The text of a literal without language or datatype.
fn simple(parsed: &Parsed) -> Option<&str> {
    match parsed {
        Parsed::Literal(literal) => is_simple(literal).then(|| literal.value()),
        _ => None,
    }
}

fn is_simple(literal: &Literal) -> bool {
    literal.language().is_none() && literal.datatype().as_str() == format!("{XSD}string")
}

/// Compiles a pattern as the other evaluator does.
fn compile(pattern: &str, flags: &str) -> Option<Regex> {
    let mut pattern = Cow::Borrowed(pattern);
    if flags.contains('q') {
        pattern = regex::escape(&pattern).into();
    }
    let mut builder = RegexBuilder::new(&pattern);
    builder.size_limit(REGEX_BYTES_MAX);
    for flag in flags.chars() {
        match flag {
            's' => builder.dot_matches_new_line(true),
            'm' => builder.multi_line(true),
            'i' => builder.case_insensitive(true),
            'x' => builder.ignore_whitespace(true),
            'q' => &mut builder,
            _ => return None,
        };
    }
    builder.build().ok()
}

/// Tells whether a function gives the same for the same arguments, and needs nothing of the query around it.
fn is_pure(function: &Function) -> bool {
    match function {
        Function::BNode
        | Function::Rand
        | Function::Now
        | Function::Uuid
        | Function::StrUuid
        | Function::Iri => false,
        Function::Custom(name) => is_cast(name),
        _ => true,
    }
}

fn is_cast(name: &NamedNode) -> bool {
    name.as_str().starts_with(XSD)
}

/// Tells whether a pattern may stand in EXISTS: it is evaluated with the variables of the row put in everywhere.
fn is_plain(node: &Node) -> bool {
    match &node.kind {
        Kind::Triple(_) | Kind::Path(_) | Kind::Values { .. } | Kind::Graphs(_) => true,
        Kind::Join { parts, .. } => parts.iter().all(is_plain),
        Kind::Union(branches) => branches.iter().all(is_plain),
        Kind::Optional { left, right, .. } => is_plain(left) && is_plain(right),
        _ => false,
    }
}
