//! Rows of a table, in their order, as runs of rows that follow one another: mostly one run, since mostly all go out.

use std::ops::Range;

/// Rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    runs: Vec<Range<u32>>,
    count: usize,
}

impl Rows {
    /// Adds rows behind those that are here.
    pub fn add(&mut self, rows: Range<usize>) {
        if rows.is_empty() {
            return;
        }
        self.count += rows.len();
        let rows = rows.start as u32..rows.end as u32;
        match self.runs.last_mut() {
            Some(last) if last.end == rows.start => last.end = rows.end,
            _ => self.runs.push(rows),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.runs.iter().flat_map(|run| run.start as usize..run.end as usize)
    }

    /// The same rows in parts of at most so many.
    #[must_use]
    pub fn parts(&self, most: usize) -> Vec<Self> {
        let mut parts = vec![Self::default()];
        for run in &self.runs {
            let (mut start, end) = (run.start as usize, run.end as usize);
            while start < end {
                let room = most.max(1) - parts.last().map_or(0, Self::len);
                if room == 0 {
                    parts.push(Self::default());
                    continue;
                }
                let stop = end.min(start + room);
                if let Some(part) = parts.last_mut() {
                    part.add(start..stop);
                }
                start = stop;
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    #[test]
    fn runs_hold_their_rows() {
        let mut rows = Rows::default();
        for run in [0..3, 3..5, 5..5, 8..12] {
            rows.add(run);
        }
        assert_eq!((rows.len(), rows.runs.len()), (9, 2));
        assert_eq!(rows.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 8, 9, 10, 11]);
        let parts: Vec<Vec<usize>> = rows.parts(4).iter().map(|part| part.iter().collect()).collect();
        assert_eq!(parts, [vec![0, 1, 2, 3], vec![4, 8, 9, 10], vec![11]]);
        assert_eq!(rows.parts(9), [rows.clone()]);
        assert_eq!(Rows::default().parts(4), [Rows::default()], "one part without rows");
    }
}
