//! Queries for metrics: what is asked, its SQL, and a page of its rows.

use async_graphql::connection::PageInfo;
use async_graphql::{Enum, InputObject, SimpleObject};
use isogloss::model::layer::{Filter, MetricRequest, OrderBy, Query, TimeRange};
use isogloss::model::plan::{ColumnKind, Dialect, Explanation};
use isogloss::semantics::{
    Answer, PlannedColumn, PlannedPart, PlannedQuery, QueryRequest, group_by,
};

use crate::cursor::Page;
use crate::error::{Error, Result};
use crate::scalars::Cell;
use crate::types::page_info;

/// A query for metrics by groups; or, without metrics, for the values of groups.
#[derive(Debug, Clone, InputObject)]
pub struct MetricQueryInput {
    /// Metrics in the order of the columns: a bare name where one metric has it, else behind a domain or layer.
    #[graphql(default)]
    metrics: Vec<String>,
    /// Dimensions by entity and name, times with a grain: `customer__segment`, `metric_time__month`.
    #[graphql(default)]
    group_by: Vec<String>,
    /// Conditions over names of the model, which all must hold: `customer__segment = 'Gold'`.
    #[graphql(name = "where", default)]
    filters: Vec<String>,
    /// Conditions on metrics of a group.
    #[graphql(default)]
    having: Vec<String>,
    /// Metrics or groups to order by; a minus in front is descending.
    #[graphql(default)]
    order_by: Vec<String>,
    /// Rows of the whole answer at most.
    limit: Option<i32>,
    /// First day or moment of `metric_time`.
    start: Option<String>,
    /// Last day or moment of `metric_time`, itself included.
    end: Option<String>,
    /// Saved query that this one refines.
    saved_query: Option<String>,
    /// Domain that decides between metrics of one name, by IRI or label.
    domain: Option<String>,
    /// Layer that decides likewise, by name or source.
    layer: Option<String>,
    /// Engine that decides likewise.
    engine: Option<String>,
}

impl MetricQueryInput {
    fn lists(&self) -> [&[String]; 5] {
        [
            &self.metrics,
            &self.group_by,
            &self.filters,
            &self.having,
            &self.order_by,
        ]
    }

    /// Counts the items of all lists.
    pub(crate) fn names(&self) -> u64 {
        self.lists().iter().map(|list| list.len() as u64).sum()
    }

    /// Counts the bytes of all texts.
    pub(crate) fn bytes(&self) -> u64 {
        let single = [
            &self.start,
            &self.end,
            &self.saved_query,
            &self.domain,
            &self.layer,
            &self.engine,
        ];
        let single: usize = single.into_iter().flatten().map(String::len).sum();
        let lists = self.lists();
        let listed: usize = lists
            .iter()
            .flat_map(|list| list.iter())
            .map(String::len)
            .sum();
        (single + listed) as u64
    }

    /// Makes the request.
    pub(crate) fn request(self) -> Result<QueryRequest> {
        let limit = self.limit.map(|limit| {
            u64::try_from(limit).map_err(|_| Error::TooSmall {
                argument: "limit",
                value: limit.into(),
                min: 0,
            })
        });
        let range = TimeRange {
            start: self.start,
            end: self.end,
        };
        let metric = |name| MetricRequest { name, alias: None };
        let order = |text: String| OrderBy {
            item: group_by(text.strip_prefix('-').unwrap_or(&text)),
            descending: text.starts_with('-'),
            nulls_first: None,
        };
        Ok(QueryRequest {
            query: Query {
                metrics: self.metrics.into_iter().map(metric).collect(),
                group_by: self.group_by.iter().map(|name| group_by(name)).collect(),
                filters: self.filters.into_iter().map(Filter).collect(),
                having: self.having.into_iter().map(Filter).collect(),
                order_by: self.order_by.into_iter().map(order).collect(),
                limit: limit.transpose()?,
                time_range: Some(range).filter(|range| *range != TimeRange::default()),
                saved_query: self.saved_query,
                ..Query::default()
            },
            domain: self.domain,
            layer: self.layer,
            engine: self.engine,
            ..QueryRequest::default()
        })
    }
}

/// The SQL that an engine speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Dialect")]
pub enum SqlDialect {
    /// Apache DataFusion, which the embedded engine is.
    #[graphql(name = "DATAFUSION")]
    DataFusion,
    /// DuckDB.
    #[graphql(name = "DUCKDB")]
    DuckDb,
    /// PostgreSQL.
    Postgres,
    /// Apache Spark and Databricks.
    Spark,
    /// Trino.
    Trino,
    /// Snowflake.
    Snowflake,
    /// BigQuery.
    #[graphql(name = "BIGQUERY")]
    BigQuery,
}

/// A query in SQL.
#[derive(SimpleObject)]
pub struct CompiledQuery {
    /// The statement; several, each ended by a semicolon, where layers that stand apart are asked.
    sql: String,
    /// Dialect of the SQL; null where the parts are of several.
    dialect: Option<SqlDialect>,
    /// Columns of the answer.
    columns: Vec<QueryColumn>,
    /// Why it is so, in words.
    explanation: String,
    /// What each set of layers is asked; the answers of several are joined on all groups, none of which is lost.
    statements: Vec<QueryStatement>,
    /// What the embedded engine is asked of the answers of several statements, which it has as one table `combined`; null
    /// where there is one statement.
    combined: Option<String>,
}

/// What one set of layers is asked.
#[derive(SimpleObject)]
pub struct QueryStatement {
    /// Engine that holds the tables, where that is known.
    engine: Option<String>,
    /// Layers that are asked.
    layers: Vec<String>,
    /// Dialect of the SQL.
    dialect: SqlDialect,
    /// The statement.
    sql: String,
    /// Columns that tell the rows apart.
    grain: Vec<String>,
    /// What is aggregated, each alone.
    aggregations: Vec<AggregationNote>,
    /// What else is to be known.
    notes: Vec<String>,
}

/// What is aggregated of one dataset.
#[derive(SimpleObject)]
pub struct AggregationNote {
    /// Metrics.
    metrics: Vec<String>,
    /// Dataset whose rows are aggregated, each once, by its name in the layer.
    dataset: String,
    /// Time by which the rows are read, and how.
    time: Option<String>,
    /// Way to each group.
    routes: Vec<RouteNote>,
    /// Where each condition holds.
    conditions: Vec<ConditionNote>,
}

/// The way to a group.
#[derive(SimpleObject)]
pub struct RouteNote {
    /// The group.
    group: String,
    /// Way that is taken, in words.
    taken: String,
    /// Ways that are not, each with the reason.
    rejected: Vec<String>,
}

/// Where a condition holds.
#[derive(SimpleObject)]
pub struct ConditionNote {
    /// The condition.
    condition: String,
    /// Where it is applied.
    applied: String,
}

/// A column of an answer.
#[derive(SimpleObject)]
pub struct QueryColumn {
    /// Name of the column.
    name: String,
    /// What it holds.
    role: ColumnRole,
    /// Type of its values as Arrow calls it, for instance `Decimal128(14, 2)`; null before the query is run.
    datatype: Option<String>,
    /// Qualified name of the metric, where it holds one.
    metric: Option<String>,
}

/// What a column of an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ColumnKind")]
pub enum ColumnRole {
    /// A metric.
    Metric,
    /// A dimension.
    Dimension,
    /// The key of an entity.
    Entity,
    /// A moment or period.
    Time,
}

/// A page of the rows of a query.
#[derive(SimpleObject)]
pub struct QueryResult {
    /// Columns, in the order of the values of a row.
    columns: Vec<QueryColumn>,
    /// Rows, each with a value for every column.
    rows: Vec<Vec<Option<Cell>>>,
    /// Where the page stands in the answer.
    page_info: PageInfo,
    /// SQL that was run for this page, with its explanation.
    compiled: CompiledQuery,
}

impl CompiledQuery {
    /// Takes what was planned.
    pub(crate) fn read(planned: &PlannedQuery) -> Self {
        let parts = &planned.parts;
        let sql = match parts.as_slice() {
            [one] => one.compiled.sql.clone(),
            several => {
                let texts = several.iter().map(|part| format!("{};", part.compiled.sql));
                texts.collect::<Vec<_>>().join("\n\n")
            }
        };
        let first = parts.first().map(|part| part.dialect);
        let dialect = first.filter(|first| parts.iter().all(|part| part.dialect == *first));
        Self {
            sql,
            dialect: dialect.map(Into::into),
            columns: columns(&planned.columns),
            explanation: explained(parts),
            statements: parts.iter().map(QueryStatement::read).collect(),
            combined: planned.combined.as_ref().map(|it| it.sql.clone()),
        }
    }
}

fn explained(parts: &[PlannedPart]) -> String {
    let texts = parts
        .iter()
        .map(|part| part.compiled.explanation.to_string());
    let text = texts.collect::<Vec<_>>().join("\n");
    if parts.len() < 2 {
        return text;
    }
    format!("{text}\nthe answers are joined on all groups, so that no group of any is lost\n")
}

fn columns(planned: &[PlannedColumn]) -> Vec<QueryColumn> {
    let column = |column: &PlannedColumn| QueryColumn {
        name: column.name.clone(),
        role: column.kind.into(),
        datatype: None,
        metric: column.metric.clone(),
    };
    planned.iter().map(column).collect()
}

impl QueryStatement {
    fn read(part: &PlannedPart) -> Self {
        let Explanation {
            grain,
            aggregations,
            notes,
        } = part.compiled.explanation.clone();
        let aggregations = aggregations.into_iter().map(|note| AggregationNote {
            metrics: note.metrics,
            dataset: note.dataset,
            time: note.time,
            routes: note
                .paths
                .into_iter()
                .map(|path| RouteNote {
                    group: path.group,
                    taken: path.taken,
                    rejected: path.rejected,
                })
                .collect(),
            conditions: note
                .filters
                .into_iter()
                .map(|filter| ConditionNote {
                    condition: filter.condition,
                    applied: filter.applied,
                })
                .collect(),
        });
        Self {
            engine: part.engine.clone(),
            layers: part.layers.clone(),
            dialect: part.dialect.into(),
            sql: part.compiled.sql.clone(),
            grain,
            aggregations: aggregations.collect(),
            notes,
        }
    }
}

impl QueryResult {
    /// Takes a page of rows.
    pub(crate) fn read(page: Page, planned: &PlannedQuery, answer: Answer) -> Self {
        let count = answer.rows.len();
        let total = page.offset + count + usize::from(answer.more);
        let mut shown = columns(&planned.columns);
        for (column, answered) in shown.iter_mut().zip(answer.columns) {
            column.datatype = Some(answered.data_type);
        }
        let rows = answer.rows.into_iter();
        Self {
            columns: shown,
            rows: rows
                .map(|row| row.into_iter().map(Cell::of).collect())
                .collect(),
            page_info: page_info(page, count, total),
            compiled: CompiledQuery::read(planned),
        }
    }
}
