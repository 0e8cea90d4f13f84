//! The root of all reads.

use std::time::Instant;

use async_graphql::{Context, ID, MergedObject, Object};
use isogloss::Snapshot;
use isogloss::model::{Entity as EntityView, EntityKind as Kind, Model};

use crate::context::{operation, page, read, shared, snapshot_as_of};
use crate::cursor::page_size;
use crate::error::{Error, Measured, Result};
use crate::limits::most;
use crate::node_id;
use crate::scalars::AsOf;
use crate::types::entity_ref::{EntityRef, page_of};
use crate::types::source::SourceRef;
use crate::types::{
    Connection, DataProduct, Dataset, Domain, Entailment, Entity, EntityKind, EntityOrder,
    FacetField, Metric, Node, Resolution, ResolveInput, SearchConnection, SearchFilter, ServerInfo,
    Source, Suggestion, Term, kinds_of_model,
};

mod reasoning;
mod semantics;
mod walks;

/// Everything that can be read; one answer reads one version of the graph throughout.
#[derive(Default, MergedObject)]
pub struct Query(
    Entities,
    walks::Walks,
    reasoning::Reasoning,
    semantics::Semantic,
);

/// Reads entities, lists of them, and what fits some words.
#[derive(Default)]
pub(crate) struct Entities;

#[Object]
impl Entities {
    /// Fetches an entity by its global id; null if it is no longer there.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An id from an `id` field.")] id: ID,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Option<Node>> {
        let (kind, iri) = node_id::decode(&id)?;
        let snapshot = snapshot_as_of(ctx, as_of).await?;
        Ok(Entity::find_typed(&snapshot, kind, &iri).map(Node::from))
    }

    /// Fetches entities by their global ids, in the order of the ids; null for each that is no longer there.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids from `id` fields, 100 at most.")] ids: Vec<ID>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Vec<Option<Node>>> {
        most(
            Measured::Ids,
            ids.len() as u64,
            shared(ctx)?.limits.page_size,
        )?;
        let snapshot = snapshot_as_of(ctx, as_of).await?;
        ids.iter()
            .map(|id| {
                let (kind, iri) = node_id::decode(id)?;
                Ok(Entity::find_typed(&snapshot, kind, &iri).map(Node::from))
            })
            .collect()
    }

    /// Fetches an entity by its IRI; null if the graph does not know it.
    async fn entity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "IRI of the entity.")] iri: String,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
        #[graphql(
            desc = "Shows relationships that follow by these rules too; claims alone unless given."
        )]
        entailment: Option<Entailment>,
    ) -> Result<Option<Entity>> {
        let snapshot = snapshot_as_of(ctx, as_of).await?;
        let snapshot = match entailment {
            None => snapshot,
            Some(regime) => {
                read(ctx, move || {
                    Ok(snapshot.with_entailment(Some(regime.into()))?)
                })
                .await?
            }
        };
        Ok(Entity::find(&snapshot, &iri))
    }

    /// Lists the business domains.
    async fn domains(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "What to list first.", default_with = "EntityOrder::Iri")]
        order_by: EntityOrder,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Connection<Domain>> {
        let asked = Asked {
            first,
            after,
            order_by,
            as_of,
        };
        list(ctx, Scope::all(Kind::Domain), asked).await
    }

    /// Lists the data products.
    async fn data_products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this domain, by IRI.")] domain: Option<String>,
        #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "What to list first.", default_with = "EntityOrder::Iri")]
        order_by: EntityOrder,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Connection<DataProduct>> {
        let asked = Asked {
            first,
            after,
            order_by,
            as_of,
        };
        list(
            ctx,
            Scope {
                domain,
                ..Scope::all(Kind::DataProduct)
            },
            asked,
        )
        .await
    }

    /// Lists the datasets.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    async fn datasets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this domain, by IRI.")] domain: Option<String>,
        #[graphql(desc = "Only those that this data product offers, by IRI.")] product: Option<
            String,
        >,
        #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "What to list first.", default_with = "EntityOrder::Iri")]
        order_by: EntityOrder,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Connection<Dataset>> {
        let asked = Asked {
            first,
            after,
            order_by,
            as_of,
        };
        list(
            ctx,
            Scope {
                domain,
                product,
                kind: Kind::Dataset,
            },
            asked,
        )
        .await
    }

    /// Lists the terms of all business glossaries.
    async fn terms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this domain, by IRI.")] domain: Option<String>,
        #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "What to list first.", default_with = "EntityOrder::Iri")]
        order_by: EntityOrder,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Connection<Term>> {
        let asked = Asked {
            first,
            after,
            order_by,
            as_of,
        };
        list(
            ctx,
            Scope {
                domain,
                ..Scope::all(Kind::Term)
            },
            asked,
        )
        .await
    }

    /// Lists the business metrics.
    async fn metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this domain, by IRI.")] domain: Option<String>,
        #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "What to list first.", default_with = "EntityOrder::Iri")]
        order_by: EntityOrder,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Connection<Metric>> {
        let asked = Asked {
            first,
            after,
            order_by,
            as_of,
        };
        list(
            ctx,
            Scope {
                domain,
                ..Scope::all(Kind::Metric)
            },
            asked,
        )
        .await
    }

    /// Finds entities by their words, the best first.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words; an empty text finds everything.")] query: String,
        #[graphql(desc = "Which entities to keep.")] filter: Option<SearchFilter>,
        #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "What to count all hits by.")] facets: Option<Vec<FacetField>>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<SearchConnection> {
        let limits = &shared(ctx)?.limits;
        most(Measured::TextBytes, query.len() as u64, limits.text_bytes)?;
        let filter = filter.unwrap_or_default();
        let page = page(
            ctx,
            &["search", &query, &filter.fingerprint()],
            first,
            after.as_deref(),
        )?;
        most(
            Measured::SearchWindow,
            page.offset as u64,
            limits.search_window,
        )?;
        let snapshot = snapshot_as_of(ctx, as_of).await?;
        read(ctx, move || {
            let start = Instant::now();
            let results = snapshot.search(&filter.request(query, facets, page))?;
            let took_ms = start.elapsed().as_secs_f64() * 1_000.0;
            Ok(SearchConnection::read(&snapshot, results, page, took_ms))
        })
        .await
    }

    /// Completes what is being typed to names that exist, typing errors included.
    async fn suggest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was typed so far.")] prefix: String,
        #[graphql(desc = "Kinds of entities to name, all unless given.")] kinds: Option<
            Vec<EntityKind>,
        >,
        #[graphql(desc = "Names to give, 100 at most.", default = 10)] first: i32,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Vec<Suggestion>> {
        let limits = &shared(ctx)?.limits;
        most(Measured::TextBytes, prefix.len() as u64, limits.text_bytes)?;
        let limit = page_size(Some(first), limits)?;
        let snapshot = snapshot_as_of(ctx, as_of).await?;
        read(ctx, move || {
            let names = snapshot.suggest(&prefix, &kinds_of_model(kinds), limit)?;
            Ok(names.into_iter().map(Suggestion::from).collect())
        })
        .await
    }

    /// Resolves what a text means to the data that means it, with reasons, or asks back; the same question on the
    /// same version has the same answer.
    async fn resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text, and what is known of who asks.")] input: ResolveInput,
        #[graphql(desc = "Candidates to give, 100 at most.", default = 10)] first: i32,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Resolution> {
        let limits = &shared(ctx)?.limits;
        most(Measured::TextBytes, input.bytes(), limits.text_bytes)?;
        let limit = page_size(Some(first), limits)?;
        let snapshot = snapshot_as_of(ctx, as_of).await?;
        read(ctx, move || {
            let resolution = snapshot.resolve(&input.request(limit))?;
            Ok(Resolution::read(&snapshot, resolution))
        })
        .await
    }

    /// Lists the sources in the order of their names.
    async fn sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Vec<Source>> {
        let snapshot = snapshot_as_of(ctx, as_of).await?;
        Ok(SourceRef::all(&snapshot).into_iter().map(Source).collect())
    }

    /// Tells what answers, and what it allows.
    async fn server_info(&self, ctx: &Context<'_>) -> Result<ServerInfo> {
        let shared = shared(ctx)?;
        let snapshot: &Snapshot = &operation(ctx)?.snapshot;
        Ok(ServerInfo::new(
            snapshot,
            shared.isogloss.is_durable(),
            &shared.limits,
        ))
    }
}

/// Which entities a root list shows.
struct Scope {
    kind: Kind,
    domain: Option<String>,
    product: Option<String>,
}

impl Scope {
    fn all(kind: Kind) -> Self {
        Self {
            kind,
            domain: None,
            product: None,
        }
    }

    fn entities<'m>(&self, model: &'m Model<'m>) -> Result<Vec<EntityView<'m>>> {
        let unknown = |iri: &str| isogloss::Error::UnknownEntity {
            iri: iri.to_owned(),
        };
        if let Some(iri) = &self.product {
            let product = model.product(iri).ok_or_else(|| unknown(iri))?;
            let mut datasets: Vec<EntityView<'m>> =
                product.datasets().iter().map(|it| **it).collect();
            if let Some(domain) = &self.domain {
                model.domain(domain).ok_or_else(|| unknown(domain))?;
                datasets.retain(|dataset| dataset.domains().iter().any(|it| it.iri() == *domain));
            }
            return Ok(datasets);
        }
        let Some(iri) = &self.domain else {
            return Ok(model.entities(self.kind));
        };
        let domain = model.domain(iri).ok_or_else(|| unknown(iri))?;
        Ok(match self.kind {
            Kind::DataProduct => domain.data_products().iter().map(|it| **it).collect(),
            Kind::Dataset => domain.datasets().iter().map(|it| **it).collect(),
            Kind::Term => domain.glossary().iter().map(|it| **it).collect(),
            Kind::Metric => domain.metrics().iter().map(|it| **it).collect(),
            _ => Vec::new(),
        })
    }
}

/// What a root list is asked for.
struct Asked {
    first: Option<i32>,
    after: Option<String>,
    order_by: EntityOrder,
    as_of: Option<AsOf>,
}

/// Makes a page of a root list on a worker, for the whole list is read to be counted and ordered.
async fn list<T>(ctx: &Context<'_>, scope: Scope, asked: Asked) -> Result<Connection<T>>
where
    T: From<EntityRef> + Send + 'static,
{
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    let name = [
        scope.kind.as_str(),
        &part(&scope.domain),
        &part(&scope.product),
        asked.order_by.as_str(),
    ];
    let page = page(ctx, &name, asked.first, asked.after.as_deref())?;
    let snapshot = snapshot_as_of(ctx, asked.as_of).await?;
    read(ctx, move || {
        let model = snapshot.model();
        let mut entities = scope.entities(&model)?;
        if asked.order_by == EntityOrder::Centrality {
            let centrality = snapshot.centrality();
            // Stable: what is equally central stays in the order of the IRIs.
            entities.sort_by_cached_key(|entity| {
                std::cmp::Reverse(ordered(centrality.of_entity(*entity).score))
            });
        }
        Ok(page_of(&snapshot, entities, page))
    })
    .await
}

/// The bits of a number that is not negative order as the numbers do.
fn ordered(score: f64) -> u64 {
    score.max(0.0).to_bits()
}

pub(crate) fn count<T: TryFrom<i32>>(argument: &'static str, value: i32, min: i32) -> Result<T> {
    let refused = || Error::TooSmall {
        argument,
        value: value.into(),
        min: min.into(),
    };
    if value < min {
        Err(refused())
    } else {
        T::try_from(value).map_err(|_| refused())
    }
}
