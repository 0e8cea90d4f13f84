//! Joins that a layer declares by name.

use serde::{Deserialize, Serialize};

use super::{Expression, Notes};

/// A way from the rows of one dataset to those of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// The name; joins of two datasets are told apart by it (role-playing dimensions).
    pub name: String,
    /// The dataset that points.
    pub from: String,
    /// The dataset that is pointed at.
    pub to: String,
    /// The name under which the joined dataset is spoken of, if not its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Which rows belong together.
    pub on: JoinCondition,
    /// How many rows meet how many; worked out from keys where it is not declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cardinality: Option<Cardinality>,
    /// Description and what else is said of it.
    #[serde(flatten)]
    pub notes: Notes,
}

/// Which rows of two datasets belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinCondition {
    /// Pairs of columns or fields, of the pointing and of the other dataset, that are equal.
    Columns(Vec<(String, String)>),
    /// A condition in SQL over columns qualified by dataset names.
    Condition(Expression),
}

/// How many rows of a join's `from` meet how many of its `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cardinality {
    /// Each row meets at most one and is met by at most one.
    OneToOne,
    /// Each row meets at most one: safe for whatever is aggregated on the `from` side.
    ManyToOne,
    /// A row may meet many.
    OneToMany,
    /// Both sides may meet many.
    ManyToMany,
}
