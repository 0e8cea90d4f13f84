//! `POST /api/v1/lineage`: events of OpenLineage, as its clients send them.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use isogloss::connectors::openlineage::{EVENT_BYTES_MAX, Event, Fault};
use serde_json::{Value, json};

use super::ingest::{check_type, decode};
use super::{ACTOR, document};
use crate::body;
use crate::observe::GRAPH_VERSION;
use crate::problem::{Answer, Problem};
use crate::state::{App, blocking, now};

/// Faults of a batch that are told one by one.
const TOLD_MAX: usize = 100;

/// Takes one event.
pub(crate) async fn event(State(app): State<App>, request: Request) -> Answer {
    let text = content(&app, request, EVENT_BYTES_MAX).await?;
    let value: Value = serde_json::from_slice(&text).map_err(|error| not_json(&error))?;
    let event = checked(value).map_err(|faults| invalid(&faults))?;
    let version = take(&app, vec![event]).await?;
    let mut response = StatusCode::CREATED.into_response();
    response
        .headers_mut()
        .insert(GRAPH_VERSION, HeaderValue::from(version));
    Ok(response)
}

/// Takes events, one a line or in a list; those that are sound are taken whatever the others are.
pub(crate) async fn batch(State(app): State<App>, request: Request) -> Answer {
    let limit = app.config.limits.ingest_bytes;
    let text = content(&app, request, limit).await?;
    let (mut events, mut failed) = (Vec::new(), Vec::new());
    let mut received = 0;
    for value in values(&text)? {
        let read = value.and_then(|value| checked(value).map_err(|faults| said(&faults)));
        match read {
            Ok(event) => events.push(event),
            Err(reason) => failed.push(json!({
                "index": received, "reason": reason, "retriable": false,
            })),
        }
        received += 1;
    }
    let successful = events.len();
    let version = take(&app, events).await?;
    let status = match (successful, failed.len()) {
        (_, 0) => "success",
        (0, _) => "failure",
        _ => "partial_success",
    };
    let summary = json!({
        "received": received, "successful": successful, "failed": failed.len(),
        "retriable": 0, "non_retriable": failed.len(),
    });
    failed.truncate(TOLD_MAX);
    let answer = json!({ "status": status, "summary": summary, "failed_events": failed });
    let response: Response = document(version, &answer)?;
    if successful == 0 && received > 0 {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, response).into_response());
    }
    Ok(response)
}

/// Reads the body, plain or gzip.
async fn content(app: &App, request: Request, limit: usize) -> Answer<Vec<u8>> {
    let (parts, content) = request.into_parts();
    check_type(body::media_type(&parts.headers).as_deref())?;
    let bytes = body::read(&parts.headers, content, "the event", limit).await?;
    let decoded = app.config.limits.ingest_decoded_bytes as u64;
    let input = decode("the event".to_owned(), bytes.to_vec(), decoded)?;
    Ok(input.bytes)
}

/// Folds events into the graph, and gives the version in which they can be seen.
async fn take(app: &App, events: Vec<Event>) -> Answer<u64> {
    let permit = app.heavy().await?;
    let isogloss = app.isogloss.clone();
    let taken = blocking(move || {
        let _permit = permit;
        isogloss.take_events(events, ACTOR, now())
    })
    .await?;
    let version = taken.map_err(|error| Problem::from_isogloss(&error))?;
    Ok(version.0)
}

/// Gives the values of a batch: the items of a list, or one a line.
fn values(text: &[u8]) -> Answer<Vec<Result<Value, String>>> {
    let parsed: Result<Value, _> = serde_json::from_slice(text);
    match parsed {
        Ok(Value::Array(items)) => Ok(items.into_iter().map(Ok).collect()),
        Ok(other) => Ok(vec![Ok(other)]),
        Err(error) => {
            let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
            let lines: Vec<&[u8]> = lines.filter(|line| !line.is_empty()).collect();
            let parse = |line: &&[u8]| serde_json::from_slice(line).map_err(|e| e.to_string());
            let values: Vec<Result<Value, String>> = lines.iter().map(parse).collect();
            if values.len() > 1 && values.iter().any(Result::is_ok) {
                Ok(values)
            } else {
                Err(not_json(&error))
            }
        }
    }
}

/// Reads an event, and refuses one that lacks what the standard demands.
fn checked(value: Value) -> Result<Event, Vec<Fault>> {
    match Event::read(value) {
        (Some(event), faults) if !faults.iter().any(|fault| fault.fatal) => Ok(event),
        (_, faults) => Err(faults.into_iter().filter(|fault| fault.fatal).collect()),
    }
}

fn not_json(error: &serde_json::Error) -> Problem {
    Problem::bad_request(format!("the body is no JSON: {error}"))
        .with("line", error.line())
        .with("column", error.column())
}

fn invalid(faults: &[Fault]) -> Problem {
    let details: Vec<Value> = faults
        .iter()
        .map(|fault| json!({ "code": fault.code, "key": fault.key, "message": fault.message }))
        .collect();
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "INVALID_EVENT",
        said(faults),
    )
    .with("faults", details)
}

fn said(faults: &[Fault]) -> String {
    let all: Vec<String> = faults
        .iter()
        .map(|fault| match fault.key.as_str() {
            "" => fault.message.clone(),
            key => format!("{} at `{key}`", fault.message),
        })
        .collect();
    all.join("; ")
}
