//! Options of the commands that give reasons: `why`, `same`.

use clap::Args;

use super::{Data, Output, Then};

/// Options of `why`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss why urn:term:revenue skos:broaderTransitive urn:term:money --entailment skos
  isogloss why urn:x:a rdf:type '<urn:x:C>' --entailment rdfs
  isogloss why urn:x:a dcterms:title '\"Orders\"' --entailment rdfs")]
pub struct Why {
    /// Subject: an IRI, or a name such as dcat:Dataset.
    pub subject: String,
    /// Predicate: an IRI, or a name such as rdf:type.
    pub predicate: String,
    /// Object: an IRI, a name, or a literal as N-Triples has it.
    pub object: String,
    /// The regime: skos, rdfs or owl-rl.
    #[arg(long, value_name = "REGIME")]
    pub entailment: String,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub then: Then,
    #[command(flatten)]
    pub output: Output,
}

/// Options of `same`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  isogloss same                                    # tables that might be one
  isogloss same urn:isogloss:dataset:shop/db.orders  # its other names, and why they are one
  isogloss same ONE OTHER                          # why these two are one
  isogloss same ONE OTHER --refuse                 # they are not, and stay apart
  isogloss same ONE OTHER --undo                   # takes the decision back")]
pub struct Same {
    /// IRI of an entity; without it the pairs that might be one are listed.
    pub one: Option<String>,
    /// IRI of another entity.
    pub other: Option<String>,
    /// Decide that both are one.
    #[arg(long, group = "decision", requires = "other")]
    pub accept: bool,
    /// Decide that both are not one.
    #[arg(long, group = "decision", requires = "other")]
    pub refuse: bool,
    /// Take a decision back.
    #[arg(long, group = "decision", requires = "other")]
    pub undo: bool,
    /// List pairs of at least this confidence, from 0 to 1.
    #[arg(long, value_name = "NUMBER", default_value_t = 0.5)]
    pub at_least: f64,
    /// List at most so many pairs.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub then: Then,
    #[command(flatten)]
    pub output: Output,
}
