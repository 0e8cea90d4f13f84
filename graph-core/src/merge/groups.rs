//! Names that mean one thing, in groups; one name of each stands for all.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::links::Links;
use super::rules::{Child, Compiled, Order};
use crate::dictionary::Kind;
use crate::names::TermId;
use crate::segment::Pattern;

/// Groups are kept in so many maps, so that a change copies few of them.
const SHARDS: usize = 64;

#[derive(Default)]
struct Shard {
    /// Every name that another stands for.
    canonical: FxHashMap<u32, u32>,
    /// The others of the group, by the name that stands for them.
    others: FxHashMap<u32, Box<[u32]>>,
}

/// All groups of more than one name.
#[derive(Clone, Default)]
pub(crate) struct Groups {
    shards: Vec<Arc<Shard>>,
    names: usize,
    sets: usize,
}

impl Groups {
    fn shard(&self, name: u32) -> Option<&Shard> {
        self.shards
            .get(name as usize % SHARDS)
            .map(|shard| &**shard)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sets == 0
    }

    /// Number of groups, and of the names in them.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.sets, self.names)
    }

    /// The name that stands for this one.
    #[inline]
    pub(crate) fn canonical(&self, name: u32) -> u32 {
        let known = self
            .shard(name)
            .and_then(|shard| shard.canonical.get(&name));
        known.copied().unwrap_or(name)
    }

    /// The other names of the group that this one stands for, in no meaningful order.
    pub(crate) fn others(&self, canonical: u32) -> &[u32] {
        let known = self
            .shard(canonical)
            .and_then(|shard| shard.others.get(&canonical));
        known.map_or(&[], |others| others)
    }

    pub(super) fn is_grouped(&self, name: u32) -> bool {
        self.canonical(name) != name || !self.others(name).is_empty()
    }

    /// All names of the group of this one, the one that stands for them first.
    pub(super) fn mates(&self, name: u32) -> impl Iterator<Item = u32> + '_ {
        let canonical = self.canonical(name);
        std::iter::once(canonical).chain(self.others(canonical).iter().copied())
    }

    /// All names that another stands for.
    pub(super) fn aliases(&self) -> impl Iterator<Item = u32> + '_ {
        self.shards
            .iter()
            .flat_map(|shard| shard.others.values())
            .flatten()
            .copied()
    }

    pub(super) fn canonicals(&self) -> impl Iterator<Item = u32> + '_ {
        self.shards
            .iter()
            .flat_map(|shard| shard.others.keys())
            .copied()
    }

    fn shard_mut(&mut self, name: u32) -> &mut Shard {
        if self.shards.is_empty() {
            self.shards = (0..SHARDS).map(|_| Arc::default()).collect();
        }
        let shard = &mut self.shards[name as usize % SHARDS];
        if Arc::get_mut(shard).is_none() {
            *shard = Arc::new(Shard {
                canonical: shard.canonical.clone(),
                others: shard.others.clone(),
            });
        }
        Arc::get_mut(shard).expect("the shard was just made")
    }

    /// Adds a group; the first of the sorted names stands for the others.
    pub(super) fn insert(&mut self, canonical: u32, mut others: Vec<u32>) {
        others.sort_unstable();
        self.sets += 1;
        self.names += others.len() + 1;
        for &other in &others {
            self.shard_mut(other).canonical.insert(other, canonical);
        }
        self.shard_mut(canonical)
            .others
            .insert(canonical, others.into());
    }

    /// Removes the group of a name, if it is in one.
    pub(super) fn remove(&mut self, name: u32) {
        let canonical = self.canonical(name);
        if self.others(canonical).is_empty() {
            return;
        }
        let others = self
            .shard_mut(canonical)
            .others
            .remove(&canonical)
            .unwrap_or_default();
        self.sets -= 1;
        self.names -= others.len() + 1;
        for &other in &others {
            self.shard_mut(other).canonical.remove(&other);
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        let shards = self.shards.iter();
        let maps: usize = shards
            .map(|shard| shard.canonical.capacity() * 9 + shard.others.capacity() * 21)
            .sum();
        maps + self.names * 4
    }
}

/// Sets of names that grow together, and pairs that must not.
struct Joiner<'a, 'c> {
    compiled: &'c Compiled<'a>,
    set_of: FxHashMap<u32, usize>,
    sets: Vec<Vec<u32>>,
    refused: &'c FxHashSet<(u32, u32)>,
}

impl Joiner<'_, '_> {
    fn set(&mut self, name: u32) -> usize {
        let next = self.sets.len();
        let set = *self.set_of.entry(name).or_insert(next);
        if set == next {
            self.sets.push(vec![name]);
        }
        set
    }

    fn join(&mut self, a: u32, b: u32) {
        let (mut from, mut to) = (self.set(a), self.set(b));
        if from == to || self.is_refused(from, to) {
            return;
        }
        if self.sets[from].len() > self.sets[to].len() {
            std::mem::swap(&mut from, &mut to);
        }
        let moved = std::mem::take(&mut self.sets[from]);
        for &name in &moved {
            self.set_of.insert(name, to);
        }
        self.sets[to].extend(moved);
    }

    fn is_refused(&self, one: usize, other: usize) -> bool {
        let pairs = |a: u32| {
            let others = self.sets[other].iter();
            others
                .into_iter()
                .any(move |&b| self.refused.contains(&(a, b)))
        };
        !self.refused.is_empty() && self.sets[one].iter().any(|&a| pairs(a))
    }

    /// Joins what is linked. Only when something is refused does the order matter: then it is that of the texts.
    fn join_all(&mut self, mut links: Vec<(u32, u32)>) {
        if !self.refused.is_empty() {
            let snapshot = self.compiled.snapshot;
            links.sort_by_cached_key(|&(a, b)| {
                let (a, b) = (snapshot.text(TermId(a)), snapshot.text(TermId(b)));
                if a <= b { (a, b) } else { (b, a) }
            });
        }
        for (a, b) in links {
            self.join(a, b);
        }
    }

    /// Links between names that share something.
    fn links_within(&self, names: &[u32]) -> Vec<(u32, u32)> {
        if self.refused.is_empty() {
            return names.windows(2).map(|pair| (pair[0], pair[1])).collect();
        }
        let each = |at: usize| names[at + 1..].iter().map(move |&other| (names[at], other));
        (0..names.len()).flat_map(each).collect()
    }

    fn join_children(&mut self, rule: Child) {
        let sets: Vec<Vec<u32>> = self
            .sets
            .iter()
            .filter(|set| set.len() > 1)
            .cloned()
            .collect();
        let mut links = Vec::new();
        for set in sets {
            for same in children_by_key(self.compiled, &set, rule) {
                links.extend(self.links_within(&same));
            }
        }
        self.join_all(links);
    }
}

/// A part of a thing: the name of the thing that has it, the part, and the value that tells it apart.
#[derive(Clone, Copy)]
struct Part {
    of: u32,
    name: u32,
    key: u32,
}

/// The parts of one thing's names that have one key: where a name has two such parts, nothing is said of them.
fn children_by_key(compiled: &Compiled<'_>, names: &[u32], rule: Child) -> Vec<Vec<u32>> {
    let mut parts: Vec<Part> = Vec::new();
    for &of in names {
        for part in objects(compiled, of, rule.link) {
            if !compiled.is_resource(part) {
                continue;
            }
            let keys = match rule.key {
                Some(key) => objects(compiled, part, key),
                None => vec![u32::MAX],
            };
            parts.extend(keys.into_iter().map(|key| Part {
                of,
                name: part,
                key,
            }));
        }
    }
    let mut clear = Vec::new();
    let unclear = if rule.fold_case && rule.key.is_some() {
        let folded = |part: &Part| compiled.snapshot.text(TermId(part.key)).to_lowercase();
        cluster(parts, folded, &mut clear)
    } else {
        parts
    };
    cluster(unclear, |part| part.key, &mut clear);
    clear.retain(|parts| parts.len() > 1);
    clear.sort_unstable();
    clear
}

/// Puts together the parts of equal keys; gives back those of which a name has two different ones.
fn cluster<K: Eq + std::hash::Hash>(
    parts: Vec<Part>,
    key: impl Fn(&Part) -> K,
    clear: &mut Vec<Vec<u32>>,
) -> Vec<Part> {
    let mut by_key: FxHashMap<K, Vec<Part>> = FxHashMap::default();
    for part in parts {
        by_key.entry(key(&part)).or_default().push(part);
    }
    let mut unclear = Vec::new();
    for parts in by_key.into_values() {
        let mut seen: FxHashMap<u32, u32> = FxHashMap::default();
        let is_clear = |found: &Part| *seen.entry(found.of).or_insert(found.name) == found.name;
        if parts.iter().all(is_clear) {
            let mut same: Vec<u32> = parts.iter().map(|found| found.name).collect();
            same.sort_unstable();
            same.dedup();
            clear.push(same);
        } else {
            unclear.extend(parts);
        }
    }
    unclear
}

/// The distinct objects that sources claim.
pub(super) fn objects(compiled: &Compiled<'_>, subject: u32, predicate: u16) -> Vec<u32> {
    let pattern = Pattern {
        subject: Some(subject),
        predicate: Some(predicate),
        object: None,
    };
    let mut objects: Vec<u32> = compiled.claims(pattern).map(|row| row.object).collect();
    objects.sort_unstable();
    objects.dedup();
    objects
}

/// Finds the groups that the links make: each with the name that stands for it first.
pub(super) fn solve(compiled: &Compiled<'_>, links: Links) -> Vec<(u32, Vec<u32>)> {
    let mut joiner = Joiner {
        compiled,
        set_of: FxHashMap::default(),
        sets: Vec::new(),
        refused: &links.refused,
    };
    joiner.join_all(links.same_as);
    for sharing in links.sharing {
        let mut pairs = Vec::new();
        for names in &sharing {
            pairs.extend(joiner.links_within(names));
        }
        joiner.join_all(pairs);
    }
    for &rule in &compiled.children {
        joiner.join_children(rule);
    }
    let groups = joiner.sets.into_iter().filter(|set| set.len() > 1);
    groups.map(|set| with_canonical(compiled, set)).collect()
}

/// Chooses the name that stands for the others: no blank node, spoken of by the best source, first by its text.
fn with_canonical(compiled: &Compiled<'_>, mut set: Vec<u32>) -> (u32, Vec<u32>) {
    let snapshot = compiled.snapshot;
    let rank = |name: u32| {
        let pattern = Pattern {
            subject: Some(name),
            ..Pattern::default()
        };
        let ranks = compiled
            .claims(pattern)
            .map(|row| compiled.rank(Order::Identity, row.source));
        ranks.min().unwrap_or(usize::MAX)
    };
    let best = (set.iter().enumerate())
        .min_by_key(|&(_, &name)| {
            let is_blank = snapshot.dictionary().kind(name) == Kind::Blank;
            (is_blank, rank(name), snapshot.text(TermId(name)))
        })
        .map_or(0, |(at, _)| at);
    let canonical = set.swap_remove(best);
    (canonical, set)
}
