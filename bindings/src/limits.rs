//! Every bound of the native side: name, unit, reason.

/// Unparsed input kept per connection before reading stops; one maximal head and a full buffer.
pub const INPUT_BYTES_MAX: usize = 256 << 10;

/// Output a fast-lane connection may queue before pipelined requests wait for the peer to read.
pub const OUTPUT_BYTES_HIGH: usize = 64 << 10;

/// So many bytes in one write are offered to the kernel at once, and what it does not take is sent
/// from JavaScript's own memory; fewer are copied, and leave with all that a turn wrote.
pub const DIRECT_BYTES_MIN: usize = 32 << 10;

/// Pipelined requests that one connection gives JavaScript before others have their turn, and
/// before it is asked anew whether the peer reads.
pub const PIPELINED_BATCH_MAX: u32 = 32;

/// Requests of one connection that may wait for their answers: memory of JavaScript.
pub const PIPELINED_OPEN_MAX: u32 = 1024;

/// Deadlines are kept in steps of this many ms: Node's own check runs every 30 s.
pub const DEADLINE_STEP_MS: u64 = 250;

/// Messages another core may leave here before its send is refused.
pub const MAIL_MESSAGES_MAX: usize = 4096;

/// Bytes taken from a channel of messages at a time, as Node does.
pub const CHANNEL_CHUNK_BYTES: usize = 64 << 10;

/// Bytes taken from a FIFO at a time: what a pipe holds by default.
pub const FIFO_READ_BYTES: usize = 64 << 10;

/// Such chunks taken from one channel before others have their turn, as in libuv.
pub const CHANNEL_READS_MAX: usize = 32;

/// Pause before accepting again when the process has no descriptor left, ms.
pub const ACCEPT_RETRY_MS: u64 = 100;

/// Longest wait while V8 works in the background (compiling WebAssembly): V8 wakes nobody.
pub const BACKGROUND_POLL: std::time::Duration = std::time::Duration::from_millis(1);

const _: () = assert!(OUTPUT_BYTES_HIGH <= INPUT_BYTES_MAX);
