//! Recall and precision against what independent parsers found in real projects and logs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::shared::shared;
use crate::sql::{Context, Dialect, Role, Schema, StatementFacts, analyze};

fn text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return String::from_utf8(bytes).unwrap();
    }
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&text(path)).unwrap()
}

fn json_lines(path: &Path) -> Vec<Value> {
    text(path)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// How many of two sets are in both.
#[derive(Default)]
struct Score {
    both: usize,
    found: usize,
    gold: usize,
}

impl Score {
    fn add(&mut self, found: &BTreeSet<String>, gold: &BTreeSet<String>) {
        self.both += found.intersection(gold).count();
        self.found += found.len();
        self.gold += gold.len();
    }

    fn recall(&self) -> f64 {
        self.both as f64 / self.gold as f64
    }

    fn precision(&self) -> f64 {
        self.both as f64 / self.found as f64
    }

    fn f1(&self) -> f64 {
        2.0 * self.both as f64 / (self.found + self.gold) as f64
    }

    fn shown(&self) -> String {
        format!(
            "recall {:.4} precision {:.4} F1 {:.4} of {}",
            self.recall(),
            self.precision(),
            self.f1(),
            self.gold
        )
    }
}

fn show(what: &str, misses: &[String]) {
    let wanted = std::env::var_os("SHOW_MISSES").is_some();
    for miss in misses.iter().take(if wanted { 60 } else { 0 }) {
        println!("{what}: {miss}");
    }
}

fn catalog_schema(folder: &Path) -> Schema {
    let mut schema = Schema::default();
    let catalog = ["catalog.json", "catalog.json.gz"]
        .into_iter()
        .map(|name| folder.join(name))
        .find(|path| path.exists());
    let catalog = json(&catalog.unwrap());
    for section in ["nodes", "sources"] {
        for table in catalog[section].as_object().unwrap().values() {
            let part = |key: &str| {
                table["metadata"][key]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            let columns = table["columns"].as_object().unwrap();
            let mut columns: Vec<(i64, String)> = columns
                .iter()
                .map(|(name, column)| (column["index"].as_i64().unwrap(), name.clone()))
                .collect();
            columns.sort();
            let columns = columns.into_iter().map(|(_, name)| name);
            schema.add(&[part("database"), part("schema"), part("name")], columns);
        }
    }
    schema
}

#[expect(clippy::too_many_lines, reason = "one measurement from file to figure")]
fn oracle(folder: &str, dialect: Dialect) -> Option<(Score, usize)> {
    let folder = shared(folder)?;
    let schema = catalog_schema(&folder);
    let manifest = json(&folder.join("manifest.json.gz"));
    let mut gold: BTreeMap<String, Vec<(String, BTreeSet<String>)>> = BTreeMap::new();
    for line in json_lines(&folder.join("column_lineage_oracle.jsonl.gz")) {
        let said = |key: &str| line[key].as_str().unwrap().to_owned();
        let sources = line["sources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap().to_lowercase());
        gold.entry(said("model"))
            .or_default()
            .push((said("column").to_lowercase(), sources.collect()));
    }
    let (mut score, mut columns, mut misses) = (Score::default(), 0, Vec::new());
    for (model, wanted) in gold {
        let node = &manifest["nodes"][&model];
        let sql = node["compiled_code"].as_str().unwrap();
        let database = node["database"].as_str().unwrap();
        let path = node["schema"].as_str().unwrap();
        let context = Context::new(dialect, &schema)
            .database(database)
            .search_path([path]);
        let analysis = analyze(sql, &context);
        misses.extend(
            analysis
                .problems
                .iter()
                .map(|problem| format!("{model} {problem}")),
        );
        for (column, sources) in wanted {
            columns += 1;
            let output = analysis
                .statements
                .iter()
                .flat_map(|facts| &facts.outputs)
                .find(|output| {
                    output
                        .name
                        .as_deref()
                        .is_some_and(|name| name.eq_ignore_ascii_case(&column))
                });
            let found: BTreeSet<String> = output
                .iter()
                .flat_map(|output| output.sources.keys())
                .map(|source| {
                    let table = source.table.parts();
                    format!(
                        "{}.{}",
                        table[table.len().saturating_sub(2)..].join("."),
                        source.name
                    )
                    .to_lowercase()
                })
                .collect();
            score.add(&found, &sources);
            if found != sources {
                let more: Vec<_> = found.difference(&sources).collect();
                let less: Vec<_> = sources.difference(&found).collect();
                misses.push(format!("{model} {column}: more {more:?} less {less:?}"));
            }
        }
    }
    println!(
        "{}: {} columns, {} differ, {}",
        folder.display(),
        columns,
        misses.len(),
        score.shown()
    );
    show("lineage", &misses);
    Some((score, columns))
}

#[test]
fn column_lineage_of_real_projects() {
    for (folder, dialect, columns) in [
        ("corpora/dbt/jaffle_classic_run", Dialect::DuckDb, 20),
        ("corpora/dbt/fivetran_shopify", Dialect::Postgres, 3_300),
    ] {
        let Some((score, found)) = oracle(folder, dialect) else {
            return;
        };
        assert!(found >= columns, "{folder}: {found} columns");
        assert!(score.recall() >= 0.97, "{folder}: {}", score.shown());
        assert!(score.precision() >= 0.97, "{folder}: {}", score.shown());
    }
}

/// Reads the tables of Spider's form: names of tables, and columns by the number of their table.
fn spider_schemas(path: &Path) -> BTreeMap<String, Schema> {
    let databases = json(path);
    let mut schemas = BTreeMap::new();
    for database in databases.as_array().unwrap() {
        let mut schema = Schema::default();
        let tables = database["table_names_original"].as_array().unwrap();
        let columns = database["column_names_original"].as_array().unwrap();
        for (at, table) in (0_i64..).zip(tables) {
            let own = columns
                .iter()
                .filter(|column| column[0].as_i64() == Some(at));
            let own = own.map(|column| column[1].as_str().unwrap());
            schema.add(&[table.as_str().unwrap()], own);
        }
        schemas.insert(database["db_id"].as_str().unwrap().to_owned(), schema);
    }
    schemas
}

fn gold_of(line: &Value, key: &str) -> Option<BTreeSet<String>> {
    let names = line[key].as_array()?;
    Some(
        names
            .iter()
            .map(|name| name.as_str().unwrap().to_lowercase())
            .collect(),
    )
}

/// Asserts that a statement without its literals is the same use as with them.
fn assert_same_use(facts: &StatementFacts, context: &Context<'_>, sql: &str) {
    let skeleton = &facts.skeleton;
    let again = analyze(skeleton, context);
    let again = again.statements.first();
    let again = again.unwrap_or_else(|| panic!("{skeleton} cannot be read, of {sql}"));
    assert_eq!(again.reads, facts.reads, "{skeleton} of {sql}");
    assert_eq!(again.writes, facts.writes, "{skeleton} of {sql}");
    assert_eq!(again.columns, facts.columns, "{skeleton} of {sql}");
}

#[expect(clippy::too_many_lines, reason = "one measurement from file to figure")]
fn log_scores(
    log: &str,
    tables: &str,
    dialect: Dialect,
    only: Option<&str>,
) -> Option<(Score, Score)> {
    let folder = shared("corpora/querylogs")?;
    let schemas = spider_schemas(&folder.join(log).join(tables));
    let (mut of_tables, mut of_columns) = (Score::default(), Score::default());
    let (mut misses, mut problems, mut count) = (Vec::new(), 0, 0);
    for line in json_lines(&folder.join(log).join("statements.jsonl.gz")) {
        let sql = line["sql"].as_str().or(line["QueryBody"].as_str()).unwrap();
        let (Some(gold_tables), Some(gold_columns)) = (
            gold_of(&line, "gold_tables"),
            gold_of(&line, "gold_columns"),
        ) else {
            continue;
        };
        // It gave up on these, most of which do read tables.
        if gold_tables.is_empty() {
            continue;
        }
        let schema = &schemas[only.or(line["db"].as_str()).unwrap()];
        let context = Context::new(dialect, schema).skeletons();
        let analysis = analyze(sql, &context);
        for facts in &analysis.statements {
            assert_same_use(facts, &context, sql);
        }
        problems += analysis.problems.len();
        count += 1;
        let (mut tables, mut columns) = (BTreeSet::new(), BTreeSet::new());
        for facts in &analysis.statements {
            tables.extend(
                facts
                    .reads
                    .iter()
                    .chain(&facts.writes)
                    .map(|table| table.name().to_lowercase()),
            );
            let named = facts
                .columns
                .iter()
                .filter(|(_, roles)| roles.is_interest() || roles.has(Role::Written));
            columns.extend(named.map(|(column, _)| column.name.to_lowercase()));
        }
        // The parser that made the gold takes the texts in double quotes of SQLite, and names of the select list, for
        // columns: only what is a column of the database counts.
        let all: BTreeSet<String> = schema
            .tables()
            .flat_map(|(_, columns)| columns)
            .map(|name| name.to_lowercase())
            .collect();
        let gold_columns: BTreeSet<String> = gold_columns.intersection(&all).cloned().collect();
        of_tables.add(&tables, &gold_tables);
        of_columns.add(&columns, &gold_columns);
        if tables != gold_tables || columns != gold_columns {
            let off = |found: &BTreeSet<String>, gold: &BTreeSet<String>| {
                let more: Vec<_> = found.difference(gold).cloned().collect();
                let less: Vec<_> = gold.difference(found).cloned().collect();
                format!("more {more:?} less {less:?}")
            };
            let problem = analysis
                .problems
                .first()
                .map(ToString::to_string)
                .unwrap_or_default();
            misses.push(format!(
                "{problem} tables {} columns {} in {sql}",
                off(&tables, &gold_tables),
                off(&columns, &gold_columns)
            ));
        }
    }
    println!(
        "{log}: {count} statements, {problems} problems, {} differ",
        misses.len()
    );
    println!(
        "  tables  {}\n  columns {}",
        of_tables.shown(),
        of_columns.shown()
    );
    show(log, &misses);
    Some((of_tables, of_columns))
}

#[test]
fn tables_and_columns_of_logged_statements() {
    for (log, tables, dialect, only) in [
        ("spider_train_syn", "tables.json.gz", Dialect::Sqlite, None),
        ("ehrsql_mimic3_eicu", "tables.json", Dialect::Sqlite, None),
        (
            "sede_stackexchange",
            "stackexchange_schema/tables_so.json",
            Dialect::MsSql,
            Some("stackexchange"),
        ),
    ] {
        let Some((of_tables, of_columns)) = log_scores(log, tables, dialect, only) else {
            return;
        };
        assert!(
            of_tables.f1() >= 0.98,
            "{log} tables: {}",
            of_tables.shown()
        );
        assert!(
            of_columns.f1() >= 0.95,
            "{log} columns: {}",
            of_columns.shown()
        );
    }
}
