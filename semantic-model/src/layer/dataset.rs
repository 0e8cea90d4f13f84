//! Datasets of a semantic layer: a relation with entities, keys and fields.

use serde::{Deserialize, Serialize};

use super::{Expression, Filter, GrainName, Notes};

/// What rows are read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A table or view, by the parts of its name from the outermost in: database, schema, table.
    Table(Vec<String>),
    /// A query in SQL.
    Query(Expression),
}

impl Default for Relation {
    /// Gives a table without a name.
    fn default() -> Self {
        Self::Table(Vec::new())
    }
}

/// What is measured and grouped: a `semantic_model` of MetricFlow, a `dataset` of Ossie, a `cube` of Cube.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// The name, unique in its layer.
    pub name: String,
    /// What its rows are read from.
    pub relation: Relation,
    /// What its rows stand for or point at; entities of one name join datasets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// The entity that prefixes its fields where no column holds it (MetricFlow's `primary_entity`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_entity: Option<String>,
    /// Columns or fields that together tell its rows apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub primary_key: Vec<String>,
    /// Further sets of columns or fields that tell its rows apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unique_keys: Vec<Vec<String>>,
    /// Dimensions and facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// The time field by which its metrics are aggregated if they name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_time: Option<String>,
    /// What its expressions may name.
    #[serde(default)]
    pub scope: Scope,
    /// Conditions that its rows must meet to be rows of the dataset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Description and what else is said of it.
    #[serde(flatten)]
    pub notes: Notes,
}

/// What the expressions of a dataset may name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Its fields, and columns of the relation that no field is called like.
    #[default]
    Fields,
    /// Columns of the relation only, even where a field has the same name (`MetricFlow`).
    Columns,
}

/// What an entity is to the rows of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityRole {
    /// One row for each, and every one has a row.
    Primary,
    /// At most one row for each.
    Unique,
    /// A row points at one; many rows may point at the same.
    Foreign,
    /// One row for each at any one time: the dataset has a validity window.
    Natural,
}

/// Something that rows stand for or point at, by which datasets join.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// The name; entities of one name in two datasets are the same thing.
    pub name: String,
    /// What it is to the rows of this dataset.
    pub role: EntityRole,
    /// The columns or expressions that identify it, in the order in which they match those of other datasets.
    pub expressions: Vec<Expression>,
    /// Description and what else is said of it.
    #[serde(flatten)]
    pub notes: Notes,
}

/// A column of a dataset as the layer sees it: a dimension or a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The name, unique in its dataset.
    pub name: String,
    /// How it is computed from columns, and possibly from other fields; the column of its name if empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<Expression>,
    /// What it is for.
    #[serde(default)]
    pub role: FieldRole,
    /// The declared data type, as the format spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// Description and what else is said of it.
    #[serde(flatten)]
    pub notes: Notes,
}

/// What a field is for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldRole {
    /// To group and filter by.
    #[default]
    Dimension,
    /// To group and filter by, at some grain.
    Time(TimeField),
    /// To aggregate; it may be read row by row but does not group.
    Fact,
}

/// What makes a field a time dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeField {
    /// The finest grain that its values have.
    pub grain: GrainName,
    /// Whether the relation is partitioned by it: joins of two partitioned datasets match it too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partition: bool,
    /// Which end of the validity window of a row it is, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<Validity>,
}

/// An end of the time during which a row of a slowly changing dataset holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// The first moment at which the row holds.
    Start,
    /// The first moment at which it holds no longer; NULL while it does.
    End,
}
