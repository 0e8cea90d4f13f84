//! How good an answer is, by the grades of its story.

use isogloss::search::{Candidate, Outcome, Resolution, ScorePart};
use serde::Serialize;

use super::refs::Refs;
use super::{DEPTH, Item};

/// The grade of a right answer.
const RIGHT: u8 = 3;
/// What counts as near the top.
const NEAR: usize = 5;

/// One place of an answer's list.
#[derive(Serialize)]
pub(super) struct Place {
    pub(super) grade: u8,
    pub(super) score: f32,
    pub(super) label: String,
    /// What the score is made of.
    pub(super) parts: Vec<ScorePart>,
}

/// One item, graded.
#[derive(Serialize)]
pub(super) struct Graded {
    pub(super) ndcg: f64,
    pub(super) first_right: bool,
    pub(super) right_in_five: bool,
    pub(super) asked_right: bool,
    pub(super) violates: bool,
    pub(super) places: Vec<Place>,
    /// The expected answers that the list lacks, with their grades.
    pub(super) missed: Vec<String>,
}

/// The marks of a story: means over its items.
#[derive(Serialize)]
pub(super) struct Marks {
    pub(super) items: usize,
    pub(super) first: f64,
    pub(super) five: f64,
    pub(super) ndcg: f64,
    pub(super) asked: f64,
    pub(super) violations: usize,
}

impl Marks {
    pub(super) fn of<'g>(items: impl Iterator<Item = &'g Graded>) -> Self {
        let items: Vec<&Graded> = items.collect();
        let count = items.len().max(1) as f64;
        let share =
            |of: &dyn Fn(&Graded) -> bool| items.iter().filter(|i| of(i)).count() as f64 / count;
        Self {
            items: items.len(),
            first: share(&|i| i.first_right),
            five: share(&|i| i.right_in_five),
            ndcg: items.iter().map(|i| i.ndcg).sum::<f64>() / count,
            asked: share(&|i| i.asked_right),
            violations: items.iter().filter(|i| i.violates).count(),
        }
    }
}

/// Grades an answer: each expected reference counts once, at the first candidate that carries it.
pub(super) fn grade(item: &Item, resolution: &Resolution, refs: &Refs) -> Graded {
    let expected: Vec<(&str, u8)> = item
        .expected_products
        .iter()
        .map(|expected| (expected.reference.as_str(), expected.grade))
        .collect();
    let mut open: Vec<(&str, u8)> = expected.clone();
    let mut places = Vec::new();
    for candidate in resolution.candidates.iter().take(DEPTH) {
        let carried = |reference: &str| carries(candidate, reference, refs);
        let grade = open
            .iter()
            .filter(|(r, _)| carried(r))
            .map(|(_, g)| *g)
            .max();
        open.retain(|(reference, _)| !carried(reference));
        places.push(Place {
            grade: grade.unwrap_or(0),
            score: candidate.score,
            label: label(candidate),
            parts: candidate.parts.clone(),
        });
    }
    let first = resolution.candidates.first();
    let unwanted = |reference: &String| first.is_some_and(|c| carries(c, reference, refs));
    let right = |place: &Place| place.grade == RIGHT;
    Graded {
        ndcg: ndcg(&places, &expected),
        first_right: places.first().is_some_and(right),
        right_in_five: places.iter().take(NEAR).any(right),
        asked_right: (resolution.outcome == Outcome::Ambiguous) == item.ask_back,
        violates: item.must_not_rank_first.iter().any(unwanted),
        places,
        missed: open
            .iter()
            .map(|(r, grade)| format!("{r} ({grade})"))
            .collect(),
    }
}

/// The discounted gain of a list as a share of the best possible.
fn ndcg(places: &[Place], expected: &[(&str, u8)]) -> f64 {
    let gain = |(at, grade): (usize, u8)| {
        (f64::from(2u32.pow(u32::from(grade.min(8)))) - 1.0) / (at as f64 + 2.0).log2()
    };
    let mut ideal: Vec<u8> = expected.iter().map(|(_, grade)| *grade).collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best: f64 = ideal.into_iter().take(DEPTH).enumerate().map(gain).sum();
    let own: f64 = places.iter().map(|p| p.grade).enumerate().map(gain).sum();
    if best > 0.0 { own / best } else { 1.0 }
}

fn carries(candidate: &Candidate, reference: &str, refs: &Refs) -> bool {
    let iris = refs.iris(reference);
    let parts = [
        &candidate.dataset,
        &candidate.term,
        &candidate.metric,
        &candidate.product,
    ];
    parts
        .into_iter()
        .flatten()
        .any(|entity| iris.contains(&entity.iri))
}

fn label(candidate: &Candidate) -> String {
    let parts = [&candidate.dataset, &candidate.term, &candidate.metric];
    let parts = parts.into_iter().flatten().map(|e| e.iri.clone());
    parts.collect::<Vec<_>>().join(" + ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ideal_order_has_the_full_mark() {
        let place = |grade| Place {
            grade,
            score: 1.0,
            label: String::new(),
            parts: Vec::new(),
        };
        let expected = [("a", 3), ("b", 2), ("c", 1)];
        assert!((ndcg(&[place(3), place(2), place(1)], &expected) - 1.0).abs() < 1e-9);
        let late = ndcg(&[place(0), place(3)], &expected);
        assert!(late > 0.3 && late < 0.7, "{late}");
        assert!(ndcg(&[], &expected).abs() < 1e-9);
    }
}
