//! How natives are declared: one `ops!` table at the head of each binding file, then plain safe
//! functions of the same names.
//!
//! | kind | may | cost |
//! |---|---|---|
//! | `fast` | take and give numbers only; no allocation or exception | called by optimised code |
//! | `view` | as `fast`, of a handle, a view that it reads, numbers | called by optimised code |
//! | `slow` | read or make JavaScript values, throw | one callback |
//! | `calls` | as `slow`, of values that it owns; [`ask`](crate::ask) the program | one callback |
//!
//! No other op runs JavaScript, and one that `calls` holds no natives but for moments, through its
//! door. The other natives that do (module evaluation, `vm`) live in this crate, or are raw ops of
//! crate coring-napi.

use std::marker::PhantomData;

use crate::realm;
use crate::value::{Bytes, FromJs, IntoJs};

/// One native function of a binding.
#[derive(Clone, Copy)]
pub struct OpDecl {
    pub name: &'static str,
    pub arguments_count: i32,
    pub(crate) callback: v8::FunctionCallback,
    pub(crate) fast: Option<&'static [v8::fast_api::CFunction]>,
}

/// One `internalBinding`: a name and its natives.
#[derive(Clone, Copy)]
pub struct Binding {
    pub name: &'static str,
    pub ops: &'static [OpDecl],
    /// Values beside the ops, made when the binding is (at build time, into the snapshot).
    pub constants: fn() -> Vec<(&'static str, crate::Js)>,
}

/// One call of a slow op: hands out the arguments in order and takes the result.
pub struct Call<'a, 's, 'i> {
    scope: &'a mut v8::PinScope<'s, 'i>,
    arguments: &'a v8::FunctionCallbackArguments<'s>,
    next: i32,
}

impl<'s> Call<'_, 's, '_> {
    /// The next argument, in the order of the declaration.
    pub fn argument<T: FromJs<'s>>(&mut self) -> T {
        let value = self.arguments.get(self.next);
        self.next += 1;
        T::from_js(self.scope, value)
    }
}

/// How an op that `calls` gets at the natives.
pub struct Door<N>(PhantomData<fn(N)>);

impl<N: 'static> Door<N> {
    /// Borrows the natives for `act`, which must not ask the program.
    pub fn natives<R>(&self, act: impl FnOnce(&mut N) -> R) -> R {
        realm::with_natives(act)
    }
}

/// One call of an op that `calls`: hands out arguments that live longer than JavaScript's own.
pub struct LongCall<'a, 's, 'i>(Call<'a, 's, 'i>);

impl<'s> LongCall<'_, 's, '_> {
    pub fn argument<T: FromJs<'s> + 'static>(&mut self) -> T {
        self.0.argument()
    }
}

impl OpDecl {
    /// Declares an op that `calls`. `run` must capture nothing.
    pub const fn calls<N, R, F>(name: &'static str, arguments_count: i32, run: F) -> OpDecl
    where
        N: 'static,
        R: IntoJs,
        F: Fn(&Door<N>, &mut LongCall<'_, '_, '_>) -> R + Copy + 'static,
    {
        const { assert!(size_of::<F>() == 0, "an op captures nothing") };
        let _ = run;
        OpDecl {
            name,
            arguments_count,
            callback: calling_entry::<N, R, F>,
            fast: None,
        }
    }

    /// Declares a slow op. `run` must capture nothing.
    pub const fn slow<N, R, F>(name: &'static str, arguments_count: i32, run: F) -> OpDecl
    where
        N: 'static,
        R: IntoJs,
        F: Fn(&mut N, &mut Call<'_, '_, '_>) -> R + Copy + 'static,
    {
        const { assert!(size_of::<F>() == 0, "an op captures nothing") };
        let _ = run;
        OpDecl {
            name,
            arguments_count,
            callback: slow_entry::<N, R, F>,
            fast: None,
        }
    }

    /// Declares a native of crate coring-napi, which calls V8 itself. It borrows no natives, so it
    /// may run JavaScript.
    pub const fn raw(
        name: &'static str,
        arguments_count: i32,
        callback: v8::FunctionCallback,
    ) -> OpDecl {
        OpDecl {
            name,
            arguments_count,
            callback,
            fast: None,
        }
    }

    /// Adds the entry that optimised code calls directly.
    pub const fn with_fast(mut self, fast: &'static [v8::fast_api::CFunction]) -> OpDecl {
        self.fast = Some(fast);
        self
    }
}

unsafe extern "C" fn slow_entry<N, R, F>(info: *const v8::FunctionCallbackInfo)
where
    N: 'static,
    R: IntoJs,
    F: Fn(&mut N, &mut Call<'_, '_, '_>) -> R + Copy + 'static,
{
    // SAFETY: V8 passes a live callback info for the length of this call.
    let info = unsafe { &*info };
    v8::callback_scope!(unsafe scope, info);
    let arguments = v8::FunctionCallbackArguments::from_function_callback_info(info);
    let mut result: v8::ReturnValue<v8::Value> = v8::ReturnValue::from_function_callback_info(info);
    // SAFETY: F has no size (asserted in `OpDecl::slow`): nothing is read, and the value exists,
    // since `OpDecl::slow` was given it.
    let run: F = unsafe { std::ptr::NonNull::<F>::dangling().read() };
    let given = realm::with_natives(|natives: &mut N| {
        let mut call = Call {
            scope,
            arguments: &arguments,
            next: 0,
        };
        run(natives, &mut call)
    });
    result.set(given.into_js(scope));
}

unsafe extern "C" fn calling_entry<N, R, F>(info: *const v8::FunctionCallbackInfo)
where
    N: 'static,
    R: IntoJs,
    F: Fn(&Door<N>, &mut LongCall<'_, '_, '_>) -> R + Copy + 'static,
{
    // SAFETY: V8 passes a live callback info for the length of this call.
    let info = unsafe { &*info };
    v8::callback_scope!(unsafe scope, info);
    let arguments = v8::FunctionCallbackArguments::from_function_callback_info(info);
    let mut result: v8::ReturnValue<v8::Value> = v8::ReturnValue::from_function_callback_info(info);
    // SAFETY: F has no size (asserted in `OpDecl::calls`): nothing is read, and the value exists,
    // since `OpDecl::calls` was given it.
    let run: F = unsafe { std::ptr::NonNull::<F>::dangling().read() };
    let mut call = LongCall(Call {
        scope,
        arguments: &arguments,
        next: 0,
    });
    let given = run(&Door(PhantomData), &mut call);
    result.set(given.into_js(scope));
    crate::builtin::answers::throw_kept(scope);
}

/// Numbers that V8's fast calls carry.
pub trait FastNumber: Copy + 'static {
    const TYPE: v8::fast_api::Type;
}

impl FastNumber for i32 {
    const TYPE: v8::fast_api::Type = v8::fast_api::Type::Int32;
}

impl FastNumber for u32 {
    const TYPE: v8::fast_api::Type = v8::fast_api::Type::Uint32;
}

impl FastNumber for f64 {
    const TYPE: v8::fast_api::Type = v8::fast_api::Type::Float64;
}

impl FastNumber for bool {
    const TYPE: v8::fast_api::Type = v8::fast_api::Type::Bool;
}

impl FastNumber for () {
    const TYPE: v8::fast_api::Type = v8::fast_api::Type::Void;
}

/// A function over natives and numbers: gives V8 a direct entry beside the ordinary callback.
pub trait FastOp<N, Arguments>: Copy + 'static {
    const ENTRY: &'static [v8::fast_api::CFunction];
}

macro_rules! fast_op {
    ($entry:ident, $($argument:ident),*) => {
        impl<N: 'static, F, R: FastNumber, $($argument: FastNumber),*>
            FastOp<N, (R, $($argument,)*)> for F
        where
            F: Fn(&mut N, $($argument),*) -> R + Copy + 'static,
        {
            const ENTRY: &'static [v8::fast_api::CFunction] = &[v8::fast_api::CFunction::new(
                $entry::<N, F, R, $($argument),*> as *const std::ffi::c_void,
                &v8::fast_api::CFunctionInfo::new(
                    R::TYPE.as_info(),
                    &[v8::fast_api::Type::V8Value.as_info(), $($argument::TYPE.as_info()),*],
                    v8::fast_api::Int64Representation::Number,
                ),
            )];
        }

        #[allow(non_snake_case)]
        extern "C" fn $entry<N: 'static, F, R, $($argument),*>(
            _receiver: v8::Local<v8::Object>,
            $($argument: $argument),*
        ) -> R
        where
            F: Fn(&mut N, $($argument),*) -> R + Copy + 'static,
        {
            const { assert!(size_of::<F>() == 0, "an op captures nothing") };
            // SAFETY: F has no size: nothing is read, and the value exists.
            let run: F = unsafe { std::ptr::NonNull::<F>::dangling().read() };
            realm::with_natives(|natives: &mut N| run(natives, $($argument),*))
        }
    };
}

fast_op!(fast_entry_0,);
fast_op!(fast_entry_1, A);
fast_op!(fast_entry_2, A, B);
fast_op!(fast_entry_3, A, B, C);
fast_op!(fast_entry_4, A, B, C, D);

/// The direct entry of a fast op; a function so that the macro can infer the types.
pub const fn fast_entry<N, Arguments, F: FastOp<N, Arguments>>(
    _: F,
) -> &'static [v8::fast_api::CFunction] {
    F::ENTRY
}

/// A function over natives, a handle, the bytes of a view, which it only reads and does not hold,
/// and numbers: gives V8 a direct entry beside the ordinary callback.
pub trait ViewOp<N, Arguments>: Copy + 'static {
    const ENTRY: &'static [v8::fast_api::CFunction];
}

macro_rules! view_op {
    ($entry:ident, $($argument:ident),*) => {
        impl<N: 'static, F, $($argument: FastNumber),*> ViewOp<N, ($($argument,)*)> for F
        where
            F: Fn(&mut N, i32, Bytes<'_>, $($argument),*) -> i32 + Copy + 'static,
        {
            const ENTRY: &'static [v8::fast_api::CFunction] = &[v8::fast_api::CFunction::new(
                $entry::<N, F, $($argument),*> as *const std::ffi::c_void,
                &v8::fast_api::CFunctionInfo::new(
                    v8::fast_api::Type::Int32.as_info(),
                    &[
                        v8::fast_api::Type::V8Value.as_info(),
                        v8::fast_api::Type::Int32.as_info(),
                        v8::fast_api::Type::V8Value.as_info(),
                        $($argument::TYPE.as_info()),*
                    ],
                    v8::fast_api::Int64Representation::Number,
                ),
            )];
        }

        #[allow(non_snake_case)]
        extern "C" fn $entry<N: 'static, F, $($argument: FastNumber),*>(
            _receiver: v8::Local<v8::Object>,
            handle: i32,
            view: v8::Local<v8::Value>,
            $($argument: $argument),*
        ) -> i32
        where
            F: Fn(&mut N, i32, Bytes<'_>, $($argument),*) -> i32 + Copy + 'static,
        {
            const { assert!(size_of::<F>() == 0, "an op captures nothing") };
            // SAFETY: F has no size: nothing is read, and the value exists.
            let run: F = unsafe { std::ptr::NonNull::<F>::dangling().read() };
            let mut room = [0; v8::TYPED_ARRAY_MAX_SIZE_IN_HEAP];
            let bytes = Bytes::to_read(view, &mut room);
            realm::with_natives(|natives: &mut N| run(natives, handle, bytes, $($argument),*))
        }
    };
}

view_op!(view_entry_0,);
view_op!(view_entry_2, A, B);

/// The direct entry of a view op.
pub const fn view_entry<N, Arguments, F: ViewOp<N, Arguments>>(
    _: F,
) -> &'static [v8::fast_api::CFunction] {
    F::ENTRY
}

/// Declares the natives of one binding: `ops! { name(Natives) { slow f(x: i32); fast g(); } }`
/// makes `pub const BINDING: Binding`. The functions themselves stand beside it.
#[macro_export]
macro_rules! ops {
    (@decl $natives:ty, slow $op:ident ( $($argument:ident : $kind:ty),* )) => {
        $crate::OpDecl::slow(
            stringify!($op),
            $crate::ops!(@count $($argument)*),
            |natives: &mut $natives, call: &mut $crate::Call<'_, '_, '_>| {
                let _ = &call;
                $(let $argument: $kind = call.argument();)*
                $op(natives, $($argument),*)
            },
        )
    };
    (@decl $natives:ty, calls $op:ident ( $($argument:ident : $kind:ty),* )) => {
        $crate::OpDecl::calls(
            stringify!($op),
            $crate::ops!(@count $($argument)*),
            |door: &$crate::Door<$natives>, call: &mut $crate::LongCall<'_, '_, '_>| {
                let _ = &call;
                $(let $argument: $kind = call.argument();)*
                $op(door, $($argument),*)
            },
        )
    };
    (@decl $natives:ty, fast $op:ident ( $($argument:ident : $kind:ty),* )) => {
        $crate::ops!(@decl $natives, slow $op ( $($argument : $kind),* ))
            .with_fast($crate::fast_entry::<$natives, _, _>($op))
    };
    (@decl $natives:ty, view $op:ident ( $($argument:ident : $kind:ty),* )) => {
        $crate::ops!(@decl $natives, slow $op ( $($argument : $kind),* ))
            .with_fast($crate::view_entry::<$natives, _, _>($op))
    };
    (@count) => { 0 };
    (@count $head:ident $($tail:ident)*) => { 1 + $crate::ops!(@count $($tail)*) };
    ($name:ident ($natives:ty) {
        constants = $constants:path;
        $($rest:tt)*
    }) => {
        $crate::ops!(@table $name, $natives, $constants, $($rest)*);
    };
    ($name:ident ($natives:ty) { $($rest:tt)* }) => {
        $crate::ops!(@table $name, $natives, Vec::new, $($rest)*);
    };
    (@table $name:ident, $natives:ty, $constants:path,
        $($(#[$doc:meta])* $price:ident $op:ident ( $($argument:ident : $kind:ty),* $(,)? );)*
    ) => {
        pub const BINDING: $crate::Binding = $crate::Binding {
            name: stringify!($name),
            constants: $constants,
            ops: &[$($crate::ops!(@decl $natives, $price $op ( $($argument : $kind),* ))),*],
        };
    };
}
