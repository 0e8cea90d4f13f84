//! From words to a query: the metrics that a question names, what to group and filter them by, at what grain, and when.
//!
//! The words of a question are matched with the names of the layers, longest first, and every word that found no
//! place is told: a query that leaves something out is for its reader to judge. Where no metric is called by its name
//! the resolver's best metric stands in. Nothing is guessed between two metrics or dimensions that fit alike.

mod groups;
mod phrases;
mod time;
mod words;

use graph_core::Timestamp;
use search::{Outcome, Resolution};
use semantic_model::layer::{Filter, GroupBy, MetricRequest, Query, TimeRange};

use self::groups::Picked;
use self::phrases::Phrase;
use self::time::ByTime;
use self::words::{Word, words};
use super::lookup::Narrowing;
use super::{KnownMetric, ListedMetric, QueryError, QueryRequest, Semantics};

/// More metrics than this are not read out of one question.
const METRICS_MAX: usize = 8;
/// Choices that a question offers.
const CHOICES_MAX: usize = 3;

/// A question in words, and what is known of who asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Intent<'a> {
    /// The words.
    pub text: &'a str,
    /// The domain that the caller works in, by IRI or label: it decides between metrics of one name.
    pub domain: Option<&'a str>,
    /// The layer to ask, by name or source: it decides likewise.
    pub layer: Option<&'a str>,
    /// What the resolver makes of the words; its metrics are asked where none is called by its name, and the values that it
    /// knows become conditions.
    pub resolution: Option<&'a Resolution>,
    /// The time that `last month` counts from; without it such words find no place.
    pub now: Option<Timestamp>,
}

/// What a question is read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A query.
    Query(Box<Interpretation>),
    /// Words that mean several metrics or dimensions alike.
    Ambiguous {
        /// The words.
        words: String,
        /// What they may mean, at most three.
        choices: Vec<String>,
    },
    /// No metric is asked for.
    Unknown {
        /// The words that found no place.
        unplaced: Vec<String>,
    },
}

/// A question as a query for metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpretation {
    /// The query, ready to be planned.
    pub request: QueryRequest,
    /// The metrics, in the order of the question.
    pub metrics: Vec<ListedMetric>,
    /// What they are grouped by, as queries name it.
    pub group_by: Vec<String>,
    /// Conditions on dimensions.
    pub filters: Vec<String>,
    /// From when to when.
    pub range: Option<TimeRange>,
    /// The words that say something and found no place.
    pub unplaced: Vec<String>,
    /// How it was read, in words.
    pub reasons: Vec<String>,
}

/// A question that has several answers alike.
struct Tie {
    words: String,
    choices: Vec<String>,
}

impl From<Tie> for Reading {
    fn from(tie: Tie) -> Self {
        Self::Ambiguous {
            words: tie.words,
            choices: tie.choices,
        }
    }
}

impl Semantics {
    /// Reads a question as a query for metrics.
    ///
    /// # Errors
    /// [`QueryError`] where a metric that is asked for is not well defined.
    pub fn interpret(&self, intent: &Intent<'_>) -> Result<Reading, QueryError> {
        let mut words = words(intent.text);
        let mut reasons = Vec::new();
        let grain = time::grain(&mut words);
        let range = time::range(&mut words, intent.now);
        let metrics = match self.metrics_in(&mut words, intent, &mut reasons) {
            Ok(metrics) => metrics,
            Err(tie) => return Ok(tie.into()),
        };
        if metrics.is_empty() {
            let unplaced = unplaced(&words);
            return Ok(Reading::Unknown { unplaced });
        }
        let metrics: Vec<ListedMetric> = metrics.iter().map(|known| self.listed(known)).collect();
        let names: Vec<String> = metrics.iter().map(|it| it.qualified_name.clone()).collect();
        let dimensions = self.dimensions(&names, intent.domain)?;
        let values = intent.resolution.map_or(&[][..], |it| &it.values);
        let picked = match groups::pick(&dimensions, &mut words, values, &mut reasons) {
            Ok(picked) => picked,
            Err(tie) => return Ok(tie.into()),
        };
        let mut found = Interpretation {
            request: QueryRequest::default(),
            metrics,
            group_by: picked.groups.clone(),
            filters: picked.filters.clone(),
            range,
            unplaced: unplaced(&words),
            reasons,
        };
        if let Some(grain) = grain {
            found.group_by.insert(0, time_group(grain));
        }
        found.request = request(&found, &picked, intent);
        Ok(Reading::Query(Box::new(found)))
    }

    /// Finds the metrics that words name, and takes the words.
    fn metrics_in(
        &self,
        words: &mut [Word],
        intent: &Intent<'_>,
        reasons: &mut Vec<String>,
    ) -> Result<Vec<&KnownMetric>, Tie> {
        let phrases: Vec<(&KnownMetric, Vec<Phrase>)> = self
            .visible()
            .map(|known| {
                let metric = self.metric(known);
                (known, phrases::of_metric(&metric.name, &metric.notes))
            })
            .collect();
        // What is grouped by comes after a cue, and metrics mostly before it.
        let cue = words.iter().position(Word::is_cue);
        let mut found: Vec<&KnownMetric> = Vec::new();
        for end in [cue.unwrap_or(words.len()), words.len()] {
            while found.len() < METRICS_MAX {
                let Some((places, fitting)) = phrases::longest(&phrases, words, end) else {
                    break;
                };
                let said = said(words, &places);
                let one = self.one_of(fitting, intent, &said)?;
                for place in places {
                    words[place].taken = true;
                }
                if !found.iter().any(|other| std::ptr::eq(*other, one)) {
                    reasons.push(format!("`{said}` is metric `{}`", self.qualified_name(one)));
                    found.push(one);
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        if found.is_empty()
            && let Some(resolution) = intent.resolution
        {
            found.extend(self.resolved(resolution, words, reasons)?);
        }
        if !found.is_empty() {
            phrases::take_plain_words(words);
        }
        Ok(found)
    }

    fn one_of<'a>(
        &'a self,
        fitting: Vec<&'a KnownMetric>,
        intent: &Intent<'_>,
        said: &str,
    ) -> Result<&'a KnownMetric, Tie> {
        let narrowing = Narrowing {
            domain: intent.domain,
            layer: intent.layer,
            engine: None,
        };
        let narrowed = self.narrowed(fitting, narrowing);
        match narrowed.as_slice() {
            [one] => Ok(one),
            several => Err(Tie {
                words: said.to_owned(),
                choices: self.choices(several),
            }),
        }
    }

    fn choices(&self, several: &[&KnownMetric]) -> Vec<String> {
        let choices = several.iter().map(|known| self.in_words(known));
        choices.take(CHOICES_MAX).collect()
    }

    /// Takes the metric that the resolver puts first, if it is sure.
    fn resolved(
        &self,
        resolution: &Resolution,
        words: &mut [Word],
        reasons: &mut Vec<String>,
    ) -> Result<Option<&KnownMetric>, Tie> {
        let places = resolution.metrics.iter();
        let ranked: Vec<&KnownMetric> = places
            .filter_map(|ranked| self.iris.get(&ranked.iri))
            .map(|at| &self.metrics[*at])
            .filter(|known| !self.metric(known).notes.hidden)
            .take(CHOICES_MAX)
            .collect();
        let Some(first) = ranked.first() else {
            return Ok(None);
        };
        match resolution.outcome {
            Outcome::Unknown => return Ok(None),
            Outcome::Ambiguous if ranked.len() > 1 => {
                return Err(Tie {
                    words: unplaced(words).join(" "),
                    choices: self.choices(&ranked),
                });
            }
            Outcome::Ambiguous | Outcome::Resolved => {}
        }
        let metric = self.metric(first);
        let own = phrases::of_metric(&metric.name, &metric.notes);
        for word in words.iter_mut().filter(|word| !word.taken) {
            word.taken = own.iter().any(|phrase| phrase.has(&word.stem));
        }
        let name = self.qualified_name(first);
        reasons.push(format!("the resolver reads the words as metric `{name}`"));
        Ok(Some(first))
    }
}

/// What time is grouped by: at a grain, or at the metrics' own.
fn time_group(by: ByTime) -> String {
    match by {
        ByTime::Grain(grain) => format!("metric_time__{grain}"),
        ByTime::Own => "metric_time".to_owned(),
    }
}

fn request(found: &Interpretation, picked: &Picked, intent: &Intent<'_>) -> QueryRequest {
    let metric = |metric: &ListedMetric| MetricRequest {
        name: metric.name.clone(),
        alias: None,
    };
    QueryRequest {
        query: Query {
            metrics: found.metrics.iter().map(metric).collect(),
            group_by: found.group_by.iter().map(GroupBy::new).collect(),
            filters: picked.filters.iter().cloned().map(Filter).collect(),
            time_range: found.range.clone(),
            ..Query::default()
        },
        domain: intent.domain.map(str::to_owned),
        layer: intent.layer.map(str::to_owned),
        ..QueryRequest::default()
    }
}

/// The words at some places, in the order of the question.
fn said(words: &[Word], places: &[usize]) -> String {
    let mut places = places.to_vec();
    places.sort_unstable();
    let texts: Vec<&str> = places.iter().map(|at| words[*at].text.as_str()).collect();
    texts.join(" ")
}

fn unplaced(words: &[Word]) -> Vec<String> {
    let left = words
        .iter()
        .filter(|word| !word.taken && !word.is_filler() && !word.is_cue());
    left.map(|word| word.text.clone()).collect()
}
