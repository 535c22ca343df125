//! Names of tables and migrations as parts of addresses and of file names.

use std::fmt::Write;

/// How long a name may become: a file system has 255 bytes for one.
const LONGEST: usize = 180;

/// `name` in letters that are the same in every address and on every file system, even one that
/// takes large and small letters for the same. Different names stay different.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => slug.push(char::from(byte)),
            // A dot stands between a schema and a table; at the beginning it would hide a file.
            b'.' if !slug.is_empty() => slug.push('.'),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(slug, "={byte:02x}");
            }
        }
    }
    if slug.len() > LONGEST {
        slug.truncate(LONGEST - 20);
        let _ = write!(slug, "=-{:016x}", mixed(name));
    }
    slug
}

/// A number for a name, by FNV-1a.
fn mixed(name: &str) -> u64 {
    let mix = |number: u64, byte: u8| (number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::slug;

    #[test]
    fn different_names_are_different_files_everywhere() {
        let long = "é".repeat(120);
        let names = [
            "users",
            "Users",
            "app.users",
            "../etc",
            ".hidden",
            "a/b",
            "a b",
            &long,
            &(long.clone() + "x"),
        ];
        let slugs: BTreeSet<_> = names.iter().map(|name| slug(name).to_lowercase()).collect();
        assert_eq!(slugs.len(), names.len(), "{slugs:?}");
        assert!(slugs.iter().all(|slug| slug.len() <= 200 && !slug.contains('/')));
        assert!(slugs.iter().all(|slug| !slug.starts_with('.')));
        assert!(slugs.contains("users") && slugs.contains("app.users"));
    }
}
