//! Tests of the reader.

mod lineage;
mod measured;
mod shapes;
mod touched;

use std::fmt::Write;

use super::{Analysis, Context, Dialect, Schema, analyze};

/// Gives a schema of a few tables.
fn shop() -> Schema {
    let mut schema = Schema::default();
    schema.add(
        &["shop", "public", "orders"],
        ["id", "customer_id", "amount", "status", "placed_at"],
    );
    schema.add(
        &["shop", "public", "customers"],
        ["id", "name", "region", "parent_id"],
    );
    schema.add(&["shop", "public", "refunds"], ["id", "order_id", "amount"]);
    schema.add(&["shop", "archive", "orders"], ["id", "amount"]);
    schema
}

fn read_as(dialect: Dialect, schema: &Schema, sql: &str) -> Analysis {
    let context = Context::new(dialect, schema)
        .database("shop")
        .search_path(["public"]);
    analyze(sql, &context)
}

fn read(sql: &str) -> Analysis {
    read_as(Dialect::Postgres, &shop(), sql)
}

/// Writes the lineage of the outputs, one a line, with short names.
fn lineage_of(analysis: &Analysis) -> String {
    let mut out = String::new();
    for problem in &analysis.problems {
        writeln!(out, "! {problem}").unwrap();
    }
    for facts in &analysis.statements {
        if let Some(target) = &facts.target {
            writeln!(out, "-> {target}").unwrap();
        }
        for output in &facts.outputs {
            let name = output.name.as_deref().unwrap_or("?");
            let sources: Vec<String> = output
                .sources
                .iter()
                .map(|(column, influences)| {
                    let how: Vec<&str> = influences.iter().map(super::Influence::as_str).collect();
                    let table = column.table.parts();
                    let table = table
                        .strip_prefix(["shop".to_owned(), "public".to_owned()].as_slice())
                        .unwrap_or(table);
                    format!("{}.{} {}", table.join("."), column.name, how.join("+"))
                })
                .collect();
            writeln!(out, "{name}: {}", sources.join(", ")).unwrap();
        }
        for name in &facts.unresolved {
            writeln!(out, "unresolved {name}").unwrap();
        }
        for table in &facts.open {
            writeln!(out, "open {table}").unwrap();
        }
    }
    out
}
