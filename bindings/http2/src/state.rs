//! What nghttp2's callbacks fill while a session receives or sends.

use std::collections::HashMap;

use crate::event::{Event, Fields};
use crate::options::{Options, Padding};
use crate::outgoing::Outgoing;

/// Memory that a stream costs besides what it has queued, about: nghttp2's and ours.
const STREAM_BYTES: usize = 1024;

/// What RFC 9113, 6.5.2 adds to the bytes of each field.
const FIELD_BYTES: usize = 32;

/// Bytes of a frame's head (RFC 9113, 4.1).
pub(crate) const FRAME_HEAD: usize = 9;

/// Most that one list of fields may count, whatever the settings say; as Node.
const FIELDS_BYTES_MAX: usize = 16_777_215;

/// A list of fields that is being received. There is one at a time: nothing comes between HEADERS
/// and its CONTINUATION (RFC 9113, 6.10).
#[derive(Default)]
struct Block {
    stream: i32,
    fields: Fields,
    bytes_count: usize,
}

#[derive(Default)]
struct Stream {
    outgoing: Outgoing,
    /// What its fields count. The program may ask for them until it ends.
    fields_bytes: usize,
}

#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) frames_received: u64,
    pub(crate) frames_sent: u64,
    pub(crate) streams: u64,
    pub(crate) streams_at_once_max: usize,
    pub(crate) bytes_written: u64,
    pub(crate) bytes_read: u64,
}

pub(crate) struct State {
    pub(crate) events: Vec<Event>,
    pub(crate) out: Vec<u8>,
    pub(crate) counts: Counts,
    pub(crate) queued_bytes: usize,
    /// Of the fields of all streams that are open.
    fields_bytes: usize,
    /// Address of the bytes that are being received; only compared.
    pub(crate) input_address: usize,
    /// Bytes of DATA of this pass.
    pub(crate) received_bytes: usize,
    pub(crate) concurrent_streams_max: usize,
    pub(crate) fields_bytes_max: usize,
    pub(crate) is_over_invalid_frames: bool,
    /// GOAWAY frames that were asked for and did not go out yet.
    pub(crate) goaways_asked: u32,
    /// A GOAWAY went out that nobody asked for: the peer has broken the rules, and nghttp2 does not
    /// always call back about it.
    pub(crate) has_given_up: bool,
    streams: HashMap<i32, Stream>,
    block: Block,
    padding: Padding,
    header_pairs_max: usize,
    session_bytes_max: usize,
    invalid_frames_max: u32,
    invalid_frames: u32,
    rejected_streams_max: u32,
    rejected_streams: u32,
}

/// What becomes of a stream that the peer opens.
#[derive(PartialEq, Eq)]
pub(crate) enum Welcome {
    Known,
    Refused,
    /// Refused, and it was one too many.
    Flood,
}

impl State {
    pub(crate) fn new(options: &Options) -> State {
        let pairs_min = if options.is_server { 4 } else { 1 };
        State {
            events: Vec::new(),
            out: Vec::new(),
            counts: Counts::default(),
            queued_bytes: 0,
            fields_bytes: 0,
            input_address: 0,
            received_bytes: 0,
            concurrent_streams_max: usize::MAX,
            fields_bytes_max: FIELDS_BYTES_MAX,
            is_over_invalid_frames: false,
            goaways_asked: 0,
            has_given_up: false,
            streams: HashMap::new(),
            block: Block::default(),
            padding: options.padding,
            header_pairs_max: options.header_pairs_max.max(pairs_min),
            session_bytes_max: options.session_bytes_max,
            invalid_frames_max: options.invalid_frames_max,
            invalid_frames: 0,
            rejected_streams_max: options.rejected_streams_max,
            rejected_streams: 0,
        }
    }

    pub(crate) fn set_limits(&mut self, concurrent_streams_max: u32, fields_bytes_max: u32) {
        self.concurrent_streams_max = concurrent_streams_max as usize;
        self.fields_bytes_max = FIELDS_BYTES_MAX.min(fields_bytes_max as usize);
    }

    pub(crate) fn stream(&mut self, stream: i32) -> Option<&mut Outgoing> {
        let found = self.streams.get_mut(&stream);
        found.map(|stream| &mut stream.outgoing)
    }

    pub(crate) fn add_stream(&mut self, stream: i32) -> &mut Outgoing {
        self.counts.streams += 1;
        let at_once = self.streams.len() + 1;
        self.counts.streams_at_once_max = self.counts.streams_at_once_max.max(at_once);
        &mut self.streams.entry(stream).or_default().outgoing
    }

    /// May the session have so much more?
    fn has_room_for(&self, bytes_count: usize) -> bool {
        let streams = self.streams.len() * STREAM_BYTES;
        let bytes = self.queued_bytes + self.fields_bytes + self.block.bytes_count + streams;
        bytes + bytes_count <= self.session_bytes_max
    }

    fn has_room_for_stream(&self) -> bool {
        self.streams.len() < self.concurrent_streams_max && self.has_room_for(STREAM_BYTES)
    }

    /// A list of fields begins.
    pub(crate) fn begin_block(&mut self, stream: i32) -> Welcome {
        self.block = Block {
            stream,
            ..Block::default()
        };
        if self.streams.contains_key(&stream) {
            return Welcome::Known;
        }
        if self.has_room_for_stream() {
            self.rejected_streams = 0;
            self.add_stream(stream);
            return Welcome::Known;
        }
        self.rejected_streams += 1;
        match self.rejected_streams > self.rejected_streams_max {
            true => Welcome::Flood,
            false => Welcome::Refused,
        }
    }

    /// False: the list becomes too long.
    pub(crate) fn add_field(&mut self, name: &[u8], value: &[u8], is_sensitive: bool) -> bool {
        let field_bytes = name.len() + value.len() + FIELD_BYTES;
        let has_room = self.has_room_for(field_bytes);
        let block = &mut self.block;
        let bytes_count = block.bytes_count + field_bytes;
        let is_full = block.fields.spans.len() >= self.header_pairs_max;
        if is_full || bytes_count > self.fields_bytes_max || !has_room {
            return false;
        }
        block.bytes_count = bytes_count;
        if !name.is_empty() {
            block.fields.push(name, value, is_sensitive);
        }
        true
    }

    pub(crate) fn end_block(&mut self) -> Fields {
        let block = std::mem::take(&mut self.block);
        if let Some(stream) = self.streams.get_mut(&block.stream) {
            stream.fields_bytes += block.bytes_count;
            self.fields_bytes += block.bytes_count;
        }
        block.fields
    }

    /// False: one too many.
    pub(crate) fn count_invalid_frame(&mut self) -> bool {
        self.is_over_invalid_frames = self.invalid_frames > self.invalid_frames_max;
        self.invalid_frames += 1;
        !self.is_over_invalid_frames
    }

    pub(crate) fn count_goaway(&mut self) {
        match self.goaways_asked {
            0 => self.has_given_up = true,
            _ => self.goaways_asked -= 1,
        }
    }

    pub(crate) fn close_stream(&mut self, stream: i32, code: u32) {
        if let Some(closed) = self.streams.remove(&stream) {
            self.queued_bytes -= closed.outgoing.bytes_count();
            self.fields_bytes -= closed.fields_bytes;
            self.events.push(Event::Closed { stream, code });
        }
    }

    pub(crate) fn queue(&mut self, stream: i32, bytes: Vec<u8>) {
        let count = bytes.len();
        if let Some(outgoing) = self.stream(stream) {
            outgoing.push(bytes);
            self.queued_bytes += count;
        }
    }

    /// A frame of DATA: what nghttp2 made of its head, padding, and `count` bytes of the stream.
    pub(crate) fn frame_data(&mut self, stream: i32, head: &[u8], padding: usize, count: usize) {
        let Some(Stream { outgoing, .. }) = self.streams.get_mut(&stream) else {
            return;
        };
        self.out.extend_from_slice(head);
        if padding > 0 {
            self.out.push((padding - 1) as u8);
        }
        outgoing.take(count, &mut self.out);
        self.out
            .resize(self.out.len() + padding.saturating_sub(1), 0);
        self.queued_bytes -= count;
        self.counts.bytes_written += count as u64;
        match self.events.last_mut() {
            Some(Event::Written {
                stream: last,
                count: written,
            }) if *last == stream => *written += count,
            _ => self.events.push(Event::Written { stream, count }),
        }
    }

    /// Length of a frame with its padding.
    pub(crate) fn padded(&self, count: usize, count_max: usize) -> usize {
        let wanted = match self.padding {
            Padding::None => count,
            Padding::Aligned => (count + FRAME_HEAD).next_multiple_of(8) - FRAME_HEAD,
            Padding::Max => count_max,
        };
        wanted.clamp(count, count_max)
    }
}
