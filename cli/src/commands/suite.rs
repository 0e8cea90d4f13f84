//! `isogloss suite`: the cases of a conformance suite, run for its scorer.

use query_engine::suite::{Outcome as CaseOutcome, Results, SuiteError, metricflow, ossie};

use super::runtime;
use crate::arguments::{Suite, SuiteKind, SuiteRun};
use crate::commands::Outcome;
use crate::failure::{Failure, FailureKind};
use crate::output;

pub(super) fn run(options: &Suite) -> Outcome {
    let runtime = runtime()?;
    let (run, results) = match &options.kind {
        SuiteKind::Metricflow(run) => (
            run,
            runtime.block_on(metricflow::run_suite(&run.folder, &run.split)),
        ),
        SuiteKind::Ossie(run) => (
            run,
            runtime.block_on(ossie::run_suite(&run.folder, &run.split)),
        ),
    };
    report(run, &results?)
}

fn report(run: &SuiteRun, results: &Results) -> Outcome {
    let text = serde_json::to_string_pretty(&results.to_json())?;
    std::fs::write(&run.out, text).map_err(|cause| {
        let message = format!("could not write `{}`: {cause}", run.out.display());
        Failure::new(FailureKind::Other, message)
    })?;
    for problem in &results.problems {
        output::note(&format!("model: {problem}"));
    }
    let errors = results
        .outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, CaseOutcome::Error { .. }));
    output::note(&format!(
        "{} cases, {} of them with an error",
        results.outcomes.len(),
        errors.count()
    ));
    if let (Some(half), Some(most)) = (results.compile_time(0.5), results.compile_time(0.99)) {
        output::note(&format!("compiled in {half:?} (p50), {most:?} (p99)"));
    }
    Ok(())
}

impl From<SuiteError> for Failure {
    fn from(error: SuiteError) -> Self {
        Self::new(FailureKind::Input, error.to_string())
    }
}
