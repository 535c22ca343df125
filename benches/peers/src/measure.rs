//! Subjects that do the same work in turn.

use std::time::Instant;

use crate::record::{Measured, Value};

/// How many of a run's parts failed.
pub type Failures = usize;

/// One way to do the work, in a world made for it.
pub struct Subject<'a, W> {
    pub name: &'static str,
    pub run: Box<dyn Fn(&W) -> Failures + 'a>,
}

impl<'a, W> Subject<'a, W> {
    pub fn new(name: &'static str, run: impl Fn(&W) -> Failures + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// How many rounds there are.
#[derive(Clone, Copy)]
pub enum Effort {
    /// One of everything, to see that it works.
    Once,
    /// As many as a figure needs.
    Full,
}

impl Effort {
    pub fn rounds(self, full: usize) -> usize {
        match self {
            Self::Once => 1,
            Self::Full => full,
        }
    }
}

/// What the subjects took, `rounds` times, each time in another order and each in a new world.
pub fn measure<W>(
    rounds: usize,
    subjects: &[Subject<'_, W>],
    make: impl Fn() -> W,
) -> Vec<Measured> {
    let named = |subject: &Subject<'_, W>| Measured::of(subject.name);
    let mut all: Vec<_> = subjects.iter().map(named).collect();
    for round in 0..rounds {
        for index in order(subjects.len(), round) {
            let world = make();
            let start = Instant::now();
            let failed = (subjects[index].run)(&world);
            let seconds = start.elapsed().as_secs_f64();
            all[index].values.push(Value { seconds, failed });
        }
    }
    all
}

/// The order of a round: each begins with another subject, and every second one goes backwards.
fn order(subjects: usize, round: usize) -> Vec<usize> {
    let mut order: Vec<_> = (0..subjects).map(|n| (n + round) % subjects).collect();
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_has_everybody_in_another_order() {
        assert_eq!(order(3, 0), [0, 1, 2]);
        assert_eq!(order(3, 1), [0, 2, 1]);
        assert_eq!(order(3, 2), [2, 0, 1]);
    }
}
