//! What crosses between an addon and us. Each type here is a pointer that C gave, of the same
//! size; the functions that C calls are the only place where one comes from, and their contract,
//! Node-API's, is what the unsafe blocks of this file stand on.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::NonNull;

use crate::env::Env;
use crate::status::{Failure, Outcome, Status};

/// `NAPI_AUTO_LENGTH`: a text ends at its first zero.
pub const AUTO_LENGTH: usize = usize::MAX;

/// V8 has no longer strings than an int counts.
const TEXT_LENGTH_MAX: usize = i32::MAX as usize;

/// Declares functions that C calls. The word before `fn` says what comes before the body:
/// `basic`: there is an environment; `plain`: and the collector is not at work; `guarded`: and no
/// exception waits and JavaScript may run; what it throws is kept (Node's NAPI_PREAMBLE).
macro_rules! exports {
    ($($(#[$doc:meta])* $kind:ident fn $name:ident(
        $($argument:ident: $type:ty),* $(,)?
    ) $body:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// As Node-API documents the arguments; on the environment's own thread.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            env: $crate::boundary::EnvPointer,
            $($argument: $type),*
        ) -> $crate::status::Status {
            env.$kind($body)
        }
    )*};
}

/// `napi_env`.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EnvPointer(*const Env);

impl EnvPointer {
    pub fn new(env: &Env) -> EnvPointer {
        EnvPointer(env)
    }

    pub const NONE: EnvPointer = EnvPointer(std::ptr::null());

    pub fn get(&self) -> Option<&Env> {
        // SAFETY: null, or the environment that its addon was given. It lives as long as its
        // isolate, and its thread is the one that calls.
        unsafe { self.0.as_ref() }
    }

    /// CHECK_ENV.
    pub fn basic(self, body: impl FnOnce(&Env) -> Outcome) -> Status {
        match self.get() {
            None => Status::InvalidArg,
            Some(env) => {
                let outcome = body(env);
                env.conclude(outcome)
            }
        }
    }

    /// CHECK_ENV_NOT_IN_GC.
    pub fn plain(self, body: impl FnOnce(&Env, &mut v8::PinScope<'_, '_>) -> Outcome) -> Status {
        match self.get() {
            None => Status::InvalidArg,
            Some(env) => env.plain(body),
        }
    }

    /// NAPI_PREAMBLE.
    pub fn guarded(self, body: impl FnOnce(&Env, &mut v8::PinScope<'_, '_>) -> Outcome) -> Status {
        match self.get() {
            None => Status::InvalidArg,
            Some(env) => env.guarded(body),
        }
    }
}

/// The handle in a slot of V8's.
///
/// # Safety
/// The slot is one of an open handle scope, or of a global handle, that lives as long as `'s`.
pub unsafe fn local_at<'s, T>(slot: NonNull<T>) -> v8::Local<'s, T> {
    const { assert!(size_of::<v8::Local<T>>() == size_of::<NonNull<T>>()) };
    // SAFETY: a Local is the address of its slot and nothing else, of the size asserted above.
    unsafe { std::mem::transmute_copy(&slot) }
}

/// `napi_value`: the slot of a handle in an open handle scope, or null.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Value(*mut v8::Value);

impl Value {
    pub const NONE: Value = Value(std::ptr::null_mut());

    pub fn new<'s>(local: impl Into<v8::Local<'s, v8::Value>>) -> Value {
        Value::of(&local.into())
    }

    /// Of what a handle derefs to, which lies in its slot.
    pub fn of(value: &v8::Value) -> Value {
        Value(std::ptr::from_ref(value).cast_mut())
    }

    /// The handle of an open scope's slot.
    pub fn of_slot(slot: *mut v8::Value) -> Value {
        Value(slot)
    }

    pub fn slot(self) -> *mut v8::Value {
        self.0
    }

    pub fn is_none(self) -> bool {
        self.0.is_null()
    }

    /// None: the addon gave none.
    pub fn get<'s>(self, _scope: &v8::PinScope<'s, '_>) -> Option<v8::Local<'s, v8::Value>> {
        // SAFETY: not null, the addon has it from one of these functions, and its handle scope is
        // still open, which is the addon's duty.
        NonNull::new(self.0).map(|slot| unsafe { local_at(slot) })
    }

    /// CHECK_ARG.
    pub fn required<'s>(
        self,
        scope: &v8::PinScope<'s, '_>,
    ) -> Result<v8::Local<'s, v8::Value>, Status> {
        self.get(scope).ok_or(Status::InvalidArg)
    }

    /// CHECK_TO_OBJECT: what the value becomes as an object.
    pub fn to_object<'s>(
        self,
        scope: &v8::PinScope<'s, '_>,
    ) -> Result<v8::Local<'s, v8::Object>, Status> {
        let value = self.required(scope)?;
        value.to_object(scope).ok_or(Status::ObjectExpected)
    }

    /// CHECK_TO_FUNCTION.
    pub fn to_function<'s>(
        self,
        scope: &v8::PinScope<'s, '_>,
    ) -> Result<v8::Local<'s, v8::Function>, Status> {
        let value = self.required(scope)?;
        value.try_cast().map_err(|_| Status::InvalidArg)
    }
}

/// A shared buffer where V8's constructors of views want a buffer.
pub fn as_array_buffer(
    shared: v8::Local<'_, v8::SharedArrayBuffer>,
) -> v8::Local<'_, v8::ArrayBuffer> {
    // SAFETY: V8 has one class for both (JSArrayBuffer, v8/src/objects/js-array-buffer.h); its
    // constructors of views do the same for either.
    unsafe { std::mem::transmute(shared) }
}

/// Values of the addon's as handles. Err: one is null.
pub fn handles<'a, 's>(
    values: &'a [Value],
    _scope: &v8::PinScope<'s, '_>,
) -> Result<&'a [v8::Local<'s, v8::Value>], Status> {
    const { assert!(size_of::<v8::Local<v8::Value>>() == size_of::<Value>()) };
    if values.iter().any(|value| value.is_none()) {
        return Err(Status::InvalidArg);
    }
    let handles = std::ptr::from_ref(values) as *const [v8::Local<v8::Value>];
    // SAFETY: a handle is the address of its slot, as a Value that is not null.
    Ok(unsafe { &*handles })
}

/// Where a result goes; null where the addon wants none.
#[repr(transparent)]
pub struct Out<T>(*mut T);

impl<T> Clone for Out<T> {
    fn clone(&self) -> Out<T> {
        *self
    }
}

impl<T> Copy for Out<T> {}

impl<T> Out<T> {
    pub fn is_wanted(self) -> bool {
        !self.0.is_null()
    }

    /// CHECK_ARG.
    pub fn required(self) -> Result<Out<T>, Status> {
        match self.is_wanted() {
            true => Ok(self),
            false => Err(Status::InvalidArg),
        }
    }

    pub fn set(self, value: T) {
        if self.is_wanted() {
            // SAFETY: the addon gave the address of a place for a T, which may be uninitialised.
            unsafe { self.0.write(value) }
        }
    }
}

impl<T: Copy> Out<T> {
    /// What a place that is in and out held. None: there is no place.
    pub fn held(self) -> Option<T> {
        // SAFETY: the addon has set what it passes in and out.
        self.is_wanted().then(|| unsafe { self.0.read() })
    }
}

impl Out<Value> {
    pub fn put<'s>(self, local: impl Into<v8::Local<'s, v8::Value>>) {
        self.set(Value::new(local));
    }
}

/// The first of several of the addon's Ts.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Many<T>(*const T);

impl<T: Copy> Many<T> {
    pub fn is_none(&self) -> bool {
        self.0.is_null()
    }

    /// All `count` of them; CHECK_ARG when there must be some.
    pub fn slice(&self, count: usize) -> Result<&[T], Status> {
        match (count, self.0.is_null()) {
            (0, _) => Ok(&[]),
            (_, true) => Err(Status::InvalidArg),
            // SAFETY: the addon says that there are so many.
            (_, false) => Ok(unsafe { std::slice::from_raw_parts(self.0, count) }),
        }
    }
}

/// Memory of the addon's that is written to.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Room<T>(*mut T);

impl<T: Copy> Room<T> {
    pub fn is_none(&self) -> bool {
        self.0.is_null()
    }

    /// The place of `count` Ts; none where the addon has given none.
    pub fn slice(&mut self, count: usize) -> &mut [std::mem::MaybeUninit<T>] {
        match count == 0 || self.0.is_null() {
            true => &mut [],
            // SAFETY: the addon says that so many fit, and gave them to nobody else meanwhile.
            false => unsafe { std::slice::from_raw_parts_mut(self.0.cast(), count) },
        }
    }

    /// The same, zeroed first: for those who cannot write to what holds nothing yet.
    pub fn zeroed(&mut self, count: usize) -> &mut [T] {
        if count == 0 || self.0.is_null() {
            return &mut [];
        }
        // SAFETY: as above; T is a number.
        unsafe { self.0.write_bytes(0, count) };
        // SAFETY: as above, and each holds something now.
        unsafe { std::slice::from_raw_parts_mut(self.0, count) }
    }
}

/// Bytes of a text, perhaps with a zero behind it.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Text(*const c_char);

impl Text {
    pub fn is_none(self) -> bool {
        self.0.is_null()
    }

    /// Its bytes; `AUTO_LENGTH`: up to its first zero. The order of these checks is that of
    /// Node's CHECK_NEW_FROM_UTF8_LEN.
    pub fn bytes(&self, length: usize) -> Result<&[u8], Status> {
        if length != AUTO_LENGTH && length > TEXT_LENGTH_MAX {
            return Err(Status::InvalidArg);
        }
        match (self.0.is_null(), length) {
            (true, 0) => Ok(&[]),
            (true, _) => Err(Status::InvalidArg),
            // SAFETY: the addon says that it ends with a zero.
            (_, AUTO_LENGTH) => Ok(unsafe { CStr::from_ptr(self.0) }.to_bytes()),
            // SAFETY: the addon says that it is so long.
            _ => Ok(unsafe { std::slice::from_raw_parts(self.0.cast(), length) }),
        }
    }

    /// A string of V8's that stands for a name.
    pub fn name<'s>(
        self,
        scope: &v8::PinScope<'s, '_>,
        length: usize,
    ) -> Result<v8::Local<'s, v8::String>, Status> {
        if self.0.is_null() {
            return Err(Status::InvalidArg);
        }
        let bytes = self.bytes(length)?;
        v8::String::new_from_utf8(scope, bytes, v8::NewStringType::Internalized)
            .ok_or(Status::GenericFailure)
    }
}

/// Characters of UTF-16.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct WideText(*const u16);

impl WideText {
    pub fn units(&self, length: usize) -> Result<&[u16], Status> {
        if length != AUTO_LENGTH && length > TEXT_LENGTH_MAX {
            return Err(Status::InvalidArg);
        }
        if self.0.is_null() {
            return match length {
                0 => Ok(&[]),
                _ => Err(Status::InvalidArg),
            };
        }
        let mut count = length;
        if length == AUTO_LENGTH {
            count = 0;
            // SAFETY: the addon says that a zero ends it, and none was before this place.
            while unsafe { self.0.wrapping_add(count).read() } != 0 {
                count += 1;
            }
        }
        // SAFETY: so many were read above, or the addon says that there are.
        Ok(unsafe { std::slice::from_raw_parts(self.0, count) })
    }
}

/// `napi_finalize`.
pub type Finalize = unsafe extern "C" fn(EnvPointer, *mut c_void, *mut c_void);

/// For the bodies of functions.
pub fn check(holds: bool, status: Status) -> Result<(), Failure> {
    match holds {
        true => Ok(()),
        false => Err(status.into()),
    }
}
