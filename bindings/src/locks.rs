//! Binding `locks`: Web Locks, which all threads of the process share.
//! https://w3c.github.io/web-locks/ A request is granted when it is made, or later by whoever
//! releases; then its thread is told by a note.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use coring_engine::{Js, ops};

use crate::Natives;
use crate::inbox::{Inbox, Note};

ops! { locks(Natives) {
    /// [id, state]: 1 granted, 0 has to wait, -1 not available; or [-errno, -1].
    slow request(name: String, client: String, shared: bool, if_available: bool, steal: bool);
    /// Gives a lock back, or a request up.
    fast release(id: i32);
    /// Of this thread, as in Node. Flat: is held, name, is shared, client, for every lock and then
    /// every request.
    slow query();
} }

/// Requests that may wait in a process.
const REQUESTS_MAX: usize = 1 << 20;

struct Request {
    id: i32,
    name: String,
    client: String,
    shared: bool,
    home: Arc<Inbox>,
}

struct Table {
    next_id: i32,
    held: Vec<Request>,
    waiting: VecDeque<Request>,
}

static TABLE: Mutex<Table> = Mutex::new(Table {
    next_id: 1,
    held: Vec::new(),
    waiting: VecDeque::new(),
});

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().expect("no holder of this lock can panic")
}

impl Table {
    fn is_grantable(&self, name: &str, shared: bool, before: usize) -> bool {
        let blocks = |other: &Request| other.name == name && !(shared && other.shared);
        !self.held.iter().any(blocks)
            && !self
                .waiting
                .iter()
                .take(before)
                .any(|other| other.name == name)
    }

    /// Grants what the queue of a name can be granted, in its order.
    fn grant(&mut self, name: &str) {
        let mut at = 0;
        while at < self.waiting.len() {
            let request = &self.waiting[at];
            if request.name != name {
                at += 1;
                continue;
            }
            if !self.is_grantable(name, request.shared, at) {
                return;
            }
            let request = self.waiting.remove(at).expect("it was just looked at");
            request.home.leave(Note::Lock(request.id, true));
            self.held.push(request);
        }
    }

    /// Every lock of this name is taken away from its holder.
    fn steal(&mut self, name: &str) {
        for lock in self.held.extract_if(.., |lock| lock.name == name) {
            lock.home.leave(Note::Lock(lock.id, false));
        }
    }
}

fn request(
    natives: &mut Natives,
    name: String,
    client: String,
    shared: bool,
    if_available: bool,
    steal: bool,
) -> Js {
    let home = match natives.inbox() {
        Ok(home) => home,
        Err(errno) => return answer(errno.result(), -1),
    };
    let mut table = table();
    if table.waiting.len() == REQUESTS_MAX {
        return answer(coring_uring::Errno::ENOMEM.result(), -1);
    }
    let id = table.next_id;
    table.next_id = id.checked_add(1).unwrap_or(1);
    if steal {
        table.steal(&name);
    }
    let waiting_count = table.waiting.len();
    let granted = steal || table.is_grantable(&name, shared, waiting_count);
    if !granted && if_available {
        return answer(id, -1);
    }
    let request = Request {
        id,
        name,
        client,
        shared,
        home,
    };
    if granted {
        table.held.push(request);
    } else {
        table.waiting.push_back(request);
    }
    answer(id, i32::from(granted))
}

fn answer(id: i32, state: i32) -> Js {
    Js::List(vec![Js::from(id), Js::from(state)])
}

fn release(_: &mut Natives, id: i32) {
    let mut table = table();
    let held = table.held.iter().position(|lock| lock.id == id);
    let waiting = table.waiting.iter().position(|request| request.id == id);
    let gone = match (held, waiting) {
        (Some(at), _) => Some(table.held.swap_remove(at)),
        (None, Some(at)) => table.waiting.remove(at),
        (None, None) => None,
    };
    if let Some(gone) = gone {
        table.grant(&gone.name);
    }
}

fn query(natives: &mut Natives) -> Js {
    let table = table();
    let own = natives.inbox.clone();
    let is_own = |one: &&Request| own.as_ref().is_some_and(|own| Arc::ptr_eq(own, &one.home));
    let held = table.held.iter().filter(is_own).map(|lock| (true, lock));
    let waiting = table.waiting.iter().filter(is_own);
    let waiting = waiting.map(|request| (false, request));
    let rows = held.chain(waiting).flat_map(|(is_held, one)| {
        [
            Js::from(is_held),
            Js::from(one.name.as_str()),
            Js::from(one.shared),
            Js::from(one.client.as_str()),
        ]
    });
    Js::List(rows.collect())
}

impl Natives {
    /// This thread ends: what it has and what it waits for is free for the others.
    pub(crate) fn release_locks(&mut self) {
        let Some(own) = &self.inbox else {
            return;
        };
        let mut table = table();
        let is_own = |request: &mut Request| Arc::ptr_eq(&request.home, own);
        let held: Vec<Request> = table.held.extract_if(.., is_own).collect();
        table
            .waiting
            .retain(|request| !Arc::ptr_eq(&request.home, own));
        for lock in held {
            table.grant(&lock.name);
        }
    }
}
