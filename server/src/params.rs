//! The parameters of a URL or a form, with the unknown ones refused by name.

use crate::problem::{Answer, Problem};

/// Decoded `name=value` pairs of which each must be taken.
#[derive(Clone, Debug)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Decodes a query string or an `application/x-www-form-urlencoded` body.
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .collect();
        Self { pairs }
    }

    /// Says whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Says whether a parameter is there, without taking it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, _)| key == name)
    }

    /// Adds the pairs of another place, for example those of the form to those of the URL.
    pub(crate) fn extend(&mut self, other: Self) {
        self.pairs.extend(other.pairs);
    }

    /// Takes every value of a parameter that may be repeated.
    pub(crate) fn many(&mut self, name: &str) -> Vec<String> {
        let (taken, left) = std::mem::take(&mut self.pairs)
            .into_iter()
            .partition::<Vec<_>, _>(|(key, _)| key == name);
        self.pairs = left;
        taken.into_iter().map(|(_, value)| value).collect()
    }

    /// Takes a parameter that may be there once.
    pub(crate) fn one(&mut self, name: &str) -> Answer<Option<String>> {
        let mut values = self.many(name);
        if values.len() > 1 {
            return Err(Problem::bad_request(format!(
                "the parameter `{name}` is given {} times and may be given once",
                values.len()
            ))
            .with("parameter", name));
        }
        Ok(values.pop())
    }

    /// Takes a parameter that must be there once.
    pub(crate) fn required(&mut self, name: &str) -> Answer<String> {
        self.one(name)?.ok_or_else(|| {
            Problem::bad_request(format!("the parameter `{name}` is missing"))
                .with("parameter", name)
        })
    }

    /// Takes a parameter of a type that is read from text.
    pub(crate) fn parsed<T: std::str::FromStr>(
        &mut self,
        name: &str,
        expected: &str,
    ) -> Answer<Option<T>> {
        let Some(text) = self.one(name)? else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|_| not_a(name, &text, expected))
    }

    /// Takes a number and keeps it within a range, as pages do.
    pub(crate) fn number(&mut self, name: &str, otherwise: usize, most: usize) -> Answer<usize> {
        let value = self
            .parsed::<usize>(name, "a whole number")?
            .unwrap_or(otherwise);
        if value > most {
            return Err(Problem::bad_request(format!(
                "the parameter `{name}` is {value}, more than {most}"
            ))
            .with("parameter", name));
        }
        Ok(value)
    }

    /// Refuses what nobody took.
    pub(crate) fn finish(self) -> Answer<()> {
        match self.pairs.first() {
            None => Ok(()),
            Some((name, _)) => {
                let shown: String = name.chars().take(64).collect();
                Err(
                    Problem::bad_request(format!("the parameter `{shown}` is not known here"))
                        .hint("the parameters of every route are in /openapi.json")
                        .with("parameter", shown),
                )
            }
        }
    }
}

/// Says that the text of a parameter is not what is expected.
pub(crate) fn not_a(name: &str, text: &str, expected: &str) -> Problem {
    let shown: String = text.chars().take(64).collect();
    Problem::bad_request(format!(
        "the parameter `{name}` is `{shown}`, expected {expected}"
    ))
    .with("parameter", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_repeatable() {
        let mut params = Params::parse("text=active+member&kind=term&kind=dataset&q=%C3%A9");
        assert_eq!(params.required("text").expect("given"), "active member");
        assert_eq!(params.many("kind"), ["term", "dataset"]);
        assert_eq!(params.one("q").expect("once"), Some("é".to_owned()));
        params.finish().expect("everything is taken");
    }

    #[test]
    fn missing_repeated_and_unknown_are_refused() {
        let mut params = Params::parse("a=1&a=2&limit=x&typo=1");
        assert!(params.required("b").is_err());
        assert!(params.one("a").is_err());
        assert!(params.number("limit", 10, 100).is_err());
        assert!(params.finish().is_err());
    }
}
