#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "print", feature = "verify"))]
mod catalog;
#[cfg(any(feature = "print", feature = "snapshot", feature = "verify"))]
mod consistent;
#[cfg(feature = "snapshot")]
pub mod diff;
mod error;
#[cfg(feature = "snapshot")]
pub mod facts;
#[cfg(feature = "verify")]
mod misfit;
#[cfg(feature = "pictures")]
pub mod pictures;
#[cfg(any(feature = "print", feature = "verify"))]
mod rust;
#[cfg(feature = "print")]
pub mod schema_rs;
#[cfg(feature = "snapshot")]
mod snapshot;
#[cfg(feature = "verify")]
mod verify;

pub use error::SchemaError;
#[cfg(feature = "verify")]
pub use misfit::{Fault, Misfit};
#[cfg(feature = "snapshot")]
pub use snapshot::schema_difference;
#[cfg(feature = "verify")]
pub use verify::verify_schema;
