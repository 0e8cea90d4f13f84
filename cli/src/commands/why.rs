//! `isogloss why`: the rules and claims behind a statement.

use isogloss::graph::SourceName;
use isogloss::graph::entail::{Proof, Regime};
use isogloss::read_statement;
use serde_json::{Value, json};

use crate::arguments::Why;
use crate::commands::{Outcome, open_then};
use crate::failure::{Failure, FailureKind};
use crate::output;

pub(super) fn run(options: &Why) -> Outcome {
    let regime: Regime = options.entailment.parse().map_err(isogloss::Error::from)?;
    let statement = read_statement(&options.subject, &options.predicate, &options.object)?;
    let snapshot = open_then(&options.data, options.then)?;
    let Some(proof) = snapshot.why(&statement, regime)? else {
        return Err(Failure::new(
            FailureKind::NotFound,
            format!("`{statement}` neither is claimed nor follows by `{regime}`"),
        ));
    };
    if options.output.json {
        output::json(&as_json(&proof))
    } else {
        output::text(&proof.to_string())
    }
}

fn as_json(proof: &Proof) -> Value {
    let sources: Vec<&str> = proof.sources.iter().map(SourceName::as_str).collect();
    json!({
        "statement": proof.statement.to_string(),
        "rule": proof.rule,
        "sources": sources,
        "premises": proof.premises.iter().map(as_json).collect::<Vec<_>>(),
    })
}
