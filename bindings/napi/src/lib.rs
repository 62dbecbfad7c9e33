//! The Node-API fence: what native addons call. The second crate that names `v8`, and the only one
//! with functions that C calls by name; they are `js_native_api.h` and `node_api.h` of Node 24.
//!
//! | file | what |
//! |---|---|
//! | `boundary`, `status` | types that cross: values, places for results, texts, error codes |
//! | `env`, `addons` | one environment per loaded module; what all of an isolate share |
//! | `arena`, `references`, `finalizers` | what an addon holds by an opaque name; its end |
//! | `scopes`, `callbacks` | handle scopes; JavaScript's way into the addon |
//! | `node_modules`, `host` | loading; what JavaScript calls; this thread's loop |
//! | `node_*` | the functions of `node_api.h` |
//! | `uv_*` | of libuv what addons import most |
//! | others | the functions, by subject |
//!
//! Opaque names (`napi_ref`, `napi_deferred`, `napi_handle_scope`, an external's value) are
//! numbers and no addresses: a stale one is `napi_invalid_arg`, not a crash. An addon itself is
//! native code, which can do what it likes; nothing here makes it safe.
//!
//! The order of checks, codes and texts are those of Node's `src/js_native_api_v8.cc`.

#[macro_use]
mod boundary;
mod addons;
mod arena;
mod array_buffers;
mod callbacks;
mod env;
mod errors;
mod external_strings;
mod externals;
mod finalizers;
mod host;
mod node_cleanup;
mod node_contexts;
mod node_functions;
mod node_memory;
mod node_modules;
mod node_process;
mod node_works;
mod objects;
mod promises;
mod properties;
mod references;
mod scopes;
mod status;
mod strings;
mod uv_loop;
mod uv_threads;
mod values;
mod wraps;

pub use addons::Addons;
pub use boundary::{EnvPointer, Value};
pub use env::Env;
pub use host::{Host, Job, arrivals_count, is_alive, start};
pub use node_modules::{BINDING, Loaded, Registered, take_registered};
pub use status::Status;
