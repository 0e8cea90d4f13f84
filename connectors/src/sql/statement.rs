//! The resolver of one statement: what kind it is, and where its parts are dealt with.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use sqlparser::ast::{
    CopySource, CreateTable, CreateView, DeclareAssignment, Ident, NamedWindowDefinition,
    ObjectName, ObjectNamePart, ObjectType, Set, Statement,
};

use super::facts::{OutputColumn, StatementFacts, StatementKind, TableName};
use super::fingerprint::{Mark, Marks};
use super::read::Context;
use super::scope::{Relation, Scope, Shape};
use super::walk::Use;

/// Reads one statement.
pub(super) struct Resolver<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) facts: StatementFacts,
    marks: Marks,
    /// The common tables that can be named here, the innermost last.
    pub(super) ctes: Vec<(String, Rc<Shape>)>,
    /// The windows that can be named here.
    pub(super) windows: Vec<NamedWindowDefinition>,
    /// The parameters of the lambdas around.
    pub(super) lambda: Vec<String>,
    /// How many common tables that name themselves are being read.
    pub(super) rounds: usize,
    relations: u32,
    tables: FxHashMap<Vec<String>, (Arc<TableName>, Rc<Shape>)>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            facts: StatementFacts::default(),
            marks: Marks::default(),
            ctes: Vec::new(),
            windows: Vec::new(),
            lambda: Vec::new(),
            rounds: 0,
            relations: 0,
            tables: FxHashMap::default(),
        }
    }

    /// Reads a statement; gives its facts and what its names are called in its shape.
    pub(super) fn statement(mut self, statement: &Statement) -> (StatementFacts, Marks) {
        self.facts.kind = self.read(statement);
        (self.facts, self.marks)
    }

    fn read(&mut self, statement: &Statement) -> StatementKind {
        match statement {
            Statement::Query(query) => self.outer_query(query),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Merge(merge) => self.merge(merge),
            Statement::CreateTable(create) => self.create_table(create),
            Statement::CreateView(view) => self.create_view(view),
            Statement::AlterView {
                name,
                columns,
                query,
                ..
            } => {
                let names: Vec<String> = columns.iter().map(|name| self.fold(name)).collect();
                self.definition(name, &names, query);
                StatementKind::CreateView
            }
            Statement::Copy { source, to, .. } => self.copy(source, *to),
            Statement::CopyIntoSnowflake {
                into, from_query, ..
            } => {
                self.writes(into);
                if let Some(query) = from_query {
                    self.query(query, None);
                }
                StatementKind::Copy
            }
            Statement::Declare { stmts } => {
                let mut kind = StatementKind::Utility;
                for declare in stmts {
                    if let Some(query) = &declare.for_query {
                        kind = self.outer_query(query);
                    }
                    self.assigned(declare.assignment.as_ref());
                }
                kind
            }
            Statement::Set(Set::SingleAssignment { values, .. }) => {
                for value in values {
                    self.look(value, &Scope::default(), Use::selected());
                }
                StatementKind::Utility
            }
            Statement::Prepare { statement, .. } => self.read(statement),
            Statement::Explain { statement, .. } => {
                // It asks how, and reads nothing itself.
                self.read(statement);
                StatementKind::Utility
            }
            other => self.definition_or_utility(other),
        }
    }

    /// Reads what a variable is set to, which may be a query.
    fn assigned(&mut self, assignment: Option<&DeclareAssignment>) {
        let Some(
            DeclareAssignment::Expr(expr)
            | DeclareAssignment::Default(expr)
            | DeclareAssignment::DuckAssignment(expr)
            | DeclareAssignment::For(expr)
            | DeclareAssignment::MsSqlAssignment(expr),
        ) = assignment
        else {
            return;
        };
        self.look(expr, &Scope::default(), Use::selected());
    }

    fn definition_or_utility(&mut self, statement: &Statement) -> StatementKind {
        match statement {
            Statement::Truncate(truncate) => {
                for table in &truncate.table_names {
                    self.writes(&table.name);
                }
                StatementKind::Delete
            }
            Statement::AlterTable(alter) => {
                self.writes(&alter.name);
                StatementKind::Definition
            }
            Statement::CreateIndex(index) => {
                self.writes(&index.table_name);
                StatementKind::Definition
            }
            Statement::Drop {
                object_type, names, ..
            } => {
                if matches!(
                    object_type,
                    ObjectType::Table | ObjectType::View | ObjectType::MaterializedView
                ) {
                    for name in names {
                        self.writes(name);
                    }
                }
                StatementKind::Definition
            }
            Statement::Comment { .. }
            | Statement::Grant(_)
            | Statement::Revoke(_)
            | Statement::Deny(_)
            | Statement::AlterIndex { .. }
            | Statement::AlterSchema(_)
            | Statement::CreateSchema { .. }
            | Statement::CreateDatabase { .. }
            | Statement::CreateFunction(_)
            | Statement::CreateProcedure { .. }
            | Statement::CreateMacro { .. }
            | Statement::CreateSequence { .. }
            | Statement::CreateType { .. }
            | Statement::CreateDomain(_)
            | Statement::CreateTrigger(_)
            | Statement::CreateRole(_)
            | Statement::CreateExtension(_)
            | Statement::CreateVirtualTable { .. }
            | Statement::CreateStage { .. }
            | Statement::CreatePolicy(_)
            | Statement::DropFunction(_)
            | Statement::DropTrigger(_)
            | Statement::DropProcedure { .. }
            | Statement::DropDomain(_)
            | Statement::DropPolicy(_)
            | Statement::DropExtension(_)
            | Statement::AlterRole { .. }
            | Statement::AlterType(_)
            | Statement::AlterFunction(_)
            | Statement::AlterPolicy(_) => StatementKind::Definition,
            _ => StatementKind::Utility,
        }
    }

    fn create_table(&mut self, create: &CreateTable) -> StatementKind {
        let Some(query) = &create.query else {
            self.writes(&create.name);
            if let Some(other) = &create.clone {
                let (table, _) = self.table(&idents(other));
                self.facts.reads.insert(table);
            }
            return StatementKind::Definition;
        };
        let names: Vec<String> = create
            .columns
            .iter()
            .map(|column| self.fold(&column.name))
            .collect();
        self.definition(&create.name, &names, query);
        StatementKind::CreateTableAs
    }

    fn create_view(&mut self, view: &CreateView) -> StatementKind {
        let names: Vec<String> = view
            .columns
            .iter()
            .map(|column| self.fold(&column.name))
            .collect();
        self.definition(&view.name, &names, &view.query);
        if let Some(to) = &view.to {
            self.writes(to);
        }
        StatementKind::CreateView
    }

    /// Reads a query whose columns become those of a table or view.
    fn definition(&mut self, name: &ObjectName, names: &[String], query: &sqlparser::ast::Query) {
        let mut shape = self.query(query, None);
        shape.rename(names);
        let target = self.writes(name);
        self.facts.target = Some(target);
        self.output(&shape);
    }

    fn copy(&mut self, source: &CopySource, to: bool) -> StatementKind {
        match source {
            CopySource::Table { table_name, .. } if to => {
                let (table, _) = self.table(&idents(table_name));
                self.facts.reads.insert(table);
            }
            CopySource::Table { table_name, .. } => {
                self.writes(table_name);
            }
            CopySource::Query(query) => {
                self.query(query, None);
            }
        }
        StatementKind::Copy
    }

    /// Says what the statement gives.
    pub(super) fn output(&mut self, shape: &Shape) {
        self.facts.outputs = shape
            .columns
            .iter()
            .map(|column| OutputColumn {
                name: column.name.clone(),
                sources: column.sources.as_ref().clone(),
            })
            .collect();
        self.facts.open = shape.open.iter().cloned().collect();
    }

    /// Notes a table that is written and gives its full name.
    pub(super) fn writes(&mut self, name: &ObjectName) -> Arc<TableName> {
        let (table, _) = self.table(&idents(name));
        self.facts.writes.insert(Arc::clone(&table));
        table
    }

    /// Finds a base table: its full name and its columns.
    pub(super) fn table(&mut self, name: &[Ident]) -> (Arc<TableName>, Rc<Shape>) {
        let parts = self.table_parts(name);
        if let Some((table, shape)) = self.tables.get(&parts) {
            return (Arc::clone(table), Rc::clone(shape));
        }
        let context = self.context;
        let found = context
            .schema
            .find(&parts, context.database.as_deref(), &context.search_path);
        let (table, shape) = if let Some(known) = found {
            (
                Arc::clone(&known.name),
                Shape::table(&known.name, &known.columns, known.complete),
            )
        } else {
            let table = Arc::new(self.full_name(&parts));
            let shape = Shape::table(&table, &[], false);
            (table, shape)
        };
        let shape = Rc::new(shape);
        self.tables
            .insert(parts, (Arc::clone(&table), Rc::clone(&shape)));
        (table, shape)
    }

    /// Gives the columns of a table by its full name.
    pub(super) fn table_named(&mut self, table: &TableName) -> Shape {
        let quoted = |part: &String| Ident::with_quote('"', part.clone());
        let parts: Vec<Ident> = table.parts().iter().map(quoted).collect();
        self.table(&parts).1.as_ref().clone()
    }

    /// Gives the parts of a table's name; BigQuery writes several parts in one pair of quotes.
    pub(super) fn table_parts(&self, name: &[Ident]) -> Vec<String> {
        name.iter()
            .flat_map(|part| {
                let folded = self.fold(part);
                if part.quote_style == Some('`') && folded.contains('.') {
                    folded.split('.').map(str::to_owned).collect()
                } else {
                    vec![folded]
                }
            })
            .collect()
    }

    fn full_name(&self, parts: &[String]) -> TableName {
        let mut full = Vec::new();
        if parts.len() < 2
            && let Some(schema) = self.context.search_path.first()
        {
            full.extend(self.context.database.clone());
            full.push(schema.clone());
        } else if parts.len() == 2 {
            full.extend(self.context.database.clone());
        }
        full.extend(parts.iter().cloned());
        TableName::new(full)
    }

    /// Makes a relation of something that `FROM` names.
    pub(super) fn relation(
        &mut self,
        alias: Option<&Ident>,
        name: Vec<String>,
        shape: Rc<Shape>,
    ) -> Relation {
        self.relations += 1;
        Relation {
            number: self.relations,
            alias: alias.map(|alias| self.fold(alias)),
            name,
            shape,
        }
    }

    /// Says what a word is called in the shape.
    pub(super) fn mark(&mut self, ident: &Ident, mark: Mark) {
        if ident.span.start.line > 0 {
            self.marks.insert(ident.span.start, mark);
        }
    }

    /// Says that words name a relation.
    pub(super) fn call(&mut self, qualifier: &[Ident], number: u32) {
        if let [only] = qualifier {
            self.mark(only, Mark::Called(format!("t{number}")));
        }
    }
}

/// Gives the words of a name; a part that is a call has none.
pub(super) fn idents(name: &ObjectName) -> Vec<Ident> {
    name.0
        .iter()
        .filter_map(|part| match part {
            ObjectNamePart::Identifier(ident) => Some(ident.clone()),
            ObjectNamePart::Function(_) => None,
        })
        .collect()
}
