//! The relations of a term that an ontology gives a name of their own.

use std::collections::BTreeSet;

use graph_core::{Scope, TermId};
use ontologies::{owl, rdf, rdfs};

use super::Term;
use crate::entity::Entity;
use crate::kind::EntityKind;

/// How many members of a union of classes are looked at.
const MEMBERS_MAX: usize = 100;

/// A relation of one term to another by a property of an ontology, such as "is governed by".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermRelation<'m> {
    /// The property.
    pub property: Entity<'m>,
    /// The other term.
    pub target: Entity<'m>,
    /// Whether the property leads from the other term to this one.
    pub is_inverse: bool,
}

/// The words of ontologies, as far as the graph knows them.
struct OwlWords {
    rdf_type: Option<TermId>,
    object_property: Option<TermId>,
    sub_class_of: Option<TermId>,
    equivalent: Option<TermId>,
    on_property: Option<TermId>,
    first: Option<TermId>,
    rest: Option<TermId>,
    unions: [Option<TermId>; 2],
    fillers: [Option<TermId>; 4],
    domains: [Option<TermId>; 3],
    ranges: [Option<TermId>; 3],
}

impl<'m> Term<'m> {
    /// Returns the relations to other terms that carry a name: by the domains and ranges of properties (of unions of classes
    /// too), by restrictions, and by object properties that link the terms themselves.
    ///
    /// Each once, sorted by property, direction and target; `max` at most.
    pub fn relations(self, max: usize) -> Vec<TermRelation<'m>> {
        let words = OwlWords::of(self);
        let mut found = BTreeSet::new();
        self.by_domain(&words, &mut found);
        self.by_restriction(&words, &mut found);
        self.by_link(&words, &mut found);
        let graph = self.model().graph();
        // Types of values are no terms.
        let is_term = |id: TermId| self.model().kind_of(id) == Some(EntityKind::Term);
        let mut named: Vec<_> = found
            .into_iter()
            .filter(|(property, _, target)| graph.is_iri(*property) && is_term(*target))
            .collect();
        named.sort_by_cached_key(|(property, inverse, target)| {
            (graph.text(*property), *inverse, graph.text(*target))
        });
        let relation = |(property, is_inverse, target)| TermRelation {
            property: self.model().entity_of(property),
            target: self.model().entity_of(target),
            is_inverse,
        };
        named.into_iter().take(max).map(relation).collect()
    }

    /// Properties of which this is the domain or the range.
    fn by_domain(self, words: &OwlWords, found: &mut BTreeSet<(TermId, bool, TermId)>) {
        let sides = [
            (&words.domains, &words.ranges, false),
            (&words.ranges, &words.domains, true),
        ];
        for (own, other, is_inverse) in sides {
            for class in self.and_unions(words) {
                let properties = own
                    .iter()
                    .flat_map(|word| self.model().subjects(*word, class));
                for property in properties {
                    let targets = other
                        .iter()
                        .flat_map(|word| self.model().objects(property, *word))
                        .flat_map(|target| self.members(target, words));
                    found.extend(targets.map(|target| (property, is_inverse, target)));
                }
            }
        }
    }

    /// This class, and the unions that it is a member of.
    fn and_unions(self, words: &OwlWords) -> Vec<TermId> {
        let mut classes = vec![self.id()];
        let lists = self.model().subjects(words.first, self.id());
        for mut list in lists {
            for _ in 0..MEMBERS_MAX {
                let wholes = words
                    .unions
                    .iter()
                    .flat_map(|word| self.model().subjects(*word, list));
                classes.extend(wholes);
                match self.model().subjects(words.rest, list).first() {
                    Some(before) => list = *before,
                    None => break,
                }
            }
        }
        classes
    }

    /// A named class itself, or the members of a union.
    fn members(self, class: TermId, words: &OwlWords) -> Vec<TermId> {
        if self.model().graph().is_iri(class) {
            return vec![class];
        }
        let lists = words
            .unions
            .iter()
            .flat_map(|word| self.model().objects(class, *word));
        let mut members = Vec::new();
        for mut list in lists {
            for _ in 0..MEMBERS_MAX {
                members.extend(self.model().objects(list, words.first));
                match self.model().objects(list, words.rest).first() {
                    Some(next) => list = *next,
                    None => break,
                }
            }
        }
        members
    }

    /// Restrictions that this class keeps, and those of others that name it.
    fn by_restriction(self, words: &OwlWords, found: &mut BTreeSet<(TermId, bool, TermId)>) {
        let model = self.model();
        for restriction in self.outward(&[words.sub_class_of, words.equivalent]) {
            for property in model.objects(restriction, words.on_property) {
                let targets = words
                    .fillers
                    .iter()
                    .flat_map(|word| model.objects(restriction, *word))
                    .flat_map(|target| self.members(target, words));
                found.extend(targets.map(|target| (property, false, target)));
            }
        }
        for restriction in self.inward(&words.fillers) {
            for property in model.objects(restriction, words.on_property) {
                let classes = [words.sub_class_of, words.equivalent];
                let keepers = classes
                    .iter()
                    .flat_map(|word| model.subjects(*word, restriction));
                found.extend(keepers.map(|keeper| (property, true, keeper)));
            }
        }
    }

    /// Object properties that link this term and another.
    fn by_link(self, words: &OwlWords, found: &mut BTreeSet<(TermId, bool, TermId)>) {
        let graph = self.model().graph();
        let is_property = |property: TermId| {
            let (Some(rdf_type), Some(class)) = (words.rdf_type, words.object_property) else {
                return false;
            };
            graph.has(property, rdf_type, class)
        };
        let both = [
            (Some(self.id()), None, false),
            (None, Some(self.id()), true),
        ];
        for (subject, object, is_inverse) in both {
            for link in graph.matching(subject, None, object, Scope::Merged) {
                let other = if is_inverse {
                    link.subject
                } else {
                    link.object
                };
                if is_property(link.predicate) {
                    found.insert((link.predicate, is_inverse, other));
                }
            }
        }
    }
}

impl OwlWords {
    fn of(term: Term<'_>) -> Self {
        let graph = term.model().graph();
        let id = |iri: &str| graph.id_of_iri(iri);
        // schema.org says which classes a property is for without ruling out others.
        let of_schema = |name: &str| {
            ["https", "http"].map(|scheme| id(&format!("{scheme}://schema.org/{name}")))
        };
        let [domain_includes, old_domain_includes] = of_schema("domainIncludes");
        let [range_includes, old_range_includes] = of_schema("rangeIncludes");
        Self {
            rdf_type: id(rdf::TYPE),
            object_property: id(owl::OBJECT_PROPERTY),
            sub_class_of: id(rdfs::SUB_CLASS_OF),
            equivalent: id(owl::EQUIVALENT_CLASS),
            on_property: id(owl::ON_PROPERTY),
            first: id(rdf::FIRST),
            rest: id(rdf::REST),
            unions: [owl::UNION_OF, owl::INTERSECTION_OF].map(id),
            fillers: [
                owl::SOME_VALUES_FROM,
                owl::ALL_VALUES_FROM,
                owl::ON_CLASS,
                owl::HAS_VALUE,
            ]
            .map(id),
            domains: [id(rdfs::DOMAIN), domain_includes, old_domain_includes],
            ranges: [id(rdfs::RANGE), range_includes, old_range_includes],
        }
    }
}
