//! The recorder of the process: which categories are wanted, and by whom the events are kept. One
//! for all threads, behind a lock that is taken only while something is traced.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use coring_uring::sync::{clock, process};

use super::file::TraceFile;

/// Events about threads and the process that are repeated at the head of each file.
const METADATA_MAX: usize = 1024;

/// Events that wait for a listener; later ones are lost.
const HEARD_MAX: usize = 1 << 17;

/// The category of what describes process and threads, which nobody has to ask for.
const METADATA: &str = "__metadata";

static RECORDER: Mutex<Recorder> = Mutex::new(Recorder {
    wanted: BTreeMap::new(),
    file: None,
    listeners: BTreeMap::new(),
    last_listener: 0,
    metadata: Vec::new(),
});

/// Whether any category is wanted: what is asked before the lock is taken.
static IS_ON: AtomicBool = AtomicBool::new(false);

pub struct Recorder {
    /// Categories, and how many want each.
    wanted: BTreeMap<String, u32>,
    file: Option<TraceFile>,
    /// Who is told of events inside the process: by number.
    listeners: BTreeMap<u32, VecDeque<String>>,
    last_listener: u32,
    metadata: Vec<String>,
}

/// Something that happened on this thread.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    /// A letter of the trace format: `b`, `e`, `B`, `E`, `X`, `C`, `I`, `n`, `R`, `M`.
    pub phase: char,
    /// Categories with commas between them: one that is wanted is enough.
    pub group: &'a str,
    pub name: &'a str,
    pub id: Option<u64>,
    /// On the monotonic clock.
    pub at_ns: u64,
    /// Processor time of the thread.
    pub thread_ns: u64,
    pub duration_ns: u64,
    pub thread_duration_ns: u64,
    /// JSON of the object; empty: there are none.
    pub arguments: &'a str,
}

impl<'a> Event<'a> {
    /// One that happens now.
    pub fn now(phase: char, group: &'a str, name: &'a str) -> Event<'a> {
        Event {
            phase,
            group,
            name,
            id: None,
            at_ns: clock::monotonic(),
            thread_ns: clock::thread_time(),
            duration_ns: 0,
            thread_duration_ns: 0,
            arguments: "",
        }
    }

    /// What went on from then, on both clocks, to now.
    pub fn span(group: &'a str, name: &'a str, at_ns: u64, thread_ns: u64) -> Event<'a> {
        let now = Event::now('X', group, name);
        Event {
            at_ns,
            thread_ns,
            duration_ns: now.at_ns.saturating_sub(at_ns),
            thread_duration_ns: now.thread_ns.saturating_sub(thread_ns),
            ..now
        }
    }

    fn json(&self) -> String {
        let mut text = String::with_capacity(192);
        let (pid, tid) = (process::id(), process::thread_id());
        let (at_us, thread_us) = (self.at_ns / 1000, self.thread_ns / 1000);
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "{{\"pid\":{pid},\"tid\":{tid},\"ts\":{at_us},\"tts\":{thread_us},\
             \"ph\":\"{}\",\"cat\":",
            self.phase
        );
        push_json(&mut text, self.group);
        text.push_str(",\"name\":");
        push_json(&mut text, self.name);
        let (took_us, worked_us) = (self.duration_ns / 1000, self.thread_duration_ns / 1000);
        let _ = write!(text, ",\"dur\":{took_us},\"tdur\":{worked_us}");
        if let Some(id) = self.id {
            let _ = write!(text, ",\"id\":\"0x{id:x}\"");
        }
        text.push_str(",\"args\":");
        text.push_str(match self.arguments {
            "" => "{}",
            arguments => arguments,
        });
        text.push('}');
        text
    }
}

/// A text as JSON has it, with its quotes.
pub fn push_json(into: &mut String, text: &str) {
    into.push('"');
    for letter in text.chars() {
        match letter {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\0'..='\u{1f}' => {
                // Writing to a String cannot fail.
                let _ = write!(into, "\\u{:04x}", letter as u32);
            }
            _ => into.push(letter),
        }
    }
    into.push('"');
}

fn recorder() -> MutexGuard<'static, Recorder> {
    RECORDER.lock().expect("no holder of this lock can panic")
}

/// Whether anything is traced at all.
pub fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

/// Whether a category of the group is wanted.
pub fn is_wanted(group: &str) -> bool {
    is_on() && recorder().wants(group)
}

/// Counts up: each call wants the categories until it is called off.
pub fn want(categories: &[String]) {
    let mut recorder = recorder();
    for category in categories {
        *recorder.wanted.entry(category.clone()).or_default() += 1;
    }
    IS_ON.store(!recorder.wanted.is_empty(), Ordering::Relaxed);
}

pub fn want_no_more(categories: &[String]) {
    let mut recorder = recorder();
    for category in categories {
        if let Some(count) = recorder.wanted.get_mut(category) {
            *count -= 1;
            if *count == 0 {
                recorder.wanted.remove(category);
            }
        }
    }
    IS_ON.store(!recorder.wanted.is_empty(), Ordering::Relaxed);
    recorder.flush();
}

/// The categories, sorted, with commas between them; None: nothing is traced.
pub fn wanted() -> Option<String> {
    let recorder = recorder();
    let names: Vec<&str> = recorder.wanted.keys().map(String::as_str).collect();
    (!names.is_empty()).then(|| names.join(","))
}

/// Events go to a file from now on, unless they do already.
pub fn write_file(pattern: &str) {
    let mut recorder = recorder();
    if recorder.file.is_none() {
        recorder.file = Some(TraceFile::new(pattern));
        recorder.repeat_metadata();
    }
}

/// Writes what waits for it.
pub fn flush() {
    recorder().flush();
}

/// Keeps an event if its category is wanted.
pub fn record(event: &Event) {
    if !is_on() {
        return;
    }
    let mut recorder = recorder();
    if recorder.wants(event.group) {
        recorder.keep(&event.json());
    }
}

/// Keeps what describes the process or this thread, once.
pub fn describe(name: &str, arguments: &str) {
    let event = Event {
        arguments,
        ..Event::now('M', METADATA, name)
    };
    recorder().describe(&event.json());
}

/// The same about another thread.
pub fn describe_thread(thread_id: i32, thread_name: &str) {
    let mut arguments = String::from("{\"name\":");
    push_json(&mut arguments, thread_name);
    arguments.push('}');
    let event = Event {
        arguments: &arguments,
        ..Event::now('M', METADATA, "thread_name")
    };
    let own = format!("\"tid\":{},", process::thread_id());
    let json = event
        .json()
        .replacen(&own, &format!("\"tid\":{thread_id},"), 1);
    recorder().describe(&json);
}

/// Whoever listens is told of all that is kept, by this number.
pub fn listen() -> u32 {
    let mut recorder = recorder();
    recorder.last_listener += 1;
    let number = recorder.last_listener;
    let known = recorder.metadata.iter().cloned().collect();
    recorder.listeners.insert(number, known);
    number
}

/// At most so many events that the listener has not had.
pub fn hear(number: u32, count_max: usize) -> Vec<String> {
    let mut recorder = recorder();
    let Some(events) = recorder.listeners.get_mut(&number) else {
        return Vec::new();
    };
    let count = events.len().min(count_max);
    events.drain(..count).collect()
}

pub fn stop_listening(number: u32) {
    recorder().listeners.remove(&number);
}

impl Recorder {
    fn wants(&self, group: &str) -> bool {
        group.split(',').any(|name| self.wanted.contains_key(name))
    }

    fn keep(&mut self, event: &str) {
        for events in self.listeners.values_mut() {
            if events.len() < HEARD_MAX {
                events.push_back(event.to_owned());
            }
        }
        if self.file.as_mut().is_some_and(|file| file.push(event)) {
            self.repeat_metadata();
        }
    }

    fn describe(&mut self, event: &str) {
        if self.metadata.len() < METADATA_MAX {
            self.metadata.push(event.to_owned());
        }
        self.keep(event);
    }

    fn repeat_metadata(&mut self) {
        if let Some(file) = &mut self.file {
            for event in &self.metadata {
                file.push(event);
            }
        }
    }

    fn flush(&mut self) {
        if let Some(file) = &mut self.file {
            file.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_json() {
        let check = |text: &str, expect: &str| {
            let mut json = String::new();
            push_json(&mut json, text);
            assert_eq!(json, expect);
        };
        check("", "\"\"");
        check("a\"b\\c", "\"a\\\"b\\\\c\"");
        check("\n\u{1f} ü", "\"\\u000a\\u001f ü\"");
    }

    #[test]
    fn an_event_becomes_json() {
        let event = Event {
            id: Some(31),
            at_ns: 1_999,
            thread_ns: 2_000,
            duration_ns: 5_000,
            thread_duration_ns: 4_000,
            arguments: "{\"a\":1}",
            ..Event::now('b', "x,y", "n")
        };
        let (pid, tid) = (process::id(), process::thread_id());
        let expect = format!(
            "{{\"pid\":{pid},\"tid\":{tid},\"ts\":1,\"tts\":2,\"ph\":\"b\",\"cat\":\"x,y\",\
             \"name\":\"n\",\"dur\":5,\"tdur\":4,\"id\":\"0x1f\",\"args\":{{\"a\":1}}}}"
        );
        assert_eq!(event.json(), expect);
    }

    /// One test for the state of the process, which others would disturb.
    #[test]
    fn only_what_is_wanted_is_heard() {
        let names = |list: &[&str]| -> Vec<String> { list.iter().map(|&s| s.into()).collect() };
        assert!(!is_on());
        record(&Event::now('I', "a", "before"));
        let number = listen();
        want(&names(&["b", "a"]));
        want(&names(&["a"]));
        assert_eq!(wanted().as_deref(), Some("a,b"));
        assert!(is_wanted("x,a"));
        assert!(!is_wanted("x"));
        record(&Event::now('I', "x,a", "one"));
        record(&Event::now('I', "x", "two"));
        describe("thing", "{}");
        want_no_more(&names(&["a", "b", "c"]));
        assert!(is_wanted("a"));
        want_no_more(&names(&["a"]));
        assert!(!is_on());
        assert_eq!(wanted(), None);
        record(&Event::now('I', "a", "after"));
        let heard = hear(number, 10);
        assert_eq!(heard.len(), 2);
        assert!(heard[0].contains("\"name\":\"one\""));
        assert!(heard[1].contains("\"cat\":\"__metadata\",\"name\":\"thing\""));
        stop_listening(number);
        assert!(hear(number, 10).is_empty());
    }
}
