//! Binding `fs_dir`: directories that are open and read in steps, for `fs.Dir`.

use coring_engine::{Data, Js, ops};
use coring_uring::Errno;
use coring_uring::sync::file::Directory;

use crate::Natives;
use crate::fs_ops::{kernel_path, names_and_kinds};
use crate::slots::Handle;

ops! { fs_dir(Natives) {
    /// A handle, or -errno.
    slow open(path: Data);
    /// [names, kinds] of the next entries; fewer than asked for at the end.
    slow read(directory: i32, entries_max: u32, as_bytes: bool);
    slow close(directory: i32);
} }

fn open(natives: &mut Natives, path: Data) -> i32 {
    match kernel_path(&path).and_then(|path| Directory::open(&path)) {
        Ok(directory) => {
            let handle = natives.directories.insert(directory);
            handle.map_or(Errno::EMFILE.result(), Handle::to_js)
        }
        Err(errno) => errno.result(),
    }
}

fn read(natives: &mut Natives, directory: i32, entries_max: u32, as_bytes: bool) -> Js {
    let entries = match natives.directories.get_mut(Handle::from_js(directory)) {
        Some(directory) => directory.next(entries_max as usize),
        None => Err(Errno::EBADF),
    };
    match entries {
        Ok(entries) => names_and_kinds(entries, as_bytes),
        Err(errno) => Js::from(errno.result()),
    }
}

fn close(natives: &mut Natives, directory: i32) -> i32 {
    match natives.directories.remove(Handle::from_js(directory)) {
        Some(_) => 0,
        None => Errno::EBADF.result(),
    }
}
