//! The entry point: a snapshot read by the vocabulary.

use graph_core::rdf::{Literal, RdfTerm};
use graph_core::{Scope, Snapshot, TermId};

use crate::entity::Entity;
use crate::kind::EntityKind;
use crate::literals;
use crate::source::Source;
use crate::views::{Column, Contract, DataProduct, Dataset, Domain, Metric, Owner, Term, View};
use crate::words::Words;

/// A snapshot of the graph, read as domains, data products, datasets and so on.
///
/// Making one costs some ninety dictionary lookups and copies nothing: every view reads the snapshot when asked.
#[derive(Debug, Clone)]
pub struct Model<'g> {
    graph: &'g Snapshot,
    words: Words,
}

/// Defines the list of, and the lookup by IRI for, each kind that has a view.
macro_rules! kinds {
    ($($view:ident, $kind:ident, $list:ident, $one:ident, $from:ident, $what:literal;)*) => {
        impl<'g> Model<'g> {
            $(
                #[doc = concat!("Returns every ", $what, ", sorted by IRI.")]
                pub fn $list(&self) -> Vec<$view<'_>> {
                    self.entities(EntityKind::$kind).into_iter().map($view).collect()
                }

                #[doc = concat!("Returns the ", $what, " of this IRI; `None` when there is none or it is of another kind.")]
                pub fn $one(&self, iri: &str) -> Option<$view<'_>> {
                    self.entity(iri)?.$from()
                }
            )*
        }

        impl<'m> Entity<'m> {
            $(
                #[doc = concat!("Returns the view of this entity as a ", $what, "; `None` when it is of another kind.")]
                pub fn $from(self) -> Option<$view<'m>> {
                    (self.kind() == Some(EntityKind::$kind)).then_some($view(self))
                }
            )*
        }
    };
}

kinds! {
    Domain, Domain, domains, domain, as_domain, "domain";
    DataProduct, DataProduct, products, product, as_product, "data product";
    Dataset, Dataset, datasets, dataset, as_dataset, "dataset";
    Column, Column, columns, column, as_column, "column";
    Term, Term, terms, term, as_term, "term";
    Metric, Metric, metrics, metric, as_metric, "metric";
    Contract, Contract, contracts, contract, as_contract, "contract";
    Owner, Owner, owners, owner, as_owner, "owner";
}

impl<'g> Model<'g> {
    /// Reads a snapshot by the vocabulary.
    pub fn new(graph: &'g Snapshot) -> Self {
        Self {
            graph,
            words: Words::look_up(graph),
        }
    }

    /// Returns the snapshot that is read.
    pub fn graph(&self) -> &'g Snapshot {
        self.graph
    }

    /// Returns the entity of this IRI; `None` when no statement speaks of it.
    pub fn entity(&self, iri: &str) -> Option<Entity<'_>> {
        let id = self.graph.id_of_iri(iri)?;
        let spoken_of = self
            .graph
            .matching(Some(id), None, None, Scope::Union)
            .next()
            .is_some()
            || self
                .graph
                .matching(None, None, Some(id), Scope::Union)
                .next()
                .is_some();
        spoken_of.then(|| self.entity_of(id))
    }

    /// Returns the view of a term of the dictionary as an entity, whatever it is.
    pub fn entity_of(&self, id: TermId) -> Entity<'_> {
        Entity::new(self, id)
    }

    /// Returns the kind of an entity; `None` for what has no view of its own, such as a usage.
    ///
    /// Its classes decide, the most telling first. What has no class is a domain or an owner when another entity
    /// names it as such, as DPROD documents do.
    pub fn kind_of(&self, id: TermId) -> Option<EntityKind> {
        let words = &self.words;
        let types: Vec<TermId> = self.objects(id, words.rdf_type);
        let kind = words
            .classes
            .iter()
            .find(|(class, _)| types.contains(class))
            .map(|(_, kind)| *kind);
        match kind {
            Some(EntityKind::Term) if words.term.is_some_and(|term| types.contains(&term)) => kind,
            Some(EntityKind::Term) if self.is_named_as(id, &self.domain_words()) => {
                Some(EntityKind::Domain)
            }
            Some(EntityKind::Term) if self.is_class_only(&types) => {
                (self.graph.is_iri(id) && self.has_label(id)).then_some(EntityKind::Term)
            }
            None if types.is_empty() && !self.is_literal(id) => {
                if self.is_named_as(id, &self.domain_words()) {
                    Some(EntityKind::Domain)
                } else if self.is_named_as(id, &[words.product_owner, words.attributed_to]) {
                    Some(EntityKind::Owner)
                } else {
                    self.is_named_as(id, &[words.column])
                        .then_some(EntityKind::Column)
                }
            }
            kind => kind,
        }
    }

    /// Returns every entity of a kind, sorted by IRI; none for [`EntityKind::Source`], which [`Model::sources`] lists.
    ///
    /// Takes time in the number of entities of the kind.
    pub fn entities(&self, kind: EntityKind) -> Vec<Entity<'_>> {
        let ids = self.ids_of(kind);
        self.sorted(ids)
    }

    /// Returns how many entities of a kind there are.
    pub fn count(&self, kind: EntityKind) -> usize {
        if kind == EntityKind::Source {
            self.graph.sources().len()
        } else {
            self.ids_of(kind).len()
        }
    }

    /// Returns every source, in the order of the snapshot.
    pub fn sources(&self) -> Vec<Source<'_>> {
        self.graph.sources().iter().map(Source::new).collect()
    }

    /// Returns the source of this name.
    pub fn source(&self, name: &str) -> Option<Source<'_>> {
        self.sources()
            .into_iter()
            .find(|source| source.name() == name)
    }

    /// Returns the datasets that say to be the physical table of this qualified name.
    pub fn datasets_named(&self, qualified_name: &str) -> Vec<Dataset<'_>> {
        let literal = RdfTerm::from(Literal::new_simple_literal(qualified_name));
        let Some(name) = self.graph.id(&literal) else {
            return Vec::new();
        };
        self.views(self.subjects(self.words.qualified_name, name))
    }

    fn ids_of(&self, kind: EntityKind) -> Vec<TermId> {
        let words = &self.words;
        let classes = words
            .classes
            .iter()
            .filter(|(_, of)| *of == kind)
            .map(|(class, _)| *class);
        let mut ids: Vec<TermId> = classes
            .flat_map(|class| self.subjects(words.rdf_type, class))
            .collect();
        let named_by = match kind {
            EntityKind::Domain => self.domain_words().to_vec(),
            EntityKind::Owner => vec![words.product_owner, words.attributed_to],
            EntityKind::Column => vec![words.column],
            _ => Vec::new(),
        };
        for predicate in named_by.into_iter().flatten() {
            let named = self
                .graph
                .matching(None, Some(predicate), None, Scope::Union);
            ids.extend(named.map(|statement| statement.object));
        }
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| self.kind_of(*id) == Some(kind));
        ids
    }

    fn domain_words(&self) -> [Option<TermId>; 2] {
        [self.words.dprod_domain, self.words.in_domain]
    }

    fn is_named_as(&self, id: TermId, predicates: &[Option<TermId>]) -> bool {
        predicates.iter().flatten().any(|predicate| {
            self.graph
                .matching(None, Some(*predicate), Some(id), Scope::Union)
                .next()
                .is_some()
        })
    }

    /// Whether only being a class of an ontology makes it a term.
    fn is_class_only(&self, types: &[TermId]) -> bool {
        let classes = [self.words.owl_class, self.words.rdfs_class];
        let term_classes = self
            .words
            .classes
            .iter()
            .filter(|(_, kind)| *kind == EntityKind::Term)
            .map(|(class, _)| *class);
        let mut held = term_classes.filter(|class| types.contains(class));
        held.all(|class| classes.contains(&Some(class)))
    }

    fn has_label(&self, id: TermId) -> bool {
        let words = [
            self.words.rdfs_label,
            self.words.pref_label,
            self.words.title,
        ];
        words
            .into_iter()
            .any(|word| !self.objects(id, word).is_empty())
    }
}

/// How the views read the graph.
impl Model<'_> {
    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    pub(crate) fn objects(&self, subject: TermId, predicate: Option<TermId>) -> Vec<TermId> {
        predicate.map_or_else(Vec::new, |predicate| {
            self.graph.objects(subject, predicate).collect()
        })
    }

    pub(crate) fn subjects(&self, predicate: Option<TermId>, object: TermId) -> Vec<TermId> {
        predicate.map_or_else(Vec::new, |predicate| {
            self.graph.subjects(predicate, object).collect()
        })
    }

    pub(crate) fn is_literal(&self, id: TermId) -> bool {
        self.graph.is_literal(id)
    }

    /// The texts of a property's literal values, the language that is shown first in front.
    pub(crate) fn texts(&self, subject: TermId, predicate: Option<TermId>) -> Vec<String> {
        let Some(predicate) = predicate else {
            return Vec::new();
        };
        let values = self
            .graph
            .objects(subject, predicate)
            .filter(|id| self.is_literal(*id));
        literals::by_language(values.map(|id| {
            (
                self.graph.language(id).unwrap_or_default(),
                self.graph.lexical(id),
            )
        }))
    }

    pub(crate) fn text(&self, subject: TermId, predicates: &[Option<TermId>]) -> Option<String> {
        predicates
            .iter()
            .find_map(|predicate| self.texts(subject, *predicate).into_iter().next())
    }

    /// Entities in the order of their IRIs, each once.
    pub(crate) fn sorted(&self, mut ids: Vec<TermId>) -> Vec<Entity<'_>> {
        ids.sort_unstable();
        ids.dedup();
        if ids.len() > 1 {
            ids.sort_by_cached_key(|id| self.graph.text(*id));
        }
        ids.into_iter().map(|id| self.entity_of(id)).collect()
    }

    /// The entities among some that have a kind of view, in the order of their IRIs, each once.
    pub(crate) fn views<'m, V: View<'m>>(&'m self, mut ids: Vec<TermId>) -> Vec<V> {
        ids.retain(|id| self.kind_of(*id) == Some(V::KIND));
        self.sorted(ids).into_iter().map(V::of).collect()
    }

    /// The things, not literals, among some, in the order of their IRIs, each once.
    pub(crate) fn things(&self, mut ids: Vec<TermId>) -> Vec<Entity<'_>> {
        ids.retain(|id| !self.is_literal(*id));
        self.sorted(ids)
    }
}
