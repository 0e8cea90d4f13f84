//! Which base columns a name means.

use std::rc::Rc;

use sqlparser::ast::Ident;

use super::dialect::{Dialect, Folding};
use super::facts::{Influence, Influences, Sources};
use super::fingerprint::Mark;
use super::functions;
use super::scope::{Relation, Scope, identity, same};
use super::statement::Resolver;

/// When a name of the select list is taken, where a column may be meant as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aliases {
    /// Before any column, as `ORDER BY` does.
    First,
    /// After the columns that are known, as `GROUP BY` and `HAVING` do.
    BeforeGuess,
    /// After everything else.
    Last,
}

/// What was found for a name.
pub(super) struct Found {
    pub(super) sources: Rc<Sources>,
    /// The relation, when it is a plain column of one.
    pub(super) relation: Option<u32>,
    /// Whether it is a field of the column and not the column itself.
    pub(super) part: bool,
}

impl Found {
    fn of(sources: Rc<Sources>) -> Self {
        Self {
            sources,
            relation: None,
            part: false,
        }
    }
}

impl Resolver<'_> {
    /// Finds what a name of one or more parts means; `None` for a text, a value or what is not known.
    pub(super) fn column(
        &mut self,
        parts: &[Ident],
        scope: &Scope<'_>,
        aliases: Aliases,
    ) -> Option<Found> {
        let folded: Vec<String> = parts.iter().map(|part| self.fold(part)).collect();
        match parts {
            [] => None,
            [one] => self.bare(one, &folded[0], scope, aliases),
            _ => self.qualified(parts, &folded, scope).or_else(|| {
                let found = self.bare(&parts[0], &folded[0], scope, aliases)?;
                Some(Found {
                    part: true,
                    ..found
                })
            }),
        }
    }

    /// Finds `o.id`, `public.orders.id`, and `o.address.city`, whose last part is a field.
    fn qualified(
        &mut self,
        parts: &[Ident],
        folded: &[String],
        scope: &Scope<'_>,
    ) -> Option<Found> {
        for split in (1..folded.len()).rev() {
            let Some(relation) = scope.relation(&folded[..split]) else {
                continue;
            };
            let part = split + 1 < folded.len();
            let name = &folded[split];
            self.call(&parts[..split], relation.number);
            let found = self.in_relation(relation, &parts[split], name);
            if found.is_none() {
                self.facts.unresolved.insert(name.clone());
            }
            return Some(Found {
                part,
                ..found.unwrap_or_else(|| Found::of(Rc::default()))
            });
        }
        None
    }

    /// Finds a column of one relation.
    fn in_relation(&mut self, relation: &Relation, ident: &Ident, name: &str) -> Option<Found> {
        let shape = &relation.shape;
        if let Some(place) = shape.place(name) {
            let column = &shape.columns[place];
            let called = if column.base {
                name.to_lowercase()
            } else {
                format!("#{place}")
            };
            self.mark(ident, Mark::Called(called));
            return Some(Found {
                relation: Some(relation.number),
                ..Found::of(Rc::clone(&column.sources))
            });
        }
        if let [table] = shape.open.as_slice() {
            self.mark(ident, Mark::Called(name.to_lowercase()));
            return Some(Found {
                relation: Some(relation.number),
                ..Found::of(Rc::new(identity(table, &self.as_column(ident))))
            });
        }
        shape
            .made_of
            .as_ref()
            .map(|sources| Found::of(Rc::clone(sources)))
    }

    fn bare(
        &mut self,
        ident: &Ident,
        name: &str,
        scope: &Scope<'_>,
        aliases: Aliases,
    ) -> Option<Found> {
        if self.lambda.iter().any(|known| same(known, name)) {
            return None;
        }
        if aliases == Aliases::First
            && let Some(found) = self.alias(ident, name, scope)
        {
            return Some(found);
        }
        if let Some(found) = self.known(ident, name, scope) {
            return Some(found);
        }
        // A name of the select list that is made of a column of the same name says nothing new.
        let own = |alias: &super::scope::Alias| {
            same(&alias.name, name) && alias.sources.keys().any(|column| same(&column.name, name))
        };
        let certain = aliases != Aliases::Last || self.reads_aliases();
        if certain
            && !scope.aliases.iter().any(own)
            && let Some(found) = self.alias(ident, name, scope)
        {
            return Some(found);
        }
        if let Some(found) = self.outside(ident, name, scope) {
            return Some(found);
        }
        if ident.quote_style.is_none() && functions::is_value(name) {
            return None;
        }
        self.guessed(ident, name, scope)
            .or_else(|| self.alias(ident, name, scope))
            .or_else(|| {
                self.unknown(ident, name);
                None
            })
    }

    /// Notes a name that nothing is known of; in quotes it may be a text.
    fn unknown(&mut self, ident: &Ident, name: &str) {
        if ident.quote_style == Some('"') && self.context.dialect.quotes_may_be_text() {
            self.mark(ident, Mark::Literal);
        } else {
            self.facts.unresolved.insert(name.to_owned());
        }
    }

    fn alias(&mut self, ident: &Ident, name: &str, scope: &Scope<'_>) -> Option<Found> {
        let alias = scope
            .aliases
            .iter()
            .rev()
            .find(|alias| same(&alias.name, name))?;
        self.mark(ident, Mark::Called(format!("#{}", alias.place)));
        Some(Found::of(Rc::clone(&alias.sources)))
    }

    /// Finds a column that a relation of this scope is known to have.
    fn known(&mut self, ident: &Ident, name: &str, scope: &Scope<'_>) -> Option<Found> {
        if let Some((_, sources)) = scope.merged.iter().find(|(merged, _)| same(merged, name)) {
            return Some(Found::of(Rc::clone(sources)));
        }
        let (relation, place) = scope
            .relations
            .iter()
            .find_map(|relation| Some((relation, relation.shape.place(name)?)))?;
        let column = &relation.shape.columns[place];
        let called = if column.base {
            format!("t{}.{}", relation.number, name.to_lowercase())
        } else {
            format!("t{}.#{place}", relation.number)
        };
        self.mark(ident, Mark::Called(called));
        Some(Found {
            relation: Some(relation.number),
            ..Found::of(Rc::clone(&column.sources))
        })
    }

    /// Finds a column that a relation outside of the sub-query is known to have.
    fn outside(&mut self, ident: &Ident, name: &str, scope: &Scope<'_>) -> Option<Found> {
        let mut outer = scope.outer;
        while let Some(here) = outer {
            if let Some(found) = self.known(ident, name, here) {
                return Some(found);
            }
            outer = here.outer;
        }
        None
    }

    /// Gives a column to the only table that it can belong to: the innermost scope with a table of unknown columns.
    fn guessed(&mut self, ident: &Ident, name: &str, scope: &Scope<'_>) -> Option<Found> {
        if ident.quote_style == Some('"') && self.context.dialect == Dialect::Sqlite {
            // A text in double quotes is far more frequent in it than a quoted name.
            let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
            if !plain {
                return None;
            }
        }
        let mut here = Some(scope);
        while let Some(scope) = here {
            if let Some(relation) = scope.relations.iter().find(|it| is_whole(it, name)) {
                return Some(Found::of(Rc::new(whole(relation))));
            }
            let mut open = scope
                .relations
                .iter()
                .filter(|relation| !relation.shape.open.is_empty());
            match (open.next(), open.next()) {
                (Some(only), None) if only.shape.open.len() == 1 => {
                    let table = &only.shape.open[0];
                    self.mark(
                        ident,
                        Mark::Called(format!("t{}.{}", only.number, name.to_lowercase())),
                    );
                    return Some(Found {
                        relation: Some(only.number),
                        ..Found::of(Rc::new(identity(table, &self.as_column(ident))))
                    });
                }
                (Some(_), _) => return None,
                _ => {}
            }
            here = scope.outer;
        }
        None
    }

    /// Gives a name as the database would keep it.
    pub(super) fn fold(&self, ident: &Ident) -> String {
        match (ident.quote_style, self.context.dialect.folding()) {
            (Some(_), _) | (None, Folding::Keep) => ident.value.clone(),
            (None, Folding::Lower) => ident.value.to_lowercase(),
            (None, Folding::Upper) => ident.value.to_uppercase(),
        }
    }

    /// Gives a column's name for a table of which none is known: one spelling for all that mean the same.
    pub(super) fn as_column(&self, ident: &Ident) -> String {
        let keeps = self.context.dialect.folding() == Folding::Keep;
        if keeps && ident.quote_style.is_none() && self.context.dialect != Dialect::ClickHouse {
            return ident.value.to_lowercase();
        }
        self.fold(ident)
    }

    /// Says whether names of the select list can be used beside it.
    fn reads_aliases(&self) -> bool {
        matches!(
            self.context.dialect,
            Dialect::Snowflake
                | Dialect::Redshift
                | Dialect::Databricks
                | Dialect::Spark
                | Dialect::DuckDb
                | Dialect::ClickHouse
        )
    }
}

/// Says whether a bare name is a relation, whose rows are meant as a whole.
fn is_whole(relation: &Relation, name: &str) -> bool {
    relation.is_called(std::slice::from_ref(&name.to_owned()))
}

/// Gives everything that a relation is made of.
fn whole(relation: &Relation) -> Sources {
    let mut sources = Sources::new();
    let made_of = relation.shape.made_of.iter();
    for column in relation
        .shape
        .columns
        .iter()
        .map(|column| &column.sources)
        .chain(made_of)
    {
        for source in column.keys() {
            sources
                .entry(source.clone())
                .or_default()
                .add(Influences::of(Influence::Transformed));
        }
    }
    sources
}
