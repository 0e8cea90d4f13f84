//! Names of relations as formats spell them, and what is a query instead.

/// Splits the name of a relation at the dots outside of quotes, and takes the quotes away.
pub(super) fn parts_of(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for letter in name.trim().chars() {
        match (quote, letter) {
            (None, '"' | '`') => quote = Some(letter),
            (None, '[') => quote = Some(']'),
            (None, '.') => parts.push(String::new()),
            (Some(end), letter) if letter == end => quote = None,
            _ => {
                if let Some(part) = parts.last_mut() {
                    part.push(letter);
                }
            }
        }
    }
    parts
}

/// Joins the parts of a name by dots, with quotes around those that are no plain words.
pub(super) fn name_of(parts: &[String]) -> String {
    let quoted: Vec<String> = parts
        .iter()
        .map(|part| {
            if is_word(part) {
                part.clone()
            } else {
                format!("\"{part}\"")
            }
        })
        .collect();
    quoted.join(".")
}

/// Tells whether a name needs no quotes anywhere.
pub(super) fn is_word(name: &str) -> bool {
    let mut letters = name.chars();
    letters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$'))
}

/// Tells a query from the name of a relation.
pub(super) fn is_query(source: &str) -> bool {
    let source = source.trim_start();
    let word: String = source
        .chars()
        .take_while(|letter| letter.is_alphabetic())
        .collect();
    let after = source[word.len()..].chars().next();
    let keyword = ["select", "with", "values", "from"]
        .iter()
        .any(|keyword| word.eq_ignore_ascii_case(keyword));
    source.starts_with('(')
        || keyword && after.is_some_and(|sign| sign.is_whitespace() || sign == '(')
}
