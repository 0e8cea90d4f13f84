//! Time from a closed data folder to the first answer.

use std::time::Instant;

use anyhow::Result;
use graph_core::{Change, Commit, OpenOptions, Store, Timestamp};
use serde_json::json;

use crate::generate::Generator;
use crate::measure::{print, round};

pub(crate) fn run(statements: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut total = 0;
    let store = Store::open(folder.path(), OpenOptions::default())?;
    let mut write_s = 0.0;
    for (name, statements) in Generator::new(statements, 52).sources() {
        total += statements.len();
        let started = Instant::now();
        store.commit(Commit {
            source: name.parse()?,
            kind: "generated".to_owned(),
            actor: "bench".to_owned(),
            time: Timestamp(0),
            change: Change::Replace(statements),
        })?;
        write_s += started.elapsed().as_secs_f64();
    }
    drop(store);
    let bytes: u64 = disk_bytes(folder.path())?;
    let mut seconds = Vec::new();
    for _ in 0..3 {
        let started = Instant::now();
        let store = Store::open(folder.path(), OpenOptions::default())?;
        seconds.push(started.elapsed().as_secs_f64());
        anyhow::ensure!(
            store.snapshot().len() as usize > total / 2,
            "statements were lost"
        );
    }
    seconds.sort_by(f64::total_cmp);
    print(&json!({
        "bench": "start", "statements": total, "start_s_p50": seconds[1], "start_s": seconds,
        "durable_statements_per_s": round(total as f64 / write_s), "disk_bytes_per_statement": round(bytes as f64 / total as f64),
    }));
    Ok(())
}

fn disk_bytes(folder: &std::path::Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() {
            disk_bytes(&entry.path())?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(bytes)
}
