//! What speaks for or against a dataset beside its words: what was made from it, and what is promised of it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{DatasetDoc, Documents, versions};
use crate::text::{fold::fold, fold::fold_phrase, split, stem, stop};

/// What is made from a dataset is followed so many steps.
const STEPS_MAX: usize = 8;
/// So many datasets are looked at on the way.
pub(super) const REACHED_MAX: usize = 400;
/// Tables of fewer columns are too small to be known as copies by them.
const COLUMNS_MIN: usize = 3;

/// Words by which names and schemas say that a dataset is a step on the way to another.
const STEP_WORDS: &[&str] = &[
    "stg",
    "stage",
    "staging",
    "raw",
    "src",
    "source",
    "int",
    "intermediate",
    "base",
    "landing",
    "bronze",
    "seed",
    "seeds",
    "input",
    "prep",
    "ods",
];
/// Words by which names say that a dataset is what was left of another.
const LEFT_WORDS: &[&str] = &[
    "tmp",
    "temp",
    "old",
    "bak",
    "bkp",
    "backup",
    "copy",
    "archive",
    "archived",
    "deprecated",
    "obsolete",
    "shadow",
    "sandbox",
    "scratch",
];
/// How datasets are kept that feed others.
const STEP_KINDS: &[&str] = &["seed", "source", "ephemeral", "snapshot"];

/// Where an asset stands in its life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Lifecycle {
    /// No source says.
    #[default]
    Unsaid,
    /// Not yet meant for use.
    Draft,
    /// Meant for use.
    Active,
    /// No longer meant for use.
    Retired,
}

impl Lifecycle {
    /// Reads a state in a source's words.
    pub fn read(text: &str) -> Self {
        let words: Vec<String> = split::words(text);
        let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        match () {
            () if any(&[
                "deprecated",
                "retired",
                "obsolete",
                "archived",
                "dropped",
                "sunset",
                "inactive",
                "decommissioned",
                "end",
                "withdrawn",
                "superseded",
            ]) =>
            {
                Self::Retired
            }
            () if any(&[
                "draft",
                "proposed",
                "proposal",
                "experimental",
                "development",
                "planned",
                "design",
                "ideation",
                "consideration",
                "build",
            ]) =>
            {
                Self::Draft
            }
            () if any(&[
                "active",
                "production",
                "approved",
                "published",
                "released",
                "operational",
                "live",
                "consume",
            ]) =>
            {
                Self::Active
            }
            () => Self::Unsaid,
        }
    }
}

/// What speaks for or against an asset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Is named or kept as a step on the way, or as what was left, and something else is there to use.
    pub step: bool,
    /// The dataset that was made from it and bears its name.
    pub successor: Option<usize>,
    /// The dataset of its name and of its lineage that others go by.
    pub version_of: Option<usize>,
    /// Is named as a thing of its makers' own: `_members`.
    pub private: bool,
    /// How many datasets are made from it directly.
    pub reuse: usize,
    /// Where it stands in its life.
    pub lifecycle: Lifecycle,
    /// Somebody vouches for it, by a tag or a classification.
    pub certified: bool,
    /// A contract in force covers it.
    pub contract: bool,
    /// A check of how fresh it is did not pass.
    pub stale: bool,
}

/// Tells whether a tag or classification vouches for what bears it.
pub(super) fn vouches(tag: &str) -> bool {
    let folded = fold_phrase(tag);
    let words: Vec<&str> = folded.split(' ').collect();
    let denied = words.iter().any(|w| matches!(*w, "not" | "un" | "non"));
    let vouched = words.iter().any(|w| {
        matches!(
            *w,
            "certified" | "verified" | "trusted" | "golden" | "gold" | "endorsed" | "tier1"
        )
    });
    (vouched || folded.contains("tier 1")) && !denied
}

/// What collecting a dataset leaves to settle when all are known.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The datasets that this one was made from.
    pub(super) made_from: Vec<usize>,
    /// The schema that it lies in.
    pub(super) schema: String,
    /// How it is kept.
    pub(super) kind: String,
}

/// Settles which datasets are steps to others, and which are copies of each other.
pub(super) fn settle(documents: &mut Documents, found: &[Found]) {
    let count = documents.datasets.len();
    let mut made: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (at, dataset) in found.iter().enumerate() {
        let own = documents.stands_for(at);
        for &from in &dataset.made_from {
            let from = documents.stands_for(from);
            if from != own {
                made[from].push(own);
            }
        }
    }
    for list in &mut made {
        list.sort_unstable();
        list.dedup();
    }
    let heads: Vec<String> = documents
        .datasets
        .iter()
        .map(|doc| head(&doc.entity.name))
        .collect();
    let mut bearers: FxHashMap<&str, usize> = FxHashMap::default();
    for (at, head) in heads.iter().enumerate() {
        if documents.stands_for(at) == at {
            *bearers.entry(head.as_str()).or_default() += 1;
        }
    }
    let (mut steps, mut lefts) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for (at, dataset) in found.iter().enumerate() {
        let named = |words: &[&str], name: &str| {
            split::words(name)
                .iter()
                .any(|w| words.contains(&w.as_str()))
        };
        let name = documents.datasets[at].entity.name.as_str();
        let step = named(STEP_WORDS, name)
            || named(STEP_WORDS, &dataset.schema)
            || STEP_KINDS.contains(&dataset.kind.as_str());
        let left =
            named(LEFT_WORDS, name) && bearers.get(heads[at].as_str()).is_some_and(|n| *n > 1);
        steps.push(step);
        lefts.push(left);
    }
    for at in 0..count {
        let own = documents.stands_for(at);
        let next = successor(own, &made, |to| {
            // What is itself a step is nothing to go to, and an end in itself yields to nothing.
            steps[at] && !steps[to] && holds(&heads[at], &heads[to])
        });
        let private = private(&documents.datasets[at].entity.name);
        let standing = &mut documents.datasets[at].standing;
        standing.step = lefts[at] || (steps[at] && !made[own].is_empty());
        standing.successor = next;
        standing.private = private;
        standing.reuse = made[own].len();
    }
    versions::note(documents, &made, &heads);
    families(documents, &made);
}

/// Tells whether a name is one that its makers keep to themselves: it starts with an underscore.
fn private(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let own = last
        .rsplit_once("___")
        .map_or(last.starts_with('_'), |_| true);
    own && last.len() > 1
}

/// Returns what a name is about: its last part, without the words of layers, as stems.
fn head(name: &str) -> String {
    let last = name.rsplit("__").next().unwrap_or(name);
    let words = split::words(last);
    let telling = words.iter().filter(|w| {
        !stop::is_affix(w) && !LEFT_WORDS.contains(&w.as_str()) && !STEP_WORDS.contains(&w.as_str())
    });
    let stems: Vec<String> = telling
        .map(|word| stem::stem(&fold(word)).to_string())
        .collect();
    stems.join(" ")
}

/// Tells whether a name has all words of another.
fn holds(whole: &str, part: &str) -> bool {
    !part.is_empty()
        && part
            .split(' ')
            .all(|word| whole.split(' ').any(|own| own == word))
}

/// Finds the nearest dataset that is made from one and takes its place.
fn successor(of: usize, made: &[Vec<usize>], takes: impl Fn(usize) -> bool) -> Option<usize> {
    let mut seen: FxHashSet<usize> = FxHashSet::default();
    seen.insert(of);
    let mut level = vec![of];
    for _ in 0..STEPS_MAX {
        let mut next = Vec::new();
        for from in level {
            for &to in &made[from] {
                if seen.len() > REACHED_MAX {
                    return None;
                }
                if seen.insert(to) {
                    next.push(to);
                }
            }
        }
        if let Some(found) = next.iter().find(|&&to| takes(to)) {
            return Some(*found);
        }
        level = next;
    }
    None
}

/// Notes which datasets hold the same: equal names and columns in one place, or equal columns and one made from the other.
///
/// Those that terms of different names are about mean different things, however equal they look.
fn families(documents: &mut Documents, made: &[Vec<usize>]) {
    let mut columns: Vec<Vec<String>> = vec![Vec::new(); documents.datasets.len()];
    for column in &documents.columns {
        if let Some(list) = columns.get_mut(column.dataset) {
            list.push(column.entity.name.to_lowercase());
        }
    }
    for list in &mut columns {
        list.sort_unstable();
        list.dedup();
    }
    let mut meanings: FxHashMap<usize, Vec<String>> = FxHashMap::default();
    for term in &documents.terms {
        for &dataset in &term.datasets {
            meanings
                .entry(dataset)
                .or_default()
                .push(fold_phrase(term.entity.title()));
        }
    }
    let same_meaning = |a: usize, b: usize| match (meanings.get(&a), meanings.get(&b)) {
        (Some(a), Some(b)) => a.iter().any(|one| b.contains(one)),
        _ => true,
    };
    let mut family: Vec<usize> = (0..documents.datasets.len()).collect();
    // A namesake in another product may mean something else, unless lineage says that it is a copy.
    let mut first: FxHashMap<(Place<'_>, String, &[String]), usize> = FxHashMap::default();
    for (at, doc) in documents.datasets.iter().enumerate() {
        if columns[at].len() >= COLUMNS_MIN {
            let key = (
                place(doc),
                shardless(&doc.entity.name),
                columns[at].as_slice(),
            );
            let kin = *first.entry(key).or_insert(at);
            if same_meaning(kin, at) {
                join(&mut family, kin, at);
            }
        }
    }
    for (from, list) in made.iter().enumerate() {
        for &to in list {
            let alike = columns[from].len() >= COLUMNS_MIN && columns[from] == columns[to];
            if alike && same_meaning(from, to) {
                join(&mut family, from, to);
            }
        }
    }
    let roots: Vec<usize> = (0..family.len()).map(|at| root(&family, at)).collect();
    for (doc, root) in documents.datasets.iter_mut().zip(roots) {
        doc.family = Some(root);
    }
}

/// A product, or the domain and source of what belongs to none.
type Place<'d> = (Option<usize>, Option<usize>, &'d str);

fn place(doc: &DatasetDoc) -> Place<'_> {
    match doc.products.first() {
        Some(&product) => (Some(product), None, ""),
        None => (
            None,
            doc.domain,
            doc.entity.sources.first().map_or("", |s| s),
        ),
    }
}

/// Returns a name without the numbers of shards and partitions: `payment_p2022_01` is part of `payment`.
fn shardless(name: &str) -> String {
    let folded = fold_phrase(name);
    let number = |word: &&str| {
        let digits = word.strip_prefix('p').unwrap_or(word);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let kept: Vec<&str> = folded.split(' ').filter(|word| !number(word)).collect();
    if kept.is_empty() {
        folded.clone()
    } else {
        kept.join(" ")
    }
}

fn root(family: &[usize], mut at: usize) -> usize {
    while family[at] != at {
        at = family[at];
    }
    at
}

fn join(family: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(family, a), root(family, b));
    // The smaller is the root, so that chains stay short and the order of joins does not show.
    family[a.max(b)] = a.min(b);
}

impl Documents {
    /// Returns the dataset that stands for all that hold the same, as far as the graph shows.
    pub(crate) fn family_of(&self, dataset: usize) -> usize {
        let stands_for = self.stands_for(dataset);
        let doc: Option<&DatasetDoc> = self.datasets.get(stands_for);
        doc.and_then(|doc| doc.family).unwrap_or(stands_for)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{ColumnDoc, Entity};

    fn documents(names: &[&str], columns: &[&str]) -> Documents {
        let mut documents = Documents::default();
        for (at, name) in names.iter().enumerate() {
            let entity = Entity {
                iri: format!("urn:d:{at}"),
                name: (*name).to_owned(),
                ..Entity::default()
            };
            documents.datasets.push(DatasetDoc {
                entity,
                ..DatasetDoc::default()
            });
            documents
                .columns
                .extend(columns.iter().map(|column| ColumnDoc {
                    entity: Entity {
                        name: (*column).to_owned(),
                        ..Entity::default()
                    },
                    dataset: at,
                    ..ColumnDoc::default()
                }));
        }
        documents
    }

    fn found(made_from: &[&[usize]]) -> Vec<Found> {
        let list = made_from.iter().map(|from| Found {
            made_from: from.to_vec(),
            ..Found::default()
        });
        list.collect()
    }

    #[test]
    fn a_step_yields_to_what_is_made_from_it() {
        let mut documents = documents(
            &["raw_orders", "stg_shop__order", "orders", "refunds"],
            &["a"],
        );
        settle(&mut documents, &found(&[&[], &[0], &[1], &[]]));
        let standing = |at: usize| &documents.datasets[at].standing;
        assert!(standing(0).step && standing(1).step);
        assert_eq!(
            (standing(0).successor, standing(1).successor),
            (Some(2), Some(2))
        );
        assert_eq!(
            (standing(2), standing(3)),
            (&Standing::default(), &Standing::default())
        );
    }

    #[test]
    fn a_cycle_of_lineage_ends() {
        let mut documents = documents(&["stg_a", "stg_b"], &["a"]);
        settle(&mut documents, &found(&[&[1], &[0]]));
        assert!(documents.datasets[0].standing.step);
    }

    #[test]
    fn copies_are_a_family_and_namesakes_are_not() {
        let mut documents = documents(
            &["customers", "Customers", "clients", "people"],
            &["id", "name", "city"],
        );
        documents.columns.pop();
        settle(&mut documents, &found(&[&[], &[], &[0], &[]]));
        let families: Vec<usize> = (0..4).map(|at| documents.family_of(at)).collect();
        assert_eq!(families, [0, 0, 0, 3]);
    }

    #[test]
    fn states_and_tags_are_read() {
        assert_eq!(Lifecycle::read("Deprecated since May"), Lifecycle::Retired);
        assert_eq!(
            Lifecycle::read("https://example.org/lifecycle/Consume"),
            Lifecycle::Active
        );
        assert_eq!(Lifecycle::read("blue"), Lifecycle::Unsaid);
        assert!(
            vouches("Tier.Tier1")
                && vouches("certified")
                && !vouches("not certified")
                && !vouches("silver")
        );
    }
}
