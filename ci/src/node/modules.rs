//! Which module a test file examines: told by its suite, or by the words its name begins with.

/// A module's name and the beginnings of the names of its files behind `test-`.
type Row = (&'static str, &'static [&'static str]);

/// Order of the report: what servers use most comes first. The longest beginning decides.
#[rustfmt::skip]
const MODULES: &[Row] = &[
    ("events", &["event", "events", "eventemitter", "eventtarget", "nodeeventtarget", "abort",
        "abortcontroller", "abortsignal", "eventsource", "whatwg-events", "messageevent",
        "errors-aborterror"]),
    ("buffer", &["buffer", "blob", "stringbytes", "file.js",
        "global-encoder", "whatwg-encoding", "icu-transcode"]),
    ("stream", &["stream", "stream2", "stream3", "readable", "duplex"]),
    ("util", &["util", "inspect", "mime", "errors", "error", "err",
        "icu", "intl", "is-internal-thread", "structuredClone", "primordials", "freelist",
        "fixed-queue", "priority-queue", "internal", "wrap-js-stream"]),
    ("assert", &["assert"]),
    ("path", &["path"]),
    ("url", &["url", "whatwg-url", "urlpattern"]),
    ("querystring", &["querystring"]),
    ("string_decoder", &["string-decoder"]),
    ("timers", &["timers", "next-tick", "microtask", "queue-microtask",
        "mock-timers"]),
    ("process", &["process", "stdin", "stdout", "stdio", "signal", "unhandled", "promise",
        "promises", "warn", "uncaught", "exception", "beforeexit", "cwd", "setproctitle",
        "kill", "env", "dotenv", "tz", "deprecation", "release", "stack", "throw"]),
    ("console", &["console"]),
    ("os", &["os"]),
    ("punycode", &["punycode"]),
    ("tty", &["tty", "ttywrap"]),
    ("command line", &["cli", "eval", "node-run", "node-output", "preload", "no-addons",
        "max-old-space-size-percentage", "security", "options", "npm", "startup", "config", "bash",
        "dummy"]),
    ("require", &["require", "package"]),
    ("module", &["module", "compile-cache"]),
    ("vm", &["vm"]),
    ("async-hooks", &["async-hooks", "async-wrap", "async-local", "asyncresource", "als"]),
    ("diagnostics-channel", &["diagnostics-channel", "diagnostic-channel"]),
    ("domain", &["domain"]),
    ("webstreams", &["webstream", "webstreams", "whatwg-webstreams", "whatwg-readablestream",
        "whatwg-readablebytestream", "whatwg-writablestream", "whatwg-transformstream",
        "global-webstreams", "compression"]),
    ("web", &["fetch", "websocket", "webstorage", "web-locks", "whatwg", "global", "navigator",
        "broadcastchannel", "messaging", "structured-clone", "webapi", "internal-webidl",
        "datetime"]),
    ("readline", &["readline"]),
    ("repl", &["repl"]),
    ("test-runner", &["runner", "common", "testpy"]),
    ("fs", &["fs", "file", "filehandle", "fastutf8stream", "sync-fileread", "directory", "vfs",
        "internal-fs"]),
    ("http", &["http", "set-http", "set-incoming", "outgoing", "client-request",
        "h2leak"]),
    ("net", &["net", "socket", "socketaddress", "blocklist", "pipe", "tcp", "listen",
        "internal-net", "internal-socket", "uv"]),
    ("dns", &["dns", "c-ares"]),
    ("dgram", &["dgram"]),
    ("child_process", &["child-process", "spawn", "stdio-closed"]),
    ("cluster", &["cluster"]),
    ("worker", &["worker", "messageport", "atomics"]),
    ("perf_hooks", &["perf-hooks", "performance", "performanceobserver", "perf"]),
    ("crypto", &["crypto", "webcrypto", "x509", "openssl", "dsa", "hash", "global-webcrypto"]),
    ("tls", &["tls"]),
    ("https", &["https"]),
    ("http2", &["http2", "h2"]),
    ("zlib", &["zlib"]),
    ("sqlite", &["sqlite"]),
    ("v8", &["v8", "heap", "heapdump", "heapsnapshot", "gc", "cpu-prof", "cppheap", "memory",
        "finalization", "tick-processor", "common-gc"]),
    ("inspector", &["inspector", "debugger", "debug", "coverage", "source-map"]),
    ("snapshot", &["snapshot", "bootstrap"]),
    ("trace_events", &["trace", "tracing"]),
    ("permission", &["permission", "cli-permission"]),
    ("watch", &["watch"]),
    ("quic", &["quic"]),
    ("shadow-realm", &["shadow-realm"]),
];

/// What no row takes: odds and ends of the engine and the loader.
const OTHER: &str = "other";

/// The module of `suite/file`.
pub fn module_of(name: &str) -> &str {
    let (suite, file) = name.split_once('/').unwrap_or(("", name));
    if !matches!(suite, "parallel" | "sequential") {
        return suite;
    }
    let words = file.strip_prefix("test-").unwrap_or(file);
    let mut best: (usize, &str) = (0, OTHER);
    for (module, beginnings) in MODULES {
        for beginning in *beginnings {
            if begins(words, beginning) && beginning.len() > best.0 {
                best = (beginning.len(), module);
            }
        }
    }
    best.1
}

/// `words` begins with `beginning`, and a word ends there (or the beginning ends one itself).
fn begins(words: &str, beginning: &str) -> bool {
    let rest = words.strip_prefix(beginning);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.', '_']))
}

/// The place of a module in the report; suites that are no module come last, by name.
pub fn place(module: &str) -> usize {
    let place = MODULES.iter().position(|(name, _)| *name == module);
    match (place, module) {
        (Some(place), _) => place * 2,
        (None, "es-module" | "module-hooks") => {
            let after = MODULES.iter().position(|(name, _)| *name == "module");
            after.map_or(usize::MAX, |place| place * 2 + 1)
        }
        (None, _) => usize::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_decides() {
        let check = |file: &str, expect: &str| assert_eq!(module_of(file), expect, "{file}");
        check("parallel/test-fs-read.js", "fs");
        check("sequential/test-fs-watch.js", "fs");
        check("parallel/test-http2-x.js", "http2");
        check("parallel/test-httparty.js", "other");
        check("parallel/test-whatwg-url-x.js", "url");
        check("parallel/test-whatwg-headers.js", "web");
        check("parallel/test-child-process-x.js", "child_process");
        check("parallel/test-async-hooks-x.js", "async-hooks");
        check("parallel/test-stream.js", "stream");
        check("es-module/test-esm-x.mjs", "es-module");
        check("wpt/test-url.js", "wpt");
    }

    #[test]
    fn no_beginning_stands_twice() {
        let mut all: Vec<&str> = MODULES
            .iter()
            .flat_map(|(_, each)| each.iter().copied())
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(place("events") < place("fs") && place("module") < place("es-module"));
    }
}
