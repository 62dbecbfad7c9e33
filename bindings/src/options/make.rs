//! How a row of the table is written: a kind, then what is special about it.

use super::{Kind, OptionSpec};

const fn row(name: &'static str, kind: Kind, help: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        short: None,
        kind,
        env_allowed: true,
        v8: false,
        help,
        idle: None,
        unbuilt: None,
    }
}

pub const fn off(name: &'static str, help: &'static str) -> OptionSpec {
    row(name, Kind::Off, help)
}

/// The help is that of `--no-x`.
pub const fn on(name: &'static str, help: &'static str) -> OptionSpec {
    row(name, Kind::On, help)
}

pub const fn integer(name: &'static str, default: i64, help: &'static str) -> OptionSpec {
    row(name, Kind::Integer(default), help)
}

pub const fn text(name: &'static str, help: &'static str) -> OptionSpec {
    row(name, Kind::Text, help)
}

pub const fn choice(
    name: &'static str,
    words: &'static [&'static str],
    help: &'static str,
) -> OptionSpec {
    row(name, Kind::Choice(words), help)
}

pub const fn list(name: &'static str, help: &'static str) -> OptionSpec {
    row(name, Kind::List, help)
}

pub const fn no_op(name: &'static str) -> OptionSpec {
    row(name, Kind::NoOp, "").idle("has no effect in Node either")
}

pub const fn print(name: &'static str, help: &'static str) -> OptionSpec {
    row(name, Kind::Print, help).command()
}

impl OptionSpec {
    pub const fn short(self, short: &'static str) -> OptionSpec {
        let short = Some(short);
        OptionSpec { short, ..self }
    }

    /// Not in NODE_OPTIONS.
    pub const fn command(self) -> OptionSpec {
        let env_allowed = false;
        OptionSpec {
            env_allowed,
            ..self
        }
    }

    pub const fn v8(self) -> OptionSpec {
        let v8 = true;
        OptionSpec { v8, ..self }
    }

    pub const fn idle(self, reason: &'static str) -> OptionSpec {
        let idle = Some(reason);
        OptionSpec { idle, ..self }
    }

    pub const fn unbuilt(self, reason: &'static str) -> OptionSpec {
        let unbuilt = Some(reason);
        OptionSpec { unbuilt, ..self }
    }
}
