//! Measures the text of a query before the parser sees it.
//!
//! The parser, the optimiser and the evaluator recurse over the query: a few kilobytes of brackets would overflow
//! their stack, which no program survives. This scan knows just enough of SPARQL's tokens (strings, comments, IRIs,
//! names) to tell brackets, operators and clauses from text.

use crate::error::{Error, Result, TextLimit};

/// Limits of the text of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseLimits {
    /// Bytes of the text.
    pub max_bytes: usize,
    /// Brackets open at the same time.
    pub max_nesting: usize,
    /// Operators of an expression, or steps of a path, in a row.
    pub max_steps: usize,
    /// Brackets, steps and clauses (OPTIONAL, UNION, FILTER, BIND, ...) on top of each other.
    pub max_height: usize,
    /// Triple and path patterns of the whole query: each may become a nested loop inside of those before it.
    pub max_patterns: usize,
}

impl Default for ParseLimits {
    fn default() -> Self {
        Self {
            max_bytes: 64 << 10,
            max_nesting: 128,
            max_steps: 64,
            max_height: 192,
            max_patterns: 200,
        }
    }
}

/// Words that wrap what stands before them into another operator, or are evaluated inside of each other.
const CLAUSES: [&str; 14] = [
    "OPTIONAL", "UNION", "MINUS", "FILTER", "BIND", "GRAPH", "SERVICE", "LATERAL", "EXISTS",
    "SELECT", "HAVING", "VALUES", "AS", "IN",
];
const UPDATES: [&str; 11] = [
    "LOAD", "INSERT", "DELETE", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH", "USING",
];

/// What is open at one level of brackets.
#[derive(Default)]
struct Level {
    clauses: usize,
    steps: usize,
}

struct Scanner<'a> {
    rest: &'a [u8],
    limits: &'a ParseLimits,
    levels: Vec<Level>,
    /// Sum of clauses and steps of all levels.
    stacked: usize,
    in_prologue: bool,
    /// The operations of an update as they come; none when the text should be a query.
    operations: Option<Vec<Operation>>,
}

/// The head of one operation of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    /// The first word, in capitals.
    pub(super) word: &'static str,
    /// Whether SILENT stands behind it.
    pub(super) silent: bool,
}

/// Checks the text of a query against the limits.
pub(super) fn scan(text: &str, limits: &ParseLimits) -> Result<()> {
    run(text, limits, None).map(|_| ())
}

/// Checks the text of an update against the limits, and lists its operations.
pub(super) fn scan_update(text: &str, limits: &ParseLimits) -> Result<Vec<Operation>> {
    let operations = run(text, limits, Some(Vec::new()))?;
    Ok(operations.unwrap_or_default())
}

fn run(
    text: &str,
    limits: &ParseLimits,
    operations: Option<Vec<Operation>>,
) -> Result<Option<Vec<Operation>>> {
    over(TextLimit::Bytes, text.len(), limits.max_bytes)?;
    let mut scanner = Scanner {
        rest: text.as_bytes(),
        limits,
        levels: vec![Level::default()],
        stacked: 0,
        in_prologue: true,
        operations,
    };
    while let Some(&byte) = scanner.rest.first() {
        scanner.token(byte)?;
    }
    Ok(scanner.operations)
}

pub(super) fn over(what: TextLimit, found: usize, limit: usize) -> Result<()> {
    if found > limit {
        Err(Error::QueryTooLarge { what, found, limit })
    } else {
        Ok(())
    }
}

impl Scanner<'_> {
    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn token(&mut self, byte: u8) -> Result<()> {
        match byte {
            b'#' => {
                let length = memchr::memchr2(b'\n', b'\r', self.rest).unwrap_or(self.rest.len());
                self.skip(length);
            }
            b'"' | b'\'' => self.string(byte),
            b'<' => return self.less_than(),
            b'>' if self.rest.starts_with(b">>") => {
                self.skip(2);
                self.close();
            }
            b'(' | b'[' | b'{' => {
                self.skip(1);
                return self.open();
            }
            b')' | b']' | b'}' => {
                self.skip(1);
                self.close();
            }
            b'.' | b';' | b',' => {
                self.skip(1);
                self.end_steps();
                self.end_operation(byte);
            }
            b'?' | b'$' => return self.variable(),
            b'|' | b'&' | b'/' | b'^' | b'+' | b'-' | b'*' | b'=' | b'!' | b'>' => {
                self.skip(1);
                return self.step();
            }
            byte if is_name_byte(byte) => return self.word(),
            _ => self.skip(1),
        }
        Ok(())
    }

    fn open(&mut self) -> Result<()> {
        self.levels.push(Level::default());
        over(
            TextLimit::Nesting,
            self.levels.len() - 1,
            self.limits.max_nesting,
        )?;
        self.check_height()
    }

    /// A closing bracket too many is left to the parser.
    fn close(&mut self) {
        if self.levels.len() > 1
            && let Some(level) = self.levels.pop()
        {
            self.stacked -= level.clauses + level.steps;
        }
    }

    fn top(&mut self) -> &mut Level {
        self.levels
            .last_mut()
            .expect("the outermost level is never closed")
    }

    fn step(&mut self) -> Result<()> {
        let level = self.top();
        level.steps += 1;
        let steps = level.steps;
        self.stacked += 1;
        over(TextLimit::Steps, steps, self.limits.max_steps)?;
        self.check_height()
    }

    fn end_steps(&mut self) {
        let steps = std::mem::take(&mut self.top().steps);
        self.stacked -= steps;
    }

    /// A semicolon outside of all brackets ends an operation of an update: what it stacked is no more.
    fn end_operation(&mut self, byte: u8) {
        if byte == b';' && self.levels.len() == 1 && self.operations.is_some() {
            self.in_prologue = true;
            self.stacked = 0;
            *self.top() = Level::default();
        }
    }

    /// Notes the head of an operation.
    fn operation(&mut self, word: &[u8]) {
        let Some(operations) = &mut self.operations else {
            return;
        };
        let is = |known: &&&str| known.as_bytes().eq_ignore_ascii_case(word);
        if self.in_prologue
            && let Some(word) = UPDATES.iter().find(is)
        {
            operations.push(Operation {
                word,
                silent: false,
            });
        } else if self.levels.len() == 1
            && word.eq_ignore_ascii_case(b"SILENT")
            && let Some(last) = operations.last_mut()
        {
            last.silent = true;
        }
    }

    fn check_height(&self) -> Result<()> {
        over(
            TextLimit::Height,
            self.stacked + self.levels.len() - 1,
            self.limits.max_height,
        )
    }

    fn string(&mut self, quote: u8) {
        let long = [quote; 3];
        if self.rest.starts_with(&long) {
            self.skip(3);
            while !self.rest.is_empty() && !self.rest.starts_with(&long) {
                self.skip(if self.rest[0] == b'\\' { 2 } else { 1 });
            }
            self.skip(3);
            return;
        }
        self.skip(1);
        while let Some(&byte) = self.rest.first() {
            match byte {
                b'\\' => self.skip(2),
                // A short string ends with its line at the latest: the parser will complain.
                b'\n' | b'\r' => return,
                byte => {
                    self.skip(1);
                    if byte == quote {
                        return;
                    }
                }
            }
        }
    }

    /// `<` opens an IRI, a triple term, or compares.
    fn less_than(&mut self) -> Result<()> {
        if self.rest.starts_with(b"<<") {
            self.skip(2);
            return self.open();
        }
        let stops = |&byte: &u8| {
            byte <= b' ' || matches!(byte, b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`')
        };
        let end = self.rest.iter().skip(1).position(stops).map(|at| at + 1);
        if let Some(end) = end.filter(|&end| self.rest[end] == b'>') {
            self.skip(end + 1);
            return Ok(());
        }
        self.skip(1);
        self.step()
    }

    /// `?` starts a variable, or is a step of a path.
    fn variable(&mut self) -> Result<()> {
        let length = self
            .rest
            .iter()
            .skip(1)
            .take_while(|&&b| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80)
            .count();
        self.skip(1 + length);
        if length == 0 { self.step() } else { Ok(()) }
    }

    fn word(&mut self) -> Result<()> {
        let mut length = 0;
        while let Some(&byte) = self.rest.get(length) {
            match byte {
                b'\\' => length += 2,
                byte if is_name_byte(byte) || matches!(byte, b'-' | b'%' | b':') => length += 1,
                // A dot inside a name, not the one that ends a statement.
                b'.' if self
                    .rest
                    .get(length + 1)
                    .is_some_and(|&next| is_name_byte(next) || next == b'.') =>
                {
                    length += 1;
                }
                _ => break,
            }
        }
        let length = length.min(self.rest.len());
        let (word, _) = self.rest.split_at(length);
        self.skip(length.max(1));
        let is = |known: &&str| known.as_bytes().eq_ignore_ascii_case(word);
        self.operation(word);
        if self.in_prologue
            && !word.contains(&b':')
            && !["PREFIX", "BASE", "VERSION"].iter().any(is)
        {
            if self.operations.is_none() && UPDATES.iter().any(is) {
                let feature = if is(&"LOAD") { "LOAD" } else { "SPARQL Update" };
                return Err(Error::QueryRefused {
                    feature,
                    reason: "queries only read",
                });
            }
            self.in_prologue = false;
        }
        if CLAUSES.iter().any(is) {
            self.end_steps();
            self.top().clauses += 1;
            self.stacked += 1;
            return self.check_height();
        }
        Ok(())
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'@' | b'\\') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<()> {
        scan(text, &ParseLimits::default())
    }

    fn limit(text: &str) -> Option<TextLimit> {
        match check(text) {
            Err(Error::QueryTooLarge { what, .. }) => Some(what),
            Ok(()) => None,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn plain_queries_pass() {
        for text in [
            "SELECT * WHERE { ?s ?p ?o }",
            "PREFIX ex: <http://example.com/((((> SELECT ?a { ?a ex:b-c-d-e/ex:f ?g FILTER(?g < 3 && ?a != <x>) }",
            "ASK { ?s ?p \"((((((((\", '''a ' [[[ \\''' # {{{{{{ \n }",
            "SELECT ?x { ?x <http://e/p>* ?y OPTIONAL { ?x a ?t } }",
            "",
            "}}}}))))",
            "\"",
            "'\\",
            "<",
            "ex:a\\",
        ] {
            check(text).unwrap();
        }
    }

    #[test]
    fn each_limit_is_named() {
        let n = 3000;
        assert_eq!(limit(&" ".repeat(70_000)), Some(TextLimit::Bytes));
        assert_eq!(
            limit(&format!(
                "ASK {{ FILTER({}1{}) }}",
                "(".repeat(n),
                ")".repeat(n)
            )),
            Some(TextLimit::Nesting)
        );
        assert_eq!(
            limit(&format!("ASK {}{}", "{".repeat(n), "}".repeat(n))),
            Some(TextLimit::Nesting)
        );
        assert_eq!(
            limit(&format!(
                "ASK {{ ?s ?p {}{} }}",
                "[ ?p ".repeat(n),
                "]".repeat(n)
            )),
            Some(TextLimit::Nesting)
        );
        assert_eq!(
            limit(&format!("ASK {{ ?s ?p {}", "<<( ".repeat(n))),
            Some(TextLimit::Nesting)
        );
        assert_eq!(
            limit(&format!("ASK {{ ?s a{} ?o }}", "/a".repeat(n))),
            Some(TextLimit::Steps)
        );
        assert_eq!(
            limit(&format!("ASK {{ ?s {}a ?o }}", "^".repeat(n))),
            Some(TextLimit::Steps)
        );
        assert_eq!(
            limit(&format!("ASK {{ ?s a{} ?o }}", "?".repeat(n))),
            Some(TextLimit::Steps)
        );
        assert_eq!(
            limit(&format!("ASK {{ FILTER({}true) }}", "!".repeat(n))),
            Some(TextLimit::Steps)
        );
        assert_eq!(
            limit(&format!("ASK {{ FILTER(1{}) }}", "||1".repeat(n))),
            Some(TextLimit::Steps)
        );
        assert_eq!(
            limit(&format!("ASK {{ {{}}{} }}", "UNION{}".repeat(n))),
            Some(TextLimit::Height)
        );
        assert_eq!(
            limit(&format!("ASK {{ {} }}", "OPTIONAL{}".repeat(n))),
            Some(TextLimit::Height)
        );
        assert_eq!(
            limit(&format!("ASK {{ {} }}", "BIND(1 AS ?x)".repeat(n))),
            Some(TextLimit::Height)
        );
    }

    #[test]
    fn updates_are_refused_by_name() {
        let refused = |text: &str| match check(text) {
            Err(Error::QueryRefused { feature, .. }) => Some(feature),
            _ => None,
        };
        assert_eq!(refused("LOAD <file:///etc/passwd>"), Some("LOAD"));
        assert_eq!(
            refused("PREFIX a: <b> insert data { <a> <b> <c> }"),
            Some("SPARQL Update")
        );
        assert_eq!(refused("SELECT ?load { ?load ?insert ?delete }"), None);
    }

    #[test]
    fn the_operations_of_an_update_are_listed() {
        let text = "PREFIX e: <http://e/> CLEAR SILENT ALL ; BASE <http://b/> copy e:a TO e:b;
            INSERT DATA { e:add e:move 'COPY ; DROP' ; e:silent e:o . } # ; LOAD
            ; WITH e:a DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o } ;";
        let operations = scan_update(text, &ParseLimits::default()).unwrap();
        let found: Vec<_> = operations.iter().map(|o| (o.word, o.silent)).collect();
        let expected = [
            ("CLEAR", true),
            ("COPY", false),
            ("INSERT", false),
            ("WITH", false),
        ];
        assert_eq!(found, expected);
        let many = "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o > 1 || ?o < 0) } ;".repeat(500);
        assert_eq!(
            scan_update(&many, &ParseLimits::default()).unwrap().len(),
            500
        );
        assert!(
            scan_update("SELECT * { ?s ?p ?o }", &ParseLimits::default())
                .unwrap()
                .is_empty()
        );
    }
}
