//! A snapshot as bytes and back, for a checkpoint: the arrays as they lie in memory, so that reading them is fast.
//!
//! First the tables of sources, predicates and layers, then the layers of the dictionary, then the segments. Checksums
//! are the business of the files; what is read is checked all the same, so that no number leads out of its array.

use std::io::{self, Read, Write};
use std::sync::Arc;

#[cfg(test)]
mod tests;

use super::{Layer, NO_LAYER, Predicates, Snapshot, SourceTable};
use crate::commit::SourceInfo;
use crate::dictionary::{Dictionary, Layer as Terms};
use crate::names::{SourceId, SourceName, Timestamp, Version};
use crate::segment::{Limits, Row, Segment};

/// Why a part could not be read.
#[derive(Debug)]
pub(crate) enum Broken {
    Io(io::Error),
    Bytes(&'static str),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Bytes("the arrays end too early")
        } else {
            Self::Io(error)
        }
    }
}

const ODD: Broken = Broken::Bytes("the parts of the snapshot do not fit together");
/// Bytes converted at once.
const CHUNK: usize = 1 << 16;

fn put_length(out: &mut dyn Write, length: usize) -> io::Result<()> {
    out.write_all(&(length as u64).to_le_bytes())
}

pub(crate) fn put_bytes(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    put_length(out, bytes.len())?;
    out.write_all(bytes)
}

pub(crate) fn put_words(out: &mut dyn Write, words: &[u32]) -> io::Result<()> {
    put_length(out, words.len())?;
    let mut bytes = Vec::with_capacity(CHUNK.min(words.len() * 4));
    for words in words.chunks(CHUNK / 4) {
        bytes.clear();
        bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        out.write_all(&bytes)?;
    }
    Ok(())
}

pub(crate) fn put_halves(out: &mut dyn Write, halves: &[u16]) -> io::Result<()> {
    put_length(out, halves.len())?;
    let mut bytes = Vec::with_capacity(CHUNK.min(halves.len() * 2));
    for halves in halves.chunks(CHUNK / 2) {
        bytes.clear();
        bytes.extend(halves.iter().flat_map(|half| half.to_le_bytes()));
        out.write_all(&bytes)?;
    }
    Ok(())
}

/// Reads a length and makes room for so many elements. A wrong length finds no bytes behind it.
fn get_room<T>(input: &mut dyn Read) -> Result<(usize, Vec<T>), Broken> {
    let mut length = [0; 8];
    input.read_exact(&mut length)?;
    let length = usize::try_from(u64::from_le_bytes(length)).map_err(|_| ODD)?;
    let mut room = Vec::new();
    if length > 1 << 40 || room.try_reserve_exact(length).is_err() {
        return Err(Broken::Bytes("an array is longer than memory"));
    }
    Ok((length, room))
}

pub(crate) fn get_bytes(input: &mut dyn Read) -> Result<Vec<u8>, Broken> {
    let (length, mut bytes) = get_room(input)?;
    if input.take(length as u64).read_to_end(&mut bytes)? == length {
        Ok(bytes)
    } else {
        Err(Broken::Bytes("the arrays end too early"))
    }
}

pub(crate) fn get_words(input: &mut dyn Read) -> Result<Vec<u32>, Broken> {
    let (length, mut words) = get_room(input)?;
    let mut buffer = vec![0; CHUNK.min(length * 4)];
    while words.len() < length {
        let count = (length - words.len()).min(CHUNK / 4);
        let bytes = &mut buffer[..count * 4];
        input.read_exact(bytes)?;
        let (chunks, _) = bytes.as_chunks::<4>();
        words.extend(chunks.iter().map(|word| u32::from_le_bytes(*word)));
    }
    Ok(words)
}

pub(crate) fn get_halves(input: &mut dyn Read) -> Result<Vec<u16>, Broken> {
    let (length, mut halves) = get_room(input)?;
    let mut buffer = vec![0; CHUNK.min(length * 2)];
    while halves.len() < length {
        let count = (length - halves.len()).min(CHUNK / 2);
        let bytes = &mut buffer[..count * 2];
        input.read_exact(bytes)?;
        let (chunks, _) = bytes.as_chunks::<2>();
        halves.extend(chunks.iter().map(|half| u16::from_le_bytes(*half)));
    }
    Ok(halves)
}

fn put_long(out: &mut dyn Write, number: u64) -> io::Result<()> {
    out.write_all(&number.to_le_bytes())
}

fn get_long(input: &mut dyn Read) -> Result<u64, Broken> {
    let mut bytes = [0; 8];
    input.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

fn get_text(input: &mut dyn Read) -> Result<String, Broken> {
    String::from_utf8(get_bytes(input)?).map_err(|_| ODD)
}

fn put_rows(out: &mut dyn Write, rows: &[Row]) -> io::Result<()> {
    let words: Vec<u32> = rows
        .iter()
        .flat_map(|row| {
            let numbers = u32::from(row.predicate) << 16 | u32::from(row.source);
            [row.subject, numbers, row.object]
        })
        .collect();
    put_words(out, &words)
}

fn get_rows(input: &mut dyn Read, limits: Limits) -> Result<Vec<Row>, Broken> {
    let words = get_words(input)?;
    let (chunks, []) = words.as_chunks::<3>() else {
        return Err(ODD);
    };
    let rows: Vec<Row> = chunks
        .iter()
        .map(|&[subject, numbers, object]| Row {
            subject,
            predicate: (numbers >> 16) as u16,
            object,
            source: numbers as u16,
        })
        .collect();
    let fits = |row: &Row| {
        row.subject < limits.terms
            && row.object < limits.terms
            && usize::from(row.predicate) < limits.predicates
            && usize::from(row.source) < limits.sources
    };
    let sorted = rows.is_sorted_by(|left, right| left < right);
    if sorted && rows.iter().all(fits) {
        Ok(rows)
    } else {
        Err(ODD)
    }
}

/// What is read of a layer before its segment is at hand.
struct LayerRest {
    live: u64,
    gone: Vec<Row>,
    killed: Vec<(u16, u32)>,
}

/// The rest of a snapshot: everything but terms and statements.
struct Rest {
    limits: Limits,
    snapshot: Snapshot,
    layers: Vec<LayerRest>,
}

impl Snapshot {
    /// Writes the whole snapshot. Overlays cannot be written.
    pub(crate) fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_rest(out)?;
        put_long(out, self.dictionary.layers().len() as u64)?;
        for layer in self.dictionary.layers() {
            layer.write_to(out)?;
        }
        for layer in &self.layers {
            layer.segment.write_to(out)?;
        }
        Ok(())
    }

    /// Reads what [`Snapshot::write_to`] wrote, and checks it whole.
    pub(crate) fn read_from(input: &mut dyn Read) -> Result<Self, Broken> {
        let rest = Rest::read(input)?;
        let mut terms = Vec::new();
        for _ in 0..get_long(input)? {
            terms.push(Terms::read_from(input)?);
        }
        let dictionary = Dictionary::from_layers(terms).ok_or(ODD)?;
        let mut segments = Vec::new();
        for _ in 0..rest.layers.len() {
            let segment = Segment::read_from(input, rest.limits)?;
            segments.push(Arc::new(segment));
        }
        rest.complete(dictionary, segments)
    }

    /// The names of all sources that ever were, by number.
    pub(crate) fn source_names(&self) -> &[SourceName] {
        &self.table.names
    }

    /// Writes everything but terms and statements.
    fn write_rest(&self, out: &mut dyn Write) -> io::Result<()> {
        put_long(out, self.version.0)?;
        put_words(out, &[self.dictionary.len(), self.terms_when_cleaned])?;
        put_long(out, self.superseded)?;
        put_words(out, &self.predicates.terms)?;
        put_words(out, &self.table.graph_terms)?;
        for name in &self.table.names {
            put_bytes(out, name.as_str().as_bytes())?;
        }
        put_bytes(out, &self.floors)?;
        put_long(out, self.sources.len() as u64)?;
        for info in self.sources.iter() {
            put_words(out, &[u32::from(info.id.0)])?;
            put_bytes(out, info.kind.as_bytes())?;
            put_bytes(out, info.actor.as_bytes())?;
            put_long(out, info.statements)?;
            put_long(out, info.committed_at.0.cast_unsigned())?;
            put_long(out, info.version.0)?;
        }
        put_long(out, self.layers.len() as u64)?;
        for layer in &self.layers {
            put_long(out, layer.live as u64)?;
            put_rows(out, layer.gone.as_deref().unwrap_or_default())?;
            let killed = layer.killed.iter();
            let killed: Vec<u32> = killed
                .flat_map(|&(source, count)| [u32::from(source), count])
                .collect();
            put_words(out, &killed)?;
        }
        Ok(())
    }
}

impl Rest {
    fn read(input: &mut dyn Read) -> Result<Self, Broken> {
        let mut snapshot = Snapshot::empty();
        snapshot.version = Version(get_long(input)?);
        let [terms, terms_when_cleaned] = get_words(input)?[..] else {
            return Err(ODD);
        };
        snapshot.terms_when_cleaned = terms_when_cleaned;
        snapshot.superseded = get_long(input)?;
        let predicates = get_words(input)?;
        let graph_terms = get_words(input)?;
        let limits = Limits {
            terms,
            predicates: predicates.len(),
            sources: graph_terms.len(),
        };
        let mut names = Vec::new();
        for _ in 0..graph_terms.len() {
            names.push(SourceName::new(get_text(input)?).map_err(|_| ODD)?);
        }
        snapshot.floors = get_bytes(input)?;
        let known = predicates.iter().chain(&graph_terms);
        if known.into_iter().any(|&term| term >= terms)
            || snapshot.floors.len() != names.len()
            || limits.predicates > usize::from(u16::MAX) + 1
            || limits.sources > usize::from(u16::MAX)
        {
            return Err(ODD);
        }
        snapshot.sources = Arc::new(read_infos(input, &names)?);
        let mut layers = Vec::new();
        for _ in 0..get_long(input)? {
            layers.push(LayerRest::read(input, limits)?);
        }
        if layers.len() >= usize::from(NO_LAYER) {
            return Err(ODD);
        }
        snapshot.predicates = Arc::new(Predicates::of(predicates));
        snapshot.table = Arc::new(SourceTable::of(names, graph_terms));
        if snapshot.predicates.numbers.len() != limits.predicates
            || snapshot.table.by_name.len() != limits.sources
            || snapshot.table.by_graph.len() != limits.sources
        {
            return Err(ODD);
        }
        Ok(Self {
            limits,
            snapshot,
            layers,
        })
    }

    fn complete(
        self,
        dictionary: Dictionary,
        segments: Vec<Arc<Segment>>,
    ) -> Result<Snapshot, Broken> {
        let mut snapshot = self.snapshot;
        if dictionary.len() != self.limits.terms || segments.len() != self.layers.len() {
            return Err(ODD);
        }
        let graphs = snapshot.table.names.iter().zip(&snapshot.table.graph_terms);
        for (name, &term) in graphs {
            if dictionary.find_iri(name.graph_iri().as_str()) != Some(term) {
                return Err(ODD);
            }
        }
        snapshot.dictionary = dictionary;
        for (segment, rest) in segments.into_iter().zip(self.layers) {
            snapshot.layers.push(Layer {
                segment,
                gone: (!rest.gone.is_empty()).then(|| rest.gone.into()),
                live: usize::try_from(rest.live).map_err(|_| ODD)?,
                killed: Arc::new(rest.killed),
            });
        }
        snapshot.check_counts()?;
        Ok(snapshot)
    }
}

impl LayerRest {
    fn read(input: &mut dyn Read, limits: Limits) -> Result<Self, Broken> {
        let live = get_long(input)?;
        let gone = get_rows(input, limits)?;
        let words = get_words(input)?;
        let (pairs, []) = words.as_chunks::<2>() else {
            return Err(ODD);
        };
        let mut killed: Vec<(u16, u32)> = Vec::with_capacity(pairs.len());
        for &[source, count] in pairs {
            killed.push((u16::try_from(source).map_err(|_| ODD)?, count));
        }
        if killed.is_sorted_by(|left, right| left.0 < right.0) {
            Ok(Self { live, gone, killed })
        } else {
            Err(ODD)
        }
    }
}

impl Snapshot {
    /// Checks that the counts of layers and sources are those of the statements that count; sums them up.
    fn check_counts(&mut self) -> Result<(), Broken> {
        let mut statements = vec![0_u64; self.floors.len()];
        for (at, layer) in self.layers.iter().enumerate() {
            let mut live = 0;
            for (source, _) in layer.segment.sources() {
                if usize::from(self.floors[usize::from(source)]) <= at {
                    let count = u64::from(layer.live_of(source));
                    statements[usize::from(source)] += count;
                    live += count;
                }
            }
            if live != layer.live as u64 {
                return Err(ODD);
            }
        }
        for info in self.sources.iter() {
            let found = std::mem::take(&mut statements[usize::from(info.id.0)]);
            if found != info.statements {
                return Err(ODD);
            }
            self.statements += found;
        }
        if statements.iter().any(|count| *count > 0) {
            return Err(ODD);
        }
        Ok(())
    }
}

fn read_infos(input: &mut dyn Read, names: &[SourceName]) -> Result<Vec<SourceInfo>, Broken> {
    let mut infos: Vec<SourceInfo> = Vec::new();
    for _ in 0..get_long(input)? {
        let [source] = get_words(input)?[..] else {
            return Err(ODD);
        };
        let id = SourceId(u16::try_from(source).map_err(|_| ODD)?);
        let name = names.get(usize::from(id.0)).ok_or(ODD)?.clone();
        if infos.last().is_some_and(|last| last.id >= id) {
            return Err(ODD);
        }
        infos.push(SourceInfo {
            id,
            name,
            kind: get_text(input)?,
            actor: get_text(input)?,
            statements: get_long(input)?,
            committed_at: Timestamp(get_long(input)?.cast_signed()),
            version: Version(get_long(input)?),
            derived: false,
        });
    }
    Ok(infos)
}
