//! Opening a session.

use std::error::Error as _;

use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode as Negotiated;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

use super::address::{Address, SslMode};
use super::tls;
use crate::{Error, Result};

/// An open session; it ends when it is dropped.
pub struct Session {
    /// What statements are sent with.
    pub client: Client,
    connection: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// One way to try.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Plain,
    Tls,
}

/// Opens a session, with as much TLS as the address asks for.
///
/// # Errors
/// [`Error::Unreachable`], [`Error::Tls`], [`Error::Authentication`], [`Error::UnknownDatabase`], or what is wrong
/// with the certificates.
pub async fn connect(address: &Address) -> Result<Session> {
    let attempts: &[Attempt] = match address.ssl_mode {
        SslMode::Disable => &[Attempt::Plain],
        SslMode::Allow => &[Attempt::Plain, Attempt::Tls],
        SslMode::Prefer => &[Attempt::Tls, Attempt::Plain],
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => &[Attempt::Tls],
    };
    let mut first = None;
    for attempt in attempts {
        match open(address, *attempt).await {
            Ok(session) => return Ok(session),
            // A server that nobody reaches is not reached in another way either.
            Err(error @ (Error::Unreachable { .. } | Error::UnknownDatabase { .. })) => {
                return Err(first.unwrap_or(error));
            }
            // A wrong password is not tried twice, for some servers count.
            Err(Error::Authentication {
                address,
                user,
                reason,
            }) if reason.contains(SqlState::INVALID_PASSWORD.code()) => {
                return Err(Error::Authentication {
                    address,
                    user,
                    reason,
                });
            }
            Err(error) => {
                first.get_or_insert(error);
            }
        }
    }
    Err(first.unwrap_or_else(|| Error::Unreachable {
        address: address.to_string(),
        reason: "there is no way to try".to_owned(),
    }))
}

async fn open(address: &Address, attempt: Attempt) -> Result<Session> {
    let mut config = address.config.clone();
    let failed = |error: tokio_postgres::Error| failure(address, &error);
    let (client, connection) = match attempt {
        Attempt::Plain => {
            config.ssl_mode(Negotiated::Disable);
            let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
            (client, tokio::spawn(finish(connection)))
        }
        Attempt::Tls => {
            config.ssl_mode(Negotiated::Require);
            let connector = tls::connector(address)?;
            let (client, connection) = config.connect(connector).await.map_err(failed)?;
            (client, tokio::spawn(finish(connection)))
        }
    };
    Ok(Session { client, connection })
}

/// Drives a connection to its end; what goes wrong on it is seen by the statement that waits for an answer.
async fn finish<F>(connection: F)
where
    F: Future<Output = Result<(), tokio_postgres::Error>> + Send,
{
    drop(connection.await);
}

/// Says what kept a session from being opened.
fn failure(address: &Address, error: &tokio_postgres::Error) -> Error {
    let (at, reason) = (address.to_string(), reason_of(error));
    let Some(said) = error.as_db_error() else {
        let is_tls = ["TLS", "certificate", "tls"]
            .iter()
            .any(|word| reason.contains(word));
        if reason.contains("password") {
            return authentication(address, reason);
        }
        return if is_tls {
            Error::Tls {
                address: at,
                reason,
            }
        } else {
            Error::Unreachable {
                address: at,
                reason,
            }
        };
    };
    match said.code() {
        code if *code == SqlState::INVALID_CATALOG_NAME => Error::UnknownDatabase { address: at },
        code if code.code().starts_with("28") || *code == SqlState::INSUFFICIENT_PRIVILEGE => {
            authentication(address, reason)
        }
        _ => Error::Unreachable {
            address: at,
            reason,
        },
    }
}

fn authentication(address: &Address, reason: String) -> Error {
    Error::Authentication {
        address: address.to_string(),
        user: address.user().to_owned(),
        reason,
    }
}

/// Gives what the server or the network said, with its causes.
pub(super) fn reason_of(error: &tokio_postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return format!("{} ({})", said.message(), said.code().code());
    }
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        if !reason.contains(&text) {
            reason = format!("{reason}: {text}");
        }
        cause = next.source();
    }
    reason
}
