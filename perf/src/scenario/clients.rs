//! clients: what programs ask of others (perf/clients/shapes.js): a name server and an HTTP server,
//! both threads of this process on the generator's processor.

use super::shapes::{self, Shape, Suite, shape};
use crate::echo::Echo;
use crate::names::Names;
use crate::options::Options;
use crate::report::Record;

const SHAPES: &[Shape] = &[
    shape(
        "dns-1",
        1.0,
        "names from a name server, one after the other",
    ),
    shape("dns-100", 1.0, "the same, 100 at once"),
    shape(
        "lookup-1",
        5.0,
        "localhost by dns.lookup, one after the other",
    ),
    shape("lookup-16", 5.0, "the same, 16 at once"),
    shape(
        "http-get-1",
        1.0,
        "http.get by a keep-alive agent, one after the other",
    ),
    shape("http-get-64", 1.0, "the same, 64 at once"),
    shape("fetch-16", 1.0, "fetch, 16 at once"),
];

pub fn run(options: &Options, record: &Record) -> Result<(), String> {
    let names = Names::start(options.load_cpu).map_err(|error| format!("names: {error}"))?;
    let echo = Echo::start_on(options.load_cpu).map_err(|error| format!("echo: {error}"))?;
    let suite = Suite {
        name: "clients",
        file: "perf/clients/shapes.js",
        shapes: SHAPES,
        place: &format!("{} {}", names.address.port(), echo.address.port()),
    };
    shapes::run(options, &suite, record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_is_in_the_program() {
        shapes::assert_known(SHAPES, include_str!("../../clients/shapes.js"));
    }
}
