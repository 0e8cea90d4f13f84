//! Walks along the graph: lineage, paths, impact, and the history of its entities.

use async_graphql::{Context, Object};
use isogloss::graph::traverse;
use isogloss::{ImpactRequest, LineageRequest};

use super::count;
use crate::context::{read, shared, snapshot_as_of};
use crate::cursor::page_size;
use crate::error::{Measured, Result};
use crate::limits::{LINEAGE_NODES_DEFAULT, PATHS_DEFAULT, most};
use crate::scalars::AsOf;
use crate::types::{
    ChangeFilter, EntityChangePage, Impact, ImpactQuestion, Lineage, LineageDirection,
    LineageFilter, LineageLevel, Paths,
};

/// Walks along the graph.
#[derive(Default)]
pub(crate) struct Walks;

#[Object]
impl Walks {
    /// Follows data to its origins and to what is made from it. What two sources call by two names is one.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    async fn lineage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "IRI of the dataset, column or other entity to start from.")] iri: String,
        #[graphql(desc = "Which way to go.", default_with = "LineageDirection::Both")]
        direction: LineageDirection,
        #[graphql(desc = "Between what to go.", default_with = "LineageLevel::Dataset")]
        level: LineageLevel,
        #[graphql(desc = "Which entities to show, all unless given.")] filter: Option<
            LineageFilter,
        >,
        #[graphql(
            desc = "Predicates to follow, by IRI or its part after the last `#`, `/` or `:`; `prov:wasDerivedFrom` unless given."
        )]
        predicates: Option<Vec<String>>,
        #[graphql(desc = "Steps to go at most.", default = 5)] max_hops: i32,
        #[graphql(desc = "Entities to reach at most: 200 unless given, 2,000 at most.")]
        max_nodes: Option<i32>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Lineage> {
        let request = LineageRequest {
            direction: direction.into(),
            level: level.into(),
            predicates: predicates.unwrap_or_default(),
            filter: filter.unwrap_or_default().into_model(),
            max_hops: count("maxHops", max_hops, 0)?,
            max_nodes: nodes(ctx, max_nodes)?,
        };
        let snapshot = snapshot_as_of(ctx, as_of).await?;
        read(ctx, move || {
            Ok(Lineage::read(&snapshot, snapshot.lineage(&iri, &request)?))
        })
        .await
    }

    /// Finds the ways by which data gets from one entity to another, the shortest first.
    async fn paths(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "IRI of the entity that the data comes from.")] from: String,
        #[graphql(desc = "IRI of the entity that the data gets to.")] to: String,
        #[graphql(desc = "Ways to find at most: 3 unless given, 20 at most.")] k: Option<i32>,
        #[graphql(desc = "Steps of one way at most.", default = 20)] max_hops: i32,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Paths> {
        let limits = &shared(ctx)?.limits;
        let k = match k {
            Some(given) => count("k", given, 1)?,
            None => PATHS_DEFAULT as usize,
        };
        most(Measured::Paths, k as u64, limits.paths)?;
        let max_hops = count("maxHops", max_hops, 0)?;
        let bounds = traverse::Limits {
            max_hops,
            max_nodes: limits.lineage_nodes as usize,
        };
        let snapshot = snapshot_as_of(ctx, as_of).await?;
        read(ctx, move || {
            let found = snapshot.paths(&from, &to, k, bounds)?;
            Ok(Paths::read(&snapshot, found))
        })
        .await
    }

    /// Follows a change through meaning: from a column to its dataset, what is made from it, its metrics, terms,
    /// products, contracts, policies and owners, each with the reason.
    async fn impact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "IRI of what changes.")] iri: String,
        #[graphql(desc = "What to ask.", default_with = "ImpactQuestion::Impact")]
        question: ImpactQuestion,
        #[graphql(desc = "Steps to go at most.", default = 10)] max_hops: i32,
        #[graphql(desc = "Things to reach at most: 200 unless given, 2,000 at most.")]
        max_nodes: Option<i32>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Impact> {
        let request = ImpactRequest {
            question: question.into(),
            max_hops: count("maxHops", max_hops, 0)?,
            max_nodes: nodes(ctx, max_nodes)?,
        };
        let snapshot = snapshot_as_of(ctx, as_of).await?;
        read(ctx, move || {
            Ok(Impact::read(&snapshot, snapshot.impact(&iri, &request)?))
        })
        .await
    }

    /// Tells what commits did to entities, oldest first, from a place on.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Where to go on from: a cursor of this feed, a version or a time; the first version that is kept unless given."
        )]
        after: Option<String>,
        #[graphql(desc = "Events to give at most, 20 unless given, 100 at most.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Which events to give, all unless given.")] filter: Option<ChangeFilter>,
    ) -> Result<EntityChangePage> {
        let shared = shared(ctx)?;
        let first = page_size(first, &shared.limits)?;
        let filter = filter.unwrap_or_default().into_feed();
        let isogloss = shared.isogloss.clone();
        let after = match after {
            Some(text) => isogloss.place(&text, shared.clock.now())?,
            None => isogloss.oldest_cursor(),
        };
        read(ctx, move || {
            let page = isogloss.entity_changes(after, first, &filter)?;
            Ok(EntityChangePage::from(page))
        })
        .await
    }
}

/// Reads the argument `maxNodes`.
fn nodes(ctx: &Context<'_>, max_nodes: Option<i32>) -> Result<usize> {
    let max_nodes = match max_nodes {
        Some(given) => count("maxNodes", given, 1)?,
        None => LINEAGE_NODES_DEFAULT as usize,
    };
    most(
        Measured::LineageNodes,
        max_nodes as u64,
        shared(ctx)?.limits.lineage_nodes,
    )?;
    Ok(max_nodes)
}
