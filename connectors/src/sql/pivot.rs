//! `PIVOT` and `UNPIVOT`: rows that become columns, and columns that become rows.

use std::rc::Rc;

use sqlparser::ast::{Expr, PivotValueSource, TableFactor};

use super::expression::name_of;
use super::facts::{Influence, Sources};
use super::from::all_of;
use super::scope::{Scope, Shape, ShapeColumn};
use super::statement::Resolver;
use super::walk::Use;

impl Resolver<'_> {
    /// Adds a table of which the values of one column became columns.
    pub(super) fn pivot(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        let TableFactor::Pivot {
            table,
            aggregate_functions,
            value_column,
            value_source,
            alias,
            ..
        } = factor
        else {
            return;
        };
        let mut inner = Scope::inside(scope.outer);
        self.factor(table, &mut inner);
        let mut shape = all_of(&inner);
        let mut sources = Sources::new();
        for function in aggregate_functions {
            self.walk(&function.expr, &inner, Use::selected(), &mut sources);
        }
        let decides = Use {
            influence: Influence::Conditional,
            ..Use::selected()
        };
        for column in value_column {
            self.walk(column, &inner, decides, &mut sources);
        }
        without(&mut shape, &sources);
        let sources = Rc::new(sources);
        let values = match value_source {
            PivotValueSource::List(values) => values.as_slice(),
            PivotValueSource::Any(_) | PivotValueSource::Subquery(_) => &[],
        };
        for value in values {
            let name = match &value.alias {
                Some(alias) => Some(self.fold(alias)),
                None => text_of(&value.expr)
                    .or_else(|| name_of(&value.expr).map(|name| self.fold(name))),
            };
            shape.columns.push(column(name, &sources));
        }
        shape.made_of = Some(sources);
        self.push(alias.as_ref(), Vec::new(), shape, scope);
    }

    /// Adds a table of which some columns became the values of one.
    pub(super) fn unpivot(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        let TableFactor::Unpivot {
            table,
            value,
            name,
            columns,
            alias,
            ..
        } = factor
        else {
            return;
        };
        let mut inner = Scope::inside(scope.outer);
        self.factor(table, &mut inner);
        let mut shape = all_of(&inner);
        let mut sources = Sources::new();
        for column in columns {
            self.walk(&column.expr, &inner, Use::selected(), &mut sources);
        }
        without(&mut shape, &sources);
        let value = name_of(value).map(|value| self.fold(value));
        let label = self.fold(name);
        shape.columns.push(column(value, &Rc::new(sources)));
        shape.columns.push(column(Some(label), &Rc::default()));
        self.push(alias.as_ref(), Vec::new(), shape, scope);
    }
}

/// Takes away the columns that were turned.
fn without(shape: &mut Shape, turned: &Sources) {
    shape.columns.retain(|column| {
        !column.base
            || !column
                .sources
                .keys()
                .all(|source| turned.contains_key(source))
    });
}

fn column(name: Option<String>, sources: &Rc<Sources>) -> ShapeColumn {
    ShapeColumn {
        name,
        sources: Rc::clone(sources),
        base: false,
    }
}

/// Gives the text of a literal, which names a column.
fn text_of(expr: &Expr) -> Option<String> {
    let Expr::Value(value) = expr else {
        return None;
    };
    value.value.clone().into_string()
}
