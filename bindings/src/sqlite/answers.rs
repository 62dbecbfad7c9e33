//! From SQLite's questions to those of JavaScript, and back. Kinds are as in
//! `lib_js/internal/sqlite/answers.js`.

use coring_engine::{Answer, Js, ask};
use coring_sqlite::{Question, Reply, Value};

/// The largest integer that every smaller one is a double, too.
const SAFE_MAX: i64 = (1 << 53) - 1;

const CALL: u32 = 0;
const STEP: u32 = 1;
const INVERSE: u32 = 2;
const VALUE: u32 = 3;
const LAST: u32 = 4;
const AUTHORIZE: u32 = 5;
const FILTER: u32 = 6;
const CONFLICT: u32 = 7;

/// A function's number says how it takes integers, too.
pub fn function_number(number: u32, takes_bigints: bool) -> u32 {
    number << 1 | u32::from(takes_bigints)
}

pub fn is_safe(integer: i64) -> bool {
    (-SAFE_MAX..=SAFE_MAX).contains(&integer)
}

pub fn text(bytes: &[u8]) -> Js {
    match bytes.is_ascii() {
        true => Js::Latin1(bytes.to_vec()),
        false => Js::Text(String::from_utf8_lossy(bytes).into_owned()),
    }
}

/// Integers that are no safe numbers become BigInts, too: JavaScript refuses them.
pub fn js_value(value: Value<'_>, takes_bigints: bool) -> Js {
    match value {
        Value::Null => Js::Null,
        Value::Integer(integer) if takes_bigints || !is_safe(integer) => Js::BigInt(integer),
        Value::Integer(integer) => Js::Number(integer as f64),
        Value::Real(real) => Js::Number(real),
        Value::Text(bytes) => text(bytes),
        Value::Blob(bytes) => Js::Octets(bytes.to_vec()),
    }
}

/// Asks JavaScript: [kind, number, ...].
fn put(kind: u32, function: u32, state: Option<u32>, values: &[Value<'_>]) -> Vec<Js> {
    let takes_bigints = function & 1 != 0;
    let mut arguments = Vec::with_capacity(values.len() + 3);
    arguments.extend([Js::from(kind), Js::from(function >> 1)]);
    arguments.extend(state.map(Js::from));
    let values = values.iter();
    arguments.extend(values.map(|&value| js_value(value, takes_bigints)));
    arguments
}

/// What SQLite asks, on the thread that called it.
pub fn answer(question: Question<'_>) -> Reply {
    match question {
        Question::Call { function, values } => valued(put(CALL, function, None, values)),
        Question::Step {
            function,
            state,
            is_inverse,
            values,
        } => {
            let kind = if is_inverse { INVERSE } else { STEP };
            numbered(put(kind, function, Some(state), values))
        }
        Question::Value { function, state } => valued(put(VALUE, function, Some(state), &[])),
        Question::Last { function, state } => valued(put(LAST, function, Some(state), &[])),
        Question::Authorize { action, names } => {
            let mut arguments = vec![Js::from(AUTHORIZE), Js::from(action)];
            arguments.extend(names.map(|name| name.map_or(Js::Null, text)));
            numbered(arguments)
        }
        Question::Filter { table } => numbered(vec![Js::from(FILTER), text(table)]),
        Question::Conflict { kind } => numbered(vec![Js::from(CONFLICT), Js::from(kind)]),
    }
}

/// JavaScript answers with a number, or anything else if the program threw.
fn numbered(arguments: Vec<Js>) -> Reply {
    let reply = ask(arguments, |answer| match answer {
        Answer::Number(number) => Reply::Number(number as i32),
        _ => Reply::Thrown,
    });
    reply.unwrap_or(Reply::Thrown)
}

/// JavaScript answers with what the program gave, or a symbol if it threw.
fn valued(arguments: Vec<Js>) -> Reply {
    let reply = ask(arguments, |answer| match answer {
        Answer::Undefined | Answer::Null => Reply::Null,
        Answer::Number(number) => Reply::Real(number),
        Answer::BigInt(integer) => Reply::Integer(integer),
        Answer::LargeBigInt => Reply::Refused("BigInt value is too large for SQLite"),
        Answer::Text(text) => Reply::Text(text.with_utf8(<[u8]>::to_vec)),
        Answer::Bytes(bytes) => Reply::Blob(bytes.as_slice().to_vec()),
        Answer::Symbol => Reply::Thrown,
        Answer::Promise => Reply::Refused("Asynchronous user-defined functions are not supported"),
        Answer::Other => {
            Reply::Refused("Returned JavaScript value cannot be converted to a SQLite value")
        }
    });
    reply.unwrap_or(Reply::Thrown)
}
