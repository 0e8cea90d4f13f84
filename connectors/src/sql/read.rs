//! From a text to facts: tokens, limits, parser, resolver.

use sqlparser::ast::Statement;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::TokenWithSpan;

use super::fingerprint::{self, Marks};
use super::statement::Resolver;
use super::tokens::{self, Tokens};
use super::{Analysis, Dialect, Problem, Schema, StatementFacts, fallback};

/// What a reader knows besides the text.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    pub(super) dialect: Dialect,
    pub(super) schema: &'a Schema,
    pub(super) database: Option<String>,
    pub(super) search_path: Vec<String>,
    pub(super) limits: Limits,
    pub(super) keeps_skeletons: bool,
}

impl<'a> Context<'a> {
    /// Gives the context of a dialect and what is known of the tables.
    pub fn new(dialect: Dialect, schema: &'a Schema) -> Self {
        Self {
            dialect,
            schema,
            database: None,
            search_path: Vec::new(),
            limits: Limits::default(),
            keeps_skeletons: false,
        }
    }

    /// Sets the database of tables that are named without one.
    #[must_use]
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// Sets the schemas in which tables are looked for that are named without one; the first is that of unknown tables.
    #[must_use]
    pub fn search_path<S: Into<String>>(mut self, schemas: impl IntoIterator<Item = S>) -> Self {
        self.search_path = schemas.into_iter().map(Into::into).collect();
        self
    }

    /// Asks for [`StatementFacts::skeleton`].
    #[must_use]
    pub fn skeletons(mut self) -> Self {
        self.keeps_skeletons = true;
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// How much of a text is read; beyond it a statement is fingerprinted only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The size of a text, in bytes.
    pub bytes_max: usize,
    /// The words and signs of a statement, once long lists of literals are taken as one.
    pub tokens_max: usize,
    /// How deep parentheses and `CASE` may nest.
    pub depth_max: usize,
}

impl Default for Limits {
    /// Gives 4 MiB, 40,000 words and 120 levels.
    fn default() -> Self {
        Self {
            bytes_max: 4 << 20,
            tokens_max: 40_000,
            depth_max: 120,
        }
    }
}

/// The parser's own count of levels, of which one level of parentheses takes several.
const PARSER_LEVELS: usize = 500;

/// The stack that a statement is read on, in bytes: enough for the limits in a program that is not optimised.
const STACK_BYTES: usize = 256 << 20;

/// How many tokens are read on the stack that is there.
const SMALL: usize = 400;

/// Reads a text of SQL; never fails, and says what it did not understand.
///
/// Takes time linear in the text for all but pathological joins of very wide tables.
pub fn analyze(sql: &str, context: &Context<'_>) -> Analysis {
    let mut analysis = Analysis::default();
    if sql.len() > context.limits.bytes_max {
        let what = format!("more than {} bytes", context.limits.bytes_max);
        analysis.problems.push(Problem::TooLarge { what });
        analysis.statements.push(StatementFacts {
            fingerprint: fingerprint::of_bytes(sql),
            ..StatementFacts::default()
        });
        return analysis;
    }
    let plain = match context.dialect {
        Dialect::MsSql => tokens::without_parameters(sql),
        _ => None,
    };
    let sql = plain.as_deref().unwrap_or(sql);
    match tokens::split(sql, context.dialect) {
        Ok(statements) => {
            for tokens in statements {
                let facts = one(sql, tokens, context, &mut analysis.problems);
                analysis.statements.push(facts);
            }
        }
        Err(problem) => {
            analysis.problems.push(problem);
            analysis.statements.push(StatementFacts {
                fingerprint: fingerprint::of_bytes(sql),
                ..StatementFacts::default()
            });
        }
    }
    analysis
}

fn one(
    sql: &str,
    tokens: Tokens,
    context: &Context<'_>,
    problems: &mut Vec<Problem>,
) -> StatementFacts {
    let kept = tokens::collapse(&tokens);
    let ordinals = tokens::ordinals(&tokens);
    let small: Tokens = kept.iter().map(|at| tokens[*at].clone()).collect();
    let ordinals: Vec<bool> = kept.iter().map(|at| ordinals[*at]).collect();
    drop(tokens);
    let problem = match tokens::template(&small) {
        Some(line) => Some(Problem::Template { line }),
        None => tokens::beyond(&small, &context.limits),
    };
    if let Some(problem) = problem {
        problems.push(problem);
        return StatementFacts {
            fingerprint: fingerprint::make(&small, &ordinals, &Marks::default(), false),
            ..StatementFacts::default()
        };
    }
    let read = || parse_and_resolve(sql, &small, &ordinals, context);
    let (facts, problem) = if small.len() > SMALL {
        stacker::grow(STACK_BYTES, read)
    } else {
        stacker::maybe_grow(STACK_BYTES / 64, STACK_BYTES, read)
    };
    problems.extend(problem);
    facts
}

fn parse_and_resolve(
    sql: &str,
    tokens: &[TokenWithSpan],
    ordinals: &[bool],
    context: &Context<'_>,
) -> (StatementFacts, Option<Problem>) {
    let (mut facts, marks, problem) = match parse(sql, tokens, context.dialect) {
        Ok(statement) => {
            let (facts, marks) = Resolver::new(context).statement(&statement);
            (facts, marks, None)
        }
        Err(problem) => {
            let facts = fallback::guess(tokens, context);
            (facts, Marks::default(), Some(problem))
        }
    };
    let understood = problem.is_none();
    facts.fingerprint = fingerprint::make(tokens, ordinals, &marks, understood);
    if context.keeps_skeletons {
        facts.skeleton = {
            let quotes = context.dialect.quotes_may_be_text();
            fingerprint::skeleton(tokens, ordinals, understood, quotes)
        };
    }
    (facts, problem)
}

/// Parses a statement in its dialect, else in what others have in common with it.
fn parse(sql: &str, tokens: &[TokenWithSpan], dialect: Dialect) -> Result<Statement, Problem> {
    let first = parse_as(tokens, dialect);
    if first.is_ok() {
        return first;
    }
    for other in [Dialect::Generic, Dialect::Postgres, Dialect::DuckDb] {
        if other == dialect {
            continue;
        }
        // Another dialect may split the same text otherwise; only a text that it splits alike is tried.
        let Ok(parsed) = reparse(sql, tokens, other) else {
            continue;
        };
        return Ok(parsed);
    }
    first
}

fn reparse(sql: &str, tokens: &[TokenWithSpan], dialect: Dialect) -> Result<Statement, Problem> {
    let start = tokens.first().map(tokens::place);
    let mut statements = tokens::split(sql, dialect)?;
    statements.retain(|other| other.first().map(tokens::place) == start);
    let Some(again) = statements.pop() else {
        return Err(syntax("", None));
    };
    if again.len() > tokens.len().saturating_mul(2) {
        return Err(syntax("", None));
    }
    parse_as(&again, dialect)
}

fn parse_as(tokens: &[TokenWithSpan], dialect: Dialect) -> Result<Statement, Problem> {
    let parser = dialect.parser();
    let mut parser = Parser::new(parser.as_ref())
        .with_recursion_limit(PARSER_LEVELS)
        .with_tokens_with_locations(tokens.to_vec());
    let statement = parser
        .parse_statement()
        .map_err(|error| syntax(&error.to_string(), tokens.first()))?;
    if parser.peek_token_ref().token != sqlparser::tokenizer::Token::EOF {
        let at = parser.peek_token_ref().clone();
        return Err(syntax("expected the end of the statement", Some(&at)));
    }
    Ok(statement)
}

/// Gives the parser's complaint without the words of the text, which may be personal.
fn syntax(message: &str, at: Option<&TokenWithSpan>) -> Problem {
    let message = message
        .trim_start_matches("sql parser error: ")
        .split([',', '\''])
        .next()
        .unwrap_or_default()
        .trim();
    let line = at.map(|token| token.span.start.line);
    Problem::Syntax {
        message: message.to_lowercase(),
        line,
    }
}
