//! Which domain and data product an asset belongs to, by the user's own rules.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The `[mapping]` table of `isogloss.toml`.
///
/// ```
/// use connectors::{Asset, Mapping};
///
/// let mapping = Mapping::parse(
///     r#"
///     [mapping]
///     default_domain = "Shared data"
///
///     [[mapping.rules]]
///     folder = "marts/finance"
///     domain = "Finance"
///     product = "Revenue"
/// "#,
/// )?;
/// let asset = Asset { folder: "marts/finance/daily", ..Asset::default() };
/// assert_eq!(mapping.place(&asset).product.as_deref(), Some("Revenue"));
/// # Ok::<(), connectors::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The domain of what no rule, metadata or group places.
    #[serde(default)]
    pub default_domain: Option<String>,
    /// The rules, in order; for domain and product each, the first that matches and names one wins.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// One rule: every pattern it has must match.
///
/// A pattern is compared without regard to case; `*` stands for any run of characters, `?` for one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The source that the asset is read from.
    pub source: Option<String>,
    /// The dbt package.
    pub package: Option<String>,
    /// The folder below the models, such as `marts/finance`; what lies deeper matches too.
    pub folder: Option<String>,
    /// The dbt group.
    pub group: Option<String>,
    /// One of the tags.
    pub tag: Option<String>,
    /// The database of the relation.
    pub database: Option<String>,
    /// The schema of the relation.
    pub schema: Option<String>,
    /// The name of the asset.
    pub name: Option<String>,
    /// The domain it belongs to.
    pub domain: Option<String>,
    /// The data product it belongs to.
    pub product: Option<String>,
}

/// What the rules look at; an empty text never matches a pattern.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asset<'a> {
    /// The source that the asset is read from.
    pub source: &'a str,
    /// The dbt package.
    pub package: &'a str,
    /// The folder below the models, with `/` between its parts.
    pub folder: &'a str,
    /// The dbt group.
    pub group: &'a str,
    /// The tags.
    pub tags: &'a [String],
    /// The database of the relation.
    pub database: &'a str,
    /// The schema of the relation.
    pub schema: &'a str,
    /// The name of the asset.
    pub name: &'a str,
}

/// Where the rules put an asset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The domain, by its label.
    pub domain: Option<String>,
    /// The data product, by its name.
    pub product: Option<String>,
}

impl Mapping {
    /// Reads the `[mapping]` table of a configuration file; other tables are none of its business.
    ///
    /// Gives [`Error::BadMapping`] for text that is not TOML, and for unknown or wrong keys in the table.
    pub fn parse(text: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct File {
            #[serde(default)]
            mapping: Mapping,
        }
        let bad = |reason: String| Error::BadMapping { reason };
        let file: File =
            toml::from_str(text).map_err(|error| bad(error.to_string().trim_end().into()))?;
        let named_nothing = |rule: &&Rule| rule.domain.is_none() && rule.product.is_none();
        if file.mapping.rules.iter().any(|rule| named_nothing(&rule)) {
            return Err(bad("a rule names neither `domain` nor `product`".into()));
        }
        Ok(file.mapping)
    }

    /// Places an asset by the rules alone.
    pub fn place(&self, asset: &Asset<'_>) -> Placement {
        let mut placement = Placement::default();
        for rule in self.rules.iter().filter(|rule| rule.matches(asset)) {
            if placement.domain.is_none() {
                placement.domain.clone_from(&rule.domain);
            }
            if placement.product.is_none() {
                placement.product.clone_from(&rule.product);
            }
        }
        placement
    }
}

impl Rule {
    fn matches(&self, asset: &Asset<'_>) -> bool {
        let one = |pattern: &Option<String>, text: &str| {
            pattern
                .as_ref()
                .is_none_or(|pattern| !text.is_empty() && glob(pattern, text))
        };
        one(&self.source, asset.source)
            && one(&self.package, asset.package)
            && one(&self.group, asset.group)
            && one(&self.database, asset.database)
            && one(&self.schema, asset.schema)
            && one(&self.name, asset.name)
            && self
                .folder
                .as_ref()
                .is_none_or(|pattern| folder_matches(pattern, asset.folder))
            && self
                .tag
                .as_ref()
                .is_none_or(|pattern| asset.tags.iter().any(|tag| glob(pattern, tag)))
    }
}

/// Matches a folder or any folder above it.
fn folder_matches(pattern: &str, folder: &str) -> bool {
    let pattern = pattern.trim_matches('/');
    let ends = folder.match_indices('/').map(|(at, _)| at);
    !folder.is_empty()
        && ends
            .chain([folder.len()])
            .any(|end| glob(pattern, &folder[..end]))
}

/// Matches a pattern with `*` and `?` against a text, in time linear in the product of their lengths at worst.
fn glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().flat_map(char::to_lowercase).collect();
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let (mut at_pattern, mut at_text) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at_text < text.len() {
        match pattern.get(at_pattern) {
            Some('*') => {
                star = Some((at_pattern, at_text));
                at_pattern += 1;
            }
            Some(one) if *one == '?' || *one == text[at_text] => {
                at_pattern += 1;
                at_text += 1;
            }
            _ => {
                let Some((star_pattern, star_text)) = star else {
                    return false;
                };
                star = Some((star_pattern, star_text + 1));
                at_pattern = star_pattern + 1;
                at_text = star_text + 1;
            }
        }
    }
    pattern[at_pattern..].iter().all(|one| *one == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_a_user_expects() {
        for (pattern, text, expected) in [
            ("finance", "Finance", true),
            ("fin*", "finance", true),
            ("*mart*s", "data_marts", true),
            ("f?n", "fan", true),
            ("f?n", "fann", false),
            ("", "", true),
            ("*", "", true),
            ("a*b*c", "a-x-b-y-d", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
        assert!(folder_matches("marts/fin*", "marts/finance/daily"));
        assert!(!folder_matches("finance", "marts/finance"));
    }

    #[test]
    fn the_first_rule_that_names_something_wins() {
        let mapping = Mapping::parse(
            r#"
            [server]
            listen = "loopback"
            [[mapping.rules]]
            package = "shop"
            product = "Shop data"
            [[mapping.rules]]
            schema = "fin_*"
            domain = "Finance"
            [[mapping.rules]]
            source = "*"
            domain = "Other"
            product = "Other data"
            "#,
        )
        .unwrap();
        let asset = Asset {
            source: "s",
            package: "shop",
            schema: "fin_eu",
            ..Asset::default()
        };
        let placement = mapping.place(&asset);
        assert_eq!(placement.domain.as_deref(), Some("Finance"));
        assert_eq!(placement.product.as_deref(), Some("Shop data"));
    }

    #[test]
    fn a_wrong_key_is_refused_and_named() {
        let error = Mapping::parse("[[mapping.rules]]\nfoldr = \"x\"\n").unwrap_err();
        assert!(error.to_string().contains("foldr"), "{error}");
        let error = Mapping::parse("[[mapping.rules]]\nfolder = \"x\"\n").unwrap_err();
        assert!(error.to_string().contains("names neither"), "{error}");
    }
}
