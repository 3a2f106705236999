//! Answers drawn by chance: some that people give, and those where the questionnaire changes its
//! mind.

use chrono::{DateTime, Duration, FixedOffset, NaiveTime};

use super::chance::Chance;
use super::clues::Clues;
use super::pattern;
use super::weights::Weights;
use crate::interview::{Field, Offer};
use crate::questionnaire::{Input, Item};
use crate::value::Value;

/// What people write where no form is asked for.
const WORDS: [&str; 8] =
    ["Amina", "Y. K.", "Near the market", "Bad roads", "Water", "ok", "12", "Nothing more"];

/// What answers to one question are drawn from.
pub(super) struct Draw<'a> {
    pub item: &'a Item,
    pub field: &'a Field,
    pub clues: &'a Clues,
    pub weights: &'a Weights,
    pub started: DateTime<FixedOffset>,
    /// Whether answers are preferred that lead to further questions: without that, chance alone
    /// would hardly come past a consent and two filters.
    pub curious: bool,
}

impl Draw<'_> {
    /// An answer that may fit; nothing where none can be drawn.
    pub fn one(&self, chance: &mut Chance) -> Option<Value> {
        Some(match self.field {
            Field::One(offers) => Value::Choice(self.choices(offers, 1, chance).pop()?),
            Field::Several(offers, least, most) => {
                let all = offers.len() as i64;
                let (least, most) = (least.map_or(1, i64::from), most.map_or(all, i64::from));
                let many = match chance.below(20) {
                    0..=11 => chance.between(least, least + 2),
                    12..=16 => chance.between(least, most),
                    _ => self.near_a_number(chance).unwrap_or(most as f64) as i64,
                };
                let many = many.min(most).max(least).max(1);
                Value::Choices(self.choices(offers, many as usize, chance))
            }
            Field::Rank(offers, top) => Value::Choices(self.choices(offers, *top as usize, chance)),
            Field::Scale(from, to, ..) => match self.weights.of_number(self.item) {
                Some(_) => Value::Integer(self.whole(chance)),
                None => Value::Integer(chance.between(*from, *to)),
            },
            Field::Integer => Value::Integer(self.whole(chance)),
            Field::Decimal => Value::Decimal(self.decimal(chance)),
            Field::Text(_) | Field::Barcode => Value::Text(self.text(chance)?),
            Field::GeoPoint => Value::Text(self.place(chance)),
            Field::File(endings) => Value::Text(no_file(endings)),
            Field::Date => {
                let today = self.started.date_naive();
                let days = match chance.below(10) {
                    0..=3 => -chance.between(0, 2),
                    4..=6 => -chance.between(0, 36_500),
                    7 | 8 => chance.between(1, 60),
                    _ => {
                        let near = chance.pick(&self.clues.dates).copied().unwrap_or(today);
                        (near - today).num_days() + chance.between(-1, 1)
                    }
                };
                Value::Date(today.checked_add_signed(Duration::days(days))?)
            }
            Field::Time => {
                let minutes = match chance.pick(&self.clues.times) {
                    Some(near) if chance.happens(0.3) => {
                        near.signed_duration_since(NaiveTime::MIN).num_minutes() + chance.between(-1, 1)
                    }
                    _ => chance.between(0, 24 * 60 - 1),
                };
                Value::Time(NaiveTime::MIN + Duration::minutes(minutes))
            }
            Field::DateTime => {
                let days = chance.between(-3, 14);
                let minutes = chance.between(0, 24 * 60 - 1);
                Value::DateTime(self.started.checked_add_signed(Duration::minutes(days * 24 * 60 + minutes))?)
            }
            Field::YesNo => Value::Boolean(chance.happens(0.5)),
            Field::Review => return None,
        })
    }

    /// Everything worth a try where no answer by chance was taken.
    pub fn every(&self) -> Vec<Value> {
        let is_possible = |offer: &&Offer| self.weights.of_choice(self.item, &offer.name) > 0.0;
        let limits = self.weights.of_number(self.item).unwrap_or((f64::MIN, f64::MAX));
        let numbers = || {
            let near = self.clues.numbers.iter().flat_map(|n| [n - 1.0, *n, n + 1.0]);
            let powers = (3..=15).map(|power| 10_f64.powi(power));
            let all = near.chain((-10..=1000).map(f64::from)).chain(powers);
            all.filter(move |n| (limits.0..=limits.1).contains(n)).collect::<Vec<_>>()
        };
        match self.field {
            Field::One(offers) => {
                offers.iter().filter(is_possible).map(|offer| Value::Choice(offer.name.clone())).collect()
            }
            Field::Several(offers, ..) => {
                let names: Vec<String> = offers.iter().filter(is_possible).map(|o| o.name.clone()).collect();
                let first = (1..=names.len()).map(|many| Value::Choices(names[..many].to_vec()));
                first.chain(names.iter().map(|name| Value::Choices(vec![name.clone()]))).collect()
            }
            Field::Scale(from, to, ..) => (*from..=*to)
                .take(1000)
                .filter(|n| (limits.0..=limits.1).contains(&(*n as f64)))
                .map(Value::Integer)
                .collect(),
            Field::Integer => numbers().into_iter().map(|n| Value::Integer(n as i64)).collect(),
            Field::Decimal => {
                numbers().into_iter().flat_map(|n| [Value::Decimal(n), Value::Decimal(n + 0.5)]).collect()
            }
            Field::Text(_) | Field::Barcode => {
                let long = (1..=40).flat_map(|n| [Value::Text("a".repeat(n)), Value::Text("1".repeat(n))]);
                self.clues.texts.iter().cloned().map(Value::Text).chain(long).collect()
            }
            Field::Date => (-400..=400)
                .chain((1..=100).map(|years| years * -365))
                .filter_map(|days| self.started.date_naive().checked_add_signed(Duration::days(days)))
                .map(Value::Date)
                .collect(),
            Field::Time => (0..48).map(|n| Value::Time(NaiveTime::MIN + Duration::minutes(n * 30))).collect(),
            Field::DateTime => (-400..=400)
                .filter_map(|days| self.started.checked_add_signed(Duration::days(days)))
                .map(Value::DateTime)
                .collect(),
            Field::GeoPoint => self.middles().map(written_point).map(Value::Text).collect(),
            Field::File(endings) => vec![Value::Text(no_file(endings))],
            Field::Rank(..) | Field::YesNo | Field::Review => Vec::new(),
        }
    }

    /// So many different choices, in the order drawn; fewer where there are no more that may be
    /// taken. One that goes with no other comes alone.
    fn choices(&self, offers: &[Offer], many: usize, chance: &mut Chance) -> Vec<String> {
        let is_several = matches!(self.field, Field::Several(..));
        let mut weights = self.weights_of(offers);
        let mut names = Vec::new();
        while names.len() < many
            && let Some(place) = chance.weighted(&weights)
        {
            weights[place] = 0.0;
            names.push(offers[place].name.clone());
            if is_several {
                if offers[place].exclusive {
                    break;
                }
                for (weight, offer) in weights.iter_mut().zip(offers) {
                    if offer.exclusive {
                        *weight = 0.0;
                    }
                }
            }
        }
        names
    }

    fn weights_of(&self, offers: &[Offer]) -> Vec<f64> {
        let opens = |offer: &Offer| self.clues.opens.get(&offer.name).copied().unwrap_or(0.0);
        let all: f64 = offers.iter().map(opens).sum();
        let follow = self.curious
            && matches!(self.field, Field::One(_))
            && !self.weights.is_named(self.item)
            && all > 0.0
            && all.is_finite();
        let usual = |offer: &Offer| self.weights.of_choice(self.item, &offer.name);
        let more = |offer: &Offer| if follow { 4.0 * offers.len() as f64 * opens(offer) / all } else { 0.0 };
        offers.iter().map(|offer| usual(offer) + more(offer)).collect()
    }

    fn whole(&self, chance: &mut Chance) -> i64 {
        match self.weights.of_number(self.item) {
            Some((from, to)) => chance.between(from.ceil() as i64, to.floor() as i64),
            None => self.number(chance).floor() as i64,
        }
    }

    fn decimal(&self, chance: &mut Chance) -> f64 {
        let number = match self.weights.of_number(self.item) {
            Some((from, to)) => (from + chance.unit() * (to - from)).clamp(from, to),
            None => self.number(chance) + chance.below(4) as f64 / 4.0,
        };
        // A few places only, as people write them; the limits are kept.
        let rounded = (number * 100.0).round() / 100.0;
        match self.weights.of_number(self.item) {
            Some((from, to)) if !(from..=to).contains(&rounded) => number,
            _ => rounded,
        }
    }

    fn number(&self, chance: &mut Chance) -> f64 {
        let small = |chance: &mut Chance, most| chance.between(0, most) as f64;
        if self.clues.counts_rows && chance.happens(0.9) {
            return small(chance, 8);
        }
        match chance.below(20) {
            0..=6 => small(chance, 10),
            7..=12 => small(chance, 100),
            13..=17 => self.near_a_number(chance).unwrap_or_else(|| small(chance, 20)),
            _ => {
                let of = |pick: fn(f64, f64) -> f64| self.clues.numbers.iter().copied().reduce(pick);
                match (of(f64::min), of(f64::max)) {
                    (Some(least), Some(most)) => chance.between(least as i64, most as i64) as f64,
                    _ => small(chance, 1000),
                }
            }
        }
    }

    /// A number that an expression about the question holds, or one beside it.
    fn near_a_number(&self, chance: &mut Chance) -> Option<f64> {
        let number = *chance.pick(&self.clues.numbers)?;
        Some(number + chance.between(-1, 1) as f64)
    }

    /// A place, near those that an expression about the question names.
    fn place(&self, chance: &mut Chance) -> String {
        let near: Vec<(f64, f64)> = self.middles().collect();
        let thousandth = |chance: &mut Chance, most: i64| chance.between(-most, most) as f64 / 1000.0;
        written_point(match chance.pick(&near) {
            Some((latitude, longitude)) => {
                (latitude + thousandth(chance, 50), longitude + thousandth(chance, 50))
            }
            None => (thousandth(chance, 60_000), thousandth(chance, 180_000)),
        })
    }

    /// The middles of the places and areas that expressions about the question name.
    fn middles(&self) -> impl Iterator<Item = (f64, f64)> {
        self.clues.texts.iter().filter_map(|text| {
            let points: Option<Vec<(f64, f64)>> =
                text.split(';').filter(|p| !p.trim().is_empty()).map(point).collect();
            let points = points.filter(|points| !points.is_empty())?;
            let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
            Some((sum.0 / points.len() as f64, sum.1 / points.len() as f64))
        })
    }

    fn text(&self, chance: &mut Chance) -> Option<String> {
        if let Some(Input::Text { pattern: Some(form), .. } | Input::Barcode { pattern: Some(form) }) =
            self.item.question().map(|q| &q.input)
            && chance.happens(0.9)
        {
            return pattern::draw(form.as_str(), chance);
        }
        Some(match chance.below(10) {
            0..=2 if !self.clues.texts.is_empty() => {
                let text = chance.pick(&self.clues.texts)?;
                // It may be a pattern of `regex(., '…')`, or what the answer is compared with.
                if chance.happens(0.5) { pattern::draw(text, chance)? } else { text.clone() }
            }
            3 | 4 if !self.clues.numbers.is_empty() => {
                let long = self.near_a_number(chance)?.clamp(1.0, 1000.0) as usize;
                chance.pick(&["a", "1"])?.repeat(long)
            }
            _ => (*chance.pick(&WORDS)?).to_owned(),
        })
    }
}

fn point(text: &str) -> Option<(f64, f64)> {
    let mut numbers = text.split_whitespace().map(|n| n.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

fn written_point((latitude, longitude): (f64, f64)) -> String {
    format!("{:.3} {:.3}", latitude.clamp(-90.0, 90.0), longitude.clamp(-180.0, 180.0))
}

/// The name of a file that is not there: what a respondent by chance attaches.
fn no_file(endings: &[String]) -> String {
    let ending = endings.first().map_or_else(String::new, |ending| format!(".{ending}"));
    format!("{}{ending}", "0".repeat(64))
}
