//! `profiler`: which code has run, as V8's inspector tells it (its protocol's domain Profiler). The
//! inspector exists only while coverage is collected; nobody can connect to it from outside.

use std::cell::RefCell;
use std::rc::Rc;

use v8::inspector::{
    Channel, ChannelImpl, StringBuffer, StringView, V8Inspector, V8InspectorClient,
    V8InspectorClientImpl, V8InspectorClientTrustLevel, V8InspectorSession,
};

use super::{Args, Entry, Return, entry};
use crate::value::js_string;

const CONTEXT_GROUP: i32 = 1;

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("startCoverage", 0, start),
        entry("takeCoverage", 0, take),
        entry("endCoverage", 0, end),
    ]
}

/// Answers of the inspector; events are not asked for.
#[derive(Clone, Default)]
struct Answers(Rc<RefCell<Option<String>>>);

impl ChannelImpl for Answers {
    fn send_response(&self, _: i32, message: v8::UniquePtr<StringBuffer>) {
        let text = message.as_ref().map(|text| text.string().to_string());
        *self.0.borrow_mut() = text;
    }

    fn send_notification(&self, _: v8::UniquePtr<StringBuffer>) {}

    fn flush_protocol_notifications(&self) {}
}

struct Client;

impl V8InspectorClientImpl for Client {}

struct Coverage {
    // Field order is drop order: the session refers to the inspector.
    session: V8InspectorSession,
    answers: Answers,
    _inspector: V8Inspector,
}

thread_local! {
    // One thread has one isolate; `forget` empties it before that isolate ends.
    static COVERAGE: RefCell<Option<Coverage>> = const { RefCell::new(None) };
}

impl Coverage {
    fn new(scope: &mut v8::PinScope<'_, '_>) -> Coverage {
        let client = V8InspectorClient::new(Box::new(Client));
        let inspector = V8Inspector::create(scope, client);
        let context = scope.get_current_context();
        let name = StringView::from(&b"main"[..]);
        inspector.context_created(context, CONTEXT_GROUP, name, StringView::empty());
        let answers = Answers::default();
        let session = inspector.connect(
            CONTEXT_GROUP,
            Channel::new(Box::new(answers.clone())),
            StringView::empty(),
            V8InspectorClientTrustLevel::FullyTrusted,
        );
        Coverage {
            session,
            answers,
            _inspector: inspector,
        }
    }

    /// One command; the answer, in the protocol's JSON.
    fn ask(&self, command: &str) -> Option<String> {
        self.session
            .dispatch_protocol_message(StringView::from(command.as_bytes()));
        self.answers.0.borrow_mut().take()
    }
}

/// Collects from now on: counts of calls and of blocks.
fn start<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, _: Return<'s>) {
    if COVERAGE.with_borrow(Option::is_some) {
        return;
    }
    let coverage = Coverage::new(scope);
    coverage.ask(r#"{"id":1,"method":"Profiler.enable"}"#);
    coverage.ask(concat!(
        r#"{"id":2,"method":"Profiler.startPreciseCoverage","#,
        r#""params":{"callCount":true,"detailed":true}}"#
    ));
    COVERAGE.with_borrow_mut(|slot| *slot = Some(coverage));
}

/// takeCoverage(): the answer's text; undefined when nothing is collected.
fn take<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    let answer = COVERAGE.with_borrow(|slot| {
        slot.as_ref()?
            .ask(r#"{"id":3,"method":"Profiler.takePreciseCoverage"}"#)
    });
    if let Some(answer) = answer {
        rv.set(js_string(scope, &answer).into());
    }
}

fn end<'s>(_: &mut v8::PinScope<'s, '_>, _: Args<'s>, _: Return<'s>) {
    forget();
}

/// Before the isolate ends, since the inspector belongs to it.
pub(crate) fn forget() {
    let coverage = COVERAGE.with_borrow_mut(Option::take);
    drop(coverage);
}
