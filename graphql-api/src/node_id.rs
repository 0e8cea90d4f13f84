//! Global ids: opaque to clients, typed, and stable as long as the entity's IRI is.

use async_graphql::ID;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use isogloss::model::EntityKind;

use crate::error::{Error, Result};

/// Makes the id of the entity with this IRI.
pub(crate) fn encode(kind: EntityKind, iri: &str) -> ID {
    ID(URL_SAFE_NO_PAD.encode(format!("{}:{iri}", kind.as_str())))
}

/// Reads an id that [`encode`] made.
///
/// # Errors
/// [`Error::InvalidId`] if it is none.
pub(crate) fn decode(id: &ID) -> Result<(EntityKind, String)> {
    let parts = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?).ok()?;
        let (kind, iri) = text.split_once(':')?;
        let kind = EntityKind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind)?;
        Some((kind, iri.to_owned()))
    };
    parts().ok_or_else(|| Error::InvalidId { id: id.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_kind_and_iri() -> Result<()> {
        for kind in EntityKind::ALL {
            let id = encode(kind, "urn:isogloss:term:café/a:b");
            assert_eq!(
                decode(&id)?,
                (kind, "urn:isogloss:term:café/a:b".to_owned())
            );
            assert!(!id.contains(':'), "opaque: {id:?}");
        }
        Ok(())
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "x", "%%%", "dGVybQ", "cGxhbmV0OnVybjp4"] {
            assert!(
                matches!(decode(&ID(text.to_owned())), Err(Error::InvalidId { .. })),
                "{text}"
            );
        }
    }
}
