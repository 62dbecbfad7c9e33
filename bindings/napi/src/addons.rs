//! What all addons of one isolate share: their environments, what they hold, and their end.

use std::cell::RefCell;
use std::ffi::c_void;
use std::rc::Rc;

use crate::arena::{Arena, Id, Item};
use crate::env::Env;

thread_local! {
    static ADDONS: RefCell<Option<Rc<Addons>>> = const { RefCell::new(None) };
}

/// `napi_cleanup_hook`.
pub type CleanupHook = unsafe extern "C" fn(*mut c_void);

/// Something to do when the isolate ends; the newest comes first.
pub enum Cleanup {
    Env(Rc<Env>),
    Hook {
        hook: CleanupHook,
        argument: *mut c_void,
    },
    /// A function of other threads.
    Function(Id),
    /// Memory that is lent.
    Memory(Id),
    AsyncHook(Id),
}

impl Cleanup {
    pub fn is_of(&self, id: Id) -> bool {
        match self {
            Cleanup::Function(own) | Cleanup::Memory(own) | Cleanup::AsyncHook(own) => *own == id,
            Cleanup::Env(_) | Cleanup::Hook { .. } => false,
        }
    }
}

#[derive(Default)]
pub struct Addons {
    arena: RefCell<Arena>,
    pub cleanups: RefCell<Vec<Cleanup>>,
}

impl Addons {
    /// Those of this thread's isolate.
    pub fn current() -> Rc<Addons> {
        ADDONS.with_borrow_mut(|current| {
            let addons = current.get_or_insert_with(|| {
                let addons = Rc::<Addons>::default();
                let ending = addons.clone();
                coring_engine::guest::at_end(Box::new(move || {
                    ending.end();
                    ADDONS.take();
                }));
                addons
            });
            addons.clone()
        })
    }

    pub fn adopt(&self, env: Rc<Env>) {
        self.cleanups.borrow_mut().push(Cleanup::Env(env));
    }

    /// Does something with the arena; no code of an addon's runs meanwhile.
    pub fn with<R>(&self, act: impl FnOnce(&mut Arena) -> R) -> R {
        act(&mut self.arena.borrow_mut())
    }

    pub fn insert(&self, env: &Env, item: Item) -> Id {
        self.with(|arena| arena.insert(env, item))
    }

    /// Takes out what has this name and lets go of it.
    pub fn forget(&self, id: Id) -> bool {
        let removed = self.with(|arena| arena.remove(id));
        removed.is_some()
    }
}
