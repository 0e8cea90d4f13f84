//! Meaning as a vector: the weighted mean of the vectors of words.

use super::analyze::Name;
use super::vocabulary::{Vocabulary, WordId};
use crate::lexicon::{DIMENSIONS, Head, vector};

/// A sum of word vectors.
#[derive(Debug, Clone)]
pub(crate) struct Mean {
    sum: [f32; DIMENSIONS],
}

impl Mean {
    /// Starts with nothing.
    pub(crate) fn new() -> Self {
        Self {
            sum: [0.0; DIMENSIONS],
        }
    }

    /// Adds the direction of a row of the lexicon.
    pub(crate) fn add(&mut self, head: Head, weight: f32) {
        let Some(row) = vector(head) else {
            return;
        };
        let signed = |byte: u8| f32::from(byte.cast_signed());
        let norm = row
            .iter()
            .map(|&b| signed(b) * signed(b))
            .sum::<f32>()
            .sqrt()
            .max(1.0);
        for (sum, &byte) in self.sum.iter_mut().zip(row) {
            *sum += weight * signed(byte) / norm;
        }
    }

    /// Adds another sum.
    pub(crate) fn add_mean(&mut self, other: &Self, weight: f32) {
        for (sum, part) in self.sum.iter_mut().zip(&other.sum) {
            *sum += weight * part;
        }
    }

    /// Adds the words of a name.
    pub(super) fn add_name(
        &mut self,
        vocabulary: &Vocabulary,
        name: &Name,
        idf: impl Fn(WordId) -> f32,
    ) {
        for slot in name {
            // The reading with a meaning: the long form of an abbreviation rather than the abbreviation.
            let reading = slot.words.iter().skip(1).chain(slot.words.first());
            let mut reading = reading;
            let known =
                reading.find_map(|&(word, _)| vocabulary.head(word).map(|head| (word, head)));
            if let Some((word, head)) = known {
                let affix = if slot.affix { 0.15 } else { 1.0 };
                self.add(head, affix * (0.3 + idf(word)));
            }
        }
    }

    /// Scales to length 1; `None` when there is no direction.
    pub(crate) fn direction(&self) -> Option<Direction> {
        let norm = self.sum.iter().map(|x| x * x).sum::<f32>().sqrt();
        if norm <= f32::EPSILON {
            return None;
        }
        let largest = self.sum.iter().fold(0.0f32, |m, x| m.max(x.abs())) / norm;
        let scale = largest / 127.0;
        let mut steps = [0i16; DIMENSIONS];
        for (step, x) in steps.iter_mut().zip(&self.sum) {
            *step = (x / norm / scale).round() as i16;
        }
        Some(Direction { steps, scale })
    }
}

/// A direction of length 1 in steps of `scale`, at most 127 steps a component.
#[derive(Debug, Clone)]
pub(crate) struct Direction {
    // As wide as a product of two steps, so that the sum of products runs in vector registers.
    steps: [i16; DIMENSIONS],
    scale: f32,
}

/// The directions of the items of a level.
#[derive(Debug, Default)]
pub(crate) struct Directions {
    bytes: Vec<[i8; DIMENSIONS]>,
    scales: Vec<f32>,
}

impl Directions {
    /// Appends the direction of the next item.
    pub(super) fn push(&mut self, mean: &Mean) {
        let direction = mean.direction().unwrap_or(Direction {
            steps: [0; DIMENSIONS],
            scale: 0.0,
        });
        self.bytes.push(direction.steps.map(|step| step as i8));
        self.scales.push(direction.scale);
    }

    /// Returns the cosine between a direction and an item.
    pub(crate) fn cosine(&self, item: usize, to: &Direction) -> f32 {
        let (Some(bytes), Some(scale)) = (self.bytes.get(item), self.scales.get(item)) else {
            return 0.0;
        };
        let dot: i32 = bytes
            .iter()
            .zip(&to.steps)
            .map(|(&a, &b)| i32::from(i16::from(a)) * i32::from(b))
            .sum();
        dot as f32 * scale * to.scale
    }
}
