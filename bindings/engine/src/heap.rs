//! The heap limit: reaching it ends this isolate's JavaScript, never the process. Before that, a
//! snapshot is written if the program has asked for some.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::tell;
use crate::realm::{Ending, Realm};

/// Room for V8 to unwind the JavaScript stack and build the report after the limit was reached.
const UNWIND_BYTES: usize = 64 << 20;

/// So often the limit is raised for that. V8 has loops without a place where it would notice that
/// it shall end (it elides the check where it has inlined all that is called): they must not eat
/// the machine, and the process ends with them, as it would under Node.
const UNWINDS_MAX: u32 = 8;

/// Room for the program to go on after a snapshot, until the next or the end.
const AFTER_SNAPSHOT_BYTES: usize = 16 << 20;

/// Snapshots to write when the limit is near.
#[derive(Default)]
pub(crate) struct Snapshots {
    pub(crate) left_count: Cell<u32>,
    written_count: Cell<u32>,
    /// What tells this process and thread in the names of files.
    pub(crate) owner: RefCell<String>,
    is_writing: Cell<bool>,
    isolate: Cell<Option<v8::UnsafeRawIsolatePtr>>,
}

/// Arms the limit. The realm outlives the isolate (see `Isolate`'s field order).
pub(crate) fn guard(v8: &mut v8::OwnedIsolate, realm: &Realm) {
    // SAFETY: reads the pointer of a live isolate; it is used while that calls back.
    let pointer = unsafe { v8.as_raw_isolate_ptr() };
    realm.snapshots.isolate.set(Some(pointer));
    let data = std::ptr::from_ref(realm).cast_mut().cast::<c_void>();
    v8.add_near_heap_limit_callback(near_heap_limit, data);
}

unsafe extern "C" fn near_heap_limit(data: *mut c_void, current: usize, _initial: usize) -> usize {
    // SAFETY: `guard` passed the realm, which outlives the isolate that calls this.
    let realm = unsafe { &*data.cast::<Realm>() };
    if realm.snapshots.is_writing.get() {
        return current + UNWIND_BYTES;
    }
    if realm.snapshots.left_count.get() > 0 {
        realm.snapshots.write();
        return current + AFTER_SNAPSHOT_BYTES;
    }
    if crate::store::was_refused() && realm.snapshots.used_bytes() < current / 2 {
        // V8 wants memory for an ArrayBuffer, and asks here before it throws.
        return current;
    }
    realm.heap_limit_reached.set(true);
    crate::builtin::terminate_current();
    let unwinds_count = realm.unwinds_count.get() + 1;
    realm.unwinds_count.set(unwinds_count);
    match unwinds_count {
        0..=UNWINDS_MAX => {
            let extra = realm.heap_extra_bytes.get();
            realm.heap_extra_bytes.set(extra + UNWIND_BYTES);
            current + UNWIND_BYTES
        }
        _ => current,
    }
}

impl Snapshots {
    /// Bytes of JavaScript's objects.
    fn used_bytes(&self) -> usize {
        let Some(mut pointer) = self.isolate.get() else {
            return 0;
        };
        // SAFETY: `guard` took it from the isolate that calls back now, on this thread.
        let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
        isolate.get_heap_statistics().used_heap_size()
    }

    fn write(&self) {
        let Some(mut pointer) = self.isolate.get() else {
            return;
        };
        // SAFETY: `guard` took it from the isolate that calls back now, on this thread.
        let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut pointer) };
        self.left_count.set(self.left_count.get() - 1);
        self.written_count.set(self.written_count.get() + 1);
        let name = self.file_name();
        self.is_writing.set(true);
        let file = File::create(&name).map(BufWriter::new);
        let written = file.and_then(|mut file| {
            let mut result = Ok(());
            isolate.take_heap_snapshot(|chunk| {
                result = file.write_all(chunk);
                result.is_ok()
            });
            result.and_then(|()| file.flush())
        });
        self.is_writing.set(false);
        match written {
            Ok(()) => tell(&format!("Wrote snapshot to {name}\n")),
            Err(error) => tell(&format!("Failed to write snapshot to {name}: {error}\n")),
        }
    }

    /// `Heap.20260131.235959.pid.thread.001.heapsnapshot`, in UTC.
    fn file_name(&self) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = now.map_or(0, |now| now.as_secs());
        let (year, month, day) = civil_from_days((seconds / 86400) as i64);
        let of_day = seconds % 86400;
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        format!(
            "Heap.{year}{month:02}{day:02}.{hour:02}{minute:02}{second:02}.{}.{:03}.heapsnapshot",
            self.owner.borrow(),
            self.written_count.get()
        )
    }
}

/// Year, month and day of so many days after 1970-01-01, in the proleptic Gregorian calendar:
/// 400 years of it are 146097 days, and a year that begins in March ends with its leap day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_based = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_based + 2) / 5 + 1;
    let month = if march_based < 10 {
        march_based + 3
    } else {
        march_based - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Why V8 stopped, when it was not by an exception.
pub(crate) fn ending_of_termination(realm: &Realm) -> Ending {
    let ending = match realm.ending.get() {
        Some(ending) => ending,
        None if realm.heap_limit_reached.get() => Ending::HeapLimit,
        None => Ending::Terminated,
    };
    realm.ending.set(Some(ending));
    ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil_from_days(0), (1970, 1, 1));
        assert_eq!(civil_from_days(11_016), (2000, 2, 29));
        assert_eq!(civil_from_days(11_017), (2000, 3, 1));
        assert_eq!(civil_from_days(20_454), (2026, 1, 1));
    }
}
