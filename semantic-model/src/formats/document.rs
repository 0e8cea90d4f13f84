//! One document of a file, and the problems that are found while it is understood.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::json::{self, Places};
use super::report::{PROBLEMS_MAX, Problem, Report, Severity};
use super::tree::{Broken, Node, Place, Value};
use super::{FormatError, TEXT_BYTES_MAX, yaml};

/// A document and the problems found in it so far.
///
/// Problems point at nodes by their address; paths and lines are worked out once, at the end, so that a sound
/// document pays nothing for them.
pub(super) struct Document<'a> {
    file: &'a str,
    /// The text, if its tree has no places yet.
    json: Option<&'a str>,
    root: Node<'a>,
    found: RefCell<Vec<Found>>,
    report: RefCell<Report>,
}

/// A problem at a node.
struct Found {
    severity: Severity,
    code: &'static str,
    message: String,
    /// The address of the node.
    node: usize,
    /// A key that the node lacks.
    key: Option<String>,
}

impl<'a> Document<'a> {
    /// Reads a JSON text of one document.
    pub(super) fn json(file: &'a str, text: &'a str) -> Result<Self, FormatError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(FormatError::of_file(file, too_long()));
        }
        let root = json::read(text).map_err(|broken| failed(file, broken))?;
        Ok(Self::new(file, Some(text), root))
    }

    /// Reads a YAML text, of which JSON is a part: its sound documents, and why the others are not.
    pub(super) fn yaml(file: &'a str, text: &str) -> Vec<Result<Self, FormatError>> {
        if text.len() > TEXT_BYTES_MAX {
            return vec![Err(FormatError::of_file(file, too_long()))];
        }
        yaml::read(text)
            .into_iter()
            .map(|document| match document {
                Ok(root) => Ok(Self::new(file, None, root)),
                Err(broken) => Err(failed(file, broken)),
            })
            .collect()
    }

    /// Takes a JSON value that has been read elsewhere.
    pub(super) fn value(file: &'a str, value: &'a serde_json::Value) -> Self {
        Self::new(file, None, Node::from_json(value))
    }

    fn new(file: &'a str, json: Option<&'a str>, root: Node<'a>) -> Self {
        Self {
            file,
            json,
            root,
            found: RefCell::default(),
            report: RefCell::default(),
        }
    }

    /// Returns the file, as it was named by whoever gave it.
    pub(super) fn file(&self) -> &'a str {
        self.file
    }

    /// Returns the outermost node.
    pub(super) fn root(&self) -> &Node<'a> {
        &self.root
    }

    /// Counts a thing as understood.
    pub(super) fn understood(&self, kind: &'static str) {
        self.report.borrow_mut().understood(kind);
    }

    /// Notes a problem at a node, or at a key that the node lacks.
    pub(super) fn problem(
        &self,
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
        node: &Node<'_>,
        key: Option<&str>,
    ) {
        let mut found = self.found.borrow_mut();
        if found.len() >= PROBLEMS_MAX {
            self.report.borrow_mut().omitted += 1;
            return;
        }
        found.push(Found {
            severity,
            code,
            message: message.into(),
            node: address(node),
            key: key.map(str::to_owned),
        });
    }

    /// Notes a problem of a line that the tree does not show.
    pub(super) fn problem_of_line(&self, code: &'static str, message: &str, line: u64) {
        self.report.borrow_mut().add(Problem {
            severity: Severity::Warning,
            code,
            message: message.to_owned(),
            file: self.file.to_owned(),
            line: Some(line),
            column: None,
            key: String::new(),
        });
    }

    /// Gives the report, with the place of every problem.
    pub(super) fn finish(self) -> Report {
        let mut report = self.report.into_inner();
        let mut found = self.found.into_inner();
        if found.is_empty() {
            return report;
        }
        let mut search = Search {
            wanted: found
                .iter()
                .map(|found| (found.node, (usize::MAX, Place::default(), String::new())))
                .collect(),
            places: self.json.map(Places::new),
            path: String::new(),
            passed: 0,
        };
        search.walk(&self.root);
        // Problems of one node stay in the order in which they were found.
        found.sort_by_key(|found| search.wanted.get(&found.node).map(|place| place.0));
        for one in found {
            let (_, place, path) = search.wanted.get(&one.node).cloned().unwrap_or_default();
            report.add(Problem {
                severity: one.severity,
                code: one.code,
                message: one.message,
                file: self.file.to_owned(),
                line: (place.line > 0).then_some(place.line),
                column: (place.column > 0).then_some(place.column),
                key: match one.key {
                    None => path,
                    Some(key) if path.is_empty() => key,
                    Some(key) => format!("{path}.{key}"),
                },
            });
        }
        report
    }
}

/// A walk through a tree in the order of its text, for the paths and places of some of its nodes.
struct Search<'t> {
    /// By address: how many nodes come before, the place, and the path.
    wanted: FxHashMap<usize, (usize, Place, String)>,
    places: Option<Places<'t>>,
    path: String,
    passed: usize,
}

impl Search<'_> {
    /// Walks through a node; as deep as the readers let a document nest.
    fn walk(&mut self, node: &Node<'_>) {
        let place = match &mut self.places {
            None => node.place,
            Some(places) => places.next(),
        };
        self.passed += 1;
        if let Some(wanted) = self.wanted.get_mut(&address(node)) {
            *wanted = (self.passed, place, self.path.clone());
        }
        let length = self.path.len();
        match &node.value {
            Value::List(items) => {
                self.places.iter_mut().for_each(Places::enter);
                for (number, item) in items.iter().enumerate() {
                    self.path.push('[');
                    self.path.push_str(&number.to_string());
                    self.path.push(']');
                    self.walk(item);
                    self.path.truncate(length);
                }
            }
            Value::Map(entries) => {
                self.places.iter_mut().for_each(Places::enter);
                for entry in entries {
                    if let Some(places) = &mut self.places {
                        places.next();
                        places.pass();
                    }
                    if length > 0 {
                        self.path.push('.');
                    }
                    self.path.push_str(&entry.key);
                    self.walk(&entry.value);
                    self.path.truncate(length);
                }
            }
            _ => self.places.iter_mut().for_each(Places::pass),
        }
    }
}

fn address(node: &Node<'_>) -> usize {
    std::ptr::from_ref(node).cast::<()>().addr()
}

fn failed(file: &str, broken: Broken) -> FormatError {
    FormatError {
        file: file.to_owned(),
        line: (broken.place.line > 0).then_some(broken.place.line),
        column: (broken.place.column > 0).then_some(broken.place.column),
        message: broken.message,
    }
}

fn too_long() -> String {
    format!("the text is longer than {TEXT_BYTES_MAX} bytes")
}
