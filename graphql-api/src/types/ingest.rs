//! What the mutation `ingest` takes and gives.

use async_graphql::{Enum, InputObject, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use isogloss::connectors::{Input, InputLimits};

use crate::error::{Error, Measured, Result};
use crate::limits::{Limits, most};
use crate::types::{IngestReport, Source, UserError, ValidationMode, ValidationReport};

/// How a document's content is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DocumentEncoding {
    /// As it is.
    Text,
    /// In base64.
    #[graphql(name = "BASE64")]
    Base64,
    /// Compressed by gzip, then in base64.
    #[graphql(name = "BASE64_GZIP")]
    Base64Gzip,
}

/// A document to read.
#[derive(Debug, Clone, InputObject)]
pub struct DocumentInput {
    /// Its name, for messages, and for connectors that tell documents apart by it, such as `manifest.json`.
    name: String,
    /// What it holds, written as `encoding` says.
    content: String,
    /// How the content is written.
    #[graphql(default_with = "DocumentEncoding::Text")]
    encoding: DocumentEncoding,
}

impl DocumentInput {
    /// Decodes the document, which may take at most `budget` bytes.
    pub(crate) fn decode(self, budget: u64, limits: &Limits) -> Result<Input> {
        let bytes = match self.encoding {
            DocumentEncoding::Text => self.content.into_bytes(),
            DocumentEncoding::Base64 | DocumentEncoding::Base64Gzip => {
                let decoded = STANDARD.decode(self.content.trim());
                decoded.map_err(|_| Error::Encoding {
                    name: self.name.clone(),
                    encoding: "base64",
                })?
            }
        };
        if self.encoding == DocumentEncoding::Base64Gzip && !bytes.starts_with(&[0x1f, 0x8b]) {
            return Err(Error::Encoding {
                name: self.name,
                encoding: "compressed by gzip",
            });
        }
        most(
            Measured::DocumentBytes,
            bytes.len() as u64,
            limits.document_bytes,
        )?;
        let input_limits = InputLimits {
            file_bytes_max: budget,
            total_bytes_max: budget,
            ..InputLimits::default()
        };
        Ok(Input::decode(self.name, bytes, &input_limits).map_err(isogloss::Error::from)?)
    }
}

/// Documents that together are what a source says now.
#[derive(Debug, Clone, InputObject)]
pub struct IngestInput {
    /// Name of the source; what it said before is replaced whole.
    pub(crate) source: String,
    /// Kind of connector that reads the documents, such as `dbt`, `odcs`, `rdf`, `openlineage`, `semantic-layer`, `glossary` or `catalog-lines`.
    pub(crate) kind: String,
    /// The documents.
    pub(crate) documents: Vec<DocumentInput>,
    /// Reads and reports, and changes nothing.
    #[graphql(default = false)]
    pub(crate) dry_run: bool,
    /// Goes on without documents that are damaged, even where the source would say less than it does now.
    #[graphql(default = false)]
    pub(crate) partial: bool,
    /// Checks the source against the SHACL shapes before it is committed.
    pub(crate) validate: Option<ValidationMode>,
    /// Given back as it is, to match answers with requests.
    pub(crate) client_mutation_id: Option<String>,
}

/// What came of an ingest.
#[derive(Default, SimpleObject)]
pub struct IngestPayload {
    /// The source afterwards; absent on a dry run of a source that does not exist.
    pub(crate) source: Option<Source>,
    /// What was understood and what was not; absent if nothing could be read.
    pub(crate) report: Option<IngestReport>,
    /// What does not keep the shapes; absent unless a check was asked for.
    pub(crate) validation: Option<ValidationReport>,
    /// Statements that the source makes now and did not make before.
    pub(crate) added: u64,
    /// Statements that the source no longer makes.
    pub(crate) removed: u64,
    /// Whether the source had already said exactly this.
    pub(crate) unchanged: bool,
    /// Whether this only tried the documents.
    pub(crate) dry_run: bool,
    /// Version of the graph afterwards.
    pub(crate) version: u64,
    /// Why nothing was ingested; empty if all went well.
    pub(crate) user_errors: Vec<UserError>,
    /// What the caller gave to match answers with requests.
    pub(crate) client_mutation_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(content: &str, encoding: DocumentEncoding, budget: u64) -> Result<Input> {
        let document = DocumentInput {
            name: "a.json".to_owned(),
            content: content.to_owned(),
            encoding,
        };
        document.decode(budget, &Limits::default())
    }

    #[test]
    fn a_document_is_decoded_as_it_says() -> Result<()> {
        assert_eq!(
            decode("hé", DocumentEncoding::Text, 100)?.bytes,
            "hé".as_bytes()
        );
        assert_eq!(
            decode("aGk=\n", DocumentEncoding::Base64, 100)?.bytes,
            b"hi"
        );
        // printf hi | gzip -n | base64
        let gzipped = "H4sIAAAAAAAAA8vIBACsKpPYAgAAAA==";
        assert_eq!(
            decode(gzipped, DocumentEncoding::Base64Gzip, 100)?.bytes,
            b"hi"
        );
        Ok(())
    }

    #[test]
    fn a_document_in_another_encoding_is_refused_by_name() {
        for (content, encoding) in [
            ("%%%", DocumentEncoding::Base64),
            ("aGk=", DocumentEncoding::Base64Gzip),
            ("H4sIAAAAAAAAA8vI", DocumentEncoding::Base64Gzip),
        ] {
            let error = decode(content, encoding, 100).expect_err(content);
            assert_eq!(error.code(), crate::Code::BadUserInput, "{error}");
            assert!(error.to_string().contains("a.json"), "{error}");
        }
    }

    #[test]
    fn what_grows_beyond_its_budget_is_refused() {
        assert!(
            decode(
                "H4sIAAAAAAAAA8vIBACsKpPYAgAAAA==",
                DocumentEncoding::Base64Gzip,
                1
            )
            .is_err()
        );
        assert!(decode("hi", DocumentEncoding::Text, 1).is_err());
    }
}
