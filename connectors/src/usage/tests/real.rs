//! Logs of the shared data.

use super::super::fold::Fold;
use super::{Entry, Reason};
use crate::shared::{options, read_shared, shared};
use crate::usage::UsageOptions;
use crate::{InputLimits, Kind, ingest_paths};

#[test]
fn the_log_of_a_real_server_is_tools_and_loading() {
    let path = "corpora/querylogs/postgres_csvlog/postgresql.csv.gz";
    let Some(read) = read_shared(Kind::QueryLog, &[path]) else {
        return;
    };
    println!(
        "{:?}\n{:#?}",
        read.report.understood, read.report.diagnostics
    );
    // As many as the records that tell of a statement.
    assert_eq!(read.report.understood["statement"], 7384);
    assert!(read.report.understood["set_aside"] > 6000);
    assert_eq!(read.report.errors, 0);
}

#[test]
fn every_log_is_read() {
    for file in [
        "csv_statement_without_duration.log",
        "multiline_param.log",
        "postgresql_param_range.log",
        "stmt_type.log",
        "pg_rawcsv.log",
    ] {
        let Some(path) = shared(&format!("corpora/querylogs/pgbadger_rds_light/{file}")) else {
            return;
        };
        assert_eq!(Kind::detect(&path), Some(Kind::QueryLog), "{file}");
        match ingest_paths(Kind::QueryLog, &[path], &InputLimits::default(), &options()) {
            Ok(read) => println!(
                "{file}: {:?} {:?}",
                read.report.understood, read.report.diagnostics
            ),
            Err(crate::Error::NothingRead { report, .. }) => {
                println!(
                    "{file}: nothing of interest, {:?} {:?}",
                    report.understood, report.diagnostics
                );
                assert_eq!(report.errors, 0, "{file}");
            }
            Err(error) => panic!("{file}: {error}"),
        }
    }
}

#[test]
fn exports_of_pg_stat_statements_are_read() {
    for database in ["chinook", "northwind", "pagila", "shopify_wh"] {
        let path = format!("corpora/databases/{database}/pg_stat_statements.csv.gz");
        let Some(path) = shared(&path) else { return };
        assert_eq!(Kind::detect(&path), Some(Kind::QueryLog));
        let read =
            ingest_paths(Kind::QueryLog, &[path], &InputLimits::default(), &options()).unwrap();
        println!(
            "{database}: {:?} {:?}",
            read.report.understood, read.report.diagnostics
        );
        assert_eq!(read.report.errors, 0);
    }
}

#[test]
fn use_by_department_is_told() {
    let path = "corpora/querylogs/ehrsql_mimic3_eicu/statements.jsonl.gz";
    let Some(read) = read_shared(Kind::QueryLog, &[path]) else {
        return;
    };
    println!("{:?} {:?}", read.report.understood, read.report.diagnostics);
    assert!(read.report.understood["use"] > 3900);
    let text = crate::shared::lines(&read);
    assert!(text.contains("foaf:name \"nursing\""));
}

#[test]
fn set_aside_and_counted_are_all() {
    let options = UsageOptions::default();
    let mut fold = Fold::new(&options);
    for n in 0..1000_u32 {
        let sql = if n % 3 == 0 {
            "select 1"
        } else {
            "select a from t"
        };
        fold.add(Entry {
            sql: sql.into(),
            ..Entry::default()
        });
    }
    let patterns = fold.finish().resolve(&options.known);
    let counted: u64 = patterns
        .by_id
        .values()
        .map(|pattern| pattern.total().times)
        .sum();
    assert_eq!(counted + patterns.set_aside(Reason::NoTable), 1000);
}
