//! Shared stores, over buckets of every kind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod azure;
mod buckets;
mod collected;
mod every_store;
mod http;
mod latency;
mod running;
mod s3;
mod two_at_once;
mod web_server;
