//! Which format a document is in, told by its keys alone.

use crate::odcs::specification;
use crate::yaml::{Node, Value};

/// What a document turns out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Format {
    /// A contract of ODCS v3.
    Contract,
    /// A contract of ODCS v2, with its version.
    OlderContract(String),
    /// A data product of Bitol's Open Data Product Standard.
    Product,
    /// A contract of the Data Contract Specification, with its version.
    Specification(String),
    /// A data product of the Open Data Product Initiative, with the version of its standard.
    OpenProduct(String),
    /// Nothing that is known here.
    Unknown,
}

/// The keys of which a contract without `kind` has at least one beside an identifying one.
const SECTIONS: [&str; 8] = [
    "schema",
    "dataset",
    "servers",
    "slaProperties",
    "team",
    "stakeholders",
    "roles",
    "support",
];

/// The keys that every contract or product should have.
pub(super) const REQUIRED: [&str; 5] = ["id", "version", "apiVersion", "kind", "status"];

/// Tells the format of a document.
pub(super) fn identify(node: &Node) -> Format {
    if !matches!(node.value, Value::Map(_)) {
        return Format::Unknown;
    }
    let version = |key| node.text_of(key).unwrap_or("unknown").to_owned();
    if node.get(specification::MARK).is_some() {
        return Format::Specification(version(specification::MARK));
    }
    if is_open_product(node) {
        return Format::OpenProduct(version("version"));
    }
    match node.text_of("kind") {
        Some("DataProduct") => return Format::Product,
        Some("DataContract") => return contract(node),
        Some(_)
            if node
                .get("schema")
                .is_none_or(|schema| !is_list_of_maps(schema)) =>
        {
            return Format::Unknown;
        }
        _ => {}
    }
    let identified = [
        "id",
        "uuid",
        "apiVersion",
        "dataProduct",
        "quantumName",
        "status",
        "version",
    ];
    let is_contract = SECTIONS.iter().any(|key| node.get(key).is_some())
        && identified.iter().any(|key| node.get(key).is_some())
        && node.get("schema").is_none_or(is_list_of_maps)
        && node.get("services").is_none();
    if is_contract {
        contract(node)
    } else {
        Format::Unknown
    }
}

/// Whether a document names the initiative's schema, or has what every such document has.
fn is_open_product(node: &Node) -> bool {
    let product = node.get("product").map(|product| &product.value);
    let schema = node.text_of("schema").or_else(|| node.text_of("$schema"));
    matches!(product, Some(Value::Map(_)))
        && (schema.is_some_and(|schema| schema.contains("opendataproducts.org"))
            || node.get("version").is_some())
}

/// Whether a document with these outermost keys can be of any format that is told apart here.
pub(super) fn may_be_known(has: impl Fn(&str) -> bool) -> bool {
    ["kind", "apiVersion", specification::MARK, "product"]
        .iter()
        .chain(&SECTIONS)
        .any(|key| has(key))
}

fn contract(node: &Node) -> Format {
    let version = node.text_of("apiVersion").unwrap_or_default();
    let has_old_keys = ["uuid", "quantumName", "dataset", "datasetName"]
        .iter()
        .any(|key| node.get(key).is_some());
    let is_old = version.starts_with("v2.") || version.starts_with("2.");
    if is_old || (version.is_empty() && has_old_keys && node.get("schema").is_none()) {
        let version = if version.is_empty() { "v2" } else { version };
        return Format::OlderContract(version.to_owned());
    }
    Format::Contract
}

fn is_list_of_maps(node: &Node) -> bool {
    let Value::List(items) = &node.value else {
        return false;
    };
    items.iter().all(|item| matches!(item.value, Value::Map(_)))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::identify;
    use crate::yaml;

    #[test]
    fn formats_are_told_apart() {
        let cases = [
            "kind: DataContract\napiVersion: v3.1.0",
            "kind: DataContract\napiVersion: v2.2.2",
            "uuid: 1\ndataset: []",
            "id: 1\nservers: []",
            "kind: DataProduct",
            "dataContractSpecification: 0.9.3",
            "schema: https://opendataproducts.org/v4.1/schema/odps.yaml\nversion: 4.1\nproduct: {}",
            "kind: Deployment\napiVersion: apps/v1",
            "version: '3'\nservices: {}",
            "[1, 2]",
        ];
        let found: Vec<String> = cases
            .iter()
            .map(|text| {
                let node = yaml::read(text).remove(0).expect("sound YAML");
                format!("{}: {:?}\n", text.replace('\n', " "), identify(&node))
            })
            .collect();
        expect![[r#"
            kind: DataContract apiVersion: v3.1.0: Contract
            kind: DataContract apiVersion: v2.2.2: OlderContract("v2.2.2")
            uuid: 1 dataset: []: OlderContract("v2")
            id: 1 servers: []: Contract
            kind: DataProduct: Product
            dataContractSpecification: 0.9.3: Specification("0.9.3")
            schema: https://opendataproducts.org/v4.1/schema/odps.yaml version: 4.1 product: {}: OpenProduct("4.1")
            kind: Deployment apiVersion: apps/v1: Unknown
            version: '3' services: {}: Unknown
            [1, 2]: Unknown
        "#]].assert_eq(&found.concat());
    }
}
