//! Where a database is, and how to get in.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::passfile;
use crate::{Error, Result};

/// Parameters of libpq that mean nothing to this client, and do no harm.
const IGNORED: [&str; 7] = [
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "krbsrvname",
    "sslcompression",
    "sslsni",
    "passfile",
];

/// Parameters that the client itself reads.
const KNOWN: [&str; 16] = [
    "user",
    "password",
    "dbname",
    "options",
    "application_name",
    "sslnegotiation",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
];

/// How much a connection must be secured, by libpq's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SslMode {
    /// No TLS.
    Disable,
    /// TLS only if the server insists.
    Allow,
    /// TLS if the server has it; whoever it is.
    #[default]
    Prefer,
    /// TLS; whoever it is.
    Require,
    /// TLS with a certificate of a trusted authority.
    VerifyCa,
    /// The same, and the certificate is of this host.
    VerifyFull,
}

impl FromStr for SslMode {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => {
                let reason =
                    "sslmode is one of disable, allow, prefer, require, verify-ca and verify-full";
                return Err(bad(reason));
            }
        })
    }
}

/// What holds where the address says nothing; a command line fills it from `PGUSER`, `PGPASSWORD` and their like.
#[derive(Clone, Default)]
pub struct Defaults {
    /// The user.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// A file of passwords in libpq's form; one that does not exist is none.
    pub passfile: Option<PathBuf>,
    /// How much the connection must be secured.
    pub ssl_mode: Option<SslMode>,
    /// The authority's certificate.
    pub root_certificate: Option<PathBuf>,
}

/// Where a database is, and how to get in.
///
/// ```
/// use live::postgres::{Address, Defaults};
///
/// let address = Address::parse("postgres://ann:secret@db.example:6432/shop?sslmode=require", &Defaults::default())?;
/// assert_eq!(address.to_string(), "db.example:6432/shop");
/// assert!(!format!("{address:?}").contains("secret"));
/// # Ok::<(), live::Error>(())
/// ```
#[derive(Clone)]
pub struct Address {
    pub(super) config: Config,
    pub(super) ssl_mode: SslMode,
    pub(super) root_certificate: Option<RootCertificates>,
}

/// Which authorities are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RootCertificates {
    /// Those of the system.
    System,
    /// Those in a file.
    File(PathBuf),
}

impl Address {
    /// Says whether a text is meant to be such an address.
    pub fn is_one(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Reads an address in libpq's form; what it leaves open is as in the defaults.
    ///
    /// # Errors
    /// [`Error::BadAddress`], [`Error::UnknownParameter`], and what keeps a file of passwords from being read.
    pub fn parse(url: &str, defaults: &Defaults) -> Result<Self> {
        if !Self::is_one(url) {
            return Err(bad("it does not start with postgres://"));
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut ssl_mode = defaults.ssl_mode.unwrap_or_default();
        let mut root_certificate = defaults
            .root_certificate
            .clone()
            .map(RootCertificates::File);
        let mut kept: Vec<&str> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key {
                "sslmode" => ssl_mode = decoded(value)?.parse()?,
                "sslrootcert" => root_certificate = Some(root(decoded(value)?)),
                _ if KNOWN.contains(&key) => kept.push(pair),
                _ if IGNORED.contains(&key) => {}
                _ => return Err(Error::UnknownParameter { name: key.into() }),
            }
        }
        let plain = format!("{base}?{}", kept.join("&"));
        // What the parser says names the option that is wrong, and never its value.
        let mut config: Config = plain
            .parse()
            .map_err(|error: tokio_postgres::Error| bad(&reason_of(&error)))?;
        check_hosts(&config)?;
        complete(&mut config, defaults)?;
        if matches!(ssl_mode, SslMode::Require) && root_certificate.is_some() {
            // As libpq does: whoever names an authority wants it asked.
            ssl_mode = SslMode::VerifyCa;
        }
        Ok(Self {
            config,
            ssl_mode,
            root_certificate,
        })
    }

    /// Gives the first host, without a port; none for a socket.
    pub fn host(&self) -> Option<&str> {
        match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => Some(host),
            _ => None,
        }
    }

    /// Gives the first port.
    pub fn port(&self) -> u16 {
        self.config.get_ports().first().copied().unwrap_or(5432)
    }

    /// Gives the name of the database.
    pub fn database(&self) -> &str {
        let user = self.config.get_user().unwrap_or_default();
        self.config.get_dbname().unwrap_or(user)
    }

    /// Gives the user.
    pub fn user(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }
}

/// Host, port and database, which is all that a message may show.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host().unwrap_or("socket");
        write!(formatter, "{host}:{}/{}", self.port(), self.database())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Address");
        shown.field("at", &self.to_string());
        shown.field("user", &self.user());
        shown
            .field("ssl_mode", &self.ssl_mode)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Defaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Defaults");
        shown.field("user", &self.user);
        shown.field("has_password", &self.password.is_some());
        shown.finish_non_exhaustive()
    }
}

/// Fills in user, password and patience.
fn complete(config: &mut Config, defaults: &Defaults) -> Result<()> {
    if config.get_user().is_none() {
        match &defaults.user {
            Some(user) => config.user(user),
            None => return Err(bad("it names no user")),
        };
    }
    if config.get_hosts().is_empty() {
        config.host("localhost");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(10));
    }
    if config.get_application_name().is_none() {
        config.application_name("isogloss");
    }
    if config.get_password().is_some() {
        return Ok(());
    }
    if let Some(password) = &defaults.password {
        config.password(password);
    } else if let Some(path) = &defaults.passfile
        && let Some(password) = passfile::password(path, config)?
    {
        config.password(password);
    }
    Ok(())
}

/// Refuses hosts that are none, before a message shows them: they may be the rest of a password.
fn check_hosts(config: &Config) -> Result<()> {
    let plain = |c: char| c.is_alphanumeric() || ".-_:%[]".contains(c);
    for host in config.get_hosts() {
        if let Host::Tcp(host) = host
            && !host.chars().all(plain)
        {
            return Err(bad("the host has characters that no host has"));
        }
    }
    Ok(())
}

fn root(value: String) -> RootCertificates {
    if value == "system" {
        RootCertificates::System
    } else {
        RootCertificates::File(value.into())
    }
}

fn decoded(value: &str) -> Result<String> {
    let text = percent_decode_str(value).decode_utf8();
    text.map(Into::into)
        .map_err(|_| bad("a parameter is not UTF-8"))
}

fn bad(reason: &str) -> Error {
    Error::BadAddress {
        reason: reason.to_owned(),
    }
}

fn reason_of(error: &tokio_postgres::Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address> {
        Address::parse(url, &Defaults::default())
    }

    #[test]
    fn an_address_shows_no_secret() {
        let address = parse(
            "postgresql://ann:s3cret%40x@db:6432/shop?sslmode=verify-full&sslrootcert=system",
        )
        .unwrap();
        assert_eq!(address.to_string(), "db:6432/shop");
        assert_eq!(address.ssl_mode, SslMode::VerifyFull);
        assert_eq!(address.root_certificate, Some(RootCertificates::System));
        assert_eq!(address.config.get_password(), Some(&b"s3cret@x"[..]));
        let defaults = Defaults {
            password: Some("s3cret".into()),
            ..Defaults::default()
        };
        assert!(!format!("{address:?}{defaults:?}").contains("s3cret"));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_value() {
        for (url, expected) in [
            ("mysql://a@b/c", "does not start with"),
            ("postgres://b/c", "names no user"),
            ("postgres://a:se@cret@b/c", "characters that no host has"),
            ("postgres://a:secret@b:port/c", "port"),
            (
                "postgres://a:secret@b/c?sslmode=secret",
                "sslmode is one of",
            ),
            ("postgres://a:secret@b/c?sslcert=x", "`sslcert`"),
        ] {
            let error = parse(url).unwrap_err().to_string();
            assert!(error.contains(expected), "{url}: {error}");
            assert!(
                !error.contains("secret") && !error.contains("cret@"),
                "{error}"
            );
        }
    }

    #[test]
    fn whoever_names_an_authority_wants_it_asked() {
        let address = parse("postgres://a@b/c?sslmode=require&sslrootcert=%2Fca.crt").unwrap();
        assert_eq!(address.ssl_mode, SslMode::VerifyCa);
        let file = RootCertificates::File("/ca.crt".into());
        assert_eq!(address.root_certificate, Some(file));
        assert_eq!(parse("postgres://a@b/c").unwrap().ssl_mode, SslMode::Prefer);
    }
}
