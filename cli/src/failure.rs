//! Failures as a person at the terminal meets them: a message, a hint, an exit code.

use std::fmt;
use std::process::ExitCode;

/// Why a command failed, by what the caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Anything that fits none of the others: exit code 1.
    Other,
    /// The command line, the configuration or a query is wrong: exit code 2, as clap's own.
    Usage,
    /// An input could not be read, or parts of it were broken: exit code 3.
    Input,
    /// What was asked for does not exist: exit code 4.
    NotFound,
    /// The data folder is in use, damaged, or may not be read or written: exit code 5.
    Data,
    /// A port is taken or a server cannot be reached: exit code 6.
    Network,
    /// The data break the shapes that they were checked against: exit code 7.
    NotValid,
}

impl FailureKind {
    fn exit_code(self) -> u8 {
        match self {
            Self::Other => 1,
            Self::Usage => 2,
            Self::Input => 3,
            Self::NotFound => 4,
            Self::Data => 5,
            Self::Network => 6,
            Self::NotValid => 7,
        }
    }
}

/// A command's failure.
#[derive(Debug)]
pub struct Failure {
    kind: FailureKind,
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// Makes a failure with a message in lower case and without full stop.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to try instead.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns what kind of failure it is.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// Prints the failure to standard error and returns its exit code.
    #[expect(
        clippy::print_stderr,
        reason = "the command line talks to the person at the terminal"
    )]
    pub fn report(&self) -> ExitCode {
        if self.message.is_empty() {
            return ExitCode::from(self.kind.exit_code());
        }
        eprintln!("error: {}", self.message);
        if let Some(hint) = &self.hint {
            eprintln!(" hint: {hint}");
        }
        ExitCode::from(self.kind.exit_code())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Writes an error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.ends_with(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}

impl From<isogloss::Error> for Failure {
    fn from(error: isogloss::Error) -> Self {
        use isogloss::Error as E;
        let kind = match &error {
            E::Connector(_) | E::Damaged { .. } => FailureKind::Input,
            E::NotValid { .. } => FailureKind::NotValid,
            E::Shapes(_) | E::ShapesNotRead { .. } | E::InvalidTerm { .. } => FailureKind::Usage,
            E::UnknownEntity { .. }
            | E::UnknownSource { .. }
            | E::UnknownVersion { .. }
            | E::VersionNotKept { .. }
            | E::TimeNotKept { .. }
            | E::FutureTime { .. }
            | E::Graph(isogloss::graph::Error::TimeNotKept { .. }) => FailureKind::NotFound,
            E::InvalidAsOf { .. } | E::InvalidCursor { .. } => FailureKind::Usage,
            E::Graph(_) if error.is_users_fault() => FailureKind::Usage,
            E::Graph(_) => FailureKind::Data,
            _ => FailureKind::Other,
        };
        if let E::Graph(isogloss::graph::Error::Output(cause)) = &error {
            return std::io::Error::from(cause.kind()).into();
        }
        let hint = error.hint();
        Self {
            kind,
            message: chain(&error),
            hint,
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        // `isogloss ... | head` is no failure worth words.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::new(FailureKind::Other, "");
        }
        Self::new(FailureKind::Other, error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        match error.io_error_kind() {
            Some(kind) => std::io::Error::from(kind).into(),
            None => Self::new(FailureKind::Other, error.to_string()),
        }
    }
}
