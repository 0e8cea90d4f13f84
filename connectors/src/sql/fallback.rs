//! What can be guessed of a statement that does not parse: the tables after `FROM`, `JOIN` and the like.

use std::sync::Arc;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::{Context, StatementFacts, StatementKind};
use crate::sql::facts::TableName;

/// Guesses the tables of a statement.
pub(super) fn guess(tokens: &[TokenWithSpan], context: &Context<'_>) -> StatementFacts {
    let kind = kind(tokens);
    if kind != StatementKind::Unknown {
        // What a definition names is not read.
        return StatementFacts {
            kind,
            ..StatementFacts::default()
        };
    }
    let mut facts = StatementFacts {
        guessed: true,
        ..StatementFacts::default()
    };
    let ctes = ctes(tokens);
    let mut at = 0;
    let mut functions = Vec::new();
    while at < tokens.len() {
        let keyword = keyword_at(tokens, at);
        match &tokens[at].token {
            // `extract(year from x)` and `trim(both from x)` are no places of tables.
            Token::LParen => functions.push(opens_function(tokens, at)),
            Token::RParen => {
                functions.pop();
            }
            _ => {}
        }
        let reads = matches!(keyword, Keyword::FROM | Keyword::JOIN)
            && !functions.last().copied().unwrap_or(false);
        let writes = matches!(keyword, Keyword::INTO | Keyword::UPDATE);
        at += 1;
        if !reads && !writes {
            continue;
        }
        loop {
            let (name, end) = name_at(tokens, at);
            at = end;
            let is_call = tokens
                .get(at)
                .is_some_and(|token| token.token == Token::LParen);
            let is_cte =
                name.len() == 1 && ctes.iter().any(|cte| cte.eq_ignore_ascii_case(&name[0]));
            if !name.is_empty() && !is_cte && (writes || !is_call) {
                let found =
                    context
                        .schema
                        .find(&name, context.database.as_deref(), &context.search_path);
                let table = found.map_or_else(
                    || Arc::new(TableName::new(name)),
                    |table| Arc::clone(&table.name),
                );
                let place = if writes {
                    &mut facts.writes
                } else {
                    &mut facts.reads
                };
                place.insert(table);
            }
            match after_comma(tokens, at) {
                Some(next) if reads => at = next,
                _ => break,
            }
        }
    }
    facts
}

/// Knows by the first word what a statement does that reads nothing.
fn kind(tokens: &[TokenWithSpan]) -> StatementKind {
    let Some(first) = word_at(tokens, 0) else {
        return StatementKind::Unknown;
    };
    let is = |words: &[&str]| {
        words
            .iter()
            .any(|word| first.value.eq_ignore_ascii_case(word))
    };
    let reads = tokens
        .iter()
        .any(|token| matches!(&token.token, Token::Word(word) if word.keyword == Keyword::SELECT));
    if is(&[
        "comment", "grant", "revoke", "alter", "drop", "reindex", "cluster", "security",
    ]) || (is(&["create"]) && !reads)
    {
        StatementKind::Definition
    } else if is(&[
        "set",
        "reset",
        "show",
        "begin",
        "start",
        "commit",
        "rollback",
        "end",
        "abort",
        "savepoint",
        "release",
        "lock",
        "vacuum",
        "analyze",
        "analyse",
        "discard",
        "listen",
        "unlisten",
        "notify",
        "deallocate",
        "close",
        "fetch",
        "move",
        "checkpoint",
        "use",
        "describe",
        "desc",
        "call",
        "do",
        "load",
        "refresh",
        "prepare",
        "explain",
        "declare",
        "go",
        "print",
        "exec",
        "execute",
        "kill",
        "optimize",
        "list",
        "put",
        "get",
        "remove",
        "undrop",
    ]) && !(is(&["prepare", "declare", "do"]) && reads)
    {
        StatementKind::Utility
    } else {
        StatementKind::Unknown
    }
}

fn keyword_at(tokens: &[TokenWithSpan], at: usize) -> Keyword {
    match tokens.get(at).map(|token| &token.token) {
        Some(Token::Word(word)) => word.keyword,
        _ => Keyword::NoKeyword,
    }
}

/// Says whether a parenthesis is that of a call and no query stands in it.
fn opens_function(tokens: &[TokenWithSpan], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| word_at(tokens, before));
    let called = before.is_some_and(|word| {
        matches!(
            word.keyword,
            Keyword::EXTRACT
                | Keyword::TRIM
                | Keyword::SUBSTRING
                | Keyword::OVERLAY
                | Keyword::POSITION
        )
    });
    called && keyword_at(tokens, at + 1) != Keyword::SELECT
}

fn word_at(tokens: &[TokenWithSpan], at: usize) -> Option<&Word> {
    match &tokens.get(at)?.token {
        Token::Word(word) => Some(word),
        _ => None,
    }
}

/// Reads a name of several parts; gives its parts and the place behind it.
fn name_at(tokens: &[TokenWithSpan], mut at: usize) -> (Vec<String>, usize) {
    let mut parts = Vec::new();
    while let Some(word) = word_at(tokens, at) {
        let skipped = matches!(
            word.keyword,
            Keyword::ONLY | Keyword::TABLE | Keyword::LATERAL
        );
        if parts.is_empty() && skipped && word.quote_style.is_none() {
            at += 1;
            continue;
        }
        if parts.is_empty() && word.quote_style.is_none() && is_reserved(word.keyword) {
            break;
        }
        parts.push(word.value.clone());
        at += 1;
        match tokens.get(at).map(|token| &token.token) {
            Some(Token::Period) => at += 1,
            _ => break,
        }
    }
    (parts, at)
}

fn is_reserved(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::SELECT
            | Keyword::SET
            | Keyword::FROM
            | Keyword::WHERE
            | Keyword::ON
            | Keyword::JOIN
            | Keyword::GROUP
            | Keyword::ORDER
            | Keyword::LIMIT
            | Keyword::VALUES
            | Keyword::AS
    )
}

/// Passes over an alias; gives the place behind a comma that follows it.
fn after_comma(tokens: &[TokenWithSpan], mut at: usize) -> Option<usize> {
    for _ in 0..2 {
        match word_at(tokens, at) {
            Some(word) if word.keyword == Keyword::NoKeyword || word.keyword == Keyword::AS => {
                at += 1;
            }
            _ => break,
        }
    }
    (tokens.get(at)?.token == Token::Comma).then_some(at + 1)
}

/// Gives the names that `WITH` makes.
fn ctes(tokens: &[TokenWithSpan]) -> Vec<String> {
    let mut names = Vec::new();
    for at in 1..tokens.len() {
        let opens = tokens
            .get(at + 1)
            .is_some_and(|token| token.token == Token::LParen);
        if keyword_at(tokens, at) == Keyword::AS
            && opens
            && keyword_at(tokens, at + 2) == Keyword::SELECT
        {
            names.extend(word_at(tokens, at - 1).map(|word| word.value.clone()));
        }
    }
    names
}
