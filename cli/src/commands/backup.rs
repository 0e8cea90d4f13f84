//! `isogloss backup` and `isogloss restore`: a data folder copied, and made out of a copy.

use isogloss::graph::folder::{self, BackupReport};
use serde_json::json;

use crate::arguments::{Backup, Restore};
use crate::commands::{Outcome, must_exist};
use crate::{output, progress};

pub(super) fn run(options: &Backup) -> Outcome {
    must_exist(&options.data)?;
    let waiting = progress::spinner("copying");
    let done = folder::backup(&options.data.data, &options.target);
    waiting.finish_and_clear();
    let report = done.map_err(isogloss::Error::from)?;
    let target = options.target.display();
    tell(
        report,
        options.output.json,
        &format!("backed up into `{target}`"),
    )
}

pub(super) fn restore(options: &Restore) -> Outcome {
    let waiting = progress::spinner("copying");
    let done = folder::restore(&options.backup, &options.data.data);
    waiting.finish_and_clear();
    let report = done.map_err(isogloss::Error::from)?;
    let target = options.data.data.display();
    tell(
        report,
        options.output.json,
        &format!("restored into `{target}`"),
    )
}

fn tell(report: BackupReport, as_json: bool, what: &str) -> Outcome {
    let BackupReport {
        newest,
        oldest,
        files,
        bytes,
    } = report;
    if as_json {
        return output::json(&json!({
            "newestVersion": newest.0, "oldestVersion": oldest.0, "files": files, "bytes": bytes,
        }));
    }
    output::text(&format!(
        "{what}: version {newest}, history from version {oldest}, {files} files, {bytes} bytes\n"
    ))
}
