//! `time_zone`: the zone that Date and Intl show. ICU keeps one per process.

use super::{Args, Entry, Return, entry};

/// What ICU says where it cannot find out.
const UNKNOWN: &str = "Etc/Unknown";

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry("set", 1, set),
        entry("name", 0, name),
        entry("redetect", 0, redetect),
    ]
}

/// set(name): as ICU knows it; an unknown name is UTC to the C library, too.
fn set<'s>(scope: &mut v8::PinScope<'s, '_>, args: Args<'s>, mut rv: Return<'s>) {
    let name = args.get(0).to_rust_string_lossy(scope);
    let known = v8::icu::set_default_time_zone(&name) || v8::icu::set_default_time_zone("UTC");
    scope.date_time_configuration_change_notification(v8::TimeZoneDetection::Skip);
    rv.set_bool(known);
}

fn name<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, mut rv: Return<'s>) {
    let name = v8::icu::get_default_time_zone();
    let name = if name == UNKNOWN { "UTC" } else { &name };
    rv.set(crate::value::js_string(scope, name).into());
}

/// The machine's zone, or that of the TZ the process was started with.
fn redetect<'s>(scope: &mut v8::PinScope<'s, '_>, _: Args<'s>, _: Return<'s>) {
    scope.date_time_configuration_change_notification(v8::TimeZoneDetection::Redetect);
}
