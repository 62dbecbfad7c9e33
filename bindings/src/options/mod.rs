//! Every option of the command line, as data. The program's src/cli.rs parses by this table,
//! `--help` prints it, and binding `options` gives it to lib_js/internal/options.js.
//!
//! The rule for a row: coring honours the option, or ignoring it cannot change what a program sees
//! (`idle`, with the reason). An option that would silently lie is refused with its reason
//! (`unbuilt`).

mod make;
mod table;

use coring_engine::{Js, ops};

pub use table::{ALIASES, IMPLIED, OPTIONS};

ops! { options(Natives) {
    constants = constants;
} }

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Off unless given; `--no-x` takes it back.
    Off,
    /// On unless `--no-x` is given.
    On,
    /// The number is the default.
    Integer(i64),
    Text,
    /// One of the listed words. Checked after NODE_OPTIONS and the command line were read.
    Choice(&'static [&'static str]),
    List,
    /// Taken without effect by Node, too.
    NoOp,
    /// Prints something and exits.
    Print,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    pub name: &'static str,
    pub short: Option<&'static str>,
    pub kind: Kind,
    /// May stand in NODE_OPTIONS.
    pub env_allowed: bool,
    /// V8 takes it too; its value must follow after `=`.
    pub v8: bool,
    pub help: &'static str,
    /// Why it is taken without effect.
    pub idle: Option<&'static str>,
    /// Why it is refused.
    pub unbuilt: Option<&'static str>,
}

impl OptionSpec {
    pub fn is_boolean(&self) -> bool {
        matches!(self.kind, Kind::Off | Kind::On)
    }

    /// May NODE_OPTIONS hold it, and has it a meaning here?
    pub fn listed_for_environment(&self) -> bool {
        self.env_allowed && self.unbuilt.is_none()
    }

    /// As JavaScript sees it while the option is not given.
    fn default_value(&self) -> Js {
        match self.kind {
            Kind::Off => Js::Bool(false),
            Kind::On => Js::Bool(true),
            Kind::Integer(number) => Js::Number(number as f64),
            Kind::Text if self.name == "--eval" => Js::Undefined,
            Kind::Text | Kind::Choice(_) => Js::from(""),
            Kind::List => Js::List(Vec::new()),
            Kind::NoOp | Kind::Print => Js::Undefined,
        }
    }
}

/// `defaults`: every option's value while it is not given; `environment`: every spelling that
/// NODE_OPTIONS may hold.
fn constants() -> Vec<(&'static str, Js)> {
    let defaults = OPTIONS
        .iter()
        .filter(|spec| !matches!(spec.kind, Kind::NoOp | Kind::Print))
        .map(|spec| (spec.name.to_owned(), spec.default_value()));
    let environment = environment_spellings().into_iter().map(Js::Text);
    vec![
        ("defaults", Js::Object(defaults.collect())),
        ("environment", Js::List(environment.collect())),
    ]
}

/// For process.allowedNodeEnvironmentFlags.
pub fn environment_spellings() -> Vec<String> {
    let mut flags = Vec::new();
    for spec in OPTIONS {
        if !spec.listed_for_environment() {
            continue;
        }
        flags.push(spec.name.to_owned());
        if spec.is_boolean() && !spec.v8 {
            flags.push(format!("--no-{}", &spec.name[2..]));
        }
        flags.extend(spec.short.map(str::to_owned));
    }
    for (alias, targets) in ALIASES {
        // What is no option is the value of the one before it.
        let listed = |target: &&str| {
            if !target.starts_with('-') {
                return true;
            }
            let row = OPTIONS.iter().find(|spec| spec.name == *target);
            row.is_some_and(OptionSpec::listed_for_environment)
        };
        if !alias.contains([' ', '=']) && targets.iter().all(listed) {
            flags.push((*alias).to_owned());
        }
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_well_formed() {
        let mut seen = HashSet::new();
        for spec in OPTIONS {
            assert!(spec.name.starts_with("--"), "{}", spec.name);
            assert!(!spec.name.starts_with("--no-"), "{}", spec.name);
            assert!(!spec.name.contains('_'), "{}", spec.name);
            assert!(seen.insert(spec.name), "{} twice", spec.name);
            if let Some(short) = spec.short {
                assert_eq!(short.len(), 2);
                assert!(seen.insert(short), "{short} twice");
            }
            assert!(spec.idle.is_none() || spec.unbuilt.is_none());
        }
    }

    #[test]
    fn aliases_and_implications_lead_to_rows() {
        let known = |name: &str| OPTIONS.iter().any(|spec| spec.name == name);
        for (_, targets) in ALIASES {
            for target in *targets {
                assert!(known(target) || !target.starts_with('-'), "{target}");
            }
        }
        for (name, implied) in IMPLIED {
            assert!(known(name) && known(implied), "{name}");
        }
    }
}
