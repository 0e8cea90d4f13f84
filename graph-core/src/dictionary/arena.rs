//! Many short texts in one allocation.

use std::hash::Hasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxHasher;

const BLOCK: usize = 32;

/// Texts by number. Offsets are 64 bits wide per block of texts and 32 bits wide inside it.
#[derive(Default)]
pub(crate) struct Arena {
    text: String,
    block_starts: Vec<u64>,
    ends: Vec<u32>,
}

impl Arena {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, index: u32) -> &str {
        let index = index as usize;
        let block = self.block_starts[index / BLOCK] as usize;
        let start = if index.is_multiple_of(BLOCK) {
            0
        } else {
            self.ends[index - 1] as usize
        };
        &self.text[block + start..block + self.ends[index] as usize]
    }

    pub(crate) fn push(&mut self, text: &str) -> u32 {
        let index = self.ends.len();
        if index.is_multiple_of(BLOCK) {
            self.block_starts.push(self.text.len() as u64);
        }
        let block = self.block_starts[index / BLOCK] as usize;
        self.text.push_str(text);
        self.ends.push((self.text.len() - block) as u32);
        index as u32
    }

    pub(crate) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.block_starts.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.text.capacity() + self.block_starts.capacity() * 8 + self.ends.capacity() * 4
    }
}

pub(crate) fn hash_text(head: u32, text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u32(head);
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Texts interned to numbers: IRI prefixes, datatypes and language tags of a layer.
#[derive(Default)]
pub(crate) struct Names {
    arena: Arena,
    table: HashTable<u32>,
}

impl Names {
    pub(crate) fn get(&self, index: u32) -> &str {
        self.arena.get(index)
    }

    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.table
            .find(hash_text(0, text), |&index| self.arena.get(index) == text)
            .copied()
    }

    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        let arena = &self.arena;
        let same = |&index: &u32| arena.get(index) == text;
        match self.table.entry(hash_text(0, text), same, |&index| {
            hash_text(0, arena.get(index))
        }) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let index = self.arena.len() as u32;
                entry.insert(index);
                self.arena.push(text)
            }
        }
    }

    pub(crate) fn shrink(&mut self) {
        self.arena.shrink();
        let arena = &self.arena;
        self.table
            .shrink_to_fit(|&index| hash_text(0, arena.get(index)));
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.arena.heap_bytes() + self.table.allocation_size()
    }
}
