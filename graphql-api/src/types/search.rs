//! The type `SearchConnection`.

use std::sync::Arc;

use async_graphql::connection::PageInfo;
use async_graphql::{InputObject, SimpleObject};
use isogloss::Snapshot;
use isogloss::search::{SearchRequest, SearchResults};

use crate::cursor::Page;
use crate::types::{Entity, EntityKind, Facet, FacetField, kinds_of_model, page_info};

/// Which entities a search keeps; every part that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SearchFilter {
    /// Of one of these kinds.
    kinds: Option<Vec<EntityKind>>,
    /// In one of these domains, by IRI or label.
    domains: Option<Vec<String>>,
    /// Named by one of these sources.
    sources: Option<Vec<String>>,
}

impl SearchFilter {
    /// Names the list that a cursor belongs to.
    pub(crate) fn fingerprint(&self) -> String {
        format!("{self:?}")
    }

    /// Makes the request for one page.
    pub(crate) fn request(
        self,
        text: String,
        facets: Option<Vec<FacetField>>,
        page: Page,
    ) -> SearchRequest {
        SearchRequest {
            text,
            kinds: kinds_of_model(self.kinds),
            domains: self.domains.unwrap_or_default(),
            sources: self.sources.unwrap_or_default(),
            limit: page.size,
            offset: page.offset,
            facets: facets
                .unwrap_or_default()
                .into_iter()
                .map(Into::into)
                .collect(),
        }
    }
}

/// A page of search hits, the best first.
#[derive(SimpleObject)]
pub struct SearchConnection {
    /// The hits of the page.
    edges: Vec<SearchEdge>,
    /// Where the page stands among the hits.
    page_info: PageInfo,
    /// Hits in all.
    total_count: u64,
    /// How all hits divide, by each field that was asked for.
    facets: Vec<Facet>,
    /// The query with its unknown words corrected, where there is a better spelling.
    did_you_mean: Option<String>,
    /// Time that the search took, in milliseconds.
    took_ms: f64,
    /// Version of the graph that was searched.
    version: u64,
}

/// A search hit.
#[derive(SimpleObject)]
pub struct SearchEdge {
    /// Place of the hit, for `after`.
    cursor: String,
    /// The entity that was found.
    node: Entity,
    /// How well it fits; comparable within one answer only.
    score: f32,
    /// Where the words of the query were found.
    matched_fields: Vec<MatchedField>,
}

/// A field in which words of the query were found.
#[derive(SimpleObject)]
pub struct MatchedField {
    /// Name of the field, for instance `label` or `synonym`.
    field: String,
    /// What stands in the field.
    value: String,
}

impl SearchConnection {
    /// Takes the results of a search of `snapshot`.
    pub(crate) fn read(
        snapshot: &Arc<Snapshot>,
        results: SearchResults,
        page: Page,
        took_ms: f64,
    ) -> Self {
        let count = results.hits.len();
        let hits = results.hits.into_iter().zip(page.offset..);
        let edges = hits.filter_map(|(hit, index)| {
            Some(SearchEdge {
                cursor: page.cursor(index),
                node: Entity::find(snapshot, &hit.iri)?,
                score: hit.score,
                matched_fields: hit
                    .matched
                    .into_iter()
                    .map(|matched| MatchedField {
                        field: matched.field.to_owned(),
                        value: matched.value,
                    })
                    .collect(),
            })
        });
        Self {
            edges: edges.collect(),
            page_info: page_info(page, count, results.total),
            total_count: results.total as u64,
            facets: results.facets.into_iter().map(Facet::from).collect(),
            did_you_mean: results.did_you_mean,
            took_ms,
            version: snapshot.version().0,
        }
    }
}
