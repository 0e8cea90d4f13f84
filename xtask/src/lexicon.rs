//! `cargo xtask lexicon`: makes the embedded words again, or checks that they come out the same.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// What the recipe makes; `abbreviations.tsv` is written by hand.
const MADE: [&str; 5] = [
    "words.txt.gz",
    "heads.bin.gz",
    "synonyms.bin.gz",
    "neighbours.bin.gz",
    "vectors.bin",
];
/// What it needs of the source folder.
const NEEDED: [&str; 4] = [
    "words_by_rank_60k.txt",
    "words40k.txt",
    "words40k_minilm_256d.int8.npy",
    "wordnet31_synonyms.tsv.gz",
];

/// Runs the recipe on the folder that the arguments name.
pub(crate) fn remake(arguments: &[String]) -> Result<()> {
    let check = arguments.iter().any(|argument| argument == "--check");
    let folders: Vec<&String> = arguments.iter().filter(|a| !a.starts_with("--")).collect();
    let [source] = folders.as_slice() else {
        bail!("usage: cargo xtask lexicon SOURCE_DIR [--check]");
    };
    let source = PathBuf::from(source);
    let missing: Vec<&str> = NEEDED
        .into_iter()
        .filter(|name| !source.join(name).exists())
        .collect();
    if !missing.is_empty() {
        bail!("`{}` lacks {}", source.display(), missing.join(", "));
    }
    let lexicon = Path::new(env!("CARGO_MANIFEST_DIR")).join("../search/lexicon");
    let made = crate::target_folder()?.join("lexicon");
    fs::create_dir_all(&made).with_context(|| format!("could not make `{}`", made.display()))?;
    let recipe = lexicon.join("make.py");
    crate::run(Command::new("python3").arg(recipe).arg(&source).arg(&made))?;
    let mut changed = Vec::new();
    for name in MADE {
        let (old, new) = (lexicon.join(name), made.join(name));
        if unpacked(&old)? != unpacked(&new)? {
            changed.push(name);
            if !check {
                fs::copy(&new, &old)
                    .with_context(|| format!("could not write `{}`", old.display()))?;
            }
        }
    }
    match (changed.as_slice(), check) {
        ([], _) => crate::say("the embedded words come out the same, byte for byte"),
        (changed, false) => crate::say(&format!("made anew: {}", changed.join(", "))),
        (changed, true) => bail!("not the same: {}", changed.join(", ")),
    }
    Ok(())
}

/// Reads a file without its compression: how well it was compressed hangs on the library that did it.
fn unpacked(path: &Path) -> Result<Vec<u8>> {
    let context = || format!("could not read `{}`", path.display());
    let bytes = fs::read(path).with_context(context)?;
    if path.extension().is_none_or(|extension| extension != "gz") {
        return Ok(bytes);
    }
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice())
        .read_to_end(&mut out)
        .with_context(context)?;
    Ok(out)
}
