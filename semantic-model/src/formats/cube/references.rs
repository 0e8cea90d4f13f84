//! References in the SQL of cubes: `{CUBE}`, `{member}`, `{other.member}`, and the same after a `$`.

use super::{Index, jinja};

/// A piece of the SQL of a cube.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// SQL as it stands.
    Sql(&'t str),
    /// A column or member of a cube.
    Member {
        /// The cube.
        cube: &'t str,
        /// The column or member.
        name: &'t str,
    },
}

/// Takes the SQL of a cube apart; `None` if it holds Jinja or a reference that is none.
pub(super) fn pieces<'t>(sql: &'t str, own: &'t str, index: &Index<'_>) -> Option<Vec<Piece<'t>>> {
    if jinja::holds(sql) {
        return None;
    }
    let mut pieces = Vec::new();
    let mut rest = sql;
    while let Some(start) = rest.find('{') {
        let before = &rest[..start];
        let before = before.strip_suffix('$').unwrap_or(before);
        if !before.is_empty() {
            pieces.push(Piece::Sql(before));
        }
        let inner = &rest[start + 1..];
        let end = inner.find('}')?;
        rest = &inner[end + 1..];
        let is_cube = rest.starts_with('.');
        let (cube, name) = reference(inner[..end].trim(), own, index, is_cube)?;
        if let Some(name) = name {
            pieces.push(Piece::Member { cube, name });
            continue;
        }
        // A cube alone: its column follows.
        let after = rest.strip_prefix('.')?;
        let length = after
            .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .unwrap_or(after.len());
        let (name, after) = after.split_at(length);
        if name.is_empty() {
            return None;
        }
        pieces.push(Piece::Member { cube, name });
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Sql(rest));
    }
    Some(pieces)
}

/// Reads what stands between braces: a cube, and the member of it if one is named.
///
/// `is_cube` says that a column follows the braces.
fn reference<'t>(
    text: &'t str,
    own: &'t str,
    index: &Index<'_>,
    is_cube: bool,
) -> Option<(&'t str, Option<&'t str>)> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '_')
    };
    let parts: Vec<&str> = text.split('.').map(str::trim).collect();
    if !parts.iter().all(|part| is_name(part)) {
        return None;
    }
    let cube = |name: &'t str| if name == "CUBE" { own } else { name };
    match parts.as_slice() {
        ["CUBE"] => Some((own, None)),
        // A column follows, or a cube of this name is known and no measure hides it.
        [name] if is_cube || index.is_cube(name) && !index.is_measure(own, name) => {
            Some((name, None))
        }
        [name] => Some((own, Some(name))),
        // A path of joins: the last cube is the one.
        [.., name, member] => Some((cube(name), Some(member))),
        [] => None,
    }
}

/// Writes the SQL of a cube with its own columns bare and those of others qualified.
pub(super) fn plain(sql: &str, own: &str, index: &Index<'_>) -> Option<String> {
    Some(written(&pieces(sql, own, index)?, |cube| cube != own))
}

/// Writes the SQL of a cube with every column qualified by its cube.
pub(super) fn qualified(sql: &str, own: &str, index: &Index<'_>) -> Option<String> {
    Some(written(&pieces(sql, own, index)?, |_| true))
}

fn written(pieces: &[Piece<'_>], is_qualified: impl Fn(&str) -> bool) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Sql(sql) => text.push_str(sql),
            Piece::Member { cube, name } => {
                if is_qualified(cube) {
                    text.push_str(&super::sql::ident(cube).to_string());
                    text.push('.');
                }
                text.push_str(&super::sql::ident(name).to_string());
            }
        }
    }
    text.trim().to_owned()
}

/// Writes arithmetic over measures with names for them, and gives these; `None` if it is anything else.
pub(super) fn over_measures(
    pieces: &[Piece<'_>],
    own: &str,
    index: &Index<'_>,
) -> Option<(String, Vec<(String, String)>)> {
    let mut text = String::new();
    let mut inputs: Vec<(String, String)> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Sql(sql) => text.push_str(sql),
            Piece::Member { cube, name } if index.is_measure(cube, name) => {
                let alias = if *cube == own {
                    (*name).to_owned()
                } else {
                    format!("{cube}__{name}")
                };
                text.push_str(&super::sql::ident(&alias).to_string());
                let input = (format!("{cube}.{name}"), alias);
                if !inputs.contains(&input) {
                    inputs.push(input);
                }
            }
            Piece::Member { .. } => return None,
        }
    }
    let names = super::sql::bare_names(&super::sql::parse(&text)?);
    let only = names
        .iter()
        .all(|name| inputs.iter().any(|(_, alias)| alias == name));
    (only && !inputs.is_empty()).then(|| (text.trim().to_owned(), inputs))
}
