//! The kernel fence: one io_uring ring per core, and plain calls for start-up.
//!
//! Layers above say what they want as an [`Op`], under a [`Token`] of their own, and get
//! [`Completion`]s from [`Ring::turn`]. Every byte the kernel may touch is owned by the ring from
//! submit to the last completion. This crate knows nothing of V8, HTTP or Node; with
//! `coring-engine` it is the only place of unsafe code, and the only one that calls the C library.
//!
//! Start reading at `ring.rs`; README.md says where the rest is.

mod address;
mod completion;
mod errno;
mod fd;
mod flight;
mod gather;
mod kernel;
mod lease;
mod mail;
mod op;
mod open;
mod probe;
mod request;
mod ring;
mod send;
mod settle;
mod start;
mod stat;
pub mod sync;
mod token;

pub use address::SocketAddress;
pub use completion::{ChildExit, Completion, Payload};
pub use coring_buf::Stable;
pub use errno::Errno;
pub use fd::Fd;
pub use lease::Lease;
pub use mail::{Mailbox, Post, PostError};
pub use op::{Op, Shutdown};
pub use probe::Probe;
pub use ring::{Ring, RingOptions, RingStats, Wait};
pub use send::SendPage;
pub use start::StartError;
pub use stat::{FileStat, FileTime};
pub use token::{FlightId, Token};
