//! Datasets of one name and one lineage are versions of one thing: the one that most is made from is gone by.

use rustc_hash::FxHashSet;

use super::Documents;
use super::standing::{REACHED_MAX, Standing};

/// A version is looked for so many steps away.
const STEPS_MAX: usize = 3;

/// Notes which datasets are versions of one that more is made from, by name and lineage.
pub(super) fn note(documents: &mut Documents, made: &[Vec<usize>], heads: &[String]) {
    let mut yields: Vec<(usize, usize)> = Vec::new();
    for (at, head) in heads.iter().enumerate() {
        if head.is_empty() || documents.stands_for(at) != at {
            continue;
        }
        each_after(at, made, |later| {
            if heads[later] == *head && later != at {
                yields.extend(yielding(documents, at, later));
            }
        });
    }
    // The smallest position first, so that of several the same is taken whatever the order of lineage.
    yields.sort_unstable();
    for (at, to) in yields {
        let known = documents.datasets[at].standing.version_of;
        let more = known.is_none_or(|known| {
            documents.datasets[to].standing.reuse > documents.datasets[known].standing.reuse
        });
        if more {
            documents.datasets[at].standing.version_of = Some(to);
        }
    }
}

/// Returns which of two versions yields to the other, if one does: the one that less is made from.
fn yielding(documents: &Documents, one: usize, other: usize) -> Option<(usize, usize)> {
    let [first, second] = [one, other].map(|at| &documents.datasets[at].standing);
    let weak = |standing: &Standing| standing.step || standing.private;
    match (weak(first), weak(second)) {
        (true, false) => Some((one, other)),
        (false, true) => Some((other, one)),
        _ if first.reuse > second.reuse => Some((other, one)),
        _ if second.reuse > first.reuse => Some((one, other)),
        _ => None,
    }
}

/// Visits what is made from a dataset, directly or on the way.
fn each_after(of: usize, made: &[Vec<usize>], mut visit: impl FnMut(usize)) {
    let mut seen: FxHashSet<usize> = FxHashSet::default();
    seen.insert(of);
    let mut open = vec![(of, 0)];
    while let Some((from, steps)) = open.pop() {
        for &to in &made[from] {
            if seen.len() <= REACHED_MAX && seen.insert(to) {
                visit(to);
                if steps + 1 < STEPS_MAX {
                    open.push((to, steps + 1));
                }
            }
        }
    }
}

impl Documents {
    /// Returns the dataset that stands for all of one meaning: copies, and versions that one is gone by.
    pub(crate) fn meaning_of(&self, dataset: usize) -> usize {
        let family = self.family_of(dataset);
        let main = |at: usize| self.datasets.get(at)?.standing.version_of;
        let version = main(dataset).or_else(|| main(self.stands_for(dataset)));
        // What less is made from yields to what more is made from, so this ends; two steps are enough to tell.
        let version = version.map(|at| main(at).unwrap_or(at));
        version.map_or(family, |at| self.family_of(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::DatasetDoc;

    fn documents(reuse: &[usize]) -> Documents {
        let dataset = |&reuse: &usize| DatasetDoc {
            standing: Standing {
                reuse,
                ..Standing::default()
            },
            ..DatasetDoc::default()
        };
        Documents {
            datasets: reuse.iter().map(dataset).collect(),
            ..Documents::default()
        }
    }

    #[test]
    fn of_versions_the_one_that_most_is_made_from_is_gone_by() {
        let mut documents = documents(&[1, 3, 0, 0]);
        let heads = ["order", "order", "order", "refund"].map(str::to_owned);
        note(
            &mut documents,
            &[vec![1], vec![2, 3], vec![], vec![]],
            &heads,
        );
        let version_of = |at: usize| documents.datasets[at].standing.version_of;
        assert_eq!([0, 1, 2, 3].map(version_of), [Some(1), None, Some(1), None]);
        assert_eq!(
            [0, 1, 2, 3].map(|at| documents.meaning_of(at)),
            [1, 1, 1, 3]
        );
    }

    #[test]
    fn namesakes_without_lineage_and_equals_are_no_versions() {
        let mut documents = documents(&[1, 1, 0]);
        let heads = ["order", "order", "order"].map(str::to_owned);
        note(&mut documents, &[vec![1], vec![0], vec![]], &heads);
        assert!(
            documents
                .datasets
                .iter()
                .all(|d| d.standing.version_of.is_none())
        );
    }
}
