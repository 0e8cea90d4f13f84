//! URNs: `urn:li:dataset:(urn:li:dataPlatform:snowflake,db.schema.table,PROD)`.

use graph_core::rdf::NamedNode;

use crate::statements::named;

/// Gives a URN as an IRI; what no IRI may hold is percent-encoded.
pub(super) fn iri(urn: &str) -> NamedNode {
    let mut iri = String::with_capacity(urn.len());
    for c in urn.chars() {
        let forbidden = c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c);
        if forbidden {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                iri.extend(format!("%{byte:02X}").chars());
            }
        } else {
            iri.push(c);
        }
    }
    named(iri)
}

/// Gives the kind of entity that a URN is of.
pub(super) fn kind(urn: &str) -> Option<&str> {
    urn.strip_prefix("urn:li:")?.split(':').next()
}

/// Gives what lies between the outermost parentheses, split at the commas that are in no others.
pub(super) fn parts(urn: &str) -> Vec<&str> {
    let Some((_, inside)) = urn.split_once('(') else {
        return Vec::new();
    };
    let inside = inside.strip_suffix(')').unwrap_or(inside);
    let (mut depth, mut start) = (0_i32, 0);
    let mut parts = Vec::new();
    for (at, c) in inside.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    parts
}

/// Gives platform and name of a dataset's URN.
pub(super) fn dataset(urn: &str) -> Option<(&str, &str)> {
    let parts = parts(urn);
    let platform = parts.first()?.rsplit(':').next()?;
    Some((platform, parts.get(1)?))
}

/// Gives dataset and field of a field's URN.
pub(super) fn field(urn: &str) -> Option<(&str, String)> {
    let parts = parts(urn);
    let (dataset, path) = (parts.first()?, parts.get(1)?);
    (kind(urn)? == "schemaField").then(|| (*dataset, plain_path(path)))
}

/// Gives a field's path without what DataHub adds to tell versions and types: `[version=2.0].[type=string].name`.
pub(super) fn plain_path(path: &str) -> String {
    let plain: Vec<&str> = path
        .split('.')
        .filter(|part| !part.starts_with('['))
        .collect();
    // A version number has a dot too, of which the second half is no name.
    let plain: Vec<&str> = plain
        .into_iter()
        .filter(|part| !part.ends_with(']'))
        .collect();
    if plain.is_empty() {
        path.to_owned()
    } else {
        plain.join(".")
    }
}

/// The last part of a URN without parentheses, for want of a better name.
pub(super) fn last(urn: &str) -> &str {
    match dataset(urn) {
        Some((_, name)) => name,
        None => urn.rsplit(':').next().unwrap_or(urn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urns_are_taken_apart_by_their_own_parentheses() {
        let urn = "urn:li:schemaField:(urn:li:dataset:(urn:li:dataPlatform:hive,db.t,PROD),[version=2.0].[type=struct].[type=string].a.b)";
        let (table, path) = field(urn).unwrap();
        assert_eq!(dataset(table), Some(("hive", "db.t")));
        assert_eq!(path, "a.b");
        assert_eq!(kind(table), Some("dataset"));
        assert_eq!(dataset("urn:li:corpuser:ann"), None);
        assert_eq!(iri("urn:li:tag:a b").as_str(), "urn:li:tag:a%20b");
        assert_eq!(parts("x(a,(b,c"), ["a", "(b,c"]);
    }
}
