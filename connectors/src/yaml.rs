//! YAML and JSON texts as trees that know their places, as the semantic layers read them too.
//!
//! Depth, nodes and aliases are bounded, duplicate keys are errors, and numbers keep the spelling of the file.

use semantic_model::formats::tree;

pub(crate) use semantic_model::formats::tree::Place;
pub(crate) use semantic_model::formats::yaml::read;

/// A node of a tree that owns what it holds.
pub(crate) type Node = tree::Node<'static>;
/// What a node holds.
pub(crate) type Value = tree::Value<'static>;
/// One key of a map with its value.
pub(crate) type Entry = tree::Entry<'static>;
