//! `wasm_web_api`: WebAssembly.compileStreaming() and instantiateStreaming(). V8 compiles what
//! lib_js/internal/wasm_web_api.js reads from a response, piece by piece.

use std::cell::RefCell;

use super::{Args, Entry, Return, entry};
use crate::realm::{self, Root};

type Stream = v8::WasmStreaming<false>;

thread_local! {
    /// By number. An isolate has its thread for itself.
    static STREAMS: RefCell<Vec<Option<Stream>>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry("setImplementation", 1, set_implementation),
        entry("push", 2, push),
        entry("setURL", 2, set_url),
        entry("finish", 1, finish),
        entry("abort", 2, abort),
    ]
}

/// Before the isolate ends: V8's parts must not outlive it.
pub(super) fn close_all() {
    STREAMS.with_borrow_mut(Vec::clear);
}

fn set_implementation<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    realm::current().set_root(scope, Root::WasmStreaming, args.get(0));
}

/// V8 has been asked to compile `source`: JavaScript gets it, and the number of the stream.
pub(crate) fn start(
    scope: &mut v8::PinScope<'_, '_>,
    source: v8::Local<v8::Value>,
    stream: Stream,
) {
    let Some(function) = realm::current().root_function(scope, Root::WasmStreaming) else {
        return;
    };
    let number = STREAMS.with_borrow_mut(|streams| {
        let free = streams.iter().position(Option::is_none);
        let number = free.unwrap_or(streams.len());
        if number == streams.len() {
            streams.push(None);
        }
        streams[number] = Some(stream);
        number
    });
    let number = v8::Integer::new_from_unsigned(scope, number as u32).into();
    let source = v8::Local::new(scope, source);
    let receiver = v8::undefined(scope).into();
    // It is an async function: what goes wrong in it comes back by abort().
    function.call(scope, receiver, &[number, source]);
}

fn number(scope: &v8::PinScope, args: &Args) -> usize {
    args.get(0).uint32_value(scope).unwrap_or(u32::MAX) as usize
}

/// The stream, which nobody has from then on.
fn take(scope: &v8::PinScope, args: &Args) -> Option<Stream> {
    let number = number(scope, args);
    STREAMS.with_borrow_mut(|streams| streams.get_mut(number)?.take())
}

/// Acts on the stream outside of the table: V8 may call JavaScript.
fn with_stream(scope: &v8::PinScope, args: &Args, act: impl FnOnce(&mut Stream)) {
    let Some(mut stream) = take(scope, args) else {
        return;
    };
    act(&mut stream);
    let number = number(scope, args);
    STREAMS.with_borrow_mut(|streams| streams[number] = Some(stream));
}

/// push(number, view)
fn push<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let Ok(view) = args.get(1).try_cast::<v8::ArrayBufferView>() else {
        return;
    };
    let mut bytes = vec![0; view.byte_length()];
    view.copy_contents(&mut bytes);
    with_stream(scope, &args, |stream| stream.on_bytes_received(&bytes));
}

/// setURL(number, url)
fn set_url<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    let url = args.get(1).to_rust_string_lossy(scope);
    with_stream(scope, &args, |stream| stream.set_url(&url));
}

/// finish(number)
fn finish<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    if let Some(stream) = take(scope, &args) {
        stream.finish();
    }
}

/// abort(number, error): the promise of the program is rejected with the error.
fn abort<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, _: Return<'s>) {
    if let Some(stream) = take(scope, &args) {
        stream.abort(Some(args.get(1)));
    }
}
