//! Batches of T-SQL, whose statements need no semicolon between them.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::tokens::Tokens;

/// Splits what stands between two semicolons where another statement starts.
pub(super) fn split(tokens: Tokens) -> Vec<Tokens> {
    let starts = starts(&tokens);
    let mut statements = Vec::new();
    let mut rest = tokens;
    for start in starts.into_iter().rev() {
        statements.push(rest.split_off(start));
    }
    statements.push(rest);
    statements.reverse();
    statements
}

fn starts(tokens: &[TokenWithSpan]) -> Vec<usize> {
    let mut starts = Vec::new();
    let (mut depth, mut cases) = (0_usize, 0_usize);
    let mut first = keyword(tokens, 0);
    let mut selected = first == Keyword::SELECT;
    for at in 0..tokens.len() {
        let word = keyword(tokens, at);
        match (&tokens[at].token, word) {
            (Token::LParen, _) => depth += 1,
            (Token::RParen, _) => depth = depth.saturating_sub(1),
            (_, Keyword::CASE) => cases += 1,
            (_, Keyword::END) => cases = cases.saturating_sub(1),
            _ => {}
        }
        if at == 0 || depth > 0 || cases > 0 {
            continue;
        }
        let before = keyword(tokens, at - 1);
        let plain = matches!(
            first,
            Keyword::DECLARE | Keyword::SET | Keyword::USE | Keyword::DROP | Keyword::PRINT
        );
        let continues = matches!(
            before,
            Keyword::UNION
                | Keyword::ALL
                | Keyword::EXCEPT
                | Keyword::INTERSECT
                | Keyword::FOR
                | Keyword::AS
        );
        let new = match word {
            Keyword::DECLARE | Keyword::PRINT => true,
            Keyword::SELECT => !continues && (plain || selected),
            Keyword::SET => plain || selected,
            Keyword::INSERT | Keyword::DELETE | Keyword::DROP => plain || selected,
            Keyword::UPDATE => (plain || selected) && before != Keyword::FOR,
            Keyword::CREATE => plain || selected || first == Keyword::CREATE,
            Keyword::WITH => (plain || selected) && names_table(tokens, at + 1),
            _ => false,
        };
        if new {
            starts.push(at);
            first = word;
            selected = false;
        }
        selected |= word == Keyword::SELECT;
    }
    starts
}

fn keyword(tokens: &[TokenWithSpan], at: usize) -> Keyword {
    match tokens.get(at).map(|token| &token.token) {
        Some(Token::Word(word)) if word.quote_style.is_none() => word.keyword,
        _ => Keyword::NoKeyword,
    }
}

/// Says whether a common table starts here, and no hint or `WITH TIES`.
fn names_table(tokens: &[TokenWithSpan], at: usize) -> bool {
    let named = matches!(
        tokens.get(at).map(|token| &token.token),
        Some(Token::Word(_))
    );
    let opens = tokens
        .get(at + 1)
        .is_some_and(|token| token.token == Token::LParen);
    named && (opens || keyword(tokens, at + 1) == Keyword::AS)
}
