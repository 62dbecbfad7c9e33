//! How one thread wakes the ring of another: by a completion put straight into its queue
//! (MSG_RING, io_uring_register_sync_msg(3), 6.13), or by an eventfd that the ring reads.

use super::ring::SEND_MSG_RING;
use crate::errno::{Checked, Errno};
use crate::fd::Fd;
use io_uring::{opcode, types};

/// What a poster holds to wake a ring. Copies of it are good while that ring is.
#[derive(Copy, Clone)]
pub(crate) enum Doorbell {
    /// Puts a completion with this key into the queue of the ring with this descriptor.
    Message { ring: i32, key: u64 },
    /// Counts up this eventfd.
    Event(Fd),
}

impl Doorbell {
    /// Never waits. ENOMEM: try again later.
    pub(crate) fn ring(self) -> Result<(), Errno> {
        match self {
            Doorbell::Message { ring, key } => send_message(ring, key),
            Doorbell::Event(event) => {
                let one = 1u64.to_ne_bytes();
                crate::sync::file::write(event, &one, None).map(|_| ())
            }
        }
    }
}

/// Whether the kernel sends messages for threads without a ring: it then looks at the descriptor,
/// which is none.
pub(super) fn can_send_messages() -> bool {
    send_message(-1, 0) == Err(Errno::EBADF)
}

fn send_message(ring: i32, key: u64) -> Result<(), Errno> {
    let result = 0;
    let entry = opcode::MsgRingData::new(types::Fd(ring), result, key, None).build();
    let no_ring = -1;
    // SAFETY: one entry, which the kernel reads before it returns.
    let sent = unsafe {
        libc::syscall(
            libc::SYS_io_uring_register,
            no_ring,
            SEND_MSG_RING,
            &raw const entry,
            1,
        )
    };
    sent.checked().map(|_| ())
}
