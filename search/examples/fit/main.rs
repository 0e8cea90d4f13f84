//! Measures and fits the ranker on a benchmark folder, in process, holding whole databases out.
//!
//! ```text
//! cargo run -p search --example fit -- FOLDER                        measures, and latency
//! cargo run -p search --example fit -- FOLDER table_name=2.5 usage=0 the same with other weights
//! cargo run -p search --example fit -- FOLDER --by-source            the same by where the questions come from
//! cargo run -p search --example fit -- FOLDER --pool spider.         the same over the products of one source alone
//! cargo run -p search --example fit -- FOLDER --fit table_name,typo  fits weights, five folds of databases
//! cargo run -p search --example fit -- FOLDER --ablate               each stage switched off
//! cargo run -p search --example fit -- FOLDER --show TRACK           the failures of a track
//! cargo run -p search --example fit -- FOLDER --out FILE             the answers as JSON lines
//! cargo run -p search --example fit -- FOLDER --order                fits how covers order the best products
//! cargo run -p search --example fit -- FOLDER --terms                fits how glossary terms are ordered
//! cargo run -p search --example fit -- FOLDER --judge                fits the formula of answerability
//! ```

#![expect(
    clippy::print_stdout,
    reason = "the report is what this program is for"
)]

mod bench;
mod fits;
mod judge;
mod listwise;
mod logistic;
mod measure;

use std::path::Path;
use std::time::Instant;

use bench::{Bench, Case};
use measure::Worth;
use search::{Index, Resolution, Tuning};

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, rest) = arguments.split_first().ok_or("give a benchmark folder")?;
    let after = |flag: &str| {
        let at = rest.iter().position(|a| a == flag)?;
        rest.get(at + 1).map(String::as_str)
    };
    let bench = bench::read(Path::new(folder), after("--pool"))?;
    let mut tuning = Tuning::default();
    for setting in rest.iter().filter(|a| !a.starts_with("--")) {
        if let Some((name, value)) = setting.split_once('=') {
            tuning = with(&tuning, name, value.parse()?)?;
        }
    }
    if let Some(track) = after("--show") {
        return show(&bench, &tuning, track);
    }
    if rest.iter().any(|a| a == "--order") {
        return fits::order(&bench, &tuning);
    }
    if rest.iter().any(|a| a == "--terms") {
        return fits::terms(&bench, &tuning);
    }
    if rest.iter().any(|a| a == "--judge") {
        return judge::judge(&bench, &tuning);
    }
    if let Some(names) = after("--fit") {
        let names: Vec<&str> = names.split(',').collect();
        return fits::ascend(&bench, tuning, &names);
    }
    if let Some(path) = after("--out") {
        return write(&bench, &tuning, path);
    }
    if rest.iter().any(|a| a == "--ablate") {
        return ablate(&bench, &tuning);
    }
    let worths = run(&bench, &tuning)?;
    report(&bench.cases, &worths);
    if rest.iter().any(|a| a == "--by-source") {
        by_source(&bench.cases, &worths);
    }
    Ok(())
}

/// Sets one weight.
pub(crate) fn with(tuning: &Tuning, name: &str, value: f32) -> Result<Tuning, Error> {
    let mut all = serde_json::to_value(tuning)?;
    if all.get(name).is_none() {
        return Err(format!("there is no weight `{name}`").into());
    }
    all[name] = value.into();
    Ok(serde_json::from_value(all)?)
}

/// Answers every case.
pub(crate) fn answers<T>(
    bench: &Bench,
    tuning: &Tuning,
    take: impl Fn(&Case, Resolution, f32) -> T,
) -> Result<Vec<T>, Error> {
    let full = Index::from_documents(bench.full.clone(), tuning)?;
    let physical = Index::from_documents(bench.physical.clone(), tuning)?;
    let answer = |case: &Case| {
        let index = if case.physical { &physical } else { &full };
        let started = Instant::now();
        let resolution = index.explain(&case.request);
        take(case, resolution, started.elapsed().as_secs_f32() * 1e6)
    };
    Ok(bench.cases.iter().map(answer).collect())
}

pub(crate) fn run(bench: &Bench, tuning: &Tuning) -> Result<Vec<Worth>, Error> {
    answers(bench, tuning, |case, resolution, latency_us| Worth {
        latency_us,
        ..measure::worth(case, &resolution)
    })
}

fn report(cases: &[Case], worths: &[Worth]) {
    let names = measure::names();
    for (name, value) in names.iter().zip(measure::summary(cases, worths, |_| true)) {
        println!("{name:32} {value:.4}");
    }
    let mut times: Vec<f32> = worths.iter().map(|w| w.latency_us).collect();
    times.sort_by(f32::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "latency us: p50 {:.0}, p95 {:.0}, p99 {:.0}",
        at(50),
        at(95),
        at(99)
    );
}

/// Prints the measures of sentences by where they come from.
fn by_source(cases: &[Case], worths: &[Worth]) {
    let sources: std::collections::BTreeSet<&str> =
        cases.iter().map(|case| case.source.as_str()).collect();
    for source in sources {
        let of = |case: &Case| case.source == source;
        let summary = measure::summary(cases, worths, of);
        let cells = measure::names().into_iter().zip(summary);
        let cells = cells.filter(|(name, value)| name.starts_with("question") && *value > 0.0);
        let cells: Vec<String> = cells
            .map(|(name, value)| format!("{name} {value:.3}"))
            .collect();
        println!("{source:16} {}", cells.join(", "));
    }
}

/// The stages that can be switched off, with the weights that do it.
const STAGES: &[(&str, &[&str])] = &[
    ("nothing", &[]),
    ("covers", &["cover_table", "cover_nouns", "cover_joined"]),
    ("shortened words", &["shortened"]),
    ("initials", &["initial"]),
    ("contractions", &["acronym"]),
    ("phrases", &["phrase"]),
    ("agreement", &["agreed"]),
    ("called terms", &["product_called_term"]),
    ("WordNet", &["synonym"]),
    ("near words", &["neighbour"]),
    (
        "vectors",
        &["table_vector", "product_vector", "column_vector"],
    ),
    (
        "foreign keys",
        &[
            "table_spread",
            "table_neighbours",
            "table_neighbour_columns",
        ],
    ),
    (
        "whole names",
        &["exact_product", "exact_table", "exact_column", "whole_name"],
    ),
    (
        "propagation",
        &[
            "table_from_column",
            "table_from_product",
            "table_back_product",
            "column_from_table",
        ],
    ),
    (
        "descriptions",
        &[
            "product_description",
            "table_description",
            "column_description",
        ],
    ),
    (
        "carried terms",
        &["product_terms", "table_terms", "column_terms"],
    ),
];

/// Prints the measures with each stage switched off.
fn ablate(bench: &Bench, tuning: &Tuning) -> Result<(), Error> {
    let mut columns: Vec<Vec<f32>> = Vec::new();
    for (_, weights) in STAGES {
        let mut without = tuning.clone();
        for name in *weights {
            without = with(&without, name, 0.0)?;
        }
        let worths = run(bench, &without)?;
        columns.push(measure::summary(&bench.cases, &worths, |_| true));
    }
    let names: Vec<&str> = STAGES.iter().map(|stage| stage.0).collect();
    println!("| measure, without: | {} |", names.join(" | "));
    println!("|---|{}", "---|".repeat(names.len()));
    for (at, name) in measure::names().iter().enumerate() {
        let cells: Vec<String> = columns.iter().map(|c| format!("{:.3}", c[at])).collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
    Ok(())
}

/// Writes the answers as JSON lines.
fn write(bench: &Bench, tuning: &Tuning, path: &str) -> Result<(), Error> {
    let lines = answers(bench, tuning, |case, answer, latency_us| {
        let ids = |list: &[search::Ranked]| {
            let named = list.iter().map(|r| (r.iri.clone(), r.score));
            named.collect::<Vec<_>>()
        };
        let evidence = answer.evidence.iter().map(|part| (part.name, part.value));
        let line = serde_json::json!({
            "id": case.id, "text": case.request.text, "track": case.track, "expect": case.expect,
            "family": case.family,
            "gold": [case.products, case.tables, case.columns, case.terms],
            "acceptable": case.acceptable,
            "products": ids(&answer.products), "tables": ids(&answer.datasets),
            "columns": ids(&answer.columns), "terms": ids(&answer.terms),
            "outcome": measure::worth(case, &answer).outcome,
            "score": answer.answerability, "confidence": answer.confidence,
            "evidence": evidence.collect::<std::collections::BTreeMap<_, _>>(),
            "latency_us": latency_us,
        });
        format!("{line}\n")
    })?;
    Ok(std::fs::write(path, lines.concat())?)
}

fn show(bench: &Bench, tuning: &Tuning, track: &str) -> Result<(), Error> {
    let lines = answers(bench, tuning, |case, answer, _| {
        let worth = measure::worth(case, &answer);
        let missed = worth.rows.iter().flatten().any(|&value| value < 1.0);
        let wrong = worth.outcome != case.expect && case.expect != "any";
        let first = |list: &[search::Ranked]| {
            let named = list
                .iter()
                .take(4)
                .map(|r| format!("{} {:.2}", r.iri, r.score));
            named.collect::<Vec<_>>().join(", ")
        };
        (case.track == track && (missed || wrong)).then(|| {
            let parts: Vec<String> =
                answer.evidence.iter().map(|p| format!("{} {:.2}", p.name, p.value)).collect();
            format!(
                "{}: {}\n  want {:?} {} {:?} {:?} {:?}\n  {} {:.2} {}\n  P {}\n  T {}\n  C {}\n  G {}",
                case.id,
                case.request.text,
                case.products,
                case.expect,
                case.tables,
                case.columns,
                case.terms,
                worth.outcome,
                worth.answerability,
                parts.join(" "),
                first(&answer.products),
                first(&answer.datasets),
                first(&answer.columns),
                first(&answer.terms),
            )
        })
    })?;
    for line in lines.into_iter().flatten() {
        println!("{line}");
    }
    Ok(())
}
