//! Random models and data: the answer of the engine equals that of an evaluator that goes row by row.
//!
//! The evaluator knows nothing of plans or SQL. It follows foreign keys from each row of a fact, puts the row into its
//! group, and aggregates; where no row may be repeated and one would be, it expects a refusal.
//!
//! `ISOGLOSS_FUZZ_ROUNDS` sets how many worlds are tried and `ISOGLOSS_FUZZ_SEED` the first seed.

mod evaluate;
mod question;
mod world;

use std::fmt::Write as _;

use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use query_engine::{Budget, DataFusion, Engine};
use semantic_model::plan::{Catalog, Dialect, Options, compile};

use evaluate::{Cell, Expected, expected};
use question::Question;
use world::{Style, World};

/// Worlds that are tried where nothing else is said, and questions to each.
const ROUNDS: u64 = 12;
const QUESTIONS: u64 = 12;

/// A generator of numbers that is the same everywhere (`SplitMix64`).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap();
        usize::try_from(self.next() % end).unwrap()
    }

    /// Whether something happens that happens once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

fn number_of(name: &str, default: u64) -> u64 {
    let said = std::env::var_os(name).and_then(|text| text.into_string().ok());
    said.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The rows of an answer, in an order of their own.
fn cells(batch: &RecordBatch) -> Vec<Vec<Cell>> {
    let options = FormatOptions::default();
    let columns: Vec<_> = batch
        .columns()
        .iter()
        .map(|column| (column, ArrayFormatter::try_new(column, &options).unwrap()))
        .collect();
    let cell = |row: usize| {
        let mut cells = Vec::with_capacity(columns.len());
        for (column, shown) in &columns {
            cells.push(if column.is_null(row) {
                Cell::Null
            } else {
                let text = shown.value(row).to_string();
                text.parse().map_or(Cell::Text(text), Cell::Number)
            });
        }
        cells
    };
    (0..batch.num_rows()).map(cell).collect()
}

/// Rows as text, sorted, with numbers to nine places.
fn shown(mut rows: Vec<Vec<Cell>>) -> String {
    let mut lines: Vec<String> = rows
        .iter_mut()
        .map(|row| row.iter().map(Cell::show).collect::<Vec<_>>().join(" | "))
        .collect();
    lines.sort();
    lines.join("\n")
}

/// What the engine says to a question, or why the planner refuses it.
async fn answer(
    engine: &dyn Engine,
    catalog: &Catalog,
    question: &Question,
    style: Style,
    optimize: bool,
) -> (Result<String, String>, String) {
    let query = question.query(style);
    let options = Options {
        dialect: engine.dialect(),
        optimize,
    };
    match compile(catalog, &query, &options) {
        Err(error) => (Err(error.reason.to_string()), String::new()),
        Ok(compiled) => {
            let rows = engine.query(&compiled.sql, &Budget::DEFAULT).await.unwrap();
            let batch = rows.collect_all().await;
            match batch {
                Ok(batch) => (Ok(shown(cells(&batch))), compiled.sql),
                Err(error) => panic!("{error}\n{}", compiled.sql),
            }
        }
    }
}

async fn check(seed: u64, style: Style) -> (usize, usize) {
    let mut random = Random::new(seed);
    let world = World::random(&mut random);
    let engine = DataFusion::new("fuzz").unwrap();
    world.fill(&engine);
    assert_eq!(engine.dialect(), Dialect::DataFusion);
    let catalog = Catalog::new(world.layer(style));
    assert!(catalog.problems().is_empty(), "{:?}", catalog.problems());
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..QUESTIONS {
        let question = Question::random(&world, &mut random);
        let expected = expected(&world, &question, style);
        let mut told = String::new();
        writeln!(told, "seed {seed}, {style:?}\n{world:?}\n{question:?}").unwrap();
        for optimize in [true, false] {
            let (found, sql) = answer(&engine, &catalog, &question, style, optimize).await;
            match (&expected, found) {
                (Expected::Rows(rows), Ok(found)) => {
                    answered += 1;
                    let rows = shown(rows.clone());
                    assert_eq!(found, rows, "optimize {optimize}\n{sql}\n{told}");
                }
                (Expected::Refusal, Err(_)) => refused += 1,
                (Expected::Unjudged, _) => {}
                (Expected::Rows(_), Err(reason)) => panic!("refused as {reason}\n{told}"),
                (Expected::Refusal, Ok(found)) => {
                    panic!("answered what must be refused\n{found}\n{sql}\n{told}")
                }
            }
        }
    }
    (answered, refused)
}

#[tokio::test]
async fn answers_equal_those_of_a_row_by_row_evaluator() {
    let first = number_of("ISOGLOSS_FUZZ_SEED", 1);
    let rounds = number_of("ISOGLOSS_FUZZ_ROUNDS", ROUNDS);
    let (mut answered, mut refused) = (0, 0);
    for seed in first..first + rounds {
        for style in [Style::Entities, Style::Joins] {
            let (more_answered, more_refused) = check(seed, style).await;
            answered += more_answered;
            refused += more_refused;
        }
    }
    println!("{answered} answers compared, {refused} refusals expected");
    assert!(answered > refused, "{answered} answers, {refused} refusals");
    assert!(refused > 0, "no question had to be refused");
}
