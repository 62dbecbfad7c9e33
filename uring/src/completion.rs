//! What comes back: one completion per event of an operation.

use crate::address::SocketAddress;
use crate::errno::Errno;
use crate::lease::Lease;
use crate::stat::FileStat;
use crate::token::{FlightId, Token};
use coring_buf::StableMut;

/// One event of one flight.
pub struct Completion {
    /// The name the caller gave on submit.
    pub token: Token,
    /// The flight it belongs to.
    pub flight: FlightId,
    /// 0 and up, or a negative error number.
    pub result: i32,
    /// Whether the flight goes on. False comes exactly once, as the flight's last word.
    pub more: bool,
    pub payload: Payload,
}

const _: () = assert!(size_of::<Completion>() <= 80);

impl Completion {
    /// The result, split in the two ways it can be.
    #[inline]
    pub fn outcome(&self) -> Result<u32, Errno> {
        Errno::split(self.result)
    }
}

/// What a completion carries besides its number.
pub enum Payload {
    None,
    /// Bytes in a buffer of the ring's pool: look, copy, drop within the turn.
    Lease(Lease),
    /// The buffer of `Recv` or `Read`.
    Bytes(Vec<u8>),
    /// The memory of `ReadHeld`.
    Held(Box<dyn StableMut>),
    Stat(Box<FileStat>),
    Exit(ChildExit),
    /// The buffer of `RecvFrom` and who sent it (absent after an error).
    Datagram(Vec<u8>, Option<Box<SocketAddress>>),
}

/// How a child ended: by `exit(code)`, or by a signal (then `code` is 0).
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct ChildExit {
    pub code: i32,
    /// 0 if it was not killed.
    pub signal: i32,
}
