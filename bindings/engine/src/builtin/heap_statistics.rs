//! `v8`: figures about the heap.

use super::{Args, Entry, Return, entry};
use crate::realm;
use crate::store;
use crate::value::{FromJs, IntoJs, Js};

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("heapStatistics", 0, heap_statistics),
        entry("heapSpaces", 0, heap_spaces),
        entry("youngBytesMax", 0, young_bytes_max),
        entry("setFlagsFromString", 1, set_flags),
        entry("version", 0, version),
        entry("collectGarbage", 1, collect_garbage),
        entry("codeStatistics", 0, code_statistics),
        entry("snapshotNearHeapLimit", 2, snapshot_near_heap_limit),
        entry("heapSnapshot", 0, heap_snapshot),
        entry("cachedDataVersionTag", 0, cached_data_version_tag),
        entry("isStringOneByteRepresentation", 1, is_one_byte),
    ]
}

/// In the order of v8.getHeapStatistics(): total_heap_size, total_heap_size_executable,
/// total_physical_size, total_available_size, used_heap_size, heap_size_limit, malloced_memory,
/// peak_malloced_memory, does_zap_garbage, number_of_native_contexts,
/// number_of_detached_contexts, total_global_handles_size, used_global_handles_size,
/// external_memory; behind them the bytes of ArrayBuffers. Bytes and counts.
fn heap_statistics<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    rv.set(heap_figures(scope).into_js(scope));
}

pub(crate) fn heap_figures(isolate: &mut v8::Isolate) -> Js {
    let heap = isolate.get_heap_statistics();
    let figures = [
        heap.total_heap_size(),
        heap.total_heap_size_executable(),
        heap.total_physical_size(),
        heap.total_available_size(),
        heap.used_heap_size(),
        heap.heap_size_limit(),
        heap.malloced_memory(),
        heap.peak_malloced_memory(),
        usize::from(heap.does_zap_garbage()),
        heap.number_of_native_contexts(),
        heap.number_of_detached_contexts(),
        heap.total_global_handles_size(),
        heap.used_global_handles_size(),
        heap.external_memory(),
        store::array_buffer_bytes(),
    ];
    Js::Doubles(figures.iter().map(|figure| *figure as f64).collect())
}

/// What the young generation may grow to.
fn young_bytes_max<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    let bytes = realm::current().young_bytes_max.get();
    rv.set(Js::from(bytes as f64).into_js(scope));
}

/// [[name, size, used, available, physical], ...]
fn heap_spaces<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    rv.set(heap_space_rows(scope).into_js(scope));
}

pub(crate) fn heap_space_rows(isolate: &mut v8::Isolate) -> Js {
    let mut spaces = Vec::new();
    for index in 0..isolate.number_of_heap_spaces() {
        let Some(space) = isolate.get_heap_space_statistics(index) else {
            break;
        };
        spaces.push(Js::List(vec![
            Js::Text(space.space_name().to_string_lossy().into_owned()),
            Js::Number(space.space_size() as f64),
            Js::Number(space.space_used_size() as f64),
            Js::Number(space.space_available_size() as f64),
            Js::Number(space.physical_space_size() as f64),
        ]));
    }
    Js::List(spaces)
}

fn set_flags<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let flags = args.get(0).to_rust_string_lossy(scope);
    v8::V8::set_flags_from_string(&flags);
}

fn version<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    rv.set(v8::V8::get_version().into_js(scope));
}

/// collectGarbage(minor): what `--expose-gc`'s `gc()` does.
fn collect_garbage<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    if args.get(0).is_true() {
        scope.request_garbage_collection_for_testing(v8::GarbageCollectionType::Minor);
    } else {
        scope.low_memory_notification();
    }
}

/// In the order of v8.getHeapCodeStatistics().
fn code_statistics<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    let figures = scope.get_heap_code_and_metadata_statistics().map(|code| {
        [
            code.code_and_metadata_size(),
            code.bytecode_and_metadata_size(),
            code.external_script_source_size(),
            code.cpu_profiler_metadata_size(),
        ]
    });
    let figures = figures.unwrap_or_default().map(|figure| figure as f64);
    rv.set(Js::Doubles(figures.to_vec()).into_js(scope));
}

/// The heap as JSON, in a Buffer.
fn heap_snapshot<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    let mut bytes = Vec::new();
    scope.take_heap_snapshot(|chunk| {
        bytes.extend_from_slice(chunk);
        true
    });
    rv.set(Js::Bytes(bytes).into_js(scope));
}

fn cached_data_version_tag<'s>(_: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    rv.set_uint32(v8::script_compiler::cached_data_version_tag());
}

fn is_one_byte<'s>(_: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let string = args.get(0).try_cast::<v8::String>();
    rv.set_bool(string.is_ok_and(|string| string.is_onebyte()));
}

/// snapshotNearHeapLimit(count, owner): writes so many snapshots before the heap limit ends the
/// isolate; `owner` is the part of their names that tells process and thread.
fn snapshot_near_heap_limit<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let snapshots = &realm::current().snapshots;
    snapshots.left_count.set(u32::from_js(scope, args.get(0)));
    *snapshots.owner.borrow_mut() = String::from_js(scope, args.get(1));
}
