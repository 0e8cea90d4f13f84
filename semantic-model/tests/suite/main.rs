//! The views over small graphs that can be read in one screen.

mod foreign;
mod graph;
mod lineage;
mod shared;
mod views;
