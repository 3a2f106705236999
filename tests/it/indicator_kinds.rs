//! Quantiles, indices, gaps, and indicators of the rows of rosters: by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use doorstep::dataset::Dataset;
use doorstep::diagnostic::Report;
use doorstep::indicators::{self, DesignTexts, Options, Row, SamplingPlan, Suppressed};
use doorstep::interview::Interview;
use doorstep::journal::{Address, Fact, RowKey};
use doorstep::questionnaire::{Bundle, Questionnaire};
use doorstep::statistics::Method;
use doorstep::value::{Answer, Missing, Value};

use crate::support;

const QUESTIONNAIRE: &str =
    include_str!("../../fixtures/diagnostics-indicators/questionnaire/questionnaire.toml");

fn small() -> Arc<Questionnaire> {
    let files = BTreeMap::from([(String::from("questionnaire.toml"), QUESTIONNAIRE.as_bytes().to_vec())]);
    support::compiled(&Bundle { files })
}

fn one(name: &str) -> Answer {
    Answer::Value(Value::Choice(name.to_owned()))
}

fn whole(number: i64) -> Answer {
    Answer::Value(Value::Integer(number))
}

/// A finalised interview with these answers, and a member for each age, sex and whether at school.
fn household(
    questionnaire: &Arc<Questionnaire>,
    answers: &[(&str, Answer)],
    members: &[(i64, &str, Option<&str>)],
) -> Interview {
    let mut interview = Interview::new(Arc::clone(questionnaire));
    interview.apply(&Fact::Started {
        questionnaire: questionnaire.hash,
        round: String::from("baseline"),
        enumerator: String::from("amina"),
        language: String::from("en"),
        at: chrono::DateTime::parse_from_rfc3339("2026-03-31T09:00:00+02:00").unwrap(),
        seed: 7,
    });
    let mut answer = |name: &str, rows: Vec<RowKey>, answer: Answer| {
        let address = Address { name: name.to_owned(), rows };
        interview.apply(&Fact::Answered { address, answer });
    };
    for (name, given) in answers {
        answer(name, Vec::new(), given.clone());
    }
    answer("household_size", Vec::new(), whole(members.len() as i64));
    for ((age, sex, school), row) in members.iter().zip(1..) {
        let row = || vec![RowKey::Number(row)];
        answer("member_age", row(), whole(*age));
        answer("member_sex", row(), one(sex));
        if let Some(school) = school {
            answer("member_school", row(), one(school));
        }
    }
    interview.apply(&Fact::Finalised);
    interview
}

fn results(interviews: &[Interview], text: &str, minimum_cell: usize) -> Vec<Row> {
    let questionnaire = small();
    let keyed = interviews.iter().enumerate().map(|(n, interview)| (format!("i{n}"), interview));
    let dataset = Dataset::build(&questionnaire, keyed);
    let mut report = Report::default();
    let definitions = indicators::compile(text, "indicators.toml", &dataset, &mut report);
    let plan = SamplingPlan::compile(&DesignTexts::default(), &dataset, &mut report);
    let (Some(definitions), Some(plan)) = (definitions, plan) else { panic!("{}", report.render(false)) };
    let (sampling, _) = plan.evaluate(&indicators::counted(&dataset, "baseline"));
    let options = Options {
        survey: String::from("s"),
        round: String::from("baseline"),
        level: 0.95,
        method: Method::Logit,
        minimum_cell,
        imprecise: None,
        too_imprecise: None,
        language: 0,
    };
    indicators::compute(&definitions, &sampling, &options).unwrap()
}

fn indicator(lines: &str) -> String {
    format!("format = 1\n[[indicators]]\nid = \"x\"\ntitle = \"X\"\n{lines}")
}

fn close(a: Option<f64>, b: f64) -> bool {
    a.is_some_and(|a| (a - b).abs() < 1e-12)
}

/// Ages 20, 25, …, of women and men by turns; the youngest woman did not say how safe she feels.
fn people(count: i64) -> Vec<Interview> {
    let questionnaire = small();
    (0..count)
        .map(|n| {
            let safe = match n {
                0 => Answer::Missing(Missing::Refused),
                n if n % 3 == 0 => one("very_safe"),
                n if n % 3 == 1 => one("fairly_safe"),
                _ => one("unsafe"),
            };
            let sex = if n % 2 == 0 { "female" } else { "male" };
            household(&questionnaire, &[("age", whole(20 + 5 * n)), ("sex", one(sex)), ("safe", safe)], &[])
        })
        .collect()
}

#[test]
fn quantiles_have_a_category_for_each_share_and_an_interval_around() {
    let rows = results(
        &people(12),
        &indicator("kind = \"quantile\"\nof = \"${age}\"\np = [0.25, 0.5]\nbase = \"valid\"\nby = [\"sex\"]"),
        0,
    );
    let found: Vec<(&str, &str, Option<f64>)> =
        rows.iter().map(|r| (r.domain.as_str(), r.category.as_str(), r.estimate)).collect();
    let expected = [
        ("total", "p25", Some(32.5)),
        ("total", "p50", Some(47.5)),
        ("female", "p25", Some(30.0)),
        ("female", "p50", Some(45.0)),
        ("male", "p25", Some(35.0)),
        ("male", "p50", Some(50.0)),
    ];
    assert_eq!(found, expected);
    // Shares are written as people write them.
    let odd = indicator("kind = \"quantile\"\nof = \"${age}\"\np = [0.55, 0.975]\nbase = \"valid\"");
    let odd: Vec<String> = results(&people(12), &odd, 0).into_iter().map(|row| row.category).collect();
    assert_eq!(odd, ["p55", "p97.5"]);
    for row in rows.iter().filter(|row| row.category == "p50") {
        let (low, high) = (row.ci_low.unwrap(), row.ci_high.unwrap());
        assert!(low < row.estimate.unwrap() && high > row.estimate.unwrap(), "{row:?}");
        assert_eq!(row.ci_method, "woodruff");
        assert!(close(row.weight_sum, if row.domain == "total" { 12.0 } else { 6.0 }));
    }
}

#[test]
fn an_index_is_the_mean_of_items_between_0_and_1_and_tells_its_reliability() {
    let text = indicator(
        "kind = \"index\"\nbase = \"valid\"\nminimum_answered = 1\nby = [\"sex\"]\nitems = [\n\
           { of = \"${safe}\", scale = [\"unsafe\", \"fairly_safe\", \"very_safe\"] },\n\
           { of = \"${age}\", from = 75, to = 25 },\n]",
    );
    let rows = results(&people(12), &text, 0);
    // Age 20 is outside of the scale; the first woman has neither item.
    let score = |n: i64| {
        let safe = [1.0, 0.5, 0.0][(n % 3) as usize];
        f64::midpoint(safe, (75.0 - (20.0 + 5.0 * n as f64)) / 50.0)
    };
    let mean = (1..12).map(score).sum::<f64>() / 11.0;
    assert!(close(rows[0].estimate, mean), "{:?} is not {mean}", rows[0]);
    assert_eq!((rows[0].n_unweighted, rows[0].n_refused), (Some(11), Some(1)));
    assert!(rows[0].note.starts_with("Cronbach's alpha "), "{}", rows[0].note);
    assert!(rows[0].note.ends_with("(11 with all items)"), "{}", rows[0].note);
    assert_eq!(rows[1].note, "");
    // Both items are wanted where nothing else is said.
    let all = results(&people(12), &text.replace("minimum_answered = 1\n", ""), 0);
    assert_eq!(all[0].n_unweighted, Some(11));
}

#[test]
fn a_gap_of_answers_is_paired_and_a_gap_of_groups_has_both_groups_errors() {
    let people = people(12);
    let paired = results(
        &people,
        &indicator("kind = \"gap\"\nof = \"${safe} = 'unsafe'\"\nless = \"${age} > 60\"\nbase = \"asked\""),
        0,
    );
    // Four feel unsafe, three are over 60; all twelve were asked.
    assert!(close(paired[0].estimate, 1.0 / 12.0), "{:?}", paired[0]);
    assert_eq!((paired[0].n_unweighted, paired[0].ci_method), (Some(12), "wald"));

    let text =
        |kind: &str| indicator(&format!("{kind}\nof = \"${{age}}\"\nbase = \"valid\"\nby = [\"sex\"]"));
    let gap =
        results(&people, &text("kind = \"gap\"\nbetween = \"sex\"\ngroups = [\"male\", \"female\"]"), 0);
    let means = results(&people, &text("kind = \"mean\""), 0);
    let [_, female, male] = means.as_slice() else { panic!("three domains") };
    assert!(close(gap[0].estimate, male.estimate.unwrap() - female.estimate.unwrap()), "{:?}", gap[0]);
    // Everybody is a PSU: the groups share none, so that variances add up, in one stratum with n/(n - 1).
    let independent = male.std_error.unwrap().hypot(female.std_error.unwrap());
    assert!((gap[0].std_error.unwrap() / independent - 1.0).abs() < 0.1, "{:?}, {independent}", gap[0]);
    assert_eq!(gap[0].n_unweighted, Some(12));
    // Among women nobody is a man.
    assert_eq!((gap[1].estimate, gap[1].note.as_str()), (None, "nobody in one of the groups"));
    // A group of few is not shown, however many the other has.
    let few = results(
        &people,
        &indicator(
            "kind = \"gap\"\nof = \"${age}\"\nbetween = \"old\"\ngroups = [\"yes\", \"no\"]\nbase = \"valid\"\n\
             [[variables]]\nname = \"old\"\ncategories = [\n{ name = \"yes\", when = \"${age} > 70\" },\n\
             { name = \"no\", when = \"${age} <= 70\" }]",
        ),
        5,
    );
    assert_eq!((few[0].suppressed, few[0].n_unweighted), (Some(Suppressed::Disclosure), None));
}

#[test]
fn several_choices_count_as_one_condition() {
    let people = people(12);
    let share = |of: &str| {
        let rows = results(&people, &indicator(&format!("kind = \"proportion\"\nbase = \"valid\"\n{of}")), 0);
        (rows[0].estimate, rows[0].ci_low, rows[0].n_unweighted)
    };
    let short = share("of = \"${safe}\"\nchoices = [\"very_safe\", \"fairly_safe\"]");
    assert_eq!(short, share("of = \"${safe} = 'very_safe' or ${safe} = 'fairly_safe'\""));
    assert!(close(short.0, 7.0 / 11.0));
}

#[test]
fn members_are_counted_by_what_they_and_their_households_are() {
    let questionnaire = small();
    let north = [("area", one("north"))];
    let south = [("area", one("south"))];
    let interviews = [
        household(
            &questionnaire,
            &north,
            &[(40, "female", None), (12, "female", Some("yes")), (9, "male", Some("no"))],
        ),
        household(&questionnaire, &north, &[(7, "female", Some("yes")), (30, "male", None)]),
        household(&questionnaire, &south, &[(16, "male", Some("yes"))]),
        household(&questionnaire, &south, &[]),
    ];
    let text = indicator(
        "unit = \"members\"\nkind = \"proportion\"\nof = \"${member_school} = 'yes'\"\nbase = \"asked\"\n\
         by = [\"member_sex\", \"area\", \"age_group\", \"member_sex * area\"]\n\
         [[variables]]\nname = \"age_group\"\nunit = \"members\"\ncategories = [\n\
         { name = \"adult\", when = \"${member_age} >= 18\" },\n\
         { name = \"child\", when = \"${member_age} < 18\" }]",
    );
    let rows = results(&interviews, &text, 0);
    let found = |domain: &str| {
        let row = rows.iter().find(|row| row.domain == domain).unwrap();
        (row.estimate, row.n_unweighted.unwrap(), row.n_not_asked.unwrap())
    };
    assert_eq!(found("total"), (Some(0.75), 4, 2));
    assert_eq!(found("female"), (Some(1.0), 2, 1));
    assert_eq!(found("male"), (Some(0.5), 2, 1));
    let (north, asked, not_asked) = found("north");
    assert!(close(north, 2.0 / 3.0) && asked == 3 && not_asked == 2, "{north:?}");
    assert_eq!(found("south"), (Some(1.0), 1, 0));
    assert_eq!(found("child"), (Some(0.75), 4, 0));
    assert_eq!(found("adult"), (None, 0, 2));
    assert_eq!(found("male * north"), (Some(0.0), 1, 1));
    // Three households have somebody of school age: as many clusters, in one stratum.
    assert!(close(rows[0].df, 2.0), "{:?}", rows[0]);

    // Five members of two households are still two households.
    let few = results(&interviews, &text, 3);
    let hidden = few.iter().find(|row| row.domain == "north").unwrap();
    assert_eq!(hidden.suppressed, Some(Suppressed::Disclosure));

    // From inside a row, another roster's rows and its own place are there as well.
    let place = results(
        &interviews,
        &indicator("unit = \"members\"\nkind = \"mean\"\nof = \"position(..)\"\nbase = \"valid\""),
        0,
    );
    assert!(close(place[0].estimate, (1.0 + 2.0 + 3.0 + 1.0 + 2.0 + 1.0) / 6.0), "{:?}", place[0]);
    let first = results(
        &interviews,
        &indicator(
            "kind = \"mean\"\nof = \"indexed-repeat(${member_age}, ${members}, 2)\"\nbase = \"valid\"",
        ),
        0,
    );
    assert!(close(first[0].estimate, 21.0), "{:?}", first[0]);
    assert_eq!(first[0].n_not_applicable, Some(2));
}

#[test]
fn an_indicator_may_choose_its_interval_and_its_least_number() {
    let people = people(12);
    let text = "kind = \"proportion\"\nof = \"${safe} = 'unsafe'\"\nbase = \"asked\"\n";
    let with = |more: &str| results(&people, &indicator(&format!("{text}{more}")), 0).remove(0);
    let plain = with("");
    assert_eq!((plain.ci_method, plain.ci_level), ("logit", 0.95));
    let wilson = with("ci_method = \"wilson\"\nci_level = 0.9\n");
    assert_eq!((wilson.ci_method, wilson.ci_level, wilson.estimate), ("wilson", 0.9, plain.estimate));
    assert!(wilson.ci_low > plain.ci_low && wilson.ci_high < plain.ci_high);
    let few = with("minimum_n = 30\n");
    assert_eq!((few.estimate, few.ci_low, few.n_unweighted), (None, None, Some(12)));
    assert_eq!((few.suppressed, few.note.as_str()), (Some(Suppressed::TooFew(30)), "fewer than 30"));
}
