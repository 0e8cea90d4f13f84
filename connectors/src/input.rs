//! Documents: finding, opening and decoding them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::{Diagnostic, Error, Kind, Location, Result, Severity};

mod folder;

/// How much is read at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputLimits {
    /// The size of one document after decompression, in bytes.
    pub file_bytes_max: u64,
    /// The size of all documents together after decompression, in bytes.
    pub total_bytes_max: u64,
    /// How many documents a folder may hold.
    pub files_max: usize,
}

impl Default for InputLimits {
    /// Gives 256 MiB a document, 1 GiB together, 100,000 documents.
    fn default() -> Self {
        Self {
            file_bytes_max: 256 << 20,
            total_bytes_max: 1 << 30,
            files_max: 100_000,
        }
    }
}

/// A document: its bytes after decompression, as UTF-8 without a byte-order mark where it is text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What messages call it.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Input {
    /// Makes a document of text that is at hand.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            bytes: text.into().into_bytes(),
        }
    }

    /// Makes a document of raw bytes, as uploaded: decompresses gzip (known by its first bytes), turns UTF-16
    /// with a byte-order mark into UTF-8, and strips a UTF-8 byte-order mark.
    ///
    /// Gives [`Error::TooLarge`], [`Error::BadGzip`] or [`Error::BadEncoding`].
    pub fn decode(name: impl Into<String>, bytes: Vec<u8>, limits: &InputLimits) -> Result<Self> {
        let name = name.into();
        let bytes = if bytes.starts_with(&GZIP_MAGIC) {
            gunzip(&name, &bytes, limits)?
        } else if bytes.len() as u64 > limits.file_bytes_max {
            return Err(too_large(&name, limits, false));
        } else {
            bytes
        };
        let bytes = to_utf8(&name, bytes)?;
        Ok(Self { name, bytes })
    }

    /// Gives the last part of the name, in lower case and without `.gz`.
    pub fn file_name(&self) -> String {
        file_name(&self.name)
    }
}

/// Gives the last part of a path, in lower case and without `.gz`.
pub(crate) fn file_name(path: &str) -> String {
    let last = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let lower = last.to_lowercase();
    lower.strip_suffix(".gz").unwrap_or(&lower).to_owned()
}

/// The documents that were found, and what was wrong with others.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The documents, in the order of the paths given and then of their names.
    pub inputs: Vec<Input>,
    /// Files that could not be read, and files that were passed over on purpose.
    pub diagnostics: Vec<Diagnostic>,
}

/// Opens files and searches folders for the documents of one kind.
///
/// A folder is searched through all its levels for the files that [`Kind::files`] names; hidden files are passed
/// over, and so are links that lead out of the folder. For dbt only the folder itself is searched, or its `target`.
/// A file is taken whatever its name; beside a dbt manifest its catalog and run results are found too.
/// Gives an error only when no document could be read at all: the first thing that went wrong.
pub fn read_paths(kind: Kind, paths: &[PathBuf], limits: &InputLimits) -> Result<Found> {
    let mut found = Found::default();
    let mut first_error = None;
    let mut total: u64 = 0;
    for path in paths {
        let files = match folder::expand(kind, path, limits, &mut found.diagnostics) {
            Ok(files) => files,
            Err(error) => {
                note_error(&mut found.diagnostics, path, &error);
                first_error.get_or_insert(error);
                continue;
            }
        };
        for file in files {
            match read_file(&file, limits) {
                Ok(input) => {
                    total += input.bytes.len() as u64;
                    if total > limits.total_bytes_max {
                        return Err(Error::TooLargeTogether {
                            name: input.name,
                            bytes_max: limits.total_bytes_max,
                        });
                    }
                    if !found.inputs.iter().any(|known| known.name == input.name) {
                        found.inputs.push(input);
                    }
                }
                Err(error) => {
                    note_error(&mut found.diagnostics, &file, &error);
                    first_error.get_or_insert(error);
                }
            }
        }
    }
    match first_error {
        Some(error) if found.inputs.is_empty() => Err(error),
        None if found.inputs.is_empty() => Err(Error::NoInput { kind }),
        _ => Ok(found),
    }
}

fn note_error(diagnostics: &mut Vec<Diagnostic>, path: &Path, error: &Error) {
    let location = Location::file(path.display().to_string());
    let mut diagnostic =
        Diagnostic::new(Severity::Error, error.code(), error.to_string(), location);
    diagnostic.hint = error.hint().map(Into::into);
    diagnostics.push(diagnostic);
}

/// Reads one file, at most one byte more than the limit of it.
fn read_file(path: &Path, limits: &InputLimits) -> Result<Input> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    // Looked at before it is opened, for opening a pipe would wait for a writer.
    let about = std::fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(Error::NotRegular {
            path: path.to_owned(),
        });
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = room_for(about.len(), limits);
    file.take(limits.file_bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let name = path.display().to_string();
    if bytes.len() as u64 > limits.file_bytes_max {
        return Err(too_large(&name, limits, false));
    }
    Input::decode(name, bytes, limits)
}

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

fn too_large(name: &str, limits: &InputLimits, decoded: bool) -> Error {
    Error::TooLarge {
        name: name.into(),
        bytes_max: limits.file_bytes_max,
        decoded,
    }
}

/// Gives room for so many bytes and one, so that a text need not be moved while it is read, which takes three times its
/// memory. What has not been written to yet takes none.
fn room_for(bytes: u64, limits: &InputLimits) -> Vec<u8> {
    let bytes = bytes.min(limits.file_bytes_max).min(ROOM_MAX) + 1;
    Vec::with_capacity(usize::try_from(bytes).unwrap_or_default())
}

/// More room than this is not made for a text before it has been seen.
const ROOM_MAX: u64 = 256 << 20;

/// Gives how long a gzip file says that it will be, within what so many bytes can hold.
fn promised(gzip: &[u8]) -> u64 {
    /// Deflate packs no better than this.
    const RATIO_MAX: u64 = 1032;
    let said = gzip
        .last_chunk()
        .map_or(0, |last| u32::from_le_bytes(*last));
    u64::from(said).min(gzip.len() as u64 * RATIO_MAX)
}

fn gunzip(name: &str, bytes: &[u8], limits: &InputLimits) -> Result<Vec<u8>> {
    let mut plain = room_for(promised(bytes), limits);
    flate2::read::MultiGzDecoder::new(bytes)
        .take(limits.file_bytes_max.saturating_add(1))
        .read_to_end(&mut plain)
        .map_err(|error| Error::BadGzip {
            name: name.into(),
            reason: match error.kind() {
                std::io::ErrorKind::UnexpectedEof => "it ends too early".into(),
                _ => error.to_string(),
            },
        })?;
    if plain.len() as u64 > limits.file_bytes_max {
        return Err(too_large(name, limits, true));
    }
    Ok(plain)
}

fn to_utf8(name: &str, mut bytes: Vec<u8>) -> Result<Vec<u8>> {
    let bad = |encoding, offset| Error::BadEncoding {
        name: name.into(),
        encoding,
        offset,
    };
    match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, ..] => {
            bytes.drain(..3);
            Ok(bytes)
        }
        [0xff, 0xfe, 0, 0, ..] => Err(bad("UTF-8 or UTF-16, but UTF-32", 0)),
        [0xff, 0xfe, rest @ ..] => {
            utf16(rest, u16::from_le_bytes).map_err(|offset| bad("UTF-16", offset))
        }
        [0xfe, 0xff, rest @ ..] => {
            utf16(rest, u16::from_be_bytes).map_err(|offset| bad("UTF-16", offset))
        }
        _ => Ok(bytes),
    }
}

/// Gives the start of a document as UTF-8 where its mark says UTF-16, as Excel writes it; the end may be cut anywhere.
pub(crate) fn head_as_utf8(head: Vec<u8>) -> Vec<u8> {
    let unit: fn([u8; 2]) -> u16 = match head.as_slice() {
        [0xff, 0xfe, 0, 0, ..] => return head,
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return head,
    };
    let (pairs, _) = head[2..].as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16_lossy(&units).into_bytes()
}

/// Decodes UTF-16, or gives the offset in bytes, mark included, of what is wrong.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Vec<u8>, usize> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(bytes.len() + 1);
    }
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut offset = 2;
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let character = character.map_err(|_| offset)?;
        offset += character.len_utf16() * 2;
        text.push(character);
    }
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests;
