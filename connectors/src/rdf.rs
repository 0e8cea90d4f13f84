//! RDF in every syntax: glossaries, ontologies, DCAT and DPROD catalogs.
//!
//! Statements are kept as they are, foreign IRIs untouched; only blank nodes get new names, which depend on
//! the document alone, so that two reads are identical. `docs/formats/rdf.md` is the user's page.

use oxrdfio::{RdfFormat, RdfParser};

use crate::rdf::document::Document;
use crate::rdf::jsonld::Contexts;
use crate::rdf::kinds::Kinds;
use crate::rdf::lines::LineReader;
use crate::{Diagnostic, Input, Location, Options, Report, Severity, StatementBuilder};

mod attributes;
mod blank;
mod document;
mod format;
mod jsonld;
mod kinds;
mod labels;
mod limits;
mod lines;

/// What every RDF/XML document names somewhere, if only in an entity.
const RDF_NAMESPACE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// How many broken places of one document are reported before its rest is given up.
const ERRORS_MAX: u64 = 100;

/// Reads RDF documents into statements.
///
/// What was read before an error is kept. The Turtle family goes on after the broken statement, the line
/// formats after the broken line; RDF/XML and JSON-LD stop there.
#[expect(
    clippy::needless_pass_by_value,
    reason = "all connectors have this signature, and some take the documents apart"
)]
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let names = document::short_names(&inputs);
    let mut contexts = Contexts::default();
    for input in &inputs {
        if [".json", ".jsonld"]
            .iter()
            .any(|end| input.file_name().ends_with(end))
        {
            contexts.offer(&input.name, &input.bytes);
        }
    }
    let mut kinds = Kinds::default();
    for (input, name) in inputs.iter().zip(&names) {
        let mut document = Document::new(input, name, options, &mut kinds, report, out);
        read_document(&mut document, &contexts);
        document.finish();
    }
    kinds.report(report);
}

fn read_document(document: &mut Document<'_>, contexts: &Contexts<'_>) {
    let input = document.input;
    let Some(detected) = format::detect(&input.name, &input.bytes) else {
        document.push(
            Diagnostic::new(
                Severity::Error,
                "not_rdf",
                "this is none of the RDF syntaxes that are read",
                Location::file(&input.name),
            )
            .hint("convert it to Turtle, RDF/XML, N-Triples, N-Quads, TriG or JSON-LD"),
        );
        return;
    };
    if detected.against_extension {
        let message = format!("read as {}, which its content is", detected.format.name());
        document.note("other_syntax", message);
    }
    match detected.format {
        RdfFormat::RdfXml => read_xml(document),
        RdfFormat::JsonLd { .. } => read_json_ld(document, contexts, detected.format),
        format => read_text(document, format),
    }
}

fn parser(document: &mut Document<'_>, format: RdfFormat) -> Option<RdfParser> {
    match RdfParser::from_format(format).with_base_iri(document.base()) {
        Ok(parser) => Some(parser),
        Err(error) => {
            let message = format!("base IRI `{}` is not valid: {error}", document.base());
            document.error("bad_base_iri", message, None);
            None
        }
    }
}

/// Reads Turtle, TriG, N-Triples or N-Quads.
fn read_text(document: &mut Document<'_>, format: RdfFormat) {
    let input = document.input;
    if let Err(excess) = limits::check_turtle(&input.bytes) {
        document.refuse(&excess);
        return;
    }
    let Some(parser) = parser(document, format) else {
        return;
    };
    let by_line = matches!(format, RdfFormat::NTriples | RdfFormat::NQuads);
    for quad in parser.for_slice(&input.bytes) {
        match quad {
            Ok(quad) => document.keep(quad),
            Err(error) => {
                let start = error.location().map(|place| place.start);
                let place = start.map(|start| (start.line + 1, start.column + 1));
                document.error("rdf_syntax", without_place(&error.to_string()), place);
                if document.errors() >= ERRORS_MAX {
                    document.given_up("the rest of the document was not read");
                    return;
                }
            }
        }
    }
    if document.errors() > 0 {
        let left_out = if by_line {
            "each of these lines"
        } else {
            "what stands from each of these places to the next full stop"
        };
        document.given_up(&format!("{left_out} was left out"));
    }
}

fn read_xml(document: &mut Document<'_>) {
    let input = document.input;
    if !lines::contains(&input.bytes, RDF_NAMESPACE.as_bytes()) {
        document.plain_xml();
        return;
    }
    if let Err(excess) = limits::check_xml(&input.bytes) {
        document.refuse(&excess);
        return;
    }
    let Some(parser) = parser(document, RdfFormat::RdfXml) else {
        return;
    };
    let mut bytes = lines::as_utf8(&input.bytes);
    if let Some((blanked, counts)) = attributes::without_unqualified(&bytes) {
        document.unqualified(&counts);
        bytes = blanked.into();
    }
    let reader = LineReader::new(&bytes);
    let line = reader.line();
    for quad in parser.for_reader(reader) {
        match quad {
            Ok(quad) => document.keep(quad),
            Err(error) => {
                document.error("rdf_syntax", error.to_string(), Some((line.get(), 0)));
                document.given_up("the rest of the document was not read");
                return;
            }
        }
    }
}

fn read_json_ld(document: &mut Document<'_>, contexts: &Contexts<'_>, format: RdfFormat) {
    let input = document.input;
    let value: serde_json::Value = match serde_json::from_slice(&input.bytes) {
        Ok(value) => value,
        Err(error) => {
            let place = (error.line() as u64, error.column() as u64);
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or(&message);
            document.error("json_syntax", message.to_owned(), Some(place));
            document.report_skipped();
            return;
        }
    };
    if jsonld::is_context_only(&value) {
        document.context_only();
        return;
    }
    if !jsonld::is_json_ld(&value) {
        document.plain_json();
        return;
    }
    let resolved = contexts.resolve(&value, document.base());
    if document.lacks_contexts(&resolved) {
        return;
    }
    document.note_contexts(&resolved, &jsonld::unmapped_keys(&value, &resolved));
    let Some(parser) = parser(document, format) else {
        return;
    };
    let loader = jsonld::loader(resolved);
    for quad in parser.for_slice(&input.bytes).with_document_loader(loader) {
        match quad {
            Ok(quad) => document.keep(quad),
            Err(error) => {
                let start = error.location().map(|place| place.start);
                let place = start.map(|start| (start.line + 1, start.column + 1));
                document.error("json_ld", error.to_string(), place);
                document.given_up("the rest of the document was not read");
                return;
            }
        }
    }
}

/// The message of the parser without the place, which the location has.
fn without_place(message: &str) -> String {
    let own = message
        .strip_prefix("Parser error at ")
        .and_then(|rest| rest.split_once(": "));
    own.map_or(message, |(_, own)| own).to_owned()
}
