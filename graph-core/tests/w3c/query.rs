//! Runs one test that needs no server.

use std::path::Path;

use graph_core::rdf::Statement;
use graph_core::results::{self, ResultsFormat};
use graph_core::sparql::{ParseLimits, Query, QueryOptions, QueryResults};
use graph_core::{Change, Commit, Error, Snapshot, SourceName, Store, Timestamp};
use oxrdf::Graph;
use sparesults::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput};

use crate::compare::{Gathered, from_graph, same};
use crate::manifest::{self, Data, Test};
use crate::update;

/// The source that stands for the default graph.
pub(crate) const DEFAULT: &str = "people";

/// Runs a test and says why it failed.
pub(crate) fn run(root: &Path, test: &Test) -> Result<(), String> {
    match test.kind.as_str() {
        "QueryEvaluationTest" => evaluate(root, test),
        "CSVResultFormatTest" => csv(root, test),
        "PositiveSyntaxTest" | "PositiveSyntaxTest11" => match parse(root, test) {
            // Parsed, and only then refused.
            Ok(_)
            | Err(Error::QueryRefused {
                feature: "SERVICE", ..
            }) => Ok(()),
            Err(error) => Err(error.to_string()),
        },
        "NegativeSyntaxTest" | "NegativeSyntaxTest11" => match parse(root, test) {
            Err(Error::QuerySyntax { .. } | Error::QueryRefused { .. }) => Ok(()),
            Err(error) => Err(error.to_string()),
            Ok(_) => Err("was parsed".to_owned()),
        },
        "UpdateEvaluationTest" => update::evaluate(root, test),
        "PositiveUpdateSyntaxTest" | "PositiveUpdateSyntaxTest11" => {
            match update::parse(root, test) {
                Ok(_)
                | Err(Error::QueryRefused {
                    feature: "SERVICE" | "LOAD",
                    ..
                }) => Ok(()),
                Err(error) => Err(error.to_string()),
            }
        }
        "NegativeUpdateSyntaxTest" | "NegativeUpdateSyntaxTest11" => {
            match update::parse(root, test) {
                Err(Error::QuerySyntax { .. }) => Ok(()),
                Err(error) => Err(error.to_string()),
                Ok(_) => Err("was parsed".to_owned()),
            }
        }
        other => Err(format!("nothing runs a {other}")),
    }
}

pub(crate) fn parse(root: &Path, test: &Test) -> Result<Query, Error> {
    let text = manifest::read(root, &test.request);
    Query::parse(&text, Some(&test.request), &ParseLimits::default())
}

/// A store with the data of a test: the default graph is one source, each named graph another.
pub(crate) fn store(root: &Path, data: &Data) -> Store {
    let store = Store::in_memory();
    let mut default = Vec::new();
    let mut inside = Vec::new();
    for file in &data.default {
        for (name, statements) in manifest::graphs(root, file) {
            match name {
                None => default.extend(statements),
                Some(name) => inside.push((name, statements)),
            }
        }
    }
    put(&store, DEFAULT, default);
    for (name, statements) in inside {
        put(&store, &name, statements);
    }
    for (name, file) in &data.named {
        put(&store, name, statements(root, file));
    }
    store
}

fn put(store: &Store, name: &str, statements: Vec<Statement>) {
    let commit = Commit {
        source: SourceName::new(name).unwrap(),
        kind: "people".to_owned(),
        actor: "tester".to_owned(),
        time: Timestamp(0),
        change: Change::Replace(statements),
    };
    store.commit(commit).unwrap();
}

fn statements(root: &Path, file: &str) -> Vec<Statement> {
    let graph = manifest::graph(root, file);
    graph.iter().map(Into::into).collect()
}

pub(crate) fn options() -> QueryOptions {
    QueryOptions {
        default_graph: Some(SourceName::new(DEFAULT).unwrap()),
        ..QueryOptions::default()
    }
}

fn evaluate(root: &Path, test: &Test) -> Result<(), String> {
    let say = |error: Error| error.to_string();
    let query = parse(root, test).map_err(say)?;
    let store = store(root, &test.data);
    for file in query.from() {
        put(&store, file.as_str(), statements(root, file.as_str()));
    }
    let snapshot = store.snapshot();
    let result = test.result.as_deref().unwrap();
    let expected = expected(root, result);
    let found = gather(snapshot.query(&query, &options()).map_err(say)?).map_err(say)?;
    if !same(&expected, &found) {
        return Err(format!("expected {expected:?}\n  found {found:?}"));
    }
    round_trips(&snapshot, &query, &found)
}

/// The result comes back from each format that can be read again.
fn round_trips(snapshot: &Snapshot, query: &Query, found: &Gathered) -> Result<(), String> {
    if matches!(found, Gathered::Graph(_)) {
        return Ok(());
    }
    for (format, read) in [
        (ResultsFormat::Json, QueryResultsFormat::Json),
        (ResultsFormat::Xml, QueryResultsFormat::Xml),
        (ResultsFormat::Tsv, QueryResultsFormat::Tsv),
    ] {
        let results = snapshot.query(query, &options()).unwrap();
        let mut bytes = Vec::new();
        results::write(results, format, &mut bytes).map_err(|error| error.to_string())?;
        // A computed blank node or random number is another one each time: the shape must hold.
        let back = parse_results(&bytes, read);
        let rows = |gathered: &Gathered| match gathered {
            Gathered::Rows { rows, .. } => rows.len(),
            _ => 0,
        };
        if rows(&back) != rows(found) {
            return Err(format!("{read:?} has {} rows", rows(&back)));
        }
        if let Gathered::Boolean(answer) = found
            && !matches!(back, Gathered::Boolean(other) if other == *answer)
        {
            return Err(format!("{read:?} turns the answer round"));
        }
    }
    Ok(())
}

pub(crate) fn gather(results: QueryResults<'_>) -> Result<Gathered, Error> {
    Ok(match results {
        QueryResults::Boolean(answer) => Gathered::Boolean(answer),
        QueryResults::Solutions(rows) => {
            let variables: Vec<String> = rows
                .variables()
                .iter()
                .map(|v| v.as_str().to_owned())
                .collect();
            let rows = rows.map(|row| {
                let named = variables.iter().cloned().zip(row?);
                Ok(named
                    .filter_map(|(name, term)| Some((name, term?)))
                    .collect())
            });
            Gathered::Rows {
                rows: rows.collect::<Result<_, Error>>()?,
                variables,
                ordered: false,
            }
        }
        QueryResults::Graph(statements) => {
            Gathered::Graph(statements.collect::<Result<Graph, _>>()?)
        }
    })
}

pub(crate) fn expected(root: &Path, file: &str) -> Gathered {
    let format = match file.rsplit('.').next().unwrap() {
        "srx" => QueryResultsFormat::Xml,
        "srj" => QueryResultsFormat::Json,
        "tsv" => QueryResultsFormat::Tsv,
        _ => return from_graph(manifest::graph(root, file)),
    };
    parse_results(manifest::read(root, file).as_bytes(), format)
}

fn parse_results(bytes: &[u8], format: QueryResultsFormat) -> Gathered {
    match QueryResultsParser::from_format(format)
        .for_slice(bytes)
        .unwrap()
    {
        SliceQueryResultsParserOutput::Boolean(answer) => Gathered::Boolean(answer),
        SliceQueryResultsParserOutput::Solutions(solutions) => {
            let variables = solutions
                .variables()
                .iter()
                .map(|v| v.as_str().to_owned())
                .collect();
            let rows = solutions.map(|solution| {
                let solution = solution.unwrap();
                let row = solution.iter();
                row.map(|(name, term)| (name.as_str().to_owned(), term.clone()))
                    .collect()
            });
            Gathered::Rows {
                rows: rows.collect(),
                variables,
                ordered: false,
            }
        }
    }
}

/// CSV loses the kinds of terms: the text must be the same, but for the order of the rows and the names of blank nodes.
fn csv(root: &Path, test: &Test) -> Result<(), String> {
    let query = parse(root, test).map_err(|error| error.to_string())?;
    let store = store(root, &test.data);
    let snapshot = store.snapshot();
    let mut bytes = Vec::new();
    let results = snapshot.query(&query, &options()).unwrap();
    results::write(results, ResultsFormat::Csv, &mut bytes).unwrap();
    let sorted = |text: &str| {
        let mut lines = text.lines().map(fields);
        // SELECT * does not say in which order the columns stand.
        let mut columns: Vec<(usize, String)> =
            lines.next().unwrap().into_iter().enumerate().collect();
        columns.sort_by(|a, b| a.1.cmp(&b.1));
        let mut rows: Vec<Vec<String>> = lines
            .map(|row| columns.iter().map(|(at, _)| row[*at].clone()).collect())
            .collect();
        rows.sort();
        (
            columns
                .into_iter()
                .map(|(_, name)| name)
                .collect::<Vec<_>>(),
            rows,
        )
    };
    let (expected, found) = (
        manifest::read(root, test.result.as_deref().unwrap()),
        String::from_utf8(bytes).unwrap(),
    );
    if sorted(&expected) == sorted(&found) {
        Ok(())
    } else {
        Err(format!("expected {expected}, found {found}"))
    }
}

/// Splits a line, and takes the labels of blank nodes away: no file of the suite has two different ones in a row.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            letter => fields.last_mut().unwrap().push(letter),
        }
    }
    for field in &mut fields {
        if field.starts_with("_:") {
            field.truncate(2);
        }
    }
    fields
}
