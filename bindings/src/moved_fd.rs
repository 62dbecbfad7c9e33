//! Binding `moved_fd`: descriptors on their way to another thread, in messages.

use coring_engine::{Parcel, ops};
use coring_uring::{Errno, Fd, sync};

use crate::Natives;

ops! { moved_fd(Natives) {
    /// Goods that hold the descriptor; whoever drops them closes it.
    slow pack(fd: i32);
    /// The descriptor out of the goods, or -errno.
    slow unpack(goods: Parcel);
} }

/// A descriptor that belongs to nobody yet.
struct MovedFd(Option<Fd>);

impl Drop for MovedFd {
    fn drop(&mut self) {
        if let Some(fd) = self.0.take() {
            // Nobody is left to hear of a failure.
            let _ = sync::file::close(fd);
        }
    }
}

fn pack(_: &mut Natives, fd: i32) -> Parcel {
    if fd < 0 {
        return Parcel::EMPTY;
    }
    Parcel::new(MovedFd(Some(Fd::new(fd))))
}

fn unpack(_: &mut Natives, goods: Parcel) -> i32 {
    let moved = goods.open::<MovedFd>();
    match moved.and_then(|mut moved| moved.0.take()) {
        Some(fd) => fd.raw(),
        None => Errno::EBADF.result(),
    }
}
