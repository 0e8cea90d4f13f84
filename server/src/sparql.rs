//! The SPARQL 1.1 Protocol: queries by GET, by form and by body, answered in the format that the client prefers;
//! updates by form and by body.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use isogloss::Snapshot;
use isogloss::graph::entail::Regime;
use isogloss::graph::rdf::NamedNode;
use isogloss::graph::results::{self, GraphFormat, ResultsFormat};
use isogloss::graph::sparql::{
    CancellationToken, GraphChoice, ParseLimits, Query, QueryOptions, ResultKind,
};
use isogloss::graph::{Budget, Error as GraphError, SourceName, TextLimit};

use crate::config::DefaultGraph;
use crate::params::{Params, not_a};
use crate::problem::{Answer, Problem};
use crate::state::App;
use crate::stream::{CancelOnDrop, Output};
use crate::{body, negotiate, stream};

mod description;
mod update;

pub(crate) use update::off as updates_off;

/// Formats of SELECT and ASK, the preferred one first.
const TABLES: [(&str, ResultsFormat); 7] = [
    ("application/sparql-results+json", ResultsFormat::Json),
    ("application/sparql-results+xml", ResultsFormat::Xml),
    ("text/csv", ResultsFormat::Csv),
    ("text/tab-separated-values", ResultsFormat::Tsv),
    ("application/json", ResultsFormat::Json),
    ("application/xml", ResultsFormat::Xml),
    ("text/xml", ResultsFormat::Xml),
];

/// Formats of CONSTRUCT and DESCRIBE, the preferred one first.
pub(crate) const GRAPHS: [(&str, GraphFormat); 10] = [
    ("text/turtle", GraphFormat::Turtle),
    ("application/n-triples", GraphFormat::NTriples),
    ("application/n-quads", GraphFormat::NQuads),
    ("application/trig", GraphFormat::TriG),
    ("application/rdf+xml", GraphFormat::RdfXml),
    ("application/ld+json", GraphFormat::JsonLd),
    ("application/turtle", GraphFormat::Turtle),
    ("application/json", GraphFormat::JsonLd),
    ("application/xml", GraphFormat::RdfXml),
    ("text/plain", GraphFormat::NTriples),
];

/// What the parameters say.
struct Asked {
    text: String,
    base: String,
    /// The dataset of the protocol, which goes before that of the query.
    graphs: Option<GraphChoice>,
    snapshot: Arc<Snapshot>,
    /// What follows by this regime is asked too.
    entailment: Option<Regime>,
}

/// Answers a query in the URL, or describes the service.
pub(crate) async fn get(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    let params = Params::parse(query.as_deref().unwrap_or_default());
    if params.is_empty() {
        return description::describe(&app, &base(&uri, &headers), &headers);
    }
    if params.has("update") {
        return Err(Problem::bad_request(
            "an update is sent by POST, not in the URL",
        ));
    }
    let asked = asked(&app, params, None, base(&uri, &headers)).await?;
    run(&app, &headers, asked).await
}

/// Answers a query in the body, or applies an update.
pub(crate) async fn post(State(app): State<App>, request: Request) -> Answer {
    let (parts, content) = request.into_parts();
    let mut params = Params::parse(parts.uri.query().unwrap_or_default());
    let media_type = body::media_type(&parts.headers).unwrap_or_default();
    let base = base(&parts.uri, &parts.headers);
    let is_known = [
        "application/x-www-form-urlencoded",
        "application/sparql-query",
        "application/sparql-update",
    ]
    .contains(&media_type.as_str());
    if !is_known {
        return Err(unsupported(&media_type).hint(
            "send application/sparql-query, application/sparql-update, or application/x-www-form-urlencoded with \
             `query` or `update`",
        ));
    }
    let limit = app.config.limits.sparql_bytes;
    let bytes = body::read(&parts.headers, content, "the query", limit).await?;
    let text = text(&bytes)?;
    let text = match media_type.as_str() {
        "application/sparql-update" => {
            return update::run(&app, params, text.to_owned(), base).await;
        }
        "application/sparql-query" => Some(text.to_owned()),
        _ => {
            params.extend(Params::parse(text));
            None
        }
    };
    if text.is_none() && params.has("update") {
        let text = params.required("update")?;
        return update::run(&app, params, text, base).await;
    }
    let asked = asked(&app, params, text, base).await?;
    run(&app, &parts.headers, asked).await
}

/// Refuses a body of a type that is not read here.
pub(crate) fn unsupported(media_type: &str) -> Problem {
    let given: String = media_type.chars().take(64).collect();
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UNSUPPORTED_MEDIA_TYPE",
        format!("the content type is `{given}`"),
    )
}

/// The address of the endpoint as the client names it, against which relative IRIs are resolved.
fn base(uri: &Uri, headers: &HeaderMap) -> String {
    format!("{}{}", origin(uri, headers), uri.path())
}

/// Scheme and host as the client names them; the guard has looked at the host.
pub(crate) fn origin(uri: &Uri, headers: &HeaderMap) -> String {
    let given = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = uri.authority().map(Authority::as_str).or(given);
    format!("http://{}", host.unwrap_or("localhost"))
}

/// Reads the body as text.
fn text(bytes: &Bytes) -> Answer<&str> {
    std::str::from_utf8(bytes).map_err(|error| {
        Problem::bad_request(format!(
            "the body is not UTF-8 from byte {} on",
            error.valid_up_to()
        ))
    })
}

/// Reads the parameters; a query in the body leaves none for them.
async fn asked(app: &App, mut params: Params, body: Option<String>, base: String) -> Answer<Asked> {
    let text = match body {
        Some(text) => text,
        None => params.required("query")?,
    };
    let limit = app.config.limits.sparql_bytes;
    if text.len() > limit {
        return Err(Problem::too_large("the query", limit));
    }
    let graphs = GraphChoice {
        default: graphs(&mut params, "default-graph-uri")?,
        named: graphs(&mut params, "named-graph-uri")?,
    };
    let snapshot = app.snapshot(&mut params).await?;
    let entailment = match params.one("entailment")? {
        Some(name) => Regime::choose(&name).map_err(problem)?,
        None => None,
    };
    params.finish()?;
    Ok(Asked {
        entailment,
        text,
        base,
        graphs: (graphs != GraphChoice::default()).then_some(graphs),
        snapshot,
    })
}

/// Takes the graphs of the protocol's dataset.
fn graphs(params: &mut Params, name: &str) -> Answer<Vec<NamedNode>> {
    let read = |iri: String| NamedNode::new(&iri).map_err(|_| not_a(name, &iri, "an absolute IRI"));
    params.many(name).into_iter().map(read).collect()
}

/// The limits of a text, of which the size is configured.
fn limits(app: &App) -> ParseLimits {
    ParseLimits {
        max_bytes: app.config.limits.sparql_bytes,
        ..ParseLimits::default()
    }
}

/// Runs a query on a thread of its own and answers while it runs.
async fn run(app: &App, headers: &HeaderMap, asked: Asked) -> Answer {
    let chosen = Chosen {
        table: choose(headers, &TABLES),
        graph: choose(headers, &GRAPHS),
    };
    let permit = app.heavy().await?;
    let cancel = CancellationToken::new();
    let (options, limits) = (
        options(app, asked.graphs.clone(), cancel.clone()),
        limits(app),
    );
    let guard = CancelOnDrop::new(move || cancel.cancel());
    let version = asked.snapshot.version().0;
    stream::answer(version, permit, guard, move |output| {
        write(&asked, &limits, &options, chosen, output)
    })
    .await
}

/// Sets the budgets of a query.
#[expect(
    clippy::field_reassign_with_default,
    reason = "the options are non-exhaustive: no struct expression of them here"
)]
fn options(app: &App, graphs: Option<GraphChoice>, cancel: CancellationToken) -> QueryOptions {
    let limits = &app.config.limits;
    let mut options = QueryOptions::default();
    options.deadline = Some(app.config.timeouts.query());
    options.max_statements = limits.sparql_statements;
    options.max_rows = limits.sparql_rows;
    options.cancel = cancel;
    options.graphs = graphs;
    options.default_graph = match app.config.sparql.default_graph {
        DefaultGraph::Merged => None,
        DefaultGraph::People => Some(SourceName::people()),
    };
    options
}

/// The formats that the client prefers, for either kind of result.
#[derive(Clone, Copy)]
struct Chosen {
    table: Option<(&'static str, ResultsFormat)>,
    graph: Option<(&'static str, GraphFormat)>,
}

/// Parses, evaluates and writes.
fn write(
    asked: &Asked,
    limits: &ParseLimits,
    options: &QueryOptions,
    chosen: Chosen,
    output: &mut Output,
) -> Answer<()> {
    let query = Query::parse(&asked.text, Some(&asked.base), limits).map_err(problem)?;
    let (media_type, format) = match query.result_kind() {
        ResultKind::Graph => chosen
            .graph
            .map(|(media_type, format)| (media_type, results::Format::Graph(format))),
        ResultKind::Boolean | ResultKind::Solutions => chosen
            .table
            .map(|(media_type, format)| (media_type, results::Format::Results(format))),
    }
    .ok_or_else(not_acceptable)?;
    output.media_type(with_charset(media_type));
    let graph = asked
        .snapshot
        .with_entailment(asked.entailment)
        .map_err(|error| of_isogloss(&error))?;
    let options = QueryOptions {
        text: Some(asked.snapshot.text_search()),
        ..options.clone()
    };
    let found = graph.query(&query, &options).map_err(problem)?;
    results::write(found, format, output).map_err(problem)?;
    Ok(())
}

/// Says of the textual types that they are UTF-8, which is not what HTTP would take them for.
pub(crate) fn with_charset(media_type: &'static str) -> &'static str {
    match media_type {
        "text/csv" => "text/csv; charset=utf-8",
        "text/tab-separated-values" => "text/tab-separated-values; charset=utf-8",
        "text/turtle" => "text/turtle; charset=utf-8",
        "text/plain" => "text/plain; charset=utf-8",
        "text/xml" => "text/xml; charset=utf-8",
        other => other,
    }
}

/// Chooses a format by the `Accept` header.
pub(crate) fn choose<F: Copy>(
    headers: &HeaderMap,
    offers: &[(&'static str, F)],
) -> Option<(&'static str, F)> {
    let types: Vec<&str> = offers.iter().map(|(media_type, _)| *media_type).collect();
    negotiate::choose(headers, &types).and_then(|index| offers.get(index).copied())
}

pub(crate) fn not_acceptable() -> Problem {
    let offered: Vec<&str> = TABLES
        .iter()
        .take(4)
        .map(|(media_type, _)| *media_type)
        .collect();
    let graphs: Vec<&str> = GRAPHS
        .iter()
        .take(6)
        .map(|(media_type, _)| *media_type)
        .collect();
    Problem::new(
        StatusCode::NOT_ACCEPTABLE,
        "NOT_ACCEPTABLE",
        "the request accepts none of the formats that the result can be written in",
    )
    .with("tables", offered)
    .with("graphs", graphs)
}

/// Gives an error of a query its status: 400 with the place, 408 or 503 with the budget, 413.
pub(crate) fn problem(error: GraphError) -> Problem {
    of_isogloss(&isogloss::Error::from(error))
}

/// Gives an error of the graph, or of what is around it, its status.
pub(crate) fn of_isogloss(error: &isogloss::Error) -> Problem {
    let problem = Problem::from_isogloss(error);
    let isogloss::Error::Graph(error) = error else {
        return problem;
    };
    match error {
        GraphError::QuerySyntax { message } => match place(message) {
            Some((line, column)) => problem.with("line", line).with("column", column),
            None => problem,
        },
        GraphError::OverBudget { budget } => {
            let (status, name) = match budget {
                Budget::Deadline(_) => (StatusCode::REQUEST_TIMEOUT, "deadline"),
                Budget::Statements(_) => (StatusCode::SERVICE_UNAVAILABLE, "statements"),
                Budget::Rows(_) => (StatusCode::SERVICE_UNAVAILABLE, "rows"),
                Budget::ResultBytes(_) => (StatusCode::SERVICE_UNAVAILABLE, "result_bytes"),
                Budget::Written(_) => (StatusCode::SERVICE_UNAVAILABLE, "written"),
                _ => (StatusCode::SERVICE_UNAVAILABLE, "value_bytes"),
            };
            Problem::new(status, "BUDGET_EXCEEDED", error.to_string())
                .hint("ask for less: a LIMIT, a narrower pattern, fewer unconnected parts")
                .with("budget", name)
        }
        GraphError::QueryTooLarge {
            what: TextLimit::Bytes,
            limit,
            ..
        } => Problem::too_large("the query", *limit),
        _ => problem,
    }
}

/// Finds `line:column` in the parser's message.
fn place(message: &str) -> Option<(u64, u64)> {
    message.split_whitespace().find_map(|word| {
        let (line, column) = word.trim_end_matches([':', ',', '.']).split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_syntax_error_is_read() {
        assert_eq!(place("error at 3:14: expected one of"), Some((3, 14)));
        assert_eq!(place("no place here"), None);
    }
}
