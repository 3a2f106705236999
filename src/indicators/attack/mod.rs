//! An attacker: somebody who has the published tables and wants the blanked counts. It knows nothing of how they were chosen,
//! and works with whole numbers of its own.

mod people;
mod tables;

use super::disclosure::Sum;

/// A number that looks drawn, the same in every run.
fn drawn(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// What is too few, in these tests.
const MINIMUM: usize = 5;

/// What the attacker knows: equations over the blanked counts.
struct Attack {
    /// For each: the unknowns with their signs, and what they add up to.
    equations: Vec<(Vec<(usize, i64)>, i64)>,
    unknowns: usize,
}

impl Attack {
    fn new(counts: &[usize], sums: &[Sum], blanked: &[usize]) -> Self {
        let number = |cell: &usize| blanked.iter().position(|other| other == cell);
        let value = |cell: &usize| counts[*cell] as i64;
        let equation = |sum: &Sum| {
            let known = |cell: &&usize| number(cell).is_none();
            // A sum that is no cell is known, as is one that is shown.
            let whole = match sum.total {
                Some(total) if number(&total).is_some() => 0,
                _ => sum.parts.iter().map(value).sum::<i64>(),
            };
            let shown: i64 = sum.parts.iter().filter(known).map(value).sum();
            let parts = sum.parts.iter().filter_map(number).map(|at| (at, 1));
            let total = sum.total.iter().filter_map(number).map(|at| (at, -1));
            (parts.chain(total).collect::<Vec<_>>(), whole - shown)
        };
        let equations = sums.iter().map(equation).filter(|(terms, _)| !terms.is_empty()).collect();
        Self { equations, unknowns: blanked.len() }
    }

    /// What follows from the equations alone, by elimination: rows of as many numbers as there are unknowns, and what they
    /// add up to.
    fn solved(&self) -> Vec<Vec<f64>> {
        let mut rows: Vec<Vec<f64>> = self
            .equations
            .iter()
            .map(|(terms, sum)| {
                let mut row = vec![0.0; self.unknowns + 1];
                terms.iter().for_each(|(at, sign)| row[*at] += *sign as f64);
                row[self.unknowns] = *sum as f64;
                row
            })
            .collect();
        let mut done = 0;
        for column in 0..self.unknowns {
            let Some(pivot) = (done..rows.len()).find(|row| rows[*row][column].abs() > 1e-9) else {
                continue;
            };
            rows.swap(done, pivot);
            let by = rows[done][column];
            rows[done].iter_mut().for_each(|cell| *cell /= by);
            let pivot = rows[done].clone();
            for (number, row) in rows.iter_mut().enumerate() {
                let times = row[column];
                if number != done {
                    row.iter_mut().zip(&pivot).for_each(|(cell, pivot)| *cell -= times * pivot);
                }
            }
            done += 1;
        }
        rows
    }

    /// The unknowns that follow from the equations.
    fn recovered(&self) -> Vec<usize> {
        let known = |row: Vec<f64>| {
            let mut filled = row[..self.unknowns].iter().enumerate().filter(|(_, cell)| cell.abs() > 1e-9);
            filled.next().filter(|_| filled.next().is_none()).map(|(at, _)| at)
        };
        self.solved().into_iter().filter_map(known).collect()
    }

    /// How many people each group of unknowns is together of which that is known, as published or as it follows.
    fn known_together(&self) -> Vec<i64> {
        let is_group = |row: &&Vec<f64>| row[..self.unknowns].iter().all(|cell| *cell > -1e-9);
        let follows: Vec<Vec<f64>> = self.solved();
        let published = self.equations.iter().filter(|(terms, _)| terms.iter().all(|(_, sign)| *sign > 0));
        let follows = follows.iter().filter(is_group).map(|row| row[self.unknowns].round() as i64);
        published.map(|(_, sum)| *sum).chain(follows).collect()
    }

    /// The smallest and the largest whole number that an unknown can be; wider than they are where patience ends, which is as
    /// many steps for each question.
    fn bounds(&self, unknown: usize, patience: usize) -> (i64, i64) {
        let most: i64 = self.equations.iter().map(|(_, sum)| sum.abs()).sum::<i64>() + 1;
        let mut ranges = vec![(0, most); self.unknowns];
        self.narrow(&mut ranges);
        let (low, high) = ranges[unknown];
        let is_possible = |value: &i64| {
            let mut fixed = ranges.clone();
            fixed[unknown] = (*value, *value);
            let mut patience = patience;
            self.has_table(fixed, &mut patience)
        };
        let low = (low..=high).find(is_possible).unwrap_or(low);
        (low, (low..=high).rev().find(is_possible).unwrap_or(low))
    }

    /// Takes from every range what no equation allows; whether something is left of all.
    fn narrow(&self, ranges: &mut [(i64, i64)]) -> bool {
        loop {
            let before = ranges.to_vec();
            for (terms, sum) in &self.equations {
                let end = |(at, sign): &(usize, i64), upper: bool| {
                    let (low, high) = ranges[*at];
                    if (*sign > 0) == upper { sign * high } else { sign * low }
                };
                let least: i64 = terms.iter().map(|term| end(term, false)).sum();
                let most: i64 = terms.iter().map(|term| end(term, true)).sum();
                let others: Vec<(i64, i64)> =
                    terms.iter().map(|term| (least - end(term, false), most - end(term, true))).collect();
                for ((at, sign), (least, most)) in terms.iter().zip(others) {
                    let (a, b) = (sign * (sum - most), sign * (sum - least));
                    let range = &mut ranges[*at];
                    *range = (range.0.max(a.min(b)), range.1.min(a.max(b)));
                }
            }
            if ranges.iter().any(|(low, high)| low > high) {
                return false;
            }
            if before == ranges {
                return true;
            }
        }
    }

    /// Whether whole numbers in these ranges meet all equations; yes, where patience ends.
    fn has_table(&self, mut ranges: Vec<(i64, i64)>, patience: &mut usize) -> bool {
        if *patience == 0 {
            return true;
        }
        *patience -= 1;
        if !self.narrow(&mut ranges) {
            return false;
        }
        let open = (0..self.unknowns).filter(|at| ranges[*at].0 < ranges[*at].1);
        let Some(next) = open.min_by_key(|at| ranges[*at].1 - ranges[*at].0) else { return true };
        let (low, high) = ranges[next];
        (low..=high).any(|value| {
            let mut fixed = ranges.clone();
            fixed[next] = (value, value);
            self.has_table(fixed, patience)
        })
    }
}
