//! A catalog in DCAT and DPROD: what any reader of those understands, without our own words.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use graph_core::rdf::{NamedNode, NamedOrBlankNode, RdfTerm, Statement};
use ontologies::{dcat, dcterms, dprod, iso, rdf, skos};
use oxrdf::{GraphName, Quad};
use oxrdfio::{JsonLdProfileSet, RdfFormat, RdfSerializer};

use crate::statements::named;

/// The classes whose things are in a catalog, with how the catalog names them.
const MEMBERS: [(&str, &str); 3] = [
    (dcat::DATASET_CLASS, "http://www.w3.org/ns/dcat#dataset"),
    (dcat::DATA_SERVICE, dcat::SERVICE),
    (dprod::DATA_PRODUCT, "http://www.w3.org/ns/dcat#resource"),
];
/// Words of ours that a standard one says less exactly.
const TRANSLATED: [(&str, &str); 4] = [
    (iso::IN_DOMAIN, dcat::THEME),
    (iso::REPRESENTS, dcterms::SUBJECT),
    (iso::NAME, dcterms::ALTERNATIVE),
    (iso::QUALIFIED_NAME, dcterms::IDENTIFIER),
];

/// Gives the part of statements that DCAT and DPROD have words for, below a `dcat:Catalog` of this IRI.
///
/// Data products, datasets, services and distributions are kept with everything standard that is said of them, and
/// what they link to: domains, people, contracts, terms. Our own classes and properties are left out, except where a
/// standard word says nearly the same.
pub fn catalog(
    statements: impl IntoIterator<Item = Statement>,
    catalog: &NamedNode,
) -> Vec<Statement> {
    let mut of: BTreeMap<String, Vec<Statement>> = BTreeMap::new();
    for statement in statements {
        let subject = match &statement.subject {
            NamedOrBlankNode::NamedNode(node) => node.as_str().to_owned(),
            NamedOrBlankNode::BlankNode(node) => node.to_string(),
        };
        of.entry(subject).or_default().push(statement);
    }
    let mut written = vec![typed(catalog, dcat::CATALOG_CLASS)];
    let mut waiting: Vec<String> = Vec::new();
    for (subject, said) in &of {
        for (class, link) in MEMBERS {
            if is_a(said, class)
                && let Some(member) = said.first()
                && let NamedOrBlankNode::NamedNode(member) = &member.subject
            {
                waiting.push(subject.clone());
                written.push(Statement {
                    subject: catalog.clone().into(),
                    predicate: named(link),
                    object: member.clone().into(),
                });
            }
        }
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(subject) = waiting.pop() {
        let Some(said) = of.get(&subject) else {
            continue;
        };
        if !seen.insert(subject) {
            continue;
        }
        for statement in said {
            let Some(standard) = standard(statement) else {
                continue;
            };
            match &standard.object {
                RdfTerm::NamedNode(node) => waiting.push(node.as_str().to_owned()),
                RdfTerm::BlankNode(node) => waiting.push(node.to_string()),
                _ => {}
            }
            written.push(standard);
        }
    }
    written.sort_by_cached_key(ToString::to_string);
    written.dedup();
    written
}

fn typed(subject: &NamedNode, class: &str) -> Statement {
    Statement {
        subject: subject.clone().into(),
        predicate: named(rdf::TYPE),
        object: named(class).into(),
    }
}

fn is_a(said: &[Statement], class: &str) -> bool {
    said.iter().any(|statement| {
        statement.predicate.as_str() == rdf::TYPE
            && matches!(&statement.object, RdfTerm::NamedNode(found) if found.as_str() == class)
    })
}

/// Gives a statement in standard words; `None` when there are none for it.
fn standard(statement: &Statement) -> Option<Statement> {
    let mut statement = statement.clone();
    let translated = TRANSLATED
        .iter()
        .find(|(own, _)| statement.predicate.as_str() == *own);
    if let Some((_, word)) = translated {
        statement.predicate = named(*word);
    }
    if statement.predicate.as_str().starts_with(iso::NAMESPACE) {
        return None;
    }
    if statement.predicate.as_str() == rdf::TYPE
        && let RdfTerm::NamedNode(class) = &statement.object
        && class.as_str().starts_with(iso::NAMESPACE)
    {
        let standard = if [iso::DOMAIN, iso::TERM].contains(&class.as_str()) {
            skos::CONCEPT
        } else {
            return None;
        };
        statement.object = named(standard).into();
    }
    Some(statement)
}

/// A syntax in which a catalog is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// Turtle.
    Turtle,
    /// JSON-LD, with its context in it.
    JsonLd,
    /// RDF/XML.
    RdfXml,
}

impl Syntax {
    fn format(self) -> RdfFormat {
        match self {
            Self::Turtle => RdfFormat::Turtle,
            Self::JsonLd => RdfFormat::JsonLd {
                profile: JsonLdProfileSet::empty(),
            },
            Self::RdfXml => RdfFormat::RdfXml,
        }
    }
}

/// Writes statements in a syntax of RDF, with these prefixes.
pub fn write_catalog(
    statements: &[Statement],
    syntax: Syntax,
    prefixes: &[(&str, &str)],
    out: impl Write,
) -> std::io::Result<()> {
    let mut serializer = RdfSerializer::from_format(syntax.format());
    for (prefix, namespace) in prefixes {
        // One that is no IRI would only make the text longer.
        if let Ok(with) = serializer.clone().with_prefix(*prefix, *namespace) {
            serializer = with;
        }
    }
    let mut writer = serializer.for_writer(out);
    for statement in statements {
        writer.serialize_quad(&Quad {
            subject: statement.subject.clone(),
            predicate: statement.predicate.clone(),
            object: statement.object.clone(),
            graph_name: GraphName::DefaultGraph,
        })?;
    }
    writer.finish()?;
    Ok(())
}
