//! The catalog document: what our read-only catalog queries say of one database, as JSON.

use serde::{Deserialize, Serialize};

/// What the first key of every document says; the number grows when an old reader would misunderstand a new document.
pub const FORMAT: &str = "isogloss.postgres.catalog/1";

/// Everything that is known of one database.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Catalog {
    /// [`FORMAT`].
    pub format: String,
    /// The database and its server.
    pub database: Database,
    /// Its schemas.
    pub schemas: Vec<Schema>,
    /// Tables, views and their like.
    pub relations: Vec<Relation>,
    /// The columns of all relations.
    pub columns: Vec<Column>,
    /// Keys and checks.
    pub constraints: Vec<Constraint>,
    /// What views are made from, as the server itself keeps it.
    pub dependencies: Vec<Dependency>,
    /// Who may log in, and in which groups they are.
    pub roles: Vec<Role>,
    /// Who may do what.
    pub grants: Vec<Grant>,
    /// The statements that `pg_stat_statements` counted.
    pub statements: Vec<StatementCount>,
    /// What could not be read, and why.
    pub missing: Vec<Missing>,
}

/// The database and its server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// The host that it was reached at; none for a socket.
    pub host: Option<String>,
    /// The port that it was reached at.
    pub port: Option<u16>,
    /// The version of the server, such as `15.18`.
    pub server_version: Option<String>,
    /// The role that owns it.
    pub owner: Option<String>,
    /// `COMMENT ON DATABASE`.
    pub comment: Option<String>,
    /// The schemas that a name without one is looked for in.
    pub search_path: Vec<String>,
}

/// A schema.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// The role that owns it.
    pub owner: Option<String>,
    /// `COMMENT ON SCHEMA`.
    pub comment: Option<String>,
}

/// A table, a view or their like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Relation {
    /// The schema.
    pub schema: String,
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: RelationKind,
    /// The role that owns it.
    pub owner: Option<String>,
    /// `COMMENT ON`.
    pub comment: Option<String>,
    /// How many rows the planner thinks there are; none when nobody has counted.
    pub row_estimate: Option<i64>,
    /// The bytes it takes, indexes included.
    pub bytes: Option<i64>,
    /// The query of a view.
    pub definition: Option<String>,
    /// The tables it inherits from; one for a partition.
    pub parents: Vec<Name>,
    /// Which rows a partition holds.
    pub partition_bound: Option<String>,
    /// What a partitioned table is split by.
    pub partition_key: Option<String>,
    /// The extension that it came with.
    pub extension: Option<String>,
}

/// What a relation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// A table.
    #[default]
    Table,
    /// A table that is split into partitions.
    PartitionedTable,
    /// A part of a partitioned table.
    Partition,
    /// A view.
    View,
    /// A view whose rows are kept.
    MaterializedView,
    /// A table of another server.
    ForeignTable,
}

impl RelationKind {
    /// Gives the word for `iso:materialization`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::PartitionedTable => "partitioned_table",
            Self::Partition => "partition",
            Self::View => "view",
            Self::MaterializedView => "materialized_view",
            Self::ForeignTable => "foreign_table",
        }
    }
}

/// The name of a relation.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    /// The schema.
    pub schema: String,
    /// The name in it.
    pub name: String,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    /// The schema of its relation.
    pub schema: String,
    /// Its relation.
    pub relation: String,
    /// Its name.
    pub name: String,
    /// Its position, from one; dropped columns leave gaps.
    pub position: i64,
    /// Its type, as `format_type` writes it.
    #[serde(rename = "type")]
    pub datatype: Option<String>,
    /// Whether a value may be missing.
    pub nullable: Option<bool>,
    /// The default, as an expression.
    pub default: Option<String>,
    /// The expression that it is computed by.
    pub generated: Option<String>,
    /// `always` or `by default` for an identity column.
    pub identity: Option<String>,
    /// `COMMENT ON COLUMN`.
    pub comment: Option<String>,
}

/// A key or a check.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Constraint {
    /// The schema of its relation.
    pub schema: String,
    /// Its relation.
    pub relation: String,
    /// Its name.
    pub name: String,
    /// What it demands.
    pub kind: ConstraintKind,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// The relation that a foreign key refers to.
    pub references: Option<Name>,
    /// The columns that a foreign key refers to, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// As `pg_get_constraintdef` writes it.
    pub definition: Option<String>,
}

/// What a constraint demands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    /// The columns identify the row.
    PrimaryKey,
    /// No two rows are alike in the columns.
    Unique,
    /// The values are found in another table.
    ForeignKey,
    /// An expression holds.
    #[default]
    Check,
    /// No two rows overlap.
    Exclusion,
}

/// That one relation is made from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dependency {
    /// The schema of the view.
    pub schema: String,
    /// The view.
    pub relation: String,
    /// What it reads.
    pub from: Name,
}

/// A role.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Whether it may log in.
    pub login: bool,
    /// Whether no right is asked of it.
    pub superuser: bool,
    /// The roles that it is a member of.
    pub member_of: Vec<String>,
    /// `COMMENT ON ROLE`.
    pub comment: Option<String>,
}

/// What a role may do with a relation or a column, or with a schema when there is no relation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Grant {
    /// The schema.
    pub schema: String,
    /// The relation.
    pub relation: Option<String>,
    /// The column, when the right is to it alone.
    pub column: Option<String>,
    /// The role; `public` for everybody.
    pub grantee: String,
    /// `SELECT`, `INSERT` and the like.
    pub privileges: Vec<String>,
}

/// A statement and how often it was run; literals are `$1` and so on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatementCount {
    /// The role that ran it.
    pub user: Option<String>,
    /// The statement.
    pub query: String,
    /// How often.
    pub calls: u64,
    /// How many rows it gave or touched, in all.
    pub rows: u64,
    /// How long it took, in all.
    pub total_ms: f64,
}

/// A part of the catalog that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Missing {
    /// The key of the part, such as `statements`.
    pub part: String,
    /// Why.
    pub reason: String,
}
