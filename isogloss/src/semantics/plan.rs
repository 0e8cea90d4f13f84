//! From a request to SQL: one statement, or one for each set of layers that stand apart.

use semantic_model::layer::{DatePart, GroupBy, MetricRequest, OrderBy, Query};
use semantic_model::plan::{
    Catalog, ColumnKind, Compiled, Dialect, Options, PlanError, Reason, ResultColumn, compile,
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
    /// The order of the whole answer, by names of columns; empty where there is one part, which orders itself.
    pub order_by: Vec<OrderBy>,
    /// How many rows at most; none where there is one part.
    pub limit: Option<u64>,
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
        let columns = compiled.columns.iter().map(|column| {
            let metric = metrics.iter().find(|(name, _)| *name == column.name);
            PlannedColumn {
                name: column.name.clone(),
                kind: column.kind,
                metric: metric
                    .filter(|_| column.kind == ColumnKind::Metric)
                    .map(|(_, qualified)| qualified.clone()),
            }
        });
        PlannedQuery {
            columns: columns.collect(),
            parts: vec![self.part(space, compiled, request, engines)],
            order_by: Vec::new(),
            limit: None,
        }
    }

    /// Each space answers for its metrics, without an order; order and limit hold for the whole.
    fn plan_apart(
        &self,
        found: &Found,
        request: &QueryRequest,
        engines: &Engines,
    ) -> Result<PlannedQuery, PlanError> {
        if !request.query.having.is_empty() {
            let message = "conditions on metrics of layers that stand apart are not supported: ask one layer at a time";
            return Err(PlanError::new(Reason::NotSupported, message));
        }
        let apart = QueryRequest {
            total_order: false,
            ..request.clone()
        };
        let mut parts = Vec::with_capacity(found.parts.len());
        for (space, query) in &found.parts {
            let query = Query {
                order_by: Vec::new(),
                limit: None,
                ..query.clone()
            };
            let compiled = self.compile_in(*space, &query, &apart, engines)?;
            parts.push(self.part(*space, compiled, &apart, engines));
        }
        let groups = parts.first().map(|part| groups(&part.compiled.columns));
        let mut columns = groups.unwrap_or_default();
        for (name, qualified) in &found.metrics {
            columns.push(PlannedColumn {
                name: name.clone(),
                kind: ColumnKind::Metric,
                metric: Some(qualified.clone()),
            });
        }
        let mut order_by = order_of(&found.query.order_by, &columns)?;
        if request.total_order {
            let shown: Vec<ResultColumn> = columns.iter().map(as_result).collect();
            order_by = in_total(&order_by, &shown);
        }
        Ok(PlannedQuery {
            parts,
            columns,
            order_by,
            limit: request.query.limit,
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

fn as_result(column: &PlannedColumn) -> ResultColumn {
    ResultColumn {
        name: column.name.clone(),
        kind: column.kind,
    }
}

fn groups(columns: &[ResultColumn]) -> Vec<PlannedColumn> {
    let groups = columns.iter().filter(|it| it.kind != ColumnKind::Metric);
    groups
        .map(|column| PlannedColumn {
            name: column.name.clone(),
            kind: column.kind,
            metric: None,
        })
        .collect()
}

/// An order over columns of the whole: each key is a column's name, or its end.
fn order_of(keys: &[OrderBy], columns: &[PlannedColumn]) -> Result<Vec<OrderBy>, PlanError> {
    let column = |name: &str| {
        let is_end = |column: &&PlannedColumn| column.name.ends_with(&format!("__{name}"));
        let same = columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name));
        same.or_else(|| columns.iter().find(is_end))
    };
    let order = |key: &OrderBy| {
        let name = match &key.item.grain {
            Some(grain) => format!("{}__{grain}", key.item.name),
            None => key.item.name.clone(),
        };
        let column = column(&name).ok_or_else(|| {
            let message =
                format!("the query does not show `{name}`, so it cannot be ordered by it");
            let known = columns.iter().map(|column| column.name.clone());
            PlanError::new(Reason::InvalidExpression, message)
                .about(&name)
                .or(known)
        })?;
        Ok(OrderBy {
            item: GroupBy::new(&column.name),
            ..key.clone()
        })
    };
    keys.iter().map(order).collect()
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
