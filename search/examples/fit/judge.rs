//! Fits the formulas of answerability on questions whose databases are in the mesh, and on the same questions
//! asked of the mesh without them.

use std::collections::BTreeMap;
use std::fmt;

use search::{Index, Resolution, Tuning};

use crate::bench::{Bench, Case};
use crate::fits::{FOLDS, fold};
use crate::logistic::{self, Example};
use crate::measure;
use crate::{Error, answers};

/// Tracks whose questions are asked of the mesh without their databases.
const ASKED: &[&str] = &["question", "synonym", "keyword"];

/// What the formula for sentences is made of.
const SENTENCES: &[&str] = &["worth", "uncommon", "cosine", "words", "joined"];
/// A database whose questions other databases answer this well, as a share of how well it answers them itself, has a
/// twin: without it they still have an answer.
const TWIN: f32 = 0.75;

/// Fits a formula for sentences and one for names: features are added while held-out databases gain.
pub(crate) fn judge(bench: &Bench, tuning: &Tuning) -> Result<(), Error> {
    let known = answers(bench, tuning, |case, answer, _| {
        let judged = ["resolved", "ambiguous", "none"].contains(&case.expect.as_str());
        let asked = case.track == "question" || judged && case.track != "context";
        asked.then(|| Judged::of(case, &answer, case.expect != "none", false))
    })?;
    let mut all: Vec<Judged> = known.into_iter().flatten().collect();
    all.extend(ghosts(bench, tuning)?);
    without_twins(&mut all);
    for sentence in [true, false] {
        let kept: Vec<&Judged> = all.iter().filter(|j| j.sentence() == sentence).collect();
        println!("{}", if sentence { "sentences" } else { "names" });
        if sentence {
            let score = held_out(&kept, SENTENCES);
            println!("{}: {score}", SENTENCES.join(", "));
            print_fit(&kept, SENTENCES);
        }
        add_features(&kept);
    }
    Ok(())
}

/// Leaves out the questions asked without a database that has a twin.
fn without_twins(judged: &mut Vec<Judged>) {
    let mut sums: BTreeMap<(String, bool), (f32, f32)> = BTreeMap::new();
    for one in judged.iter().filter(|one| one.track == "question") {
        let sum = sums.entry((one.family.clone(), one.ghost)).or_default();
        *sum = (sum.0 + one.part("whole"), sum.1 + 1.0);
    }
    let mean = |family: &str, ghost: bool| {
        let sum = sums.get(&(family.to_owned(), ghost));
        sum.map_or(0.0, |(sum, count)| sum / count)
    };
    judged.retain(|one| !one.ghost || mean(&one.family, true) <= TWIN * mean(&one.family, false));
}

fn print_fit(judged: &[&Judged], names: &[&str]) {
    let all: Vec<Example> = judged.iter().map(|j| j.example(names)).collect();
    let weights = logistic::fit(&all.iter().collect::<Vec<_>>(), 1.0);
    println!("constant, {}: {weights:.2?}", names.join(", "));
}

/// Asks questions of the mesh without the databases that answer them.
fn ghosts(bench: &Bench, tuning: &Tuning) -> Result<Vec<Judged>, Error> {
    let mut by_gone: BTreeMap<Vec<String>, Vec<&Case>> = BTreeMap::new();
    for case in &bench.cases {
        if !case.physical && !case.products.is_empty() && ASKED.contains(&case.track.as_str()) {
            let mut gone = [case.products.as_slice(), &case.acceptable].concat();
            gone.sort();
            gone.dedup();
            by_gone.entry(gone).or_default().push(case);
        }
    }
    let mut judged = Vec::new();
    for (gone, cases) in by_gone {
        let index = Index::from_documents(bench.without(&gone), tuning)?;
        let asked = cases.into_iter();
        judged.extend(asked.map(|c| Judged::of(c, &index.explain(&c.request), false, true)));
    }
    Ok(judged)
}

/// Adds features to a formula while held-out databases gain, and prints it.
fn add_features(judged: &[&Judged]) {
    let mut names: Vec<&str> = judged.iter().flat_map(|j| &j.parts).map(|p| p.0).collect();
    names.sort_unstable();
    names.dedup();
    let mut chosen: Vec<&str> = Vec::new();
    let mut best = 0.5;
    loop {
        let open = names.iter().filter(|name| !chosen.contains(name));
        let tried = open.map(|&name| {
            let tried: Vec<&str> = chosen.iter().copied().chain([name]).collect();
            (name, held_out(judged, &tried))
        });
        let Some((name, score)) = tried.max_by(|a, b| a.1.ghosts.total_cmp(&b.1.ghosts)) else {
            break;
        };
        if score.ghosts < best + 0.002 {
            break;
        }
        best = score.ghosts;
        chosen.push(name);
        println!("+ {name}: {score}");
    }
    print_fit(judged, &chosen);
}

/// What is known of a case whose outcome is judged.
struct Judged {
    parts: Vec<(&'static str, f32)>,
    track: String,
    family: String,
    truth: bool,
    ghost: bool,
}

impl Judged {
    fn of(case: &Case, answer: &Resolution, truth: bool, ghost: bool) -> Self {
        Self {
            parts: answer.evidence.iter().map(|p| (p.name, p.value)).collect(),
            track: case.track.clone(),
            family: case.family.clone(),
            truth,
            ghost,
        }
    }

    fn part(&self, name: &str) -> f32 {
        let found = self.parts.iter().find(|p| p.0 == name);
        found.map_or(0.0, |p| p.1)
    }

    fn sentence(&self) -> bool {
        self.part("sentence") > 0.5
    }

    fn example(&self, names: &[&str]) -> Example {
        let parts = names.iter().map(|name| self.part(name));
        Example {
            features: [1.0].into_iter().chain(parts).collect(),
            truth: self.truth,
            weight: 1.0,
            fold: fold(&self.family),
        }
    }
}

/// The measures of a formula on the databases that it was not fitted on.
struct HeldOut {
    /// Between questions and the same questions without their databases.
    ghosts: f32,
    /// Between questions and those of the track `none`.
    track: f32,
    /// The best F1 of none over the benchmark's own cases, and where.
    f1: (f32, f32),
}

impl fmt::Display for HeldOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ghosts, track, f1 } = self;
        write!(
            f,
            "held out AUROC {ghosts:.4}, {track:.4} on the track `none`; "
        )?;
        write!(f, "F1 of none {:.3} at {:.2}", f1.0, f1.1)
    }
}

fn held_out(judged: &[&Judged], names: &[&str]) -> HeldOut {
    let examples: Vec<Example> = judged.iter().map(|j| j.example(names)).collect();
    let mut guesses = vec![0.0f32; judged.len()];
    for out in 0..FOLDS {
        let train: Vec<&Example> = examples.iter().filter(|e| e.fold != out).collect();
        let weights = logistic::fit(&train, 3.0);
        for (guess, example) in guesses.iter_mut().zip(&examples) {
            if example.fold == out {
                *guess = logistic::guess(&example.features, &weights);
            }
        }
    }
    let of = |keep: &dyn Fn(&Judged) -> bool| -> Vec<f32> {
        let kept = judged.iter().zip(&guesses).filter(|(j, _)| keep(j));
        kept.map(|(_, guess)| *guess).collect()
    };
    let known = of(&|j| !j.ghost && j.truth && j.track != "term");
    let own = judged.iter().zip(&guesses).filter(|(j, _)| !j.ghost);
    let own: Vec<(f32, bool)> = own.map(|(j, guess)| (*guess, j.truth)).collect();
    HeldOut {
        ghosts: measure::auroc(&known, &of(&|j| j.ghost)),
        track: measure::auroc(&known, &of(&|j| j.track == "none")),
        f1: logistic::best_f1(&own),
    }
}
