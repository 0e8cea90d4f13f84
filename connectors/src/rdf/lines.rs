//! An XML text handed out line by line, so that an error without a place gets the line it was met on.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// A reader that gives at most one line at a time and tells which one it gave last.
pub(super) struct LineReader<'a> {
    rest: &'a [u8],
    line: Rc<Cell<u64>>,
    at_line_start: bool,
}

impl<'a> LineReader<'a> {
    /// Makes a reader of this text.
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            rest: text,
            line: Rc::new(Cell::new(0)),
            at_line_start: true,
        }
    }

    /// The number of the line that was last given, from one; it moves on with the reader.
    pub(super) fn line(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.line)
    }
}

impl Read for LineReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() || buffer.is_empty() {
            return Ok(0);
        }
        if self.at_line_start {
            self.line.set(self.line.get() + 1);
        }
        let newline = self.rest.iter().position(|byte| *byte == b'\n');
        let end = newline
            .map_or(self.rest.len(), |at| at + 1)
            .min(buffer.len());
        let (given, rest) = self.rest.split_at(end);
        buffer[..end].copy_from_slice(given);
        self.at_line_start = given.ends_with(b"\n");
        self.rest = rest;
        Ok(end)
    }
}

/// Whether a text has these bytes anywhere.
pub(super) fn contains(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|window| window == wanted)
}

/// The text as UTF-8: as it is, or decoded when its XML declaration names ISO 8859-1.
pub(super) fn as_utf8(text: &[u8]) -> Cow<'_, [u8]> {
    let head = String::from_utf8_lossy(&text[..text.len().min(200)]).to_ascii_lowercase();
    let declaration = head.split("?>").next().unwrap_or_default();
    let is_latin = ["iso-8859-1", "latin1", "latin-1"]
        .iter()
        .any(|name| declaration.contains(name));
    if !is_latin || std::str::from_utf8(text).is_ok() {
        return Cow::Borrowed(text);
    }
    let decoded: String = text.iter().copied().map(char::from).collect();
    Cow::Owned(decoded.into_bytes())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{LineReader, as_utf8};

    #[test]
    fn lines_are_counted_as_they_are_given() {
        let mut reader = LineReader::new(b"one\ntwo and more\n\nfour");
        let line = reader.line();
        let mut seen = Vec::new();
        let mut buffer = [0; 5];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            seen.push((
                line.get(),
                String::from_utf8_lossy(&buffer[..length]).into_owned(),
            ));
        }
        let lines: Vec<u64> = seen.iter().map(|(line, _)| *line).collect();
        let text: String = seen.into_iter().map(|(_, text)| text).collect();
        assert_eq!(lines, [1, 2, 2, 2, 3, 4]);
        assert_eq!(text, "one\ntwo and more\n\nfour");
    }

    #[test]
    fn latin_one_is_decoded_when_declared() {
        let text = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>";
        assert!(String::from_utf8_lossy(&as_utf8(text)).ends_with("<a>é</a>"));
    }
}
