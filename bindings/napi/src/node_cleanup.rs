//! What addons want done when the isolate ends, and that end.

use std::cell::Cell;
use std::ffi::c_void;
use std::rc::Rc;

use crate::addons::{Addons, Cleanup, CleanupHook};
use crate::arena::{Id, Item};
use crate::boundary::{Out, check};
use crate::env::Env;
use crate::host::{Arrival, Loop};
use crate::node_functions::function_of;
use crate::node_memory;
use crate::status::Status;
use crate::uv_loop;

/// `napi_async_cleanup_hook`.
type AsyncCleanupHook = unsafe extern "C" fn(*mut c_void, *mut c_void);

/// A hook that is done when the addon removes it.
pub struct AsyncHook {
    hook: AsyncCleanupHook,
    argument: *mut c_void,
    is_running: Cell<bool>,
}

impl Env {
    /// Something that is still to be done needs this environment.
    pub fn hold(&self) {
        self.holds_count.set(self.holds_count.get() + 1);
    }

    pub fn let_go(&self) {
        self.holds_count
            .set(self.holds_count.get().saturating_sub(1));
    }
}

impl Addons {
    /// The isolate ends: hooks and environments, the newest first, as in Node. Environments that
    /// something holds wait until that is done.
    pub fn end(&self) {
        let mut waiting: Vec<Rc<Env>> = Vec::new();
        loop {
            while let Some(cleanup) = self.next_cleanup() {
                match cleanup {
                    Cleanup::Env(env) if env.holds_count.get() > 0 => waiting.push(env),
                    Cleanup::Env(env) => env.end(),
                    // SAFETY: the addon registered it to be called so, once, on this thread.
                    Cleanup::Hook { hook, argument } => unsafe { hook(argument) },
                    Cleanup::Function(id) => self.end_function(id),
                    Cleanup::Memory(id) => self.end_memory(id),
                    Cleanup::AsyncHook(id) => self.begin_hook(id),
                }
            }
            self.wait_for_the_rest();
            let (free, held) = waiting
                .into_iter()
                .partition(|env| env.holds_count.get() == 0);
            waiting = held;
            let free: Vec<Rc<Env>> = free;
            let is_over = free.is_empty() && self.cleanups.borrow().is_empty();
            free.iter().for_each(|env| env.end());
            if is_over {
                break;
            }
        }
        // What still holds these can do nothing any more.
        waiting.iter().for_each(|env| env.end());
        Loop::close();
    }

    fn next_cleanup(&self) -> Option<Cleanup> {
        self.cleanups.borrow_mut().pop()
    }

    fn env_of(&self, id: Id) -> Option<Rc<Env>> {
        self.with(|arena| arena.get_with_env(id).map(|(env, _)| env.clone()))
    }

    fn end_function(&self, id: Id) {
        let Some(env) = self.env_of(id) else {
            return;
        };
        if let (Some(function), Some(current)) = (function_of(&env, id), Loop::current()) {
            function.end();
            current.closing.borrow_mut().push(id);
        }
    }

    fn end_memory(&self, id: Id) {
        if let Some(env) = self.env_of(id) {
            node_memory::release(&env, id);
        }
    }

    fn begin_hook(&self, id: Id) {
        let found = self.with(|arena| match arena.get(id) {
            Some(Item::AsyncHook(hook)) => {
                hook.is_running.set(true);
                Some((hook.hook, hook.argument))
            }
            _ => None,
        });
        let (Some((hook, argument)), Some(current)) = (found, Loop::current()) else {
            return;
        };
        current.hooks_count.set(current.hooks_count.get() + 1);
        // SAFETY: the addon registered it to be called so, once, on this thread.
        unsafe { hook(id.as_pointer(), argument) };
    }

    /// Finalizes functions of other threads, and waits for work and for hooks that are not done.
    fn wait_for_the_rest(&self) {
        let Some(current) = Loop::current() else {
            return;
        };
        loop {
            for id in current.closing.take() {
                if let Some(env) = self.env_of(id)
                    && let Some(function) = function_of(&env, id)
                {
                    function.finish(&env);
                }
            }
            uv_loop::close_handles(&current);
            let is_idle = current.works.borrow().is_empty() && current.uv.works_count.get() == 0;
            if is_idle && current.hooks_count.get() == 0 {
                return;
            }
            if current.closing.borrow().is_empty() && !current.uv.is_closing() {
                let arrival = current.wait_for_arrival();
                self.receive(arrival);
            }
        }
    }

    /// Does what another thread has left something for.
    pub fn receive(&self, arrival: Arrival) {
        let id = match arrival {
            Arrival::Item(id) => id,
            Arrival::Uv(number) => return uv_loop::receive(number),
        };
        if let Some((env, work)) = Loop::current().and_then(|current| current.take_work(id)) {
            work.completed(&env);
            return;
        }
        enum Found {
            Function(Rc<crate::node_functions::Function>),
            Memory,
        }
        let found = self.with(|arena| match arena.get_with_env(id) {
            Some((env, Item::Function(function))) => {
                Some((env.clone(), Found::Function(function.clone())))
            }
            Some((env, Item::Memory(_))) => Some((env.clone(), Found::Memory)),
            _ => None,
        });
        match found {
            Some((env, Found::Function(function))) if !env.is_ending.get() => {
                function.dispatch(&env);
            }
            Some((env, Found::Memory)) => node_memory::release(&env, id),
            Some((_, Found::Function(_))) | None => {}
        }
    }
}

exports! {
    /// Has `hook` called with `argument` when the isolate ends.
    basic fn napi_add_env_cleanup_hook(
        hook: Option<CleanupHook>,
        argument: *mut c_void,
    ) |env| {
        let hook = hook.ok_or(Status::InvalidArg)?;
        env.addons.cleanups.borrow_mut().push(Cleanup::Hook { hook, argument });
        Ok(())
    };

    /// No longer.
    basic fn napi_remove_env_cleanup_hook(
        hook: Option<CleanupHook>,
        argument: *mut c_void,
    ) |env| {
        let hook = hook.ok_or(Status::InvalidArg)?;
        env.addons.cleanups.borrow_mut().retain(|cleanup| match cleanup {
            Cleanup::Hook { hook: other, argument: others } => {
                !std::ptr::fn_addr_eq(*other, hook) || *others != argument
            }
            _ => true,
        });
        Ok(())
    };

    /// The same for what is done later: the end waits until the addon removes it.
    basic fn napi_add_async_cleanup_hook(
        hook: Option<AsyncCleanupHook>,
        argument: *mut c_void,
        result: Out<*mut c_void>,
    ) |env| {
        let hook = hook.ok_or(Status::InvalidArg)?;
        let is_running = Cell::default();
        let item = Item::AsyncHook(AsyncHook { hook, argument, is_running });
        let id = env.addons.insert(env, item);
        env.addons.cleanups.borrow_mut().push(Cleanup::AsyncHook(id));
        env.hold();
        result.set(id.as_pointer());
        Ok(())
    };
}

/// Removes such a hook, or says that it is done.
///
/// # Safety
/// As Node-API documents the arguments; on the thread of the hook's environment.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_remove_async_cleanup_hook(hook: *mut c_void) -> Status {
    match remove_hook(hook) {
        Ok(()) => Status::Ok,
        Err(failure) => failure.status,
    }
}

fn remove_hook(hook: *mut c_void) -> crate::status::Outcome {
    check(!hook.is_null(), Status::InvalidArg)?;
    let id = Id::from_pointer(hook).ok_or(Status::InvalidArg)?;
    let addons = Addons::current();
    let removed = addons.with(|arena| match arena.get(id) {
        Some(Item::AsyncHook(_)) => arena.remove(id),
        _ => None,
    });
    let Some((env, Item::AsyncHook(hook))) = removed else {
        return Err(Status::InvalidArg.into());
    };
    addons
        .cleanups
        .borrow_mut()
        .retain(|cleanup| !cleanup.is_of(id));
    if let (true, Some(current)) = (hook.is_running.get(), Loop::current()) {
        current
            .hooks_count
            .set(current.hooks_count.get().saturating_sub(1));
    }
    env.let_go();
    Ok(())
}
