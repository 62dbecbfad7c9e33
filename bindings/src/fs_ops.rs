//! Binding `fs_ops`: plain blocking calls, for the `*Sync` functions and the module loader.
//! Each gives its value, or -errno.

use std::ffi::{CStr, CString};

use coring_engine::{Bytes, Data, Js, ops};
use coring_uring::sync::file::{DirectoryEntry, Names};
use coring_uring::{Errno, Fd, FileStat, sync};

use crate::Natives;

ops! { fs_ops(Natives) {
    slow open(path: Data, flags: i32, mode: u32);
    slow close(fd: i32);
    slow read(fd: i32, bytes: Bytes, offset: u32, length: u32, position: i64);
    slow write(fd: i32, bytes: Bytes, offset: u32, length: u32, position: i64);
    slow fstat(fd: i32, into: Bytes);
    slow stat(path: Data, into: Bytes);
    slow lstat(path: Data, into: Bytes);
    slow internalModuleStat(path: Data);
    slow readFileUtf8(path: Data, fd: i32);
    slow readFile(path: Data);
    slow readFileFd(fd: i32);
    slow realpath(path: Data, as_bytes: bool);
    slow readdir(path: Data, as_bytes: bool);
    slow readlink(path: Data, as_bytes: bool);
    slow mkdir(path: Data, mode: u32);
    slow rmdir(path: Data);
    slow unlink(path: Data);
    slow rename(from: Data, to: Data);
    slow symlink(target: Data, path: Data);
    slow link(from: Data, to: Data);
    slow chmod(path: Data, mode: u32);
    slow fchmod(fd: i32, mode: u32);
    slow chown(path: Data, user: u32, group: u32, follow: bool);
    slow fchown(fd: i32, user: u32, group: u32);
    slow access(path: Data, mode: i32);
    slow utimes(path: Data, access_s: f64, modified_s: f64, follow: bool);
    slow copyTimes(from: Data, to: Data);
    slow futimes(fd: i32, access_s: f64, modified_s: f64);
    slow statfs(path: Data);
    slow ftruncate(fd: i32, length: i64);
    slow fsync(fd: i32);
    slow fdatasync(fd: i32);
    slow mkdtemp(prefix: Data, as_bytes: bool);
    slow copyFile(from: Data, to: Data, mode: i32);
    slow writeFile(path: Data, data: Data, flags: i32, mode: u32);
} }

/// A path for the kernel: text, or bytes as they are. One with a NUL inside names nothing.
pub(crate) fn kernel_path(path: &Data) -> Result<CString, Errno> {
    let path = match path {
        Data::None => CString::new(""),
        Data::Bytes(bytes) => CString::new(bytes.as_slice()),
        Data::Text(text) => text.with_utf8(|bytes| CString::new(bytes)),
    };
    path.map_err(|_| Errno::EINVAL)
}

pub(crate) fn with_path(path: &Data, act: impl FnOnce(&CStr) -> i32) -> i32 {
    kernel_path(path).map_or_else(Errno::result, |path| act(&path))
}

fn with_path_js(path: &Data, act: impl FnOnce(&CStr) -> Js) -> Js {
    kernel_path(path).map_or_else(|errno| Js::from(errno.result()), |path| act(&path))
}

fn with_paths(from: &Data, to: &Data, act: impl FnOnce(&CStr, &CStr) -> i32) -> i32 {
    with_path(from, |from| with_path(to, |to| act(from, to)))
}

fn with_fd(fd: i32, act: impl FnOnce(Fd) -> i32) -> i32 {
    if fd < 0 {
        Errno::EBADF.result()
    } else {
        act(Fd::new(fd))
    }
}

pub(crate) fn code(result: Result<(), Errno>) -> i32 {
    result.map_or_else(|errno| errno.result(), |()| 0)
}

fn count(result: Result<usize, Errno>) -> i32 {
    result.map_or_else(|errno| errno.result(), |count| count as i32)
}

fn js<T: Into<Js>>(result: Result<T, Errno>) -> Js {
    result.map_or_else(|errno| Js::from(errno.result()), Into::into)
}

fn utf8(bytes: Vec<u8>) -> Js {
    if bytes.is_ascii() {
        return Js::Latin1(bytes);
    }
    Js::Text(String::from_utf8_lossy(&bytes).into_owned())
}

/// A name that the file system gave: as it is, or as text.
pub(crate) fn name(bytes: Vec<u8>, as_bytes: bool) -> Js {
    if as_bytes {
        Js::Bytes(bytes)
    } else {
        utf8(bytes)
    }
}

fn open(_: &mut Natives, path: Data, flags: i32, mode: u32) -> i32 {
    with_path(&path, |path| {
        sync::file::open(path, flags, mode).map_or_else(|errno| errno.result(), Fd::raw)
    })
}

fn close(_: &mut Natives, fd: i32) -> i32 {
    with_fd(fd, |fd| code(sync::file::close(fd)))
}

pub(crate) fn window<'a>(bytes: &'a mut Bytes, offset: u32, length: u32) -> &'a mut [u8] {
    let all = bytes.as_mut_slice();
    let start = (offset as usize).min(all.len());
    let end = start.saturating_add(length as usize).min(all.len());
    &mut all[start..end]
}

fn read(_: &mut Natives, fd: i32, mut bytes: Bytes, offset: u32, length: u32, at: i64) -> i32 {
    let into = window(&mut bytes, offset, length);
    with_fd(fd, |fd| {
        count(sync::file::read(fd, into, u64::try_from(at).ok()))
    })
}

fn write(
    natives: &mut Natives,
    fd: i32,
    mut bytes: Bytes,
    offset: u32,
    length: u32,
    at: i64,
) -> i32 {
    natives.begin_changes();
    let from = window(&mut bytes, offset, length);
    with_fd(fd, |fd| {
        count(sync::file::write(fd, from, u64::try_from(at).ok()))
    })
}

pub(crate) fn put_stat(result: Result<FileStat, Errno>, mut into: Bytes) -> i32 {
    match result {
        Ok(stat) => {
            let slots = into.as_mut_slice().chunks_exact_mut(8);
            for (slot, figure) in slots.zip(stat.to_array()) {
                slot.copy_from_slice(&figure.to_ne_bytes());
            }
            0
        }
        Err(errno) => errno.result(),
    }
}

fn fstat(_: &mut Natives, fd: i32, into: Bytes) -> i32 {
    with_fd(fd, |fd| put_stat(sync::file::fstat(fd), into))
}

fn stat(_: &mut Natives, path: Data, into: Bytes) -> i32 {
    with_path(&path, |path| put_stat(sync::file::stat(path), into))
}

fn lstat(_: &mut Natives, path: Data, into: Bytes) -> i32 {
    with_path(&path, |path| put_stat(sync::file::lstat(path), into))
}

#[allow(non_snake_case)]
fn internalModuleStat(_: &mut Natives, path: Data) -> i32 {
    with_path(&path, sync::file::kind_of)
}

/// `path` is a string, or undefined when `fd` names an open file.
#[allow(non_snake_case)]
fn readFileUtf8(natives: &mut Natives, path: Data, fd: i32) -> Js {
    let bytes = match path {
        Data::None => readFileFd(natives, fd),
        path => readFile(natives, path),
    };
    match bytes {
        Js::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Js::Text(text),
            Err(error) => utf8(error.into_bytes()),
        },
        other => other,
    }
}

#[allow(non_snake_case)]
fn readFile(_: &mut Natives, path: Data) -> Js {
    with_path_js(&path, |path| js(sync::file::read_whole(path)))
}

#[allow(non_snake_case)]
fn readFileFd(_: &mut Natives, fd: i32) -> Js {
    if fd < 0 {
        return Js::from(Errno::EBADF.result());
    }
    js(sync::file::read_whole_fd(Fd::new(fd)))
}

fn realpath(_: &mut Natives, path: Data, as_bytes: bool) -> Js {
    let named = |bytes| name(bytes, as_bytes);
    with_path_js(&path, |path| js(sync::file::real_path(path).map(named)))
}

/// [names, kinds, lengths]: names in one text, each followed by a zero, or a list of bytes; kinds
/// as a text of UV_DIRENT_* digits; of names that are ASCII, lengths as the characters of a text.
fn readdir(_: &mut Natives, path: Data, as_bytes: bool) -> Js {
    with_path_js(&path, |path| match sync::file::read_directory(path) {
        Ok(found) => {
            let kinds = found.kinds.iter().map(|kind| b'0' + kind).collect();
            let kinds = Js::Latin1(kinds);
            if as_bytes {
                let name = |name: &[u8]| Js::Bytes(name[..name.len() - 1].to_vec());
                let names = found.names.split_inclusive(|&byte| byte == 0).map(name);
                return Js::List(vec![Js::List(names.collect()), kinds]);
            }
            let lengths = lengths_of(&found);
            Js::List(vec![utf8(found.names), kinds, lengths])
        }
        Err(errno) => Js::from(errno.result()),
    })
}

/// Undefined where a name has other characters than bytes, or more than such a text can say.
fn lengths_of(found: &Names) -> Js {
    let lengths = found.lengths.iter().map(|&length| u8::try_from(length));
    match lengths.collect() {
        Ok(lengths) if found.names.is_ascii() => Js::Latin1(lengths),
        _ => Js::Undefined,
    }
}

/// [names, kinds] with kinds as UV_DIRENT_*.
pub(crate) fn names_and_kinds(entries: Vec<DirectoryEntry>, as_bytes: bool) -> Js {
    let kind = |entry: &DirectoryEntry| Js::from(u32::from(entry.kind));
    let kinds = entries.iter().map(kind).collect();
    let names = entries.into_iter().map(|entry| name(entry.name, as_bytes));
    Js::List(vec![Js::List(names.collect()), Js::List(kinds)])
}

fn readlink(_: &mut Natives, path: Data, as_bytes: bool) -> Js {
    let named = |bytes| name(bytes, as_bytes);
    with_path_js(&path, |path| js(sync::file::read_link(path).map(named)))
}

fn mkdir(_: &mut Natives, path: Data, mode: u32) -> i32 {
    with_path(&path, |path| code(sync::file::make_directory(path, mode)))
}

fn rmdir(_: &mut Natives, path: Data) -> i32 {
    with_path(&path, |path| code(sync::file::remove_directory(path)))
}

fn unlink(_: &mut Natives, path: Data) -> i32 {
    with_path(&path, |path| code(sync::file::unlink(path)))
}

fn rename(_: &mut Natives, from: Data, to: Data) -> i32 {
    with_paths(&from, &to, |from, to| code(sync::file::rename(from, to)))
}

fn symlink(_: &mut Natives, target: Data, path: Data) -> i32 {
    with_paths(&target, &path, |target, path| {
        code(sync::file::symlink(target, path))
    })
}

fn link(_: &mut Natives, from: Data, to: Data) -> i32 {
    with_paths(&from, &to, |from, to| code(sync::file::link(from, to)))
}

fn chmod(_: &mut Natives, path: Data, mode: u32) -> i32 {
    with_path(&path, |path| code(sync::file::change_mode(path, mode)))
}

fn fchmod(_: &mut Natives, fd: i32, mode: u32) -> i32 {
    with_fd(fd, |fd| code(sync::file::change_mode_fd(fd, mode)))
}

fn access(_: &mut Natives, path: Data, mode: i32) -> i32 {
    with_path(&path, |path| code(sync::file::access(path, mode)))
}

fn chown(_: &mut Natives, path: Data, user: u32, group: u32, follow: bool) -> i32 {
    with_path(&path, |path| {
        code(sync::file::change_owner(path, user, group, follow))
    })
}

fn fchown(_: &mut Natives, fd: i32, user: u32, group: u32) -> i32 {
    with_fd(fd, |fd| code(sync::file::change_owner_fd(fd, user, group)))
}

fn utimes(_: &mut Natives, path: Data, access_s: f64, modified_s: f64, follow: bool) -> i32 {
    with_path(&path, |path| {
        code(sync::file::set_times(path, access_s, modified_s, follow))
    })
}

#[allow(non_snake_case)]
fn copyTimes(_: &mut Natives, from: Data, to: Data) -> i32 {
    with_paths(&from, &to, |from, to| {
        code(sync::file::copy_times(from, to))
    })
}

fn futimes(_: &mut Natives, fd: i32, access_s: f64, modified_s: f64) -> i32 {
    with_fd(fd, |fd| {
        code(sync::file::set_times_fd(fd, access_s, modified_s))
    })
}

/// BigInts, as blocks of large file systems do not fit a double.
fn statfs(_: &mut Natives, path: Data) -> Js {
    let big = |figure: u64| Js::BigInt(figure as i64);
    with_path_js(&path, |path| {
        js(sync::file::file_system(path).map(|facts| Js::List(facts.map(big).to_vec())))
    })
}

fn ftruncate(_: &mut Natives, fd: i32, length: i64) -> i32 {
    with_fd(fd, |fd| {
        code(sync::file::truncate(fd, u64::try_from(length).unwrap_or(0)))
    })
}

fn fsync(_: &mut Natives, fd: i32) -> i32 {
    with_fd(fd, |fd| code(sync::file::sync(fd)))
}

fn fdatasync(_: &mut Natives, fd: i32) -> i32 {
    with_fd(fd, |fd| code(sync::file::sync_data(fd)))
}

fn mkdtemp(_: &mut Natives, prefix: Data, as_bytes: bool) -> Js {
    let named = |bytes| name(bytes, as_bytes);
    with_path_js(&prefix, |prefix| {
        js(sync::file::make_temporary_directory(prefix).map(named))
    })
}

#[allow(non_snake_case)]
fn copyFile(_: &mut Natives, from: Data, to: Data, mode: i32) -> i32 {
    with_paths(&from, &to, |from, to| {
        code(sync::file::copy(from, to, mode))
    })
}

#[allow(non_snake_case)]
fn writeFile(_: &mut Natives, path: Data, data: Data, flags: i32, mode: u32) -> i32 {
    with_path(&path, |path| {
        let fd = match sync::file::open(path, flags, mode) {
            Ok(fd) => fd,
            Err(errno) => return errno.result(),
        };
        let written = match &data {
            Data::None => Ok(()),
            Data::Bytes(bytes) => sync::file::write_all(fd, bytes.as_slice()),
            Data::Text(text) => text.with_utf8(|bytes| sync::file::write_all(fd, bytes)),
        };
        let closed = sync::file::close(fd);
        code(written.and(closed))
    })
}
