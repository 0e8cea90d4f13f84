//! Options of the commands that look after a data folder.

use std::path::PathBuf;

use clap::Args;

use super::{Data, Output};
use crate::history::History;

/// Options of `backup`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss backup /backups/monday
  isogloss backup /backups/monday.backup --data isogloss-data")]
pub struct Backup {
    /// Folder to make, or one file if the name ends in .backup; it must not be there yet.
    pub target: PathBuf,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub output: Output,
}

/// Options of `restore`.
#[derive(Args, Debug)]
pub struct Restore {
    /// What `isogloss backup` wrote.
    pub backup: PathBuf,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub output: Output,
}

/// Options of `verify`.
#[derive(Args, Debug)]
pub struct Verify {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub output: Output,
}

/// Options of `compact`.
#[derive(Args, Debug)]
pub struct Compact {
    #[command(flatten)]
    pub data: Data,
    /// Configuration: an isogloss.toml whose [history] says what to keep.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub history: History,
    #[command(flatten)]
    pub output: Output,
}
