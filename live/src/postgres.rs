//! PostgreSQL: a session, and the catalog that is read in it.

mod address;
mod connect;
mod fetch;
mod passfile;
mod tls;

pub use self::address::{Address, Defaults, SslMode};
pub use self::connect::{Session, connect};
pub use self::fetch::{FetchOptions, fetch, fetch_blocking};
