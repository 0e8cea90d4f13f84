//! The embedded words: frequency ranks, abbreviations, synonyms, neighbours and vectors.
//!
//! The files lie in `search/lexicon/`, made by its `make.py`; the README there names their origins and
//! licences. They unpack once in a process, on first use, in some milliseconds.

mod phrases;
mod relation;

use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use rustc_hash::FxHashMap;

use crate::error::{Error, Result};
pub(crate) use phrases::{Phrases, WORDS_MAX as PHRASE_WORDS_MAX};
pub(crate) use relation::Relation;

const ABBREVIATIONS: &str = include_str!("../lexicon/abbreviations.tsv");
const PHRASES: &str = include_str!("../lexicon/phrases.tsv");
const WORDS: &[u8] = include_bytes!("../lexicon/words.txt.gz");
const HEADS: &[u8] = include_bytes!("../lexicon/heads.bin.gz");
const SYNONYMS: &[u8] = include_bytes!("../lexicon/synonyms.bin.gz");
const NEIGHBOURS: &[u8] = include_bytes!("../lexicon/neighbours.bin.gz");
const VECTORS: &[u8] = include_bytes!("../lexicon/vectors.bin");

/// The number of components of a word vector.
pub(crate) const DIMENSIONS: usize = 96;

/// The row of a word in the tables of meaning; words of one stem share a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Head(pub(crate) u16);

/// The embedded words.
#[derive(Debug)]
pub(crate) struct Lexicon {
    ranks: FxHashMap<&'static str, u32>,
    heads: Vec<Option<Head>>,
    abbreviations: FxHashMap<&'static str, Vec<&'static str>>,
    synonyms: Relation,
    neighbours: Relation,
    phrases: Phrases,
}

static WORD_TEXT: OnceLock<String> = OnceLock::new();
static LEXICON: OnceLock<Lexicon> = OnceLock::new();

impl Lexicon {
    /// Returns the lexicon of this process, unpacking it on first use.
    ///
    /// # Errors
    ///
    /// [`Error::Lexicon`] when a resource does not unpack, which only a damaged binary can cause.
    pub(crate) fn embedded() -> Result<&'static Self> {
        if let Some(lexicon) = LEXICON.get() {
            return Ok(lexicon);
        }
        let lexicon = Self::unpack()?;
        Ok(LEXICON.get_or_init(|| lexicon))
    }

    fn unpack() -> Result<Self> {
        let text =
            String::from_utf8(gunzip("words.txt.gz", WORDS)?).map_err(|cause| Error::Lexicon {
                name: "words.txt.gz",
                cause: std::io::Error::new(std::io::ErrorKind::InvalidData, cause),
            })?;
        let text: &'static str = WORD_TEXT.get_or_init(|| text);
        let mut ranks = FxHashMap::default();
        ranks.reserve(text.lines().count());
        ranks.extend(text.lines().zip(0u32..));
        let (heads, rows) = read_heads(&gunzip("heads.bin.gz", HEADS)?);
        let mut abbreviations = FxHashMap::default();
        for line in ABBREVIATIONS.lines() {
            if let Some((short, long)) = line.split_once('\t') {
                abbreviations.insert(short, long.split_whitespace().collect());
            }
        }
        Ok(Self {
            ranks,
            heads,
            abbreviations,
            synonyms: Relation::read(&gunzip("synonyms.bin.gz", SYNONYMS)?, rows, false),
            neighbours: Relation::read(&gunzip("neighbours.bin.gz", NEIGHBOURS)?, rows, true),
            phrases: Phrases::read(PHRASES),
        })
    }

    /// Returns how many words have a rank.
    pub(crate) fn len(&self) -> usize {
        self.ranks.len()
    }

    /// Returns the frequency rank of a folded word, 0 for the most frequent; `None` when unknown.
    pub(crate) fn rank(&self, word: &str) -> Option<u32> {
        self.ranks.get(word).copied()
    }

    /// Returns the words that a database abbreviation stands for; empty when it is none.
    pub(crate) fn expansions(&self, word: &str) -> &[&'static str] {
        self.abbreviations.get(word).map_or(&[], Vec::as_slice)
    }

    /// Returns the phrases that say the same in other words.
    pub(crate) fn phrases(&self) -> &Phrases {
        &self.phrases
    }

    /// Returns the row of a folded word in the tables of meaning.
    pub(crate) fn head(&self, word: &str) -> Option<Head> {
        let rank = self.rank(word)?;
        self.heads.get(rank as usize).copied().flatten()
    }

    /// Returns the number of rows.
    #[cfg(test)]
    fn rows(&self) -> usize {
        self.synonyms.rows()
    }

    /// Iterates over the `WordNet` synonyms of a row with their weights, 0 to 1.
    pub(crate) fn synonyms(&self, head: Head) -> impl Iterator<Item = (Head, f32)> + '_ {
        self.synonyms.of(head)
    }

    /// Iterates over the rows near in meaning with their cosines.
    pub(crate) fn neighbours(&self, head: Head) -> impl Iterator<Item = (Head, f32)> + '_ {
        self.neighbours.of(head)
    }
}

/// Returns the vector of a row; its length is not 1. Rare words have none.
pub(crate) fn vector(head: Head) -> Option<&'static [u8]> {
    let start = usize::from(head.0) * DIMENSIONS;
    VECTORS.get(start..start + DIMENSIONS)
}

fn gunzip(name: &'static str, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let read = GzDecoder::new(bytes).read_to_end(&mut out);
    read.map(|_| out)
        .map_err(|cause| Error::Lexicon { name, cause })
}

/// Reads the row of every ranked word, and the number of rows.
fn read_heads(bytes: &[u8]) -> (Vec<Option<Head>>, usize) {
    let (count, body) = bytes.split_at(4.min(bytes.len()));
    let rows = count.try_into().map_or(0, u32::from_le_bytes) as usize;
    let numbers = relation::Varints::new(body);
    let heads = numbers.map(|n| {
        n.checked_sub(1)
            .and_then(|row| u16::try_from(row).ok())
            .map(Head)
    });
    (heads.collect(), rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn near(word: &str) -> String {
        let lexicon = Lexicon::embedded().expect("the resources are sound");
        let head = lexicon.head(word).expect("a frequent word");
        let mut rows: Vec<_> = lexicon.neighbours(head).collect();
        rows.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let name = |row: Head| {
            let at = lexicon
                .heads
                .iter()
                .position(|h| *h == Some(row))
                .expect("every row has a word");
            WORD_TEXT
                .get()
                .and_then(|t| t.lines().nth(at))
                .expect("a ranked word")
        };
        rows.iter()
            .take(4)
            .map(|&(row, cosine)| format!("{} {cosine:.2}", name(row)))
            .collect::<Vec<_>>()
            .join(", ")
    }

    #[test]
    fn resources_unpack_and_agree() {
        let lexicon = Lexicon::embedded().expect("the resources are sound");
        assert!(
            VECTORS.len().is_multiple_of(DIMENSIONS)
                && VECTORS.len() / DIMENSIONS <= lexicon.rows()
        );
        assert_eq!(lexicon.heads.len(), lexicon.len());
        assert_eq!(lexicon.head("customers"), lexicon.head("customer"));
        assert_eq!(lexicon.expansions("cust"), ["customer"]);
        assert_eq!(lexicon.rank("the"), Some(0));
    }

    #[test]
    fn neighbours_are_near_in_meaning() {
        expect!["singer 0.85, vocal 0.78, frontman 0.69, singing 0.66"]
            .assert_eq(&near("vocalist"));
        expect!["physician 0.85, phd 0.84, medical 0.77, dr 0.76"].assert_eq(&near("doctor"));
    }
}
