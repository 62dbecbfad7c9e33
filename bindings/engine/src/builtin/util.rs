//! `util`: looks inside values for `util.inspect` and friends, under Node's names.

use super::{Args, Entry, Return, entry, put};
use crate::realm;
use crate::value::{FromJs, js_string};

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("getPromiseDetails", 1, promise_details),
        entry("getProxyDetails", 2, proxy_details),
        entry("getConstructorName", 1, constructor_name),
        entry("getCallerLocation", 0, caller_location),
        entry("getOwnNonIndexProperties", 2, own_non_index_properties),
        entry("previewEntries", 2, preview_entries),
        entry("getCallSites", 1, call_sites),
        entry("isConstructor", 1, is_constructor),
        entry("isInsideNodeModules", 1, is_inside_node_modules),
        entry("sleep", 1, sleep),
        entry("arrayBufferViewHasBuffer", 1, view_has_buffer),
        entry("isArrayBufferDetached", 1, is_detached),
        entry("defineLazyProperties", 4, super::lazy::define),
    ]
}

const TRANSFER_MODE: &str = "transfer_mode_private_symbol";

fn private_symbol<'s>(scope: &v8::PinScope<'s, '_>, name: &str) -> v8::Local<'s, v8::Private> {
    v8::Private::for_api(scope, Some(js_string(scope, name)))
}

/// The private name under which objects carry their transfer mode.
pub(super) fn transfer_mode_symbol<'s>(scope: &v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Private> {
    let mut known = realm::current().transfer_mode.borrow_mut();
    let global = known.get_or_insert_with(|| {
        let symbol = private_symbol(scope, TRANSFER_MODE);
        v8::Global::new(scope, symbol)
    });
    v8::Local::new(scope, &*global)
}

/// Values beside the natives, under Node's names.
pub(super) fn put_constants<'s>(scope: &v8::PinScope<'s, '_>, binding: v8::Local<'s, v8::Object>) {
    const NUMBERS: [(&str, i32); 12] = [
        ("kPending", 0),
        ("kFulfilled", 1),
        ("kRejected", 2),
        ("ALL_PROPERTIES", 0),
        ("ONLY_WRITABLE", 1),
        ("ONLY_ENUMERABLE", 2),
        ("ONLY_CONFIGURABLE", 4),
        ("SKIP_STRINGS", 8),
        ("SKIP_SYMBOLS", 16),
        ("kDisallowCloneAndTransfer", 0),
        ("kTransferable", 1),
        ("kCloneable", 2),
    ];
    const SYMBOLS: [&str; 1] = ["host_defined_option_symbol"];
    // Truly private: marks for the serialiser, which no proxy, frozen object or reflection of the
    // program's meets.
    const PRIVATE: [&str; 2] = [TRANSFER_MODE, "untransferable_object_private_symbol"];
    let constants = v8::Object::new(scope);
    for (name, number) in NUMBERS {
        let number = v8::Integer::new(scope, number).into();
        put(scope, constants, name, number);
    }
    put(scope, binding, "constants", constants.into());
    let symbols = v8::Object::new(scope);
    for name in SYMBOLS {
        let description = js_string(scope, name);
        let symbol = v8::Symbol::new(scope, Some(description)).into();
        put(scope, symbols, name, symbol);
    }
    for name in PRIVATE {
        let symbol = private_value(private_symbol(scope, name));
        put(scope, symbols, name, symbol);
    }
    let arrow = private_value(crate::error::arrow_key(scope));
    put(scope, symbols, "arrow_message_private_symbol", arrow);
    let decorated = private_value(crate::error::decorated_key(scope));
    put(scope, symbols, "decorated_private_symbol", decorated);
    put(scope, binding, "privateSymbols", symbols.into());
}

/// A private symbol as JavaScript can use it: a key that no reflection and no proxy sees.
fn private_value(key: v8::Local<v8::Private>) -> v8::Local<v8::Value> {
    let data: v8::Local<v8::Data> = key.into();
    // SAFETY: a private symbol is a symbol in V8's heap; as a property key it is one to JavaScript.
    unsafe { v8::Local::<v8::Value>::cast_unchecked(data) }
}

/// [state, result]; state 0 pending, 1 fulfilled, 2 rejected.
fn promise_details<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(promise) = args.get(0).try_cast::<v8::Promise>() else {
        return;
    };
    let state = promise.state();
    let number = match state {
        v8::PromiseState::Pending => 0,
        v8::PromiseState::Fulfilled => 1,
        v8::PromiseState::Rejected => 2,
    };
    let number: v8::Local<v8::Value> = v8::Integer::new(scope, number).into();
    let details = match state {
        v8::PromiseState::Pending => v8::Array::new_with_elements(scope, &[number]),
        _ => {
            let result = promise.result(scope);
            v8::Array::new_with_elements(scope, &[number, result])
        }
    };
    rv.set(details.into());
}

/// The target, or with a true second argument [target, handler]; undefined for what is no proxy.
fn proxy_details<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(proxy) = args.get(0).try_cast::<v8::Proxy>() else {
        return;
    };
    let target = proxy.get_target(scope);
    if args.length() == 1 || args.get(1).is_true() {
        let handler = proxy.get_handler(scope);
        rv.set(v8::Array::new_with_elements(scope, &[target, handler]).into());
    } else {
        rv.set(target);
    }
}

fn constructor_name<'s>(_: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    if let Ok(object) = args.get(0).try_cast::<v8::Object>() {
        let name: v8::Local<v8::Value> = object.get_constructor_name().into();
        rv.set(name);
    }
}

/// [line, column, script] of the function that called the native's caller.
fn caller_location<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    let Some(trace) = v8::StackTrace::current_stack_trace(scope, 2) else {
        return;
    };
    let Some(frame) = trace.get_frame(scope, 1) else {
        return;
    };
    let line = v8::Integer::new(scope, frame.get_line_number() as i32).into();
    let column = v8::Integer::new(scope, frame.get_column() as i32).into();
    // Code that eval() made has no name, and so no place.
    let Some(name) = frame.get_script_name_or_source_url(scope) else {
        return;
    };
    rv.set(v8::Array::new_with_elements(scope, &[line, column, name.into()]).into());
}

/// Own keys that are no array index, by the bits of V8's PropertyFilter (see `constants`).
fn own_non_index_properties<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let Ok(object) = args.get(0).try_cast::<v8::Object>() else {
        return;
    };
    let bits = u32::from_js(scope, args.get(1));
    const FILTERS: [v8::PropertyFilter; 5] = [
        v8::PropertyFilter::ONLY_WRITABLE,
        v8::PropertyFilter::ONLY_ENUMERABLE,
        v8::PropertyFilter::ONLY_CONFIGURABLE,
        v8::PropertyFilter::SKIP_STRINGS,
        v8::PropertyFilter::SKIP_SYMBOLS,
    ];
    let mut filter = v8::PropertyFilter::ALL_PROPERTIES;
    for (bit, flag) in FILTERS.into_iter().enumerate() {
        if bits & (1 << bit) != 0 {
            filter = filter | flag;
        }
    }
    let wanted = v8::GetPropertyNamesArgsBuilder::new()
        .mode(v8::KeyCollectionMode::OwnOnly)
        .property_filter(filter)
        .index_filter(v8::IndexFilter::SkipIndices)
        .key_conversion(v8::KeyConversionMode::KeepNumbers)
        .build();
    if let Some(names) = object.get_property_names(scope, wanted) {
        rv.set(names.into());
    }
}

/// Entries of a map, set or iterator without running JavaScript; with a second argument
/// [entries, isKeyValue].
fn preview_entries<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let Ok(object) = args.get(0).try_cast::<v8::Object>() else {
        return;
    };
    let (Some(entries), is_key_value) = object.preview_entries(scope) else {
        return;
    };
    if args.length() < 2 {
        return rv.set(entries.into());
    }
    let flag = v8::Boolean::new(scope, is_key_value).into();
    rv.set(v8::Array::new_with_elements(scope, &[entries.into(), flag]).into());
}

/// The `frames` innermost call sites, without the caller itself.
fn call_sites<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let frames = u32::from_js(scope, args.get(0)).clamp(1, 200) as usize;
    let Some(trace) = v8::StackTrace::current_stack_trace(scope, frames + 1) else {
        return;
    };
    let mut sites: Vec<v8::Local<v8::Value>> = Vec::new();
    for index in 1..trace.get_frame_count() {
        let Some(frame) = trace.get_frame(scope, index) else {
            break;
        };
        let site = v8::Object::new(scope);
        let empty = v8::String::empty(scope);
        let function = frame.get_function_name(scope).unwrap_or(empty).into();
        let script = frame
            .get_script_name_or_source_url(scope)
            .unwrap_or(empty)
            .into();
        let id = js_string(scope, &frame.get_script_id().to_string()).into();
        let line = v8::Integer::new(scope, frame.get_line_number() as i32).into();
        let column = v8::Integer::new(scope, frame.get_column() as i32).into();
        put(scope, site, "functionName", function);
        put(scope, site, "scriptId", id);
        put(scope, site, "scriptName", script);
        put(scope, site, "lineNumber", line);
        put(scope, site, "columnNumber", column);
        put(scope, site, "column", column);
        sites.push(site.into());
    }
    rv.set(v8::Array::new_with_elements(scope, &sites).into());
}

fn is_constructor<'s>(_: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let object = args.get(0).try_cast::<v8::Object>();
    rv.set_bool(object.is_ok_and(|object| object.is_constructor()));
}

/// sleep(ms): blocks the thread, as Node's does.
fn sleep<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let milliseconds = u32::from_js(scope, args.get(0));
    std::thread::sleep(std::time::Duration::from_millis(milliseconds.into()));
}

fn view_has_buffer<'s>(_: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let view = args.get(0).try_cast::<v8::ArrayBufferView>();
    rv.set_bool(view.is_ok_and(|view| view.has_buffer()));
}

fn is_detached<'s>(_: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let buffer = args.get(0).try_cast::<v8::ArrayBuffer>();
    rv.set_bool(buffer.is_ok_and(|buffer| buffer.was_detached()));
}

/// isInsideNodeModules(frames): is the innermost frame that is the program's own in node_modules?
fn is_inside_node_modules<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: Args<'s>,
    mut rv: Return<'s>,
) {
    let frames = u32::from_js(scope, args.get(0)).clamp(1, 100) as usize;
    let trace = v8::StackTrace::current_stack_trace(scope, frames);
    let inside = trace.is_some_and(|trace| {
        let names = (0..trace.get_frame_count()).filter_map(|index| {
            let name = trace
                .get_frame(scope, index)?
                .get_script_name_or_source_url(scope)?;
            Some(name.to_rust_string_lossy(scope))
        });
        let own = names
            .into_iter()
            .find(|name| !name.is_empty() && !name.starts_with("node:"));
        own.is_some_and(|name| name.replace('\\', "/").contains("/node_modules/"))
    });
    rv.set_bool(inside);
}
