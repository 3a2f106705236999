//! The answer files of the demo: made by seeded random respondents whose true distribution is
//! written down here, asked by the real engine.
//!
//! `UPDATE_DEMO=1 cargo test demo_data` writes `fixtures/demo/*.jsonl` anew.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Duration, FixedOffset};
use doorstep::interview::{Field, Intent, Interview, Place, Refusal, Stop, View};
use doorstep::journal::{Fact, RowKey};
use doorstep::questionnaire::Questionnaire;
use doorstep::value::{Answer, Missing, Value};
use serde_json::{Map, Value as Json, json};

use crate::support;

/// Households visited in each cluster.
const HOUSEHOLDS: u32 = 22;

/// Each enumerator works in one district: name, district, clusters, language.
const ENUMERATORS: [(&str, &str, [&str; 4], &str); 3] = [
    ("amina", "marenda", ["soruba", "nalde", "imbaro", "tekali"], "ar"),
    ("bashir", "tosavi", ["ruvena", "damisho", "olkeri", "fantu"], "sw"),
    ("chandni", "belkuru", ["masobe", "yelani", "gortu", "harwen"], "bn"),
];

/// What is true of the population that the demo's respondents are drawn from: the share of those
/// with an opinion, for women and for men, in each district. `fixtures/demo/README.md` tells it to
/// the reader, and the test `demo` holds the estimates against it.
pub const TRUTH: [Truth; 4] = [
    Truth { question: "safe_day", women: [0.80, 0.66, 0.50], men: [0.88, 0.76, 0.62] },
    Truth { question: "safe_after_dark", women: [0.48, 0.34, 0.18], men: [0.66, 0.52, 0.34] },
    Truth { question: "meeting", women: [0.22, 0.18, 0.12], men: [0.38, 0.34, 0.28] },
    Truth { question: "asked_help", women: [0.18, 0.22, 0.30], men: [0.20, 0.26, 0.34] },
];

/// One line of [`TRUTH`].
pub struct Truth {
    pub question: &'static str,
    pub women: [f64; 3],
    pub men: [f64; 3],
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    fn between(&mut self, from: i64, to: i64) -> i64 {
        from + (self.unit() * (to - from + 1) as f64) as i64
    }

    /// An index, with chances in proportion to these weights.
    fn pick(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (i, w) in weights.iter().enumerate() {
            left -= w;
            if left < 0.0 {
                return i;
            }
        }
        weights.len() - 1
    }
}

/// Where the interview takes place, and with whom.
struct Household<'a> {
    district: usize,
    district_name: &'a str,
    cluster: &'a str,
    number: u32,
    began: DateTime<FixedOffset>,
    members: Vec<(bool, i64)>,
}

/// The answer of one respondent to one question, as it stands in the file.
fn respond(dice: &mut Dice, home: &Household<'_>, interview: &Interview, view: &View, place: &Place) -> Json {
    let questionnaire = interview.questionnaire();
    let name = questionnaire.item(place.item).name.as_str();
    let member = || match place.rows.last() {
        Some(RowKey::Number(n)) => home.members[*n as usize - 1],
        _ => (true, 30),
    };
    let (is_woman, age) = selected(interview, home);
    let known: Option<Json> = match name {
        "enumerator_no" => Some(json!(home.district + 1)),
        "visit_date" => Some(json!(home.began.date_naive().to_string())),
        "district" => Some(json!(home.district_name)),
        "cluster" => Some(json!(home.cluster)),
        "household_no" => Some(json!(home.number)),
        "contact" => {
            let results =
                ["adult_home", "no_adult_home", "refused_at_door", "long_absent", "vacant", "no_access"];
            Some(json!(results[dice.pick(&[93.0, 2.5, 2.0, 1.0, 1.0, 0.5])]))
        }
        "consent" => Some(json!(if dice.chance(0.97) { "yes" } else { "no" })),
        "household_size" => Some(json!(home.members.len())),
        "member_name" => {
            let letter = |n: i64| char::from(b'A' + n as u8);
            Some(json!(format!("{}.{}.", letter(dice.between(0, 25)), letter(dice.between(0, 25)))))
        }
        "member_sex" => Some(json!(if member().0 { "female" } else { "male" })),
        "member_age" if dice.chance(0.01) => Some(json!({"missing": "dont_know"})),
        "member_age" => Some(json!(member().1)),
        "member_over_18" => Some(json!(if member().1 >= 18 { "yes" } else { "no" })),
        "availability" => {
            let found = ["same_person", "here_now", "later", "away", "unable", "not_allowed"];
            Some(json!(found[dice.pick(&[45.0, 49.0, 2.0, 1.5, 1.5, 1.0])]))
        }
        "return_at" => Some(json!((home.began + Duration::hours(26)).to_rfc3339())),
        "respondent_consent" => Some(json!(if dice.chance(0.97) { "yes" } else { "no" })),
        "private_start" => Some(json!(if dice.chance(0.85) { "yes" } else { "no" })),
        "privacy" => Some(json!(if dice.chance(0.9) { "yes" } else { "no" })),
        "incident_consent" => Some(json!(if dice.chance(0.92) { "yes" } else { "no" })),
        "resp_sex" => Some(json!(if is_woman { "female" } else { "male" })),
        "resp_age" if dice.chance(0.01) => Some(json!({"missing": "refused"})),
        "resp_age" => Some(json!(age)),
        "years_here" => Some(json!(dice.between(0, age.min(40)))),
        "phone" | "anything_else" | "enumerator_notes" => Some(Json::Null),
        _ => None,
    };
    if let Some(known) = known {
        return known;
    }
    if let Some(reason) = unwilling(dice, view) {
        return json!({"missing": reason.name()});
    }
    if let Some(truth) = TRUTH.iter().find(|t| t.question == name) {
        let share = if is_woman { truth.women } else { truth.men }[home.district];
        return json!(true_answer(dice, name, share));
    }
    if name.starts_with("wg_") {
        let difficulties = ["no_difficulty", "some", "a_lot", "cannot"];
        return json!(difficulties[dice.pick(&[84.0, 12.0, 3.0, 1.0])]);
    }
    if name == "incidents" && dice.chance(0.55) {
        return json!(["none"]);
    }
    by_field(dice, home, &view.field)
}

/// The person who was chosen, as they really are.
fn selected(interview: &Interview, home: &Household<'_>) -> (bool, i64) {
    let row =
        interview.questionnaire().find("selected_row").map(|item| Place { item: item.id, rows: Vec::new() });
    match row.map(|place| interview.outcome(&place)) {
        Some(Answer::Value(Value::Integer(n))) if n >= 1 => home.members[n as usize - 1],
        _ => (true, 30),
    }
}

/// Now and then somebody does not know, or refuses; more often where it is sensitive.
fn unwilling(dice: &mut Dice, view: &View) -> Option<Missing> {
    let (dont_know, refused) = if view.sensitive { (0.03, 0.04) } else { (0.025, 0.01) };
    let reason = match dice.unit() {
        u if u < dont_know => Missing::DontKnow,
        u if u < dont_know + refused => Missing::Refused,
        u if u < dont_know + refused + 0.004 => Missing::NotAlone,
        _ => return None,
    };
    view.missing.contains(&reason).then_some(reason)
}

fn true_answer(dice: &mut Dice, question: &str, share: f64) -> &'static str {
    let is_so = dice.chance(share);
    match (question, is_so) {
        ("safe_day" | "safe_after_dark", true) => ["very_safe", "fairly_safe"][dice.pick(&[1.0, 2.0])],
        ("safe_day", false) => ["neither", "fairly_unsafe", "very_unsafe"][dice.pick(&[2.0, 3.0, 1.0])],
        ("safe_after_dark", false) => {
            ["neither", "fairly_unsafe", "very_unsafe", "never_out"][dice.pick(&[2.0, 4.0, 3.0, 2.0])]
        }
        (_, true) => "yes",
        (_, false) => "no",
    }
}

/// Whatever has no truth of its own: earlier choices are likelier, and districts differ a little.
fn by_field(dice: &mut Dice, home: &Household<'_>, field: &Field) -> Json {
    let tilt = 0.72 + 0.08 * home.district as f64;
    let weights = |n: usize| (0..n).map(|i| tilt.powi(i as i32)).collect::<Vec<f64>>();
    match field {
        Field::One(offers) => json!(offers[dice.pick(&weights(offers.len()))].name),
        Field::Several(offers, min, max) => {
            if let Some(loner) = offers.iter().find(|o| o.exclusive)
                && dice.chance(0.35)
            {
                return json!([loner.name]);
            }
            let open: Vec<_> = offers.iter().filter(|o| !o.exclusive).collect();
            let most = max.map_or(4, i64::from).min(open.len() as i64);
            let count = dice.between(min.map_or(1, i64::from), most) as usize;
            json!(draw(
                dice,
                &open.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(),
                count,
                &weights(open.len())
            ))
        }
        Field::Rank(offers, top) => {
            let names: Vec<&str> = offers.iter().map(|o| o.name.as_str()).collect();
            json!(draw(dice, &names, (*top as usize).min(names.len()), &weights(names.len())))
        }
        Field::Scale(from, to, ..) => json!(dice.between(*from, *to)),
        Field::Integer => json!(dice.between(0, 20)),
        Field::Decimal => json!(dice.between(1, 12) as f64 / 2.0),
        Field::Text(_) => json!("noted in the demo"),
        _ => Json::Null,
    }
}

/// So many different names, likelier ones earlier.
fn draw<'a>(dice: &mut Dice, names: &[&'a str], count: usize, weights: &[f64]) -> Vec<&'a str> {
    let mut weights = weights.to_vec();
    (0..count)
        .map(|_| {
            let i = dice.pick(&weights);
            weights[i] = 0.0;
            names[i]
        })
        .collect()
}

/// What a file's answer means to the engine.
fn intent(given: &Json, view: &View, interview: &Interview) -> Intent {
    match given {
        Json::Null => Intent::Next,
        Json::Object(fields) => {
            Intent::Missing(Missing::from_name(fields["missing"].as_str().unwrap()).unwrap())
        }
        Json::Array(names) => {
            Intent::Answer(Value::Choices(names.iter().map(|n| n.as_str().unwrap().to_owned()).collect()))
        }
        Json::Number(n) if matches!(view.field, Field::Decimal) => {
            Intent::Answer(Value::Decimal(n.as_f64().unwrap()))
        }
        Json::Number(n) => Intent::Answer(Value::Integer(n.as_i64().unwrap())),
        Json::String(text) if matches!(view.field, Field::One(_)) => {
            Intent::Answer(Value::Choice(text.clone()))
        }
        Json::String(text) => Intent::Answer(interview.read(text).unwrap()),
        Json::Bool(b) => Intent::Answer(Value::Boolean(*b)),
    }
}

fn one(questionnaire: &Arc<Questionnaire>, dice: &mut Dice, who: usize, cluster: usize, n: u32) -> Json {
    let (enumerator, district_name, clusters, language) = ENUMERATORS[who];
    let day = i64::from(n / 6) + 4 * cluster as i64;
    let morning: DateTime<FixedOffset> = "2026-03-02T08:10:00+03:00".parse().unwrap();
    let began =
        morning + Duration::days(day) + Duration::minutes(i64::from(n % 6) * 85 + dice.between(0, 20));
    let adults = 1 + dice.pick(&[2.0, 5.0, 3.0, 1.5, 0.5]);
    let children = dice.pick(&[2.0, 2.0, 3.0, 3.0, 2.0, 1.0]);
    let mut members: Vec<(bool, i64)> = (0..adults)
        .map(|_| {
            (
                dice.chance(0.52),
                18 + dice.pick(
                    &[0.97_f64; 60].iter().enumerate().map(|(i, w)| w.powi(i as i32)).collect::<Vec<_>>(),
                ) as i64,
            )
        })
        .collect();
    members.extend((0..children).map(|_| (dice.chance(0.5), dice.between(0, 17))));
    let home = Household {
        district: who,
        district_name,
        cluster: clusters[cluster],
        number: n * 3 + 1,
        began,
        members,
    };
    let seed = dice.next();
    let (end, most) = match dice.unit() {
        u if u < 0.025 => ("pause", dice.between(12, 60)),
        u if u < 0.04 => ("stop", dice.between(8, 50)),
        _ => ("finalise", i64::MAX),
    };

    let mut interview = Interview::new(Arc::clone(questionnaire));
    interview.apply(&Fact::Started {
        questionnaire: questionnaire.hash,
        round: "baseline".into(),
        enumerator: enumerator.into(),
        language: language.into(),
        at: began,
        seed,
    });
    let mut answers = Map::new();
    let mut asked = 0;
    while let Stop::Question(place) = interview.stop() {
        if asked == most {
            break;
        }
        asked += 1;
        let view = interview.view();
        let mut given = respond(dice, &home, &interview, &view, &place);
        let facts = match interview.decide(&intent(&given, &view, &interview)) {
            Err(Refusal::Checks(_)) => {
                let Intent::Answer(value) = intent(&given, &view, &interview) else {
                    panic!("only answers are checked")
                };
                given = json!({"value": given, "because": "Asked twice, and it is so"});
                interview.decide(&Intent::AnswerAnyway(value, "Asked twice, and it is so".into())).unwrap()
            }
            other => other.unwrap_or_else(|refusal| panic!("{given} to {place:?}: {refusal:?}")),
        };
        facts.iter().for_each(|fact| interview.apply(fact));
        let name = questionnaire.item(place.item).name.clone();
        if given.is_null() {
            continue;
        }
        match place.rows.as_slice() {
            [] => {
                answers.insert(name, given);
            }
            [RowKey::Number(row)] => {
                let rows = answers.entry("members").or_insert_with(|| json!([])).as_array_mut().unwrap();
                while rows.len() < *row as usize {
                    rows.push(json!({}));
                }
                rows[*row as usize - 1][&name] = given;
            }
            other => panic!("no such roster: {other:?}"),
        }
    }
    // One that was to be cut off but ended first is complete like any other.
    let end = if interview.stop() == Stop::Review { "finalise" } else { end };
    let mut line = json!({
        "enumerator": enumerator,
        "language": language,
        "started": began.to_rfc3339(),
        "seed": seed,
        "pace": 25,
        "answers": answers,
    });
    if end != "finalise" {
        line["end"] = json!(end);
    }
    line
}

fn file(questionnaire: &Arc<Questionnaire>, who: usize) -> String {
    let mut dice = Dice(20_260_302 + who as u64);
    let mut text = String::new();
    for cluster in 0..4 {
        for n in 0..HOUSEHOLDS {
            text.push_str(&one(questionnaire, &mut dice, who, cluster, n).to_string());
            text.push('\n');
        }
    }
    text
}

#[test]
fn answer_files_are_what_the_generator_makes() {
    let questionnaire = support::community_security();
    for (who, (enumerator, ..)) in ENUMERATORS.iter().enumerate() {
        let made = file(&questionnaire, who);
        let path: PathBuf = support::root().join(format!("fixtures/demo/{enumerator}.jsonl"));
        if std::env::var_os("UPDATE_DEMO").is_some() {
            fs::write(&path, &made).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap();
        assert!(kept == made, "{} is stale: UPDATE_DEMO=1 cargo test demo_data", path.display());
        assert!(made.lines().count() >= 80);
    }
}
