//! `gc_profile`: notes of every collection while somebody wants them, for `v8.GCProfiler`.

use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr;
use std::time::Instant;

use super::{Args, Entry, Return, entry, heap_figures, heap_space_rows};
use crate::value::{FromJs, IntoJs, Js};

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("start", 0, start),
        entry("count", 0, count),
        entry("notes", 1, notes),
        entry("stop", 0, stop),
    ]
}

/// [type, microseconds, heap before, spaces before, heap after, spaces after], see `heap_figures`
/// and `heap_space_rows`.
type Note = Vec<Js>;

#[derive(Default)]
struct Profile {
    notes: Vec<Note>,
    begun: Option<(Instant, Js, Js)>,
}

thread_local! {
    // One list for all who profile at once; each knows where its part begins.
    static PROFILE: RefCell<Option<Profile>> = const { RefCell::new(None) };
}

const ALL: v8::GCType = v8::GCType::kGCTypeAll;

extern "C" fn before(
    mut pointer: v8::UnsafeRawIsolatePtr,
    _: v8::GCType,
    _: v8::GCCallbackFlags,
    _: *mut c_void,
) {
    // SAFETY: V8 calls with the isolate of this thread, which is alive.
    let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
    let (heap, spaces) = (heap_figures(isolate), heap_space_rows(isolate));
    PROFILE.with_borrow_mut(|cell| {
        if let Some(profile) = cell {
            profile.begun = Some((Instant::now(), heap, spaces));
        }
    });
}

extern "C" fn after(
    mut pointer: v8::UnsafeRawIsolatePtr,
    kind: v8::GCType,
    _: v8::GCCallbackFlags,
    _: *mut c_void,
) {
    // SAFETY: V8 calls with the isolate of this thread, which is alive.
    let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
    let (heap, spaces) = (heap_figures(isolate), heap_space_rows(isolate));
    PROFILE.with_borrow_mut(|cell| {
        let Some(profile) = cell else { return };
        if let Some((begun, heap_before, spaces_before)) = profile.begun.take() {
            let cost = begun.elapsed().as_nanos() as f64 / 1e3;
            profile.notes.push(vec![
                Js::from(kind.0),
                Js::from(cost),
                heap_before,
                spaces_before,
                heap,
                spaces,
            ]);
        }
    });
}

/// Begins to take notes, if nobody has begun.
fn start<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, _: Return<'s>) {
    let is_begun = PROFILE.with_borrow(Option::is_some);
    if !is_begun {
        PROFILE.set(Some(Profile::default()));
        scope.add_gc_prologue_callback(before, ptr::null_mut(), ALL);
        scope.add_gc_epilogue_callback(after, ptr::null_mut(), ALL);
    }
}

/// The notes from number `from` on.
fn notes<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let from = u32::from_js(scope, args.get(0)) as usize;
    let notes = PROFILE.with_borrow(|cell| {
        let notes = cell.as_ref().map(|profile| &profile.notes);
        let notes = notes.and_then(|notes| notes.get(from..));
        notes.unwrap_or_default().to_vec()
    });
    let notes = notes.into_iter().map(Js::List).collect();
    rv.set(Js::List(notes).into_js(scope));
}

/// How many notes there are.
fn count<'s>(_: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    let count = PROFILE.with_borrow(|cell| cell.as_ref().map_or(0, |profile| profile.notes.len()));
    rv.set_uint32(count as u32);
}

fn stop<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, _: Return<'s>) {
    if PROFILE.take().is_some() {
        scope.remove_gc_prologue_callback(before, ptr::null_mut());
        scope.remove_gc_epilogue_callback(after, ptr::null_mut());
    }
}
