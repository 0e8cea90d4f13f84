//! A query with its saved query put in and its metrics found.

use std::borrow::Cow;

use super::catalog::Catalog;
use super::relation::Name;
use super::{MetricId, PlanError, Reason};
use crate::layer::{Query, SavedQuery};

/// A query with its saved query put in and its metrics found.
#[derive(Debug)]
pub(super) struct Request<'q> {
    /// The query as it is asked in full.
    pub(super) query: Cow<'q, Query>,
    /// The metrics, each with the name of its column, each once.
    pub(super) metrics: Vec<(MetricId, Name)>,
}

impl<'q> Request<'q> {
    /// Finds what a query names.
    pub(super) fn new(catalog: &Catalog, query: &'q Query) -> Result<Self, PlanError> {
        let query = match &query.saved_query {
            Some(name) => Cow::Owned(saved(catalog, name)?.refined(query)),
            None => Cow::Borrowed(query),
        };
        if !query.fields.is_empty() {
            return Err(PlanError::new(
                Reason::NotSupported,
                "rows of datasets are not planned here",
            ));
        }
        let mut metrics: Vec<(MetricId, Name)> = Vec::with_capacity(query.metrics.len());
        for asked in &query.metrics {
            let metric = catalog.metric_id(&asked.name)?;
            let alias = asked.alias.as_deref();
            let name: Name = alias.unwrap_or(&catalog.metric(metric).name).into();
            let known = metrics.iter().find(|(_, other)| *other == name);
            match known {
                Some((other, _)) if *other == metric => {}
                Some(_) => {
                    return Err(PlanError::new(
                        Reason::AmbiguousName,
                        format!("two metrics of the query are shown as `{name}`"),
                    )
                    .about(&*name));
                }
                None => metrics.push((metric, name)),
            }
        }
        Ok(Self { query, metrics })
    }
}

fn saved<'c>(catalog: &'c Catalog, name: &str) -> Result<&'c SavedQuery, PlanError> {
    let mut all = catalog.layer().saved_queries.iter();
    all.find(|saved| saved.name == name).ok_or_else(|| {
        let names = catalog.layer().saved_queries.iter();
        let near = super::names::nearest(name, names.map(|saved| saved.name.as_str()));
        PlanError::new(
            Reason::UnknownSavedQuery,
            format!("no saved query is called `{name}`"),
        )
        .about(name)
        .or(near)
    })
}
