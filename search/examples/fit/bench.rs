//! Reads a benchmark folder: the catalog as documents, and the cases.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use search::ResolveRequest;
use search::document::{ColumnDoc, DatasetDoc, Documents, DomainDoc, Entity, ProductDoc, TermDoc};
use serde_json::Value;

/// A case: a request, what it should give, and the database it belongs to.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) track: String,
    /// Where the question comes from.
    pub(crate) source: String,
    pub(crate) expect: String,
    pub(crate) physical: bool,
    pub(crate) request: ResolveRequest,
    pub(crate) products: Vec<String>,
    pub(crate) acceptable: Vec<String>,
    pub(crate) tables: Vec<String>,
    pub(crate) columns: Vec<String>,
    pub(crate) terms: Vec<String>,
    /// The family of the database: near duplicates share it.
    pub(crate) family: String,
}

/// The catalog read in full and by its physical names alone, with the cases.
pub(crate) struct Bench {
    lines: Vec<Value>,
    pub(crate) full: Documents,
    pub(crate) physical: Documents,
    pub(crate) cases: Vec<Case>,
}

type Error = Box<dyn std::error::Error>;

/// Reads `catalog.jsonl.gz`, `glossary.jsonl.gz` and `queries.jsonl.gz`.
///
/// Of a `pool` only the products stay whose id starts so, with the cases that they answer.
pub(crate) fn read(folder: &Path, pool: Option<&str>) -> Result<Bench, Error> {
    let mut lines = json_lines(&folder.join("catalog.jsonl.gz"))?;
    let glossary = folder.join("glossary.jsonl.gz");
    if glossary.exists() {
        lines.extend(json_lines(&glossary)?);
    }
    let mut cases: Vec<Case> = json_lines(&folder.join("queries.jsonl.gz"))?
        .iter()
        .map(case)
        .collect();
    if let Some(pool) = pool {
        let inside = |id: &str| id.to_lowercase().starts_with(pool);
        lines.retain(|line| {
            let ids = ["id", "from"].iter().filter_map(|key| line[*key].as_str());
            line["kind"] == "domain" || ids.into_iter().all(inside)
        });
        cases.retain(|case| {
            !case.products.is_empty() && case.products.iter().all(|product| inside(product))
        });
    }
    Ok(Bench {
        full: documents(&lines, false),
        physical: documents(&lines, true),
        cases,
        lines,
    })
}

impl Bench {
    /// Returns the catalog in full without some products.
    pub(crate) fn without(&self, products: &[String]) -> Documents {
        let gone = |id: &str| {
            let product = id.split(['/', '#']).next().unwrap_or_default();
            products.iter().any(|p| p.eq_ignore_ascii_case(product))
        };
        let kept = self.lines.iter().filter(|line| {
            let ids = ["id", "parent", "from", "to"];
            !ids.iter().any(|key| line[*key].as_str().is_some_and(gone))
        });
        documents(&kept.cloned().collect::<Vec<_>>(), false)
    }
}

fn json_lines(path: &Path) -> Result<Vec<Value>, Error> {
    let file = std::fs::File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut values = Vec::new();
    for line in BufReader::new(MultiGzDecoder::new(file)).lines() {
        values.push(serde_json::from_str(&line?)?);
    }
    Ok(values)
}

fn text(value: &Value, key: &str) -> Option<String> {
    value[key].as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(|v| v.as_str().map(str::to_lowercase))
        .collect()
}

fn entity(line: &Value, physical: bool) -> Entity {
    let described = |key| text(line, key).filter(|_| !physical);
    Entity {
        iri: text(line, "id").unwrap_or_default(),
        name: text(line, "name").unwrap_or_default(),
        label: described("label"),
        description: described("description"),
        identifier: text(line, "id"),
        ..Entity::default()
    }
}

fn documents(lines: &[Value], physical: bool) -> Documents {
    let mut documents = Documents::default();
    let mut at: HashMap<String, usize> = HashMap::new();
    let kind = |wanted: &'static str| lines.iter().filter(move |l| l["kind"] == wanted);
    let parent = |line: &Value, at: &HashMap<String, usize>| {
        text(line, "parent").and_then(|id| at.get(&id).copied())
    };
    for line in kind("domain") {
        let entity = entity(line, physical);
        at.insert(entity.iri.clone(), documents.domains.len());
        documents.domains.push(DomainDoc {
            entity,
            ..DomainDoc::default()
        });
    }
    for line in kind("product") {
        let entity = entity(line, physical);
        let domain = parent(line, &at);
        at.insert(entity.iri.clone(), documents.products.len());
        documents.products.push(ProductDoc {
            entity,
            domain,
            ..ProductDoc::default()
        });
    }
    for line in kind("table") {
        let entity = entity(line, physical);
        let products = parent(line, &at).into_iter().collect();
        at.insert(entity.iri.clone(), documents.datasets.len());
        documents.datasets.push(DatasetDoc {
            entity,
            products,
            ..DatasetDoc::default()
        });
    }
    for line in kind("column") {
        let entity = entity(line, physical);
        let dataset = parent(line, &at).unwrap_or_default();
        at.insert(entity.iri.clone(), documents.columns.len());
        documents.columns.push(ColumnDoc {
            entity,
            dataset,
            ..ColumnDoc::default()
        });
    }
    for line in kind("fk") {
        let end = |key| text(line, key).and_then(|id| at.get(&id).copied());
        if let (Some(from), Some(to)) = (end("from"), end("to")) {
            documents.columns[from].references.push(to);
        }
    }
    for line in kind("term") {
        let columns = texts(&line["columns"]);
        let columns = columns.iter().filter_map(|id| at.get(id).copied());
        documents.terms.push(TermDoc {
            entity: entity(line, physical),
            expression: text(line, "expression"),
            domain: None,
            product: parent(line, &at),
            datasets: Vec::new(),
            columns: columns.collect(),
        });
    }
    documents
}

fn case(line: &Value) -> Case {
    let gold = &line["gold"];
    let track = text(line, "track").unwrap_or_default();
    let context = &line["context"];
    let products = texts(&gold["products"]);
    let database = text(line, "ghost").or_else(|| products.first().cloned());
    let acceptable = match &line["acceptable_products"] {
        Value::Null => products.clone(),
        list => texts(list),
    };
    let hint = text(line, "hint").filter(|hint| track != "question" && !hint.is_empty());
    Case {
        id: text(line, "id").unwrap_or_default(),
        source: text(line, "source").unwrap_or_default(),
        expect: text(line, "expect").unwrap_or_default(),
        physical: line["view"] == "physical",
        request: ResolveRequest {
            domain: text(context, "domain"),
            product: text(context, "product"),
            recent: texts(&context["recent"]),
            hint,
            limit: 10,
            ..ResolveRequest::new(text(line, "text").unwrap_or_default())
        },
        products,
        acceptable,
        tables: texts(&gold["tables"]),
        columns: texts(&gold["columns"]),
        terms: texts(&gold["terms"]),
        family: family(&database.unwrap_or_default()),
        track,
    }
}

/// Puts `spider.store_1` and `bird.store_2` into one family.
fn family(database: &str) -> String {
    let name = database.split_once('.').map_or(database, |(_, name)| name);
    name.trim_start_matches("sqlite_")
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '_')
        .to_owned()
}
