//! Lineage between columns, from the SQL that dbt compiled.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::columns;
use super::datasets::{dependencies, relation};
use super::document::Entry;
use super::project::{Project, fields_of};
use crate::lineage;
use crate::sql::{Context, Dialect, Problem, Schema, StatementFacts, TableName, analyze};

/// The keys that hold compiled SQL, since dbt 1.3 and before.
pub(super) const COMPILED: [&str; 2] = ["compiled_code", "compiled_sql"];

/// What is known of the tables while the models are read in the order of their dependencies.
struct Tables {
    schema: Schema,
    /// The nodes by the full names of their relations in lower case.
    ids: FxHashMap<String, String>,
    /// Tables that SQL reads and no node is.
    strangers: BTreeSet<String>,
    /// Columns that could not be given to a table.
    unresolved: u64,
}

/// Writes the lineage between the columns of the nodes that have SQL.
pub(super) fn write(project: &mut Project<'_>, nodes: &[&Entry]) {
    let dialect = Dialect::of_name(&project.adapter).unwrap_or_default();
    let mut tables = tables(project, nodes);
    for entry in in_order(project, nodes) {
        if let Some(sql) = sql_of(entry) {
            node(project, entry, sql, dialect, &mut tables);
        }
    }
    if let Some(first) = tables.strangers.first() {
        let message = format!(
            "the SQL reads {} tables that no node of the manifest is, such as `{first}`",
            tables.strangers.len()
        );
        let at = project.at("nodes");
        project.report.note("sql_other_table", message, at);
    }
    if tables.unresolved > 0 {
        let message = format!(
            "{} names in the SQL may be columns of more than one table, or of none that is known",
            tables.unresolved
        );
        let at = project.at("nodes");
        project.report.note("sql_unresolved", message, at);
    }
}

fn sql_of(entry: &Entry) -> Option<&str> {
    let said = COMPILED
        .iter()
        .find_map(|key| entry.object.get(*key)?.as_str());
    said.filter(|sql| !sql.trim().is_empty())
}

/// Gives what the database holds by the catalog, else the columns that are documented, which need not be all.
fn tables(project: &mut Project<'_>, nodes: &[&Entry]) -> Tables {
    let mut tables = Tables {
        schema: Schema::default(),
        ids: FxHashMap::default(),
        strangers: BTreeSet::new(),
        unresolved: 0,
    };
    for entry in nodes {
        let parts = parts_of(project, entry);
        if parts.is_empty() {
            continue;
        }
        if let Some(table) = project.catalog.get(&entry.id) {
            let columns = table.columns.iter().map(|column| column.name.clone());
            tables.schema.add(&parts, columns);
        } else {
            let documented = entry.object.get("columns").and_then(Value::as_object);
            let names = documented.into_iter().flatten().map(|(key, column)| {
                let name = column.get("name").and_then(Value::as_str);
                name.unwrap_or(key).to_owned()
            });
            tables.schema.add_partial(&parts, names);
        }
        let name = TableName::new(parts).to_string().to_lowercase();
        tables.ids.entry(name).or_insert_with(|| entry.id.clone());
    }
    tables
}

fn parts_of(project: &mut Project<'_>, entry: &Entry) -> Vec<String> {
    let is_source = project.resource_type(entry) == "source";
    relation(project, &fields_of(entry), is_source)
}

/// Gives the nodes so that each comes after those that it depends on; a cycle is cut where it is entered.
fn in_order<'e>(project: &mut Project<'_>, nodes: &[&'e Entry]) -> Vec<&'e Entry> {
    let places: FxHashMap<&str, usize> = nodes
        .iter()
        .enumerate()
        .map(|(at, entry)| (entry.id.as_str(), at))
        .collect();
    let needs: Vec<Vec<usize>> = nodes
        .iter()
        .map(|entry| {
            let ids = dependencies(project, &fields_of(entry));
            ids.iter()
                .filter_map(|(_, id)| places.get(id.as_str()).copied())
                .collect()
        })
        .collect();
    let mut ordered = Vec::with_capacity(nodes.len());
    let mut met: FxHashSet<usize> = FxHashSet::default();
    for start in 0..nodes.len() {
        // A walk with a stack of its own: the place of the next dependency of each node on the way.
        let mut way = if met.insert(start) {
            vec![(start, 0)]
        } else {
            Vec::new()
        };
        while let Some((at, next)) = way.last_mut() {
            if let Some(need) = needs[*at].get(*next) {
                *next += 1;
                let need = *need;
                if met.insert(need) {
                    way.push((need, 0));
                }
            } else {
                ordered.push(nodes[*at]);
                way.pop();
            }
        }
    }
    ordered
}

fn node(
    project: &mut Project<'_>,
    entry: &Entry,
    sql: &str,
    dialect: Dialect,
    tables: &mut Tables,
) {
    let parts = parts_of(project, entry);
    let said = |key: &str| entry.object.get(key).and_then(Value::as_str);
    let database = said("database").map(str::to_owned);
    let schema = said("schema").map(str::to_owned);
    let mut context = Context::new(dialect, &tables.schema).search_path(schema);
    if let Some(database) = database {
        context = context.database(database);
    }
    let analysis = analyze(sql, &context);
    if let Some(problem) = analysis.problems.first() {
        report(project, entry, problem);
    }
    // A model is one query; what stands before it sets something up.
    let query = analysis
        .statements
        .into_iter()
        .rev()
        .find(|facts| !facts.outputs.is_empty() || !facts.open.is_empty());
    let Some(facts) = query else {
        return;
    };
    tables.unresolved += facts.unresolved.len() as u64;
    write_facts(project, &entry.id, &facts, tables);
    let whole = facts.open.is_empty() && facts.outputs.iter().all(|output| output.name.is_some());
    if whole && !parts.is_empty() && project.catalog.get(&entry.id).is_none() {
        let names = facts.outputs.into_iter().filter_map(|output| output.name);
        tables.schema.add(&parts, names);
    }
}

fn report(project: &mut Project<'_>, entry: &Entry, problem: &Problem) {
    let key = COMPILED.iter().find(|key| entry.object.contains_key(**key));
    let at = project.at(&format!(
        "{}.{}",
        entry.path,
        key.copied().unwrap_or(COMPILED[0])
    ));
    let code = match problem {
        Problem::TooLarge { .. } => "sql_too_large",
        Problem::Template { .. } => "sql_template",
        Problem::Syntax { .. } => "sql_not_understood",
    };
    let message = format!("the lineage of its columns is not known: {problem}");
    project.report.warning(code, message, at);
}

fn write_facts(project: &mut Project<'_>, id: &str, facts: &StatementFacts, tables: &mut Tables) {
    for output in &facts.outputs {
        let Some(name) = &output.name else { continue };
        if output.sources.is_empty() {
            continue;
        }
        let Some(to) = columns::find_or_infer(project, id, name) else {
            continue;
        };
        for (source, how) in &output.sources {
            let Some(from) = column_of(project, source, tables) else {
                continue;
            };
            if from == to {
                continue;
            }
            project.report.understood("column_lineage");
            lineage::column(project.out, &to, &from, *how);
        }
    }
    let Some(dataset) = project.known.get(id).map(|known| known.iri.clone()) else {
        return;
    };
    for (column, how) in facts.influences() {
        if let Some(from) = column_of(project, column, tables) {
            lineage::rows(project.out, &dataset, &from, how);
        }
    }
}

/// Gives the column of the node whose relation a table is.
fn column_of(
    project: &mut Project<'_>,
    column: &crate::sql::ColumnName,
    tables: &mut Tables,
) -> Option<graph_core::rdf::NamedNode> {
    let table = column.table.to_string();
    if let Some(id) = tables.ids.get(&table.to_lowercase()) {
        columns::find_or_infer(project, id, &column.name)
    } else {
        tables.strangers.insert(table);
        None
    }
}
