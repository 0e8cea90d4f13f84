//! From a request to SQL: one statement, or one for each set of layers that stand apart.

use semantic_model::layer::{DatePart, GroupBy, MetricRequest, OrderBy, Query};
use semantic_model::plan::{
    Catalog, ColumnKind, Combined, Compiled, Dialect, Options, PlanError, Reason, ResultColumn,
    compile, filling,
};

use super::lookup::Narrowing;
use super::{Engines, QueryError, Semantics, Space};

/// A query for metrics, and what is known of who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryRequest {
    /// The query; its metrics are named as [`Semantics::metrics`] names them.
    pub query: Query,
    /// The domain that the caller works in, by IRI or label: it decides between metrics of one name.
    pub domain: Option<String>,
    /// The layer to ask, by name or source: it decides likewise, and between dimensions of one name.
    pub layer: Option<String>,
    /// The engine to ask; it decides likewise.
    pub engine: Option<String>,
    /// The dialect of the SQL; that of the engine unless given.
    pub dialect: Option<Dialect>,
    /// Orders rows by all groups after what the query orders by, so that pages of it do not overlap.
    pub total_order: bool,
}

/// A query in SQL.
#[derive(Debug, Clone)]
pub struct PlannedQuery {
    /// One statement for each set of layers that is asked; several answers are joined on all groups, so that no group
    /// of any is lost.
    pub parts: Vec<PlannedPart>,
    /// The columns of the whole answer.
    pub columns: Vec<PlannedColumn>,
    /// What is asked of the answers of several parts, which are one table [`COMBINED`](semantic_model::plan::COMBINED) to the
    /// embedded engine.
    pub combined: Option<Compiled>,
}

/// What one set of layers is asked.
#[derive(Debug, Clone)]
pub struct PlannedPart {
    /// The engine that holds the tables, where that is known.
    pub engine: Option<String>,
    /// The layers, by their handles.
    pub layers: Vec<String>,
    /// The dialect of the SQL.
    pub dialect: Dialect,
    /// The statement, its columns and its explanation.
    pub compiled: Compiled,
}

/// A column of the whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// The metric, by its qualified name, where it holds one.
    pub metric: Option<String>,
}

/// A query with each metric found.
struct Found {
    /// The places of the spaces that are asked, each with its own part of the query.
    parts: Vec<(usize, Query)>,
    /// The metrics in the order of the request: the names of their columns and their qualified names.
    metrics: Vec<(String, String)>,
    /// The whole query with metrics named as their columns.
    query: Query,
}

impl Semantics {
    /// Turns a request into SQL. No engine is needed; those that are given tell the dialects.
    ///
    /// # Errors
    /// [`QueryError::Refused`] where any answer might be wrong or a name is unknown or means several things,
    /// [`QueryError::Unknown`] for a layer or an engine that does not exist.
    pub fn plan(
        &self,
        request: &QueryRequest,
        engines: &Engines,
    ) -> Result<PlannedQuery, QueryError> {
        self.check_names(request, engines)?;
        let found = self.find(request)?;
        match found.parts.as_slice() {
            [] => Ok(self.plan_values(request, engines)?),
            [(space, query)] => {
                let compiled = self.compile_in(*space, query, request, engines)?;
                Ok(self.whole(*space, compiled, &found.metrics, request, engines))
            }
            _ => Ok(self.plan_apart(&found, request, engines)?),
        }
    }

    fn check_names(&self, request: &QueryRequest, engines: &Engines) -> Result<(), QueryError> {
        if let Some(layer) = &request.layer
            && !self.layers.iter().any(|known| known.is_called(layer))
        {
            let names = self.layers.iter().map(|known| known.handle.as_str());
            return Err(QueryError::Unknown {
                what: "layer",
                name: layer.clone(),
                choices: Catalog::near(layer, names),
            });
        }
        if let Some(engine) = &request.engine
            && !engines.names().any(|known| known == engine)
        {
            return Err(QueryError::Unknown {
                what: "engine",
                name: engine.clone(),
                choices: Catalog::near(engine, engines.names()),
            });
        }
        Ok(())
    }

    /// Finds the metrics of a request and shares the query out among the spaces that have them.
    fn find(&self, request: &QueryRequest) -> Result<Found, PlanError> {
        let narrowing = Narrowing {
            domain: request.domain.as_deref(),
            layer: request.layer.as_deref(),
            engine: request.engine.as_deref(),
        };
        let mut query = request.query.clone();
        let mut places: Vec<(usize, Vec<MetricRequest>)> = Vec::new();
        let mut columns: Vec<(String, String)> = Vec::new();
        let mut shown = Vec::with_capacity(query.metrics.len());
        for asked in &request.query.metrics {
            let known = self.find_metric(&asked.name, narrowing)?;
            let column = asked.alias.clone().unwrap_or_else(|| {
                let own = self.metric(known).name.clone();
                let taken = columns.iter().any(|(name, _)| *name == own);
                if taken {
                    self.qualified_name(known).replace(['.', '/', '-'], "__")
                } else {
                    own
                }
            });
            let metric = MetricRequest {
                name: known.name.clone(),
                alias: Some(column.clone()),
            };
            match places.iter_mut().find(|(space, _)| *space == known.space) {
                Some((_, metrics)) => metrics.push(metric.clone()),
                None => places.push((known.space, vec![metric.clone()])),
            }
            for order in &mut query.order_by {
                if order.item.name == asked.name {
                    order.item.name.clone_from(&column);
                }
            }
            let qualified = self.qualified_name(known);
            if !columns.contains(&(column.clone(), qualified.clone())) {
                columns.push((column, qualified));
                shown.push(metric);
            }
        }
        query.metrics = shown;
        if places.is_empty() && query.saved_query.is_some() {
            places = self.spaces_of_saved(request)?;
        }
        let parts = places
            .into_iter()
            .map(|(space, metrics)| {
                let part = Query {
                    metrics,
                    ..query.clone()
                };
                (space, part)
            })
            .collect();
        Ok(Found {
            parts,
            metrics: columns,
            query,
        })
    }

    /// The one space that has the saved query of a request.
    fn spaces_of_saved(
        &self,
        request: &QueryRequest,
    ) -> Result<Vec<(usize, Vec<MetricRequest>)>, PlanError> {
        let name = request.query.saved_query.as_deref().unwrap_or_default();
        let has = |space: &usize| {
            let saved = &self.spaces[*space].catalog.layer().saved_queries;
            saved.iter().any(|saved| saved.name == name)
        };
        let mut spaces: Vec<usize> = self.candidates(request).into_iter().filter(has).collect();
        if spaces.is_empty() {
            let all = self.layers.iter().flat_map(|it| &it.layer.saved_queries);
            let near = Catalog::near(name, all.map(|saved| saved.name.as_str()));
            let message = format!("no saved query is called `{name}`");
            return Err(PlanError::new(Reason::UnknownSavedQuery, message)
                .about(name)
                .or(near));
        }
        if spaces.len() > 1 {
            return Err(self.which_layer(name, &spaces));
        }
        Ok(spaces.drain(..).map(|space| (space, Vec::new())).collect())
    }

    /// The spaces that a request without metrics may mean.
    fn candidates(&self, request: &QueryRequest) -> Vec<usize> {
        let mut layers: Vec<&super::DeclaredLayer> = self.layers.iter().collect();
        if let Some(name) = &request.layer {
            layers.retain(|layer| layer.is_called(name));
        }
        if let Some(engine) = &request.engine {
            layers.retain(|layer| layer.engine.as_deref() == Some(engine));
        }
        if let Some(domain) = &request.domain {
            let of_domain = |layer: &&super::DeclaredLayer| {
                layer.domains.iter().any(|own| own.is_called(domain))
            };
            if layers.iter().any(of_domain) {
                layers.retain(of_domain);
            }
        }
        let mut spaces: Vec<usize> = layers.into_iter().map(|layer| layer.space).collect();
        spaces.sort_unstable();
        spaces.dedup();
        spaces
    }

    fn which_layer(&self, name: &str, spaces: &[usize]) -> PlanError {
        let message = format!("`{name}` is known in {} layers", spaces.len());
        let choices = spaces.iter().map(|space| {
            let names = self.names_of(*space);
            format!("layer `{}`", names.join("`, `"))
        });
        PlanError::new(Reason::AmbiguousName, message)
            .about(name)
            .or(choices)
    }

    fn names_of(&self, space: usize) -> Vec<String> {
        let layers = self.layers.iter().filter(|layer| layer.space == space);
        layers.map(|layer| layer.handle.clone()).collect()
    }

    /// A query without metrics goes to the one space that can answer it.
    fn plan_values(
        &self,
        request: &QueryRequest,
        engines: &Engines,
    ) -> Result<PlannedQuery, PlanError> {
        let candidates = self.candidates(request);
        let (mut planned, mut refused) = (Vec::new(), Vec::new());
        for space in candidates {
            match self.compile_in(space, &request.query, request, engines) {
                Ok(compiled) => planned.push((space, compiled)),
                Err(error) => refused.push(error),
            }
        }
        if planned.len() > 1 {
            let first = request
                .query
                .group_by
                .first()
                .or(request.query.fields.first());
            let name = first.map_or("the query", |item| item.name.as_str());
            let spaces: Vec<usize> = planned.iter().map(|(space, _)| *space).collect();
            return Err(self.which_layer(name, &spaces));
        }
        if let Some((space, compiled)) = planned.pop() {
            return Ok(self.whole(space, compiled, &[], request, engines));
        }
        // What a layer knows but refuses tells more than that another does not know it.
        let says_little = |error: &PlanError| {
            matches!(
                error.reason,
                Reason::UnknownGroup | Reason::UnknownField | Reason::UnknownFilterItem
            )
        };
        refused.sort_by_key(|error| (says_little(error), error.choices.is_empty()));
        Err(refused.into_iter().next().unwrap_or_else(|| {
            PlanError::new(Reason::EmptyQuery, "there is no semantic layer to ask")
        }))
    }

    fn compile_in(
        &self,
        space: usize,
        query: &Query,
        request: &QueryRequest,
        engines: &Engines,
    ) -> Result<Compiled, PlanError> {
        let Space { catalog, .. } = &self.spaces[space];
        let options = Options {
            dialect: self.dialect(space, request, engines),
            ..Options::default()
        };
        let compiled = compile(catalog, query, &options)?;
        if !request.total_order {
            return Ok(compiled);
        }
        let ordered = Query {
            order_by: in_total(&query.order_by, &compiled.columns),
            ..query.clone()
        };
        compile(catalog, &ordered, &options)
    }

    fn dialect(&self, space: usize, request: &QueryRequest, engines: &Engines) -> Dialect {
        let of_engine = || engines.dialect(self.spaces[space].engine.as_deref()?);
        request.dialect.or_else(of_engine).unwrap_or_default()
    }

    fn part(
        &self,
        space: usize,
        compiled: Compiled,
        request: &QueryRequest,
        engines: &Engines,
    ) -> PlannedPart {
        PlannedPart {
            engine: self.spaces[space].engine.clone(),
            layers: self.names_of(space),
            dialect: self.dialect(space, request, engines),
            compiled,
        }
    }

    fn whole(
        &self,
        space: usize,
        compiled: Compiled,
        metrics: &[(String, String)],
        request: &QueryRequest,
        engines: &Engines,
    ) -> PlannedQuery {
        PlannedQuery {
            columns: planned_columns(&compiled, metrics),
            parts: vec![self.part(space, compiled, request, engines)],
            combined: None,
        }
    }

    /// Each space answers for its metrics; conditions on metrics, order and limit hold for the whole.
    fn plan_apart(
        &self,
        found: &Found,
        request: &QueryRequest,
        engines: &Engines,
    ) -> Result<PlannedQuery, PlanError> {
        let apart = QueryRequest {
            total_order: false,
            ..request.clone()
        };
        let mut parts = Vec::with_capacity(found.parts.len());
        for (space, query) in &found.parts {
            let query = Query {
                having: Vec::new(),
                order_by: Vec::new(),
                limit: None,
                ..query.clone()
            };
            let compiled = self.compile_in(*space, &query, &apart, engines)?;
            parts.push(self.part(*space, compiled, &apart, engines));
        }
        let names = parts.iter().map(|part| part.layers.join("`, `"));
        let names: Vec<String> = names.map(|names| format!("layer `{names}`")).collect();
        let answers = parts.iter().map(|part| &part.compiled);
        let mut table = Combined::of(names.iter().map(String::as_str).zip(answers))?;
        for (space, query) in &found.parts {
            let layer = self.spaces[*space].catalog.layer();
            for metric in &query.metrics {
                let name = metric.alias.as_ref().unwrap_or(&metric.name);
                table.add_value(name, filling(layer, &metric.name));
            }
        }
        let shown = found.metrics.iter().map(|(name, _)| MetricRequest {
            name: name.clone(),
            alias: Some(name.clone()),
        });
        let shown: Vec<MetricRequest> = shown.collect();
        let mut combined = table.clone().compile(&found.query, shown.clone())?;
        if request.total_order {
            let ordered = Query {
                order_by: in_total(&found.query.order_by, &combined.columns),
                ..found.query.clone()
            };
            combined = table.compile(&ordered, shown)?;
        }
        Ok(PlannedQuery {
            parts,
            columns: planned_columns(&combined, &found.metrics),
            combined: Some(combined),
        })
    }
}

/// Reads what to group by as a result's column is called: `metric_time__month`, or `metric_time__extract_month` for the
/// number of the month.
pub fn group_by(name: &str) -> GroupBy {
    if let Some((name, part)) = name.rsplit_once("__extract_")
        && let Some(part) = DatePart::parse(part)
    {
        return GroupBy {
            date_part: Some(part),
            ..GroupBy::new(name)
        };
    }
    GroupBy::new(name)
}

/// The columns of an answer, with the qualified names of their metrics.
fn planned_columns(compiled: &Compiled, metrics: &[(String, String)]) -> Vec<PlannedColumn> {
    let columns = compiled.columns.iter().map(|column| {
        let named = metrics.iter().find(|(name, _)| *name == column.name);
        let metric = named.filter(|_| column.kind == ColumnKind::Metric);
        PlannedColumn {
            name: column.name.clone(),
            kind: column.kind,
            metric: metric.map(|(_, qualified)| qualified.clone()),
        }
    });
    columns.collect()
}

/// An order with every group in it: no two rows are the same then.
fn in_total(keys: &[OrderBy], columns: &[ResultColumn]) -> Vec<OrderBy> {
    let mut order = keys.to_vec();
    for column in columns {
        let known = keys.iter().any(|key| key.item.name == column.name);
        if column.kind != ColumnKind::Metric && !known {
            order.push(OrderBy {
                item: GroupBy::new(&column.name),
                descending: false,
                nulls_first: None,
            });
        }
    }
    order
}
