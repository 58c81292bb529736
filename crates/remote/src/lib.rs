//! A store that several share: in a folder of a network disk, in a bucket, or behind a web server that is only read.
//!
//! What a shared store is made of is a [`Bucket`]: bytes under names, which are listed, got, put and taken away, many at
//! a time. A [`Remote`] makes the two traits of a store of it: objects under their digests, and records in an index
//! of a few parts, each named by its own digest, so that one listing and a few transfers say what there is. Nothing in a
//! bucket is believed unless its digest says so, and no part of it is ever written anew under a name that counts: of two
//! who write at once neither loses anything, whatever the bucket makes of it.

mod address;
mod attempts;
mod azure_bucket;
mod azure_signature;
mod batch;
mod bucket;
mod collect;
mod curl;
mod error;
mod folder_bucket;
mod http_bucket;
mod index;
mod keys;
mod names;
mod remote;
mod s3_bucket;
mod s3_listing;
mod s3_signature;
mod segment;
mod service;
mod trust;

pub use address::bucket_at;
pub use azure_bucket::AzureBucket;
pub use bucket::{Bucket, Get, Listed, Put, Trouble};
pub use collect::{KeepThere, RemovedThere};
pub use error::{RemoteError, Result};
pub use folder_bucket::FolderBucket;
pub use http_bucket::HttpBucket;
pub use keys::Keys;
pub use remote::{Remote, There};
pub use s3_bucket::S3Bucket;
pub use trust::{Signature, Trust};
