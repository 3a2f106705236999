//! The attacker against tables whose sums are written down: counts, and reasons why people have no value.

use std::ops::Range;

use super::super::disclosure::{Entry, Sum, suppress};
use super::super::reasons::Cells;
use super::{Attack, MINIMUM, drawn};

/// How many steps the attacker takes for one question before it gives up.
const PATIENCE: usize = 3_000;

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

/// The tables of a seed, which of their cells are small, and which are blanked. None where so few people are there that
/// everything is: then there is no total to begin with.
fn guarded(tables: Tables) -> Option<(Tables, Vec<bool>, Vec<bool>)> {
    let small: Vec<bool> =
        tables.counts.iter().take(tables.published).map(|n| (1..MINIMUM).contains(n)).collect();
    let entry = |(cell, n): (usize, &usize)| {
        small.get(cell).map_or(Entry::unpublished(*n), |small| Entry::published(*n, *small))
    };
    let entries: Vec<Entry> = tables.counts.iter().enumerate().map(entry).collect();
    let mut blank = suppress(&entries, &tables.sums, &[], MINIMUM);
    blank.truncate(tables.published);
    (!small[0]).then_some((tables, small, blank))
}

#[test]
fn nobody_undoes_what_is_blanked() {
    let (mut attacked, mut blank) = (0, 0);
    for seed in 0..1_000 {
        let Some((tables, small, cells)) = guarded(tables(seed)) else { continue };
        let blanked: Vec<usize> =
            (0..tables.counts.len()).filter(|at| cells.get(*at).is_none_or(|blank| *blank)).collect();
        let attack = Attack::new(&tables.counts, &tables.sums, &blanked);
        let recovered = attack.recovered();
        for people in attack.known_together() {
            assert!(people == 0 || people >= MINIMUM as i64, "table {seed}: {people} people together");
        }
        for (unknown, cell) in
            blanked.iter().enumerate().filter(|(_, cell)| small.get(**cell).is_some_and(|small| *small))
        {
            assert!(!recovered.contains(&unknown), "table {seed}: cell {cell} follows from the others");
            let (low, high) = attack.bounds(unknown, PATIENCE);
            let count = tables.counts[*cell] as i64;
            assert!(low <= count && count <= high, "table {seed}: the attacker is wrong");
            assert!(high - low >= MINIMUM as i64, "table {seed}: cell {cell} lies between {low} and {high}");
            attacked += 1;
        }
        blank += cells.iter().filter(|blank| **blank).count();
    }
    // The attack meets something to attack, and not everything is blanked.
    assert!(attacked > 1_000, "{attacked}");
    assert!(blank < 30 * 1_000, "{blank}");
}

/// Which published cells must not tell reasons, and which do tell them. None where so few people are there that the total
/// tells nothing, and all that follows from it.
fn reasons_told(tables: &Tables, cells: &[bool]) -> Option<(Vec<bool>, Vec<bool>)> {
    let lack = |cell: usize| tables.reasons.iter().map(|of_reason| of_reason[cell]).sum::<usize>();
    let is_few = |cell: usize| tables.counts[cell] == 0 && (1..MINIMUM).contains(&lack(cell));
    let protected: Vec<bool> = (0..tables.published).map(|cell| cells[cell] || is_few(cell)).collect();
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
        blank += cells.iter().filter(|blank| **blank).count();
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
                let (low, high) = attack.bounds(unknown, PATIENCE);
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
