//! Binding `fs_plain`: file operations that need not wait, done at once by plain calls. Each op
//! gives its answer, or LATER (-EAGAIN): then the same is to be asked of `fs_ring`, which may wait.
//!
//! All of it is about local file systems (`Natives::is_near`). There, reads and look-ups say
//! themselves that what they want is not in memory (`coring_uring::sync::file::open_cached`,
//! `read_cached`). What changes a file system cannot say so: it is a plain call, but not for a
//! while after such a call has waited. What is known to take long goes to the ring.
//! ARCHITECTURE.md has the figures.

use std::ffi::CStr;

use coring_engine::{Bytes, Data, Js, ops};
use coring_uring::sync::file::{self, Begun, Copying, Left, Removal, WholeFile, WholeWrite};
use coring_uring::sync::host::Mounts;
use coring_uring::{Errno, Fd, FileStat, Token, sync};

use crate::Natives;
use crate::fs_ops::{code, kernel_path, put_stat, window};
use crate::kinds::{entry, token};
use crate::limits;
use crate::slots::{Handle, Slots};

ops! { fs_plain(Natives) {
    /// Delivers a ticket's answer, which JavaScript keeps, with the next entries.
    fast answer(ticket: u32);
    /// The memory of a Buffer, or text if that is asked for and all of it is ASCII; a descriptor of
    /// what goes on through `openOn`; -errno.
    slow readFile(path: Data, flags: i32, as_text: bool);
    /// Answers with the descriptor, when a fifo has a writer.
    slow openOn(fd: i32, flags: i32, ticket: u32);
    /// 0; a descriptor + 1 that is open and not written to; -errno of open; -errno - 4096 of write.
    slow writeFile(path: Data, data: Data, flags: i32, mode: u32);
    /// For writing only.
    slow open(path: Data, flags: i32, mode: u32);
    slow close(fd: i32);
    slow read(fd: i32, bytes: Bytes, offset: u32, length: u32, position: i64);
    /// The memory of a Buffer of exactly what was read, or -errno.
    slow readNew(fd: i32, length: u32, position: i64);
    slow write(fd: i32, data: Data, position: i64);
    /// Where the next bytes go, for a write of the ring; -1 if it goes where the kernel says.
    slow claim(fd: i32, bytes_count: u32);
    /// What a write of the ring did not use of its claim.
    slow giveBack(fd: i32, start: i64, claimed: u32, used: u32);
    slow stat(path: Data, follow: bool, into: Bytes);
    slow fstat(fd: i32, into: Bytes);
    slow unlink(path: Data);
    /// A handle of rm -r, or -errno.
    slow removal(path: Data, may_block: bool);
    /// 1: there is more to remove; 2: first a large file, by removeLarge; 0: all is gone; -errno,
    /// for one who looks with more care.
    slow removeSome(removal: i32, names_max: u32);
    /// Through the ring. What it refuses ends the removal, by endRemoval.
    slow removeLarge(removal: i32, ticket: u32);
    slow endRemoval(removal: i32);
    /// 0: copied; a handle + 1 of a copy that `copySome` goes on with; -errno.
    slow copy(from: Data, to: Data, mode: i32);
    /// The same; or EAGAIN where a plain call may wait: `takeCopy` goes on.
    slow copySome(copying: i32, bytes_max: u32);
    /// [source, target], open, each where the copy stands, or -errno.
    slow takeCopy(copying: i32);
    slow mkdir(path: Data, mode: u32);
    slow rmdir(path: Data);
    slow rename(from: Data, to: Data);
    slow symlink(target: Data, path: Data);
    slow link(from: Data, to: Data);
} }

const LATER: i32 = Errno::EAGAIN.result();
/// Behind every errno.
const WRITE_REFUSED: i32 = -4096;

/// What is known about how fast the file systems of this machine answer.
#[derive(Default)]
pub struct State {
    mounts: Mounts,
    /// Loop time, ms.
    looked_at: u64,
    slow_until: u64,
    /// For how long the ring was last given all calls; 0 after one that did not wait.
    pause_ms: u64,
    /// How often this thread had waited when the turn of that time made its first call.
    waits_count: u64,
    counted_at_ns: u64,
    lately: Lately,
    removals: Slots<Removal>,
    copyings: Slots<Copying>,
}

/// Paths that were found in memory a moment ago: to ask again takes one call instead of three.
#[derive(Default)]
struct Lately(Vec<(u64, u64)>);

impl Lately {
    fn place(&mut self, path: &CStr) -> (u64, &mut (u64, u64)) {
        if self.0.is_empty() {
            self.0.resize(limits::LATELY_COUNT, (0, 0));
        }
        let mut hasher = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(path.to_bytes(), &mut hasher);
        let name = std::hash::Hasher::finish(&hasher);
        let count = self.0.len() as u64;
        (name, &mut self.0[(name % count) as usize])
    }

    /// Whether it was noted in this second or the last; notes it.
    fn note(&mut self, path: &CStr, now_s: u64) -> bool {
        let (name, place) = self.place(path);
        let was_noted = place.0 == name && now_s <= place.1 + 1;
        *place = (name, now_s);
        was_noted
    }

    fn forget(&mut self, path: &CStr) {
        *self.place(path).1 = (0, 0);
    }
}

impl Natives {
    /// What is mounted, as of a moment ago.
    fn mounts(&mut self) -> &Mounts {
        let now = self.clock.now_ms();
        let state = &mut self.plain;
        if state.looked_at == 0 || now >= state.looked_at + limits::MOUNTS_STALE_MS {
            state.looked_at = now.max(1);
            state.mounts = Mounts::now();
        }
        &state.mounts
    }

    /// Whether calls about this path ask nobody outside of this machine's kernel.
    fn is_near(&mut self, path: &CStr) -> bool {
        let mounts = self.mounts();
        mounts.are_all_local()
            || file::mount_of_path(path).is_ok_and(|mount| mounts.is_local(mount))
    }

    fn is_near_fd(&mut self, fd: i32) -> bool {
        let mounts = self.mounts();
        fd >= 0
            && (mounts.are_all_local()
                || file::mount_of(Fd::new(fd)).is_ok_and(|mount| mounts.is_local(mount)))
    }

    /// After one that has waited.
    fn has_paused_plain_calls(&self) -> bool {
        self.clock.now_ms() < self.plain.slow_until
    }

    fn keep_copying(&mut self, copying: Copying) -> i32 {
        let handle = self.plain.copyings.insert(copying);
        handle.map_or(Errno::EMFILE.result(), |handle| handle.to_js() + 1)
    }

    /// Makes a call that changes something, and may turn out to be slow; then the next ones are the
    /// ring's for a while.
    fn timed(&mut self, call: impl FnOnce() -> i32) -> i32 {
        if self.has_paused_plain_calls() {
            return LATER;
        }
        if self.plain.counted_at_ns != self.clock.now_ns() {
            self.plain.counted_at_ns = self.clock.now_ns();
            self.plain.waits_count = sync::process::thread_waits_count();
        }
        let before_ns = sync::clock::monotonic();
        let result = call();
        let took_ns = sync::clock::monotonic() - before_ns;
        // A busy machine may have run somebody else meanwhile: that is no wait.
        if took_ns > limits::PLAIN_CALL_NS_MAX
            && sync::process::thread_waits_count() > self.plain.waits_count
        {
            self.pause_plain_calls();
        } else {
            self.plain.pause_ms = 0;
        }
        result
    }

    fn change(&mut self, path: &Data, call: impl FnOnce(&CStr) -> i32) -> i32 {
        match kernel_path(path) {
            Ok(path) if self.is_near(&path) => self.timed(|| call(&path)),
            _ => LATER,
        }
    }

    fn change_two(
        &mut self,
        from: &Data,
        to: &Data,
        call: impl FnOnce(&CStr, &CStr) -> i32,
    ) -> i32 {
        match (kernel_path(from), kernel_path(to)) {
            (Ok(from), Ok(to)) if self.is_near(&from) && self.is_near(&to) => {
                self.timed(|| call(&from, &to))
            }
            _ => LATER,
        }
    }
}

impl Natives {
    /// Twice as long each time that the first call after a pause waits again.
    fn pause_plain_calls(&mut self) {
        let pause_ms = self.plain.pause_ms * 2;
        self.plain.pause_ms = pause_ms.clamp(limits::PAUSE_MS_MIN, limits::PAUSE_MS_MAX);
        self.plain.slow_until = self.clock.now_ms() + self.plain.pause_ms;
    }
}

fn answer(natives: &mut Natives, ticket: u32) {
    natives.answers.push((entry::TICKET, [ticket as i32, 0, 0]));
}

/// Refusals that mean nothing but themselves; all others the ring shall find.
fn refusal(errno: Errno) -> i32 {
    match errno {
        Errno::ENOENT => errno.result(),
        _ => LATER,
    }
}

#[allow(non_snake_case)]
fn readFile(natives: &mut Natives, path: Data, flags: i32, as_text: bool) -> Js {
    let Ok(path) = kernel_path(&path) else {
        return Js::from(LATER);
    };
    if !natives.is_near(&path) {
        return Js::from(LATER);
    }
    match file::read_whole_cached(&path, flags, limits::PLAIN_FILE_BYTES_MAX) {
        Ok(WholeFile::Bytes(bytes)) if as_text && bytes.is_ascii() => Js::Latin1(bytes),
        Ok(WholeFile::Bytes(bytes)) => Js::Memory(bytes),
        Ok(WholeFile::Opened(fd)) => Js::from(fd.raw()),
        Err(errno) => Js::from(refusal(errno)),
    }
}

#[allow(non_snake_case)]
fn openOn(natives: &mut Natives, fd: i32, flags: i32, ticket: u32) {
    natives.tickets_count += 1;
    let token = Token::new(token::TICKET, ticket, 0);
    natives.ring.go_on_opening(Fd::new(fd), flags, token);
}

#[allow(non_snake_case)]
fn writeFile(natives: &mut Natives, path: Data, data: Data, flags: i32, mode: u32) -> i32 {
    natives.change(&path, |path| match &data {
        Data::None => write_whole(path, &[], flags, mode),
        Data::Bytes(bytes) => write_whole(path, bytes.as_slice(), flags, mode),
        Data::Text(text) => text.with_utf8(|bytes| write_whole(path, bytes, flags, mode)),
    })
}

fn write_whole(path: &CStr, bytes: &[u8], flags: i32, mode: u32) -> i32 {
    if bytes.len() > limits::PLAIN_WRITE_BYTES_MAX {
        return LATER;
    }
    match file::write_whole(path, bytes, flags, mode, limits::PLAIN_FREED_BYTES_MAX) {
        Ok(WholeWrite::Written(closed)) => code(closed),
        Ok(WholeWrite::TooLarge) => LATER,
        Ok(WholeWrite::Refused(errno)) => errno.result() + WRITE_REFUSED,
        Ok(WholeWrite::Opened(fd)) => fd.raw() + 1,
        Err(errno) => refusal_of_open(errno),
    }
}

/// A fifo without a reader is waited for.
fn refusal_of_open(errno: Errno) -> i32 {
    if errno == Errno::ENXIO {
        LATER
    } else {
        errno.result()
    }
}

fn open(natives: &mut Natives, path: Data, flags: i32, mode: u32) -> i32 {
    natives.change(&path, |path| {
        if file::truncates(flags) && is_large(file::stat(path)) {
            return LATER;
        }
        file::open_to_write(path, flags, mode).map_or_else(refusal_of_open, Fd::raw)
    })
}

/// Whether the core would wait for the blocks that it has to be freed.
fn is_large(facts: Result<FileStat, Errno>) -> bool {
    facts.is_ok_and(|facts| facts.size_bytes > limits::PLAIN_FREED_BYTES_MAX)
}

/// Behind what the ring has not begun yet a close would come too early.
fn close(natives: &mut Natives, fd: i32) -> i32 {
    if natives.ring.has_unbegun() || !natives.is_near_fd(fd) {
        return LATER;
    }
    let fd = Fd::new(fd);
    natives.timed(|| match closes_slowly(fd) {
        true => LATER,
        false => code(file::close(fd)),
    })
}

/// Whether closing it may take long: the last who has a file without a name frees its blocks, and
/// ext4 begins to write out what was written to an emptied one.
pub(crate) fn closes_slowly(fd: Fd) -> bool {
    match file::fstat(fd) {
        Ok(facts) if is_large(Ok(facts)) => facts.links_count == 0 || file::is_writable(fd),
        _ => false,
    }
}

fn read(
    natives: &mut Natives,
    fd: i32,
    mut bytes: Bytes,
    offset: u32,
    length: u32,
    at: i64,
) -> i32 {
    if length as usize > limits::PLAIN_FILE_BYTES_MAX || !natives.is_near_fd(fd) {
        return LATER;
    }
    let into = window(&mut bytes, offset, length);
    match file::read_cached(Fd::new(fd), into, u64::try_from(at).ok()) {
        Ok(count) => count as i32,
        Err(_) => LATER,
    }
}

#[allow(non_snake_case)]
fn readNew(natives: &mut Natives, fd: i32, length: u32, at: i64) -> Js {
    let bytes_max = length as usize;
    if bytes_max > limits::PLAIN_FILE_BYTES_MAX || !natives.is_near_fd(fd) {
        return Js::from(LATER);
    }
    match file::read_new_cached(Fd::new(fd), bytes_max, u64::try_from(at).ok()) {
        Ok(bytes) => Js::Memory(bytes),
        Err(_) => Js::from(LATER),
    }
}

fn write(natives: &mut Natives, fd: i32, data: Data, position: i64) -> i32 {
    let Data::Bytes(bytes) = &data else {
        return LATER;
    };
    let bytes = bytes.as_slice();
    let is_long = bytes.len() > limits::PLAIN_WRITE_BYTES_MAX;
    if is_long || natives.ring.has_unbegun() || !natives.is_near_fd(fd) {
        return LATER;
    }
    let (fd, offset) = (Fd::new(fd), u64::try_from(position).ok());
    natives.timed(|| match file::fstat(fd) {
        Ok(facts) if facts.is_file() => write_at(fd, bytes, offset),
        _ => LATER,
    })
}

fn claim(_: &mut Natives, fd: i32, bytes_count: u32) -> Js {
    let start = (fd >= 0).then(|| file::claim(Fd::new(fd), bytes_count));
    start
        .flatten()
        .map_or(Js::from(-1), |start| Js::from(start as f64))
}

#[allow(non_snake_case)]
fn giveBack(_: &mut Natives, fd: i32, start: i64, claimed: u32, used: u32) {
    if let (true, Ok(start)) = (fd >= 0, u64::try_from(start)) {
        file::give_back(Fd::new(fd), start, claimed, used);
    }
}

/// All of it, or what was written before the first refusal, as the ring's writes.
fn write_at(fd: Fd, bytes: &[u8], offset: Option<u64>) -> i32 {
    let mut done = 0;
    while done < bytes.len() {
        let at = offset.map(|offset| offset + done as u64);
        match file::write(fd, &bytes[done..], at) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(_) if done > 0 => break,
            Err(errno) => return errno.result(),
        }
    }
    done as i32
}

fn facts(result: Result<FileStat, Errno>, into: Bytes) -> i32 {
    match result {
        Ok(facts) => put_stat(Ok(facts), into),
        Err(errno) => refusal(errno),
    }
}

fn stat(natives: &mut Natives, path: Data, follow: bool, into: Bytes) -> i32 {
    let Ok(path) = kernel_path(&path) else {
        return LATER;
    };
    if !natives.is_near(&path) {
        return LATER;
    }
    let now_s = natives.clock.now_ms() / 1000;
    let lately = &mut natives.plain.lately;
    // The kernel has not forgotten within a second or two what it knew.
    let result = match lately.note(&path, now_s) {
        true if follow => file::stat(&path),
        true => file::lstat(&path),
        false => file::stat_cached(&path, follow),
    };
    if result.is_err() {
        lately.forget(&path);
    }
    facts(result, into)
}

fn fstat(natives: &mut Natives, fd: i32, into: Bytes) -> i32 {
    if !natives.is_near_fd(fd) {
        return LATER;
    }
    put_stat(file::fstat(Fd::new(fd)), into)
}

/// The blocks of a large file are freed by its last name's end, which takes long.
fn unlink(natives: &mut Natives, path: Data) -> i32 {
    natives.change(&path, |path| match file::stat_cached(path, false) {
        Ok(facts) if !is_large(Ok(facts)) => code(file::unlink(path)),
        _ => LATER,
    })
}

fn removal(natives: &mut Natives, path: Data, may_block: bool) -> i32 {
    let Ok(path) = kernel_path(&path) else {
        return LATER;
    };
    if !may_block && !natives.is_near(&path) {
        return LATER;
    }
    let bytes_max = (!may_block).then_some(limits::PLAIN_FREED_BYTES_MAX);
    match Removal::new(&path, bytes_max) {
        Ok(removal) => {
            let handle = natives.plain.removals.insert(removal);
            handle.map_or(Errno::EMFILE.result(), Handle::to_js)
        }
        Err(errno) => errno.result(),
    }
}

#[allow(non_snake_case)]
fn removeSome(natives: &mut Natives, removal: i32, names_max: u32) -> i32 {
    let handle = Handle::from_js(removal);
    let Some(removal) = natives.plain.removals.get_mut(handle) else {
        return Errno::EBADF.result();
    };
    let outcome = removal.step(names_max as usize);
    if !matches!(outcome, Ok(Left::Names | Left::Large)) {
        natives.plain.removals.remove(handle);
    }
    match outcome {
        Ok(Left::Nothing) => 0,
        Ok(Left::Names) => 1,
        Ok(Left::Large) => 2,
        Err(errno) => errno.result(),
    }
}

#[allow(non_snake_case)]
fn removeLarge(natives: &mut Natives, removal: i32, ticket: u32) {
    let removal = natives.plain.removals.get_mut(Handle::from_js(removal));
    let op = removal.map_or(Err(Errno::EBADF), Removal::take_large);
    natives.submit_ticket(ticket, op);
}

#[allow(non_snake_case)]
fn endRemoval(natives: &mut Natives, removal: i32) {
    natives.plain.removals.remove(Handle::from_js(removal));
}

fn copy(natives: &mut Natives, from: Data, to: Data, mode: i32) -> i32 {
    let mut going = None;
    let answer = natives.change_two(&from, &to, |from, to| {
        match Copying::begin(from, to, mode, limits::PLAIN_FREED_BYTES_MAX) {
            Ok(Begun::Done) => 0,
            Ok(Begun::Going(copying)) => {
                going = Some(copying);
                0
            }
            Ok(Begun::LargeTarget) => LATER,
            Err(errno) => errno.result(),
        }
    });
    going.map_or(answer, |copying| natives.keep_copying(copying))
}

#[allow(non_snake_case)]
fn copySome(natives: &mut Natives, copying: i32, bytes_max: u32) -> i32 {
    let handle = Handle::from_js(copying);
    let is_over = natives
        .plain
        .copyings
        .get(handle)
        .is_some_and(Copying::is_over);
    if is_over || natives.has_paused_plain_calls() {
        return LATER;
    }
    let Some(mut copying) = natives.plain.copyings.remove(handle) else {
        return Errno::EBADF.result();
    };
    let answer = natives.timed(|| {
        let outcome = copying.step(bytes_max as usize);
        outcome.map_or_else(Errno::result, |is_done| i32::from(!is_done))
    });
    match answer {
        1 => natives.keep_copying(copying),
        0 if copying.copied_bytes() > limits::PLAIN_FREED_BYTES_MAX => {
            natives.keep_copying(copying) // What is left is to close it.
        }
        answer => answer,
    }
}

#[allow(non_snake_case)]
fn takeCopy(natives: &mut Natives, copying: i32) -> Js {
    match natives.plain.copyings.remove(Handle::from_js(copying)) {
        Some(copying) => {
            let (source, target) = copying.into_parts();
            Js::List(vec![Js::from(source.raw()), Js::from(target.raw())])
        }
        None => Js::from(Errno::EBADF.result()),
    }
}

fn mkdir(natives: &mut Natives, path: Data, mode: u32) -> i32 {
    natives.change(&path, |path| code(file::make_directory(path, mode)))
}

fn rmdir(natives: &mut Natives, path: Data) -> i32 {
    natives.change(&path, |path| code(file::remove_directory(path)))
}

fn rename(natives: &mut Natives, from: Data, to: Data) -> i32 {
    natives.change_two(&from, &to, |from, to| match file::lstat(to) {
        Ok(facts) if is_large(Ok(facts)) => LATER,
        _ => code(file::rename(from, to)),
    })
}

/// The target may name anything, or nothing.
fn symlink(natives: &mut Natives, target: Data, path: Data) -> i32 {
    match kernel_path(&target) {
        Ok(target) => natives.change(&path, |path| code(file::symlink(&target, path))),
        Err(_) => LATER,
    }
}

fn link(natives: &mut Natives, from: Data, to: Data) -> i32 {
    natives.change_two(&from, &to, |from, to| code(file::link(from, to)))
}
