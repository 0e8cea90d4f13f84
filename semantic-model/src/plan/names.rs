//! Names as users write them, and near names for those that are not there.

use super::index::Index;
use crate::layer::{GrainName, GroupBy};

/// What MetricFlow puts between the parts of a name.
const SEPARATOR: &str = "__";
/// The name of the time by which each metric is aggregated.
pub(super) const METRIC_TIME: &str = "metric_time";
/// Names less alike than this are not meant.
const LIKENESS_MIN: f64 = 0.7;

/// A name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// `metric_time`.
    MetricTime,
    /// A field or entity behind entities: `listing__user__home_state`.
    Linked { links: Vec<String>, element: String },
    /// A field of a dataset, or of the dataset that a join of this name leads to: `listings.country`.
    Qualified { owner: String, element: String },
}

/// Takes a group's name apart into what it names and the grain at its end.
pub(super) fn parse(item: &GroupBy, index: &Index) -> (Name, Option<GrainName>) {
    if let Some((owner, element)) = item.name.rsplit_once('.') {
        let (element, grain) = split_grain(element, index);
        let name = Name::Qualified {
            owner: owner.to_owned(),
            element: element.to_owned(),
        };
        return (name, item.grain.clone().or(grain));
    }
    let (rest, grain) = split_grain(&item.name, index);
    let grain = item.grain.clone().or(grain);
    let mut links = item.entity_path.clone();
    links.extend(rest.split(SEPARATOR).map(str::to_owned));
    let element = links.pop().unwrap_or_default();
    if links.is_empty() && element == METRIC_TIME {
        return (Name::MetricTime, grain);
    }
    (Name::Linked { links, element }, grain)
}

/// Splits a grain off the end of a name, unless the name as a whole ends with a field that is called like a grain.
fn split_grain<'a>(name: &'a str, index: &Index) -> (&'a str, Option<GrainName>) {
    let Some((rest, last)) = name.rsplit_once(SEPARATOR) else {
        return (name, None);
    };
    let grain = GrainName::from(last.to_owned());
    let known = match &grain {
        GrainName::Standard(standard) => standard.as_str().eq_ignore_ascii_case(last),
        GrainName::Custom(custom) => index.grain(custom).is_some(),
    };
    let before = rest.rsplit(SEPARATOR).next().unwrap_or(rest);
    let is_time_before = before == METRIC_TIME || index.is_element(before);
    if known && (is_time_before || !index.is_element(last)) {
        (rest, Some(grain))
    } else {
        (name, None)
    }
}

/// Gives the names most like the one that is not there, best first.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let name = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|other| (likeness(&name, &other.to_lowercase()), other))
        .filter(|(score, _)| *score >= LIKENESS_MIN)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored
        .into_iter()
        .map(|(_, name)| name.to_owned())
        .collect()
}

fn likeness(name: &str, other: &str) -> f64 {
    let letters = strsim::normalized_damerau_levenshtein(name, other);
    let last = |name: &'_ str| name.rsplit([':', '.', '_']).next().map(str::len);
    let is_end = !name.is_empty() && other.ends_with(name) && last(other) <= Some(name.len());
    // A bare name is most likely meant as the end of a full one.
    if is_end { letters.max(0.9) } else { letters }
}
