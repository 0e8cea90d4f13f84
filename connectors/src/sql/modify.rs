//! Statements that change rows.

use std::rc::Rc;
use std::sync::Arc;

use sqlparser::ast::{
    Assignment, AssignmentTarget, Delete, Expr, FromTable, Ident, Insert, Merge, MergeAction,
    MergeInsertKind, ObjectName, OnConflictAction, OnInsert, TableFactor, TableObject, Update,
    UpdateTableFromKind,
};

use super::columns::Aliases;
use super::facts::{ColumnName, OutputColumn, Role, Sources, StatementKind};
use super::scope::{Scope, Shape, same};
use super::statement::{Resolver, idents};
use super::walk::Use;

impl Resolver<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> StatementKind {
        let name = match &insert.table {
            TableObject::TableName(name) => name,
            TableObject::TableFunction(function) => &function.name,
            TableObject::TableQuery(query) => {
                self.query(query, None);
                return StatementKind::Insert;
            }
        };
        let words = idents(name);
        let (target, table) = self.table(&words);
        self.facts.writes.insert(Arc::clone(&target));
        let mut names: Vec<String> = insert
            .columns
            .iter()
            .filter_map(|column| idents(column).last().map(|word| self.fold(word)))
            .collect();
        names.extend(insert.after_columns.iter().map(|word| self.fold(word)));
        if names.is_empty() {
            names = table
                .columns
                .iter()
                .filter_map(|column| column.name.clone())
                .collect();
        }
        let mut shape = insert
            .source
            .as_ref()
            .map(|query| self.query(query, None))
            .unwrap_or_default();
        let count = shape.columns.len();
        if shape.open.is_empty() || !insert.columns.is_empty() {
            shape.rename(&names[..names.len().min(count)]);
        }
        if self.facts.target.is_none() {
            self.facts.target = Some(target);
            self.output(&shape);
        }
        for name in shape
            .columns
            .iter()
            .filter_map(|column| column.name.as_deref())
        {
            self.written(&table, name);
        }
        let relation = self.relation(words.last(), Vec::new(), Rc::clone(&table));
        let scope = Scope {
            relations: vec![relation],
            ..Scope::default()
        };
        self.assign(&insert.assignments, &table, &scope);
        match &insert.on {
            Some(OnInsert::DuplicateKeyUpdate(assignments)) => {
                self.assign(assignments, &table, &scope);
            }
            Some(OnInsert::OnConflict(conflict)) => {
                if let OnConflictAction::DoUpdate(update) = &conflict.action {
                    // `excluded` is the row that was to be inserted.
                    let mut scope = scope;
                    let excluded = Ident::new("excluded");
                    let relation = self.relation(Some(&excluded), Vec::new(), Rc::new(shape));
                    scope.relations.push(relation);
                    self.assign(&update.assignments, &table, &scope);
                    if let Some(expr) = &update.selection {
                        self.look(expr, &scope, Use::of(Role::Filtered, Aliases::Last));
                    }
                }
            }
            Some(_) | None => {}
        }
        StatementKind::Insert
    }

    pub(super) fn update(&mut self, update: &Update) -> StatementKind {
        let mut scope = Scope::default();
        self.joined_tables(&update.table, &mut scope);
        match &update.from {
            Some(UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from)) => {
                self.from(from, &mut scope);
            }
            None => {}
        }
        let table = self.changes(&update.table.relation, &scope);
        self.assign(&update.assignments, &table, &scope);
        if let Some(expr) = &update.selection {
            self.look(expr, &scope, Use::of(Role::Filtered, Aliases::Last));
        }
        StatementKind::Update
    }

    /// Notes the table that a statement changes, which its `FROM` may call by an alias; gives its columns.
    fn changes(&mut self, factor: &TableFactor, scope: &Scope<'_>) -> Rc<Shape> {
        let TableFactor::Table { name, .. } = factor else {
            return Rc::default();
        };
        let words = idents(name);
        let (mut table, mut shape) = self.table(&words);
        let folded = self.table_parts(&words);
        // T-SQL: `UPDATE o SET ... FROM orders o`.
        let called = scope
            .relations
            .iter()
            .find(|relation| relation.alias.is_some() && relation.is_called(&folded));
        if let Some(relation) = called.filter(|relation| !relation.name.is_empty())
            && !same(&relation.name.join("."), &table.parts().join("."))
        {
            self.facts.reads.remove(&table);
            let name: Vec<Ident> = relation
                .name
                .iter()
                .map(|part| Ident::with_quote('"', part.clone()))
                .collect();
            (table, shape) = self.table(&name);
        }
        self.facts.writes.insert(Arc::clone(&table));
        if self.facts.target.is_none() {
            self.facts.target = Some(table);
        }
        shape
    }

    /// Reads what is assigned to columns.
    fn assign(&mut self, assignments: &[Assignment], table: &Rc<Shape>, scope: &Scope<'_>) {
        for assignment in assignments {
            let targets: &[ObjectName] = match &assignment.target {
                AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
                AssignmentTarget::Tuple(names) => names,
            };
            let values: Vec<&Expr> = match &assignment.value {
                Expr::Tuple(values) if values.len() == targets.len() => values.iter().collect(),
                one => vec![one; targets.len()],
            };
            for (target, value) in targets.iter().zip(values) {
                let words = idents(target);
                let Some(word) = words.last() else { continue };
                let name = self.fold(word);
                let mut sources = Sources::new();
                self.walk(value, scope, Use::selected(), &mut sources);
                self.written(table, &name);
                self.add_output(&name, sources);
            }
        }
    }

    /// Adds what a column is made of to what other branches of the statement made it of.
    fn add_output(&mut self, name: &str, sources: Sources) {
        let outputs = &mut self.facts.outputs;
        let known = outputs.iter_mut().find(|output| {
            output
                .name
                .as_deref()
                .is_some_and(|known| same(known, name))
        });
        match known {
            Some(output) => {
                for (column, influences) in sources {
                    output.sources.entry(column).or_default().add(influences);
                }
            }
            None => outputs.push(OutputColumn {
                name: Some(name.to_owned()),
                sources,
            }),
        }
    }

    /// Notes that a column of a table is written.
    fn written(&mut self, table: &Rc<Shape>, name: &str) {
        let column: Option<ColumnName> = match (table.place(name), table.open.first()) {
            (Some(place), _) => table.columns[place].sources.keys().next().cloned(),
            (None, Some(open)) => super::scope::identity(open, name).into_keys().next(),
            (None, None) => None,
        };
        if let Some(column) = column {
            self.facts
                .columns
                .entry(column)
                .or_default()
                .add(Role::Written);
        }
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> StatementKind {
        let mut scope = Scope::default();
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        self.from(from, &mut scope);
        if delete.tables.is_empty() {
            if let Some(first) = from.first() {
                self.changes(&first.relation, &scope);
            }
        } else {
            for name in &delete.tables {
                let factor = plain(name);
                self.changes(&factor, &scope);
            }
        }
        for using in delete.using.iter().flatten() {
            self.joined_tables(using, &mut scope);
        }
        if let Some(expr) = &delete.selection {
            self.look(expr, &scope, Use::of(Role::Filtered, Aliases::Last));
        }
        self.facts.target = None;
        StatementKind::Delete
    }

    pub(super) fn merge(&mut self, merge: &Merge) -> StatementKind {
        let mut scope = Scope::default();
        for factor in [&merge.table, &merge.source] {
            let table = sqlparser::ast::TableWithJoins {
                relation: factor.clone(),
                joins: Vec::new(),
            };
            self.joined_tables(&table, &mut scope);
        }
        let table = self.changes(&merge.table, &Scope::default());
        self.look(&merge.on, &scope, Use::joined());
        let filter = Use::of(Role::Filtered, Aliases::Last);
        for clause in &merge.clauses {
            if let Some(expr) = &clause.predicate {
                self.look(expr, &scope, filter);
            }
            match &clause.action {
                MergeAction::Update(update) => {
                    self.assign(&update.assignments, &table, &scope);
                    for expr in update
                        .update_predicate
                        .iter()
                        .chain(&update.delete_predicate)
                    {
                        self.look(expr, &scope, filter);
                    }
                }
                MergeAction::Insert(insert) => {
                    let mut names: Vec<String> = insert
                        .columns
                        .iter()
                        .filter_map(|column| idents(column).last().map(|word| self.fold(word)))
                        .collect();
                    if names.is_empty() {
                        names = table
                            .columns
                            .iter()
                            .filter_map(|column| column.name.clone())
                            .collect();
                    }
                    self.merged_row(&insert.kind, &names, &table, &scope);
                }
                MergeAction::Delete { .. } => {}
            }
        }
        StatementKind::Merge
    }

    fn merged_row(
        &mut self,
        kind: &MergeInsertKind,
        names: &[String],
        table: &Rc<Shape>,
        scope: &Scope<'_>,
    ) {
        match kind {
            MergeInsertKind::Values(values) => {
                for row in &values.rows {
                    for (name, expr) in names.iter().zip(&row.content) {
                        let mut sources = Sources::new();
                        self.walk(expr, scope, Use::selected(), &mut sources);
                        self.written(table, name);
                        self.add_output(name, sources);
                    }
                }
            }
            // `INSERT ROW`: the row of the source as it is.
            MergeInsertKind::Row => {
                let Some(source) = scope
                    .relations
                    .last()
                    .map(|relation| Rc::clone(&relation.shape))
                else {
                    return;
                };
                for column in &source.columns {
                    if let Some(name) = &column.name {
                        self.written(table, name);
                        self.add_output(name, column.sources.as_ref().clone());
                    }
                }
            }
        }
    }
}

fn plain(name: &ObjectName) -> TableFactor {
    TableFactor::Table {
        name: name.clone(),
        alias: None,
        args: None,
        with_hints: Vec::new(),
        version: None,
        with_ordinality: false,
        partitions: Vec::new(),
        json_path: None,
        sample: None,
        index_hints: Vec::new(),
    }
}
