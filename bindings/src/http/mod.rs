//! The fast lane: HTTP/1 server connections whose bytes are parsed and written natively.
//! JavaScript gets one entry per request and gives one op per response.
//!
//! | file | what |
//! |---|---|
//! | settings.rs | what a server was configured with, shared by its connections |
//! | conn.rs | one connection: bytes in, entries out |
//! | reply.rs | responses: ops in, bytes out |
//! | fields.rs | header lines for programs that ask for them |
//! | server.rs | the other ops of binding `http`, and deadlines coming due |
//! | parser.rs | binding `http_parser`: the same codec over any stream |

mod conn;
pub mod fields;
pub mod parser;
mod reply;
pub mod server;
mod settings;

pub use conn::{Conn, Due, InputEnd};
pub use server::BINDING;
pub use settings::Settings;
