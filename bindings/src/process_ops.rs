//! Binding `process_ops`: the process as the program sees it.

use coring_engine::{Data, Js, ops};
use coring_uring::sync::terminal::RawMode;
use coring_uring::{Errno, Fd, sync};

use crate::Natives;
use crate::process_wrap::terminated;

ops! { process_ops(Natives) {
    constants = constants;
    slow cwd();
    slow chdir(path: Data);
    slow umask(mask: i32);
    slow uptime();
    /// Monotonic clock: ns in two doubles, seconds and the rest.
    slow hrtime();
    slow hrtimeBigInt();
    slow memoryUsage();
    slow rss();
    slow cpuUsage();
    slow threadCpuUsage();
    slow resourceUsage();
    slow kill(pid: i32, signal: i32);
    slow getuid();
    slow geteuid();
    slow getgid();
    slow getegid();
    slow getgroups();
    slow setuid(id: u32);
    slow seteuid(id: u32);
    slow setgid(id: u32);
    slow setegid(id: u32);
    slow setgroups(groups: Vec<u32>);
    slow initgroups(user: Data, group: u32);
    /// Returns only when it fails.
    slow execve(path: Data, arguments: Vec<String>, environment: Vec<String>);
    /// [soft, hard] of a getrlimit(2) resource; -1 for unlimited.
    slow resourceLimits(resource: u32);
    slow setTitle(title: String);
    slow reallyExit(code: i32);
    slow abort();
    slow ttyInfo(fd: i32);
    slow winSize(fd: i32);
    slow setRawMode(fd: i32, mode: i32);
    slow writeSync(fd: i32, data: Data);
    slow envGet(name: String);
    slow envSet(name: String, value: String);
    slow envDelete(name: String);
    slow envKeys();
    slow environment();
    slow userId(name: String);
    slow constrainedMemory();
    slow availableMemory();
    slow pid();
    slow ppid();
} }

fn constants() -> Vec<(&'static str, Js)> {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    vec![
        ("arch", Js::from(arch)),
        ("coringVersion", Js::from(env!("CARGO_PKG_VERSION"))),
        ("v8Version", Js::from(coring_engine::version())),
    ]
}

fn code(result: Result<(), Errno>) -> i32 {
    result.map_or_else(|errno| errno.result(), |()| 0)
}

fn text(result: Result<Vec<u8>, Errno>) -> Js {
    match result {
        Ok(bytes) => Js::Text(String::from_utf8_lossy(&bytes).into_owned()),
        Err(errno) => Js::from(errno.result()),
    }
}

fn cwd(_: &mut Natives) -> Js {
    text(sync::process::working_directory())
}

fn chdir(_: &mut Natives, path: Data) -> i32 {
    crate::fs_ops::with_path(&path, |path| code(sync::process::change_directory(path)))
}

/// A negative mask only asks.
fn umask(_: &mut Natives, mask: i32) -> u32 {
    sync::process::umask(u32::try_from(mask).ok())
}

fn uptime(natives: &mut Natives) -> f64 {
    natives.clock.update() as f64 / 1000.0
}

fn hrtime(_: &mut Natives) -> Js {
    let now_ns = sync::clock::monotonic();
    let seconds = Js::Number((now_ns / 1_000_000_000) as f64);
    Js::List(vec![seconds, Js::Number((now_ns % 1_000_000_000) as f64)])
}

#[allow(non_snake_case)]
fn hrtimeBigInt(_: &mut Natives) -> Js {
    Js::BigInt(sync::clock::monotonic() as i64)
}

/// [rss] in bytes; V8's part comes from binding `v8`.
#[allow(non_snake_case)]
fn memoryUsage(_: &mut Natives) -> f64 {
    sync::process::resident_bytes() as f64
}

fn rss(_: &mut Natives) -> f64 {
    sync::process::resident_bytes() as f64
}

/// [user, system] in microseconds.
#[allow(non_snake_case)]
fn cpuUsage(_: &mut Natives) -> Js {
    Js::Doubles(sync::process::usage()[..2].to_vec())
}

#[allow(non_snake_case)]
fn threadCpuUsage(_: &mut Natives) -> Js {
    Js::Doubles(sync::process::thread_usage()[..2].to_vec())
}

#[allow(non_snake_case)]
fn resourceUsage(_: &mut Natives) -> Js {
    Js::Doubles(sync::process::usage().to_vec())
}

fn kill(natives: &mut Natives, pid: i32, signal: i32) -> i32 {
    // It may be the end of this process.
    natives.flush_datagrams();
    if natives.traces {
        crate::trace_events::flush();
    }
    let is_merged = pid == std::process::id() as i32 && natives.turn.would_merge(signal);
    let sent = sync::process::kill(pid, signal);
    if sent.is_ok() && is_merged {
        natives.turn.signals_merged.push(signal);
    }
    code(sent)
}

fn getuid(_: &mut Natives) -> u32 {
    sync::process::user_id()
}

fn geteuid(_: &mut Natives) -> u32 {
    sync::process::effective_user_id()
}

fn getgid(_: &mut Natives) -> u32 {
    sync::process::group_id()
}

fn getegid(_: &mut Natives) -> u32 {
    sync::process::effective_group_id()
}

fn getgroups(_: &mut Natives) -> Js {
    match sync::process::groups() {
        Ok(groups) => Js::List(groups.into_iter().map(Js::from).collect()),
        Err(errno) => Js::from(errno.result()),
    }
}

fn setuid(_: &mut Natives, id: u32) -> i32 {
    code(sync::process::set_user_id(id))
}

fn seteuid(_: &mut Natives, id: u32) -> i32 {
    code(sync::process::set_effective_user_id(id))
}

fn setgid(_: &mut Natives, id: u32) -> i32 {
    code(sync::process::set_group_id(id))
}

fn setegid(_: &mut Natives, id: u32) -> i32 {
    code(sync::process::set_effective_group_id(id))
}

fn setgroups(_: &mut Natives, groups: Vec<u32>) -> i32 {
    code(sync::process::set_groups(&groups))
}

fn initgroups(_: &mut Natives, user: Data, group: u32) -> i32 {
    crate::fs_ops::with_path(&user, |user| code(sync::process::init_groups(user, group)))
}

fn execve(
    natives: &mut Natives,
    path: Data,
    arguments: Vec<String>,
    environment: Vec<String>,
) -> i32 {
    let (Ok(arguments), Ok(environment)) = (terminated(arguments), terminated(environment)) else {
        return Errno::EINVAL.result();
    };
    natives.send_leftovers();
    sync::terminal::restore_all();
    crate::fs_ops::with_path(&path, |path| {
        sync::process::execute(path, &arguments, &environment).result()
    })
}

#[allow(non_snake_case)]
fn resourceLimits(_: &mut Natives, resource: u32) -> Js {
    let number = |limit: Option<u64>| limit.map_or(-1.0, |value| value as f64);
    match sync::process::limits(resource) {
        Ok((soft, hard)) => Js::Doubles(vec![number(soft), number(hard)]),
        Err(errno) => Js::from(errno.result()),
    }
}

#[allow(non_snake_case)]
fn setTitle(_: &mut Natives, title: String) {
    sync::process::set_title(title.as_bytes());
}

/// Leaves the process after one try to send what is queued, once files are as was asked for.
#[allow(non_snake_case)]
fn reallyExit(natives: &mut Natives, code: i32) -> i32 {
    natives.send_leftovers();
    natives.finish_changes();
    sync::terminal::restore_all();
    sync::process::exit_now(code)
}

fn abort(natives: &mut Natives) {
    natives.flush_datagrams();
    std::process::abort();
}

/// 0 unknown, 1 file, 2 pipe or stream socket, 3 terminal, 4 datagram socket.
#[allow(non_snake_case)]
fn ttyInfo(_: &mut Natives, fd: i32) -> i32 {
    use sync::file::FdKind;
    if fd < 0 {
        return 0;
    }
    match sync::file::kind_of_fd(Fd::new(fd)) {
        FdKind::Unknown => 0,
        FdKind::File => 1,
        FdKind::Pipe | FdKind::Stream => 2,
        FdKind::Terminal => 3,
        FdKind::Datagram => 4,
    }
}

#[allow(non_snake_case)]
fn winSize(_: &mut Natives, fd: i32) -> Js {
    if fd < 0 {
        return Js::from(Errno::EBADF.result());
    }
    match sync::terminal::window_size(Fd::new(fd)) {
        Ok((columns, rows)) => Js::List(vec![
            Js::from(u32::from(columns)),
            Js::from(u32::from(rows)),
        ]),
        Err(errno) => Js::from(errno.result()),
    }
}

#[allow(non_snake_case)]
/// 0 as it was found, 1 raw, 2 raw and output unchanged.
fn setRawMode(_: &mut Natives, fd: i32, mode: i32) -> i32 {
    if fd < 0 {
        return Errno::EBADF.result();
    }
    let mode = match mode {
        0 => RawMode::Normal,
        1 => RawMode::Raw,
        _ => RawMode::Io,
    };
    code(sync::terminal::raw_mode(Fd::new(fd), mode))
}

/// Writes all of it, waiting out a full pipe: what `console` does on files, ttys and pipes.
#[allow(non_snake_case)]
fn writeSync(_: &mut Natives, fd: i32, data: Data) -> i32 {
    if fd < 0 {
        return Errno::EBADF.result();
    }
    let fd = Fd::new(fd);
    match &data {
        Data::None => 0,
        Data::Bytes(bytes) => code(sync::file::write_all(fd, bytes.as_slice())),
        Data::Text(text) => text.with_utf8(|bytes| code(sync::file::write_all(fd, bytes))),
    }
}

/// The environment is the process's, shared by its cores; a name that cannot be one finds nothing.
#[allow(non_snake_case)]
fn envGet(natives: &mut Natives, name: String) -> Option<String> {
    natives.environment.get(&name)
}

#[allow(non_snake_case)]
fn envSet(natives: &mut Natives, name: String, value: String) -> bool {
    natives.environment.set(name, value)
}

#[allow(non_snake_case)]
fn envDelete(natives: &mut Natives, name: String) {
    natives.environment.delete(&name);
}

/// All variables, as one object.
fn environment(natives: &mut Natives) -> Js {
    let variables = natives.environment.all().into_iter();
    Js::Object(
        variables
            .map(|(name, value)| (name, Js::Text(value)))
            .collect(),
    )
}

#[allow(non_snake_case)]
fn envKeys(natives: &mut Natives) -> Js {
    Js::List(
        natives
            .environment
            .names()
            .into_iter()
            .map(Js::Text)
            .collect(),
    )
}

/// The id of a user by name; -1 when there is none.
#[allow(non_snake_case)]
fn userId(_: &mut Natives, name: String) -> f64 {
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut rows = passwd
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>());
    let row = rows.find(|row| row.first() == Some(&name.as_str()));
    row.and_then(|row| row.get(2)?.parse::<f64>().ok())
        .unwrap_or(-1.0)
}

#[allow(non_snake_case)]
fn constrainedMemory(_: &mut Natives) -> f64 {
    sync::host::memory().constrained as f64
}

#[allow(non_snake_case)]
fn availableMemory(_: &mut Natives) -> f64 {
    sync::host::memory().available_here as f64
}

fn pid(_: &mut Natives) -> i32 {
    sync::process::id()
}

fn ppid(_: &mut Natives) -> i32 {
    sync::process::parent_id()
}
