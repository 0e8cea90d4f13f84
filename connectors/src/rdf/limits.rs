//! Bounds that are checked on the raw text, before any parser sees it.
//!
//! The scanners here know just enough of each syntax to count nesting; what they cannot make out they
//! leave to the parser.

use std::collections::BTreeMap;

/// How deep brackets, elements and triple terms may nest.
pub(super) const MAX_DEPTH: usize = 128;
/// How many bytes the entities of a document may expand to, all uses together.
pub(super) const MAX_EXPANDED_BYTES: usize = 64 << 20;

/// A bound that a document goes over, and on which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excess {
    pub(super) message: String,
    pub(super) line: u64,
}

fn too_deep(text: &[u8], at: usize) -> Excess {
    Excess {
        message: format!("nesting is deeper than {MAX_DEPTH} levels"),
        line: line_of(text, at),
    }
}

/// The line of a byte offset, from one.
pub(super) fn line_of(text: &[u8], at: usize) -> u64 {
    text.iter().take(at).filter(|byte| **byte == b'\n').count() as u64 + 1
}

/// Checks the nesting of a text of the Turtle family.
pub(super) fn check_turtle(text: &[u8]) -> Result<(), Excess> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'#' => at = find(text, at, b"\n"),
            b'"' | b'\'' => {
                at = skip_string(text, at);
                continue;
            }
            b'<' if text.get(at + 1) == Some(&b'<') => {
                depth += 1;
                at += 1;
            }
            b'<' => at = skip_iri(text, at),
            b'>' if text.get(at + 1) == Some(&b'>') => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            b'[' | b'(' | b'{' => depth += 1,
            b']' | b')' | b'}' => depth = depth.saturating_sub(1),
            b'\\' => at += 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(too_deep(text, at));
        }
        at += 1;
    }
    Ok(())
}

/// The offset of `needle` from `from`, or the end of the text.
pub(super) fn find(text: &[u8], from: usize, needle: &[u8]) -> usize {
    text.get(from..)
        .and_then(|rest| {
            rest.windows(needle.len())
                .position(|window| window == needle)
        })
        .map_or(text.len(), |found| from + found)
}

/// The offset after the string that opens at `at`; a short string ends with its line at the latest.
fn skip_string(text: &[u8], at: usize) -> usize {
    let Some(quote) = text.get(at) else {
        return at + 1;
    };
    let long = [*quote; 3];
    let is_long = text.get(at..at + 3) == Some(&long[..]);
    let mut at = at + if is_long { 3 } else { 1 };
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !is_long => return at,
            byte if byte == quote && !is_long => return at + 1,
            byte if byte == quote && text.get(at..at + 3) == Some(&long[..]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    at
}

/// The offset of the `>` of the IRI that opens at `at`; `at` itself when it is a less-than sign.
fn skip_iri(text: &[u8], at: usize) -> usize {
    for (ahead, byte) in text.iter().enumerate().skip(at + 1) {
        match byte {
            b'>' => return ahead,
            b'<' | b'"' | b' ' | b'\n' | b'{' => return at,
            _ => {}
        }
    }
    at
}

/// Checks an RDF/XML text: how deep elements nest and how much its entities expand to.
pub(super) fn check_xml(text: &[u8]) -> Result<(), Excess> {
    let mut depth = 0_usize;
    let mut expansion = Expansion::default();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if *byte == b'&' {
            expansion.reference(text, at)?;
            at += 1;
            continue;
        }
        if *byte != b'<' {
            at += 1;
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with(b"<!--") {
            at = find(text, at, b"-->") + 3;
        } else if rest.starts_with(b"<![CDATA[") {
            at = find(text, at, b"]]>") + 3;
        } else if rest.starts_with(b"<?") {
            at = find(text, at, b"?>") + 2;
        } else if rest.starts_with(b"<!") {
            at = expansion.declarations(text, at)?;
        } else if rest.starts_with(b"</") {
            depth = depth.saturating_sub(1);
            at = find(text, at, b">") + 1;
        } else {
            let end = expansion.tag(text, at)?;
            depth += usize::from(text.get(end.saturating_sub(1)) != Some(&b'/'));
            if depth > MAX_DEPTH {
                return Err(too_deep(text, at));
            }
            at = end + 1;
        }
    }
    Ok(())
}

/// The sizes of the entities of a document and how much was expanded so far.
#[derive(Default)]
struct Expansion<'a> {
    sizes: BTreeMap<&'a [u8], usize>,
    expanded: usize,
}

impl<'a> Expansion<'a> {
    /// Counts the reference that opens at `at`.
    fn reference(&mut self, text: &[u8], at: usize) -> Result<(), Excess> {
        let size = self.size_of_reference(text.get(at + 1..).unwrap_or_default());
        self.expanded = self.expanded.saturating_add(size);
        if self.expanded > MAX_EXPANDED_BYTES {
            return Err(Excess {
                message: format!("entities expand to more than {MAX_EXPANDED_BYTES} bytes"),
                line: line_of(text, at),
            });
        }
        Ok(())
    }

    fn size_of_reference(&self, name_on: &[u8]) -> usize {
        name_on
            .iter()
            .take(256)
            .position(|byte| *byte == b';')
            .and_then(|end| name_on.get(..end))
            .and_then(|name| self.sizes.get(name))
            .copied()
            .unwrap_or(0)
    }

    /// Reads the declaration that opens at `at`, entities included, and gives the offset after it.
    fn declarations(&mut self, text: &'a [u8], at: usize) -> Result<usize, Excess> {
        let mut at = at + 2;
        let mut brackets = 0_usize;
        while let Some(byte) = text.get(at) {
            let rest = text.get(at..).unwrap_or_default();
            match byte {
                b'[' => brackets += 1,
                b']' => brackets = brackets.saturating_sub(1),
                b'>' if brackets == 0 => return Ok(at + 1),
                b'"' | b'\'' => at = find(text, at + 1, &[*byte]),
                b'<' if rest.starts_with(b"<!--") => at = find(text, at, b"-->") + 2,
                b'<' if rest.starts_with(b"<!ENTITY") => at = self.entity(text, at + 8)?,
                _ => {}
            }
            at += 1;
        }
        Ok(at)
    }

    /// Reads an entity's name and value from after its keyword; gives the offset of its last byte.
    fn entity(&mut self, text: &'a [u8], from: usize) -> Result<usize, Excess> {
        let is_space = |byte: &u8| byte.is_ascii_whitespace();
        let skip = |at: usize, wanted: bool| {
            text.get(at..)
                .unwrap_or_default()
                .iter()
                .position(|byte| is_space(byte) == wanted)
                .map_or(text.len(), |ahead| at + ahead)
        };
        let start = skip(from, false);
        let end = skip(start, true);
        let open = skip(end, false);
        let (Some(name), Some(quote @ (b'"' | b'\''))) = (text.get(start..end), text.get(open))
        else {
            return Ok(end);
        };
        let close = find(text, open + 1, &[*quote]);
        let value = text.get(open + 1..close).unwrap_or_default();
        let mut size = value.len();
        for (ahead, byte) in value.iter().enumerate() {
            if *byte == b'&' {
                let rest = value.get(ahead + 1..).unwrap_or_default();
                size = size.saturating_add(self.size_of_reference(rest));
            }
        }
        self.expanded = self.expanded.saturating_add(size);
        if self.expanded > MAX_EXPANDED_BYTES {
            return Err(Excess {
                message: format!("entities expand to more than {MAX_EXPANDED_BYTES} bytes"),
                line: line_of(text, start),
            });
        }
        self.sizes.insert(name, size);
        Ok(close)
    }

    /// Counts the references in the tag that opens at `at`; gives the offset of its `>`.
    fn tag(&mut self, text: &[u8], at: usize) -> Result<usize, Excess> {
        let mut quote = None;
        let mut at = at + 1;
        while let Some(byte) = text.get(at) {
            match (byte, quote) {
                (b'&', _) => self.reference(text, at)?,
                (b'"' | b'\'', None) => quote = Some(*byte),
                (byte, Some(open)) if *byte == open => quote = None,
                (b'>', None) => return Ok(at),
                _ => {}
            }
            at += 1;
        }
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::{check_turtle, check_xml};

    #[test]
    fn turtle_nesting_is_counted_outside_of_strings_comments_and_iris() {
        let deep = format!("<a> <b> {}{} .", "[ <b> ".repeat(200), "]".repeat(200));
        let excess = check_turtle(deep.as_bytes()).expect_err("200 levels");
        assert_eq!(excess.message, "nesting is deeper than 128 levels");
        let terms = format!("<a> <b> {}", "<<( <a> <b> ".repeat(200));
        assert!(check_turtle(terms.as_bytes()).is_err());
        let calm = format!(
            "# {0}\n<a> <b> \"{0}\", '''{0}\n{0}''' , \"\\\"{0}\" . <http://x/{1}> <b> <c> .",
            "[".repeat(200),
            "(".repeat(200)
        );
        assert_eq!(check_turtle(calm.as_bytes()), Ok(()));
    }

    #[test]
    fn xml_elements_and_entities_are_bounded() {
        let deep = "<a>".repeat(129);
        assert!(check_xml(deep.as_bytes()).is_err());
        let calm = "<a/><b x='>'></b><!-- <a><a> --><c><![CDATA[<a>]]></c>".repeat(200);
        assert_eq!(check_xml(calm.as_bytes()), Ok(()));
        let mut laughs = String::from("<!DOCTYPE x [\n<!ENTITY l0 \"ha\">\n");
        for level in 1..=30 {
            let uses = format!("&l{};", level - 1).repeat(10);
            laughs = format!("{laughs}<!ENTITY l{level} \"{uses}\">\n");
        }
        laughs.push_str("]><x>&l30;</x>");
        let excess = check_xml(laughs.as_bytes()).expect_err("10^30 bytes");
        assert!(excess.message.starts_with("entities expand"), "{excess:?}");
        let fibo = "<!DOCTYPE r [<!ENTITY owl \"http://owl#\">]><r a=\"&owl;x\">&owl;</r>";
        assert_eq!(check_xml(fibo.as_bytes()), Ok(()));
    }
}
