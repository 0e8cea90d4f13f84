//! Values in PostgreSQL's binary form as Arrow arrays.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder,
    Int64Builder, StringBuilder, Time64MicrosecondBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, SchemaRef, TimeUnit};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Kind as TypeKind, Type};

use super::numeric;
use crate::error::{Error, Result};

/// Days and microseconds from 1970 to 2000, where the server's clock starts.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROSECONDS: i64 = EPOCH_DAYS as i64 * 86_400_000_000;

/// Digits of a `numeric` that does not say how many it has: enough for sums of 64-bit numbers and for what `avg` computes.
const PRECISION: u8 = 38;
const SCALE: i8 = 16;

/// How a column is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Numeric {
        precision: u8,
        scale: i8,
    },
    Text,
    Bytes,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    /// An array: asked for as JSON text.
    List,
    /// Any other type: asked for as the server's own text.
    Other,
}

impl Kind {
    pub(super) fn of(kind: &Type, modifier: i32) -> Self {
        match *kind {
            Type::BOOL => Self::Bool,
            Type::INT2 => Self::Int2,
            Type::INT4 => Self::Int4,
            Type::INT8 => Self::Int8,
            Type::FLOAT4 => Self::Float4,
            Type::FLOAT8 => Self::Float8,
            Type::NUMERIC => numeric_kind(modifier),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => Self::Text,
            Type::BYTEA => Self::Bytes,
            Type::DATE => Self::Date,
            Type::TIME => Self::Time,
            Type::TIMESTAMP => Self::Timestamp,
            Type::TIMESTAMPTZ => Self::TimestampTz,
            _ => match kind.kind() {
                TypeKind::Array(_) => Self::List,
                TypeKind::Domain(base) => Self::of(base, modifier),
                _ => Self::Other,
            },
        }
    }

    /// Whether we read the type's binary form.
    pub(super) fn is_read(self) -> bool {
        !matches!(self, Self::List | Self::Other)
    }

    pub(super) fn data_type(self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Int2 | Self::Int4 | Self::Int8 => DataType::Int64,
            Self::Float4 | Self::Float8 => DataType::Float64,
            Self::Numeric { precision, scale } => DataType::Decimal128(precision, scale),
            Self::Text | Self::List | Self::Other => DataType::Utf8,
            Self::Bytes => DataType::Binary,
            Self::Date => DataType::Date32,
            Self::Time => DataType::Time64(TimeUnit::Microsecond),
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::TimestampTz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }
}

/// The modifier of `numeric(p, s)` is `(p << 16 | s) + 4`.
fn numeric_kind(modifier: i32) -> Kind {
    let said = modifier.checked_sub(4).filter(|said| *said >= 0);
    let parts = said.map(|said| ((said >> 16) & 0xffff, (said & 0x7ff) ^ 1024));
    let parts = parts.map(|(precision, scale)| (precision, scale - 1024));
    match parts {
        Some((precision @ 1..=38, scale)) if (0..=precision).contains(&scale) => Kind::Numeric {
            precision: precision as u8,
            scale: scale as i8,
        },
        _ => Kind::Numeric {
            precision: PRECISION,
            scale: SCALE,
        },
    }
}

/// A value as it came.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(
        _: &Type,
        raw: &'a [u8],
    ) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Columns that grow row by row.
pub(super) struct Cells {
    columns: Vec<(String, Kind, Column)>,
    rows: usize,
}

enum Column {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    Float(Float64Builder),
    Decimal(Decimal128Builder),
    Text(StringBuilder),
    Bytes(BinaryBuilder),
    Date(Date32Builder),
    Time(Time64MicrosecondBuilder),
    Timestamp(TimestampMicrosecondBuilder),
}

impl Cells {
    pub(super) fn new(columns: &[(String, Kind)]) -> Self {
        let columns = columns
            .iter()
            .map(|(name, kind)| (name.clone(), *kind, Column::new(*kind)));
        Self {
            columns: columns.collect(),
            rows: 0,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn push(&mut self, engine: &str, row: &Row) -> Result<()> {
        for (at, (name, kind, column)) in self.columns.iter_mut().enumerate() {
            let unread = |message: String| Error::TypeMismatch {
                engine: engine.to_owned(),
                message: format!("column `{name}`: {message}"),
            };
            let raw: Option<Raw<'_>> =
                row.try_get(at).map_err(|cause| unread(cause.to_string()))?;
            column.push(*kind, raw.map(|raw| raw.0)).map_err(unread)?;
        }
        self.rows += 1;
        Ok(())
    }

    pub(super) fn batch(self, engine: &str, schema: &SchemaRef) -> Result<RecordBatch> {
        let fields = schema.fields().iter();
        let columns = self.columns.into_iter().zip(fields);
        let arrays = columns
            .map(|((_, _, column), field)| column.array(field.data_type()))
            .collect();
        let rows = RecordBatchOptions::new().with_row_count(Some(self.rows));
        RecordBatch::try_new_with_options(SchemaRef::clone(schema), arrays, &rows).map_err(
            |cause| Error::TypeMismatch {
                engine: engine.to_owned(),
                message: cause.to_string(),
            },
        )
    }
}

impl Column {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Bool => Self::Bool(BooleanBuilder::new()),
            Kind::Int2 | Kind::Int4 | Kind::Int8 => Self::Int(Int64Builder::new()),
            Kind::Float4 | Kind::Float8 => Self::Float(Float64Builder::new()),
            Kind::Numeric { .. } => {
                Self::Decimal(Decimal128Builder::new().with_data_type(kind.data_type()))
            }
            Kind::Text | Kind::List | Kind::Other => Self::Text(StringBuilder::new()),
            Kind::Bytes => Self::Bytes(BinaryBuilder::new()),
            Kind::Date => Self::Date(Date32Builder::new()),
            Kind::Time => Self::Time(Time64MicrosecondBuilder::new()),
            Kind::Timestamp | Kind::TimestampTz => {
                Self::Timestamp(TimestampMicrosecondBuilder::new())
            }
        }
    }

    fn push(&mut self, kind: Kind, raw: Option<&[u8]>) -> std::result::Result<(), String> {
        match self {
            Self::Bool(cells) => cells.append_option(raw.map(|raw| raw == [1])),
            Self::Int(cells) => cells.append_option(raw.map(|raw| whole(kind, raw)).transpose()?),
            Self::Float(cells) => cells.append_option(raw.map(|raw| float(kind, raw)).transpose()?),
            Self::Decimal(cells) => {
                cells.append_option(raw.map(|raw| decimal(kind, raw)).transpose()?);
            }
            Self::Text(cells) => cells.append_option(raw.map(text).transpose()?),
            Self::Bytes(cells) => cells.append_option(raw),
            Self::Date(cells) => cells.append_option(raw.map(date).transpose()?),
            Self::Time(cells) => cells.append_option(raw.map(eight).transpose()?),
            Self::Timestamp(cells) => cells.append_option(raw.map(moment).transpose()?),
        }
        Ok(())
    }

    fn array(mut self, data_type: &DataType) -> ArrayRef {
        match &mut self {
            Self::Bool(cells) => Arc::new(cells.finish()),
            Self::Int(cells) => Arc::new(cells.finish()),
            Self::Float(cells) => Arc::new(cells.finish()),
            Self::Decimal(cells) => Arc::new(cells.finish()),
            Self::Text(cells) => Arc::new(cells.finish()),
            Self::Bytes(cells) => Arc::new(cells.finish()),
            Self::Date(cells) => Arc::new(cells.finish()),
            Self::Time(cells) => Arc::new(cells.finish()),
            Self::Timestamp(cells) => Arc::new(cells.finish().with_data_type(data_type.clone())),
        }
    }
}

fn bytes<const N: usize>(raw: &[u8]) -> std::result::Result<[u8; N], String> {
    raw.try_into()
        .map_err(|_| format!("{} bytes came where {N} should be", raw.len()))
}

fn whole(kind: Kind, raw: &[u8]) -> std::result::Result<i64, String> {
    match kind {
        Kind::Int2 => bytes(raw).map(|raw| i64::from(i16::from_be_bytes(raw))),
        Kind::Int4 => bytes(raw).map(|raw| i64::from(i32::from_be_bytes(raw))),
        _ => eight(raw),
    }
}

fn eight(raw: &[u8]) -> std::result::Result<i64, String> {
    bytes(raw).map(i64::from_be_bytes)
}

fn float(kind: Kind, raw: &[u8]) -> std::result::Result<f64, String> {
    if kind == Kind::Float4 {
        return bytes(raw).map(|raw| f64::from(f32::from_be_bytes(raw)));
    }
    bytes(raw).map(f64::from_be_bytes)
}

fn decimal(kind: Kind, raw: &[u8]) -> std::result::Result<i128, String> {
    let Kind::Numeric { precision, scale } = kind else {
        return Err("it is no number".to_owned());
    };
    numeric::read(raw, precision, scale)
}

fn text(raw: &[u8]) -> std::result::Result<&str, String> {
    std::str::from_utf8(raw).map_err(|cause| cause.to_string())
}

fn date(raw: &[u8]) -> std::result::Result<i32, String> {
    let days = i32::from_be_bytes(bytes(raw)?);
    days.checked_add(EPOCH_DAYS)
        .filter(|_| days > i32::MIN)
        .ok_or_else(|| "a date that never comes (infinity) has no value here".to_owned())
}

fn moment(raw: &[u8]) -> std::result::Result<i64, String> {
    let microseconds = eight(raw)?;
    microseconds
        .checked_add(EPOCH_MICROSECONDS)
        .filter(|_| microseconds > i64::MIN)
        .ok_or_else(|| "a moment that never comes (infinity) has no value here".to_owned())
}
