//! Live systems to the documents that connectors read.
//!
//! A connector reads documents and opens nothing but files; this crate is what goes to a server and asks. What it
//! brings back is the connector's own document type, so that a machine which reaches the server can save it and
//! another can read it later.
//!
//! Entry points: [`postgres::Address`] says where a database is and how to get in, [`postgres::fetch`] reads its
//! catalog, [`postgres::connect`] only opens a session with the same TLS and the same errors.
//!
//! Every session is read-only and has a statement timeout and a lock timeout. A password is in no message, no debug
//! output and no document. The environment is an argument: whoever calls says which passwords and files there are.
//!
//! This crate must never know the graph, search, or how a document becomes statements.

pub mod error;
pub mod postgres;

pub use crate::error::{Error, Result};
