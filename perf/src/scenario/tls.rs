//! tls: servers of TLS (perf/tls/shapes.js): https answers, bodies and handshakes. Their client is
//! a process of its own on the generator's processor, node26 for all; its time is not counted.

use super::shapes::{self, Shape, Suite, shape};
use crate::options::Options;
use crate::peers;
use crate::report::Record;

const CLIENT: &str = "node26";

const SHAPES: &[Shape] = &[
    shape("hello", 2.0, "https, keep-alive, 32 connections"),
    shape("download", 1.43, "answers of 64 KiB"),
    shape("upload", 1.43, "requests with 64 KiB"),
    shape(
        "full-1.3",
        1.43,
        "connections that make a handshake and end",
    ),
    shape("resumed-1.3", 1.43, "the same with a session"),
    shape("full-1.2", 1.43, "the same as full-1.3, by TLS 1.2"),
    shape("resumed-1.2", 1.43, "the same with a session"),
];

pub fn run(options: &Options, record: &Record) -> Result<(), String> {
    let mut only = options.clone();
    only.peers = vec![CLIENT.to_string()];
    let client = peers::choose(&only)?.remove(0);
    let suite = Suite {
        name: "tls",
        file: "perf/tls/shapes.js",
        shapes: SHAPES,
        place: &format!(
            "{} {} {}",
            client.program.display(),
            options.load_cpu,
            options.measured.as_secs_f64().min(1.0)
        ),
    };
    shapes::run(options, &suite, record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_is_in_the_program() {
        shapes::assert_known(SHAPES, include_str!("../../tls/shapes.js"));
    }
}
