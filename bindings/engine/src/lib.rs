//! The V8 fence: the crate that names `v8`, beside coring-napi, which stands on it. Above it
//! bindings see [`Isolate`], the [`ops!`] table and the argument types of `value`; below it is V8's
//! C++ heap.
//!
//! It never hears of rings or HTTP. Its `unsafe` is of three kinds: reading memory that
//! JavaScript lent for the length of one call, finding this thread's isolate, and V8's callbacks.

mod boot;
mod builtin;
mod contextify;
pub mod debugger;
mod delivery;
mod error;
pub mod guest;
mod heap;
mod held;
mod isolate;
mod library_code;
mod message;
mod microtasks;
mod module;
mod op;
mod page;
mod process;
mod realm;
mod remote;
pub mod snapshot;
mod sources;
mod store;
mod tasks;
mod text;
mod value;
mod young;

pub use builtin::answers::{Answer, ask};
pub use builtin::gc::{CollectionTracer, trace_collections};
pub use contextify::{InterruptWatch, set_interrupt_watch};
pub use delivery::Delivery;
pub use held::Held;
pub use isolate::{Isolate, IsolateLimits, IsolateOptions};
pub use library_code::LibraryCode;
pub use message::{Message, Parcel};
pub use op::{
    Binding, Call, Door, FastNumber, FastOp, LongCall, OpDecl, ViewOp, fast_entry, view_entry,
};
pub use process::{ADDRESSES_BYTES_MIN, set_flags, set_time_zone, start, version};
pub use realm::Ending;
pub use remote::{Interrupted, Remote, question};
pub use sources::{LibraryFile, Sources, library_files};
pub use tasks::{Wake, wake_by};
pub use text::Text;
pub use value::{
    Bytes, Copied, Data, ErrorClass, FromJs, IntoJs, Js, Rows, SHORT_MAX, Short, TextPairs, Throw,
};
