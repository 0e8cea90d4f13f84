//! The other way round: statements to the documents of others.
//!
//! [`contracts`] writes contracts of the Open Data Contract Standard, [`catalog`] the statements of a catalog in DCAT and
//! DPROD. Both take statements from wherever they come, such as the merged view of a graph, and say what of them has no
//! place in the format.
//!
//! ```
//! use connectors::{Input, Kind, Options, export, read};
//!
//! let text = "kind: DataContract\napiVersion: v3.1.0\nid: c1\nversion: 1.0.0\nstatus: active\nschema: [{name: orders}]\n";
//! let options = Options::new("contracts".parse()?);
//! let read = read(Kind::Odcs, vec![Input::text("c1.odcs.yaml", text)], &options)?;
//! let written = export::contracts(read.statements);
//! assert_eq!(written[0].value["schema"][0]["name"], "orders");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catalog;
mod contract;
mod facts;
mod product;
mod quality;
mod schema;
mod server;
mod shape;

#[cfg(test)]
mod tests;

use graph_core::rdf::Statement;
use serde_json::Value;

pub use catalog::{Syntax, catalog, write_catalog};

use facts::Facts;

/// A document that was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What it is called: the id of a contract.
    pub name: String,
    /// What it holds.
    pub value: Value,
    /// What the standard asks for and nobody said, or what was said and has no place in it; one sentence each.
    pub notes: Vec<String>,
}

impl Document {
    /// Gives the document as YAML.
    pub fn to_yaml(&self) -> Result<String, std::fmt::Error> {
        serde_saphyr::to_string(&self.value).map_err(|_| std::fmt::Error)
    }
}

/// Writes every contract as one of ODCS 3.1, and the datasets of each data product that have none as a draft.
pub fn contracts(statements: impl IntoIterator<Item = Statement>) -> Vec<Document> {
    let facts = Facts::of(statements);
    let mut written = contract::all(&facts);
    written.extend(product::drafts(&facts));
    written
}
