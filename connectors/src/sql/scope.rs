//! Relations and scopes: which columns a name can mean at a place of a statement.

use std::rc::Rc;
use std::sync::Arc;

use super::facts::{ColumnName, Influence, Influences, Sources, TableName};

/// A column of a relation.
#[derive(Clone, Debug)]
pub(super) struct ShapeColumn {
    /// `None` for an expression that has no name one could use.
    pub(super) name: Option<String>,
    pub(super) sources: Rc<Sources>,
    /// Whether it belongs to a base table.
    pub(super) base: bool,
}

/// The columns of a relation, as far as they are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    pub(super) columns: Vec<ShapeColumn>,
    /// Tables whose columns are not known: any other name may be one of theirs.
    pub(super) open: Vec<Arc<TableName>>,
    /// What a table function is made of; any column of it is made of that.
    pub(super) made_of: Option<Rc<Sources>>,
}

impl Shape {
    /// Gives a base table with the columns that are known; one that may have others is open.
    pub(super) fn table(name: &Arc<TableName>, columns: &[String], complete: bool) -> Self {
        let column = |column: &String| ShapeColumn {
            name: Some(column.clone()),
            sources: Rc::new(identity(name, column)),
            base: true,
        };
        Self {
            columns: columns.iter().map(column).collect(),
            open: if complete {
                Vec::new()
            } else {
                vec![Arc::clone(name)]
            },
            made_of: None,
        }
    }

    /// Finds a column: by its exact name, else whatever its case.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        let is = |test: &dyn Fn(&str) -> bool| {
            self.columns
                .iter()
                .position(|column| column.name.as_deref().is_some_and(test))
        };
        is(&|known| known == name).or_else(|| is(&|known| same(known, name)))
    }

    /// Gives the columns new names, as `AS t(a, b)` does; names beyond the last column make new columns.
    pub(super) fn rename(&mut self, names: &[String]) {
        for (at, name) in names.iter().enumerate() {
            match self.columns.get_mut(at) {
                Some(column) => column.name = Some(name.clone()),
                None => self.columns.push(ShapeColumn {
                    name: Some(name.clone()),
                    sources: self.made_of.clone().unwrap_or_default(),
                    base: false,
                }),
            }
        }
    }

    /// Adds the rows of another relation to these: their columns by position, or by name where positions are not known.
    pub(super) fn unite(&mut self, other: &Self, by_name: bool) {
        let positions = !by_name && self.open.is_empty() && other.open.is_empty();
        for (at, column) in other.columns.iter().enumerate() {
            let here = if positions {
                (at < self.columns.len()).then_some(at)
            } else {
                column.name.as_deref().and_then(|name| self.place(name))
            };
            match here.and_then(|here| self.columns.get_mut(here)) {
                Some(mine) => {
                    mine.base = false;
                    merge(&mut mine.sources, &column.sources);
                }
                None if !positions => self.columns.push(column.clone()),
                None => {}
            }
        }
        for table in &other.open {
            if !self.open.contains(table) {
                self.open.push(Arc::clone(table));
            }
        }
    }
}

/// Adds sources to sources, copying only what changes.
pub(super) fn merge(into: &mut Rc<Sources>, from: &Rc<Sources>) {
    if Rc::ptr_eq(into, from) || from.is_empty() {
        return;
    }
    let sources = Rc::make_mut(into);
    for (column, influences) in from.iter() {
        sources.entry(column.clone()).or_default().add(*influences);
    }
}

/// Gives the sources of a column of a base table: itself.
pub(super) fn identity(table: &Arc<TableName>, column: &str) -> Sources {
    let column = ColumnName {
        table: Arc::clone(table),
        name: column.to_owned(),
    };
    Sources::from([(column, Influences::of(Influence::Identity))])
}

/// Compares two names whatever their case.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || (!(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase())
}

/// Something that a `FROM` names.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    /// Its number in the statement, by which shapes call it whatever its alias.
    pub(super) number: u32,
    /// Its alias; without one the parts of its name are used.
    pub(super) alias: Option<String>,
    pub(super) name: Vec<String>,
    pub(super) shape: Rc<Shape>,
}

impl Relation {
    /// Says whether a qualifier means this relation.
    pub(super) fn is_called(&self, qualifier: &[String]) -> bool {
        match (&self.alias, qualifier) {
            (Some(alias), [one]) => same(alias, one),
            (Some(_), _) | (None, []) => false,
            (None, parts) => {
                parts.len() <= self.name.len()
                    && self
                        .name
                        .iter()
                        .rev()
                        .zip(parts.iter().rev())
                        .all(|(mine, asked)| same(mine, asked))
            }
        }
    }
}

/// A name that a select list gives to an expression.
#[derive(Clone, Debug)]
pub(super) struct Alias {
    pub(super) name: String,
    /// Its place in the select list.
    pub(super) place: usize,
    pub(super) sources: Rc<Sources>,
}

/// Everything that names can mean at a place.
#[derive(Debug, Default)]
pub(super) struct Scope<'p> {
    pub(super) relations: Vec<Relation>,
    /// The columns that `USING` or a natural join made one of two.
    pub(super) merged: Vec<(String, Rc<Sources>)>,
    /// What the select list names, as far as it was read.
    pub(super) aliases: Vec<Alias>,
    /// What is outside of a sub-query.
    pub(super) outer: Option<&'p Self>,
}

impl<'p> Scope<'p> {
    /// Gives an empty scope inside another.
    pub(super) fn inside(outer: Option<&'p Self>) -> Self {
        Self {
            outer,
            ..Self::default()
        }
    }

    /// Finds the relation of a qualifier, here or outside.
    pub(super) fn relation(&self, qualifier: &[String]) -> Option<&Relation> {
        let mut scope = Some(self);
        while let Some(here) = scope {
            let mut called = here
                .relations
                .iter()
                .filter(|relation| relation.is_called(qualifier));
            if let Some(found) = called.next() {
                return Some(found);
            }
            scope = here.outer;
        }
        None
    }
}
