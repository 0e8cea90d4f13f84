//! A text of SQL as tokens: split into statements, without comments, and measured before it is parsed.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Word};

use super::{Dialect, Limits, Problem, batch};

/// The tokens of one statement, without white space, comments and the closing semicolon.
pub(super) type Tokens = Vec<TokenWithSpan>;

/// Splits a text into statements.
pub(super) fn split(sql: &str, dialect: Dialect) -> Result<Vec<Tokens>, Problem> {
    let parser = dialect.parser();
    let tokens = Tokenizer::new(parser.as_ref(), sql)
        .tokenize_with_location()
        .map_err(|error| Problem::Syntax {
            // The parser's own words may quote the text, which may be personal.
            message: error
                .message
                .split('\'')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
            line: Some(error.location.line),
        })?;
    let mut statements = vec![Tokens::new()];
    for token in tokens {
        match &token.token {
            Token::Whitespace(_) | Token::EOF => {}
            Token::SemiColon => statements.push(Tokens::new()),
            _ => {
                if let Some(last) = statements.last_mut() {
                    last.push(token);
                }
            }
        }
    }
    statements.retain(|tokens| !tokens.is_empty());
    if dialect == Dialect::MsSql {
        statements = statements.into_iter().flat_map(batch::split).collect();
    }
    Ok(statements)
}

/// Replaces the parameters that Stack Exchange's and similar tools write as `##name:type?default##`.
pub(super) fn without_parameters(sql: &str) -> Option<String> {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    let mut found = false;
    while let Some(start) = rest.find("##") {
        let after = &rest[start + 2..];
        let Some(end) = after.find("##").filter(|end| is_parameter(&after[..*end])) else {
            out.push_str(&rest[..start + 2]);
            rest = after;
            continue;
        };
        found = true;
        out.push_str(&rest[..start]);
        out.push('1');
        rest = &after[end + 2..];
    }
    out.push_str(rest);
    found.then_some(out)
}

fn is_parameter(inside: &str) -> bool {
    let name = inside.split([':', '?']).next().unwrap_or_default();
    !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !inside.contains('\n')
}

/// Gives the line of the first place that a template should have replaced.
pub(super) fn template(tokens: &[TokenWithSpan]) -> Option<u64> {
    let next_to = |one: &TokenWithSpan, other: &TokenWithSpan| one.span.end == other.span.start;
    tokens
        .windows(2)
        .find(|pair| {
            let second = &pair[1].token;
            pair[0].token == Token::LBrace
                && next_to(&pair[0], &pair[1])
                && matches!(second, Token::LBrace | Token::Mod | Token::Sharp)
        })
        .map(|pair| pair[0].span.start.line)
}

/// How many joins a statement may have; each name in it may be looked for in all of them.
const JOINS_MAX: usize = 1000;

/// How many parts a name may have.
const PARTS_MAX: usize = 32;

/// Says what of a statement is beyond the limits.
pub(super) fn beyond(tokens: &[TokenWithSpan], limits: &Limits) -> Option<Problem> {
    if tokens.len() > limits.tokens_max {
        let what = format!("more than {} words", limits.tokens_max);
        return Some(Problem::TooLarge { what });
    }
    let joins = tokens
        .iter()
        .filter(|token| word_of(&token.token) == Some(Keyword::JOIN))
        .count();
    if joins > JOINS_MAX {
        let what = format!("more than {JOINS_MAX} joins");
        return Some(Problem::TooLarge { what });
    }
    let is_long = |name: &[TokenWithSpan]| {
        name.iter()
            .skip(1)
            .step_by(2)
            .all(|token| token.token == Token::Period)
    };
    if tokens.windows(2 * PARTS_MAX).any(is_long) {
        let what = format!("a name of more than {PARTS_MAX} parts");
        return Some(Problem::TooLarge { what });
    }
    let (mut depth, mut deepest, mut angles) = (0_usize, 0_usize, 0_usize);
    let mut keyword_depth = 0_usize;
    let mut before = Keyword::NoKeyword;
    for token in tokens {
        match &token.token {
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
            // Types nest in angles: `array<struct<...>>`.
            Token::Lt if opens_type(before) => angles += 1,
            Token::Word(word) => match word.keyword {
                Keyword::CASE => keyword_depth += 1,
                Keyword::END => keyword_depth = keyword_depth.saturating_sub(1),
                _ => {}
            },
            _ => {}
        }
        before = match &token.token {
            Token::Word(word) => word.keyword,
            _ => Keyword::NoKeyword,
        };
        deepest = deepest.max(depth).max(keyword_depth);
    }
    if deepest.max(angles) > limits.depth_max {
        let what = format!("more than {} levels", limits.depth_max);
        return Some(Problem::TooLarge { what });
    }
    None
}

fn opens_type(before: Keyword) -> bool {
    matches!(before, Keyword::ARRAY | Keyword::STRUCT | Keyword::MAP)
}

/// Says whether a token is a literal: a value that a shape must not keep.
pub(super) fn is_literal(token: &Token) -> bool {
    matches!(
        token,
        Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::DoubleQuotedString(_)
            | Token::TripleSingleQuotedString(_)
            | Token::TripleDoubleQuotedString(_)
            | Token::DollarQuotedString(_)
            | Token::SingleQuotedByteStringLiteral(_)
            | Token::DoubleQuotedByteStringLiteral(_)
            | Token::TripleSingleQuotedByteStringLiteral(_)
            | Token::TripleDoubleQuotedByteStringLiteral(_)
            | Token::SingleQuotedRawStringLiteral(_)
            | Token::DoubleQuotedRawStringLiteral(_)
            | Token::TripleSingleQuotedRawStringLiteral(_)
            | Token::TripleDoubleQuotedRawStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::QuoteDelimitedStringLiteral(_)
            | Token::NationalQuoteDelimitedStringLiteral(_)
            | Token::EscapedStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::HexStringLiteral(_)
            | Token::Placeholder(_)
            | Token::Char(_)
    )
}

/// Marks the literals that say which column is meant: the `1` of `GROUP BY 1`.
pub(super) fn ordinals(tokens: &[TokenWithSpan]) -> Vec<bool> {
    let mut after_by = false;
    let mut found = vec![false; tokens.len()];
    for (at, token) in tokens.iter().enumerate() {
        match &token.token {
            Token::Word(word) if word.keyword == Keyword::BY => after_by = true,
            Token::Word(word) if ends_list(word) => after_by = false,
            Token::LParen | Token::RParen => after_by = false,
            Token::Number(digits, _) if after_by && digits.len() <= 3 => {
                let starts = |token: &Token| match token {
                    Token::Comma => true,
                    Token::Word(word) => word.keyword == Keyword::BY,
                    _ => false,
                };
                found[at] = at > 0 && starts(&tokens[at - 1].token);
            }
            _ => {}
        }
    }
    found
}

fn ends_list(word: &Word) -> bool {
    matches!(
        word.keyword,
        Keyword::HAVING
            | Keyword::LIMIT
            | Keyword::WINDOW
            | Keyword::QUALIFY
            | Keyword::UNION
            | Keyword::SELECT
            | Keyword::FETCH
            | Keyword::OFFSET
            | Keyword::VALUES
            | Keyword::IN
    )
}

/// Takes the repeats out of long lists of literals: `IN (1, 2, 3)` and the rows of `VALUES`.
///
/// Gives the places of the tokens that stay.
pub(super) fn collapse(tokens: &[TokenWithSpan]) -> Vec<usize> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        kept.push(at);
        let opens = tokens[at].token == Token::LParen && at > 0;
        let before = if opens {
            word_of(&tokens[at - 1].token)
        } else {
            None
        };
        match before {
            Some(Keyword::IN) => {
                if let Some(end) = literal_list(tokens, at) {
                    kept.extend([at + 1, end]);
                    at = end;
                }
            }
            Some(Keyword::VALUES) => at = rows(tokens, at, &mut kept),
            _ => {}
        }
        at += 1;
    }
    kept
}

/// Marks the words in double quotes that stand where a value does: after a comparison, `LIKE` or `THEN`, and in the list
/// after `IN`.
pub(super) fn quoted_values(tokens: &[TokenWithSpan]) -> Vec<bool> {
    let mut found = vec![false; tokens.len()];
    let mut in_list = false;
    for (at, token) in tokens.iter().enumerate().skip(1) {
        let before = &tokens[at - 1].token;
        match &token.token {
            Token::LParen => in_list = word_of(before) == Some(Keyword::IN),
            Token::RParen => in_list = false,
            Token::Word(word) if word.quote_style == Some('"') => {
                let starts_value = match before {
                    Token::Word(word) => takes_value(word.keyword),
                    Token::LParen | Token::Comma => in_list,
                    other => is_comparison(other),
                };
                let is_qualifier =
                    (tokens.get(at + 1)).is_some_and(|next| next.token == Token::Period);
                found[at] = starts_value && !is_qualifier;
            }
            _ => {}
        }
    }
    found
}

fn is_comparison(token: &Token) -> bool {
    matches!(
        token,
        Token::Eq
            | Token::DoubleEq
            | Token::Neq
            | Token::Lt
            | Token::Gt
            | Token::LtEq
            | Token::GtEq
            | Token::Spaceship
    )
}

fn takes_value(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::LIKE
            | Keyword::ILIKE
            | Keyword::RLIKE
            | Keyword::REGEXP
            | Keyword::BETWEEN
            | Keyword::THEN
            | Keyword::ELSE
    )
}

fn word_of(token: &Token) -> Option<Keyword> {
    match token {
        Token::Word(word) => Some(word.keyword),
        _ => None,
    }
}

/// Gives the place of the closing parenthesis, when there is nothing between but literals.
fn literal_list(tokens: &[TokenWithSpan], open: usize) -> Option<usize> {
    let mut at = open + 1;
    let mut literals = 0;
    loop {
        match &tokens.get(at)?.token {
            Token::RParen if literals > 0 => return Some(at),
            Token::Comma | Token::Plus | Token::Minus => {}
            token if is_literal(token) => literals += 1,
            Token::Word(word) if is_constant(word.keyword) => literals += 1,
            _ => return None,
        }
        at += 1;
    }
}

fn is_constant(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::NULL | Keyword::TRUE | Keyword::FALSE | Keyword::DEFAULT
    )
}

/// Keeps the first row of several rows of literals; gives the place of the last token dealt with.
fn rows(tokens: &[TokenWithSpan], open: usize, kept: &mut Vec<usize>) -> usize {
    let Some(first) = literal_list(tokens, open) else {
        return open;
    };
    kept.extend(open + 1..=first);
    let mut end = first;
    while tokens
        .get(end + 1)
        .is_some_and(|token| token.token == Token::Comma)
        && tokens
            .get(end + 2)
            .is_some_and(|token| token.token == Token::LParen)
    {
        match literal_list(tokens, end + 2) {
            Some(next) => end = next,
            None => break,
        }
    }
    end
}

/// Gives the place of a token, by which the names of the parsed statement are found again among the tokens.
pub(super) fn place(token: &TokenWithSpan) -> Location {
    token.span.start
}
