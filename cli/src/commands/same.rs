//! `isogloss same`: why names are one thing, which might be, and what people decide of it.

use isogloss::graph::TermId;
use isogloss::model::identities::{self, CandidateRequest, Candidates, Link, Refusal};
use isogloss::{IdentityDecision, Snapshot};
use serde_json::{Value, json};

use crate::arguments::Same;
use crate::commands::{Outcome, open, read_then};
use crate::failure::{Failure, FailureKind};
use crate::{clock, output};

pub(super) fn run(options: &Same) -> Outcome {
    let mesh = open(&options.data)?;
    let decision = match (options.accept, options.refuse, options.undo) {
        (true, ..) => Some(IdentityDecision::Same),
        (_, true, _) => Some(IdentityDecision::Different),
        (.., true) => Some(IdentityDecision::Open),
        _ => None,
    };
    match (&options.one, &options.other, decision) {
        (Some(one), Some(other), Some(decision)) => {
            let receipt = mesh.decide_identity(one, other, decision, "cli", clock::now())?;
            let what = if receipt.unchanged {
                "it was so before"
            } else {
                "decided"
            };
            output::note(&format!("{what}, version {}", receipt.version.0));
            show(&mesh.snapshot(), one, Some(other), options)
        }
        (_, None, Some(_)) => Err(
            Failure::new(FailureKind::Usage, "a decision takes two names")
                .with_hint("isogloss same ONE OTHER --refuse"),
        ),
        (Some(one), other, None) => show(
            read_then(&mesh, options.then)?.as_ref(),
            one,
            other.as_deref(),
            options,
        ),
        (None, ..) => list(read_then(&mesh, options.then)?.as_ref(), options),
    }
}

/// Shows the names of a thing, or why two names are one.
fn show(snapshot: &Snapshot, one: &str, other: Option<&str>, options: &Same) -> Outcome {
    let graph = snapshot.graph();
    let name = id(snapshot, one)?;
    let (links, names) = match other {
        None => (identities::links(graph, name), graph.names_of(name)),
        Some(other) => {
            let other = id(snapshot, other)?;
            let way = identities::why(graph, name, other);
            (way.unwrap_or_default(), vec![name, other])
        }
    };
    let is_one = names
        .iter()
        .all(|it| graph.canonical(*it) == graph.canonical(name));
    let refusals = identities::refusals(graph, name);
    if options.output.json {
        return output::json(&json!({
            "version": snapshot.version().0,
            "one": is_one,
            "canonical": graph.text(graph.canonical(name)),
            "names": names.iter().map(|it| graph.text(*it)).collect::<Vec<_>>(),
            "links": links.iter().map(|link| link_json(snapshot, link)).collect::<Vec<_>>(),
            "refusals": refusals.iter().map(|it| refusal_json(snapshot, it)).collect::<Vec<_>>(),
        }));
    }
    let mut text = String::new();
    match (other, names.len()) {
        (None, 1) => text.push_str("it has no other name\n"),
        (None, count) => text.extend([format!(
            "{count} names of one thing; `{}` stands for them\n",
            graph.text(names[0])
        )]),
        (Some(_), _) if is_one => {
            let sure = identities::confidence(&links);
            text.extend([format!("they are one, {sure:.2} sure\n")]);
        }
        (Some(_), _) => text.push_str("they are two things\n"),
    }
    for link in &links {
        text.push_str(&link_line(snapshot, link));
    }
    for refusal in &refusals {
        let (one, other) = (graph.text(refusal.one), graph.text(refusal.other));
        text.extend([format!(
            "  kept apart by `{}`:\n    {one}\n    {other}\n",
            source(snapshot, refusal.source)
        )]);
    }
    output::text(&text)
}

/// Lists the tables that might be one.
fn list(snapshot: &Snapshot, options: &Same) -> Outcome {
    let request = CandidateRequest {
        at_least: options.at_least,
        limit: options.limit,
    };
    let found = identities::candidates(&snapshot.model(), request);
    if options.output.json {
        return output::json(&candidates_json(snapshot, &found));
    }
    let graph = snapshot.graph();
    let mut text = format!("{} pairs might be one, and are not joined\n", found.total);
    for pair in &found.pairs {
        let (one, other) = (graph.text(pair.one), graph.text(pair.other));
        let (rule, sure) = (pair.rule.as_str(), pair.confidence);
        text.extend([format!(
            "  {sure:.2} {rule}: {}\n    {one}\n    {other}\n",
            pair.because
        )]);
    }
    if !found.passed_over.is_empty() {
        let names = found.passed_over.join("`, `");
        text.extend([format!(
            "  not compared, for too many tables have the name: `{names}`\n"
        )]);
    }
    output::text(&text)
}

fn id(snapshot: &Snapshot, iri: &str) -> Result<TermId, Failure> {
    let unknown = || isogloss::Error::UnknownEntity {
        iri: iri.to_owned(),
    };
    let found = snapshot.graph().id_of_iri(iri);
    Ok(found.ok_or_else(unknown)?)
}

fn source(snapshot: &Snapshot, id: isogloss::graph::SourceId) -> String {
    let info = snapshot.graph().source_info(id);
    info.map_or_else(String::new, |info| info.name.to_string())
}

fn link_line(snapshot: &Snapshot, link: &Link) -> String {
    let graph = snapshot.graph();
    let sources: Vec<String> = link
        .sources
        .iter()
        .map(|id| source(snapshot, *id))
        .collect();
    format!(
        "  {:.2} {}: {} (say {})\n    {}\n    {}\n",
        link.confidence,
        link.rule.as_str(),
        link.because,
        sources.join(", "),
        graph.text(link.one),
        graph.text(link.other),
    )
}

fn link_json(snapshot: &Snapshot, link: &Link) -> Value {
    let graph = snapshot.graph();
    json!({
        "one": graph.text(link.one), "other": graph.text(link.other), "rule": link.rule.as_str(),
        "confidence": link.confidence, "because": link.because,
        "sources": link.sources.iter().map(|id| source(snapshot, *id)).collect::<Vec<_>>(),
    })
}

fn refusal_json(snapshot: &Snapshot, refusal: &Refusal) -> Value {
    let graph = snapshot.graph();
    json!({
        "one": graph.text(refusal.one), "other": graph.text(refusal.other),
        "source": source(snapshot, refusal.source),
    })
}

fn candidates_json(snapshot: &Snapshot, found: &Candidates) -> Value {
    let graph = snapshot.graph();
    let pairs = found.pairs.iter().map(|pair| {
        json!({
            "one": graph.text(pair.one), "other": graph.text(pair.other), "rule": pair.rule.as_str(),
            "confidence": pair.confidence, "because": pair.because,
        })
    });
    json!({
        "version": snapshot.version().0, "total": found.total, "pairs": pairs.collect::<Vec<_>>(),
        "passedOver": found.passed_over,
    })
}
