//! Reads the manifests: which tests there are, and which files each needs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{Graph, GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef};
use oxrdf::{Term, TermRef, Triple};
use oxrdfio::{RdfFormat, RdfParser};

const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const QT: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#";
const UT: &str = "http://www.w3.org/2009/sparql/tests/test-update#";
/// Where the manifests think they are.
const BASE: &str = "https://w3c.github.io/rdf-tests/";

/// The folder with the suites, or nothing.
pub(crate) fn suites() -> Option<PathBuf> {
    let shared = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("data/w3c/rdf-tests");
    folder.is_dir().then_some(folder)
}

/// The address of a file of the suites.
pub(crate) fn address(path: &str) -> String {
    format!("{BASE}sparql/{path}")
}

/// Reads a file of the suites by its address.
pub(crate) fn read(root: &Path, address: &str) -> String {
    let path = root.join(
        address
            .strip_prefix(BASE)
            .expect("an address of the suites"),
    );
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The data of one test, before or after.
#[derive(Debug, Default)]
pub(crate) struct Data {
    /// Files of the default graph.
    pub(crate) default: Vec<String>,
    /// Names and files of the named graphs.
    pub(crate) named: Vec<(String, String)>,
}

/// One test.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) iri: String,
    /// The local name of its type.
    pub(crate) kind: String,
    /// The file with the query or the update.
    pub(crate) request: String,
    pub(crate) data: Data,
    /// The file with the result of a query.
    pub(crate) result: Option<String>,
    /// The data after an update.
    pub(crate) after: Data,
}

/// Reads a manifest and those that it includes.
pub(crate) fn tests(root: &Path, manifest: &str) -> Vec<Test> {
    let graph = graph(root, manifest);
    let view = View { graph: &graph };
    let mut found = Vec::new();
    let node = view
        .subjects(rdf::TYPE, mf("Manifest").as_ref().into())
        .next();
    let Some(node) = node else { return found };
    for list in view.objects(node.as_ref(), &mf("include")) {
        for file in view.list(list) {
            found.extend(tests(root, &text(&file)));
        }
    }
    for list in view.objects(node.as_ref(), &mf("entries")) {
        found.extend(view.list(list).iter().filter_map(|entry| view.test(entry)));
    }
    found
}

/// Parses a file of the suites as a graph; relative IRIs are resolved against its address.
pub(crate) fn graph(root: &Path, address: &str) -> Graph {
    let parser = RdfParser::from_format(format(address))
        .with_base_iri(address)
        .unwrap();
    let content = read(root, address);
    let quads = parser.for_slice(content.as_bytes());
    quads
        .map(|quad| Triple::from(quad.unwrap_or_else(|error| panic!("{address}: {error}"))))
        .collect()
}

/// Parses a file that may have named graphs.
pub(crate) fn graphs(root: &Path, address: &str) -> BTreeMap<Option<String>, Vec<Triple>> {
    let parser = RdfParser::from_format(format(address))
        .with_base_iri(address)
        .unwrap();
    let content = read(root, address);
    let mut graphs: BTreeMap<_, Vec<Triple>> = BTreeMap::from([(None, Vec::new())]);
    for quad in parser.for_slice(content.as_bytes()) {
        let quad = quad.unwrap_or_else(|error| panic!("{address}: {error}"));
        let name = match &quad.graph_name {
            GraphName::NamedNode(name) => Some(name.as_str().to_owned()),
            GraphName::BlankNode(name) => Some(format!("urn:blank:{}", name.as_str())),
            GraphName::DefaultGraph => None,
        };
        graphs.entry(name).or_default().push(quad.into());
    }
    graphs
}

pub(crate) fn format(address: &str) -> RdfFormat {
    let extension = address.rsplit('.').next().unwrap();
    RdfFormat::from_extension(extension).unwrap_or_else(|| panic!("{address} has no known format"))
}

fn mf(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{MF}{name}"))
}

fn text(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
        other => panic!("{other} is neither an IRI nor a literal"),
    }
}

/// Look-ups in a manifest.
struct View<'a> {
    graph: &'a Graph,
}

impl<'a> View<'a> {
    fn subjects(
        &self,
        predicate: NamedNodeRef<'a>,
        object: TermRef<'a>,
    ) -> impl Iterator<Item = NamedOrBlankNode> + use<'a> {
        let found = self.graph.subjects_for_predicate_object(predicate, object);
        found.map(NamedOrBlankNodeRef::into_owned)
    }

    fn objects(&self, subject: NamedOrBlankNodeRef<'_>, predicate: &NamedNode) -> Vec<Term> {
        let found = self
            .graph
            .objects_for_subject_predicate(subject, predicate.as_ref());
        found.map(TermRef::into_owned).collect()
    }

    fn of(&self, node: &Term, namespace: &str, name: &str) -> Vec<Term> {
        let predicate = NamedNode::new_unchecked(format!("{namespace}{name}"));
        match node {
            Term::NamedNode(node) => self.objects(node.as_ref().into(), &predicate),
            Term::BlankNode(node) => self.objects(node.as_ref().into(), &predicate),
            _ => Vec::new(),
        }
    }

    fn list(&self, list: Term) -> Vec<Term> {
        let mut items = Vec::new();
        let mut rest = Some(list);
        while let Some(node) = rest {
            items.extend(self.of(&node, rdf::FIRST.as_str(), ""));
            rest = self.of(&node, rdf::REST.as_str(), "").pop();
        }
        items
    }

    fn data(&self, node: &Term, namespace: &str) -> Data {
        let named = self.of(node, namespace, "graphData").into_iter();
        let named = named.map(|graph| {
            let file = self.of(&graph, namespace, "graph").pop();
            let name = self.of(&graph, rdfs::LABEL.as_str(), "").pop();
            let file = file.map_or_else(|| text(&graph), |file| text(&file));
            (name.map_or_else(|| file.clone(), |name| text(&name)), file)
        });
        Data {
            default: self.of(node, namespace, "data").iter().map(text).collect(),
            named: named.collect(),
        }
    }

    fn test(&self, entry: &Term) -> Option<Test> {
        let kind = self.of(entry, rdf::TYPE.as_str(), "").pop()?;
        let kind = text(&kind).rsplit(['#', '/']).next()?.to_owned();
        let action = self.of(entry, MF, "action").pop()?;
        let result = self.of(entry, MF, "result").pop();
        let is_update = kind == "UpdateEvaluationTest";
        let request = match (&action, is_update) {
            (Term::NamedNode(file), _) => file.as_str().to_owned(),
            (_, true) => text(&self.of(&action, UT, "request").pop()?),
            (_, false) => self
                .of(&action, QT, "query")
                .pop()
                .map_or_else(String::new, |file| text(&file)),
        };
        let namespace = if is_update { UT } else { QT };
        Some(Test {
            iri: text(entry),
            kind,
            request,
            data: self.data(&action, namespace),
            result: match &result {
                Some(Term::NamedNode(file)) => Some(file.as_str().to_owned()),
                _ => None,
            },
            after: result.map_or_else(Data::default, |result| self.data(&result, UT)),
        })
    }
}
