//! What can be done with a data folder without opening it: check it, copy it, make one out of a copy.
//!
//! ```
//! use graph_core::{OpenOptions, Store, folder};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let place = tempfile::tempdir()?;
//! let (data, copy) = (place.path().join("data"), place.path().join("copy"));
//! let store = Store::open(&data, OpenOptions::default())?;
//! folder::backup(&data, &copy)?;
//! assert!(folder::verify(&copy)?.damaged.is_empty());
//! # drop(store);
//! # Ok(())
//! # }
//! ```

pub use crate::durable::{BackupReport, VerifyReport, backup, restore, verify};
