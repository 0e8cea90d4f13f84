//! The reads of the semantic layers: metrics by dimensions, as SQL or as rows.

use std::sync::Arc;

use async_graphql::{Context, Object};
use isogloss::Snapshot;
use isogloss::search::ResolveRequest;
use isogloss::semantics::{Arrangement, Intent, QueryRequest, Semantics};

use crate::context::{read, shared, snapshot_as_of, worker};
use crate::cursor::{Page, PageSizes};
use crate::error::{Error, Measured, Result};
use crate::limits::{ROWS_DEFAULT, most};
use crate::scalars::AsOf;
use crate::types::{
    CompiledQuery, Connection, Dimension, MetricQueryInput, QueryReading, QueryResult,
    QueryableMetric, SemanticLayer, SqlDialect,
};

/// Reads the semantic layers.
#[derive(Default)]
pub(crate) struct Semantic;

#[Object]
impl Semantic {
    /// Lists the semantic layers that sources declare, and those of the server's configuration.
    async fn layers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Vec<SemanticLayer>> {
        let asked = Asked::new(ctx, as_of).await?;
        read(ctx, move || {
            let semantics = asked.semantics();
            let layers = semantics.layers().iter();
            Ok(layers
                .map(|layer| SemanticLayer::read(&asked.snapshot, layer))
                .collect())
        })
        .await
    }

    /// Lists what some metrics can be grouped by together; `query` accepts each of the names.
    async fn dimensions(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Names of metrics, bare where one metric has the name, else behind a domain or layer."
        )]
        metrics: Vec<String>,
        #[graphql(desc = "Domain that decides between metrics of one name, by IRI or label.")]
        domain: Option<String>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Vec<Dimension>> {
        short(ctx, &[&metrics])?;
        let asked = Asked::new(ctx, as_of).await?;
        read(ctx, move || {
            let found = asked.semantics().dimensions(&metrics, domain.as_deref())?;
            Ok(Dimension::all(&asked.snapshot, found))
        })
        .await
    }

    /// Lists what metrics can further be grouped by when they are grouped by some dimensions already.
    async fn compatible_dimensions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Names of metrics.")] metrics: Vec<String>,
        #[graphql(desc = "What they are grouped by already.")] group_by: Option<Vec<String>>,
        #[graphql(desc = "Domain that decides between metrics of one name, by IRI or label.")]
        domain: Option<String>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Vec<Dimension>> {
        let group_by = group_by.unwrap_or_default();
        short(ctx, &[&metrics, &group_by])?;
        let asked = Asked::new(ctx, as_of).await?;
        read(ctx, move || {
            let semantics = asked.semantics();
            let domain = domain.as_deref();
            let found = semantics.compatible_dimensions(&metrics, &group_by, domain)?;
            Ok(Dimension::all(&asked.snapshot, found))
        })
        .await
    }

    /// Lists the metrics that can be grouped by all of some dimensions; every metric where none is given.
    async fn compatible_metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Names of dimensions.")] dimensions: Vec<String>,
        #[graphql(desc = "Only metrics of this domain, by IRI or label.")] domain: Option<String>,
        #[graphql(desc = "Items in the page, 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<Connection<QueryableMetric>> {
        short(ctx, &[&dimensions])?;
        let names = dimensions.join(" ");
        let list = [
            "compatibleMetrics",
            &names,
            domain.as_deref().unwrap_or_default(),
        ];
        let page = crate::context::page(ctx, &list, first, after.as_deref())?;
        let asked = Asked::new(ctx, as_of).await?;
        read(ctx, move || {
            let semantics = asked.semantics();
            let found = semantics.compatible_metrics(&dimensions, domain.as_deref())?;
            let total = found.len();
            let items = found.into_iter().skip(page.offset).take(page.size);
            let items = items
                .map(|metric| QueryableMetric::read(&asked.snapshot, metric))
                .collect();
            Ok(Connection::new(page, total, items))
        })
        .await
    }

    /// Reads a question in words as a query for metrics, and tells which words found no place in it.
    async fn interpret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The question: \"monthly revenue per customer segment\".")] text: String,
        #[graphql(desc = "Domain that decides between metrics of one name, by IRI or label.")]
        domain: Option<String>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<QueryReading> {
        let limits = &shared(ctx)?.limits;
        most(Measured::TextBytes, text.len() as u64, limits.text_bytes)?;
        let now = shared(ctx)?.clock.now();
        let asked = Asked::new(ctx, as_of).await?;
        read(ctx, move || {
            let resolution = asked.snapshot.resolve(&ResolveRequest {
                domain: domain.clone(),
                ..ResolveRequest::new(text.as_str())
            })?;
            let reading = asked.semantics().interpret(&Intent {
                text: &text,
                domain: domain.as_deref(),
                layer: None,
                resolution: Some(&resolution),
                now: Some(now),
            })?;
            Ok(QueryReading::read(&asked.snapshot, reading))
        })
        .await
    }

    /// Turns a query for metrics into SQL, with its explanation; nothing is run and no engine is needed.
    async fn compile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The query.")] input: MetricQueryInput,
        #[graphql(
            desc = "Dialect of the SQL; that of the engine that holds the tables unless given."
        )]
        dialect: Option<SqlDialect>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<CompiledQuery> {
        let mut request = request(ctx, input)?;
        request.dialect = dialect.map(Into::into);
        let asked = Asked::new(ctx, as_of).await?;
        read(ctx, move || {
            let engines = asked.arrangement.engines();
            let planned = asked.semantics().plan(&request, engines)?;
            Ok(CompiledQuery::read(&planned))
        })
        .await
    }

    /// Runs a query for metrics where their tables are, and gives a page of its rows with its SQL and explanation.
    ///
    /// Each page runs the query, ordered by all groups besides what it orders by, so that pages do not overlap while
    /// the data stays. The work stops when nobody waits for it any more.
    async fn query(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The query.")] input: MetricQueryInput,
        #[graphql(desc = "Rows in the page, 100 unless given, 1,000 at most.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the row before the page.")] after: Option<String>,
        #[graphql(desc = "Version or time to read the graph as of, the newest unless given.")]
        as_of: Option<AsOf>,
    ) -> Result<QueryResult> {
        let shared = shared(ctx)?;
        let sizes = PageSizes {
            default: ROWS_DEFAULT,
            max: shared.limits.rows,
        };
        let name = format!("{input:?}");
        let page = Page::within(&["query", &name], first, after.as_deref(), sizes)?;
        let end = (page.offset + page.size) as u64;
        most(Measured::RowsWindow, end, shared.limits.rows_window)?;
        let mut request = request(ctx, input)?;
        request.total_order = true;
        // One row more tells whether there is another page.
        let limit = request.query.limit;
        request.query.limit = Some(limit.map_or(end + 1, |limit| limit.min(end + 1)));
        let asked = Asked::new(ctx, as_of).await?;
        let arrangement = Arc::clone(&asked.arrangement);
        let planned = read(ctx, move || {
            let engines = asked.arrangement.engines();
            Ok(asked.semantics().plan(&request, engines)?)
        })
        .await?;
        let place = worker(ctx).await?;
        let time = shared.limits.query_deadline;
        let (offset, size) = (page.offset as u64, page.size as u64);
        let run = arrangement.engines().page(&planned, offset, size, time);
        let answer = tokio::time::timeout(time, run).await;
        drop(place);
        let answer = answer.map_err(|_| Error::DeadlineExceeded {
            limit_ms: time.as_millis() as u64,
        })??;
        Ok(QueryResult::read(page, &planned, answer))
    }
}

/// The version that is asked, and where its layers are.
struct Asked {
    snapshot: Arc<Snapshot>,
    arrangement: Arc<Arrangement>,
}

impl Asked {
    async fn new(ctx: &Context<'_>, as_of: Option<AsOf>) -> Result<Self> {
        Ok(Self {
            snapshot: snapshot_as_of(ctx, as_of).await?,
            arrangement: Arc::clone(&shared(ctx)?.arrangement),
        })
    }

    /// Heavy where it is asked first for a version.
    fn semantics(&self) -> Arc<Semantics> {
        self.arrangement.semantics(&self.snapshot)
    }
}

fn request(ctx: &Context<'_>, input: MetricQueryInput) -> Result<QueryRequest> {
    let limits = &shared(ctx)?.limits;
    most(Measured::TextBytes, input.bytes(), limits.text_bytes)?;
    most(Measured::Ids, input.names(), limits.page_size)?;
    input.request()
}

/// Refuses long lists of long names.
fn short(ctx: &Context<'_>, lists: &[&[String]]) -> Result<()> {
    let limits = &shared(ctx)?.limits;
    let names = lists.iter().map(|list| list.len() as u64).sum();
    most(Measured::Ids, names, limits.page_size)?;
    let bytes = lists.iter().flat_map(|list| list.iter());
    let bytes = bytes.map(|name| name.len() as u64).sum();
    most(Measured::TextBytes, bytes, limits.text_bytes)
}
