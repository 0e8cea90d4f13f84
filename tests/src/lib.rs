//! What end-to-end tests share: where the repository and the shared data lie.

use std::path::{Path, PathBuf};

/// Returns the top folder of the repository.
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Returns a path under the shared data folder, or `None`, said on standard output, where it is missing.
///
/// The folder lies beside the repository; the variable `ISOGLOSS_SHARED` names another place.
#[expect(clippy::print_stdout, reason = "a skipped test must say so")]
pub fn shared(path: &str) -> Option<PathBuf> {
    let folder = match std::env::var_os("ISOGLOSS_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => repository().join("../shared"),
    };
    let found = folder.join(path);
    if found.exists() {
        return Some(found);
    }
    println!("skipped: shared data not found: {path}");
    None
}
