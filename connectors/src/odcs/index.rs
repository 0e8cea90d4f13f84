//! Everything that the documents name, before anything is written: so that references between them resolve.

use std::collections::{BTreeMap, BTreeSet};

use graph_core::rdf::NamedNode;
use semantic_model::identity::{EntityIri, IriKind};

use crate::odcs::columns::{Flat, flatten};
use crate::odcs::identify::REQUIRED;
use crate::odcs::place::{Placed, domain_of_contracts, place, ports_of};
use crate::odcs::writer::iri;
use crate::odcs::{Dialect, Document, DocumentKind, at};
use crate::yaml::Node;
use crate::{Options, Report, StatementBuilder};

/// All contracts and products of one read.
pub(super) struct Index<'a> {
    pub(super) contracts: Vec<Contract<'a>>,
    pub(super) products: Vec<Product<'a>>,
}

/// A contract and the names of what it describes.
pub(super) struct Contract<'a> {
    pub(super) file: &'a str,
    pub(super) node: &'a Node,
    pub(super) iri: NamedNode,
    /// The path of the contract within the source; what it describes lies below.
    pub(super) path: Vec<String>,
    pub(super) domain: NamedNode,
    pub(super) product: NamedNode,
    pub(super) objects: Vec<Object<'a>>,
}

/// A schema object: a table, topic, file or document.
pub(super) struct Object<'a> {
    pub(super) node: &'a Node,
    pub(super) name: String,
    pub(super) iri: NamedNode,
    pub(super) path: Vec<String>,
    pub(super) columns: Vec<Column<'a>>,
}

/// A column of a schema object.
pub(super) struct Column<'a> {
    pub(super) flat: Flat<'a>,
    pub(super) iri: NamedNode,
    pub(super) path: Vec<String>,
}

/// A data product file.
pub(super) struct Product<'a> {
    pub(super) file: &'a str,
    pub(super) node: &'a Node,
    pub(super) iri: NamedNode,
    pub(super) domain: NamedNode,
    pub(super) path: Vec<String>,
}

impl<'a> Index<'a> {
    /// Names everything; warns of missing keys and of names that stand for two things.
    pub(super) fn build(
        documents: &'a [Document<'a>],
        options: &Options,
        report: &mut Report,
        out: &mut StatementBuilder,
    ) -> Self {
        let mut index = Self {
            contracts: Vec::new(),
            products: Vec::new(),
        };
        let mut product_of: BTreeMap<&str, Placed> = BTreeMap::new();
        let of_kind = |kind| {
            documents
                .iter()
                .filter(move |document| document.kind == kind)
        };
        for document in of_kind(DocumentKind::Product) {
            check_required(document, &["id", "apiVersion", "status"], &["id"], report);
            let domain = domain_of_contracts(document, documents);
            let placed = place(document, domain, options, report);
            for port in ports_of(document) {
                if let Some(contract) = port.text_of("contractId") {
                    product_of.entry(contract).or_insert_with(|| placed.clone());
                }
            }
            index.products.push(Product {
                file: document.file,
                node: &document.node,
                iri: out.product(&placed.domain, &placed.product),
                domain: out.domain(&placed.domain),
                path: vec![placed.domain, placed.product],
            });
        }
        let mut paths = BTreeSet::new();
        for document in of_kind(DocumentKind::Contract) {
            check_required(document, &REQUIRED, &["id", "version"], report);
            let path = contract_path(document, &mut paths, report);
            let id = document.node.text_of("id").unwrap_or_default();
            let placed = match product_of.get(id) {
                Some(placed) if document.node.get("dataProduct").is_none() => placed.clone(),
                _ => place(document, None, options, report),
            };
            index.contracts.push(Contract {
                file: document.file,
                node: &document.node,
                iri: out.iri(IriKind::Contract, &path),
                domain: out.domain(&placed.domain),
                product: out.product(&placed.domain, &placed.product),
                objects: objects(document, &path, report, out),
                path,
            });
        }
        index
    }

    /// Counts what was understood.
    pub(super) fn count(&self, report: &mut Report) {
        let contracts = self.contracts.iter();
        let domains: BTreeSet<&str> = contracts
            .clone()
            .map(|contract| contract.domain.as_str())
            .chain(self.products.iter().map(|product| product.domain.as_str()))
            .collect();
        let products: BTreeSet<&str> = contracts
            .clone()
            .map(|contract| contract.product.as_str())
            .chain(self.products.iter().map(|product| product.iri.as_str()))
            .collect();
        let objects = contracts.flat_map(|contract| &contract.objects);
        let columns: usize = objects.clone().map(|object| object.columns.len()).sum();
        report.understood_many("contract", self.contracts.len() as u64);
        report.understood_many("domain", domains.len() as u64);
        report.understood_many("data_product", products.len() as u64);
        report.understood_many("dataset", objects.count() as u64);
        report.understood_many("column", columns as u64);
    }

    /// The contract of this id, when exactly one has it.
    pub(super) fn contract_of_id(&self, id: &str) -> Option<&Contract<'a>> {
        let mut found = self
            .contracts
            .iter()
            .filter(|contract| contract.node.text_of("id") == Some(id));
        let only = found.next()?;
        found.next().is_none().then_some(only)
    }

    /// What a reference written in `contract` stands for: a dataset or a column.
    ///
    /// Tried in turn: an absolute IRI; `schema/<id>/properties/<id>`; `object` and `object.column` by name,
    /// in the contract itself first, then in all others, where the name must be one of a kind.
    pub(super) fn resolve(&self, reference: &str, contract: &Contract<'a>) -> Option<NamedNode> {
        let reference = reference.trim();
        if let Some(iri) = iri(reference) {
            return Some(iri);
        }
        let find = |contract: &Contract<'a>| {
            if reference.contains('/') {
                contract.by_ids(reference)
            } else {
                contract.by_names(reference)
            }
        };
        if let Some(found) = find(contract) {
            return Some(found);
        }
        let mut found_elsewhere: Option<NamedNode> = None;
        for other in &self.contracts {
            match (find(other), &found_elsewhere) {
                (Some(here), Some(before)) if here != *before => return None,
                (Some(here), _) => found_elsewhere = Some(here),
                (None, _) => {}
            }
        }
        found_elsewhere
    }
}

impl Contract<'_> {
    /// Resolves `[file#]/schema/<object id>[/properties/<column id>]*`.
    fn by_ids(&self, reference: &str) -> Option<NamedNode> {
        let (_, path) = reference.rsplit_once('#').unwrap_or(("", reference));
        let mut parts = path.trim_start_matches('/').split('/');
        if parts.next()? != "schema" {
            return None;
        }
        let id = parts.next()?;
        let has_id = |node: &Node, id: &str| {
            node.text_of("id") == Some(id) || node.text_of("name") == Some(id)
        };
        let object = self.objects.iter().find(|object| has_id(object.node, id))?;
        let rest: Vec<&str> = parts.collect();
        if rest.is_empty() {
            return Some(object.iri.clone());
        }
        let mut node = object.node;
        for pair in rest.chunks(2) {
            let [section, id] = pair else { return None };
            node = node
                .get(section)?
                .items()
                .iter()
                .find(|item| has_id(item, id))?;
        }
        let column = object
            .columns
            .iter()
            .find(|column| std::ptr::eq(column.flat.node, node))?;
        Some(column.iri.clone())
    }

    /// Resolves `object` or `object.column`, by logical or physical names, exactly or but for case.
    fn by_names(&self, reference: &str) -> Option<NamedNode> {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        let named = |object: &Object<'_>, name: &str| {
            same(&object.name, name)
                || object
                    .node
                    .text_of("physicalName")
                    .is_some_and(|physical| same(physical, name))
        };
        if let Some(object) = self.objects.iter().find(|object| named(object, reference)) {
            return Some(object.iri.clone());
        }
        reference.rmatch_indices('.').find_map(|(dot, _)| {
            let (table, column) = (&reference[..dot], &reference[dot + 1..]);
            let object = self.objects.iter().find(|object| named(object, table))?;
            let found = object.columns.iter().find(|candidate| {
                same(&candidate.flat.path, column) || same(&candidate.flat.physical, column)
            })?;
            Some(found.iri.clone())
        })
    }
}

/// Warns of required keys that are missing, and notes a version that is not known.
fn check_required(
    document: &Document<'_>,
    required: &[&str],
    of_others: &[&str],
    report: &mut Report,
) {
    let required = match document.dialect {
        Dialect::Bitol => required,
        Dialect::Foreign => of_others,
    };
    let missing: Vec<String> = required
        .iter()
        .filter(|key| document.node.get(key).is_none())
        .map(|key| format!("`{key}`"))
        .collect();
    if !missing.is_empty() {
        let message = format!("required keys are missing: {}", missing.join(", "));
        report.warning(
            "missing_keys",
            message,
            at(document.file, document.node.place),
        );
    }
    if document.dialect == Dialect::Foreign {
        return;
    }
    let version = document.node.text_of("apiVersion").unwrap_or("v3");
    let known = match document.kind {
        DocumentKind::Contract => ["v3", "3.", "v2.", "2."]
            .iter()
            .any(|v| version.starts_with(v)),
        DocumentKind::Product => ["v0.9", "v1.", "0.9", "1."]
            .iter()
            .any(|v| version.starts_with(v)),
    };
    if !known {
        let message = format!("version {version} is not known; it is read as the newest that is");
        let location = at(document.file, document.node.place).key("apiVersion");
        report.note("unknown_version", message, location);
    }
}

/// The path of a contract in its source: its id; with the version, then the file, when that is taken.
fn contract_path(
    document: &Document<'_>,
    taken: &mut BTreeSet<Vec<String>>,
    report: &mut Report,
) -> Vec<String> {
    let node = &document.node;
    let file = document
        .file
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(document.file);
    let id = node.text_of("id").or_else(|| node.text_of("name"));
    let mut path = vec![id.unwrap_or(file).to_owned()];
    if taken.insert(path.clone()) {
        return path;
    }
    let version = node.text_of("version").unwrap_or("no version");
    let message = format!(
        "another contract has the id `{}` already; both are kept apart",
        path[0]
    );
    report.warning(
        "duplicate_id",
        message,
        at(document.file, node.place).key("id"),
    );
    path.push(version.to_owned());
    if taken.insert(path.clone()) {
        return path;
    }
    path.push(file.to_owned());
    let mut times = 1;
    while !taken.insert(path.clone()) {
        times += 1;
        path.truncate(2);
        path.push(format!("{file}~{times}"));
    }
    path
}

fn objects<'a>(
    document: &'a Document<'a>,
    contract: &[String],
    report: &mut Report,
    out: &StatementBuilder,
) -> Vec<Object<'a>> {
    let mut names: BTreeMap<String, u64> = BTreeMap::new();
    let mut found = Vec::new();
    let list = document.node.get("schema").map_or(&[][..], Node::items);
    for (position, node) in list.iter().enumerate() {
        if node.entries().is_empty() {
            let message = "a schema object that is no map is left out";
            report.warning(
                "bad_object",
                message,
                at(document.file, node.place).key("schema"),
            );
            report.skipped += 1;
            continue;
        }
        let name = node
            .text_of("name")
            .or_else(|| node.text_of("physicalName"))
            .or_else(|| node.text_of("id"))
            .map_or_else(|| format!("object-{}", position + 1), str::to_owned);
        let mut path = contract.to_vec();
        path.push(unlike_others(&name, &mut names, |name| {
            let message = format!("two schema objects are named `{name}`; both are kept apart");
            report.warning(
                "duplicate_object",
                message,
                at(document.file, node.place).key("schema"),
            );
        }));
        let columns = columns(document, node, &path, report, out);
        found.push(Object {
            node,
            name,
            iri: out.iri(IriKind::Dataset, &path),
            path,
            columns,
        });
    }
    found
}

fn columns<'a>(
    document: &'a Document<'a>,
    object: &'a Node,
    path: &[String],
    report: &mut Report,
    out: &StatementBuilder,
) -> Vec<Column<'a>> {
    let mut names: BTreeMap<String, u64> = BTreeMap::new();
    let mut found = Vec::new();
    for flat in flatten(object) {
        let mut path = path.to_vec();
        path.push(unlike_others(&flat.path, &mut names, |name| {
            let message = format!("two columns are named `{name}`; both are kept apart");
            let location = at(document.file, flat.node.place).key("properties");
            report.warning("duplicate_column", message, location);
        }));
        found.push(Column {
            iri: out.iri(IriKind::Column, &path),
            path,
            flat,
        });
    }
    found
}

/// The name, with a number when it was there before.
fn unlike_others(name: &str, names: &mut BTreeMap<String, u64>, warn: impl FnOnce(&str)) -> String {
    let times = names.entry(name.to_owned()).or_insert(0);
    *times += 1;
    if *times == 1 {
        return name.to_owned();
    }
    warn(name);
    format!("{name}~{times}")
}

/// The IRI that a contract of this id has in a source, whether or not it is among the inputs.
pub(super) fn contract_iri(source: &str, id: &str) -> NamedNode {
    NamedNode::new_unchecked(EntityIri::new(IriKind::Contract, source, &[id]).into_string())
}
