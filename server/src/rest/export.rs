//! `GET /export`: the graph, or one source's part of it, as RDF.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use isogloss::graph::export::{self, Selection};
use isogloss::graph::results::GraphFormat;

use super::{not_found, source_name};
use crate::params::{Params, not_a};
use crate::problem::{Answer, Problem};
use crate::sparql::{GRAPHS, choose, not_acceptable, problem, with_charset};
use crate::state::App;
use crate::stream;

/// Formats by name. TriG comes first: it keeps the source of each statement and is readable.
const FORMATS: [(&str, &str, GraphFormat); 6] = [
    ("trig", "application/trig", GraphFormat::TriG),
    ("nquads", "application/n-quads", GraphFormat::NQuads),
    ("turtle", "text/turtle", GraphFormat::Turtle),
    ("ntriples", "application/n-triples", GraphFormat::NTriples),
    ("rdfxml", "application/rdf+xml", GraphFormat::RdfXml),
    ("jsonld", "application/ld+json", GraphFormat::JsonLd),
];

/// Writes every statement, of one source or of all.
pub(crate) async fn export(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    let mut params = Params::parse(query.as_deref().unwrap_or_default());
    let source = params
        .one("source")?
        .map(|name| source_name(&name))
        .transpose()?;
    let (media_type, format) = format(&mut params, &headers)?;
    let snapshot = app.snapshot(&mut params).await?;
    params.finish()?;
    let selection = match &source {
        // Formats that can name graphs carry every claim with its source, the others the merged view.
        None if format.names_graphs() => Selection::Claims,
        None => Selection::Merged,
        Some(name) => match snapshot.sources().iter().find(|known| known.name == *name) {
            Some(known) => Selection::Source(known.id),
            None => return Err(not_found(format!("source `{name}` does not exist"))),
        },
    };
    let permit = app.heavy().await?;
    let version = snapshot.version().0;
    stream::answer(version, permit, (), move |output| {
        output.media_type(with_charset(media_type));
        let prefixes = isogloss::model::prefixes();
        export::write(snapshot.graph(), selection, format, prefixes, output).map_err(problem)?;
        Ok(())
    })
    .await
}

/// Takes the format by name, or by the `Accept` header.
fn format(params: &mut Params, headers: &HeaderMap) -> Answer<(&'static str, GraphFormat)> {
    let Some(name) = params.one("format")? else {
        let mut offers = FORMATS
            .map(|(_, media_type, format)| (media_type, format))
            .to_vec();
        offers.extend(GRAPHS);
        return choose(headers, &offers).ok_or_else(not_acceptable);
    };
    let found = FORMATS
        .iter()
        .find(|(known, ..)| known.eq_ignore_ascii_case(&name));
    found
        .map(|(_, media_type, format)| (*media_type, *format))
        .ok_or_else(|| -> Problem {
            let known: Vec<_> = FORMATS.iter().map(|(known, ..)| *known).collect();
            not_a("format", &name, &format!("one of {}", known.join(", ")))
        })
}
