//! Binding `moved_fd`: descriptors on their way to another thread, in messages.

use coring_engine::{Parcel, ops};
use coring_uring::{Errno, Fd, sync};

use crate::Natives;
use crate::socket::{Closing, Role};

ops! { moved_fd(Natives) {
    /// Goods that hold the descriptor; whoever drops them closes it.
    slow pack(fd: i32);
    /// Goods with the descriptor of a socket that nothing was begun on, else none. The handle is
    /// to be closed.
    slow packStream(handle: i32);
    /// Goods with the descriptor of a listener, which accepts nothing from now on. What it has
    /// accepted is told of in the next turn; then the handle is to be closed.
    slow packListener(handle: i32);
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

/// A further number for the same socket: its handle closes the old one in its own time.
fn pack_duplicate(fd: Fd) -> Parcel {
    match sync::file::duplicate(fd) {
        Ok(fd) => Parcel::new(MovedFd(Some(fd))),
        Err(_) => Parcel::EMPTY,
    }
}

#[allow(non_snake_case)]
fn packStream(natives: &mut Natives, handle: i32) -> Parcel {
    match natives.socket(handle) {
        Some(socket) if socket.is_untouched() => pack_duplicate(socket.fd),
        _ => Parcel::EMPTY,
    }
}

#[allow(non_snake_case)]
fn packListener(natives: &mut Natives, handle: i32) -> Parcel {
    let Some(socket) = natives.socket(handle) else {
        return Parcel::EMPTY;
    };
    let Role::Listener(listener) = &mut socket.role else {
        return Parcel::EMPTY;
    };
    if socket.closing != Closing::Open {
        return Parcel::EMPTY;
    }
    listener.idle = true;
    listener.shared = true;
    let fd = socket.fd;
    if socket.recv_armed && !socket.recv_cancelled {
        socket.recv_cancelled = true;
        let accept = socket.recv;
        natives.ring.cancel(accept);
        // Before the other thread, or this turn, can bring another connection.
        natives.begin_sends();
    }
    pack_duplicate(fd)
}

fn unpack(_: &mut Natives, goods: Parcel) -> i32 {
    let moved = goods.open::<MovedFd>();
    match moved.and_then(|mut moved| moved.0.take()) {
        Some(fd) => fd.raw(),
        None => Errno::EBADF.result(),
    }
}
