//! What metrics and dimensions are called in words, and which of them a question names.

use semantic_model::layer::Notes;

use super::words::{Word, find, stem, stems};

/// Words of names that people leave out: `order_count` is "orders".
const PLAIN: [&str; 7] = ["count", "total", "number", "num", "sum", "overall", "cnt"];
/// Stems that say that a name is a key.
const KEYS: [&str; 4] = ["id", "key", "code", "sk"];

/// A way to say a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    stems: Vec<String>,
    /// Whether words of the name are left out.
    is_short: bool,
}

impl Phrase {
    fn whole(stems: Vec<String>) -> Self {
        Self {
            stems,
            is_short: false,
        }
    }

    /// Tells whether a stem is part of it.
    pub(super) fn has(&self, stem: &str) -> bool {
        self.stems.iter().any(|own| own == stem)
    }

    /// Longer is better, and a whole name better than a short one.
    fn weight(&self) -> usize {
        2 * self.stems.len() - usize::from(self.is_short)
    }
}

/// The ways to say a metric.
pub(super) fn of_metric(name: &str, notes: &Notes) -> Vec<Phrase> {
    let mut phrases = Vec::new();
    for text in texts(name, notes.label.as_deref(), &notes.synonyms) {
        let all = stems(text);
        let kept = without(&all, &PLAIN);
        if kept.len() < all.len() && !kept.is_empty() {
            phrases.push(Phrase {
                stems: kept,
                is_short: true,
            });
        }
        phrases.push(Phrase::whole(all));
    }
    phrases.retain(|phrase| !phrase.stems.is_empty());
    phrases
}

/// The ways to say a dimension: its own name, alone or behind the entity that it is of.
pub(super) fn of_dimension(name: &str, label: Option<&str>, synonyms: &[String]) -> Vec<Phrase> {
    // By entity and name, or by dataset and name.
    let (holder, own) = match name.rsplit_once("__").or_else(|| name.rsplit_once('.')) {
        Some((holder, own)) => (holder.rsplit("__").next(), own),
        None => (None, name),
    };
    let mut phrases = Vec::new();
    for text in texts(own, label, synonyms) {
        let all = stems(text);
        let kept = without(&all, &KEYS);
        if kept.len() < all.len() && !kept.is_empty() {
            phrases.push(Phrase {
                stems: kept,
                is_short: true,
            });
        }
        phrases.push(Phrase::whole(all));
    }
    if let Some(entity) = holder {
        let entity = without(&stems(entity), &KEYS);
        let behind: Vec<Phrase> = phrases
            .iter()
            .filter(|phrase| !entity.iter().any(|stem| phrase.has(stem)))
            .map(|phrase| Phrase {
                stems: [entity.clone(), phrase.stems.clone()].concat(),
                is_short: phrase.is_short,
            })
            .collect();
        phrases.extend(behind);
    }
    phrases.retain(|phrase| !phrase.stems.is_empty());
    phrases
}

fn texts<'a>(
    name: &'a str,
    label: Option<&'a str>,
    synonyms: &'a [String],
) -> impl Iterator<Item = &'a str> {
    let more = synonyms.iter().map(String::as_str);
    std::iter::once(name).chain(label).chain(more)
}

fn without(stems: &[String], left_out: &[&str]) -> Vec<String> {
    let kept = stems
        .iter()
        .filter(|own| !left_out.iter().any(|plain| stem(plain) == **own));
    kept.cloned().collect()
}

/// The things that free words name by the longest phrase that starts before `end`, and where. Of phrases as long the
/// first in the question counts.
pub(super) fn longest<T: Copy>(
    named: &[(T, Vec<Phrase>)],
    words: &[Word],
    end: usize,
) -> Option<(Vec<usize>, Vec<T>)> {
    let mut best: Option<(usize, Vec<usize>, Vec<T>)> = None;
    for (thing, phrases) in named {
        let found = phrases
            .iter()
            .filter_map(|phrase| Some((phrase.weight(), find(&phrase.stems, words)?)))
            .filter(|(_, places)| places.iter().any(|place| *place < end))
            .max_by_key(|(weight, places)| {
                (*weight, std::cmp::Reverse(places.iter().min().copied()))
            });
        let Some((weight, mut places)) = found else {
            continue;
        };
        places.sort_unstable();
        match &mut best {
            Some((most, at, things)) if (*most, &*at) == (weight, &places) => things.push(*thing),
            Some((most, at, _))
                if *most > weight || (*most == weight && at.first() <= places.first()) => {}
            _ => best = Some((weight, places, vec![*thing])),
        }
    }
    best.map(|(_, places, things)| (places, things))
}

/// Takes the words that only say that something is counted or added up, which metrics do by themselves.
pub(super) fn take_plain_words(words: &mut [Word]) {
    for word in words.iter_mut().filter(|word| !word.taken) {
        word.taken = PLAIN.contains(&word.lower.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    fn named(names: &[&'static str]) -> Vec<(&'static str, Vec<Phrase>)> {
        let phrases = |name: &&'static str| (*name, of_metric(name, &Notes::default()));
        names.iter().map(phrases).collect()
    }

    #[test]
    fn the_longest_name_is_meant_and_a_tie_names_all() {
        let known = named(&["revenue", "revenue_per_order", "order_count", "orders"]);
        let longest = |text: &str| longest(&known, &words(text), 1_000).map(|(_, things)| things);
        assert_eq!(
            longest("revenue per order by day"),
            Some(vec!["revenue_per_order"])
        );
        assert_eq!(longest("the revenue"), Some(vec!["revenue"]));
        assert_eq!(longest("how many orders"), Some(vec!["orders"]));
        assert_eq!(longest("count of orders"), Some(vec!["order_count"]));
        assert_eq!(longest("nothing"), None);
    }

    #[test]
    fn a_dimension_is_said_with_its_entity_or_alone() {
        let phrases = of_dimension("customer_id__segment", None, &[]);
        let text = words("revenue per customer segment");
        let found: Vec<_> = phrases
            .iter()
            .filter_map(|it| find(&it.stems, &text))
            .collect();
        assert_eq!(found, [vec![3], vec![2, 3]]);
        assert!(
            of_dimension("customer_id", None, &[])
                .iter()
                .any(|it| it.stems == stems("customer"))
        );
    }
}
