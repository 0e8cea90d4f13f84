//! Writing results in the formats of the web, and choosing one.
//!
//! ```
//! use graph_core::results::{Format, GraphFormat, ResultsFormat, negotiate};
//! use graph_core::sparql::ResultKind;
//!
//! let accept = "text/html, application/sparql-results+xml;q=0.5, application/json";
//! assert_eq!(negotiate(accept, ResultKind::Solutions), Some(Format::Results(ResultsFormat::Json)));
//! assert_eq!(negotiate("*/*", ResultKind::Graph), Some(Format::Graph(GraphFormat::Turtle)));
//! assert_eq!(negotiate("image/png", ResultKind::Graph), None);
//! ```

mod format;
mod write;

pub use format::{Format, GraphFormat, ResultsFormat, negotiate};
pub use write::{write, write_graph};
