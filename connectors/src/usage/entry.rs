//! One statement as a log tells of it.

/// A statement that was run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// The text as it was run; it is read and forgotten.
    pub(super) sql: String,
    /// Who ran it.
    pub(super) user: Option<String>,
    /// The role or roles it was run in.
    pub(super) roles: Vec<String>,
    /// The team or department of who ran it.
    pub(super) teams: Vec<String>,
    /// The program that ran it.
    pub(super) application: Option<String>,
    /// The database that it was run in.
    pub(super) database: Option<String>,
    /// The schemas in which tables are looked for.
    pub(super) search_path: Vec<String>,
    /// When, in seconds since 1970.
    pub(super) time: Option<i64>,
    /// How often it was run.
    pub(super) calls: u64,
    /// Whether it ended in an error or was cancelled.
    pub(super) failed: bool,
}
