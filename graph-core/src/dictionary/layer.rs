//! One append-only layer of the dictionary.

use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::arena::{Arena, Names, hash_text};
use super::key::{Aux, Key, Kind};

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

impl Layer {
    pub(crate) fn new(first: u32) -> Self {
        Self {
            first,
            heads: Vec::new(),
            texts: Arena::default(),
            table: HashTable::new(),
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
        let aux = match kind {
            Kind::Blank => Aux::Number(head & AUX_MASK),
            kind if kind.has_name() => Aux::Name(self.names.get(head & AUX_MASK)),
            _ => Aux::None,
        };
        Key {
            kind,
            aux,
            text: self.texts.get(index),
        }
    }

    pub(crate) fn find(&self, key: &Key<'_>) -> Option<u32> {
        let aux = match key.aux {
            Aux::None => 0,
            Aux::Number(number) => number,
            Aux::Name(name) => self.names.find(name)?,
        };
        let head = (key.kind as u32) << KIND_SHIFT | aux;
        let same =
            |&index: &u32| self.heads[index as usize] == head && self.texts.get(index) == key.text;
        self.table
            .find(hash_text(head, key.text), same)
            .map(|&index| self.first + index)
    }

    pub(crate) fn intern(&mut self, key: &Key<'_>) -> u32 {
        let aux = match key.aux {
            Aux::None => 0,
            Aux::Number(number) => number,
            Aux::Name(name) => self.names.intern(name),
        };
        let head = (key.kind as u32) << KIND_SHIFT | aux;
        let (heads, texts) = (&self.heads, &self.texts);
        let same = |&index: &u32| heads[index as usize] == head && texts.get(index) == key.text;
        let rehash = |&index: &u32| hash_text(heads[index as usize], texts.get(index));
        match self.table.entry(hash_text(head, key.text), same, rehash) {
            Entry::Occupied(entry) => self.first + *entry.get(),
            Entry::Vacant(entry) => {
                let index = self.heads.len() as u32;
                entry.insert(index);
                self.heads.push(head);
                self.first + self.texts.push(key.text)
            }
        }
    }

    /// Joins neighbouring layers into one; every term keeps its number.
    pub(crate) fn concatenate(layers: &[Arc<Self>]) -> Self {
        let mut joined = Self::new(layers.first().map_or(0, |layer| layer.first));
        for layer in layers {
            for id in layer.first..layer.end() {
                joined.intern(&layer.key(id));
            }
        }
        joined.shrink();
        joined
    }

    pub(crate) fn shrink(&mut self) {
        self.heads.shrink_to_fit();
        self.texts.shrink();
        self.names.shrink();
        let (heads, texts) = (&self.heads, &self.texts);
        self.table
            .shrink_to_fit(|&index| hash_text(heads[index as usize], texts.get(index)));
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.heads.capacity() * 4
            + self.texts.heap_bytes()
            + self.table.allocation_size()
            + self.names.heap_bytes()
    }
}
