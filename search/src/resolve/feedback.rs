//! What people said of earlier answers: statements of the source `feedback`, weighed like any other evidence.

use rustc_hash::FxHashMap;

use super::query;
use crate::document::Documents;
use crate::text::stem;

/// Of so many assets that one word was asked of, feedback is looked at.
const PER_WORD_MAX: usize = 256;
/// What a part of the question was asked before counts this much of what the whole would.
const PART: f32 = 0.5;

/// What was said, by the words that were asked.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    of_word: FxHashMap<String, Vec<u32>>,
    /// How many words each feedback's question has.
    words: Vec<usize>,
}

/// Feedback that speaks of a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Recalled {
    /// The position in the documents' feedback.
    pub(crate) at: usize,
    /// How much of it holds for this question, from -1 to 1.
    pub(crate) balance: f32,
}

/// Returns the words that feedback on a text is kept by: its content words as stems, sorted, each once.
pub fn content_words(text: &str) -> Vec<String> {
    let text = crate::text::cap(text, super::TEXT_BYTES_MAX);
    let mut words: Vec<String> = query::read(text)
        .iter()
        .map(|word| stem::stem(&word.text).to_string())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

impl Remembered {
    /// Collects the feedback of a graph.
    pub(crate) fn build(documents: &Documents) -> Self {
        let mut remembered = Self::default();
        for (at, doc) in (0u32..).zip(&documents.feedback) {
            let words = content_words(&doc.asked);
            remembered.words.push(words.len());
            for word in words {
                let list = remembered.of_word.entry(word).or_default();
                if list.len() < PER_WORD_MAX {
                    list.push(at);
                }
            }
        }
        remembered
    }

    /// Finds what was said when these words, or some of them, were asked.
    pub(crate) fn recall(&self, text: &str, documents: &Documents) -> Vec<Recalled> {
        if self.words.is_empty() {
            return Vec::new();
        }
        let asked = content_words(text);
        let mut met: FxHashMap<u32, usize> = FxHashMap::default();
        for word in &asked {
            for &at in self.of_word.get(word).into_iter().flatten() {
                *met.entry(at).or_default() += 1;
            }
        }
        let whole = met
            .into_iter()
            .filter(|&(at, count)| count == self.words[at as usize]);
        let mut recalled: Vec<Recalled> = whole
            .map(|(at, count)| {
                let doc = &documents.feedback[at as usize];
                let (yes, no) = (doc.accepted as f32, doc.rejected as f32);
                let share = if count == asked.len() {
                    1.0
                } else {
                    PART * count as f32 / asked.len() as f32
                };
                // One voice counts half, and many never more than one.
                Recalled {
                    at: at as usize,
                    balance: share * (yes - no) / (yes + no + 1.0),
                }
            })
            .collect();
        recalled.sort_unstable_by_key(|one| one.at);
        recalled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::FeedbackDoc;

    #[test]
    fn the_same_question_in_other_words_is_recalled() {
        let said = |asked: &str, accepted, rejected| FeedbackDoc {
            asked: asked.to_owned(),
            about: "urn:x".to_owned(),
            accepted,
            rejected,
        };
        let documents = Documents {
            feedback: vec![
                said("active customers", 3, 0),
                said("customer", 0, 1),
                said("orders", 1, 0),
            ],
            ..Documents::default()
        };
        let remembered = Remembered::build(&documents);
        let recalled = remembered.recall("Customer, active", &documents);
        assert_eq!(recalled.len(), 2);
        assert!((recalled[0].balance - 0.75).abs() < 1e-6, "{recalled:?}");
        assert!((recalled[1].balance + 0.125).abs() < 1e-6, "{recalled:?}");
        assert!(remembered.recall("", &documents).is_empty());
    }
}
