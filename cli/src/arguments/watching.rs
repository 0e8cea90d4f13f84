//! Options of `watch`.

use std::path::PathBuf;

use clap::Args;

use super::Data;

/// Options of `watch`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss watch --config isogloss.toml          # reads what changes, until it is stopped
  isogloss watch --config isogloss.toml --once   # one look, for cron
  isogloss serve --config isogloss.toml --watch  # the same beside a server")]
pub struct Watch {
    /// Configuration whose sources are watched: an isogloss.toml.
    #[arg(long, value_name = "FILE", default_value = "isogloss.toml")]
    pub config: PathBuf,
    #[command(flatten)]
    pub data: Data,
    /// Read every source once and stop.
    #[arg(long)]
    pub once: bool,
}
