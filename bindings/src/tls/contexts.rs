//! Contexts: who one is, whom one trusts, what one accepts.

use coring_crypto::tls::{Context, TICKET_KEY_BYTES, cipher_names};
use coring_crypto::{Failure, pkey};
use coring_engine::{Bytes, Js, ops};

use super::{optional_bytes, stale};
use crate::Natives;
use crate::slots::Handle;

ops! { tls(Natives) {
    slow newContext(min: i32, max: i32);
    slow closeContext(context: i32);
    slow setKey(context: i32, pem: Bytes, passphrase: Option<Bytes>);
    slow setCert(context: i32, pem: Bytes);
    slow loadPfx(context: i32, der: Bytes, passphrase: Option<Bytes>);
    slow addCa(context: i32, pem: Bytes);
    slow addCrl(context: i32, pem: Bytes);
    slow allowPartialTrustChain(context: i32);
    slow setCiphers(context: i32, list: String);
    slow setCipherSuites(context: i32, list: String);
    slow setSigalgs(context: i32, list: String);
    slow setGroups(context: i32, list: String);
    slow setOptions(context: i32, options: f64);
    slow setSessionIdContext(context: i32, text: String);
    slow setSessionTimeout(context: i32, seconds: u32);
    slow setTicketKeys(context: i32, keys: Bytes);
    slow getTicketKeys(context: i32);
    slow setDhParam(context: i32, pem: Bytes);
    slow setMinProto(context: i32, version: i32);
    slow setMaxProto(context: i32, version: i32);
    slow getMinProto(context: i32);
    slow getMaxProto(context: i32);
    slow certificate(context: i32);
    slow issuer(context: i32);
    slow ciphers();
} }

fn version(number: i32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

#[allow(non_snake_case)]
fn newContext(natives: &mut Natives, min: i32, max: i32) -> Js {
    let context = match Context::new(version(min), version(max)) {
        Ok(context) => context,
        Err(failure) => return natives.crypto_answer::<Js>(Err(failure)),
    };
    match natives.tls.contexts.insert(context) {
        Ok(handle) => handle.to_js().into(),
        Err(_) => natives.crypto_answer::<Js>(Err(Failure::plain("", "Too many contexts"))),
    }
}

#[allow(non_snake_case)]
fn closeContext(natives: &mut Natives, context: i32) {
    natives.tls.contexts.remove(Handle::from_js(context));
}

#[allow(non_snake_case)]
fn setKey(natives: &mut Natives, context: i32, pem: Bytes, passphrase: Option<Bytes>) -> Js {
    let passphrase = passphrase.as_ref().map(Bytes::as_slice);
    natives.with_context(context, |context| {
        context.set_key(pem.as_slice(), passphrase)
    })
}

#[allow(non_snake_case)]
fn setCert(natives: &mut Natives, context: i32, pem: Bytes) -> Js {
    natives.with_context(context, |context| context.set_certificate(pem.as_slice()))
}

#[allow(non_snake_case)]
fn loadPfx(natives: &mut Natives, context: i32, der: Bytes, passphrase: Option<Bytes>) -> Js {
    let passphrase = passphrase.as_ref().map(Bytes::as_slice);
    natives.with_context(context, |context| {
        context.load_pfx(der.as_slice(), passphrase)
    })
}

#[allow(non_snake_case)]
fn addCa(natives: &mut Natives, context: i32, pem: Bytes) -> Js {
    natives.with_context(context, |context| context.add_authorities(pem.as_slice()))
}

#[allow(non_snake_case)]
fn addCrl(natives: &mut Natives, context: i32, pem: Bytes) -> Js {
    natives.with_context(context, |context| context.add_crl(pem.as_slice()))
}

#[allow(non_snake_case)]
fn allowPartialTrustChain(natives: &mut Natives, context: i32) -> Js {
    natives.with_context(context, Context::allow_partial_chains)
}

#[allow(non_snake_case)]
fn setCiphers(natives: &mut Natives, context: i32, list: String) -> Js {
    natives.with_context(context, |context| context.set_ciphers(&list))
}

#[allow(non_snake_case)]
fn setCipherSuites(natives: &mut Natives, context: i32, list: String) -> Js {
    natives.with_context(context, |context| context.set_cipher_suites(&list))
}

#[allow(non_snake_case)]
fn setSigalgs(natives: &mut Natives, context: i32, list: String) -> Js {
    natives.with_context(context, |context| context.set_sigalgs(&list))
}

#[allow(non_snake_case)]
fn setGroups(natives: &mut Natives, context: i32, list: String) -> Js {
    natives.with_context(context, |context| match list.as_str() {
        "auto" => Ok(()),
        list => context.set_groups(list),
    })
}

#[allow(non_snake_case)]
fn setOptions(natives: &mut Natives, context: i32, options: f64) -> Js {
    natives.with_context(context, |context| {
        // OpenSSL has 64 bits of them; libssl knows none above 32.
        context.set_options(options as u64 as u32);
        Ok(())
    })
}

#[allow(non_snake_case)]
fn setSessionIdContext(natives: &mut Natives, context: i32, text: String) -> Js {
    natives.with_context(context, |context| {
        context.set_session_id_context(text.as_bytes());
        Ok(())
    })
}

#[allow(non_snake_case)]
fn setSessionTimeout(natives: &mut Natives, context: i32, seconds: u32) -> Js {
    natives.with_context(context, |context| {
        context.set_session_timeout(seconds);
        Ok(())
    })
}

#[allow(non_snake_case)]
fn setTicketKeys(natives: &mut Natives, context: i32, keys: Bytes) -> Js {
    natives.with_context(context, |context| {
        let keys: [u8; TICKET_KEY_BYTES] = keys.as_slice().try_into().map_err(|_| {
            Failure::plain(
                "ERR_INVALID_ARG_VALUE",
                "Ticket keys length must be 48 bytes",
            )
        })?;
        context.set_ticket_keys(keys);
        Ok(())
    })
}

#[allow(non_snake_case)]
fn getTicketKeys(natives: &mut Natives, context: i32) -> Js {
    let Some(context) = natives.tls.context(context) else {
        return stale();
    };
    let keys = context.ticket_keys().map(|keys| keys.to_vec());
    natives.crypto_answer(keys)
}

#[allow(non_snake_case)]
fn setDhParam(natives: &mut Natives, context: i32, pem: Bytes) -> Js {
    if natives.tls.context(context).is_none() {
        return stale();
    }
    let bits = pkey::dh_parameter_bits(pem.as_slice());
    natives.crypto_answer(bits.map(Js::from))
}

#[allow(non_snake_case)]
fn setMinProto(natives: &mut Natives, context: i32, number: i32) -> Js {
    let min = Some(version(number));
    natives.with_context(context, |context| context.set_versions(min, None))
}

#[allow(non_snake_case)]
fn setMaxProto(natives: &mut Natives, context: i32, number: i32) -> Js {
    let max = Some(version(number));
    natives.with_context(context, |context| context.set_versions(None, max))
}

#[allow(non_snake_case)]
fn getMinProto(natives: &mut Natives, context: i32) -> Js {
    let context = natives.tls.context(context);
    context.map_or_else(stale, |context| i32::from(context.versions().0).into())
}

#[allow(non_snake_case)]
fn getMaxProto(natives: &mut Natives, context: i32) -> Js {
    let context = natives.tls.context(context);
    context.map_or_else(stale, |context| i32::from(context.versions().1).into())
}

fn certificate(natives: &mut Natives, context: i32) -> Js {
    let Some(context) = natives.tls.context(context) else {
        return stale();
    };
    optional_bytes(context.certificate().map(|own| own.der().to_vec()))
}

fn issuer(natives: &mut Natives, context: i32) -> Js {
    let Some(context) = natives.tls.context(context) else {
        return stale();
    };
    optional_bytes(context.issuer().map(|issuer| issuer.der().to_vec()))
}

fn ciphers(natives: &mut Natives) -> Js {
    let names = cipher_names().map(|names| {
        let each = names.into_iter().map(|name| Js::Text(name.to_lowercase()));
        Js::List(each.collect())
    });
    natives.crypto_answer(names)
}
