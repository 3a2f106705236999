//! Invented interviews of 60 answers and a roster of four rows, the same in every run.

#![allow(dead_code, reason = "each benchmark uses a part")]

use std::fmt::Write as _;

use doorstep::journal::{Address, DeviceKey, Draft, Event, Fact, InterviewId, RowKey, Segment, Stamp};
use doorstep::store::Recorded;
use doorstep::value::{Answer, Hash, Value};

pub const LAPTOPS: u64 = 20;
const ANSWERS: u64 = 60;
/// Rows of the roster, with three answers each.
const ROWS: u32 = 4;
pub const BEGAN: i64 = 1_772_431_920_000;

/// A number that looks drawn, the same in every run.
pub fn drawn(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// What one interview answers: question, row, value.
pub fn answers(n: u64) -> Vec<(Address, Value)> {
    let at = |name: String, rows| Address { name, rows };
    let mut given = Vec::new();
    for question in 0..ANSWERS {
        let by_chance = drawn(n.wrapping_mul(1_000) + question);
        let value = match question % 5 {
            0..=2 => Value::Choice(
                ["very_safe", "fairly_safe", "unsafe", "very_unsafe"][(by_chance % 4) as usize].into(),
            ),
            3 => Value::Integer((by_chance % 90) as i64),
            _ => Value::Choices(
                ["theft", "dogs", "roads", "gangs"]
                    .iter()
                    .take(1 + (by_chance % 3) as usize)
                    .map(|&c| c.into())
                    .collect(),
            ),
        };
        given.push((at(format!("question_{question}"), Vec::new()), value));
    }
    for row in 1..=ROWS {
        let by_chance = drawn(n.wrapping_mul(1_000) + 500 + u64::from(row));
        let rows = || vec![RowKey::Number(row)];
        given.push((at("member_name".into(), rows()), Value::Text(format!("Name {}", by_chance % 5_000))));
        given.push((at("member_age".into(), rows()), Value::Integer((by_chance % 90) as i64)));
        given.push((
            at("member_sex".into(), rows()),
            Value::Choice(["female", "male"][(by_chance % 2) as usize].into()),
        ));
    }
    given
}

pub fn id(n: u64) -> InterviewId {
    let millis = (BEGAN + (n % (1 << 30)) as i64 * 60_000).to_be_bytes();
    let chance = drawn(n).to_be_bytes();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&millis[2..]);
    bytes[6..14].copy_from_slice(&chance);
    bytes[6] = 0x70 | bytes[6] & 15;
    bytes[8] = 0x80 | bytes[8] & 63;
    InterviewId(bytes)
}

pub fn interview(n: u64, questionnaire: Hash) -> Recorded {
    let mut wall = BEGAN + (n % (1 << 30)) as i64 * 60_000;
    let started = Fact::Started {
        questionnaire,
        round: "baseline".into(),
        enumerator: format!("enumerator {}", n % LAPTOPS),
        language: "en".into(),
        at: chrono::DateTime::from_timestamp_millis(wall).unwrap().fixed_offset(),
        seed: drawn(n),
    };
    let facts = answers(n)
        .into_iter()
        .map(|(address, value)| Fact::Answered { address, answer: Answer::Value(value) });
    let facts = std::iter::once(started).chain(facts).chain([Fact::Finalised]);
    let events = facts.map(|fact| {
        wall += 5_000 + (drawn(wall as u64) % 9_000) as i64;
        Event { stamp: Stamp { wall, counter: 0 }, fact }
    });
    Recorded { interview: id(n), events: events.collect(), is_closed: true }
}

/// Interviews that nobody held, as the program itself learns from.
pub fn samples(questionnaire: Hash) -> Vec<Vec<u8>> {
    let key = DeviceKey::from_secret([0; 32]);
    let segment = |n: u64| {
        let Recorded { interview, events, .. } = interview(1 << 40 | n, questionnaire);
        let (sequence, previous, parents) = (0, None, Vec::new());
        Segment::close(Draft { interview, sequence, previous, parents, questionnaire, events }, &key)
            .bytes()
            .to_vec()
    };
    (0..96).map(segment).collect()
}

/// The questionnaire that they answer.
pub fn questionnaire() -> String {
    let choices = |names: &[&str]| -> String {
        let choice = |(name, code): (&&str, u32)| {
            format!("{{ name = \"{name}\", code = {code}, label = \"{name}\" }}, ")
        };
        names.iter().zip(1..).map(choice).collect()
    };
    let mut text = format!(
        "format = 1\nid = \"made\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Made\"\n\
         [lists.safety]\nchoices = [{}]\n[lists.worries]\nchoices = [{}]\n[lists.sex]\nchoices = [{}]\n\
         [[sections]]\nname = \"only\"\nlabel = \"Only\"\n",
        choices(&["very_safe", "fairly_safe", "unsafe", "very_unsafe"]),
        choices(&["theft", "dogs", "roads", "gangs"]),
        choices(&["female", "male"]),
    );
    let question = |text: &mut String, name: &str, kind: &str, within: &str| {
        writeln!(text, "[[sections.{within}questions]]\nname = \"{name}\"\nlabel = \"{name}?\"\n{kind}")
            .unwrap();
    };
    for n in 0..ANSWERS {
        let kind = match n % 5 {
            0..=2 => "type = \"select_one\"\nlist = \"safety\"",
            3 => "type = \"integer\"",
            _ => "type = \"select_multiple\"\nlist = \"worries\"",
        };
        question(&mut text, &format!("question_{n}"), kind, "");
    }
    question(&mut text, "members", &format!("type = \"roster\"\ncount = \"{ROWS}\""), "");
    question(&mut text, "member_name", "type = \"text\"\nidentifying = true", "questions.");
    question(&mut text, "member_age", "type = \"integer\"", "questions.");
    question(&mut text, "member_sex", "type = \"select_one\"\nlist = \"sex\"", "questions.");
    text
}
