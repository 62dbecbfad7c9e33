//! Binding `sea`: the single executable application that this process is, if it is one. The
//! program finds it in its own file when it starts (`src/sea/`); threads share it by [`Process`].
//!
//! [`Process`]: crate::Process

pub mod blob;

use coring_engine::{Js, ops};

use crate::Natives;
use blob::Application;

ops! { sea(Natives) {
    slow isSea();
    /// [path, text, code cache or null, silent] of the main script; undefined: no application.
    slow main();
    /// An ArrayBuffer with a copy; undefined: there is no such asset.
    slow asset(key: String);
    slow assetKeys();
} }

fn application(natives: &Natives) -> Option<&'static Application<'static>> {
    natives.process.application
}

#[allow(non_snake_case)]
fn isSea(natives: &mut Natives) -> Js {
    Js::Bool(application(natives).is_some())
}

fn main(natives: &mut Natives) -> Js {
    application(natives).map_or(Js::Undefined, |application| {
        let text = String::from_utf8_lossy(application.main).into_owned();
        let code_cache = application.code_cache.map(|code| Js::Octets(code.to_vec()));
        Js::List(vec![
            Js::from(application.main_path),
            Js::Text(text),
            code_cache.unwrap_or(Js::Null),
            Js::Bool(application.is_silent),
        ])
    })
}

fn asset(natives: &mut Natives, key: String) -> Js {
    let found = application(natives).and_then(|application| application.asset(&key));
    found.map_or(Js::Undefined, |content| Js::Memory(content.to_vec()))
}

#[allow(non_snake_case)]
fn assetKeys(natives: &mut Natives) -> Js {
    let assets = application(natives).map_or(&[][..], |application| &application.assets);
    Js::List(assets.iter().map(|(key, _)| Js::from(*key)).collect())
}
