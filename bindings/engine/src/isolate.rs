//! One core's V8 isolate with the natives inside it. The only way in from Rust.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use crate::delivery::Delivery;
use crate::library_code::{self, LibraryCode};
use crate::op::Binding;
use crate::page;
use crate::realm::{self, Ending, ROOTS_COUNT, Realm, Root};
use crate::remote::{self, Interrupted, Remote};
use crate::sources::Sources;
use crate::tasks::{self, Queue};
use crate::value::{FromJs, IntoJs, Js};
use crate::{boot, builtin, debugger, error, heap, module, snapshot, store, young};

/// How an isolate is made.
pub struct IsolateOptions {
    /// The natives of coring's own bindings, in a fixed order (the snapshot depends on it).
    pub bindings: &'static [Binding],
    pub sources: Sources,
    /// A start-up snapshot made by [`crate::snapshot::create`] with the same bindings.
    pub snapshot: Option<&'static [u8]>,
    pub limits: IsolateLimits,
    /// A rehearsal: [`Isolate::library_code`] will be asked for.
    pub keep_library_code: bool,
}

/// Bounds of an isolate's memory in bytes; None: V8's default for this machine.
#[derive(Clone, Copy, Default, Debug)]
pub struct IsolateLimits {
    /// Memory that the isolate may count on. V8 takes half of it for the heap, 4 GiB at most.
    pub memory_bytes: Option<u64>,
    pub old_bytes_max: Option<usize>,
    pub young_bytes_max: Option<usize>,
    pub code_bytes_max: Option<usize>,
    /// Of the thread's stack, from here on; the thread must have so much.
    pub stack_bytes_max: Option<usize>,
}

/// V8 ends the process over a range for code that is not a whole number of its pages
/// (`VirtualMemoryCage::InitReservation`, v8/src/utils/allocation.cc).
const PAGE_BYTES: usize = 256 << 10;

/// kMaximalCodeRangeSize (v8/src/common/globals.h): jumps reach no further.
const CODE_BYTES_MAX: usize = 512 << 20;

/// Tasks that leave tasks behind run so often before the loop goes on.
const TASK_ROUNDS_MAX: usize = 64;

impl IsolateLimits {
    fn set(&self, mut params: v8::CreateParams) -> v8::CreateParams {
        if let Some(bytes) = self.memory_bytes {
            params = params.heap_limits_from_system_memory(bytes, 0);
        }
        if let Some(bytes) = self.old_bytes_max {
            params = params.set_max_old_generation_size_in_bytes(bytes);
        }
        if let Some(bytes) = self.young_bytes_max {
            params = params.set_max_young_generation_size_in_bytes(bytes);
        }
        if let Some(bytes) = self.code_bytes_max {
            let bytes = bytes.min(CODE_BYTES_MAX).next_multiple_of(PAGE_BYTES);
            params = params.set_code_range_size_in_bytes(bytes);
        }
        if let Some(bytes) = self.stack_bytes_max {
            let here = 0u32;
            let limit = std::ptr::from_ref(&here)
                .cast_mut()
                .wrapping_byte_sub(bytes);
            // SAFETY: the address is compared, never read; `stack_bytes_max` says that it lies in
            // this thread's stack, which outlives the isolate.
            params = unsafe { params.set_stack_limit(limit) };
        }
        params
    }
}

/// A V8 isolate, its one context, and `N`, the native state of one core.
pub struct Isolate<N: 'static> {
    // Field order is drop order: handles, then V8, then what V8's last finalisers might touch.
    context: Option<v8::Global<v8::Context>>,
    v8: Option<v8::OwnedIsolate>,
    realm: Box<Realm>,
    natives: *mut N,
    tasks: Arc<Queue>,
}

impl<N: 'static> Isolate<N> {
    /// Revives the snapshot, or boots the library from its sources when there is none.
    ///
    /// # Errors
    /// The text of the exception that the library threw while it booted.
    pub fn new(options: IsolateOptions, natives: N) -> Result<Isolate<N>, String> {
        let realm = Realm::new(options.sources, options.bindings);
        realm::install(&realm);
        if options.keep_library_code {
            realm.compiled.replace(Some(Default::default()));
        }
        let natives = Box::into_raw(Box::new(natives));
        realm.natives.set(natives.cast());
        let references = external_references(options.bindings, &realm.sources);
        let mut params = v8::CreateParams::default().external_references(Cow::Owned(references));
        params = options.limits.set(params);
        let young_bytes_max = params.max_young_generation_size_in_bytes();
        realm.young_bytes_max.set(young_bytes_max);
        params = params.array_buffer_allocator(store::allocator());
        let revive = options.snapshot.is_some();
        if let Some(blob) = options.snapshot {
            params = params.snapshot_blob(v8::StartupData::from(blob));
        }
        let mut v8 = v8::Isolate::new(params);
        configure(&mut v8);
        let tasks = tasks::queue_of(address(&v8));
        *realm.tasks.borrow_mut() = Some(tasks.clone());
        v8.add_message_listener(error::reported);
        heap::guard(&mut v8, &realm);
        young::watch(&mut v8);
        builtin::arm_termination(Some(v8.thread_safe_handle()));
        let context = {
            v8::scope!(let scope, &mut v8);
            let context = match revive {
                true => snapshot::main_context(scope),
                false => v8::Context::new(scope, v8::ContextOptions::default()),
            };
            let scope = &mut v8::ContextScope::new(scope, context);
            if revive {
                revive_roots(scope, &realm);
            } else {
                builtin::devtools::number(scope);
                boot::run(scope, &realm)?;
            }
            crate::microtasks::watch(context);
            v8::Global::new(scope, context)
        };
        *realm.context.borrow_mut() = Some(context.clone());
        Ok(Isolate {
            context: Some(context),
            v8: Some(v8),
            realm,
            natives,
            tasks,
        })
    }

    /// Borrows the natives. Panics inside an op (they are borrowed there already).
    pub fn with<R>(&mut self, act: impl FnOnce(&mut N) -> R) -> R {
        realm::with_natives(act)
    }

    fn v8(&self) -> &v8::OwnedIsolate {
        self.v8.as_ref().expect("the isolate lives until drop")
    }

    /// This isolate for other threads.
    pub fn remote(&self) -> Remote {
        Remote::new(self.v8())
    }

    /// What the isolate does when another thread interrupts it.
    pub fn on_interrupt(&mut self, hook: Interrupted) {
        *self.realm.interrupted.borrow_mut() = Some(hook);
    }

    /// Does what an interrupt would, now; also what debuggers ask for.
    pub fn answer(&mut self) -> Result<(), Ending> {
        let v8 = self.v8.as_mut().expect("the isolate lives until drop");
        remote::answer(v8);
        debugger::hear(v8);
        self.enter(settle)
    }

    /// The program has ended: debuggers that are connected look at it until they go.
    pub fn part(&mut self) {
        if debugger::desk().is_none() {
            return;
        }
        let v8 = self.v8.as_mut().expect("the isolate lives until drop");
        // So that what they ask for can be evaluated.
        v8.cancel_terminate_execution();
        builtin::devtools_remote::part(v8);
    }

    /// Another thread wants this isolate to end, and no JavaScript runs in it.
    pub fn end(&mut self) -> Ending {
        error::end(&self.realm, Ending::Terminated)
    }

    /// Why JavaScript has ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        self.realm.ending.get()
    }

    /// What V8 has compiled of the library, for `LibraryFile::new`. Empty unless it was kept.
    pub fn library_code(&mut self) -> LibraryCode {
        let context = self.context.clone().expect("the isolate lives until drop");
        let v8 = self.v8.as_mut().expect("the isolate lives until drop");
        v8::scope!(let scope, v8);
        let context = v8::Local::new(scope, context);
        let scope = &mut v8::ContextScope::new(scope, context);
        library_code::collect(scope, &self.realm.sources)
    }

    /// V8's code of a CommonJS script, which runs in isolates of the same snapshot and flags.
    ///
    /// # Errors
    /// The text of the exception, if it does not compile.
    pub fn code_cache(&mut self, source: &str, name: &str) -> Result<Vec<u8>, String> {
        let context = self.context.as_ref().expect("the context lives until drop");
        let v8 = self.v8.as_mut().expect("the isolate lives until drop");
        v8::scope_with_context!(let scope, v8, context);
        crate::contextify::code_cache(scope, source, name)
    }

    /// Runs `start(runtime)`: the main program, up to its first return to the loop.
    pub fn start(&mut self, runtime: Js) -> Result<(), Ending> {
        self.enter(|scope, realm| {
            let argument = runtime.into_js(scope);
            call_root(scope, realm, Root::Start, &[argument])?;
            // Once more, and whatever became of the program's first part: Node does so.
            settle(scope, realm)
        })
    }

    /// The absolute time of the next timer in ms after running those that are due:
    /// 0 none, negative when it keeps nothing alive.
    pub fn process_timers(&mut self, now_ms: f64) -> Result<f64, Ending> {
        self.enter(|scope, realm| {
            let argument = v8::Number::new(scope, now_ms).into();
            let next = call_until_done(scope, realm, Root::ProcessTimers, &[argument])?;
            Ok(f64::from_js(scope, next))
        })
    }

    /// The check phase: natives' immediates, then JavaScript's. Skipped at no cost when none is
    /// queued.
    pub fn process_immediates(&mut self) -> Result<(), Ending> {
        if self.realm.guest.has_immediates() {
            self.enter(|scope, realm| {
                realm.guest.run_immediates();
                settle(scope, realm)
            })?;
        }
        if self.realm.page.get(page::IMMEDIATES) == 0 {
            return Ok(());
        }
        self.enter(|scope, realm| {
            call_until_done(scope, realm, Root::ProcessImmediate, &[]).map(|_| ())
        })
    }

    /// Are immediates queued, and does one of them keep the loop alive?
    pub fn immediates(&self) -> (bool, bool) {
        let word = self.realm.page.get(page::IMMEDIATES);
        let of_natives = self.realm.guest.has_immediates();
        (word != 0 || of_natives, word > 0 || of_natives)
    }

    /// Runs what native code wants done before the isolate ends. JavaScript runs no more.
    pub fn wind_up(&mut self) {
        let Some(mut task) = self.realm.guest.next_end() else {
            return;
        };
        let v8 = self.v8.as_mut().expect("the isolate lives until drop");
        let context = self.context.as_ref().expect("the context lives until drop");
        v8::scope_with_context!(let _scope, v8, context);
        loop {
            task();
            match self.realm.guest.next_end() {
                Some(next) => task = next,
                None => return,
            }
        }
    }

    /// Emits `beforeExit`.
    pub fn before_exit(&mut self) -> Result<(), Ending> {
        self.enter(|scope, realm| call_root(scope, realm, Root::BeforeExit, &[]).map(|_| ()))
    }

    /// Emits `exit` and gives the exit code.
    pub fn exit(&mut self) -> Result<i32, Ending> {
        self.enter(|scope, realm| {
            let code = call_root(scope, realm, Root::Exit, &[])?;
            Ok(code.map_or(0, |value| i32::from_js(scope, value)))
        })
    }

    /// Gathers entries with the natives borrowed, then gives them to JavaScript, one turn's page
    /// at a time; nextTicks and microtasks settle after each entry.
    pub fn deliver(
        &mut self,
        gather: impl FnOnce(&mut N, &mut Delivery<'_, '_, '_>),
    ) -> Result<(), Ending> {
        self.enter(|scope, realm| {
            let mut delivery = Delivery::new(scope);
            realm::with_natives(|natives| gather(natives, &mut delivery));
            let (entries, values) = delivery.finish();
            for (entries, values) in entries
                .chunks(page::ENTRIES_MAX)
                .zip(values.chunks(page::ENTRIES_MAX))
            {
                deliver_page(scope, realm, entries, values)?;
            }
            Ok(())
        })
    }

    /// Runs tasks that V8 wants done on this thread now, such as taking in compiled WebAssembly,
    /// and those that they leave behind: V8 tells one FinalizationRegistry after the other so.
    pub fn pump(&mut self) -> Result<(), Ending> {
        for _ in 0..TASK_ROUNDS_MAX {
            let tasks = self.tasks.take_due();
            if tasks.is_empty() {
                break;
            }
            for task in tasks {
                task.run();
            }
            self.enter(settle)?;
        }
        Ok(())
    }

    /// How long until V8 wants something done on this thread; None: nothing that it knows of.
    pub fn next_task_in(&self) -> Option<Duration> {
        self.tasks.next_in()
    }

    /// Has the garbage collector done something that an observer waits for?
    pub fn has_collections(&self) -> bool {
        !self.realm.collections.is_empty()
    }

    /// Is V8 still working in the background on something this thread must wait for?
    pub fn background_tasks(&mut self) -> bool {
        self.v8().has_pending_background_tasks()
    }

    /// Tells the library of the heap limit that has ended JavaScript, so that it can write a
    /// report. There is some room left for that.
    pub fn tell_heap_limit(&mut self) {
        let v8 = self.v8.as_mut().expect("the isolate lives until drop");
        v8.cancel_terminate_execution();
        let context = self.context.as_ref().expect("the context lives until drop");
        v8::scope_with_context!(let scope, v8, context);
        let Some(handler) = self.realm.root_function(scope, Root::HeapLimit) else {
            return;
        };
        let extra = self.realm.heap_extra_bytes.get();
        let limit = scope.get_heap_statistics().heap_size_limit();
        let limit = v8::Number::new(scope, limit.saturating_sub(extra) as f64).into();
        v8::tc_scope!(let catch, scope);
        let receiver = v8::undefined(catch).into();
        // A report that fails must not hide what it is about.
        let _ = handler.call(catch, receiver, &[limit]);
    }

    fn enter<R>(
        &mut self,
        act: impl FnOnce(&mut v8::PinScope<'_, '_>, &Realm) -> Result<R, Ending>,
    ) -> Result<R, Ending> {
        assert!(
            !self.realm.natives_borrowed.get(),
            "JavaScript is entered from inside an op"
        );
        if let Some(ending) = self.realm.ending.get() {
            return Err(ending);
        }
        let v8 = self.v8.as_mut().expect("the isolate lives until drop");
        let context = self.context.as_ref().expect("the context lives until drop");
        v8::scope_with_context!(let scope, v8, context);
        let result = act(scope, &self.realm);
        match self.realm.ending.get() {
            Some(ending) => Err(ending),
            None => result,
        }
    }
}

impl<N: 'static> Drop for Isolate<N> {
    fn drop(&mut self) {
        self.wind_up();
        self.realm.clear();
        *self.realm.interrupted.borrow_mut() = None;
        builtin::close_all();
        *self.realm.transfer_mode.borrow_mut() = None;
        *self.realm.context.borrow_mut() = None;
        self.context = None;
        builtin::arm_termination(None);
        crate::microtasks::forget();
        *self.realm.tasks.borrow_mut() = None;
        // Tasks know their isolate: they go before it, and those that its end leaves after it.
        let address = address(self.v8());
        self.tasks.clear();
        self.v8 = None;
        tasks::forget(address);
        realm::uninstall();
        self.realm.natives.set(std::ptr::null_mut());
        // SAFETY: made by `Box::into_raw` in `new`, freed only here; no op can run any more.
        drop(unsafe { Box::from_raw(self.natives) });
    }
}

/// The address by which V8 names an isolate to its platform.
fn address(v8: &v8::OwnedIsolate) -> usize {
    const { assert!(size_of::<v8::Isolate>() == size_of::<usize>()) };
    let isolate: &v8::Isolate = v8;
    // SAFETY: an `Isolate` is V8's pointer and nothing else, of the size asserted above.
    unsafe { std::mem::transmute_copy(isolate) }
}

/// Settings that every isolate has, also the one that makes the snapshot.
pub(crate) fn configure(v8: &mut v8::OwnedIsolate) {
    v8.set_microtasks_policy(v8::MicrotasksPolicy::Explicit);
    v8.set_promise_reject_callback(error::promise_rejected);
    v8.set_prepare_stack_trace_callback(error::prepare_stack_trace);
    v8.set_host_import_module_dynamically_callback(module::import_dynamically);
    v8.set_host_import_module_with_phase_dynamically_callback(module::import_with_phase);
    v8.set_host_initialize_import_meta_object_callback(module::initialize_import_meta);
    v8.set_wasm_streaming_callback(builtin::wasm_web_api::start);
    v8.set_host_create_shadow_realm_context_callback(crate::contextify::make_shadow_context);
}

/// Everything in a snapshot that is an address of this program, in an order that depends only on
/// the bindings and the library's files.
pub(crate) fn external_references(
    bindings: &[Binding],
    sources: &Sources,
) -> Vec<v8::ExternalReference> {
    let texts = sources.in_place().into_iter().map(|text| {
        let pointer = std::ptr::from_ref(text).cast_mut().cast();
        v8::ExternalReference { pointer }
    });
    let mut references: Vec<v8::ExternalReference> = texts.collect();
    references.push(v8::ExternalReference {
        pointer: builtin::lazy::getter() as *mut std::ffi::c_void,
    });
    for (_, functions) in builtin::tables() {
        for entry in &functions {
            references.push(v8::ExternalReference {
                function: entry.callback,
            });
            refer_to_fast(&mut references, entry.fast);
        }
    }
    for op in bindings.iter().flat_map(|binding| binding.ops) {
        references.push(v8::ExternalReference {
            function: op.callback,
        });
        refer_to_fast(&mut references, op.fast);
    }
    references
}

fn refer_to_fast(
    references: &mut Vec<v8::ExternalReference>,
    fast: Option<&'static [v8::fast_api::CFunction]>,
) {
    for fast in fast.into_iter().flatten() {
        let record = std::ptr::from_ref(fast).cast_mut().cast();
        references.push(v8::ExternalReference { pointer: record });
        references.push(v8::ExternalReference {
            pointer: fast.address().cast_mut(),
        });
        references.push(v8::ExternalReference {
            type_info: fast.type_info(),
        });
    }
}

fn revive_roots(scope: &mut v8::PinScope, realm: &Realm) {
    let array = scope
        .get_context_data_from_snapshot_once::<v8::Array>(0)
        .expect("the snapshot was made by this program's own build");
    let mut roots = realm.roots.borrow_mut();
    for index in 0..ROOTS_COUNT {
        let value = array.get_index(scope, index as u32).expect("a plain array");
        if !value.is_undefined() {
            roots[index] = Some(v8::Global::new(scope, value));
        }
    }
}

/// Calls a root function, then lets nextTicks and microtasks settle. An exception goes to
/// `process`'s uncaught handling; Ok(None) when there was one and it was handled.
fn call_root<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    realm: &Realm,
    root: Root,
    arguments: &[v8::Local<'s, v8::Value>],
) -> Result<Option<v8::Local<'s, v8::Value>>, Ending> {
    let result = call_guarded(scope, realm, root, arguments)?;
    // As in Node, what a failed callback scheduled waits for the end of the next one: the handler
    // of uncaught exceptions makes an immediate, so there is a next one.
    if result.is_some() {
        settle(scope, realm)?;
    }
    Ok(result)
}

fn call_guarded<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    realm: &Realm,
    root: Root,
    arguments: &[v8::Local<'s, v8::Value>],
) -> Result<Option<v8::Local<'s, v8::Value>>, Ending> {
    let function = realm
        .root_function(scope, root)
        .expect("the library has booted");
    v8::tc_scope!(let catch, scope);
    let receiver = v8::undefined(catch).into();
    let result = function.call(catch, receiver, arguments);
    if result.is_some() {
        return Ok(result);
    }
    if let Some(ending) = realm.ending.get() {
        return Err(ending);
    }
    if catch.has_terminated() || !catch.has_caught() {
        return Err(heap::ending_of_termination(realm));
    }
    let exception = catch.exception().expect("has_caught");
    let message = catch.message();
    catch.reset();
    error::uncaught(catch, realm, exception, message, false)?;
    Ok(None)
}

/// Calls a root function again after each uncaught exception that the program handled: what the
/// failed callback left in its queue still runs.
fn call_until_done<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    realm: &Realm,
    root: Root,
    arguments: &[v8::Local<'s, v8::Value>],
) -> Result<v8::Local<'s, v8::Value>, Ending> {
    loop {
        if let Some(result) = call_root(scope, realm, root, arguments)? {
            return Ok(result);
        }
    }
}

/// nextTicks and microtasks, until none is left or one throws: the others wait for the end of the
/// next callback.
fn settle(scope: &mut v8::PinScope, realm: &Realm) -> Result<(), Ending> {
    if realm.page.get(page::TICKS) == 0 && realm.page.get(page::REJECTIONS) == 0 {
        v8::tc_scope!(let catch, scope);
        catch.perform_microtask_checkpoint();
        if let Some(ending) = realm.ending.get() {
            return Err(ending);
        }
        if catch.has_terminated() {
            return Err(heap::ending_of_termination(realm));
        }
    }
    if realm.page.get(page::TICKS) != 0 || realm.page.get(page::REJECTIONS) != 0 {
        call_guarded(scope, realm, Root::ProcessTicks, &[])?;
    }
    Ok(())
}

fn deliver_page<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    realm: &Realm,
    entries: &[[i32; 4]],
    values: &[v8::Local<'s, v8::Value>],
) -> Result<(), Ending> {
    for (index, entry) in entries.iter().enumerate() {
        realm.page.put_entry(index, *entry);
    }
    realm.page.set(page::CURSOR, 0);
    let count: v8::Local<v8::Value> = v8::Integer::new(scope, entries.len() as i32).into();
    let values: v8::Local<v8::Value> = v8::Array::new_with_elements(scope, values).into();
    // After an uncaught exception that was handled it goes on behind the entry that threw.
    while call_root(scope, realm, Root::Deliver, &[count, values])?.is_none() {
        if realm.page.get(page::CURSOR) as usize >= entries.len() {
            break;
        }
    }
    Ok(())
}
