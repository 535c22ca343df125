//! Applies migrations on one connection, with their ledger rows.

mod base;
mod concurrent_index;
mod locate;
mod message;
mod other_tools;
mod outside;
mod rust;
mod sql;

pub(crate) use base::{Applied, Runner, limits};
pub(crate) use message::Part;
pub(crate) use rust::UpError;
pub(crate) use sql::End;
