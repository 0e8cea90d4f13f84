//! CSV and Parquet files as tables.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Int32Array, StringArray, TimestampMillisecondArray};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::record_batch::RecordBatch;
use expect_test::expect;
use parquet::arrow::ArrowWriter;
use query_engine::{CsvOptions, DataFusion, Engine, Registered, Result, TableName};
use tempfile::TempDir;

use crate::shown::rows;

async fn csv(engine: &DataFusion, path: &Path, options: CsvOptions) -> Result<Registered> {
    engine
        .register_csv(&TableName::new(["t"]), path.to_str().unwrap(), options)
        .await
}

fn columns(registered: &Registered) -> String {
    let fields = registered.schema.fields().iter();
    fields
        .map(|field| format!("{} {}", field.name(), field.data_type()))
        .collect::<Vec<_>>()
        .join(", ")
}

#[tokio::test]
async fn csv_types_are_inferred_without_losing_anything() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.csv");
    fs::write(&path, "Id,zip,n,x,day,at,seen,ok,none\na,007,1,1.5,2026-01-31,2026-01-31 10:00:00,2026-01-31T10:00:00Z,true,\nb,100,,2,,,,false,\n").unwrap();
    let engine = DataFusion::new("here").unwrap();
    let registered = csv(&engine, &path, CsvOptions::default()).await.unwrap();
    expect!["Id Utf8, zip Utf8, n Int64, x Float64, day Date32, at Timestamp(µs), seen Timestamp(µs, \"UTC\"), ok Boolean, none Utf8"]
        .assert_eq(&columns(&registered));
    expect![[r#"
        a | 007 | 1 | 1.5 | 2026-01-31 | 2026-01-31T10:00:00 | 2026-01-31T10:00:00Z | true | NULL
        b | 100 | NULL | 2.0 | NULL | NULL | NULL | false | NULL"#]]
    .assert_eq(&rows(&engine, r#"SELECT * FROM t ORDER BY "Id""#).await);
}

#[tokio::test]
async fn a_null_token_makes_an_empty_field_an_empty_text() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.csv");
    fs::write(&path, "a,b\n\\N,1\n,\\N\n\"x, y\",3\n").unwrap();
    let engine = DataFusion::new("here").unwrap();
    let options = CsvOptions {
        null: Some("\\N".to_owned()),
        types: vec![("b".to_owned(), DataType::Int32)],
        ..CsvOptions::default()
    };
    let registered = csv(&engine, &path, options).await.unwrap();
    expect!["a Utf8, b Int32"].assert_eq(&columns(&registered));
    expect![[r#"
        NULL | 1 | NULL
         | NULL | 0
        x, y | 3 | 4"#]]
    .assert_eq(&rows(&engine, "SELECT a, b, length(a) AS n FROM t").await);
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said() {
    let folder = TempDir::new().unwrap();
    let engine = DataFusion::new("here").unwrap();
    let said = async |name: &str, text: &str, options: CsvOptions| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let error = csv(&engine, &path, options).await.unwrap_err();
        assert_eq!(error.code(), "BAD_FILE");
        error
            .to_string()
            .replace(folder.path().to_str().unwrap(), "")
    };
    let given = CsvOptions {
        types: vec![("nope".to_owned(), DataType::Int64)],
        ..CsvOptions::default()
    };
    expect!["`/empty.csv`: the file is empty"]
        .assert_eq(&said("empty.csv", "", CsvOptions::default()).await);
    expect!["`/twice.csv`: two columns are called `a`"]
        .assert_eq(&said("twice.csv", "a,a\n1,2\n", CsvOptions::default()).await);
    expect!["`/given.csv`: there is no column `nope`, of which the type is given"]
        .assert_eq(&said("given.csv", "a\n1\n", given).await);
    expect!["`/ragged.csv`: Csv error: incorrect number of fields for line 3, expected 2 got 3"]
        .assert_eq(&said("ragged.csv", "a,b\n1,2\n1,2,3\n", CsvOptions::default()).await);
    let missing = csv(
        &engine,
        &folder.path().join("nowhere"),
        CsvOptions::default(),
    )
    .await
    .unwrap_err();
    assert_eq!(missing.code(), "BAD_FILE");
}

#[tokio::test]
async fn a_folder_is_one_table_and_grows() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("1.csv"), "a,b\n1,x\n").unwrap();
    fs::write(folder.path().join("2.csv"), "a,b\n2,y\n").unwrap();
    fs::write(folder.path().join("notes.txt"), "not ours").unwrap();
    let engine = DataFusion::new("here").unwrap();
    let pattern = format!("{}/", folder.path().display());
    let table = TableName::new(["sales", "t"]);
    engine
        .register_csv(&table, &pattern, CsvOptions::default())
        .await
        .unwrap();
    let sql = "SELECT count(*) AS n, sum(a) AS s FROM sales.t";
    assert_eq!(rows(&engine, sql).await, "2 | 3");

    fs::write(folder.path().join("3.csv"), "a,b\n4,z\n").unwrap();
    assert_eq!(rows(&engine, sql).await, "3 | 7");

    // Columns are taken by place: another order would be another meaning.
    fs::write(folder.path().join("4.csv"), "b,a\nz,4\n").unwrap();
    let said = rows(&engine, sql)
        .await
        .replace(folder.path().to_str().unwrap(), "");
    expect!["BAD_FILE: `/4.csv`: its columns are not those of the table: b, a"].assert_eq(&said);

    for file in ["1.csv", "2.csv", "3.csv", "4.csv"] {
        fs::remove_file(folder.path().join(file)).unwrap();
    }
    let said = rows(&engine, sql)
        .await
        .replace(folder.path().to_str().unwrap(), "");
    expect!["BAD_FILE: `/`: there is no such file"].assert_eq(&said);
}

#[tokio::test]
async fn a_glob_picks_files() {
    let folder = TempDir::new().unwrap();
    for (name, value) in [("a1.csv", 1), ("a2.csv", 2), ("b1.csv", 40)] {
        fs::write(folder.path().join(name), format!("v\n{value}\n")).unwrap();
    }
    let engine = DataFusion::new("here").unwrap();
    csv(
        &engine,
        &folder.path().join("a*.csv"),
        CsvOptions::default(),
    )
    .await
    .unwrap();
    assert_eq!(rows(&engine, "SELECT sum(v) AS s FROM t").await, "3");
}

#[tokio::test]
async fn a_value_that_fits_no_type_names_its_line() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.csv");
    fs::write(&path, "a\n1\n2\n").unwrap();
    let engine = DataFusion::new("here").unwrap();
    csv(&engine, &path, CsvOptions::default()).await.unwrap();
    fs::write(&path, "a\n1\nmany\n").unwrap();
    let said = rows(&engine, "SELECT sum(a) AS s FROM t").await;
    assert!(said.contains("many") && said.contains("line 2"), "{said}");
}

#[tokio::test]
async fn parquet_comes_in_plain_types() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.parquet");
    let schema = Arc::new(Schema::new(vec![
        Field::new("n", DataType::Int32, true),
        Field::new("s", DataType::Utf8, true),
        Field::new("at", DataType::Timestamp(TimeUnit::Millisecond, None), true),
    ]));
    let batch = RecordBatch::try_new(
        Arc::clone(&schema),
        vec![
            Arc::new(Int32Array::from(vec![Some(1), None])),
            Arc::new(StringArray::from(vec![Some("é"), None])),
            Arc::new(TimestampMillisecondArray::from(vec![
                Some(0),
                Some(253_402_214_400_000),
            ])),
        ],
    )
    .unwrap();
    let mut writer = ArrowWriter::try_new(fs::File::create(&path).unwrap(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();

    let engine = DataFusion::new("here").unwrap();
    let table = TableName::new(["lake", "raw", "T"]);
    let registered = engine
        .register_parquet(&table, path.to_str().unwrap())
        .await
        .unwrap();
    expect!["n Int64, s Utf8, at Timestamp(µs)"].assert_eq(&columns(&registered));
    assert_eq!(engine.tables().await.unwrap(), [table]);
    expect![[r#"
        1 | é | 1970-01-01T00:00:00
        NULL | NULL | 9999-12-31T00:00:00"#]]
    .assert_eq(&rows(&engine, r#"SELECT * FROM lake.raw."T""#).await);

    fs::remove_file(&path).unwrap();
    let said = rows(&engine, r#"SELECT * FROM lake.raw."T""#).await;
    assert!(said.starts_with("BAD_FILE"), "{said}");
}
