//! The semantics of a version, made when they are first asked for.

use std::sync::{Arc, OnceLock};

use super::{Arrangement, Semantics};

/// The semantics of a snapshot, and those of an earlier one, whose layers are mostly the same.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    now: OnceLock<Arc<Semantics>>,
    before: Option<Arc<Semantics>>,
}

impl Kept {
    /// Gives what the next version starts from.
    pub(crate) fn for_next(&self) -> Self {
        Self {
            now: OnceLock::new(),
            before: self.now.get().or(self.before.as_ref()).cloned(),
        }
    }

    pub(crate) fn get(&self, graph: &graph_core::Snapshot) -> &Arc<Semantics> {
        self.now.get_or_init(|| {
            let before = self.before.as_deref();
            Arc::new(Semantics::build(graph, &Arrangement::default(), before))
        })
    }
}
