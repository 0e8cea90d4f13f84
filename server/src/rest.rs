//! The small REST surface: resolve, feedback, search, ingest, sources, export.

use std::time::Instant;

use axum::Json;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse;
use isogloss::graph::SourceName;
use isogloss::model::EntityKind;
use isogloss::search::{FacetField, ResolveRequest, SearchRequest};
use serde::Serialize;
use serde_json::{Value, json};

use crate::observe::GRAPH_VERSION;
use crate::params::{Params, not_a};
use crate::problem::{Answer, Problem};
use crate::state::{App, blocking, now};

mod events;
mod export;
mod feedback;
mod ingest;

pub(crate) use events::{batch, event};
pub(crate) use export::export;
pub(crate) use feedback::{forget, give, list};
pub(crate) use ingest::ingest;

/// The longest page of hits or candidates.
const PAGE_MAX: usize = 100;

/// The deepest that a page of hits may begin.
const OFFSET_MAX: usize = 10_000;

/// Who signs commits. There is no authentication yet, so it is nobody in particular.
pub(crate) const ACTOR: &str = "anonymous";

/// Resolves what a text means.
pub(crate) async fn resolve(State(app): State<App>, RawQuery(query): RawQuery) -> Answer {
    let mut params = Params::parse(query.as_deref().unwrap_or_default());
    let snapshot = app.snapshot(&mut params).await?;
    let request = ResolveRequest {
        text: params.required("text")?,
        domain: params.one("domain")?,
        product: params.one("product")?,
        recent: params.many("recent"),
        purpose: params.one("purpose")?,
        caller: params.one("caller")?,
        team: params.one("team")?,
        role: params.one("role")?,
        kinds: kinds(&mut params)?,
        limit: params.number("limit", 10, PAGE_MAX)?,
        hint: params.one("hint")?,
    };
    params.finish()?;
    let version = snapshot.version().0;
    let (resolution, took) = blocking(move || {
        let started = Instant::now();
        (snapshot.resolve(&request), started.elapsed())
    })
    .await?;
    let resolution = resolution.map_err(|error| Problem::from_isogloss(&error))?;
    app.metrics.resolve(took);
    document(version, &resolution)
}

/// Searches entities by their words.
pub(crate) async fn search(State(app): State<App>, RawQuery(query): RawQuery) -> Answer {
    let mut params = Params::parse(query.as_deref().unwrap_or_default());
    let snapshot = app.snapshot(&mut params).await?;
    let request = SearchRequest {
        text: params.required("text")?,
        kinds: kinds(&mut params)?,
        domains: params.many("domain"),
        sources: params.many("source"),
        limit: params.number("limit", 20, PAGE_MAX)?,
        offset: params.number("offset", 0, OFFSET_MAX)?,
        facets: facets(&mut params)?,
    };
    params.finish()?;
    let version = snapshot.version().0;
    let results = blocking(move || snapshot.search(&request)).await?;
    document(
        version,
        &results.map_err(|error| Problem::from_isogloss(&error))?,
    )
}

/// Lists the sources.
pub(crate) async fn sources(State(app): State<App>, RawQuery(query): RawQuery) -> Answer {
    let mut params = Params::parse(query.as_deref().unwrap_or_default());
    let snapshot = app.snapshot(&mut params).await?;
    params.finish()?;
    let sources: Vec<Value> = snapshot
        .sources()
        .iter()
        .map(|source| {
            json!({
                "name": source.name.as_str(),
                "kind": source.kind,
                "actor": source.actor,
                "statements": source.statements,
                "committed_at": source.committed_at.0,
                "version": source.version.0,
            })
        })
        .collect();
    document(snapshot.version().0, &json!({ "sources": sources }))
}

/// Makes a source say nothing any more.
pub(crate) async fn remove_source(
    State(app): State<App>,
    Path(name): Path<String>,
    request: Request,
) -> Answer {
    Params::parse(request.uri().query().unwrap_or_default()).finish()?;
    let name = source_name(&name)?;
    let permit = app.heavy().await?;
    let isogloss = app.isogloss.clone();
    let receipt = blocking(move || {
        let _permit = permit;
        isogloss.remove_source(&name, ACTOR, now())
    })
    .await?;
    let receipt = receipt.map_err(|error| Problem::from_isogloss(&error))?;
    document(
        receipt.version.0,
        &json!({ "source": receipt.source.as_str(), "removed": receipt.removed }),
    )
}

/// Answers with a document that carries its version as a member and a header.
fn document(version: u64, body: &impl Serialize) -> Answer {
    let Ok(Value::Object(mut body)) = serde_json::to_value(body) else {
        tracing::error!("an answer is not an object");
        return Err(Problem::internal());
    };
    body.insert("version".to_owned(), version.into());
    let headers = [(GRAPH_VERSION, HeaderValue::from(version))];
    Ok((headers, Json(Value::Object(body))).into_response())
}

/// Takes the kinds of entities that are wanted.
pub(crate) fn kinds(params: &mut Params) -> Answer<Vec<EntityKind>> {
    let read = |text: String| {
        text.parse::<EntityKind>().map_err(|_| {
            let known: Vec<_> = EntityKind::ALL.iter().map(|kind| kind.as_str()).collect();
            not_a("kind", &text, &format!("one of {}", known.join(", ")))
        })
    };
    params.many("kind").into_iter().map(read).collect()
}

/// Takes the fields that matches are counted by.
fn facets(params: &mut Params) -> Answer<Vec<FacetField>> {
    let read = |text: String| match text.as_str() {
        "kind" => Ok(FacetField::Kind),
        "domain" => Ok(FacetField::Domain),
        "source" => Ok(FacetField::Source),
        _ => Err(not_a("facet", &text, "one of kind, domain, source")),
    };
    params.many("facet").into_iter().map(read).collect()
}

/// Reads the name of a source.
fn source_name(text: &str) -> Answer<SourceName> {
    text.parse().map_err(|_| {
        not_a("source", text, "a name of a-z, 0-9, `.`, `_` and `-`, at most 128 long, that begins with a letter or digit, or an absolute IRI")
    })
}

/// Says that a kind of thing is not there.
fn not_found(detail: String) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "UNKNOWN_SOURCE", detail)
}
