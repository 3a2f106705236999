//! Whole numbers, or why there are none, in as few bytes as they need.
//!
//! A million interviews have some hundred million cells, of which nearly all are small: the place of a choice, an age, the
//! number of a text. So all cells of a column have one byte until one of them needs more. As in Stata's files, the highest
//! six numbers of each width stand for the six reasons; in the widest, whose numbers are all needed, reasons stand beside.

use crate::value::Missing;

/// A number, or why there is none.
pub(super) type Cell = Result<i64, Missing>;

/// The cells of a column.
#[derive(Debug)]
pub struct Cells(Width);

#[derive(Debug)]
enum Width {
    One(Vec<u8>),
    Two(Vec<i16>),
    Four(Vec<i32>),
    /// The numbers, and beside each 0, or one more than the place of the reason in [`Missing::ALL`].
    Eight(Vec<i64>, Vec<u8>),
}

/// A number of one, two or four bytes.
trait Narrow: Copy + Into<i64> {
    /// The first of those that stand for reasons; the others follow.
    const REASONS: i64;
    const LEAST: i64;

    /// What stands for a cell, if it has room.
    fn of(cell: Cell) -> Option<Self>;

    fn cell(self) -> Cell {
        let number = self.into();
        let reason = number.checked_sub(Self::REASONS).and_then(|place| usize::try_from(place).ok());
        reason.and_then(|place| Missing::ALL.get(place)).map_or(Ok(number), |reason| Err(*reason))
    }
}

macro_rules! narrow {
    ($($number:ty),*) => {$(
        impl Narrow for $number {
            const REASONS: i64 = <$number>::MAX as i64 + 1 - Missing::ALL.len() as i64;
            const LEAST: i64 = <$number>::MIN as i64;

            fn of(cell: Cell) -> Option<Self> {
                match cell {
                    Ok(number) => (Self::LEAST..Self::REASONS).contains(&number).then_some(number as Self),
                    Err(reason) => Some((Self::REASONS + reason as i64) as Self),
                }
            }
        }
    )*};
}
narrow!(u8, i16, i32);

impl Default for Cells {
    fn default() -> Self {
        Self(Width::One(Vec::new()))
    }
}

impl Cells {
    /// Adds a cell.
    pub(super) fn push(&mut self, cell: Cell) {
        fn add<N: Narrow>(all: &mut Vec<N>, cell: Cell) -> bool {
            N::of(cell).map(|number| all.push(number)).is_some()
        }
        let has_room = match &mut self.0 {
            Width::One(all) => add(all, cell),
            Width::Two(all) => add(all, cell),
            Width::Four(all) => add(all, cell),
            Width::Eight(numbers, reasons) => {
                numbers.push(cell.unwrap_or_default());
                reasons.push(cell.err().map_or(0, |reason| reason as u8 + 1));
                true
            }
        };
        if !has_room {
            self.widen();
            self.push(cell);
        }
    }

    fn widen(&mut self) {
        fn wider<N: Narrow, M: Narrow>(all: &[N]) -> Vec<M> {
            // What a width holds, the next one holds.
            all.iter().filter_map(|number| M::of(number.cell())).collect()
        }
        self.0 = match &self.0 {
            Width::One(all) => Width::Two(wider(all)),
            Width::Two(all) => Width::Four(wider(all)),
            Width::Four(all) => Width::Eight(
                all.iter().map(|number| number.cell().unwrap_or_default()).collect(),
                all.iter().map(|number| number.cell().err().map_or(0, |reason| reason as u8 + 1)).collect(),
            ),
            Width::Eight(..) => return,
        };
    }

    /// Adds the cells of others behind these.
    pub(super) fn append(&mut self, other: Self) {
        match (&mut self.0, other.0) {
            (Width::One(all), Width::One(theirs)) => all.extend(theirs),
            (Width::Two(all), Width::Two(theirs)) => all.extend(theirs),
            (Width::Four(all), Width::Four(theirs)) => all.extend(theirs),
            (_, theirs) => Self(theirs).iter().for_each(|cell| self.push(cell)),
        }
    }

    /// Adds the cells of others, each number replaced by what stands at its place in `new`.
    pub(super) fn append_renumbered(&mut self, other: &Self, new: &[u32]) {
        for cell in other.iter() {
            self.push(cell.map(|number| new.get(number as usize).copied().unwrap_or_default().into()));
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        match &self.0 {
            Width::One(all) => all.len(),
            Width::Two(all) => all.len(),
            Width::Four(all) => all.len(),
            Width::Eight(all, _) => all.len(),
        }
    }

    /// The cell of a row.
    pub(super) fn get(&self, row: usize) -> Option<Cell> {
        match &self.0 {
            Width::One(all) => all.get(row).map(|number| number.cell()),
            Width::Two(all) => all.get(row).map(|number| number.cell()),
            Width::Four(all) => all.get(row).map(|number| number.cell()),
            Width::Eight(all, reasons) => match reasons.get(row)?.checked_sub(1) {
                None => all.get(row).map(|number| Ok(*number)),
                Some(place) => Missing::ALL.get(usize::from(place)).map(|reason| Err(*reason)),
            },
        }
    }

    /// The number in a row, if there is one.
    pub(super) fn number(&self, row: usize) -> Option<i64> {
        self.get(row)?.ok()
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = Cell> {
        (0..self.len()).filter_map(|row| self.get(row))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Cell, Cells};
    use crate::value::Missing;

    /// Numbers around the borders of every width, and reasons.
    fn cell() -> impl Strategy<Value = Cell> {
        let border = prop::sample::select(vec![0, 250, 256, 32_762, -32_768, 2_147_483_642, -2_147_483_648]);
        prop_oneof![
            8 => (border, -8_i64..8).prop_map(|(border, near)| Ok(border + near)),
            4 => (0_i64..250).prop_map(Ok),
            1 => any::<i64>().prop_map(Ok),
            1 => prop::sample::select(vec![i64::MAX, i64::MIN]).prop_map(Ok),
            4 => prop::sample::select(Missing::ALL.to_vec()).prop_map(Err),
        ]
    }

    proptest! {
        #[test]
        fn what_is_pushed_comes_back(parts in prop::collection::vec(prop::collection::vec(cell(), 0..12), 1..6)) {
            let mut whole = Cells::default();
            for part in &parts {
                let mut cells = Cells::default();
                part.iter().for_each(|cell| cells.push(*cell));
                whole.append(cells);
            }
            let pushed: Vec<Cell> = parts.concat();
            prop_assert_eq!(whole.iter().collect::<Vec<_>>(), pushed.clone());
            prop_assert_eq!((whole.len(), whole.get(pushed.len())), (pushed.len(), None));
        }
    }
}
