//! Documents that hold nothing: empty files, and JSON texts without a single thing in them.
//!
//! They are set aside and reported at one place for all kinds. A file without any text is what a writer leaves that was
//! stopped, and so is `null` or `{}` of an exporter that failed: errors. A list that is empty says that there is nothing.

use crate::{Input, Kind, Location, Report, Severity};

/// How a document holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nothing {
    /// No text at all: blanks, or zero bytes as a crash leaves them.
    Blank,
    /// `null` or an object without keys.
    Null,
    /// A list without items.
    List,
}

/// Takes out the documents that hold nothing and reports them; the others come back in their order.
///
/// An RDF document may be empty, so it is only noted there and left to the reader.
pub(crate) fn set_aside(kind: Kind, inputs: Vec<Input>, report: &mut Report) -> Vec<Input> {
    let mut rest = Vec::with_capacity(inputs.len());
    for input in inputs {
        let Some(nothing) = nothing_in(&input.bytes) else {
            rest.push(input);
            continue;
        };
        let at = Location::file(&input.name);
        let message = match nothing {
            Nothing::Blank => "the file is empty",
            Nothing::Null => "the document holds nothing",
            Nothing::List => "the document is an empty list",
        };
        match severity(kind, nothing) {
            Severity::Error => report.error("holds_nothing", message, at),
            Severity::Warning => report.warning("holds_nothing", message, at),
            Severity::Note => report.note("holds_nothing", message, at),
        };
        if kind == Kind::Rdf {
            rest.push(input);
        } else {
            report.skipped += 1;
        }
    }
    rest
}

fn severity(kind: Kind, nothing: Nothing) -> Severity {
    match (kind, nothing) {
        (Kind::Rdf, _) => Severity::Note,
        // A log that was just begun is empty.
        (Kind::QueryLog, _) | (_, Nothing::List) => Severity::Warning,
        _ => Severity::Error,
    }
}

fn nothing_in(bytes: &[u8]) -> Option<Nothing> {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let start = bytes.iter().position(|byte| !is_blank(byte));
    let Some(start) = start else {
        return Some(Nothing::Blank);
    };
    let bytes = &bytes[start..];
    // Longer ones need not be looked at to their end.
    let mut filled = bytes.iter().copied().filter(|byte| !is_blank(byte));
    let mut head = [0; 5];
    let mut length = 0;
    for (place, byte) in head.iter_mut().zip(&mut filled) {
        *place = byte;
        length += 1;
    }
    match &head[..length] {
        b"null" | b"{}" => Some(Nothing::Null),
        b"[]" => Some(Nothing::List),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_nothing_is_told_from_what_holds_little() {
        for (text, expected) in [
            ("", Some(Nothing::Blank)),
            (" \r\n\t", Some(Nothing::Blank)),
            ("\0\0\0", Some(Nothing::Blank)),
            ("\nnull\n", Some(Nothing::Null)),
            ("{\r\n}", Some(Nothing::Null)),
            ("[ ]\n", Some(Nothing::List)),
            ("[{}]", None),
            ("nullable", None),
            ("{}{}", None),
            ("0", None),
            ("# a comment", None),
        ] {
            assert_eq!(nothing_in(text.as_bytes()), expected, "{text:?}");
        }
    }
}
