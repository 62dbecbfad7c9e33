//! Files through the ring.

use super::*;
use coring_uring::{FileStat, SendPage};
use std::ffi::CString;
use std::fs::File;

/// A scratch directory, removed at the end.
struct Scratch(String);

impl Scratch {
    fn new() -> Scratch {
        let prefix = format!("{}/coring-ring-", std::env::temp_dir().display());
        let path = sync::file::make_temporary_directory(&CString::new(prefix).unwrap()).unwrap();
        Scratch(String::from_utf8(path).unwrap())
    }

    fn path(&self, name: &str) -> CString {
        CString::new(format!("{}/{name}", self.0)).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A fifo, removed at the end.
pub struct Fifo(pub CString);

impl Fifo {
    pub fn new(name: &str) -> Fifo {
        let name = format!("coring-fifo-{name}-{}", std::process::id());
        let path = std::env::temp_dir()
            .join(name)
            .into_os_string()
            .into_string()
            .unwrap();
        let path = CString::new(path).unwrap();
        // SAFETY: a terminated path that outlives the call.
        assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
        Fifo(path)
    }
}

impl Drop for Fifo {
    fn drop(&mut self) {
        sync::file::unlink(&self.0).unwrap();
    }
}

fn stat_of(completion: Completion) -> FileStat {
    match completion.payload {
        Payload::Stat(facts) => *facts,
        _ => panic!("{:?}", completion.outcome()),
    }
}

impl Bench {
    fn result(&mut self, op: Op) -> i32 {
        self.run(op).result
    }

    fn stat(&mut self, path: &CString, follow: bool) -> FileStat {
        let path = path.clone();
        stat_of(self.run(Op::Statx { path, follow }))
    }

    fn open(&mut self, path: &CString, flags: i32) -> i32 {
        let (path, mode) = (path.clone(), 0o600);
        self.result(Op::OpenAt { path, flags, mode })
    }
}

/// Writes a pattern and then a tail, by the two kinds of writes; returns how many bytes.
fn fill(bench: &mut Bench, fd: Fd) -> usize {
    let (page, offset) = (SendPage::of(pattern(100_000)), Some(0));
    let write = Op::Write {
        fd,
        page,
        offset,
        tells_part: true,
    };
    assert_eq!(bench.result(write), 100_000);
    let held = vec![Box::new(&b"tail"[..]) as Box<dyn coring_buf::Stable>];
    let offset = Some(100_000);
    assert_eq!(bench.result(Op::WriteHeld { fd, held, offset }), 4);
    100_004
}

#[test]
fn what_is_written_is_read() {
    let scratch = Scratch::new();
    let mut bench = Bench::new();
    let flags = libc::O_CREAT | libc::O_RDWR | libc::O_TRUNC;
    let fd = Fd::new(bench.open(&scratch.path("a"), flags));
    let count = fill(&mut bench, fd);

    let (buffer, offset) = (Vec::with_capacity(2 * count), Some(0));
    let read = bench.run(Op::Read { fd, buffer, offset });
    assert_eq!(read.result as usize, count);
    assert!(bytes_of(&read).starts_with(&pattern(100_000)));
    assert!(bytes_of(&read).ends_with(b"tail"));

    let memory: Box<dyn coring_buf::StableMut> = Box::new(vec![0; 8].into_boxed_slice());
    let read = bench.run(Op::ReadHeld {
        fd,
        memory,
        start: 2,
        bytes: 4,
        offset: Some(100_000),
    });
    let Payload::Held(memory) = read.payload else {
        panic!("the memory comes back")
    };
    // SAFETY: eight bytes that live until the end of the block; the kernel is done with them.
    let bytes = unsafe { std::slice::from_raw_parts(memory.address(), memory.bytes_count()) };
    assert_eq!(bytes, b"\0\0tail\0\0");
    assert_eq!(bench.result(Op::Close { fd, waits: false }), 0);
}

#[test]
fn a_file_lives_and_dies() {
    let scratch = Scratch::new();
    let (path, other) = (scratch.path("a"), scratch.path("b"));
    for truncate in [true, false] {
        let limit = |probe: &mut Probe| probe.truncate &= truncate;
        let mut bench = Bench::limited(RingOptions::default(), limit);
        let fd = Fd::new(bench.open(&path, libc::O_CREAT | libc::O_RDWR));
        fill(&mut bench, fd);
        for data_only in [true, false] {
            assert_eq!(bench.result(Op::Fsync { fd, data_only }), 0);
        }
        bench.submit(Op::Truncate { fd, length: 10 }, 7);
        let cut = bench.expect(|completion| completion.token.kind() == 7);
        assert_eq!(cut.result, 0);
        let facts = stat_of(bench.run(Op::FileStatx { fd }));
        assert_eq!((facts.size_bytes, facts.mode), (10, 0o100600));
        assert_eq!(facts, bench.stat(&path, true));
        assert_eq!(bench.result(Op::Close { fd, waits: false }), 0);

        let (from, to) = (path.clone(), other.clone());
        assert_eq!(bench.result(Op::Rename { from, to }), 0);
        for expected in [0, -libc::ENOENT] {
            let path = other.clone();
            assert_eq!(bench.result(Op::Unlink { path }), expected);
        }
    }
}

#[test]
fn directories_and_links() {
    let scratch = Scratch::new();
    let mut bench = Bench::new();
    let [d, s, h] = ["d", "s", "h"].map(|name| scratch.path(name));
    for expected in [0, -libc::EEXIST] {
        let (path, mode) = (d.clone(), 0o755);
        assert_eq!(bench.result(Op::MakeDir { path, mode }), expected);
    }
    let (target, path) = (c"d".into(), s.clone());
    assert_eq!(bench.result(Op::Symlink { target, path }), 0);
    assert!(bench.stat(&s, false).is_link());
    assert!(bench.stat(&s, true).is_directory());
    let (from, to) = (s.clone(), h.clone());
    assert_eq!(bench.result(Op::Link { from, to }), 0);
    assert!(bench.stat(&h, false).is_link());
    for expected in [0, -libc::ENOENT] {
        let path = d.clone();
        assert_eq!(bench.result(Op::RemoveDir { path }), expected);
    }
    let (path, follow) = (s, true);
    let gone = bench.run(Op::Statx { path, follow });
    assert_eq!(gone.result, -libc::ENOENT);
    assert!(matches!(gone.payload, Payload::None));
    assert_eq!(bench.open(&d, libc::O_RDONLY), -libc::ENOENT);
}

#[test]
fn a_name_goes_from_an_open_directory_and_a_file_without_a_name_with_its_last_descriptor() {
    let scratch = Scratch::new();
    let mut bench = Bench::new();
    let file = scratch.path("file");
    let flags = libc::O_CREAT | libc::O_WRONLY;
    let fd = Fd::new(bench.open(&file, flags));
    for expected in [0, -libc::ENOENT] {
        let directory = File::open(&scratch.0).unwrap().into();
        let name = c"file".into();
        assert_eq!(bench.result(Op::UnlinkIn { directory, name }), expected);
    }
    assert_eq!(sync::file::fstat(fd).unwrap().links_count, 0);
    for expected in [0, -libc::EBADF] {
        assert_eq!(bench.result(Op::Close { fd, waits: true }), expected);
    }
}

#[test]
fn many_files_at_once() {
    let scratch = Scratch::new();
    let mut bench = Bench::with(RingOptions {
        entries: 8,
        ..Default::default()
    });
    let flags = libc::O_CREAT | libc::O_WRONLY;
    let ids: Vec<FlightId> = (0..100)
        .map(|index| {
            let path = scratch.path(&format!("file-{index}"));
            bench.submit(
                Op::OpenAt {
                    path,
                    flags,
                    mode: 0o600,
                },
                1,
            )
        })
        .collect();
    for id in ids {
        let fd = Fd::new(bench.last(id).result);
        bench.submit(Op::Close { fd, waits: false }, 2);
    }
    for _ in 0..100 {
        assert_eq!(
            bench
                .expect(|completion| completion.token.kind() == 2)
                .result,
            0
        );
    }
    let path = CString::new(scratch.0.clone()).unwrap();
    assert_eq!(sync::file::read_directory(&path).unwrap().kinds.len(), 100);
}

#[test]
fn opening_a_fifo_waits_for_the_other_end() {
    let mut bench = Bench::new();
    let fifo = Fifo::new("open");
    for (ours, theirs) in [
        (libc::O_RDONLY, libc::O_WRONLY),
        (libc::O_WRONLY, libc::O_RDONLY),
    ] {
        // Twice: the second time the kernel has the path in its cache.
        for _ in 0..2 {
            let open = Op::OpenAt {
                path: fifo.0.clone(),
                flags: ours,
                mode: 0,
            };
            let open = bench.submit(open, 1);
            bench.stays_silent();
            let there = sync::file::open(&fifo.0, theirs, 0).unwrap();
            let here = Fd::new(bench.last(open).result);
            let (input, out) = if ours == libc::O_WRONLY {
                (here, there)
            } else {
                (there, here)
            };
            sync::file::write(input, b"through", None).unwrap();
            sync::file::close(input).unwrap();
            assert_eq!(sync::file::read_whole_fd(out).unwrap(), b"through");
            sync::file::close(out).unwrap();
        }
    }
    // A writer that waits for us, writes, and is gone at once.
    for _ in 0..100 {
        let path = fifo.0.clone();
        let writer = std::thread::spawn(move || {
            let fd = sync::file::open(&path, libc::O_WRONLY, 0).unwrap();
            sync::file::write(fd, b"at once", None).unwrap();
            sync::file::close(fd).unwrap();
        });
        let open = Op::OpenAt {
            path: fifo.0.clone(),
            flags: libc::O_RDONLY,
            mode: 0,
        };
        let here = Fd::new(bench.run(open).result);
        writer.join().unwrap();
        assert_eq!(sync::file::read_whole_fd(here).unwrap(), b"at once");
        sync::file::close(here).unwrap();
    }
    // A writer that has come and gone already: what it wrote is read, and nothing waits.
    let keeper = sync::file::open(&fifo.0, libc::O_RDWR, 0).unwrap();
    sync::file::write(keeper, b"before", None).unwrap();
    let open = Op::OpenAt {
        path: fifo.0.clone(),
        flags: libc::O_RDONLY,
        mode: 0,
    };
    let here = Fd::new(bench.run(open).result);
    sync::file::close(keeper).unwrap();
    assert_eq!(sync::file::read_whole_fd(here).unwrap(), b"before");
    sync::file::close(here).unwrap();
}
