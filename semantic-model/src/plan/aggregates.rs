//! Expressions with aggregates over fields of datasets, as Ossie writes metrics, taken apart.
//!
//! `SUM(orders.amount) / COUNT(DISTINCT customers.id)` is arithmetic over two atoms. Each atom is aggregated from the
//! rows of one dataset, the one from which all that it names can be looked up without repeating a row.

mod call;

use std::ops::ControlFlow;

use call::Call;
use sqlparser::ast::{Expr, Function, Ident, VisitMut, VisitorMut, visit_expressions};

use super::bind::Binders;
use super::body::{Aggregates, Atom, Body, Part};
use super::condition::{check_deferred, is_aggregate};
use super::fragment::{Fragment, Prepared};
use super::graph::Graph;
use super::holes::take_names;
use super::id::place;
use super::index::Index;
use super::names::nearest;
use super::routes::Routes;
use super::{DatasetId, MetricId, PlanError, Reason, parse, windows};
use crate::layer::{Expression, GroupBy, Layer, MetricKind, Scope};

/// How an aggregate is called in the arithmetic that is left; the number follows.
const MARK: &str = "__isogloss_aggregate_";

/// Takes expressions with aggregates apart.
pub(super) struct Reader<'a, 'b> {
    pub(super) layer: &'a Layer,
    pub(super) index: &'a Index,
    pub(super) graph: &'a Graph,
    pub(super) binders: &'b mut Binders<'a>,
    /// The dataset that bare names are of.
    pub(super) scope: Option<DatasetId>,
    /// Whether a name outside of aggregates may be a group.
    pub(super) groups: bool,
    /// Whether what is read is a metric itself, made of others, and no condition on them.
    pub(super) composes: bool,
}

impl Reader<'_, '_> {
    /// Reads a metric.
    pub(super) fn metric(&mut self, expression: &Expression) -> Result<Body, PlanError> {
        let ast = parse::expression(&expression.sql, None)?;
        check_deferred(&expression.sql, &ast)?;
        if windows::has_window(&ast) {
            return self.window(&expression.sql, ast);
        }
        Ok(Body::Aggregates(self.aggregates(&expression.sql, ast)?))
    }

    /// Reads a metric with a window: over rows, or over the groups of a query where it names aggregates.
    fn window(&mut self, sql: &str, mut ast: Expr) -> Result<Body, PlanError> {
        windows::check(sql, &ast)?;
        windows::say_null_order(&mut ast);
        if any(&ast, is_aggregate) || self.names_metric(&ast) {
            let groups = std::mem::replace(&mut self.groups, true);
            let aggregates = self.aggregates(sql, ast);
            self.groups = groups;
            return aggregates.map(Body::Aggregates);
        }
        let (dataset, expression) = self.row_expression(sql, ast)?;
        Ok(Body::Window {
            dataset,
            expression,
        })
    }

    /// Takes the aggregates out of an expression.
    pub(super) fn aggregates(&mut self, sql: &str, mut ast: Expr) -> Result<Aggregates, PlanError> {
        let mut taken = Taken::default();
        let flow: ControlFlow<()> = ast.visit(&mut taken);
        debug_assert!(flow.is_continue(), "the visitor never stops early");
        let mut parts = Vec::new();
        for function in taken.aggregates {
            parts.push(Part::Atom(self.atom(sql, function)?));
        }
        let names = take_names(ast);
        let arithmetic: Fragment<usize> = names.try_map(|name| self.part(sql, name, &mut parts))?;
        if parts.is_empty() {
            return Err(parse::invalid(sql, "it aggregates nothing"));
        }
        Ok(Aggregates { arithmetic, parts })
    }

    /// Whether a bare name of an expression is that of a metric.
    fn names_metric(&self, ast: &Expr) -> bool {
        any(ast, |expr| match expr {
            Expr::Identifier(name) => !self.index.metrics(&name.value).is_empty(),
            _ => false,
        })
    }

    /// Refuses metrics made of a metric with a window: what the window looks at would depend on who asks.
    fn not_windowed(&self, sql: &str, metric: MetricId) -> Result<(), PlanError> {
        let metric = &self.layer.metrics[place(metric.0)];
        let MetricKind::Expression(expression) = &metric.kind else {
            return Ok(());
        };
        let parsed = parse::expression(&expression.sql, None);
        if self.composes && parsed.is_ok_and(|ast| windows::has_window(&ast)) {
            let message = format!(
                "`{sql}` is made of `{}`, which looks at the rows around a row",
                metric.name
            );
            return Err(
                PlanError::new(Reason::WindowedMetricComposition, message).about(&metric.name)
            );
        }
        Ok(())
    }

    fn part(&self, sql: &str, name: &[Ident], parts: &mut Vec<Part>) -> Result<usize, PlanError> {
        let words: Vec<&str> = name.iter().map(|word| word.value.as_str()).collect();
        let written = words.join(".");
        if let Some(at) = written.strip_prefix(MARK).and_then(|at| at.parse().ok()) {
            return Ok(at);
        }
        let part = match self.index.metrics(&written) {
            [one] => {
                self.not_windowed(sql, *one)?;
                Part::Metric(*one)
            }
            [] if self.groups => Part::Group(GroupBy::new(written)),
            [] => return Err(self.not_aggregated(sql, name, &written)),
            _ => {
                let message = format!("`{written}` is the name of several metrics");
                return Err(PlanError::new(Reason::AmbiguousName, message).about(written));
            }
        };
        parts.push(part);
        Ok(parts.len() - 1)
    }

    fn not_aggregated(&self, sql: &str, name: &[Ident], written: &str) -> PlanError {
        if self.owned(sql, name).is_ok() {
            let message = format!(
                "`{written}` in `{sql}` has a value for each row, and no aggregate puts them together"
            );
            return PlanError::new(Reason::UnaggregatedFinerGrain, message).about(written);
        }
        let known = self.layer.metrics.iter().map(|metric| metric.name.as_str());
        let message = format!("`{written}` in `{sql}` is neither a metric nor inside an aggregate");
        PlanError::new(Reason::UnknownField, message)
            .about(written)
            .or(nearest(written, known))
    }

    fn atom(&mut self, sql: &str, function: Function) -> Result<Atom, PlanError> {
        let call = Call::new(sql, function)?;
        if let Some(argument) = &call.argument
            && any(argument, is_aggregate)
        {
            return Err(PlanError::new(
                Reason::NestedAggregation,
                format!("`{sql}` aggregates an aggregate without saying by what"),
            )
            .about(sql));
        }
        let (dataset, argument) = match call.argument {
            None if call.rows_of.is_some() => {
                let name = call.rows_of.unwrap_or_default();
                let known = self.index.dataset(&name);
                (known.ok_or_else(|| self.unknown(sql, &name, None))?, None)
            }
            Some(argument) => {
                let (dataset, argument) = self.row_expression(sql, argument)?;
                (dataset, Some(argument))
            }
            None => (self.only_dataset().ok_or_else(|| no_rows(sql))?, None),
        };
        // A value that is the same for every row, such as the one of `COUNT(1)`, still counts rows.
        Ok(Atom {
            dataset,
            aggregation: call.aggregation,
            argument,
        })
    }

    /// Binds an expression to the dataset from whose rows all of its names can be looked up.
    fn row_expression(&mut self, sql: &str, ast: Expr) -> Result<(DatasetId, Prepared), PlanError> {
        let names = take_names(ast);
        let mut owners: Vec<DatasetId> = Vec::new();
        let mut full: Vec<Vec<Ident>> = Vec::new();
        for name in &names.leaves {
            let (owner, name) = self.owned(sql, name)?;
            if !owners.contains(&owner) {
                owners.push(owner);
            }
            full.push(name);
        }
        let home = match owners.as_slice() {
            [] => self.only_dataset().ok_or_else(|| no_rows(sql))?,
            owners => self.home(sql, owners)?,
        };
        let mut at = 0;
        let ast = names.fill(|_| {
            at += 1;
            Ok::<_, PlanError>(Expr::CompoundIdentifier(full[at - 1].clone()))
        })?;
        let bound = self
            .binders
            .prepare(|binder| binder.bind(ast.clone(), home))?;
        Ok((home, bound))
    }

    /// Returns the dataset that is meant where none is said.
    fn only_dataset(&self) -> Option<DatasetId> {
        let only = || match self.layer.datasets.as_slice() {
            [one] => self.index.dataset(&one.name),
            _ => None,
        };
        self.scope.or_else(only)
    }

    /// Returns the dataset that a name is of, and the name with it.
    fn owned(&self, sql: &str, name: &[Ident]) -> Result<(DatasetId, Vec<Ident>), PlanError> {
        match name {
            [.., owner, element] => {
                let routes = Routes::new(self.layer, self.index, self.graph);
                let end = self
                    .index
                    .dataset(&owner.value)
                    .or_else(|| routes.role_end(&owner.value));
                let end = end.ok_or_else(|| self.unknown(sql, &owner.value, None))?;
                self.has_field(sql, end, &element.value)?;
                Ok((end, vec![owner.clone(), element.clone()]))
            }
            [bare] => {
                let dataset = self.bare_owner(sql, &bare.value)?;
                let owner = Ident::new(&self.layer.datasets[place(dataset.0)].name);
                Ok((dataset, vec![owner, bare.clone()]))
            }
            [] => Err(no_rows(sql)),
        }
    }

    fn bare_owner(&self, sql: &str, name: &str) -> Result<DatasetId, PlanError> {
        if let Some(scope) = self.scope {
            self.has_field(sql, scope, name)?;
            return Ok(scope);
        }
        match self.index.elements(name) {
            [one] => Ok(*one),
            [] => Err(self.unknown(sql, name, None)),
            several => {
                let spell =
                    |id: &DatasetId| format!("{}.{name}", self.layer.datasets[place(id.0)].name);
                let message = format!("`{name}` in `{sql}` is a field of several datasets");
                Err(PlanError::new(Reason::AmbiguousName, message)
                    .about(name)
                    .or(several.iter().map(spell)))
            }
        }
    }

    fn has_field(&self, sql: &str, dataset: DatasetId, name: &str) -> Result<(), PlanError> {
        let own = &self.layer.datasets[place(dataset.0)];
        if own.scope == Scope::Columns || self.index.field(dataset, name).is_some() {
            return Ok(());
        }
        Err(self.unknown(sql, name, Some(dataset)))
    }

    fn unknown(&self, sql: &str, name: &str, dataset: Option<DatasetId>) -> PlanError {
        let (what, near) = match dataset.map(|id| &self.layer.datasets[place(id.0)]) {
            Some(dataset) => (
                format!("dataset `{}` has no field `{name}`", dataset.name),
                nearest(name, dataset.fields.iter().map(|field| field.name.as_str())),
            ),
            None => (
                format!("no dataset has `{name}`"),
                nearest(
                    name,
                    self.layer
                        .datasets
                        .iter()
                        .map(|dataset| dataset.name.as_str()),
                ),
            ),
        };
        PlanError::new(Reason::UnknownField, format!("{what}, which `{sql}` names"))
            .about(name)
            .or(near)
    }

    /// Returns the dataset from which all others are looked up.
    fn home(&self, sql: &str, owners: &[DatasetId]) -> Result<DatasetId, PlanError> {
        let routes = Routes::new(self.layer, self.index, self.graph);
        let reaches_all = |from: &&DatasetId| {
            owners
                .iter()
                .all(|to| *to == **from || !routes.safe_paths(**from, *to).is_empty())
        };
        if let Some(home) = owners.iter().find(reaches_all) {
            return Ok(*home);
        }
        let (one, other) = (owners[0], owners.get(1).copied().unwrap_or(owners[0]));
        let mut error = routes.unreached(one, other, sql);
        if error.reason == Reason::FinerGrain {
            let name = |id: DatasetId| &self.layer.datasets[place(id.0)].name;
            error.message = format!(
                "`{sql}` takes values of `{}` and `{}` together, and the rows of neither have one of the other",
                name(one),
                name(other)
            );
        }
        Err(error)
    }
}

fn no_rows(sql: &str) -> PlanError {
    PlanError::new(
        Reason::AmbiguousName,
        format!("`{sql}` does not say of which dataset the rows are"),
    )
    .about(sql)
}

/// Whether a test holds for an expression or for anything inside.
fn any(ast: &Expr, test: impl Fn(&Expr) -> bool) -> bool {
    visit_expressions(ast, |expr| {
        if test(expr) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .is_break()
}

/// Replaces the outermost aggregates by names.
#[derive(Default)]
struct Taken {
    aggregates: Vec<Function>,
}

impl VisitorMut for Taken {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if is_aggregate(expr) {
            let name = Ident::new(format!("{MARK}{}", self.aggregates.len()));
            if let Expr::Function(function) = std::mem::replace(expr, Expr::Identifier(name)) {
                self.aggregates.push(function);
            }
        }
        ControlFlow::Continue(())
    }
}
