//! What SQL says: where each column comes from, and what a statement touches.
//!
//! [`analyze`] takes a text of SQL and gives one [`StatementFacts`] for each statement in it:
//! - *column lineage*: for each output column the base columns that it is made of and how
//!   ([`Influence`]: identity, transformed, aggregated; or only by a condition or a window), as the column lineage
//!   facet 1-2-0 of OpenLineage divides it;
//! - *what is touched*: tables read and written, base columns by [`Role`] (selected, filtered, grouped, ordered,
//!   joined), the pairs of columns that joins compare;
//! - a *fingerprint*: the shape of the statement without literals, comments, aliases and layout.
//!
//! Names are resolved as the database would: default database and search path, aliases, CTEs (recursive too),
//! sub-queries and their outer columns, `LATERAL`, set operations, `*`, `t.*`, `USING` and natural joins, access to
//! fields of structs. A [`Schema`] says which tables have which columns; it may be partial or empty. With none,
//! a column belongs to the only table it can belong to, and is else listed as unresolved.
//!
//! For a view definition or a `SELECT` the lineage is in [`StatementFacts::outputs`]; for `CREATE TABLE AS`,
//! `CREATE VIEW`, `INSERT`, `UPDATE` and `MERGE` the outputs are named as the columns of
//! [`StatementFacts::target`]:
//!
//! ```
//! use connectors::sql::{Context, Dialect, Schema, analyze};
//!
//! let mut schema = Schema::default();
//! schema.add(&["shop", "public", "orders"], ["id", "amount", "status"]);
//! let context = Context::new(Dialect::Postgres, &schema).database("shop").search_path(["public"]);
//! let sql = "create view v as select status, sum(amount) as total from orders group by 1";
//! let analysis = analyze(sql, &context);
//! let view = &analysis.statements[0];
//! assert_eq!(view.target.as_ref().unwrap().to_string(), "shop.public.v");
//! let total = &view.outputs[1];
//! assert_eq!(total.name.as_deref(), Some("total"));
//! let (source, how) = total.sources.iter().next().unwrap();
//! assert_eq!(source.to_string(), "shop.public.orders.amount");
//! assert!(how.is_aggregated());
//! ```
//!
//! The reader is bounded: a statement over [`Limits`] is fingerprinted only, and hostile nesting ends in a
//! [`Problem`], never in an overflow of the stack. SQL that still holds Jinja is reported and not guessed at.
//! Nothing here knows of a log, of dbt or of statements of the graph.

mod batch;
mod columns;
mod dialect;
mod expression;
mod facts;
mod fallback;
mod fingerprint;
mod from;
mod functions;
mod modify;
mod pipe;
mod pivot;
mod query;
mod read;
mod schema;
mod scope;
mod select;
mod statement;
mod tokens;
mod walk;
mod wildcard;

#[cfg(test)]
mod tests;

pub use dialect::Dialect;
pub use facts::{
    Analysis, ColumnName, Influence, Influences, JoinKey, OutputColumn, Problem, Role, Roles,
    StatementFacts, StatementKind, TableName,
};
pub use fingerprint::Fingerprint;
pub use read::{Context, Limits, analyze};
pub use schema::Schema;
