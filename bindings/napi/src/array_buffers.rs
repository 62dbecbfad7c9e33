//! ArrayBuffers, shared or not, and views of them.

use std::ffi::c_void;

use crate::boundary::{Out, Value, as_array_buffer, check};
use crate::env::Env;
use crate::errors::throw_range_error;
use crate::status::{Failure, Outcome, Status};

/// Makes a view of a type: (scope, buffer, offset in bytes, length in elements).
type MakeView =
    fn(&v8::PinScope<'_, '_>, v8::Local<v8::ArrayBuffer>, usize, usize) -> Option<Value>;

/// A type of elements, by the order of `napi_typedarray_type`.
struct ViewType {
    name: &'static str,
    element_bytes: usize,
    make: MakeView,
    is: fn(&v8::Value) -> bool,
}

macro_rules! view_types {
    ($($name:ident, $element_bytes:literal, $is:ident;)*) => {
        &[$(ViewType {
            name: stringify!($name),
            element_bytes: $element_bytes,
            make: |scope, buffer, offset, length| {
                v8::$name::new(scope, buffer, offset, length).map(|view| Value::of(&view))
            },
            is: v8::Value::$is,
        }),*]
    };
}

const VIEW_TYPES: &[ViewType] = view_types! {
    Int8Array, 1, is_int8_array;
    Uint8Array, 1, is_uint8_array;
    Uint8ClampedArray, 1, is_uint8_clamped_array;
    Int16Array, 2, is_int16_array;
    Uint16Array, 2, is_uint16_array;
    Int32Array, 4, is_int32_array;
    Uint32Array, 4, is_uint32_array;
    Float32Array, 4, is_float32_array;
    Float64Array, 8, is_float64_array;
    BigInt64Array, 8, is_big_int64_array;
    BigUint64Array, 8, is_big_uint64_array;
    Float16Array, 2, is_float16_array;
};

/// Memory of a buffer: (its address, null when there is none; bytes).
fn memory_of(value: v8::Local<v8::Value>) -> Option<(*mut c_void, usize)> {
    let pointer = |data: Option<std::ptr::NonNull<c_void>>| {
        data.map_or(std::ptr::null_mut(), std::ptr::NonNull::as_ptr)
    };
    if let Ok(buffer) = value.try_cast::<v8::ArrayBuffer>() {
        return Some((pointer(buffer.data()), buffer.byte_length()));
    }
    let buffer = value.try_cast::<v8::SharedArrayBuffer>().ok()?;
    Some((
        pointer(buffer.get_backing_store().data()),
        buffer.byte_length(),
    ))
}

/// A buffer of either kind, as V8's views take it, and its length in bytes.
fn viewable<'s>(
    value: v8::Local<'s, v8::Value>,
) -> Result<(v8::Local<'s, v8::ArrayBuffer>, usize), Status> {
    if let Ok(buffer) = value.try_cast::<v8::ArrayBuffer>() {
        return Ok((buffer, buffer.byte_length()));
    }
    let shared = value
        .try_cast::<v8::SharedArrayBuffer>()
        .map_err(|_| Status::InvalidArg)?;
    Ok((as_array_buffer(shared), shared.byte_length()))
}

/// Where a view's memory is, its buffer and its offset there.
fn tell_view(
    scope: &v8::PinScope<'_, '_>,
    view: v8::Local<v8::ArrayBufferView>,
    data: Out<*mut c_void>,
    buffer: Out<Value>,
    offset: Out<usize>,
) -> Outcome {
    if data.is_wanted() || buffer.is_wanted() {
        // Asking may allocate it.
        let whole: v8::Local<v8::Value> = match view.buffer(scope) {
            Some(whole) => whole.into(),
            None => return Err(Status::GenericFailure.into()),
        };
        let (address, _) = memory_of(whole).ok_or(Status::GenericFailure)?;
        data.set(address.wrapping_byte_add(view.byte_offset()));
        if buffer.is_wanted() {
            buffer.put(whole);
        }
    }
    offset.set(view.byte_offset());
    Ok(())
}

fn view_type(kind: i32) -> Result<&'static ViewType, Status> {
    let index = usize::try_from(kind).map_err(|_| Status::InvalidArg)?;
    VIEW_TYPES.get(index).ok_or(Status::InvalidArg)
}

/// Throws unless elements from `offset` on are aligned and within the buffer.
fn check_range(
    env: &Env,
    scope: &v8::PinScope<'_, '_>,
    kind: &ViewType,
    (offset, length, buffer_bytes): (usize, usize, usize),
) -> Result<(), Failure> {
    let ViewType {
        name,
        element_bytes,
        ..
    } = kind;
    if !offset.is_multiple_of(*element_bytes) {
        let text = format!("start offset of {name} should be a multiple of {element_bytes}");
        let (code, status) = (
            "ERR_NAPI_INVALID_TYPEDARRAY_ALIGNMENT",
            Status::GenericFailure,
        );
        return Err(throw_range_error(env, scope, code, &text, status));
    }
    let end = length
        .checked_mul(*element_bytes)
        .and_then(|bytes| bytes.checked_add(offset));
    if end.is_none_or(|end| end > buffer_bytes) {
        let (code, status) = ("ERR_NAPI_INVALID_TYPEDARRAY_LENGTH", Status::GenericFailure);
        let text = "Invalid typed array length";
        return Err(throw_range_error(env, scope, code, text, status));
    }
    Ok(())
}

/// `node_api_noenv_finalize`
type FinalizeAnywhere = unsafe extern "C" fn(*mut c_void, *mut c_void);

/// What to do when V8 lets go of memory that threads share.
struct Owed {
    callback: FinalizeAnywhere,
    hint: *mut c_void,
}

unsafe extern "C" fn release(memory: *mut c_void, _length: usize, owed: *mut c_void) {
    if owed.is_null() {
        return;
    }
    // SAFETY: V8 gives back, once, what was boxed when the buffer was made.
    let owed = unsafe { Box::from_raw(owed.cast::<Owed>()) };
    // SAFETY: the addon gave the function to be called so, on any thread.
    unsafe { (owed.callback)(memory, owed.hint) };
}

exports! {
    /// Is it an ArrayBuffer?
    plain fn napi_is_arraybuffer(value: Value, result: Out<bool>) |_env, scope| {
        let value = value.required(scope)?;
        result.required()?.set(value.is_array_buffer());
        Ok(())
    };

    /// `new ArrayBuffer(length)`, and its memory.
    guarded fn napi_create_arraybuffer(
        length: usize,
        data: Out<*mut c_void>,
        result: Out<Value>,
    ) |_env, scope| {
        let result = result.required()?;
        let buffer = coring_engine::guest::array_buffer(scope, length);
        let buffer = buffer.ok_or(Status::GenericFailure)?;
        if data.is_wanted() {
            let memory = memory_of(buffer.into()).ok_or(Status::GenericFailure)?;
            data.set(memory.0);
        }
        result.put(buffer);
        Ok(())
    };

    /// Memory and length of a buffer, shared or not.
    plain fn napi_get_arraybuffer_info(
        buffer: Value,
        data: Out<*mut c_void>,
        length: Out<usize>,
    ) |_env, scope| {
        let buffer = buffer.required(scope)?;
        let (address, bytes) = memory_of(buffer).ok_or(Status::InvalidArg)?;
        data.set(address);
        length.set(bytes);
        Ok(())
    };

    /// Is it a SharedArrayBuffer?
    plain fn node_api_is_sharedarraybuffer(value: Value, result: Out<bool>) |_env, scope| {
        let value = value.required(scope)?;
        result.required()?.set(value.is_shared_array_buffer());
        Ok(())
    };

    /// `new SharedArrayBuffer(length)`, and its memory.
    guarded fn node_api_create_sharedarraybuffer(
        length: usize,
        data: Out<*mut c_void>,
        result: Out<Value>,
    ) |_env, scope| {
        let result = result.required()?;
        let buffer = v8::SharedArrayBuffer::new(scope, length);
        let buffer: v8::Local<v8::Value> = buffer.ok_or(Status::GenericFailure)?.into();
        let (address, _) = memory_of(buffer).ok_or(Status::GenericFailure)?;
        data.set(address);
        result.put(buffer);
        Ok(())
    };

    /// A SharedArrayBuffer of the addon's memory. Any thread calls `callback` when nobody has the
    /// memory any more.
    guarded fn node_api_create_external_sharedarraybuffer(
        memory: *mut c_void,
        length: usize,
        callback: Option<FinalizeAnywhere>,
        hint: *mut c_void,
        result: Out<Value>,
    ) |_env, scope| {
        let result = result.required()?;
        let owed = callback.map_or(std::ptr::null_mut(), |callback| {
            Box::into_raw(Box::new(Owed { callback, hint })).cast()
        });
        // SAFETY: the addon lends the memory until its function is called, which `release` does
        // once, with what is boxed here.
        let store = unsafe {
            v8::SharedArrayBuffer::new_backing_store_from_ptr(memory, length, release, owed)
        };
        let store = store.make_shared();
        result.put(v8::SharedArrayBuffer::with_backing_store(scope, &store));
        Ok(())
    };

    /// Is it a typed array?
    plain fn napi_is_typedarray(value: Value, result: Out<bool>) |_env, scope| {
        let value = value.required(scope)?;
        result.required()?.set(value.is_typed_array());
        Ok(())
    };

    /// A typed array over a buffer.
    guarded fn napi_create_typedarray(
        kind: i32,
        length: usize,
        buffer: Value,
        offset: usize,
        result: Out<Value>,
    ) |env, scope| {
        let buffer = buffer.required(scope)?;
        let result = result.required()?;
        let (buffer, bytes) = viewable(buffer)?;
        let kind = view_type(kind)?;
        check_range(env, scope, kind, (offset, length, bytes))?;
        let view = (kind.make)(scope, buffer, offset, length);
        result.set(view.ok_or(Status::GenericFailure.or_exception())?);
        Ok(())
    };

    /// Type, elements and memory of a typed array.
    plain fn napi_get_typedarray_info(
        array: Value,
        kind: Out<i32>,
        length: Out<usize>,
        data: Out<*mut c_void>,
        buffer: Out<Value>,
        offset: Out<usize>,
    ) |_env, scope| {
        let value = array.required(scope)?;
        let array = value.try_cast::<v8::TypedArray>().map_err(|_| Status::InvalidArg)?;
        if let Some(index) = VIEW_TYPES.iter().position(|kind| (kind.is)(&value)) {
            kind.set(index as i32);
        }
        length.set(array.length());
        tell_view(scope, array.into(), data, buffer, offset)
    };

    /// `new DataView(buffer, offset, length)`
    guarded fn napi_create_dataview(
        length: usize,
        buffer: Value,
        offset: usize,
        result: Out<Value>,
    ) |env, scope| {
        let buffer = buffer.required(scope)?;
        let result = result.required()?;
        let (buffer, bytes) = viewable(buffer)?;
        if length.checked_add(offset).is_none_or(|end| end > bytes) {
            let text = "byte_offset + byte_length should be less than or equal to the size in \
                        bytes of the array passed in";
            let (code, status) = ("ERR_NAPI_INVALID_DATAVIEW_ARGS", Status::PendingException);
            return Err(throw_range_error(env, scope, code, text, status));
        }
        result.put(v8::DataView::new(scope, buffer, offset, length));
        Ok(())
    };

    /// Is it a DataView?
    plain fn napi_is_dataview(value: Value, result: Out<bool>) |_env, scope| {
        let value = value.required(scope)?;
        result.required()?.set(value.is_data_view());
        Ok(())
    };

    /// Length and memory of a DataView.
    plain fn napi_get_dataview_info(
        view: Value,
        length: Out<usize>,
        data: Out<*mut c_void>,
        buffer: Out<Value>,
        offset: Out<usize>,
    ) |_env, scope| {
        let view = view.required(scope)?;
        let view = view.try_cast::<v8::DataView>().map_err(|_| Status::InvalidArg)?;
        length.set(view.byte_length());
        tell_view(scope, view.into(), data, buffer, offset)
    };

    /// Takes a buffer's memory from it.
    plain fn napi_detach_arraybuffer(buffer: Value) |_env, scope| {
        let buffer = buffer.required(scope)?;
        let buffer = buffer.try_cast::<v8::ArrayBuffer>();
        let buffer = buffer.map_err(|_| Status::ArraybufferExpected)?;
        check(buffer.is_detachable(), Status::DetachableArraybufferExpected)?;
        check(buffer.detach(None) == Some(true), Status::GenericFailure)
    };

    /// Was it taken?
    plain fn napi_is_detached_arraybuffer(buffer: Value, result: Out<bool>) |_env, scope| {
        let buffer = buffer.required(scope)?;
        let result = result.required()?;
        let buffer = buffer.try_cast::<v8::ArrayBuffer>();
        result.set(buffer.is_ok_and(|buffer| buffer.was_detached()));
        Ok(())
    };
}
