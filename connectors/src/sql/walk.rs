//! A walk over an expression: which base columns it is made of, and what a statement does with them.

use std::rc::Rc;

use sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Function, Ident, LambdaFunction, NamedWindowExpr,
    OneOrManyWithParens, OrderByExpr, WindowSpec, WindowType,
};

use super::columns::Aliases;
use super::expression::{self, parts};
use super::facts::{ColumnName, Influence, Influences, JoinKey, Role, Sources};
use super::functions;
use super::scope::Scope;
use super::statement::Resolver;

/// What an expression is used for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    pub(super) role: Role,
    pub(super) influence: Influence,
    pub(super) aliases: Aliases,
    /// Whether it says which rows are joined.
    pub(super) joins: bool,
}

impl Use {
    /// Gives the use of a place whose expressions are not part of an output.
    pub(super) fn of(role: Role, aliases: Aliases) -> Self {
        Self {
            role,
            influence: Influence::Identity,
            aliases,
            joins: false,
        }
    }

    /// Gives the use in a select list.
    pub(super) fn selected() -> Self {
        Self::of(Role::Selected, Aliases::Last)
    }

    /// Gives the use in the condition of a join.
    pub(super) fn joined() -> Self {
        Self {
            joins: true,
            ..Self::of(Role::Filtered, Aliases::Last)
        }
    }

    fn through(self, influence: Influence) -> Self {
        Self {
            influence: self.influence.after(influence),
            ..self
        }
    }
}

/// What is still to be walked.
type Work<'e> = Vec<(&'e Expr, Use)>;

impl Resolver<'_> {
    /// Walks an expression and adds what it is made of to `sink`.
    pub(super) fn walk(&mut self, expr: &Expr, scope: &Scope<'_>, usage: Use, sink: &mut Sources) {
        let mut work: Work<'_> = vec![(expr, usage)];
        while let Some((expr, usage)) = work.pop() {
            match expr {
                Expr::Identifier(name) => self.name(std::slice::from_ref(name), scope, usage, sink),
                Expr::CompoundIdentifier(names) => self.name(names, scope, usage, sink),
                Expr::Nested(inner) | Expr::Named { expr: inner, .. } => work.push((inner, usage)),
                Expr::Function(function) => self.function(function, scope, usage, sink, &mut work),
                Expr::Case {
                    operand,
                    conditions,
                    else_result,
                    ..
                } => case(
                    operand.as_deref(),
                    conditions,
                    else_result.as_deref(),
                    usage,
                    &mut work,
                ),
                Expr::Subquery(query) => self.scalar(query, scope, usage, sink),
                Expr::Exists { subquery, .. } => {
                    self.scalar(subquery, scope, usage.through(Influence::Conditional), sink);
                }
                Expr::InSubquery { expr, subquery, .. } => {
                    self.semi_join(expr, subquery, scope, usage, sink);
                }
                Expr::BinaryOp { left, op, right }
                    if is_comparison(op) && usage.role == Role::Filtered =>
                {
                    self.comparison((left, op, right), scope, usage, sink);
                }
                Expr::CompoundFieldAccess { root, access_chain } => {
                    self.access(root, access_chain, scope, usage, sink, &mut work);
                }
                Expr::Lambda(lambda) => self.lambda(lambda, scope, usage, sink),
                Expr::MatchAgainst { columns, .. } => {
                    for column in columns {
                        let idents = super::statement::idents(column);
                        self.name(&idents, scope, usage.through(Influence::Transformed), sink);
                    }
                }
                other => {
                    let keeps = matches!(
                        other,
                        Expr::Tuple(_)
                            | Expr::Prior(_)
                            | Expr::OuterJoin(_)
                            | Expr::GroupingSets(_)
                            | Expr::Cube(_)
                            | Expr::Rollup(_)
                    );
                    let inner = if keeps {
                        usage
                    } else {
                        usage.through(Influence::Transformed)
                    };
                    push(parts_of(other), inner, &mut work);
                }
            }
        }
    }

    /// Walks the body of a lambda, whose parameters are no columns.
    fn lambda(
        &mut self,
        lambda: &LambdaFunction,
        scope: &Scope<'_>,
        usage: Use,
        sink: &mut Sources,
    ) {
        let parameters = match &lambda.params {
            OneOrManyWithParens::One(one) => std::slice::from_ref(one),
            OneOrManyWithParens::Many(many) => many,
        };
        let before = self.lambda.len();
        self.lambda
            .extend(parameters.iter().map(|one| one.name.value.clone()));
        self.walk(
            &lambda.body,
            scope,
            usage.through(Influence::Transformed),
            sink,
        );
        self.lambda.truncate(before);
    }

    /// Walks an expression that is part of no output.
    pub(super) fn look(&mut self, expr: &Expr, scope: &Scope<'_>, usage: Use) {
        self.walk(expr, scope, usage, &mut Sources::new());
    }

    /// Walks what orders something.
    pub(super) fn look_order(&mut self, order: &[OrderByExpr], scope: &Scope<'_>) {
        for order in order {
            self.look(&order.expr, scope, Use::of(Role::Ordered, Aliases::First));
        }
    }

    fn name(&mut self, names: &[Ident], scope: &Scope<'_>, usage: Use, sink: &mut Sources) {
        let Some(found) = self.column(names, scope, usage.aliases) else {
            return;
        };
        let usage = if found.part {
            usage.through(Influence::Transformed)
        } else {
            usage
        };
        self.take(&found.sources, usage, sink);
    }

    /// Adds the sources of a name to what an expression is made of.
    pub(super) fn take(&mut self, sources: &Rc<Sources>, usage: Use, sink: &mut Sources) {
        for (column, influences) in sources.iter() {
            if influences.is_direct() {
                self.facts
                    .columns
                    .entry(column.clone())
                    .or_default()
                    .add(usage.role);
            }
            let entry = sink.entry(column.clone()).or_default();
            for influence in influences.iter() {
                entry.add(Influences::of(usage.influence.after(influence)));
            }
        }
    }

    /// Takes the first column of a query for a value.
    fn scalar(
        &mut self,
        query: &sqlparser::ast::Query,
        scope: &Scope<'_>,
        usage: Use,
        sink: &mut Sources,
    ) {
        let shape = self.query(query, Some(scope));
        for column in &shape.columns {
            for (source, influences) in column.sources.iter() {
                let entry = sink.entry(source.clone()).or_default();
                for influence in influences.iter() {
                    entry.add(Influences::of(usage.influence.after(influence)));
                }
            }
        }
    }

    fn semi_join(
        &mut self,
        expr: &Expr,
        query: &sqlparser::ast::Query,
        scope: &Scope<'_>,
        usage: Use,
        sink: &mut Sources,
    ) {
        let usage = usage.through(Influence::Transformed);
        let mut left = Sources::new();
        self.walk(expr, scope, usage, &mut left);
        let shape = self.query(query, Some(scope));
        let mut right = Sources::new();
        for column in &shape.columns {
            for (source, influences) in column.sources.iter() {
                right.entry(source.clone()).or_default().add(*influences);
            }
        }
        if let (Some(one), Some(other)) = (only_direct(&left), only_direct(&right))
            && one != other
        {
            self.facts
                .joins
                .insert(JoinKey::new(one.clone(), other.clone()));
        }
        for (source, influences) in left.into_iter().chain(right) {
            let entry = sink.entry(source).or_default();
            for influence in influences.iter() {
                entry.add(Influences::of(usage.influence.after(influence)));
            }
        }
    }

    /// Walks a comparison in a condition, which may join two relations.
    fn comparison(
        &mut self,
        (left, op, right): (&Expr, &BinaryOperator, &Expr),
        scope: &Scope<'_>,
        usage: Use,
        sink: &mut Sources,
    ) {
        let relations = [
            self.relation_of(left, scope),
            self.relation_of(right, scope),
        ];
        let both = !is_value(left) && !is_value(right);
        let role = if usage.joins && both {
            Role::Joined
        } else {
            usage.role
        };
        let inner = Use { role, ..usage }.through(Influence::Transformed);
        let (mut one, mut other) = (Sources::new(), Sources::new());
        self.walk(left, scope, inner, &mut one);
        self.walk(right, scope, inner, &mut other);
        if is_equality(op)
            && let (Some(first), Some(second)) = (only_direct(&one), only_direct(&other))
        {
            let apart = match relations {
                [Some(first), Some(second)] => first != second,
                _ => first.table != second.table,
            };
            if apart {
                for column in [first, second] {
                    self.facts
                        .columns
                        .entry(column.clone())
                        .or_default()
                        .add(Role::Joined);
                }
                self.facts
                    .joins
                    .insert(JoinKey::new(first.clone(), second.clone()));
            }
        }
        for (source, influences) in one.into_iter().chain(other) {
            sink.entry(source).or_default().add(influences);
        }
    }

    /// Gives the relation of a plain column.
    fn relation_of(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<u32> {
        let mut expr = expr;
        while let Expr::Nested(inner) | Expr::Cast { expr: inner, .. } = expr {
            expr = inner;
        }
        let names = match expr {
            Expr::Identifier(name) => std::slice::from_ref(name),
            Expr::CompoundIdentifier(names) => names,
            _ => return None,
        };
        self.column(names, scope, Aliases::Last)?.relation
    }

    fn access<'e>(
        &mut self,
        root: &'e Expr,
        chain: &'e [sqlparser::ast::AccessExpr],
        scope: &Scope<'_>,
        usage: Use,
        sink: &mut Sources,
        work: &mut Work<'e>,
    ) {
        let inner = usage.through(Influence::Transformed);
        // `o.items[1].price`: the names before the first bracket are one path.
        let mut names: Vec<Ident> = match root {
            Expr::Identifier(name) => vec![name.clone()],
            Expr::CompoundIdentifier(names) => names.clone(),
            _ => Vec::new(),
        };
        let mut rest = chain;
        while !names.is_empty()
            && let [
                sqlparser::ast::AccessExpr::Dot(Expr::Identifier(name)),
                after @ ..,
            ] = rest
        {
            names.push(name.clone());
            rest = after;
        }
        if names.is_empty() {
            work.push((root, inner));
        } else {
            self.name(&names, scope, inner, sink);
        }
        let mut found = Vec::new();
        for access in chain {
            expression::subscript(access, &mut found);
        }
        push(found, inner, work);
    }

    fn function<'e>(
        &mut self,
        function: &'e Function,
        scope: &Scope<'_>,
        usage: Use,
        sink: &mut Sources,
        work: &mut Work<'e>,
    ) {
        let name = super::statement::idents(&function.name);
        let name = name
            .last()
            .map(|name| name.value.clone())
            .unwrap_or_default();
        let gathers = functions::is_aggregate(&name);
        let value = usage.through(if gathers {
            Influence::Aggregated
        } else {
            Influence::Transformed
        });
        let arguments = expression::arguments(&function.args);
        if let Some(query) = arguments.query {
            self.scalar(query, scope, value, sink);
        }
        let mut values = arguments.values;
        if functions::takes_date_part(&name) {
            values.retain(|value| !matches!(value, Expr::Identifier(word) if functions::is_date_part(&word.value)));
        }
        for (at, argument) in values.iter().enumerate().rev() {
            let decides = at == 0 && values.len() > 1 && functions::is_conditional(&name);
            let inner = if decides {
                usage.through(Influence::Conditional)
            } else {
                value
            };
            work.push((argument, inner));
        }
        push(arguments.order, usage.through(Influence::Sort), work);
        let parameters = expression::arguments(&function.parameters);
        push(parameters.values, value, work);
        let within: Vec<&Expr> = function
            .within_group
            .iter()
            .map(|order| &order.expr)
            .collect();
        push(within, value, work);
        if let Some(filter) = &function.filter {
            work.push((filter, usage.through(Influence::Conditional)));
        }
        match &function.over {
            Some(WindowType::WindowSpec(window)) => self.window(window, scope, usage, sink),
            Some(WindowType::NamedWindow(name)) => self.named_window(name, scope, usage, sink),
            None => {}
        }
    }

    fn window(&mut self, window: &WindowSpec, scope: &Scope<'_>, usage: Use, sink: &mut Sources) {
        let usage = usage.through(Influence::Window);
        for expr in &window.partition_by {
            self.walk(expr, scope, usage, sink);
        }
        for order in &window.order_by {
            self.walk(&order.expr, scope, usage, sink);
        }
        if let Some(name) = &window.window_name {
            self.named_window(name, scope, usage, sink);
        }
    }

    fn named_window(&mut self, name: &Ident, scope: &Scope<'_>, usage: Use, sink: &mut Sources) {
        // A window may name another; each name is followed once.
        let mut wanted = Some(name.value.clone());
        let mut left = self.windows.len();
        while let Some(name) = wanted.take() {
            let found = self
                .windows
                .iter()
                .rposition(|window| window.0.value.eq_ignore_ascii_case(&name));
            let Some(place) = found.filter(|_| left > 0) else {
                return;
            };
            left -= 1;
            let expr = self.windows[place].1.clone();
            match expr {
                NamedWindowExpr::NamedWindow(other) => wanted = Some(other.value),
                NamedWindowExpr::WindowSpec(mut spec) => {
                    wanted = spec.window_name.take().map(|name| name.value);
                    self.window(&spec, scope, usage, sink);
                }
            }
        }
    }
}

fn parts_of(expr: &Expr) -> Vec<&Expr> {
    let mut found = Vec::new();
    parts(expr, &mut found);
    found
}

/// Puts expressions on the stack so that the first is walked first.
fn push<'e>(found: Vec<&'e Expr>, usage: Use, work: &mut Work<'e>) {
    work.extend(found.into_iter().rev().map(|expr| (expr, usage)));
}

fn case<'e>(
    operand: Option<&'e Expr>,
    conditions: &'e [CaseWhen],
    otherwise: Option<&'e Expr>,
    usage: Use,
    work: &mut Work<'e>,
) {
    let decides = usage.through(Influence::Conditional);
    let value = usage.through(Influence::Transformed);
    work.extend(otherwise.map(|expr| (expr, value)));
    for when in conditions.iter().rev() {
        work.push((&when.result, value));
        work.push((&when.condition, decides));
    }
    work.extend(operand.map(|expr| (expr, decides)));
}

fn is_equality(op: &BinaryOperator) -> bool {
    matches!(op, BinaryOperator::Eq | BinaryOperator::Spaceship)
}

fn is_comparison(op: &BinaryOperator) -> bool {
    is_equality(op)
        || matches!(
            op,
            BinaryOperator::Lt
                | BinaryOperator::LtEq
                | BinaryOperator::Gt
                | BinaryOperator::GtEq
                | BinaryOperator::NotEq
        )
}

fn is_value(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Value(_) | Expr::TypedString(_) | Expr::Interval(_) | Expr::UnaryOp { .. }
    )
}

/// Gives the column that something is made of, if it is only one.
fn only_direct(sources: &Sources) -> Option<&ColumnName> {
    let mut direct = sources
        .iter()
        .filter(|(_, influences)| influences.is_direct());
    match (direct.next(), direct.next()) {
        (Some((column, influences)), None) if !influences.is_aggregated() => Some(column),
        _ => None,
    }
}
