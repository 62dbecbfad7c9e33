//! The contract between the kernel's fence and V8's: memory which the kernel may hold.
//!
//! `coring-uring` hands addresses to the kernel, `coring-engine` owns the memory of JS buffers,
//! and neither may know the other. Both know these two traits. Nothing here does I/O.
//!
//! The traits speak in raw addresses, never in slices: a JS program may read or write the same
//! bytes while the kernel does, and a Rust reference to such memory would be a lie.

use std::rc::Rc;

/// Memory the kernel may read from.
///
/// # Safety
///
/// From the first call of [`address`](Stable::address) until the value is dropped:
/// `address` returns the same pointer, `bytes_count` the same number, and all those bytes stay
/// mapped and readable, wherever the value itself is moved to. Another writer may change the
/// bytes (a JS program does); it must never unmap or shorten them.
pub unsafe trait Stable: 'static {
    /// The first byte. May dangle when `bytes_count` is zero.
    fn address(&self) -> *const u8;

    /// How many bytes, from `address` on, the kernel may touch.
    fn bytes_count(&self) -> usize;
}

/// Memory the kernel may write to.
///
/// # Safety
///
/// As [`Stable`], and the bytes are writable, and no Rust reference to them lives while the
/// value does.
pub unsafe trait StableMut: Stable {
    /// The first byte, equal to [`Stable::address`].
    fn address_mut(&mut self) -> *mut u8;
}

// SAFETY: a boxed slice owns one heap block that moves neither with the box nor before its drop.
unsafe impl Stable for Box<[u8]> {
    fn address(&self) -> *const u8 {
        self.as_ptr()
    }

    fn bytes_count(&self) -> usize {
        self.len()
    }
}

// SAFETY: as above; the box is the only owner, so nobody else refers to the bytes.
unsafe impl StableMut for Box<[u8]> {
    fn address_mut(&mut self) -> *mut u8 {
        self.as_mut_ptr()
    }
}

// SAFETY: the counted block does not move, and while it is shared nobody may write it.
unsafe impl Stable for Rc<[u8]> {
    fn address(&self) -> *const u8 {
        self.as_ptr()
    }

    fn bytes_count(&self) -> usize {
        self.len()
    }
}

// SAFETY: static bytes are never unmapped.
unsafe impl Stable for &'static [u8] {
    fn address(&self) -> *const u8 {
        self.as_ptr()
    }

    fn bytes_count(&self) -> usize {
        self.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_survives_moves() {
        let boxed: Box<[u8]> = vec![7; 4096].into_boxed_slice();
        let before = boxed.address();
        let mut moved: Box<dyn StableMut> = Box::new(boxed);
        assert_eq!(moved.address(), before);
        assert_eq!(moved.address_mut().cast_const(), before);
        assert_eq!(moved.bytes_count(), 4096);
    }
}
