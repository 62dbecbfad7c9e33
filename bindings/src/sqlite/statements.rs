//! Ops over statements.

use std::rc::Rc;

use coring_engine::{Door, ErrorClass, Js, Rows, Throw};
use coring_sqlite::{Failure, Statement, Step, Value};

use super::{Answer, MISUSE, answers, full, handle_for, with_connection};
use crate::Natives;
use crate::slots::Handle;

/// Rows are arrays.
const ARRAYS: i32 = 1;
/// Integers are BigInts.
const BIGINTS: i32 = 2;

/// An op that fails, or throws what is no failure of SQLite's.
type Outcome = Result<Js, Throw>;

/// Acts on a statement without natives being borrowed.
fn with(
    door: &Door<Natives>,
    handle: i32,
    act: impl FnOnce(&Statement) -> Result<Outcome, Failure>,
) -> Outcome {
    let statement = door.natives(|natives| natives.sqlite.statement(handle));
    let result = statement.and_then(|statement| act(&statement));
    match result {
        Ok(outcome) => outcome,
        Err(failure) => Ok(door.natives(|natives| natives.sqlite.told(Err(failure)))),
    }
}

/// The same in an op that asks nothing.
fn on(
    natives: &mut Natives,
    handle: i32,
    act: impl FnOnce(&Statement) -> Result<Js, Failure>,
) -> Js {
    let statement = natives.sqlite.statement(handle);
    let result = statement.and_then(|statement| act(&statement));
    natives.sqlite.told(result)
}

pub fn prepare(door: &Door<Natives>, database: i32, sql: String) -> Js {
    with_connection(door, database, |connection| {
        let Some(statement) = connection.prepare(sql.as_bytes())? else {
            return Ok(Js::Undefined);
        };
        let statement = Rc::new(statement);
        door.natives(|natives| handle_for(&mut natives.sqlite.statements, statement))
            .map_err(|_| full())
    })
}

/// False: it runs, or the handle is stale.
pub fn finish(door: &Door<Natives>, statement: i32) -> bool {
    let handle = Handle::from_js(statement);
    let found = door.natives(|natives| natives.sqlite.statements.get(handle).cloned());
    let Some(statement) = found.filter(|statement| statement.finish()) else {
        return false;
    };
    door.natives(|natives| natives.sqlite.statements.remove(handle));
    drop(statement);
    true
}

pub fn begin(door: &Door<Natives>, statement: i32) -> Outcome {
    with(door, statement, |statement| {
        statement.reset()?;
        statement.clear()?;
        Ok(Ok(Js::Bool(true)))
    })
}

pub fn reset(door: &Door<Natives>, statement: i32) -> Outcome {
    with(door, statement, |statement| {
        statement.reset()?;
        Ok(Ok(Js::Bool(true)))
    })
}

/// JavaScript has checked that the value is one that SQLite has.
pub fn bind(natives: &mut Natives, statement: i32, at: i32, value: Answer) -> Js {
    on(natives, statement, |statement| {
        bind_one(statement, at, value).map(|()| Js::Bool(true))
    })
}

#[allow(non_snake_case)]
pub fn bindAll(natives: &mut Natives, statement: i32, values: Vec<Answer>) -> Js {
    on(natives, statement, |statement| {
        for (at, value) in values.into_iter().enumerate() {
            bind_one(statement, at as i32 + 1, value)?;
        }
        Ok(Js::Bool(true))
    })
}

fn bind_one(statement: &Statement, at: i32, value: Answer) -> Result<(), Failure> {
    match value {
        Answer::Null => statement.bind(at, Value::Null),
        Answer::Number(number) => statement.bind(at, Value::Real(number)),
        Answer::BigInt(integer) => statement.bind(at, Value::Integer(integer)),
        Answer::Text(text) => text.with_utf8(|text| statement.bind(at, Value::Text(text))),
        Answer::Bytes(bytes) => statement.bind(at, Value::Blob(bytes.as_slice())),
        Answer::Undefined
        | Answer::LargeBigInt
        | Answer::Symbol
        | Answer::Promise
        | Answer::Other => Err(Failure::of(MISUSE)),
    }
}

pub fn parameters(natives: &mut Natives, statement: i32) -> Js {
    on(natives, statement, |statement| {
        let names = statement.parameters()?.into_iter();
        let names = names.map(|name| name.map_or(Js::Undefined, Js::Text));
        Ok(Js::List(names.collect()))
    })
}

/// The row that the statement stands at.
fn row(statement: &Statement, flags: i32) -> Result<Result<Vec<Js>, Throw>, Failure> {
    let takes_bigints = flags & BIGINTS != 0;
    let mut unsafe_integer = None;
    let mut values = Vec::new();
    statement.row(|value| {
        if let Value::Integer(integer) = value
            && !takes_bigints
            && !answers::is_safe(integer)
        {
            unsafe_integer.get_or_insert(integer);
        }
        values.push(answers::js_value(value, takes_bigints));
    })?;
    Ok(match unsafe_integer {
        None => Ok(values),
        Some(integer) => Err(Throw {
            class: ErrorClass::RangeError,
            code: "ERR_OUT_OF_RANGE",
            message: format!(
                "Value is too large to be represented as a JavaScript number: {integer}"
            ),
        }),
    })
}

fn names(statement: &Statement) -> Result<Vec<String>, Failure> {
    let names = (0..statement.columns_count()?).map(|at| statement.column_name(at));
    let names = names.map(|name| name.map(Option::unwrap_or_default));
    names.collect()
}

/// Rows as JavaScript gets them.
fn shaped(
    statement: &Statement,
    rows: Vec<Vec<Js>>,
    flags: i32,
    is_lone: bool,
) -> Result<Outcome, Failure> {
    if flags & ARRAYS == 0 {
        let names = names(statement)?;
        return Ok(Ok(Js::Rows(Rows {
            names,
            rows,
            is_lone,
        })));
    }
    let mut rows: Vec<Js> = rows.into_iter().map(Js::List).collect();
    Ok(Ok(match is_lone {
        true => rows.pop().unwrap_or(Js::Undefined),
        false => Js::List(rows),
    }))
}

/// What `act` comes to, and the statement is reset. What it failed of was told before that.
fn then_reset(
    statement: &Statement,
    act: impl FnOnce() -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    let result = act();
    // Its failure is that of the last step, which is known.
    let _ = statement.reset();
    result
}

pub fn get(door: &Door<Natives>, statement: i32, flags: i32) -> Outcome {
    with(door, statement, |statement| {
        then_reset(statement, || {
            if statement.step()? == Step::Done || statement.columns_count()? == 0 {
                return Ok(Ok(Js::Undefined));
            }
            lone_row(statement, flags)
        })
    })
}

pub fn all(door: &Door<Natives>, statement: i32, flags: i32) -> Outcome {
    with(door, statement, |statement| {
        then_reset(statement, || {
            let mut rows = Vec::new();
            while statement.step()? == Step::Row {
                match row(statement, flags)? {
                    Ok(row) => rows.push(row),
                    Err(throw) => return Ok(Err(throw)),
                }
            }
            shaped(statement, rows, flags, false)
        })
    })
}

/// The row at which the statement is, as JavaScript has a lone one.
fn lone_row(statement: &Statement, flags: i32) -> Result<Outcome, Failure> {
    match row(statement, flags)? {
        Ok(row) => shaped(statement, vec![row], flags, true),
        Err(throw) => Ok(Err(throw)),
    }
}

/// The next row of an iterator; the statement is reset behind the last.
pub fn next(door: &Door<Natives>, statement: i32, flags: i32) -> Outcome {
    with(door, statement, |statement| {
        if statement.step()? == Step::Done {
            statement.reset()?;
            return Ok(Ok(Js::Undefined));
        }
        lone_row(statement, flags)
    })
}

pub fn run(door: &Door<Natives>, statement: i32, flags: i32) -> Outcome {
    with(door, statement, |statement| {
        // One step is all that Node makes; the reset tells of its failure, too.
        let stepped = statement.step();
        let reset = statement.reset();
        stepped?;
        reset?;
        let counts = statement.connection().last_change()?;
        let number = |count: i64| match flags & BIGINTS != 0 {
            true => Js::BigInt(count),
            false => Js::Number(count as f64),
        };
        Ok(Ok(Js::List(counts.map(number).to_vec())))
    })
}

pub fn columns(natives: &mut Natives, statement: i32) -> Js {
    on(natives, statement, |statement| {
        let text = |text: Option<String>| text.map_or(Js::Null, Js::Text);
        let columns = (0..statement.columns_count()?).map(|at| {
            let column = statement.column(at)?;
            Ok(vec![
                text(column.origin),
                text(column.database),
                text(column.name),
                text(column.table),
                text(column.declared_type),
            ])
        });
        let names = ["column", "database", "name", "table", "type"];
        Ok(Js::Rows(Rows {
            names: names.map(str::to_owned).to_vec(),
            rows: columns.collect::<Result<_, Failure>>()?,
            is_lone: false,
        }))
    })
}

#[allow(non_snake_case)]
pub fn sourceSql(natives: &mut Natives, statement: i32) -> Js {
    on(natives, statement, |statement| {
        statement.sql().map(Js::Text)
    })
}

#[allow(non_snake_case)]
pub fn expandedSql(natives: &mut Natives, statement: i32) -> Js {
    on(natives, statement, |statement| {
        let expanded = statement.expanded_sql()?;
        Ok(expanded.map_or(Js::Undefined, Js::Text))
    })
}
