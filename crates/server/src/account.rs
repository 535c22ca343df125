//! Who asks for a server, and whom it runs as.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::error::ServerError;

/// A user and a group by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    pub user: u32,
    pub group: u32,
}

/// The accounts of one server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Accounts {
    /// Who asks.
    pub us: u32,
    /// Whom the server runs as; none where it runs as us.
    pub other: Option<Account>,
}

impl Accounts {
    /// PostgreSQL refuses to run as root: then the account of its package, or nobody's.
    pub(crate) fn find() -> Result<Self, ServerError> {
        let us = rustix::process::getuid().as_raw();
        if us != 0 {
            return Ok(Self { us, other: None });
        }
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let other = ["postgres", "nobody"].iter().find_map(|name| account_in(&users, name));
        match other {
            Some(_) => Ok(Self { us, other }),
            None => Err(ServerError::NoAccount),
        }
    }

    /// The owner of what only the server may enter.
    pub(crate) fn servers(&self) -> u32 {
        self.other.map_or(self.us, |account| account.user)
    }

    pub(crate) fn are_root(&self) -> bool {
        self.us == 0
    }
}

/// The account `name` in the text of `/etc/passwd`.
fn account_in(users: &str, name: &str) -> Option<Account> {
    let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let number = |text: &str| match text.parse::<i64>() {
        // macOS writes nobody's as -2.
        Ok(number @ -0x8000_0000..0) => u32::try_from(number + 0x1_0000_0000).ok(),
        Ok(number) => u32::try_from(number).ok(),
        Err(_) => None,
    };
    fields.filter(|fields| fields.first() == Some(&name)).find_map(|fields| {
        let account = Account { user: number(fields.get(2)?)?, group: number(fields.get(3)?)? };
        (account.user != 0).then_some(account)
    })
}

/// Whether `account` may pass through every folder down to `folder`, of those that exist.
pub(crate) fn may_enter(account: Account, folder: &Path) -> bool {
    existing(folder).all(|metadata| {
        let bit = match () {
            () if metadata.uid() == account.user => 0o100,
            () if metadata.gid() == account.group => 0o010,
            () => 0o001,
        };
        metadata.mode() & bit != 0
    })
}

/// Whether nobody but root can put a link in the place of `folder` or of one above it.
pub(crate) fn is_roots(folder: &Path) -> bool {
    let sticky = 0o1000;
    existing(folder).all(|metadata| {
        metadata.uid() == 0 && (metadata.mode() & 0o022 == 0 || metadata.mode() & sticky != 0)
    })
}

fn existing(folder: &Path) -> impl Iterator<Item = Metadata> {
    folder.ancestors().filter_map(|folder| fs::metadata(folder).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_name_alone() {
        let users = "root:x:0:0:root:/root:/bin/sh\nnobody:*:-2:-2::/:/bin/false\n\
                     postgres-exporter:x:7:7::/:/bin/sh\npostgres:x:101:104::/:/bin/sh\nbad:x\n";
        assert_eq!(account_in(users, "postgres"), Some(Account { user: 101, group: 104 }));
        let nobody = Account { user: 4_294_967_294, group: 4_294_967_294 };
        assert_eq!(account_in(users, "nobody"), Some(nobody));
        for name in ["bad", "missing", "root"] {
            assert_eq!(account_in(users, name), None, "{name}");
        }
    }
}
