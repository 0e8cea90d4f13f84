//! A live database as a source: what is asked, and with which password.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use isogloss::connectors::Input;
use live::postgres::{Address, Defaults, FetchOptions, fetch_blocking};

use crate::arguments::Ingest;
use crate::config::Source;
use crate::failure::{Failure, FailureKind, chain};
use crate::progress;

/// What the configuration calls a live PostgreSQL database.
const KIND: &str = "postgres";

/// A database that is asked for its catalog.
pub(crate) struct Database {
    address: Address,
    options: FetchOptions,
    save: Option<PathBuf>,
}

impl Database {
    /// The database of a command line.
    pub(super) fn of_arguments(url: &str, options: &Ingest) -> Result<Self, Failure> {
        if !options.paths.is_empty() {
            let message = "a database has no PATH";
            return Err(Failure::new(FailureKind::Usage, message)
                .with_hint("read files of it with `isogloss ingest postgres-catalog FILE`"));
        }
        Ok(Self {
            address: address(url)?,
            options: FetchOptions {
                schemas: options.database.schemas.clone(),
                statement_timeout: Duration::from_secs(options.database.statement_timeout),
                ..FetchOptions::default()
            },
            save: options.database.save.clone(),
        })
    }

    /// The database of a source in the configuration; `None` for a source of documents.
    pub(super) fn of_config(source: &Source) -> Result<Option<Self>, Failure> {
        let name = &source.name;
        let wrong = |message: String| Err(Failure::new(FailureKind::Usage, message));
        match &source.url {
            None if source.kind == KIND => wrong(format!("source `{name}` has no `url`")),
            None if source.paths.is_empty() => wrong(format!("source `{name}` has no `paths`")),
            None => Ok(None),
            Some(_) if source.kind != KIND => wrong(format!(
                "source `{name}` has a `url`, but its kind is `{}` and not `{KIND}`",
                source.kind
            )),
            Some(_) if !source.paths.is_empty() => {
                wrong(format!("source `{name}` has both `url` and `paths`"))
            }
            Some(url) => Ok(Some(Self {
                address: address(url)?,
                options: FetchOptions {
                    schemas: source.schemas.clone(),
                    ..FetchOptions::default()
                },
                save: None,
            })),
        }
    }

    /// Asks the database, and gives what it says as a document; writes it to a file if that is wished.
    pub(super) fn read(&self) -> Result<Input, Failure> {
        let waiting = progress::spinner("reading the database");
        let catalog = fetch_blocking(&self.address, &self.options);
        waiting.finish_and_clear();
        let text = serde_json::to_vec_pretty(&catalog.map_err(|error| failure(&error))?)?;
        if let Some(path) = &self.save {
            save(path, &text)?;
        }
        Ok(Input {
            name: self.address.to_string(),
            bytes: text,
        })
    }
}

/// Writes the document where nobody else can read it: it tells what a company's tables are called.
fn save(path: &Path, text: &[u8]) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(text));
    written.map_err(|error| {
        let message = format!("could not write `{}`: {error}", path.display());
        Failure::new(FailureKind::Other, message)
    })
}

fn address(url: &str) -> Result<Address, Failure> {
    let defaults = defaults(|name| env::var_os(name))?;
    Address::parse(url, &defaults).map_err(|error| failure(&error))
}

/// What libpq takes from the environment.
fn defaults(variable: impl Fn(&str) -> Option<OsString>) -> Result<Defaults, Failure> {
    let text = |name: &str| variable(name).and_then(|value| value.into_string().ok());
    let home = variable("HOME").map(PathBuf::from);
    let ssl_mode = match text("PGSSLMODE") {
        Some(mode) => Some(mode.parse().map_err(|error| failure(&error))?),
        None => None,
    };
    Ok(Defaults {
        user: text("PGUSER").or_else(|| text("USER")),
        password: text("PGPASSWORD"),
        passfile: variable("PGPASSFILE")
            .map(PathBuf::from)
            .or_else(|| home.map(|home| home.join(".pgpass"))),
        ssl_mode,
        root_certificate: variable("PGSSLROOTCERT").map(PathBuf::from),
    })
}

fn failure(error: &live::Error) -> Failure {
    use live::Error as E;
    let kind = match error {
        E::Unreachable { .. } | E::Tls { .. } | E::Timeout { .. } => FailureKind::Network,
        E::UnknownDatabase { .. } | E::UnknownSchema { .. } => FailureKind::NotFound,
        E::BadAddress { .. } | E::UnknownParameter { .. } => FailureKind::Usage,
        _ => FailureKind::Input,
    };
    let failure = Failure::new(kind, chain(error));
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_as_libpq_does() {
        let given = [
            ("PGUSER", "ann"),
            ("PGPASSWORD", "s3cret"),
            ("HOME", "/home/ann"),
        ];
        let found = defaults(|name| {
            let given = given.iter().find(|(key, _)| *key == name)?;
            Some(given.1.into())
        });
        let found = found.unwrap();
        assert_eq!(found.user.as_deref(), Some("ann"));
        assert_eq!(found.passfile, Some("/home/ann/.pgpass".into()));
        assert!(defaults(|name| (name == "PGSSLMODE").then(|| "maybe".into())).is_err());
    }
}
