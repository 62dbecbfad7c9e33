//! Binding `inspector`, the part that needs no V8: the port to which debuggers connect.
//! (`coring_engine` adds waiting, pausing and asynchronous stacks.)
//!
//! Nothing of it exists until a port is asked for: then one thread serves it (`port.rs`).

mod connection;
mod frames;
mod handshake;
mod port;
mod signal;

use std::sync::Arc;

use coring_engine::{Js, debugger, ops};
use coring_uring::sync;
use coring_uring::sync::tell;

use crate::Natives;
use crate::inbox::Note;

pub use signal::SIGUSR1;

ops! { inspector(Natives) {
    /// Opens the port; whether that worked. If not, the user was told why.
    slow listen(host: String, port: i32, title: String, url: String, browser: String,
                to_stderr: bool, to_http: bool);
    slow unlisten();
    /// The first address; undefined while the port is closed.
    slow url();
    slow isEnabled();
    /// The number of the port that is open; -1 if none is.
    slow portNumber();
} }

/// The port of one core.
#[derive(Default)]
pub struct State {
    port: Option<port::Port>,
    /// SIGUSR1 asks this core for a debugger.
    pub hears_signal: bool,
    /// A thread waits for it.
    pub(crate) is_watched: bool,
}

/// RFC 9562, section 5.4. None: the kernel has no randomness to give.
fn random_uuid() -> Option<String> {
    let mut bytes = [0; 16];
    sync::random::fill(&mut bytes).ok()?;
    let number = u128::from_be_bytes(bytes);
    let number = number & !(0xf << 76) | 4 << 76;
    let number = number & !(3 << 62) | 2 << 62;
    let hex = format!("{number:032x}");
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    Some(parts.join("-"))
}

#[allow(clippy::too_many_arguments)]
fn listen(
    natives: &mut Natives,
    host: String,
    port: i32,
    title: String,
    url: String,
    browser: String,
    to_stderr: bool,
    to_http: bool,
) -> bool {
    if natives.inspector.port.is_some() {
        return true;
    }
    let wish = port::Wish {
        host,
        port: u16::try_from(port).unwrap_or(0),
        to_stderr,
        to_http,
        target: handshake::Target {
            id: random_uuid().unwrap_or_default(),
            title,
            url,
            browser,
        },
    };
    match natives.open_debugger_port(wish) {
        Ok(port) => {
            natives.inspector.port = Some(port);
            true
        }
        Err(text) => {
            tell(&text);
            false
        }
    }
}

fn unlisten(natives: &mut Natives) {
    if let Some(port) = natives.inspector.port.take() {
        port.shared.end();
    }
}

fn url(natives: &mut Natives) -> Js {
    match &natives.inspector.port {
        Some(port) => Js::from(port.url.as_str()),
        None => Js::Undefined,
    }
}

#[allow(non_snake_case)]
fn isEnabled(natives: &mut Natives) -> bool {
    natives.inspector.port.is_some()
}

#[allow(non_snake_case)]
fn portNumber(natives: &mut Natives) -> i32 {
    let port = natives.inspector.port.as_ref();
    port.map_or(-1, |port| i32::from(port.number))
}

impl Natives {
    fn open_debugger_port(&mut self, wish: port::Wish) -> Result<port::Port, String> {
        let inbox = self
            .inbox()
            .map_err(|errno| format!("Starting inspector failed: {}\n", errno.message()))?;
        let listening = port::listen(wish)?;
        let (speaker, door) = (listening.shared.clone(), listening.shared.clone());
        let outside = debugger::Outside {
            tell: Box::new(move |connection, text| speaker.tell(connection, text)),
            close_door: Box::new(move || door.close_door()),
            without_signals: Box::new(|act| sync::signal::blocked_while(act)),
            wake: Box::new(move || inbox.leave(Note::Asked)),
        };
        let desk = debugger::open(outside).ok_or("Starting inspector failed: no isolate\n")?;
        listening.serve(Arc::clone(&desk))
    }

    /// SIGUSR1 shall open this core's port.
    pub fn hear_debugger_signal(&mut self) {
        self.inspector.hears_signal = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_version_four() {
        let one = random_uuid().unwrap();
        assert_eq!(one.len(), 36);
        assert_eq!(&one[14..15], "4");
        assert!("89ab".contains(&one[19..20]), "{one}");
        assert_ne!(Some(one), random_uuid());
    }
}
