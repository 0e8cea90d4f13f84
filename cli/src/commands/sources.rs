//! `isogloss sources`: who speaks in the graph.

use isogloss::graph::SourceName;
use serde_json::json;

use crate::arguments::Sources;
use crate::commands::{Outcome, open, read_then};
use crate::failure::{Failure, FailureKind};
use crate::{clock, output};

pub(super) fn run(options: &Sources) -> Outcome {
    let mesh = open(&options.data)?;
    if let Some(name) = &options.remove {
        let name: SourceName = name
            .parse()
            .map_err(|e| Failure::new(FailureKind::Usage, format!("{e}")))?;
        let receipt = mesh.remove_source(&name, "cli", clock::now())?;
        let line = format!(
            "removed `{name}`: {} statements, version {}",
            receipt.removed, receipt.version.0
        );
        output::note(&line);
    }
    let snapshot = read_then(&mesh, options.then)?;
    if options.output.json {
        let sources: Vec<_> = snapshot
            .sources()
            .iter()
            .map(|s| {
                json!({
                    "name": s.name.as_str(), "kind": s.kind, "actor": s.actor, "statements": s.statements,
                    "version": s.version.0, "committedAt": s.committed_at.0,
                })
            })
            .collect();
        return output::json(&json!({ "version": snapshot.version().0, "sources": sources }));
    }
    let rows: Vec<_> = snapshot
        .sources()
        .iter()
        .map(|s| {
            vec![
                s.name.as_str().to_owned(),
                s.kind.clone(),
                s.statements.to_string(),
                s.version.0.to_string(),
            ]
        })
        .collect();
    output::text(&output::table(
        &["source", "kind", "statements", "version"],
        &rows,
    ))
}
