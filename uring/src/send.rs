//! Pages for outgoing bytes: growable, pooled per ring, so that a send allocates nothing.
//!
//! A page is filled by its holder, given to [`Op::Send`](crate::Op::Send), kept by the flight until
//! the kernel is done, and then falls back into the pool. Dropping it early does the same.

use std::cell::RefCell;
use std::rc::Rc;

/// A page that grew past this multiple of the starting capacity is freed instead of pooled: one
/// large answer must not be paid for ever after.
const GROWTH_KEPT_MAX: usize = 16;

/// Pages waiting to be used anew.
pub(crate) struct PagePool {
    free: RefCell<Vec<Vec<u8>>>,
    pages_max: usize,
    page_bytes: usize,
}

impl PagePool {
    pub(crate) fn new(pages_max: usize, page_bytes: usize) -> Rc<PagePool> {
        assert!(page_bytes > 0);
        Rc::new(PagePool {
            free: RefCell::new(Vec::new()),
            pages_max,
            page_bytes,
        })
    }

    pub(crate) fn page(self: &Rc<Self>) -> SendPage {
        let pooled = self.free.borrow_mut().pop();
        let bytes = pooled.unwrap_or_else(|| Vec::with_capacity(self.page_bytes));
        assert!(bytes.is_empty());
        SendPage {
            bytes,
            pool: Some(Rc::clone(self)),
        }
    }

    fn give_back(&self, mut bytes: Vec<u8>) {
        let capacity = bytes.capacity();
        if capacity == 0 || capacity > self.page_bytes * GROWTH_KEPT_MAX {
            return;
        }
        let mut free = self.free.borrow_mut();
        if free.len() < self.pages_max {
            bytes.clear();
            free.push(bytes);
        }
    }
}

/// Bytes on their way out. Dereferences to what was written so far.
pub struct SendPage {
    bytes: Vec<u8>,
    pool: Option<Rc<PagePool>>,
}

impl SendPage {
    /// A page made of bytes that already exist; it is freed after the send, not pooled.
    pub fn of(bytes: Vec<u8>) -> SendPage {
        SendPage { bytes, pool: None }
    }

    /// No bytes and no memory: for [`Op::SendHeld`](crate::Op::SendHeld) of held pieces alone.
    pub fn empty() -> SendPage {
        SendPage::of(Vec::new())
    }

    #[inline]
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    #[inline]
    pub fn push(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub fn reserve(&mut self, more_bytes: usize) {
        self.bytes.reserve(more_bytes);
    }

    /// Drops bytes from the front: they were sent by other means.
    pub fn consume(&mut self, bytes_count: usize) {
        self.bytes.drain(..bytes_count);
    }

    pub fn truncate(&mut self, bytes_count: usize) {
        self.bytes.truncate(bytes_count);
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    /// The vector itself, for writers that append by other means than a slice.
    pub fn as_mut_vec(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

// SAFETY: nobody appends to a page that is shared as `Stable`, so its vector keeps its memory.
unsafe impl coring_buf::Stable for SendPage {
    fn address(&self) -> *const u8 {
        self.bytes.as_ptr()
    }

    fn bytes_count(&self) -> usize {
        self.bytes.len()
    }
}

impl std::ops::Deref for SendPage {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl std::io::Write for SendPage {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Drop for SendPage {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.take() {
            pool.give_back(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_back_empty_and_within_bounds() {
        let pool = PagePool::new(2, 64);
        let mut pages: Vec<SendPage> = (0..3).map(|_| pool.page()).collect();
        pages
            .iter_mut()
            .for_each(|page| page.extend_from_slice(b"bytes"));
        drop(pages);
        assert_eq!(pool.free.borrow().len(), 2, "the third is past pages_max");
        assert!(pool.page().is_empty());

        let mut grown = pool.page();
        grown.reserve(64 * GROWTH_KEPT_MAX + 1);
        drop(grown);
        assert_eq!(pool.free.borrow().len(), 1, "a grown page is not kept");
        drop(SendPage::of(vec![1; 64]));
        assert_eq!(pool.free.borrow().len(), 1, "foreign bytes are not kept");
    }
}
