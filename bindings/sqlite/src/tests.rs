//! The rules of the fence: what may not be done while SQLite is at work, and what it is built with.

use std::cell::RefCell;
use std::rc::Rc;

use crate::{
    Ask, Backup, Connection, Failure, Function, Kind, Open, Question, Reply, Setting, Statement,
    Step, Value,
};

const SELECT: i32 = 21;
const IGNORE: i32 = 2;
const BUSY: i32 = 5;
const MISUSE: i32 = 21;
const DONE: i32 = 101;

const MEMORY: Open = Open {
    is_read_only: false,
    takes_uri: true,
};

fn nobody(_: Question<'_>) -> Reply {
    Reply::Thrown
}

fn open(ask: Ask) -> Rc<Connection> {
    Connection::open(b":memory:", MEMORY, ask).expect("memory opens")
}

fn prepare(connection: &Rc<Connection>, sql: &str) -> Statement {
    let statement = connection.prepare(sql.as_bytes()).expect("it is SQL");
    statement.expect("it is a statement")
}

fn texts(connection: &Rc<Connection>, sql: &str) -> Vec<String> {
    let statement = prepare(connection, sql);
    let mut texts = Vec::new();
    while statement.step().expect("it runs") == Step::Row {
        let take = |value: Value<'_>| {
            texts.push(match value {
                Value::Null => "null".to_owned(),
                Value::Integer(integer) => integer.to_string(),
                Value::Real(real) => real.to_string(),
                Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
                Value::Blob(blob) => format!("{blob:?}"),
            });
        };
        statement.row(take).expect("it stands at a row");
    }
    texts
}

fn code<T>(result: Result<T, Failure>) -> i32 {
    result.map_or_else(|failure| failure.code, |_| 0)
}

#[test]
fn built_as_node_builds_it() {
    let options = texts(&open(nobody), "PRAGMA compile_options");
    let wanted = [
        "DEFAULT_MEMSTATUS=0",
        "ENABLE_COLUMN_METADATA",
        "ENABLE_DBSTAT_VTAB",
        "ENABLE_FTS3",
        "ENABLE_FTS3_PARENTHESIS",
        "ENABLE_FTS5",
        "ENABLE_GEOPOLY",
        "ENABLE_MATH_FUNCTIONS",
        "ENABLE_PERCENTILE",
        "ENABLE_PREUPDATE_HOOK",
        "ENABLE_RBU",
        "ENABLE_RTREE",
        "ENABLE_SESSION",
        "THREADSAFE=1",
    ];
    for option in wanted {
        assert!(
            options.iter().any(|one| one == option),
            "{option} is missing"
        );
    }
    let enabled = options.iter().filter(|one| one.starts_with("ENABLE_"));
    let enabled = enabled.filter(|one| one.as_str() != "ENABLE_LOAD_EXTENSION");
    assert_eq!(
        enabled.count(),
        12,
        "more is enabled than in Node: {options:?}"
    );
}

#[test]
fn values_go_in_and_out() {
    let connection = open(nobody);
    let statement = prepare(&connection, "SELECT ?, ?, ?, ?, ?, typeof(?6)");
    let given = [
        Value::Null,
        Value::Integer(i64::MIN),
        Value::Real(-0.5),
        Value::Text("a\0é".as_bytes()),
        Value::Blob(&[]),
        Value::Blob(&[]),
    ];
    for (at, value) in given.into_iter().enumerate() {
        statement
            .bind(at as i32 + 1, value)
            .expect("there is such a parameter");
    }
    assert_eq!(code(statement.bind(7, Value::Null)), 25);
    assert_eq!(statement.step(), Ok(Step::Row));
    let mut at = 0;
    let row = statement.row(|value| {
        let wanted = if at == 5 {
            Value::Text(b"blob")
        } else {
            given[at]
        };
        assert_eq!(value, wanted);
        at += 1;
    });
    assert_eq!((row, at), (Ok(()), 6));
    assert_eq!(statement.step(), Ok(Step::Done));
}

#[test]
fn nothing_is_done_to_what_is_read_or_closed() {
    let connection = open(nobody);
    let statement = prepare(&connection, "SELECT 1");
    assert_eq!(statement.step(), Ok(Step::Row));
    let row = statement.row(|_| {
        assert_eq!(code(statement.step()), BUSY);
        assert_eq!(code(statement.reset()), BUSY);
        assert_eq!(code(statement.bind(1, Value::Null)), BUSY);
        assert!(!statement.finish());
    });
    assert_eq!(row, Ok(()));
    let session = connection.session(b"main", None).expect("it opens");
    assert_eq!(connection.close(), Ok(()));
    assert!(!session.is_open());
    assert_eq!(code(session.changes(false)), MISUSE);
    assert_eq!(code(statement.step()), MISUSE);
    assert_eq!(code(connection.close()), MISUSE);
    assert_eq!(code(connection.set(Setting::Defensive, true)), MISUSE);
    assert!(statement.finish());
    assert!(statement.finish());
}

thread_local! {
    static CONNECTION: RefCell<Option<Rc<Connection>>> = const { RefCell::new(None) };
    static RUNNING: RefCell<Option<Rc<Statement>>> = const { RefCell::new(None) };
    static ASKED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Tries all that must not be done, from within a call of SQLite.
fn meddler(question: Question<'_>) -> Reply {
    ASKED.with_borrow_mut(|asked| asked.push(format!("{question:?}")));
    let connection = CONNECTION
        .with_borrow(Clone::clone)
        .expect("it was put there");
    assert!(connection.is_busy());
    assert_eq!(code(connection.close()), BUSY);
    assert_eq!(code(connection.deserialize(b"main", &[0; 16])), BUSY);
    if let Some(statement) = RUNNING.with_borrow(Clone::clone) {
        assert_eq!(code(statement.step()), BUSY);
        assert!(!statement.finish());
    }
    match question {
        Question::Call { values, .. } => {
            assert_eq!(texts(&connection, "SELECT 7"), ["7"]);
            Reply::Integer(values.len() as i64)
        }
        Question::Step { state, .. } => Reply::Number(state as i32 + 1),
        Question::Value { state, .. } | Question::Last { state, .. } => {
            Reply::Integer(state.into())
        }
        Question::Authorize { .. } => Reply::Number(0),
        Question::Filter { .. } => Reply::Number(1),
        Question::Conflict { .. } => Reply::Number(0),
    }
}

fn function(number: u32, arguments_count: i32, kind: Kind) -> Function {
    Function {
        number,
        arguments_count,
        is_deterministic: false,
        is_direct_only: false,
        kind,
    }
}

#[test]
fn who_answers_may_call_but_not_end() {
    let connection = open(meddler);
    CONNECTION.set(Some(connection.clone()));
    for (name, count, kind) in [
        ("scalar", -1, Kind::Scalar),
        ("gather", 1, Kind::Aggregate),
        ("slide", 1, Kind::Window),
    ] {
        let made = connection.create_function(name.as_bytes(), function(3, count, kind));
        assert_eq!(made, Ok(()));
    }
    let too_many = connection.create_function(b"many", function(4, 5000, Kind::Scalar));
    assert_eq!(code(too_many), MISUSE);
    let statement = Rc::new(prepare(&connection, "SELECT scalar(1, 'x')"));
    RUNNING.set(Some(statement.clone()));
    assert_eq!(statement.step(), Ok(Step::Row));
    RUNNING.set(None);
    let rows = "SELECT value AS v FROM json_each('[1,2,3]')";
    assert_eq!(
        texts(&connection, &format!("SELECT gather(v) FROM ({rows})")),
        ["3"]
    );
    let frame = "ORDER BY v ROWS BETWEEN 1 PRECEDING AND CURRENT ROW";
    let windows = format!("SELECT slide(v) OVER ({frame}) FROM ({rows})");
    assert_eq!(texts(&connection, &windows), ["1", "2", "4"]);
    assert_eq!(connection.authorize(true), Ok(()));
    ASKED.set(Vec::new());
    assert_eq!(texts(&connection, "SELECT 1"), ["1"]);
    assert!(ASKED.with_borrow(|asked| asked[0].contains("action: 21")));
    assert_eq!(connection.authorize(false), Ok(()));
    // An aggregate that is left in its midst is let go of, too.
    let left = prepare(
        &connection,
        &format!("SELECT v, slide(v) OVER () FROM ({rows})"),
    );
    assert_eq!(left.step(), Ok(Step::Row));
    assert!(left.finish());
    CONNECTION.set(None);
    assert!(statement.finish());
    assert_eq!(connection.close(), Ok(()));
}

#[test]
fn thrown_answers_fail_the_call() {
    let connection = open(nobody);
    let made = connection.create_function(b"f", function(1, 0, Kind::Scalar));
    assert_eq!(made, Ok(()));
    let failure = connection.execute(b"SELECT f()").expect_err("it throws");
    assert_eq!((failure.code, failure.message.as_str()), (1, ""));
    assert_eq!(connection.authorize(true), Ok(()));
    assert_eq!(code(connection.prepare(b"SELECT 1").map(|_| ())), 23);
}

#[test]
fn a_vacuum_cannot_be_kept_from_what_it_relies_on() {
    let connection = open(|question| match question {
        Question::Authorize { action: SELECT, .. } => Reply::Number(0),
        _ => Reply::Number(IGNORE),
    });
    assert_eq!(connection.authorize(true), Ok(()));
    for sql in ["VACUUM", "-- a\n/* b */ vacuum", "VACUUM INTO ':memory:'"] {
        assert_eq!(code(connection.execute(sql.as_bytes())), 23, "{sql}");
    }
    assert_eq!(connection.execute(b"ATTACH ':memory:' AS other"), Ok(()));
    assert_eq!(code(connection.deserialize(b"main", &[0; 512])), 23);
    assert_eq!(connection.authorize(false), Ok(()));
    assert_eq!(connection.execute(b"VACUUM"), Ok(()));
}

#[test]
fn changes_are_noted_and_applied() {
    let table = b"CREATE TABLE t(a INTEGER PRIMARY KEY, b)";
    let connection = open(nobody);
    assert_eq!(connection.execute(table), Ok(()));
    let session = connection.session(b"main", Some(b"t")).expect("it opens");
    assert_eq!(
        connection.execute(b"INSERT INTO t VALUES (1, 'x'), (2, 'y')"),
        Ok(())
    );
    let changes = session.changes(false).expect("there are some");
    assert!(session.close());
    assert!(!session.close());
    let other = open(|question| match question {
        Question::Filter { table } => Reply::Number((table == b"t").into()),
        // SQLITE_CHANGESET_OMIT
        _ => Reply::Number(0),
    });
    assert_eq!(other.execute(table), Ok(()));
    assert_eq!(other.execute(b"INSERT INTO t VALUES (1, 'kept')"), Ok(()));
    assert_eq!(other.apply(&changes), Ok(true));
    assert_eq!(texts(&other, "SELECT b FROM t ORDER BY a"), ["kept", "y"]);
    assert_eq!(code(other.apply(&changes[..changes.len() / 2])), 11);
    for at in 0..changes.len() {
        let mut broken = changes.clone();
        broken[at] ^= 0xff;
        // Whatever it says: the database stays whole.
        let _ = other.apply(&broken);
        assert_eq!(texts(&other, "PRAGMA integrity_check"), ["ok"]);
    }
}

#[test]
fn databases_become_bytes_and_back() {
    let connection = open(nobody);
    assert_eq!(
        connection.execute(b"CREATE TABLE t(a); INSERT INTO t VALUES (5)"),
        Ok(())
    );
    let bytes = connection.serialize(b"main").expect("there is memory");
    let other = open(nobody);
    assert_eq!(other.deserialize(b"main", &bytes), Ok(()));
    assert_eq!(texts(&other, "SELECT a FROM t"), ["5"]);
    assert_eq!(other.execute(b"INSERT INTO t VALUES (6)"), Ok(()));
    for seed in 0..64_usize {
        let mut broken = bytes.clone();
        for step in 0..32 {
            let at = (seed * 7919 + step * 104_729) % broken.len();
            broken[at] ^= (seed + step) as u8 | 1;
        }
        let third = open(nobody);
        let _ = third.deserialize(b"main", &broken);
        // Broken files fail; they do no harm.
        let _ = third.execute(b"SELECT * FROM t; INSERT INTO t VALUES (1); PRAGMA integrity_check");
    }
}

#[test]
fn backups_outlive_their_source() {
    let connection = open(nobody);
    let filled = b"CREATE TABLE t(a); INSERT INTO t VALUES (zeroblob(100000))";
    assert_eq!(connection.execute(filled), Ok(()));
    let backup = Backup::open(&connection, b"main", b":memory:", b"main");
    let mut backup = backup.expect("memory opens");
    let first = backup.step(1);
    assert_eq!(
        (first.code, first.total_pages - first.remaining_pages),
        (0, 1)
    );
    assert_eq!(connection.close(), Ok(()));
    let last = std::thread::spawn(move || backup.step(-1)).join();
    let last = last.expect("it does not panic");
    assert_eq!((last.code, last.remaining_pages), (DONE, 0));
    assert_eq!(
        code(Backup::open(&connection, b"main", b":memory:", b"main").map(|_| ())),
        MISUSE
    );
}
