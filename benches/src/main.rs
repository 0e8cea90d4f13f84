//! Benchmarks. Each prints JSON lines; the last line sums up.
//!
//! ```text
//! cargo run --release -p benches -- graph --statements 1000000 --against oxigraph
//! cargo run --release -p benches -- start --statements 1000000
//! cargo run --release -p benches -- resolve --bench ../shared/data/resolve_bench/dev
//! ```

mod generate;
mod graph;
mod measure;
mod resolve;
mod start;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Load rate, bytes a statement and query latency of the graph, alone or against a peer in the same run.
    Graph {
        /// Statements to generate, about.
        #[arg(long, default_value_t = 100_000)]
        statements: usize,
        /// Peer to measure in the same run.
        #[arg(long, value_enum)]
        against: Option<Peer>,
    },
    /// Time from a closed data folder to the first answer.
    Start {
        /// Statements to generate, about.
        #[arg(long, default_value_t = 1_000_000)]
        statements: usize,
    },
    /// Ingest rate and latency of resolve over a catalog in catalog-lines form.
    Resolve {
        /// Folder with `catalog.jsonl.gz`, `glossary.jsonl.gz` and `queries.jsonl.gz`.
        #[arg(long)]
        bench: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Peer {
    /// Oxigraph's in-memory store.
    Oxigraph,
}

fn main() -> Result<()> {
    match Arguments::parse().what {
        What::Graph {
            statements,
            against,
        } => graph::run(statements, against.is_some()),
        What::Start { statements } => start::run(statements),
        What::Resolve { bench } => resolve::run(&bench),
    }
}
