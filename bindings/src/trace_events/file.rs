//! The file of a trace: `{"traceEvents":[...]}`, which is whole JSON after every write, so that
//! nothing of what was written is lost however the process ends. The next write begins over the
//! two characters that close it.

use std::ffi::CString;

use coring_uring::sync::{file, process, tell};
use coring_uring::{Errno, Fd};

/// Node begins a new file after so many events.
const EVENTS_PER_FILE: u32 = 1 << 19;

/// What waits is written when there is so much of it, even if the turn goes on.
const WAITING_BYTES_MAX: usize = 64 * 1024;

const HEAD: &str = "{\"traceEvents\":[";
const TAIL: &str = "]}";

const O_WRONLY: i32 = 1;
const O_CREAT: i32 = 0o100;
const O_TRUNC: i32 = 0o1000;

pub struct TraceFile {
    /// A path with `${pid}` and `${rotation}`.
    pattern: String,
    rotation: u32,
    fd: Option<Fd>,
    /// Where the next write begins.
    offset: u64,
    events_count: u32,
    waiting: String,
    /// It could not be opened or written: the user was told.
    is_broken: bool,
}

impl TraceFile {
    pub fn new(pattern: &str) -> TraceFile {
        TraceFile {
            pattern: pattern.to_owned(),
            rotation: 1,
            fd: None,
            offset: 0,
            events_count: 0,
            waiting: String::new(),
            is_broken: false,
        }
    }

    /// Adds an event, given as JSON. True: a new file begins with the next one.
    pub fn push(&mut self, event: &str) -> bool {
        if self.is_broken {
            return false;
        }
        self.waiting.push_str(match self.events_count {
            0 => HEAD,
            _ => ",",
        });
        self.waiting.push_str(event);
        self.events_count += 1;
        let is_full = self.events_count >= EVENTS_PER_FILE;
        if is_full || self.waiting.len() >= WAITING_BYTES_MAX {
            self.flush();
        }
        if is_full {
            self.begin_next();
        }
        is_full
    }

    fn begin_next(&mut self) {
        self.close();
        self.rotation += 1;
        self.offset = 0;
        self.events_count = 0;
    }

    /// Writes what waits.
    pub fn flush(&mut self) {
        if self.waiting.is_empty() || self.is_broken {
            return;
        }
        let mut text = std::mem::take(&mut self.waiting);
        let events_bytes = text.len() as u64;
        text.push_str(TAIL);
        match self.write(text.as_bytes()) {
            Ok(()) => self.offset += events_bytes,
            Err(errno) => {
                let (path, reason) = (self.path(), errno.message());
                tell(&format!("Could not write trace file {path}: {reason}\n"));
                self.is_broken = true;
            }
        }
        // The room is used again.
        text.clear();
        self.waiting = text;
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), Errno> {
        let Some(fd) = self.open() else {
            return Ok(());
        };
        let mut offset = self.offset;
        while !bytes.is_empty() {
            let count = file::write(fd, bytes, Some(offset))?;
            bytes = &bytes[count..];
            offset += count as u64;
        }
        Ok(())
    }

    fn open(&mut self) -> Option<Fd> {
        if self.fd.is_some() {
            return self.fd;
        }
        let path = self.path();
        let opened = CString::new(path.as_bytes())
            .map_err(|_| Errno::EINVAL)
            .and_then(|path| file::open(&path, O_WRONLY | O_CREAT | O_TRUNC, 0o644));
        match opened {
            Ok(fd) => self.fd = Some(fd),
            Err(errno) => {
                let reason = errno.message();
                tell(&format!("Could not open trace file {path}: {reason}\n"));
                self.is_broken = true;
            }
        }
        self.fd
    }

    fn path(&self) -> String {
        self.pattern
            .replace("${pid}", &process::id().to_string())
            .replace("${rotation}", &self.rotation.to_string())
    }

    fn close(&mut self) {
        if let Some(fd) = self.fd.take() {
            // What was written is there; nobody waits for the rest.
            let _ = file::close(fd);
        }
    }
}

impl Drop for TraceFile {
    fn drop(&mut self) {
        self.flush();
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary(name: &str) -> String {
        let folder = std::env::temp_dir();
        let name = format!("coring-trace-{}-{name}", process::id());
        folder.join(name).to_string_lossy().into_owned()
    }

    #[test]
    fn the_file_is_whole_after_every_write() {
        let pattern = temporary("${rotation}.log");
        let path = pattern.replace("${rotation}", "1");
        let mut file = TraceFile::new(&pattern);
        let read = || std::fs::read_to_string(&path).expect("it was written");
        assert!(!file.push("{\"a\":1}"));
        file.flush();
        assert_eq!(read(), "{\"traceEvents\":[{\"a\":1}]}");
        file.flush();
        file.push("2");
        file.push("3");
        file.flush();
        assert_eq!(read(), "{\"traceEvents\":[{\"a\":1},2,3]}");
        file.push("4");
        drop(file);
        assert_eq!(read(), "{\"traceEvents\":[{\"a\":1},2,3,4]}");
        std::fs::remove_file(&path).expect("it is there");
    }

    #[test]
    fn a_full_file_is_followed_by_the_next() {
        let pattern = temporary("${pid}-${rotation}.log");
        let mut file = TraceFile::new(&pattern);
        for _ in 1..EVENTS_PER_FILE {
            assert!(!file.push("1"));
        }
        assert!(file.push("1"));
        file.push("2");
        drop(file);
        let pattern = pattern.replace("${pid}", &process::id().to_string());
        for (rotation, end) in [("1", ",1,1]}"), ("2", "{\"traceEvents\":[2]}")] {
            let path = pattern.replace("${rotation}", rotation);
            let text = std::fs::read_to_string(&path).expect("it was written");
            assert!(text.ends_with(end));
            std::fs::remove_file(&path).expect("it is there");
        }
    }

    #[test]
    fn what_cannot_be_written_is_told_and_left() {
        let mut file = TraceFile::new("/nowhere/at/all.log");
        file.push("1");
        file.flush();
        assert!(file.is_broken);
        assert!(!file.push("2"));
        assert!(file.waiting.is_empty());
    }
}
