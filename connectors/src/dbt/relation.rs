//! Names inside dbt: relations, and calls of `ref` and `source` in Jinja.

/// Splits a relation as a database writes it, such as `"wh"."Main"."t"`, into its bare parts.
pub(super) fn relation_parts(relation: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut closing = None;
    for c in relation.trim().chars() {
        match (closing, c) {
            (Some(end), c) if c == end => closing = None,
            (None, '"' | '`') => closing = Some(c),
            (None, '[') => closing = Some(']'),
            (None, '.') => parts.push(String::new()),
            (_, c) => {
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
            }
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// What a piece of Jinja refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// `ref('orders')`, `ref('shop', 'orders', v=2)`.
    Node {
        /// The package, when it is named.
        package: Option<String>,
        /// The name of the model, seed or snapshot.
        name: String,
    },
    /// `source('raw', 'orders')`.
    Source {
        /// The name of the source.
        source: String,
        /// The name of the table in it.
        table: String,
    },
}

/// Finds the first call of `ref` or `source` in a piece of Jinja.
pub(super) fn reference_in(jinja: &str) -> Option<Reference> {
    let call = |name: &str| {
        let start = jinja.find(&format!("{name}("))?;
        let inside = &jinja[start + name.len() + 1..];
        let end = inside.find(')').unwrap_or(inside.len());
        Some((start, quoted(&inside[..end])))
    };
    let (node, source) = (call("ref"), call("source"));
    match (node, source) {
        (Some((at, _)), Some((other, arguments))) if other < at => source_of(arguments),
        (Some((_, arguments)), _) => {
            let mut arguments = arguments.into_iter();
            let first = arguments.next()?;
            Some(match arguments.next() {
                Some(name) => Reference::Node {
                    package: Some(first),
                    name,
                },
                None => Reference::Node {
                    package: None,
                    name: first,
                },
            })
        }
        (None, Some((_, arguments))) => source_of(arguments),
        (None, None) => None,
    }
}

fn source_of(arguments: Vec<String>) -> Option<Reference> {
    let mut arguments = arguments.into_iter();
    Some(Reference::Source {
        source: arguments.next()?,
        table: arguments.next()?,
    })
}

/// Gives the texts in quotes.
fn quoted(arguments: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = arguments;
    while let Some(start) = rest.find(['\'', '"']) {
        let quote = if rest[start..].starts_with('\'') {
            '\''
        } else {
            '"'
        };
        let inside = &rest[start + 1..];
        let Some(end) = inside.find(quote) else { break };
        texts.push(inside[..end].to_owned());
        rest = &inside[end + 1..];
    }
    texts
}

/// Gives a column's name without quotes when it is one, and `None` for an expression.
pub(crate) fn plain_column(name: &str) -> Option<&str> {
    let bare = name.trim();
    let unquoted = [('"', '"'), ('`', '`'), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| bare.strip_prefix(open)?.strip_suffix(close));
    if let Some(inside) = unquoted {
        return (!inside.is_empty()).then_some(inside);
    }
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let starts = bare.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (starts && bare.chars().all(plain)).then_some(bare)
}

/// Makes words of a machine's name: `claims_preprocessing` becomes `Claims preprocessing`.
pub(crate) fn words(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let mut words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(first) = words.chars().next()
        && words.chars().all(|c| !c.is_uppercase())
    {
        let upper: String = first.to_uppercase().collect();
        words.replace_range(..first.len_utf8(), &upper);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_lose_the_quotes_of_every_database() {
        assert_eq!(
            relation_parts(r#""wh"."Main"."a.b""#),
            ["wh", "Main", "a.b"]
        );
        assert_eq!(
            relation_parts("`your-project`.`x`.`y`"),
            ["your-project", "x", "y"]
        );
        assert_eq!(relation_parts("[a].[b c]"), ["a", "b c"]);
        assert_eq!(relation_parts(""), Vec::<String>::new());
    }

    #[test]
    fn references_are_found_in_jinja() {
        let node = |package: Option<&str>, name: &str| {
            Some(Reference::Node {
                package: package.map(Into::into),
                name: name.into(),
            })
        };
        assert_eq!(reference_in("ref('orders')"), node(None, "orders"));
        assert_eq!(
            reference_in("{{ get_where_subquery(ref(\"shop\", \"orders\", v=2)) }}"),
            node(Some("shop"), "orders")
        );
        assert_eq!(
            reference_in("{{ get_where_subquery(source('raw', 'orders')) }}"),
            Some(Reference::Source {
                source: "raw".into(),
                table: "orders".into()
            })
        );
        assert_eq!(reference_in("ref("), None);
        assert_eq!(reference_in("select 1"), None);
    }

    #[test]
    fn columns_and_expressions_are_told_apart() {
        assert_eq!(plain_column(" order_id"), Some("order_id"));
        assert_eq!(plain_column("\"Order ID\""), Some("Order ID"));
        assert_eq!(plain_column("a || b"), None);
        assert_eq!(plain_column("1"), None);
        assert_eq!(plain_column("\"\""), None);
    }

    #[test]
    fn machine_names_become_words() {
        assert_eq!(words("claims_preprocessing"), "Claims preprocessing");
        assert_eq!(words("NYC_taxi"), "NYC taxi");
        assert_eq!(words("été"), "Été");
        assert_eq!(words("__"), "");
    }
}
