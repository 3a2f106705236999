//! Twenty indicators by six groupings over a million rows in 2,000 PSUs: 840 estimates with standard errors
//! and intervals.
//!
//! `cargo bench --bench statistics`; `DOORSTEP_ROWS=100000` for another number of rows. Prints:
//!
//! - `estimates`: the design, the groupings, and a proportion with its interval for every level;
//! - `calibrated`: the same with weights raked to two margins;
//! - `plain`: the weighted means of the same levels alone, as one loop over rows for each indicator and
//!   grouping: what no program can do without.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use doorstep::statistics::{Columns, Design, LonelyPsu, Margin, Method, RakingLimits};

use self::made::drawn;

mod made;

const INDICATORS: u64 = 20;
/// Levels of each grouping: 42, so that there are 840 estimates.
const GROUPINGS: [u32; 6] = [2, 3, 5, 8, 10, 14];
const PSUS: usize = 2000;

struct Sample {
    weights: Vec<f64>,
    strata: Vec<u32>,
    psu: Vec<u32>,
    indicators: Vec<Vec<f64>>,
    groupings: Vec<Vec<Option<u32>>>,
}

/// One answer in twenty is missing; interviews come in no order.
fn sample(rows: usize) -> Sample {
    let at = |row: usize, column: u64| drawn(row as u64 * 64 + column);
    let psu: Vec<u32> = (0..rows).map(|row| (at(row, 0) % PSUS as u64) as u32).collect();
    let answer = |row: usize, column: u64| match at(row, column) % 20 {
        0 => f64::NAN,
        share => f64::from(u8::from(share > 8)),
    };
    Sample {
        weights: (0..rows).map(|row| 1.0 + (at(row, 1) % 1000) as f64 / 100.0).collect(),
        strata: psu.iter().map(|psu| psu / 100).collect(),
        indicators: (2..2 + INDICATORS)
            .map(|column| (0..rows).map(|row| answer(row, column)).collect())
            .collect(),
        groupings: (30_u64..)
            .zip(GROUPINGS)
            .map(|(column, levels)| {
                (0..rows).map(|row| Some((at(row, column) % u64::from(levels)) as u32)).collect()
            })
            .collect(),
        psu,
    }
}

fn design(sample: &Sample) -> Design {
    let columns = Columns {
        weights: &sample.weights,
        strata: Some(&sample.strata),
        psu: Some(&sample.psu),
        fpc: None,
        nest: false,
        second_stage: None,
    };
    Design::new(columns, LonelyPsu::Adjust).unwrap()
}

fn estimates(sample: &Sample, design: &Design) -> usize {
    let mut made = 0;
    for (codes, levels) in sample.groupings.iter().zip(GROUPINGS) {
        let domains = design.by(codes, levels).unwrap();
        for values in &sample.indicators {
            let found = domains.proportion(values).unwrap();
            let intervals = found.iter().flatten().filter_map(|share| share.interval(0.95, Method::Logit));
            made += black_box(intervals.collect::<Vec<_>>()).len();
        }
    }
    made
}

fn plain(sample: &Sample) {
    for (codes, levels) in sample.groupings.iter().zip(GROUPINGS) {
        for values in &sample.indicators {
            let mut sums = vec![(0.0, 0.0); levels as usize];
            for ((&value, &weight), &code) in values.iter().zip(&sample.weights).zip(codes) {
                if let Some(code) = code
                    && value.is_finite()
                {
                    let sum = &mut sums[code as usize];
                    *sum = (sum.0 + weight * value, sum.1 + weight);
                }
            }
            black_box(sums);
        }
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

fn main() {
    let rows = std::env::var("DOORSTEP_ROWS").map_or(1_000_000, |rows| rows.parse().unwrap());
    let sample = sample(rows);
    let ((), plain) = timed(|| plain(&sample));
    let (made, whole) = timed(|| estimates(&sample, &design(&sample)));
    let totals: Vec<Vec<f64>> =
        GROUPINGS.iter().take(2).map(|&levels| vec![6e6 / f64::from(levels); levels as usize]).collect();
    let margins: Vec<Margin<'_>> =
        sample.groupings.iter().zip(&totals).map(|(cells, totals)| Margin { cells, totals }).collect();
    let limits = RakingLimits { tolerance: 1e-3, max_cycles: 50 };
    let (_, calibrated) = timed(|| estimates(&sample, &design(&sample).rake(&margins, limits).unwrap()));
    println!("{rows} rows, {PSUS} PSUs, {made} estimates");
    println!("estimates   {whole:>10.2?}");
    println!("calibrated  {calibrated:>10.2?}");
    println!("plain       {plain:>10.2?}");
}
