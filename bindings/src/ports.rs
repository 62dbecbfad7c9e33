//! Binding `messaging`, the part that needs no V8: ports. Each end of a channel has a queue; to
//! post is to append to the queues of the other ends of its group and to tell their threads.
//! A channel is a group of two, a BroadcastChannel's group has as many as there are of its name.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use coring_engine::{Message, Parcel, ops};

use crate::Natives;
use crate::inbox::{Inbox, Note};
use crate::slots::Handle;

ops! { messaging(Natives) {
    /// [handle, handle] of a new channel's ends, or -errno.
    slow openChannel();
    /// A new end among all that have this name, or -errno.
    slow openBroadcast(name: String);
    /// Posts to the other ends; false when there is none.
    slow portPost(port: i32, message: Parcel);
    /// The next message; undefined: none; -1: the other end is closed. Of a port that does not
    /// receive only the end is told, unless `force`.
    slow portReceive(port: i32, force: bool);
    /// Answers a page entry: so many messages may be taken before the loop goes on.
    fast portBegin(port: i32);
    /// Has the port told again if something is left.
    fast portGoOn(port: i32);
    fast portReceives(port: i32, on: bool);
    /// Takes the port out of this thread; what comes is kept for who attaches it.
    slow portDetach(port: i32);
    slow portAttach(port: Parcel);
    fast portClose(port: i32);
    /// A message that nobody gets: what moved into it is freed.
    slow discard(message: Parcel);
    /// Are these the two ends of one channel?
    fast portsFace(port: i32, other: i32);
} }

/// Messages of one port that one turn may deliver, unless more were there when it began.
const MESSAGES_PER_TURN_MIN: usize = 1000;

enum Item {
    Message(Message),
    Closed,
}

/// What is on its way to one end, and who is to be told.
#[derive(Default)]
struct Queue {
    items: VecDeque<Item>,
    /// The thread and handle that have this end; none while it is moved.
    home: Option<(Arc<Inbox>, i32)>,
    receives: bool,
    /// The home was told and has not looked since.
    told: bool,
}

impl Queue {
    /// Has the home anything to do that it does not know of? Marks it told.
    fn take_news(&mut self) -> Option<(Arc<Inbox>, i32)> {
        let is_due = match self.items.front() {
            Some(Item::Message(_)) => self.receives,
            Some(Item::Closed) => true,
            None => false,
        };
        if !is_due || self.told {
            return None;
        }
        let home = self.home.clone()?;
        self.told = true;
        Some(home)
    }
}

#[derive(Default)]
struct End(Mutex<Queue>);

impl End {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().expect("no holder of this lock can panic")
    }
}

/// Ends that hear each other.
pub struct Group {
    ends: Mutex<Vec<Arc<End>>>,
    /// Members come and go, and nobody is told.
    is_broadcast: bool,
}

impl Group {
    fn new(is_broadcast: bool) -> Arc<Group> {
        Arc::new(Group {
            ends: Mutex::default(),
            is_broadcast,
        })
    }

    fn ends(&self) -> MutexGuard<'_, Vec<Arc<End>>> {
        self.ends.lock().expect("no holder of this lock can panic")
    }

    fn join(self: &Arc<Group>) -> Port {
        let end = Arc::new(End::default());
        self.ends().push(end.clone());
        Port {
            end,
            group: self.clone(),
            nth: 0,
        }
    }
}

/// One end, in the hands of a thread or on its way between two.
pub struct Port {
    end: Arc<End>,
    group: Arc<Group>,
    /// Which port of its thread this is: ports that have news at once are told in this order.
    pub(crate) nth: u64,
}

impl Port {
    pub fn pair() -> (Port, Port) {
        let group = Group::new(false);
        (group.join(), group.join())
    }

    /// Appends to every other end; gives those who must be told, and whether there was anybody.
    fn send(&self, message: Message) -> (Vec<(Arc<Inbox>, i32)>, bool) {
        let ends = self.group.ends();
        let others = ends.iter().filter(|end| !Arc::ptr_eq(end, &self.end));
        let others: Vec<&Arc<End>> = others.collect();
        let Some((last, rest)) = others.split_last() else {
            return (Vec::new(), false);
        };
        let mut news = Vec::new();
        for end in rest {
            if let Some(copy) = message.copy() {
                let mut queue = end.queue();
                queue.items.push_back(Item::Message(copy));
                news.extend(queue.take_news());
            }
        }
        let mut queue = last.queue();
        queue.items.push_back(Item::Message(message));
        news.extend(queue.take_news());
        (news, true)
    }
}

impl Drop for Port {
    /// The other end of a channel is closed, too, once it has read what was sent.
    fn drop(&mut self) {
        let mut ends = self.group.ends();
        ends.retain(|end| !Arc::ptr_eq(end, &self.end));
        if self.group.is_broadcast {
            return;
        }
        let mut news = Vec::new();
        for end in ends.iter() {
            let mut queue = end.queue();
            queue.items.push_back(Item::Closed);
            news.extend(queue.take_news());
        }
        drop(ends);
        // Messages may hold further ports: they go without any lock held.
        let items = std::mem::take(&mut self.end.queue().items);
        drop(items);
        for (inbox, handle) in news {
            inbox.leave(Note::Port(handle));
        }
    }
}

/// Groups of BroadcastChannels by name, in the whole process. Groups that nobody is in are swept
/// when a new name comes.
#[derive(Default)]
pub struct Broadcasts(Mutex<Vec<(String, Arc<Group>)>>);

impl Broadcasts {
    fn join(&self, name: String) -> Port {
        let mut groups = self.0.lock().expect("no holder of this lock can panic");
        if let Some((_, group)) = groups.iter().find(|(known, _)| *known == name) {
            return group.join();
        }
        groups.retain(|(_, group)| !group.ends().is_empty());
        let group = Group::new(true);
        groups.push((name, group.clone()));
        group.join()
    }
}

impl Natives {
    /// Makes this thread the port's home.
    pub(crate) fn attach(&mut self, mut port: Port) -> i32 {
        self.ports_count += 1;
        port.nth = self.ports_count;
        let inbox = match self.inbox() {
            Ok(inbox) => inbox,
            Err(errno) => return errno.result(),
        };
        let end = port.end.clone();
        let Ok(handle) = self.ports.insert(port) else {
            return coring_uring::Errno::EMFILE.result();
        };
        let mut queue = end.queue();
        queue.home = Some((inbox, handle.to_js()));
        queue.receives = false;
        queue.told = false;
        let news = queue.take_news();
        drop(queue);
        self.tell_all(news);
        handle.to_js()
    }

    fn tell_all(&mut self, news: impl IntoIterator<Item = (Arc<Inbox>, i32)>) {
        for (inbox, handle) in news {
            self.tell(&inbox, Note::Port(handle));
        }
    }

    fn end_of(&self, port: i32) -> Option<Arc<End>> {
        let port = self.ports.get(Handle::from_js(port))?;
        Some(port.end.clone())
    }
}

#[allow(non_snake_case)]
fn openChannel(natives: &mut Natives) -> Vec<coring_engine::Js> {
    let (one, other) = Port::pair();
    vec![natives.attach(one).into(), natives.attach(other).into()]
}

#[allow(non_snake_case)]
fn openBroadcast(natives: &mut Natives, name: String) -> i32 {
    let port = natives.process.broadcasts.join(name);
    natives.attach(port)
}

#[allow(non_snake_case)]
fn portPost(natives: &mut Natives, port: i32, message: Parcel) -> bool {
    let Some(message) = message.open::<Message>() else {
        return false;
    };
    let Some(port) = natives.ports.get(Handle::from_js(port)) else {
        return false;
    };
    let (news, heard) = port.send(message);
    natives.tell_all(news);
    heard
}

#[allow(non_snake_case)]
fn portReceive(natives: &mut Natives, port: i32, force: bool) -> Option<Parcel> {
    let end = natives.end_of(port)?;
    let mut queue = end.queue();
    let is_message = matches!(queue.items.front()?, Item::Message(_));
    if is_message && !queue.receives && !force {
        return None;
    }
    match queue.items.pop_front()? {
        Item::Message(message) => Some(Parcel::new(message)),
        Item::Closed => Some(Parcel::EMPTY),
    }
}

#[allow(non_snake_case)]
fn portBegin(natives: &mut Natives, port: i32) -> i32 {
    let Some(end) = natives.end_of(port) else {
        return 0;
    };
    let mut queue = end.queue();
    queue.told = false;
    queue.items.len().max(MESSAGES_PER_TURN_MIN) as i32
}

#[allow(non_snake_case)]
fn portGoOn(natives: &mut Natives, port: i32) {
    if let Some(end) = natives.end_of(port) {
        let news = end.queue().take_news();
        natives.tell_all(news);
    }
}

#[allow(non_snake_case)]
fn portReceives(natives: &mut Natives, port: i32, on: bool) {
    if let Some(end) = natives.end_of(port) {
        let mut queue = end.queue();
        queue.receives = on;
        let news = queue.take_news();
        drop(queue);
        natives.tell_all(news);
    }
}

#[allow(non_snake_case)]
fn portDetach(natives: &mut Natives, port: i32) -> Parcel {
    let Some(port) = natives.ports.remove(Handle::from_js(port)) else {
        return Parcel::EMPTY;
    };
    port.end.queue().home = None;
    Parcel::new(port)
}

#[allow(non_snake_case)]
fn portAttach(natives: &mut Natives, port: Parcel) -> i32 {
    match port.open::<Port>() {
        Some(port) => natives.attach(port),
        None => coring_uring::Errno::EBADF.result(),
    }
}

#[allow(non_snake_case)]
fn portClose(natives: &mut Natives, port: i32) {
    drop(natives.ports.remove(Handle::from_js(port)));
}

#[allow(non_snake_case)]
fn portsFace(natives: &mut Natives, port: i32, other: i32) -> bool {
    let one = natives.ports.get(Handle::from_js(port));
    let other = natives.ports.get(Handle::from_js(other));
    match (one, other) {
        (Some(one), Some(other)) => {
            Arc::ptr_eq(&one.group, &other.group) && !Arc::ptr_eq(&one.end, &other.end)
        }
        _ => false,
    }
}

fn discard(_: &mut Natives, message: Parcel) {
    drop(message);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(port: &Port) -> usize {
        port.end.queue().items.len()
    }

    #[test]
    fn a_closed_end_is_told_behind_what_was_sent() {
        let (one, other) = Port::pair();
        assert!(one.send(Message::default()).1);
        drop(one);
        assert_eq!(count(&other), 2);
        assert!(matches!(other.end.queue().items.back(), Some(Item::Closed)));
        assert!(!other.send(Message::default()).1);
    }

    #[test]
    fn a_broadcast_reaches_all_but_its_sender() {
        let broadcasts = Broadcasts::default();
        let ports: Vec<Port> = (0..3).map(|_| broadcasts.join("news".to_owned())).collect();
        let elsewhere = broadcasts.join("other".to_owned());
        ports[0].send(Message::default());
        let counts: Vec<usize> = ports.iter().map(count).collect();
        assert_eq!(counts, [0, 1, 1]);
        assert_eq!(count(&elsewhere), 0);
        drop(ports);
        let again = broadcasts.join("third".to_owned());
        assert_eq!(broadcasts.0.lock().expect("free").len(), 2);
        drop(again);
    }
}
