//! Says what a score is made of and why, in words.

use super::added::Added;
use super::context::Context;
use super::expand::{Group, Variant, Why};
use super::names::NameRef;
use super::ranker::{Ranker, Side};
use super::resolution::ScorePart;
use super::score::Scored;
use super::standing;
use crate::document::Documents;

/// Reasons past this many are left out: the strongest come first.
const REASONS_MAX: usize = 8;
/// A dataset nearer than this to the question is said to be near in meaning.
const NEAR: f32 = 0.5;

/// Where in an entity's own words a group of the question was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Name { whole: bool, written: u32 },
    Column { column: u32, written: u32 },
    Text,
}

struct Found {
    place: Place,
    variant: Variant,
    gain: f32,
}

/// What explains a dataset's score.
pub(crate) struct Explanation {
    pub(crate) parts: Vec<ScorePart>,
    pub(crate) reasons: Vec<String>,
}

/// Everything an explanation reads.
#[derive(Clone, Copy)]
pub(crate) struct Explainer<'a> {
    pub(crate) ranker: &'a Ranker,
    pub(crate) documents: &'a Documents,
    pub(crate) groups: &'a [Group],
    pub(crate) scored: &'a Scored,
    pub(crate) context: &'a Context,
    pub(crate) added: &'a Added,
}

impl Explainer<'_> {
    /// Explains the score of a dataset.
    pub(crate) fn table(&self, table: u32) -> Explanation {
        let mut found: Vec<(usize, Found)> = Vec::new();
        for (at, group) in self.groups.iter().enumerate() {
            found.extend(self.find(table, group).map(|f| (at, f)));
        }
        found.sort_by(|a, b| b.1.gain.total_cmp(&a.1.gain).then(a.0.cmp(&b.0)));
        let parts = self.parts(table, &found);
        let mut reasons: Vec<String> = found
            .iter()
            .map(|(at, f)| self.reason(table, &self.groups[*at], f))
            .collect();
        let at = table as usize;
        reasons.extend(self.added.reasons(table).iter().cloned());
        if let Some(reason) = self.context.reason(self.ranker.group_of(table) as usize) {
            reasons.insert(reasons.len().min(REASONS_MAX - 1), reason.to_owned());
        }
        if self.scored.spread[at] > 0.0 {
            reasons.push("joined by a foreign key with a dataset that matches".to_owned());
        }
        if self.scored.cosines[at] >= NEAR {
            reasons.push("near in meaning to the question as a whole".to_owned());
        }
        if self.ranker.usage[at] > 0.0 {
            let times = self.documents.datasets[at].usage;
            reasons.push(format!("queried {times} times"));
        }
        let title = |at: usize| self.documents.datasets[at].entity.title();
        reasons.dedup();
        reasons.truncate(REASONS_MAX - 1);
        reasons.extend(standing::reasons(
            &self.documents.datasets[at].standing,
            title,
        ));
        reasons.truncate(REASONS_MAX);
        Explanation { parts, reasons }
    }

    /// Finds the best variant of a group that a dataset holds, and where.
    fn find(&self, table: u32, group: &Group) -> Option<Found> {
        let level = &self.ranker.tables.level;
        let gain = |variant: &Variant| {
            let (items, weights) = level.postings(variant.word);
            let at = items.binary_search(&table).ok()?;
            Some(group.weight * variant.strength * weights[at])
        };
        let held = group
            .variants
            .iter()
            .filter_map(|variant| gain(variant).map(|gain| (variant, gain)));
        let (&variant, gain) =
            held.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.word.cmp(&a.0.word)))?;
        let place = self.place(table, variant.word);
        Some(Found {
            place,
            variant,
            gain,
        })
    }

    fn place(&self, table: u32, word: u32) -> Place {
        if let Some((whole, written)) = in_names(&self.ranker.tables, table, word) {
            return Place::Name { whole, written };
        }
        let columns = self.ranker.columns_of(table).iter();
        let mut named = columns.filter_map(|&column| {
            in_names(&self.ranker.columns, column, word).map(|hit| (column, hit))
        });
        match named.next() {
            Some((column, (_, written))) => Place::Column { column, written },
            None => Place::Text,
        }
    }

    fn parts(&self, table: u32, found: &[(usize, Found)]) -> Vec<ScorePart> {
        let (t, s, at) = (&self.ranker.tuning, self.scored, table as usize);
        let unit = 1.0 / s.table_top.max(f32::EPSILON);
        let meant = |why: Why| {
            matches!(
                why,
                Why::Synonym | Why::Neighbour | Why::Reworded | Why::Typo
            )
        };
        let sum = |wanted: &dyn Fn(&Found) -> bool| -> f32 {
            found
                .iter()
                .filter(|(_, f)| wanted(f))
                .map(|(_, f)| f.gain)
                .sum()
        };
        let synonyms = sum(&|f| meant(f.variant.why));
        let name = sum(&|f| !meant(f.variant.why) && matches!(f.place, Place::Name { .. }));
        let columns = sum(&|f| !meant(f.variant.why) && matches!(f.place, Place::Column { .. }));
        let text = sum(&|f| !meant(f.variant.why) && f.place == Place::Text);
        let product = t.table_from_product * self.ranker.product_words(s, table) * unit;
        let vectors = t.table_vector * s.cosines[at];
        let words = s.table_words.of[at] + t.table_from_column * s.best_column[at] + s.spread[at];
        let cover = s.table_covers[at];
        let base = words * unit + product + vectors + cover;
        let used = base * t.usage * self.ranker.usage[at];
        let whole = (base + used) * self.context.table_factor(at);
        let breadth = whole * (self.ranker.breadth_factor(table) - 1.0);
        let parts = [
            ("name", (name + s.table_named[at]) * unit),
            ("description", text * unit),
            (
                "columns",
                (columns + t.table_from_column * s.best_column[at]) * unit,
            ),
            ("neighbours", s.spread[at] * unit),
            ("synonyms", synonyms * unit),
            ("vectors", vectors),
            ("cover", cover),
            (
                "product",
                product + t.table_back_product * self.ranker.product_score(s, table) + breadth,
            ),
            (
                "context",
                (base + used) * (self.context.table_factor(at) - 1.0),
            ),
            ("usage", used),
        ];
        let telling = parts.into_iter().filter(|part| part.1.abs() > 1e-6);
        let standing = &self.documents.datasets[at].standing;
        telling
            .map(|(name, value)| ScorePart { name, value })
            .chain(standing::parts(standing, t, whole + breadth))
            .chain(self.added.parts(table))
            .collect()
    }

    fn reason(&self, table: u32, group: &Group, found: &Found) -> String {
        let dataset = self.documents.datasets[table as usize].entity.title();
        let asked = group.word.text.as_str();
        let (place, written) = match found.place {
            Place::Name {
                whole: true,
                written,
            } if found.variant.why == Why::Same => {
                let exact = crate::text::fold::fold_phrase(dataset) == asked;
                let how = if exact { " (exact)" } else { "" };
                return match self.shortened(written, found) {
                    Some(short) => {
                        format!("`{asked}` is the name of dataset {dataset} (`{short}`)")
                    }
                    None => format!("`{asked}` is the name of dataset {dataset}{how}"),
                };
            }
            Place::Name { written, .. } => (format!("in the name of dataset {dataset}"), written),
            Place::Column { column, written } => {
                let title = self.documents.columns[column as usize].entity.title();
                (format!("in column {title}"), written)
            }
            Place::Text => (
                "in a description, product or neighbour".to_owned(),
                found.variant.word,
            ),
        };
        let word = self.ranker.vocabulary.surface(found.variant.word);
        match found.variant.why {
            Why::Same | Why::Joined => match self.shortened(written, found) {
                Some(short) => format!("`{asked}` is {place}, written `{short}`"),
                None => format!("`{asked}` is {place}"),
            },
            Why::Abbreviation => format!("`{asked}` is short for `{word}` {place}"),
            Why::Shortened => format!("`{asked}` may be written `{word}` {place}"),
            Why::Kin => format!("`{asked}` is of one stem with `{word}` {place}"),
            Why::Piece => format!("`{asked}` holds `{word}` {place}"),
            Why::Synonym => format!("`{asked}` matched `{word}` {place} as a synonym (WordNet)"),
            Why::Neighbour => format!("`{asked}` matched `{word}` {place} as near in meaning"),
            Why::Reworded => format!("`{asked}` says `{word}` {place} in other words"),
            Why::Typo => format!("`{asked}` looks like `{word}` {place}"),
        }
    }

    /// Returns the word as the name writes it, when it is an abbreviation or run together.
    fn shortened(&self, written: u32, found: &Found) -> Option<&str> {
        (written != found.variant.word).then(|| self.ranker.vocabulary.surface(written))
    }
}

/// Tells whether a word stands in a name of an item: whether it is the whole name, and the word as written.
fn in_names(side: &Side, item: u32, word: u32) -> Option<(bool, u32)> {
    let mut best = None;
    let holders = side.names.holders(word);
    let holds = |name: &NameRef<'_>| holders.binary_search(&(name.number() as u32)).is_ok();
    for name in side.names.of(item).filter(holds) {
        let slots = name.slots().count();
        for slot in name.slots() {
            if slot.words.iter().any(|entry| entry.0 == word) {
                let written = slot.words.first().map_or(word, |entry| entry.0);
                let hit = (slots == 1, written);
                best = Some(best.map_or(hit, |b: (bool, u32)| if b.0 { b } else { hit }));
            }
        }
    }
    best
}
