//! What travels between threads, or waits in native hands between two natives: values that V8
//! serialised, with the memory and the native things that belong to them.

use std::any::Any;

use crate::realm;
use crate::value::{FromJs, IntoJs};

/// Something native that JavaScript names by a number until another native takes it: a message,
/// or the goods of one. Taken once; what nobody takes lives as long as the isolate.
pub struct Parcel(Option<Box<dyn Any + Send>>);

impl Parcel {
    pub const EMPTY: Parcel = Parcel(None);

    pub fn new(content: impl Any + Send) -> Parcel {
        Parcel(Some(Box::new(content)))
    }

    /// The content, if it is a `T`.
    pub fn open<T: Any>(self) -> Option<T> {
        let content = self.0?.downcast::<T>().ok()?;
        Some(*content)
    }

    fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// Parcels by number; a freed number is used again.
#[derive(Default)]
pub(crate) struct Parcels(Vec<Option<Parcel>>);

impl Parcels {
    pub(crate) fn put(&mut self, parcel: Parcel) -> i32 {
        let free = self.0.iter().position(Option::is_none);
        match free {
            Some(index) => {
                self.0[index] = Some(parcel);
                index as i32
            }
            None => {
                self.0.push(Some(parcel));
                self.0.len() as i32 - 1
            }
        }
    }

    pub(crate) fn take(&mut self, number: i32) -> Parcel {
        let slot = usize::try_from(number).ok();
        let slot = slot.and_then(|index| self.0.get_mut(index));
        slot.and_then(Option::take).unwrap_or(Parcel(None))
    }
}

impl<'s> FromJs<'s> for Parcel {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        match value.is_int32() {
            true => take(i32::from_js(scope, value)),
            false => Parcel(None),
        }
    }
}

impl IntoJs for Parcel {
    fn into_js<'s>(self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        v8::Integer::new(scope, put(self)).into()
    }
}

/// Gives a parcel a number; -1 for an empty one.
pub(crate) fn put(parcel: Parcel) -> i32 {
    if parcel.is_empty() {
        return -1;
    }
    realm::current().parcels.borrow_mut().put(parcel)
}

pub(crate) fn take(number: i32) -> Parcel {
    realm::current().parcels.borrow_mut().take(number)
}

/// Memory of an ArrayBuffer or SharedArrayBuffer on its way to another isolate.
pub(crate) struct Store(pub(crate) v8::SharedRef<v8::BackingStore>);

// SAFETY: the reference count of a std::shared_ptr is atomic, and a backing store belongs to no
// isolate; its bytes are reached only through V8, once the store is in a buffer again.
unsafe impl Send for Store {}

impl Clone for Store {
    fn clone(&self) -> Store {
        Store(self.0.clone())
    }
}

/// An object that lib_js made part of a message: what it is, and native goods that go with it.
pub(crate) struct Host {
    pub(crate) kind: String,
    pub(crate) goods: Parcel,
}

/// A serialised value.
#[derive(Default)]
pub struct Message {
    pub(crate) bytes: Vec<u8>,
    /// ArrayBuffers that were transferred, by their number in the bytes.
    pub(crate) moved: Vec<Store>,
    /// SharedArrayBuffers, by their number in the bytes.
    pub(crate) shared: Vec<Store>,
    pub(crate) modules: Vec<v8::CompiledWasmModule>,
    pub(crate) hosts: Vec<Host>,
}

impl Message {
    /// A second message with the same value, for one more receiver; None when it moves memory or
    /// goods, of which there is one.
    pub fn copy(&self) -> Option<Message> {
        let has_goods = self.hosts.iter().any(|host| !host.goods.is_empty());
        if has_goods || !self.moved.is_empty() || !self.modules.is_empty() {
            return None;
        }
        let hosts = self.hosts.iter().map(|host| Host {
            kind: host.kind.clone(),
            goods: Parcel(None),
        });
        Some(Message {
            bytes: self.bytes.clone(),
            shared: self.shared.clone(),
            hosts: hosts.collect(),
            ..Message::default()
        })
    }

    pub fn bytes_count(&self) -> usize {
        self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_is_taken_once() {
        let mut parcels = Parcels::default();
        let first = parcels.put(Parcel::new(7u32));
        let second = parcels.put(Parcel::new("text"));
        assert_ne!(first, second);
        assert_eq!(parcels.take(first).open::<u32>(), Some(7));
        assert!(parcels.take(first).is_empty());
        assert_eq!(parcels.put(Parcel::new(8u32)), first);
        assert!(parcels.take(-1).is_empty());
        assert!(parcels.take(99).is_empty());
        assert_eq!(parcels.take(second).open::<u32>(), None);
    }

    #[test]
    fn what_there_is_one_of_is_not_copied() {
        assert!(Message::default().copy().is_some());
        let mut message = Message::default();
        message.hosts.push(Host {
            kind: "port".to_owned(),
            goods: Parcel::new(1),
        });
        assert!(message.copy().is_none());
    }
}
