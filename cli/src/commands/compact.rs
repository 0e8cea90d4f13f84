//! `isogloss compact`: old versions forgotten, a checkpoint written, files that nothing needs removed.

use serde_json::json;

use crate::arguments::Compact;
use crate::commands::{Outcome, must_exist, open_or_create};
use crate::config::Config;
use crate::{clock, output, progress};

pub(super) fn run(options: &Compact) -> Outcome {
    must_exist(&options.data)?;
    let config = match &options.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    let mesh = open_or_create(&options.data.data, options.history.or(config.history))?;
    let waiting = progress::spinner("compacting");
    let report = mesh.compact(clock::now());
    waiting.finish_and_clear();
    let report = report?;
    if options.output.json {
        return output::json(&json!({
            "newestVersion": report.newest.0, "oldestVersion": report.oldest.0,
            "versionsForgotten": report.versions_forgotten, "filesRemoved": report.files_removed,
            "bytesBefore": report.bytes_before, "bytesAfter": report.bytes_after,
        }));
    }
    output::text(&format!(
        "{} versions forgotten, {} to {} kept; {} files removed, {} bytes before, {} after\n",
        report.versions_forgotten,
        report.oldest,
        report.newest,
        report.files_removed,
        report.bytes_before,
        report.bytes_after
    ))
}
