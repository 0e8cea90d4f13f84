//! Holds the constants, our own definitions, our shapes and the vocabularies' own files together.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ontologies::{
    ISOGLOSS_TTL, SHAPES_TTL, all_terms, dcat, dcterms, dprod, dqv, duv, expand, iso, prefixes,
    rdf, rdfs, sh, shorten, skos,
};
use oxrdf::{NamedOrBlankNode, Quad, Term};
use oxrdfio::{RdfFormat, RdfParser};

/// The namespace of our shapes, which name themselves only.
const SHAPES: &str = "https://isogloss.dev/shapes#";

fn parse(format: RdfFormat, document: &[u8], name: &str) -> Vec<Quad> {
    RdfParser::from_format(format)
        .with_base_iri("https://isogloss.dev/")
        .expect("the base is a valid IRI")
        .for_slice(document)
        .map(|quad| quad.unwrap_or_else(|error| panic!("{name}: {error}")))
        .collect()
}

fn turtle(document: &str) -> Vec<Quad> {
    parse(RdfFormat::Turtle, document.as_bytes(), "our own file")
}

fn subject_iri(quad: &Quad) -> Option<&str> {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => Some(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}

fn object_iri(quad: &Quad) -> Option<&str> {
    match &quad.object {
        Term::NamedNode(node) => Some(node.as_str()),
        _ => None,
    }
}

/// Every IRI of a document that should be a vocabulary's term: all but licences, which are documents.
fn iris_of(quads: &[Quad]) -> BTreeSet<String> {
    let mut iris = BTreeSet::new();
    for quad in quads {
        iris.extend(subject_iri(quad).map(str::to_owned));
        iris.insert(quad.predicate.as_str().to_owned());
        if let Term::Literal(literal) = &quad.object {
            iris.insert(literal.datatype().as_str().to_owned());
        }
        if quad.predicate.as_str() != dcterms::LICENSE {
            iris.extend(object_iri(quad).map(str::to_owned));
        }
    }
    iris
}

fn is_foreign(iri: &str) -> bool {
    !iri.starts_with(iso::NAMESPACE) && !iri.starts_with(SHAPES)
}

/// The foreign IRIs that no vocabulary declares.
fn undeclared<'a>(
    iris: impl IntoIterator<Item = &'a str>,
    declared: &BTreeSet<String>,
) -> Vec<&'a str> {
    iris.into_iter()
        .filter(|iri| is_foreign(iri) && !declared.contains(*iri))
        .collect()
}

fn vocabulary_folder() -> Option<PathBuf> {
    let shared = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("data/vocab");
    folder.is_dir().then_some(folder)
}

/// Every IRI that some vocabulary file speaks of as a subject.
fn declared_in(folder: &Path) -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    let entries = fs::read_dir(folder).expect("the folder was found");
    for path in entries.map(|entry| entry.expect("the folder can be listed").path()) {
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("ttl") => RdfFormat::Turtle,
            Some("nq") => RdfFormat::NQuads,
            _ => continue,
        };
        let document = fs::read(&path).expect("the file can be read");
        let quads = parse(format, &document, &path.display().to_string());
        declared.extend(quads.iter().filter_map(subject_iri).map(str::to_owned));
    }
    declared
}

fn own_terms(quads: &[Quad]) -> BTreeSet<&str> {
    let subjects = quads.iter().filter_map(subject_iri);
    subjects
        .filter(|iri| iri.starts_with(iso::NAMESPACE) && *iri != iso::NAMESPACE)
        .collect()
}

fn has(quads: &[Quad], subject: &str, predicate: &str) -> bool {
    quads
        .iter()
        .any(|quad| subject_iri(quad) == Some(subject) && quad.predicate.as_str() == predicate)
}

#[test]
fn our_constants_and_our_definitions_agree() {
    let quads = turtle(ISOGLOSS_TTL);
    let constants: BTreeSet<&str> = all_terms()
        .filter(|iri| iri.starts_with(iso::NAMESPACE))
        .collect();
    assert_eq!(constants, own_terms(&quads));
}

#[test]
fn our_definitions_are_documented_and_aligned() {
    let quads = turtle(ISOGLOSS_TTL);
    for term in own_terms(&quads) {
        for predicate in [rdf::TYPE, rdfs::LABEL, rdfs::COMMENT, rdfs::IS_DEFINED_BY] {
            assert!(has(&quads, term, predicate), "{term} lacks {predicate}");
        }
        let is_class = term[iso::NAMESPACE.len()..].starts_with(|c: char| c.is_uppercase());
        assert!(
            !is_class || has(&quads, term, rdfs::SUB_CLASS_OF),
            "{term} is aligned to no class"
        );
    }
    let used = iris_of(&quads)
        .into_iter()
        .chain(iris_of(&turtle(SHAPES_TTL)));
    let defined = own_terms(&quads);
    for iri in used.filter(|iri| iri.starts_with(iso::NAMESPACE) && iri != iso::NAMESPACE) {
        assert!(
            defined.contains(iri.as_str()),
            "{iri} is used but not defined"
        );
    }
}

#[test]
fn every_foreign_iri_exists_in_its_vocabulary() {
    let Some(folder) = vocabulary_folder() else {
        println!("skipped: shared data not found");
        return;
    };
    let declared = declared_in(&folder);
    let nothing: Vec<&str> = Vec::new();
    assert_eq!(undeclared(all_terms(), &declared), nothing, "constants");
    for (name, document) in [("isogloss.ttl", ISOGLOSS_TTL), ("shapes.ttl", SHAPES_TTL)] {
        let used = iris_of(&turtle(document));
        assert_eq!(
            undeclared(used.iter().map(String::as_str), &declared),
            nothing,
            "{name}"
        );
    }
    let made_up = format!("{}license", dcat::NAMESPACE);
    assert_eq!(
        undeclared([made_up.as_str()], &declared),
        [made_up.as_str()]
    );
}

#[test]
fn a_made_up_iri_is_found() {
    let declared = BTreeSet::from([dcat::KEYWORD.to_owned()]);
    let made_up = "http://www.w3.org/ns/dcat#hasQualityMeasurement";
    let document = format!("<{}> a <{made_up}> .", iso::TERM);
    let used = iris_of(&turtle(&document));
    let found = undeclared(used.iter().map(String::as_str), &declared);
    assert_eq!(found, [rdf::TYPE, made_up]);
    assert_eq!(
        undeclared([dcat::KEYWORD, iso::TERM], &declared),
        Vec::<&str>::new()
    );
}

/// What is wrong with shapes: a class, a property or a word of SHACL that we do not know.
fn unknown_in_shapes(quads: &[Quad]) -> Vec<String> {
    let known: BTreeSet<&str> = all_terms().collect();
    let mut findings = Vec::new();
    for quad in quads {
        let predicate = quad.predicate.as_str();
        let list = [rdf::FIRST, rdf::REST].contains(&predicate);
        if predicate != rdf::TYPE && predicate != sh::INVERSE_PATH && !list {
            let is_shacl = predicate.starts_with(sh::NAMESPACE) && known.contains(predicate);
            if !is_shacl {
                findings.push(format!("{predicate} is no word of SHACL that we know"));
            }
        }
        let names_term = [sh::TARGET_CLASS, sh::CLASS, sh::PATH, sh::DATATYPE].contains(&predicate)
            || predicate == sh::INVERSE_PATH;
        if let Some(iri) = object_iri(quad).filter(|iri| names_term && !known.contains(iri)) {
            findings.push(format!("{iri} is unknown"));
        }
        let local =
            |iri: &str| shorten(iri).and_then(|short| short.split(':').nth(1).map(str::to_owned));
        let wants_class = [sh::TARGET_CLASS, sh::CLASS].contains(&predicate);
        let wants_property = predicate == sh::PATH || predicate == sh::INVERSE_PATH;
        if let Some(name) = object_iri(quad).and_then(local) {
            let is_class = name.starts_with(|c: char| c.is_uppercase());
            if (wants_class && !is_class) || (wants_property && is_class) {
                findings.push(format!("{name} is of the wrong sort for {predicate}"));
            }
        }
    }
    findings
}

#[test]
fn shapes_speak_of_known_classes_and_properties() {
    assert_eq!(unknown_in_shapes(&turtle(SHAPES_TTL)), Vec::<String>::new());
}

#[test]
fn a_shape_of_an_unknown_class_is_found() {
    let shape = |class: &str, path: &str| {
        let document = format!(
            "@prefix sh: <{}> . <{SHAPES}X> sh:targetClass <{class}> ; sh:property [ sh:path <{path}> ] .",
            sh::NAMESPACE
        );
        unknown_in_shapes(&turtle(&document)).len()
    };
    assert_eq!(shape(iso::TERM, skos::PREF_LABEL), 0);
    assert_eq!(shape("https://isogloss.dev/ns#Planet", skos::PREF_LABEL), 1);
    assert_eq!(shape(iso::TERM, "https://isogloss.dev/ns#orbit"), 1);
    assert_eq!(shape(iso::NAME, iso::TERM), 2);
}

#[test]
fn every_kind_that_is_written_has_a_shape() {
    let quads = turtle(SHAPES_TTL);
    let targets: BTreeSet<&str> = quads
        .iter()
        .filter(|quad| quad.predicate.as_str() == sh::TARGET_CLASS)
        .filter_map(object_iri)
        .collect();
    let written = [
        iso::DOMAIN,
        dprod::DATA_PRODUCT,
        dcat::DATASET_CLASS,
        ontologies::csvw::SCHEMA,
        ontologies::csvw::COLUMN_CLASS,
        iso::TERM,
        iso::METRIC,
        iso::DATA_CONTRACT,
        ontologies::prov::AGENT_CLASS,
        duv::USAGE,
        dqv::QUALITY_MEASUREMENT,
        dqv::METRIC,
    ];
    assert_eq!(targets, BTreeSet::from(written));
}

#[test]
fn prefixes_are_sorted_and_read_both_ways() {
    assert!(prefixes().is_sorted_by(|(one, _), (other, _)| one < other));
    for term in all_terms() {
        let short = shorten(term).unwrap_or_else(|| panic!("{term} has no short form"));
        assert_eq!(expand(&short).as_deref(), Some(term));
    }
    assert_eq!(shorten("https://example.org/x"), None);
    assert_eq!(shorten(skos::NAMESPACE), None);
    assert_eq!(expand("nobody:name"), None);
}
