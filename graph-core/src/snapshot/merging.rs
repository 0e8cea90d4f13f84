//! Merging layers beside the commits: planned on one snapshot, worked out without a lock, then put into whatever
//! snapshot is current. The version stays; numbers of terms change only when unused terms are thrown away.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;

use super::{Layer, NO_LAYER, Predicates, Snapshot, SourceTable};
use crate::dictionary::{Dictionary, Key, Kind, Layer as Terms, Numbering, similar};
use crate::error::Result;
use crate::segment::{Cursor, Input, Pattern, Row, Segment, merge};

/// More layers than this are merged, of statements and of terms.
const LAYERS_MAX: usize = 8;
/// A layer with fewer statements than this is never worth cleaning on its own account.
const SMALL_LAYER: usize = 4096;
/// The dictionary may gain this many terms before unused ones are looked for.
const FRESH_TERMS_MIN: u32 = 1 << 16;
/// More statements than this that came while unused terms were looked for make the search start again.
const LATE_ROWS_MAX: usize = 1 << 20;

/// How eagerly to merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pressure {
    /// Commits keep coming: only what bounds the cost of look-ups.
    Commits,
    /// There is time: what makes look-ups faster without rewriting much more than it merges.
    Idle,
    /// Everything becomes one layer.
    All,
}

/// What to merge.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    layers: Range<usize>,
    terms: Range<usize>,
    clean: bool,
}

/// Layers of statements and terms that became one.
pub(crate) struct Merged {
    inputs: Vec<Layer>,
    layer: Option<MergedLayer>,
    terms: Option<(Vec<Arc<Terms>>, Arc<Terms>)>,
    cleaned: Option<Cleaned>,
}

/// A new layer before it is known what newer layers took back of it.
pub(super) struct MergedLayer {
    segment: Arc<Segment>,
    gone: Option<Arc<[Row]>>,
}

/// A dictionary without unused terms.
struct Cleaned {
    dictionary: Dictionary,
    /// The new number of each old term.
    renamed: Vec<u32>,
    superseded: u64,
}

impl Layer {
    /// What a merge of this layer costs.
    pub(super) fn size(&self) -> usize {
        self.live + self.gone.as_ref().map_or(0, |gone| gone.len())
    }
}

impl Snapshot {
    /// Says what to merge next; `None` when there is nothing worth it.
    pub(crate) fn plan(&self, pressure: Pressure) -> Option<Plan> {
        let everything = 0..self.layers.len();
        let nothing = Plan {
            layers: 0..0,
            terms: 0..0,
            clean: false,
        };
        let all = pressure == Pressure::All;
        let fresh = self
            .dictionary
            .len()
            .saturating_sub(self.terms_when_cleaned);
        let is_garbage = self.superseded.saturating_mul(8) > u64::from(fresh);
        let fresh_max = FRESH_TERMS_MIN.max(self.terms_when_cleaned / 2);
        if is_garbage && (fresh > fresh_max || all && self.superseded > 0) {
            return Some(Plan {
                layers: everything,
                clean: true,
                ..nothing
            });
        }
        let sizes: Vec<usize> = self.layers.iter().map(Layer::size).collect();
        let layers = suffix(&sizes, pressure)
            .or_else(|| self.mostly_dead(pressure))
            .unwrap_or_default();
        let terms = suffix(&self.dictionary.sizes(), pressure).unwrap_or_default();
        (!layers.is_empty() || !terms.is_empty()).then_some(Plan {
            layers,
            terms,
            ..nothing
        })
    }

    /// A layer of which too little counts.
    fn mostly_dead(&self, pressure: Pressure) -> Option<Range<usize>> {
        let share = match pressure {
            Pressure::Commits => 2,
            Pressure::Idle => 8,
            Pressure::All => usize::MAX,
        };
        let is_dead = |layer: &Layer| {
            let (rows, dead) = (layer.segment.len(), layer.segment.len() - layer.live);
            let large = rows > SMALL_LAYER || pressure == Pressure::All;
            dead > 0 && large && dead.saturating_mul(share) > rows
        };
        let at = self.layers.iter().position(is_dead)?;
        Some(at..at + 1)
    }

    /// Tells commits which layers to leave alone until [`Snapshot::release`].
    pub(crate) fn hold(&self, plan: &Plan) {
        let terms = if plan.clean {
            self.dictionary.len()
        } else {
            let layers = self.dictionary.layers().get(plan.terms.clone());
            layers.and_then(<[_]>::last).map_or(0, |layer| layer.end())
        };
        self.busy.layers.store(plan.layers.end, Ordering::Relaxed);
        self.busy.terms.store(terms, Ordering::Relaxed);
    }

    /// Ends [`Snapshot::hold`].
    pub(crate) fn release(&self) {
        self.busy.layers.store(0, Ordering::Relaxed);
        self.busy.terms.store(0, Ordering::Relaxed);
    }

    /// Does the work of a plan; this snapshot stays as it is. `None` when stopped.
    ///
    /// It needs the memory of what it makes: while everything is merged that is as much again as the graph takes.
    pub(crate) fn run(&self, plan: &Plan, stop: &AtomicBool) -> Option<Merged> {
        let cleaned = plan.clean.then(|| self.cleaned());
        let renamed = cleaned.as_ref().map(|cleaned| cleaned.renamed.as_slice());
        let layer = if plan.layers.is_empty() {
            None
        } else {
            self.merge_layers(plan.layers.clone(), renamed, stop)
                .map(Some)?
        };
        let parts = self.dictionary.layers().get(plan.terms.clone());
        let terms = parts.filter(|parts| parts.len() > 1).map(|parts| {
            let merged = Terms::concatenate(parts);
            (parts.to_vec(), Arc::new(merged))
        });
        Some(Merged {
            inputs: self.layers[plan.layers.clone()].to_vec(),
            layer,
            terms,
            cleaned,
        })
    }

    pub(super) fn merge_layers(
        &self,
        range: Range<usize>,
        renamed: Option<&[u32]>,
        stop: &AtomicBool,
    ) -> Option<MergedLayer> {
        let mut inputs = Vec::with_capacity(range.len());
        for at in range.clone() {
            let layer = &self.layers[at];
            let alive = || -> Box<dyn Fn(Row) -> bool + Sync + '_> {
                Box::new(move |row| self.counts(at, row))
            };
            inputs.push(Input {
                segment: &layer.segment,
                alive: layer.has_dead().then(alive),
                live: layer.live,
            });
        }
        let segment = merge(&inputs, self.predicates.terms.len(), renamed, stop)?;
        let mut gone: Vec<Row> = Vec::new();
        for layer in &self.layers[range.clone()] {
            let rows = layer.gone.iter().flat_map(|rows| rows.iter().copied());
            let still = |row: &Row| usize::from(self.floors[usize::from(row.source)]) < range.start;
            gone.extend(rows.filter(still));
        }
        gone.sort_unstable();
        gone.dedup();
        Some(MergedLayer {
            segment: Arc::new(segment),
            gone: (!gone.is_empty()).then(|| gone.into()),
        })
    }

    /// The dictionary without terms that nothing mentions.
    fn cleaned(&self) -> Cleaned {
        let mut used = FixedBitSet::with_capacity(self.dictionary.len() as usize);
        for (at, layer) in self.layers.iter().enumerate() {
            for row in everything(&layer.segment) {
                if !layer.has_dead() || self.counts(at, row) {
                    used.insert(row.subject as usize);
                    used.insert(row.object as usize);
                }
            }
        }
        let tables = self.predicates.terms.iter().chain(&self.table.graph_terms);
        tables.for_each(|&term| used.insert(term as usize));
        let (dictionary, renamed) = self.dictionary.retain(&mut used);
        Cleaned {
            dictionary,
            renamed,
            superseded: self.superseded,
        }
    }

    /// Counts what newer layers, from `newer` on, took back of a merged layer that will stand at a place; `None` when
    /// nothing is left of it.
    pub(super) fn counted(&self, at: usize, newer: usize, merged: MergedLayer) -> Option<Layer> {
        let MergedLayer { segment, gone } = merged;
        let floor_is_below = |source: u16| {
            let floor = self.floors[usize::from(source)];
            floor != NO_LAYER && usize::from(floor) < newer
        };
        let newer = self.layers.get(newer..).unwrap_or_default().iter();
        let mut taken: Vec<Row> = newer
            .flat_map(|layer| layer.gone.iter().flat_map(|gone| gone.iter().copied()))
            .filter(|row| {
                floor_is_below(row.source)
                    && segment.says(row.subject, row.predicate, row.object, |source| {
                        source == row.source
                    })
            })
            .collect();
        taken.sort_unstable_by_key(|row| (row.source, *row));
        taken.dedup();
        let mut killed: Vec<(u16, u32)> = Vec::new();
        for row in &taken {
            match killed.last_mut() {
                Some((source, count)) if *source == row.source => *count += 1,
                _ => killed.push((row.source, 1)),
            }
        }
        let kept = segment
            .sources()
            .filter(|(source, _)| floor_is_below(*source));
        let live = kept.map(|(_, count)| count as usize).sum::<usize>() - taken.len();
        let gone = gone.filter(|_| at > 0);
        (live > 0 || gone.is_some()).then(|| Layer {
            segment,
            gone,
            live,
            killed: Arc::new(killed),
        })
    }

    /// Puts what was merged into this newer snapshot. `None` when its layers are others by now.
    pub(crate) fn with_merged(&self, merged: Merged) -> Option<Self> {
        let mut next = self.clone();
        if let Some((parts, terms)) = &merged.terms {
            next.dictionary = next.dictionary.with_merged(parts, terms)?;
        }
        let count = merged.inputs.len();
        let mut at = 0;
        if let Some(first) = merged.inputs.first() {
            let same = |a: &Layer, b: &Layer| Arc::ptr_eq(&a.segment, &b.segment);
            at = self.layers.iter().position(|layer| same(layer, first))?;
            let here = self.layers.get(at..at + count)?;
            if !here.iter().zip(&merged.inputs).all(|(a, b)| same(a, b)) {
                return None;
            }
        }
        if let Some(cleaned) = &merged.cleaned {
            next.rename(count, cleaned).ok()??;
        }
        if let Some(layer) = merged.layer {
            let by = next.counted(at, at + count, layer);
            next.replace_layers(at, count, by);
        }
        Some(next)
    }

    /// Takes over a cleaned dictionary; layers from `late` on came while it was made. `None` when those are too many.
    fn rename(&mut self, late: usize, cleaned: &Cleaned) -> Result<Option<()>> {
        let rows = self.layers[late..].iter().map(|layer| layer.segment.len());
        if rows.sum::<usize>() > LATE_ROWS_MAX {
            return Ok(None);
        }
        let mut renaming = Renaming {
            old: &self.dictionary,
            renamed: &cleaned.renamed,
            numbering: Numbering::new(cleaned.dictionary.clone()),
            late: FxHashMap::default(),
        };
        let predicates = renaming.all(&self.predicates.terms)?;
        let graph_terms = renaming.all(&self.table.graph_terms)?;
        let mut layers = self.layers.clone();
        for layer in &mut layers[late..] {
            let mut rows = Vec::with_capacity(layer.segment.len());
            for row in everything(&layer.segment) {
                rows.push(renaming.row(row)?);
            }
            layer.segment = Arc::new(Segment::build(&rows, self.predicates.terms.len()));
            if let Some(gone) = &layer.gone {
                let mut gone = gone
                    .iter()
                    .map(|row| renaming.row(*row))
                    .collect::<Result<Vec<_>>>()?;
                gone.sort_unstable();
                layer.gone = Some(gone.into());
            }
        }
        let dictionary = renaming.numbering.finish(0);
        self.layers = layers;
        self.terms_when_cleaned = cleaned.dictionary.len();
        self.superseded = self.superseded.saturating_sub(cleaned.superseded);
        self.dictionary = dictionary;
        self.predicates = Arc::new(Predicates::of(predicates));
        let table = SourceTable::of(self.table.names.clone(), graph_terms);
        self.table = Arc::new(table);
        self.merge.renumbered();
        Ok(Some(()))
    }
}

/// The newest layers that are worth a merge.
fn suffix(sizes: &[usize], pressure: Pressure) -> Option<Range<usize>> {
    let count = sizes.len();
    let from = match pressure {
        Pressure::All => 0,
        Pressure::Idle if count <= LAYERS_MAX => similar(sizes, 4),
        Pressure::Commits if count <= LAYERS_MAX => count,
        _ => similar(sizes, 1).min(count - 2),
    };
    (from + 1 < count).then_some(from..count)
}

fn everything(segment: &Segment) -> Cursor<'_> {
    Cursor::new(segment, Pattern::default(), None)
}

/// Gives terms their numbers in a cleaned dictionary, those that came since included.
struct Renaming<'a> {
    old: &'a Dictionary,
    renamed: &'a [u32],
    numbering: Numbering,
    late: FxHashMap<u32, u32>,
}

impl Renaming<'_> {
    fn id(&mut self, id: u32) -> Result<u32> {
        match self.renamed.get(id as usize) {
            Some(&renamed) if renamed != u32::MAX => return Ok(renamed),
            _ => (),
        }
        if let Some(&renamed) = self.late.get(&id) {
            return Ok(renamed);
        }
        let key = self.old.key(id);
        let renamed = if key.kind == Kind::Triple {
            let [s, p, o] = Key::triple_parts(key.text);
            let text = Key::triple_text(self.id(s)?, self.id(p)?, self.id(o)?);
            self.numbering.number(&Key::triple(&text))?
        } else {
            self.numbering.number(&key)?
        };
        self.late.insert(id, renamed);
        Ok(renamed)
    }

    fn all(&mut self, ids: &[u32]) -> Result<Vec<u32>> {
        ids.iter().map(|&id| self.id(id)).collect()
    }

    fn row(&mut self, row: Row) -> Result<Row> {
        Ok(Row {
            subject: self.id(row.subject)?,
            object: self.id(row.object)?,
            ..row
        })
    }
}
