//! Why the server could not be configured, bound or kept running.

use std::net::SocketAddr;

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the server could not be configured, bound or kept running.
///
/// What goes wrong inside one request is never one of these: it is answered as a problem document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is not valid TOML, has an unknown key or a value of the wrong type.
    #[error("line {line} of the configuration is not valid: {}", source.message())]
    Config {
        /// The line, from 1.
        line: usize,
        /// What the TOML reader said, with the key and the place.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A number of the configuration is outside its range.
    #[error("`server.{key}` is {value}, outside {minimum} to {maximum}")]
    OutOfRange {
        /// The key below `[server]`, for example `limits.sparql_rows`.
        key: &'static str,
        /// The value that was given.
        value: u64,
        /// The least value accepted.
        minimum: u64,
        /// The greatest value accepted.
        maximum: u64,
    },
    /// A source that updates may change has no name that a source can have.
    #[error(
        "`server.sparql.update_sources` has `{name}`, which is neither a source's name nor an absolute IRI"
    )]
    BadSource {
        /// The name as given.
        name: String,
    },
    /// The address is reachable from other machines and the configuration does not allow that.
    #[error("`{address}` is not a loopback address, and Isogloss has no authentication yet")]
    RemoteAddress {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// Another process listens on the address already.
    #[error("port {} of `{}` is in use", address.port(), address.ip())]
    PortInUse {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// The address could not be bound for another reason.
    #[error("cannot listen on `{address}`")]
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The runtime or the listener could not be set up.
    #[error("cannot start the server")]
    Start {
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// Says what the person at the terminal can do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Config { .. } | Self::Start { .. } | Self::BadSource { .. } => None,
            Self::OutOfRange {
                minimum, maximum, ..
            } => Some(format!("choose a number from {minimum} to {maximum}")),
            Self::RemoteAddress { address } => Some(format!(
                "listen on 127.0.0.1:{}, or set `allow_remote = true` in `[server]` where something in front of it authenticates",
                address.port()
            )),
            Self::PortInUse { address } => Some(format!(
                "stop the process that holds it, or choose another port with `--listen {}:{}`",
                address.ip(),
                address.port().saturating_add(1)
            )),
            Self::Bind { .. } => Some(
                "check that the address belongs to this machine and that the port is allowed"
                    .to_owned(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_a_way_out() {
        let error = Error::PortInUse {
            address: ([127, 0, 0, 1], 4400).into(),
        };
        assert_eq!(error.to_string(), "port 4400 of `127.0.0.1` is in use");
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("127.0.0.1:4401"))
        );
    }
}
