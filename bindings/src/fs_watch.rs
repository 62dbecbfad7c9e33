//! Binding `fs_watch`: inotify(7). Its descriptor is read by `fs_ring.readIdle`; lib_js takes the
//! records apart, and knows who watches what (lib_js/internal/fs/inotify.js).

use coring_engine::{Data, ops};
use coring_uring::{Fd, sync};

use crate::Natives;
use crate::fs_ops::with_path;

ops! { fs_watch(Natives) {
    /// The descriptor of this core's queue of events, or -errno.
    slow open();
    /// The number of the watch, or -errno.
    slow add(queue: i32, path: Data, mask: u32);
    slow remove(queue: i32, watch: i32);
} }

fn open(natives: &mut Natives) -> i32 {
    if let Some(queue) = natives.watch_queue {
        return queue.raw();
    }
    match sync::file::open_watch() {
        Ok(queue) => {
            natives.watch_queue = Some(queue);
            queue.raw()
        }
        Err(errno) => errno.result(),
    }
}

fn add(_: &mut Natives, queue: i32, path: Data, mask: u32) -> i32 {
    with_path(&path, |path| {
        let watch = sync::file::add_watch(Fd::new(queue.max(0)), path, mask);
        watch.unwrap_or_else(|errno| errno.result())
    })
}

fn remove(_: &mut Natives, queue: i32, watch: i32) -> i32 {
    let removed = sync::file::remove_watch(Fd::new(queue.max(0)), watch);
    removed.map_or_else(|errno| errno.result(), |()| 0)
}
