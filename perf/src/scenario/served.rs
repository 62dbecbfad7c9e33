//! The servers that are compared, and what each is asked: programs of perf/apps, unchanged for
//! all peers, and phases of load.

use crate::load::{self, Answer, Body, Plan, Transport};
use std::net::SocketAddr;
use std::time::Duration;

pub struct Scenario {
    pub name: &'static str,
    pub script: &'static str,
    pub says: &'static str,
    /// The others that take part; empty: all.
    pub peers: &'static [&'static str],
    /// Two cores, or two processes, which share both processors with the generator.
    pub two_cores: bool,
    pub phases: &'static [Phase],
}

pub struct Phase {
    pub name: &'static str,
    pub says: &'static str,
    pub rate: Rate,
    pub ask: Ask,
    /// 0: as many as the options say.
    pub connections: usize,
    /// At least so long, however short a run is.
    pub measured_min: Duration,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Rate {
    Ceiling,
    /// A part of the ceiling of the reference: the same load for all.
    Equal(f64),
    /// A part of this peer's own ceiling, which the phase before it has found.
    Own(f64),
    /// Requests a second.
    Fixed(f64),
}

#[derive(Clone, Copy, PartialEq)]
pub enum Ask {
    Get {
        path: &'static str,
        headers: &'static [(&'static str, &'static str)],
        body_bytes: Option<u64>,
    },
    /// GET /, a new connection for each request or for each so many.
    Churn {
        per_connection: u32,
    },
    /// GET /, so many in one piece.
    Pipelined {
        depth: u32,
    },
    Upload {
        bytes: usize,
    },
    Tcp {
        bytes: usize,
    },
    Udp {
        bytes: usize,
    },
    WebSocket {
        bytes: usize,
    },
}

const HELLO: Ask = Ask::Get {
    path: "/",
    headers: &[],
    body_bytes: Some(11),
};

/// What both cores of `neighbour` answer; at the second path nobody computes.
const EITHER: Ask = Ask::Get {
    path: "/",
    headers: &[],
    body_bytes: None,
};
const CALM: Ask = Ask::Get {
    path: "/calm",
    headers: &[],
    body_bytes: None,
};

/// The answer of the core beside the one that computes.
pub const BESIDE_BYTES: u64 = 12;

const JSON: Ask = Ask::Get {
    path: "/items?page=2&size=8",
    headers: JSON_HEADERS,
    body_bytes: None,
};

const EACH: Ask = Ask::Churn { per_connection: 1 };
const SIXTEEN: Ask = Ask::Pipelined { depth: 16 };
const UPLOAD: Ask = Ask::Upload { bytes: 64_000 };
const MESSAGE: Ask = Ask::WebSocket { bytes: 64 };
const FILE: Ask = Ask::Get {
    path: "/1",
    headers: &[],
    body_bytes: Some(1_000),
};

const fn phase(name: &'static str, says: &'static str, rate: Rate, ask: Ask) -> Phase {
    Phase {
        name,
        says,
        rate,
        ask,
        connections: 0,
        measured_min: Duration::ZERO,
    }
}

const fn ceiling(name: &'static str, says: &'static str, ask: Ask) -> Phase {
    phase(name, says, Rate::Ceiling, ask)
}

/// Requests that take so long that only few of them fit a phase.
const fn few(phase: Phase, connections: usize) -> Phase {
    of(long(phase, 1_000), connections)
}

const fn of(phase: Phase, connections: usize) -> Phase {
    Phase {
        connections,
        ..phase
    }
}

/// A slice of fewer milliseconds would say nothing.
const fn long(phase: Phase, ms: u64) -> Phase {
    Phase {
        measured_min: Duration::from_millis(ms),
        ..phase
    }
}

/// The ceiling, two loads that are the same for all, the three of the latency curve, and the
/// ceiling of one connection and of many.
macro_rules! curve {
    ($ask:expr) => {
        &[
            ceiling("ceiling", "as fast as it answers", $ask),
            phase(
                "equal",
                "at 50 % of the reference's ceiling",
                Rate::Equal(0.5),
                $ask,
            ),
            phase(
                "equal-80",
                "at 80 % of the reference's ceiling",
                Rate::Equal(0.8),
                $ask,
            ),
            tail(20, $ask),
            tail(50, $ask),
            tail(80, $ask),
            of(ceiling("one", "one connection", $ask), 1),
            of(ceiling("many", "512 connections", $ask), 512),
        ]
    };
}

/// The ceiling, and the three loads.
macro_rules! tails {
    ($ask:expr) => {
        &[
            ceiling("ceiling", "as fast as it answers", $ask),
            tail(20, $ask),
            tail(50, $ask),
            tail(80, $ask),
        ]
    };
}

/// A part of this peer's own ceiling, in per cent.
const fn tail(percent: u32, ask: Ask) -> Phase {
    match percent {
        20 => phase("own-20", "at 20 % of its own ceiling", Rate::Own(0.2), ask),
        50 => phase("own-50", "at 50 % of its own ceiling", Rate::Own(0.5), ask),
        80 => phase("own-80", "at 80 % of its own ceiling", Rate::Own(0.8), ask),
        _ => panic!("20, 50 or 80 per cent"),
    }
}

const fn scenario(
    name: &'static str,
    script: &'static str,
    says: &'static str,
    phases: &'static [Phase],
) -> Scenario {
    Scenario {
        name,
        script,
        says,
        peers: &[],
        two_cores: false,
        phases,
    }
}

#[rustfmt::skip]
pub const SERVED: &[Scenario] = &[
    scenario("hello", "perf/apps/hello.js", "the hello-world of the README", curve!(HELLO)),
    scenario("json", "perf/apps/json.js",
        "ten request headers are read, about 1 KB of JSON is built", curve!(JSON)),
    scenario("express", "perf/apps/express.js", "hello-world of express", tails!(HELLO)),
    scenario("fastify", "perf/apps/fastify.js", "hello-world of fastify", tails!(HELLO)),
    scenario("churn", "perf/apps/hello.js", "new connections", &[
        ceiling("each", "a new connection for each request", EACH),
        tail(20, EACH), tail(50, EACH), tail(80, EACH),
        ceiling("tenth", "a new connection for each tenth request",
            Ask::Churn { per_connection: 10 }),
    ]),
    scenario("pipelined", "perf/apps/hello.js",
        "16 requests in one piece; synthetic, no browser does it", &[
        ceiling("sixteen", "16 requests in one piece", SIXTEEN),
        tail(20, SIXTEEN), tail(50, SIXTEEN), tail(80, SIXTEEN),
    ]),
    scenario("upload", "perf/apps/echo.js", "what is sent comes back, by req.pipe(res)", &[
        ceiling("1k", "1 KB there and back", Ask::Upload { bytes: 1_000 }),
        ceiling("64k", "64 KB there and back", UPLOAD),
        tail(20, UPLOAD), tail(50, UPLOAD), tail(80, UPLOAD),
        few(ceiling("10m", "10 MB there and back", Ask::Upload { bytes: 10_000_000 }), 16),
    ]),
    scenario("static", "perf/apps/static.js", "files by stat and createReadStream", &[
        ceiling("1k", "a file of 1 KB", FILE),
        tail(20, FILE), tail(50, FILE), tail(80, FILE),
        ceiling("100k", "a file of 100 KB",
            Ask::Get { path: "/100", headers: &[], body_bytes: Some(100_000) }),
    ]),
    scenario("tcp", "perf/apps/tcp.js", "echo by node:net", tails!(Ask::Tcp { bytes: 64 })),
    scenario("udp", "perf/apps/udp.js", "echo by node:dgram", tails!(Ask::Udp { bytes: 64 })),
    scenario("websocket", "perf/apps/websocket.js", "echo by the package ws", &[
        ceiling("64", "messages of 64 bytes", MESSAGE),
        tail(20, MESSAGE), tail(50, MESSAGE), tail(80, MESSAGE),
        ceiling("8k", "messages of 8 KB", Ask::WebSocket { bytes: 8_000 }),
        ceiling("64k", "messages of 64 KB", Ask::WebSocket { bytes: 64_000 }),
    ]),
    scenario("mixed", "perf/apps/mixed.js",
        "hello-world, while 64 files are read and 64 names looked up every 10 ms", &[
        long(phase("steady", "at 2000 requests a second", Rate::Fixed(2_000.0), HELLO), 500),
    ]),
    Scenario {
        // Deno has no cluster.
        peers: &["node26", "node24", "bun"],
        two_cores: true,
        ..scenario("neighbour", "perf/apps/neighbour.js",
            "on one of two cores, or processes of a cluster, one request in a hundred computes for \
             20 ms", &[
            long(phase("calm", "at 1000 requests a second, and nobody computes",
                Rate::Fixed(1_000.0), CALM), 700),
            long(phase("steady", "at 1000 requests a second", Rate::Fixed(1_000.0), EITHER), 700),
        ])
    },
];

/// What a browser sends, more or less: the program reads all ten.
#[rustfmt::skip]
const JSON_HEADERS: &[(&str, &str)] = &[
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"),
    ("Accept", "application/json, text/plain, */*"),
    ("Accept-Language", "en-GB,en;q=0.9,de;q=0.7"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Referer", "https://example.org/catalogue?page=1"),
    ("Cookie", "session=5f1c8a7e9b2d4c60a3e1f7b8d9c0e2a4; theme=dark; seen=1"),
    ("X-Request-Id", "0d9f2a52-6d0e-4c53-9d55-6f2d1b8f0c1e"),
    ("X-Forwarded-For", "203.0.113.7, 198.51.100.2"),
    ("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl"),
    ("Cache-Control", "no-cache"),
];

impl Ask {
    /// A plan for this, with one connection after the other, as fast as answers come.
    pub fn plan(&self, address: SocketAddr) -> Plan {
        let get = |path: &str, headers: &[(String, String)]| {
            Plan::http(address, load::request(address, "GET", path, headers, b""))
        };
        match *self {
            Ask::Get {
                path,
                headers,
                body_bytes,
            } => {
                let own = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
                let headers: Vec<_> = headers.iter().map(own).collect();
                Plan {
                    answer: Answer::Http(body_bytes.map_or(Body::Any, Body::Long)),
                    ..get(path, &headers)
                }
            }
            Ask::Churn { per_connection } => {
                let close = ("Connection".to_string(), "close".to_string());
                let headers = if per_connection == 1 {
                    vec![close]
                } else {
                    Vec::new()
                };
                Plan {
                    requests_per_connection: per_connection,
                    ..get("/", &headers)
                }
            }
            Ask::Pipelined { depth } => Plan {
                depth,
                ..get("/", &[])
            },
            Ask::Upload { bytes } => {
                let body = filling(bytes);
                Plan {
                    answer: Answer::Http(Body::Is(body.clone())),
                    ..Plan::http(address, load::request(address, "POST", "/", &[], &body))
                }
            }
            Ask::Tcp { bytes } => Plan {
                answer: Answer::Bytes(filling(bytes)),
                ..Plan::http(address, filling(bytes))
            },
            Ask::Udp { bytes } => Plan {
                transport: Transport::Udp,
                answer: Answer::Bytes(filling(bytes)),
                ..Plan::http(address, filling(bytes))
            },
            Ask::WebSocket { bytes } => {
                let message = filling(bytes);
                Plan {
                    upgrade: Some(upgrade(address)),
                    answer: Answer::Bytes(frame(&message, None)),
                    ..Plan::http(address, frame(&message, Some(MASK)))
                }
            }
        }
    }
}

/// Bytes that differ, so that an answer out of order is not the right one.
fn filling(count: usize) -> Vec<u8> {
    (0..count).map(|at| b'a' + (at % 23) as u8).collect()
}

/// RFC 6455, 5.3: a client masks what it sends. A fixed mask is as good to measure by.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// RFC 6455, 4.1.
fn upgrade(address: SocketAddr) -> Vec<u8> {
    format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    .into_bytes()
}

/// RFC 6455, 5.2: one whole binary message.
fn frame(message: &[u8], mask: Option<[u8; 4]>) -> Vec<u8> {
    const FINAL_BINARY: u8 = 0x82;
    let masked = if mask.is_some() { 0x80 } else { 0 };
    let mut bytes = vec![FINAL_BINARY];
    match message.len() {
        count @ 0..=125 => bytes.push(masked | count as u8),
        count @ 126..=65_535 => {
            bytes.push(masked | 126);
            bytes.extend((count as u16).to_be_bytes());
        }
        count => {
            bytes.push(masked | 127);
            bytes.extend((count as u64).to_be_bytes());
        }
    }
    bytes.extend(mask.iter().flatten());
    let mask = mask.unwrap_or_default();
    let body = message.iter().enumerate();
    bytes.extend(body.map(|(at, byte)| byte ^ mask[at % 4]));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        // RFC 6455, 5.7: "Hello", plain and masked; there as text.
        assert_eq!(
            frame(b"Hello", None)[1..],
            [0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]
        );
        let masked = [0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        assert_eq!(frame(b"Hello", Some(MASK))[1..], masked);
        assert_eq!(frame(&[0; 256], None)[..4], [0x82, 126, 1, 0]);
        assert_eq!(
            frame(&[0; 65_536], None)[..10],
            [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]
        );
    }

    #[test]
    fn own_rates_follow_a_ceiling() {
        for scenario in SERVED {
            let is_ceiling = |phase: &Phase| phase.rate == Rate::Ceiling;
            let is_own = |phase: &Phase| matches!(phase.rate, Rate::Own(_) | Rate::Equal(_));
            let first = &scenario.phases[0];
            assert!(is_ceiling(first) || !scenario.phases.iter().any(is_own));
            assert!(std::path::Path::new("..").join(scenario.script).exists());
        }
    }
}
