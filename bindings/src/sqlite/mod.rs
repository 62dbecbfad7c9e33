//! Binding `sqlite`: ops over connections, statements, sessions and backups of SQLite
//! (`coring_sqlite`). JavaScript checks all arguments and makes all errors; it must not do
//! anything to what is at work, which is refused here once more.
//!
//! An op that `calls` may ask the program: it takes what it works on out of the natives first.
//! One that fails gives null, or false, and `failure` tells why; a stale handle fails, too.

mod answers;
mod backup;
mod statements;

use std::rc::Rc;

use coring_engine::{Copied, Door, Js, ops};
use coring_sqlite::{
    Backup, Connection, Failure, Function, Kind, Open, Session, Setting, Statement,
};

use crate::Natives;
use crate::slots::{Handle, Slots};

use backup::{backupClose, backupOpen, backupStep};
use statements::{
    all, begin, bind, bindAll, columns, expandedSql, finish, get, next, parameters, prepare,
};
use statements::{reset, run, sourceSql};

#[derive(Default)]
pub struct State {
    connections: Slots<Rc<Connection>>,
    statements: Slots<Rc<Statement>>,
    sessions: Slots<Rc<Session>>,
    /// None: it is with the lane.
    backups: Slots<Option<Backup>>,
    failure: Option<Failure>,
}

ops! { sqlite(Natives) {
    constants = constants;
    /// A handle, or null. The path is UTF-8; how: 1 read-only, 2 takes URIs.
    calls open(path: Copied, how: i32);
    calls close(database: i32);
    /// Why the last op failed: code, its meaning, message.
    slow failure();
    /// What a code of SQLite's means.
    slow errorText(code: i32);
    /// setting: the order of `SETTINGS`.
    slow configure(database: i32, setting: i32, on: bool);
    slow setTimeout(database: i32, ms: i32);
    slow limit(database: i32, number: i32, value: i32);
    calls execute(database: i32, sql: String);
    /// A handle of a statement, null, or undefined: there is none in it.
    calls prepare(database: i32, sql: String);
    /// kind: the order of `KINDS`; flags: 1 deterministic, 2 for top-level SQL only, 4 integers
    /// are BigInts.
    slow createFunction(database: i32, name: String, number: u32, arguments: i32, kind: i32,
        flags: i32);
    slow authorize(database: i32, on: bool);
    slow isInTransaction(database: i32);
    /// The path of its file, undefined, or null.
    slow file(database: i32, name: String);
    calls loadExtension(database: i32, path: String, entry: Option<String>);
    /// A Uint8Array, or null.
    calls serialize(database: i32, name: String);
    calls deserialize(database: i32, name: String, bytes: Copied);
    /// Were they applied? Or null.
    calls applyChanges(database: i32, changes: Copied);
    /// A handle of a session, or null.
    slow openSession(database: i32, name: String, table: Option<String>);
    /// A Uint8Array, or null.
    calls changes(session: i32, is_patch: bool);
    slow isSessionOpen(session: i32);
    slow closeSession(session: i32);
    calls finish(statement: i32);
    /// Before the first row, all parameters NULL.
    calls begin(statement: i32);
    calls reset(statement: i32);
    slow bind(statement: i32, at: i32, value: Answer);
    /// All parameters from the first on.
    slow bindAll(statement: i32, values: Vec<Answer>);
    /// The names of all parameters, undefined for those without; or null.
    slow parameters(statement: i32);
    /// A row, undefined, or null. flags: 1 arrays, 2 BigInts.
    calls get(statement: i32, flags: i32);
    calls all(statement: i32, flags: i32);
    calls next(statement: i32, flags: i32);
    /// Changed rows and last inserted row as doubles, or as BigInts; or null.
    calls run(statement: i32, flags: i32);
    /// Of each column: its origin, database, name, table and type.
    slow columns(statement: i32);
    slow sourceSql(statement: i32);
    /// undefined: it is too long.
    slow expandedSql(statement: i32);
    /// A handle, or null.
    calls backupOpen(database: i32, source: String, path: Copied, target: String);
    /// Answers the ticket with a list: SQLite's code, all pages, and those that remain.
    slow backupStep(backup: i32, pages: i32, ticket: i32);
    slow backupClose(backup: i32);
} }

type Answer<'s> = coring_engine::Answer<'s>;

fn constants() -> Vec<(&'static str, Js)> {
    vec![("version", Js::from(coring_sqlite::version()))]
}

/// SQLite's for a handle that names nothing.
const MISUSE: i32 = 21;

impl State {
    fn connection(&self, handle: i32) -> Result<Rc<Connection>, Failure> {
        let found = self.connections.get(Handle::from_js(handle));
        found.cloned().ok_or_else(|| Failure::of(MISUSE))
    }

    fn statement(&self, handle: i32) -> Result<Rc<Statement>, Failure> {
        let found = self.statements.get(Handle::from_js(handle));
        found.cloned().ok_or_else(|| Failure::of(MISUSE))
    }

    /// What JavaScript gets of a result: null, and the failure is kept.
    fn told(&mut self, result: Result<Js, Failure>) -> Js {
        result.unwrap_or_else(|failure| {
            self.failure = Some(failure);
            Js::Null
        })
    }
}

/// Acts on a connection without natives being borrowed.
fn with_connection(
    door: &Door<Natives>,
    handle: i32,
    act: impl FnOnce(&Rc<Connection>) -> Result<Js, Failure>,
) -> Js {
    let connection = door.natives(|natives| natives.sqlite.connection(handle));
    let result = connection.and_then(|connection| act(&connection));
    door.natives(|natives| natives.sqlite.told(result))
}

/// The same in an op that asks nothing.
fn on_connection(
    natives: &mut Natives,
    handle: i32,
    act: impl FnOnce(&Rc<Connection>) -> Result<Js, Failure>,
) -> Js {
    let connection = natives.sqlite.connection(handle);
    let result = connection.and_then(|connection| act(&connection));
    natives.sqlite.told(result)
}

/// A handle for `thing`, or the failure that there are too many.
fn handle_for<T>(slots: &mut Slots<T>, thing: T) -> Result<Js, T> {
    slots.insert(thing).map(|handle| Js::from(handle.to_js()))
}

fn full() -> Failure {
    const NO_MEMORY: i32 = 7;
    Failure::of(NO_MEMORY)
}

fn open(door: &Door<Natives>, path: Copied, how: i32) -> Js {
    let how = Open {
        is_read_only: how & 1 != 0,
        takes_uri: how & 2 != 0,
    };
    let opened = Connection::open(&path.0, how, answers::answer);
    door.natives(|natives| {
        let state = &mut natives.sqlite;
        let handle = opened.and_then(|connection| {
            handle_for(&mut state.connections, connection).map_err(|_| full())
        });
        state.told(handle)
    })
}

/// Ends its statements and sessions, too.
fn close(door: &Door<Natives>, database: i32) -> Js {
    let connection = door.natives(|natives| natives.sqlite.connection(database));
    let result = connection.and_then(|connection| {
        if connection.is_busy() {
            return Err(Failure::of(BUSY));
        }
        let statements = door.natives(|natives| natives.sqlite.take_statements(&connection));
        for statement in statements {
            statement.finish();
        }
        connection.close()?;
        door.natives(|natives| natives.sqlite.connections.remove(Handle::from_js(database)));
        Ok(Js::Bool(true))
    });
    door.natives(|natives| natives.sqlite.told(result))
}

/// SQLite's for what is at work.
const BUSY: i32 = 5;

impl State {
    /// All statements of a connection; their handles are stale from now on.
    fn take_statements(&mut self, connection: &Rc<Connection>) -> Vec<Rc<Statement>> {
        let all = self.statements.iter();
        let its: Vec<Handle> = all
            .filter(|(_, statement)| Rc::ptr_eq(statement.connection(), connection))
            .map(|(handle, _)| handle)
            .collect();
        let taken = its.into_iter();
        taken
            .filter_map(|handle| self.statements.remove(handle))
            .collect()
    }
}

impl Natives {
    /// Before the core ends: what SQLite keeps beside its files is put away. What is at work stays
    /// as it is, as if the process had been killed.
    pub(crate) fn close_databases(&mut self) {
        let state = &mut self.sqlite;
        for handle in state.connections.handles() {
            let Some(connection) = state.connections.remove(handle) else {
                continue;
            };
            connection.silence();
            for statement in state.take_statements(&connection) {
                statement.finish();
            }
            // Nobody is left to hear of a failure.
            let _ = connection.close();
        }
    }
}

fn failure(natives: &mut Natives) -> Js {
    let Some(failure) = natives.sqlite.failure.take() else {
        return Js::Undefined;
    };
    Js::List(vec![
        failure.code.into(),
        failure.meaning.into(),
        failure.message.into(),
    ])
}

#[allow(non_snake_case)]
fn errorText(_: &mut Natives, code: i32) -> String {
    Failure::of(code).meaning
}

/// By their number in JavaScript.
const SETTINGS: [Setting; 5] = [
    Setting::ForeignKeys,
    Setting::QuotedTextInChanges,
    Setting::QuotedTextInDefinitions,
    Setting::Defensive,
    Setting::Extensions,
];

fn configure(natives: &mut Natives, database: i32, setting: i32, on: bool) -> Js {
    on_connection(natives, database, |connection| {
        let setting = SETTINGS.get(setting as usize).copied();
        let setting = setting.ok_or_else(|| Failure::of(MISUSE))?;
        connection.set(setting, on).map(|()| Js::Bool(true))
    })
}

#[allow(non_snake_case)]
fn setTimeout(natives: &mut Natives, database: i32, ms: i32) -> Js {
    on_connection(natives, database, |connection| {
        connection.set_timeout(ms).map(|()| Js::Bool(true))
    })
}

fn limit(natives: &mut Natives, database: i32, number: i32, value: i32) -> Js {
    on_connection(natives, database, |connection| {
        connection.limit(number, value).map(Js::from)
    })
}

fn execute(door: &Door<Natives>, database: i32, sql: String) -> Js {
    with_connection(door, database, |connection| {
        connection.execute(sql.as_bytes()).map(|()| Js::Bool(true))
    })
}

/// By their number in JavaScript.
const KINDS: [Kind; 3] = [Kind::Scalar, Kind::Aggregate, Kind::Window];

#[allow(non_snake_case)]
fn createFunction(
    natives: &mut Natives,
    database: i32,
    name: String,
    number: u32,
    arguments: i32,
    kind: i32,
    flags: i32,
) -> Js {
    on_connection(natives, database, |connection| {
        let kind = KINDS.get(kind as usize).copied();
        let function = Function {
            number: answers::function_number(number, flags & 4 != 0),
            arguments_count: arguments,
            is_deterministic: flags & 1 != 0,
            is_direct_only: flags & 2 != 0,
            kind: kind.ok_or_else(|| Failure::of(MISUSE))?,
        };
        let made = connection.create_function(name.as_bytes(), function);
        made.map(|()| Js::Bool(true))
    })
}

fn authorize(natives: &mut Natives, database: i32, on: bool) -> Js {
    on_connection(natives, database, |connection| {
        connection.authorize(on).map(|()| Js::Bool(true))
    })
}

#[allow(non_snake_case)]
fn isInTransaction(natives: &mut Natives, database: i32) -> Js {
    on_connection(natives, database, |connection| {
        connection.is_in_transaction().map(Js::Bool)
    })
}

fn file(natives: &mut Natives, database: i32, name: String) -> Js {
    on_connection(natives, database, |connection| {
        let file = connection.file(name.as_bytes())?;
        Ok(file.map_or(Js::Undefined, Js::Text))
    })
}

#[allow(non_snake_case)]
fn loadExtension(door: &Door<Natives>, database: i32, path: String, entry: Option<String>) -> Js {
    with_connection(door, database, |connection| {
        let entry = entry.as_ref().map(String::as_bytes);
        let loaded = connection.load_extension(path.as_bytes(), entry);
        loaded.map(|()| Js::Bool(true))
    })
}

fn serialize(door: &Door<Natives>, database: i32, name: String) -> Js {
    with_connection(door, database, |connection| {
        connection.serialize(name.as_bytes()).map(Js::Octets)
    })
}

/// Ends its statements, as Node does.
fn deserialize(door: &Door<Natives>, database: i32, name: String, bytes: Copied) -> Js {
    with_connection(door, database, |connection| {
        if connection.is_busy() {
            return Err(Failure::of(BUSY));
        }
        for statement in door.natives(|natives| natives.sqlite.take_statements(connection)) {
            statement.finish();
        }
        let done = connection.deserialize(name.as_bytes(), &bytes.0);
        done.map(|()| Js::Bool(true))
    })
}

#[allow(non_snake_case)]
fn applyChanges(door: &Door<Natives>, database: i32, changes: Copied) -> Js {
    with_connection(door, database, |connection| {
        connection.apply(&changes.0).map(Js::Bool)
    })
}

#[allow(non_snake_case)]
fn openSession(natives: &mut Natives, database: i32, name: String, table: Option<String>) -> Js {
    let state = &mut natives.sqlite;
    let handle = state.connection(database).and_then(|connection| {
        let table = table.as_ref().map(String::as_bytes);
        let session = Rc::new(connection.session(name.as_bytes(), table)?);
        handle_for(&mut state.sessions, session).map_err(|_| full())
    });
    state.told(handle)
}

fn changes(door: &Door<Natives>, session: i32, is_patch: bool) -> Js {
    let session = door.natives(|natives| natives.sqlite.session(session));
    let result = session.and_then(|session| session.changes(is_patch).map(Js::Octets));
    door.natives(|natives| natives.sqlite.told(result))
}

impl State {
    fn session(&self, handle: i32) -> Result<Rc<Session>, Failure> {
        let found = self.sessions.get(Handle::from_js(handle));
        found.cloned().ok_or_else(|| Failure::of(MISUSE))
    }
}

#[allow(non_snake_case)]
fn isSessionOpen(natives: &mut Natives, session: i32) -> bool {
    let session = natives.sqlite.session(session);
    session.is_ok_and(|session| session.is_open())
}

#[allow(non_snake_case)]
fn closeSession(natives: &mut Natives, session: i32) {
    let session = natives.sqlite.sessions.remove(Handle::from_js(session));
    // One that is being asked for its changes is closed when it has answered.
    drop(session);
}
