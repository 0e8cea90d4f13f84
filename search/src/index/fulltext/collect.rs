//! A collector that keeps every match with its score.

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// Keeps `(document, score)` of every match. The index has one segment, so a document's id is its position.
pub(super) struct EveryScore;

/// The matches of the segment.
pub(super) struct Matches(Vec<(DocId, Score)>);

impl Collector for EveryScore {
    type Fruit = Vec<(DocId, Score)>;
    type Child = Matches;

    fn for_segment(
        &self,
        _ordinal: SegmentOrdinal,
        _segment: &SegmentReader,
    ) -> tantivy::Result<Matches> {
        Ok(Matches(Vec::new()))
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for Matches {
    type Fruit = Vec<(DocId, Score)>;

    fn collect(&mut self, document: DocId, score: Score) {
        self.0.push((document, score));
    }

    fn harvest(self) -> Self::Fruit {
        self.0
    }
}
