//! `isogloss resolve`: what a text means, with reasons.

use isogloss::search::{Candidate, Resolution, ResolveRequest};

use crate::arguments::Resolve;
use crate::commands::{Outcome, open_then};
use crate::output;

pub(super) fn run(options: &Resolve) -> Outcome {
    let snapshot = open_then(&options.data, options.then)?;
    let request = ResolveRequest {
        domain: options.domain.clone(),
        product: options.product.clone(),
        purpose: options.purpose.clone(),
        limit: options.limit,
        ..ResolveRequest::new(&options.text)
    };
    let resolution = snapshot.resolve(&request)?;
    for (what, given) in [("domain", &options.domain), ("product", &options.product)] {
        let used = |given: &String| {
            resolution
                .used_context
                .iter()
                .any(|used| used.starts_with(what) && !given.is_empty())
        };
        if let Some(given) = given
            && !used(given)
        {
            output::note(&format!("no {what} is called `{given}`: it was left out"));
        }
    }
    if options.output.json {
        return output::json(&resolution);
    }
    output::text(&render(&options.text, &resolution, options.explain))
}

/// Writes a resolution for a person.
fn render(text: &str, resolution: &Resolution, explain: bool) -> String {
    let mut lines = vec![format!("\"{text}\" is {}", resolution.outcome.as_str())];
    if let Some(question) = &resolution.question {
        lines.push(format!("\n{}", question.text));
        for option in &question.options {
            let domain = option
                .domain
                .as_ref()
                .map(|d| format!(" [{}]", d.label))
                .unwrap_or_default();
            lines.push(format!(
                "  - {}{domain}: {}",
                option.label, option.distinction
            ));
        }
    }
    for (rank, candidate) in resolution.candidates.iter().enumerate() {
        lines.extend(candidate_lines(rank + 1, candidate, explain));
    }
    if !resolution.unmatched_words.is_empty() {
        lines.push(format!(
            "\nno match for: {}",
            resolution.unmatched_words.join(", ")
        ));
    }
    lines.join("\n") + "\n"
}

fn candidate_lines(rank: usize, candidate: &Candidate, explain: bool) -> Vec<String> {
    let product = candidate.product.as_ref().map(|p| p.label.as_str());
    let domain = candidate.domain.as_ref().map(|d| d.label.as_str());
    let place = [product, domain]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
    let label = candidate
        .subject()
        .map_or("?", |entity| entity.label.as_str());
    let mut lines = vec![format!(
        "\n{rank}. {label} ({place})  {:.3}",
        candidate.score
    )];
    for (name, entity) in [
        ("term", &candidate.term),
        ("metric", &candidate.metric),
        ("dataset", &candidate.dataset),
    ] {
        if let Some(entity) = entity {
            lines.push(format!("   {name:8} {}  <{}>", entity.label, entity.iri));
        }
    }
    if !candidate.columns.is_empty() {
        let columns: Vec<_> = candidate.columns.iter().map(|c| c.label.as_str()).collect();
        lines.push(format!("   columns  {}", columns.join(", ")));
    }
    lines.extend(
        candidate
            .reasons
            .iter()
            .map(|reason| format!("   - {reason}")),
    );
    if explain {
        let parts: Vec<_> = candidate
            .parts
            .iter()
            .map(|p| format!("{} {:+.3}", p.name, p.value))
            .collect();
        lines.push(format!("   score = {}", parts.join(" ")));
    }
    lines
}
