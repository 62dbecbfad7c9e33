//! What SQLite asks in the midst of a call, and who answers. The answer comes from one plain
//! function that the caller brings; it may call this crate again, for the same connection, too.

use std::cell::Cell;

use crate::value::Value;

/// Answers on the thread that called SQLite.
pub type Ask = fn(Question<'_>) -> Reply;

/// Functions and the states of aggregates have the numbers that the caller gave them.
#[derive(Debug, Clone, Copy)]
pub enum Question<'a> {
    /// A function of values.
    Call {
        function: u32,
        values: &'a [Value<'a>],
    },
    /// One row more for an aggregate, or one less; state 0 is none yet. Wants `Number`, a state.
    Step {
        function: u32,
        state: u32,
        is_inverse: bool,
        values: &'a [Value<'a>],
    },
    /// The value of an aggregate so far.
    Value { function: u32, state: u32 },
    /// The same, and the state is forgotten.
    Last { function: u32, state: u32 },
    /// May a statement do that? Wants `Number`: SQLITE_OK, SQLITE_DENY or SQLITE_IGNORE.
    Authorize {
        action: i32,
        names: [Option<&'a [u8]>; 4],
    },
    /// Are changes of this table applied? Wants `Number`.
    Filter { table: &'a [u8] },
    /// What to do about a change that conflicts? Wants `Number`.
    Conflict { kind: i32 },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    Null,
    Integer(i64),
    Real(f64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
    Number(i32),
    /// The call is to fail, with this text.
    Refused(&'static str),
    /// The call is to fail; whoever answered knows why.
    Thrown,
}

thread_local! {
    /// Who answers on this thread now. Nobody, when SQLite works without having been called by
    /// somebody who can be called back.
    static ASK: Cell<Option<Ask>> = const { Cell::new(None) };
}

/// As long as it lives, `ask` answers.
pub(crate) struct Answering(Option<Ask>);

impl Answering {
    pub(crate) fn by(ask: Ask) -> Answering {
        Answering(ASK.replace(Some(ask)))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        ASK.set(self.0);
    }
}

pub(crate) fn ask(question: Question<'_>) -> Reply {
    match ASK.get() {
        Some(ask) => ask(question),
        None => Reply::Thrown,
    }
}
