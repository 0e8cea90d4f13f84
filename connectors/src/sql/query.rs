//! Queries: common tables, set operations, values.

use std::rc::Rc;

use sqlparser::ast::{
    Cte, Expr, OrderBy, OrderByKind, Query, SetExpr, SetOperator, SetQuantifier, Statement, Values,
};

use super::columns::Aliases;
use super::facts::{Role, Sources, StatementKind};
use super::fingerprint::Mark;
use super::scope::{Alias, Scope, Shape, ShapeColumn, merge};
use super::statement::{Resolver, idents};
use super::walk::Use;

/// How deep common tables that name themselves are read with care; each level reads what is inside three times.
const ROUNDS_MAX: usize = 3;

impl Resolver<'_> {
    /// Reads a query that is a statement.
    pub(super) fn outer_query(&mut self, query: &Query) -> StatementKind {
        // PostgreSQL writes `WITH ... INSERT` as a query whose body is the insert.
        let into = match query.body.as_ref() {
            SetExpr::Select(select) => select.into.as_ref(),
            _ => None,
        };
        let shape = self.query(query, None);
        match query.body.as_ref() {
            SetExpr::Insert(_) => return StatementKind::Insert,
            SetExpr::Update(_) => return StatementKind::Update,
            SetExpr::Delete(_) => return StatementKind::Delete,
            SetExpr::Merge(_) => return StatementKind::Merge,
            _ => {}
        }
        self.output(&shape);
        match into {
            Some(into) => {
                let target = self.writes(&into.name);
                self.facts.target = Some(target);
                StatementKind::CreateTableAs
            }
            None => StatementKind::Query,
        }
    }

    /// Reads a query and gives its columns.
    pub(super) fn query(&mut self, query: &Query, outer: Option<&Scope<'_>>) -> Shape {
        let before = self.ctes.len();
        if let Some(with) = &query.with {
            for cte in &with.cte_tables {
                self.cte(cte, with.recursive, outer);
            }
        }
        let order = order_of(query.order_by.as_ref());
        let mut shape = self.body(&query.body, &order, outer);
        for pipe in &query.pipe_operators {
            shape = self.pipe(pipe, shape, outer);
        }
        self.ctes.truncate(before);
        shape
    }

    /// Reads a common table; a recursive one first without itself, and then with what that gave.
    fn cte(&mut self, cte: &Cte, recursive: bool, outer: Option<&Scope<'_>>) {
        let name = self.fold(&cte.alias.name);
        self.mark(
            &cte.alias.name,
            Mark::Called(format!("cte{}", self.ctes.len())),
        );
        let names: Vec<String> = cte
            .alias
            .columns
            .iter()
            .map(|column| self.fold(&column.name))
            .collect();
        if recursive
            && self.rounds < ROUNDS_MAX
            && let SetExpr::SetOperation { .. } = cte.query.body.as_ref()
        {
            self.rounds += 1;
            let shape = self.recursive_cte(&name, &names, cte, outer);
            self.rounds -= 1;
            self.ctes.push((name, Rc::new(shape)));
            return;
        }
        let mut shape = self.query(&cte.query, outer);
        shape.rename(&names);
        self.ctes.push((name, Rc::new(shape)));
    }

    /// Reads a common table that names itself: its first part, then the whole with what that gave, twice, so that
    /// sources that move from column to column arrive.
    fn recursive_cte(
        &mut self,
        name: &str,
        names: &[String],
        cte: &Cte,
        outer: Option<&Scope<'_>>,
    ) -> Shape {
        let mut first = cte.query.body.as_ref();
        while let SetExpr::SetOperation { left, .. } = first {
            first = left;
        }
        let unresolved = self.facts.unresolved.clone();
        let mut known = match &cte.query.with {
            None => self.body(first, &[], outer),
            Some(_) => Shape::default(),
        };
        for _ in 0..2 {
            self.facts.unresolved.clone_from(&unresolved);
            known.rename(names);
            self.ctes.push((name.to_owned(), Rc::new(known)));
            known = self.query(&cte.query, outer);
            self.ctes.pop();
        }
        known.rename(names);
        known
    }

    /// Reads the body of a query, with the order that belongs to it.
    fn body(&mut self, body: &SetExpr, order: &[&Expr], outer: Option<&Scope<'_>>) -> Shape {
        match body {
            SetExpr::Select(select) => self.select(select, order, outer),
            SetExpr::Query(query) => {
                let shape = self.query(query, outer);
                self.order_by_output(&shape, order, outer);
                shape
            }
            SetExpr::SetOperation { .. } => {
                let shape = self.set_operation(body, outer);
                self.order_by_output(&shape, order, outer);
                shape
            }
            SetExpr::Values(values) => self.values(values, outer),
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement)
            | SetExpr::Merge(statement) => self.changing(statement),
            SetExpr::Table(table) => {
                let parts = [table.schema_name.clone(), table.table_name.clone()];
                let parts: Vec<sqlparser::ast::Ident> = parts
                    .into_iter()
                    .flatten()
                    .map(sqlparser::ast::Ident::new)
                    .collect();
                let (name, shape) = self.table(&parts);
                self.facts.reads.insert(name);
                shape.as_ref().clone()
            }
        }
    }

    /// Reads a statement inside a query that changes rows; it gives what it returns.
    fn changing(&mut self, statement: &Statement) -> Shape {
        match statement {
            Statement::Insert(insert) => {
                self.insert(insert);
            }
            Statement::Update(update) => {
                self.update(update);
            }
            Statement::Delete(delete) => {
                self.delete(delete);
            }
            Statement::Merge(merge) => {
                self.merge(merge);
            }
            _ => {}
        }
        let target = self.facts.writes.iter().next_back().cloned();
        target.map_or_else(Shape::default, |target| self.table_named(&target))
    }

    /// Reads unions and the like; a long chain of them leans to the left and is read without recursion.
    fn set_operation(&mut self, body: &SetExpr, outer: Option<&Scope<'_>>) -> Shape {
        let mut chain = Vec::new();
        let mut leftmost = body;
        while let SetExpr::SetOperation {
            left,
            op,
            set_quantifier,
            right,
        } = leftmost
        {
            chain.push((*op, *set_quantifier, right.as_ref()));
            leftmost = left;
        }
        let mut shape = self.body(leftmost, &[], outer);
        while let Some((op, quantifier, right)) = chain.pop() {
            let other = self.body(right, &[], outer);
            let by_name = matches!(
                quantifier,
                SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName
            );
            match op {
                SetOperator::Union | SetOperator::Intersect => shape.unite(&other, by_name),
                SetOperator::Except | SetOperator::Minus => {}
            }
        }
        shape
    }

    fn values(&mut self, values: &Values, outer: Option<&Scope<'_>>) -> Shape {
        let scope = Scope::inside(outer);
        let mut shape = Shape::default();
        for row in &values.rows {
            for (at, expr) in row.content.iter().enumerate() {
                let mut sources = Sources::new();
                self.walk(expr, &scope, Use::selected(), &mut sources);
                match shape.columns.get_mut(at) {
                    Some(column) => merge(&mut column.sources, &Rc::new(sources)),
                    None => shape.columns.push(ShapeColumn {
                        name: Some(format!("column{}", at + 1)),
                        sources: Rc::new(sources),
                        base: false,
                    }),
                }
            }
        }
        shape
    }

    /// Reads an order over columns that a query gives.
    fn order_by_output(&mut self, shape: &Shape, order: &[&Expr], outer: Option<&Scope<'_>>) {
        if order.is_empty() {
            return;
        }
        let mut scope = Scope::inside(outer);
        scope.aliases = aliases_of(shape);
        for expr in order {
            self.order_one(expr, shape, &scope);
        }
    }

    /// Reads one expression that orders; a number is a column of the select list.
    pub(super) fn order_one(&mut self, expr: &Expr, shape: &Shape, scope: &Scope<'_>) {
        let usage = Use::of(Role::Ordered, Aliases::First);
        match ordinal(expr).and_then(|place| shape.columns.get(place)) {
            Some(column) => {
                let sources = Rc::clone(&column.sources);
                self.take(&sources, usage, &mut Sources::new());
            }
            None => self.look(expr, scope, usage),
        }
    }

    /// Finds a common table by its name.
    pub(super) fn find_cte(
        &mut self,
        name: &sqlparser::ast::ObjectName,
    ) -> Option<(String, Rc<Shape>)> {
        let idents = idents(name);
        let [only] = idents.as_slice() else {
            return None;
        };
        let folded = self.fold(only);
        let place = self
            .ctes
            .iter()
            .rposition(|(name, _)| super::scope::same(name, &folded))?;
        self.mark(only, Mark::Called(format!("cte{place}")));
        let (name, shape) = &self.ctes[place];
        Some((name.clone(), Rc::clone(shape)))
    }
}

/// Gives the columns of a shape as names that a select list gives.
pub(super) fn aliases_of(shape: &Shape) -> Vec<Alias> {
    let alias = |(place, column): (usize, &ShapeColumn)| {
        Some(Alias {
            name: column.name.clone()?,
            place,
            sources: Rc::clone(&column.sources),
        })
    };
    shape.columns.iter().enumerate().filter_map(alias).collect()
}

/// Gives the place in the select list that a number means.
pub(super) fn ordinal(expr: &Expr) -> Option<usize> {
    let Expr::Value(value) = expr else {
        return None;
    };
    match &value.value {
        sqlparser::ast::Value::Number(digits, _) => digits.parse::<usize>().ok()?.checked_sub(1),
        _ => None,
    }
}

pub(super) fn order_of(order: Option<&OrderBy>) -> Vec<&Expr> {
    match order.map(|order| &order.kind) {
        Some(OrderByKind::Expressions(list)) => list.iter().map(|order| &order.expr).collect(),
        _ => Vec::new(),
    }
}
