//! Natives that ask in the midst of their work what only the program can answer (functions of SQL,
//! for example). JavaScript gives one function for all such questions; an op that `calls` may ask
//! it, since it holds no natives. Beside that, what natives must know of objects that hold handles.

use super::{Args, Entry, Return, entry};
use crate::realm;
use crate::text::Text;
use crate::value::{Bytes, FromJs, IntoJs, Js};

/// The function, and what it threw although it catches whatever the program throws: the stack was
/// full, for example. That is for the op to throw, when the library above which it asked is done.
#[derive(Default)]
pub(crate) struct Answers {
    answerer: Option<Answerer>,
    watched: Watched,
    thrown: Option<v8::Global<v8::Value>>,
}

struct Answerer {
    isolate: v8::UnsafeRawIsolatePtr,
    function: v8::Global<v8::Function>,
}

/// What the program answered.
pub enum Answer<'s> {
    Undefined,
    Null,
    Number(f64),
    BigInt(i64),
    /// It does not fit into 64 bits.
    LargeBigInt,
    Text(Text<'s>),
    Bytes(Bytes<'s>),
    Symbol,
    Promise,
    Other,
}

impl<'s> FromJs<'s> for Answer<'s> {
    fn from_js(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Self {
        if let Ok(number) = value.try_cast::<v8::Number>() {
            Answer::Number(number.value())
        } else if value.is_string() {
            Answer::Text(Text::from_js(scope, value))
        } else if value.is_null() {
            Answer::Null
        } else if value.is_undefined() {
            Answer::Undefined
        } else if value.is_array_buffer_view() || value.is_array_buffer() {
            Answer::Bytes(Bytes::from_js(scope, value))
        } else if let Ok(big) = value.try_cast::<v8::BigInt>() {
            match big.i64_value() {
                (integer, true) => Answer::BigInt(integer),
                (_, false) => Answer::LargeBigInt,
            }
        } else if value.is_symbol() {
            Answer::Symbol
        } else if value.is_promise() {
            Answer::Promise
        } else {
            Answer::Other
        }
    }
}

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry("setAnswerer", 1, set_answerer),
        entry("watch", 2, watch),
        entry("sweep", 0, sweep),
    ]
}

/// Objects by their handle, to be told when they were collected. V8's registry for that tells in a
/// turn to come: a program that makes a million statements in one loop would keep them all.
struct Watched {
    list: Vec<(v8::Weak<v8::Object>, i32)>,
    /// At this length it is looked through.
    full: usize,
}

const WATCHED_MIN: usize = 1024;

impl Default for Watched {
    fn default() -> Self {
        Watched {
            list: Vec::new(),
            full: WATCHED_MIN,
        }
    }
}

impl Watched {
    /// Handles of what was collected.
    fn sweep(&mut self) -> Vec<Js> {
        let mut gone = Vec::new();
        self.list.retain(|(object, handle)| {
            if object.is_empty() {
                gone.push(Js::from(*handle));
            }
            !object.is_empty()
        });
        self.full = WATCHED_MIN.max(self.list.len() * 2);
        gone
    }
}

/// watch(object, handle): handles of what was collected since, or undefined.
fn watch<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(object) = args.get(0).try_cast::<v8::Object>() else {
        return;
    };
    let handle = i32::from_js(scope, args.get(1));
    let weak = v8::Weak::new(scope, object);
    let mut answers = realm::current().answers.borrow_mut();
    let watched = &mut answers.watched;
    watched.list.push((weak, handle));
    if watched.list.len() >= watched.full {
        let gone = watched.sweep();
        drop(answers);
        rv.set(gone.into_js(scope));
    }
}

/// sweep(): handles of what was collected.
fn sweep<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    let gone = realm::current().answers.borrow_mut().watched.sweep();
    rv.set(gone.into_js(scope));
}

fn set_answerer<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let Ok(function) = args.get(0).try_cast::<v8::Function>() else {
        return;
    };
    realm::current().answers.borrow_mut().answerer = Some(Answerer {
        // SAFETY: it is followed in `ask` only, within a native that this isolate called.
        isolate: unsafe { scope.as_raw_isolate_ptr() },
        function: v8::Global::new(scope, function),
    });
}

/// Asks the program; `take` gets what it answers. None: nobody can be asked, or asking failed,
/// which the op that `calls` throws when it ends.
pub fn ask<R>(arguments: Vec<Js>, take: impl FnOnce(Answer<'_>) -> R) -> Option<R> {
    if !realm::is_installed() {
        return None;
    }
    let realm = realm::current();
    if realm.natives_borrowed.get() || realm.ending.get().is_some() {
        return None;
    }
    let answers = realm.answers.borrow();
    let answerer = answers.answerer.as_ref()?;
    if answers.thrown.is_some() {
        return None;
    }
    let mut pointer = answerer.isolate;
    // SAFETY: the native that asks was called by this isolate, in its thread.
    let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
    v8::scope!(let scope, isolate);
    let function = v8::Local::new(scope, &answerer.function);
    drop(answers);
    let context = v8::Local::new(scope, realm.context.borrow().as_ref()?);
    let scope = &mut v8::ContextScope::new(scope, context);
    v8::tc_scope!(let scope, scope);
    let receiver = v8::undefined(scope).into();
    let arguments: Vec<_> = arguments
        .into_iter()
        .map(|one| one.into_js(scope))
        .collect();
    if let Some(answer) = function.call(scope, receiver, &arguments) {
        let answer = Answer::from_js(scope, answer);
        return Some(take(answer));
    }
    if scope.has_terminated() {
        scope.rethrow();
    } else if let Some(thrown) = scope.exception() {
        realm.answers.borrow_mut().thrown = Some(v8::Global::new(scope, thrown));
    }
    None
}

/// Throws what could not be thrown while the op was at work.
pub(crate) fn throw_kept(scope: &v8::PinScope) {
    let kept = realm::current().answers.borrow_mut().thrown.take();
    if let Some(thrown) = kept {
        let thrown = v8::Local::new(scope, thrown);
        scope.throw_exception(thrown);
    }
}
