//! A quick key of a statement: the same for texts that differ in literals, comments and layout alone.
//!
//! It decides only whether a statement is parsed again, and so it is made in one pass over the bytes, without a lexer.

use crate::sql::Dialect;

/// Makes the key.
pub(super) fn of(sql: &str, dialect: Dialect) -> u64 {
    let mut scan = Scan {
        bytes: sql.as_bytes(),
        at: 0,
        hash: 0xcbf2_9ce4_8422_2325,
        value_before: false,
        comma: false,
        ordinals: false,
    };
    let lax = !matches!(
        dialect,
        Dialect::Postgres
            | Dialect::Redshift
            | Dialect::Snowflake
            | Dialect::Generic
            | Dialect::Ansi
            | Dialect::Trino
            | Dialect::DuckDb
            | Dialect::Oracle
    );
    while let Some(byte) = scan.peek(0) {
        match byte {
            _ if byte.is_ascii_whitespace() => scan.at += 1,
            b'-' if scan.peek(1) == Some(b'-') => scan.skip_line(),
            b'/' if scan.peek(1) == Some(b'*') => scan.skip_comment(),
            b'\'' => {
                scan.skip_quoted(b'\'', escapes(dialect));
                scan.value();
            }
            b'"' if lax && dialect != Dialect::MsSql && dialect != Dialect::Sqlite => {
                scan.skip_quoted(b'"', escapes(dialect));
                scan.value();
            }
            b'$' if scan.skip_dollar() => scan.value(),
            b'0'..=b'9' => scan.number(),
            b',' => {
                scan.comma = scan.value_before;
                if !scan.value_before {
                    scan.feed(b",");
                }
                scan.at += 1;
            }
            _ if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => scan.word(),
            b'"' | b'`' => scan.name(byte),
            _ => {
                scan.feed(&[byte]);
                scan.at += 1;
            }
        }
    }
    scan.hash
}

fn escapes(dialect: Dialect) -> bool {
    matches!(
        dialect,
        Dialect::MySql
            | Dialect::BigQuery
            | Dialect::Databricks
            | Dialect::Spark
            | Dialect::Hive
            | Dialect::Snowflake
            | Dialect::ClickHouse
    )
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    hash: u64,
    /// Whether a literal was read last.
    value_before: bool,
    /// Whether a comma after a literal waits for what follows: `1, 2, 3` is one value.
    comma: bool,
    /// Whether numbers are places in the select list, as after `GROUP BY`.
    ordinals: bool,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Adds a word or sign to the hash, apart from its neighbours.
    fn feed(&mut self, word: &[u8]) {
        if self.comma {
            self.mix(b",");
            self.comma = false;
        }
        self.mix(word);
        self.value_before = false;
    }

    fn mix(&mut self, word: &[u8]) {
        for byte in word.iter().chain(b" ") {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn value(&mut self) {
        if self.comma {
            self.comma = false;
        } else {
            self.mix(b"?");
        }
        self.value_before = true;
    }

    fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    fn skip_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    fn skip_quoted(&mut self, quote: u8, escapes: bool) {
        let escapes = escapes || (self.at > 0 && matches!(self.bytes[self.at - 1], b'e' | b'E'));
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            if byte == b'\\' && escapes {
                self.at += 1;
            } else if byte == quote {
                if self.peek(0) != Some(quote) {
                    return;
                }
                self.at += 1;
            }
        }
    }

    /// Skips `$1` and `$tag$ ... $tag$`.
    fn skip_dollar(&mut self) -> bool {
        let rest = &self.bytes[self.at + 1..];
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let name = rest.iter().take_while(|byte| is_name(byte)).count();
        if rest.get(name) != Some(&b'$') {
            self.at += 1 + name;
            return name > 0;
        }
        let tag = &self.bytes[self.at..self.at + name + 2];
        let inside = &self.bytes[self.at + tag.len()..];
        let end = inside.windows(tag.len()).position(|window| window == tag);
        self.at += tag.len() + end.map_or(inside.len(), |end| end + tag.len());
        true
    }

    fn number(&mut self) {
        let start = self.at;
        while self
            .peek(0)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
        {
            self.at += 1;
        }
        if self.ordinals && self.at - start <= 3 {
            let (start, end) = (start, self.at);
            let digits = self.bytes[start..end].to_vec();
            self.feed(&digits);
        } else {
            self.value();
        }
    }

    fn word(&mut self) {
        let start = self.at;
        while self.peek(0).is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
        }) {
            self.at += 1;
        }
        let word: Vec<u8> = self.bytes[start..self.at]
            .iter()
            .map(u8::to_ascii_lowercase)
            .collect();
        // The letter before a text is part of it: `E'...'`.
        if word.len() == 1 && self.peek(0) == Some(b'\'') && b"enbxr".contains(&word[0]) {
            return;
        }
        self.ordinals = word == b"by";
        self.feed(&word);
    }

    fn name(&mut self, quote: u8) {
        let start = self.at;
        self.skip_quoted(quote, false);
        let name = self.bytes[start..self.at.min(self.bytes.len())].to_vec();
        self.feed(&name);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_shapes_make_a_difference() {
        let key = |sql: &str| of(sql, Dialect::Postgres);
        let one = key("select a from t where b = 'x' and c in (1, 2, 3) -- why");
        assert_eq!(
            one,
            key("SELECT a\nFROM t /* {\"x\": 1} */ WHERE b='it''s' AND c IN ($1)")
        );
        assert_eq!(
            one,
            key("select a from t where b = $q$x$q$ and c in (1.5e3)")
        );
        assert_eq!(one, key("select a from t where b = E'\\'' and c in (1)"));
        for other in [
            "select a from t where b = 'x' and d in (1)",
            "select \"A\" from t where b = 'x' and c in (1)",
            "select a from t where b = 'x' or c in (1)",
        ] {
            assert_ne!(one, key(other), "{other}");
        }
        assert_ne!(
            key("select a from t group by 1"),
            key("select a from t group by 2")
        );
        assert_eq!(
            key("select a from t limit 1"),
            key("select a from t limit 2")
        );
    }

    proptest! {
        #[test]
        fn any_text_has_a_key(sql in "\\PC{0,80}", marks in "['\"$/*\\\\-]{0,20}") {
            for dialect in [Dialect::Postgres, Dialect::BigQuery, Dialect::MsSql] {
                let _key = of(&format!("{sql}{marks}{sql}"), dialect);
            }
        }
    }
}
