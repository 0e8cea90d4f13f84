//! The fields that every entity type has, written once.

/// Defines an entity type of the schema: the fields of the interface `Entity`, and its own.
///
/// `$inner` is what the type holds; it has the methods that the common fields call.
macro_rules! entity_object {
    ($(#[doc = $doc:literal])* $name:ident($inner:ty) { $($own:tt)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone)]
        pub struct $name(pub(crate) $inner);

        impl From<$inner> for $name {
            fn from(inner: $inner) -> Self {
                Self(inner)
            }
        }

        $(#[doc = $doc])*
        #[async_graphql::Object]
        impl $name {
            /// Opaque global id, for `node(id:)`.
            pub(crate) async fn id(&self) -> async_graphql::ID {
                self.0.global_id()
            }

            /// IRI that names the entity, stable across ingests, for `entity(iri:)`.
            pub(crate) async fn iri(&self) -> &str {
                &self.0.iri
            }

            /// Kind of entity.
            pub(crate) async fn kind(&self) -> $crate::types::EntityKind {
                self.0.kind.into()
            }

            /// Name for people; never empty.
            pub(crate) async fn label(&self) -> &str {
                &self.0.label
            }

            /// What it is, in words.
            pub(crate) async fn description(&self) -> Option<String> {
                self.0.description()
            }

            /// Business domains that it belongs to, by itself or by its data product.
            pub(crate) async fn domains(&self) -> Vec<$crate::types::Domain> {
                self.0.domains()
            }

            /// People and teams that answer for it.
            pub(crate) async fn owners(&self) -> Vec<$crate::types::Owner> {
                self.0.owners()
            }

            /// Terms of business glossaries that say what it means.
            pub(crate) async fn terms(&self) -> Vec<$crate::types::Term> {
                self.0.terms()
            }

            /// How central it is in lineage and usage.
            pub(crate) async fn centrality(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> $crate::Result<$crate::types::Centrality> {
                self.0.centrality(ctx).await
            }

            /// What each source says of it, one claim after the other, duplicates of several sources included.
            pub(crate) async fn statements(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Only these predicates: a whole IRI, or its part after the last `#`, `/` or `:`.")]
                predicate: Option<Vec<String>>,
                #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
                #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
            ) -> $crate::Result<$crate::types::Connection<$crate::types::Statement>> {
                let names = predicate.as_deref().unwrap_or_default().join(" ");
                let list = ["statements", self.0.iri.as_ref(), names.as_str()];
                let page = $crate::context::page(ctx, &list, first, after.as_deref())?;
                Ok(self.0.statements(predicate.as_deref(), page))
            }

            /// Other entities that it speaks of, or that speak of it.
            pub(crate) async fn relationships(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Which way the statements go.", default_with = "crate::types::RelationshipDirection::Both")]
                direction: $crate::types::RelationshipDirection,
                #[graphql(desc = "Only these predicates: a whole IRI, or its part after the last `#`, `/` or `:`.")]
                types: Option<Vec<String>>,
                #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
                #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
            ) -> $crate::Result<$crate::types::Connection<$crate::types::Relationship>> {
                let names = types.as_deref().unwrap_or_default().join(" ");
                let list = ["relationships", self.0.iri.as_ref(), direction.as_str(), names.as_str()];
                let page = $crate::context::page(ctx, &list, first, after.as_deref())?;
                Ok(self.0.relationships(direction, types.as_deref(), page))
            }

            /// Version of the graph that this was read from; the same in a whole answer.
            pub(crate) async fn version(&self) -> u64 {
                self.0.version()
            }

            $($own)*
        }
    };
}

pub(crate) use entity_object;
