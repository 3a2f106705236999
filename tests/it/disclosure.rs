//! What disclosure control does where numbers about the same people stand in different tables: by hand.

use doorstep::dataset::Dataset;
use doorstep::indicators::{Row, Suppressed};

use crate::indicators::{dataset, finalised, one, results, small, whole};

/// So many people of each sex, age and opinion.
fn people(of: &[(usize, &str, i64, &str)]) -> Dataset {
    let questionnaire = small();
    let person = |(n, sex, age, safe): &(usize, &str, i64, &str)| {
        let answers = [("sex", one(sex)), ("age", whole(*age)), ("safe", one(safe))];
        (0..*n).map(|_| finalised(&questionnaire, &answers)).collect::<Vec<_>>()
    };
    dataset(&questionnaire, &of.iter().flat_map(person).collect::<Vec<_>>())
}

/// A variable that cuts ages, and the names of its groups.
fn cut(name: &str, at: &[i64]) -> String {
    let from = std::iter::once(None).chain(at.iter().map(Some));
    let to = at.iter().map(Some).chain([None]);
    let group = |(n, (from, to)): (usize, (Option<&i64>, Option<&i64>))| {
        let from = from.map(|from| format!("${{age}} >= {from}"));
        let to = to.map(|to| format!("${{age}} < {to}"));
        let when: Vec<String> = from.into_iter().chain(to).collect();
        format!("{{ name = \"{name}_{n}\", when = \"{}\" }},\n", when.join(" and "))
    };
    let groups: String = from.zip(to).enumerate().map(group).collect();
    format!("[[variables]]\nname = \"{name}\"\ncategories = [\n{groups}]\n")
}

fn indicator(id: &str, lines: &str) -> String {
    format!("[[indicators]]\nid = \"{id}\"\ntitle = \"T\"\nbase = \"all\"\n{lines}\n")
}

fn share(id: &str, by: &str) -> String {
    indicator(id, &format!("kind = \"proportion\"\nof = \"${{safe}} = 'unsafe'\"\nby = [{by}]"))
}

fn rows(people: &Dataset, parts: &[String]) -> Vec<Row> {
    results(people, &format!("format = 1\n{}", parts.concat()), 5)
}

/// Whether a number is blanked.
fn is_blank(rows: &[Row], indicator: &str, domain: &str, category: &str) -> bool {
    let is_it = |row: &&Row| row.indicator == indicator && row.domain == domain && row.category == category;
    let row = rows.iter().find(is_it).unwrap();
    assert!(row.suppressed.is_none() || (row.estimate, row.n_unweighted) == (None, None), "{row:?}");
    row.suppressed == Some(Suppressed::Disclosure)
}

#[test]
fn a_gap_does_not_tell_of_a_group_that_is_blanked_elsewhere() {
    let people =
        people(&[(3, "female", 15, "unsafe"), (20, "female", 25, "unsafe"), (40, "male", 35, "very_safe")]);
    let gap = indicator(
        "gap",
        "kind = \"gap\"\nof = \"${safe} = 'unsafe'\"\nbetween = \"age_group\"\ngroups = [\"age_group_2\", \"age_group_1\"]",
    );
    let groups = cut("age_group", &[20, 30]);
    // Nobody else tells of the groups; but that three are in neither would follow from the total.
    let alone = rows(&people, &[groups.clone(), gap.clone()]);
    assert!(!is_blank(&alone, "gap", "total", ""));
    let total = rows(&people, &[groups.clone(), gap.clone(), share("x", "")]);
    assert!(is_blank(&total, "gap", "total", ""));
    // The three are blanked, and the twenty beside them; the gap to the forty would tell of the twenty.
    let both = rows(&people, &[groups, gap, share("x", "\"age_group\"")]);
    let hidden = ["age_group_0", "age_group_1", "age_group_2"].map(|group| is_blank(&both, "x", group, ""));
    assert_eq!(hidden, [true, true, false]);
    assert!(is_blank(&both, "gap", "total", ""));
}

#[test]
fn a_gap_of_groups_that_are_told_is_told() {
    let people =
        people(&[(9, "female", 15, "unsafe"), (20, "female", 25, "unsafe"), (40, "male", 35, "very_safe")]);
    let gap = indicator(
        "gap",
        "kind = \"gap\"\nof = \"${safe} = 'unsafe'\"\nbetween = \"age_group\"\ngroups = [\"age_group_2\", \"age_group_1\"]\nby = [\"sex\"]",
    );
    let all = rows(&people, &[cut("age_group", &[20, 30]), gap, share("x", "\"age_group\", \"sex\"")]);
    assert!(all.iter().all(|row| row.suppressed.is_none()), "{all:?}");
    let gap = all.iter().find(|row| row.indicator == "gap").unwrap();
    assert_eq!((gap.estimate, gap.n_unweighted), (Some(-1.0), Some(60)));
}

#[test]
fn groups_that_add_up_to_others_do_not_give_each_other_away() {
    // Of 3, 40, 20 and 30 the first is blanked, and the third beside it: the first two together would tell of the first.
    let people = people(&[
        (3, "female", 15, "unsafe"),
        (40, "female", 25, "unsafe"),
        (20, "male", 35, "very_safe"),
        (30, "male", 45, "unsafe"),
    ]);
    let fine = cut("fine", &[20, 30, 40]);
    let alone = rows(&people, &[fine.clone(), share("x", "\"fine\"")]);
    let of_fine =
        |rows: &[Row]| ["fine_0", "fine_1", "fine_2", "fine_3"].map(|group| is_blank(rows, "x", group, ""));
    assert_eq!(of_fine(&alone), [true, false, true, false]);
    let both = rows(&people, &[fine, cut("coarse", &[30]), share("x", "\"fine\""), share("y", "\"coarse\"")]);
    assert!(of_fine(&both)[0]);
    assert!(of_fine(&both)[1] || is_blank(&both, "y", "coarse_0", ""), "{:?}", of_fine(&both));
}

#[test]
fn two_ways_to_cut_ages_do_not_tell_of_those_between_the_cuts() {
    let of = |thirty: usize| {
        people(&[
            (20, "female", 29, "unsafe"),
            (thirty, "female", 30, "very_safe"),
            (25, "male", 31, "unsafe"),
        ])
    };
    let shown = |people: &Dataset| {
        let cuts = [cut("a", &[30]), cut("b", &[31])];
        let all = rows(people, &[&cuts[..], &[share("x", "\"a\""), share("y", "\"b\"")]].concat());
        [is_blank(&all, "x", "a_0", ""), is_blank(&all, "y", "b_0", "")].map(|blank| !blank)
    };
    assert_ne!(shown(&of(2)), [true, true]);
    // So many may be told of.
    assert_eq!(shown(&of(5)), [true, true]);
}

#[test]
fn a_distribution_is_the_table_of_its_groups_turned_around() {
    let people = people(&[
        (2, "female", 25, "unsafe"),
        (1, "female", 25, "very_safe"),
        (60, "male", 35, "unsafe"),
        (40, "male", 35, "very_safe"),
    ]);
    let sexes = indicator("sexes", "kind = \"distribution\"\nof = \"sex\"\nby = [\"safe\"]")
        .replace("of = \"sex\"", "of = \"${sex}\"");
    // By itself it says how many are women, as of any answer.
    let alone = rows(&people, std::slice::from_ref(&sexes));
    assert!(!is_blank(&alone, "sexes", "unsafe", "female"));
    // Three women are blanked where opinions are told by sex: so they are here.
    let both = rows(&people, &[sexes, share("x", "\"sex\"")]);
    assert!(is_blank(&both, "x", "female", ""));
    for domain in ["total", "unsafe", "very_safe"] {
        assert!(is_blank(&both, "sexes", domain, "female"), "{domain}");
        assert!(is_blank(&both, "sexes", domain, "male"), "{domain}: the rest are women");
    }
}

#[test]
fn a_table_is_the_same_table_in_either_order() {
    let people = people(&[
        (3, "female", 25, "unsafe"),
        (9, "female", 35, "unsafe"),
        (9, "male", 25, "unsafe"),
        (30, "male", 35, "unsafe"),
    ]);
    let parts = [cut("a", &[30]), share("x", "\"sex * a\""), share("y", "\"a * sex\"")];
    let both = rows(&people, &parts);
    for sex in ["female", "male"] {
        for age in ["a_0", "a_1"] {
            let [one, other] = [format!("{sex} * {age}"), format!("{age} * {sex}")];
            assert_eq!(is_blank(&both, "x", &one, ""), is_blank(&both, "y", &other, ""), "{one}");
        }
    }
}
