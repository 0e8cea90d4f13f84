//! `FROM`: tables, sub-queries, table functions, joins.

use std::rc::Rc;

use sqlparser::ast::{
    Expr, FunctionArg, Ident, Join, JoinConstraint, JoinOperator, LateralView, ObjectName,
    TableAlias, TableFactor, TableWithJoins,
};

use super::columns::Aliases;
use super::expression::{argument, name_of};
use super::facts::{Influence, Influences, JoinKey, Role, Sources};
use super::fingerprint::Mark;
use super::functions;
use super::scope::{Relation, Scope, Shape, ShapeColumn, merge, same};
use super::statement::{Resolver, idents};
use super::walk::Use;

/// How many relations one `FROM` may name; those beyond are left out, and their columns are not resolved.
const RELATIONS_MAX: usize = 1000;

impl Resolver<'_> {
    /// Reads all that a `FROM` names into a scope.
    pub(super) fn from(&mut self, from: &[TableWithJoins], scope: &mut Scope<'_>) {
        for table in from {
            self.joined_tables(table, scope);
        }
    }

    pub(super) fn joined_tables(&mut self, table: &TableWithJoins, scope: &mut Scope<'_>) {
        let first = scope.relations.len();
        self.factor(&table.relation, scope);
        for join in &table.joins {
            self.join(join, scope, first);
        }
    }

    pub(super) fn join(&mut self, join: &Join, scope: &mut Scope<'_>, first: usize) {
        let right = scope.relations.len();
        self.factor(&join.relation, scope);
        let constraint = match &join.join_operator {
            JoinOperator::Join(constraint)
            | JoinOperator::Inner(constraint)
            | JoinOperator::Left(constraint)
            | JoinOperator::LeftOuter(constraint)
            | JoinOperator::Right(constraint)
            | JoinOperator::RightOuter(constraint)
            | JoinOperator::FullOuter(constraint)
            | JoinOperator::CrossJoin(constraint)
            | JoinOperator::Semi(constraint)
            | JoinOperator::LeftSemi(constraint)
            | JoinOperator::RightSemi(constraint)
            | JoinOperator::Anti(constraint)
            | JoinOperator::LeftAnti(constraint)
            | JoinOperator::RightAnti(constraint)
            | JoinOperator::StraightJoin(constraint) => constraint,
            JoinOperator::AsOf {
                match_condition,
                constraint,
            } => {
                self.look(match_condition, scope, Use::joined());
                constraint
            }
            JoinOperator::CrossApply
            | JoinOperator::OuterApply
            | JoinOperator::ArrayJoin
            | JoinOperator::LeftArrayJoin
            | JoinOperator::InnerArrayJoin => return,
        };
        match constraint {
            JoinConstraint::On(expr) => self.look(expr, scope, Use::joined()),
            JoinConstraint::Using(columns) => {
                for column in columns {
                    if let Some(word) = idents(column).last() {
                        let name = self.fold(word);
                        self.merge_column(&name, scope, first, right);
                    }
                }
            }
            JoinConstraint::Natural => {
                let names: Vec<String> = scope.relations[right..]
                    .iter()
                    .flat_map(|relation| &relation.shape.columns)
                    .filter_map(|column| column.name.clone())
                    .filter(|name| {
                        let left = &scope.relations[first..right];
                        left.iter()
                            .any(|relation| relation.shape.place(name).is_some())
                    })
                    .collect();
                for name in names {
                    self.merge_column(&name, scope, first, right);
                }
            }
            JoinConstraint::None => {}
        }
    }

    /// Makes one column of the two that a join compares by their name.
    fn merge_column(&mut self, name: &str, scope: &mut Scope<'_>, first: usize, right: usize) {
        let of = |relations: &[Relation]| -> Option<Rc<Sources>> {
            let known = relations.iter().find_map(|relation| {
                let place = relation.shape.place(name)?;
                Some(Rc::clone(&relation.shape.columns[place].sources))
            });
            known.or_else(|| {
                let open = relations
                    .iter()
                    .find(|relation| !relation.shape.open.is_empty())?;
                Some(Rc::new(super::scope::identity(
                    open.shape.open.first()?,
                    name,
                )))
            })
        };
        let merged = scope.merged.iter().find(|(merged, _)| same(merged, name));
        let left = merged
            .map(|(_, sources)| Rc::clone(sources))
            .or_else(|| of(&scope.relations[first..right]));
        let other = of(&scope.relations[right..]);
        let usage = Use::of(Role::Joined, Aliases::Last);
        for sources in [&left, &other].into_iter().flatten() {
            self.take(sources, usage, &mut Sources::new());
        }
        let (Some(mut left), Some(other)) = (left, other) else {
            return;
        };
        if let (Some(one), Some(two)) = (left.keys().next(), other.keys().next())
            && other.len() == 1
            && one != two
        {
            self.facts
                .joins
                .insert(JoinKey::new(one.clone(), two.clone()));
        }
        merge(&mut left, &other);
        match scope
            .merged
            .iter_mut()
            .find(|(merged, _)| same(merged, name))
        {
            Some((_, sources)) => *sources = left,
            None => scope.merged.push((name.to_owned(), left)),
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm a kind of relation")]
    pub(super) fn factor(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        if scope.relations.len() > RELATIONS_MAX {
            return;
        }
        match factor {
            TableFactor::Table {
                name, alias, args, ..
            } => match args {
                Some(args) if !self.are_hints(&args.args) => {
                    self.table_function(name, &args.args, alias.as_ref(), scope);
                }
                _ => self.base(name, alias.as_ref(), scope),
            },
            TableFactor::Function {
                name, args, alias, ..
            } => {
                self.table_function(name, args, alias.as_ref(), scope);
            }
            TableFactor::Derived {
                lateral,
                subquery,
                alias,
                ..
            } => {
                let shape = if *lateral {
                    self.query(subquery, Some(scope))
                } else {
                    self.query(subquery, scope.outer)
                };
                self.push(alias.as_ref(), Vec::new(), shape, scope);
            }
            TableFactor::TableFunction { expr, alias } => {
                let name = name_of(expr).map(|name| name.value.clone());
                self.made_of(&[expr], name.as_deref(), alias.as_ref(), None, scope);
            }
            TableFactor::UNNEST {
                alias,
                array_exprs,
                with_offset_alias,
                with_offset,
                ..
            } => {
                let exprs: Vec<&Expr> = array_exprs.iter().collect();
                let offset = with_offset.then(|| {
                    let name = with_offset_alias.as_ref().map(|name| self.fold(name));
                    name.unwrap_or_else(|| "offset".to_owned())
                });
                self.made_of(&exprs, None, alias.as_ref(), offset, scope);
            }
            TableFactor::JsonTable {
                json_expr, alias, ..
            }
            | TableFactor::OpenJsonTable {
                json_expr, alias, ..
            } => {
                self.made_of(&[json_expr], None, alias.as_ref(), None, scope);
            }
            TableFactor::XmlTable {
                row_expression,
                alias,
                ..
            } => self.made_of(&[row_expression], None, alias.as_ref(), None, scope),
            TableFactor::NestedJoin {
                table_with_joins,
                alias,
            } => self.nested(table_with_joins, alias.as_ref(), scope),
            TableFactor::Pivot { .. } => self.pivot(factor, scope),
            TableFactor::Unpivot { .. } => self.unpivot(factor, scope),
            TableFactor::MatchRecognize {
                table,
                partition_by,
                order_by,
                measures,
                alias,
                ..
            } => {
                let mut inner = Scope::inside(scope.outer);
                self.factor(table, &mut inner);
                for expr in partition_by {
                    self.look(expr, &inner, Use::of(Role::Grouped, Aliases::Last));
                }
                self.look_order(order_by, &inner);
                let mut shape = all_of(&inner);
                for measure in measures {
                    self.item(&measure.expr, Some(&measure.alias), &mut inner, &mut shape);
                }
                self.push(alias.as_ref(), Vec::new(), shape, scope);
            }
            TableFactor::SemanticView { name, alias, .. } => self.base(name, alias.as_ref(), scope),
        }
    }

    /// Adds a common or a base table.
    fn base(&mut self, name: &ObjectName, alias: Option<&TableAlias>, scope: &mut Scope<'_>) {
        if let Some((name, shape)) = self.find_cte(name) {
            self.push(alias, vec![name], shape.as_ref().clone(), scope);
            return;
        }
        let words = idents(name);
        // BigQuery and Trino read the elements of a column of a table before: `FROM t, t.items`.
        let parts = self.table_parts(&words);
        if let [qualifier @ .., _] = parts.as_slice()
            && !qualifier.is_empty()
            && scope
                .relations
                .iter()
                .any(|relation| relation.alias.is_some() && relation.is_called(qualifier))
        {
            self.made_of(
                &[&Expr::CompoundIdentifier(words)],
                None,
                alias,
                None,
                scope,
            );
            return;
        }
        let (table, shape) = self.table(&words);
        let parts = table.parts().to_vec();
        self.facts.reads.insert(table);
        if alias.is_none_or(|alias| alias.columns.is_empty()) {
            let ident = alias.map(|alias| &alias.name);
            if let Some(ident) = ident {
                self.mark(ident, Mark::Alias);
            }
            let relation = self.relation(ident, parts, shape);
            scope.relations.push(relation);
        } else {
            self.push(alias, parts, shape.as_ref().clone(), scope);
        }
    }

    /// Adds a relation under its alias, whose columns the alias may name.
    pub(super) fn push(
        &mut self,
        alias: Option<&TableAlias>,
        name: Vec<String>,
        mut shape: Shape,
        scope: &mut Scope<'_>,
    ) {
        if let Some(alias) = alias {
            self.mark(&alias.name, Mark::Alias);
            let names: Vec<String> = alias
                .columns
                .iter()
                .map(|column| self.fold(&column.name))
                .collect();
            shape.rename(&names);
        }
        let relation = self.relation(alias.map(|alias| &alias.name), name, Rc::new(shape));
        scope.relations.push(relation);
    }

    /// Says whether the arguments of a table are T-SQL's old way of writing hints: `FROM users (NOLOCK)`.
    fn are_hints(&self, args: &[FunctionArg]) -> bool {
        let is_hint = |arg: &FunctionArg| matches!(argument(arg), Some(Expr::Identifier(word)) if word.quote_style.is_none());
        self.context.dialect == super::Dialect::MsSql
            && !args.is_empty()
            && args.iter().all(is_hint)
    }

    fn table_function(
        &mut self,
        name: &ObjectName,
        args: &[FunctionArg],
        alias: Option<&TableAlias>,
        scope: &mut Scope<'_>,
    ) {
        let exprs: Vec<&Expr> = args.iter().filter_map(argument).collect();
        let name = idents(name).last().map(|name| name.value.clone());
        self.made_of(&exprs, name.as_deref(), alias, None, scope);
    }

    /// Adds the rows of a table function, which are made of its arguments.
    fn made_of(
        &mut self,
        exprs: &[&Expr],
        function: Option<&str>,
        alias: Option<&TableAlias>,
        offset: Option<String>,
        scope: &mut Scope<'_>,
    ) {
        let mut sources = Sources::new();
        for expr in exprs {
            let mut one = Sources::new();
            self.walk(expr, scope, Use::selected(), &mut one);
            for (column, influences) in one {
                let entry = sources.entry(column).or_default();
                for influence in influences.iter() {
                    entry.add(Influences::of(Influence::Transformed.after(influence)));
                }
            }
        }
        let sources = Rc::new(sources);
        let mut names: Vec<String> = match function.and_then(functions::columns_of) {
            Some(known) => known.iter().map(|name| (*name).to_owned()).collect(),
            None => Vec::new(),
        };
        if let Some(alias) = alias
            && names.is_empty()
            && alias.columns.is_empty()
        {
            names.push(self.fold(&alias.name));
        }
        let column = |name: String| ShapeColumn {
            name: Some(name),
            sources: Rc::clone(&sources),
            base: false,
        };
        let mut shape = Shape {
            columns: names.into_iter().map(column).collect(),
            made_of: Some(Rc::clone(&sources)),
            ..Shape::default()
        };
        shape.columns.extend(offset.map(|name| ShapeColumn {
            name: Some(name),
            sources: Rc::default(),
            base: false,
        }));
        let name = function
            .map(|name| vec![name.to_lowercase()])
            .unwrap_or_default();
        self.push(alias, name, shape, scope);
    }

    pub(super) fn lateral_view(&mut self, view: &LateralView, scope: &mut Scope<'_>) {
        let alias = TableAlias {
            explicit: true,
            name: idents(&view.lateral_view_name)
                .pop()
                .unwrap_or_else(|| Ident::new("")),
            columns: view
                .lateral_col_alias
                .iter()
                .map(|name| sqlparser::ast::TableAliasColumnDef {
                    name: name.clone(),
                    data_type: None,
                })
                .collect(),
            at: None,
        };
        let function = name_of(&view.lateral_view).map(|name| name.value.clone());
        self.made_of(
            &[&view.lateral_view],
            function.as_deref(),
            Some(&alias),
            None,
            scope,
        );
    }

    /// Adds joins in parentheses; with an alias they are one relation.
    fn nested(
        &mut self,
        tables: &TableWithJoins,
        alias: Option<&TableAlias>,
        scope: &mut Scope<'_>,
    ) {
        if alias.is_none() {
            self.joined_tables(tables, scope);
            return;
        }
        let mut inner = Scope::inside(scope.outer);
        self.joined_tables(tables, &mut inner);
        let shape = all_of(&inner);
        self.push(alias, Vec::new(), shape, scope);
    }
}

/// Gives all columns of a scope as one relation.
pub(super) fn all_of(scope: &Scope<'_>) -> Shape {
    let mut shape = Shape::default();
    for relation in &scope.relations {
        shape.columns.extend(relation.shape.columns.iter().cloned());
        for table in &relation.shape.open {
            if !shape.open.contains(table) {
                shape.open.push(std::sync::Arc::clone(table));
            }
        }
        if shape.made_of.is_none() {
            shape.made_of.clone_from(&relation.shape.made_of);
        }
    }
    shape
}
