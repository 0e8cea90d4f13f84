//! `isogloss test`: resolution cases that a team keeps beside its mesh, run like unit tests.

pub(super) mod cases;
mod report;

use isogloss::Snapshot;
use isogloss::search::{Candidate, EntityRef, Resolution};

use crate::arguments::Test;
use crate::commands::{Outcome, demo, open};
use crate::failure::{Failure, FailureKind};
use crate::output;
use cases::{Case, Expect};

/// What one case came to.
pub(super) struct Verdict {
    /// The file that holds the case.
    file: String,
    intent: String,
    /// What was expected and not met, in words; empty when the case holds.
    failures: Vec<String>,
    seconds: f64,
    /// What the mesh answers now, as a case.
    now: String,
}

pub(super) fn run(options: &Test) -> Outcome {
    let mesh = if options.example {
        demo::example()?
    } else {
        open(&options.data)?
    };
    let snapshot = mesh.snapshot();
    let mut verdicts = Vec::new();
    for path in &options.files {
        let file = path.display().to_string();
        for case in cases::read(path)? {
            verdicts.push(verdict(&file, &case, &snapshot)?);
        }
    }
    let failed = verdicts.iter().filter(|v| !v.failures.is_empty()).count();
    output::text(&report::render(&verdicts, options.format, options.update))?;
    if failed == 0 {
        return Ok(());
    }
    let message = format!("{failed} of {} cases failed", verdicts.len());
    Err(Failure::new(FailureKind::Other, message))
}

fn verdict(file: &str, case: &Case, snapshot: &Snapshot) -> Result<Verdict, Failure> {
    let request = case.request();
    let started = std::time::Instant::now();
    let resolution = snapshot.resolve(&request)?;
    Ok(Verdict {
        file: file.to_owned(),
        intent: case.intent.clone(),
        failures: failures(&case.expect, &resolution),
        seconds: started.elapsed().as_secs_f64(),
        now: cases::propose(case, &resolution),
    })
}

/// Says what an answer lacks of what is expected.
fn failures(expect: &Expect, answer: &Resolution) -> Vec<String> {
    let mut failures = Vec::new();
    if let Some(outcome) = &expect.outcome {
        let given = answer.outcome.as_str();
        if !outcome.eq_ignore_ascii_case(given) {
            failures.push(format!("expected {outcome}, the outcome is {given}"));
        }
    }
    let top = expect.top.unwrap_or(1).max(1);
    for (what, of, wanted) in kinds(expect) {
        let near: Vec<&EntityRef> = answer.candidates.iter().take(top).filter_map(of).collect();
        if !near.iter().any(|entity| is_called(entity, wanted)) {
            let found: Vec<&str> = near.iter().map(|e| e.label.as_str()).collect();
            let found = if found.is_empty() {
                "none".to_owned()
            } else {
                found.join(", ")
            };
            failures.push(format!(
                "expected {what} `{wanted}` among the first {top}, found {found}"
            ));
        }
    }
    for unwanted in &expect.not {
        let entities = answer.candidates.iter().take(top).flat_map(|candidate| {
            let parts = [&candidate.product, &candidate.dataset];
            parts
                .into_iter()
                .chain([&candidate.term, &candidate.metric])
        });
        if entities.flatten().any(|entity| is_called(entity, unwanted)) {
            failures.push(format!("`{unwanted}` is among the first {top}"));
        }
    }
    failures
}

type Part = fn(&Candidate) -> Option<&EntityRef>;

/// Lists the parts of a candidate that a case expects something of.
fn kinds(expect: &Expect) -> Vec<(&'static str, Part, &str)> {
    let all: [(&str, Part, &Option<String>); 5] = [
        ("domain", |c| c.domain.as_ref(), &expect.domain),
        ("product", |c| c.product.as_ref(), &expect.product),
        ("dataset", |c| c.dataset.as_ref(), &expect.dataset),
        ("term", |c| c.term.as_ref(), &expect.term),
        ("metric", |c| c.metric.as_ref(), &expect.metric),
    ];
    let wanted = all.into_iter();
    wanted
        .filter_map(|(what, of, name)| Some((what, of, name.as_deref()?)))
        .collect()
}

/// Tells whether a name in a case means an entity: its label or its IRI, or the end of the IRI.
fn is_called(entity: &EntityRef, name: &str) -> bool {
    let last = entity
        .iri
        .rsplit(['/', '#', ':'])
        .next()
        .unwrap_or_default();
    let ways = [entity.label.as_str(), entity.iri.as_str(), last];
    ways.iter().any(|way| way.eq_ignore_ascii_case(name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_cases_of_the_example_mesh_hold() {
        let mesh = demo::example().unwrap();
        let snapshot = mesh.snapshot();
        let path = Path::new("../examples/harbour-health/tests/resolve.yaml");
        let cases = cases::read(path).unwrap();
        assert!(cases.len() >= 10, "{} cases", cases.len());
        for case in cases {
            let verdict = verdict("resolve.yaml", &case, &snapshot).unwrap();
            assert!(
                verdict.failures.is_empty(),
                "{}: {:?}\nnow:\n{}",
                verdict.intent,
                verdict.failures,
                verdict.now
            );
        }
    }
}
