//! Memory of a JavaScript buffer that somebody outside may read from after the op is over: the
//! kernel, for a send that takes long. It keeps the memory alive; JavaScript may still change it.

use coring_buf::Stable;

/// A part of a buffer's memory.
pub struct Held {
    /// Owns the memory, together with the buffer if that lives on.
    _store: v8::SharedRef<v8::BackingStore>,
    address: *const u8,
    count: usize,
}

impl Held {
    /// The bytes of `store` at `address`; None if JavaScript may shorten its buffer in place.
    pub(crate) fn new(
        store: v8::SharedRef<v8::BackingStore>,
        address: *const u8,
        count: usize,
    ) -> Option<Held> {
        (!store.is_resizable_by_user_javascript()).then_some(Held {
            _store: store,
            address,
            count,
        })
    }
}

// SAFETY: the address lies in the store's memory, which is neither moved nor unmapped before the
// last reference to the store is gone: transferring or detaching a buffer hands the store on, and
// only resizable ones shrink in place, which `new` refuses.
unsafe impl Stable for Held {
    fn address(&self) -> *const u8 {
        self.address
    }

    fn bytes_count(&self) -> usize {
        self.count
    }
}
