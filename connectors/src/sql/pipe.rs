//! The pipes of BigQuery.

use std::rc::Rc;

use sqlparser::ast::{AssignmentTarget, PipeOperator};

use super::columns::Aliases;
use super::facts::{Role, Sources};
use super::from::all_of;
use super::query::aliases_of;
use super::scope::{Scope, Shape, same};
use super::statement::{Resolver, idents};
use super::walk::Use;

impl Resolver<'_> {
    /// Reads one pipe of BigQuery's `FROM t |> WHERE ... |> SELECT ...`.
    #[expect(clippy::too_many_lines, reason = "one arm a kind of pipe")]
    pub(super) fn pipe(
        &mut self,
        pipe: &PipeOperator,
        shape: Shape,
        outer: Option<&Scope<'_>>,
    ) -> Shape {
        let mut scope = Scope::inside(outer);
        scope.aliases = aliases_of(&shape);
        let relation = self.relation(None, Vec::new(), Rc::new(shape.clone()));
        scope.relations.push(relation);
        match pipe {
            PipeOperator::Where { expr } => {
                self.look(expr, &scope, Use::of(Role::Filtered, Aliases::Last));
            }
            PipeOperator::OrderBy { exprs } => self.look_order(exprs, &scope),
            PipeOperator::Select { exprs } => return self.select_list(exprs, &mut scope),
            PipeOperator::Extend { exprs } => {
                let mut added = self.select_list(exprs, &mut scope);
                let mut shape = shape;
                shape.columns.append(&mut added.columns);
                return shape;
            }
            PipeOperator::Aggregate {
                full_table_exprs,
                group_by_expr,
            } => {
                let mut given = Shape::default();
                for group in group_by_expr {
                    self.item(
                        &group.expr.expr,
                        group.expr.alias.as_ref(),
                        &mut scope,
                        &mut given,
                    );
                    self.look(
                        &group.expr.expr,
                        &scope,
                        Use::of(Role::Grouped, Aliases::Last),
                    );
                }
                for value in full_table_exprs {
                    self.item(
                        &value.expr.expr,
                        value.expr.alias.as_ref(),
                        &mut scope,
                        &mut given,
                    );
                }
                return given;
            }
            PipeOperator::Drop { columns } => {
                let gone: Vec<String> = columns.iter().map(|word| self.fold(word)).collect();
                let mut shape = shape;
                let is_gone = |name: &str| gone.iter().any(|gone| same(gone, name));
                shape
                    .columns
                    .retain(|column| !column.name.as_deref().is_some_and(is_gone));
                return shape;
            }
            PipeOperator::Rename { mappings } => {
                let mut shape = shape;
                for mapping in mappings {
                    let name = self.fold(&mapping.ident);
                    if let Some(place) = shape.place(&name) {
                        shape.columns[place].name = Some(self.fold(&mapping.alias));
                    }
                }
                return shape;
            }
            PipeOperator::Join(join) => {
                self.join(join, &mut scope, 0);
                return all_of(&scope);
            }
            PipeOperator::Union { queries, .. } | PipeOperator::Intersect { queries, .. } => {
                let mut shape = shape;
                for query in queries {
                    let other = self.query(query, outer);
                    shape.unite(&other, false);
                }
                return shape;
            }
            PipeOperator::Set { assignments } => {
                let mut shape = shape;
                for assignment in assignments {
                    let mut sources = Sources::new();
                    self.walk(&assignment.value, &scope, Use::selected(), &mut sources);
                    if let AssignmentTarget::ColumnName(name) = &assignment.target
                        && let Some(name) = idents(name).last().map(|word| self.fold(word))
                        && let Some(place) = shape.place(&name)
                    {
                        shape.columns[place].sources = Rc::new(sources);
                        shape.columns[place].base = false;
                    }
                }
                return shape;
            }
            _ => {}
        }
        shape
    }
}
