//! Laws of the store, checked through its public face.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "suite/budgets.rs"]
mod budgets;
#[path = "suite/checkpoints.rs"]
mod checkpoints;
#[path = "suite/copies.rs"]
mod copies;
#[path = "suite/crash.rs"]
mod crash;
#[path = "suite/differences.rs"]
mod differences;
#[path = "suite/disk.rs"]
mod disk;
#[path = "suite/durability.rs"]
mod durability;
#[path = "suite/engine.rs"]
mod engine;
#[path = "suite/entailment.rs"]
mod entailment;
#[path = "suite/exploration.rs"]
mod exploration;
#[path = "suite/exporting.rs"]
mod exporting;
#[path = "suite/groups.rs"]
mod groups;
#[path = "suite/identities.rs"]
mod identities;
#[path = "suite/layers.rs"]
mod layers;
#[path = "suite/merged_queries.rs"]
mod merged_queries;
#[path = "suite/merging.rs"]
mod merging;
#[path = "suite/merging_model.rs"]
mod merging_model;
#[path = "suite/merging_sure.rs"]
mod merging_sure;
#[path = "suite/mesh.rs"]
mod mesh;
#[path = "suite/model.rs"]
mod model;
#[path = "suite/oracle.rs"]
mod oracle;
#[path = "suite/overlays.rs"]
mod overlays;
#[path = "suite/queries.rs"]
mod queries;
#[path = "suite/retention.rs"]
mod retention;
#[path = "suite/stack.rs"]
mod stack;
#[path = "suite/support.rs"]
mod support;
#[path = "suite/texts.rs"]
mod texts;
#[path = "suite/traversal.rs"]
mod traversal;
#[path = "suite/updates.rs"]
mod updates;
