//! What the last runs did, as `run_results.json` says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Document, Entry};
use super::project::Identities;
use crate::json::{Fields, Troubles};
use crate::{Location, Report};

/// How the last run of a node ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// In lower case: `success`, `pass`, `fail`, `warn`, `error`, `skipped`, `runtime error`, ...
    pub(super) status: String,
    /// What the database or dbt said.
    pub(super) message: Option<String>,
    /// How many rows failed a test.
    pub(super) failures: Option<i64>,
    /// How many rows the statement touched.
    pub(super) rows: Option<i64>,
    /// How long it took, in seconds.
    pub(super) seconds: Option<f64>,
    /// When it started.
    pub(super) started: Option<String>,
    /// When it ended; when the artifact was written if it does not say.
    pub(super) ended: Option<String>,
}

/// All run results together, by `unique_id`; of several of one node the newest.
#[derive(Clone, Debug, Default)]
pub(super) struct Results {
    outcomes: BTreeMap<String, Outcome>,
    file: String,
}

impl Results {
    /// Takes the outcomes of documents; a later document wins.
    pub(super) fn new(documents: &[(String, Document)], report: &mut Report) -> Self {
        let mut results = Self::default();
        for (file, document) in documents {
            let mut troubles = Troubles {
                report,
                file,
                line: None,
            };
            let written = document
                .metadata
                .get("generated_at")
                .and_then(Value::as_str);
            for entry in document.section("results") {
                if let Some(outcome) = outcome(entry, written, &mut troubles) {
                    results.outcomes.insert(entry.id.clone(), outcome);
                }
            }
            results.file.clone_from(file);
        }
        results
    }

    /// Gives the outcome of a node.
    pub(super) fn get(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.get(id)
    }

    /// Reports outcomes of nodes that no manifest knows.
    pub(super) fn report_unused(&self, identities: &Identities, report: &mut Report) {
        let mut unused = self.outcomes.keys().filter(|id| !identities.knows(id));
        if let Some(first) = unused.next() {
            let count = 1 + unused.count() as u64;
            let message =
                format!("{count} results are of nodes that no manifest has, such as `{first}`");
            report.note(
                "result_only",
                message,
                Location::file(&self.file).key("results"),
            );
            report.skipped += count;
        }
    }
}

fn outcome(entry: &Entry, written: Option<&str>, troubles: &mut Troubles<'_>) -> Option<Outcome> {
    let fields = Fields {
        object: &entry.object,
        path: &entry.path,
    };
    if !entry.object.contains_key("unique_id") {
        let at = troubles.at(&entry.path);
        troubles
            .report
            .warning("missing_id", "the result has no `unique_id`", at);
        troubles.report.skipped += 1;
        return None;
    }
    let mut outcome = Outcome {
        status: fields.said("status", troubles)?.to_lowercase(),
        message: fields.said("message", troubles).map(str::to_owned),
        failures: fields.integer("failures", troubles),
        seconds: fields.get("execution_time").and_then(Value::as_f64),
        ended: written.map(str::to_owned),
        ..Outcome::default()
    };
    if let Some(response) = entry
        .object
        .get("adapter_response")
        .and_then(Value::as_object)
    {
        outcome.rows = response
            .get("rows_affected")
            .and_then(Value::as_i64)
            .filter(|rows| *rows >= 0);
    }
    for (path, timing) in fields.objects("timing", troubles) {
        let timing = Fields {
            object: timing,
            path: &path,
        };
        if timing.said("name", troubles) == Some("execute") {
            outcome.started = timing.said("started_at", troubles).map(str::to_owned);
            if let Some(ended) = timing.said("completed_at", troubles) {
                outcome.ended = Some(ended.to_owned());
            }
        }
    }
    Some(outcome)
}
