//! SQL that was parsed once, with typed holes where it names something of the layer.

use std::convert::Infallible;
use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Ident, Value, visit_expressions, visit_expressions_mut};

use super::{Dialect, Path};

/// A parsed expression whose names are holes: `$0` in `ast` stands for `leaves[0]`, and so on.
///
/// Text of a user or of a model never reaches an engine: it is parsed, its names are taken out and checked against the
/// layer, and what is left is printed again around what the planner puts into the holes.
#[derive(Debug, Clone, PartialEq)]
pub struct Fragment<L> {
    /// The expression, with a placeholder for every leaf.
    pub ast: Expr,
    /// What the placeholders stand for.
    pub leaves: Vec<L>,
}

/// The hole for a leaf.
pub(super) fn hole(index: usize) -> Expr {
    Expr::value(Value::Placeholder(format!("${index}")))
}

/// Returns which leaf an expression is the hole of, if it is one.
pub fn hole_index(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Placeholder(name) => name.strip_prefix('$')?.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

impl<L> Fragment<L> {
    /// Gives the fragment that is one leaf and nothing else.
    pub fn leaf(leaf: L) -> Self {
        Self {
            ast: hole(0),
            leaves: vec![leaf],
        }
    }

    /// Returns the leaf, where the fragment is one leaf and nothing else.
    pub fn as_leaf(&self) -> Option<&L> {
        hole_index(&self.ast).and_then(|index| self.leaves.get(index))
    }

    /// Puts an expression into each hole.
    pub fn fill<E>(&self, mut with: impl FnMut(&L) -> Result<Expr, E>) -> Result<Expr, E> {
        let mut filled = Vec::with_capacity(self.leaves.len());
        for leaf in &self.leaves {
            filled.push(nested(with(leaf)?));
        }
        let mut ast = self.ast.clone();
        let _: ControlFlow<Infallible> = visit_expressions_mut(&mut ast, |expr| {
            if let Some(part) = hole_index(expr).and_then(|index| filled.get(index)) {
                *expr = part.clone();
            }
            ControlFlow::Continue(())
        });
        Ok(ast)
    }

    /// Puts another leaf into each hole.
    pub fn try_map<M, E>(&self, with: impl FnMut(&L) -> Result<M, E>) -> Result<Fragment<M>, E> {
        Ok(Fragment {
            ast: self.ast.clone(),
            leaves: self.leaves.iter().map(with).collect::<Result<_, _>>()?,
        })
    }

    /// Puts a fragment into each hole.
    pub fn expand<M: Clone, E>(
        &self,
        mut with: impl FnMut(&L) -> Result<Fragment<M>, E>,
    ) -> Result<Fragment<M>, E> {
        let mut leaves = Vec::new();
        let ast = self.fill(|leaf| {
            let part = with(leaf)?;
            let first = leaves.len();
            leaves.extend(part.leaves.iter().cloned());
            let mut ast = part.ast;
            shift_holes(&mut ast, first);
            Ok(ast)
        })?;
        Ok(Fragment { ast, leaves })
    }

    /// Returns whether any part of the expression is as asked.
    pub fn any(&self, mut is: impl FnMut(&Expr) -> bool) -> bool {
        visit_expressions(&self.ast, |expr| {
            if is(expr) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .is_break()
    }
}

fn shift_holes(ast: &mut Expr, by: usize) {
    if by == 0 {
        return;
    }
    let _: ControlFlow<Infallible> = visit_expressions_mut(ast, |expr| {
        if let Some(index) = hole_index(expr) {
            *expr = hole(index + by);
        }
        ControlFlow::Continue(())
    });
}

/// Puts parentheses around what could be torn apart by the operators around it.
fn nested(expr: Expr) -> Expr {
    match expr {
        Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::Value(_)
        | Expr::Function(_)
        | Expr::Nested(_)
        | Expr::Case { .. }
        | Expr::Cast { .. } => expr,
        other => Expr::Nested(Box::new(other)),
    }
}

/// A column at the end of a path, as the leaf of an expression over the rows of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    /// How its dataset is reached; empty for the dataset itself.
    pub path: Path,
    /// The column of that dataset's relation, as the layer spells and quotes it.
    pub name: Ident,
}

/// An expression as it is in each dialect.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared<L = Column> {
    base: Fragment<L>,
    dialects: Vec<(Dialect, Fragment<L>)>,
}

impl<L> Prepared<L> {
    pub(super) fn new(base: Fragment<L>, dialects: Vec<(Dialect, Fragment<L>)>) -> Self {
        Self { base, dialects }
    }

    /// Returns the expression to use in a dialect.
    pub fn in_dialect(&self, dialect: Dialect) -> &Fragment<L> {
        let own = self.dialects.iter().find(|(other, _)| *other == dialect);
        own.map_or(&self.base, |(_, fragment)| fragment)
    }

    /// Returns the expression that holds where a dialect has none of its own.
    pub fn base(&self) -> &Fragment<L> {
        &self.base
    }
}
