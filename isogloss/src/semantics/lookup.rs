//! From a name to the metric that it means.

use semantic_model::plan::{Catalog, PlanError, Reason};

use super::{KnownMetric, Semantics};

/// What narrows a name down.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Narrowing<'a> {
    /// A domain, by IRI or label.
    pub(super) domain: Option<&'a str>,
    /// A layer, by name or source.
    pub(super) layer: Option<&'a str>,
    /// An engine.
    pub(super) engine: Option<&'a str>,
}

impl Semantics {
    /// Finds the metric that a name means; the narrowing decides only where several have the name.
    pub(super) fn find_metric(
        &self,
        name: &str,
        narrowing: Narrowing<'_>,
    ) -> Result<&KnownMetric, PlanError> {
        let mut found = self.called(name);
        if found.len() > 1 {
            found = self.narrowed(found, narrowing);
        }
        match found.as_slice() {
            [] => Err(self.unknown(name)),
            [one] => Ok(one),
            several => Err(self.ambiguous(name, several)),
        }
    }

    /// Gives the metrics of a name: bare, with its dataset, or behind a domain, a layer or a source.
    fn called(&self, name: &str) -> Vec<&KnownMetric> {
        let lower = name.to_lowercase();
        let places = self.names.get(&lower).map_or(&[][..], Vec::as_slice);
        if !places.is_empty() {
            let all = || places.iter().map(|at| &self.metrics[*at]);
            // In its own spelling a name is meant before one that differs in case.
            let exact: Vec<&KnownMetric> = all()
                .filter(|known| known.name == name || self.metric(known).name == name)
                .collect();
            return if exact.is_empty() {
                all().collect()
            } else {
                exact
            };
        }
        let dots = name.match_indices('.').map(|(at, _)| at);
        let mut found: Vec<&KnownMetric> = Vec::new();
        for at in dots {
            let (owner, rest) = (&name[..at], &name[at + 1..]);
            let places = self.names.get(&rest.to_lowercase());
            let places = places.map_or(&[][..], Vec::as_slice).iter();
            let metrics = places.map(|at| &self.metrics[*at]);
            found.extend(metrics.filter(|known| self.is_of(known, owner)));
        }
        found
    }

    fn is_of(&self, known: &KnownMetric, owner: &str) -> bool {
        let layer = &self.layers[known.layer];
        layer.is_called(owner) || known.domains.iter().any(|domain| domain.is_called(owner))
    }

    /// Keeps what lies in the domain, the layer and over the engine; a narrowing that leaves nothing is left out.
    pub(super) fn narrowed<'a>(
        &'a self,
        mut found: Vec<&'a KnownMetric>,
        narrowing: Narrowing<'_>,
    ) -> Vec<&'a KnownMetric> {
        let mut keep = |keeps: &dyn Fn(&KnownMetric) -> bool| {
            let kept: Vec<&KnownMetric> = found.iter().copied().filter(|it| keeps(it)).collect();
            if !kept.is_empty() {
                found = kept;
            }
        };
        if let Some(layer) = narrowing.layer {
            keep(&|known| self.layers[known.layer].is_called(layer));
        }
        if let Some(engine) = narrowing.engine {
            keep(&|known| self.spaces[known.space].engine.as_deref() == Some(engine));
        }
        if let Some(domain) = narrowing.domain {
            keep(&|known| known.domains.iter().any(|own| own.is_called(domain)));
        }
        found
    }

    fn unknown(&self, name: &str) -> PlanError {
        let message = format!("no metric is called `{name}`");
        let visible = self.visible().map(|known| self.shortest_name(known));
        let mut names: Vec<String> = visible.collect();
        names.sort();
        names.dedup();
        let mut near = Catalog::near(name, names.iter().map(String::as_str));
        if near.is_empty()
            && let Some((_, last)) = name.rsplit_once('.')
        {
            near = Catalog::near(last, names.iter().map(String::as_str));
        }
        PlanError::new(Reason::UnknownMetric, message)
            .about(name)
            .or(near)
    }

    fn ambiguous(&self, name: &str, several: &[&KnownMetric]) -> PlanError {
        let message = format!("`{name}` is the name of {} metrics", several.len());
        let choices = several.iter().map(|known| self.in_words(known));
        PlanError::new(Reason::AmbiguousName, message)
            .about(name)
            .or(choices)
    }

    /// Says which metric of a name one is.
    pub(super) fn in_words(&self, known: &KnownMetric) -> String {
        let mut words = format!("`{}`", self.qualified_name(known));
        let domains: Vec<&str> = known.domains.iter().map(|it| it.label.as_str()).collect();
        if !domains.is_empty() {
            words = format!("{words} of {}", domains.join(" and "));
        }
        if let Some(description) = &self.metric(known).notes.description {
            let first = description.split(['\n', '.']).next().unwrap_or_default();
            words = format!("{words}: {}", first.trim());
        }
        words
    }

    /// Gives the name by which a metric is found whatever else the mesh has.
    pub(super) fn qualified_name(&self, known: &KnownMetric) -> String {
        format!("{}.{}", self.layers[known.layer].handle, known.name)
    }

    /// Gives the shortest name that means this metric and no other.
    pub(super) fn shortest_name(&self, known: &KnownMetric) -> String {
        let own = &self.metric(known).name;
        for name in [own, &known.name] {
            if let [one] = self.called(name).as_slice()
                && std::ptr::eq(*one, known)
            {
                return name.clone();
            }
        }
        self.qualified_name(known)
    }

    /// Gives the metrics that are for use by others than their layer.
    pub(super) fn visible(&self) -> impl Iterator<Item = &KnownMetric> {
        self.metrics
            .iter()
            .filter(|known| !self.metric(known).notes.hidden)
    }
}
