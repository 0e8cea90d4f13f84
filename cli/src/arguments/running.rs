//! Options of the commands that run SQL.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Options of `query`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss query --metrics claims_paid,active_members --group-by member_id__state --config examples/harbour-health/isogloss.toml
  isogloss query --metrics premium_revenue --group-by metric_time__month --order-by -metric_time__month --limit 6
  isogloss query --metrics claims_paid --where \"{{ Dimension('claim_id__segment') }} = 'Medicaid'\" --explain")]
pub struct Query {
    /// Metrics, by name.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub metrics: Vec<String>,
    /// Dimensions, entities and times to group by: `customer__segment`, `metric_time__month`.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub group_by: Vec<String>,
    /// A condition over names of the model; may be given again, and all must hold.
    #[arg(long = "where", value_name = "CONDITION")]
    pub filters: Vec<String>,
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
    /// Send the whole query to this engine of the configuration.
    #[arg(long, value_name = "NAME")]
    pub engine: Option<String>,
    /// Also say on standard error how the answer comes about.
    #[arg(long)]
    pub explain: bool,
    /// Print the SQL and run nothing.
    #[arg(long)]
    pub sql_only: bool,
    /// How the rows are written.
    #[arg(long, value_enum, default_value_t = RowFormat::Table)]
    pub format: RowFormat,
    /// Seconds that the query may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
    /// Rows that the answer may have.
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
}

/// How rows are written.
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
#[derive(Args, Debug)]
pub struct Suite {
    /// Which suite.
    #[command(subcommand)]
    pub kind: SuiteKind,
}

/// The suites whose layout is known.
#[derive(Debug, Subcommand)]
pub enum SuiteKind {
    /// Cases over MetricFlow manifests.
    Metricflow(SuiteRun),
    /// Cases over Apache Ossie models.
    Ossie(SuiteRun),
}

/// What of a suite is run.
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
