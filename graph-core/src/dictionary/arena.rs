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
    pub(crate) fn with_capacity(texts: usize, bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            block_starts: Vec::with_capacity(texts / BLOCK + 1),
            ends: Vec::with_capacity(texts),
        }
    }

    /// Puts an arena together from its texts in a row and the end of each inside its block; `None` when they do not fit.
    pub(crate) fn from_parts(text: String, ends: Vec<u32>) -> Option<Self> {
        let mut block_starts = Vec::with_capacity(ends.len() / BLOCK + 1);
        let mut at = 0_usize;
        for block in ends.chunks(BLOCK) {
            block_starts.push(at as u64);
            let mut last = 0;
            for &end in block {
                if end < last || !text.is_char_boundary(at + end as usize) {
                    return None;
                }
                last = end;
            }
            at += last as usize;
        }
        (at == text.len()).then_some(Self {
            text,
            block_starts,
            ends,
        })
    }

    /// All texts in a row.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The end of each text inside its block.
    pub(crate) fn ends(&self) -> &[u32] {
        &self.ends
    }

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

pub(crate) fn hash_text(seed: u64, text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u64(seed);
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Texts interned to numbers: IRI prefixes, datatypes and language tags of a layer.
#[derive(Default)]
pub(crate) struct Names {
    arena: Arena,
    table: HashTable<u32>,
    /// The hash of each name, while names are still added.
    hashes: Vec<u64>,
}

impl Names {
    /// Puts names together; `None` when one comes twice.
    pub(crate) fn from_arena(arena: &Arena) -> Option<Self> {
        let mut names = Self::default();
        for index in 0..arena.len() as u32 {
            if names.intern(arena.get(index)) != index {
                return None;
            }
        }
        Some(names)
    }

    pub(crate) fn arena(&self) -> &Arena {
        &self.arena
    }

    pub(crate) fn len(&self) -> usize {
        self.arena.len()
    }

    pub(crate) fn get(&self, index: u32) -> &str {
        self.arena.get(index)
    }

    /// The hash of a name, while names are still added.
    pub(crate) fn hash(&self, index: u32) -> u64 {
        self.hashes.get(index as usize).copied().unwrap_or_default()
    }

    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        self.intern_hashed(hash_text(0, text), text)
    }

    pub(crate) fn intern_hashed(&mut self, hash: u64, text: &str) -> u32 {
        let (arena, hashes) = (&self.arena, &self.hashes);
        let same = |&index: &u32| arena.get(index) == text;
        match self
            .table
            .entry(hash, same, |&index| hashes[index as usize])
        {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let index = self.arena.len() as u32;
                entry.insert(index);
                self.hashes.push(hash);
                self.arena.push(text)
            }
        }
    }

    /// Frees what only adding needs.
    pub(crate) fn freeze(&mut self) {
        self.arena.shrink();
        self.table = HashTable::new();
        self.hashes = Vec::new();
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.arena.heap_bytes() + self.table.allocation_size() + self.hashes.capacity() * 8
    }
}
