//! One `SELECT`: its relations, its list, and what decides which rows come out.

use std::rc::Rc;

use sqlparser::ast::{
    ConnectByKind, Distinct, Expr, GroupByExpr, GroupByWithModifier, Ident, Select, SelectFlavor,
    SelectItem, WildcardAdditionalOptions,
};

use super::columns::Aliases;
use super::expression::name_of;
use super::facts::{Role, Sources};
use super::fingerprint::Mark;
use super::query::ordinal;
use super::scope::{Alias, Scope, Shape, ShapeColumn};
use super::statement::Resolver;
use super::walk::Use;

impl Resolver<'_> {
    /// Reads a select and gives its columns.
    pub(super) fn select(
        &mut self,
        select: &Select,
        order: &[&Expr],
        outer: Option<&Scope<'_>>,
    ) -> Shape {
        let mut scope = Scope::inside(outer);
        self.from(&select.from, &mut scope);
        for view in &select.lateral_views {
            self.lateral_view(view, &mut scope);
        }
        let windows = self.windows.len();
        self.windows.extend(select.named_window.iter().cloned());
        let shape = match select.flavor {
            // `FROM t` alone gives all that `t` has.
            SelectFlavor::FromFirstNoSelect => {
                let mut shape = Shape::default();
                let star = WildcardAdditionalOptions::default();
                self.wildcard(None, &star, &scope, &mut shape);
                shape
            }
            _ => self.select_list(&select.projection, &mut scope),
        };
        self.rows(select, &shape, &scope);
        for expr in order {
            self.order_one(expr, &shape, &scope);
        }
        self.windows.truncate(windows);
        shape
    }

    /// Reads a select list.
    pub(super) fn select_list(&mut self, items: &[SelectItem], scope: &mut Scope<'_>) -> Shape {
        let mut shape = Shape::default();
        for item in items {
            match item {
                SelectItem::UnnamedExpr(expr) => self.item(expr, None, scope, &mut shape),
                SelectItem::ExprWithAlias { expr, alias } => {
                    self.item(expr, Some(alias), scope, &mut shape);
                }
                SelectItem::ExprWithAliases { expr, aliases } => {
                    for alias in aliases {
                        self.item(expr, Some(alias), scope, &mut shape);
                    }
                }
                SelectItem::Wildcard(options) => self.wildcard(None, options, scope, &mut shape),
                SelectItem::QualifiedWildcard(kind, options) => {
                    self.wildcard(Some(kind), options, scope, &mut shape);
                }
            }
        }
        shape
    }

    pub(super) fn item(
        &mut self,
        expr: &Expr,
        alias: Option<&Ident>,
        scope: &mut Scope<'_>,
        shape: &mut Shape,
    ) {
        // T-SQL writes `name = expression`.
        if alias.is_none()
            && self.context.dialect == super::Dialect::MsSql
            && let Expr::BinaryOp {
                left,
                op: sqlparser::ast::BinaryOperator::Eq,
                right,
            } = expr
            && let Expr::Identifier(name) = left.as_ref()
        {
            return self.item(right, Some(name), scope, shape);
        }
        let mut sources = Sources::new();
        self.walk(expr, scope, Use::selected(), &mut sources);
        let sources = Rc::new(sources);
        let place = shape.columns.len();
        if let Some(alias) = alias {
            let name = self.fold(alias);
            self.mark(alias, Mark::Alias);
            scope.aliases.push(Alias {
                name,
                place,
                sources: Rc::clone(&sources),
            });
        }
        let name = alias.or_else(|| name_of(expr)).map(|name| self.fold(name));
        shape.columns.push(ShapeColumn {
            name,
            sources,
            base: false,
        });
    }

    /// Reads what decides which rows come out and how they are grouped.
    fn rows(&mut self, select: &Select, shape: &Shape, scope: &Scope<'_>) {
        let filter = Use::of(Role::Filtered, Aliases::Last);
        let late_filter = Use::of(Role::Filtered, Aliases::BeforeGuess);
        for expr in select.prewhere.iter().chain(&select.selection) {
            self.look(expr, scope, filter);
        }
        for connect in &select.connect_by {
            match connect {
                ConnectByKind::ConnectBy { relationships, .. } => {
                    for expr in relationships {
                        self.look(expr, scope, Use::joined());
                    }
                }
                ConnectByKind::StartWith { condition, .. } => self.look(condition, scope, filter),
            }
        }
        self.group_by(&select.group_by, shape, scope);
        for expr in select.having.iter().chain(&select.qualify) {
            self.look(expr, scope, late_filter);
        }
        if let Some(Distinct::On(list)) = &select.distinct {
            for expr in list {
                self.order_one(expr, shape, scope);
            }
        }
        for expr in select.cluster_by.iter().chain(&select.distribute_by) {
            self.look(expr, scope, Use::of(Role::Ordered, Aliases::First));
        }
        self.look_order(&select.sort_by, scope);
    }

    fn group_by(&mut self, group_by: &GroupByExpr, shape: &Shape, scope: &Scope<'_>) {
        let usage = Use::of(Role::Grouped, Aliases::BeforeGuess);
        let (list, modifiers): (&[Expr], &[GroupByWithModifier]) = match group_by {
            GroupByExpr::All(modifiers) => (&[], modifiers),
            GroupByExpr::Expressions(list, modifiers) => (list, modifiers),
        };
        for expr in list {
            match ordinal(expr).and_then(|place| shape.columns.get(place)) {
                Some(column) => {
                    let sources = Rc::clone(&column.sources);
                    self.take(&sources, usage, &mut Sources::new());
                }
                None => self.look(expr, scope, usage),
            }
        }
        for modifier in modifiers {
            if let GroupByWithModifier::GroupingSets(expr) = modifier {
                self.look(expr, scope, usage);
            }
        }
        if matches!(group_by, GroupByExpr::All(_)) {
            // Every column of the list that gathers no rows is a group.
            for column in &shape.columns {
                if !column
                    .sources
                    .values()
                    .any(|influences| influences.is_aggregated())
                {
                    let sources = Rc::clone(&column.sources);
                    self.take(&sources, usage, &mut Sources::new());
                }
            }
        }
    }
}
