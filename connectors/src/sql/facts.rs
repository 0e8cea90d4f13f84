//! What comes out of reading a statement.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::Fingerprint;

/// The full name of a table, from the outermost part to its own name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName(Vec<String>);

impl TableName {
    /// Makes a name of its parts; empty parts are left out.
    pub fn new<S: Into<String>>(parts: impl IntoIterator<Item = S>) -> Self {
        let parts = parts.into_iter().map(Into::into);
        Self(parts.filter(|part: &String| !part.is_empty()).collect())
    }

    /// Gives the parts: database, schema and name, as many as are known.
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// Gives the last part.
    pub fn name(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// Gives the schema, when it is known.
    pub fn schema(&self) -> Option<&str> {
        self.0.iter().rev().nth(1).map(String::as_str)
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("."))
    }
}

/// A column of a base table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnName {
    /// The table.
    pub table: Arc<TableName>,
    /// The name, as the schema has it, else as the statement writes it.
    pub name: String,
}

impl fmt::Display for ColumnName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.table, self.name)
    }
}

/// One way in which a source column acts on an output column, as OpenLineage's column lineage 1-2-0 names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Influence {
    /// The value is taken as it is (`DIRECT`, `IDENTITY`).
    Identity,
    /// The value goes into an expression (`DIRECT`, `TRANSFORMATION`).
    Transformed,
    /// The values of many rows go into one (`DIRECT`, `AGGREGATION`).
    Aggregated,
    /// It decides which value is taken (`INDIRECT`, `CONDITIONAL`).
    Conditional,
    /// It partitions or orders a window (`INDIRECT`, `WINDOW`).
    Window,
    /// It orders what is aggregated (`INDIRECT`, `SORT`).
    Sort,
    /// It decides which rows are taken (`INDIRECT`, `FILTER`).
    Filter,
    /// It joins rows (`INDIRECT`, `JOIN`).
    Join,
    /// It groups rows (`INDIRECT`, `GROUP_BY`).
    GroupBy,
}

impl Influence {
    /// Every influence, from the most direct to the least.
    pub const ALL: [Self; 9] = [
        Self::Identity,
        Self::Transformed,
        Self::Aggregated,
        Self::Conditional,
        Self::Window,
        Self::Sort,
        Self::Filter,
        Self::Join,
        Self::GroupBy,
    ];

    /// Gives OpenLineage's sub-type, such as `IDENTITY` or `GROUP_BY`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "IDENTITY",
            Self::Transformed => "TRANSFORMATION",
            Self::Aggregated => "AGGREGATION",
            Self::Conditional => "CONDITIONAL",
            Self::Window => "WINDOW",
            Self::Sort => "SORT",
            Self::Filter => "FILTER",
            Self::Join => "JOIN",
            Self::GroupBy => "GROUP_BY",
        }
    }

    /// Says whether the value itself goes into the output.
    pub fn is_direct(self) -> bool {
        self <= Self::Aggregated
    }

    /// Gives what an influence becomes that passes through an expression of this one.
    pub(super) fn after(self, inner: Self) -> Self {
        match (self.is_direct(), inner.is_direct()) {
            (true, true) => self.max(inner),
            (true, false) => inner,
            (false, _) => self,
        }
    }
}

/// All the ways in which a source column acts on an output column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Influences(u16);

impl Influences {
    /// Gives the set of one.
    pub fn of(influence: Influence) -> Self {
        Self(1 << influence as u8)
    }

    /// Adds all of another set.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Gives the members, the most direct first.
    pub fn iter(self) -> impl Iterator<Item = Influence> {
        Influence::ALL
            .into_iter()
            .filter(move |influence| self.has(*influence))
    }

    /// Says whether an influence is among them.
    pub fn has(self, influence: Influence) -> bool {
        self.0 & (1 << influence as u8) != 0
    }

    /// Says whether the value itself goes into the output.
    pub fn is_direct(self) -> bool {
        self.iter().any(Influence::is_direct)
    }

    /// Says whether values of many rows go into one.
    pub fn is_aggregated(self) -> bool {
        self.has(Influence::Aggregated)
    }

    /// Gives the strongest: aggregated before transformed before identity, then the indirect ones.
    pub fn main(self) -> Option<Influence> {
        let direct = self.iter().filter(|influence| influence.is_direct()).last();
        direct.or_else(|| self.iter().next())
    }
}

/// The base columns that something is made of.
pub(super) type Sources = BTreeMap<ColumnName, Influences>;

/// One column that a statement gives or writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputColumn {
    /// The name; `None` for an expression that the database gives a name of its own.
    pub name: Option<String>,
    /// The base columns that it is made of, and how.
    pub sources: BTreeMap<ColumnName, Influences>,
}

/// What a column is used for in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    /// It is in a select list.
    Selected,
    /// It decides which rows are taken.
    Filtered,
    /// It groups.
    Grouped,
    /// It orders.
    Ordered,
    /// It joins.
    Joined,
    /// It is written.
    Written,
    /// It came along with a `*`, which nobody asked for by name.
    Starred,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::Selected,
        Self::Filtered,
        Self::Grouped,
        Self::Ordered,
        Self::Joined,
        Self::Written,
        Self::Starred,
    ];
}

/// The roles of a column in a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Roles(u8);

impl Roles {
    /// Adds a role.
    pub fn add(&mut self, role: Role) {
        self.0 |= 1 << role as u8;
    }

    /// Says whether a role is among them.
    pub fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// Says whether the statement names the column, and does more than write it.
    pub fn is_interest(self) -> bool {
        Role::ALL
            .into_iter()
            .any(|role| self.has(role) && !matches!(role, Role::Written | Role::Starred))
    }
}

/// Two columns that a statement compares to join, the lesser first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JoinKey {
    /// The lesser of both.
    pub left: ColumnName,
    /// The greater of both.
    pub right: ColumnName,
}

impl JoinKey {
    pub(super) fn new(one: ColumnName, other: ColumnName) -> Self {
        let (left, right) = if one <= other {
            (one, other)
        } else {
            (other, one)
        };
        Self { left, right }
    }
}

/// What a statement does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatementKind {
    /// It reads.
    Query,
    /// It adds rows.
    Insert,
    /// It changes rows.
    Update,
    /// It deletes rows.
    Delete,
    /// It adds, changes and deletes rows.
    Merge,
    /// It makes a table of a query.
    CreateTableAs,
    /// It defines a view.
    CreateView,
    /// It changes what there is: `CREATE`, `ALTER`, `DROP`, `GRANT`.
    Definition,
    /// It loads or unloads rows.
    Copy,
    /// It speaks to the session or the server: `BEGIN`, `SET`, `SHOW`, `EXPLAIN`, `VACUUM`.
    Utility,
    /// It could not be parsed.
    #[default]
    Unknown,
}

/// What was found out about one statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementFacts {
    /// What it does.
    pub kind: StatementKind,
    /// Its shape.
    pub fingerprint: Fingerprint,
    /// The tables it reads.
    pub reads: BTreeSet<Arc<TableName>>,
    /// The tables it writes, makes or drops.
    pub writes: BTreeSet<Arc<TableName>>,
    /// The columns of base tables that it touches.
    pub columns: BTreeMap<ColumnName, Roles>,
    /// The pairs of columns that it joins by.
    pub joins: BTreeSet<JoinKey>,
    /// The table that the outputs belong to.
    pub target: Option<Arc<TableName>>,
    /// What it gives or writes.
    pub outputs: Vec<OutputColumn>,
    /// The columns that could belong to more than one table, or to none that is known.
    pub unresolved: BTreeSet<String>,
    /// Tables whose columns are not known but were asked for by `*`.
    pub open: BTreeSet<Arc<TableName>>,
    /// Whether tables and columns were only guessed at, because the statement could not be parsed.
    pub guessed: bool,
    /// The statement with literals that say nothing, where the context asks for it: it can be read again later.
    pub skeleton: String,
}

impl StatementFacts {
    /// Gives the columns that decide which rows come out, and how: filters, joins, groups and order.
    ///
    /// They act on every output column (`INDIRECT` in OpenLineage).
    pub fn influences(&self) -> impl Iterator<Item = (&ColumnName, Influences)> {
        let kinds = [
            (Role::Filtered, Influence::Filter),
            (Role::Joined, Influence::Join),
            (Role::Grouped, Influence::GroupBy),
            (Role::Ordered, Influence::Sort),
        ];
        self.columns.iter().filter_map(move |(column, roles)| {
            let mut influences = Influences::default();
            for (role, influence) in kinds {
                if roles.has(role) {
                    influences.add(Influences::of(influence));
                }
            }
            (influences != Influences::default()).then_some((column, influences))
        })
    }
}

/// Why a statement was not understood, or only in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is larger or deeper than the limits allow; it was fingerprinted only.
    TooLarge {
        /// What is too large, with the limit.
        what: String,
    },
    /// It holds what a template should have replaced.
    Template {
        /// The line in the text, counted from 1.
        line: u64,
    },
    /// It is not SQL of the dialect.
    Syntax {
        /// What the parser said, without any literal.
        message: String,
        /// The line in the text, counted from 1, where it is known.
        line: Option<u64>,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { what } => write!(formatter, "the statement has {what}"),
            Self::Template { line } => {
                write!(formatter, "line {line} still holds a template")
            }
            Self::Syntax { message, .. } => formatter.write_str(message),
        }
    }
}

/// Everything that was found out about a text of SQL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Analysis {
    /// The statements in their order.
    pub statements: Vec<StatementFacts>,
    /// What was not understood.
    pub problems: Vec<Problem>,
}
