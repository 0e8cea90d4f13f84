//! The binary as a user runs it: a process, its output, its exit code.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod faults;
mod process;
mod questions;
mod serving;
mod upkeep;
