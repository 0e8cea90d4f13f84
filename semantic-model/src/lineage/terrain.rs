//! The rules of a walk along lineage: which entities it shows, and which it takes for one.

use graph_core::TermId;
use graph_core::traverse::{Pass, Terrain};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Filter, Rest};
use crate::entity::Entity;
use crate::identities::{said_same, without_refused};
use crate::kind::EntityKind;
use crate::model::Model;
use crate::views::{Column, Dataset};

/// What two sources call by two names: one table by its qualified name or `owl:sameAs`, its columns by their names.
pub(crate) struct Twins<'m> {
    model: &'m Model<'m>,
    /// The qualified names whose tables were named already.
    named: FxHashSet<TermId>,
    /// The columns of the tables looked at, by table and then by name.
    columns: FxHashMap<TermId, FxHashMap<String, Vec<TermId>>>,
}

impl<'m> Twins<'m> {
    pub(crate) fn new(model: &'m Model<'m>) -> Self {
        Self {
            model,
            named: FxHashSet::default(),
            columns: FxHashMap::default(),
        }
    }

    /// Adds the twins of a node, leaving out those of a qualified name that was met before.
    pub(crate) fn add(&mut self, node: TermId, found: &mut Vec<TermId>) {
        let entity = self.model.entity_of(node);
        found.extend(said_same(self.model, node));
        match entity.kind() {
            Some(EntityKind::Dataset) => self.add_tables(entity, found),
            Some(EntityKind::Column) => self.add_columns(Column(entity), found),
            _ => {}
        }
        without_refused(self.model, node, found);
    }

    fn add_tables(&mut self, table: Entity<'m>, found: &mut Vec<TermId>) {
        let word = self.model.words().qualified_name;
        for name in table.objects(word) {
            if self.named.insert(name) {
                let tables = self.model.subjects(word, name).into_iter();
                found.extend(tables.filter(|id| {
                    *id != table.id() && self.model.kind_of(*id) == Some(EntityKind::Dataset)
                }));
            }
        }
    }

    fn add_columns(&mut self, column: Column<'m>, found: &mut Vec<TermId>) {
        let Some((dataset, name)) = column.dataset().zip(column.name()) else {
            return;
        };
        let name = name.to_lowercase();
        for twin in dataset.twins() {
            let columns = self
                .columns
                .entry(twin.id())
                .or_insert_with(|| columns_by_name(twin));
            found.extend(columns.get(&name).into_iter().flatten());
        }
    }
}

fn columns_by_name(table: Dataset<'_>) -> FxHashMap<String, Vec<TermId>> {
    let mut columns: FxHashMap<String, Vec<TermId>> = FxHashMap::default();
    for column in table.columns() {
        if let Some(name) = column.name() {
            columns
                .entry(name.to_lowercase())
                .or_default()
                .push(column.id());
        }
    }
    columns
}

/// A filter as a terrain.
pub(super) struct Filtered<'m> {
    pub(super) model: &'m Model<'m>,
    pub(super) filter: &'m Filter,
    pub(super) twins: Twins<'m>,
}

impl Terrain for Filtered<'_> {
    fn pass(&mut self, node: TermId) -> Pass {
        if self.filter.keeps(self.model.entity_of(node)) {
            return Pass::Keep;
        }
        match self.filter.rest {
            Rest::Contract => Pass::Through,
            Rest::Stop => Pass::Stop,
        }
    }

    fn same(&mut self, node: TermId, found: &mut Vec<TermId>) {
        self.twins.add(node, found);
    }
}

impl Filter {
    /// Tells whether an entity is to be shown.
    pub(super) fn keeps(&self, entity: Entity<'_>) -> bool {
        let any = |wanted: &[String], is: &dyn Fn(&str) -> bool| {
            wanted.is_empty() || wanted.iter().any(|wanted| is(wanted))
        };
        if !self.kinds.is_empty() && !entity.kind().is_some_and(|kind| self.kinds.contains(&kind)) {
            return false;
        }
        if !self.sources.is_empty() {
            let sources = entity.sources();
            if !any(&self.sources, &|name| {
                sources.iter().any(|source| source.name() == name)
            }) {
                return false;
            }
        }
        if !self.domains.is_empty() {
            let domains = entity.domains();
            let is = |name: &str| {
                let called = |it: &crate::views::Domain<'_>| {
                    it.iri() == name || it.label().eq_ignore_ascii_case(name)
                };
                domains.iter().any(called)
            };
            if !any(&self.domains, &is) {
                return false;
            }
        }
        if self.materializations.is_empty() || entity.kind() != Some(EntityKind::Dataset) {
            return true;
        }
        let selves = entity.with_twins();
        let kept: Vec<String> = selves
            .into_iter()
            .filter_map(|twin| Dataset(twin).materialization())
            .collect();
        any(&self.materializations, &|name| {
            kept.iter().any(|kept| kept.eq_ignore_ascii_case(name))
        })
    }
}
