//! Changing what sources say: a commit adds one layer and touches no older one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Layer, NO_LAYER, Snapshot};
use crate::commit::SourceInfo;
use crate::dictionary::similar;
use crate::names::SourceId;
use crate::segment::{Row, Segment, sort_rows};

/// A writer merges layers itself from this many on.
const LAYERS_MAX: usize = 24;
/// Or from this many beside those that are being merged in the background.
const LAYERS_BESIDE: usize = 12;

/// What happens to one source.
#[derive(Clone, Debug)]
pub(crate) enum SourceEdit {
    /// From now on it says its rows of the edit and nothing else.
    Replace(SourceInfo),
    /// It says its rows of the edit in addition, and no longer those that are gone.
    Patch(SourceInfo),
    /// It vanishes.
    Remove(SourceId),
}

/// Changes of sources, each of them once.
#[derive(Debug, Default)]
pub(crate) struct Edit {
    pub(crate) sources: Vec<SourceEdit>,
    /// Rows that did not count before, or of replaced sources.
    pub(crate) rows: Vec<Row>,
    /// Rows of patched sources that count no longer.
    pub(crate) gone: Vec<Row>,
}

impl Snapshot {
    /// Changes sources; the rows may name new terms, predicates and sources of this snapshot only.
    pub(crate) fn apply(&mut self, edit: &Edit) {
        self.merge.changed();
        for change in &edit.sources {
            match change {
                SourceEdit::Replace(info) => {
                    self.take_source(info.id.0);
                    self.set_info(info.clone());
                }
                SourceEdit::Patch(info) => self.set_info(info.clone()),
                SourceEdit::Remove(id) => {
                    self.take_source(id.0);
                    Arc::make_mut(&mut self.sources).retain(|info| info.id != *id);
                }
            }
        }
        let gone = edit.gone.iter().copied();
        let gone = gone.filter(|row| self.kill(*row)).collect();
        self.add_layer(&edit.rows, gone);
        self.drop_empty_layers();
        self.limit_layers();
    }

    /// Lets a source say exactly these rows.
    pub(crate) fn put_source(&mut self, info: SourceInfo, rows: Vec<Row>) {
        self.apply(&Edit {
            sources: vec![SourceEdit::Replace(info)],
            rows,
            gone: Vec::new(),
        });
    }

    /// Removes a source and what it says.
    pub(crate) fn remove_source(&mut self, source: u16) {
        self.apply(&Edit {
            sources: vec![SourceEdit::Remove(SourceId(source))],
            ..Edit::default()
        });
    }

    /// Puts many sources at once into an empty snapshot, as when a store opens: one layer, sorted once.
    pub(crate) fn put_all(&mut self, infos: Vec<SourceInfo>, rows: &[Row]) {
        self.sources = Arc::new(infos);
        self.add_layer(rows, Vec::new());
        self.terms_when_cleaned = self.dictionary.len();
    }

    fn set_info(&mut self, info: SourceInfo) {
        let sources = Arc::make_mut(&mut self.sources);
        match sources.binary_search_by_key(&info.id, |known| known.id) {
            Ok(at) => sources[at] = info,
            Err(at) => sources.insert(at, info),
        }
    }

    /// Nothing that the source said counts any more.
    fn take_source(&mut self, source: u16) {
        let floor = std::mem::replace(&mut self.floors[usize::from(source)], NO_LAYER);
        for layer in self.layers.iter_mut().skip(usize::from(floor)) {
            let live = layer.live_of(source);
            layer.live -= live as usize;
            self.statements -= u64::from(live);
            self.superseded += u64::from(live);
            if let Ok(at) = layer
                .killed
                .binary_search_by_key(&source, |killed| killed.0)
            {
                Arc::make_mut(&mut layer.killed).remove(at);
            }
        }
    }

    /// Notes that a row counts no longer, if it does: a new layer is about to take it back.
    fn kill(&mut self, row: Row) -> bool {
        let Some(at) = self.layer_that_says(row) else {
            return false;
        };
        let layer = &mut self.layers[at];
        layer.live -= 1;
        let killed = Arc::make_mut(&mut layer.killed);
        match killed.binary_search_by_key(&row.source, |killed| killed.0) {
            Ok(at) => killed[at].1 += 1,
            Err(at) => killed.insert(at, (row.source, 1)),
        }
        self.statements -= 1;
        self.superseded += 1;
        true
    }

    pub(super) fn add_layer(&mut self, rows: &[Row], mut gone: Vec<Row>) {
        if rows.is_empty() && gone.is_empty() {
            return;
        }
        let segment = Segment::build(rows, self.predicates.terms.len());
        let at = self.layers.len() as u8;
        for (source, _) in segment.sources() {
            let floor = &mut self.floors[usize::from(source)];
            if *floor == NO_LAYER {
                *floor = at;
            }
        }
        self.statements += segment.len() as u64;
        sort_rows(&mut gone);
        self.layers.push(Layer {
            live: segment.len(),
            segment: Arc::new(segment),
            gone: (!gone.is_empty()).then(|| gone.into()),
            killed: Arc::default(),
        });
    }

    /// Lets go of layers of which nothing counts and that take nothing back.
    fn drop_empty_layers(&mut self) {
        let mut at = self.busy.layers.load(Ordering::Relaxed);
        while at < self.layers.len() {
            let layer = &self.layers[at];
            if layer.live == 0 && (at == 0 || layer.gone.is_none()) {
                self.replace_layers(at, 1, None);
            } else {
                at += 1;
            }
        }
    }

    /// Puts one layer or none into the place of some neighbours and moves the floors accordingly.
    pub(super) fn replace_layers(&mut self, from: usize, count: usize, by: Option<Layer>) {
        let to = from + count;
        let removed = count - usize::from(by.is_some());
        self.layers.splice(from..to, by);
        for floor in &mut self.floors {
            let old = usize::from(*floor);
            if *floor == NO_LAYER || old <= from {
                continue;
            }
            *floor = if old < to { from } else { old - removed } as u8;
        }
    }

    /// Merges the newest layers of similar size when the background cannot keep up with the commits.
    fn limit_layers(&mut self) {
        let busy = self.busy.layers.load(Ordering::Relaxed);
        let busy = busy.min(self.layers.len());
        if self.layers.len() <= LAYERS_MAX.max(busy + LAYERS_BESIDE) {
            return;
        }
        let sizes: Vec<usize> = self.layers[busy..].iter().map(Layer::size).collect();
        let from = busy + similar(&sizes, 2);
        let from = from.min(self.layers.len() - 2);
        let to = self.layers.len();
        if let Some(merged) = self.merge_layers(from..to, None, &AtomicBool::new(false)) {
            let by = self.counted(from, to, merged);
            self.replace_layers(from, to - from, by);
        }
    }
}
