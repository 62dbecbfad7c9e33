//! Binding `network_resources`: texts that programs leave for debuggers under URLs, such as source
//! maps. All threads of a process share them, and a debugger may read them while it holds a thread.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock};

use coring_engine::{Js, ops};

use crate::Natives;

ops! { network_resources(Natives) {
    slow put(url: String, text: String);
    /// Is there a text under this URL, and any in it?
    slow has(url: String);
    /// At most `size` bytes of its UTF-8 from the byte `offset` on; null from its end on.
    slow read(url: String, offset: i32, size: i32);
    slow erase(url: String);
} }

/// As many and as large as programs leave: they count as memory of theirs.
fn resources() -> MutexGuard<'static, HashMap<String, String>> {
    static RESOURCES: OnceLock<Mutex<HashMap<String, String>>> = OnceLock::new();
    RESOURCES
        .get_or_init(Mutex::default)
        .lock()
        .expect("no holder of this lock can panic")
}

fn put(_: &mut Natives, url: String, text: String) {
    resources().insert(url, text);
}

fn has(_: &mut Natives, url: String) -> Js {
    Js::from(resources().get(&url).is_some_and(|text| !text.is_empty()))
}

fn read(_: &mut Natives, url: String, offset: i32, size: i32) -> Js {
    resources()
        .get(&url)
        .and_then(|text| piece(text.as_bytes(), offset, size))
        .map_or(Js::Null, |piece| {
            Js::Text(String::from_utf8_lossy(piece).into_owned())
        })
}

/// A negative offset lies behind the end and a negative size has none, as for Node.
fn piece(bytes: &[u8], offset: i32, size: i32) -> Option<&[u8]> {
    let offset = usize::try_from(offset).ok()?;
    let rest = bytes.get(offset..).filter(|rest| !rest.is_empty())?;
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    Some(&rest[..rest.len().min(size)])
}

fn erase(_: &mut Natives, url: String) {
    resources().remove(&url);
}

#[cfg(test)]
mod tests {
    use super::piece;

    #[test]
    fn pieces_end_with_the_text() {
        let check = |offset: i32, size: i32, expect: Option<&str>| {
            let found = piece(b"hello", offset, size);
            assert_eq!(found, expect.map(str::as_bytes), "{offset} {size}");
        };
        check(0, 5, Some("hello"));
        check(0, 2, Some("he"));
        check(3, 9, Some("lo"));
        check(4, i32::MAX, Some("o"));
        check(1, 0, Some(""));
        check(5, 1, None);
        check(6, 1, None);
        check(-1, 1, None);
        check(2, -1, Some("llo"));
    }
}
