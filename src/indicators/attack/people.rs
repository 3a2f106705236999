//! The attacker against the tables that indicators tell of the same people: crossed and turned around, of groups that lie in
//! others or nearly coincide with them, and with gaps between groups. It knows in which of all possible combinations of
//! answers somebody can be, and nothing else.

use std::collections::BTreeMap;

use super::super::definition::Grouping;
use super::super::guarded::{Guarded, Told};
use super::super::linked::{Axes, Axis};
use super::super::nesting::Members;
use super::{Attack, MINIMUM, drawn};

/// How many sets of people are looked at.
const SEEDS: u64 = 100;
/// How many steps the attacker takes for one question before it gives up.
const PATIENCE: usize = 10;

/// What people are: one of three sexes, of four districts, of three ages (29, 31, and seldom 30) and of two opinions.
type Person = [usize; 4];
const KINDS: Person = [3, 4, 3, 2];

/// The axes: sex, district, region, under 30, under 31, opinion, and the gaps between the first two sexes and districts.
const AXES: [Axis; 8] = [
    group(0),
    group(1),
    group(2),
    group(3),
    group(4),
    group(5),
    Axis::Gap(Grouping::Variable(0), [0, 1]),
    Axis::Gap(Grouping::Variable(1), [0, 1]),
];

const fn group(variable: usize) -> Axis {
    Axis::Group(Grouping::Variable(variable))
}

/// The group of a person on an axis.
fn group_of(axis: usize, [sex, district, age, opinion]: Person) -> usize {
    match axis {
        0 => sex,
        1 => district,
        2 => district / 2,
        3 => usize::from(age > 0),
        4 => usize::from(age == 1),
        5 => opinion,
        6 => usize::from(sex > 1),
        _ => usize::from(district > 1),
    }
}

/// How many groups an axis has.
fn groups(axis: usize) -> usize {
    [3, 4, 2, 2, 2, 2, 2, 2][axis]
}

/// Every person that can be.
fn kinds() -> Vec<Person> {
    let mut all = vec![[0; 4]];
    for (place, many) in KINDS.iter().enumerate() {
        let more = |person: Person| {
            (0..*many).map(move |value| {
                let mut person = person;
                person[place] = value;
                person
            })
        };
        all = all.into_iter().flat_map(more).collect();
    }
    all
}

/// The people of a seed: of some kinds many, of others few.
fn people(seed: u64) -> Vec<Person> {
    let many = 20 + drawn(seed * 1_000) % 180;
    let pick = |place: u64, kinds: usize| {
        let [one, other] = [0, 1].map(|more| drawn(seed * 100_000 + 10 + place * 2 + more) % kinds as u64);
        one.min(other) as usize
    };
    (0..many).map(|n| std::array::from_fn(|place| pick(n * 4 + place as u64, KINDS[place]))).collect()
}

/// Some tables, as places of axes: the total always, others by chance. Those with a gap stand behind.
fn told(seed: u64) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    const TABLES: [&[usize]; 13] =
        [&[0], &[1], &[2], &[3], &[4], &[0, 1], &[0, 2], &[0, 3], &[0, 4], &[1, 3], &[5], &[0, 5], &[1, 5]];
    const GAPS: [&[usize]; 5] = [&[6], &[1, 6], &[2, 6], &[7], &[0, 7]];
    let is_told = |place: usize| drawn(seed * 1_000 + 500 + place as u64).is_multiple_of(3);
    let some = |tables: &[&[usize]], from: usize| {
        let tables = tables.iter().enumerate().filter(|(place, _)| is_told(from + place));
        tables.map(|(_, axes)| axes.to_vec()).collect::<Vec<_>>()
    };
    ([vec![Vec::new()], some(&TABLES, 0)].concat(), some(&GAPS, 50))
}

/// The cells of a table, as the group on each of its axes.
fn cells(axes: &[usize]) -> Vec<Vec<usize>> {
    axes.iter().fold(vec![Vec::new()], |all, axis| {
        let more =
            |cell: Vec<usize>| (0..groups(*axis)).map(move |group| [cell.clone(), vec![group]].concat());
        all.into_iter().flat_map(more).collect()
    })
}

/// The cells of tables, and those of gaps that count somebody.
fn cells_of(tables: &[Vec<usize>]) -> Vec<(&[usize], Vec<usize>)> {
    let is_told = |(axes, cell): &(&[usize], Vec<usize>)| {
        axes.iter().zip(cell).all(|(axis, group)| !AXES[*axis].is_gap() || *group == Axis::IN_GAP)
    };
    tables
        .iter()
        .flat_map(|axes| cells(axes).into_iter().map(|c| (axes.as_slice(), c)))
        .filter(is_told)
        .collect()
}

fn is_in(axes: &[usize], cell: &[usize], person: &Person) -> bool {
    axes.iter().zip(cell).all(|(axis, group)| group_of(*axis, *person) == *group)
}

/// People, the tables that are told of them, and what is blanked in these.
struct World {
    seed: u64,
    people: Vec<Person>,
    tables: Vec<Vec<usize>>,
    of_gaps: Vec<Vec<usize>>,
    /// By axes and cell.
    blank: BTreeMap<(Vec<usize>, Vec<usize>), bool>,
}

impl World {
    fn new(seed: u64) -> Self {
        let people = people(seed);
        let (tables, of_gaps) = told(seed);
        let member = |axis: usize| {
            let member = people.iter().map(|person| Some(group_of(axis, *person) as u32)).collect();
            (AXES[axis], Members { groups: groups(axis), member })
        };
        let axes = Axes::new((0..AXES.len()).map(member).collect());
        let names = |tables: &[Vec<usize>]| {
            tables.iter().map(|axes| axes.iter().map(|axis| AXES[*axis]).collect()).collect()
        };
        let told = Told { tables: names(&tables), gaps: names(&of_gaps) };
        let interviews: Vec<u32> = (0..people.len() as u32).collect();
        let guarded = Guarded::new(&axes, &told, &vec![true; people.len()], &interviews, MINIMUM);
        let all =
            tables.iter().chain(&of_gaps).flat_map(|axes| cells(axes).into_iter().map(|c| (axes.clone(), c)));
        let blank = all.map(|(axes, cell)| {
            let places: Vec<(Axis, usize)> = axes.iter().map(|axis| AXES[*axis]).zip(cell.clone()).collect();
            let is_blank = guarded.is_blank(&places);
            ((axes, cell), is_blank)
        });
        Self { seed, blank: blank.collect(), people, tables, of_gaps }
    }

    fn is_blank(&self, axes: &[usize], cell: &[usize]) -> bool {
        self.blank[&(axes.to_vec(), cell.to_vec())]
    }

    fn count(&self, axes: &[usize], cell: &[usize]) -> usize {
        self.people.iter().filter(|person| is_in(axes, cell, person)).count()
    }

    /// That neither group of a gap is too small, nor blanked where it is told of by itself.
    fn assert_gap_is_safe(&self, axes: &[usize], cell: &[usize]) {
        // A gap stands last.
        let (other, gap) = (&axes[..axes.len() - 1], axes[axes.len() - 1]);
        for side in [0, 1] {
            let axes = [other, &[gap - 6]].concat();
            let place = [&cell[..other.len()], &[side]].concat();
            let n = self.count(&axes, &place);
            assert!(n == 0 || n >= MINIMUM, "{}: the gap {cell:?} has {n} people on a side", self.seed);
            for (table, same) in cells_of(&self.tables).into_iter().filter(|_| n > 0) {
                let is_same = self.people.iter().all(|p| is_in(table, &same, p) == is_in(&axes, &place, p));
                let is_told = is_same && self.is_blank(table, &same);
                assert!(!is_told, "{}: the gap {cell:?} tells of {table:?} {same:?}", self.seed);
            }
        }
    }

    /// Whom the attacker is after: those in small cells, and those who are 30, who follow from both ways to cut ages.
    fn targets(&self) -> Vec<Target<'_>> {
        let small = |(axes, cell): &(&[usize], Vec<usize>)| {
            self.is_blank(axes, cell) && self.count(axes, cell) < MINIMUM
        };
        let small = cells_of(&self.tables).into_iter().filter(small);
        let mut targets: Vec<Target<'_>> = small
            .map(|(axes, cell)| Target {
                n: self.count(axes, &cell),
                name: format!("{axes:?} {cell:?}"),
                kinds: Box::new(move |kind| is_in(axes, &cell, kind)),
            })
            .collect();
        for sex in [None, Some(0), Some(1), Some(2)] {
            let is_thirty = move |person: &Person| person[2] == 2 && sex.is_none_or(|sex| person[0] == sex);
            let n = self.people.iter().filter(|person| is_thirty(person)).count();
            if (1..MINIMUM).contains(&n) {
                targets.push(Target { n, name: format!("aged 30, {sex:?}"), kinds: Box::new(is_thirty) });
            }
        }
        targets
    }
}

/// People to be found out.
struct Target<'w> {
    kinds: Box<dyn Fn(&Person) -> bool + 'w>,
    n: usize,
    name: String,
}

/// The numbers of the kinds of people in a group, as unknowns that add up.
fn terms(kinds: &[Person], is_in: impl Fn(&Person) -> bool) -> Vec<(usize, i64)> {
    kinds.iter().enumerate().filter(|(_, kind)| is_in(kind)).map(|(at, _)| (at, 1)).collect()
}

#[test]
fn nobody_undoes_what_is_blanked_of_the_same_people() {
    let (mut attacked, mut blanked, mut shown, mut gaps) = (0, 0, 0, 0);
    let kinds = kinds();
    for seed in 0..SEEDS {
        let world = World::new(seed);
        if world.is_blank(&[], &[]) {
            continue;
        }
        let mut equations = Vec::new();
        for (axes, cell) in cells_of(&world.tables).into_iter().chain(cells_of(&world.of_gaps)) {
            let is_gap = axes.last().is_some_and(|axis| AXES[*axis].is_gap());
            if world.is_blank(axes, &cell) {
                blanked += usize::from(!is_gap);
                continue;
            }
            if is_gap {
                world.assert_gap_is_safe(axes, &cell);
                gaps += 1;
            } else {
                shown += 1;
            }
            let people = terms(&kinds, |kind| is_in(axes, &cell, kind));
            equations.push((people, world.count(axes, &cell) as i64));
        }
        for Target { kinds: is_it, n, name } in world.targets() {
            // One more unknown: how many they are.
            let mut group = terms(&kinds, is_it);
            group.push((kinds.len(), -1));
            let equations = equations.iter().cloned().chain([(group, 0)]).collect();
            let attack = Attack { equations, unknowns: kinds.len() + 1 };
            assert!(
                !attack.recovered().contains(&kinds.len()),
                "{seed}: {name} follows from the others, {n}"
            );
            let (low, high) = attack.bounds(kinds.len(), PATIENCE);
            assert!(low <= n as i64 && n as i64 <= high, "{seed}: the attacker is wrong");
            assert!(high - low >= MINIMUM as i64, "{seed}: {name} lies between {low} and {high}");
            attacked += 1;
        }
    }
    // The attack meets something to attack, and not everything is blanked.
    assert!(attacked > 4 * SEEDS, "{attacked}");
    assert!(shown > blanked, "{shown} {blanked}");
    assert!(gaps > SEEDS, "{gaps}");
}
