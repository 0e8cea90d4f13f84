//! Ways from the rows of one dataset to what a name means, and whether two ways mean the same.

use super::graph::Graph;
use super::hop::{By, Hop};
use super::id::place;
use super::index::Index;
use super::member::Target;
use super::{DatasetId, HopId, Path, PlanError, Prepared, Reason};
use crate::layer::{EntityRole, Layer};

mod linked;

/// No path is longer.
const HOPS_MAX: usize = 12;
/// No more paths than this are compared.
const PATHS_MAX: usize = 64;

/// Finds paths.
#[derive(Clone, Copy)]
pub(super) struct Routes<'a> {
    layer: &'a Layer,
    index: &'a Index,
    graph: &'a Graph,
}

/// What a name was found to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// The entities or datasets on the way and the name itself, as a result's column is called.
    pub(super) name: String,
    pub(super) path: Path,
    pub(super) target: Target,
}

impl<'a> Routes<'a> {
    pub(super) fn new(layer: &'a Layer, index: &'a Index, graph: &'a Graph) -> Self {
        Self {
            layer,
            index,
            graph,
        }
    }

    /// Returns whether a name can stand before a dot: a dataset's, or the role that a join gives it.
    pub(super) fn is_owner(&self, name: &str) -> bool {
        self.index.dataset(name).is_some() || self.roles(name).next().is_some()
    }

    /// Returns the safe hops by the join of a name.
    fn roles(&self, name: &str) -> impl Iterator<Item = (HopId, &'a Hop)> {
        let hops = self.graph.hops();
        hops.filter(move |(_, hop)| {
            hop.is_safe() && matches!(&hop.by, By::Join(join) if join == name)
        })
    }

    /// Returns the dataset that a join of a name leads to.
    pub(super) fn role_end(&self, name: &str) -> Option<DatasetId> {
        self.roles(name).next().map(|(_, hop)| hop.to)
    }

    /// Finds the one path to a dataset, or to where the join of a name leads.
    pub(super) fn path_to_owner(
        &self,
        from: DatasetId,
        owner: &str,
        element: &str,
    ) -> Result<Path, PlanError> {
        let written = format!("{owner}.{element}");
        if let Some(to) = self.index.dataset(owner) {
            let paths = self.safe_paths(from, to);
            return self.one_of(from, &paths, &written, || {
                self.unreached(from, to, &written)
            });
        }
        let mut paths = Vec::new();
        for (id, hop) in self.roles(owner) {
            let before = self.safe_paths(from, hop.from);
            paths.extend(before.iter().map(|path| path.then(id)));
        }
        self.one_of(from, &paths, &written, || {
            let ends = self.roles(owner).next().map(|(_, hop)| hop.to);
            self.unreached(from, ends.unwrap_or(from), &written)
        })
    }

    /// Takes the one meaning that paths have, or says what they could mean.
    pub(super) fn one_of(
        &self,
        from: DatasetId,
        paths: &[Path],
        written: &str,
        none: impl FnOnce() -> PlanError,
    ) -> Result<Path, PlanError> {
        let meanings = self.meanings(from, paths);
        match meanings.as_slice() {
            [] => Err(none()),
            [one] => Ok(one.clone()),
            several => {
                let message = format!(
                    "`{written}` can be reached from `{}` in {} ways that mean different things",
                    self.dataset_name(from),
                    several.len()
                );
                let choices = several.iter().map(|path| self.words(from, path));
                Err(PlanError::new(Reason::AmbiguousPath, message)
                    .about(written)
                    .or(choices))
            }
        }
    }

    /// Says why no safe path leads to a dataset.
    pub(super) fn unreached(&self, from: DatasetId, to: DatasetId, written: &str) -> PlanError {
        let (from_name, to_name) = (self.dataset_name(from), self.dataset_name(to));
        let error = if self.graph.are_connected(from, to) {
            let message = format!(
                "`{written}` is finer than `{from_name}`: rows of `{from_name}` would be counted once for \
                 each row of `{to_name}` that they meet"
            );
            PlanError::new(Reason::FinerGrain, message)
        } else {
            let message =
                format!("no join leads from `{from_name}` to `{to_name}` for `{written}`");
            PlanError::new(Reason::Unreachable, message)
        };
        error.about(written)
    }

    fn dataset_name(&self, id: DatasetId) -> &'a str {
        &self.layer.datasets[place(id.0)].name
    }

    /// Gives the dataset itself and all that its rows look up, each once.
    pub(super) fn looked_up(&self, from: DatasetId) -> Vec<DatasetId> {
        let mut found = vec![from];
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            next += 1;
            for (_, hop) in self.graph.hops_from(at) {
                if hop.is_safe() && !found.contains(&hop.to) {
                    found.push(hop.to);
                }
            }
        }
        found
    }

    /// Gives all paths that repeat no row and pass no dataset twice.
    pub(super) fn safe_paths(&self, from: DatasetId, to: DatasetId) -> Vec<Path> {
        let mut found = Vec::new();
        let mut open = vec![(from, Path::default(), vec![from])];
        let mut steps = 0;
        while let Some((at, path, passed)) = open.pop() {
            steps += 1;
            if at == to {
                found.push(path);
                continue;
            }
            if steps > PATHS_MAX * PATHS_MAX || found.len() >= PATHS_MAX {
                break;
            }
            if path.hops.len() >= HOPS_MAX {
                continue;
            }
            for (id, hop) in self.graph.hops_from(at) {
                if hop.is_safe() && !passed.contains(&hop.to) {
                    let mut passed = passed.clone();
                    passed.push(hop.to);
                    open.push((hop.to, path.then(id), passed));
                }
            }
        }
        found.sort_by(|a, b| (a.hops.len(), a).cmp(&(b.hops.len(), b)));
        found
    }

    /// Gives all paths that pass no dataset twice and repeat rows as seldom as can be, but do.
    pub(super) fn repeating_paths(&self, from: DatasetId, to: DatasetId) -> Vec<Path> {
        let mut found: Vec<(usize, Path)> = Vec::new();
        let mut open = vec![(from, Path::default(), vec![from], 0_usize)];
        let mut steps = 0;
        while let Some((at, path, passed, repeats)) = open.pop() {
            steps += 1;
            if at == to && !path.is_empty() {
                found.push((repeats, path));
                continue;
            }
            if steps > PATHS_MAX * PATHS_MAX || found.len() >= PATHS_MAX {
                break;
            }
            if path.hops.len() >= HOPS_MAX {
                continue;
            }
            for (id, hop) in self.graph.hops_from(at) {
                if !passed.contains(&hop.to) {
                    let mut passed = passed.clone();
                    passed.push(hop.to);
                    let repeats = repeats + usize::from(!hop.is_safe());
                    open.push((hop.to, path.then(id), passed, repeats));
                }
            }
        }
        let fewest = found
            .iter()
            .map(|(repeats, _)| *repeats)
            .filter(|r| *r > 0)
            .min();
        let mut paths: Vec<Path> = found
            .into_iter()
            .filter(|(repeats, _)| Some(*repeats) == fewest)
            .map(|(_, path)| path)
            .collect();
        let shortest = paths.iter().map(|path| path.hops.len()).min();
        paths.retain(|path| Some(path.hops.len()) == shortest);
        paths
    }

    /// Keeps one path, the shortest, of those that mean the same.
    pub(super) fn meanings(&self, from: DatasetId, paths: &[Path]) -> Vec<Path> {
        let mut kept: Vec<(&Path, Vec<Origin<'a>>)> = Vec::new();
        let mut sorted: Vec<&Path> = paths.iter().collect();
        sorted.sort_by(|a, b| (a.hops.len(), *a).cmp(&(b.hops.len(), *b)));
        for path in sorted {
            let origin = self.origins(from, path);
            let end = self.graph.end(from, path);
            let is_known = kept.iter().any(|(other, known)| {
                *other == path || (self.graph.end(from, other) == end && *known == origin)
            });
            if !is_known {
                kept.push((path, origin));
            }
        }
        kept.into_iter().map(|(path, _)| path.clone()).collect()
    }

    /// Follows the keys of a path's last hop back to where their values come from.
    ///
    /// Two paths that carry the same values to the same key of the same dataset find the same row: `orders ->
    /// premium_customers -> customers` by one customer number is no other customer than `orders -> customers`.
    fn origins(&self, from: DatasetId, path: &Path) -> Vec<Origin<'a>> {
        let Some((last, before)) = path.hops.split_last() else {
            return Vec::new();
        };
        let last = self.graph.hop(*last);
        let mut origins: Vec<Origin<'a>> = last
            .keys
            .iter()
            .map(|(left, right)| self.origin(from, before, left, right))
            .collect();
        if let Some(window) = last.validity {
            // A row at a time is not a row at any time: which window it was matters too.
            for origin in &mut origins {
                origin.window = Some(window.0);
            }
        }
        origins
    }

    fn origin(
        &self,
        _from: DatasetId,
        mut before: &[HopId],
        mut value: &'a Prepared,
        key: &'a Prepared,
    ) -> Origin<'a> {
        while let Some((hop, rest)) = before.split_last() {
            let same = self
                .graph
                .hop(*hop)
                .keys
                .iter()
                .find(|(_, right)| right == value);
            let Some((left, _)) = same else {
                break;
            };
            value = left;
            before = rest;
        }
        Origin {
            before: before.to_vec(),
            value,
            key,
            window: None,
        }
    }

    /// Says in words how a path goes.
    pub(super) fn words(&self, from: DatasetId, path: &Path) -> String {
        let mut words = format!("`{}`", self.dataset_name(from));
        for id in &path.hops {
            let hop = self.graph.hop(*id);
            let keys: Vec<String> = hop.keys.iter().map(|(left, _)| spell(left)).collect();
            let by = match &hop.by {
                By::Entity(name) => format!("entity `{name}`"),
                By::Join(name) => format!("join `{name}`"),
            };
            let to = self.dataset_name(hop.to);
            words = format!("{words} to `{to}` by {by} ({})", keys.join(", "));
        }
        words
    }

    /// Returns the entity names that the own fields of a dataset are called with.
    pub(super) fn local_links(&self, dataset: DatasetId) -> impl Iterator<Item = &'a str> {
        let dataset = &self.layer.datasets[place(dataset.0)];
        let named = dataset
            .entities
            .iter()
            .filter(|entity| entity.role != EntityRole::Foreign);
        let primary = dataset.primary_entity.as_deref();
        named.map(|entity| entity.name.as_str()).chain(primary)
    }
}

/// Where a key's value comes from.
#[derive(Debug, PartialEq)]
struct Origin<'a> {
    before: Vec<HopId>,
    value: &'a Prepared,
    key: &'a Prepared,
    window: Option<super::FieldId>,
}

/// Writes an expression for people.
pub(super) fn spell(expression: &Prepared) -> String {
    let filled = expression.base().fill(|column| {
        Ok::<_, std::convert::Infallible>(sqlparser::ast::Expr::Identifier(column.name.clone()))
    });
    match filled {
        Ok(expr) => format!("`{expr}`"),
    }
}
