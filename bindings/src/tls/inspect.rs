//! What one may ask of a connection behind its handshake.

use coring_crypto::tls::Connection;
use coring_engine::{Bytes, Js, ops};

use super::{bytes_list, optional_bytes, stale};
use crate::Natives;
use crate::crypto::failure_js;

ops! { tls(Natives) {
    slow getSession(connection: i32);
    slow getTicket(connection: i32);
    slow sessionReused(connection: i32);
    slow servername(connection: i32);
    slow alpnSelected(connection: i32);
    slow cipher(connection: i32);
    slow protocol(connection: i32);
    slow ephemeralKey(connection: i32);
    slow sharedSigalgs(connection: i32);
    slow peerCertificates(connection: i32);
    slow peerIssuers(connection: i32);
    slow ownCertificate(connection: i32);
    slow verifyError(connection: i32);
    slow finished(connection: i32);
    slow peerFinished(connection: i32);
    slow exportKeyingMaterial(connection: i32, bytes_count: f64, label: String,
        context: Option<Bytes>);
    slow ocspResponse(connection: i32);
    slow bytesWritten(connection: i32);
    slow bytesRead(connection: i32);
    slow failure(connection: i32);
} }

#[allow(non_snake_case)]
fn getSession(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        optional_bytes(connection.session_bytes())
    })
}

#[allow(non_snake_case)]
fn getTicket(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| optional_bytes(connection.ticket()))
}

#[allow(non_snake_case)]
fn sessionReused(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        Js::Bool(connection.is_session_reused())
    })
}

fn optional_text(text: Option<String>) -> Js {
    text.map_or(Js::Undefined, Js::Text)
}

fn servername(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        optional_text(connection.servername())
    })
}

#[allow(non_snake_case)]
fn alpnSelected(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| match connection.alpn_selected() {
        Some(name) => Js::Latin1(name),
        None => Js::Bool(false),
    })
}

fn cipher(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| match connection.cipher() {
        Some(cipher) => Js::List(vec![
            Js::Text(cipher.name),
            Js::Text(cipher.standard_name),
            Js::Text(cipher.version),
        ]),
        None => Js::Undefined,
    })
}

fn protocol(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| Js::Text(connection.protocol()))
}

#[allow(non_snake_case)]
fn ephemeralKey(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| match connection.group() {
        Some(name) => Js::List(vec!["TLSGroup".into(), Js::Text(name)]),
        None => Js::Undefined,
    })
}

#[allow(non_snake_case)]
fn sharedSigalgs(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        let names = connection.shared_sigalgs().into_iter();
        Js::List(names.map(Js::from).collect())
    })
}

#[allow(non_snake_case)]
fn peerCertificates(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        connection
            .peer_certificates()
            .map_or(Js::Undefined, bytes_list)
    })
}

#[allow(non_snake_case)]
fn peerIssuers(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        connection.peer_issuers().map_or(Js::Undefined, bytes_list)
    })
}

#[allow(non_snake_case)]
fn ownCertificate(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        optional_bytes(connection.own_certificate())
    })
}

#[allow(non_snake_case)]
fn verifyError(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| match connection.verify_error() {
        None => Js::Undefined,
        Some(error) => Js::List(vec![
            Js::Text(error.text),
            error.code.into(),
            Js::Number(error.number as f64),
        ]),
    })
}

fn finished(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        optional_bytes(connection.finished(false))
    })
}

#[allow(non_snake_case)]
fn peerFinished(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        optional_bytes(connection.finished(true))
    })
}

#[allow(non_snake_case)]
fn exportKeyingMaterial(
    natives: &mut Natives,
    connection: i32,
    bytes_count: f64,
    label: String,
    context: Option<Bytes>,
) -> Js {
    let Some(connection) = natives.tls.connection(connection) else {
        return stale();
    };
    let context = context.as_ref().map(Bytes::as_slice);
    let bytes = connection.export_keying_material(bytes_count as usize, &label, context);
    natives.crypto_answer(bytes)
}

#[allow(non_snake_case)]
fn ocspResponse(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        connection.ocsp_response().map_or(Js::Null, Js::Bytes)
    })
}

fn count(natives: &mut Natives, connection: i32, of: fn(&Connection) -> u64) -> Js {
    natives.ask_connection(connection, |connection| Js::Number(of(connection) as f64))
}

#[allow(non_snake_case)]
fn bytesWritten(natives: &mut Natives, connection: i32) -> Js {
    count(natives, connection, |connection| {
        connection.bytes_counts().1
    })
}

#[allow(non_snake_case)]
fn bytesRead(natives: &mut Natives, connection: i32) -> Js {
    count(natives, connection, |connection| {
        connection.bytes_counts().0
    })
}

fn failure(natives: &mut Natives, connection: i32) -> Js {
    natives.ask_connection(connection, |connection| {
        connection.failure().map_or(Js::Undefined, failure_js)
    })
}
