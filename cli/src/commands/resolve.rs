//! `isogloss resolve`: what a text means, with reasons.

use isogloss::search::{Candidate, ClarifyingOption, Resolution, ResolveRequest};

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
        team: options.team.clone(),
        role: options.role.clone(),
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
    let shown = render(&options.text, &resolution, options.explain, options.more);
    output::text(&shown)
}

/// Writes a resolution for a person.
fn render(text: &str, resolution: &Resolution, explain: bool, more: bool) -> String {
    let mut lines = vec![format!("\"{text}\" is {}", resolution.outcome.as_str())];
    if let Some(question) = &resolution.question {
        lines.push(format!("\n{}", question.text));
        let shown = question.options.iter();
        let further = question.more.iter().filter(|_| more);
        lines.extend(shown.chain(further).map(option_line));
        if !more && !question.more.is_empty() {
            lines.push(format!("  ({} more with --more)", question.more.len()));
        }
    }
    for (rank, candidate) in resolution.candidates.iter().enumerate() {
        lines.extend(candidate_lines(rank + 1, candidate, explain));
    }
    if explain {
        let understood = resolution.understood.iter();
        lines.extend(
            understood
                .map(|one| format!("\n{} `{}`: {}", one.part.as_str(), one.text, one.meaning)),
        );
    }
    if !resolution.unmatched_words.is_empty() {
        lines.push(format!(
            "\nno match for: {}",
            resolution.unmatched_words.join(", ")
        ));
    }
    lines.join("\n") + "\n"
}

fn option_line(option: &ClarifyingOption) -> String {
    let domain = option.domain.as_ref();
    let domain = domain
        .map(|d| format!(" [{}]", d.label))
        .unwrap_or_default();
    format!("  - {}{domain}: {}", option.label, option.distinction)
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
    if !candidate.copies.is_empty() {
        let copies: Vec<_> = candidate.copies.iter().map(|c| c.iri.as_str()).collect();
        lines.push(format!("   the same in <{}>", copies.join(">, <")));
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
        let path: Vec<_> = candidate
            .path()
            .iter()
            .map(|e| format!("{} {}", e.kind, e.label))
            .collect();
        lines.push(format!("   path = {}", path.join(" > ")));
        lines.extend(candidate.rests_on.iter().map(|rest| format!("   {rest}")));
    }
    lines
}
