//! What one isolate has beside V8's own heap: the functions that native calls, the page, and the
//! natives themselves. One thread has at most one realm, so it is found through a thread-local;
//! nothing outside this crate sees it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ptr;

use crate::op::Binding;
use crate::page::Page;
use crate::sources::Sources;

/// JavaScript values that native code must find again, also after a snapshot was revived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub(crate) enum Root {
    Require,
    Start,
    Deliver,
    ProcessTimers,
    ProcessImmediate,
    ProcessTicks,
    Uncaught,
    BeforeExit,
    Exit,
    HeapLimit,
    PromiseReject,
    PrepareStackTrace,
    ImportDynamically,
    ImportMeta,
    BufferPrototype,
    DataCloneError,
    WasmStreaming,
}

pub(crate) const ROOTS_COUNT: usize = Root::WasmStreaming as usize + 1;

/// Why JavaScript was ended from outside. Nothing runs in the isolate after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// `process.exit` or an uncaught error, with the exit code.
    Exit(i32),
    /// An uncaught error or rejection; it was printed. The exit code.
    Uncaught(i32),
    /// The heap limit was reached.
    HeapLimit,
    /// Another thread asked for the end of this core.
    Terminated,
}

pub(crate) struct Realm {
    pub(crate) roots: RefCell<Vec<Option<v8::Global<v8::Value>>>>,
    pub(crate) page: Page,
    pub(crate) ending: Cell<Option<Ending>>,
    /// `process.exit` leaves the process at once when set: a lone core as Node, unlike one of many.
    pub(crate) modules: RefCell<crate::module::Modules>,
    /// Object templates by name. V8 never forgets what it has made of a template, so none is made
    /// twice.
    templates: RefCell<HashMap<&'static str, v8::Global<v8::ObjectTemplate>>>,
    pub(crate) sources: Sources,
    pub(crate) bindings: &'static [Binding],
    /// Library files compiled so far; None when nobody will ask.
    pub(crate) compiled: RefCell<Option<crate::library_code::Compiled>>,
    /// The natives as `*mut N`; typed again by `Isolate<N>` and the ops it registers.
    pub(crate) natives: Cell<*mut ()>,
    pub(crate) natives_borrowed: Cell<bool>,
    pub(crate) heap_limit_reached: Cell<bool>,
    pub(crate) young_bytes_max: Cell<usize>,
    pub(crate) unwinds_count: Cell<u32>,
    pub(crate) snapshots: crate::heap::Snapshots,
    /// How much more room there is since.
    pub(crate) heap_extra_bytes: Cell<usize>,
    pub(crate) parcels: RefCell<crate::message::Parcels>,
    pub(crate) interrupted: RefCell<Option<crate::remote::Interrupted>>,
    pub(crate) collections: crate::builtin::gc::Log,
    pub(crate) collector: crate::young::Collector,
    pub(crate) promise_hooks: RefCell<crate::builtin::async_context::PromiseHooks>,
    /// The private name of transfer modes, once asked for.
    pub(crate) transfer_mode: RefCell<Option<v8::Global<v8::Private>>>,
    /// V8's tasks for this thread.
    pub(crate) tasks: RefCell<Option<std::sync::Arc<crate::tasks::Queue>>>,
    pub(crate) answers: RefCell<crate::builtin::answers::Answers>,
    /// What native code that calls V8 itself has asked for.
    pub(crate) guest: crate::guest::Wishes,
    /// The isolate's main context.
    pub(crate) context: RefCell<Option<v8::Global<v8::Context>>>,
}

impl Realm {
    pub(crate) fn new(sources: Sources, bindings: &'static [Binding]) -> Box<Realm> {
        Box::new(Realm {
            roots: RefCell::new((0..ROOTS_COUNT).map(|_| None).collect()),
            page: Page::new(),
            ending: Cell::new(None),
            modules: RefCell::default(),
            templates: RefCell::default(),
            sources,
            bindings,
            compiled: RefCell::new(None),
            natives: Cell::new(ptr::null_mut()),
            natives_borrowed: Cell::new(false),
            heap_limit_reached: Cell::new(false),
            young_bytes_max: Cell::new(0),
            unwinds_count: Cell::new(0),
            snapshots: Default::default(),
            heap_extra_bytes: Cell::new(0),
            parcels: RefCell::default(),
            interrupted: RefCell::default(),
            collections: Default::default(),
            collector: RefCell::default(),
            promise_hooks: RefCell::default(),
            transfer_mode: RefCell::default(),
            tasks: RefCell::default(),
            answers: RefCell::default(),
            guest: Default::default(),
            context: RefCell::default(),
        })
    }

    /// Lets go of V8's objects, before the isolate ends.
    pub(crate) fn clear(&self) {
        self.roots.borrow_mut().clear();
        self.modules.borrow_mut().clear();
        self.templates.borrow_mut().clear();
        self.guest.clear();
        self.collector.take();
        self.promise_hooks.take();
        self.answers.take();
    }

    pub(crate) fn template<'s>(
        &self,
        scope: &v8::PinScope<'s, '_>,
        name: &'static str,
        fill: fn(&v8::PinScope<'s, '_>, v8::Local<'s, v8::ObjectTemplate>),
    ) -> v8::Local<'s, v8::ObjectTemplate> {
        if let Some(template) = self.templates.borrow().get(name) {
            return v8::Local::new(scope, template);
        }
        let template = v8::ObjectTemplate::new(scope);
        fill(scope, template);
        let kept = v8::Global::new(scope, template);
        self.templates.borrow_mut().insert(name, kept);
        template
    }

    pub(crate) fn set_root(&self, scope: &v8::PinScope, root: Root, value: v8::Local<v8::Value>) {
        self.roots.borrow_mut()[root as usize] = Some(v8::Global::new(scope, value));
    }

    pub(crate) fn root<'s>(
        &self,
        scope: &v8::PinScope<'s, '_>,
        root: Root,
    ) -> Option<v8::Local<'s, v8::Value>> {
        self.roots.borrow()[root as usize]
            .as_ref()
            .map(|global| v8::Local::new(scope, global))
    }

    pub(crate) fn root_function<'s>(
        &self,
        scope: &v8::PinScope<'s, '_>,
        root: Root,
    ) -> Option<v8::Local<'s, v8::Function>> {
        self.root(scope, root)
            .and_then(|value| value.try_cast().ok())
    }
}

thread_local! {
    static REALM: Cell<*const Realm> = const { Cell::new(ptr::null()) };
}

/// Makes `realm` this thread's realm. Panics if there is one already: one thread, one isolate.
pub(crate) fn install(realm: &Realm) {
    REALM.with(|cell| {
        assert!(cell.get().is_null(), "this thread has an isolate already");
        cell.set(realm);
    });
}

pub(crate) fn uninstall() {
    REALM.with(|cell| cell.set(ptr::null()));
}

/// Has this thread an isolate?
pub(crate) fn is_installed() -> bool {
    !REALM.with(Cell::get).is_null()
}

/// This thread's realm. Panics when the thread has no isolate: ops run only inside one.
pub(crate) fn current<'a>() -> &'a Realm {
    let realm = REALM.with(Cell::get);
    assert!(!realm.is_null(), "no isolate on this thread");
    // SAFETY: `Isolate` installs the boxed realm for as long as it lives and uninstalls it before
    // the box is dropped; the reference never leaves a call made from inside that isolate.
    unsafe { &*realm }
}

/// Borrows the natives for one op. Panics if they are borrowed already: ops never nest, because
/// no JavaScript runs while one is borrowed.
pub(crate) fn with_natives<N, R>(act: impl FnOnce(&mut N) -> R) -> R {
    let realm = current();
    assert!(
        !realm.natives_borrowed.replace(true),
        "an op began inside another op"
    );
    let natives = realm.natives.get().cast::<N>();
    assert!(
        !natives.is_null(),
        "no natives: an op was called while a snapshot was built"
    );
    // SAFETY: the pointer comes from `Isolate<N>`, which owns the natives and registers only ops
    // of the same `N`; the flag above keeps the borrow exclusive.
    let result = act(unsafe { &mut *natives });
    realm.natives_borrowed.set(false);
    result
}
