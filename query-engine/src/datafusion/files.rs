//! Files as tables: which files, what columns, and whether they are still there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::execution::SessionState;
use futures::TryStreamExt;

use super::csv::{self, CsvOptions};
use super::failures;
use super::scan::CsvTable;
use crate::budget::Budget;
use crate::error::{Error, Result};

/// How files are read.
#[derive(Debug, Clone)]
pub(super) enum Format {
    Csv(CsvOptions),
    Parquet,
}

impl Format {
    fn extension(&self) -> &'static str {
        match self {
            Self::Csv(_) => ".csv",
            Self::Parquet => ".parquet",
        }
    }
}

/// A table of files: one file, a folder of them, or a glob.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pattern: String,
    url: ListingTableUrl,
    format: Format,
    schema: SchemaRef,
}

impl Files {
    /// Looks at the files and settles the columns.
    pub(super) async fn open(
        engine: &str,
        pattern: &str,
        format: Format,
        state: &SessionState,
    ) -> Result<Self> {
        let url = ListingTableUrl::parse(pattern)
            .map_err(|cause| bad(pattern, &cause.strip_backtrace()))?;
        let mut files = Self {
            pattern: pattern.to_owned(),
            url,
            format,
            schema: Arc::new(Schema::empty()),
        };
        let paths = files.paths(state).await?;
        files.schema = match &files.format {
            Format::Csv(options) => csv::schema(&paths, options)?,
            Format::Parquet => files.parquet_schema(engine, state).await?,
        };
        Ok(files)
    }

    async fn parquet_schema(&self, engine: &str, state: &SessionState) -> Result<SchemaRef> {
        let schema = self.options().infer_schema(state, &self.url).await;
        let schema =
            schema.map_err(
                |cause| match failures::error(engine, &Budget::UNLIMITED, &cause) {
                    Error::OverBudget { .. } => bad(&self.pattern, "its footer is too large"),
                    error => bad(&self.pattern, &error.to_string()),
                },
            )?;
        Ok(plain(&schema))
    }

    /// The files that there are now. None at all is an error: an empty answer would be a wrong one.
    pub(super) async fn paths(&self, state: &dyn Session) -> Result<Vec<PathBuf>> {
        let missing = |cause: &dyn std::fmt::Display| bad(&self.pattern, &cause.to_string());
        let store = state
            .runtime_env()
            .object_store(&self.url)
            .map_err(|cause| missing(&cause))?;
        let listed = self
            .url
            .list_all_files(state, &store, self.extension())
            .await;
        let found: Vec<_> = match listed {
            Ok(stream) => stream
                .try_collect()
                .await
                .map_err(|cause| missing(&cause.strip_backtrace()))?,
            Err(cause) => return Err(missing(&cause.strip_backtrace())),
        };
        if found.is_empty() {
            return Err(bad(&self.pattern, "there is no such file"));
        }
        let mut paths: Vec<PathBuf> = found
            .into_iter()
            .map(|file| Path::new("/").join(file.location.to_string()))
            .collect();
        paths.sort();
        Ok(paths)
    }

    /// Checks before a query that the files are there and of one layout.
    pub(super) async fn check(&self, state: &SessionState) -> Result<()> {
        let paths = self.paths(state).await?;
        match &self.format {
            Format::Csv(options) => csv::same_headers(&paths, options, &self.schema),
            Format::Parquet => Ok(()),
        }
    }

    /// A single file is what its user says, whatever it is called; in a folder the name decides.
    fn extension(&self) -> &'static str {
        if self.url.is_collection() {
            self.format.extension()
        } else {
            ""
        }
    }

    fn options(&self) -> ListingOptions {
        let parquet = ParquetFormat::default().with_force_view_types(false);
        ListingOptions::new(Arc::new(parquet)).with_file_extension(self.extension())
    }

    /// The table to register.
    pub(super) fn table(&self) -> Result<Arc<dyn TableProvider>> {
        if let Format::Csv(options) = &self.format {
            let (files, options) = (self.clone(), options.clone());
            return Ok(Arc::new(CsvTable { files, options }));
        }
        let config = ListingTableConfig::new(self.url.clone())
            .with_listing_options(self.options())
            .with_schema(SchemaRef::clone(&self.schema));
        match ListingTable::try_new(config) {
            Ok(table) => Ok(Arc::new(table)),
            Err(cause) => Err(bad(&self.pattern, &cause.strip_backtrace())),
        }
    }

    pub(super) fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }

    pub(super) fn pattern(&self) -> &str {
        &self.pattern
    }
}

/// The columns in the types that every engine answers with: no views, no dictionaries, microseconds where they do.
fn plain(schema: &Schema) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| Field::clone(field).with_data_type(plain_type(field.data_type())))
        .collect();
    Arc::new(Schema::new(fields))
}

fn plain_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
        DataType::Dictionary(_, values) => plain_type(values),
        DataType::Timestamp(TimeUnit::Second | TimeUnit::Millisecond, zone) => {
            DataType::Timestamp(TimeUnit::Microsecond, zone.clone())
        }
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => DataType::Int64,
        DataType::Float16 | DataType::Float32 => DataType::Float64,
        DataType::Date64 => DataType::Date32,
        other => other.clone(),
    }
}

fn bad(path: &str, message: &str) -> Error {
    Error::BadFile {
        path: path.to_owned(),
        message: message.to_owned(),
    }
}
