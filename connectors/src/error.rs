//! Why documents could not be opened or read.

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::{Kind, Report};

/// What the functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why nothing could be read.
///
/// A single broken document among others is not an `Error` but a [`Diagnostic`](crate::Diagnostic).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The name is not one of a connector.
    #[error("connector kind `{name}` does not exist")]
    UnknownKind {
        /// The name as written.
        name: String,
    },
    /// There was no document to read.
    #[error("there is no `{kind}` document to read")]
    NoInput {
        /// The kind that was asked for.
        kind: Kind,
    },
    /// Not one statement came out of the documents; the report says why.
    #[error(
        "the `{kind}` documents hold nothing that could be read{}",
        first_error(report)
    )]
    NothingRead {
        /// The kind that was asked for.
        kind: Kind,
        /// What went wrong, document by document.
        report: Box<Report>,
    },
    /// A file of one object a line ends in the middle of one.
    #[error(
        "`{name}` breaks off in the middle of a line, after {whole} whole ones; nothing of it was taken"
    )]
    CutOff {
        /// The file.
        name: String,
        /// How many lines are whole.
        whole: u64,
    },
    /// A folder has no file that this connector reads.
    #[error("folder `{}` has no `{kind}` document", path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
        /// The kind that was looked for.
        kind: Kind,
    },
    /// A file or folder could not be opened or read.
    #[error("could not read `{}`: {}", path.display(), io_reason(source))]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The path is a device, a pipe or a socket.
    #[error("`{}` is not a regular file", path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// The path leaves the folder that was given, through a symbolic link.
    #[error("`{}` leads out of the folder it was found in", path.display())]
    OutsideFolder {
        /// The link.
        path: PathBuf,
    },
    /// A document is larger than allowed, as it is or after decompression.
    #[error("`{name}` is larger than the limit of {bytes_max} bytes{}", if *decoded { " after decompression" } else { "" })]
    TooLarge {
        /// The document.
        name: String,
        /// The limit, in bytes.
        bytes_max: u64,
        /// Whether it is the decompressed size that passed the limit.
        decoded: bool,
    },
    /// The documents together are larger than allowed.
    #[error("the documents together are larger than the limit of {bytes_max} bytes, at `{name}`")]
    TooLargeTogether {
        /// The document that passed the limit.
        name: String,
        /// The limit, in bytes.
        bytes_max: u64,
    },
    /// A folder holds more documents than allowed.
    #[error("folder `{}` holds more than {files_max} documents", path.display())]
    TooManyFiles {
        /// The folder.
        path: PathBuf,
        /// The limit.
        files_max: usize,
    },
    /// A compressed document is cut short or damaged.
    #[error("`{name}` is not a whole gzip file: {reason}")]
    BadGzip {
        /// The document.
        name: String,
        /// What the decoder said.
        reason: String,
    },
    /// A document is in an encoding that is not read.
    #[error("`{name}` is not valid {encoding}, at byte {offset}")]
    BadEncoding {
        /// The document.
        name: String,
        /// The encoding that its byte-order mark announces.
        encoding: &'static str,
        /// Where it stops being valid, in bytes from the start.
        offset: usize,
    },
    /// The mapping of domains and products could not be read.
    #[error("the mapping is not valid: {reason}")]
    BadMapping {
        /// What is wrong, with its line.
        reason: String,
    },
}

impl Error {
    /// Gives the stable machine-readable name of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownKind { .. } => "unknown_kind",
            Self::NoInput { .. } => "no_input",
            Self::NothingRead { .. } => "nothing_read",
            Self::CutOff { .. } => "cut_off",
            Self::EmptyFolder { .. } => "empty_folder",
            Self::Unreadable { .. } => "unreadable",
            Self::NotRegular { .. } => "not_regular",
            Self::OutsideFolder { .. } => "outside_folder",
            Self::TooLarge { .. } => "too_large",
            Self::TooLargeTogether { .. } => "too_large_together",
            Self::TooManyFiles { .. } => "too_many_files",
            Self::BadGzip { .. } => "bad_gzip",
            Self::BadEncoding { .. } => "bad_encoding",
            Self::BadMapping { .. } => "bad_mapping",
        }
    }

    /// Gives a sentence on what to do about it, where there is one.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::UnknownKind { .. } => KINDS.as_str(),
            Self::EmptyFolder { kind, .. } => kind.files(),
            Self::TooLarge { .. } | Self::TooLargeTogether { .. } => {
                "raise the limit, or split the document"
            }
            Self::BadGzip { .. } | Self::CutOff { .. } => "copy or download the file again",
            Self::BadEncoding { .. } => "save the file as UTF-8",
            Self::BadMapping { .. } => "docs/formats/dbt.md shows the `[mapping]` table",
            _ => return None,
        })
    }
}

/// The names of all kinds in one sentence.
static KINDS: LazyLock<String> = LazyLock::new(|| {
    let names = Kind::ALL.map(|kind| format!("`{kind}`"));
    format!("the kinds are {}", names.join(", "))
});

/// Gives the first of the worst diagnostics, for a message.
fn first_error(report: &Report) -> String {
    report
        .diagnostics
        .iter()
        .min_by_key(|diagnostic| diagnostic.severity)
        .map(|diagnostic| format!(": {diagnostic}"))
        .unwrap_or_default()
}

fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "it does not exist".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}
