//! The io_uring back end.
//!
//! One ring, made and used by one thread: SINGLE_ISSUER and DEFER_TASKRUN let completions run only
//! inside our own `enter`, so nothing interrupts JS. No SQPOLL (it wants a core of its own), no
//! resizing. The ring is made disabled, restricted to the operations below, and then enabled.
//!
//! # How long one `enter` works
//! From Linux 6.13 on one enter runs at most 20 deferred completions unless more are waited for,
//! and leaves the TASKRUN flag set for the rest [measured on 6.18: 100 ready sockets came as five
//! times 20]. A turn does not enter again for that rest: the next turn's enter, which submits the
//! answers to the first twenty, runs the next twenty as well. [measured on a busy machine with 2
//! cores, echo of 100 bytes: entering up to 8 times more raised the enters a request from 0.20 to
//! 0.24-0.29 with 64 connections, and from 0.09-0.13 to 0.12-0.14 with 512; processor time a
//! request did not differ beyond the noise.]

use super::doorbell::{Doorbell, can_send_messages};
use super::{Event, Full, KernelCounts, KernelTime, OFFSET_CURRENT, Request};
use crate::RingOptions;
use crate::Wait;
use crate::errno::{Checked, Errno};
use crate::lease::LeasePool;
use crate::probe::{Probe, kernel_version};
use crate::start::{KERNEL_MIN, StartError};
use io_uring::register::Restriction;
use io_uring::types::{Fd, FsyncFlags, SubmitArgs, Timespec};
use io_uring::{EnterFlags, IoUring, cqueue, opcode, squeue};
use std::os::fd::AsRawFd;

/// Group id of the one lease pool.
const BUFFER_GROUP: u16 = 0;
/// From the kernel's header, which the io-uring crate keeps to itself.
const REGISTER_ENABLE_RINGS: u8 = 12;
const REGISTER_RING_FDS: u32 = 20;
const UNREGISTER_RING_FDS: u32 = 21;
const UNREGISTER_BUFFER_RING: u32 = 23;
pub(super) const SEND_MSG_RING: u32 = 31;

const _: () = assert!(size_of::<KernelTime>() == size_of::<Timespec>());

/// Every operation this file can ask for; the ring refuses all others.
const OPCODES: [u8; 26] = [
    opcode::Nop::CODE,
    opcode::AsyncCancel::CODE,
    opcode::Accept::CODE,
    opcode::Recv::CODE,
    opcode::RecvMsg::CODE,
    opcode::Send::CODE,
    opcode::SendMsg::CODE,
    opcode::Connect::CODE,
    opcode::Close::CODE,
    opcode::Shutdown::CODE,
    opcode::PollAdd::CODE,
    opcode::ReadMulti::CODE,
    opcode::Read::CODE,
    opcode::Write::CODE,
    opcode::Writev::CODE,
    opcode::OpenAt::CODE,
    opcode::Fsync::CODE,
    opcode::Statx::CODE,
    opcode::WaitId::CODE,
    opcode::Timeout::CODE,
    opcode::UnlinkAt::CODE,
    opcode::MkDirAt::CODE,
    opcode::RenameAt::CODE,
    opcode::SymlinkAt::CODE,
    opcode::LinkAt::CODE,
    opcode::Ftruncate::CODE,
];

pub(crate) struct Uring {
    ring: IoUring,
    /// Index of the ring among this thread's registered rings, if it could be registered.
    registered: Option<u32>,
    no_iowait: bool,
    pub(super) counts: KernelCounts,
}

impl Uring {
    pub(super) fn new(
        options: &RingOptions,
        pool: &LeasePool,
    ) -> Result<(Uring, Probe), StartError> {
        let kernel = kernel_version();
        if kernel < KERNEL_MIN && kernel != (0, 0) {
            return Err(StartError::now("version", Errno::EINVAL));
        }
        let (ring, no_sq_array) = build(options)?;
        let fail = |step| move |error: std::io::Error| StartError::now(step, Errno::of(&error));
        let submitter = ring.submitter();
        let mut supported = io_uring::Probe::new();
        submitter
            .register_probe(&mut supported)
            .map_err(fail("probe"))?;
        let mut workers = [options.bounded_workers, options.unbounded_workers];
        submitter
            .register_iowq_max_workers(&mut workers)
            .map_err(fail("worker limits"))?;
        // SAFETY: the pool's mapping outlives the ring: the Ring that owns both closes this back
        // end first, and leaks the pool if it could not wait for every flight.
        unsafe {
            submitter.register_buf_ring_with_flags(
                pool.entries_address(),
                pool.buffers_count(),
                BUFFER_GROUP,
                0,
            )
        }
        .map_err(fail("buffer ring"))?;
        let registered = register_ring(ring.as_raw_fd()).ok();
        let restricted = restrict(&ring, &supported).is_ok();
        submitter.register_enable_rings().map_err(fail("enable"))?;

        let no_iowait = ring.params().is_feature_no_iowait();
        let probe = Probe {
            kernel,
            accept_multi: true,
            read_multi: supported.is_supported(opcode::ReadMulti::CODE),
            wait_id: supported.is_supported(opcode::WaitId::CODE),
            truncate: supported.is_supported(opcode::Ftruncate::CODE),
            messages: can_send_messages(),
            no_iowait,
            no_sq_array,
            registered_ring: registered.is_some(),
            restricted,
        };
        let counts = KernelCounts::default();
        Ok((
            Uring {
                ring,
                registered,
                no_iowait,
                counts,
            },
            probe,
        ))
    }

    /// # Safety
    /// As [`Kernel::push`](super::Kernel::push).
    pub(super) unsafe fn push(&mut self, key: u64, request: &Request) -> Result<(), Full> {
        let entry = entry(request).user_data(key);
        let mut queue = self.ring.submission();
        // SAFETY: the caller keeps the named memory valid until the last event.
        unsafe { queue.push(&entry) }.map_err(|_| Full)?;
        self.counts.sqes += 1;
        Ok(())
    }

    pub(super) fn flush(&mut self) -> Result<(), Errno> {
        let count = self.ring.submission().len() as u32;
        self.enter_now(count, 0, EnterFlags::empty(), None)
            .map(|_| ())
    }

    pub(super) fn has_unbegun(&mut self) -> bool {
        !self.ring.submission().is_empty()
    }

    /// Submits everything, as far as the kernel takes it now.
    pub(super) fn begin(&mut self) -> Result<(), Errno> {
        if !self.has_unbegun() {
            return Ok(());
        }
        self.enter(Wait::Poll)
    }

    /// Submits everything and waits as told, by one call into the kernel, or by none if there is
    /// nothing to do there.
    pub(super) fn enter(&mut self, wait: Wait) -> Result<(), Errno> {
        let queue = self.ring.submission();
        let (count, taskrun, overflow) = (queue.len() as u32, queue.taskrun(), queue.cq_overflow());
        drop(queue);
        let ready = !self.ring.completion().is_empty();
        let wait = match wait {
            Wait::Until(duration) if duration.is_zero() => Wait::Poll,
            _ if ready => Wait::Poll,
            wait => wait,
        };
        let mut flags = EnterFlags::GETEVENTS;
        let outcome = match wait {
            Wait::Poll if count == 0 && !taskrun && !overflow => {
                return Ok(());
            }
            Wait::Poll => self.enter_now(count, 0, flags, None),
            Wait::Until(duration) => {
                flags |= self.idle_flags();
                let time = Timespec::from(duration);
                self.enter_now(count, 1, flags, Some(&SubmitArgs::new().timespec(&time)))
            }
            Wait::Forever => {
                flags |= self.idle_flags();
                self.enter_now(count, 1, flags, None)
            }
        };
        match outcome {
            // A signal, the time is over, or the completion queue must be reaped before more is
            // submitted: what is still queued goes with the next turn.
            Ok(()) | Err(Errno::EINTR | Errno::ETIME | Errno::EBUSY | Errno::EAGAIN) => Ok(()),
            Err(errno) => Err(errno),
        }
    }

    pub(super) fn reap(&mut self, events: &mut Vec<Event>) -> bool {
        let queue = self.ring.completion();
        let count = queue.len();
        events.extend(queue.map(|entry| Event {
            key: entry.user_data(),
            result: entry.result(),
            more: cqueue::more(entry.flags()),
            buffer: cqueue::buffer_select(entry.flags()),
        }));
        self.counts.cqes += count as u64;
        let overflow = self.ring.submission().cq_overflow();
        self.counts.overflows += u64::from(overflow);
        overflow
    }

    pub(super) fn doorbell(&self, key: u64) -> Doorbell {
        let ring = self.ring.as_raw_fd();
        Doorbell::Message { ring, key }
    }

    /// Closing the descriptor does not end the ring while it is registered with the thread.
    pub(super) fn close(&mut self) {
        if let Some(index) = self.registered.take() {
            let unregistered = unregister_ring(self.ring.as_raw_fd(), index);
            assert!(unregistered.is_ok());
        }
        // Fails only if the pool was never registered, and the ring goes away in any case.
        let _ = self.ring.submitter().unregister_buf_ring(BUFFER_GROUP);
    }

    fn idle_flags(&self) -> EnterFlags {
        if self.no_iowait {
            EnterFlags::NO_IOWAIT
        } else {
            EnterFlags::empty()
        }
    }

    /// The one line at which the kernel is entered.
    fn enter_now(
        &mut self,
        submit_count: u32,
        complete_count: u32,
        mut flags: EnterFlags,
        args: Option<&SubmitArgs<'_, '_>>,
    ) -> Result<(), Errno> {
        let fd = match self.registered {
            Some(index) => {
                flags |= EnterFlags::REGISTERED_RING;
                index as i32
            }
            None => self.ring.as_raw_fd(),
        };
        let (address, bytes) = match args {
            Some(args) => {
                flags |= EnterFlags::EXT_ARG;
                (std::ptr::from_ref(args), size_of::<SubmitArgs>())
            }
            None => (std::ptr::null(), 0),
        };
        let flags = flags.bits();
        self.counts.enters += 1;
        // SAFETY: the argument lives until the call returns; memory of submitted requests is kept
        // by the flight table, as push was promised.
        let result = unsafe {
            libc::syscall(
                libc::SYS_io_uring_enter,
                fd,
                submit_count,
                complete_count,
                flags,
                address,
                bytes,
            )
        };
        result.checked().map(|_| ())
    }
}

/// Makes the ring, disabled, with every flag this kernel knows; says if it does without the array.
fn build(options: &RingOptions) -> Result<(IoUring, bool), StartError> {
    let mut builder = IoUring::builder();
    builder
        .dontfork()
        .setup_clamp()
        .setup_r_disabled()
        .setup_submit_all()
        .setup_single_issuer()
        .setup_coop_taskrun()
        .setup_defer_taskrun()
        .setup_taskrun_flag()
        .setup_cqsize(options.cq_entries.max(options.entries));
    let without_array = builder.clone().setup_no_sqarray().build(options.entries);
    let error = match without_array {
        Ok(ring) => return Ok((ring, true)),
        Err(error) => Errno::of(&error),
    };
    if error != Errno::EINVAL {
        return Err(StartError::now("io_uring_setup", error));
    }
    match builder.build(options.entries) {
        Ok(ring) => Ok((ring, false)),
        Err(error) => Err(StartError::now("io_uring_setup", Errno::of(&error))),
    }
}

fn restrict(ring: &IoUring, supported: &io_uring::Probe) -> std::io::Result<()> {
    let flags = squeue::Flags::BUFFER_SELECT
        .union(squeue::Flags::ASYNC)
        .bits();
    let mut rules = vec![
        Restriction::sqe_flags_allowed(flags),
        Restriction::register_op(REGISTER_ENABLE_RINGS),
        Restriction::register_op(UNREGISTER_RING_FDS as u8),
        Restriction::register_op(UNREGISTER_BUFFER_RING as u8),
    ];
    let known = OPCODES
        .into_iter()
        .filter(|&code| supported.is_supported(code));
    rules.extend(known.map(Restriction::sqe_op));
    ring.submitter().register_restrictions(&mut rules)
}

/// Layout of `struct io_uring_rsrc_update`.
#[repr(C)]
struct RingUpdate {
    offset: u32,
    reserved: u32,
    data: u64,
}

fn register_ring(fd: i32) -> Result<u32, Errno> {
    let mut update = RingUpdate {
        offset: u32::MAX,
        reserved: 0,
        data: fd as u64,
    };
    // SAFETY: one update, which the kernel reads and whose offset it fills in.
    let result = unsafe {
        libc::syscall(
            libc::SYS_io_uring_register,
            fd,
            REGISTER_RING_FDS,
            &raw mut update,
            1,
        )
    };
    result.checked()?;
    Ok(update.offset)
}

fn unregister_ring(fd: i32, index: u32) -> Result<(), Errno> {
    let update = RingUpdate {
        offset: index,
        reserved: 0,
        data: 0,
    };
    // SAFETY: one update, which the kernel reads.
    let result = unsafe {
        libc::syscall(
            libc::SYS_io_uring_register,
            fd,
            UNREGISTER_RING_FDS,
            &raw const update,
            1,
        )
    };
    result.checked().map(|_| ())
}

/// MSG_WAITALL lets the kernel go on after a short send by itself, without a completion between.
const SEND_WHOLE: i32 = libc::MSG_NOSIGNAL | libc::MSG_WAITALL;
const ACCEPT_FLAGS: i32 = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
const HERE: Fd = Fd(libc::AT_FDCWD);

/// A request in the kernel's 64 bytes.
fn entry(request: &Request) -> squeue::Entry {
    match *request {
        Request::Nop => opcode::Nop::new().build(),
        Request::Cancel { key } => opcode::AsyncCancel::new(key).build(),
        Request::Accept { fd, multi: true } => {
            opcode::AcceptMulti::new(Fd(fd)).flags(ACCEPT_FLAGS).build()
        }
        Request::Accept { fd, multi: false } => {
            let (address, count) = (std::ptr::null_mut(), std::ptr::null_mut());
            opcode::Accept::new(Fd(fd), address, count)
                .flags(ACCEPT_FLAGS)
                .build()
        }
        Request::RecvMulti { fd } => opcode::RecvMulti::new(Fd(fd), BUFFER_GROUP).build(),
        Request::Recv { fd, address, bytes } => opcode::Recv::new(Fd(fd), address, bytes).build(),
        Request::RecvMessage { fd, header } => opcode::RecvMsg::new(Fd(fd), header).build(),
        Request::Send { fd, address, bytes } => opcode::Send::new(Fd(fd), address, bytes)
            .flags(SEND_WHOLE)
            .build(),
        Request::SendMessage { fd, header, whole } => {
            let flags = if whole {
                SEND_WHOLE
            } else {
                libc::MSG_NOSIGNAL
            };
            opcode::SendMsg::new(Fd(fd), header)
                .flags(flags as u32)
                .build()
        }
        Request::Connect { fd, address, bytes } => {
            opcode::Connect::new(Fd(fd), address, bytes).build()
        }
        Request::Close { fd, wait } => opcode::Close::new(Fd(fd)).build().flags(worker(wait)),
        Request::Shutdown { fd, how } => opcode::Shutdown::new(Fd(fd), how).build(),
        Request::Poll { fd, events, multi } => {
            opcode::PollAdd::new(Fd(fd), events).multi(multi).build()
        }
        Request::Timeout { time } => opcode::Timeout::new(time.cast()).build(),
        Request::WaitId { pid, into } => opcode::WaitId::new(
            libc::P_PID,
            pid as libc::id_t,
            libc::WEXITED | libc::WNOWAIT,
        )
        .infop(into)
        .build(),
        Request::ReadLeased { .. }
        | Request::Read { .. }
        | Request::Write { .. }
        | Request::WriteGather { .. }
        | Request::Fsync { .. }
        | Request::Truncate { .. } => file_entry(request),
        Request::OpenAt { .. }
        | Request::Statx { .. }
        | Request::Unlink { .. }
        | Request::MakeDir { .. }
        | Request::Rename { .. }
        | Request::Symlink { .. }
        | Request::Link { .. } => path_entry(request),
    }
}

/// Requests about open files.
fn file_entry(request: &Request) -> squeue::Entry {
    match *request {
        Request::ReadLeased { fd, multi: true } => opcode::ReadMulti::new(Fd(fd), 0, BUFFER_GROUP)
            .offset(OFFSET_CURRENT)
            .build(),
        Request::ReadLeased { fd, multi: false } => {
            opcode::Read::new(Fd(fd), std::ptr::null_mut(), 0)
                .buf_group(BUFFER_GROUP)
                .offset(OFFSET_CURRENT)
                .build()
                .flags(squeue::Flags::BUFFER_SELECT)
        }
        Request::Read {
            fd,
            address,
            bytes,
            offset,
        } => opcode::Read::new(Fd(fd), address, bytes)
            .offset(offset)
            .build(),
        Request::Write {
            fd,
            address,
            bytes,
            offset,
        } => opcode::Write::new(Fd(fd), address, bytes)
            .offset(offset)
            .build(),
        Request::WriteGather {
            fd,
            pieces,
            count,
            offset,
        } => opcode::Writev::new(Fd(fd), pieces, count)
            .offset(offset)
            .build(),
        Request::Fsync { fd, data_only } => {
            let flags = if data_only {
                FsyncFlags::DATASYNC
            } else {
                FsyncFlags::empty()
            };
            opcode::Fsync::new(Fd(fd)).flags(flags).build()
        }
        Request::Truncate { fd, length } => opcode::Ftruncate::new(Fd(fd), length).build(),
        ref other => unreachable!("not about an open file: {other:?}"),
    }
}

/// Whether the kernel leaves it to a worker at once.
fn worker(wait: bool) -> squeue::Flags {
    match wait {
        true => squeue::Flags::ASYNC,
        false => squeue::Flags::empty(),
    }
}

/// Requests about paths.
fn path_entry(request: &Request) -> squeue::Entry {
    match *request {
        Request::OpenAt {
            path,
            flags,
            mode,
            wait,
        } => {
            let flags = flags | libc::O_CLOEXEC;
            opcode::OpenAt::new(HERE, path)
                .flags(flags)
                .mode(mode)
                .build()
                .flags(worker(wait))
        }
        Request::Statx {
            fd,
            path,
            flags,
            into,
        } => {
            let mask = libc::STATX_BASIC_STATS | libc::STATX_BTIME;
            opcode::Statx::new(Fd(fd), path, into.cast())
                .flags(flags)
                .mask(mask)
                .build()
        }
        Request::Unlink {
            at,
            path,
            directory,
        } => {
            let flags = if directory { libc::AT_REMOVEDIR } else { 0 };
            opcode::UnlinkAt::new(Fd(at), path).flags(flags).build()
        }
        Request::MakeDir { path, mode } => opcode::MkDirAt::new(HERE, path).mode(mode).build(),
        Request::Rename { from, to } => opcode::RenameAt::new(HERE, from, HERE, to).build(),
        Request::Symlink { target, path } => opcode::SymlinkAt::new(HERE, target, path).build(),
        Request::Link { from, to } => opcode::LinkAt::new(HERE, from, HERE, to).build(),
        ref other => unreachable!("not about a path: {other:?}"),
    }
}
