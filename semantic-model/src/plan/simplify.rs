//! Folds the blocks of a plan into fewer, without changing its rows.
//!
//! A block is folded into the one that reads it if that is its only reader and one `SELECT` can say both. What is
//! folded is only rows-in, rows-out work (reading, joining, filtering, renaming): a block that groups, orders, cuts
//! or looks at other rows stays as it is and is read. The unfolded plan stays available for differential tests.

use rustc_hash::FxHashMap;

use super::relation::{Block, BlockId, JoinKind, Name, Plan, Rows, Source};
use super::scalar::Scalar;

/// Returns a plan of fewer blocks with the same rows.
pub fn simplify(plan: &Plan) -> Plan {
    let readers = plan.readers();
    let mut done: Vec<Option<Block>> = Vec::with_capacity(plan.blocks().len());
    for (place, block) in plan.blocks().iter().enumerate() {
        if readers[place] == 0 {
            done.push(None);
            continue;
        }
        let mut block = block.clone();
        fold_sources(&mut block, &readers, &mut done);
        let block = fold_projection(block, &readers, &mut done);
        done.push(Some(block));
    }
    compact(done)
}

/// Keeps the blocks that are left, under new identifiers.
fn compact(blocks: Vec<Option<Block>>) -> Plan {
    let mut plan = Plan::default();
    let mut moved: Vec<Option<BlockId>> = vec![None; blocks.len()];
    for (place, block) in blocks.into_iter().enumerate() {
        let Some(mut block) = block else { continue };
        for source in &mut block.sources {
            if let Rows::Block(id) = &mut source.rows
                && let Some(new) = moved[id.index()]
            {
                *id = new;
            }
        }
        moved[place] = Some(plan.add(block));
    }
    plan
}

/// Folds blocks that only read, join, filter and rename into the sources of the one that reads them.
fn fold_sources(block: &mut Block, readers: &[u32], done: &mut [Option<Block>]) {
    let mut place = 0;
    while place < block.sources.len() {
        let Some(id) = foldable(block, place, readers, done) else {
            place += 1;
            continue;
        };
        if let Some(inner) = done[id.index()].take() {
            let added = inner.sources.len();
            inline(block, place, inner);
            // What was folded was folded itself already.
            place += added;
        }
    }
}

/// Returns the block at a place among the sources if it can be folded.
fn foldable(
    block: &Block,
    place: usize,
    readers: &[u32],
    done: &[Option<Block>],
) -> Option<BlockId> {
    let source = &block.sources[place];
    let Rows::Block(id) = source.rows else {
        return None;
    };
    let inner = done[id.index()].as_ref()?;
    let plain = inner.groups.is_none()
        && !inner.distinct
        && inner.order.is_empty()
        && inner.limit.is_none()
        && !inner.sources.is_empty()
        && !inner.columns.iter().any(|column| column.value.spans_rows());
    if readers[id.index()] != 1 || !plain {
        return None;
    }
    let fits = if place == 0 {
        let full_after = block.sources[1..]
            .iter()
            .any(|other| other.join == JoinKind::Full);
        !full_after || (inner.filters.is_empty() && inner.sources.len() == 1 && passes_on(inner))
    } else {
        let full = block.sources[1..]
            .iter()
            .any(|other| other.join == JoinKind::Full);
        let one = inner.sources.len() == 1;
        match source.join {
            JoinKind::Inner | JoinKind::Cross => one && !full,
            // Where no row meets, every column is NULL: only bare columns are so by themselves, and a filter would
            // take rows of the other side.
            JoinKind::Left => one && !full && inner.filters.is_empty() && null_if_missing(inner),
            JoinKind::Full => one && inner.filters.is_empty() && passes_on(inner),
        }
    };
    fits.then_some(id)
}

/// Whether every column is a column of a source.
fn passes_on(block: &Block) -> bool {
    block
        .columns
        .iter()
        .all(|column| matches!(column.value, Scalar::Column(..) | Scalar::Stored(..)))
}

/// Whether every column is NULL if all columns of the sources are.
fn null_if_missing(block: &Block) -> bool {
    block.columns.iter().all(|column| strict(&column.value))
}

fn strict(scalar: &Scalar) -> bool {
    match scalar {
        Scalar::Column(..) | Scalar::Stored(..) => true,
        Scalar::Truncate(_, inner)
        | Scalar::Part(_, inner)
        | Scalar::Shift(inner, _, _)
        | Scalar::Cast(inner, _) => strict(inner),
        _ => false,
    }
}

/// Puts the sources and filters of a block in the place of the source that read it.
fn inline(block: &mut Block, place: usize, inner: Block) {
    let added = inner.sources.len();
    let columns: FxHashMap<Name, Scalar> = inner
        .columns
        .into_iter()
        .map(|column| (column.name, column.value.moved(place)))
        .collect();
    let later = |source: usize| {
        if source > place {
            source + added - 1
        } else {
            source
        }
    };
    block.map_scalars(&mut |column| match column {
        Scalar::Column(source, name) if source == place => columns
            .get(&name)
            .cloned()
            .unwrap_or(Scalar::Column(source, name)),
        Scalar::Column(source, name) => Scalar::Column(later(source), name),
        Scalar::Stored(source, name) => Scalar::Stored(later(source), name),
        other => other,
    });
    let outer = block.sources.remove(place);
    let filters = inner.filters.into_iter().map(|filter| filter.moved(place));
    block.filters.splice(0..0, filters);
    for (offset, mut source) in inner.sources.into_iter().enumerate() {
        source.on = source.on.into_iter().map(|on| on.moved(place)).collect();
        if offset == 0 {
            source.join = outer.join;
            source.on.clone_from(&outer.on);
        }
        block.sources.insert(place + offset, source);
    }
}

/// Folds a block that only renames, computes, orders or cuts into the grouping block that it reads.
fn fold_projection(block: Block, readers: &[u32], done: &mut [Option<Block>]) -> Block {
    let [
        Source {
            rows: Rows::Block(id),
            ..
        },
    ] = &block.sources[..]
    else {
        return block;
    };
    let id = *id;
    let only_shapes = block.filters.is_empty() && block.groups.is_none() && !block.distinct;
    let windows = block.columns.iter().any(|column| column.value.has_window());
    if readers[id.index()] != 1 || !only_shapes || windows {
        return block;
    }
    let fits = done[id.index()].as_ref().is_some_and(|inner| {
        inner.groups.is_some()
            && !inner.distinct
            && inner.order.is_empty()
            && inner.limit.is_none()
            && every_use_is_one(&block, inner)
    });
    if !fits {
        return block;
    }
    let Some(mut inner) = done[id.index()].take() else {
        return block;
    };
    let columns: FxHashMap<Name, Scalar> = inner
        .columns
        .drain(..)
        .map(|column| (column.name, column.value))
        .collect();
    inner.columns = block.columns;
    for column in &mut inner.columns {
        let value = std::mem::replace(&mut column.value, Scalar::Boolean(true));
        column.value = value.map_columns(&mut |column| match &column {
            Scalar::Column(_, name) => columns.get(name).cloned().unwrap_or(column),
            _ => column,
        });
    }
    inner.order = block.order;
    inner.limit = block.limit;
    inner
}

/// Whether no aggregate of the inner block is used twice, which would work it out twice.
fn every_use_is_one(block: &Block, inner: &Block) -> bool {
    let mut uses: FxHashMap<Name, u32> = FxHashMap::default();
    for column in &block.columns {
        column.value.any(&mut |scalar| {
            if let Scalar::Column(_, name) = scalar {
                *uses.entry(Name::clone(name)).or_default() += 1;
            }
            false
        });
    }
    inner.columns.iter().all(|column| {
        !column.value.spans_rows() || uses.get(&*column.name).copied().unwrap_or(0) <= 1
    })
}
