//! `isogloss verify`: every checksum of a data folder, and whether its checkpoint says what its log says.

use isogloss::graph::folder::{self, VerifyReport};
use serde_json::json;

use crate::arguments::Verify;
use crate::commands::{Outcome, must_exist};
use crate::failure::{Failure, FailureKind};
use crate::{output, progress};

pub(super) fn run(options: &Verify) -> Outcome {
    must_exist(&options.data)?;
    let waiting = progress::spinner("checking");
    let report = folder::verify(&options.data.data);
    waiting.finish_and_clear();
    let report = report.map_err(isogloss::Error::from)?;
    if options.output.json {
        output::json(&as_json(&report))?;
    } else {
        output::text(&render(&report))?;
    }
    if report.damaged.is_empty() {
        return Ok(());
    }
    let count = report.damaged.len();
    let folder = options.data.data.display();
    Err(Failure::new(
        FailureKind::Data,
        format!("data folder `{folder}` is damaged in {count} places"),
    )
    .with_hint("restore a backup beside it: isogloss restore BACKUP --data DIR"))
}

fn as_json(report: &VerifyReport) -> serde_json::Value {
    let damaged: Vec<_> = report
        .damaged
        .iter()
        .map(|d| json!({ "file": d.path.display().to_string(), "offset": d.offset, "reason": d.reason }))
        .collect();
    let checkpoints: Vec<u64> = report.checkpoints.iter().map(|version| version.0).collect();
    json!({
        "newestVersion": report.newest.0, "oldestVersion": report.oldest.0, "checkpoints": checkpoints,
        "changes": report.changes, "bytes": report.bytes, "damaged": damaged, "notes": report.notes,
    })
}

fn render(report: &VerifyReport) -> String {
    let mut lines: Vec<String> = report.damaged.iter().map(ToString::to_string).collect();
    lines.extend(report.notes.iter().map(|note| format!("note: {note}")));
    let checkpoint = match report.checkpoints.first() {
        Some(version) => format!("the checkpoint of version {version} says what the log says"),
        None => "no checkpoint".to_owned(),
    };
    lines.push(format!(
        "versions {} to {}, {} changes read, {checkpoint}, {} bytes",
        report.oldest, report.newest, report.changes, report.bytes
    ));
    if report.damaged.is_empty() {
        lines.push("everything is in order".to_owned());
    }
    lines.join("\n") + "\n"
}
