//! Against a real server, which `cargo xtask test` starts.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod catalog;
mod corpora;
mod faults;
mod server;
