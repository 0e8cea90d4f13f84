//! Opaque cursors of connections.
//!
//! A cursor names a place in one list: the list's own name (field, arguments, entity) as a fingerprint, and an
//! offset. A cursor of another list is refused, so that a page is never cut from the wrong place without a word.
//! Lists are in a stable order within one version of the graph; a client that pages across a commit pins the version
//! with `asOf` where it matters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Error, Measured, Result};
use crate::limits::{Limits, PAGE_SIZE_DEFAULT, most};

/// What a cursor's bytes start with: format 1.
const FORMAT: u8 = 1;

/// The part of a list that a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    list: u32,
    /// Items to leave out at the start.
    pub(crate) offset: usize,
    /// Items to give at most.
    pub(crate) size: usize,
}

impl Page {
    /// Reads the arguments `first` and `after` of the list that `list` tells apart from others.
    pub(crate) fn new(
        list: &[&str],
        first: Option<i32>,
        after: Option<&str>,
        limits: &Limits,
    ) -> Result<Self> {
        Self::within(list, first, after, PageSizes::of(limits))
    }

    /// Reads the arguments of a list with page sizes of its own.
    pub(crate) fn within(
        list: &[&str],
        first: Option<i32>,
        after: Option<&str>,
        sizes: PageSizes,
    ) -> Result<Self> {
        let list = fingerprint(list);
        let size = sizes.size(first)?;
        let offset = match after {
            None => 0,
            Some(cursor) => {
                decode(cursor, list).ok_or_else(|| Error::InvalidCursor {
                    cursor: cursor.to_owned(),
                })? + 1
            }
        };
        Ok(Self { list, offset, size })
    }

    /// Makes the cursor of the item at this place in the whole list.
    pub(crate) fn cursor(&self, index: usize) -> String {
        let mut bytes = Vec::with_capacity(13);
        bytes.push(FORMAT);
        bytes.extend(self.list.to_be_bytes());
        bytes.extend((index as u64).to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// How many items a page has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageSizes {
    /// Unless asked otherwise.
    pub(crate) default: u64,
    /// At most.
    pub(crate) max: u64,
}

impl PageSizes {
    const fn of(limits: &Limits) -> Self {
        Self {
            default: PAGE_SIZE_DEFAULT,
            max: limits.page_size,
        }
    }

    /// Checks `first`.
    fn size(self, first: Option<i32>) -> Result<usize> {
        let Some(first) = first else {
            return Ok(self.default as usize);
        };
        let size = usize::try_from(first).map_err(|_| Error::TooSmall {
            argument: "first",
            value: first.into(),
            min: 0,
        })?;
        most(Measured::PageSize, size as u64, self.max)?;
        Ok(size)
    }
}

/// Checks `first`; a list has 20 items a page unless asked otherwise.
pub(crate) fn page_size(first: Option<i32>, limits: &Limits) -> Result<usize> {
    PageSizes::of(limits).size(first)
}

fn decode(cursor: &str, list: u32) -> Option<usize> {
    let bytes: [u8; 13] = URL_SAFE_NO_PAD.decode(cursor).ok()?.try_into().ok()?;
    let (&format, rest) = bytes.split_first()?;
    let (of_list, index) = rest.split_first_chunk::<4>()?;
    let index = u64::from_be_bytes(index.try_into().ok()?);
    // An offset that no list has would only overflow the arithmetic on it.
    let sane = index < u64::from(u32::MAX);
    (format == FORMAT && *of_list == list.to_be_bytes() && sane).then_some(index as usize)
}

/// FNV-1a over the parts: stable across processes and releases, which a hasher of std is not.
fn fingerprint(parts: &[&str]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(list: &str, after: Option<&str>) -> Result<Page> {
        Page::new(&[list], Some(10), after, &Limits::default())
    }

    #[test]
    fn a_cursor_leads_to_the_item_after_it() -> Result<()> {
        let start = page("datasets", None)?;
        let next = page("datasets", Some(&start.cursor(9)))?;
        assert_eq!((start.offset, next.offset, next.size), (0, 10, 10));
        Ok(())
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() -> Result<()> {
        let cursor = page("datasets", None)?.cursor(3);
        for (list, cursor) in [
            ("terms", cursor.as_str()),
            ("datasets", "x"),
            ("datasets", ""),
        ] {
            assert!(
                matches!(page(list, Some(cursor)), Err(Error::InvalidCursor { .. })),
                "{list} {cursor}"
            );
        }
        Ok(())
    }

    #[test]
    fn a_page_is_neither_negative_nor_too_long() {
        let limits = Limits::default();
        assert!(matches!(
            page_size(Some(-1), &limits),
            Err(Error::TooSmall { .. })
        ));
        assert!(matches!(
            page_size(Some(101), &limits),
            Err(Error::TooMany { .. })
        ));
        assert!(matches!(page_size(Some(0), &limits), Ok(0)));
        assert!(matches!(page_size(None, &limits), Ok(20)));
    }
}
