//! The command line's grammar. Its help texts are the reference: `isogloss help COMMAND`, and the man page.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::history::History;

mod graded;
mod reasons;
mod running;
mod upkeep;
mod walks;
mod watching;

pub(crate) use graded::{Eval, EvalStory, Feedback, FeedbackKind, FeedbackList, FeedbackSaid};
pub(crate) use reasons::{Same, Why};
pub(crate) use running::Query;
#[cfg(feature = "query")]
pub(crate) use running::{RowFormat, Suite, SuiteKind, SuiteRun};
pub(crate) use upkeep::{Backup, Compact, Restore, Verify};
pub(crate) use walks::{Between, Changes, Diff, EventFormat, Impact, Lineage, Then, Way};
pub(crate) use watching::Watch;

const EXIT_CODES: &str = "Exit codes:
  0  done (for `resolve`: answered, whatever the outcome)
  1  failed for a reason that has no code of its own
  2  wrong command line, configuration or query
  3  an input could not be read, or parts of it are broken
  4  what was asked for does not exist
  5  the data folder is in use, damaged, or may not be read or written
  6  a port is taken or a server cannot be reached
  7  the shapes are not kept: `ingest --validate` committed nothing, or `validate` found violations";

/// A semantic layer and context graph: resolves what people mean to the data products that mean it.
#[derive(Debug, Parser)]
#[command(name = "isogloss", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the example mesh from memory: a first look that leaves nothing behind.
    Demo(Demo),
    /// Serve a data folder over HTTP: GraphQL, SPARQL, search, the page.
    Serve(Serve),
    /// Read documents and replace what their source says.
    Ingest(Ingest),
    /// Read sources again when they change, or by the clock.
    Watch(Watch),
    /// Check the graph, or what one source speaks of, against SHACL shapes.
    Validate(Validate),
    /// List the sources, or remove one.
    Sources(Sources),
    /// Search entities by their words.
    Search(Search),
    /// Resolve what a text means to data products, or say that it is ambiguous.
    Resolve(Resolve),
    /// Show where data comes from and where it goes.
    Lineage(Lineage),
    /// Show what a change of something touches, or what it rests on.
    Impact(Impact),
    /// Show what commits did to entities.
    Changes(Changes),
    /// Ask for metrics by dimensions and run the query.
    Query(Box<Query>),
    /// Run a SPARQL query.
    Sparql(Sparql),
    /// Say why a statement holds: the rules and claims behind it.
    Why(Why),
    /// Say why names are one thing, list those that might be, or decide it.
    Same(Same),
    /// Print the GraphQL schema.
    Schema,
    /// Write the graph, or one source of it, as RDF, as data contracts or as a DCAT catalog.
    Export(Export),
    /// Copy a data folder, also while a server has it open.
    Backup(Backup),
    /// Make a data folder out of a backup.
    Restore(Restore),
    /// Check every file of a data folder.
    Verify(Verify),
    /// Forget old versions and make a data folder small.
    Compact(Compact),
    /// Say that an asset is, or is not, what words mean; `resolve` learns from it.
    Feedback(Feedback),
    /// Run resolution cases and write the rankings, to be scored.
    Eval(Eval),
    /// Resolve the graded stories of a mesh and say how good the answers are.
    EvalStory(EvalStory),
    /// Run resolution cases that say what they expect, as a test.
    Test(Test),
    /// Say which resolution cases two versions of the graph answer differently.
    Diff(Diff),
    /// Run the cases of a conformance suite and write what came out, to be scored.
    #[cfg(feature = "query")]
    Suite(Suite),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in roff.
    Man,
}

/// Where the graph lies.
#[derive(Args, Debug)]
pub struct Data {
    /// Folder that holds the graph.
    #[arg(
        long,
        value_name = "DIR",
        env = "ISOGLOSS_DATA",
        default_value = "isogloss-data"
    )]
    pub data: PathBuf,
}

/// How an answer is written.
#[derive(Args, Debug)]
pub struct Output {
    /// Write JSON instead of text.
    #[arg(long)]
    pub json: bool,
}

/// Options of `demo`.
#[derive(Args, Debug)]
pub struct Demo {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4400")]
    pub listen: SocketAddr,
    /// Mesh to serve instead of the built-in example: an isogloss.toml that lists sources.
    #[arg(long, value_name = "FILE")]
    pub mesh: Option<PathBuf>,
    #[command(flatten)]
    pub history: History,
}

/// Options of `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    #[command(flatten)]
    pub data: Data,
    /// Address to listen on; the configuration file's otherwise, or 127.0.0.1:4400.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Configuration: an isogloss.toml. Sources that it lists are ingested at the start.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub history: History,
    /// Read the sources of the configuration again when they change, or by the clock.
    #[arg(long, requires = "config")]
    pub watch: bool,
}

/// Options of `ingest`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss ingest dbt target/ --source dbt-claims
  isogloss ingest odcs contracts/*.yaml --source contracts
  isogloss ingest rdf glossary.ttl --source glossary
  isogloss ingest catalog-lines catalog.jsonl.gz --source catalog
  isogloss ingest postgres://reader@db.example/shop --source shop-db
  isogloss ingest --config isogloss.toml")]
pub struct Ingest {
    /// Format of the documents, such as dbt, odcs, rdf, openlineage, datahub or catalog-lines; or the address of a
    /// PostgreSQL database, as <postgres://user@host/database>.
    #[arg(value_name = "KIND or URL", required_unless_present = "config")]
    pub kind: Option<String>,
    /// Files or folders, plain or gzip.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub log: Log,
    /// Name of the source that speaks; what it said before is replaced whole.
    #[arg(long, value_name = "NAME", required_unless_present = "config")]
    pub source: Option<String>,
    #[command(flatten)]
    pub data: Data,
    /// Send the documents to a running server instead of opening the data folder.
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// Read and report, and commit nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Go on without files that are damaged, even where the source would say less than it does now.
    #[arg(long)]
    pub partial: bool,
    /// Check the source against the SHACL shapes before it is committed; strict commits nothing that breaks them.
    #[arg(long, value_enum, value_name = "MODE", num_args = 0..=1, require_equals = true, default_missing_value = "strict")]
    pub validate: Option<ValidateMode>,
    /// More shapes to keep: RDF files.
    #[arg(long, value_name = "FILE", requires = "validate")]
    pub shapes: Vec<PathBuf>,
    /// Mapping of datasets to domains and products, or, without KIND, the list of sources to ingest.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

/// What is read of a live database.
#[derive(Args, Clone, Debug, Default)]
pub struct Database {
    /// Of a database: only this schema, where * stands for any characters; may be given again.
    #[arg(long = "schema", value_name = "SCHEMA")]
    pub schemas: Vec<String>,
    /// Of a database: also write what was read to a file, for `ingest postgres-catalog FILE` on another machine.
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Of a database: seconds that one of its queries may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub statement_timeout: u64,
}

/// What a query log does not say itself.
#[derive(Args, Clone, Debug, Default)]
pub struct Log {
    /// Of a query log: the dialect of its statements, such as postgres, snowflake or bigquery.
    #[arg(long, value_name = "DIALECT")]
    pub dialect: Option<String>,
    /// Of a query log: the database of tables that are named without one.
    #[arg(long = "default-database", value_name = "DATABASE")]
    pub default_database: Option<String>,
}

/// What becomes of a source that breaks the shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ValidateMode {
    /// It is not committed.
    Strict,
    /// It is committed, and the findings are printed.
    Report,
}

impl ValidateMode {
    /// Returns the mode as the server knows it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Report => "report",
        }
    }
}

/// Options of `validate`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss validate
  isogloss validate --source contracts
  isogloss validate --shapes house-rules.ttl --only --format turtle")]
pub struct Validate {
    #[command(flatten)]
    pub data: Data,
    /// Check only what this source speaks of.
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// More shapes to keep: RDF files.
    #[arg(long, value_name = "FILE")]
    pub shapes: Vec<PathBuf>,
    /// Leave the built-in shapes out.
    #[arg(long, requires = "shapes")]
    pub only: bool,
    /// Format of the report.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// How many findings to keep; all are counted.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    pub limit: usize,
    /// Seconds that the validation may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub timeout: u64,
    #[command(flatten)]
    pub output: Output,
}

/// Formats of a validation report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// One finding a line.
    Text,
    /// JSON.
    Json,
    /// The report of SHACL, in Turtle.
    Turtle,
    /// The report of SHACL, in N-Triples.
    Ntriples,
    /// The report of SHACL, in JSON-LD.
    Jsonld,
}

/// Options of `sources`.
#[derive(Args, Debug)]
pub struct Sources {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub then: Then,
    /// Remove this source and all that it says.
    #[arg(long, value_name = "NAME")]
    pub remove: Option<String>,
    #[command(flatten)]
    pub output: Output,
}

/// Options of `search`.
#[derive(Args, Debug)]
pub struct Search {
    /// The words.
    pub text: String,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub then: Then,
    /// Only entities of this kind (domain, data-product, dataset, column, term, metric, ...); may be repeated.
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,
    /// Only entities of this domain; may be repeated.
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Vec<String>,
    /// How many hits to print.
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
    #[command(flatten)]
    pub output: Output,
}

/// Options of `resolve`.
#[derive(Args, Debug)]
pub struct Resolve {
    /// What was asked, in the asker's words.
    pub text: String,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub then: Then,
    /// Domain that the asker speaks from.
    #[arg(long)]
    pub domain: Option<String>,
    /// Data product that the asker already chose.
    #[arg(long)]
    pub product: Option<String>,
    /// What the answer is for.
    #[arg(long)]
    pub purpose: Option<String>,
    /// What the asker does, such as `marketing analyst`.
    #[arg(long)]
    pub role: Option<String>,
    /// Team of the asker; what it owns is preferred a little.
    #[arg(long)]
    pub team: Option<String>,
    /// How many candidates to print.
    #[arg(long, default_value_t = 5)]
    pub limit: usize,
    /// Show the parts of each score, and what of the text is no name of data.
    #[arg(long)]
    pub explain: bool,
    /// Show every meaning to choose from, not only the first three.
    #[arg(long)]
    pub more: bool,
    #[command(flatten)]
    pub output: Output,
}

/// Options of `sparql`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss sparql examples/queries/products-per-domain.rq
  isogloss sparql --update 'INSERT DATA { <urn:example:orders> <urn:example:owner> \"Ada\" }'
  isogloss sparql --update changes.ru --server http://127.0.0.1:4400")]
pub struct Sparql {
    /// File with the query, or - for standard input.
    #[arg(required_unless_present = "update")]
    pub query: Option<PathBuf>,
    /// SPARQL Update to apply as one version: a file, - for standard input, or the update itself.
    #[arg(long, value_name = "FILE|TEXT", conflicts_with_all = ["query", "format", "as_of"])]
    pub update: Option<String>,
    /// Source that the update may change; may be repeated. Without it, those that people made, and new ones.
    #[arg(
        long,
        value_name = "NAME",
        requires = "update",
        conflicts_with = "server"
    )]
    pub may_write: Vec<String>,
    /// Send the update to a running server instead of opening the data folder.
    #[arg(long, value_name = "URL", requires = "update")]
    pub server: Option<String>,
    #[command(flatten)]
    pub data: Data,
    /// Format of the result: table, json, xml, csv, tsv; for graphs turtle, ntriples, nquads, trig, rdfxml, jsonld.
    #[arg(long)]
    pub format: Option<String>,
    #[command(flatten)]
    pub then: Then,
    /// Ask what follows by this regime too: none, skos, rdfs or owl-rl.
    #[arg(long, value_name = "REGIME", default_value = "none")]
    pub entailment: String,
    /// Seconds that the query may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub timeout: u64,
    #[command(flatten)]
    pub output: Output,
}

/// Options of `export`.
#[derive(Args, Debug)]
pub struct Export {
    #[command(flatten)]
    pub data: Data,
    /// Only what this source says.
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Format.
    #[arg(long, value_enum, default_value_t = ExportFormat::Nquads)]
    pub format: ExportFormat,
    #[command(flatten)]
    pub then: Then,
}

/// Formats of exports by their command-line names.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ExportFormat {
    /// N-Quads: one statement a line, with its source.
    Nquads,
    /// `TriG`: Turtle with named graphs.
    Trig,
    /// Turtle: the merged view, without sources.
    Turtle,
    /// N-Triples: the merged view, one statement a line.
    Ntriples,
    /// RDF/XML.
    Rdfxml,
    /// JSON-LD.
    Jsonld,
    /// Data contracts of ODCS 3.1: YAML, one document a contract.
    Odcs,
    /// A catalog in DCAT and DPROD alone, as Turtle.
    Dcat,
    /// A catalog in DCAT and DPROD alone, as JSON-LD.
    DcatJsonld,
}

/// Options of `test`.
#[derive(Args, Debug)]
#[command(after_help = "A case file:
  cases:
    - intent: active members
      context: { domain: Membership }
      expect: { outcome: resolved, product: Member Registry, top: 3, not: [Customer Profile] }

Exits with 0 when every case holds, and with 1 when one does not.")]
pub struct Test {
    /// Case files, in YAML.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub data: Data,
    /// Test the built-in example mesh instead of a data folder.
    #[arg(long)]
    pub example: bool,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    pub format: TestFormat,
    /// Propose cases that the present answers meet for those that fail.
    #[arg(long)]
    pub update: bool,
}

/// Forms of a test report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// Lines for a person.
    Text,
    /// One JSON object a case.
    Json,
    /// `JUnit` XML, for build servers.
    Junit,
}
