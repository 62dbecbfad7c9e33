//! Binding `crypto`: safe ops over the crypto fence (`coring_crypto`), one file for each kind of
//! thing. An op that fails gives null and leaves its failure for `takeFailure`; one that takes long
//! takes a ticket: at least 0 sends it through the compute lane, -1 has it done at once.

pub mod certificate;
pub mod cipher;
pub mod exchange;
pub mod hash;
pub mod hmac;
pub mod kdf;
pub mod key_generate;
pub mod key_use;
pub mod key_wire;
pub mod keys;
pub mod random;
pub mod spkac;
pub(crate) mod text;

use coring_crypto::{Entry, Failure, Hash, Hmac};
use coring_engine::{Js, Short};

use crate::Natives;
use crate::slots::{Handle, Slots};

/// What programs hold by handles, and why the last op failed.
#[derive(Default)]
pub struct State {
    hashes: Slots<Hash>,
    hmacs: Slots<Hmac>,
    ciphers: Slots<cipher::Session>,
    exchanges: Slots<coring_crypto::exchange::Exchange>,
    curve_keys: Slots<coring_crypto::curve::CurveKey>,
    keys: Slots<keys::Key>,
    failure: Option<Failure>,
}

/// What an op gives when it worked, made on the core's own thread.
pub(crate) trait Outcome: Send + 'static {
    fn into_js(self, natives: &mut Natives) -> Js;
}

impl Outcome for Js {
    fn into_js(self, _: &mut Natives) -> Js {
        self
    }
}

impl Outcome for Vec<u8> {
    fn into_js(self, _: &mut Natives) -> Js {
        Js::Bytes(self)
    }
}

/// A list of Buffers.
impl Outcome for Vec<Vec<u8>> {
    fn into_js(self, _: &mut Natives) -> Js {
        Js::List(self.into_iter().map(Js::Bytes).collect())
    }
}

impl Outcome for bool {
    fn into_js(self, _: &mut Natives) -> Js {
        Js::Bool(self)
    }
}

impl Outcome for () {
    fn into_js(self, _: &mut Natives) -> Js {
        Js::Undefined
    }
}

impl Natives {
    /// The answer of an op; a failure is kept for `takeFailure`.
    pub(crate) fn crypto_answer<T: Outcome>(&mut self, result: coring_crypto::Result<T>) -> Js {
        match result {
            Ok(outcome) => outcome.into_js(self),
            Err(failure) => self.crypto_refuse(failure),
        }
    }

    /// The answer of an op that gives a digest.
    fn crypto_digest(&mut self, result: coring_crypto::Result<Short>) -> Short {
        result.unwrap_or_else(|failure| Short::Other(self.crypto_refuse(failure)))
    }

    /// The answer of an op that failed.
    fn crypto_refuse(&mut self, failure: Failure) -> Js {
        self.crypto.failure = Some(failure);
        Js::Null
    }

    /// Does `work` at once (ticket -1) or in the compute lane, whose answer comes by the ticket:
    /// 0 and the outcome, or -1 and the failure.
    fn crypto_job<T: Outcome>(
        &mut self,
        ticket: i32,
        work: impl FnOnce() -> coring_crypto::Result<T> + Send + 'static,
    ) -> Js {
        if ticket < 0 {
            return self.crypto_answer(work());
        }
        let sent = self.compute("crypto", ticket, move || {
            let result = work();
            Box::new(move |natives| match result {
                Ok(outcome) => (0, outcome.into_js(natives)),
                Err(failure) => (-1, failure_js(&failure)),
            })
        });
        match sent {
            Ok(()) => Js::Undefined,
            Err(_) => self.crypto_refuse(Failure::plain("", "No thread to work in")),
        }
    }

    /// Puts something into its table: its handle, or the failure to make it, or that there is no
    /// room.
    fn crypto_keep<T>(
        &mut self,
        table: fn(&mut State) -> &mut Slots<T>,
        thing: coring_crypto::Result<T>,
    ) -> Js {
        let no_room = |_| Failure::plain("", "Too many handles");
        let kept = thing.and_then(|thing| table(&mut self.crypto).insert(thing).map_err(no_room));
        match kept {
            Ok(handle) => handle.to_js().into(),
            Err(failure) => self.crypto_refuse(failure),
        }
    }

    /// Acts on what a handle names; a stale one gives the failure `gone`.
    fn crypto_with<T>(
        &mut self,
        table: fn(&mut State) -> &mut Slots<T>,
        number: i32,
        gone: fn() -> Failure,
        act: impl FnOnce(&mut T) -> coring_crypto::Result<Js>,
    ) -> Js {
        let thing = table(&mut self.crypto).get_mut(handle(number));
        let result = thing.ok_or_else(gone).and_then(act);
        self.crypto_answer(result)
    }
}

/// [message, code, library, function, reason, [the other messages]]
pub(crate) fn failure_js(failure: &Failure) -> Js {
    let optional = |text: &Option<String>| match text {
        Some(text) => Js::Text(text.clone()),
        None => Js::Undefined,
    };
    match failure {
        Failure::Library { first, rest } => Js::List(vec![
            first.message.as_str().into(),
            optional(&first.code),
            optional(&first.library),
            optional(&first.function),
            optional(&first.reason),
            messages(rest),
        ]),
        Failure::Plain { code, message } => {
            let code = match *code {
                "" => Js::Undefined,
                code => code.into(),
            };
            Js::List(vec![message.as_str().into(), code])
        }
    }
}

/// The newest first, as Node lists them.
fn messages(entries: &[Entry]) -> Js {
    let newest_first = entries.iter().rev();
    Js::List(
        newest_first
            .map(|entry| entry.message.as_str().into())
            .collect(),
    )
}

/// Zeroed memory for as many bytes as JavaScript asks for.
fn room(count: f64) -> coring_crypto::Result<Vec<u8>> {
    let (count, mut bytes) = (count as usize, Vec::new());
    let refused = |_| Failure::plain("", "Out of memory");
    bytes.try_reserve_exact(count).map_err(refused)?;
    bytes.resize(count, 0);
    Ok(bytes)
}

fn handle(number: i32) -> Handle {
    Handle::from_js(number)
}
