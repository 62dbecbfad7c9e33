//! What addons hold by opaque names, with the environment that each belongs to. A name is a slot
//! and how often it was given out before: a stale one finds nothing.

use std::ffi::c_void;
use std::rc::Rc;

use crate::boundary::Finalize;
use crate::callbacks::Callback;
use crate::env::Env;
use crate::externals::External;
use crate::node_cleanup::AsyncHook;
use crate::node_contexts::AsyncContext;
use crate::node_functions::Function;
use crate::node_memory::Memory;
use crate::node_works::Work;
use crate::references::Reference;

/// The opaque name of something in the arena. Never zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Id {
    generation: u32,
    index: u32,
}

impl Id {
    pub fn as_pointer(self) -> *mut c_void {
        let number = u64::from(self.generation) << 32 | u64::from(self.index + 1);
        std::ptr::without_provenance_mut(number as usize)
    }

    pub fn from_pointer(pointer: *mut c_void) -> Option<Id> {
        let number = pointer.addr() as u64;
        let index = (number as u32).checked_sub(1)?;
        let generation = (number >> 32) as u32;
        Some(Id { generation, index })
    }
}

/// Native code to call when something is gone.
#[derive(Clone, Copy)]
pub struct Finalizer {
    pub callback: Finalize,
    pub data: *mut c_void,
    pub hint: *mut c_void,
}

pub enum Item {
    Reference(Reference),
    External(External),
    Callback(Box<Callback>),
    Deferred(v8::Global<v8::PromiseResolver>),
    /// Of data that belongs to the environment or was posted: not bound to a value.
    Finalizer {
        data: *mut c_void,
        finalizer: Option<Finalizer>,
    },
    AsyncContext(Rc<AsyncContext>),
    CallbackScope(Rc<AsyncContext>),
    Work(Rc<Work>),
    Function(Rc<Function>),
    Memory(Memory),
    AsyncHook(AsyncHook),
}

impl Item {
    /// Whether native code waits to be called for it.
    fn has_finalizer(&self) -> bool {
        match self {
            Item::Reference(reference) => reference.finalizer.is_some(),
            Item::Finalizer { finalizer, .. } => finalizer.is_some(),
            Item::External(_) | Item::Callback(_) | Item::Deferred(_) => false,
            Item::AsyncContext(_) | Item::CallbackScope(_) | Item::Work(_) => false,
            // These have an end of their own.
            Item::Function(_) | Item::Memory(_) | Item::AsyncHook(_) => false,
        }
    }
}

struct Held {
    env: Rc<Env>,
    /// Of all that were ever inserted.
    number: u64,
    item: Item,
}

#[derive(Default)]
struct Slot {
    generation: u32,
    held: Option<Held>,
}

#[derive(Default)]
pub struct Arena {
    slots: Vec<Slot>,
    free: Vec<u32>,
    inserted_count: u64,
}

impl Arena {
    pub fn insert(&mut self, env: &Env, item: Item) -> Id {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() as u32 - 1
        });
        self.inserted_count += 1;
        let slot = &mut self.slots[index as usize];
        slot.held = Some(Held {
            env: env.shared(),
            number: self.inserted_count,
            item,
        });
        Id {
            generation: slot.generation,
            index,
        }
    }

    fn slot(&mut self, id: Id) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(id.index as usize)?;
        (slot.generation == id.generation).then_some(slot)
    }

    pub fn get(&self, id: Id) -> Option<&Item> {
        self.get_with_env(id).map(|(_, item)| item)
    }

    pub fn get_with_env(&self, id: Id) -> Option<(&Rc<Env>, &Item)> {
        let slot = self.slots.get(id.index as usize)?;
        let held = slot.held.as_ref()?;
        (slot.generation == id.generation).then_some((&held.env, &held.item))
    }

    pub fn get_mut(&mut self, id: Id) -> Option<(&Rc<Env>, &mut Item)> {
        let held = self.slot(id)?.held.as_mut()?;
        Some((&held.env, &mut held.item))
    }

    /// Takes it out. The caller drops it when the arena is no longer borrowed.
    pub fn remove(&mut self, id: Id) -> Option<(Rc<Env>, Item)> {
        let slot = self.slot(id)?;
        let held = slot.held.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(id.index);
        Some((held.env, held.item))
    }

    fn ids_of(&self, env: &Env, choose: impl Fn(&Item) -> bool) -> Vec<Id> {
        let mut found = Vec::new();
        for (index, slot) in self.slots.iter().enumerate() {
            if let Some(held) = &slot.held
                && std::ptr::eq(Rc::as_ptr(&held.env), env)
                && choose(&held.item)
            {
                let index = index as u32;
                let generation = slot.generation;
                found.push((held.number, Id { generation, index }));
            }
        }
        found.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// What of `env` has a finalizer, the newest first.
    pub fn finalizing(&self, env: &Env) -> Vec<Id> {
        self.ids_of(env, Item::has_finalizer)
    }

    /// All of `env`, the newest first.
    pub fn all(&self, env: &Env) -> Vec<Id> {
        self.ids_of(env, |_| true)
    }
}
