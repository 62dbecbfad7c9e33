//! The page: one `Int32Array` that native and JavaScript share, for numbers only.
//!
//! ```text
//! word 0..4095   up to 1024 entries of four words: kind, handle, a, b
//! word 4096      cursor: index of the entry after the one being run
//! word 4097      1 when the nextTick queue is not empty
//! word 4098      1 when unhandled rejections wait to be looked at
//! word 4099      immediates queued: > 0 so many that keep the loop alive, < 0 only others, 0 none
//! ```

use std::cell::Cell;

pub(crate) const ENTRIES_MAX: usize = 1024;
const WORDS: usize = ENTRIES_MAX * 4 + 4;
pub(crate) const CURSOR: usize = 4096;
pub(crate) const TICKS: usize = 4097;
pub(crate) const REJECTIONS: usize = 4098;
pub(crate) const IMMEDIATES: usize = 4099;

pub(crate) struct Page {
    store: v8::SharedRef<v8::BackingStore>,
}

impl Page {
    pub(crate) fn new() -> Page {
        let bytes = vec![0u8; WORDS * 4];
        let store = v8::ArrayBuffer::new_backing_store_from_vec(bytes).make_shared();
        Page { store }
    }

    fn words(&self) -> &[Cell<i32>] {
        let data = self
            .store
            .data()
            .expect("the page is not empty")
            .cast::<Cell<i32>>();
        // SAFETY: the store holds WORDS * 4 bytes, is never resized or detached (the buffer is
        // private to lib_js), and an allocation of this size is aligned for i32.
        unsafe { std::slice::from_raw_parts(data.as_ptr(), WORDS) }
    }

    pub(crate) fn get(&self, word: usize) -> i32 {
        self.words()[word].get()
    }

    pub(crate) fn set(&self, word: usize, value: i32) {
        self.words()[word].set(value);
    }

    pub(crate) fn put_entry(&self, index: usize, entry: [i32; 4]) {
        assert!(index < ENTRIES_MAX);
        let words = &self.words()[index * 4..index * 4 + 4];
        for (word, value) in words.iter().zip(entry) {
            word.set(value);
        }
    }

    /// A new view of the page for JavaScript.
    pub(crate) fn view<'s>(&self, scope: &v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Int32Array> {
        let buffer = v8::ArrayBuffer::with_backing_store(scope, &self.store);
        v8::Int32Array::new(scope, buffer, 0, WORDS).expect("the page is well-formed")
    }
}
