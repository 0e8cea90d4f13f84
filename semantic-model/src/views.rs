//! The typed views, one file a kind; each is an [`Entity`] of which the kind is known.

mod column;
mod contract;
mod dataset;
mod domain;
mod metric;
mod owner;
mod product;
mod relation;
mod term;

use std::ops::Deref;

use crate::entity::Entity;
use crate::kind::EntityKind;

pub use dataset::Check;
pub use relation::TermRelation;

/// An entity of which the kind is known.
pub(crate) trait View<'m> {
    /// The kind.
    const KIND: EntityKind;

    /// Wraps an entity of that kind.
    fn of(entity: Entity<'m>) -> Self;
}

/// Defines the views: an entity each, to which they deref.
macro_rules! views {
    ($($(#[$doc:meta])* $view:ident,)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub struct $view<'m>(pub(crate) Entity<'m>);

            impl<'m> Deref for $view<'m> {
                type Target = Entity<'m>;

                fn deref(&self) -> &Entity<'m> {
                    &self.0
                }
            }

            impl<'m> View<'m> for $view<'m> {
                const KIND: EntityKind = EntityKind::$view;

                fn of(entity: Entity<'m>) -> Self {
                    Self(entity)
                }
            }

            impl<'m> From<$view<'m>> for Entity<'m> {
                fn from(view: $view<'m>) -> Self {
                    view.0
                }
            }
        )*
    };
}

views! {
    /// A business domain: a part of the company that owns data and has its own language.
    Domain,
    /// A data product: datasets that a domain offers, with an owner and a purpose.
    DataProduct,
    /// A table, view, file or topic.
    Dataset,
    /// A column of a dataset.
    Column,
    /// A term of a business glossary, a concept of a vocabulary or a class of an ontology.
    Term,
    /// A business metric.
    Metric,
    /// A data contract.
    Contract,
    /// A person, team or program that answers for something.
    Owner,
}
