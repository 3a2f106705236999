//! The codebook for archives.

use std::fs;

use doorstep::dataset::Dataset;
use doorstep::export::codebook::Codebook;
use doorstep::export::ddi::{self, Study};
use doorstep::export::{Missings, Multiple, Options, Plan, Shown, Wording};
use doorstep::questionnaire::Questionnaire;

use super::ddi_rules::holds;
use super::types::types;
use super::{done, survey};
use crate::support;

#[test]
fn ddi_is_as_its_schema_asks() {
    let folder = types();
    let folder = folder.path();
    let arabic =
        "language = \"ar\"\nname = \"العربية\"\nstatus = \"draft\"\n[labels]\nsafe = \"هل تشعر بالأمان؟\"\n";
    fs::create_dir_all(folder.join("questionnaire/translations")).unwrap();
    fs::write(folder.join("questionnaire/translations/ar.toml"), arabic).unwrap();
    done(folder, &["export", "ddi", "--missing", "refused=-99", "--out", "out.xml"]);
    let text = fs::read_to_string(folder.join("out.xml")).unwrap();
    holds(&text);
    let variables = text.matches("<var ").count();
    assert!(variables > 25, "{variables}");
    for part in [
        "<qstnLit xml:lang=\"ar\">هل تشعر بالأمان؟</qstnLit>",
        "<catgry missing=\"Y\">",
        "<catValu>-99</catValu>",
        "<universe xml:lang=\"en\">Ask only if A4 is 4711.</universe>",
        "<fileName>people.csv</fileName>",
        "<caseQnty>3</caseQnty>",
        "cycle=\"baseline\">2026-03-02</collDate>",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(
        !text.contains("name=\"home\"") && !text.contains("name=\"remark\""),
        "what stays inside is not described"
    );
    done(
        folder,
        &[
            "export",
            "ddi",
            "--with",
            "identifying,text",
            "--group-names",
            "--choices",
            "codes",
            "--out",
            "all.xml",
        ],
    );
    holds(&fs::read_to_string(folder.join("all.xml")).unwrap());
}

/// Every questionnaire that is shipped, and those with every type of question or strange names, without any interview.
#[test]
fn ddi_of_any_questionnaire_is_as_its_schema_asks() {
    for folder in [
        "questionnaires/community-security",
        "fixtures/export",
        "fixtures/transcripts/visit",
        "fixtures/transcripts/places",
        "fixtures/transcripts/trust",
        "fixtures/authoring/new",
    ] {
        let questionnaire = support::compiled(&support::bundle(&support::root().join(folder)));
        for multiple in [Multiple::Both, Multiple::Joined] {
            let all = ["identifying", "sensitive", "text"].map(str::to_owned).to_vec();
            for (with, missings) in [(all, Missings::Beside), (Vec::new(), Missings::Within)] {
                let xml = described(&questionnaire, with, multiple, missings);
                assert!(xml.contains("<var ") && xml.contains("<catgry>"), "{folder}");
                holds(&xml);
            }
        }
    }
}

fn described(
    questionnaire: &Questionnaire,
    with: Vec<String>,
    multiple: Multiple,
    missings: Missings,
) -> String {
    let dataset = Dataset::new(questionnaire);
    let wording = Wording {
        yes: "Yes".to_owned(),
        no: "No".to_owned(),
        reasons: ["a", "b", "c", "d", "e", "f"].map(str::to_owned),
    };
    let options = Options {
        unfinished: true,
        round: None,
        with,
        without: Vec::new(),
        only: Vec::new(),
        shown: Shown::Names,
        language: 0,
        group_names: true,
        multiple,
        missings,
        wording: vec![wording; questionnaire.languages.len()],
    };
    let plan = Plan::new(&dataset, options, |_| true).unwrap();
    let book = Codebook::new(&plan, questionnaire, &[questionnaire], |_| true);
    let study = Study {
        id: "study".to_owned(),
        title: "A <study> & more".to_owned(),
        sampling: Some("Stratum: ${district} = \"<west>\"".to_owned()),
        weighting: Some("Weight: 2".to_owned()),
    };
    let mut xml = Vec::new();
    assert_eq!(ddi::write(&book, &study, &mut xml).unwrap(), 0);
    String::from_utf8(xml).unwrap()
}

#[test]
fn the_weight_is_marked_as_one() {
    let folder = survey(super::QUESTIONNAIRE, "[design]\nweight = \"2.5\"\n", super::ANSWERS);
    done(folder.path(), &["export", "ddi", "--out", "out.xml"]);
    let text = fs::read_to_string(folder.path().join("out.xml")).unwrap();
    holds(&text);
    assert_eq!(text.matches(" wgt=\"wgt\"").count(), 1);
    assert!(text.contains("name=\"_weight\" wgt=\"wgt\""), "{text}");
}
