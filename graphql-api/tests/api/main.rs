//! The schema as a client sees it, over a small mesh in memory.

mod changes;
mod contract;
mod limits;
mod mesh;
mod reads;
mod search;
mod statements;
mod walks;
mod writes;
