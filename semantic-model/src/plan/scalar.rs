//! Scalar expressions of a plan.

use std::sync::Arc;

use sqlparser::ast::Ident;

use crate::layer::{Aggregation, DatePart, Grain};

use super::relation::Name;

/// An expression over the columns of the sources of a block.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A column of a source, by the source's place in the block.
    Column(usize, Name),
    /// A column of a table or declared query, as the layer spells it.
    Stored(usize, Box<Ident>),
    /// NULL of a type.
    Null(Type),
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(Arc<str>),
    /// A moment, as ISO 8601.
    Moment(Arc<str>),
    /// Truth.
    Boolean(bool),
    /// SQL of the layer or the query; its placeholders `$0`, `$1`, ... stand for the leaves.
    Sql(Arc<sqlparser::ast::Expr>, Vec<Self>),
    /// SQL as above that looks at the rows around a row, with windows in it.
    Over(Arc<sqlparser::ast::Expr>, Vec<Self>),
    /// The start of the period that a moment lies in.
    Truncate(Grain, Box<Self>),
    /// A part of a moment.
    Part(DatePart, Box<Self>),
    /// A moment some time later, or earlier if negative.
    Shift(Box<Self>, i64, Grain),
    /// A value as another type.
    Cast(Box<Self>, Type),
    /// Two values put together.
    Binary(Box<Self>, Operator, Box<Self>),
    /// The opposite of a condition.
    Not(Box<Self>),
    /// Whether a value is NULL.
    IsNull(Box<Self>),
    /// All conditions; true if there are none.
    All(Vec<Self>),
    /// Any condition; false if there are none.
    Any(Vec<Self>),
    /// The first value that is not NULL.
    Coalesce(Vec<Self>),
    /// A value where a condition holds, and another or NULL where not.
    Case(Box<Self>, Box<Self>, Option<Box<Self>>),
    /// An aggregate of the rows of a group; of all rows, counted, if it has no argument.
    Aggregate(Aggregation, Option<Box<Self>>),
    /// A value worked out over the rows around a row.
    Window(Box<Window>),
}

/// A value worked out over the rows around a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// What is worked out.
    pub function: WindowFunction,
    /// Of what.
    pub argument: Option<Scalar>,
    /// Which rows belong together.
    pub partition: Vec<Scalar>,
    /// In which order: each key, and whether its greatest comes first.
    pub order: Vec<(Scalar, bool)>,
}

/// What is worked out over the rows around a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowFunction {
    /// The place of the row, from 1.
    RowNumber,
    /// The value of the first row of all.
    First,
    /// The value of the last row of all.
    Last,
    /// The mean over all rows.
    Average,
    /// The least value of all rows.
    Least,
    /// The greatest value of all rows.
    Greatest,
}

/// A type of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A moment without a time zone, to the microsecond.
    Moment,
    /// A moment without a time zone, to the nanosecond.
    FineMoment,
    /// A floating-point number.
    Double,
    /// A whole number.
    Integer,
    /// Text.
    Text,
}

/// How two values are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal, and unknown if either is NULL.
    Equal,
    /// Equal, or both NULL.
    Same,
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// Greater.
    Greater,
    /// Greater or equal.
    AtLeast,
    /// Added.
    Add,
    /// Subtracted.
    Subtract,
    /// Divided, as floating-point numbers; NULL if the divisor is zero.
    Divide,
}

impl Scalar {
    /// Gives a column of a source.
    pub fn column(source: usize, name: &Name) -> Self {
        Self::Column(source, Arc::clone(name))
    }

    /// Gives a column of a table, in the spelling of the layer.
    pub fn stored(source: usize, name: &str) -> Self {
        Self::Stored(source, Box::new(Ident::new(name)))
    }

    /// Gives the least value of a group.
    pub fn least(value: Self) -> Self {
        Self::Aggregate(Aggregation::Min, Some(Box::new(value)))
    }

    /// Gives the greatest value of a group.
    pub fn greatest(value: Self) -> Self {
        Self::Aggregate(Aggregation::Max, Some(Box::new(value)))
    }

    /// Moves its columns to sources some places further on.
    #[must_use]
    pub fn moved(self, by: usize) -> Self {
        self.map_columns(&mut |column| match column {
            Self::Column(source, name) => Self::Column(source + by, name),
            Self::Stored(source, name) => Self::Stored(source + by, name),
            other => other,
        })
    }

    /// Puts two values together.
    pub fn binary(left: Self, operator: Operator, right: Self) -> Self {
        Self::Binary(Box::new(left), operator, Box::new(right))
    }

    /// Truncates a moment, unless it is as fine as moments are.
    #[must_use]
    pub fn truncate(self, grain: Grain) -> Self {
        match self {
            Self::Truncate(inner, value) if inner <= grain && nests(inner, grain) => {
                Self::Truncate(grain, value)
            }
            value if grain == Grain::Nanosecond => value,
            value => Self::Truncate(grain, Box::new(value)),
        }
    }

    /// Whether the value is worked out over several rows.
    pub fn spans_rows(&self) -> bool {
        self.any(&mut |scalar| {
            matches!(
                scalar,
                Self::Aggregate(..) | Self::Window(_) | Self::Over(..)
            )
        })
    }

    /// Whether the value is worked out over the rows around a row.
    pub fn has_window(&self) -> bool {
        self.any(&mut |scalar| matches!(scalar, Self::Window(_) | Self::Over(..)))
    }

    /// Whether a test holds for it or for anything inside.
    pub fn any(&self, test: &mut dyn FnMut(&Self) -> bool) -> bool {
        if test(self) {
            return true;
        }
        let mut found = false;
        self.each(&mut |inner| found = found || inner.any(test));
        found
    }

    /// Calls with each expression directly inside.
    pub fn each<'a>(&'a self, call: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::Column(..)
            | Self::Stored(..)
            | Self::Null(_)
            | Self::Integer(_)
            | Self::Text(_)
            | Self::Moment(_)
            | Self::Boolean(_) => {}
            Self::Sql(_, inner)
            | Self::Over(_, inner)
            | Self::All(inner)
            | Self::Any(inner)
            | Self::Coalesce(inner) => {
                inner.iter().for_each(call);
            }
            Self::Truncate(_, inner)
            | Self::Part(_, inner)
            | Self::Shift(inner, _, _)
            | Self::Cast(inner, _)
            | Self::Not(inner)
            | Self::IsNull(inner) => call(inner),
            Self::Binary(left, _, right) => {
                call(left);
                call(right);
            }
            Self::Case(when, then, otherwise) => {
                call(when);
                call(then);
                otherwise.as_deref().into_iter().for_each(call);
            }
            Self::Aggregate(_, inner) => inner.as_deref().into_iter().for_each(call),
            Self::Window(window) => {
                window.argument.iter().for_each(&mut *call);
                window.partition.iter().for_each(&mut *call);
                window.order.iter().for_each(|(key, _)| call(key));
            }
        }
    }

    /// Returns the expression with its columns replaced, those of blocks and those of tables.
    #[must_use]
    pub fn map_columns(self, replace: &mut dyn FnMut(Self) -> Self) -> Self {
        let mut boxed = |inner: Box<Self>| Box::new(inner.map_columns(replace));
        match self {
            Self::Column(..) | Self::Stored(..) => replace(self),
            Self::Null(_)
            | Self::Integer(_)
            | Self::Text(_)
            | Self::Moment(_)
            | Self::Boolean(_) => self,
            Self::Truncate(grain, inner) => inner.map_columns(replace).truncate(grain),
            Self::Part(part, inner) => Self::Part(part, boxed(inner)),
            Self::Shift(inner, count, grain) => Self::Shift(boxed(inner), count, grain),
            Self::Cast(inner, to) => Self::Cast(boxed(inner), to),
            Self::Not(inner) => Self::Not(boxed(inner)),
            Self::IsNull(inner) => Self::IsNull(boxed(inner)),
            Self::Binary(left, operator, right) => {
                Self::Binary(boxed(left), operator, boxed(right))
            }
            Self::Case(when, then, otherwise) => {
                Self::Case(boxed(when), boxed(then), otherwise.map(boxed))
            }
            Self::Aggregate(aggregation, inner) => Self::Aggregate(aggregation, inner.map(boxed)),
            Self::Sql(sql, inner) => Self::Sql(sql, map_all(inner, replace)),
            Self::Over(sql, inner) => Self::Over(sql, map_all(inner, replace)),
            Self::All(inner) => Self::All(map_all(inner, replace)),
            Self::Any(inner) => Self::Any(map_all(inner, replace)),
            Self::Coalesce(inner) => Self::Coalesce(map_all(inner, replace)),
            Self::Window(window) => {
                let window = *window;
                Self::Window(Box::new(Window {
                    function: window.function,
                    argument: window.argument.map(|inner| inner.map_columns(replace)),
                    partition: map_all(window.partition, replace),
                    order: window
                        .order
                        .into_iter()
                        .map(|(key, descending)| (key.map_columns(replace), descending))
                        .collect(),
                }))
            }
        }
    }
}

fn map_all(inner: Vec<Scalar>, replace: &mut dyn FnMut(Scalar) -> Scalar) -> Vec<Scalar> {
    inner
        .into_iter()
        .map(|scalar| scalar.map_columns(replace))
        .collect()
}

/// Whether every period of the finer grain lies in one of the coarser.
pub const fn nests(finer: Grain, coarser: Grain) -> bool {
    !matches!(
        (finer, coarser),
        (Grain::Week, Grain::Month | Grain::Quarter | Grain::Year)
    )
}
