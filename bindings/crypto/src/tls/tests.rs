//! Both ends in one process.

use std::sync::Arc;

use super::{Connection, Context, Outcome, Roots, event};

const AUTHORITY: &[u8] = include_bytes!("fixtures/authority.pem");
const SERVER: &[u8] = include_bytes!("fixtures/server.pem");
const SERVER_KEY: &[u8] = include_bytes!("fixtures/server-key.pem");
const CLIENT: &[u8] = include_bytes!("fixtures/client.pem");
const CLIENT_KEY: &[u8] = include_bytes!("fixtures/client-key.pem");
pub(super) const CLIENT_PFX: &[u8] = include_bytes!("fixtures/client.pfx");

pub(super) const TLS12: u16 = 0x303;
pub(super) const TLS13: u16 = 0x304;

pub(super) fn server_context(version: u16) -> Context {
    let mut context = Context::new(version, version).expect("a context");
    context.set_certificate(SERVER).expect("a certificate");
    context.set_key(SERVER_KEY, None).expect("a key");
    context.add_authorities(AUTHORITY).expect("an authority");
    context
}

pub(super) fn client_context(version: u16) -> Context {
    let mut context = Context::new(version, version).expect("a context");
    context.add_authorities(AUTHORITY).expect("an authority");
    context
}

/// Two ends and what each has said and read.
struct Pair {
    client: Connection,
    server: Connection,
    client_events: u32,
    server_events: u32,
    client_plain: Vec<u8>,
    server_plain: Vec<u8>,
}

impl Pair {
    fn of(client: &Context, server: &Context) -> Pair {
        Pair {
            client: Connection::open(client, false).expect("a client"),
            server: Connection::open(server, true).expect("a server"),
            client_events: 0,
            server_events: 0,
            client_plain: Vec::new(),
            server_plain: Vec::new(),
        }
    }

    fn new(version: u16) -> Pair {
        Pair::of(&client_context(version), &server_context(version))
    }

    fn client_said(&mut self, out: Outcome) -> Vec<u8> {
        self.client_events |= out.events;
        self.client_plain.extend(&out.plain);
        out.wire
    }

    fn server_said(&mut self, out: Outcome) -> Vec<u8> {
        self.server_events |= out.events;
        self.server_plain.extend(&out.plain);
        out.wire
    }

    /// Until nobody has anything to say; `wire` is the client's.
    fn settle(&mut self, mut wire: Vec<u8>) {
        for _ in 0..20 {
            let out = self.server.receive(&wire);
            let back = self.server_said(out);
            let out = self.client.receive(&back);
            wire = self.client_said(out);
            if wire.is_empty() && back.is_empty() {
                return;
            }
        }
        panic!("they never end");
    }

    fn shake(&mut self) {
        let out = self.client.start();
        let wire = self.client_said(out);
        self.settle(wire);
    }

    fn client_writes(&mut self, bytes: &[u8]) {
        let out = self.client.write(bytes);
        let wire = self.client_said(out);
        self.settle(wire);
    }

    fn is_done(&self) -> bool {
        self.client_events & self.server_events & event::HANDSHAKE_DONE != 0
    }
}

#[test]
fn versions_that_both_have() {
    for (version, name) in [
        (0x301, "TLSv1"),
        (0x302, "TLSv1.1"),
        (TLS12, "TLSv1.2"),
        (TLS13, "TLSv1.3"),
    ] {
        let mut pair = Pair::new(version);
        pair.shake();
        assert!(pair.is_done(), "{name}");
        assert_eq!(pair.client.protocol(), name);
        assert_eq!(pair.server.protocol(), name);
        pair.client_writes(b"hello");
        assert_eq!(pair.server_plain, b"hello");
        assert!(pair.client.verify_error().is_none());
        let issuers = pair.client.peer_issuers().expect("a chain");
        assert_eq!(issuers.len(), 2);
        let secret = pair
            .client
            .export_keying_material(32, "label", Some(b"some"));
        let other = pair
            .server
            .export_keying_material(32, "label", Some(b"some"));
        assert_eq!(secret.expect("a secret"), other.expect("a secret"));
    }
}

#[test]
fn versions_that_they_do_not_share() {
    let mut pair = Pair::of(&client_context(TLS12), &server_context(TLS13));
    pair.shake();
    assert!(pair.server_events & event::FATAL != 0);
    assert!(pair.client_events & event::FATAL != 0);
    assert_eq!(pair.server_events & event::HANDSHAKE_DONE, 0);
    assert!(pair.server.receive(b"more").wire.is_empty());
    assert_eq!(pair.server.write(b"more").events, 0);
}

#[test]
fn a_client_that_trusts_nobody_is_told_so() {
    let client = Context::new(TLS13, TLS13).expect("a context");
    let mut pair = Pair::of(&client, &server_context(TLS13));
    pair.shake();
    assert!(pair.is_done());
    let verdict = pair.client.verify_error().expect("a verdict");
    // The server sends the chain that it trusts itself, as OpenSSL's.
    assert_eq!(verdict.code, "SELF_SIGNED_CERT_IN_CHAIN");
}

#[test]
fn a_client_shows_its_certificate() {
    for (version, shows) in [(TLS12, true), (TLS13, true), (TLS12, false), (TLS13, false)] {
        let mut client = client_context(version);
        if shows {
            client.set_certificate(CLIENT).expect("a certificate");
            client.set_key(CLIENT_KEY, None).expect("a key");
        }
        let mut pair = Pair::of(&client, &server_context(version));
        pair.server.set_verify(true, false);
        pair.shake();
        assert!(pair.is_done());
        assert_eq!(pair.server.verify_error().is_none(), shows);
        assert_eq!(pair.server.peer_certificates().is_some(), shows);
        let mut strict = Pair::of(&client, &server_context(version));
        strict.server.set_verify(true, true);
        strict.shake();
        assert_eq!(strict.server_events & event::FATAL == 0, shows);
    }
}

#[test]
fn pfx_files() {
    let mut client = client_context(TLS13);
    let wrong = client.load_pfx(CLIENT_PFX, Some(b"guess"));
    assert_eq!(
        wrong.err().map(text_of).as_deref(),
        Some("mac verify failure")
    );
    let cut = client.load_pfx(&CLIENT_PFX[..20], Some(b"secret"));
    assert_eq!(cut.err().map(text_of).as_deref(), Some("not enough data"));
    client
        .load_pfx(CLIENT_PFX, Some(b"secret"))
        .expect("a pair");
    let mut pair = Pair::of(&client, &server_context(TLS13));
    pair.server.set_verify(true, true);
    pair.shake();
    assert!(pair.is_done());
    assert!(pair.server.verify_error().is_none());
}

fn text_of(failure: crate::Failure) -> String {
    match failure {
        crate::Failure::Plain { message, .. } => message,
        crate::Failure::Library { first, .. } => first.message.clone(),
    }
}

#[test]
fn a_server_stands_still_at_the_hello() {
    for version in [TLS12, TLS13] {
        let mut pair = Pair::of(&client_context(version), &Context::new(0, 0).expect("none"));
        pair.client
            .set_servername("Server.example")
            .expect("a name");
        pair.client
            .set_alpn(b"\x02h2\x08http/1.1")
            .expect("protocols");
        pair.server.pause_on_hello();
        pair.shake();
        assert!(!pair.is_done());
        assert!(pair.server_events & event::PAUSED != 0);
        let hello = pair.server.hello().expect("a hello").clone();
        assert_eq!(hello.servername.as_deref(), Some("Server.example"));
        assert_eq!(hello.alpn.as_deref(), Some(&b"\x02h2\x08http/1.1"[..]));
        assert!(!hello.has_ticket && !hello.wants_ocsp);
        pair.server
            .answer_context(&server_context(version))
            .expect("a context");
        pair.server.answer_alpn(Some("http/1.1"));
        let out = pair.server.resume();
        let wire = pair.server_said(out);
        let out = pair.client.receive(&wire);
        let wire = pair.client_said(out);
        pair.settle(wire);
        assert!(pair.is_done());
        assert_eq!(
            pair.client.alpn_selected().as_deref(),
            Some(&b"http/1.1"[..])
        );
        assert_eq!(pair.server.servername().as_deref(), Some("Server.example"));
        assert!(pair.client.verify_error().is_none());
    }
}

#[test]
fn protocols_are_chosen_by_the_server() {
    for (offered, expect) in [
        (&b"\x01a\x01b"[..], Some(&b"b"[..])),
        (b"\x01a", Some(b"a")),
        (b"\x01c", None),
    ] {
        let mut pair = Pair::new(TLS13);
        pair.client.set_alpn(offered).expect("protocols");
        pair.server.set_alpn(b"\x01b\x01a").expect("protocols");
        pair.shake();
        assert_eq!(pair.is_done(), expect.is_some());
        assert_eq!(pair.client.alpn_selected().as_deref(), expect);
    }
}

/// A session of `version`, from a server of its own.
fn session_of(client: &Context, server: &Context, verify: bool) -> Vec<u8> {
    let mut pair = Pair::of(client, server);
    pair.client.keep_sessions();
    pair.server.set_verify(verify, false);
    pair.shake();
    pair.client_writes(b"x");
    let out = pair.server.write(b"y");
    let wire = pair.server_said(out);
    pair.client.receive(&wire);
    let mut sessions = pair.client.take_sessions();
    sessions.pop().expect("a session").1
}

#[test]
fn servers_of_one_process_take_each_others_tickets() {
    for version in [TLS12, TLS13] {
        let client = client_context(version);
        let session = session_of(&client, &server_context(version), false);
        for (verify, expect) in [(false, true), (true, false)] {
            let mut pair = Pair::of(&client, &server_context(version));
            pair.client.set_session(&session).expect("a session");
            pair.server.set_verify(verify, false);
            pair.shake();
            assert!(pair.is_done());
            assert_eq!(pair.client.is_session_reused(), expect);
            assert_eq!(pair.server.is_session_reused(), expect);
        }
        let mut other = server_context(version);
        other.set_session_id_context(b"another");
        let mut pair = Pair::of(&client, &other);
        pair.client.set_session(&session).expect("a session");
        pair.shake();
        assert!(pair.is_done() && !pair.client.is_session_reused());
        let mut pinned = server_context(version);
        pinned.set_ticket_keys([9; 48]);
        let mut pair = Pair::of(&client, &pinned);
        pair.client.set_session(&session).expect("a session");
        pair.shake();
        assert!(pair.is_done() && !pair.client.is_session_reused());
    }
}

#[test]
fn sessions_by_id() {
    const NO_TICKET: u32 = 0x4000;
    let client = client_context(TLS12);
    let mut server = server_context(TLS12);
    server.set_options(NO_TICKET);
    let mut pair = Pair::of(&client, &server);
    pair.server.keep_sessions();
    pair.shake();
    let kept = pair.server.take_sessions();
    assert_eq!(kept.len(), 1);
    let session = pair.client.session_bytes().expect("a session");
    let mut pair = Pair::of(&client, &server);
    pair.client.set_session(&session).expect("a session");
    pair.server.pause_on_hello();
    pair.shake();
    assert_eq!(pair.server.hello().expect("a hello").session_id, kept[0].0);
    assert!(pair.server.answer_session(&kept[0].1));
    let out = pair.server.resume();
    let wire = pair.server_said(out);
    let out = pair.client.receive(&wire);
    let wire = pair.client_said(out);
    pair.settle(wire);
    assert!(pair.is_done() && pair.server.is_session_reused());
    assert!(!pair.server.answer_session(b"nonsense"));
}

#[test]
fn an_answer_of_ocsp_is_stapled() {
    for version in [TLS12, TLS13] {
        let mut pair = Pair::new(version);
        pair.client.request_ocsp();
        pair.server.pause_on_hello();
        pair.shake();
        assert!(pair.server.hello().expect("a hello").wants_ocsp);
        pair.server.answer_ocsp(b"all is well");
        let out = pair.server.resume();
        let wire = pair.server_said(out);
        let out = pair.client.receive(&wire);
        let wire = pair.client_said(out);
        pair.settle(wire);
        assert!(pair.client_events & event::OCSP_RESPONSE != 0);
        assert_eq!(
            pair.client.ocsp_response().as_deref(),
            Some(&b"all is well"[..])
        );
    }
}

#[test]
fn keys_that_both_had() {
    for list in ["PSK-AES128-CBC-SHA", "ECDHE-PSK-AES128-CBC-SHA"] {
        for (key, expect) in [(b"0123456789abcdef", true), (b"fedcba9876543210", false)] {
            let mut context = Context::new(TLS12, TLS12).expect("a context");
            context.set_ciphers(list).expect("ciphers");
            let mut pair = Pair::of(&context, &context);
            pair.client.enable_psk(None).expect("a way");
            pair.server.enable_psk(Some("hint")).expect("a way");
            pair.shake();
            assert!(pair.client_events & event::PAUSED_PSK != 0);
            assert_eq!(pair.client.psk_asked(), Some(Some(&b"hint"[..])));
            pair.client.answer_psk(b"me", b"0123456789abcdef");
            let out = pair.client.resume();
            let wire = pair.client_said(out);
            pair.settle(wire);
            assert!(pair.server_events & event::PAUSED_PSK != 0);
            assert_eq!(pair.server.psk_asked(), Some(Some(&b"me"[..])));
            pair.server.answer_psk(b"", key);
            let out = pair.server.resume();
            let wire = pair.server_said(out);
            let out = pair.client.receive(&wire);
            let wire = pair.client_said(out);
            pair.settle(wire);
            assert_eq!(pair.is_done(), expect);
            if expect {
                assert!(pair.server.verify_error().is_none());
                pair.client_writes(b"hello");
                assert_eq!(pair.server_plain, b"hello");
            }
        }
    }
}

/// libssl keeps room for 128 bytes and a zero, and ends the handshake of a client without identity.
#[test]
fn an_identity_leaves_room_for_its_zero() {
    for (bytes_count, expect) in [(128, true), (129, false)] {
        let mut context = Context::new(TLS12, TLS12).expect("a context");
        context.set_ciphers("PSK-AES128-CBC-SHA").expect("ciphers");
        let mut pair = Pair::of(&context, &context);
        pair.client.enable_psk(None).expect("a way");
        pair.server.enable_psk(Some("hint")).expect("a way");
        pair.shake();
        let identity = vec![b'i'; bytes_count];
        pair.client.answer_psk(&identity, b"0123456789abcdef");
        let out = pair.client.resume();
        assert_eq!(out.events & event::FATAL == 0, expect);
    }
}

#[test]
fn what_is_written_early_leaves_with_the_handshake() {
    let mut pair = Pair::new(TLS13);
    let out = pair.client.write(b"early");
    assert_eq!(out.events, event::HELD);
    pair.shake();
    assert_eq!(pair.server_plain, b"early");
}

#[test]
fn large_writes_become_records() {
    let mut pair = Pair::new(TLS13);
    pair.shake();
    let bytes: Vec<u8> = (0..1_000_003u32).map(|at| (at * 7) as u8).collect();
    pair.client_writes(&bytes);
    assert!(pair.server_plain == bytes);
    assert_eq!(pair.client.bytes_counts(), (0, bytes.len() as u64));
    assert_eq!(pair.server.bytes_counts(), (bytes.len() as u64, 0));
}

#[test]
fn bytes_may_come_one_by_one() {
    for version in [TLS12, TLS13] {
        let mut pair = Pair::new(version);
        let out = pair.client.start();
        let mut wire = pair.client_said(out);
        for _ in 0..10 {
            let mut back = Vec::new();
            for byte in wire {
                let out = pair.server.receive(&[byte]);
                back.extend(pair.server_said(out));
            }
            wire = Vec::new();
            for byte in back {
                let out = pair.client.receive(&[byte]);
                wire.extend(pair.client_said(out));
            }
        }
        assert!(pair.is_done());
    }
}

#[test]
fn the_end_is_said() {
    for version in [TLS12, TLS13] {
        let mut pair = Pair::new(version);
        assert!(pair.client.shutdown().wire.is_empty());
        pair.shake();
        let wire = pair.client.shutdown().wire;
        assert!(!wire.is_empty());
        assert!(pair.client.shutdown().wire.is_empty());
        let out = pair.server.receive(&wire);
        assert_eq!(out.events, event::CLOSE_NOTIFY);
        let back = pair.server.write(b"still here").wire;
        assert_eq!(pair.client.receive(&back).plain, b"still here");
    }
}

#[test]
fn nothing_is_kept_of_what_follows_the_end() {
    for version in [TLS12, TLS13] {
        let mut pair = Pair::new(version);
        pair.shake();
        let mut wire = pair.client.shutdown().wire;
        wire.extend([23; 1000]);
        assert_eq!(pair.server.receive(&wire).events, event::CLOSE_NOTIFY);
        for _ in 0..10 {
            assert_eq!(pair.server.receive(&[23; 1000]).events, 0);
        }
        assert!(pair.server.side_ref().pipe.rest().is_empty());
        assert!(!pair.server.write(b"still here").wire.is_empty());
    }
}

#[test]
fn a_pause_keeps_so_many_bytes_and_no_more() {
    let mut pair = Pair::new(TLS13);
    pair.server.pause_on_hello();
    pair.shake();
    assert!(pair.server_events & event::PAUSED != 0);
    let (mut sent, bytes) = (0, [22; 10_000]);
    let failure = loop {
        let out = pair.server.receive(&bytes);
        sent += bytes.len();
        match out.failure {
            None => assert_eq!(pair.server.side_ref().pipe.rest().len(), sent),
            Some(failure) => break failure,
        }
        assert!(sent < 1 << 20);
    };
    assert_eq!(text_of(failure), "Too many bytes wait for an answer");
    assert!(pair.server.side_ref().pipe.rest().is_empty());
    assert!(pair.server.resume().wire.is_empty());
}

#[test]
fn a_chain_is_whole_or_refused() {
    let leaf = [SERVER, b"-----BEGIN CERTIFICATE-----\n"].concat();
    for (rest, code) in [
        (
            &b"!!!!\n-----END CERTIFICATE-----\n"[..],
            "ERR_OSSL_PEM_BAD_BASE64_DECODE",
        ),
        (b"MIIB\n", "ERR_OSSL_PEM_BAD_END_LINE"),
        (b"AAAA\n-----END CERTIFICATE-----\n", "ERR_OSSL_ASN1_"),
    ] {
        let mut context = Context::new(0, 0).expect("a context");
        let refused = context.set_certificate(&[&leaf[..], rest].concat());
        let found = match refused {
            Err(crate::Failure::Library { first, .. }) => first.code.unwrap_or_default(),
            other => panic!("{other:?}"),
        };
        assert!(found.starts_with(code), "{found}");
    }
}

/// What is trusted completes it, from whenever that is.
#[test]
fn who_gives_no_chain_has_one() {
    let shown = |server: &Context| {
        let mut pair = Pair::of(&client_context(0), server);
        pair.shake();
        pair.client.peer_certificates().map_or(0, |all| all.len())
    };
    let mut server = Context::new(0, 0).expect("a context");
    server.set_certificate(SERVER).expect("a certificate");
    server.set_key(SERVER_KEY, None).expect("a key");
    assert_eq!(shown(&server), 1);
    server.add_authorities(AUTHORITY).expect("an authority");
    assert_eq!(shown(&server), 2);
    assert_eq!(shown(&server), 2);
    // One that is chosen in the handshake has its own, whatever the first one had.
    let mut bare = Context::new(0, 0).expect("a context");
    bare.set_certificate(CLIENT).expect("a certificate");
    bare.set_key(CLIENT_KEY, None).expect("a key");
    let mut pair = Pair::of(&client_context(0), &bare);
    pair.server.pause_on_hello();
    let hello = pair.client.start().wire;
    assert!(pair.server.receive(&hello).events & event::PAUSED != 0);
    pair.server
        .answer_context(&server)
        .expect("another context");
    let wire = pair.server.resume().wire;
    pair.client.receive(&wire);
    assert_eq!(
        pair.client.peer_certificates().map_or(0, |all| all.len()),
        2
    );
}

#[test]
fn authorities_count_up_to_what_is_none() {
    for rest in [
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let mut client = Context::new(0, 0).expect("a context");
        let text = [AUTHORITY, rest.as_bytes()].concat();
        client.add_authorities(&text).expect("authorities");
        let mut pair = Pair::of(&client, &server_context(0));
        pair.shake();
        assert!(pair.client.verify_error().is_none(), "{rest}");
    }
}

#[test]
fn changed_records_end_it() {
    let mut pair = Pair::new(TLS13);
    pair.shake();
    let mut wire = pair.client.write(b"hello").wire;
    let last = wire.len() - 1;
    wire[last] ^= 1;
    let out = pair.server.receive(&wire);
    assert!(out.events & event::FATAL != 0);
    assert_eq!(pair.server.failure(), out.failure.as_ref());
    assert!(out.plain.is_empty() && !out.wire.is_empty());
    // libcrypto says before that a tag is wrong.
    let Some(crate::Failure::Library { first, rest }) = out.failure else {
        panic!("libssl says why");
    };
    let code = "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC";
    assert_eq!((first.code.as_deref(), rest.len()), (Some(code), 0));
    assert!(pair.client.receive(&out.wire).events & event::FATAL != 0);
}

#[test]
fn keys_are_logged_when_asked_for() {
    let mut pair = Pair::new(TLS13);
    pair.server.keep_keylog();
    pair.shake();
    assert!(pair.server_events & event::KEYLOG != 0);
    let lines = pair.server.take_keylog();
    assert!(lines.iter().all(|line| line.ends_with(b"\n")));
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with(b"CLIENT_TRAFFIC_SECRET_0 "))
    );
    assert!(pair.client.take_keylog().is_empty());
}

#[test]
fn roots_are_shared_and_may_be_added_to() {
    let roots = Roots::bundled().expect("roots");
    assert!(roots.certificates().len() > 100);
    assert!(Arc::ptr_eq(&roots, &Roots::bundled().expect("roots")));
    let of_texts = Roots::of_texts(&[AUTHORITY]).expect("roots");
    assert!(Arc::ptr_eq(
        &of_texts,
        &Roots::of_texts(&[AUTHORITY]).expect("roots")
    ));
    for (roots, adds, expect) in [
        (&of_texts, false, true),
        (&roots, false, false),
        (&roots, true, true),
    ] {
        let mut client = Context::new(0, 0).expect("a context");
        client.add_roots(roots.clone()).expect("roots");
        if adds {
            client.add_authorities(AUTHORITY).expect("an authority");
        }
        let mut pair = Pair::of(&client, &server_context(0));
        pair.shake();
        assert_eq!(pair.client.verify_error().is_none(), expect);
    }
    assert_eq!(roots.certificates().len(), super::bundled_der().count());
}

#[test]
fn dropped_in_every_state() {
    for version in [TLS12, TLS13] {
        for steps in 0..6 {
            let mut pair = Pair::new(version);
            pair.server.pause_on_hello();
            let mut wire = pair.client.start().wire;
            for step in 0..steps {
                wire = match step % 2 {
                    0 => pair.server.receive(&wire).wire,
                    _ => pair.client.receive(&wire).wire,
                };
                if step == 2 {
                    wire = pair.server.resume().wire;
                }
            }
        }
    }
}
