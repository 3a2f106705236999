//! An attacker: somebody who has the published tables and wants the blanked counts. It knows nothing of how they were chosen,
//! and works with whole numbers where the protection reckons with real ones.

use std::ops::Range;

use super::disclosure::{Sum, suppress};
use super::output::Suppressed;
use super::reasons::Cells;

/// A number that looks drawn, the same in every run.
fn drawn(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Tables that share people: one-way margins, and crossed ones.
struct Tables {
    counts: Vec<usize>,
    /// How many more people each cell has who lack a value, for either of two reasons.
    reasons: [Vec<usize>; 2],
    /// The cells of the total, and of each table.
    splits: Vec<Range<usize>>,
    sums: Vec<Sum>,
    /// How many of the counts are published: behind them stand the margins that are not, but tie crossed tables together.
    published: usize,
}

impl Tables {
    fn add(&mut self, (count, reasons): (usize, [usize; 2])) {
        self.counts.push(count);
        self.reasons.iter_mut().zip(reasons).for_each(|(all, of_cell)| all.push(of_cell));
    }
}

/// One-way and two-way tables of people with three attributes; some margins are published, and some crossed tables.
fn tables(seed: u64) -> Tables {
    let pick = |place: u64, below: u64| drawn(seed * 1_000 + place) % below;
    tables_of(seed, [1 + pick(1, 4) as usize, 1 + pick(2, 4) as usize, 1 + pick(3, 3) as usize])
}

/// Those of attributes with so many values each.
fn tables_of(seed: u64, sizes: [usize; 3]) -> Tables {
    let pick = |place: u64, below: u64| drawn(seed * 1_000 + place) % below;
    // Few people in most cells, as where attributes are crossed.
    let most = [6, 15, 60][pick(4, 3) as usize];
    let cell = |at: [usize; 3]| {
        let place = 100 + (at[0] * 16 + at[1] * 4 + at[2]) as u64;
        if pick(place, 5) == 0 { 0 } else { pick(place + 500, most) as usize }
    };
    // Few lack a value, and more often where few have one.
    let lacking = |at: [usize; 3], reason: u64| {
        let place = 2_000 + (at[0] * 16 + at[1] * 4 + at[2]) as u64 * 2 + reason;
        let chance = if cell(at) == 0 { 2 } else { 6 };
        if pick(place, chance) == 0 { pick(place + 500, 3) as usize } else { 0 }
    };
    let all = |fixed: [Option<usize>; 3]| {
        let range = move |axis: usize| fixed[axis].map_or(0..sizes[axis], |at| at..at + 1);
        range(0).flat_map(move |a| range(1).flat_map(move |b| range(2).map(move |c| [a, b, c])))
    };
    let count = |fixed: [Option<usize>; 3]| {
        let reason = |reason| all(fixed).map(|at| lacking(at, reason)).sum();
        (all(fixed).map(cell).sum::<usize>(), [reason(0), reason(1)])
    };
    let at = |axes: &[(usize, usize)]| {
        let mut fixed = [None; 3];
        axes.iter().for_each(|(axis, at)| fixed[*axis] = Some(*at));
        fixed
    };
    let mut tables = Tables {
        counts: Vec::new(),
        reasons: [Vec::new(), Vec::new()],
        splits: std::iter::once(0..1).collect(),
        sums: Vec::new(),
        published: 0,
    };
    tables.add(count([None; 3]));
    let mut crossed = Vec::new();
    let mut margins = [None; 3];
    for (axis, margin) in margins.iter_mut().enumerate() {
        if axis == 0 || pick(10 + axis as u64, 4) > 0 {
            let start = tables.counts.len();
            (0..sizes[axis]).for_each(|value| tables.add(count(at(&[(axis, value)]))));
            tables.splits.push(start..start + sizes[axis]);
            tables.sums.push(Sum { total: None, parts: (start..start + sizes[axis]).collect() });
            *margin = Some(start);
        }
    }
    for (number, [one, two]) in [[0, 1], [0, 2], [1, 2]].into_iter().enumerate() {
        if pick(20 + number as u64, 2) == 0 {
            continue;
        }
        let start = tables.counts.len();
        let (rows, columns) = (sizes[one], sizes[two]);
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| [(one, row), (two, column)]));
        cells.for_each(|axes| tables.add(count(at(&axes))));
        tables.splits.push(start..start + rows * columns);
        tables.sums.push(Sum { total: None, parts: (start..start + rows * columns).collect() });
        crossed.push((start, [one, two]));
    }
    tables.published = tables.counts.len();
    for (start, [one, two]) in crossed {
        let (rows, columns) = (sizes[one], sizes[two]);
        for axis in [one, two] {
            if margins[axis].is_none() {
                margins[axis] = Some(tables.counts.len());
                (0..sizes[axis]).for_each(|value| tables.add(count(at(&[(axis, value)]))));
            }
        }
        for row in 0..rows {
            let parts = (start + row * columns..start + (row + 1) * columns).collect();
            tables.sums.push(Sum { total: margins[one].map(|margin| margin + row), parts });
        }
        for column in 0..columns {
            let parts = (start + column..start + rows * columns).step_by(columns).collect();
            tables.sums.push(Sum { total: margins[two].map(|margin| margin + column), parts });
        }
    }
    tables
}

/// What the attacker knows: equations over the blanked counts.
struct Attack {
    /// For each: the unknowns with their signs, and what they add up to.
    equations: Vec<(Vec<(usize, i64)>, i64)>,
    unknowns: usize,
}

/// How many steps the attacker takes for one question before it gives up.
const PATIENCE: usize = 3_000;

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

    /// The smallest and the largest whole number that an unknown can be; wider than they are where patience ends.
    fn bounds(&self, unknown: usize) -> (i64, i64) {
        let most: i64 = self.equations.iter().map(|(_, sum)| sum.abs()).sum::<i64>() + 1;
        let mut ranges = vec![(0, most); self.unknowns];
        self.narrow(&mut ranges);
        let (low, high) = ranges[unknown];
        let is_possible = |value: &i64| {
            let mut fixed = ranges.clone();
            fixed[unknown] = (*value, *value);
            let mut patience = PATIENCE;
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

const MINIMUM: usize = 5;

/// The tables of a seed, which of their cells are small, and what is blanked of them. None where so few people are there that
/// everything is: then there is no total to begin with.
fn guarded(tables: Tables) -> Option<(Tables, Vec<bool>, Vec<Option<Suppressed>>)> {
    let published = tables.counts.iter().take(tables.published);
    let small: Vec<bool> = published.map(|n| (1..MINIMUM).contains(n)).collect();
    let cells = suppress(&tables.counts, &small, &tables.sums, MINIMUM);
    (!small[0]).then_some((tables, small, cells))
}

#[test]
fn nobody_undoes_what_is_blanked() {
    let (mut attacked, mut blank) = (0, 0);
    for seed in 0..1_000 {
        let Some((tables, small, cells)) = guarded(tables(seed)) else { continue };
        let blanked: Vec<usize> =
            (0..tables.counts.len()).filter(|at| cells.get(*at).is_none_or(Option::is_some)).collect();
        let attack = Attack::new(&tables.counts, &tables.sums, &blanked);
        let recovered = attack.recovered();
        for people in attack.known_together() {
            assert!(people == 0 || people >= MINIMUM as i64, "table {seed}: {people} people together");
        }
        for (unknown, cell) in
            blanked.iter().enumerate().filter(|(_, cell)| small.get(**cell).is_some_and(|small| *small))
        {
            assert!(!recovered.contains(&unknown), "table {seed}: cell {cell} follows from the others");
            let (low, high) = attack.bounds(unknown);
            let count = tables.counts[*cell] as i64;
            assert!(low <= count && count <= high, "table {seed}: the attacker is wrong");
            assert!(high - low >= MINIMUM as i64, "table {seed}: cell {cell} lies between {low} and {high}");
            attacked += 1;
        }
        blank += cells.iter().flatten().count();
    }
    // The attack meets something to attack, and not everything is blanked.
    assert!(attacked > 1_000, "{attacked}");
    assert!(blank < 30 * 1_000, "{blank}");
}

/// Which published cells must not tell reasons, and which do tell them. None where so few people are there that the total
/// tells nothing, and all that follows from it.
fn reasons_told(tables: &Tables, cells: &[Option<Suppressed>]) -> Option<(Vec<bool>, Vec<bool>)> {
    let lack = |cell: usize| tables.reasons.iter().map(|of_reason| of_reason[cell]).sum::<usize>();
    let is_few = |cell: usize| tables.counts[cell] == 0 && (1..MINIMUM).contains(&lack(cell));
    let protected: Vec<bool> =
        (0..tables.published).map(|cell| cells[cell].is_some() || is_few(cell)).collect();
    let told =
        Cells { tables: &tables.splits, sums: &tables.sums, protected: &protected, reasons: &tables.reasons }
            .told();
    (!is_few(0)).then_some((protected, told))
}

/// A hundred districts by age and by sex: as many cells as a large survey has.
#[test]
fn many_small_cells_are_soon_looked_through() {
    let (mut blank, mut told) = (0, 0);
    for seed in 0..20 {
        let Some((tables, _, cells)) = guarded(tables_of(seed, [100, 4, 2])) else { continue };
        blank += cells.iter().flatten().count();
        told +=
            reasons_told(&tables, &cells).map_or(0, |(_, told)| told.iter().filter(|told| **told).count());
    }
    assert!(blank > 1_000, "{blank}");
    assert!(told > 1_000, "{told}");
}

#[test]
fn nobody_learns_why_a_few_people_have_no_value() {
    let (mut attacked, mut told) = (0, 0);
    for seed in 0..1_000 {
        let Some((tables, _, cells)) = guarded(tables(seed)) else { continue };
        let Some((protected, tells)) = reasons_told(&tables, &cells) else { continue };
        let is_told = |cell: usize| tells.get(cell).copied().unwrap_or_default();
        let blanked: Vec<usize> = (0..tables.counts.len()).filter(|cell| !is_told(*cell)).collect();
        for counts in &tables.reasons {
            let attack = Attack::new(counts, &tables.sums, &blanked);
            let recovered = attack.recovered();
            for (unknown, cell) in blanked.iter().enumerate() {
                let is_to_hide = protected.get(*cell).copied().unwrap_or_default() && counts[*cell] > 0;
                if !is_to_hide {
                    continue;
                }
                assert!(!recovered.contains(&unknown), "table {seed}: cell {cell} follows from the others");
                let (low, high) = attack.bounds(unknown);
                assert!(low < high, "table {seed}: cell {cell} is {low}");
                attacked += 1;
            }
        }
        told += tells.iter().skip(1).filter(|told| **told).count();
    }
    // The attack meets something to attack, and not everything is hidden.
    assert!(attacked > 1_000, "{attacked}");
    assert!(told > 300, "{told}");
}
