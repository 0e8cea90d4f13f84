//! Calls as MetricFlow's queries write them: `TimeDimension('metric_time', 'day').descending(True)`.

/// A call with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    /// What is called.
    pub(super) function: String,
    /// The arguments, with the names of those that have one.
    pub(super) arguments: Vec<(Option<String>, Argument)>,
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Argument {
    /// A text in quotes.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
    /// `True` or `False`.
    Flag(bool),
    /// `None`.
    Nothing,
}

impl Call {
    /// Reads a call and the calls of methods on its result; `None` if the text is anything else.
    pub(super) fn parse(text: &str) -> Option<Vec<Self>> {
        let mut parser = Parser { rest: text };
        let mut calls = vec![parser.call()?];
        while parser.take('.') {
            calls.push(parser.call()?);
        }
        parser.rest.trim().is_empty().then_some(calls)
    }

    /// Returns the argument at a place, or with a name.
    fn argument(&self, at: usize, name: &str) -> Option<&Argument> {
        self.arguments
            .iter()
            .enumerate()
            .find(|(number, (given, _))| match given {
                Some(given) => given == name,
                None => *number == at,
            })
            .map(|(_, (_, argument))| argument)
    }

    /// Returns an argument that is a text.
    pub(super) fn text(&self, at: usize, name: &str) -> Option<&str> {
        match self.argument(at, name)? {
            Argument::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns an argument that is a list of texts; an absent one is empty.
    pub(super) fn texts(&self, at: usize, name: &str) -> Vec<String> {
        match self.argument(at, name) {
            Some(Argument::Texts(texts)) => texts.clone(),
            Some(Argument::Text(text)) => vec![text.clone()],
            _ => Vec::new(),
        }
    }

    /// Returns an argument with a name that is a truth value.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.argument(usize::MAX, name)? {
            Argument::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Returns the first argument as a truth value, which is true if there is none.
    pub(super) fn first_flag(&self) -> Option<bool> {
        match self.arguments.first() {
            None => Some(true),
            Some((_, Argument::Flag(flag))) => Some(*flag),
            Some(_) => None,
        }
    }
}

struct Parser<'t> {
    rest: &'t str,
}

impl Parser<'_> {
    /// Steps over a sign, and the blanks before it.
    fn take(&mut self, sign: char) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> Option<String> {
        let text = self.rest.trim_start();
        let end = text
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
            .unwrap_or(text.len());
        self.rest = &text[end..];
        (end > 0).then(|| text[..end].to_owned())
    }

    fn call(&mut self) -> Option<Call> {
        let function = self.word()?;
        if !self.take('(') {
            return None;
        }
        let mut arguments = Vec::new();
        while !self.take(')') {
            arguments.push(self.argument()?);
            if !self.take(',') && !self.rest.trim_start().starts_with(')') {
                return None;
            }
        }
        Some(Call {
            function,
            arguments,
        })
    }

    fn argument(&mut self) -> Option<(Option<String>, Argument)> {
        if !self
            .rest
            .trim_start()
            .starts_with(|letter: char| letter.is_ascii_alphabetic())
        {
            return Some((None, self.value()?));
        }
        let before = self.rest;
        let name = self.word()?;
        if self.take('=') {
            return Some((Some(name), self.value()?));
        }
        self.rest = before;
        Some((None, self.value()?))
    }

    fn value(&mut self) -> Option<Argument> {
        if self.take('[') {
            let mut texts = Vec::new();
            while !self.take(']') {
                texts.push(self.text()?);
                if !self.take(',') && !self.rest.trim_start().starts_with(']') {
                    return None;
                }
            }
            return Some(Argument::Texts(texts));
        }
        if let Some(text) = self.text() {
            return Some(Argument::Text(text));
        }
        match self.word()?.as_str() {
            "True" | "true" => Some(Argument::Flag(true)),
            "False" | "false" => Some(Argument::Flag(false)),
            "None" | "null" => Some(Argument::Nothing),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<String> {
        let text = self.rest.trim_start();
        let quote = text
            .chars()
            .next()
            .filter(|sign| matches!(sign, '\'' | '"'))?;
        let inner = &text[1..];
        let end = inner.find(quote)?;
        self.rest = &inner[end + 1..];
        Some(inner[..end].to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{Argument, Call};

    #[test]
    fn calls_and_methods_are_read() {
        let calls = Call::parse(
            " TimeDimension( 'metric_time', \"day\", entity_path=['a', 'b']) .descending(True)",
        )
        .unwrap();
        assert_eq!(calls[0].text(1, "grain"), Some("day"));
        assert_eq!(calls[0].texts(2, "entity_path"), ["a", "b"]);
        assert_eq!(calls[1].function, "descending");
        assert_eq!(calls[1].arguments, [(None, Argument::Flag(true))]);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "a",
            "a(",
            "a('x",
            "a('x' 'y')",
            "a(b)",
            "a()x",
            "a().",
            "a(['x')",
        ] {
            assert_eq!(Call::parse(text), None, "{text}");
        }
    }
}
