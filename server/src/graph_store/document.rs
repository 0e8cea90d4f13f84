//! The documents of a write: one as the body, or several in a form.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use isogloss::connectors::{self, Input, Kind, Options, Report, Severity};
use isogloss::graph::SourceName;
use isogloss::graph::rdf::Statement;

use crate::body;
use crate::problem::{Answer, Chain, Problem};
use crate::sparql::unsupported;
use crate::state::App;

/// The types that are read, with the extension by which the reader knows them.
const TYPES: [(&str, &str); 8] = [
    ("text/turtle", "ttl"),
    ("application/turtle", "ttl"),
    ("application/x-turtle", "ttl"),
    ("application/n-triples", "nt"),
    ("application/rdf+xml", "rdf"),
    ("application/ld+json", "jsonld"),
    ("application/xml", "rdf"),
    ("text/plain", "nt"),
];

/// The parts that one form may have.
const PARTS_MAX: usize = 1_000;

/// Reads the body and takes it apart. `label` tells the blank nodes of this request from those of others.
pub(super) async fn read(
    app: &App,
    headers: &HeaderMap,
    content: Body,
    label: &str,
) -> Answer<Vec<Input>> {
    let media_type = body::media_type(headers).unwrap_or_default();
    let boundary = (media_type == "multipart/form-data").then(|| boundary(headers));
    let extension = extension(&media_type);
    if boundary.is_none() && extension.is_none() {
        return Err(refused(&media_type));
    }
    let limit = app.config.limits.ingest_bytes;
    let bytes = body::read(headers, content, "the graph", limit).await?;
    match boundary {
        Some(boundary) => parts(&bytes, &boundary?, label),
        None => Ok(vec![Input {
            name: format!("{label}.{}", extension.unwrap_or("ttl")),
            bytes: bytes.to_vec(),
        }]),
    }
}

fn refused(media_type: &str) -> Problem {
    unsupported(media_type).hint(
        "send text/turtle, application/n-triples, application/rdf+xml or application/ld+json, or such parts as \
         multipart/form-data",
    )
}

fn extension(media_type: &str) -> Option<&'static str> {
    let found = TYPES.iter().find(|(known, _)| *known == media_type);
    found.map(|(_, extension)| *extension)
}

/// Parses the documents; a graph that is not right from end to end changes nothing.
pub(super) fn parse(inputs: Vec<Input>, source: &SourceName) -> Answer<Vec<Statement>> {
    let inputs: Vec<Input> = inputs.into_iter().filter(says_something).collect();
    if inputs.is_empty() {
        return Ok(Vec::new());
    }
    let options = Options {
        base_iri: Some(source.graph_iri().into_string()),
        ..Options::new(source.clone())
    };
    match connectors::read(Kind::Rdf, inputs, &options) {
        Ok(read) => check(&read.report).map(|()| read.statements),
        Err(connectors::Error::NothingRead { report, .. }) => check(&report).map(|()| Vec::new()),
        Err(error) => Err(Problem::bad_request(Chain(&error).to_string())),
    }
}

fn says_something(input: &Input) -> bool {
    !input.bytes.iter().all(u8::is_ascii_whitespace)
}

/// Refuses a document with an error, and names the first.
fn check(report: &Report) -> Answer<()> {
    if report.errors == 0 {
        return Ok(());
    }
    let mut diagnostics = report.diagnostics.iter();
    let first = diagnostics.find(|diagnostic| diagnostic.severity == Severity::Error);
    let message = first.map_or("the document cannot be read", |first| &first.message);
    let mut problem = Problem::bad_request(format!("the graph is not valid: {message}"));
    if let Some(line) = first.and_then(|first| first.location.line) {
        problem = problem.with("line", line);
    }
    Err(problem.with("errors", report.errors))
}

/// Takes the boundary out of the content type.
fn boundary(headers: &HeaderMap) -> Answer<Vec<u8>> {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let boundary = value.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is = name.trim().eq_ignore_ascii_case("boundary");
        is.then(|| value.trim().trim_matches('"').to_owned())
    });
    match boundary {
        Some(boundary) if (1..=70).contains(&boundary.len()) => Ok(format!("--{boundary}").into()),
        _ => Err(broken("its content type has no boundary")),
    }
}

fn broken(what: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "BAD_USER_INPUT",
        format!("the form cannot be read: {what}"),
    )
}

/// Splits a form into its parts, each with a type of its own.
fn parts(bytes: &[u8], boundary: &[u8], label: &str) -> Answer<Vec<Input>> {
    let mut rest = match find(bytes, boundary) {
        Some(at) => &bytes[at + boundary.len()..],
        None => return Err(broken("its boundary does not stand in it")),
    };
    let mut inputs = Vec::new();
    while !rest.starts_with(b"--") {
        let end = find(rest, boundary).ok_or_else(|| broken("it has no end"))?;
        let (part, after) = rest.split_at(end);
        rest = &after[boundary.len()..];
        if inputs.len() >= PARTS_MAX {
            return Err(broken("it has too many parts"));
        }
        inputs.push(self::part(part, &format!("{label}-{}", inputs.len()))?);
    }
    Ok(inputs)
}

/// Reads one part: headers, an empty line, the document.
fn part(part: &[u8], label: &str) -> Answer<Input> {
    let blank = find(part, b"\r\n\r\n").map(|at| (at, at + 4));
    let blank = blank.or_else(|| find(part, b"\n\n").map(|at| (at, at + 2)));
    let (end, begin) = blank.ok_or_else(|| broken("a part has no headers"))?;
    let (head, content) = (&part[..end], &part[begin..]);
    let head = String::from_utf8_lossy(head);
    let media_type = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is = name.trim().eq_ignore_ascii_case("content-type");
        is.then(|| {
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        })
    });
    let media_type = media_type.unwrap_or_else(|| "text/plain".to_owned());
    let extension = extension(&media_type).ok_or_else(|| refused(&media_type))?;
    // The line break before the next boundary belongs to that.
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    Ok(Input {
        name: format!("{label}.{extension}"),
        bytes: content.to_vec(),
    })
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_taken_apart_or_refused() {
        let form = b"--x\r\nContent-Type: text/turtle\r\n\r\n<a:a> <a:b> <a:c> .\r\n--x\r\ncontent-type: application/n-triples\r\n\r\n\r\n--x--\r\n";
        let inputs = parts(form, b"--x", "r").expect("it is a form");
        let names: Vec<_> = inputs.iter().map(|input| input.name.as_str()).collect();
        assert_eq!(names, ["r-0.ttl", "r-1.nt"]);
        assert_eq!(inputs[0].bytes, b"<a:a> <a:b> <a:c> .");
        for broken in [
            "",
            "--y--",
            "--x",
            "--x\r\n",
            "--x\r\nContent-Type: text/turtle\r\n--x--",
            "--x\r\nContent-Type: image/png\r\n\r\n1\r\n--x--",
            "--x\r\nContent-Type: text/turtle\r\n\r\n1\r\n",
        ] {
            assert!(parts(broken.as_bytes(), b"--x", "r").is_err(), "{broken}");
        }
        let nothing = parts(b"--x--", b"--x", "r").expect("a form without parts");
        assert!(nothing.is_empty());
    }
}
