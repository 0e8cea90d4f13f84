//! The SPARQL 1.1 Graph Store HTTP Protocol: whole graphs, read and written by their address.
//!
//! A graph is named by `?graph=IRI`, by `?default`, or is itself an address below `/store/`. Each write is one commit of
//! the source whose graph it is, with the rights that SPARQL Update has.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use isogloss::graph::export::{self, Selection};
use isogloss::graph::rdf::Statement;
use isogloss::graph::{SourceName, Version, results};
use isogloss::{GraphChange, GraphWrite, GraphWritten, Snapshot};

use crate::config::DefaultGraph;
use crate::observe::{GRAPH_VERSION, REQUEST_ID};
use crate::params::{Params, not_a};
use crate::problem::{Answer, Problem};
use crate::rest::ACTOR;
use crate::sparql::{
    GRAPHS, choose, not_acceptable, of_isogloss, origin, problem, updates_off, with_charset,
};
use crate::state::{App, now};
use crate::stream;

mod document;

/// Answers all methods at both kinds of address.
pub(crate) fn routes() -> MethodRouter<App> {
    get(read).head(head).put(put).post(post).delete(delete)
}

/// Which graph a request is about.
enum Target {
    Default,
    Named(SourceName),
    /// The store itself.
    None,
}

/// Reads the address; what other parameters there are is refused.
fn target(parts: &Parts, params: &mut Params) -> Answer<Target> {
    let default = params.one("default")?;
    let graph = params.one("graph")?;
    let path = parts.uri.path();
    let direct = path.strip_prefix("/store/").filter(|rest| !rest.is_empty());
    let iri = match (direct, graph, default) {
        (None, None, None) => return Ok(Target::None),
        (None, None, Some(value)) if value.is_empty() => return Ok(Target::Default),
        (None, None, Some(value)) => return Err(not_a("default", &value, "no value")),
        (None, Some(iri), None) => iri,
        (Some(_), None, None) => format!("{}{path}", origin(&parts.uri, &parts.headers)),
        _ => {
            return Err(Problem::bad_request(
                "the request names its graph more than once",
            ));
        }
    };
    let source = SourceName::from_graph_iri(&iri);
    Ok(Target::Named(source.ok_or_else(|| {
        not_a("graph", &iri, "an absolute IRI of at most 2048 bytes")
    })?))
}

fn nameless() -> Problem {
    Problem::bad_request("the request names no graph")
        .hint("add ?default, or ?graph= with the IRI of a graph, or ask below /store/")
}

fn unknown(source: &SourceName) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "UNKNOWN_GRAPH",
        format!("graph `{}` does not exist", source.graph_iri().as_str()),
    )
}

/// What a request reads.
struct Wanted {
    /// None for an empty graph that nobody has written to yet.
    selection: Option<Selection>,
    /// The version in which it changed last.
    version: Version,
}

/// Finds what a request reads. The default graph is what a query sees outside of GRAPH.
fn wanted(app: &App, snapshot: &Snapshot, target: Target) -> Answer<Wanted> {
    let source = match (target, app.config.sparql.default_graph) {
        (Target::None, _) => return Err(nameless()),
        (Target::Named(source), _) => source,
        (Target::Default, DefaultGraph::People) => SourceName::people(),
        (Target::Default, DefaultGraph::Merged) => {
            return Ok(Wanted {
                selection: Some(Selection::Merged),
                version: snapshot.version(),
            });
        }
    };
    let known = snapshot.sources().iter().find(|info| info.name == source);
    match known {
        Some(info) => Ok(Wanted {
            selection: Some(Selection::Source(info.id)),
            version: info.version,
        }),
        None if source == SourceName::people()
            && app.config.sparql.default_graph == DefaultGraph::People =>
        {
            Ok(Wanted {
                selection: None,
                version: Version(0),
            })
        }
        None => Err(unknown(&source)),
    }
}

fn tag(version: Version) -> String {
    format!("\"{}\"", version.0)
}

/// Says whether a list of tags has this one, or is `*` where there is something.
fn names_tag(
    headers: &HeaderMap,
    name: header::HeaderName,
    version: Option<Version>,
) -> Option<bool> {
    let mut lines = headers.get_all(name).iter().peekable();
    lines.peek()?;
    let own = version.map(tag);
    let named = lines.filter_map(|line| line.to_str().ok()).any(|line| {
        line.split(',').map(str::trim).any(|tag| {
            own.as_deref()
                .is_some_and(|own| tag == "*" || tag.trim_start_matches("W/") == own)
        })
    });
    Some(named)
}

/// The head of an answer with a graph, or that it has not changed.
struct Found {
    wanted: Wanted,
    media_type: &'static str,
    format: results::GraphFormat,
    snapshot: std::sync::Arc<Snapshot>,
    unchanged: bool,
}

async fn find(app: &App, parts: &Parts) -> Answer<Found> {
    let mut params = Params::parse(parts.uri.query().unwrap_or_default());
    let target = target(parts, &mut params)?;
    let snapshot = app.snapshot(&mut params).await?;
    params.finish()?;
    let (media_type, format) = choose(&parts.headers, &GRAPHS).ok_or_else(not_acceptable)?;
    let wanted = wanted(app, &snapshot, target)?;
    let unchanged = names_tag(&parts.headers, header::IF_NONE_MATCH, Some(wanted.version));
    Ok(Found {
        unchanged: unchanged == Some(true),
        wanted,
        media_type: with_charset(media_type),
        format,
        snapshot,
    })
}

impl Found {
    fn tagged(&self, mut response: Response) -> Response {
        if let Ok(tag) = HeaderValue::from_str(&tag(self.wanted.version)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }

    fn head(&self, status: StatusCode) -> Response {
        let headers = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static(self.media_type),
            ),
            (header::VARY, HeaderValue::from_static("accept")),
            (GRAPH_VERSION, HeaderValue::from(self.snapshot.version().0)),
        ];
        self.tagged((status, headers).into_response())
    }
}

async fn head(State(app): State<App>, request: Request) -> Answer {
    let (parts, _) = request.into_parts();
    let found = find(&app, &parts).await?;
    let status = if found.unchanged {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    Ok(found.head(status))
}

async fn read(State(app): State<App>, request: Request) -> Answer {
    let (parts, _) = request.into_parts();
    let found = find(&app, &parts).await?;
    if found.unchanged {
        return Ok(found.head(StatusCode::NOT_MODIFIED));
    }
    let permit = app.heavy().await?;
    let version = found.snapshot.version().0;
    let (snapshot, selection) = (
        std::sync::Arc::clone(&found.snapshot),
        found.wanted.selection,
    );
    let (media_type, format) = (found.media_type, found.format);
    let response = stream::answer(version, permit, (), move |output| {
        output.media_type(media_type);
        match selection {
            Some(selection) => {
                let prefixes = isogloss::model::prefixes();
                export::write(snapshot.graph(), selection, format, prefixes, output)
            }
            None => results::write_graph([], format, output),
        }
        .map_err(problem)?;
        Ok(())
    })
    .await?;
    Ok(found.tagged(response))
}

/// Replaces a graph, or makes it.
async fn put(State(app): State<App>, request: Request) -> Answer {
    write(app, request, GraphChange::Put).await
}

/// Adds to a graph, or makes it; without a graph, makes one with an address of its own.
async fn post(State(app): State<App>, request: Request) -> Answer {
    write(app, request, GraphChange::Add).await
}

async fn write(app: App, request: Request, change: fn(Vec<Statement>) -> GraphChange) -> Answer {
    let (parts, content) = request.into_parts();
    let mut params = Params::parse(parts.uri.query().unwrap_or_default());
    let target = target(&parts, &mut params)?;
    params.finish()?;
    let may_write = app.config.may_write().ok_or_else(updates_off)?;
    let adds = matches!(change(Vec::new()), GraphChange::Add(_));
    let (source, made) = match target {
        Target::Named(source) => (source, None),
        Target::Default => (SourceName::people(), None),
        Target::None if adds => {
            let iri = made(&parts);
            let source = SourceName::from_graph_iri(&iri).ok_or_else(nameless)?;
            (source, Some(iri))
        }
        Target::None => return Err(nameless()),
    };
    // Blank nodes of one request are not those of another; a graph that is put again is the same graph.
    let label = if adds {
        request_id(&parts)
    } else {
        "graph".to_owned()
    };
    let body = document::read(&app, &parts.headers, content, &label).await?;
    let permit = app.heavy().await?;
    let (isogloss, headers) = (app.isogloss.clone(), parts.headers);
    let written = stream::deep(permit, (), move || {
        let statements = document::parse(body, &source)?;
        let write = GraphWrite {
            change: change(statements),
            source,
            actor: ACTOR.to_owned(),
            time: now(),
            may_write,
        };
        let checked = |version| precondition(&headers, version).map_err(Refused::Precondition);
        isogloss
            .write_graph(write, checked)
            .map_err(Refused::problem)
    })
    .await?;
    let status = if written.existed && made.is_none() {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CREATED
    };
    Ok(done(status, &written, made))
}

/// Removes a graph. The default graph always exists, so that it can only be emptied.
async fn delete(State(app): State<App>, request: Request) -> Answer {
    let (parts, _) = request.into_parts();
    let mut params = Params::parse(parts.uri.query().unwrap_or_default());
    let target = target(&parts, &mut params)?;
    params.finish()?;
    let may_write = app.config.may_write().ok_or_else(updates_off)?;
    let (source, is_default) = match target {
        Target::Named(source) => (source, false),
        Target::Default => (SourceName::people(), true),
        Target::None => return Err(nameless()),
    };
    let permit = app.heavy().await?;
    let (isogloss, headers, name) = (app.isogloss.clone(), parts.headers, source.clone());
    let written = stream::deep(permit, (), move || {
        let write = GraphWrite {
            change: GraphChange::Delete,
            source,
            actor: ACTOR.to_owned(),
            time: now(),
            may_write,
        };
        let checked = |version| precondition(&headers, version).map_err(Refused::Precondition);
        isogloss
            .write_graph(write, checked)
            .map_err(Refused::problem)
    })
    .await?;
    if written.existed || is_default {
        Ok(done(StatusCode::NO_CONTENT, &written, None))
    } else {
        Err(unknown(&name))
    }
}

/// Why nothing was written.
enum Refused {
    Precondition(Problem),
    Graph(isogloss::Error),
}

impl From<isogloss::Error> for Refused {
    fn from(error: isogloss::Error) -> Self {
        Self::Graph(error)
    }
}

impl Refused {
    fn problem(self) -> Problem {
        match self {
            Self::Precondition(problem) => problem,
            Self::Graph(error) => of_isogloss(&error),
        }
    }
}

/// Holds the graph's version against `If-Match` and `If-None-Match`, while nobody else writes.
fn precondition(headers: &HeaderMap, version: Option<Version>) -> Answer<()> {
    let matched = names_tag(headers, header::IF_MATCH, version);
    let unmatched = names_tag(headers, header::IF_NONE_MATCH, version);
    if matched == Some(false) || unmatched == Some(true) {
        return Err(Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "PRECONDITION_FAILED",
            "the graph is not at the version that the request is for",
        ));
    }
    Ok(())
}

fn request_id(parts: &Parts) -> String {
    let id = parts.headers.get(REQUEST_ID);
    let id = id.and_then(|id| id.to_str().ok()).unwrap_or("request");
    // A client may have chosen it: twice the same would be twice the same blank nodes.
    let id: String = id
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .collect();
    format!("{id}-{}", now().0)
}

/// The address of a graph that has none yet.
fn made(parts: &Parts) -> String {
    format!(
        "{}/store/{}",
        origin(&parts.uri, &parts.headers),
        request_id(parts)
    )
}

fn done(status: StatusCode, written: &GraphWritten, made: Option<String>) -> Response {
    let version = HeaderValue::from(written.receipt.version.0);
    let mut response = (status, [(GRAPH_VERSION, version)]).into_response();
    let mut put = |name, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    };
    if let Some(iri) = made {
        put(header::LOCATION, iri);
    }
    response
}
