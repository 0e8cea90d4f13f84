use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::ipc::reader::StreamReader;
use arrow::record_batch::RecordBatch;
use expect_test::{Expect, expect};

use super::{Format, Printer};

fn batch() -> RecordBatch {
    let money = Decimal128Array::from(vec![Some(1250), None])
        .with_precision_and_scale(38, 2)
        .unwrap();
    RecordBatch::try_from_iter_with_nullable([
        (
            "name",
            Arc::new(StringArray::from(vec![Some("a, \"b\"\nc"), Some("")])) as ArrayRef,
            true,
        ),
        ("n", Arc::new(Int64Array::from(vec![None, Some(-7)])), true),
        (
            "x",
            Arc::new(Float64Array::from(vec![Some(0.1), Some(f64::NAN)])),
            true,
        ),
        ("money", Arc::new(money), true),
        (
            "at",
            Arc::new(TimestampMicrosecondArray::from(vec![Some(0), None])),
            true,
        ),
    ])
    .unwrap()
}

fn check(format: Format, expected: &Expect) {
    let mut out = Vec::new();
    let mut printer = Printer::new(&mut out, format, batch().schema()).unwrap();
    printer.write(&batch()).unwrap();
    printer.write(&batch().slice(1, 1)).unwrap();
    printer.finish().unwrap();
    expected.assert_eq(&String::from_utf8(out).unwrap());
}

#[test]
fn a_table_is_for_people() {
    check(
        Format::Table,
        &expect![[r#"
        name       n    x  money  at
        a, "b" c   -  0.1   12.5  1970-01-01T00:00:00
                  -7  NaN      -  -
                  -7  NaN      -  -
    "#]],
    );
}

#[test]
fn csv_tells_null_from_empty() {
    check(
        Format::Csv,
        &expect![[r#"
        name,n,x,money,at
        "a, ""b""
        c",,0.1,12.5,1970-01-01T00:00:00
        "",-7,NaN,,
        "",-7,NaN,,
    "#]],
    );
}

#[test]
fn json_has_numbers_where_it_can() {
    check(
        Format::Json,
        &expect![[r#"
        [
        {"name":"a, \"b\"\nc","n":null,"x":0.1,"money":12.5,"at":"1970-01-01T00:00:00"},
        {"name":"","n":-7,"x":"NaN","money":null,"at":null},
        {"name":"","n":-7,"x":"NaN","money":null,"at":null}
        ]
    "#]],
    );
}

#[test]
fn an_empty_answer_is_whole_in_every_format() {
    for (format, expected) in [
        (Format::Table, "name  n  x  money  at\n"),
        (Format::Csv, "name,n,x,money,at\n"),
        (Format::Json, "[]\n"),
    ] {
        let mut out = Vec::new();
        Printer::new(&mut out, format, batch().schema())
            .unwrap()
            .finish()
            .unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn arrow_reads_back() {
    let mut out = Vec::new();
    let mut printer = Printer::new(&mut out, Format::Arrow, batch().schema()).unwrap();
    printer.write(&batch()).unwrap();
    printer.finish().unwrap();
    let read: Vec<RecordBatch> = StreamReader::try_new(out.as_slice(), None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(read[0].num_rows(), 2);
    assert_eq!(read[0].column(0), batch().column(0));
}
