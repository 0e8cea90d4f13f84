//! Random models and data: the answers of `DataFusion` and PostgreSQL equal that of an evaluator that goes row by row,
//! with plans simplified and not.
//!
//! The evaluator knows nothing of plans or SQL. It follows foreign keys from each row of a fact, puts the row into its
//! group, and aggregates; where no row may be repeated and one would be, it expects a refusal.
//!
//! `ISOGLOSS_FUZZ_ROUNDS` sets how many worlds are tried and `ISOGLOSS_FUZZ_SEED` the first seed.

mod evaluate;
mod metrics;
mod question;
mod world;

use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use query_engine::{Budget, DataFusion, Engine};
use semantic_model::layer::Query;
use semantic_model::plan::{Catalog, Options, compile};

use evaluate::{Cell, Expected, expected};
use question::Question;
use world::{Style, World};

use crate::shown::ask;

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
                Cell::read(text.trim_end_matches("T00:00:00"))
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

/// What an engine says to a question, or why the planner refuses it; and the SQL.
async fn answer(
    engine: &dyn Engine,
    catalog: &Catalog,
    query: &Query,
    optimize: bool,
) -> (Result<String, String>, String) {
    let options = Options {
        dialect: engine.dialect(),
        optimize,
    };
    let sql = match compile(catalog, query, &options) {
        Err(error) => return (Err(format!("{:?}", error.reason)), String::new()),
        Ok(compiled) => compiled.sql,
    };
    let answer = ask(engine, &sql, &Budget::DEFAULT).await;
    match answer {
        Ok(batch) => (Ok(shown(cells(&batch))), sql),
        Err(error) => (Ok(format!("{}: {error}", error.code())), sql),
    }
}

/// A world in every engine that is there, and the schema that its tables are in.
async fn engines(world: &World, schema: &str) -> Vec<Box<dyn Engine>> {
    let embedded = DataFusion::new("fuzz").unwrap();
    world.fill(&embedded, schema);
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(embedded)];
    #[cfg(feature = "postgres")]
    if let Some(server) = crate::postgres::filled(schema, &world.script()).await {
        engines.push(Box::new(server));
    }
    engines
}

/// Answers that were compared, and refusals that had to be.
#[derive(Debug, Default)]
struct Counts {
    answered: usize,
    refused: usize,
}

async fn check(seed: u64, counts: &mut Counts) {
    let world = World::random(&mut Random::new(seed));
    let schema = format!("qe_fuzz_{}", seed % 8);
    let engines = engines(&world, &schema).await;
    for style in [Style::Entities, Style::Joins] {
        let mut random = Random::new(seed ^ 0x5EED);
        for _ in 0..QUESTIONS {
            let question = Question::random(&world, &mut random, style);
            let catalog = Catalog::new(world.layer(style, &schema, question.metrics(style)));
            assert!(catalog.problems().is_empty(), "{:?}", catalog.problems());
            let expected = expected(&world, &question, style);
            let told = format!("seed {seed}, {style:?}\n{world:?}\n{question:?}");
            for engine in &engines {
                for optimize in [true, false] {
                    let query = question.query(style);
                    let (found, sql) = answer(engine.as_ref(), &catalog, &query, optimize).await;
                    let told = format!("{} optimize {optimize}\n{sql}\n{told}", engine.name());
                    judge(&expected, found, &told, counts);
                }
            }
        }
    }
}

fn judge(expected: &Expected, found: Result<String, String>, told: &str, counts: &mut Counts) {
    match (expected, found) {
        (Expected::Rows(rows), Ok(found)) => {
            counts.answered += 1;
            assert_eq!(found, shown(rows.clone()), "{told}");
        }
        (Expected::Refusal, Err(_)) => counts.refused += 1,
        (Expected::Unjudged, _) => {}
        (Expected::Rows(_), Err(reason)) => panic!("refused as {reason}\n{told}"),
        (Expected::Refusal, Ok(found)) => panic!("answered what must be refused\n{found}\n{told}"),
    }
}

#[tokio::test]
async fn answers_equal_those_of_a_row_by_row_evaluator() {
    let first = number_of("ISOGLOSS_FUZZ_SEED", 1);
    let rounds = number_of("ISOGLOSS_FUZZ_ROUNDS", ROUNDS);
    let mut counts = Counts::default();
    for seed in first..first + rounds {
        check(seed, &mut counts).await;
    }
    println!("{counts:?}");
    assert!(counts.answered > counts.refused, "{counts:?}");
    assert!(counts.refused > 0, "{counts:?}");
}
