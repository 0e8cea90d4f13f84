//! Runs planned SQL.
