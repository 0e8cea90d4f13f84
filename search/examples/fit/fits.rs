//! Fits weights by coordinate ascent, and the order of lists, on folds of databases.

use search::Tuning;
use semantic_model::EntityKind;

use crate::bench::{Bench, Case};
use crate::listwise::{self, List};
use crate::measure::{self, Worth};
use crate::{Error, answers, run, with};

/// What the fit wants: the mean of the measures, those of many cases counting no more than the rest.
fn worth_of(cases: &[Case], worths: &[Worth], keep: impl Fn(&Case) -> bool) -> f32 {
    let summary = measure::summary(cases, worths, keep);
    let values = summary
        .iter()
        .enumerate()
        .map(|(at, value)| measure::weight(at) * value);
    values.sum()
}

/// Fits weights one by one; a step counts when the whole gains and most folds of databases do not lose.
pub(crate) fn ascend(bench: &Bench, mut tuning: Tuning, names: &[&str]) -> Result<(), Error> {
    let judge = |tuning: &Tuning| -> Result<(f32, Vec<f32>), Error> {
        let worths = run(bench, tuning)?;
        let folds =
            (0..FOLDS).map(|f| worth_of(&bench.cases, &worths, |case| fold(&case.family) == f));
        Ok((worth_of(&bench.cases, &worths, |_| true), folds.collect()))
    };
    let mut best = judge(&tuning)?;
    println!("start {:.5}", best.0);
    for name in names {
        let now = serde_json::to_value(&tuning)?[*name]
            .as_f64()
            .unwrap_or(0.0) as f32;
        for factor in [0.7, 1.4] {
            let (mut value, mut step) = (now, factor);
            loop {
                let next = if value == 0.0 { 0.1 } else { value * step };
                let tried = with(&tuning, name, next)?;
                let score = judge(&tried)?;
                let losing = score
                    .1
                    .iter()
                    .zip(&best.1)
                    .filter(|(a, b)| **a + 1e-5 < **b)
                    .count();
                if score.0 < best.0 + 0.0002 || losing > 1 {
                    break;
                }
                println!("{name} {value:.3} -> {next:.3}: {:.5}", score.0);
                (best, tuning, value) = (score, tried, next);
                step = factor;
            }
        }
    }
    println!("{}", serde_json::to_string(&tuning)?);
    Ok(())
}

pub(crate) const FOLDS: usize = 5;

/// The fold of a family of databases.
pub(crate) fn fold(family: &str) -> usize {
    let hash = family.bytes().fold(2_166_136_261u32, |h, b| {
        (h ^ u32::from(b)).wrapping_mul(16_777_619)
    });
    hash as usize % FOLDS
}

/// Fits the weights that order the best products: features are added while held-out databases gain.
pub(crate) fn order(bench: &Bench, tuning: &Tuning) -> Result<(), Error> {
    let weight = |track: &str| match track {
        "question" => 1.0,
        "synonym" => 1.3,
        "keyword" | "abbrev" | "keyword_syn" => 2.0,
        _ => 0.0,
    };
    let right = |case: &Case| case.acceptable.clone();
    let (lists, names) = lists(bench, tuning, EntityKind::DataProduct, weight, right)?;
    add_features("score", &names, &lists);
    Ok(())
}

/// Fits the weights that order glossary terms.
pub(crate) fn terms(bench: &Bench, tuning: &Tuning) -> Result<(), Error> {
    let weight = |track: &str| f32::from(u8::from(track == "term"));
    let right = |case: &Case| case.terms.clone();
    let (lists, names) = lists(bench, tuning, EntityKind::Term, weight, right)?;
    add_features("product", &names, &lists);
    Ok(())
}

/// The lists of each case by its name, and the names of the features.
type Lists = (Vec<(String, List)>, Vec<&'static str>);

/// Collects what the order of one kind was judged by, case by case, and the names of the features.
fn lists(
    bench: &Bench,
    tuning: &Tuning,
    kind: EntityKind,
    weight: impl Fn(&str) -> f32,
    right: impl Fn(&Case) -> Vec<String>,
) -> Result<Lists, Error> {
    let found = answers(bench, tuning, |case, answer, _| {
        let right = right(case);
        let of_kind = answer.considered.into_iter().filter(|one| one.kind == kind);
        let items: Vec<_> = of_kind
            .map(|one| {
                let known = right.iter().any(|p| p.eq_ignore_ascii_case(&one.iri));
                (one.parts, known)
            })
            .collect();
        (case.track.clone(), fold(&case.family), items)
    })?;
    let mut names: Vec<&'static str> = Vec::new();
    let mut lists = Vec::new();
    for (track, fold, items) in found {
        if names.is_empty() {
            names.extend(
                items
                    .iter()
                    .take(1)
                    .flat_map(|i| &i.0)
                    .map(|part| part.name),
            );
        }
        let values = |parts: Vec<search::ScorePart>| parts.iter().map(|p| p.value).collect();
        let items = items
            .into_iter()
            .map(|(parts, known)| (values(parts), known))
            .collect();
        let weight = weight(&track);
        if weight > 0.0 {
            lists.push((
                track,
                List {
                    items,
                    weight,
                    fold,
                },
            ));
        }
    }
    Ok((lists, names))
}

/// Adds features to a first one while held-out databases gain, and prints the weights.
fn add_features(first: &'static str, names: &[&'static str], lists: &[(String, List)]) {
    let at = |name: &str| names.iter().position(|n| *n == name).unwrap_or(0);
    let mut chosen: Vec<&str> = vec![first];
    let (mut best, by_track) = held_out_lists(lists, &[at(first)]);
    println!("{first}: {best:.4} {by_track}");
    loop {
        let open = names.iter().filter(|name| !chosen.contains(name));
        let tried = open.map(|&name| {
            let set: Vec<usize> = chosen.iter().chain([&name]).map(|n| at(n)).collect();
            (name, held_out_lists(lists, &set))
        });
        let Some((name, (score, by_track))) = tried.max_by(|a, b| a.1.0.total_cmp(&b.1.0)) else {
            break;
        };
        if score < best + 0.0005 {
            break;
        }
        best = score;
        chosen.push(name);
        println!("+ {name}: {score:.4} {by_track}");
    }
    let set: Vec<usize> = chosen.iter().map(|n| at(n)).collect();
    let kept: Vec<List> = lists.iter().map(|(_, l)| l.only(&set)).collect();
    let used: Vec<&List> = kept.iter().filter(|l| l.weight > 0.0).collect();
    println!(
        "{}: {:.3?}",
        chosen.join(", "),
        listwise::fit(&used, set.len(), 0.5)
    );
}

/// The share of held-out lists whose first item is right, in all and by track.
fn held_out_lists(lists: &[(String, List)], set: &[usize]) -> (f32, String) {
    let kept: Vec<(&str, List)> = lists
        .iter()
        .map(|(t, l)| (t.as_str(), l.only(set)))
        .collect();
    let mut by_track: std::collections::BTreeMap<&str, (f32, f32)> =
        std::collections::BTreeMap::new();
    for out in 0..FOLDS {
        let train = kept
            .iter()
            .map(|k| &k.1)
            .filter(|l| l.fold != out && l.weight > 0.0);
        let weights = listwise::fit(&train.collect::<Vec<_>>(), set.len(), 0.5);
        for (track, list) in kept.iter().filter(|k| k.1.fold == out && k.1.weight > 0.0) {
            let (hits, all) = listwise::first_right(&[list], &weights);
            let sum = by_track.entry(track).or_default();
            *sum = (sum.0 + hits, sum.1 + all);
        }
    }
    let all: (f32, f32) = by_track
        .values()
        .fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    let named = by_track
        .iter()
        .map(|(t, (hits, all))| format!("{t} {:.4}", hits / all));
    (all.0 / all.1, named.collect::<Vec<_>>().join(" "))
}
