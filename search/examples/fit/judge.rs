//! Fits the formula of answerability on folds of databases.

use search::Tuning;

use crate::bench::Bench;
use crate::fits::{FOLDS, fold};
use crate::logistic::{self, Example};
use crate::measure;
use crate::{Error, answers};

/// Fits the formula of answerability: features are added one by one while held-out databases gain.
pub(crate) fn judge(bench: &Bench, tuning: &Tuning) -> Result<(), Error> {
    let examples: Vec<Option<Judged>> = answers(bench, tuning, |case, answer, _| {
        let judged = ["resolved", "ambiguous", "none"].contains(&case.expect.as_str());
        let asked = case.track == "question" || judged && case.track != "context";
        asked.then(|| {
            let cover = answer
                .considered
                .iter()
                .take(1)
                .flat_map(|c| c.parts.iter().skip(1));
            Judged {
                parts: answer
                    .evidence
                    .iter()
                    .chain(cover)
                    .map(|p| (p.name, p.value))
                    .collect(),
                track: case.track.clone(),
                family: case.family.clone(),
                truth: case.expect != "none",
            }
        })
    })?;
    let examples: Vec<Judged> = examples.into_iter().flatten().collect();
    let mut names: Vec<&str> = examples
        .iter()
        .flat_map(|e| &e.parts)
        .map(|p| p.0)
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut chosen: Vec<&str> = Vec::new();
    let mut best = 0.5;
    while let Some((name, score)) = names
        .iter()
        .filter(|name| !chosen.contains(name))
        .map(|&name| {
            let tried: Vec<&str> = chosen.iter().copied().chain([name]).collect();
            (name, held_out(&examples, &tried))
        })
        .max_by(|a, b| a.1.0.total_cmp(&b.1.0))
    {
        if score.0 < best + 0.002 {
            break;
        }
        best = score.0;
        chosen.push(name);
        println!(
            "+ {name}: held out AUROC {:.4}, F1 of none {:.3}",
            score.0, score.1
        );
    }
    let all: Vec<Example> = examples.iter().map(|e| e.example(&chosen, 0)).collect();
    let weights = logistic::fit(&all.iter().collect::<Vec<_>>(), 1.0);
    println!("constant, {}: {weights:.2?}", chosen.join(", "));
    Ok(())
}

/// What is known of a case whose outcome is judged.
struct Judged {
    parts: Vec<(&'static str, f32)>,
    track: String,
    family: String,
    truth: bool,
}

impl Judged {
    fn example(&self, names: &[&str], salt: usize) -> Example {
        let part = |name: &&str| {
            self.parts
                .iter()
                .find(|p| p.0 == *name)
                .map_or(0.0, |p| p.1)
        };
        Example {
            features: [1.0].into_iter().chain(names.iter().map(part)).collect(),
            truth: self.truth,
            weight: if self.truth { 1.0 } else { 10.0 },
            fold: fold(&format!("{}{salt}", self.family)),
        }
    }
}

/// The measures of a formula on the databases that it was not fitted on, over several ways to fold them.
fn held_out(cases: &[Judged], names: &[&str]) -> (f32, f32) {
    const SALTS: usize = 4;
    let mut sums = (0.0, 0.0);
    for salt in 0..SALTS {
        let examples: Vec<Example> = cases.iter().map(|c| c.example(names, salt)).collect();
        let mut guesses: Vec<(f32, bool)> = vec![(0.0, true); cases.len()];
        for out in 0..FOLDS {
            let train = cases
                .iter()
                .zip(&examples)
                .filter(|(c, e)| e.fold != out && (c.track == "question" || c.track == "none"));
            let train: Vec<&Example> = train.map(|(_, e)| e).collect();
            let weights = logistic::fit(&train, 3.0);
            for (guess, example) in guesses.iter_mut().zip(&examples) {
                if example.fold == out {
                    *guess = (logistic::guess(&example.features, &weights), example.truth);
                }
            }
        }
        // Within folds: the constants of two formulas are not comparable.
        let all = cases.iter().filter(|c| c.track == "none").count() as f32;
        for out in 0..FOLDS {
            let of = |track: &str| -> Vec<f32> {
                let pairs = cases.iter().zip(&examples).zip(&guesses);
                let kept = pairs.filter(|((c, e), _)| c.track == track && e.fold == out);
                kept.map(|(_, g)| g.0).collect()
            };
            let none = of("none");
            let share = none.len() as f32 / all;
            sums.0 += share * measure::auroc(&of("question"), &none) / SALTS as f32;
        }
        sums.1 += logistic::best_f1(&guesses).0 / SALTS as f32;
    }
    sums
}
