//! A hybrid logical clock: stamps that never run backwards, whatever the wall clock does.

use super::Stamp;

/// How far ahead of its own wall clock a device believes another, in milliseconds: a laptop whose
/// clock says 2036 must not drag all others there.
const MOST_DRIFT: i64 = 24 * 60 * 60 * 1000;

/// Gives stamps in order (Kulkarni, Demirbas and others 2014, "Logical Physical Clocks").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    last: Option<Stamp>,
}

impl Clock {
    /// A stamp after all that were given or observed; `wall` in milliseconds since 1970.
    pub fn next(&mut self, wall: i64) -> Stamp {
        let stamp = match self.last {
            Some(last) if last.wall >= wall => match last.counter.checked_add(1) {
                Some(counter) => Stamp { wall: last.wall, counter },
                None => Stamp { wall: last.wall.saturating_add(1), counter: 0 },
            },
            _ => Stamp { wall, counter: 0 },
        };
        self.last = Some(stamp);
        stamp
    }

    /// Takes note of a stamp from elsewhere, so that what follows it here is stamped later. One
    /// from more than a day ahead of `wall` counts as a day ahead.
    pub fn observe(&mut self, stamp: Stamp, wall: i64) {
        let bounded = Stamp { wall: stamp.wall.min(wall.saturating_add(MOST_DRIFT)), ..stamp };
        self.last = self.last.max(Some(bounded));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_runs_backwards_still_gives_later_stamps() {
        let mut clock = Clock::default();
        let first = clock.next(1_000);
        let second = clock.next(10);
        let third = clock.next(2_000);
        assert!(first < second && second < third);
        assert_eq!(third, Stamp { wall: 2_000, counter: 0 });
    }

    #[test]
    fn a_clock_from_the_future_drags_others_a_day_at_most() {
        let mut clock = Clock::default();
        clock.observe(Stamp { wall: i64::MAX, counter: 7 }, 1_000);
        assert_eq!(clock.next(1_000).wall, 1_000 + MOST_DRIFT);
    }
}
