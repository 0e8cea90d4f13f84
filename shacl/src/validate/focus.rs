//! The focus nodes of a shape.

use super::{Node, Run};
use crate::error::Result;
use crate::shape::{Shape, Target};

impl Run<'_> {
    /// The nodes that a shape is for, each once, in the order of their numbers.
    pub(super) fn focus_nodes(&mut self, shape: &Shape) -> Result<Vec<Node>> {
        let mut nodes = match &self.options.focus {
            Some(chosen) => {
                let chosen: Vec<Node> = chosen.iter().copied().map(Node::Known).collect();
                self.chosen(shape, &chosen)?
            }
            None => self.all_targets(shape)?,
        };
        nodes.sort_unstable();
        nodes.dedup();
        Ok(nodes)
    }

    fn all_targets(&mut self, shape: &Shape) -> Result<Vec<Node>> {
        let mut nodes = Vec::new();
        for target in &shape.targets {
            let found = match *target {
                Target::Node(node) => vec![self.data.node(node)],
                Target::Class(class) => self.data.instances(class)?,
                Target::SubjectsOf(predicate) => {
                    let predicate = self.data.id(predicate);
                    self.data.subjects(predicate, None)?
                }
                Target::ObjectsOf(predicate) => {
                    let predicate = self.data.id(predicate);
                    self.data.all_objects(predicate)?
                }
            };
            nodes.extend(found);
        }
        Ok(nodes)
    }

    /// Those of the chosen nodes that the shape targets.
    fn chosen(&mut self, shape: &Shape, chosen: &[Node]) -> Result<Vec<Node>> {
        let mut nodes = Vec::new();
        for &node in chosen {
            for target in &shape.targets {
                let is_target = match *target {
                    Target::Node(constant) => self.data.node(constant) == node,
                    Target::Class(class) => self.data.is_instance(node, class)?,
                    Target::SubjectsOf(predicate) => match self.data.id(predicate) {
                        Some(predicate) => self.data.any(Some(node), predicate, None)?,
                        None => false,
                    },
                    Target::ObjectsOf(predicate) => match self.data.id(predicate) {
                        Some(predicate) => self.data.any(None, predicate, Some(node))?,
                        None => false,
                    },
                };
                if is_target {
                    nodes.push(node);
                    break;
                }
            }
        }
        Ok(nodes)
    }
}
