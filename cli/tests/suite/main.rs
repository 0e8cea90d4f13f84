//! The binary as a user runs it: a process, its output, its exit code.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod clients;
mod documents;
mod faults;
mod process;
mod questions;
mod reasoning;
mod serving;
mod upkeep;
mod walks;
