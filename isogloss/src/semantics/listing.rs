//! What there is to ask for: metrics, and what they can be grouped by.

use std::collections::BTreeMap;

use semantic_model::layer::{
    FieldRole, GrainName, GroupBy, MetricKind, MetricRequest, Notes, Query,
};
use semantic_model::plan::{
    Catalog, DatasetId, Member, MetricId, Options, PlanError, Target, compile,
};

use super::group_by as by_text;
use super::lookup::Narrowing;
use super::{DomainName, KnownMetric, QueryError, QueryRequest, Semantics};

/// Dimensions more entities away than this are not listed; they can be asked for.
const HOPS_MAX: usize = 2;

/// A metric that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedMetric {
    /// The shortest name that means it and no other.
    pub name: String,
    /// Its name behind that of its layer.
    pub qualified_name: String,
    /// How it is computed.
    pub kind: MetricType,
    /// Its name for people.
    pub label: Option<String>,
    /// What it means.
    pub description: Option<String>,
    /// Other words for it.
    pub synonyms: Vec<String>,
    /// The layer, by its handle.
    pub layer: String,
    /// The source that declares it; none if the configuration does.
    pub source: Option<String>,
    /// The engine that holds its tables, where that is known.
    pub engine: Option<String>,
    /// The domains that it belongs to.
    pub domains: Vec<DomainName>,
    /// The IRI of the metric in the graph, where it has one.
    pub iri: Option<String>,
}

/// How a metric is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricType {
    /// One aggregation over the rows of one dataset.
    Simple,
    /// One metric divided by another.
    Ratio,
    /// Arithmetic over other metrics, or over aggregates.
    Derived,
    /// A metric over a window of time.
    Cumulative,
    /// How many of one event are followed by another.
    Conversion,
    /// A metric at a grain of its own.
    FixedGrain,
}

/// Something to group by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its name in queries.
    pub name: String,
    /// What it is.
    pub kind: DimensionKind,
    /// Of a time: the finest grain at which it is known.
    pub grain: Option<GrainName>,
    /// Its name for people.
    pub label: Option<String>,
    /// What it means.
    pub description: Option<String>,
    /// Other words for it.
    pub synonyms: Vec<String>,
    /// The declared type of its values.
    pub data_type: Option<String>,
    /// The dataset that holds it, by its name in the layer; none for `metric_time`.
    pub dataset: Option<String>,
    /// The IRI of the dataset in the graph, where it has one.
    pub dataset_iri: Option<String>,
    /// The layer of the dataset, by its handle.
    pub layer: Option<String>,
}

/// What is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DimensionKind {
    /// Values that are equal or not.
    Categorical,
    /// A time, at some grain.
    Time,
    /// The key of an entity.
    Entity,
}

impl Semantics {
    /// Lists the metrics, by their names; those that are for their layer alone are left out.
    pub fn metrics(&self) -> Vec<ListedMetric> {
        let mut listed: Vec<ListedMetric> =
            self.visible().map(|known| self.listed(known)).collect();
        listed.sort_by(|a, b| a.qualified_name.cmp(&b.qualified_name));
        listed
    }

    /// Looks a metric up by the IRI that the graph has for it.
    pub fn metric_of(&self, iri: &str) -> Option<ListedMetric> {
        let place = self.iris.get(iri)?;
        Some(self.listed(&self.metrics[*place]))
    }

    /// Lists what some metrics can be grouped by together; every name that is given is accepted in a query for them.
    ///
    /// # Errors
    /// [`QueryError::Refused`] for a metric that is unknown, ambiguous or not well defined.
    pub fn dimensions(
        &self,
        metrics: &[String],
        domain: Option<&str>,
    ) -> Result<Vec<Dimension>, QueryError> {
        let narrowing = Narrowing {
            domain,
            ..Narrowing::default()
        };
        let mut spaces: BTreeMap<usize, Vec<MetricId>> = BTreeMap::new();
        for name in metrics {
            let known = self.find_metric(name, narrowing)?;
            spaces.entry(known.space).or_default().push(known.id);
        }
        let mut common: Option<Vec<Dimension>> = None;
        for (space, ids) in spaces {
            let own = self.dimensions_in(space, &ids)?;
            common = Some(match common {
                None => own,
                Some(mut before) => {
                    before.retain(|it| own.iter().any(|o| o.name == it.name && o.kind == it.kind));
                    before
                }
            });
        }
        Ok(common.unwrap_or_default())
    }

    /// Lists what further groups some metrics can be grouped by when they are grouped by these already.
    ///
    /// # Errors
    /// As [`Semantics::dimensions`].
    pub fn compatible_dimensions(
        &self,
        metrics: &[String],
        group_by: &[String],
        domain: Option<&str>,
    ) -> Result<Vec<Dimension>, QueryError> {
        let mut dimensions = self.dimensions(metrics, domain)?;
        let engines = super::Engines::default();
        let request = |more: Option<&str>| QueryRequest {
            query: Query {
                metrics: metrics.iter().map(|name| by_name(name)).collect(),
                group_by: group_by
                    .iter()
                    .map(String::as_str)
                    .chain(more)
                    .map(by_text)
                    .collect(),
                ..Query::default()
            },
            domain: domain.map(str::to_owned),
            ..QueryRequest::default()
        };
        self.plan(&request(None), &engines)?;
        dimensions.retain(|it| !group_by.contains(&it.name));
        dimensions.retain(|it| self.plan(&request(Some(&it.name)), &engines).is_ok());
        Ok(dimensions)
    }

    /// Lists the metrics that can be grouped by all of some dimensions; all metrics where none is given.
    ///
    /// # Errors
    /// [`QueryError::Refused`] where no layer knows one of the names.
    pub fn compatible_metrics(
        &self,
        dimensions: &[String],
        domain: Option<&str>,
    ) -> Result<Vec<ListedMetric>, QueryError> {
        let groups: Vec<GroupBy> = dimensions.iter().map(|name| by_text(name)).collect();
        let mut refused: Option<PlanError> = None;
        let mut fitting: Vec<ListedMetric> = Vec::new();
        for known in self.visible() {
            let lies = |domain: &str| known.domains.iter().any(|own| own.is_called(domain));
            if domain.is_some_and(|domain| !lies(domain)) {
                continue;
            }
            match self.can_group(known, &groups) {
                Ok(()) => fitting.push(self.listed(known)),
                Err(error) => refused = Some(nearer(refused, error)),
            }
        }
        match refused {
            // A name that is known somewhere fits nothing; one that is known nowhere is a mistake.
            Some(error) if fitting.is_empty() && is_unknown(&error) => Err(error.into()),
            _ => {
                fitting.sort_by(|a, b| a.qualified_name.cmp(&b.qualified_name));
                Ok(fitting)
            }
        }
    }

    fn can_group(&self, known: &KnownMetric, groups: &[GroupBy]) -> Result<(), PlanError> {
        let catalog = self.catalog(known);
        if groups.is_empty() {
            return catalog.body(known.id).map(|_| ());
        }
        for group in groups {
            catalog.resolve(group, catalog.sources(known.id))?;
        }
        compiles(catalog, &[known.id], groups)
    }

    fn dimensions_in(
        &self,
        space: usize,
        metrics: &[MetricId],
    ) -> Result<Vec<Dimension>, PlanError> {
        let catalog = &*self.spaces[space].catalog;
        let datasets = catalog.grouped_by(metrics)?;
        let mut dimensions = Vec::new();
        let names = catalog.group_names(&datasets, HOPS_MAX);
        for name in std::iter::once("metric_time".to_owned()).chain(names) {
            let group = GroupBy::new(&name);
            let Ok(members) = catalog.resolve(&group, &datasets) else {
                continue;
            };
            let Some((member, from)) = members.first().zip(datasets.first()) else {
                continue;
            };
            if is_fact(catalog, member) || compiles(catalog, metrics, &[group]).is_err() {
                continue;
            }
            dimensions.push(self.dimension(space, name, member, *from));
        }
        Ok(dimensions)
    }

    fn dimension(&self, space: usize, name: String, member: &Member, from: DatasetId) -> Dimension {
        let catalog = &*self.spaces[space].catalog;
        let nothing = Notes::default();
        let (kind, notes, data_type, holder) = match member.target {
            Target::MetricTime => (DimensionKind::Time, &nothing, None, None),
            Target::Field(id) => {
                let field = catalog.field(id);
                let kind = if catalog.is_time(id) {
                    DimensionKind::Time
                } else {
                    DimensionKind::Categorical
                };
                (
                    kind,
                    &field.notes,
                    field.data_type.clone(),
                    Some(id.dataset),
                )
            }
            Target::Entity(id) => {
                let entity = catalog.entity(id);
                let end = catalog.end(from, &member.path);
                (DimensionKind::Entity, &entity.notes, None, Some(end))
            }
        };
        let dataset = holder.map(|id| catalog.dataset(id).name.clone());
        let layer = dataset.as_ref().and_then(|dataset| {
            let mut layers = self.layers.iter().filter(|layer| layer.space == space);
            layers.find(|it| it.layer.datasets.iter().any(|own| own.name == *dataset))
        });
        Dimension {
            name,
            kind,
            grain: member.grain.clone(),
            label: notes.label.clone(),
            description: notes.description.clone(),
            synonyms: notes.synonyms.clone(),
            data_type,
            dataset_iri: layer
                .zip(dataset.as_ref())
                .and_then(|(layer, dataset)| layer.iris.datasets.get(dataset).cloned()),
            layer: layer.map(|layer| layer.handle.clone()),
            dataset,
        }
    }

    pub(super) fn listed(&self, known: &KnownMetric) -> ListedMetric {
        let (metric, layer) = (self.metric(known), &self.layers[known.layer]);
        ListedMetric {
            name: self.shortest_name(known),
            qualified_name: self.qualified_name(known),
            kind: type_of(&metric.kind),
            label: metric.notes.label.clone(),
            description: metric.notes.description.clone(),
            synonyms: metric.notes.synonyms.clone(),
            layer: layer.handle.clone(),
            source: layer.source.clone(),
            engine: layer.engine.clone(),
            domains: known.domains.clone(),
            iri: known.iri.clone(),
        }
    }
}

fn by_name(name: &str) -> MetricRequest {
    MetricRequest {
        name: name.to_owned(),
        alias: None,
    }
}

fn is_fact(catalog: &Catalog, member: &Member) -> bool {
    match member.target {
        Target::Field(id) => catalog.field(id).role == FieldRole::Fact,
        Target::MetricTime | Target::Entity(_) => false,
    }
}

/// Tells whether metrics can be grouped so, by planning it.
fn compiles(catalog: &Catalog, metrics: &[MetricId], groups: &[GroupBy]) -> Result<(), PlanError> {
    let query = Query {
        metrics: metrics
            .iter()
            .map(|id| by_name(&catalog.metric(*id).full_name()))
            .collect(),
        group_by: groups.to_vec(),
        ..Query::default()
    };
    compile(catalog, &query, &Options::default()).map(|_| ())
}

fn is_unknown(error: &PlanError) -> bool {
    error.reason == semantic_model::plan::Reason::UnknownGroup
}

/// Keeps the refusal that tells more.
fn nearer(before: Option<PlanError>, error: PlanError) -> PlanError {
    let rank = |error: &PlanError| (is_unknown(error), error.choices.is_empty());
    match before {
        Some(before) if rank(&before) <= rank(&error) => before,
        _ => error,
    }
}

fn type_of(kind: &MetricKind) -> MetricType {
    match kind {
        MetricKind::Simple(_) => MetricType::Simple,
        MetricKind::Ratio { .. } => MetricType::Ratio,
        MetricKind::Derived { .. } | MetricKind::Expression(_) => MetricType::Derived,
        MetricKind::Cumulative(_) => MetricType::Cumulative,
        MetricKind::Conversion(_) => MetricType::Conversion,
        MetricKind::FixedGrain(_) => MetricType::FixedGrain,
    }
}
