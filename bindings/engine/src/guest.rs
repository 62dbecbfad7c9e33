//! For crate coring-napi, which calls V8 itself: its place in the turn and at the isolate's end,
//! and what it must know of the realm. It is called on the isolate's own thread.

use std::cell::{Cell, RefCell};

use crate::{builtin, error, realm, store, young};

/// Something to do once, outside of any op. It opens its own handle scope.
pub type Task = Box<dyn FnOnce()>;

/// What native code of this isolate has asked for.
#[derive(Default)]
pub(crate) struct Wishes {
    immediates: RefCell<Vec<Task>>,
    /// In the order in which they were asked for; they run in the reverse one.
    ends: RefCell<Vec<Task>>,
    is_ending: Cell<bool>,
}

impl Wishes {
    pub(crate) fn has_immediates(&self) -> bool {
        !self.immediates.borrow().is_empty()
    }

    /// Those that are queued now; what they queue waits for the next check phase, as in Node.
    pub(crate) fn run_immediates(&self) {
        for task in self.immediates.take() {
            task();
        }
    }

    /// Drops what will not run any more.
    pub(crate) fn clear(&self) {
        self.immediates.take();
    }

    /// The next task of the isolate's end. JavaScript runs no more.
    pub(crate) fn next_end(&self) -> Option<Task> {
        self.is_ending.set(true);
        self.ends.borrow_mut().pop()
    }
}

/// Runs `task` in the next check phase, before the immediates of JavaScript. The loop stays alive
/// until then.
pub fn set_immediate(task: Task) {
    realm::current().guest.immediates.borrow_mut().push(task);
}

/// Runs `task` when this thread's isolate ends, before V8's objects go.
pub fn at_end(task: Task) {
    realm::current().guest.ends.borrow_mut().push(task);
}

/// May JavaScript run in this thread's isolate?
pub fn may_run_js() -> bool {
    let realm = realm::current();
    realm.ending.get().is_none() && !realm.guest.is_ending.get()
}

/// Hands an exception that nothing on the stack can catch to the program's handlers. When there
/// are none, JavaScript ends.
pub fn uncaught(scope: &mut v8::PinScope, exception: v8::Local<v8::Value>) {
    let message = v8::Exception::create_message(scope, exception);
    let verdict = error::uncaught(scope, realm::current(), exception, Some(message), false);
    if verdict.is_err() {
        scope.terminate_execution();
    }
}

/// `Buffer.prototype`. None: it cannot be loaded.
pub fn buffer_prototype<'s>(scope: &v8::PinScope<'s, '_>) -> Option<v8::Local<'s, v8::Value>> {
    builtin::buffer_prototype(scope)
}

/// An ArrayBuffer of zeros. None: there is not so much memory.
pub fn array_buffer<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    bytes_count: usize,
) -> Option<v8::Local<'s, v8::ArrayBuffer>> {
    if !store::may_have(bytes_count) {
        return None;
    }
    young::collect_if_due(scope);
    Some(v8::ArrayBuffer::new(scope, bytes_count))
}
