//! libcrypto's objects as Rust owns them: freed when dropped, by their own function.

use std::ptr::NonNull;

use crate::{Failure, Result};

/// An object of libcrypto and how it is freed.
pub(crate) trait Release {
    /// `object` is not used again.
    fn release(object: NonNull<Self>);
}

/// The one owner of an object of libcrypto.
pub(crate) struct Owned<T: Release>(NonNull<T>);

// SAFETY: objects of libcrypto belong to no thread. Each has one owner, but for keys, whose owners
// share one that nobody changes: libcrypto counts them atomically and locks what it keeps inside.
unsafe impl<T: Release> Send for Owned<T> {}

impl<T: Release> Owned<T> {
    /// What a `_new` function gave; null means that there was no memory, or what its queue says.
    pub(crate) fn of(object: *mut T) -> Result<Owned<T>> {
        match NonNull::new(object) {
            Some(object) => Ok(Owned(object)),
            None => Err(Failure::of_queue("Out of memory")),
        }
    }

    pub(crate) fn as_ptr(&self) -> *const T {
        self.0.as_ptr()
    }

    /// Gives the object to somebody else, who will free it.
    pub(crate) fn into_raw(self) -> *mut T {
        let object = self.0.as_ptr();
        std::mem::forget(self);
        object
    }

    pub(crate) fn as_mut_ptr(&mut self) -> *mut T {
        self.0.as_ptr()
    }
}

impl<T: Release> Drop for Owned<T> {
    fn drop(&mut self) {
        T::release(self.0);
    }
}

/// `release!(EVP_MD_CTX, EVP_MD_CTX_free)`: the object and its own function.
macro_rules! release {
    ($object:ident, $free:ident) => {
        impl crate::owned::Release for aws_lc_sys::$object {
            fn release(object: std::ptr::NonNull<Self>) {
                // SAFETY: the object came from its `_new` function and is given back once.
                unsafe { aws_lc_sys::$free(object.as_ptr()) };
            }
        }
    };
}
pub(crate) use release;
