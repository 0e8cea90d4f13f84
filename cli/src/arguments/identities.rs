//! Options of `same`.

use clap::Args;

use super::{Data, Output, Then};

/// Options of `same`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss same                                    # tables that might be one
  isogloss same urn:isogloss:dataset:shop/db.orders  # its other names, and why they are one
  isogloss same ONE OTHER                          # why these two are one
  isogloss same ONE OTHER --refuse                 # they are not, and stay apart
  isogloss same ONE OTHER --undo                   # takes the decision back")]
pub struct Same {
    /// IRI of an entity; without it the pairs that might be one are listed.
    pub one: Option<String>,
    /// IRI of another entity.
    pub other: Option<String>,
    /// Decide that both are one.
    #[arg(long, group = "decision", requires = "other")]
    pub accept: bool,
    /// Decide that both are not one.
    #[arg(long, group = "decision", requires = "other")]
    pub refuse: bool,
    /// Take a decision back.
    #[arg(long, group = "decision", requires = "other")]
    pub undo: bool,
    /// List pairs of at least this confidence, from 0 to 1.
    #[arg(long, value_name = "NUMBER", default_value_t = 0.5)]
    pub at_least: f64,
    /// List at most so many pairs.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub then: Then,
    #[command(flatten)]
    pub output: Output,
}
