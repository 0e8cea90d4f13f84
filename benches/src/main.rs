//! Benchmarks. Each prints JSON lines; the last line sums up.
//!
//! ```text
//! cargo run --release -p benches -- graph --statements 1000000 --against oxigraph
//! cargo run --release -p benches -- index --datasets 100000 --bench ../shared/data/resolve_bench/dev
//! cargo run --release -p benches -- ingest dbt ../shared/data/corpora/dbt/tuva/manifest.json.gz
//! cargo run --release -p benches -- log --statements 100000
//! cargo run --release -p benches -- replace --statements 1000000
//! cargo run --release -p benches -- scale --datasets 100000
//! cargo run --release -p benches -- start --statements 1000000
//! cargo run --release -p benches -- plan --suite ../shared/data/semantic/mf_suite
//! cargo run --release -p benches -- resolve --bench ../shared/data/resolve_bench/dev
//! ```

mod entail;
mod generate;
mod graph;
mod index;
mod ingest;
mod measure;
mod plan;
mod replace;
mod resolve;
mod scale;
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
        /// Sources to spread them over.
        #[arg(long, default_value_t = 52)]
        sources: usize,
        /// Peer to measure in the same run.
        #[arg(long, value_enum)]
        against: Option<Peer>,
        /// Only the query with this name.
        #[arg(long)]
        only: Option<String>,
    },
    /// Resident bytes of one engine after loading; `graph` starts it for each engine in a process of its own.
    #[command(hide = true)]
    GraphMemory {
        #[arg(long)]
        engine: String,
        #[arg(long)]
        statements: usize,
        #[arg(long)]
        sources: usize,
    },
    /// Time to derive what follows by each regime, anew and after the small source was replaced.
    Entail {
        /// Statements to generate, about.
        #[arg(long, default_value_t = 1_000_000)]
        statements: usize,
        /// How often the small source is replaced.
        #[arg(long, default_value_t = 11)]
        edits: usize,
    },
    /// Time to build an index, anew and after a commit, its memory and latency, and quality among many other datasets.
    Index {
        /// Datasets to generate, each with 20 columns on average.
        #[arg(long, default_value_t = 10_000)]
        datasets: usize,
        /// Folder with `catalog.jsonl.gz`, `glossary.jsonl.gz` and `queries.jsonl.gz`.
        #[arg(long)]
        bench: PathBuf,
        /// Only asks the questions, without the commits.
        #[arg(long)]
        no_commits: bool,
    },
    /// Time and memory from files to a graph that can be searched.
    Ingest {
        /// The connector, such as `dbt`.
        kind: String,
        /// Files or folders.
        paths: Vec<PathBuf>,
        /// How often, each time into an empty graph.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// Tells the stages apart, once.
        #[arg(long)]
        stages: bool,
    },
    /// Time and memory to fold a generated query log.
    Log {
        /// Statements.
        #[arg(long, default_value_t = 100_000)]
        statements: usize,
        /// Distinct shapes among them.
        #[arg(long, default_value_t = 1_000)]
        shapes: usize,
    },
    /// Replaces one source of 10,000 statements again and again while a reader works.
    Replace {
        /// Statements of the graph, about.
        #[arg(long, default_value_t = 1_000_000)]
        statements: usize,
        /// Sources to spread them over.
        #[arg(long, default_value_t = 52)]
        sources: usize,
        /// Replacements.
        #[arg(long, default_value_t = 500)]
        rounds: usize,
    },
    /// Loads a graph of so many datasets source by source, asks it, and opens it again when it is on disk.
    Scale {
        /// Datasets, each with 20 columns on average.
        #[arg(long, default_value_t = 100_000)]
        datasets: usize,
        /// Sources to spread them over.
        #[arg(long, default_value_t = 480)]
        sources: usize,
        /// Folder to keep it in; in memory only without.
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// Time from a closed data folder to the first answer.
    Start {
        /// Statements to generate, about.
        #[arg(long, default_value_t = 1_000_000)]
        statements: usize,
    },
    /// Time to compile queries of a semantic layer to SQL, and to load a layer of 9,450 metrics.
    Plan {
        /// Folder of a suite laid out like MetricFlow's; only what is generated without.
        #[arg(long)]
        suite: Option<PathBuf>,
        /// How often each query is compiled.
        #[arg(long, default_value_t = 50)]
        rounds: usize,
    },
    /// Ingest rate and latency of resolve over a catalog in catalog-lines form.
    Resolve {
        /// Folder with `catalog.jsonl.gz`, `glossary.jsonl.gz` and `queries.jsonl.gz`.
        #[arg(long)]
        bench: PathBuf,
        /// Only the cases of this track.
        #[arg(long)]
        track: Option<String>,
        /// How often all cases are asked.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
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
            sources,
            against,
            only,
        } => graph::run(&graph::Options {
            statements,
            sources,
            against: against.is_some(),
            only,
        }),
        What::Index {
            datasets,
            bench,
            no_commits,
        } => index::run(&index::Options {
            datasets,
            bench: &bench,
            commits: !no_commits,
        }),
        What::Ingest {
            kind,
            paths,
            rounds,
            stages,
        } => ingest::run(&ingest::Options {
            kind,
            paths,
            rounds,
            stages,
        }),
        What::Log { statements, shapes } => ingest::log(statements, shapes),
        What::GraphMemory {
            engine,
            statements,
            sources,
        } => graph::run_memory(
            &engine,
            &graph::Options {
                statements,
                sources,
                against: true,
                only: None,
            },
        ),
        What::Entail { statements, edits } => entail::run(statements, edits),
        What::Replace {
            statements,
            sources,
            rounds,
        } => replace::run(statements, sources, rounds),
        What::Scale {
            datasets,
            sources,
            folder,
        } => scale::run(&scale::Options {
            datasets,
            sources,
            folder: folder.as_deref(),
        }),
        What::Start { statements } => start::run(statements),
        What::Plan { suite, rounds } => plan::run(suite.as_deref(), rounds),
        What::Resolve {
            bench,
            track,
            rounds,
        } => resolve::run(&bench, track.as_deref(), rounds),
    }
}
