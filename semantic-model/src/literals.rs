//! Which literal is shown when there are several, and what an IRI says when there is none.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// How far from the shown language a tag is: English, then untagged, then English of a region, then the rest.
fn distance(tag: &str) -> u8 {
    let tag = tag.to_ascii_lowercase();
    match tag.as_str() {
        "en" => 0,
        "" => 1,
        _ if tag.starts_with("en-") => 2,
        _ => 3,
    }
}

/// Returns the texts of literals given with their language tags, English and untagged first, then by tag, then by text.
pub(crate) fn by_language<'t>(
    literals: impl Iterator<Item = (&'t str, Cow<'t, str>)>,
) -> Vec<String> {
    let mut found: Vec<(u8, &str, Cow<'_, str>)> = literals
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(tag, text)| (distance(tag), tag, text))
        .collect();
    found.sort_unstable();
    let mut texts: Vec<String> = Vec::with_capacity(found.len());
    for (_, _, text) in found {
        if !texts.iter().any(|known| *known == text) {
            texts.push(text.into_owned());
        }
    }
    texts
}

/// Returns the last segment of an IRI, percent-decoded: what is left to show when nothing names a thing.
pub(crate) fn last_segment(iri: &str) -> String {
    let trimmed = iri.trim_end_matches(['/', '#', ':']);
    let start = trimmed.rfind(['/', '#', ':']).map_or(0, |at| at + 1);
    let segment = trimmed.get(start..).unwrap_or(trimmed);
    let shown = if segment.is_empty() { iri } else { segment };
    percent_decode_str(shown).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_and_untagged_come_first() {
        let literals = [
            ("de", "Kunde"),
            ("en-GB", "Customer (UK)"),
            ("", "Client"),
            ("en", "Customer"),
            ("fr", "Client"),
            ("en", " "),
        ];
        let shown = by_language(literals.into_iter().map(|(tag, text)| (tag, text.into())));
        assert_eq!(shown, ["Customer", "Client", "Customer (UK)", "Kunde"]);
    }

    #[test]
    fn the_last_segment_of_an_iri_is_readable() {
        for (iri, shown) in [
            ("https://example.org/a/b", "b"),
            ("https://example.org/ns#Party", "Party"),
            ("https://example.org/a/", "a"),
            ("urn:isogloss:column:s/t/Order%20ID", "Order ID"),
            ("urn:x", "x"),
            ("://", "://"),
        ] {
            assert_eq!(last_segment(iri), shown, "{iri}");
        }
    }
}
