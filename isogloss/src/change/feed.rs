//! The feed of changed entities, read from the history page by page.
//!
//! A reader keeps nothing here: it says how far it is, and so neither loses an event nor sees one twice, however long
//! it was away, as long as the history goes back that far.

use graph_core::{Timestamp, Version};
use semantic_model::EntityKind;

use super::entity::Facts;
use super::{Cursor, EntityChange};
use crate::{AsOf, Error, Isogloss, Result};

/// Commits that one page looks at.
const COMMITS_MAX: usize = 256;

/// Events that one page looks at to find those that pass the filter.
const EVENTS_MAX: usize = 20_000;

/// Which events are told; an empty list allows all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// Only entities of these kinds.
    pub kinds: Vec<EntityKind>,
    /// Only what these sources changed, by name.
    pub sources: Vec<String>,
    /// Only entities of these domains, by IRI or label.
    pub domains: Vec<String>,
    /// Only these entities, by IRI.
    pub iris: Vec<String>,
}

/// Some events in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangePage {
    /// The events, oldest first.
    pub events: Vec<EntityChange>,
    /// The place up to which the feed was read: to go on from, also when no event passed the filter.
    pub cursor: Cursor,
    /// Whether there is more to read at once.
    pub more: bool,
}

impl Isogloss {
    /// Returns the place after everything that was committed so far.
    pub fn newest_cursor(&self) -> Cursor {
        Cursor::after(self.snapshot().version())
    }

    /// Returns the place before everything that the history still tells.
    pub fn oldest_cursor(&self) -> Cursor {
        Cursor::after(self.store().oldest_version())
    }

    /// Reads a place in the feed: a cursor, a version (after all of it) or a time (after all that was committed by
    /// then); `now` is the caller's clock.
    ///
    /// # Errors
    /// [`Error::InvalidCursor`] if it is none of these, [`Error::FutureTime`] for a time that is yet to come,
    /// [`Error::TimeNotKept`] for one that retention has let go.
    pub fn place(&self, text: &str, now: Timestamp) -> Result<Cursor> {
        let invalid = match text.parse::<Cursor>() {
            Ok(cursor) => return Ok(cursor),
            Err(invalid) => invalid,
        };
        let as_of: AsOf = text.parse().map_err(|_| invalid)?;
        Ok(Cursor::after(self.version_as_of(as_of, now)?))
    }

    /// Reads on in the feed of changed entities: up to `first` events that pass the filter.
    ///
    /// A page may be short, or empty, before the end: it looks at so many events at most, so that it is soon done.
    /// Takes time in what the commits read changed and, for the first page after a place far back, in what all
    /// commits since then changed.
    ///
    /// # Errors
    /// [`Error::UnknownVersion`] for a place in the future, [`Error::VersionNotKept`] for one before what the history
    /// keeps.
    pub fn entity_changes(
        &self,
        after: Cursor,
        first: usize,
        filter: &ChangeFilter,
    ) -> Result<ChangePage> {
        let newest = self.snapshot();
        if after.version() > newest.version() {
            return Err(Error::UnknownVersion {
                version: after.version(),
                newest: newest.version(),
            });
        }
        // To go on after a version, or within one, that version or the one before it must still be there.
        let oldest = self.store().oldest_version();
        let is_within = after.changes != u32::MAX;
        let first_told = after.version + u64::from(!is_within);
        if oldest.0 > 0 && first_told <= oldest.0 {
            return Err(Error::VersionNotKept {
                version: after.version(),
                oldest,
            });
        }
        let mut page = ChangePage {
            events: Vec::new(),
            cursor: after,
            more: false,
        };
        let told = Version(
            after
                .version
                .saturating_sub(u64::from(after.changes != u32::MAX)),
        );
        let commits = self.store().versions_after(told, COMMITS_MAX);
        let last = commits.last().map_or(after.version(), |it| it.version);
        let mut looked_at = 0;
        let mut change = 0;
        let mut version = told;
        for commit in &commits {
            if commit.version > newest.version() {
                // Visible to the next reader only.
                break;
            }
            if commit.version != version {
                version = commit.version;
                change = 0;
            }
            let number = change;
            change += 1;
            if (commit.version.0, number) < (after.version, after.changes) {
                continue;
            }
            let is_wanted = filter.sources.is_empty()
                || filter.sources.iter().any(|it| it == commit.source.as_str());
            if is_wanted {
                let place = (commit.version, number);
                if !self.read_change(&newest, place, first, filter, &mut page, &mut looked_at)? {
                    page.more = true;
                    return Ok(page);
                }
            }
            page.cursor = Cursor {
                version: commit.version.0,
                changes: number + 1,
                events: 0,
            };
        }
        page.cursor = page.cursor.max(Cursor::after(version));
        page.more = last < newest.version();
        Ok(page)
    }

    /// Reads one change; false when the page is full before its end.
    fn read_change(
        &self,
        newest: &crate::Snapshot,
        (version, change): (Version, u32),
        first: usize,
        filter: &ChangeFilter,
        page: &mut ChangePage,
        looked_at: &mut usize,
    ) -> Result<bool> {
        let store = self.store();
        let lately = self.lately();
        let divided = lately.differences.of(store, version)?;
        let Some(divided) = divided.get(change as usize) else {
            return Ok(true);
        };
        let presences = lately.presences.of(store, newest.graph(), version)?;
        let model = newest.model();
        let begin = if (page.cursor.version, page.cursor.changes) == (version.0, change) {
            page.cursor.events
        } else {
            0
        };
        for at in begin..divided.events.len() as u32 {
            if page.events.len() >= first || *looked_at >= EVENTS_MAX {
                return Ok(false);
            }
            *looked_at += 1;
            let cursor = Cursor {
                version: version.0,
                changes: change,
                events: at + 1,
            };
            page.cursor = cursor;
            let Some((head, subjects)) = divided.event(at as usize) else {
                continue;
            };
            let own = subjects.first().map(|own| own.subject.as_str());
            if !filter.iris.is_empty() && !filter.iris.iter().any(|iri| Some(iri.as_str()) == own) {
                continue;
            }
            let presence = presences.get(change as usize).and_then(|it| it.get(head));
            let Some(&presence) = presence else { continue };
            let facts = Facts {
                info: divided.difference.info(),
                presence,
                subjects: &subjects,
                cursor,
            };
            let event = EntityChange::new(&facts, &model);
            page.events
                .extend(event.filter(|event| passes(event, filter, &model)));
        }
        Ok(true)
    }
}

/// Tells whether an event is of a wanted kind and domain.
fn passes(event: &EntityChange, filter: &ChangeFilter, model: &semantic_model::Model<'_>) -> bool {
    let of_kind =
        filter.kinds.is_empty() || event.kind.is_some_and(|kind| filter.kinds.contains(&kind));
    let is_called = |iri: &String, name: &String| {
        iri == name
            || model
                .entity(iri)
                .is_some_and(|domain| domain.label().eq_ignore_ascii_case(name))
    };
    let of_domain = filter.domains.is_empty()
        || event
            .domains
            .iter()
            .any(|iri| filter.domains.iter().any(|name| is_called(iri, name)));
    of_kind && of_domain
}
