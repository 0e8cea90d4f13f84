//! Refuses what a parsed query must not do.

use oxrdf::Literal;
use spargebra::Query;
use spargebra::algebra::{Expression, Function, GraphPattern};

use super::parts::{self, Part};
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
        match pattern {
            GraphPattern::Bgp { patterns } => {
                self.searches |= patterns.iter().any(text::is_search);
                self.count(patterns.len())?;
            }
            GraphPattern::Path { path, .. } => {
                text::check_path(path)?;
                self.count(1)?;
            }
            GraphPattern::Service { .. } => {
                return Err(Error::QueryRefused {
                    feature: "SERVICE",
                    reason: "queries reach no other endpoint",
                });
            }
            _ => {}
        }
        self.parts(parts::of_pattern(pattern))
    }

    fn expression(&mut self, expression: &Expression) -> Result<()> {
        if let Expression::FunctionCall(Function::Replace, list) = expression {
            check_replacement(list.get(2))?;
        }
        self.parts(parts::of_expression(expression))
    }

    fn parts(&mut self, parts: Vec<Part<'_>>) -> Result<()> {
        parts.into_iter().try_for_each(|part| match part {
            Part::Pattern(pattern) => self.pattern(pattern),
            Part::Expression(expression) => self.expression(expression),
        })
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
