//! Options of the commands that run SQL.

use std::path::PathBuf;

use clap::Args;
#[cfg(feature = "query")]
use clap::{Subcommand, ValueEnum};

use super::Then;

/// Options of `query`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss query --metrics claims_paid,active_members --group-by member_id__state --config examples/harbour-health/isogloss.toml
  isogloss query --metrics premium_revenue --group-by metric_time__month --order-by -metric_time__month --limit 6
  isogloss query --ask \"monthly claims paid per state since 2025-07\"
  isogloss query --metrics claims_paid --where \"{{ Dimension('claim_id__segment') }} = 'Medicaid'\" --explain")]
pub struct Query {
    /// Metrics, by name.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub metrics: Vec<String>,
    /// A question in words, read as metrics, groups, conditions and a time; the other options add to it.
    #[arg(long, value_name = "WORDS", conflicts_with_all = ["metrics", "saved"])]
    pub ask: Option<String>,
    /// Dimensions, entities and times to group by: `customer__segment`, `metric_time__month`.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub group_by: Vec<String>,
    /// A condition over names of the model; may be given again, and all must hold.
    #[arg(long = "where", value_name = "CONDITION")]
    pub filters: Vec<String>,
    /// A condition on metrics of a group; may be given again.
    #[arg(long, value_name = "CONDITION")]
    pub having: Vec<String>,
    /// Metrics or groups to order by; a minus in front is descending.
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub order_by: Vec<String>,
    /// How many rows at most.
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// The first day or moment.
    #[arg(long, value_name = "TIME")]
    pub start: Option<String>,
    /// The last day or moment, itself included.
    #[arg(long, value_name = "TIME")]
    pub end: Option<String>,
    /// A saved query to start from.
    #[arg(long, value_name = "NAME")]
    pub saved: Option<String>,
    /// The domain you work in, by IRI or label: it decides between metrics of one name.
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
    /// The layer to ask, by name or source: it decides likewise.
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// The engine to ask, by name: it decides likewise.
    #[arg(long, value_name = "NAME")]
    pub engine: Option<String>,
    /// Dialect of the SQL that is printed: datafusion, duckdb, postgres, spark, trino, snowflake or bigquery.
    #[arg(long, value_name = "NAME", requires = "sql_only")]
    pub dialect: Option<String>,
    /// Also say on standard error how the answer comes about.
    #[arg(long)]
    pub explain: bool,
    /// Print the SQL and run nothing.
    #[arg(long)]
    pub sql_only: bool,
    /// How the rows are written.
    #[cfg(feature = "query")]
    #[arg(long, value_enum, default_value_t = RowFormat::Table)]
    pub format: RowFormat,
    /// Seconds that the query may take.
    #[cfg(feature = "query")]
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
    /// Rows that the answer may have.
    #[cfg(feature = "query")]
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub rows_max: u64,
    /// Configuration that names engines and layers.
    #[arg(
        long,
        value_name = "FILE",
        env = "ISOGLOSS_CONFIG",
        default_value = "isogloss.toml"
    )]
    pub config: PathBuf,
    /// Folder of the graph that declares the layers; without it the sources that layers of the configuration name are
    /// read into memory.
    #[arg(long, value_name = "DIR", env = "ISOGLOSS_DATA")]
    pub data: Option<PathBuf>,
    #[command(flatten)]
    pub then: Then,
}

/// How rows are written.
#[cfg(feature = "query")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RowFormat {
    /// Aligned columns.
    Table,
    /// Comma-separated.
    Csv,
    /// An array of objects.
    Json,
    /// Arrow's IPC stream.
    Arrow,
}

/// Options of `suite`.
#[cfg(feature = "query")]
#[derive(Args, Debug)]
pub struct Suite {
    /// Which suite.
    #[command(subcommand)]
    pub kind: SuiteKind,
}

/// The suites whose layout is known.
#[cfg(feature = "query")]
#[derive(Debug, Subcommand)]
pub enum SuiteKind {
    /// Cases over MetricFlow manifests.
    Metricflow(SuiteRun),
    /// Cases over Apache Ossie models.
    Ossie(SuiteRun),
}

/// What of a suite is run.
#[cfg(feature = "query")]
#[derive(Args, Debug)]
pub struct SuiteRun {
    /// The suite's folder.
    pub folder: PathBuf,
    /// The split: a folder in it with cases.json.
    pub split: String,
    /// File to write the outcomes to, as JSON by case.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}
