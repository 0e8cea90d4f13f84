//! Which layer is over which engine.

use std::sync::Arc;

use graph_core::Version;
use parking_lot::Mutex;
use semantic_model::layer::Layer;

use super::{DeclaredLayer, Engines, Semantics, same};
use crate::Snapshot;

/// A layer put over an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerOver {
    /// The layer, by its name or by that of its source.
    pub layer: String,
    /// The engine.
    pub engine: String,
}

/// Where the layers of a mesh are run, and further layers that no source of the graph declares.
///
/// Layers that are put over one engine share their names: an entity of one name in two of them is one thing, so that
/// metrics of one can be grouped by dimensions of the other. A layer that is not put anywhere stands alone, over the
/// only engine if there is one.
#[derive(Debug, Default)]
pub struct Arrangement {
    layers: Vec<(String, Arc<Layer>)>,
    over: Vec<LayerOver>,
    engines: Engines,
    newest: Mutex<Option<(Version, Arc<Semantics>)>>,
}

impl Arrangement {
    /// Gives an arrangement over engines.
    pub fn new(engines: Engines, over: Vec<LayerOver>) -> Self {
        Self {
            over,
            engines,
            ..Self::default()
        }
    }

    /// Adds a layer that no source of the graph declares.
    #[must_use]
    pub fn with_layer(mut self, name: impl Into<String>, layer: Layer) -> Self {
        self.layers.push((name.into(), Arc::new(layer)));
        self
    }

    /// Returns the engines.
    pub fn engines(&self) -> &Engines {
        &self.engines
    }

    /// Returns the semantics of a version under this arrangement, and keeps the last.
    pub fn semantics(&self, snapshot: &Snapshot) -> Arc<Semantics> {
        if self.layers.is_empty() && self.over.is_empty() && self.engines.names().next().is_none() {
            return Arc::clone(snapshot.semantics());
        }
        let kept = self.newest.lock().clone();
        if let Some((version, semantics)) = &kept
            && *version == snapshot.version()
        {
            return Arc::clone(semantics);
        }
        let before = kept.as_ref().map(|(_, semantics)| &**semantics);
        let made = Arc::new(Semantics::build(snapshot.graph(), self, before));
        let is_newer = kept.is_none_or(|(version, _)| version < snapshot.version());
        if is_newer {
            *self.newest.lock() = Some((snapshot.version(), Arc::clone(&made)));
        }
        made
    }

    pub(super) fn layers(&self) -> impl Iterator<Item = (&str, &Arc<Layer>)> {
        self.layers
            .iter()
            .map(|(name, layer)| (name.as_str(), layer))
    }

    /// Tells layers their engines.
    pub(super) fn place(&self, layers: &mut [DeclaredLayer], problems: &mut Vec<String>) {
        for over in &self.over {
            let mut any = false;
            for layer in layers.iter_mut() {
                if layer.is_called(&over.layer) {
                    layer.engine = Some(over.engine.clone());
                    any = true;
                }
            }
            if !any {
                problems.push(format!("no layer is called `{}`", over.layer));
            }
        }
        if let Some(only) = self.only_engine() {
            for layer in layers.iter_mut().filter(|layer| layer.engine.is_none()) {
                layer.engine = Some(only.to_owned());
            }
        }
    }

    fn only_engine(&self) -> Option<&str> {
        let mut names = self.engines.names();
        let first = names.next()?;
        names.next().is_none().then_some(first)
    }

    /// Tells whether a layer shares the names of others over its engine.
    pub(super) fn shares(&self, layer: &DeclaredLayer) -> bool {
        let put = self.over.iter().any(|over| layer.is_called(&over.layer));
        put && layer.engine.is_some()
    }
}

impl DeclaredLayer {
    /// Tells whether a text names it: by its handle, its name or its source.
    pub(super) fn is_called(&self, text: &str) -> bool {
        let source = self.source.as_deref();
        same(&self.handle, text)
            || same(&self.layer.name, text)
            || source.is_some_and(|source| same(source, text))
    }
}
