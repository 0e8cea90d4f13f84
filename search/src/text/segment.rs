//! Cuts run-together words: `haslegalname` is `has legal name`, `stuid` is `stu id`.

use crate::lexicon::Lexicon;

/// Shorter words are left whole.
const LETTERS_MIN: usize = 5;
/// Longer words are left whole: the search is quadratic in them.
const LETTERS_MAX: usize = 40;
/// What a piece costs beside its rarity: few pieces are better than many.
const PIECE_COST: f32 = 1.5;
/// The rank that a database abbreviation counts as having.
const ABBREVIATION_RANK: u32 = 1_500;
/// Pieces of two letters that are words in names.
const SHORT_PIECES: &[&str] = &[
    "id", "no", "of", "to", "in", "by", "at", "on", "is", "dt", "cd", "nm", "yn", "ip", "tv",
];

/// Cuts a folded word into known words; `None` when it is a known word itself, or no cut explains all of it.
pub(crate) fn segment<'a>(word: &'a str, lexicon: &Lexicon) -> Option<Vec<&'a str>> {
    let letters = word.len();
    let plain = word.bytes().all(|b| b.is_ascii_lowercase());
    if !plain || !(LETTERS_MIN..=LETTERS_MAX).contains(&letters) || lexicon.rank(word).is_some() {
        return None;
    }
    if !lexicon.expansions(word).is_empty() {
        return None;
    }
    // best[end] = the cheapest cut of word[..end], with the start of its last piece.
    let mut best: Vec<Option<(f32, usize)>> = vec![None; letters + 1];
    best[0] = Some((0.0, 0));
    for end in 2..=letters {
        for start in 0..end.saturating_sub(1) {
            let Some((before, _)) = best[start] else {
                continue;
            };
            let Some(piece) = piece_cost(&word[start..end], lexicon) else {
                continue;
            };
            if best[end].is_none_or(|(cost, _)| before + piece < cost) {
                best[end] = Some((before + piece, start));
            }
        }
    }
    let mut pieces = Vec::new();
    let mut end = letters;
    while end > 0 {
        let (_, start) = best[end]?;
        pieces.push(&word[start..end]);
        end = start;
    }
    pieces.reverse();
    // Many short pieces explain anything: not believable.
    let believable = pieces.len() > 1 && letters >= 3 * pieces.len() - 1;
    believable.then_some(pieces)
}

fn piece_cost(piece: &str, lexicon: &Lexicon) -> Option<f32> {
    let rank = if piece.len() == 2 {
        SHORT_PIECES.contains(&piece).then_some(ABBREVIATION_RANK)?
    } else {
        let abbreviation = (!lexicon.expansions(piece).is_empty()).then_some(ABBREVIATION_RANK);
        let known = lexicon
            .rank(piece)
            .filter(|&rank| piece.len() > 3 || rank < 4_000);
        match (known, abbreviation) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b)?,
        }
    };
    // Zipf: the probability of a word falls with its rank.
    let vocabulary = (lexicon.len().max(2) as f32).ln();
    Some(PIECE_COST + ((rank + 1) as f32 * vocabulary).ln())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(word: &str, expected: &Expect) {
        let lexicon = Lexicon::embedded().expect("the resources are sound");
        let pieces = segment(word, lexicon).map_or_else(|| "whole".to_owned(), |p| p.join(" "));
        expected.assert_eq(&pieces);
    }

    #[test]
    fn run_together_names_are_cut() {
        check("haslegalname", &expect!["has legal name"]);
        check("customername", &expect!["customer name"]);
        check("stuid", &expect!["stu id"]);
        check("orderdate", &expect!["order date"]);
        check("billingaddress", &expect!["billing address"]);
    }

    #[test]
    fn words_and_nonsense_stay_whole() {
        check("international", &expect!["whole"]);
        check("customer", &expect!["whole"]);
        check("xqzvbk", &expect!["whole"]);
        check("a", &expect!["whole"]);
    }
}
