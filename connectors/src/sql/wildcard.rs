//! `*` and `t.*`, with what dialects let one leave out, replace and rename.

use std::rc::Rc;
use std::sync::Arc;

use sqlparser::ast::{
    ExcludeSelectItem, Expr, IdentWithAlias, RenameSelectItem, SelectItemQualifiedWildcardKind,
    WildcardAdditionalOptions,
};

use super::facts::{Role, Sources};
use super::scope::{Relation, Scope, Shape, same};
use super::statement::{Resolver, idents};
use super::walk::Use;

impl Resolver<'_> {
    /// Adds the columns that a star stands for.
    pub(super) fn wildcard(
        &mut self,
        kind: Option<&SelectItemQualifiedWildcardKind>,
        options: &WildcardAdditionalOptions,
        scope: &Scope<'_>,
        shape: &mut Shape,
    ) {
        let mut columns = Shape::default();
        match kind {
            None => {
                for relation in &scope.relations {
                    self.star(relation, scope, &mut columns);
                }
            }
            Some(SelectItemQualifiedWildcardKind::ObjectName(name)) => {
                let words = idents(name);
                let folded: Vec<String> = words.iter().map(|word| self.fold(word)).collect();
                match scope.relation(&folded) {
                    Some(relation) => {
                        self.call(&words, relation.number);
                        let relation = relation.clone();
                        self.star(&relation, &Scope::default(), &mut columns);
                    }
                    // The fields of a struct: which they are is not known, only what they are made of.
                    None => self.fields(&Expr::CompoundIdentifier(words), scope, &mut columns),
                }
            }
            Some(SelectItemQualifiedWildcardKind::Expr(expr)) => {
                self.fields(expr, scope, &mut columns);
            }
        }
        self.adapt(options, scope, &mut columns);
        shape.columns.append(&mut columns.columns);
        for table in columns.open {
            if !shape.open.contains(&table) {
                shape.open.push(table);
            }
        }
        if shape.made_of.is_none() {
            shape.made_of = columns.made_of;
        }
    }

    /// Adds the columns of a relation; those that a join made one of two come once.
    fn star(&mut self, relation: &Relation, scope: &Scope<'_>, columns: &mut Shape) {
        for column in &relation.shape.columns {
            if column.base {
                for base in column.sources.keys() {
                    self.facts
                        .columns
                        .entry(base.clone())
                        .or_default()
                        .add(Role::Starred);
                }
            }
            let name = column.name.as_deref().unwrap_or_default();
            match scope.merged.iter().find(|(merged, _)| same(merged, name)) {
                Some(_) if columns.place(name).is_some() => {}
                Some((_, sources)) => {
                    let mut merged = column.clone();
                    merged.sources = Rc::clone(sources);
                    merged.base = false;
                    columns.columns.push(merged);
                }
                None => columns.columns.push(column.clone()),
            }
        }
        for table in &relation.shape.open {
            if !columns.open.contains(table) {
                columns.open.push(Arc::clone(table));
            }
        }
        if columns.made_of.is_none() {
            columns.made_of.clone_from(&relation.shape.made_of);
        }
    }

    fn fields(&mut self, expr: &Expr, scope: &Scope<'_>, columns: &mut Shape) {
        let mut sources = Sources::new();
        self.walk(expr, scope, Use::selected(), &mut sources);
        columns.made_of = Some(Rc::new(sources));
    }

    fn adapt(
        &mut self,
        options: &WildcardAdditionalOptions,
        scope: &Scope<'_>,
        columns: &mut Shape,
    ) {
        let mut gone: Vec<String> = Vec::new();
        if let Some(exclude) = &options.opt_exclude {
            let names = match exclude {
                ExcludeSelectItem::Single(name) => std::slice::from_ref(name),
                ExcludeSelectItem::Multiple(names) => names,
            };
            gone.extend(
                names
                    .iter()
                    .filter_map(|name| idents(name).last().map(|word| self.fold(word))),
            );
        }
        if let Some(except) = &options.opt_except {
            gone.push(self.fold(&except.first_element));
            gone.extend(
                except
                    .additional_elements
                    .iter()
                    .map(|word| self.fold(word)),
            );
        }
        columns.columns.retain(|column| {
            let name = column.name.as_deref().unwrap_or_default();
            !gone.iter().any(|gone| same(gone, name))
        });
        for element in options
            .opt_replace
            .iter()
            .flat_map(|replace| &replace.items)
        {
            let mut sources = Sources::new();
            self.walk(&element.expr, scope, Use::selected(), &mut sources);
            let name = self.fold(&element.column_name);
            if let Some(place) = columns.place(&name) {
                columns.columns[place].sources = Rc::new(sources);
                columns.columns[place].base = false;
            }
        }
        let renames: &[IdentWithAlias] = match &options.opt_rename {
            None => &[],
            Some(RenameSelectItem::Single(one)) => std::slice::from_ref(one),
            Some(RenameSelectItem::Multiple(many)) => many,
        };
        for rename in renames {
            let name = self.fold(&rename.ident);
            if let Some(place) = columns.place(&name) {
                columns.columns[place].name = Some(self.fold(&rename.alias));
            }
        }
    }
}
