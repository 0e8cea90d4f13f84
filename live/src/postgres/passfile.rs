//! Passwords from a file in libpq's form: lines `host:port:database:user:password`, each but the last maybe `*`.

use std::path::Path;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::{Error, Result};

/// The largest file that is read, in bytes.
const BYTES_MAX: u64 = 1 << 20;

/// Finds the password of the first host; a file that does not exist has none.
pub(super) fn password(path: &Path, config: &Config) -> Result<Option<String>> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.len() <= BYTES_MAX => metadata,
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if is_open(&metadata) {
        return Err(Error::OpenPassfile {
            path: path.to_owned(),
        });
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.as_str(),
        _ => "localhost",
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let user = config.get_user().unwrap_or_default();
    let wanted = [
        host,
        &port.to_string(),
        config.get_dbname().unwrap_or(user),
        user,
    ];
    Ok(find(&text, wanted))
}

#[cfg(unix)]
fn is_open(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open(_: &std::fs::Metadata) -> bool {
    false
}

fn find(text: &str, wanted: [&str; 4]) -> Option<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(fields).find_map(|mut fields| {
        let password = (fields.len() == 5).then(|| fields.pop())??;
        let fits = |(field, wanted): (&String, &str)| field == "*" || field == wanted;
        fields.iter().zip(wanted).all(fits).then_some(password)
    })
}

/// Splits a line at its colons; `\:` and `\\` stand for themselves.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let kept = match character {
            '\\' => characters.next(),
            ':' if fields.len() < 5 => {
                fields.push(String::new());
                None
            }
            other => Some(other),
        };
        if let (Some(kept), Some(last)) = (kept, fields.last_mut()) {
            last.push(kept);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_gives_the_password() {
        let text =
            "# a comment\ndb:5432:other:ann:no\nshort:line\ndb:*:shop:*:a\\:b\\\\c\n*:*:*:*:last\n";
        let wanted = ["db", "5432", "shop", "ann"];
        assert_eq!(find(text, wanted).as_deref(), Some("a:b\\c"));
        assert_eq!(find(text, ["x", "1", "y", "z"]).as_deref(), Some("last"));
        assert_eq!(find("db:1:2:3", wanted), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pgpass");
        std::fs::write(&path, "*:*:*:*:secret\n").unwrap();
        let mut config = Config::new();
        config.user("ann").host("db");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = password(&path, &config).unwrap_err();
        assert_eq!(error.code(), "open_passfile");
        assert!(!error.to_string().contains("secret"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(password(&path, &config).unwrap().as_deref(), Some("secret"));
        let missing = password(&folder.path().join("none"), &config).unwrap();
        assert_eq!(missing, None);
    }
}
