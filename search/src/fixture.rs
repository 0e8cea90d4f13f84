//! A small mesh for tests: three domains to which "customer" means three things.

use std::sync::Arc;

use crate::document::{
    ColumnDoc, DatasetDoc, Documents, DomainDoc, Entity, MetricDoc, ProductDoc, TermDoc,
};
use crate::index::Index;
use crate::resolve::Tuning;

/// Dataset name, its product, its description, how often it is queried, its columns.
type Table = (
    &'static str,
    usize,
    &'static str,
    u64,
    &'static [&'static str],
);

const TABLES: &[Table] = &[
    (
        "customers",
        0,
        "People who agreed to hear from us.",
        40,
        &["customer_id", "email", "opt_in_dt", "segment"],
    ),
    (
        "campaign_responses",
        0,
        "Clicks and replies to campaigns.",
        5,
        &["campaign_id", "customer_id", "clicked_at"],
    ),
    (
        "customers",
        1,
        "Parties with a billing account.",
        12,
        &["customer_id", "iban", "credit_limit"],
    ),
    (
        "invoices",
        1,
        "What was billed.",
        90,
        &["invoice_no", "customer_id", "amt", "due_dt"],
    ),
    (
        "customers",
        2,
        "Callers with at least one ticket.",
        3,
        &["customer_id", "phone", "sentiment"],
    ),
    (
        "tickets",
        2,
        "Calls for help and their handling.",
        8,
        &["ticket_id", "customer_id", "opened_at", "priority"],
    ),
    (
        "warehouses",
        1,
        "Places where stock lies.",
        0,
        &["warehouse_id", "haslegalname", "city"],
    ),
];

fn entity(kind: &str, path: &str, name: &str) -> Entity {
    let iri = format!("urn:isogloss:{kind}:{path}");
    Entity {
        iri,
        name: name.to_owned(),
        sources: vec![Arc::from("test")],
        ..Entity::default()
    }
}

fn domain_doc(entity: Entity) -> DomainDoc {
    DomainDoc {
        entity,
        ..DomainDoc::default()
    }
}

/// Returns the documents of the mesh.
pub(crate) fn mesh() -> Documents {
    let mut documents = Documents::default();
    let products = [
        ("Marketing", "audience"),
        ("Finance", "billing"),
        ("Support", "helpdesk"),
    ];
    for (at, (domain, product)) in products.into_iter().enumerate() {
        let named = entity("domain", &domain.to_lowercase(), domain);
        documents.domains.push(domain_doc(named));
        let named = entity("product", product, product);
        documents.products.push(ProductDoc {
            entity: named,
            domain: Some(at),
            owners: vec![format!("{domain} team")],
            ..ProductDoc::default()
        });
    }
    for &(name, product, description, usage, columns) in TABLES {
        let at = documents.datasets.len();
        let path = format!("{}/{name}", products[product].1);
        let named = Entity {
            description: Some(description.to_owned()),
            ..entity("dataset", &path, name)
        };
        documents.datasets.push(DatasetDoc {
            entity: named,
            products: vec![product],
            usage,
            ..DatasetDoc::default()
        });
        for column in columns {
            let named = entity("column", &format!("{path}/{column}"), column);
            documents.columns.push(ColumnDoc {
                entity: named,
                dataset: at,
                ..ColumnDoc::default()
            });
        }
    }
    join(
        &mut documents,
        "billing/invoices/customer_id",
        "billing/customers/customer_id",
    );
    join(
        &mut documents,
        "helpdesk/tickets/customer_id",
        "helpdesk/customers/customer_id",
    );
    let churn = Entity {
        description: Some("A customer who closed the account.".to_owned()),
        synonyms: vec!["lost customer".to_owned()],
        ..entity("term", "glossary/churned-customer", "Churned Customer")
    };
    let columns = position(&documents, "billing/customers/credit_limit")
        .into_iter()
        .collect();
    documents.terms.push(TermDoc {
        entity: churn,
        domain: Some(1),
        columns,
        ..TermDoc::default()
    });
    documents.metrics.push(MetricDoc {
        entity: entity("metric", "net-revenue", "net_revenue"),
        product: Some(1),
        datasets: vec![3],
        ..MetricDoc::default()
    });
    documents
}

fn position(documents: &Documents, path: &str) -> Option<usize> {
    documents
        .columns
        .iter()
        .position(|column| column.entity.iri.ends_with(path))
}

fn join(documents: &mut Documents, from: &str, to: &str) {
    let (from, to) = (position(documents, from), position(documents, to));
    if let (Some(from), Some(to)) = (from, to) {
        documents.columns[from].references.push(to);
    }
}

/// Returns the index of the mesh.
pub(crate) fn index() -> Index {
    Index::from_documents(mesh(), &Tuning::default()).expect("the mesh is sound")
}
