//! Statements without what is written between quotes.

/// Replaces every quoted literal of a statement by `'?'` and leaves its comments out.
///
/// Identifiers in double quotes stay, and so do parameters such as `$1`. A text between `$tag$` is a literal too.
/// A literal or a comment that never ends takes the rest with it.
pub fn without_literals(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find(['\'', '"', '-', '/', '$']) {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        let (kept, length) = token(here, out.chars().next_back());
        match kept {
            Kept::AsItIs => out.push_str(here.get(..length).unwrap_or(here)),
            Kept::Literal => out.push_str("'?'"),
            Kept::Nothing => out.push(' '),
        }
        rest = here.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out.trim().to_owned()
}

enum Kept {
    AsItIs,
    Literal,
    Nothing,
}

/// Gives what becomes of the token that a text starts with, and its length in bytes.
fn token(text: &str, before: Option<char>) -> (Kept, usize) {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.get(1)) {
        (Some(b'\''), _) => {
            // `E'it\'s'` has escapes of its own.
            let escapes = matches!(before, Some('e' | 'E'));
            (Kept::Literal, quoted_length(bytes, b'\'', escapes))
        }
        (Some(b'"'), _) => (Kept::AsItIs, quoted_length(bytes, b'"', false)),
        (Some(b'-'), Some(b'-')) => {
            let end = text.find('\n').unwrap_or(text.len());
            (Kept::Nothing, end)
        }
        (Some(b'/'), Some(b'*')) => (Kept::Nothing, comment_length(bytes)),
        (Some(b'$'), _) => dollar(text, before),
        _ => (Kept::AsItIs, 1),
    }
}

/// The length of a text in quotes, of which two stand for one.
fn quoted_length(bytes: &[u8], quote: u8, escapes: bool) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        at += match *byte {
            b'\\' if escapes => 2,
            byte if byte == quote && bytes.get(at + 1) == Some(&quote) => 2,
            byte if byte == quote => return at + 1,
            _ => 1,
        };
    }
    bytes.len()
}

/// The length of a comment, which may hold others.
fn comment_length(bytes: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// `$1` is a parameter, `$$text$$` and `$tag$text$tag$` are literals.
fn dollar(text: &str, before: Option<char>) -> (Kept, usize) {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let Some(end) = text[1..].find('$') else {
        return (Kept::AsItIs, 1);
    };
    let tag = &text[..end + 2];
    let inside = &tag[1..=end];
    let is_tag = inside.chars().all(is_name)
        && !inside.starts_with(|c: char| c.is_ascii_digit())
        && !before.is_some_and(is_name);
    if !is_tag {
        return (Kept::AsItIs, 1);
    }
    let body = &text[tag.len()..];
    let length = body.find(tag).map_or(text.len(), |at| tag.len() * 2 + at);
    (Kept::Literal, length)
}

#[cfg(test)]
mod tests {
    use super::without_literals;

    #[test]
    fn literals_and_comments_go_and_the_shape_stays() {
        for (sql, expected) in [
            ("select 'a''b', $1 from t", "select '?', $1 from t"),
            (r"select E'it\'s' || 'x'", "select E'?' || '?'"),
            (
                "select \"it's\" from t -- 'x'\nwhere a = 'y'",
                "select \"it's\" from t  \nwhere a = '?'",
            ),
            ("/* {\"user\": 'ann' /* in */ } */ select 1", "select 1"),
            ("select $$ann$$, $q$it's $$ $q$, $1", "select '?', '?', $1"),
            ("select a - b / c, x$1$y", "select a - b / c, x$1$y"),
            ("select 'never ends", "select '?'"),
            ("/* never ends", ""),
            ("select $1$2, 'é', $é$secret$é$", "select $1$2, '?', '?'"),
        ] {
            assert_eq!(without_literals(sql), expected, "{sql}");
        }
    }
}
