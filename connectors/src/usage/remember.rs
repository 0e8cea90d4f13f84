//! Shapes as statements, and back: a log is not there any more when the tables come that it means, but its shapes are.
//!
//! Each shape is one `iso:extra`, `shape=<JSON>`, of the pattern that it is part of; what holds for all of them is
//! `log=<JSON>` of the log, and what a table was made of `made=<JSON>` of it.

use std::collections::BTreeMap;

use graph_core::rdf::{Literal, NamedNode, RdfTerm, Statement};
use ontologies::iso;
use serde::{Deserialize, Serialize};

use super::fold::{Caller, Count, Place, Shape, Shapes};
use super::lineage::Made;
use super::sift::Reason;
use crate::sql::Dialect;
use crate::{Mapping, Options, StatementBuilder, UsageOptions};

const SHAPE: &str = "shape=";
const LOG: &str = "log=";
const MADE: &str = "made=";

/// A shape as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    sql: String,
    dialect: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    search_path: Vec<String>,
    by: Vec<WrittenUse>,
}

/// Who ran a shape, how often and when.
#[derive(Serialize, Deserialize)]
struct WrittenUse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    teams: Vec<String>,
    times: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<i64>,
}

/// What holds for a whole log, as it is written.
#[derive(Serialize, Deserialize)]
struct WrittenLog {
    statements: u64,
    aside: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dialect: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    mapping: Mapping,
}

fn is_default(mapping: &Mapping) -> bool {
    *mapping == Mapping::default()
}

/// What a log has said, as far as it can be resolved again.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    pub(super) shapes: Shapes,
    pub(super) usage: UsageOptions,
    pub(super) mapping: Mapping,
}

/// Writes what is remembered of a whole log.
pub(super) fn log(out: &mut StatementBuilder, log: &NamedNode, shapes: &Shapes, options: &Options) {
    let usage = &options.usage;
    let aside = shapes.aside.iter();
    let written = WrittenLog {
        statements: shapes.statements,
        aside: aside
            .map(|(reason, n)| (reason.code().to_owned(), *n))
            .collect(),
        dialect: usage.dialect.map(|dialect| dialect.as_str().to_owned()),
        platform: usage.platform.clone(),
        mapping: options.mapping.clone(),
    };
    note(out, log, LOG, &written);
    for made in shapes.lineage.tables() {
        note(out, log, MADE, &made);
    }
}

/// Writes what is remembered of a shape.
pub(super) fn shape(out: &mut StatementBuilder, subject: &NamedNode, shape: &Shape) {
    let by = shape.callers.iter().map(|(caller, count)| WrittenUse {
        user: caller.user.clone(),
        roles: caller.roles.clone(),
        teams: caller.teams.clone(),
        times: count.times,
        first: count.first,
        last: count.last,
    });
    let written = Written {
        sql: shape.skeleton.clone(),
        dialect: shape.dialect.as_str().to_owned(),
        database: shape.place.database.clone(),
        search_path: shape.place.search_path.clone(),
        by: by.collect(),
    };
    note(out, subject, SHAPE, &written);
}

/// Adds a text letter by letter: cleaned as texts for people are, a name in it might be another one.
fn note(out: &mut StatementBuilder, subject: &NamedNode, key: &str, value: &impl Serialize) {
    if let Ok(json) = serde_json::to_string(value) {
        let text = Literal::new_simple_literal(format!("{key}{json}"));
        out.add(subject.clone(), iso::EXTRA, text);
    }
}

/// Reads back what a log has said; `None` where it holds nothing of the kind.
pub(super) fn read(statements: impl IntoIterator<Item = Statement>) -> Option<Remembered> {
    let mut found = Remembered::default();
    let mut has_log = false;
    let mut shapes: Vec<String> = Vec::new();
    for statement in statements {
        if statement.predicate.as_str() != iso::EXTRA {
            continue;
        }
        let RdfTerm::Literal(literal) = &statement.object else {
            continue;
        };
        if let Some(json) = literal.value().strip_prefix(SHAPE) {
            shapes.push(json.to_owned());
        } else if let Some(json) = literal.value().strip_prefix(MADE) {
            let made: Made = serde_json::from_str(json).ok()?;
            found.shapes.lineage.remember(&made)?;
        } else if let Some(json) = literal.value().strip_prefix(LOG) {
            let log: WrittenLog = serde_json::from_str(json).ok()?;
            found.usage.platform = log.platform;
            found.usage.dialect = log.dialect.as_deref().and_then(Dialect::of_name);
            found.mapping = log.mapping;
            found.shapes.statements = log.statements;
            for (code, count) in log.aside {
                if let Some(reason) = Reason::ALL.into_iter().find(|it| it.code() == code) {
                    found.shapes.set_aside(reason, count);
                }
            }
            has_log = true;
        }
    }
    for json in shapes {
        found.shapes.list.push(read_shape(&json)?);
    }
    found.shapes.sort();
    has_log.then_some(found)
}

fn read_shape(json: &str) -> Option<Shape> {
    let written: Written = serde_json::from_str(json).ok()?;
    let callers = written.by.into_iter().map(|by| {
        let caller = Caller {
            user: by.user,
            roles: by.roles,
            teams: by.teams,
        };
        let count = Count {
            times: by.times,
            first: by.first,
            last: by.last,
        };
        (caller, count)
    });
    Some(Shape {
        skeleton: written.sql,
        dialect: Dialect::of_name(&written.dialect)?,
        place: Place {
            database: written.database,
            search_path: written.search_path,
        },
        callers: callers.collect(),
    })
}
