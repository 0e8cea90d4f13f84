//! Talking to a running server.

use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use isogloss::connectors::sql::Dialect;
use isogloss::connectors::{Mapping, Severity};
use serde_json::{Value, json};

use crate::arguments::Ingest;
use crate::commands::{Outcome, ingest::Job};
use crate::failure::{Failure, FailureKind};
use crate::output;

/// Sends the documents of each source to `POST /ingest`.
pub(crate) fn ingest(url: &str, jobs: Vec<Job>, mapping: &Mapping, options: &Ingest) -> Outcome {
    let url = url.trim_end_matches('/');
    if !options.shapes.is_empty() {
        let message = "shapes of one's own are not sent to a server";
        return Err(Failure::new(FailureKind::Usage, message)
            .with_hint("stop the server and ingest with --data, or leave --shapes out"));
    }
    let mut broken = 0;
    for job in jobs {
        let (name, kind) = (job.source.clone(), job.kind);
        let request = job.read(mapping, options.dry_run)?;
        let partial = request.partial;
        let (errors, others): (Vec<_>, Vec<_>) = request
            .found
            .iter()
            .partition(|diagnostic| diagnostic.severity == Severity::Error);
        for diagnostic in others {
            output::note(&diagnostic.to_string());
        }
        let missing: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let documents: Vec<_> = request
            .inputs
            .iter()
            .map(|input| json!({ "name": input.name, "content_base64": STANDARD.encode(&input.bytes) }))
            .collect();
        let validate = match options.validate {
            Some(mode) => format!("&validate={}", mode.as_str()),
            None => String::new(),
        };
        let log = [
            ("dialect", request.usage.dialect.map(Dialect::as_str)),
            ("default_database", request.usage.database.as_deref()),
        ];
        let target = format!(
            "{url}/ingest?kind={kind}&dry_run={}&partial={partial}{validate}",
            options.dry_run
        );
        let answer = post(
            &target,
            name.as_str(),
            &log,
            &json!({ "documents": documents, "mapping": mapping, "missing": missing }),
        )?;
        output::json(&answer)?;
        broken += answer["report"]["errors"].as_u64().unwrap_or_default();
    }
    if broken == 0 {
        return Ok(());
    }
    let message = format!("{broken} parts of the input could not be read; the rest was committed");
    Err(Failure::new(FailureKind::Input, message))
}

/// Reads the stream of changes of a server until `tell` says that it is enough; comes back when the stream breaks.
pub(crate) fn follow(
    url: &str,
    filter: &[(&str, &str)],
    since: Option<&str>,
    mut tell: impl FnMut(Value) -> Result<bool, Failure>,
) -> Outcome {
    let url = format!("{}/changes", url.trim_end_matches('/'));
    let agent = agent();
    let mut seen = since.map(str::to_owned);
    let mut connected = false;
    loop {
        let mut request = agent.get(&url).query_pairs(filter.iter().copied());
        if let Some(seen) = &seen {
            request = request.header("last-event-id", seen);
        }
        let mut response = match request.call() {
            Ok(response) => response,
            // Once it was there, it may come back.
            Err(_) if connected => {
                std::thread::sleep(Duration::from_secs(1));
                continue;
            }
            Err(error) => return Err(unreachable(&url, &error)),
        };
        if !response.status().is_success() {
            let status = response.status();
            let text = response.body_mut().read_to_string().unwrap_or_default();
            if connected && status.is_server_error() {
                std::thread::sleep(Duration::from_secs(1));
                continue;
            }
            let kind = if status.is_client_error() {
                FailureKind::Usage
            } else {
                FailureKind::Network
            };
            return Err(Failure::new(
                kind,
                format!("the server answered {status}: {text}"),
            ));
        }
        connected = true;
        let lines = BufReader::new(response.body_mut().as_reader()).lines();
        // An event counts once the blank line after it is there: a stream may break anywhere.
        let (mut id, mut data) = (None, None);
        for line in lines.map_while(Result::ok) {
            if let Some(text) = line.strip_prefix("id: ") {
                id = Some(text.to_owned());
            } else if let Some(text) = line.strip_prefix("data: ") {
                data = serde_json::from_str::<Value>(text).ok();
            } else if line.is_empty() {
                seen = id.take().or(seen);
                if let Some(event) = data.take().filter(|event| event["action"].is_string())
                    && !tell(event)?
                {
                    return Ok(());
                }
            }
        }
    }
}

fn unreachable(url: &str, error: &ureq::Error) -> Failure {
    Failure::new(
        FailureKind::Network,
        format!("could not reach `{url}`: {error}"),
    )
    .with_hint("is `isogloss serve` running there?")
}

/// Sends an update to `POST /sparql`.
pub(crate) fn update(url: &str, text: &str) -> Outcome {
    let target = format!("{}/sparql", url.trim_end_matches('/'));
    let request = agent()
        .post(&target)
        .header("content-type", "application/sparql-update");
    output::json(&answer(&target, request.send(text))?)
}

/// Posts about a source, whose name may be an IRI.
fn post(
    url: &str,
    source: &str,
    others: &[(&str, Option<&str>)],
    body: &Value,
) -> Result<Value, Failure> {
    let mut request = agent().post(url).query("source", source);
    for (key, value) in others {
        if let Some(value) = value {
            request = request.query(key, value);
        }
    }
    answer(url, request.send_json(body))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(5)))
        .http_status_as_error(false)
        .build()
        .into()
}

fn answer(
    url: &str,
    response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Value, Failure> {
    let mut response = response.map_err(|error| unreachable(url, &error))?;
    let status = response.status();
    let text = response
        .body_mut()
        .read_to_string()
        .map_err(|error| unreachable(url, &error))?;
    if !status.is_success() {
        let kind = if status.is_client_error() {
            FailureKind::Input
        } else {
            FailureKind::Network
        };
        return Err(Failure::new(
            kind,
            format!("the server answered {status}: {text}"),
        ));
    }
    Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
