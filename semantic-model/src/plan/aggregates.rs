//! Expressions with aggregates over fields of datasets, as Ossie writes metrics, taken apart.
//!
//! `SUM(orders.amount) / COUNT(DISTINCT customers.id)` is arithmetic over two atoms. Each atom is aggregated from the
//! rows of one dataset, the one from which all that it names can be looked up without repeating a row.

use std::ops::ControlFlow;

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    CaseWhen, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Ident, Value, VisitMut, VisitorMut,
};

use super::bind::Binders;
use super::body::{Aggregates, Atom, Body, Part};
use super::condition::is_aggregate;
use super::fragment::{Fragment, Prepared};
use super::graph::Graph;
use super::holes::take_names;
use super::id::place;
use super::index::Index;
use super::names::nearest;
use super::routes::Routes;
use super::{DatasetId, PlanError, Reason, parse, windows};
use crate::layer::{Aggregation, Expression, GroupBy, Layer, Scope};

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
}

impl Reader<'_, '_> {
    /// Reads a metric.
    pub(super) fn metric(&mut self, expression: &Expression) -> Result<Body, PlanError> {
        let ast = parse::expression(&expression.sql, None)?;
        if windows::has_window(&ast) {
            return self.window(&expression.sql, ast);
        }
        Ok(Body::Aggregates(self.aggregates(&expression.sql, ast)?))
    }

    fn window(&mut self, sql: &str, mut ast: Expr) -> Result<Body, PlanError> {
        let mut taken = Taken::default();
        let flow: ControlFlow<()> = ast.visit(&mut taken);
        debug_assert!(flow.is_continue(), "the visitor never stops early");
        if !taken.aggregates.is_empty() {
            return Err(PlanError::new(
                Reason::NotSupported,
                format!("`{sql}` has an aggregate inside a window"),
            ));
        }
        windows::say_null_order(&mut ast);
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

    fn part(&self, sql: &str, name: &[Ident], parts: &mut Vec<Part>) -> Result<usize, PlanError> {
        let words: Vec<&str> = name.iter().map(|word| word.value.as_str()).collect();
        let written = words.join(".");
        if let Some(at) = written.strip_prefix(MARK).and_then(|at| at.parse().ok()) {
            return Ok(at);
        }
        let part = match self.index.metrics(&written) {
            [one] => Part::Metric(*one),
            [] if self.groups => Part::Group(GroupBy::new(written)),
            [] => return Err(self.not_aggregated(sql, &written)),
            _ => {
                let message = format!("`{written}` is the name of several metrics");
                return Err(PlanError::new(Reason::AmbiguousName, message).about(written));
            }
        };
        parts.push(part);
        Ok(parts.len() - 1)
    }

    fn not_aggregated(&self, sql: &str, written: &str) -> PlanError {
        let known = self.layer.metrics.iter().map(|metric| metric.name.as_str());
        let message = format!("`{written}` in `{sql}` is neither a metric nor inside an aggregate");
        PlanError::new(Reason::InvalidExpression, message)
            .about(written)
            .or(nearest(written, known))
    }

    fn atom(&mut self, sql: &str, function: Function) -> Result<Atom, PlanError> {
        let call = Call::new(sql, function)?;
        if let Some(argument) = &call.argument
            && argument_aggregates(argument)
        {
            return Err(PlanError::new(
                Reason::NotSupported,
                format!("`{sql}` aggregates an aggregate without saying by what"),
            )
            .about(sql));
        }
        let (dataset, argument) = match call.argument {
            Some(argument) => {
                let (dataset, argument) = self.row_expression(sql, argument)?;
                (dataset, Some(argument))
            }
            None => (self.scope.ok_or_else(|| no_rows(sql))?, None),
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
            [] => self.scope.ok_or_else(|| no_rows(sql))?,
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

fn argument_aggregates(argument: &Expr) -> bool {
    let fragment: Fragment<()> = Fragment {
        ast: argument.clone(),
        leaves: Vec::new(),
    };
    fragment.any(is_aggregate)
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

/// An aggregate as it is called.
struct Call {
    aggregation: Aggregation,
    argument: Option<Expr>,
}

impl Call {
    fn new(sql: &str, function: Function) -> Result<Self, PlanError> {
        let name = function.name.to_string().to_lowercase();
        let (mut arguments, distinct) = arguments(sql, &function)?;
        let ordered = function
            .within_group
            .first()
            .map(|order| order.expr.clone());
        let share = arguments.first().and_then(number);
        let aggregation = match (name.as_str(), distinct) {
            ("sum", false) => Aggregation::Sum,
            ("count", false) => Aggregation::Count,
            ("count", true) => Aggregation::CountDistinct,
            ("count_if" | "countif", false) => {
                let condition = arguments.pop();
                arguments = condition
                    .map(|when| case_when(when, one()))
                    .into_iter()
                    .collect();
                Aggregation::Count
            }
            ("approx_count_distinct" | "approx_distinct", false) => {
                Aggregation::ApproximateCountDistinct
            }
            ("avg" | "mean", false) => Aggregation::Average,
            // The least of different values is the least of all.
            ("min", _) => Aggregation::Min,
            ("max", _) => Aggregation::Max,
            ("median", false) => Aggregation::Median,
            ("percentile_cont" | "percentile_disc", false) => {
                let share = share.ok_or_else(|| parse::invalid(sql, "it says no share"))?;
                arguments = ordered.into_iter().collect();
                Aggregation::Percentile {
                    share,
                    discrete: name == "percentile_disc",
                    approximate: false,
                }
            }
            _ => {
                let distinct = if distinct { " of different values" } else { "" };
                let message =
                    format!("`{name}`{distinct} in `{sql}` is not an aggregate that is known");
                return Err(PlanError::new(Reason::NotSupported, message).about(name));
            }
        };
        if arguments.len() > 1 {
            return Err(parse::invalid(
                sql,
                &format!("`{name}` has more than one argument"),
            ));
        }
        let argument = arguments.pop();
        if argument.is_none() && aggregation != Aggregation::Count {
            return Err(parse::invalid(sql, &format!("`{name}` has no argument")));
        }
        let argument = match function.filter {
            Some(when) => Some(case_when(*when, argument.unwrap_or_else(one))),
            None => argument,
        };
        Ok(Self {
            aggregation,
            argument,
        })
    }
}

/// Returns the arguments of a call, none for a `*`, and whether only different values count.
fn arguments(sql: &str, function: &Function) -> Result<(Vec<Expr>, bool), PlanError> {
    let FunctionArguments::List(list) = &function.args else {
        return Ok((Vec::new(), false));
    };
    let mut arguments = Vec::new();
    for argument in &list.args {
        match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => arguments.push(expr.clone()),
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => {}
            _ => {
                return Err(parse::invalid(
                    sql,
                    "an aggregate has an argument of another kind",
                ));
            }
        }
    }
    if !list.clauses.is_empty() {
        return Err(parse::invalid(
            sql,
            "an aggregate has a clause that is not known",
        ));
    }
    let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    Ok((arguments, distinct))
}

fn case_when(condition: Expr, result: Expr) -> Expr {
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen { condition, result }],
        else_result: None,
    }
}

fn one() -> Expr {
    Expr::value(Value::Number("1".to_owned(), false))
}

fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => text.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}
