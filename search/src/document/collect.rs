//! Reads the records of all entities from a graph, through the typed views.

use std::sync::Arc;

use graph_core::TermId;
use rustc_hash::FxHashMap;
use semantic_model::{Contract, Dataset, Entity as View, EntityKind, Model};

use super::known::{List, Walk};
use super::standing::{self, Lifecycle, Standing};
use super::values::values;
use super::{
    ColumnDoc, DatasetDoc, Documents, DomainDoc, Entity, FeedbackDoc, Known, MetricDoc, OtherDoc,
    ProductDoc, TermDoc,
};
use crate::text::fold::fold_phrase;

/// Collects the records of every entity of a graph; with `physical_only` without labels, descriptions and synonyms.
///
/// The names and texts of entities of which nothing changed are taken from what is known.
pub(crate) fn collect(
    model: &Model<'_>,
    physical_only: bool,
    known: Option<Known<'_>>,
) -> Documents {
    let mut collector = Collector {
        physical_only,
        walk: known.map(Walk::new),
        ..Collector::default()
    };
    collector.domains(model);
    collector.products(model);
    collector.datasets(model);
    collector.concepts(model);
    collector.others(model);
    let said = model.feedback().into_iter().map(|one| FeedbackDoc {
        asked: one.asked,
        about: one.about,
        accepted: one.accepted,
        rejected: one.rejected,
    });
    collector.documents.feedback = said.collect();
    let found = std::mem::take(&mut collector.found);
    standing::settle(&mut collector.documents, &found);
    collector.documents
}

#[derive(Default)]
struct Collector<'k> {
    physical_only: bool,
    /// A walk along the lists of an earlier index.
    walk: Option<Walk<'k>>,
    documents: Documents,
    sources: FxHashMap<String, Arc<str>>,
    domain_of: FxHashMap<TermId, usize>,
    product_of: FxHashMap<TermId, usize>,
    dataset_of: FxHashMap<TermId, usize>,
    column_of: FxHashMap<TermId, usize>,
    found: Vec<standing::Found>,
}

impl Collector<'_> {
    /// Gives the names and texts of an entity of a list: the known ones when nothing was said or taken back of it since.
    fn listed(&mut self, list: List, view: &View<'_>) -> Entity {
        let known = self.walk.as_mut().and_then(|walk| walk.find(list, view));
        match known {
            Some(known) => known.clone(),
            None => self.entity(view),
        }
    }

    /// Reads the names and texts of an entity, from statements about itself alone: [`Collector::listed`] counts on it.
    fn entity(&mut self, view: &View<'_>) -> Entity {
        let label = view.label();
        let name = view.name();
        let described = !self.physical_only;
        let synonyms = if described {
            synonyms(view, &label, name.as_deref())
        } else {
            Vec::new()
        };
        let sources = view.sources();
        let sources = sources.iter().map(|source| {
            let shared = self.sources.entry(source.name().to_owned());
            Arc::clone(shared.or_insert_with(|| Arc::from(source.name())))
        });
        let sources = sources.collect();
        let says_more = described && name.as_ref().is_some_and(|name| *name != label);
        Entity {
            iri: view.iri(),
            label: says_more.then(|| label.clone()),
            name: name.unwrap_or(label),
            description: if described { view.description() } else { None },
            identifier: view.identifiers().into_iter().next(),
            synonyms,
            sources,
        }
    }

    fn domain(&self, view: &View<'_>) -> Option<usize> {
        view.domain()
            .and_then(|domain| self.domain_of.get(&domain.id()).copied())
    }

    fn product(&self, view: &View<'_>) -> Option<usize> {
        view.product()
            .and_then(|product| self.product_of.get(&product.id()).copied())
    }

    fn domains(&mut self, model: &Model<'_>) {
        for view in model.domains() {
            self.domain_of
                .insert(view.id(), self.documents.domains.len());
            let entity = self.listed(List::Domains, &view);
            self.documents.domains.push(DomainDoc {
                entity,
                parents: Vec::new(),
            });
        }
        for (at, view) in model.domains().iter().enumerate() {
            let parents = view.parents();
            let parents = parents
                .iter()
                .filter_map(|parent| self.domain_of.get(&parent.id()).copied());
            self.documents.domains[at].parents = parents.collect();
        }
    }

    fn products(&mut self, model: &Model<'_>) {
        for view in model.products() {
            self.product_of
                .insert(view.id(), self.documents.products.len());
            let entity = self.listed(List::Products, &view);
            let domain = self.domain(&view);
            self.documents.products.push(ProductDoc {
                entity,
                domain,
                owners: owners(&view),
                standing: self.standing(
                    &view,
                    view.lifecycle_status(),
                    !view.contracts().is_empty(),
                ),
            });
        }
    }

    /// Reads what an entity says of its own standing; names and keys say nothing of it.
    fn standing(&self, view: &View<'_>, status: Option<String>, contract: bool) -> Standing {
        if self.physical_only {
            return Standing::default();
        }
        let mut tags = view.keywords();
        tags.extend(view.classifications());
        Standing {
            lifecycle: status.map_or(Lifecycle::Unsaid, |status| Lifecycle::read(&status)),
            certified: tags.iter().any(|tag| standing::vouches(tag)),
            contract,
            ..Standing::default()
        }
    }

    fn datasets(&mut self, model: &Model<'_>) {
        let mut offered: FxHashMap<TermId, Vec<usize>> = FxHashMap::default();
        for (at, product) in model.products().iter().enumerate() {
            for dataset in product.datasets() {
                offered.entry(dataset.id()).or_default().push(at);
            }
        }
        let (mut references, mut lineage) = (Vec::new(), Vec::new());
        let mut known: FxHashMap<String, usize> = FxHashMap::default();
        for view in model.datasets() {
            let at = self.documents.datasets.len();
            let names = view.qualified_names();
            let schema = names.first().and_then(|name| name.rsplit('.').nth(1));
            self.found.push(standing::Found {
                schema: schema.unwrap_or_default().to_owned(),
                kind: view.materialization().unwrap_or_default().to_lowercase(),
                ..standing::Found::default()
            });
            lineage.extend(view.upstream().iter().map(|from| (at, from.id())));
            let twin = names.iter().find_map(|name| known.get(name).copied());
            for name in names {
                known.entry(name).or_insert(twin.unwrap_or(at));
            }
            self.dataset_of.insert(view.id(), at);
            let mut products = offered.get(&view.id()).cloned().unwrap_or_default();
            if products.is_empty() {
                // Another source may know the product of the same physical table.
                let twins = view.twins();
                products.extend(
                    twins
                        .iter()
                        .find_map(|twin| offered.get(&twin.id())?.first().copied()),
                );
            }
            let entity = self.listed(List::Datasets, &view);
            let domain = self.domain(&view);
            let usage = view.usage_count();
            let standing = self.dataset_standing(&view);
            self.documents.datasets.push(DatasetDoc {
                entity,
                products,
                domain,
                owners: owners(&view),
                usage,
                twin,
                standing,
                family: None,
            });
            self.columns_of(&view, at, &mut references);
        }
        for (to, from) in lineage {
            if let (Some(&from), Some(found)) = (self.dataset_of.get(&from), self.found.get_mut(to))
            {
                found.made_from.push(from);
            }
        }
        for (from, to) in references {
            if let (Some(&to), Some(column)) = (
                self.column_of.get(&to),
                self.documents.columns.get_mut(from),
            ) {
                column.references.push(to);
            }
        }
    }

    fn columns_of(
        &mut self,
        view: &Dataset<'_>,
        dataset: usize,
        references: &mut Vec<(usize, TermId)>,
    ) {
        for column in view.columns() {
            let from = self.documents.columns.len();
            self.column_of.insert(column.id(), from);
            references.extend(column.references().iter().map(|to| (from, to.id())));
            let entity = self.listed(List::Columns, &column);
            self.documents.columns.push(ColumnDoc {
                entity,
                dataset,
                references: Vec::new(),
                values: if self.physical_only {
                    Vec::new()
                } else {
                    values(view, &column)
                },
            });
        }
    }

    fn dataset_standing(&self, view: &Dataset<'_>) -> Standing {
        let agreed = |contract: &Contract<'_>| {
            let status = contract.status().unwrap_or_default();
            !matches!(
                Lifecycle::read(&status),
                Lifecycle::Retired | Lifecycle::Draft
            )
        };
        let contract = view.contracts().iter().any(agreed);
        Standing {
            stale: !self.physical_only && view.is_stale(),
            ..self.standing(view, view.status(), contract)
        }
    }

    fn concepts(&mut self, model: &Model<'_>) {
        for view in model.terms() {
            let mut carriers = view.carriers();
            carriers.extend(view.about());
            let (datasets, columns) = self.positions(&carriers);
            let product = self.product(&view).or_else(|| {
                carriers
                    .iter()
                    .find_map(|c| self.product_of.get(&c.id()).copied())
            });
            let mut entity = self.listed(List::Terms, &view);
            if !self.physical_only && entity.description.is_none() {
                entity.description = view.definition();
            }
            let (domain, expression) = (self.domain(&view), view.expression());
            self.documents.terms.push(TermDoc {
                entity,
                expression,
                domain,
                product,
                datasets,
                columns,
            });
        }
        for view in model.metrics() {
            let (datasets, columns) = self.positions(&view.upstream());
            let mut entity = self.entity(&view);
            if !self.physical_only {
                entity
                    .synonyms
                    .extend(view.terms().iter().flat_map(|term| term.labels()));
            }
            let (domain, product) = (self.domain(&view), self.product(&view));
            let expression = view.expression();
            self.documents.metrics.push(MetricDoc {
                entity,
                expression,
                domain,
                product,
                datasets,
                columns,
            });
        }
    }

    fn positions(&self, entities: &[View<'_>]) -> (Vec<usize>, Vec<usize>) {
        let in_list = |of: &FxHashMap<TermId, usize>| {
            let mut found: Vec<usize> = entities
                .iter()
                .filter_map(|e| of.get(&e.id()).copied())
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        (in_list(&self.dataset_of), in_list(&self.column_of))
    }

    fn others(&mut self, model: &Model<'_>) {
        for kind in [EntityKind::Contract, EntityKind::Owner] {
            for view in model.entities(kind) {
                let entity = self.entity(&view);
                let domain = self.domain(&view);
                self.documents.others.push(OtherDoc {
                    entity,
                    kind,
                    domain,
                });
            }
        }
        for source in model.sources() {
            let entity = Entity {
                iri: format!("urn:isogloss:source:{}", source.name()),
                name: source.name().to_owned(),
                sources: vec![Arc::from(source.name())],
                ..Entity::default()
            };
            self.documents.others.push(OtherDoc {
                entity,
                kind: EntityKind::Source,
                domain: None,
            });
        }
    }
}

fn owners(view: &View<'_>) -> Vec<String> {
    view.owners()
        .iter()
        .flat_map(|owner| [owner.iri(), owner.label()])
        .collect()
}

/// Returns the other words for an entity: further labels and keywords, without its label and name.
fn synonyms(view: &View<'_>, label: &str, name: Option<&str>) -> Vec<String> {
    let mut seen = vec![fold_phrase(label)];
    seen.extend(name.map(fold_phrase));
    let mut out = Vec::new();
    for word in view.labels().into_iter().chain(view.keywords()) {
        let folded = fold_phrase(&word);
        if !folded.is_empty() && !seen.contains(&folded) {
            seen.push(folded);
            out.push(word);
        }
    }
    out
}

#[cfg(test)]
mod tests;
