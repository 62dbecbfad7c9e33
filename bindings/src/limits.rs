//! Every bound of the native side: name, unit, reason.

/// Unparsed input kept per connection before reading stops; one maximal head and a full buffer.
pub const INPUT_BYTES_MAX: usize = 256 << 10;

/// Output a fast-lane connection may queue before pipelined requests wait for the peer to read.
pub const OUTPUT_BYTES_HIGH: usize = 64 << 10;

/// So many bytes in one write are offered to the kernel at once; fewer are copied, and leave with
/// all that a turn wrote.
pub const DIRECT_BYTES_MIN: usize = 32 << 10;

/// Whenever so many more bytes have gathered, they are offered at once, too: lib_js then need not
/// make the writer wait, as Node, which sends each write.
pub const OFFERED_BYTES: usize = 64 << 10;

/// So many bytes that the kernel did not take at once stay in JavaScript's own memory. lib_js calls
/// a write done, and its buffer free, only while fewer bytes than this are queued.
pub const HELD_BYTES_MIN: usize = 64 << 10;

/// So many bytes in a row that filled whole leases: the stream is one of large pieces.
pub const BULK_BYTES_MIN: usize = 16 << 10;

/// Bytes taken from such a stream at a time, as Node does.
pub const BULK_READ_BYTES: usize = 64 << 10;

/// A piece is large, and JavaScript gets the memory that it was read to, from so many bytes on;
/// what is smaller is copied, and the memory used again.
pub const BULK_KEEP_BYTES_MIN: usize = BULK_READ_BYTES / 2;

/// So many pieces in a row that two leases would have held: the stream is no more one of large
/// pieces.
pub const BULK_SMALL_PIECES_MAX: u8 = 4;
pub const BULK_SMALL_BYTES_MAX: usize = 8 << 10;

/// Pipelined requests that one connection gives JavaScript before others have their turn, and
/// before it is asked anew whether the peer reads.
pub const PIPELINED_BATCH_MAX: u32 = 32;

/// Requests of one connection that may wait for their answers: memory of JavaScript.
pub const PIPELINED_OPEN_MAX: u32 = 1024;

/// Deadlines are kept in steps of at most this many ms: Node's own check runs every 30 s.
pub const DEADLINE_STEP_MS: u64 = 250;

/// Messages another core may leave here before its send is refused.
pub const MAIL_MESSAGES_MAX: usize = 4096;

/// Bytes taken from a channel of messages at a time, as Node does.
pub const CHANNEL_CHUNK_BYTES: usize = 64 << 10;

/// Bytes taken from a FIFO at a time: what a pipe holds by default.
pub const FIFO_READ_BYTES: usize = 64 << 10;

/// Such chunks taken from one channel before others have their turn, as in libuv.
pub const CHANNEL_READS_MAX: usize = 32;

/// Largest file that is read, and largest piece that is written, by plain calls: some 100 us each.
pub const PLAIN_FILE_BYTES_MAX: usize = 1 << 20;
pub const PLAIN_WRITE_BYTES_MAX: usize = 512 << 10;

/// Paths that are remembered as being in the kernel's memory.
pub const LATELY_COUNT: usize = 2048;

/// Freeing the blocks of a larger file takes long: 60 to 350 us for each MiB, which a plain call
/// would have the core wait for.
pub const PLAIN_FREED_BYTES_MAX: u64 = 4 << 20;

/// A plain call that takes longer has waited: for a disk, a journal, room for dirty pages.
pub const PLAIN_CALL_NS_MAX: u64 = 2_000_000;

/// How long the ring makes all calls after that, ms.
pub const PAUSE_MS_MIN: u64 = 8;
pub const PAUSE_MS_MAX: u64 = 1024;

/// How old the knowledge of what is mounted may be, ms.
pub const MOUNTS_STALE_MS: u64 = 250;

/// Pause before accepting again when the process has no descriptor left, ms.
pub const ACCEPT_RETRY_MS: u64 = 100;

/// Longest wait while V8 works in the background (compiling WebAssembly): V8 wakes nobody.
pub const BACKGROUND_POLL: std::time::Duration = std::time::Duration::from_millis(1);

/// Threads of the compute lane, unless UV_THREADPOOL_SIZE says otherwise: as many as Node's.
pub const LANE_THREADS: usize = 4;

/// Most that may be asked for, as in libuv.
pub const LANE_THREADS_MAX: usize = 1024;

/// How far the compute lane stands behind the cores, sched(7).
pub const LANE_NICENESS: i32 = 10;

/// The lane's slice: the longest that the kernel takes. A core's is shorter, so a core that wakes
/// need not wait for the end of it.
pub const LANE_SLICE: std::time::Duration = std::time::Duration::from_millis(100);

const _: () = assert!(OUTPUT_BYTES_HIGH <= INPUT_BYTES_MAX);
