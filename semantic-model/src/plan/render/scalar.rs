//! Expressions.

use std::ops::ControlFlow;

use sqlparser::ast::{self, BinaryOperator, Expr, Value, VisitMut, VisitorMut};

use super::{aggregate, equality, literal, time, tree};
use crate::plan::dialect::Dialect;
use crate::plan::error::PlanError;
use crate::plan::scalar::{Operator, Scalar, Type, Window, WindowFunction};

/// What an expression of a block can speak of.
pub(super) struct Scope<'b> {
    pub(super) dialect: Dialect,
    /// The names of the sources, by their places.
    pub(super) aliases: &'b [ast::Ident],
}

/// All of the conditions, if there are any.
pub(super) fn conjoin(conditions: Vec<Expr>) -> Option<Expr> {
    conditions.into_iter().reduce(|left, right| Expr::BinaryOp {
        left: Box::new(side_of_and(left)),
        op: BinaryOperator::And,
        right: Box::new(side_of_and(right)),
    })
}

/// A chain of AND needs no parentheses inside.
fn side_of_and(expr: Expr) -> Expr {
    match expr {
        Expr::BinaryOp {
            op:
                BinaryOperator::And
                | BinaryOperator::Eq
                | BinaryOperator::Lt
                | BinaryOperator::LtEq
                | BinaryOperator::Gt
                | BinaryOperator::GtEq,
            ..
        } => expr,
        expr => tree::atom(expr),
    }
}

impl Scope<'_> {
    /// All of the conditions, if there are any.
    pub(super) fn conjunction(&self, all: &[Scalar]) -> Result<Option<Expr>, PlanError> {
        let conditions: Result<Vec<_>, _> = all.iter().map(|scalar| self.render(scalar)).collect();
        Ok(conjoin(conditions?))
    }

    pub(super) fn render(&self, scalar: &Scalar) -> Result<Expr, PlanError> {
        let dialect = self.dialect;
        Ok(match scalar {
            Scalar::Column(source, name) => self.column(*source, name),
            Scalar::Stored(source, name) => self.stored(*source, name),
            Scalar::Null(of) => literal::null(dialect, *of),
            Scalar::Integer(value) => literal::integer(*value),
            Scalar::Text(value) => literal::text(dialect, value),
            Scalar::Moment(value) => literal::moment(dialect, value),
            Scalar::Boolean(value) => literal::boolean(*value),
            Scalar::Sql(sql, leaves) | Scalar::Over(sql, leaves) => self.sql(sql, leaves)?,
            Scalar::Truncate(grain, value) => time::truncate(dialect, *grain, self.render(value)?),
            Scalar::Part(part, value) => time::part(dialect, *part, self.render(value)?),
            Scalar::Shift(value, count, grain) => {
                time::shift(dialect, self.render(value)?, *count, *grain)
            }
            Scalar::Cast(value, to) => {
                tree::cast(self.render(value)?, literal::data_type(dialect, *to))
            }
            Scalar::Binary(left, operator, right) => {
                self.binary(self.render(left)?, *operator, self.render(right)?)
            }
            Scalar::Not(value) => Expr::UnaryOp {
                op: ast::UnaryOperator::Not,
                expr: Box::new(tree::atom(self.render(value)?)),
            },
            Scalar::IsNull(value) => Expr::IsNull(Box::new(tree::atom(self.render(value)?))),
            Scalar::All(all) => self
                .conjunction(all)?
                .unwrap_or_else(|| literal::boolean(true)),
            Scalar::Any(any) => self.disjunction(any)?,
            Scalar::Coalesce(values) => tree::call("COALESCE", self.list(values)?),
            Scalar::Case(when, then, otherwise) => {
                let otherwise = otherwise.as_ref().map(|value| self.render(value));
                tree::case(
                    self.render(when)?,
                    self.render(then)?,
                    otherwise.transpose()?,
                )
            }
            Scalar::Aggregate(aggregation, value) => {
                let value = value.as_ref().map(|value| self.render(value)).transpose()?;
                aggregate::aggregate(dialect, *aggregation, value)?
            }
            Scalar::Window(window) => self.window(window)?,
        })
    }

    pub(super) fn list(&self, values: &[Scalar]) -> Result<Vec<Expr>, PlanError> {
        values.iter().map(|value| self.render(value)).collect()
    }

    /// A column of a source, qualified where there are several sources.
    fn column(&self, source: usize, name: &str) -> Expr {
        let name = tree::quoted(self.dialect, name);
        match self.aliases.get(source) {
            Some(alias) => Expr::CompoundIdentifier(vec![alias.clone(), name]),
            None => Expr::Identifier(name),
        }
    }

    /// A column of a table; what nobody quoted is kept in the engine's own case.
    fn stored(&self, source: usize, name: &ast::Ident) -> Expr {
        let folded = match (self.dialect, name.quote_style) {
            (Dialect::Postgres, None) => tree::quoted(self.dialect, &name.value.to_lowercase()),
            (_, None) => tree::stored(self.dialect, &name.value),
            (_, Some(_)) => tree::quoted(self.dialect, &name.value),
        };
        match self.aliases.get(source) {
            Some(alias) => Expr::CompoundIdentifier(vec![alias.clone(), folded]),
            None => Expr::Identifier(folded),
        }
    }

    fn disjunction(&self, any: &[Scalar]) -> Result<Expr, PlanError> {
        let conditions = self.list(any)?;
        let all = conditions
            .into_iter()
            .reduce(|left, right| tree::binary(left, BinaryOperator::Or, right));
        Ok(all.unwrap_or_else(|| literal::boolean(false)))
    }

    fn binary(&self, left: Expr, operator: Operator, right: Expr) -> Expr {
        let op = match operator {
            Operator::Same => return equality::same(self.dialect, left, right),
            Operator::Divide => return self.quotient(left, right),
            Operator::Equal => BinaryOperator::Eq,
            Operator::Less => BinaryOperator::Lt,
            Operator::AtMost => BinaryOperator::LtEq,
            Operator::Greater => BinaryOperator::Gt,
            Operator::AtLeast => BinaryOperator::GtEq,
            Operator::Add => BinaryOperator::Plus,
            Operator::Subtract => BinaryOperator::Minus,
        };
        tree::binary(left, op, right)
    }

    /// Both sides as floating-point numbers: whole numbers would divide to whole numbers on many engines.
    fn quotient(&self, left: Expr, right: Expr) -> Expr {
        let double = |value| tree::cast(value, literal::data_type(self.dialect, Type::Double));
        let divisor = tree::call("NULLIF", vec![double(right), literal::integer(0)]);
        tree::binary(double(left), BinaryOperator::Divide, divisor)
    }

    fn window(&self, window: &Window) -> Result<Expr, PlanError> {
        let mut arguments = Vec::new();
        if let Some(argument) = &window.argument {
            arguments.push(self.render(argument)?);
        }
        let (name, whole) = match window.function {
            WindowFunction::RowNumber => ("ROW_NUMBER", false),
            WindowFunction::First => ("FIRST_VALUE", true),
            WindowFunction::Last => ("LAST_VALUE", true),
            WindowFunction::Average => ("AVG", false),
            WindowFunction::Least => ("MIN", false),
            WindowFunction::Greatest => ("MAX", false),
        };
        let mut order = Vec::with_capacity(window.order.len());
        for (key, descending) in &window.order {
            order.push(tree::order(self.render(key)?, *descending, false));
        }
        let mut function = tree::function(name, arguments);
        function.over = Some(ast::WindowType::WindowSpec(ast::WindowSpec {
            window_name: None,
            partition_by: self.list(&window.partition)?,
            order_by: order,
            window_frame: whole.then_some(ast::WindowFrame {
                units: ast::WindowFrameUnits::Rows,
                start_bound: ast::WindowFrameBound::Preceding(None),
                end_bound: Some(ast::WindowFrameBound::Following(None)),
            }),
        }));
        Ok(Expr::Function(function))
    }

    /// SQL of the layer or the query, with its leaves in place.
    fn sql(&self, sql: &Expr, leaves: &[Scalar]) -> Result<Expr, PlanError> {
        let mut leaves = Leaves {
            dialect: self.dialect,
            rendered: self.list(leaves)?,
        };
        let mut sql = sql.clone();
        let flow: ControlFlow<()> = VisitMut::visit(&mut sql, &mut leaves);
        debug_assert!(flow.is_continue(), "the visitor never stops early");
        Ok(sql)
    }
}

/// Puts rendered leaves in the place of placeholders, and escapes text for the dialect.
struct Leaves {
    dialect: Dialect,
    rendered: Vec<Expr>,
}

impl VisitorMut for Leaves {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        let Expr::Value(value) = expr else {
            return ControlFlow::Continue(());
        };
        if let Value::Placeholder(name) = &value.value {
            let place = name.strip_prefix('$').and_then(|place| place.parse().ok());
            let leaf = place.and_then(|place: usize| self.rendered.get(place));
            if let Some(leaf) = leaf {
                *expr = tree::atom(leaf.clone());
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_value(&mut self, value: &mut ast::ValueWithSpan) -> ControlFlow<()> {
        literal::respell(self.dialect, &mut value.value);
        ControlFlow::Continue(())
    }
}

/// Escapes the text of a query that the layer declares for the dialect.
pub(super) fn respell(dialect: Dialect, query: &mut ast::Query) {
    let mut leaves = Leaves {
        dialect,
        rendered: Vec::new(),
    };
    let flow: ControlFlow<()> = VisitMut::visit(query, &mut leaves);
    debug_assert!(flow.is_continue(), "the visitor never stops early");
}
