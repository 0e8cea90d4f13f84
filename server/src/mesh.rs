//! What is served.

use std::sync::Arc;

use isogloss::Isogloss;
use isogloss::semantics::Arrangement;

/// The graph that is served, and where its semantic layers are run.
#[derive(Clone, Debug)]
pub struct Mesh {
    /// The graph.
    pub isogloss: Isogloss,
    /// Which layer is over which engine.
    pub arrangement: Arc<Arrangement>,
}

impl From<Isogloss> for Mesh {
    /// Gives a graph whose layers are over no engine: their queries are compiled and not run.
    fn from(isogloss: Isogloss) -> Self {
        Self {
            isogloss,
            arrangement: Arc::default(),
        }
    }
}
