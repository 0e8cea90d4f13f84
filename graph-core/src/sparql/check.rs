//! Refuses what a parsed query must not do.

use oxrdf::Literal;
use spargebra::Query;
use spargebra::algebra::{
    AggregateExpression, Expression, Function, GraphPattern, OrderExpression,
};

use super::scan::{ParseLimits, over};
use super::text;
use crate::error::{Error, Result, TextLimit};

/// The longest text that REPLACE may put in for each match.
const REPLACEMENT_BYTES_MAX: usize = 256;

/// Looks through the whole query, which is not deeper than the scan of its text allowed; tells whether it searches texts.
pub(super) fn check(query: &Query, limits: &ParseLimits) -> Result<bool> {
    let (Query::Select { pattern, .. }
    | Query::Ask { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }) = query;
    check_pattern(pattern, limits)
}

/// Looks through one pattern; tells whether it searches texts.
pub(super) fn check_pattern(pattern: &GraphPattern, limits: &ParseLimits) -> Result<bool> {
    let mut checker = Checker {
        patterns: 0,
        limit: limits.max_patterns,
        searches: false,
    };
    checker.pattern(pattern)?;
    Ok(checker.searches)
}

struct Checker {
    patterns: usize,
    limit: usize,
    searches: bool,
}

impl Checker {
    fn count(&mut self, patterns: usize) -> Result<()> {
        self.patterns += patterns;
        over(TextLimit::Patterns, self.patterns, self.limit)
    }

    fn pattern(&mut self, pattern: &GraphPattern) -> Result<()> {
        use GraphPattern as G;
        match pattern {
            G::Values { .. } => Ok(()),
            G::Bgp { patterns } => {
                self.searches |= patterns.iter().any(text::is_search);
                self.count(patterns.len())
            }
            G::Path { path, .. } => {
                text::check_path(path)?;
                self.count(1)
            }
            G::Service { .. } => Err(Error::QueryRefused {
                feature: "SERVICE",
                reason: "queries reach no other endpoint",
            }),
            G::Join { left, right }
            | G::Lateral { left, right }
            | G::Union { left, right }
            | G::Minus { left, right } => {
                self.pattern(left)?;
                self.pattern(right)
            }
            G::LeftJoin {
                left,
                right,
                expression,
            } => {
                self.pattern(left)?;
                self.pattern(right)?;
                expression.iter().try_for_each(|part| self.expression(part))
            }
            G::Filter {
                expr: expression,
                inner,
            }
            | G::Extend {
                expression, inner, ..
            } => {
                self.pattern(inner)?;
                self.expression(expression)
            }
            G::OrderBy { inner, expression } => {
                self.pattern(inner)?;
                expression.iter().try_for_each(|by| match by {
                    OrderExpression::Asc(by) | OrderExpression::Desc(by) => self.expression(by),
                })
            }
            G::Group {
                inner, aggregates, ..
            } => {
                self.pattern(inner)?;
                aggregates
                    .iter()
                    .try_for_each(|(_, aggregate)| match aggregate {
                        AggregateExpression::FunctionCall { expr, .. } => self.expression(expr),
                        AggregateExpression::CountSolutions { .. } => Ok(()),
                    })
            }
            G::Graph { inner, .. }
            | G::Project { inner, .. }
            | G::Distinct { inner }
            | G::Reduced { inner }
            | G::Slice { inner, .. } => self.pattern(inner),
        }
    }

    fn expression(&mut self, expression: &Expression) -> Result<()> {
        use Expression as E;
        match expression {
            E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) => Ok(()),
            E::Exists(pattern) => self.pattern(pattern),
            E::Or(a, b)
            | E::And(a, b)
            | E::Equal(a, b)
            | E::SameTerm(a, b)
            | E::Greater(a, b)
            | E::GreaterOrEqual(a, b)
            | E::Less(a, b)
            | E::LessOrEqual(a, b)
            | E::Add(a, b)
            | E::Subtract(a, b)
            | E::Multiply(a, b)
            | E::Divide(a, b) => {
                self.expression(a)?;
                self.expression(b)
            }
            E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => self.expression(a),
            E::If(a, b, c) => [a, b, c]
                .into_iter()
                .try_for_each(|part| self.expression(part)),
            E::In(a, list) => {
                self.expression(a)?;
                list.iter().try_for_each(|part| self.expression(part))
            }
            E::Coalesce(list) => list.iter().try_for_each(|part| self.expression(part)),
            E::FunctionCall(function, list) => {
                if *function == Function::Replace {
                    check_replacement(list.get(2))?;
                }
                list.iter().try_for_each(|part| self.expression(part))
            }
        }
    }
}

/// The evaluator puts the replacement in for every match before anyone can measure the result.
fn check_replacement(replacement: Option<&Expression>) -> Result<()> {
    let is_short = |literal: &Literal| literal.value().len() <= REPLACEMENT_BYTES_MAX;
    match replacement {
        Some(Expression::Literal(literal)) if is_short(literal) => Ok(()),
        _ => Err(Error::QueryRefused {
            feature: "REPLACE",
            reason: "its replacement must be a literal of at most 256 bytes",
        }),
    }
}
