//! Jinja in YAML, which is not run: it is masked so that the rest can be read.

use std::borrow::Cow;

/// What stands for the braces of an expression, of the same length.
const OPEN: &str = "\u{ab}\u{ab}";
const CLOSE: &str = "\u{bb}\u{bb}";

/// Masks the Jinja of a text; gives the lines of the statements that were taken out, counted from one.
///
/// Statements (`{% for ... %}`) become blank lines, and so what they enclose is read once, as if they were not there.
pub(in super::super) fn masked(text: &str) -> (Cow<'_, str>, Vec<u64>) {
    if !["{{", "{%", "{#"].iter().any(|sign| text.contains(sign)) {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut lines = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut inside = None;
    for (number, line) in (1..).zip(text.split('\n')) {
        if number > 1 {
            out.push('\n');
        }
        let start = line.trim_start();
        let opened = [("{%", "%}"), ("{#", "#}")]
            .into_iter()
            .find(|(open, _)| start.starts_with(open))
            .map(|(_, close)| close);
        if let Some(close) = inside.or(opened) {
            lines.push(number);
            inside = (!line.contains(close)).then_some(close);
            continue;
        }
        expressions(line, &mut out);
    }
    (Cow::Owned(out), lines)
}

fn expressions(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else {
            break;
        };
        out.push_str(&rest[..start]);
        out.push_str(OPEN);
        out.push_str(&rest[start + 2..start + length]);
        out.push_str(CLOSE);
        rest = &rest[start + length + 2..];
    }
    out.push_str(rest);
}

/// Tells whether a masked text holds Jinja.
pub(super) fn holds(text: &str) -> bool {
    text.contains(OPEN) || text.contains("{%") || text.contains("{{")
}

#[cfg(test)]
mod tests {
    use super::{holds, masked};

    #[test]
    fn statements_go_and_expressions_are_marked() {
        let (text, lines) = masked("a:\n{% for x in y -%}\n- {{ x }}: '{CUBE}'\n{# no\nmore #}\n");
        assert_eq!(text, "a:\n\n- \u{ab}\u{ab} x \u{bb}\u{bb}: '{CUBE}'\n\n\n");
        assert_eq!(lines, [2, 4, 5]);
        assert!(holds(&text) && !holds("{CUBE}.x"));
        assert_eq!(masked("a: {b: 1}").1, [0; 0]);
        assert_eq!(masked("a: {{ b").0, "a: {{ b");
    }
}
