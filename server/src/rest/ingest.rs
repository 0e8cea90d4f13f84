//! `POST /ingest`: documents that together are what one source says now.

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use base64::Engine;
use isogloss::connectors;
use isogloss::connectors::sql::Dialect;
use isogloss::connectors::{
    Diagnostic, Input, InputLimits, Kind, Location, Mapping, Severity, UsageOptions,
};
use isogloss::{Check, Ingest, ShapeSet};
use serde::Deserialize;
use serde_json::json;

use super::{ACTOR, document, source_name};
use crate::body;
use crate::params::{Params, not_a};
use crate::problem::{Answer, Chain, Problem};
use crate::state::{App, blocking, now};

/// Types that a page of another site may send without asking first, so that they are refused.
const SIMPLE_TYPES: [&str; 3] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
];

/// A decoded document may be this many times its size as sent, once it is larger than [`FREE_BYTES`].
const RATIO_MAX: u64 = 200;

/// Bytes that a document may always decode to.
const FREE_BYTES: u64 = 16 << 20;

/// Several documents in one request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    documents: Vec<Document>,
    /// The `[mapping]` of the sender's `isogloss.toml`.
    #[serde(default)]
    mapping: Mapping,
    /// What the sender could not read of the source, a sentence each.
    #[serde(default)]
    missing: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    name: String,
    /// Plain or gzip; base64 with padding.
    content_base64: String,
}

/// What the parameters say.
struct Wanted {
    request: Ingest,
    /// The name of the one document that the body is; without one the body is an envelope.
    name: Option<String>,
}

/// Replaces what a source says by what the documents say.
pub(crate) async fn ingest(State(app): State<App>, request: Request) -> Answer {
    let (parts, content) = request.into_parts();
    let wanted = wanted(Params::parse(parts.uri.query().unwrap_or_default()))?;
    check_type(body::media_type(&parts.headers).as_deref())?;
    let limits = &app.config.limits;
    let bytes = body::read(&parts.headers, content, "the request", limits.ingest_bytes).await?;
    let permit = app.heavy().await?;
    let (isogloss, total) = (app.isogloss.clone(), limits.ingest_decoded_bytes as u64);
    let ingested = blocking(move || {
        let _permit = permit;
        let mut request = wanted.request;
        request.inputs = match wanted.name {
            Some(name) => vec![decode(name, bytes.to_vec(), total)?],
            None => unpack(&bytes, total, &mut request)?,
        };
        isogloss.ingest(request).map_err(|error| refused(&error))
    })
    .await??;
    let version = match &ingested.receipt {
        Some(receipt) => receipt.version,
        None => app.isogloss.snapshot().version(),
    };
    let receipt = ingested.receipt.map(|receipt| {
        json!({
            "source": receipt.source.as_str(),
            "version": receipt.version.0,
            "added": receipt.added,
            "removed": receipt.removed,
            "statements": receipt.statements,
            "unchanged": receipt.unchanged,
        })
    });
    document(
        version.0,
        &json!({
            "receipt": receipt,
            "would": ingested.preview.map(|preview| preview.to_json()),
            "report": ingested.report,
            "validation": ingested.validation.map(|report| report.to_json()),
        }),
    )
}

/// Reads the parameters.
fn wanted(mut params: Params) -> Answer<Wanted> {
    let source = source_name(&params.required("source")?)?;
    let kind = params.required("kind")?;
    let kind: Kind = kind.parse().map_err(|_| {
        let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        not_a("kind", &kind, &format!("one of {}", known.join(", ")))
    })?;
    let name = params.one("name")?;
    let dry_run = params
        .parsed::<bool>("dry_run", "true or false")?
        .unwrap_or(false);
    let partial = params
        .parsed::<bool>("partial", "true or false")?
        .unwrap_or(false);
    let check = check(params.one("validate")?.as_deref())?;
    let usage = UsageOptions {
        dialect: params
            .one("dialect")?
            .map(|name| dialect(&name))
            .transpose()?,
        database: params.one("default_database")?,
        ..UsageOptions::default()
    };
    params.finish()?;
    let request = Ingest {
        check,
        actor: ACTOR.to_owned(),
        time: now(),
        dry_run,
        partial,
        usage,
        ..Ingest::new(source, kind, Vec::new())
    };
    Ok(Wanted { request, name })
}

/// Reads the dialect of a query log's statements.
fn dialect(name: &str) -> Answer<Dialect> {
    Dialect::of_name(name).ok_or_else(|| {
        let known: Vec<_> = Dialect::names().collect();
        not_a("dialect", name, &format!("one of {}", known.join(", ")))
    })
}

/// Reads how the source is validated before it is committed.
fn check(mode: Option<&str>) -> Answer<Option<Check>> {
    let strict = match mode {
        None => return Ok(None),
        Some("strict") => true,
        Some("report") => false,
        Some(other) => return Err(not_a("validate", other, "strict or report")),
    };
    let shapes = ShapeSet::own().map_err(|error| Problem::from_isogloss(&error))?;
    Ok(Some(Check { shapes, strict }))
}

/// A refused ingest; one that breaks the shapes says how, and one that could not be read what could not.
fn refused(error: &isogloss::Error) -> Problem {
    let problem = Problem::from_isogloss(error);
    match error {
        isogloss::Error::NotValid { report, .. } => problem.with("validation", report.to_json()),
        isogloss::Error::Damaged { report, .. }
        | isogloss::Error::Connector(connectors::Error::NothingRead { report, .. }) => {
            match serde_json::to_value(report) {
                Ok(report) => problem.with("report", report),
                Err(_) => problem,
            }
        }
        _ => problem,
    }
}

/// Refuses a body that a foreign page could have sent unasked.
pub(super) fn check_type(media_type: Option<&str>) -> Answer<()> {
    match media_type {
        Some(given) if !SIMPLE_TYPES.contains(&given) => Ok(()),
        other => {
            let given = other.unwrap_or("none");
            Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UNSUPPORTED_MEDIA_TYPE",
                format!("the content type is `{given}`, which any web page could send"),
            )
            .hint("send `content-type: application/octet-stream`, or `application/json` for {documents: [...]}"))
        }
    }
}

/// Reads the documents of an envelope.
fn unpack(bytes: &Bytes, total: u64, request: &mut Ingest) -> Answer<Vec<Input>> {
    let envelope: Envelope = serde_json::from_slice(bytes).map_err(|error| {
        Problem::bad_request(format!(
            "the body is not {{documents: [{{name, content_base64}}]}}: {error}"
        ))
        .hint("give the parameter `name` when the body is the document itself")
        .with("line", error.line())
        .with("column", error.column())
    })?;
    request.mapping = envelope.mapping;
    let missing = envelope
        .missing
        .into_iter()
        .map(|what| Diagnostic::new(Severity::Error, "not_sent", what, Location::default()));
    request.found = missing.collect();
    let mut left = total;
    let mut inputs = Vec::with_capacity(envelope.documents.len());
    for document in envelope.documents {
        let content = base64::engine::general_purpose::STANDARD
            .decode(document.content_base64.as_bytes())
            .map_err(|_| {
                Problem::bad_request(format!("the content of `{}` is not base64", document.name))
            })?;
        let input = decode(document.name, content, left)?;
        left = left.saturating_sub(input.bytes.len() as u64);
        inputs.push(input);
    }
    Ok(inputs)
}

/// Decodes one document within what may still be decoded.
pub(super) fn decode(name: String, content: Vec<u8>, left: u64) -> Answer<Input> {
    let honest = (content.len() as u64)
        .saturating_mul(RATIO_MAX)
        .max(FREE_BYTES);
    let limits = InputLimits {
        file_bytes_max: left.min(honest),
        ..InputLimits::default()
    };
    Input::decode(name, content, &limits).map_err(|error| match error {
        connectors::Error::TooLarge { .. } => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "TOO_LARGE",
            Chain(&error).to_string(),
        )
        .with("limit", limits.file_bytes_max),
        error => Problem::bad_request(Chain(&error).to_string()),
    })
}
