//! Options of the commands that measure answers.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Data, Output};

/// Options of `eval`.
#[derive(Args, Debug)]
pub struct Eval {
    /// Cases: JSON lines with id, text and optionally view, context and hint; plain or gzip.
    pub cases: PathBuf,
    /// File to write the rankings to, one JSON line a case; gzip if it ends in .gz.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub data: Data,
    /// How many items of each ranking to write.
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
}

/// Options of `eval-story`.
#[derive(Args, Debug)]
#[command(
    after_help = "A story is JSON: domains {id, title} and items {id, intent, context, expected_products: [{ref, grade}],
must_not_rank_first, ask_back}. The sources that the references of all given stories name are read into one graph:
pg:DATABASE/SCHEMA.TABLE from databases/, dbt:PROJECT/MODEL from dbt/, and so on.

Example:
  isogloss eval-story ../shared/data/corpora/gold/*.json --explain"
)]
pub struct EvalStory {
    /// Stories; all their sources are in one graph.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Folder of the corpora that the stories refer to; the one above the first story's folder if left out.
    #[arg(long, value_name = "DIR")]
    pub corpora: Option<PathBuf>,
    /// Show every answer with its grades.
    #[arg(long)]
    pub explain: bool,
    #[command(flatten)]
    pub output: Output,
}

/// Options of `feedback`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss feedback accept \"active customers\" urn:isogloss:dataset:crm/customers
  isogloss feedback list
  isogloss feedback forget \"active customers\" urn:isogloss:dataset:crm/customers
  isogloss sources --remove feedback     # forgets all of it")]
pub struct Feedback {
    /// What to do.
    #[command(subcommand)]
    pub kind: FeedbackKind,
}

/// What `feedback` does.
#[derive(Subcommand, Debug)]
pub enum FeedbackKind {
    /// Count that an asset is what words mean.
    Accept(FeedbackSaid),
    /// Count that an asset is not what words mean.
    Reject(FeedbackSaid),
    /// Forget what was counted of an asset as the meaning of words.
    Forget(FeedbackSaid),
    /// List what was counted.
    List(FeedbackList),
}

/// What is said of which asset.
#[derive(Args, Debug)]
pub struct FeedbackSaid {
    /// The words that were asked.
    pub text: String,
    /// The data product, dataset, column, term or metric, by its IRI.
    pub iri: String,
    #[command(flatten)]
    pub data: Data,
}

/// Options of `feedback list`.
#[derive(Args, Debug)]
pub struct FeedbackList {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub output: Output,
}
