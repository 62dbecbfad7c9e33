//! What the program was started with, as `boot/start.js` gets it on every core.

use std::collections::BTreeMap;

use coring_bindings::sea::blob::Application;
use coring_engine::Js;
use coring_uring::sync::clock;

use crate::cli::{Cli, Value};

/// The Node.js release whose behaviour coring has.
pub const NODE_VERSION: &str = "v24.21.0";

pub type Variables = BTreeMap<String, String>;

/// One start of coring: shared by its cores, never changed.
#[derive(Clone)]
pub struct Program {
    pub argv0: String,
    pub exec_path: String,
    pub cli: Cli,
    /// Environment variables from --env-file.
    pub variables: Variables,
    pub cores: Vec<usize>,
    pub origin: Origin,
    pub node_start_ns: u64,
    /// What the process runs instead of a file.
    pub application: Option<&'static Application<'static>>,
}

/// When the process began, on both clocks in ns.
#[derive(Clone, Copy)]
pub struct Origin {
    pub monotonic: u64,
    pub realtime: u64,
}

impl Origin {
    pub fn now() -> Origin {
        Origin {
            monotonic: clock::monotonic(),
            realtime: clock::realtime(),
        }
    }
}

impl Program {
    /// `cores`: the processors to run on, one core on each.
    pub fn new(
        argv0: String,
        cli: Cli,
        variables: Variables,
        cores: Vec<usize>,
        origin: Origin,
    ) -> Program {
        let exec_path = std::env::current_exe().map_or_else(
            |_| argv0.clone(),
            |path| path.to_string_lossy().into_owned(),
        );
        Program {
            argv0,
            exec_path,
            cli,
            variables,
            cores,
            origin,
            node_start_ns: clock::monotonic(),
            application: None,
        }
    }

    /// The argument of `start(runtime)`.
    pub fn runtime(&self, core: usize) -> Js {
        let mut fields = self.fields(core, &self.cli);
        if self.application.is_some() {
            fields.push(("isApplication".to_owned(), Js::Bool(true)));
        }
        Js::Object(fields)
    }

    /// The same for a worker, with what only a worker is told.
    pub fn runtime_of_worker(&self, cli: &Cli, worker: Vec<(String, Js)>) -> Js {
        let mut fields = self.fields(0, cli);
        fields.push(("worker".to_owned(), Js::Object(worker)));
        Js::Object(fields)
    }

    fn fields(&self, core: usize, cli: &Cli) -> Vec<(String, Js)> {
        let mut argv = vec![Js::from(self.exec_path.as_str())];
        argv.extend(cli.arguments.iter().map(|word| Js::from(word.as_str())));
        let exec_argv = cli
            .exec_argv
            .iter()
            .map(|word| Js::from(word.as_str()))
            .collect();
        let options = cli.changed_options().into_iter();
        let options = options.map(|(name, value)| {
            let value = match (name, &value) {
                ("--inspect-port", Value::Text(text)) => place_of(text),
                _ => option_value(&value),
            };
            (name.to_owned(), value)
        });
        let fields = [
            ("argv", Js::List(argv)),
            ("argv0", Js::from(self.argv0.as_str())),
            ("execPath", Js::from(self.exec_path.as_str())),
            ("execArgv", Js::List(exec_argv)),
            ("options", Js::Object(options.collect())),
            ("hrtimeOrigin", Js::Number(self.origin.monotonic as f64)),
            (
                "timeOriginMs",
                Js::Number(self.origin.realtime as f64 / 1e6),
            ),
            ("core", Js::from(core as u32)),
            ("cores", Js::from(self.cores.len() as u32)),
        ];
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec()
    }
}

/// Where the port for debuggers shall be: what was given of `host` and `port`.
fn place_of(text: &str) -> Js {
    let (host, port) = crate::cli_check::host_port(text).unwrap_or_default();
    let mut fields = Vec::new();
    if !host.is_empty() {
        fields.push(("host".to_owned(), Js::from(host)));
    }
    if let Some(port) = port {
        fields.push(("port".to_owned(), Js::from(u32::from(port))));
    }
    Js::Object(fields)
}

fn option_value(value: &Value) -> Js {
    match value {
        Value::Absent => Js::Undefined,
        Value::Boolean(on) => Js::Bool(*on),
        Value::Integer(number) => Js::Number(*number as f64),
        Value::Text(text) => Js::from(text.as_str()),
        Value::List(items) => Js::List(items.iter().map(|item| Js::from(item.as_str())).collect()),
    }
}
