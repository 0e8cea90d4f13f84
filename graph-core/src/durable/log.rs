//! The log file: appends that are durable or did not happen.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use super::frame;
use crate::error::{Error, Result};

/// What the log needs of a file; tests put a failing one in its place.
pub(super) trait Medium: Send {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

impl Medium for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

pub(super) struct Log {
    path: PathBuf,
    medium: Box<dyn Medium>,
    length: u64,
    in_doubt: bool,
}

impl Log {
    pub(super) fn new(path: PathBuf, medium: Box<dyn Medium>, length: u64) -> Self {
        Self {
            path,
            medium,
            length,
            in_doubt: false,
        }
    }

    /// Refuses once it is unknown what the disk holds: retrying a failed sync can lose data silently.
    pub(super) fn check_writable(&self) -> Result<()> {
        if self.in_doubt {
            Err(Error::WritesRefused {
                path: self.path.clone(),
            })
        } else {
            Ok(())
        }
    }

    pub(super) fn give_up(&mut self) {
        self.in_doubt = true;
    }

    /// Bytes of whole records.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Appends a record and syncs it; returns where its payload starts. After an error the record is not there, or the
    /// log refuses everything further.
    pub(super) fn append(&mut self, sequence: u64, payload: &[u8]) -> Result<u64> {
        self.check_writable()?;
        let failed = |action, source| Error::File {
            action,
            path: self.path.clone(),
            source,
        };
        if payload.len() > frame::PAYLOAD_MAX {
            return Err(failed(
                "write",
                io::Error::from(io::ErrorKind::FileTooLarge),
            ));
        }
        let mut framed = Vec::with_capacity(payload.len() + 32);
        frame::put(&mut framed, sequence, payload);
        if let Err(error) = self.medium.append(&framed) {
            let error = failed("write", error);
            self.in_doubt = self.medium.truncate(self.length).is_err();
            return Err(error);
        }
        if let Err(error) = self.medium.sync() {
            let error = failed("sync", error);
            self.in_doubt = true;
            return Err(error);
        }
        let payload_at = self.length + frame::HEADER as u64;
        self.length += framed.len() as u64;
        Ok(payload_at)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parking_lot::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Faulty {
        bytes: Arc<Mutex<Vec<u8>>>,
        room: usize,
        sync_fails: bool,
    }

    impl Medium for Faulty {
        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            let mut written = self.bytes.lock();
            let fits = bytes.len().min(self.room - written.len().min(self.room));
            written.extend_from_slice(&bytes[..fits]);
            if fits < bytes.len() {
                Err(io::ErrorKind::StorageFull.into())
            } else {
                Ok(())
            }
        }

        fn sync(&mut self) -> io::Result<()> {
            if self.sync_fails {
                Err(io::Error::other("disk on fire"))
            } else {
                Ok(())
            }
        }

        fn truncate(&mut self, length: u64) -> io::Result<()> {
            self.bytes.lock().truncate(length as usize);
            Ok(())
        }
    }

    fn log(medium: &Faulty) -> Log {
        Log::new("log".into(), Box::new(medium.clone()), 0)
    }

    #[test]
    fn a_full_disk_takes_nothing_and_writing_resumes_when_there_is_room() {
        let medium = Faulty {
            room: 60,
            ..Faulty::default()
        };
        let mut log = log(&medium);
        log.append(1, b"short").unwrap();
        let before = medium.bytes.lock().clone();
        let error = log.append(2, &[b'x'; 100]).unwrap_err();
        assert!(
            matches!(
                error,
                Error::File {
                    action: "write",
                    ..
                }
            ),
            "{error}"
        );
        assert_eq!(
            *medium.bytes.lock(),
            before,
            "the torn write was taken back"
        );
        log.append(2, b"fits").unwrap();
    }

    #[test]
    fn nothing_is_acknowledged_after_a_failed_sync() {
        let medium = Faulty {
            room: 1000,
            sync_fails: true,
            ..Faulty::default()
        };
        let mut log = log(&medium);
        assert!(matches!(
            log.append(1, b"a"),
            Err(Error::File { action: "sync", .. })
        ));
        assert!(matches!(
            log.append(1, b"a"),
            Err(Error::WritesRefused { .. })
        ));
    }
}
