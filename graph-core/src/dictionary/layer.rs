//! One append-only layer of the dictionary.

use std::io::{Read, Write};
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::arena::{Arena, Names, hash_text};
use super::key::{Aux, Key, Kind};
use crate::snapshot::dump::{self, Broken};

const KIND_SHIFT: u32 = 29;
const AUX_MASK: u32 = (1 << KIND_SHIFT) - 1;

/// Terms `first .. first + len`. A term is a head (kind and number of its shared name) and a text.
pub(crate) struct Layer {
    first: u32,
    heads: Vec<u32>,
    texts: Arena,
    table: HashTable<u32>,
    names: Names,
}

/// The hash of a term in parts: the same in every layer, whatever number its name has there.
pub(super) fn hash_key(key: &Key<'_>) -> u64 {
    let aux = match key.aux {
        Aux::None => 0,
        Aux::Number(number) => u64::from(number),
        Aux::Name(name) => hash_text(0, name),
    };
    hash_parts(key.kind, aux, key.text)
}

fn hash_parts(kind: Kind, aux: u64, text: &str) -> u64 {
    hash_text(aux ^ (kind as u64 + 1) << 60, text)
}

/// The hash of a term of a layer that is still being added to.
fn hash_of(heads: &[u32], texts: &Arena, names: &Names, index: u32) -> u64 {
    let head = heads[index as usize];
    let kind = Kind::from_bits(head >> KIND_SHIFT);
    let aux = match kind {
        Kind::Blank => u64::from(head & AUX_MASK),
        kind if kind.has_name() => names.hash(head & AUX_MASK),
        _ => 0,
    };
    hash_parts(kind, aux, texts.get(index))
}

impl Layer {
    pub(crate) fn new(first: u32) -> Self {
        Self::with_capacity(first, 0, 0)
    }

    fn with_capacity(first: u32, terms: usize, bytes: usize) -> Self {
        Self {
            first,
            heads: Vec::with_capacity(terms),
            texts: Arena::with_capacity(terms, bytes),
            table: HashTable::with_capacity(terms),
            names: Names::default(),
        }
    }

    pub(crate) fn first(&self) -> u32 {
        self.first
    }

    pub(crate) fn len(&self) -> usize {
        self.heads.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    pub(crate) fn end(&self) -> u32 {
        self.first + self.heads.len() as u32
    }

    pub(crate) fn kind(&self, id: u32) -> Kind {
        Kind::from_bits(self.heads[(id - self.first) as usize] >> KIND_SHIFT)
    }

    pub(crate) fn key(&self, id: u32) -> Key<'_> {
        let index = id - self.first;
        let head = self.heads[index as usize];
        let kind = Kind::from_bits(head >> KIND_SHIFT);
        Key {
            kind,
            aux: self.aux(kind, head),
            text: self.texts.get(index),
        }
    }

    fn aux(&self, kind: Kind, head: u32) -> Aux<'_> {
        match kind {
            Kind::Blank => Aux::Number(head & AUX_MASK),
            kind if kind.has_name() => Aux::Name(self.names.get(head & AUX_MASK)),
            _ => Aux::None,
        }
    }

    /// Finds a term; `hash` is its [`hash_key`].
    #[inline]
    pub(crate) fn find(&self, hash: u64, key: &Key<'_>) -> Option<u32> {
        let same = |&index: &u32| {
            let head = self.heads[index as usize];
            head >> KIND_SHIFT == key.kind as u32
                && self.texts.get(index) == key.text
                && self.aux(key.kind, head) == key.aux
        };
        self.table.find(hash, same).map(|&index| self.first + index)
    }

    /// Numbers a term that is in no other layer; `hash` is its [`hash_key`].
    pub(crate) fn intern(&mut self, hash: u64, key: &Key<'_>) -> u32 {
        let aux = match key.aux {
            Aux::None => 0,
            Aux::Number(number) => number,
            Aux::Name(name) => self.names.intern(name),
        };
        let head = (key.kind as u32) << KIND_SHIFT | aux;
        let (heads, texts, names) = (&self.heads, &self.texts, &self.names);
        let same = |&index: &u32| heads[index as usize] == head && texts.get(index) == key.text;
        let rehash = |&index: &u32| hash_of(heads, texts, names, index);
        match self.table.entry(hash, same, rehash) {
            Entry::Occupied(entry) => self.first + *entry.get(),
            Entry::Vacant(entry) => {
                let index = self.heads.len() as u32;
                entry.insert(index);
                self.heads.push(head);
                self.first + self.texts.push(key.text)
            }
        }
    }

    /// Takes over terms of another layer in their order; with `renamed`, their new numbers are noted there and triple
    /// terms follow the new numbers of their parts.
    pub(super) fn take(
        &mut self,
        other: &Self,
        ids: impl Iterator<Item = u32>,
        mut renamed: Option<&mut [u32]>,
    ) {
        let mut names: Vec<Option<u32>> = vec![None; other.names.len()];
        for id in ids {
            let key = other.key(id);
            let name = other.heads[(id - other.first) as usize] & AUX_MASK;
            let aux = match key.aux {
                Aux::None => 0,
                Aux::Number(number) => number,
                Aux::Name(text) => {
                    *names[name as usize].get_or_insert_with(|| self.names.intern(text))
                }
            };
            let Some(renamed) = renamed.as_deref_mut() else {
                self.push(key.kind, aux, key.text);
                continue;
            };
            renamed[id as usize] = if key.kind == Kind::Triple {
                let [s, p, o] = Key::triple_parts(key.text).map(|part| renamed[part as usize]);
                self.push(key.kind, aux, &Key::triple_text(s, p, o))
            } else {
                self.push(key.kind, aux, key.text)
            };
        }
    }

    /// Adds a term that is not there yet.
    fn push(&mut self, kind: Kind, aux: u32, text: &str) -> u32 {
        let index = self.heads.len() as u32;
        self.heads.push((kind as u32) << KIND_SHIFT | aux);
        self.texts.push(text);
        let (heads, texts, names) = (&self.heads, &self.texts, &self.names);
        let hash = hash_of(heads, texts, names, index);
        self.table
            .insert_unique(hash, index, |&index| hash_of(heads, texts, names, index));
        self.first + index
    }

    /// Joins neighbouring layers into one; every term keeps its number.
    pub(crate) fn concatenate(layers: &[Arc<Self>]) -> Self {
        let terms = layers.iter().map(|layer| layer.len()).sum();
        let bytes = layers.iter().map(|layer| layer.texts.text().len()).sum();
        let first = layers.first().map_or(0, |layer| layer.first);
        let mut joined = Self::with_capacity(first, terms, bytes);
        for layer in layers {
            joined.take(layer, layer.first..layer.end(), None);
        }
        joined.freeze();
        joined
    }

    /// Ends the adding: frees what only that needs.
    pub(crate) fn freeze(&mut self) {
        self.heads.shrink_to_fit();
        self.texts.shrink();
        let (heads, texts, names) = (&self.heads, &self.texts, &self.names);
        self.table
            .shrink_to_fit(|&index| hash_of(heads, texts, names, index));
        self.names.freeze();
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.heads.capacity() * 4
            + self.texts.heap_bytes()
            + self.table.allocation_size()
            + self.names.heap_bytes()
    }

    /// Writes the arrays as they lie in memory, little-endian; the hash table is made anew when they are read.
    pub(crate) fn write_to(&self, out: &mut dyn Write) -> std::io::Result<()> {
        dump::put_words(out, &[self.first])?;
        dump::put_words(out, &self.heads)?;
        for arena in [&self.texts, self.names.arena()] {
            dump::put_words(out, arena.ends())?;
            dump::put_bytes(out, arena.text().as_bytes())?;
        }
        Ok(())
    }

    /// Reads what [`Layer::write_to`] wrote, and checks it whole.
    pub(crate) fn read_from(input: &mut dyn Read) -> Result<Self, Broken> {
        const ODD: Broken = Broken::Bytes("the terms of the dictionary do not fit together");
        let [first] = dump::get_words(input)?[..] else {
            return Err(ODD);
        };
        let heads = dump::get_words(input)?;
        let mut arena = || -> Result<Arena, Broken> {
            let ends = dump::get_words(input)?;
            let text = String::from_utf8(dump::get_bytes(input)?).map_err(|_| ODD)?;
            Arena::from_parts(text, ends).ok_or(ODD)
        };
        let texts = arena()?;
        let names = Names::from_arena(&arena()?).ok_or(ODD)?;
        let end = u64::from(first) + heads.len() as u64;
        if heads.len() != texts.len() || end > u64::from(super::TERM_LIMIT) {
            return Err(ODD);
        }
        for (&head, index) in heads.iter().zip(0_u32..) {
            let kind = Kind::from_bits(head >> KIND_SHIFT);
            let fits = match kind {
                Kind::Triple => Key::triple_parts(texts.get(index))
                    .iter()
                    .all(|&part| part < first + index),
                kind if kind.has_name() => ((head & AUX_MASK) as usize) < names.len(),
                _ => true,
            };
            if !fits {
                return Err(ODD);
            }
        }
        let mut table = HashTable::with_capacity(heads.len());
        for index in 0..heads.len() as u32 {
            let hash = hash_of(&heads, &texts, &names, index);
            table.insert_unique(hash, index, |&index| hash_of(&heads, &texts, &names, index));
        }
        let mut layer = Self {
            first,
            heads,
            texts,
            table,
            names,
        };
        layer.names.freeze();
        Ok(layer)
    }
}
