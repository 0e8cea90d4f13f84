//! Servers: where data is reached, and so what its tables are fully called.

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, dprod};
use semantic_model::identity::{IriKind, qualified_name};

use crate::odcs::index::Contract;
use crate::odcs::writer::{Writer, iri};
use crate::yaml::Node;

/// A server of a contract.
pub(super) struct Server<'a> {
    node: &'a Node,
    name: String,
    platform: String,
    /// The parts of a full name that stand before a table's own, as far as the server names them.
    namespace: Vec<&'a str>,
}

/// The servers of a contract, in the order of the file.
pub(super) fn list<'a>(contract: &Contract<'a>) -> Vec<Server<'a>> {
    let servers = contract.node.get("servers").map_or(&[][..], Node::items);
    let entries = servers.iter().enumerate();
    entries
        .filter(|(_, node)| !node.entries().is_empty())
        .map(|(position, node)| Server::new(node, position + 1))
        .collect()
}

impl<'a> Server<'a> {
    fn new(node: &'a Node, position: usize) -> Self {
        let name = ["server", "id"].iter().find_map(|key| node.text_of(key));
        let first = |keys: &[&str]| keys.iter().find_map(|key| node.text_of(key));
        let outer = first(&["database", "catalog", "project"]);
        let inner = first(&["schema", "dataset"]);
        Self {
            node,
            name: name.map_or_else(|| format!("server-{position}"), str::to_owned),
            platform: platform(node.text_of("type").unwrap_or_default()),
            namespace: outer.into_iter().chain(inner).collect(),
        }
    }

    /// The server that names the data: the first of production, else the first of all.
    pub(super) fn main(servers: &[Self]) -> Option<&Self> {
        let is_production = |server: &&Self| {
            let environment = server.node.text_of("environment").unwrap_or_default();
            environment.to_lowercase().starts_with("prod")
        };
        servers
            .iter()
            .find(is_production)
            .or_else(|| servers.first())
    }

    /// What a table of this physical name is fully called here; `None` when the server says too little.
    ///
    /// A name that has dots is taken to name its schema, and with two its database too.
    pub(super) fn qualified_name(&self, physical: &str) -> Option<String> {
        if self.platform.is_empty() {
            return None;
        }
        if self.namespace.is_empty() {
            let is_whole = physical.contains('.') || self.platform == "kafka";
            return is_whole.then(|| qualified_name(&self.platform, &[physical]));
        }
        let named = physical.matches('.').count();
        let missing = self.namespace.len().saturating_sub(named);
        let mut parts = self.namespace.get(..missing).unwrap_or_default().to_vec();
        parts.push(physical);
        Some(qualified_name(&self.platform, &parts))
    }

    /// Writes the server as a service that serves the contract's data, and as a port of its product.
    pub(super) fn write(&self, contract: &Contract<'_>, writer: &mut Writer<'_>) {
        let mut path = contract.path.clone();
        path.push(self.name.clone());
        let service = writer.out.iri(IriKind::Service, &path);
        writer.understood("service", 1);
        writer.out.class(&service, dcat::DATA_SERVICE);
        writer.out.name(&service, dcterms::TITLE, &self.name);
        if let Some(description) = self.node.text_of("description") {
            writer.out.text(&service, dcterms::DESCRIPTION, description);
        }
        self.endpoint(&service, writer);
        for object in &contract.objects {
            writer.out.link(&service, dcat::SERVES_DATASET, &object.iri);
        }
        writer
            .out
            .link(&contract.product, dprod::OUTPUT_PORT, &service);
        writer.rest(&service, self.node, &["server", "description"]);
    }

    fn endpoint(&self, service: &NamedNode, writer: &mut Writer<'_>) {
        let address = ["endpointUrl", "location", "url"]
            .iter()
            .find_map(|key| self.node.text_of(key));
        let address = address.map(str::to_owned).or_else(|| {
            let host = self.node.text_of("host")?;
            let port = self
                .node
                .text_of("port")
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            let database = self.node.text_of("database").map(|name| format!("/{name}"));
            Some(format!(
                "{}://{host}{port}{}",
                self.platform,
                database.unwrap_or_default()
            ))
        });
        let Some(address) = address else {
            return;
        };
        match iri(&address) {
            Some(endpoint) => writer.out.link(service, dcat::ENDPOINT_URL, &endpoint),
            None => writer.out.text(service, dcat::ENDPOINT_URL, &address),
        }
    }
}

/// The name of a platform, the same for all the spellings of it.
fn platform(kind: &str) -> String {
    match kind.to_lowercase().as_str() {
        "postgresql" => "postgres".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Server;
    use crate::yaml;

    #[test]
    fn full_names_take_from_the_server_what_the_table_does_not_say() {
        let cases = [
            (
                "{type: PostgreSQL, database: DB, schema: S}",
                "orders",
                Some("postgres://db.s.orders"),
            ),
            (
                "{type: postgres, database: DB, schema: S}",
                "x.orders",
                Some("postgres://db.x.orders"),
            ),
            (
                "{type: postgres, database: DB, schema: S}",
                "a.b.c",
                Some("postgres://a.b.c"),
            ),
            (
                "{type: bigquery, project: p, dataset: d}",
                "t",
                Some("bigquery://p.d.t"),
            ),
            (
                "{type: databricks, catalog: c, schema: s}",
                "t",
                Some("databricks://c.s.t"),
            ),
            (
                "{type: kafka, host: h}",
                "orders.avro",
                Some("kafka://orders.avro"),
            ),
            ("{type: postgres}", "orders", None),
            ("{host: h}", "a.b", None),
        ];
        for (text, physical, expected) in cases {
            let node = yaml::read(text).remove(0).expect("sound YAML");
            let found = Server::new(&node, 1).qualified_name(physical);
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
