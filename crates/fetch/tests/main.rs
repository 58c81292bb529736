//! All tests as one program.

mod databases;
mod downloads;
mod server;
mod services;
