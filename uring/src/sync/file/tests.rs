//! Aim: every call does what its name says on a real file system. Method: one scratch directory
//! per test, removed at its end.

use super::*;
use std::ffi::CString;

struct Scratch(Vec<u8>);

impl Scratch {
    fn new() -> Scratch {
        let prefix = format!("{}/coring-file-", std::env::temp_dir().display());
        Scratch(make_temporary_directory(&CString::new(prefix).unwrap()).unwrap())
    }

    fn path(&self, name: &str) -> CString {
        CString::new([&self.0[..], b"/", name.as_bytes()].concat()).unwrap()
    }

    fn file(&self, name: &str, bytes: &[u8]) -> CString {
        let path = self.path(name);
        let fd = open(&path, libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC, 0o644).unwrap();
        write_all(fd, bytes).unwrap();
        close(fd).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(OsStr::from_bytes(&self.0));
    }
}

#[test]
fn reads_and_writes_at_offsets() {
    let scratch = Scratch::new();
    let path = scratch.file("a", b"0123456789");
    let fd = open(&path, libc::O_RDWR, 0).unwrap();
    let mut bytes = [0; 4];
    assert_eq!(read(fd, &mut bytes, Some(3)), Ok(4));
    assert_eq!(&bytes, b"3456");
    assert_eq!(write(fd, b"xy", Some(8)), Ok(2));
    assert_eq!(read(fd, &mut bytes, None), Ok(4));
    assert_eq!(&bytes, b"0123", "offsets leave the position alone");
    truncate(fd, 9).unwrap();
    sync(fd).unwrap();
    sync_data(fd).unwrap();
    close(fd).unwrap();
    assert_eq!(read_whole(&path).unwrap(), b"01234567x");
    assert_eq!(close(Fd::new(100_000)), Err(Errno::EBADF));
    assert_eq!(
        open(&scratch.path("none"), libc::O_RDONLY, 0),
        Err(Errno::ENOENT)
    );
}

#[test]
fn whole_reads_of_files_without_a_size() {
    assert!(
        read_whole(c"/proc/self/status")
            .unwrap()
            .starts_with(b"Name:")
    );
    let scratch = Scratch::new();
    assert!(read_whole(&scratch.file("empty", b"")).unwrap().is_empty());
    let large = vec![7; 3 * READ_STEP_BYTES + 1];
    assert_eq!(read_whole(&scratch.file("large", &large)).unwrap(), large);
    assert_eq!(read_whole(&scratch.path("")), Err(Errno::EISDIR));
}

#[test]
fn facts() {
    let scratch = Scratch::new();
    let path = scratch.file("a", b"12345");
    change_mode(&path, 0o640).unwrap();
    set_times(&path, 1.5, 2.25, true).unwrap();
    let facts = stat(&path).unwrap();
    assert_eq!(
        (facts.size_bytes, facts.mode, facts.links_count),
        (5, 0o100640, 1)
    );
    let array = facts.to_array();
    assert_eq!(array[8], 5.0);
    assert_eq!(array[10..14], [1.0, 500e6, 2.0, 250e6]);
    assert_eq!(facts.to_integers()[12], 2);
    assert_eq!(facts, stat(&path).unwrap());
    let fd = open(&path, libc::O_RDONLY, 0).unwrap();
    assert_eq!(fstat(fd).unwrap(), facts);
    set_times_fd(fd, f64::NAN, 7.0).unwrap();
    close(fd).unwrap();
    let facts = stat(&path).unwrap();
    assert_eq!((facts.accessed.seconds, facts.modified.seconds), (1, 7));

    let by_link = scratch.path("link");
    symlink(c"a", &by_link).unwrap();
    assert!(lstat(&by_link).unwrap().is_link());
    assert!(stat(&by_link).unwrap().is_file());
    assert!(stat(&scratch.path("")).unwrap().is_directory());
    assert_eq!((kind_of(&scratch.path("")), kind_of(&by_link)), (1, 0));
    assert_eq!(kind_of(&scratch.path("none")), Errno::ENOENT.result());
    assert_eq!(read_link(&by_link).unwrap(), b"a");
    assert_eq!(read_link(&path), Err(Errno::EINVAL));
    assert_eq!(real_path(&by_link).unwrap(), path.to_bytes());
    assert_eq!(access(&path, libc::R_OK), Ok(()));
    assert_eq!(
        access(&scratch.path("none"), libc::F_OK),
        Err(Errno::ENOENT)
    );
}

#[test]
fn names_change() {
    let scratch = Scratch::new();
    let (a, b) = (scratch.file("a", b"1"), scratch.path("b"));
    link(&a, &b).unwrap();
    assert_eq!(stat(&a).unwrap().links_count, 2);
    rename(&b, &scratch.path("c")).unwrap();
    unlink(&a).unwrap();
    assert_eq!(stat(&a), Err(Errno::ENOENT));
    assert_eq!(read_whole(&scratch.path("c")).unwrap(), b"1");
}

#[test]
fn copies() {
    let scratch = Scratch::new();
    let bytes = vec![3; 100_000];
    let (from, to) = (scratch.file("from", &bytes), scratch.path("to"));
    change_mode(&from, 0o751).unwrap();
    copy(&from, &to, 1).unwrap();
    assert_eq!(read_whole(&to).unwrap(), bytes);
    assert_eq!(stat(&to).unwrap().mode & 0o777, 0o751);
    assert_eq!(copy(&from, &to, 1), Err(Errno::EEXIST));
    let shorter = scratch.file("shorter", b"short");
    copy(&shorter, &to, 0).unwrap();
    assert_eq!(read_whole(&to).unwrap(), b"short");
    copy(&to, &to, 0).unwrap();
    assert_eq!(
        read_whole(&to).unwrap(),
        b"short",
        "a copy onto itself keeps the bytes"
    );
    let cloned = copy(&from, &to, 4);
    assert!(
        cloned == Ok(()) || cloned == Err(Errno::EOPNOTSUPP),
        "{cloned:?}"
    );
    copy(c"/proc/self/status", &to, 0).unwrap();
    assert!(read_whole(&to).unwrap().starts_with(b"Name:"));
    assert_eq!(copy(&scratch.path("none"), &to, 0), Err(Errno::ENOENT));
}

#[test]
fn kinds() {
    let scratch = Scratch::new();
    let file = open(&scratch.file("a", b""), libc::O_RDONLY, 0).unwrap();
    let (out, input) = pipe().unwrap();
    let (one, other) = crate::sync::socket::pair().unwrap();
    assert_eq!(kind_of_fd(file), FdKind::File);
    assert_eq!(kind_of_fd(out), FdKind::Pipe);
    assert_eq!(kind_of_fd(one), FdKind::Stream);
    assert_eq!(kind_of_fd(Fd::new(100_000)), FdKind::Unknown);
    set_nonblocking(out, true).unwrap();
    assert_eq!(read(out, &mut [0], None), Err(Errno::EAGAIN));
    for fd in [file, out, input, one, other] {
        close(fd).unwrap();
    }
}
