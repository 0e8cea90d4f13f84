//! The views over real vocabularies that none of us wrote.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use graph_core::rdf::{NamedOrBlankNode, RdfTerm, Statement};
use oxrdfio::{RdfFormat, RdfParser};
use semantic_model::Model;

use crate::graph::commit;

fn corpora() -> Option<PathBuf> {
    let shared = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("data/corpora/ontologies");
    folder.is_dir().then_some(folder)
}

/// Every statement of the plain Turtle and RDF/XML files below a folder.
fn read(folder: &Path, statements: &mut Vec<Statement>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder was found")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read(&path, statements);
        }
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("ttl") => RdfFormat::Turtle,
            Some("rdf") => RdfFormat::RdfXml,
            _ => continue,
        };
        let document = fs::read(&path).expect("the file can be read");
        let parser = RdfParser::from_format(format).rename_blank_nodes();
        let parser = parser
            .with_base_iri("https://example.org/")
            .expect("a valid base");
        statements.extend(
            parser
                .for_slice(&document)
                .map(|quad| Statement::from(quad.expect("the file is well formed"))),
        );
    }
}

/// The IRIs of the subjects that have a class among some and a property among others.
fn subjects<'s>(
    statements: &'s [Statement],
    classes: &[&str],
    labelled_by: &[&str],
) -> BTreeSet<&'s str> {
    let subject = |statement: &'s Statement| match &statement.subject {
        NamedOrBlankNode::NamedNode(node) => Some(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    };
    let is_member = |statement: &&Statement| {
        let class = match &statement.object {
            RdfTerm::NamedNode(class) => class.as_str(),
            _ => return false,
        };
        statement.predicate.as_str() == ontologies::rdf::TYPE && classes.contains(&class)
    };
    let members: BTreeSet<&str> = statements
        .iter()
        .filter(is_member)
        .filter_map(subject)
        .collect();
    let is_label = |statement: &&Statement| labelled_by.contains(&statement.predicate.as_str());
    let labelled: BTreeSet<&str> = statements
        .iter()
        .filter(is_label)
        .filter_map(subject)
        .collect();
    members.intersection(&labelled).copied().collect()
}

#[test]
fn every_concept_and_class_of_real_vocabularies_is_a_term() {
    let Some(folder) = corpora() else {
        println!("skipped: shared data not found");
        return;
    };
    let classes = [
        ontologies::skos::CONCEPT,
        ontologies::owl::CLASS,
        ontologies::rdfs::CLASS,
    ];
    let labels = [ontologies::skos::PREF_LABEL, ontologies::rdfs::LABEL];
    for (name, at_least) in [("gsq_skos", 500), ("fibo_fnd_be", 250), ("cim_cgmes3", 10)] {
        let mut statements = Vec::new();
        read(&folder.join(name), &mut statements);
        let expected = subjects(&statements, &classes, &labels);
        assert!(
            expected.len() >= at_least,
            "{name}: only {} concepts and classes",
            expected.len()
        );
        let graph = commit(&[(name.replace('_', "-").as_str(), statements.clone())]);
        let model = Model::new(&graph);
        let terms: Vec<String> = model.terms().into_iter().map(|term| term.iri()).collect();
        let found: BTreeSet<&str> = terms.iter().map(String::as_str).collect();
        let missing: Vec<_> = expected.difference(&found).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
        assert!(
            model
                .terms()
                .into_iter()
                .all(|term| !term.label().is_empty())
        );
        println!(
            "{name}: {} terms of {} statements",
            found.len(),
            graph.len()
        );
    }
}
