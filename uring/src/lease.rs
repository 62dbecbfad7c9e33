//! The pool of buffers that the kernel fills by itself, and the lease on one of them.
//!
//! One mapping per ring holds the ring of free buffers, which the kernel takes from, and behind it
//! the buffers. Reading a socket takes no buffer until bytes arrive, so idle connections cost none.
//!
//! ```text
//! +-- 16 bytes each, buffers_count of them, rounded up to pages --+-- buffer_bytes each --+
//! | address:8  bytes:4  id:2  reserved:2 (of entry 0: the tail)   | buffer 0 | buffer 1 ..|
//! +---------------------------------------------------------------+-----------------------+
//! ```
//!
//! A [`Lease`] holds the pool alive, so it may be dropped at any time, after its ring too. It must
//! not be held beyond the turn all the same: the pool is small and every connection reads from it.

use crate::errno::Errno;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU16, Ordering};

/// One free buffer, in the layout of the kernel's `struct io_uring_buf`.
#[repr(C)]
struct Entry {
    address: u64,
    bytes: u32,
    id: u16,
    reserved: u16,
}

const TAIL_OFFSET: usize = std::mem::offset_of!(Entry, reserved);
const _: () = assert!(size_of::<Entry>() == 16);
const _: () = assert!(TAIL_OFFSET == 14);

/// The kernel's own limit for the ring of free buffers.
const BUFFERS_COUNT_MAX: u16 = 1 << 15;
const PAGE_BYTES: usize = 4096;

pub(crate) struct LeasePool {
    mapping: *mut u8,
    mapping_bytes: usize,
    buffers_offset: usize,
    buffer_bytes: u32,
    buffers_count: u16,
    /// Entries written so far, wrapping; ahead of what the kernel knows until `publish`.
    tail: Cell<u16>,
    published: Cell<u16>,
    /// Buffers now held by leases.
    leased_count: Cell<u16>,
    /// Set when the ring is gone: nobody reads the ring of free buffers any more.
    closed: Cell<bool>,
}

impl LeasePool {
    /// Maps the pool; all buffers are free and published.
    pub(crate) fn new(buffers_count: u16, buffer_bytes: u32) -> Result<Rc<LeasePool>, Errno> {
        assert!(buffers_count.is_power_of_two());
        assert!(buffers_count <= BUFFERS_COUNT_MAX);
        assert!(buffer_bytes > 0);
        let entries_bytes = usize::from(buffers_count) * size_of::<Entry>();
        let buffers_offset = entries_bytes.next_multiple_of(PAGE_BYTES);
        let mapping_bytes = buffers_offset + usize::from(buffers_count) * buffer_bytes as usize;
        let mapping = map(mapping_bytes)?;
        let pool = LeasePool {
            mapping,
            mapping_bytes,
            buffers_offset,
            buffer_bytes,
            buffers_count,
            tail: Cell::new(0),
            published: Cell::new(0),
            leased_count: Cell::new(0),
            closed: Cell::new(false),
        };
        for id in 0..buffers_count {
            pool.offer(id);
        }
        pool.publish();
        Ok(Rc::new(pool))
    }

    /// Where the ring of free buffers starts, for registration.
    pub(crate) fn entries_address(&self) -> u64 {
        self.mapping as u64
    }

    pub(crate) fn buffers_count(&self) -> u16 {
        self.buffers_count
    }

    pub(crate) fn buffer_bytes(&self) -> u32 {
        self.buffer_bytes
    }

    /// Buffers which the kernel may take, as far as reaped completions tell.
    pub(crate) fn free_count(&self) -> u16 {
        self.buffers_count - self.leased_count.get()
    }

    /// Takes over a buffer that the kernel has filled with `bytes_count` bytes.
    pub(crate) fn lease(self: &Rc<Self>, id: u16, bytes_count: u32) -> Lease {
        assert!(id < self.buffers_count);
        assert!(bytes_count <= self.buffer_bytes);
        assert!(self.leased_count.get() < self.buffers_count);
        self.leased_count.set(self.leased_count.get() + 1);
        Lease {
            pool: Rc::clone(self),
            id,
            bytes_count,
        }
    }

    /// Tells the kernel of all buffers given back since the last time.
    pub(crate) fn publish(&self) {
        if self.published.get() == self.tail.get() {
            return;
        }
        self.published.set(self.tail.get());
        // SAFETY: the tail lies inside the first entry of the mapping, which lives as long as self.
        let address = unsafe { self.mapping.add(TAIL_OFFSET) };
        // SAFETY: two aligned bytes (offset 14 of a page) that only this thread writes; the kernel
        // reads them. The reference ends with this statement.
        let tail = unsafe { AtomicU16::from_ptr(address.cast()) };
        tail.store(self.tail.get(), Ordering::Release);
    }

    /// No kernel looks at this pool any more; leases still out keep their bytes.
    pub(crate) fn close(&self) {
        self.closed.set(true);
    }

    fn give_back(&self, id: u16) {
        assert!(self.leased_count.get() > 0);
        self.leased_count.set(self.leased_count.get() - 1);
        if !self.closed.get() {
            self.offer(id);
        }
    }

    /// Writes one entry behind the tail. `reserved` stays untouched: entry 0 has the tail there.
    fn offer(&self, id: u16) {
        let slot = usize::from(self.tail.get() & (self.buffers_count - 1));
        let address = self.buffer(id) as u64;
        // SAFETY: slot < buffers_count, so the entry lies in the first part of the mapping.
        let entry = unsafe { self.mapping.cast::<Entry>().add(slot) };
        // SAFETY: a field of a mapped, aligned entry which the kernel does not read before publish:
        // there are never more entries offered than buffers exist.
        unsafe { (*entry).address = address };
        // SAFETY: as above.
        unsafe { (*entry).bytes = self.buffer_bytes };
        // SAFETY: as above.
        unsafe { (*entry).id = id };
        self.tail.set(self.tail.get().wrapping_add(1));
    }

    fn buffer(&self, id: u16) -> *mut u8 {
        assert!(id < self.buffers_count);
        let offset = self.buffers_offset + usize::from(id) * self.buffer_bytes as usize;
        // SAFETY: id < buffers_count, so the buffer lies in the second part of the mapping.
        unsafe { self.mapping.add(offset) }
    }
}

impl Drop for LeasePool {
    fn drop(&mut self) {
        assert!(self.leased_count.get() == 0);
        // SAFETY: our own mapping, and the last owner is gone: the ring is closed, no lease is out.
        let result = unsafe { libc::munmap(self.mapping.cast(), self.mapping_bytes) };
        assert!(result == 0);
    }
}

/// Bytes the kernel has read into a buffer of the pool. Dropping it gives the buffer back.
///
/// ```compile_fail
/// fn send<T: Send>() {}
/// send::<coring_uring::Lease>(); // a lease stays on the thread of its ring
/// ```
pub struct Lease {
    pool: Rc<LeasePool>,
    id: u16,
    bytes_count: u32,
}

impl std::ops::Deref for Lease {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        let address = self.pool.buffer(self.id);
        // SAFETY: bytes_count <= buffer_bytes (asserted by lease), the pool keeps the mapping
        // alive, and the kernel writes a buffer only between offer and the completion that made
        // this lease.
        unsafe { std::slice::from_raw_parts(address, self.bytes_count as usize) }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.pool.give_back(self.id);
    }
}

// SAFETY: the pool's mapping does not move and outlives the lease; bytes_count is fixed; nobody
// writes the buffer before the lease is dropped.
unsafe impl coring_buf::Stable for Lease {
    fn address(&self) -> *const u8 {
        self.pool.buffer(self.id)
    }

    fn bytes_count(&self) -> usize {
        self.bytes_count as usize
    }
}

fn map(bytes: usize) -> Result<*mut u8, Errno> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a fresh anonymous mapping touches no memory of ours.
    let mapping = unsafe { libc::mmap(std::ptr::null_mut(), bytes, access, flags, -1, 0) };
    if mapping == libc::MAP_FAILED {
        return Err(Errno::last());
    }
    // The kernel holds the first pages: a forked child must not share them copy-on-write.
    // SAFETY: the range is exactly the mapping just made.
    let advised = unsafe { libc::madvise(mapping, bytes, libc::MADV_DONTFORK) };
    assert!(advised == 0);
    Ok(mapping.cast())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_go_out_and_come_back() {
        let pool = LeasePool::new(4, 64).unwrap();
        assert_eq!(pool.free_count(), 4);
        let leases: Vec<Lease> = (0..4).map(|id| pool.lease(id, 64)).collect();
        assert_eq!(pool.free_count(), 0);
        assert!(leases.iter().all(|lease| **lease == [0; 64]));
        drop(leases);
        assert_eq!(pool.free_count(), 4);
        assert_eq!((pool.published.get(), pool.tail.get()), (4, 8));
        pool.publish();
        assert_eq!(pool.published.get(), 8);
    }

    #[test]
    fn lease_outlives_the_closed_pool() {
        let pool = LeasePool::new(1, 16).unwrap();
        let lease = pool.lease(0, 3);
        pool.close();
        drop(pool);
        assert_eq!(&lease[..], [0, 0, 0]);
    }

    #[test]
    #[should_panic]
    fn kernel_cannot_have_filled_more_than_a_buffer() {
        let pool = LeasePool::new(1, 16).unwrap();
        std::mem::forget(pool.lease(0, 17));
    }
}
