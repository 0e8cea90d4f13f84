//! Data contracts and data products: the Open Data Contract Standard (ODCS) v2 and v3, the Data Contract Specification,
//! Bitol's Open Data Product Standard and that of the Open Data Product Initiative.
//!
//! A contract becomes a contract, its schema objects datasets with columns, its `dataProduct` and `domain` company-wide
//! ones. All dialects are turned into the keys of ODCS v3 and of Bitol's products first. What has no place of its own
//! is kept as `iso:extra`. `docs/formats/odcs.md` is the user's page.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::IgnoredAny;

use crate::odcs::index::Index;
use crate::odcs::writer::Writer;
use crate::yaml::{self, Node, Place};
use crate::{Input, Location, Options, Report, StatementBuilder};

mod columns;
mod contract;
mod definitions;
mod identify;
mod index;
mod older;
mod open_product;
mod people;
mod place;
mod product;
mod quality;
mod schema;
mod server;
mod specification;
#[cfg(test)]
mod tests;
mod tree;
mod writer;

/// One YAML document of a file, recognised and in the keys that are read.
struct Document<'a> {
    /// The file it stands in, as messages call it.
    file: &'a str,
    node: Node,
    kind: DocumentKind,
    dialect: Dialect,
}

/// How a document was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// In the keys that are read: Bitol's.
    Bitol,
    /// In others, that were turned into those.
    Foreign,
}

/// The two kinds of documents that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DocumentKind {
    Contract,
    Product,
}

/// Reads data contracts, and the data products beside them, into statements.
///
/// Every document of a file is one contract or product. A file that is broken, or in another format, is
/// reported and the others are read. References between contracts are resolved over all the files.
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
    let mut documents = Vec::new();
    for input in &inputs {
        read_file(input, options, report, &mut documents);
    }
    let index = Index::build(&documents, options, report, out);
    let mut owners = BTreeSet::new();
    for contract in &index.contracts {
        let mut writer = Writer::new(contract.file, report, out, &mut owners);
        contract::write(contract, &index, &mut writer);
    }
    for product in &index.products {
        let mut writer = Writer::new(product.file, report, out, &mut owners);
        product::write(product, &index, &mut writer);
    }
    index.count(report);
}

fn read_file<'a>(
    input: &'a Input,
    options: &Options,
    report: &mut Report,
    documents: &mut Vec<Document<'a>>,
) {
    let text = match std::str::from_utf8(&input.bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = input.bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count() as u64;
            let location = Location::file(&input.name).line(line);
            report.error("not_utf8", "this line is not UTF-8", location);
            report.skipped += 1;
            return;
        }
    };
    if has_json_name(input) && !is_promising_json(input, text, report) {
        return;
    }
    let results = yaml::read(text);
    if results.is_empty() {
        report.warning(
            "empty",
            "this file says nothing",
            Location::file(&input.name),
        );
    }
    for result in results {
        match result {
            Ok(node) => take(input, node, options, report, documents),
            Err(broken) => {
                let location = at(&input.name, broken.place);
                report.error("yaml_syntax", broken.message, location);
                report.skipped += 1;
            }
        }
    }
}

fn has_json_name(input: &Input) -> bool {
    let name = input.file_name();
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "json")
}

/// Whether a JSON text is sound and has the keys of one of our documents; if not, it is reported.
///
/// YAML forgives what JSON does not, such as a value that is missing, and takes longer to read.
fn is_promising_json(input: &Input, text: &str, report: &mut Report) -> bool {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        let location = Location::file(&input.name)
            .line(error.line() as u64)
            .column(error.column() as u64);
        report.error("json_syntax", message, location);
        report.skipped += 1;
        return false;
    }
    // What is no object has no keys.
    let keys: BTreeMap<String, Option<IgnoredAny>> = serde_json::from_str(text).unwrap_or_default();
    let is_promising = identify::may_be_known(|key| keys.contains_key(key));
    if !is_promising {
        not_a_contract(Location::file(&input.name), report);
    }
    is_promising
}

fn not_a_contract(location: Location, report: &mut Report) {
    let message =
        "this is not a data contract: it has neither `kind: DataContract` nor the keys of one";
    report.warning("not_a_contract", message, location);
    report.skipped += 1;
}

/// Takes a document in when it is one of ours, and says what it is otherwise.
fn take<'a>(
    input: &'a Input,
    node: Node,
    options: &Options,
    report: &mut Report,
    documents: &mut Vec<Document<'a>>,
) {
    let location = at(&input.name, node.place);
    let mut keep = |node, kind, dialect| {
        documents.push(Document {
            file: &input.name,
            node,
            kind,
            dialect,
        });
    };
    match identify::identify(&node) {
        identify::Format::Contract => keep(node, DocumentKind::Contract, Dialect::Bitol),
        identify::Format::OlderContract(version) => {
            let message = format!("version {version} is read as far as v3 says the same");
            report.note("older_version", message, location);
            keep(
                older::modernised(node),
                DocumentKind::Contract,
                Dialect::Bitol,
            );
        }
        identify::Format::Specification(version) => {
            let message =
                format!("this is the Data Contract Specification {version}, read as ODCS");
            report.note("other_dialect", message, location);
            let (node, unfollowed) = specification::modernised(node, options.source.as_str());
            for reference in unfollowed {
                let location = at(&input.name, reference.place).key("$ref");
                report.warning("unresolved_reference", reference.message, location);
            }
            keep(node, DocumentKind::Contract, Dialect::Foreign);
        }
        identify::Format::Product => keep(node, DocumentKind::Product, Dialect::Bitol),
        identify::Format::OpenProduct(version) => {
            let message =
                format!("this is the Open Data Product Specification {version}, read as Bitol's");
            report.note("other_dialect", message, location);
            let read = open_product::modernised(node);
            keep(read.product, DocumentKind::Product, Dialect::Foreign);
            // A contract holds no product, so this goes no deeper.
            if let Some(contract) = read.contract
                && !matches!(
                    identify::identify(&contract),
                    identify::Format::OpenProduct(_) | identify::Format::Product
                )
            {
                take(input, contract, options, report, documents);
            }
        }
        identify::Format::Unknown => not_a_contract(location, report),
    }
}

/// The location of a place in a file; an unknown place is the file alone.
fn at(file: &str, place: Place) -> Location {
    let location = Location::file(file);
    if place.line == 0 {
        return location;
    }
    location.line(place.line).column(place.column)
}
