//! Running planned queries.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use query_engine::mesh::{EngineSettings, MeshError, open_engine};
use query_engine::{Budget, Engine, Part, Rows, across, print};
use semantic_model::plan::{ColumnKind, Compiled, Dialect};

use super::{Answer, AnswerColumn, PlannedPart, PlannedQuery, QueryError};

/// The engines of a mesh, by name.
#[derive(Debug, Default)]
pub struct Engines {
    engines: BTreeMap<String, Arc<dyn Engine>>,
}

impl Engines {
    /// Makes engines ready; `folder` is what relative paths are relative to. Servers are connected to by their first
    /// query.
    ///
    /// # Errors
    /// [`QueryError::Engine`] where the settings make no sense or a file of tables is broken.
    pub async fn open(folder: &Path, settings: &[EngineSettings]) -> Result<Self, QueryError> {
        let mut engines = Self::default();
        for settings in settings {
            let engine = open_engine(folder, settings).await;
            let engine = engine.map_err(|error| bad(settings, error))?;
            if engines
                .engines
                .insert(settings.name.clone(), engine)
                .is_some()
            {
                let engine = settings.name.clone();
                let message = "another engine has this name too".to_owned();
                return Err(query_engine::Error::BadSettings { engine, message }.into());
            }
        }
        Ok(engines)
    }

    /// Adds an engine; one of the same name goes.
    #[must_use]
    pub fn with(mut self, engine: Arc<dyn Engine>) -> Self {
        self.engines.insert(engine.name().to_owned(), engine);
        self
    }

    /// Lists the names of the engines.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.engines.keys().map(String::as_str)
    }

    /// Returns the dialect of an engine.
    pub fn dialect(&self, name: &str) -> Option<Dialect> {
        Some(self.engines.get(name)?.dialect())
    }

    /// Runs a query. The columns are known when this returns; rows come as they are asked for, and dropping them
    /// stops the work.
    ///
    /// # Errors
    /// [`QueryError::NoEngine`] where nobody said where the tables are, [`QueryError::Engine`] where an engine is
    /// down, refuses or goes over the budget.
    pub async fn run(&self, planned: &PlannedQuery, budget: &Budget) -> Result<Rows, QueryError> {
        let Some(combined) = &planned.combined else {
            return match planned.parts.as_slice() {
                [part] => Ok(self.engine(part)?.query(&part.compiled.sql, budget).await?),
                _ => Ok(across(&[], "", budget).await?),
            };
        };
        let mut parts = Vec::with_capacity(planned.parts.len());
        for part in &planned.parts {
            parts.push(Part {
                engine: self.engine(part)?,
                sql: part.compiled.sql.clone(),
                groups: groups(&part.compiled),
            });
        }
        Ok(across(&parts, &combined.sql, budget).await?)
    }

    /// Runs a query and gives some of its rows.
    ///
    /// The query should be planned with a total order, or pages may overlap.
    ///
    /// # Errors
    /// As [`Engines::run`], and what goes wrong while rows come.
    pub async fn page(
        &self,
        planned: &PlannedQuery,
        offset: u64,
        size: u64,
        time: Duration,
    ) -> Result<Answer, QueryError> {
        let budget = Budget {
            time: Some(time),
            rows: None,
            ..Budget::DEFAULT
        };
        let mut rows = self.run(planned, &budget).await?;
        let fields = rows.schema();
        let columns = fields.fields().iter().map(|field| AnswerColumn {
            name: field.name().clone(),
            data_type: field.data_type().to_string(),
        });
        let mut answer = Answer {
            columns: columns.collect(),
            rows: Vec::new(),
            more: false,
        };
        let mut skip = offset;
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            for row in 0..batch.num_rows() {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                if answer.rows.len() as u64 == size {
                    // Letting go of the rows stops the engine.
                    answer.more = true;
                    return Ok(answer);
                }
                let cells = batch
                    .columns()
                    .iter()
                    .map(|column| print::value(column, row));
                let cells = cells.collect::<std::io::Result<Vec<_>>>();
                answer.rows.push(cells.map_err(unprintable)?);
            }
        }
        Ok(answer)
    }

    fn engine(&self, part: &PlannedPart) -> Result<Arc<dyn Engine>, QueryError> {
        let layer = || part.layers.first().cloned().unwrap_or_default();
        let Some(name) = &part.engine else {
            return Err(QueryError::NoEngine { layer: layer() });
        };
        let Some(engine) = self.engines.get(name) else {
            return Err(QueryError::Unknown {
                what: "engine",
                name: name.clone(),
                choices: self.names().take(3).map(str::to_owned).collect(),
            });
        };
        Ok(Arc::clone(engine))
    }
}

fn groups(compiled: &Compiled) -> usize {
    let columns = compiled.columns.iter();
    columns.filter(|it| it.kind != ColumnKind::Metric).count()
}

fn bad(settings: &EngineSettings, error: MeshError) -> query_engine::Error {
    match error {
        MeshError::Engine(error) => error,
        other => query_engine::Error::BadSettings {
            engine: settings.name.clone(),
            message: other.to_string(),
        },
    }
}

fn unprintable(error: std::io::Error) -> QueryError {
    query_engine::Error::Failed {
        engine: "answer".to_owned(),
        message: error.to_string(),
    }
    .into()
}
