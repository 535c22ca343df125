//! Applies migrations on one connection, with their ledger rows.

mod base;
mod concurrent_index;
mod ladder;
mod locate;
mod message;
mod other_tools;
mod outside;
mod rust;
mod sql;

pub(crate) use base::{Applied, Runner, limits};
pub(crate) use ladder::{Blocker, FIRST, Ladder, can_be_undone};
pub(crate) use message::Part;
pub(crate) use rust::UpError;
pub(crate) use sql::End;
