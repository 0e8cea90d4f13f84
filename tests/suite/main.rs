//! One binary of end-to-end tests: `tidy` holds the rules of the repository, the rest runs the product as a user does.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod corpora;
mod dprod;
mod identities;
mod mesh;
mod real;
mod tidy;
