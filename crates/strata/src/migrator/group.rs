//! How many migrations share a message: as many as stay small and quick.

use std::time::Duration;

/// The most that share one.
const MOST: usize = 64;
/// A text that is longer, in bytes, goes alone; so long may a message become.
pub(crate) const SMALL: usize = 1 << 16;
/// A message that took less is followed by a larger one.
const QUICK: Duration = Duration::from_millis(60);
/// A message that took more is followed by a smaller one.
const SLOW: Duration = Duration::from_millis(150);

/// The size of the next message, in migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size(usize);

impl Default for Size {
    fn default() -> Self {
        Self(4)
    }
}

impl Size {
    pub(crate) fn limit(self) -> usize {
        self.0
    }

    /// The next size, after a message of `sent` migrations that took `elapsed`.
    pub(crate) fn after(self, sent: usize, elapsed: Duration) -> Self {
        match elapsed {
            _ if elapsed < QUICK && sent >= self.0 => Self((self.0 * 4).min(MOST)),
            _ if elapsed > SLOW => Self((sent / 2).max(1)),
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_grow_while_they_are_quick() {
        let (quick, slow) = (Duration::from_millis(1), Duration::from_secs(1));
        let size = Size::default();
        assert_eq!(size.after(4, quick), Size(16));
        assert_eq!(size.after(2, quick), size, "it was not full");
        assert_eq!(Size(64).after(64, quick), Size(64));
        assert_eq!(Size(64).after(64, slow), Size(32));
        assert_eq!(Size(1).after(1, slow), Size(1));
    }
}
