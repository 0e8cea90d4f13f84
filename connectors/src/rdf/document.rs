//! One document on its way to statements: what it is called, what was kept of it, what is said about it.

use std::collections::{BTreeMap, BTreeSet};

use graph_core::rdf::{RdfTerm, Statement};
use ontologies::owl;
use oxrdf::{GraphName, Quad};

use crate::rdf::blank::Renamer;
use crate::rdf::jsonld::{Origin, Resolved};
use crate::rdf::kinds::Kinds;
use crate::rdf::labels::Labels;
use crate::rdf::limits::Excess;
use crate::{Diagnostic, Input, Location, Options, Report, Severity, StatementBuilder};

/// How many names a message lists before it only counts.
const LISTED_MAX: usize = 8;

/// A document that is being read.
pub(super) struct Document<'a> {
    pub(super) input: &'a Input,
    base: String,
    renamer: Renamer,
    kept: u64,
    errors: u64,
    /// Whether the report says already why nothing came out.
    explained: bool,
    graphs: BTreeMap<String, u64>,
    imports: BTreeSet<String>,
    labels: Labels,
    kinds: &'a mut Kinds,
    report: &'a mut Report,
    out: &'a mut StatementBuilder,
}

impl<'a> Document<'a> {
    /// Starts a document that its source calls `name`.
    pub(super) fn new(
        input: &'a Input,
        name: &str,
        options: &Options,
        kinds: &'a mut Kinds,
        report: &'a mut Report,
        out: &'a mut StatementBuilder,
    ) -> Self {
        let base = options.base_iri.clone().unwrap_or_else(|| {
            format!(
                "urn:isogloss:document:{}/{}",
                options.source.as_str(),
                encode_path(name)
            )
        });
        Self {
            input,
            base,
            renamer: Renamer::new(name),
            kept: 0,
            errors: 0,
            explained: false,
            graphs: BTreeMap::new(),
            imports: BTreeSet::new(),
            labels: Labels::default(),
            kinds,
            report,
            out,
        }
    }

    /// The IRI against which relative IRIs are resolved.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// How many errors were reported so far.
    pub(super) fn errors(&self) -> u64 {
        self.errors
    }

    /// Keeps what a quad states; which graph it stood in is counted and dropped.
    pub(super) fn keep(&mut self, quad: Quad) {
        if quad.graph_name != GraphName::DefaultGraph {
            let name = match &quad.graph_name {
                GraphName::NamedNode(node) => node.as_str().to_owned(),
                _ => "a blank node".to_owned(),
            };
            *self.graphs.entry(name).or_insert(0) += 1;
        }
        let statement = Statement::new(quad.subject, quad.predicate, quad.object);
        let statement = self.renamer.statement(statement);
        if statement.predicate.as_str() == owl::IMPORTS
            && let RdfTerm::NamedNode(imported) = &statement.object
        {
            self.imports.insert(imported.as_str().to_owned());
        }
        self.labels.see(&statement);
        self.kinds.see(&statement);
        self.kept += 1;
        self.out.statement(statement);
    }

    /// Reports an error at a line and column counted from one; zero stands for unknown.
    pub(super) fn error(&mut self, code: &'static str, message: String, place: Option<(u64, u64)>) {
        self.errors += 1;
        let mut location = Location::file(&self.input.name);
        if let Some((line @ 1.., column)) = place {
            location = location.line(line);
            if column > 0 {
                location = location.column(column);
            }
        }
        self.report.error(code, message, location);
    }

    /// Adds a diagnostic, counting it when it is an error.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += u64::from(diagnostic.severity == Severity::Error);
        self.report.skipped += u64::from(diagnostic.severity == Severity::Error);
        self.report.push(diagnostic);
    }

    /// Adds a note on the whole document.
    pub(super) fn note(&mut self, code: &'static str, message: String) {
        self.report
            .note(code, message, Location::file(&self.input.name));
    }

    /// Refuses the document for going over a bound.
    pub(super) fn refuse(&mut self, excess: &Excess) {
        self.error(
            "too_complex",
            excess.message.clone(),
            Some((excess.line, 0)),
        );
        self.report_skipped();
    }

    /// Counts the document as left out; its error says why.
    pub(super) fn report_skipped(&mut self) {
        self.report.skipped += 1;
    }

    /// Says what became of a document with errors: how much was kept, and what was `left_out`.
    pub(super) fn given_up(&mut self, left_out: &str) {
        self.report.skipped += self.errors.max(1);
        let message = format!(
            "read in part (statements kept: {}, errors: {}): {left_out}",
            self.kept, self.errors
        );
        self.report
            .warning("read_in_part", message, Location::file(&self.input.name));
    }

    /// Passes over a JSON text that is no JSON-LD.
    pub(super) fn plain_json(&mut self) {
        self.push(
            Diagnostic::new(
                Severity::Warning,
                "not_json_ld",
                "this JSON has neither `@context` nor `@id`: it is not JSON-LD and says nothing in RDF",
                Location::file(&self.input.name),
            )
            .hint("give it a `@context`, or read it with another connector"),
        );
        self.report.skipped += 1;
        self.explained = true;
    }

    /// Passes over an XML text that is no RDF/XML.
    pub(super) fn plain_xml(&mut self) {
        self.push(Diagnostic::new(
            Severity::Warning,
            "not_rdf_xml",
            "this XML never names RDF's namespace: it is not RDF/XML",
            Location::file(&self.input.name),
        ));
        self.report.skipped += 1;
        self.explained = true;
    }

    /// Notes that a document is a context for others and says nothing by itself.
    pub(super) fn context_only(&mut self) {
        self.note(
            "context_only",
            "this is a JSON-LD context for other documents".to_owned(),
        );
        self.explained = true;
    }

    /// Reports the contexts that are not at hand; true when there are any, for then nothing can be read.
    pub(super) fn lacks_contexts(&mut self, resolved: &Resolved) -> bool {
        for context in &resolved.missing {
            let file = context.rsplit('/').next().unwrap_or(context);
            self.push(
                Diagnostic::new(
                    Severity::Error,
                    "remote_context",
                    format!(
                        "context <{context}> is not among the inputs, and none is ever fetched"
                    ),
                    Location::file(&self.input.name).key("@context"),
                )
                .hint(format!(
                    "save the context as `{file}` and give it together with this document"
                )),
            );
        }
        !resolved.missing.is_empty()
    }

    /// Notes where contexts came from, and warns of keys that none of them maps.
    pub(super) fn note_contexts(&mut self, resolved: &Resolved, unmapped: &BTreeMap<String, u64>) {
        for (context, (origin, _)) in &resolved.found {
            let from = match origin {
                Origin::Input => "taken from another input of that name",
                Origin::BuiltIn => "not fetched: read by the built-in terms of DPROD",
            };
            self.note("context", format!("context <{context}> was {from}"));
        }
        if unmapped.is_empty() {
            return;
        }
        let total: u64 = unmapped.values().sum();
        self.report.skipped += total;
        let listed = list(
            unmapped
                .iter()
                .map(|(key, count)| format!("`{key}` ({count})")),
        );
        let message =
            format!("no context maps these keys, so JSON-LD drops their values: {listed}");
        let location = Location::file(&self.input.name);
        self.report.warning("unmapped_keys", message, location);
    }

    /// Warns of XML attributes that were left out for want of a namespace.
    pub(super) fn unqualified(&mut self, counts: &BTreeMap<String, u64>) {
        let total: u64 = counts.values().sum();
        self.report.skipped += total;
        let listed = list(
            counts
                .iter()
                .map(|(name, count)| format!("`{name}` ({count})")),
        );
        let message = format!("attributes without a namespace were left out: {listed}");
        let location = Location::file(&self.input.name);
        self.report
            .warning("unqualified_attributes", message, location);
    }

    /// Says what there is to say once the document is read.
    pub(super) fn finish(mut self) {
        for statement in std::mem::take(&mut self.labels).plain() {
            self.kinds.see(&statement);
            self.out.statement(statement);
        }
        if !self.graphs.is_empty() {
            let total: u64 = self.graphs.values().sum();
            let listed = list(
                self.graphs
                    .iter()
                    .map(|(name, count)| format!("<{name}> ({count})")),
            );
            let message = format!(
                "graph names are dropped, for the source is the graph (graphs: {}, statements in them: {total}): {listed}",
                self.graphs.len()
            );
            self.note("named_graphs", message);
        }
        if !self.imports.is_empty() {
            let listed = list(self.imports.iter().map(|iri| format!("<{iri}>")));
            let message = format!("imports are not followed: {listed}");
            self.note("imports", message);
        }
        if self.kept == 0 && self.errors == 0 && !self.explained {
            self.note(
                "empty",
                "no statements came out of this document".to_owned(),
            );
        }
    }
}

/// The first names, and how many more there are.
pub(super) fn list(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    let shown = names.iter().take(LISTED_MAX).map(String::as_str);
    let listed = shown.collect::<Vec<_>>().join(", ");
    if let Some(more @ 1..) = names.len().checked_sub(LISTED_MAX) {
        return format!("{listed} and {more} more");
    }
    listed
}

/// What the documents are called within their source: their paths below the folder that holds them all.
///
/// So the same documents give the same statements wherever the folder lies.
pub(super) fn short_names(inputs: &[Input]) -> Vec<String> {
    let paths: Vec<String> = inputs
        .iter()
        .map(|input| input.name.replace('\\', "/"))
        .collect();
    let folder = |path: &str| path.rfind('/').map_or(0, |at| at + 1);
    let mut shared: &str = paths.first().map_or("", |path| &path[..folder(path)]);
    for path in &paths {
        while !path.starts_with(shared) {
            let parent = shared.strip_suffix('/').unwrap_or(shared);
            shared = &parent[..folder(parent)];
        }
    }
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    let short = |path: &'_ str| path.len().min(shared.len());
    paths
        .iter()
        .map(|path| {
            let name = &path[short(path)..];
            let times = seen.entry(name).or_insert(0);
            *times += 1;
            if *times == 1 {
                name.to_owned()
            } else {
                format!("{name}~{times}")
            }
        })
        .collect()
}

/// A path as it may stand in an IRI: everything but letters, digits and `-._~/` percent-encoded.
fn encode_path(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => {
                encoded.push('%');
                for half in [byte >> 4, byte & 15] {
                    encoded.extend(
                        char::from_digit(u32::from(half), 16).map(|c| c.to_ascii_uppercase()),
                    );
                }
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{encode_path, short_names};
    use crate::Input;

    #[test]
    fn documents_are_named_below_their_folder() {
        let names = |paths: &[&str]| {
            let inputs: Vec<Input> = paths.iter().map(|path| Input::text(*path, "")).collect();
            short_names(&inputs)
        };
        assert_eq!(names(&["/x/y/a.ttl", "/x/y/z/b.ttl"]), ["a.ttl", "z/b.ttl"]);
        assert_eq!(
            names(&["/x/y/a.ttl", "/x/yz/a.ttl"]),
            ["y/a.ttl", "yz/a.ttl"]
        );
        assert_eq!(names(&["/x/y/a.ttl"]), ["a.ttl"]);
        assert_eq!(names(&["a.ttl", "a.ttl"]), ["a.ttl", "a.ttl~2"]);
        assert!(names(&[]).is_empty());
    }

    #[test]
    fn odd_file_names_make_valid_iris() {
        assert_eq!(encode_path("a b/ü?.ttl"), "a%20b/%C3%BC%3F.ttl");
    }
}
