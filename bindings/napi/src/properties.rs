//! Properties by descriptor: on objects, and on the prototype of a class.

use std::ffi::c_void;

use crate::boundary::{AUTO_LENGTH, Many, Out, Text, Value, check};
use crate::callbacks::{self, NativeFunction};
use crate::env::Env;
use crate::status::{Failure, Outcome, Status};

const WRITABLE: i32 = 1;
const ENUMERABLE: i32 = 1 << 1;
const CONFIGURABLE: i32 = 1 << 2;
const STATIC: i32 = 1 << 10;

/// `napi_property_descriptor`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Descriptor {
    utf8_name: Text,
    name: Value,
    method: Option<NativeFunction>,
    getter: Option<NativeFunction>,
    setter: Option<NativeFunction>,
    value: Value,
    attributes: i32,
    data: *mut c_void,
}

impl Descriptor {
    fn is(&self, bit: i32) -> bool {
        self.attributes & bit != 0
    }

    fn is_accessor(&self) -> bool {
        self.getter.is_some() || self.setter.is_some()
    }

    fn name<'s>(&self, scope: &v8::PinScope<'s, '_>) -> Result<v8::Local<'s, v8::Name>, Status> {
        if !self.utf8_name.is_none() {
            return Ok(self.utf8_name.name(scope, AUTO_LENGTH)?.into());
        }
        let name = self.name.get(scope).ok_or(Status::NameExpected)?;
        name.try_cast().map_err(|_| Status::NameExpected)
    }

    fn v8_attributes(&self) -> v8::PropertyAttribute {
        let mut attributes = v8::PropertyAttribute::NONE;
        // Whether an accessor may be assigned is its setter's matter.
        if !self.is_accessor() && !self.is(WRITABLE) {
            attributes = attributes | v8::PropertyAttribute::READ_ONLY;
        }
        if !self.is(ENUMERABLE) {
            attributes = attributes | v8::PropertyAttribute::DONT_ENUM;
        }
        if !self.is(CONFIGURABLE) {
            attributes = attributes | v8::PropertyAttribute::DONT_DELETE;
        }
        attributes
    }

    /// The descriptor as V8 has it, and what a refusal is called.
    fn v8_descriptor(
        &self,
        env: &Env,
        scope: &mut v8::PinScope<'_, '_>,
    ) -> Result<(v8::PropertyDescriptor, Status), Failure> {
        let (mut descriptor, refused) = if self.is_accessor() {
            let mut function_of = |function: Option<NativeFunction>| match function {
                Some(function) => callbacks::function(env, scope, function, self.data)
                    .map(v8::Local::<v8::Value>::from),
                None => Ok(v8::undefined(scope).into()),
            };
            let (getter, setter) = (function_of(self.getter)?, function_of(self.setter)?);
            let descriptor = v8::PropertyDescriptor::new_from_get_set(getter, setter);
            (descriptor, Status::InvalidArg)
        } else if let Some(method) = self.method {
            let method = callbacks::function(env, scope, method, self.data)?.into();
            let is_writable = self.is(WRITABLE);
            let descriptor = v8::PropertyDescriptor::new_from_value_writable(method, is_writable);
            (descriptor, Status::GenericFailure)
        } else {
            let value = self.value.required(scope)?;
            let is_writable = self.is(WRITABLE);
            let descriptor = v8::PropertyDescriptor::new_from_value_writable(value, is_writable);
            (descriptor, Status::InvalidArg)
        };
        descriptor.set_enumerable(self.is(ENUMERABLE));
        descriptor.set_configurable(self.is(CONFIGURABLE));
        Ok((descriptor, refused))
    }
}

fn define(
    env: &Env,
    scope: &mut v8::PinScope<'_, '_>,
    object: v8::Local<v8::Object>,
    descriptors: impl Iterator<Item = Descriptor>,
) -> Outcome {
    for descriptor in descriptors {
        let name = descriptor.name(scope)?;
        let (property, refused) = descriptor.v8_descriptor(env, scope)?;
        let was_defined = object.define_property(scope, name, &property);
        was_defined
            .filter(|was_defined| *was_defined)
            .ok_or(refused.or_exception())?;
    }
    Ok(())
}

/// Puts one property on the prototypes of a class.
fn put_on_prototype<'s>(
    env: &Env,
    scope: &mut v8::PinScope<'s, '_>,
    class: v8::Local<'s, v8::FunctionTemplate>,
    descriptor: &Descriptor,
) -> Outcome {
    let name = descriptor.name(scope)?;
    let attributes = descriptor.v8_attributes();
    let prototype = class.prototype_template(scope);
    if descriptor.is_accessor() {
        let mut template_of = |function: Option<NativeFunction>| {
            let function = function?;
            Some(callbacks::template(
                env,
                scope,
                function,
                descriptor.data,
                None,
            ))
        };
        let (getter, setter) = (
            template_of(descriptor.getter),
            template_of(descriptor.setter),
        );
        prototype.set_accessor_property(name, getter, setter, attributes);
    } else if let Some(method) = descriptor.method {
        // Only on instances of the class.
        let signature = Some(v8::Signature::new(scope, class));
        let method = callbacks::template(env, scope, method, descriptor.data, signature);
        prototype.set_with_attr(name, method.into(), attributes);
    } else {
        let value = descriptor.value.required(scope)?;
        // V8 ends the process over an object in a template.
        check(!value.is_object(), Status::InvalidArg)?;
        prototype.set_with_attr(name, value.into(), attributes);
    }
    Ok(())
}

exports! {
    /// Defines properties of an object.
    guarded fn napi_define_properties(
        object: Value,
        count: usize,
        descriptors: Many<Descriptor>,
    ) |env, scope| {
        let descriptors = descriptors.slice(count)?;
        let object = object.to_object(scope)?;
        define(env, scope, object, descriptors.iter().copied())
    };

    /// A class: its constructor, with properties of its instances and of itself.
    guarded fn napi_define_class(
        name: Text,
        length: usize,
        constructor: Option<NativeFunction>,
        data: *mut c_void,
        count: usize,
        descriptors: Many<Descriptor>,
        result: Out<Value>,
    ) |env, scope| {
        let result = result.required()?;
        let constructor = constructor.ok_or(Status::InvalidArg)?;
        let descriptors = descriptors.slice(count)?;
        let class = callbacks::template(env, scope, constructor, data, None);
        class.set_class_name(name.name(scope, length)?);
        for descriptor in descriptors.iter().filter(|descriptor| !descriptor.is(STATIC)) {
            put_on_prototype(env, scope, class, descriptor)?;
        }
        let function = class.get_function(scope);
        let function = function.ok_or(Status::GenericFailure.or_exception())?;
        result.put(function);
        let of_itself = descriptors.iter().filter(|descriptor| descriptor.is(STATIC));
        define(env, scope, function.into(), of_itself.copied())
    };
}
