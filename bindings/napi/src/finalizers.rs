//! Native code that wants to be told when a value is gone: after the collector in the check phase,
//! or at once for modules built for the experimental version; and at the environment's end.

use std::ffi::c_void;

use crate::arena::{Finalizer, Id, Item};
use crate::boundary::{EnvPointer, Finalize, Out, Value, check};
use crate::env::Env;
use crate::references::{self, Owner, Reference};
use crate::status::Status;

impl Finalizer {
    pub fn call(self, env: EnvPointer) {
        // SAFETY: the addon gave the function with what it is to be called with.
        unsafe { (self.callback)(env, self.data, self.hint) }
    }
}

impl Env {
    pub fn call_finalizer(&self, finalizer: Finalizer) {
        self.call_module_alone(|env| finalizer.call(env));
    }

    /// The value of a reference was collected.
    pub fn finalize_collected(&self, id: Id) {
        if self.is_experimental() {
            let before = self.is_in_gc_finalizer.replace(true);
            self.finalize(id);
            self.is_in_gc_finalizer.set(before);
        } else {
            self.enqueue_finalizer(id);
        }
    }

    pub fn enqueue_finalizer(&self, id: Id) {
        self.finalizers.borrow_mut().push_back(id);
        if self.is_ending.get() || self.is_drain_scheduled.replace(true) {
            return;
        }
        let env = self.shared();
        coring_engine::guest::set_immediate(Box::new(move || {
            env.is_drain_scheduled.set(false);
            env.drain_finalizers();
        }));
    }

    fn drain_finalizers(&self) {
        loop {
            let Some(id) = self.finalizers.borrow_mut().pop_front() else {
                return;
            };
            self.finalize(id);
        }
    }

    /// Calls the finalizer of what has this name, if it is still there. What belongs to us is
    /// forgotten; a reference of the addon's stays until the addon deletes it.
    fn finalize(&self, id: Id) {
        let taken = self.addons.with(|arena| {
            let (_, item) = arena.get_mut(id)?;
            match item {
                Item::Reference(reference) => {
                    let is_ours = reference.owner == Owner::Runtime;
                    // The old hold is dropped outside.
                    Some((reference.finalizer.take(), is_ours, reference.empty()))
                }
                Item::Finalizer { finalizer, .. } => {
                    Some((finalizer.take(), true, references::Hold::Empty))
                }
                Item::External(_) | Item::Callback(_) | Item::Deferred(_) => None,
                Item::AsyncContext(_) | Item::CallbackScope(_) | Item::Work(_) => None,
                Item::Function(_) | Item::Memory(_) | Item::AsyncHook(_) => None,
            }
        });
        let Some((finalizer, is_ours, hold)) = taken else {
            return;
        };
        drop(hold);
        if let Some(finalizer) = finalizer {
            self.call_finalizer(finalizer);
        }
        if is_ours {
            self.addons.forget(id);
        }
    }

    /// The environment ends with its isolate: all finalizers run, the newest first, then what is
    /// left is dropped.
    pub fn end(&self) {
        self.is_ending.set(true);
        self.drain_finalizers();
        loop {
            let ids = self.addons.with(|arena| arena.finalizing(self));
            if ids.is_empty() {
                break;
            }
            for id in ids {
                self.finalize(id);
            }
        }
        for id in self.addons.with(|arena| arena.all(self)) {
            self.addons.forget(id);
        }
        self.take_exception();
    }
}

exports! {
    /// Calls `callback` when the object is gone.
    plain fn napi_add_finalizer(
        object: Value,
        data: *mut c_void,
        callback: Option<Finalize>,
        hint: *mut c_void,
        result: Out<*mut c_void>,
    ) |env, scope| {
        let object = object.required(scope)?;
        let callback = callback.ok_or(Status::InvalidArg)?;
        check(object.is_object(), Status::InvalidArg)?;
        let owner = match result.is_wanted() {
            true => Owner::Addon,
            false => Owner::Runtime,
        };
        let finalizer = Finalizer { callback, data, hint };
        let id = Reference::with_finalizer(env, scope, object, owner, finalizer);
        result.set(id.as_pointer());
        Ok(())
    };

    /// Calls `callback` in the next check phase: for finalizers that run while garbage is
    /// collected.
    basic fn node_api_post_finalizer(
        callback: Option<Finalize>,
        data: *mut c_void,
        hint: *mut c_void,
    ) |env| {
        let finalizer = callback.map(|callback| Finalizer { callback, data, hint });
        let id = env.addons.insert(env, Item::Finalizer { data, finalizer });
        env.enqueue_finalizer(id);
        Ok(())
    };

    /// Keeps data for the module; its finalizer runs at the environment's end. The finalizer of
    /// data that was set before does not run.
    basic fn napi_set_instance_data(
        data: *mut c_void,
        callback: Option<Finalize>,
        hint: *mut c_void,
    ) |env| {
        if let Some(old) = env.instance_data.take() {
            env.addons.forget(old);
        }
        let finalizer = callback.map(|callback| Finalizer { callback, data, hint });
        let id = env.addons.insert(env, Item::Finalizer { data, finalizer });
        env.instance_data.set(Some(id));
        Ok(())
    };

    /// The data that was set, or null.
    basic fn napi_get_instance_data(data: Out<*mut c_void>) |env| {
        let place = data.required()?;
        let held = env.instance_data.get().and_then(|id| {
            env.addons.with(|arena| match arena.get(id) {
                Some(Item::Finalizer { data, .. }) => Some(*data),
                _ => None,
            })
        });
        place.set(held.unwrap_or(std::ptr::null_mut()));
        Ok(())
    };
}
