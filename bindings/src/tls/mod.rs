//! Binding `tls`: contexts and connections of TLS, over memory. README.md says what each op takes
//! and gives. Bytes come from JavaScript and go back to it; no socket is known here.

pub mod connections;
pub mod contexts;
pub mod inspect;
pub mod lane;
pub mod trust;

use coring_crypto::tls::{Connection, Context};
use coring_engine::Js;
use coring_uring::Errno;

use crate::Natives;
use crate::slots::{Handle, Slots};

const PLAIN_BYTES_MAX: usize = 128 * 1024;

#[derive(Default)]
pub struct State {
    contexts: Slots<Context>,
    connections: Slots<Connection>,
    /// Room for plaintext of the fast lane, used again and again.
    plain: Vec<u8>,
}

impl State {
    fn context(&mut self, number: i32) -> Option<&mut Context> {
        self.contexts.get_mut(Handle::from_js(number))
    }

    /// Keeps a buffer that did not grow beyond what one receive fills.
    fn keep_plain(&mut self, plain: Vec<u8>) {
        if plain.capacity() <= PLAIN_BYTES_MAX {
            self.plain = plain;
        }
    }

    fn connection(&mut self, number: i32) -> Option<&mut Connection> {
        self.connections.get_mut(Handle::from_js(number))
    }
}

/// What ops give for a handle of nothing.
fn stale() -> Js {
    Errno::EBADF.result().into()
}

fn optional_bytes(bytes: Option<Vec<u8>>) -> Js {
    bytes.map_or(Js::Undefined, Js::Bytes)
}

fn bytes_list(list: Vec<Vec<u8>>) -> Js {
    Js::List(list.into_iter().map(Js::Bytes).collect())
}

impl Natives {
    /// Does something to a context: undefined, or null and a failure.
    fn with_context(
        &mut self,
        number: i32,
        act: impl FnOnce(&mut Context) -> coring_crypto::Result<()>,
    ) -> Js {
        match self.tls.context(number) {
            Some(context) => {
                let done = act(context);
                self.crypto_answer(done)
            }
            None => stale(),
        }
    }

    /// As `with_context`, of a connection.
    fn with_connection(
        &mut self,
        number: i32,
        act: impl FnOnce(&mut Connection) -> coring_crypto::Result<()>,
    ) -> Js {
        match self.tls.connection(number) {
            Some(connection) => {
                let done = act(connection);
                self.crypto_answer(done)
            }
            None => stale(),
        }
    }

    /// What a connection says of itself.
    fn ask_connection(&mut self, number: i32, ask: impl FnOnce(&mut Connection) -> Js) -> Js {
        self.tls.connection(number).map_or_else(stale, ask)
    }
}
