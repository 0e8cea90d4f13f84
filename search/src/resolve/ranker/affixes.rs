//! Learns which words begin many names of one place: they say where a dataset lies, not what it holds.

use rustc_hash::FxHashMap;

use super::Analysed;

/// In a place of fewer datasets no habit of naming shows.
const TABLES_MIN: usize = 50;
/// A word that begins this share of the names is a habit.
const SHARE_MIN: f32 = 0.25;
/// So many words at the beginning of a name are looked at.
const DEPTH: usize = 3;

/// Marks the places of names that hold what many names of the same group begin with.
pub(super) fn learn<'g>(tables: &mut [Analysed], groups: impl Iterator<Item = &'g [u32]>) {
    for group in groups.filter(|group| group.len() >= TABLES_MIN) {
        for depth in 0..DEPTH {
            if !mark(tables, group, depth) {
                break;
            }
        }
    }
}

/// Marks the words that are habits at one depth, where all before them are; tells whether there were any.
fn mark(tables: &mut [Analysed], group: &[u32], depth: usize) -> bool {
    let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
    for &table in group {
        if let Some(word) = tables
            .get(table as usize)
            .and_then(|table| leading(table, depth))
        {
            *counts.entry(word).or_default() += 1;
        }
    }
    let least = (SHARE_MIN * group.len() as f32).ceil() as usize;
    counts.retain(|_, count| *count >= least.max(2));
    for &table in group {
        let Some(table) = tables.get_mut(table as usize) else {
            continue;
        };
        if leading(table, depth).is_some_and(|word| counts.contains_key(&word))
            && let Some(slot) = table.names.first_mut().and_then(|name| name.get_mut(depth))
        {
            slot.affix = true;
        }
    }
    !counts.is_empty()
}

/// Returns the word at a depth of a dataset's technical name, if only habits stand before it and something comes after.
fn leading(table: &Analysed, depth: usize) -> Option<u32> {
    let name = table.names.first()?;
    let before = name.get(..depth)?.iter().all(|slot| slot.affix);
    let after = name.get(depth + 1..)?.iter().any(|slot| !slot.affix);
    let word = name.get(depth)?.words.first()?.0;
    (before && after).then_some(word)
}
