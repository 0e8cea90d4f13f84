//! Names of tables.

use std::fmt;

/// A table's name in an engine: the parts of a dotted path, outermost first, one to three of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName(Vec<String>);

impl TableName {
    /// A name from its parts.
    pub fn new<I, S>(parts: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        Self(parts.into_iter().map(Into::into).collect())
    }

    /// Reads `a.b.c`, with `"` around a part that holds a dot; a doubled `"` inside stands for one.
    pub fn parse(text: &str) -> Self {
        let mut parts = vec![String::new()];
        let mut quoted = false;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let part = parts.last_mut().expect("there is always a part");
            match c {
                '"' if quoted && rest.peek() == Some(&'"') => {
                    rest.next();
                    part.push('"');
                }
                '"' => quoted = !quoted,
                '.' if !quoted => parts.push(String::new()),
                c => part.push(c),
            }
        }
        Self(parts)
    }

    /// The parts, outermost first.
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// The innermost part.
    pub fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_with_their_quotes() {
        let parts = |text| TableName::parse(text).parts().join("|");
        assert_eq!(parts("t"), "t");
        assert_eq!(parts("db.s.t"), "db|s|t");
        assert_eq!(parts(r#"s."a.b""#), "s|a.b");
        assert_eq!(parts(r#""say ""hi""".t"#), r#"say "hi"|t"#);
    }
}
