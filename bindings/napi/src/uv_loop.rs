//! Of libuv's loop what addons use most: handles that wake it from any thread, and work for other
//! threads. The loop itself is the isolate's own; `uv_loop_t` is a place without content.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::boundary::Out;
use crate::host::{Arrival, Arrivals, Loop};
use crate::status::Status;

/// Bytes of `uv_loop_t`; the first word is the addon's.
const LOOP_WORDS: usize = 106;

/// `UV_ASYNC`, `UV_WORK`, and error codes, which are negated numbers of errno(3).
const ASYNC_KIND: c_int = 1;
const WORK_KIND: c_int = 7;
const EINVAL: c_int = -22;
const EAGAIN: c_int = -11;
const EBUSY: c_int = -16;
const ECANCELED: c_int = -125;

type AsyncCallback = unsafe extern "C" fn(*mut AsyncHandle);
type CloseCallback = unsafe extern "C" fn(*mut AsyncHandle);
type WorkCallback = unsafe extern "C" fn(*mut WorkRequest);
type AfterWork = unsafe extern "C" fn(*mut WorkRequest, c_int);

/// `uv_async_t`, which begins as every `uv_handle_t`.
#[repr(C)]
pub struct AsyncHandle {
    data: *mut c_void,
    owner: *mut c_void,
    kind: c_int,
    close: Option<CloseCallback>,
    private: [*mut c_void; 7],
    flags: u32,
    callback: Option<AsyncCallback>,
    /// Ours: a count of the `Sender`.
    sender: *const Sender,
    number: u64,
    pending: c_int,
}

const _: () = assert!(size_of::<AsyncHandle>() == 128);

/// `uv_work_t`.
#[repr(C)]
pub struct WorkRequest {
    data: *mut c_void,
    kind: c_int,
    reserved: [*mut c_void; 6],
    owner: *mut c_void,
    work: Option<WorkCallback>,
    after: Option<AfterWork>,
    /// Ours.
    number: u64,
    private: [*mut c_void; 4],
}

const _: () = assert!(size_of::<WorkRequest>() == 128);

/// What any thread needs of a handle to wake the loop.
pub struct Sender {
    number: u64,
    is_sent: AtomicBool,
    arrivals: Arc<Arrivals>,
}

/// What a number stands for.
#[derive(Clone)]
enum Item {
    Async {
        handle: *mut AsyncHandle,
        sender: Arc<Sender>,
        keeps_alive: bool,
    },
    Work {
        request: *mut WorkRequest,
        state: Arc<AtomicU8>,
    },
}

/// Of the time between queueing and completion.
const QUEUED: u8 = 0;
const RUNNING: u8 = 1;
const CANCELLED: u8 = 2;

/// What addons have of libuv's in one isolate.
#[derive(Default)]
pub struct Uv {
    place: OnceCell<Box<[Cell<usize>; LOOP_WORDS]>>,
    items: RefCell<BTreeMap<u64, Item>>,
    given_count: Cell<u64>,
    closing: RefCell<Vec<*mut AsyncHandle>>,
    pub works_count: Cell<usize>,
}

impl Uv {
    fn insert(&self, number: u64, item: Item) {
        self.items.borrow_mut().insert(number, item);
    }

    fn next_number(&self) -> u64 {
        self.given_count.set(self.given_count.get() + 1);
        self.given_count.get()
    }

    pub fn is_closing(&self) -> bool {
        !self.closing.borrow().is_empty()
    }

    fn set_keeps_alive(&self, number: u64, wanted: bool, current: &Loop) {
        let mut items = self.items.borrow_mut();
        let Some(Item::Async { keeps_alive, .. }) = items.get_mut(&number) else {
            return;
        };
        match (std::mem::replace(keeps_alive, wanted), wanted) {
            (false, true) => current.keep_alive(),
            (true, false) => current.let_go(),
            (false, false) | (true, true) => {}
        }
    }
}

/// Another thread has sent to a handle, or has done work.
pub fn receive(number: u64) {
    let Some(current) = Loop::current() else {
        return;
    };
    let item = current.uv.items.borrow().get(&number).cloned();
    match item {
        Some(Item::Async { handle, sender, .. }) => {
            sender.is_sent.store(false, Ordering::Release);
            // SAFETY: the addon keeps a handle in its place until it is closed, and then it is not
            // in the list.
            if let Some(callback) = unsafe { (*handle).callback } {
                // SAFETY: the addon gave the function to be called so.
                unsafe { callback(handle) };
            }
        }
        Some(Item::Work { request, state }) => {
            current.uv.items.borrow_mut().remove(&number);
            current
                .uv
                .works_count
                .set(current.uv.works_count.get().saturating_sub(1));
            current.let_go();
            let status = match state.load(Ordering::Acquire) {
                CANCELLED => ECANCELED,
                _ => 0,
            };
            // SAFETY: the addon keeps a request in its place until this call.
            if let Some(after) = unsafe { (*request).after } {
                // SAFETY: the addon gave the function to be called so.
                unsafe { after(request, status) };
            }
        }
        None => {}
    }
}

/// The close phase of handles.
pub fn close_handles(current: &Loop) {
    for handle in current.uv.closing.take() {
        // SAFETY: the addon keeps a handle in its place until this call.
        let close = unsafe { (*handle).close };
        if let Some(close) = close {
            // SAFETY: the addon gave the function to be called so.
            unsafe { close(handle) };
        }
    }
}

exports! {
    /// The loop, for functions that ask for one.
    basic fn napi_get_uv_event_loop(result: Out<*mut c_void>) |_env| {
        let result = result.required()?;
        let current = Loop::current().ok_or(Status::GenericFailure)?;
        let place = current.uv.place.get_or_init(|| Box::new([const { Cell::new(0) }; LOOP_WORDS]));
        result.set(std::ptr::from_ref::<[Cell<usize>; LOOP_WORDS]>(place).cast_mut().cast());
        Ok(())
    };
}

/// A handle that wakes the loop.
///
/// # Safety
/// As libuv documents the arguments; on the loop's thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uv_async_init(
    owner: *mut c_void,
    handle: *mut AsyncHandle,
    callback: Option<AsyncCallback>,
) -> c_int {
    // SAFETY: the addon gives room for a handle.
    let (Some(current), Some(place)) = (Loop::current(), unsafe { handle.as_mut() }) else {
        return EINVAL;
    };
    let number = current.uv.next_number();
    let sender = Arc::new(Sender {
        number,
        is_sent: AtomicBool::new(false),
        arrivals: current.arrivals.clone(),
    });
    place.owner = owner;
    place.kind = ASYNC_KIND;
    place.close = None;
    place.flags = 0;
    place.callback = callback;
    place.number = number;
    place.sender = Arc::into_raw(sender.clone());
    place.pending = 0;
    let keeps_alive = true;
    current.uv.insert(
        number,
        Item::Async {
            handle,
            sender,
            keeps_alive,
        },
    );
    current.keep_alive();
    0
}

/// Has the loop call the handle's function; several calls may become one.
///
/// # Safety
/// The handle is not closed; on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uv_async_send(handle: *mut AsyncHandle) -> c_int {
    // SAFETY: as above.
    let sender = unsafe { (*handle).sender };
    // SAFETY: the handle has a count of it until it is closed.
    let sender = unsafe { &*sender };
    if !sender.is_sent.swap(true, Ordering::AcqRel) {
        sender.arrivals.push(Arrival::Uv(sender.number));
    }
    0
}

/// Closes a handle; `close` is called in the close phase.
///
/// # Safety
/// A handle of `uv_async_init`, not closed yet; on the loop's thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uv_close(handle: *mut AsyncHandle, close: Option<CloseCallback>) {
    // SAFETY: as above.
    let (Some(current), Some(place)) = (Loop::current(), unsafe { handle.as_mut() }) else {
        return;
    };
    current.uv.set_keeps_alive(place.number, false, &current);
    if current
        .uv
        .items
        .borrow_mut()
        .remove(&place.number)
        .is_none()
    {
        return;
    }
    // SAFETY: the count that `uv_async_init` gave the handle; the number is in the list only once.
    drop(unsafe { Arc::from_raw(place.sender) });
    place.close = close;
    current.uv.closing.borrow_mut().push(handle);
    coring_engine::guest::set_immediate(Box::new(|| {
        if let Some(current) = Loop::current() {
            close_handles(&current);
        }
    }));
}

/// The loop goes on for the handle.
///
/// # Safety
/// As for `uv_close`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uv_ref(handle: *mut AsyncHandle) {
    // SAFETY: as above.
    let number = unsafe { (*handle).number };
    if let Some(current) = Loop::current() {
        current.uv.set_keeps_alive(number, true, &current);
    }
}

/// The loop need not go on for it.
///
/// # Safety
/// As for `uv_close`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uv_unref(handle: *mut AsyncHandle) {
    // SAFETY: as above.
    let number = unsafe { (*handle).number };
    if let Some(current) = Loop::current() {
        current.uv.set_keeps_alive(number, false, &current);
    }
}

/// A request on its way to another thread.
struct Call {
    request: *mut WorkRequest,
    work: WorkCallback,
}

// SAFETY: by libuv's contract the function may run on another thread with this request.
unsafe impl Send for Call {}

impl Call {
    fn run(self) {
        // SAFETY: as above; the addon gave the function to be called so.
        unsafe { (self.work)(self.request) };
    }
}

/// Has another thread call `work`, and then this one `after`.
///
/// # Safety
/// As libuv documents the arguments; on the loop's thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uv_queue_work(
    owner: *mut c_void,
    request: *mut WorkRequest,
    work: Option<WorkCallback>,
    after: Option<AfterWork>,
) -> c_int {
    // SAFETY: the addon gives room for a request.
    let place = unsafe { request.as_mut() };
    let (Some(current), Some(place), Some(work)) = (Loop::current(), place, work) else {
        return EINVAL;
    };
    let number = current.uv.next_number();
    let state = Arc::new(AtomicU8::new(QUEUED));
    place.kind = WORK_KIND;
    place.owner = owner;
    place.work = Some(work);
    place.after = after;
    place.number = number;
    let (arrivals, begun) = (current.arrivals.clone(), state.clone());
    let call = Call { request, work };
    let job = Box::new(move || {
        let (from, to) = (QUEUED, RUNNING);
        if begun
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
        {
            call.run();
            arrivals.push(Arrival::Uv(number));
        }
    });
    if !current.run_in_lane(job) {
        return EAGAIN;
    }
    current.uv.insert(number, Item::Work { request, state });
    current.uv.works_count.set(current.uv.works_count.get() + 1);
    current.keep_alive();
    0
}

/// Takes back work that has not begun.
///
/// # Safety
/// A request that was queued; on the loop's thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uv_cancel(request: *mut WorkRequest) -> c_int {
    // SAFETY: as above.
    let (Some(current), Some(place)) = (Loop::current(), unsafe { request.as_ref() }) else {
        return EINVAL;
    };
    let items = current.uv.items.borrow();
    let Some(Item::Work { state, .. }) = items.get(&place.number) else {
        return EINVAL;
    };
    let (from, to) = (QUEUED, CANCELLED);
    match state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => current.arrivals.push(Arrival::Uv(place.number)),
        Err(_) => return EBUSY,
    }
    0
}
