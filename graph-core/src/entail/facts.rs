//! Derived statements in numbers, found by any of their parts.

use std::collections::BTreeSet;

/// Subject, predicate and object. Words of the rules have numbers of their own: [`super::rules::Rules`].
pub(super) type Fact = [u32; 3];

/// Stands for a part that is not given.
pub(super) const ANY: u32 = u32::MAX;

/// A set of statements in the orders that the rules read them in.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Predicate, subject, object.
    pso: BTreeSet<Fact>,
    /// Predicate, object, subject.
    pos: BTreeSet<Fact>,
    /// Subject, predicate, object; and object, subject, predicate: only where rules ask for any predicate.
    by_node: Option<[BTreeSet<Fact>; 2]>,
}

impl Facts {
    pub(super) fn new(any_predicate: bool) -> Self {
        Self {
            by_node: any_predicate.then(Default::default),
            ..Self::default()
        }
    }

    pub(super) fn len(&self) -> usize {
        self.pso.len()
    }

    pub(super) fn contains(&self, [s, p, o]: Fact) -> bool {
        self.pso.contains(&[p, s, o])
    }

    pub(super) fn insert(&mut self, [s, p, o]: Fact) -> bool {
        if !self.pso.insert([p, s, o]) {
            return false;
        }
        self.pos.insert([p, o, s]);
        if let Some([spo, osp]) = &mut self.by_node {
            spo.insert([s, p, o]);
            osp.insert([o, s, p]);
        }
        true
    }

    pub(super) fn remove(&mut self, [s, p, o]: Fact) -> bool {
        if !self.pso.remove(&[p, s, o]) {
            return false;
        }
        self.pos.remove(&[p, o, s]);
        if let Some([spo, osp]) = &mut self.by_node {
            spo.remove(&[s, p, o]);
            osp.remove(&[o, s, p]);
        }
        true
    }

    /// Every statement, by predicate, subject and object.
    pub(super) fn iter(&self) -> impl Iterator<Item = Fact> + '_ {
        self.pso.iter().map(|&[p, s, o]| [s, p, o])
    }

    /// Adds the statements with these parts to `out`.
    pub(super) fn collect(&self, s: u32, p: u32, o: u32, out: &mut Vec<Fact>) {
        match (s, p, o) {
            (s, p, o) if s != ANY && p != ANY && o != ANY => {
                out.extend(self.contains([s, p, o]).then_some([s, p, o]));
            }
            (s, p, _) if s != ANY && p != ANY => {
                out.extend(below(&self.pso, p, s).map(|&[p, s, o]| [s, p, o]));
            }
            (_, p, o) if p != ANY && o != ANY => {
                out.extend(below(&self.pos, p, o).map(|&[p, o, s]| [s, p, o]));
            }
            (_, p, _) if p != ANY => {
                let all = self.pso.range([p, 0, 0]..=[p, ANY, ANY]);
                out.extend(all.map(|&[p, s, o]| [s, p, o]));
            }
            (s, _, o) => match &self.by_node {
                Some([spo, _]) if s != ANY => {
                    let all = spo.range([s, 0, 0]..=[s, ANY, ANY]);
                    out.extend(all.filter(|fact| o == ANY || fact[2] == o));
                }
                Some([_, osp]) if o != ANY => {
                    let all = osp.range([o, 0, 0]..=[o, ANY, ANY]);
                    out.extend(all.map(|&[o, s, p]| [s, p, o]));
                }
                _ => {
                    let fits = |f: &Fact| (s == ANY || f[0] == s) && (o == ANY || f[2] == o);
                    out.extend(self.iter().filter(fits));
                }
            },
        }
    }
}

fn below(set: &BTreeSet<Fact>, first: u32, second: u32) -> impl Iterator<Item = &Fact> {
    set.range([first, second, 0]..=[first, second, ANY])
}
