//! Scores answers against what the cases expect.

use search::{Outcome, Ranked, Resolution};

use crate::bench::Case;

/// The rows of the report: a track, a level and a measure.
pub(crate) const ROWS: &[(&str, &str)] = &[
    ("question", "products R@1"),
    ("question", "products lenR@1"),
    ("question", "tables R@5"),
    ("question", "tables all@10"),
    ("question", "columns R@10"),
    ("synonym", "products R@1"),
    ("synonym", "tables R@5"),
    ("synonym", "columns R@10"),
    ("abbrev", "products R@1"),
    ("abbrev", "columns R@10"),
    ("keyword", "products R@1"),
    ("keyword", "tables R@1"),
    ("keyword_syn", "products R@5"),
    ("keyword_syn", "tables R@5"),
    ("context", "products R@1"),
    ("context", "tables R@1"),
    ("term", "terms R@1"),
    ("term", "products R@1"),
];

/// What one answer is worth.
#[derive(Clone, Default)]
pub(crate) struct Worth {
    /// For each of [`ROWS`] a measure, when the row is about the case.
    pub(crate) rows: Vec<Option<f32>>,
    pub(crate) answerability: f32,
    pub(crate) outcome: &'static str,
    pub(crate) latency_us: f32,
}

/// Scores one answer.
pub(crate) fn worth(case: &Case, answer: &Resolution) -> Worth {
    let rows = ROWS.iter().map(|(track, measure)| {
        if *track != case.track {
            return None;
        }
        let (level, measure) = measure.split_once(' ')?;
        let (gold, found) = match level {
            "products" => (&case.products, &answer.products),
            "tables" => (&case.tables, &answer.datasets),
            "columns" => (&case.columns, &answer.columns),
            _ => (&case.terms, &answer.terms),
        };
        if gold.is_empty() {
            return None;
        }
        Some(match measure {
            "R@1" => recall(gold, found, 1),
            "R@5" => recall(gold, found, 5),
            "R@10" => recall(gold, found, 10),
            "lenR@1" => recall(&case.acceptable, found, 1),
            _ => f32::from(u8::from(hits(gold, found, 10) == gold.len())),
        })
    });
    Worth {
        rows: rows.collect(),
        answerability: answer.answerability,
        outcome: match answer.outcome {
            Outcome::Resolved => "resolved",
            Outcome::Ambiguous => "ambiguous",
            Outcome::Unknown => "none",
        },
        latency_us: 0.0,
    }
}

fn hits(gold: &[String], found: &[Ranked], k: usize) -> usize {
    let top = found.iter().take(k);
    top.filter(|one| gold.iter().any(|g| g.eq_ignore_ascii_case(&one.iri)))
        .count()
}

fn recall(gold: &[String], found: &[Ranked], k: usize) -> f32 {
    hits(gold, found, k) as f32 / gold.len().min(k) as f32
}

/// The measures of a set of answers, in the order of [`names`].
pub(crate) fn summary(cases: &[Case], worths: &[Worth], keep: impl Fn(&Case) -> bool) -> Vec<f32> {
    let kept = || cases.iter().zip(worths).filter(|(case, _)| keep(case));
    let mut out: Vec<f32> = Vec::new();
    for row in 0..ROWS.len() {
        let values: Vec<f32> = kept().filter_map(|(_, w)| w.rows[row]).collect();
        out.push(values.iter().sum::<f32>() / values.len().max(1) as f32);
    }
    let scores = |track: &str| -> Vec<f32> {
        let of = kept().filter(|(case, _)| case.track == track);
        of.map(|(_, w)| w.answerability).collect()
    };
    out.push(auroc(&scores("question"), &scores("none")));
    for class in ["resolved", "ambiguous", "none"] {
        let (mut both, mut either) = (0.0, 0.0);
        for (case, worth) in kept() {
            let judged = ["resolved", "ambiguous", "none"].contains(&case.expect.as_str());
            if judged {
                let (wanted, given) = (case.expect == class, worth.outcome == class);
                both += f32::from(u8::from(wanted && given));
                either += f32::from(u8::from(wanted)) + f32::from(u8::from(given));
            }
        }
        out.push(2.0 * both / f32::max(either, 1.0));
    }
    out
}

/// The names of the measures of [`summary`].
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = ROWS.iter().map(|(t, m)| format!("{t}: {m}")).collect();
    names.push("none: AUROC".to_owned());
    let classes = ["resolved", "ambiguous", "none"];
    names.extend(classes.map(|class| format!("outcome F1: {class}")));
    names
}

/// How often an answerable question scores above one that is not.
pub(crate) fn auroc(yes: &[f32], no: &[f32]) -> f32 {
    let mut wins = 0.0;
    for &n in no {
        for &y in yes {
            wins += f32::from(u8::from(y > n)) + 0.5 * f32::from(u8::from((y - n).abs() < 1e-9));
        }
    }
    wins / (yes.len() * no.len()).max(1) as f32
}

/// How much the fit wants each measure of [`summary`].
pub(crate) fn weight(at: usize) -> f32 {
    let wanted = [
        2.0, 2.0, 2.0, 1.0, 1.5, 1.0, 1.0, 0.5, 0.7, 0.7, 0.5, 0.5, 0.5, 0.5, 0.3, 0.3, 0.5, 0.3,
    ];
    wanted.get(at).copied().unwrap_or(0.3) / 16.0
}
