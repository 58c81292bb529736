//! Results that several share: taking what is missing from a shared store, and giving what is here.
//!
//! It reads runs, the plan and the store. It never runs a stage, and knows of a shared store nothing but the two
//! traits [`Blobs`](crate::store::Blobs) and [`Records`](crate::store::Records).

mod pull;
mod push;

pub use pull::pull;
pub use push::{PushWhat, Pushed, push};
