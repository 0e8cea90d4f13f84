//! Reads the manifests of tests that are requests and their answers.

use std::fs;
use std::path::{Path, PathBuf};

use isogloss::Isogloss;
use isogloss::connectors::{self, Input, Kind, Options};
use isogloss::graph::{Change, Commit, SourceName, Timestamp};
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{Graph, NamedNode, NamedOrBlankNode, Term, TermRef};
use oxrdfio::{RdfFormat, RdfParser};

const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const UT: &str = "http://www.w3.org/2009/sparql/tests/test-update#";
const HT: &str = "http://www.w3.org/2011/http#";
const CNT: &str = "http://www.w3.org/2011/content#";
const BASE: &str = "https://w3c.github.io/rdf-tests/sparql/sparql11/";

/// A request, and what its answer must be.
pub(super) struct Exchange {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) statuses: Vec<String>,
    pub(super) format: Option<String>,
    pub(super) boolean: Option<bool>,
    pub(super) content: Option<String>,
    pub(super) content_type: Option<String>,
}

pub(super) struct Test {
    pub(super) iri: String,
    /// Names and files of the graphs that are there before.
    pub(super) data: Vec<(String, String)>,
    pub(super) exchanges: Vec<Exchange>,
}

/// The folder with the suites, or nothing.
pub(super) fn suites() -> Option<PathBuf> {
    let shared = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("data/w3c/rdf-tests");
    folder.is_dir().then_some(folder)
}

fn read(root: &Path, path: &str) -> String {
    let path = root.join("sparql/sparql11").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Lets a graph say what a file says.
pub(super) fn load(isogloss: &Isogloss, root: &Path, name: &str, file: &str) {
    let path = file.strip_prefix(BASE).expect("a file of the suite");
    let source: SourceName = name.parse().expect("the name of a graph");
    let input = Input::text(path, read(root, path));
    let options = Options::new(source.clone());
    // Some of these files do not exist in the suite's own copy: their graphs are empty then.
    let read = connectors::read(Kind::Rdf, vec![input], &options).expect("it is RDF");
    let commit = Commit {
        source,
        kind: "people".to_owned(),
        actor: "tester".to_owned(),
        time: Timestamp(0),
        change: Change::Replace(read.statements),
    };
    isogloss.commit(commit).expect("it is small");
}

pub(super) fn tests(root: &Path, manifest: &str) -> Vec<Test> {
    let text = read(root, manifest);
    let parser = RdfParser::from_format(RdfFormat::Turtle)
        .with_base_iri(format!("{BASE}{manifest}"))
        .expect("a valid base");
    let quads = parser.for_slice(text.as_bytes());
    let graph: Graph = quads
        .map(|quad| oxrdf::Triple::from(quad.unwrap_or_else(|error| panic!("{manifest}: {error}"))))
        .collect();
    let view = View { graph: &graph };
    let class = NamedNode::new_unchecked(format!("{MF}Manifest"));
    let node = graph.subject_for_predicate_object(rdf::TYPE, &class);
    let node = Term::from(node.expect("it is a manifest").into_owned());
    let entries = view.one(&node, MF, "entries").expect("it has entries");
    view.list(entries)
        .iter()
        .map(|entry| view.test(entry))
        .collect()
}

struct View<'a> {
    graph: &'a Graph,
}

impl View<'_> {
    fn many(&self, node: &Term, namespace: &str, name: &str) -> Vec<Term> {
        let predicate = NamedNode::new_unchecked(format!("{namespace}{name}"));
        let node: NamedOrBlankNode = match node.clone() {
            Term::NamedNode(node) => node.into(),
            Term::BlankNode(node) => node.into(),
            _ => return Vec::new(),
        };
        let found = self.graph.objects_for_subject_predicate(&node, &predicate);
        found.map(TermRef::into_owned).collect()
    }

    fn one(&self, node: &Term, namespace: &str, name: &str) -> Option<Term> {
        self.many(node, namespace, name).pop()
    }

    fn text(&self, node: &Term, namespace: &str, name: &str) -> Option<String> {
        self.one(node, namespace, name).map(text)
    }

    fn list(&self, list: Term) -> Vec<Term> {
        let mut items = Vec::new();
        let mut rest = Some(list);
        while let Some(node) = rest {
            items.extend(self.one(&node, rdf::FIRST.as_str(), ""));
            rest = self.one(&node, rdf::REST.as_str(), "");
        }
        items
    }

    fn headers(&self, message: &Term) -> Vec<(String, String)> {
        let Some(list) = self.one(message, HT, "headers") else {
            return Vec::new();
        };
        let fields = self.list(list).into_iter();
        let field = |field: Term| {
            let name = self.text(&field, HT, "fieldName")?;
            Some((name, self.text(&field, HT, "fieldValue")?))
        };
        fields.filter_map(field).collect()
    }

    fn body(&self, message: &Term) -> Option<(String, String)> {
        let body = self.one(message, HT, "body")?;
        let encoding = self.text(&body, CNT, "characterEncoding");
        Some((
            encoding.unwrap_or_default(),
            self.text(&body, CNT, "chars")?,
        ))
    }

    fn test(&self, entry: &Term) -> Test {
        let action = self.one(entry, MF, "action").expect("a test has an action");
        let mut data = Vec::new();
        for node in [entry, &action] {
            for graph in self.many(node, UT, "graphData") {
                let name = self.text(&graph, rdfs::LABEL.as_str(), "");
                let file = self.text(&graph, UT, "graph");
                data.extend(name.zip(file));
            }
        }
        let requests = self.one(&action, HT, "requests").expect("it has requests");
        Test {
            iri: text(entry.clone()),
            data,
            exchanges: self
                .list(requests)
                .iter()
                .map(|request| self.exchange(request))
                .collect(),
        }
    }

    fn exchange(&self, request: &Term) -> Exchange {
        let response = self.one(request, HT, "resp").expect("it has a response");
        let expected = self.headers(&response);
        let content_type = expected
            .into_iter()
            .find(|(name, _)| name == "content-type");
        Exchange {
            method: self
                .text(request, HT, "methodName")
                .expect("it has a method"),
            path: self
                .text(request, HT, "absolutePath")
                .expect("it has a path"),
            headers: self.headers(request),
            body: self
                .body(request)
                .map_or_else(Vec::new, |(encoding, text)| encoded(&encoding, &text)),
            statuses: self
                .many(&response, MF, "expectedStatus")
                .into_iter()
                .map(|status| {
                    text(status)
                        .rsplit('#')
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                })
                .collect(),
            format: self.text(&response, MF, "expectedFormat"),
            boolean: self
                .text(&response, MF, "expectedBoolean")
                .map(|answer| answer == "true"),
            content: self.body(&response).map(|(_, text)| text),
            content_type: content_type.map(|(_, value)| value),
        }
    }
}

fn encoded(encoding: &str, text: &str) -> Vec<u8> {
    if encoding == "UTF-16" {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        return units.flat_map(u16::to_be_bytes).collect();
    }
    text.as_bytes().to_vec()
}

fn text(term: Term) -> String {
    match term {
        Term::NamedNode(node) => node.into_string(),
        Term::Literal(literal) => literal.value().to_owned(),
        other => panic!("{other} is no text"),
    }
}
