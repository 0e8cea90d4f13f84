//! XML attributes without a namespace, which RDF/XML does not allow but some tools write.
//!
//! They are blanked out before parsing, so that one `cid="1"` does not cost a whole document; what they
//! would have said is reported as left out.

use std::collections::BTreeMap;

use crate::rdf::limits::find;

/// The attributes that RDF/XML itself knows without a prefix.
const KNOWN: [&[u8]; 9] = [
    b"about",
    b"ID",
    b"resource",
    b"datatype",
    b"nodeID",
    b"parseType",
    b"type",
    b"bagID",
    b"xmlns",
];

/// The text with such attributes blanked out, and how often each stood there; `None` when there are none.
///
/// Every line keeps its number.
pub(super) fn without_unqualified(text: &[u8]) -> Option<(Vec<u8>, BTreeMap<String, u64>)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut spans: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(start) = memchr_from(text, at, b'<') {
        let rest = text.get(start..).unwrap_or_default();
        at = if rest.starts_with(b"<!--") {
            find(text, start, b"-->") + 3
        } else if rest.starts_with(b"<![CDATA[") {
            find(text, start, b"]]>") + 3
        } else if rest.starts_with(b"<?") {
            find(text, start, b"?>") + 2
        } else if rest.starts_with(b"<!") {
            after_declaration(text, start)
        } else if rest.starts_with(b"</") {
            find(text, start, b">") + 1
        } else {
            tag(text, start, &mut spans, &mut counts)
        };
    }
    if spans.is_empty() {
        return None;
    }
    let mut blanked = text.to_vec();
    for (start, end) in spans {
        for byte in blanked.get_mut(start..end).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    Some((blanked, counts))
}

fn memchr_from(text: &[u8], from: usize, wanted: u8) -> Option<usize> {
    let rest = text.get(from..)?;
    rest.iter()
        .position(|byte| *byte == wanted)
        .map(|ahead| from + ahead)
}

/// The offset after a DOCTYPE, with its declarations in brackets.
fn after_declaration(text: &[u8], start: usize) -> usize {
    let mut brackets = 0_usize;
    let mut at = start + 2;
    while let Some(byte) = text.get(at) {
        match byte {
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            b'"' | b'\'' => at = find(text, at + 1, &[*byte]),
            b'>' if brackets == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Takes the attributes of the tag at `start`; gives the offset after it.
fn tag(
    text: &[u8],
    start: usize,
    spans: &mut Vec<(usize, usize)>,
    counts: &mut BTreeMap<String, u64>,
) -> usize {
    let is_name = |byte: u8| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>' | b'/');
    let mut at = start + 1;
    while text.get(at).is_some_and(|byte| is_name(*byte)) {
        at += 1;
    }
    while let Some(byte) = text.get(at) {
        if *byte == b'>' {
            return at + 1;
        }
        if !is_name(*byte) {
            at += 1;
            continue;
        }
        let name_start = at;
        while text.get(at).is_some_and(|byte| is_name(*byte)) {
            at += 1;
        }
        let name = text.get(name_start..at).unwrap_or_default();
        while text
            .get(at)
            .is_some_and(|byte| *byte == b'=' || byte.is_ascii_whitespace())
        {
            at += 1;
        }
        let Some(quote @ (b'"' | b'\'')) = text.get(at) else {
            continue;
        };
        at = (find(text, at + 1, &[*quote]) + 1).min(text.len());
        if !name.contains(&b':') && !KNOWN.contains(&name) {
            spans.push((name_start, at));
            *counts
                .entry(String::from_utf8_lossy(name).into_owned())
                .or_insert(0) += 1;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::without_unqualified;

    #[test]
    fn only_attributes_without_a_namespace_go() {
        let text = "<!DOCTYPE r [<!ENTITY a \"<x y='1'>\">]>\n<r xmlns='u' xmlns:e='e'>\
                    <!-- <x y='1'> --><a cid='1>'\n rdf:about=\"x\" e:f='2' ID='3'/>y='1'</r>";
        let (blanked, counts) = without_unqualified(text.as_bytes()).expect("there is one");
        let expected = text.replace("cid='1>'", "        ");
        assert_eq!(String::from_utf8_lossy(&blanked), expected);
        assert_eq!(
            counts.into_iter().collect::<Vec<_>>(),
            [("cid".to_owned(), 1)]
        );
        assert!(without_unqualified(b"<a e:b='c'/><a b").is_none());
    }
}
