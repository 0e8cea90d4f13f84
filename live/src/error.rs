//! Why a live system could not be read.

use std::path::PathBuf;

/// What the functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a live system could not be read; no message holds a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is not one.
    #[error("the address of the database is not valid: {reason}")]
    BadAddress {
        /// What is wrong with it.
        reason: String,
    },
    /// A parameter of the address has no meaning here.
    #[error("parameter `{name}` of the address is not known")]
    UnknownParameter {
        /// Its name.
        name: String,
    },
    /// A file of passwords may be read by others.
    #[error("`{}` may be read by others, so no password was taken from it", path.display())]
    OpenPassfile {
        /// The file.
        path: PathBuf,
    },
    /// A file that the address names could not be read.
    #[error("could not read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file holds no certificate, or a broken one.
    #[error("the certificates `{from}` cannot be used: {reason}")]
    BadCertificates {
        /// Where they are from.
        from: String,
        /// What is wrong with them.
        reason: String,
    },
    /// Nothing answers at the address.
    #[error("could not reach `{address}`: {reason}")]
    Unreachable {
        /// Host, port and database.
        address: String,
        /// What the network said.
        reason: String,
    },
    /// The server's certificate is not one that is trusted, or it speaks no TLS.
    #[error("no secure connection to `{address}`: {reason}")]
    Tls {
        /// Host, port and database.
        address: String,
        /// What was wrong.
        reason: String,
    },
    /// The server does not let this user in.
    #[error("`{address}` does not let user `{user}` in: {reason}")]
    Authentication {
        /// Host, port and database.
        address: String,
        /// The user.
        user: String,
        /// What the server said.
        reason: String,
    },
    /// The server has no such database.
    #[error("`{address}` does not exist")]
    UnknownDatabase {
        /// Host, port and database.
        address: String,
    },
    /// The server has no schema that was asked for.
    #[error("database `{address}` has no schema that matches `{pattern}`")]
    UnknownSchema {
        /// Host, port and database.
        address: String,
        /// What was asked for.
        pattern: String,
    },
    /// Something took too long.
    #[error("`{address}` did not answer within {seconds} s")]
    Timeout {
        /// Host, port and database.
        address: String,
        /// The limit.
        seconds: u64,
    },
    /// The tables themselves could not be read, so that nothing is worth having.
    #[error("could not read `{part}` of `{address}`: {reason}")]
    Query {
        /// Host, port and database.
        address: String,
        /// The part of the catalog.
        part: &'static str,
        /// What the server said.
        reason: String,
    },
    /// The catalog is larger than allowed.
    #[error(
        "the catalog of `{address}` is larger than the limit of {bytes_max} bytes, at `{part}`"
    )]
    TooLarge {
        /// Host, port and database.
        address: String,
        /// The part of the catalog.
        part: &'static str,
        /// The limit, in bytes.
        bytes_max: usize,
    },
}

impl Error {
    /// Gives the stable machine-readable name of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadAddress { .. } => "bad_address",
            Self::UnknownParameter { .. } => "unknown_parameter",
            Self::OpenPassfile { .. } => "open_passfile",
            Self::Unreadable { .. } => "unreadable",
            Self::BadCertificates { .. } => "bad_certificates",
            Self::Unreachable { .. } => "unreachable",
            Self::Tls { .. } => "tls",
            Self::Authentication { .. } => "authentication",
            Self::UnknownDatabase { .. } => "unknown_database",
            Self::UnknownSchema { .. } => "unknown_schema",
            Self::Timeout { .. } => "timeout",
            Self::Query { .. } => "query",
            Self::TooLarge { .. } => "too_large",
        }
    }

    /// Gives a sentence on what to do about it, where there is one.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::BadAddress { .. } => {
                "write postgres://user@host:port/database; `@`, `:`, `/` and `%` in a password are %40, %3A, %2F and %25"
            }
            Self::OpenPassfile { .. } => "run chmod 600 on it",
            Self::Unreachable { .. } => "is the server up, and does it listen at this address?",
            Self::Tls { .. } => {
                "give the authority's certificate with sslrootcert=FILE, or choose another sslmode"
            }
            Self::Authentication { .. } => {
                "set PGPASSWORD, or put a line host:port:database:user:password into the file that PGPASSFILE names"
            }
            Self::Timeout { .. } => {
                "read fewer schemas with --schema, or give more time with --statement-timeout"
            }
            Self::TooLarge { .. } => "read fewer schemas with --schema",
            _ => return None,
        })
    }
}
