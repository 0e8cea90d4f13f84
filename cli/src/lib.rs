//! The command line of Isogloss, as a library so that its reference and its tests need no process.
//!
//! [`run`] is the entry point: one function a command under [`commands`], each of which opens the graph, asks the
//! `isogloss` crate and prints. This crate and `server` are the edge: only here are the clock, the environment and
//! the terminal read.
//!
//! **Must never know:** how anything is stored, ranked or evaluated.

mod arguments;
mod client;
mod clock;
pub mod commands;
mod config;
mod failure;
mod history;
mod layers;
mod output;
mod progress;
mod watch;

pub use arguments::Arguments;
pub use commands::run;
pub use failure::Failure;
