//! Equality that takes two NULLs for equal, also where a dialect joins fully on plain equality only.

use sqlparser::ast::{self, BinaryOperator};

use super::literal;
use super::scalar::Scope;
use super::tree;
use crate::plan::dialect::Dialect;
use crate::plan::error::PlanError;
use crate::plan::scalar::{Operator, Scalar, Type};

/// Equal, or both NULL; in parentheses, since the operator's precedence differs from parser to parser.
pub(super) fn same(dialect: Dialect, left: ast::Expr, right: ast::Expr) -> ast::Expr {
    if dialect == Dialect::Spark {
        return tree::binary(left, BinaryOperator::Spaceship, right);
    }
    let (left, right) = (tree::atom(left), tree::atom(right));
    ast::Expr::Nested(Box::new(ast::Expr::IsNotDistinctFrom(
        Box::new(left),
        Box::new(right),
    )))
}

impl Scope<'_> {
    /// The condition of a full join, in words by which the dialect can hash.
    pub(super) fn full_join_condition(
        &self,
        on: &[Scalar],
    ) -> Result<Option<ast::Expr>, PlanError> {
        let mut conditions = Vec::with_capacity(on.len());
        for scalar in on {
            let condition = match scalar {
                Scalar::Binary(left, Operator::Same, right) => {
                    self.hashable(self.render(left)?, self.render(right)?)
                }
                other => self.render(other)?,
            };
            conditions.push(condition);
        }
        Ok(super::scalar::conjoin(conditions))
    }

    fn hashable(&self, left: ast::Expr, right: ast::Expr) -> ast::Expr {
        let equal = |left, right| tree::binary(left, BinaryOperator::Eq, right);
        match self.dialect {
            // Arrays of one element are equal if both hold NULL, and hash.
            Dialect::Postgres => equal(array(left), array(right)),
            Dialect::BigQuery => {
                let json = |value| tree::call("TO_JSON_STRING", vec![value]);
                equal(json(left), json(right))
            }
            Dialect::Trino => {
                let known =
                    |value: &ast::Expr| ast::Expr::IsNull(Box::new(tree::atom(value.clone())));
                let both = equal(known(&left), known(&right));
                let shown = |value| {
                    let text = tree::cast(value, literal::data_type(self.dialect, Type::Text));
                    tree::call("COALESCE", vec![text, literal::text(self.dialect, "")])
                };
                let equal = equal(shown(left), shown(right));
                tree::binary(both, BinaryOperator::And, equal)
            }
            dialect => same(dialect, left, right),
        }
    }
}

fn array(value: ast::Expr) -> ast::Expr {
    ast::Expr::Array(ast::Array {
        elem: vec![value],
        named: true,
    })
}
