//! Long files as a stream of checksummed blocks, so that damage is found where it is and a cut is noticed.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::frame;
use crate::error::Error;

const BLOCK: usize = 256 << 10;
const DATA: u8 = 0;
const END: u8 = 1;

/// Writes what it is given as blocks.
pub(super) struct BlockWriter<W: Write> {
    out: W,
    block: Vec<u8>,
    framed: Vec<u8>,
    sequence: u64,
    written: u64,
    hasher: crc32fast::Hasher,
}

/// Size and checksum of a file of blocks: one that comes from elsewhere is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seal {
    pub(super) bytes: u64,
    pub(super) checksum: u32,
}

impl<W: Write> BlockWriter<W> {
    pub(super) fn new(out: W) -> Self {
        let mut block = Vec::with_capacity(BLOCK + 1);
        block.push(DATA);
        Self {
            out,
            block,
            framed: Vec::with_capacity(BLOCK + 64),
            sequence: 0,
            written: 0,
            hasher: crc32fast::Hasher::new(),
        }
    }

    fn put_block(&mut self) -> io::Result<()> {
        self.framed.clear();
        frame::put(&mut self.framed, self.sequence, &self.block);
        self.out.write_all(&self.framed)?;
        // The heads of the frames hold the checksums of their blocks.
        let (head, _) = self.framed.split_at(frame::HEADER);
        self.hasher.update(head);
        self.sequence += 1;
        self.written += self.framed.len() as u64;
        self.block.truncate(1);
        Ok(())
    }

    /// Writes the last block and the mark of the end; returns the sink and what was written to it.
    pub(super) fn finish(mut self) -> io::Result<(W, Seal)> {
        if self.block.len() > 1 {
            self.put_block()?;
        }
        self.block.clear();
        self.block.push(END);
        self.put_block()?;
        let seal = Seal {
            bytes: self.written,
            checksum: self.hasher.finalize(),
        };
        Ok((self.out, seal))
    }
}

impl<W: Write> Write for BlockWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = BLOCK + 1 - self.block.len();
        let (taken, _) = bytes.split_at(bytes.len().min(room));
        self.block.extend_from_slice(taken);
        if self.block.len() > BLOCK {
            self.put_block()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads blocks back. No byte is given out before the checksum of its block was found right.
pub(super) struct BlockReader {
    file: File,
    path: PathBuf,
    framed: Vec<u8>,
    /// What is left of the block in memory.
    at: usize,
    /// Where the block in memory and the next one start in the file.
    block_offset: u64,
    next_offset: u64,
    sequence: u64,
    ended: bool,
    hasher: crc32fast::Hasher,
}

impl BlockReader {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::open(path)?,
            path: path.to_owned(),
            framed: Vec::new(),
            at: 0,
            block_offset: 0,
            next_offset: 0,
            sequence: 0,
            ended: false,
            hasher: crc32fast::Hasher::new(),
        })
    }

    /// Turns a failed read into an error that names the file and the block.
    pub(super) fn explain(&self, error: io::Error) -> Error {
        let reason = match error.kind() {
            ErrorKind::UnexpectedEof => "the file ends too early",
            ErrorKind::InvalidData => "the content does not make sense",
            _ => "the file cannot be read",
        };
        named(error).unwrap_or_else(|error| match error.raw_os_error() {
            Some(_) => Error::File {
                action: "read",
                path: self.path.clone(),
                source: error,
            },
            None => self.corrupt(reason),
        })
    }

    fn corrupt(&self, reason: &'static str) -> Error {
        Error::Corrupt {
            path: self.path.clone(),
            offset: self.block_offset,
            reason,
        }
    }

    /// Reads to the end and checks that the file is the one that was sealed.
    pub(super) fn finish(&mut self, seal: Option<Seal>) -> io::Result<()> {
        let mut more = [0];
        if self.read(&mut more)? != 0 {
            return Err(self.damaged("bytes are left over"));
        }
        if self.file.read(&mut more)? != 0 {
            self.block_offset = self.next_offset;
            return Err(self.damaged("there is something behind the end"));
        }
        let found = Seal {
            bytes: self.next_offset,
            checksum: self.hasher.clone().finalize(),
        };
        if seal.is_some_and(|seal| seal != found) {
            self.block_offset = 0;
            return Err(self.damaged("the file is another one than was written"));
        }
        Ok(())
    }

    /// The error travels inside one of the system, for readers that know nothing of files.
    fn damaged(&self, reason: &'static str) -> io::Error {
        io::Error::new(ErrorKind::InvalidData, self.corrupt(reason))
    }

    fn next_block(&mut self) -> io::Result<()> {
        self.block_offset = self.next_offset;
        self.framed.clear();
        self.at = 0;
        let mut header = Read::by_ref(&mut self.file).take(frame::HEADER as u64);
        if header.read_to_end(&mut self.framed)? < frame::HEADER {
            return Err(self.damaged("the file ends too early"));
        }
        let Some(length) = frame::payload_length(&self.framed).filter(|&l| l <= BLOCK + 1) else {
            return Err(self.damaged("the head of a block is damaged"));
        };
        let mut payload = Read::by_ref(&mut self.file).take(length as u64);
        if payload.read_to_end(&mut self.framed)? < length {
            return Err(self.damaged("the file ends too early"));
        }
        let tag = match frame::get(&self.framed) {
            None => return Err(self.damaged("the checksum of a block does not match")),
            Some(block) if block.sequence != self.sequence => {
                return Err(self.damaged("a block is out of sequence"));
            }
            Some(block) => block.payload.first().copied(),
        };
        self.sequence += 1;
        self.next_offset += self.framed.len() as u64;
        let (head, _) = self.framed.split_at(frame::HEADER);
        self.hasher.update(head);
        self.at = frame::HEADER + 1;
        match tag {
            Some(DATA) => Ok(()),
            Some(END) => {
                self.ended = true;
                Ok(())
            }
            _ => Err(self.damaged("a block is of an unknown kind")),
        }
    }
}

/// Takes the error out that a reader put into one of the system.
pub(super) fn named(error: io::Error) -> Result<Error, io::Error> {
    error.downcast::<Error>()
}

impl Read for BlockReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.framed.len() {
            if self.ended || out.is_empty() {
                return Ok(0);
            }
            self.next_block()?;
        }
        let rest = self.framed.get(self.at..).unwrap_or_default();
        let length = rest.len().min(out.len());
        let (taken, _) = rest.split_at(length);
        out[..length].copy_from_slice(taken);
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(content: &[u8]) -> Vec<u8> {
        let mut writer = BlockWriter::new(Vec::new());
        writer.write_all(content).unwrap();
        let (bytes, seal) = writer.finish().unwrap();
        assert_eq!(bytes.len() as u64, seal.bytes);
        bytes
    }

    fn read(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        std::fs::write(path, bytes).unwrap();
        let mut reader = BlockReader::open(path).unwrap();
        let mut content = Vec::new();
        let read = reader.read_to_end(&mut content).map(drop);
        read.and_then(|()| reader.finish(None))
            .map_err(|error| reader.explain(error))?;
        Ok(content)
    }

    #[test]
    fn what_was_written_is_read_and_every_damage_is_named_with_its_block() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7] {
            let content: Vec<u8> = (0..length).map(|i| (i * 7 + i / 251) as u8).collect();
            let bytes = written(&content);
            assert_eq!(read(&path, &bytes).unwrap(), content);
            let framed = BLOCK + 1 + frame::HEADER;
            for at in [0, 5, 13, bytes.len() / 2, bytes.len() - 21, bytes.len() - 1] {
                let mut flipped = bytes.clone();
                flipped[at] ^= 4;
                let error = read(&path, &flipped).unwrap_err();
                let offset = (at / framed * framed).min(bytes.len() - frame::HEADER - 1) as u64;
                assert!(
                    matches!(error, Error::Corrupt { offset: found, .. } if found <= at as u64 && found >= offset),
                    "{at} of {length}: {error}"
                );
                assert!(
                    read(&path, &bytes[..at]).is_err(),
                    "cut at {at} of {length}"
                );
            }
            assert!(read(&path, &[&bytes[..], b"more"].concat()).is_err());
        }
    }
}
