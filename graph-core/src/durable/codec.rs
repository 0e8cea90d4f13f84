//! Statements to bytes and back, compressed; used in the log, in segment files and for the history in memory.
//!
//! Inside the compression: a version, the shared names (IRI prefixes, datatypes, languages), the terms in the order
//! of their numbers, then the removed and the added rows with the differences of their subjects. Integers are LEB128.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rustc_hash::FxHashMap;

use crate::dictionary::{Aux, Key, Kind};
use crate::error::{Error, Result};
use crate::segment::Row;
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Assembler;

const VERSION: u8 = 1;

/// Rows that a source loses and gains; both sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) removed: Vec<Row>,
    pub(crate) added: Vec<Row>,
}

impl Difference {
    /// Compares two sorted lists of rows.
    pub(crate) fn between(old: &[Row], new: &[Row]) -> Self {
        let mut difference = Self::default();
        let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
        loop {
            match (old.peek(), new.peek()) {
                (Some(&&left), Some(&&right)) if left == right => {
                    old.next();
                    new.next();
                }
                (Some(&&left), right) if right.is_none_or(|&&right| left < right) => {
                    difference.removed.push(left);
                    old.next();
                }
                (_, Some(&&right)) => {
                    difference.added.push(right);
                    new.next();
                }
                (_, None) => return difference,
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.removed.len() + self.added.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }
}

/// Encodes removed and added rows of a snapshot with the terms they mention.
pub(crate) fn encode(snapshot: &Snapshot, removed: &[Row], added: &[Row]) -> Result<Vec<u8>> {
    let dictionary = snapshot.dictionary();
    let predicates = snapshot.predicate_table();
    let mut ids: Vec<u32> = Vec::with_capacity((removed.len() + added.len()) * 2);
    for row in removed.iter().chain(added) {
        ids.extend([row.subject, predicates.term(row.predicate), row.object]);
    }
    ids.sort_unstable();
    ids.dedup();
    // Parts of triple terms have lower numbers than the term; walking down finds parts of parts.
    let mut nested: Vec<u32> = ids
        .iter()
        .copied()
        .filter(|&id| dictionary.kind(id) == Kind::Triple)
        .collect();
    while let Some(id) = nested.pop() {
        for part in Key::triple_parts(dictionary.key(id).text) {
            ids.push(part);
            if dictionary.kind(part) == Kind::Triple {
                nested.push(part);
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();

    let local = |id: u32| ids.binary_search(&id).unwrap_or_default() as u64;
    let mut terms = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut name_numbers: FxHashMap<&str, u64> = FxHashMap::default();
    for &id in &ids {
        let key = dictionary.key(id);
        terms.push(key.kind as u8);
        if let Aux::Name(name) = key.aux {
            let number = *name_numbers.entry(name).or_insert_with(|| {
                names.push(name);
                names.len() as u64 - 1
            });
            put_number(&mut terms, number);
        }
        if key.kind == Kind::Triple {
            for part in Key::triple_parts(key.text) {
                put_number(&mut terms, local(part));
            }
        } else {
            put_text(&mut terms, key.text);
        }
    }
    let mut plain = vec![VERSION];
    put_number(&mut plain, names.len() as u64);
    for name in &names {
        put_text(&mut plain, name);
    }
    put_number(&mut plain, ids.len() as u64);
    plain.extend_from_slice(&terms);
    for rows in [removed, added] {
        put_number(&mut plain, rows.len() as u64);
        let mut last = 0;
        for row in rows {
            let subject = local(row.subject);
            put_number(&mut plain, subject - last);
            put_number(&mut plain, local(predicates.term(row.predicate)));
            put_number(&mut plain, local(row.object));
            last = subject;
        }
    }
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::fast());
    encoder
        .write_all(&plain)
        .and_then(|()| encoder.finish())
        .map_err(Error::Output)
}

/// Decodes what [`encode`] made. The outer error is a limit of the store, the inner one says what is damaged.
pub(crate) fn decode(
    bytes: &[u8],
    assembler: &mut Assembler,
    source: u16,
) -> Result<Result<Difference, &'static str>> {
    let mut plain = Vec::with_capacity(bytes.len() * 4);
    if DeflateDecoder::new(bytes).read_to_end(&mut plain).is_err() {
        return Ok(Err("the statements cannot be decompressed"));
    }
    match (Reader { rest: &plain }).difference(assembler, source) {
        Ok(difference) => Ok(Ok(difference)),
        Err(Broken::Bytes(reason)) => Ok(Err(reason)),
        Err(Broken::Limit(error)) => Err(error),
    }
}

enum Broken {
    Bytes(&'static str),
    Limit(Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Limit(error)
    }
}

const SHORT: Broken = Broken::Bytes("the statements end too early");
const ODD: Broken = Broken::Bytes("the statements name a number that is not there");

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, Broken> {
        let (&byte, rest) = self.rest.split_first().ok_or(SHORT)?;
        self.rest = rest;
        Ok(byte)
    }

    fn number(&mut self) -> Result<usize, Broken> {
        get_number(&mut self.rest)
            .map(|number| number as usize)
            .ok_or(SHORT)
    }

    fn text(&mut self) -> Result<&'a str, Broken> {
        get_text(&mut self.rest).ok_or(SHORT)
    }

    fn difference(mut self, assembler: &mut Assembler, source: u16) -> Result<Difference, Broken> {
        if self.byte()? != VERSION {
            return Err(Broken::Bytes("the statements have an unknown encoding"));
        }
        let count = self.number()?;
        let mut names = Vec::with_capacity(count.min(self.rest.len()));
        for _ in 0..count {
            names.push(self.text()?);
        }
        let count = self.number()?;
        let mut ids: Vec<u32> = Vec::with_capacity(count.min(self.rest.len()));
        for _ in 0..count {
            let id = self.term(&names, &ids, assembler, source)?;
            ids.push(id);
        }
        let removed = self.rows(&ids, assembler, source)?;
        let added = self.rows(&ids, assembler, source)?;
        if self.rest.is_empty() {
            Ok(Difference { removed, added })
        } else {
            Err(Broken::Bytes("bytes are left over"))
        }
    }

    fn term(
        &mut self,
        names: &[&str],
        ids: &[u32],
        assembler: &mut Assembler,
        source: u16,
    ) -> Result<u32, Broken> {
        let kind = Kind::from_bits(u32::from(self.byte()?));
        let aux = match kind {
            Kind::Blank => Aux::Number(u32::from(source)),
            kind if kind.has_name() => Aux::Name(names.get(self.number()?).ok_or(ODD)?),
            _ => Aux::None,
        };
        if kind == Kind::Triple {
            let mut part =
                || -> Result<u32, Broken> { ids.get(self.number()?).copied().ok_or(ODD) };
            let text = Key::triple_text(part()?, part()?, part()?);
            return Ok(assembler.number(&Key::triple(&text))?);
        }
        let text = self.text()?;
        Ok(assembler.number(&Key { kind, aux, text })?)
    }

    fn rows(
        &mut self,
        ids: &[u32],
        assembler: &mut Assembler,
        source: u16,
    ) -> Result<Vec<Row>, Broken> {
        let count = self.number()?;
        let mut rows = Vec::with_capacity(count.min(self.rest.len()));
        let mut subject = 0_usize;
        for _ in 0..count {
            subject = subject.saturating_add(self.number()?);
            let predicate = *ids.get(self.number()?).ok_or(ODD)?;
            let object = *ids.get(self.number()?).ok_or(ODD)?;
            let predicate = assembler.predicate(predicate)?;
            rows.push(Row {
                subject: *ids.get(subject).ok_or(ODD)?,
                predicate,
                object,
                source,
            });
        }
        rows.sort_unstable();
        Ok(rows)
    }
}

pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

pub(super) fn get_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

pub(super) fn get_text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(get_number(rest)?).ok()?;
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    std::str::from_utf8(text).ok()
}
