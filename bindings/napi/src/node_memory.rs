//! Buffers, and memory of the addon's that JavaScript sees: its finalizer runs on this thread when
//! no view of it is left, or at the isolate's end.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::addons::Cleanup;
use crate::arena::{Finalizer, Id, Item};
use crate::boundary::{Finalize, Many, Out, Value, check};
use crate::env::Env;
use crate::errors::throw_range_error;
use crate::host::{Arrival, Arrivals, Callback, Loop};
use crate::status::{Failure, Status};

/// External memory while it is lent.
pub struct Memory {
    buffer: v8::Weak<v8::ArrayBuffer>,
    finalizer: Option<Finalizer>,
}

/// What V8 gives back when the last view is gone, on whatever thread.
struct Lease {
    id: Id,
    arrivals: Arc<Arrivals>,
}

unsafe extern "C" fn lease_is_over(_data: *mut c_void, _bytes: usize, lease: *mut c_void) {
    // SAFETY: made by `Box::into_raw` for this buffer; V8 calls this once.
    let lease = unsafe { Box::from_raw(lease.cast::<Lease>()) };
    lease.arrivals.push(Arrival::Item(lease.id));
}

/// The lease of `id` is over, or the isolate ends: then views of it become empty.
pub fn release(env: &Env, id: Id) {
    let removed = env.addons.with(|arena| match arena.get(id) {
        Some(Item::Memory(_)) => arena.remove(id),
        _ => None,
    });
    let Some((env, Item::Memory(memory))) = removed else {
        return;
    };
    env.addons
        .cleanups
        .borrow_mut()
        .retain(|cleanup| !cleanup.is_of(id));
    env.enter(|scope| {
        if let Some(buffer) = memory.buffer.to_local(scope)
            && buffer.is_detachable()
        {
            // It was asked whether it can be.
            let _ = buffer.detach(None);
        }
    });
    env.let_go();
    if let Some(finalizer) = memory.finalizer {
        env.call_finalizer(finalizer);
    }
}

fn external_buffer<'s>(
    env: &Env,
    scope: &mut v8::PinScope<'s, '_>,
    data: *mut c_void,
    length: usize,
    finalizer: Option<Finalizer>,
) -> Result<v8::Local<'s, v8::ArrayBuffer>, Failure> {
    let current = Loop::required()?;
    let Some(start) = NonNull::new(data).filter(|_| length > 0) else {
        // There is nothing to lend: the finalizer has its turn as if it had been forgotten.
        let buffer = v8::ArrayBuffer::new(scope, 0);
        if data.is_null() {
            // A fresh buffer can be.
            let _ = buffer.detach(None);
        }
        if let Some(finalizer) = finalizer {
            let finalizer = Some(finalizer);
            let id = env.addons.insert(env, Item::Finalizer { data, finalizer });
            env.enqueue_finalizer(id);
        }
        return Ok(buffer);
    };
    let buffer = v8::Weak::empty(scope);
    let id = env
        .addons
        .insert(env, Item::Memory(Memory { buffer, finalizer }));
    let arrivals = current.arrivals.clone();
    let lease = Box::into_raw(Box::new(Lease { id, arrivals }));
    // SAFETY: the addon lends `length` bytes until its finalizer is called, which is after V8 has
    // called `lease_is_over` or the buffer was detached.
    let store = unsafe {
        v8::ArrayBuffer::new_backing_store_from_ptr(
            start.as_ptr(),
            length,
            lease_is_over,
            lease.cast(),
        )
    };
    let buffer = v8::ArrayBuffer::with_backing_store(scope, &store.make_shared());
    let weak = v8::Weak::new(scope, buffer);
    env.addons.with(|arena| {
        if let Some((_, Item::Memory(memory))) = arena.get_mut(id) {
            memory.buffer = weak;
        }
    });
    env.addons.cleanups.borrow_mut().push(Cleanup::Memory(id));
    env.hold();
    // It cannot be moved to another thread: its finalizer is bound to this one.
    current.call(scope, Callback::MarkAsUntransferable, &[buffer.into()]);
    Ok(buffer)
}

/// A Buffer over memory.
fn buffer_over<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    buffer: v8::Local<'s, v8::ArrayBuffer>,
    offset: usize,
    length: usize,
) -> Result<v8::Local<'s, v8::Value>, Failure> {
    let view = v8::Uint8Array::new(scope, buffer, offset, length);
    let view = view.ok_or(Status::GenericFailure.or_exception())?;
    let prototype = coring_engine::guest::buffer_prototype(scope);
    let prototype = prototype.ok_or(Status::GenericFailure.or_exception())?;
    view.set_prototype(scope, prototype);
    Ok(view.into())
}

fn new_buffer<'s>(
    env: &Env,
    scope: &mut v8::PinScope<'s, '_>,
    length: usize,
) -> Result<(v8::Local<'s, v8::Value>, *mut c_void), Failure> {
    let Some(memory) = coring_engine::guest::array_buffer(scope, length) else {
        let text = format!("Cannot create a Buffer larger than {length} bytes");
        let (code, status) = ("ERR_BUFFER_TOO_LARGE", Status::GenericFailure);
        return Err(throw_range_error(env, scope, code, &text, status));
    };
    let data = memory.data().map_or(std::ptr::null_mut(), NonNull::as_ptr);
    Ok((buffer_over(scope, memory, 0, length)?, data))
}

/// Where a view's bytes are. They are moved out of V8's heap, where they could not stay.
fn contents(scope: &v8::PinScope<'_, '_>, view: v8::Local<v8::ArrayBufferView>) -> *mut c_void {
    let memory = view.buffer(scope).and_then(|buffer| buffer.data());
    let start = memory.map_or(std::ptr::null_mut(), NonNull::as_ptr);
    match start.is_null() {
        true => start,
        false => start.wrapping_byte_add(view.byte_offset()),
    }
}

exports! {
    /// A Buffer of so many bytes.
    guarded fn napi_create_buffer(
        length: usize,
        data: Out<*mut c_void>,
        result: Out<Value>,
    ) |env, scope| {
        let result = result.required()?;
        let (buffer, start) = new_buffer(env, scope, length)?;
        result.put(buffer);
        data.set(start);
        Ok(())
    };

    /// A Buffer with a copy of the addon's bytes.
    guarded fn napi_create_buffer_copy(
        length: usize,
        bytes: Many<u8>,
        data: Out<*mut c_void>,
        result: Out<Value>,
    ) |env, scope| {
        let result = result.required()?;
        let (buffer, start) = new_buffer(env, scope, length)?;
        let bytes = bytes.slice(length)?;
        if !start.is_null() {
            // SAFETY: the new memory has `length` bytes, and is nobody else's yet.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), start.cast(), bytes.len()) };
        }
        result.put(buffer);
        data.set(start);
        Ok(())
    };

    /// A Buffer over memory of the addon's.
    guarded fn napi_create_external_buffer(
        length: usize,
        data: *mut c_void,
        callback: Option<Finalize>,
        hint: *mut c_void,
        result: Out<Value>,
    ) |env, scope| {
        let result = result.required()?;
        let finalizer = callback.map(|callback| Finalizer { callback, data, hint });
        let memory = external_buffer(env, scope, data, length, finalizer)?;
        let length = memory.byte_length();
        result.put(buffer_over(scope, memory, 0, length)?);
        Ok(())
    };

    /// An ArrayBuffer over memory of the addon's.
    guarded fn napi_create_external_arraybuffer(
        data: *mut c_void,
        length: usize,
        callback: Option<Finalize>,
        hint: *mut c_void,
        result: Out<Value>,
    ) |env, scope| {
        let result = result.required()?;
        let finalizer = callback.map(|callback| Finalizer { callback, data, hint });
        result.put(external_buffer(env, scope, data, length, finalizer)?);
        Ok(())
    };

    /// A Buffer over a part of an ArrayBuffer.
    guarded fn node_api_create_buffer_from_arraybuffer(
        buffer: Value,
        offset: usize,
        length: usize,
        result: Out<Value>,
    ) |env, scope| {
        let buffer = buffer.required(scope)?;
        let result = result.required()?;
        let buffer = buffer.try_cast::<v8::ArrayBuffer>();
        let buffer = buffer.map_err(|_| Status::ArraybufferExpected)?;
        if offset.checked_add(length).is_none_or(|end| end > buffer.byte_length()) {
            let text = "The byte offset + length is out of range";
            let (code, status) = ("ERR_OUT_OF_RANGE", Status::PendingException);
            return Err(throw_range_error(env, scope, code, text, status));
        }
        result.put(buffer_over(scope, buffer, offset, length)?);
        Ok(())
    };

    /// Is it a view of memory?
    plain fn napi_is_buffer(value: Value, result: Out<bool>) |_env, scope| {
        let value = value.required(scope)?;
        result.required()?.set(value.is_array_buffer_view());
        Ok(())
    };

    /// Memory and length of a view.
    plain fn napi_get_buffer_info(
        value: Value,
        data: Out<*mut c_void>,
        length: Out<usize>,
    ) |_env, scope| {
        let view = value.required(scope)?;
        let view = view.try_cast::<v8::ArrayBufferView>();
        let view = view.map_err(|_| Status::InvalidArg)?;
        check(view.byte_length() <= isize::MAX as usize, Status::GenericFailure)?;
        if data.is_wanted() {
            data.set(contents(scope, view));
        }
        length.set(view.byte_length());
        Ok(())
    };
}
