//! JavaScript's way into an addon: functions that call its native code.

use std::ffi::c_void;

use crate::addons::Addons;
use crate::arena::Item;
use crate::boundary::{EnvPointer, Many, Out, Room, Text, Value, check, handles};
use crate::env::Env;
use crate::status::Status;

/// `napi_callback`.
pub type NativeFunction = unsafe extern "C" fn(EnvPointer, CallPointer) -> Value;

/// What a function of JavaScript's calls. Its address is the value of the external by which V8
/// knows it, and lasts as long: it is boxed, and dropped when that external is gone or the
/// environment has ended, when no JavaScript runs.
pub struct Callback {
    env: EnvPointer,
    function: NativeFunction,
    data: *mut c_void,
    /// Tells when the function is gone.
    _weak: Option<v8::Weak<v8::External>>,
}

/// One call, as long as it lasts.
pub struct NativeCall<'a> {
    arguments: &'a v8::FunctionCallbackArguments<'a>,
    data: *mut c_void,
}

/// `napi_callback_info`.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct CallPointer(*const NativeCall<'static>);

impl CallPointer {
    fn get(&self) -> Option<&NativeCall<'_>> {
        // SAFETY: null, or what the addon was given for the call that still lasts.
        unsafe { self.0.as_ref() }
    }

    fn required(&self) -> Result<&NativeCall<'_>, Status> {
        self.get().ok_or(Status::InvalidArg)
    }
}

/// The value by which functions find their callback.
pub fn callback_data<'s>(
    env: &Env,
    scope: &mut v8::PinScope<'s, '_>,
    function: NativeFunction,
    data: *mut c_void,
) -> v8::Local<'s, v8::Value> {
    let callback = Box::new(Callback {
        env: env.pointer(),
        function,
        data,
        _weak: None,
    });
    let address = std::ptr::from_ref::<Callback>(&callback).cast_mut();
    let id = env.addons.insert(env, Item::Callback(callback));
    let value = v8::External::new(scope, address.cast());
    let told = Box::new(move |_: &mut v8::Isolate| {
        Addons::current().forget(id);
    });
    let weak = v8::Weak::with_finalizer(scope, value, told);
    env.addons.with(|arena| {
        if let Some((_, Item::Callback(callback))) = arena.get_mut(id) {
            callback._weak = Some(weak);
        }
    });
    value.into()
}

/// A function that calls native code.
pub fn function<'s>(
    env: &Env,
    scope: &mut v8::PinScope<'s, '_>,
    function: NativeFunction,
    data: *mut c_void,
) -> Result<v8::Local<'s, v8::Function>, Status> {
    let data = callback_data(env, scope, function, data);
    let built = v8::Function::builder_raw(invoke).data(data).build(scope);
    built.ok_or(Status::GenericFailure)
}

/// A template of such functions.
pub fn template<'s>(
    env: &Env,
    scope: &mut v8::PinScope<'s, '_>,
    function: NativeFunction,
    data: *mut c_void,
    signature: Option<v8::Local<'s, v8::Signature>>,
) -> v8::Local<'s, v8::FunctionTemplate> {
    let data = callback_data(env, scope, function, data);
    let mut builder = v8::FunctionTemplate::builder_raw(invoke).data(data);
    if let Some(signature) = signature {
        builder = builder.signature(signature);
    }
    builder.build(scope)
}

/// What V8 calls.
unsafe extern "C" fn invoke(info: *const v8::FunctionCallbackInfo) {
    // SAFETY: V8 passes a live callback info for the length of this call.
    let info = unsafe { &*info };
    let parts = info.get_parts();
    let (env, function, data) = find(parts.data);
    let Some(env) = env.get() else {
        return;
    };
    let arguments = v8::FunctionCallbackArguments::from_function_callback_info_parts(info, &parts);
    let call = NativeCall {
        arguments: &arguments,
        data,
    };
    let pointer = CallPointer(std::ptr::from_ref(&call).cast());
    let (given, thrown) = env.call_module(|env| {
        // SAFETY: the addon gave the function to be called so; `call` lives until it returns.
        unsafe { function(env, pointer) }
    });
    let mut result = parts.return_value;
    if let Some(thrown) = thrown {
        env.within(|scope| {
            if !scope.is_execution_terminating() && env.may_run_js() {
                let thrown = v8::Local::new(scope, thrown);
                scope.throw_exception(thrown);
            }
        });
    } else if !given.is_none() {
        env.within(|scope| {
            if let Some(given) = given.get(scope) {
                result.set(given);
            }
        });
    }
}

/// What is called, by the data of the function that V8 calls.
fn find(data: v8::Local<v8::Value>) -> (EnvPointer, NativeFunction, *mut c_void) {
    // SAFETY: the functions and templates of this file are the only ones that V8 calls `invoke`
    // for, and their data is an external.
    let external: v8::Local<v8::External> = unsafe { v8::Local::cast_unchecked(data) };
    // SAFETY: the callback lives as long as the external (see there), which the function has.
    let callback = unsafe { &*external.value().cast::<Callback>() };
    (callback.env, callback.function, callback.data)
}

exports! {
    /// A function that calls `callback`.
    guarded fn napi_create_function(
        name: Text,
        length: usize,
        callback: Option<NativeFunction>,
        data: *mut c_void,
        result: Out<Value>,
    ) |env, scope| {
        let result = result.required()?;
        let callback = callback.ok_or(Status::InvalidArg)?;
        let function = function(env, scope, callback, data)?;
        if !name.is_none() {
            function.set_name(name.name(scope, length)?);
        }
        result.put(function);
        Ok(())
    };

    /// The arguments of a call, what it was called on, and the function's data.
    basic fn napi_get_cb_info(
        call: CallPointer,
        count: Out<usize>,
        arguments: Room<Value>,
        this: Out<Value>,
        data: Out<*mut c_void>,
    ) |_env| {
        let call = call.required()?;
        let given_count = call.arguments.length().max(0) as usize;
        if !arguments.is_none() {
            let room = count.held().ok_or(Status::InvalidArg)?;
            let mut arguments = arguments;
            for (index, place) in arguments.slice(room).iter_mut().enumerate() {
                // Beyond the last V8 gives undefined.
                let index = i32::try_from(index).unwrap_or(i32::MAX);
                place.write(Value::new(call.arguments.get(index)));
            }
        }
        count.set(given_count);
        if this.is_wanted() {
            this.put(call.arguments.this());
        }
        data.set(call.data);
        Ok(())
    };

    /// `new.target`, or null in a call without `new`.
    plain fn napi_get_new_target(call: CallPointer, result: Out<Value>) |_env, _scope| {
        let call = call.required()?;
        let result = result.required()?;
        let target = match call.arguments.is_construct_call() {
            true => Value::new(call.arguments.new_target()),
            false => Value::NONE,
        };
        result.set(target);
        Ok(())
    };

    /// Calls a function.
    guarded fn napi_call_function(
        receiver: Value,
        function: Value,
        count: usize,
        arguments: Many<Value>,
        result: Out<Value>,
    ) |_env, scope| {
        let receiver = receiver.required(scope)?;
        let arguments = arguments.slice(count)?;
        let function = function.to_function(scope)?;
        let arguments = handles(arguments, scope)?;
        let given = function.call(scope, receiver, arguments);
        let given = given.ok_or(Status::GenericFailure.or_exception())?;
        result.put(given);
        Ok(())
    };

    /// `new constructor(...arguments)`
    guarded fn napi_new_instance(
        constructor: Value,
        count: usize,
        arguments: Many<Value>,
        result: Out<Value>,
    ) |_env, scope| {
        check(!constructor.is_none(), Status::InvalidArg)?;
        let arguments = arguments.slice(count)?;
        let result = result.required()?;
        let constructor = constructor.to_function(scope)?;
        let arguments = handles(arguments, scope)?;
        let made = constructor.new_instance(scope, arguments);
        result.put(made.ok_or(Status::PendingException)?);
        Ok(())
    };
}
