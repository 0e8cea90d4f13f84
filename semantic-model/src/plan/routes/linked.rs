//! Names with entities: `listing__user__home_state` from where it is asked.

use super::{Found, Routes};
use crate::plan::hop::By;
use crate::plan::id::place;
use crate::plan::member::Target;
use crate::plan::{DatasetId, Path, PlanError, Reason};

/// A name with more entities on the way than this is not looked for.
const LINKS_MAX: usize = 12;
/// No more places than this are looked at for one name.
const STATES_MAX: usize = 10_000;

/// Where a search has come to.
#[derive(Debug, Clone)]
struct State {
    at: DatasetId,
    path: Path,
    /// The entities on the way that the name does not say.
    links: Vec<String>,
}

impl Routes<'_> {
    /// Finds what a name with entities means for the rows of a dataset; nothing if it means nothing there.
    ///
    /// The entities of the name are the end of the way to it: where they do not start at the dataset, the nearest
    /// place at which they do is meant, so that `user__home_state` is the listing's user for a booking.
    pub(in crate::plan) fn linked(
        &self,
        from: DatasetId,
        links: &[String],
        element: &str,
    ) -> Result<Option<Found>, PlanError> {
        if links.len() > LINKS_MAX {
            return Ok(None);
        }
        let start = State {
            at: from,
            path: Path::default(),
            links: Vec::new(),
        };
        let mut passed = vec![from];
        let mut level = vec![start];
        let mut seen = 0;
        while !level.is_empty() && seen < STATES_MAX {
            seen += level.len();
            let mut found = Vec::new();
            for state in &level {
                found.extend(self.walk(from, state, links, element));
            }
            if !found.is_empty() {
                return self.nearest_of(from, found, links, element).map(Some);
            }
            if links.is_empty() {
                return Ok(None);
            }
            level = self.next_level(&level, &mut passed);
        }
        Ok(None)
    }

    fn next_level(&self, level: &[State], passed: &mut Vec<DatasetId>) -> Vec<State> {
        let mut next = Vec::new();
        for state in level {
            next.extend(self.steps(state, None, passed));
        }
        for state in &next {
            if !passed.contains(&state.at) {
                passed.push(state.at);
            }
        }
        next.truncate(STATES_MAX);
        next
    }

    /// Gives where one hop by an entity leads to: by the one of a name, or by any.
    fn steps(&self, state: &State, link: Option<&str>, passed: &[DatasetId]) -> Vec<State> {
        let last = state
            .path
            .hops
            .last()
            .map(|hop| self.graph.hop(*hop).by.name());
        let mut steps = Vec::new();
        for (id, hop) in self.graph.hops_from(state.at) {
            let By::Entity(entity) = &hop.by else {
                continue;
            };
            let is_wanted = link.is_none_or(|link| link == entity);
            // The same entity again leads sideways to what it has led to already.
            let is_sideways = last == Some(entity.as_str());
            if !hop.is_safe() || !is_wanted || is_sideways || passed.contains(&hop.to) {
                continue;
            }
            let mut links = state.links.clone();
            if link.is_none() {
                links.push(entity.clone());
            }
            steps.push(State {
                at: hop.to,
                path: state.path.then(id),
                links,
            });
        }
        steps
    }

    /// Follows the entities of a name from one place and looks for what it names at their end.
    fn walk(&self, from: DatasetId, start: &State, links: &[String], element: &str) -> Vec<Found> {
        let mut states = vec![start.clone()];
        for (at, link) in links.iter().enumerate() {
            let mut next = Vec::new();
            for state in &states {
                let passed = self.passed(from, &state.path);
                next.extend(self.steps(state, Some(link), &passed));
            }
            let is_own = at == 0 && start.path.is_empty();
            if is_own && self.local_links(from).any(|own| own == link) {
                next.push(start.clone());
            }
            states = next;
        }
        let last = links.last().map(String::as_str);
        states
            .into_iter()
            .filter_map(|state| {
                let target = self.element(state.at, last, element)?;
                let parts = state.links.iter().map(String::as_str);
                let parts = parts
                    .chain(links.iter().map(String::as_str))
                    .chain([element]);
                Some(Found {
                    name: parts.collect::<Vec<_>>().join("__"),
                    path: state.path,
                    target,
                })
            })
            .collect()
    }

    fn passed(&self, from: DatasetId, path: &Path) -> Vec<DatasetId> {
        let ends = path.hops.iter().map(|hop| self.graph.hop(*hop).to);
        std::iter::once(from).chain(ends).collect()
    }

    /// Returns the field or entity of a dataset that a name ends with.
    fn element(&self, at: DatasetId, last: Option<&str>, element: &str) -> Option<Target> {
        if last.is_some()
            && let Some(field) = self.index.field(at, element)
        {
            return Some(Target::Field(field));
        }
        if last == Some(element) {
            return None;
        }
        self.index.entity(at, element).map(Target::Entity)
    }

    /// Takes what is fewest hops away, if all that is means the same.
    fn nearest_of(
        &self,
        from: DatasetId,
        mut found: Vec<Found>,
        links: &[String],
        element: &str,
    ) -> Result<Found, PlanError> {
        let fewest = found.iter().map(|f| f.path.hops.len()).min().unwrap_or(0);
        found.retain(|f| f.path.hops.len() == fewest);
        let mut names: Vec<&str> = found.iter().map(|f| f.name.as_str()).collect();
        names.dedup();
        let mut parts: Vec<&str> = links.iter().map(String::as_str).collect();
        parts.push(element);
        let written = parts.join("__");
        let paths: Vec<Path> = found.iter().map(|f| f.path.clone()).collect();
        let meanings = self.meanings(from, &paths);
        if meanings.len() > 1 && names.len() > 1 {
            let message = format!(
                "`{written}` could be {} things for `{}`",
                meanings.len(),
                self.dataset_name(from)
            );
            let choices = found.iter().filter(|f| meanings.contains(&f.path));
            let choices = choices.map(|f| format!("`{}`: {}", f.name, self.words(from, &f.path)));
            return Err(PlanError::new(Reason::AmbiguousPath, message)
                .about(written)
                .or(choices));
        }
        let one = self.one_of(from, &paths, &written, || {
            PlanError::new(
                Reason::Unreachable,
                format!("`{written}` cannot be reached"),
            )
        })?;
        let same = found.into_iter().find(|f| f.path == one);
        same.ok_or_else(|| {
            PlanError::new(
                Reason::Unreachable,
                format!("`{written}` cannot be reached"),
            )
        })
    }

    /// Gives every name by which something can be grouped for the rows of a dataset, up to some hops away.
    pub(in crate::plan) fn names_from(&self, from: DatasetId, hops_max: usize) -> Vec<String> {
        let mut names = self.local_names(from);
        let mut passed = vec![from];
        let mut level = vec![State {
            at: from,
            path: Path::default(),
            links: Vec::new(),
        }];
        for _ in 0..hops_max {
            level = self.next_level(&level, &mut passed);
            for state in &level {
                let dataset = &self.layer.datasets[place(state.at.0)];
                let prefix = state.links.join("__");
                let last = state.links.last();
                let entities = dataset.entities.iter().filter(|e| Some(&e.name) != last);
                let elements = dataset.fields.iter().map(|field| &field.name);
                let elements = elements.chain(entities.map(|entity| &entity.name));
                names.extend(elements.map(|element| format!("{prefix}__{element}")));
            }
        }
        names
    }

    fn local_names(&self, from: DatasetId) -> Vec<String> {
        let dataset = &self.layer.datasets[place(from.0)];
        let mut names: Vec<String> = dataset.entities.iter().map(|e| e.name.clone()).collect();
        for link in self.local_links(from) {
            let fields = dataset
                .fields
                .iter()
                .map(|field| format!("{link}__{}", field.name));
            names.extend(fields);
        }
        if dataset.entities.is_empty() && dataset.primary_entity.is_none() {
            let fields = dataset.fields.iter();
            names.extend(fields.map(|field| format!("{}.{}", dataset.name, field.name)));
        }
        names
    }
}
