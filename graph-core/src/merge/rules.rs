//! The rules of the merged view, and the same rules in the numbers of one snapshot.

use std::cell::RefCell;

use oxrdf::NamedNode;
use rustc_hash::FxHashMap;

use super::sure::SureRule;
use crate::error::{Error, Result};
use crate::names::SourceId;
use crate::segment::{Pattern, Row};
use crate::snapshot::Snapshot;

pub(super) const SAME_AS: &str = "http://www.w3.org/2002/07/owl#sameAs";
const DIFFERENT_FROM: &str = "http://www.w3.org/2002/07/owl#differentFrom";

/// How the merged view is made of what the sources claim. Without rules it is the union.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeRules {
    /// Whose values win, property by property. A property without a rule keeps the values of every source.
    pub properties: Vec<PropertyRule>,
    /// The order of the rules that bring none of their own.
    pub order: Vec<String>,
    /// Which names mean one thing.
    pub identities: IdentityRules,
}

/// Whose values of one property win.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PropertyRule {
    /// IRI of the property.
    pub predicate: String,
    /// Names or kinds of sources, best first; sources that are not listed come after all that are.
    pub order: Vec<String>,
    /// Whether also the winner keeps only one value (in each language).
    pub single: bool,
}

/// Which names mean one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityRules {
    /// Whether `owl:sameAs`, claimed by any source, joins.
    pub same_as: bool,
    /// How sure it must be.
    pub sure: SureRule,
    /// IRIs of properties of which an equal value joins its subjects.
    pub keys: Vec<String>,
    /// Parts of things that were joined, which are joined in turn; in this order.
    pub children: Vec<ChildRule>,
    /// Names or kinds of sources, best first: the name that the best source speaks of stands for all.
    pub order: Vec<String>,
    /// Names or kinds of the sources whose `owl:differentFrom` keeps two names apart.
    pub refused_by: Vec<String>,
}

/// Joins parts of things that were joined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChildRule {
    /// IRI of the property that leads from a thing to its parts.
    pub link: String,
    /// IRI of the property whose value tells the parts of one thing apart; without it a thing has one such part.
    pub key: Option<String>,
    /// Whether upper and lower case of the key are one, unless a thing has two parts that only the case tells apart.
    pub fold_case: bool,
}

impl MergeRules {
    /// Tells whether the merged view is the union.
    pub fn is_empty(&self) -> bool {
        self.properties.is_empty() && !self.identities.joins()
    }

    /// Checks that every property is named by an IRI.
    pub(crate) fn check(&self) -> Result<()> {
        let identities = &self.identities;
        let iris = (self.properties.iter().map(|rule| &rule.predicate))
            .chain(&identities.keys)
            .chain(&identities.sure.property)
            .chain(identities.children.iter().map(|child| &child.link))
            .chain(
                identities
                    .children
                    .iter()
                    .filter_map(|child| child.key.as_ref()),
            );
        for iri in iris {
            if NamedNode::new(iri).is_err() {
                return Err(Error::InvalidMergeRule { iri: iri.clone() });
            }
        }
        Ok(())
    }

    /// The order that a rule goes by.
    pub(crate) fn order_of<'a>(&'a self, rule: &'a PropertyRule) -> &'a [String] {
        if rule.order.is_empty() {
            &self.order
        } else {
            &rule.order
        }
    }
}

impl IdentityRules {
    pub(crate) fn joins(&self) -> bool {
        self.same_as || !self.keys.is_empty()
    }
}

/// Which order of sources to go by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Order {
    Property(usize),
    Identity,
}

/// A [`ChildRule`] in the numbers of one snapshot.
#[derive(Clone, Copy)]
pub(super) struct Child {
    pub(super) link: u16,
    pub(super) key: Option<u16>,
    pub(super) fold_case: bool,
}

/// The rules in the numbers of one snapshot.
pub(super) struct Compiled<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) rules: &'a MergeRules,
    by_predicate: FxHashMap<u16, usize>,
    pub(super) same_as: Option<u16>,
    pub(super) different_from: Option<u16>,
    pub(super) keys: Vec<u16>,
    pub(super) children: Vec<Child>,
    ranks: RefCell<FxHashMap<(Order, u16), usize>>,
}

impl<'a> Compiled<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, rules: &'a MergeRules) -> Self {
        let number = |iri: &str| {
            let term = snapshot.dictionary().find_iri(iri)?;
            snapshot.predicate_number(term)
        };
        let identities = &rules.identities;
        let properties = rules.properties.iter().enumerate();
        let child = |rule: &ChildRule| {
            let key = match &rule.key {
                // A key that no statement has tells no two parts to be one.
                Some(key) => Some(number(key)?),
                None => None,
            };
            Some(Child {
                link: number(&rule.link)?,
                key,
                fold_case: rule.fold_case,
            })
        };
        Self {
            snapshot,
            rules,
            by_predicate: properties
                .filter_map(|(at, rule)| Some((number(&rule.predicate)?, at)))
                .collect(),
            same_as: number(SAME_AS).filter(|_| identities.joins()),
            different_from: number(DIFFERENT_FROM).filter(|_| identities.joins()),
            keys: identities
                .keys
                .iter()
                .filter_map(|key| number(key))
                .collect(),
            children: identities.children.iter().filter_map(child).collect(),
            ranks: RefCell::default(),
        }
    }

    /// What the sources claim, each claim once, overlays left out.
    pub(super) fn claims(&self, pattern: Pattern) -> impl Iterator<Item = Row> + use<'a> {
        self.snapshot.rows(pattern, self.snapshot.claims(), false)
    }

    pub(super) fn rule_of(&self, predicate: u16) -> Option<usize> {
        self.by_predicate.get(&predicate).copied()
    }

    /// The predicates with a rule, and whether the rule leaves one value only.
    pub(super) fn ruled(&self) -> impl Iterator<Item = (u16, bool)> + '_ {
        let mut ruled: Vec<_> = (self.by_predicate.iter())
            .map(|(&predicate, &rule)| (predicate, self.rules.properties[rule].single))
            .collect();
        ruled.sort_unstable();
        ruled.into_iter()
    }

    /// The place of a source in an order, 0 for the best.
    pub(super) fn rank(&self, order: Order, source: u16) -> usize {
        *(self.ranks.borrow_mut())
            .entry((order, source))
            .or_insert_with(|| self.place(self.names(order), source))
    }

    pub(super) fn names(&self, order: Order) -> &'a [String] {
        match order {
            Order::Property(rule) => self.rules.order_of(&self.rules.properties[rule]),
            Order::Identity => &self.rules.identities.order,
        }
    }

    pub(super) fn may_refuse(&self, source: u16) -> bool {
        let names = &self.rules.identities.refused_by;
        self.place(names, source) < names.len()
    }

    fn place(&self, names: &[String], source: u16) -> usize {
        let Some(info) = self.snapshot.source_info(SourceId(source)) else {
            return names.len();
        };
        let is_meant = |name: &String| *name == info.kind || name == info.name.as_str();
        names.iter().position(is_meant).unwrap_or(names.len())
    }

    pub(super) fn source_name(&self, source: u16) -> &'a str {
        let info = self.snapshot.source_info(SourceId(source));
        info.map_or("", |info| info.name.as_str())
    }

    /// Tells whether the statement says that two names mean one thing.
    pub(super) fn is_same_as(&self, predicate: u16, object: u32) -> bool {
        self.same_as == Some(predicate) && self.is_resource(object)
    }

    pub(super) fn is_resource(&self, term: u32) -> bool {
        use crate::dictionary::Kind;
        matches!(
            self.snapshot.dictionary().kind(term),
            Kind::Iri | Kind::Blank
        )
    }
}
