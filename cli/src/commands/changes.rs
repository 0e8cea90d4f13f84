//! `isogloss changes`: what commits did to entities, from a data folder or as a running server makes them.

use std::io::Write as _;

use isogloss::{ChangeFilter, rfc3339};
use serde_json::Value;

use crate::arguments::{Changes, EventFormat};
use crate::client::follow;
use crate::commands::search::kinds;
use crate::commands::{Outcome, open};
use crate::{clock, output};

/// Events that are read at once.
const BATCH: usize = 500;

pub(super) fn run(options: &Changes) -> Outcome {
    let filter = ChangeFilter {
        kinds: kinds(&options.kind)?,
        sources: options.source.clone(),
        domains: options.domain.clone(),
        iris: options.iri.clone(),
    };
    let mut left = options.limit.unwrap_or(usize::MAX);
    if let Some(url) = &options.server {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        pairs.extend(filter.kinds.iter().map(|kind| ("kind", kind.as_str())));
        pairs.extend(filter.sources.iter().map(|it| ("source", it.as_str())));
        pairs.extend(filter.domains.iter().map(|it| ("domain", it.as_str())));
        pairs.extend(filter.iris.iter().map(|it| ("iri", it.as_str())));
        return follow(url, &pairs, options.since.as_deref(), |event| {
            write(&event, options.format)?;
            left = left.saturating_sub(1);
            Ok(left > 0)
        });
    }
    let mesh = open(&options.data)?;
    let mut after = match &options.since {
        Some(text) => mesh.place(text, clock::now())?,
        None => mesh.oldest_cursor(),
    };
    loop {
        let page = mesh.entity_changes(after, left.min(BATCH), &filter)?;
        for event in &page.events {
            write(&serde_json::to_value(event)?, options.format)?;
        }
        left = left.saturating_sub(page.events.len());
        after = page.cursor;
        if !page.more || left == 0 {
            output::note(&format!("go on with --since {after}"));
            return Ok(());
        }
    }
}

/// Writes one event and hands it on at once, for whoever reads along.
fn write(event: &Value, format: EventFormat) -> Outcome {
    let mut out = std::io::stdout().lock();
    match format {
        EventFormat::Json => writeln!(out, "{event}")?,
        EventFormat::Text => out.write_all(render(event).as_bytes())?,
    }
    out.flush()?;
    Ok(())
}

/// Writes an event for a person. It comes as JSON, for a server sends no more than that.
fn render(event: &Value) -> String {
    let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let time = rfc3339(isogloss::graph::Timestamp(
        event["time"].as_i64().unwrap_or_default(),
    ));
    let kind = event["kind"].as_str().unwrap_or("thing").replace('_', " ");
    let mut lines = vec![format!(
        "{time} {:7} {kind} {}  <{}>  by {} from {}, version {}",
        text("action"),
        text("label"),
        text("iri"),
        text("actor"),
        text("source"),
        event["version"],
    )];
    if event["action"] == isogloss::Action::Changed.as_str() {
        for change in event["changes"].as_array().into_iter().flatten() {
            let predicate = change["predicate"].as_str().unwrap_or_default();
            let short = predicate.rsplit(['#', '/']).next().unwrap_or(predicate);
            let values = |side: &str| {
                let values = change[side].as_array().into_iter().flatten();
                let texts: Vec<_> = values
                    .map(|value| value["text"].as_str().unwrap_or_default())
                    .map(|text| text.chars().take(80).collect::<String>())
                    .map(|text| text.replace(['\n', '\r'], " "))
                    .collect();
                texts.join(" | ")
            };
            lines.push(format!(
                "    {short}: {} -> {}",
                values("removed"),
                values("added")
            ));
        }
    }
    lines.join("\n") + "\n"
}
