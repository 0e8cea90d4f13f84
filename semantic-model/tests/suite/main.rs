//! The views over small graphs that can be read in one screen.

mod foreign;
mod formats;
mod foundation;
mod graph;
mod impact;
mod injection;
mod lineage;
mod names;
mod ossie;
mod planner;
mod relations;
mod shared;
mod views;
