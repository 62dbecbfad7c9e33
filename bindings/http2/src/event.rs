//! What a session has to tell, in the order in which it happened.

/// Values that are shorter are not worth a look whether they are there already.
const REPEATED_BYTES_MIN: usize = 64;
/// How many fields back it is looked for.
const REPEATED_LOOKS_MAX: usize = 128;

/// Header fields: names and values lie in one text, by their spans. A long value that is repeated
/// lies there once: a byte of a peer's may stand for a whole entry of its table (RFC 7541, 6.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    pub text: Vec<u8>,
    /// Start and end of name and value, in bytes of `text`.
    pub spans: Vec<[u32; 4]>,
    /// Which fields the peer wants never to be indexed.
    pub sensitive: Vec<u32>,
}

impl Fields {
    pub(crate) fn push(&mut self, name: &[u8], value: &[u8], is_sensitive: bool) {
        if is_sensitive {
            self.sensitive.push(self.spans.len() as u32);
        }
        let start = self.text.len() as u32;
        let middle = start + name.len() as u32;
        self.text.extend_from_slice(name);
        let [value, end] = self.repeated(value).unwrap_or_else(|| {
            self.text.extend_from_slice(value);
            [middle, self.text.len() as u32]
        });
        self.spans.push([start, middle, value, end]);
    }

    /// Where a value stands already.
    fn repeated(&self, value: &[u8]) -> Option<[u32; 2]> {
        if value.len() < REPEATED_BYTES_MIN {
            return None;
        }
        let is_same = |start: u32, end: u32| {
            let length = (end - start) as usize;
            length == value.len() && &self.text[start as usize..end as usize] == value
        };
        let mut latest = self.spans.iter().rev().take(REPEATED_LOOKS_MAX);
        let found = latest.find(|span| is_same(span[2], span[3]))?;
        Some([found[2], found[3]])
    }

    /// The name of field `index`.
    pub fn name(&self, index: u32) -> &[u8] {
        match self.spans.get(index as usize) {
            Some(&[start, end, ..]) => &self.text[start as usize..end as usize],
            None => &[],
        }
    }

    /// Names and values.
    pub fn pairs(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.spans
            .iter()
            .map(|&[name, name_end, value, value_end]| {
                let name = &self.text[name as usize..name_end as usize];
                (name, &self.text[value as usize..value_end as usize])
            })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Headers {
        stream: i32,
        category: u32,
        flags: u8,
        fields: Fields,
    },
    PushPromise {
        stream: i32,
        promised: i32,
        flags: u8,
        fields: Fields,
    },
    /// Bytes of what `receive` was given.
    Data {
        stream: i32,
        start: usize,
        count: usize,
    },
    End {
        stream: i32,
    },
    Closed {
        stream: i32,
        code: u32,
    },
    /// Settings of the peer: all, in the order of `Session::settings_of`, as they are after this
    /// frame; and those of the frame that RFC 9113 does not name.
    Settings {
        settings: [u32; 7],
        custom: Vec<(u16, u32)>,
    },
    SettingsAck,
    Ping([u8; 8]),
    Pong([u8; 8]),
    Goaway {
        code: u32,
        last_stream: i32,
        opaque: Vec<u8>,
    },
    Altsvc {
        stream: i32,
        origin: Vec<u8>,
        value: Vec<u8>,
    },
    Origin(Vec<Vec<u8>>),
    Priority {
        stream: i32,
        parent: i32,
        weight: i32,
        is_exclusive: bool,
    },
    /// A frame that fails the session, by nghttp2's code.
    ProtocolError(i32),
    /// A frame that could not be sent, by HTTP/2's code.
    FrameError {
        stream: i32,
        kind: u8,
        code: u32,
    },
    /// So many bytes of what was written are in frames.
    Written {
        stream: i32,
        count: usize,
    },
    WantTrailers {
        stream: i32,
    },
}
