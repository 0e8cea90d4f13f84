//! `isogloss diff`: which resolutions of a case file two versions of the graph answer differently.

use isogloss::graph::Version;
use isogloss::search::{EntityRef, Resolution};
use serde::Serialize;

use crate::arguments::Diff;
use crate::commands::test::cases;
use crate::commands::{Outcome, open};
use crate::output;

/// What one version answers, as far as a caller would act on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Answer {
    outcome: &'static str,
    product: Option<String>,
    dataset: Option<String>,
    term: Option<String>,
    metric: Option<String>,
}

impl Answer {
    fn of(resolution: &Resolution) -> Self {
        let first = resolution.candidates.first();
        let label = |entity: Option<&EntityRef>| entity.map(|e| e.label.clone());
        Self {
            outcome: resolution.outcome.as_str(),
            product: label(first.and_then(|c| c.product.as_ref())),
            dataset: label(first.and_then(|c| c.dataset.as_ref())),
            term: label(first.and_then(|c| c.term.as_ref())),
            metric: label(first.and_then(|c| c.metric.as_ref())),
        }
    }

    /// Names what differs from another answer: the part, and what each says.
    fn changes<'a>(&'a self, other: &'a Self) -> Vec<(&'static str, &'a str, &'a str)> {
        let nothing = "nothing";
        let named = |text: &'a Option<String>| text.as_deref().unwrap_or(nothing);
        let parts = [
            ("outcome", self.outcome, other.outcome),
            ("product", named(&self.product), named(&other.product)),
            ("dataset", named(&self.dataset), named(&other.dataset)),
            ("term", named(&self.term), named(&other.term)),
            ("metric", named(&self.metric), named(&other.metric)),
        ];
        let differ = parts.into_iter();
        differ
            .filter(|(_, before, after)| before != after)
            .collect()
    }
}

/// A case whose answer is another one.
#[derive(Debug, Serialize)]
struct Changed {
    file: String,
    intent: String,
    before: Answer,
    after: Answer,
}

pub(super) fn run(options: &Diff) -> Outcome {
    let mesh = open(&options.data)?;
    let before = mesh.as_of(Version(options.before))?;
    let after = mesh.as_of(Version(options.after))?;
    let (mut changed, mut count) = (Vec::new(), 0);
    for path in &options.files {
        for case in cases::read(path)? {
            let request = case.request();
            let answers = [before.resolve(&request)?, after.resolve(&request)?];
            let [before, after] = answers.map(|answer| Answer::of(&answer));
            count += 1;
            if before != after {
                changed.push(Changed {
                    file: path.display().to_string(),
                    intent: case.intent,
                    before,
                    after,
                });
            }
        }
    }
    if options.output.json {
        return output::json(&changed);
    }
    output::text(&report(&changed, count, options.before, options.after))
}

/// Writes the changed cases for a person.
fn report(changed: &[Changed], count: usize, before: u64, after: u64) -> String {
    let mut lines = Vec::new();
    for one in changed {
        lines.push(format!("{}: {}\n", one.file, one.intent));
        let changes = one.before.changes(&one.after).into_iter();
        lines.extend(changes.map(|(part, was, is)| format!("  {part}: {was} -> {is}\n")));
    }
    lines.push(format!(
        "{} of {count} cases are answered differently in version {after} than in version {before}\n",
        changed.len()
    ));
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(outcome: &'static str, dataset: Option<&str>) -> Answer {
        Answer {
            outcome,
            product: None,
            dataset: dataset.map(str::to_owned),
            term: None,
            metric: None,
        }
    }

    #[test]
    fn a_report_names_what_changed_and_nothing_else() {
        let changed = Changed {
            file: "cases.yaml".to_owned(),
            intent: "customers".to_owned(),
            before: answer("RESOLVED", Some("orders")),
            after: answer("UNKNOWN", None),
        };
        let text = report(&[changed], 3, 1, 2);
        assert_eq!(
            text,
            "cases.yaml: customers\n  outcome: RESOLVED -> UNKNOWN\n  dataset: orders -> nothing\n\
             1 of 3 cases are answered differently in version 2 than in version 1\n"
        );
    }
}
