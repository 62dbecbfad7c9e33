//! Frames of WebSocket (RFC 6455, section 5): bytes to what a client says, and back. No I/O.

/// Longest message of a client.
const MESSAGE_BYTES_MAX: usize = 128 << 20;

/// Section 5.5: longest payload of a control frame.
const CONTROL_BYTES_MAX: usize = 125;

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

const FINAL: u8 = 0x80;
const RESERVED: u8 = 0x70;
const MASKED: u8 = 0x80;

/// What a client says.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    Text(String),
    Ping(Vec<u8>),
    Close,
}

/// Why a connection must end: a status of section 7.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Protocol = 1002,
    Unsupported = 1003,
    NotUtf8 = 1007,
    TooLarge = 1009,
}

/// One client's bytes.
#[derive(Default)]
pub struct Reader {
    bytes: Vec<u8>,
    /// Where the next frame begins.
    at: usize,
    /// A message of which not every fragment has come.
    message: Option<Vec<u8>>,
}

/// The head of a frame.
struct Head {
    is_final: bool,
    code: u8,
    mask: [u8; 4],
    head_bytes: usize,
    payload_bytes: usize,
}

impl Reader {
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.at > 0 {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next thing that was said as a whole. None: more bytes are needed.
    pub fn next(&mut self) -> Result<Option<Said>, Fault> {
        loop {
            let Some(head) = read_head(&self.bytes[self.at..])? else {
                return Ok(None);
            };
            let start = self.at + head.head_bytes;
            let end = start + head.payload_bytes;
            if self.bytes.len() < end {
                return Ok(None);
            }
            let payload = &self.bytes[start..end];
            let payload: Vec<u8> = payload
                .iter()
                .enumerate()
                .map(|(index, byte)| byte ^ head.mask[index % 4])
                .collect();
            self.at = end;
            if let Some(said) = self.take(&head, payload)? {
                return Ok(Some(said));
            }
        }
    }

    fn take(&mut self, head: &Head, payload: Vec<u8>) -> Result<Option<Said>, Fault> {
        match head.code {
            CLOSE => return Ok(Some(Said::Close)),
            PING => return Ok(Some(Said::Ping(payload))),
            PONG => return Ok(None),
            TEXT if self.message.is_none() => self.message = Some(payload),
            CONTINUATION => {
                let message = self.message.as_mut().ok_or(Fault::Protocol)?;
                if message.len() + payload.len() > MESSAGE_BYTES_MAX {
                    return Err(Fault::TooLarge);
                }
                message.extend_from_slice(&payload);
            }
            TEXT => return Err(Fault::Protocol),
            _ => return Err(Fault::Unsupported),
        }
        if !head.is_final {
            return Ok(None);
        }
        let message = self.message.take().unwrap_or_default();
        let text = String::from_utf8(message).map_err(|_| Fault::NotUtf8)?;
        Ok(Some(Said::Text(text)))
    }
}

/// None: more bytes are needed.
fn read_head(bytes: &[u8]) -> Result<Option<Head>, Fault> {
    let [first, second, rest @ ..] = bytes else {
        return Ok(None);
    };
    let code = first & 0x0f;
    let is_final = first & FINAL != 0;
    let is_control = code >= CLOSE;
    if first & RESERVED != 0 || second & MASKED == 0 || code > PONG {
        return Err(Fault::Protocol);
    }
    let (payload_bytes, rest, length_bytes) = match (second & 0x7f, rest) {
        (126, [a, b, rest @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), rest, 2),
        (127, [a, b, c, d, e, f, g, h, rest @ ..]) => {
            let length = u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]);
            (length, rest, 8)
        }
        (126 | 127, _) => return Ok(None),
        (length, rest) => (u64::from(length), rest, 0),
    };
    let payload_bytes = usize::try_from(payload_bytes).map_err(|_| Fault::TooLarge)?;
    if is_control && (!is_final || payload_bytes > CONTROL_BYTES_MAX) {
        return Err(Fault::Protocol);
    }
    if payload_bytes > MESSAGE_BYTES_MAX {
        return Err(Fault::TooLarge);
    }
    let [a, b, c, d, ..] = rest else {
        return Ok(None);
    };
    Ok(Some(Head {
        is_final,
        code,
        mask: [*a, *b, *c, *d],
        head_bytes: 2 + length_bytes + 4,
        payload_bytes,
    }))
}

/// A frame of a server, which masks nothing, behind what `out` holds.
fn write(code: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(FINAL | code);
    match payload.len() {
        length @ 0..=125 => out.push(length as u8),
        length @ 126..=0xffff => {
            out.push(126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
}

pub fn write_text(text: &str, out: &mut Vec<u8>) {
    write(TEXT, text.as_bytes(), out);
}

pub fn write_pong(payload: &[u8], out: &mut Vec<u8>) {
    write(PONG, payload, out);
}

/// A close frame, with the reason if there is one.
pub fn write_close(fault: Option<Fault>, out: &mut Vec<u8>) {
    match fault {
        Some(fault) => write(CLOSE, &(fault as u16).to_be_bytes(), out),
        None => write(CLOSE, &[], out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASK: [u8; 4] = [1, 2, 4, 8];

    /// A frame as clients send it.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            length @ 0..=125 => bytes.push(0x80 | length as u8),
            length => {
                bytes.push(0x80 | 126);
                bytes.extend_from_slice(&(length as u16).to_be_bytes());
            }
        }
        bytes.extend_from_slice(&MASK);
        let masked = payload.iter().zip(MASK.iter().cycle());
        bytes.extend(masked.map(|(byte, mask)| byte ^ mask));
        bytes
    }

    fn all(bytes: &[u8], step: usize) -> Result<Vec<Said>, Fault> {
        let mut reader = Reader::default();
        let mut list = Vec::new();
        for piece in bytes.chunks(step) {
            reader.feed(piece);
            while let Some(said) = reader.next()? {
                list.push(said);
            }
        }
        Ok(list)
    }

    fn text(text: &str) -> Said {
        Said::Text(text.to_owned())
    }

    #[test]
    fn messages_are_read_however_they_are_cut() {
        let long = "x".repeat(300);
        let bytes = [
            frame(0x81, "h\u{e9}".as_bytes()),
            frame(0x01, b"one "),
            frame(0x89, b"ping"),
            frame(0x00, b"and "),
            frame(0x8a, b""),
            frame(0x80, b"two"),
            frame(0x81, long.as_bytes()),
            frame(0x88, b""),
        ]
        .concat();
        let expect = vec![
            text("h\u{e9}"),
            Said::Ping(b"ping".to_vec()),
            text("one and two"),
            text(&long),
            Said::Close,
        ];
        for step in [1, 2, 3, 7, 50, bytes.len()] {
            assert_eq!(all(&bytes, step), Ok(expect_copy(&expect)), "{step}");
        }
    }

    fn expect_copy(list: &[Said]) -> Vec<Said> {
        let copy = |said: &Said| match said {
            Said::Text(text) => Said::Text(text.clone()),
            Said::Ping(bytes) => Said::Ping(bytes.clone()),
            Said::Close => Said::Close,
        };
        list.iter().map(copy).collect()
    }

    #[test]
    fn faults_are_told() {
        let large = |length: u64| [&[0x81, 0xff][..], &length.to_be_bytes(), &MASK].concat();
        for (bytes, fault) in [
            (vec![0x81, 0x01, b'x'], Fault::Protocol),
            (frame(0xc1, b"x"), Fault::Protocol),
            (frame(0x80, b"x"), Fault::Protocol),
            (
                [frame(0x01, b"x"), frame(0x81, b"y")].concat(),
                Fault::Protocol,
            ),
            (frame(0x09, b"x"), Fault::Protocol),
            (frame(0x89, &[0; 126]), Fault::Protocol),
            (frame(0x8b, b""), Fault::Protocol),
            (frame(0x82, b"x"), Fault::Unsupported),
            (frame(0x81, b"\xff"), Fault::NotUtf8),
            (large(MESSAGE_BYTES_MAX as u64 + 1), Fault::TooLarge),
            (large(u64::MAX), Fault::TooLarge),
        ] {
            assert_eq!(all(&bytes, bytes.len()), Err(fault), "{bytes:?}");
        }
        assert_eq!(all(&large(MESSAGE_BYTES_MAX as u64), 14), Ok(vec![]));
    }

    #[test]
    fn frames_are_written() {
        for (length, head) in [
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (0x1_0000, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let mut out = Vec::new();
            write_text(&"x".repeat(length), &mut out);
            assert_eq!(&out[..head.len()], &head[..]);
            assert_eq!(out.len(), head.len() + length);
        }
        let mut out = Vec::new();
        write_close(None, &mut out);
        write_close(Some(Fault::Protocol), &mut out);
        write_pong(b"x", &mut out);
        assert_eq!(out, [0x88, 0, 0x88, 2, 0x03, 0xea, 0x8a, 1, b'x']);
    }
}
