//! CSV: what is in the files, and what spreadsheets and programs make of it.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value as Json;

use super::{done, folder, refused, rows};
use crate::support;

#[test]
fn what_could_harm_stays_inside_unless_it_is_named() {
    let folder = folder();
    let folder = folder.path();
    let said = done(folder, &["export", "csv", "--out", "out"]);
    assert!(said.contains("interviews.csv: 2 rows"), "{said}");
    for (why, names) in [("tells who", "name, home"), ("could harm", "hurt"), ("own words", "job")] {
        let line = said.lines().find(|line| line.contains(why)).unwrap();
        assert!(line.ends_with(names), "{line}");
    }
    for file in ["interviews.csv", "people.csv", "_codebook.csv", "datapackage.json"] {
        let text = fs::read_to_string(folder.join("out").join(file)).unwrap();
        for secret in ["Asha", "Omar", "two", "hurt"] {
            assert!(!text.contains(secret), "{secret} is in {file}");
        }
    }
    done(folder, &["export", "csv", "--out", "more", "--with", "name,hurt", "--all", "--without", "change"]);
    let rows = rows(&folder.join("more/interviews.csv"));
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| !row.contains_key("change") && !row.contains_key("job")));
    assert_eq!((rows[0]["name"].as_str(), rows[0]["hurt"].as_str()), ("Asha", "theft"));
    assert_eq!(rows[1]["hurt__missing"], "refused");
    assert_eq!(rows[2]["_status"], "paused");
    assert_eq!(rows[2]["hurt__missing"], "not_reached");
}

#[test]
fn choices_reasons_and_rosters_read_back_as_they_were() {
    let folder = folder();
    let folder = folder.path();
    done(folder, &["export", "csv", "--out", "out", "--raw", "--with", "job"]);
    let interviews = rows(&folder.join("out/interviews.csv"));
    let first = &interviews[0];
    let is = |row: &BTreeMap<String, String>, wanted: &[(&str, &str)]| {
        for (name, value) in wanted {
            assert_eq!(row[*name], *value, "{name}");
        }
    };
    is(
        first,
        &[
            ("worries", "theft dogs"),
            ("worries__theft", "1"),
            ("worries__dogs", "1"),
            ("worries__missing", ""),
        ],
    );
    is(first, &[("first", "dogs theft"), ("first__1", "dogs"), ("first__2", "theft"), ("change", "-3")]);
    is(first, &[("job", "=1+1, \"two\"\nlines"), ("_enumerator", "=cmd"), ("_round", "baseline")]);
    is(&interviews[1], &[("worries", ""), ("worries__theft", ""), ("worries__missing", "dont_know")]);
    let people = rows(&folder.join("out/people.csv"));
    assert_eq!(people.len(), 4);
    for (person, age, reason) in [(0, "30", ""), (1, "4", ""), (2, "", "dont_know"), (3, "7", "")] {
        is(&people[person], &[("age", age), ("age__missing", reason)]);
        is(&people[person], &[("people", if person % 2 == 0 { "1" } else { "2" })]);
        assert_eq!(people[person]["_interview"], interviews[person / 2]["_interview"]);
    }
    // The same data give the same bytes.
    done(folder, &["export", "csv", "--out", "again", "--raw", "--with", "job"]);
    for file in ["interviews.csv", "people.csv", "_codebook.csv", "datapackage.json"] {
        assert_eq!(
            fs::read(folder.join("out").join(file)).unwrap(),
            fs::read(folder.join("again").join(file)).unwrap()
        );
    }
}

#[test]
fn a_spreadsheet_gets_no_formulas_and_other_forms_are_had_for_the_asking() {
    let folder = folder();
    let folder = folder.path();
    done(
        folder,
        &["export", "csv", "--out", "out", "--with", "job", "--choices", "labels", "--multiple", "joined"],
    );
    let text = fs::read_to_string(folder.join("out/interviews.csv")).unwrap();
    assert!(text.starts_with('\u{feff}'));
    let interviews = rows(&folder.join("out/interviews.csv"));
    assert_eq!(interviews[0]["job"], "'=1+1, \"two\"\nlines");
    assert_eq!(interviews[0]["_enumerator"], "'=cmd");
    assert_eq!(interviews[0]["change"], "-3", "a number is no formula");
    assert_eq!(interviews[0]["worries"], "Theft, or \"loss\"; Dogs");
    assert!(!interviews[0].contains_key("worries__theft"));

    let codes =
        ["export", "csv", "--out", "codes", "--choices", "codes", "--missing", "dont_know=-88,refused=-99"];
    done(folder, &codes);
    let interviews = rows(&folder.join("codes/interviews.csv"));
    assert_eq!(interviews[0]["worries"], "1 2");
    assert_eq!((interviews[1]["worries"].as_str(), interviews[1]["worries__dogs"].as_str()), ("-88", "-88"));
    assert!(!interviews[1].contains_key("worries__missing"));
}

#[test]
fn a_code_that_is_an_answer_is_refused() {
    let folder = folder();
    let folder = folder.path();
    for (codes, more, variable) in [
        ("refused=-77,dont_know=-3", "", "`change`"),
        ("dont_know=-3.0", "", "`change`"),
        // The rows of a roster, and what goes out because it was asked for.
        ("refused=30", "", "`age`"),
        ("refused=none", "--with=job", "`job`"),
        // A choice that somebody may yet make, and how it is written here.
        ("not_asked=dogs", "", "`worries`"),
        ("not_asked=2", "--choices=codes", "`worries`"),
        ("not_asked=Dogs", "--choices=labels", "`worries`"),
        ("dont_know=0", "--only=worries", "`worries__theft`"),
    ] {
        for (format, out) in [("csv", "x"), ("xlsx", "x.xlsx")] {
            let mut command = vec!["export", format, "--out", out, "--missing", codes];
            command.extend((!more.is_empty()).then_some(more));
            let output = support::doorstep(folder, &command, "");
            let said = String::from_utf8(output.stderr).unwrap();
            let code = codes.rsplit_once('=').unwrap().1;
            assert_eq!(output.status.code(), Some(2), "{codes} {more}: {said}");
            assert!(said.contains(variable) && said.contains(&format!("={code}`")), "{codes} {more}: {said}");
            assert!(!folder.join(out).exists(), "{codes} {more}");
        }
    }
    for (out, codes, more) in [
        ("worries", "dont_know=-3", "--only=worries"),
        ("names", "dont_know=2", "--multiple=joined"),
        ("none", "refused=none", "--raw"),
    ] {
        done(folder, &["export", "csv", "--out", out, "--missing", codes, more]);
    }
}

#[test]
fn codes_below_zero_are_numbers_for_spreadsheets_too() {
    let folder = super::packages::hard();
    done(folder.path(), &["export", "csv", "--out", "out", "--choices", "codes"]);
    assert_eq!(rows(&folder.path().join("out/interviews.csv"))[0]["int"], "-1");
    let text = fs::read_to_string(folder.path().join("out/datapackage.json")).unwrap();
    assert!(!text.contains("\"'-1\""), "the description has the cells as they are");
}

#[test]
fn the_codebook_and_the_description_name_every_variable() {
    let folder = folder();
    let folder = folder.path();
    done(folder, &["export", "csv", "--out", "out"]);
    let codebook = rows(&folder.join("out/_codebook.csv"));
    let described: Json =
        serde_json::from_str(&fs::read_to_string(folder.join("out/datapackage.json")).unwrap()).unwrap();
    for (number, table) in ["interviews", "people"].iter().enumerate() {
        let resource = &described["resources"][number];
        assert_eq!(resource["path"], format!("{table}.csv"));
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        let text = fs::read_to_string(folder.join(format!("out/{table}.csv"))).unwrap();
        let header = text.lines().next().unwrap().trim_start_matches('\u{feff}').to_owned();
        assert_eq!(header, names.join(","));
        let keys = resource["schema"]["primaryKey"].as_array().unwrap().len();
        let of_table: Vec<&str> = codebook
            .iter()
            .filter(|row| row["table"] == *table)
            .map(|row| row["variable"].as_str())
            .collect();
        assert_eq!(of_table, names[keys..]);
    }
    assert_eq!(described["languages"], serde_json::json!(["en"]));
    assert_eq!(described["resources"][1]["schema"]["foreignKeys"][0]["reference"]["resource"], "interviews");
    let worries = codebook.iter().find(|row| row["variable"] == "worries").unwrap();
    assert_eq!(worries["values"], "1 theft = Theft, or \"loss\"; 2 dogs = Dogs");
    assert_eq!((worries["n"].as_str(), worries["reasons without a value"].as_str()), ("1", "dont_know: 1"));
    assert_eq!(worries["label"], "What do you fear? 😟");
}

#[test]
fn an_export_replaces_nothing_but_an_export() {
    let folder = folder();
    let folder = folder.path();
    done(folder, &["export", "csv", "--out", "out"]);
    refused(folder, &["export", "csv", "--out", "out"], "--force");
    done(folder, &["export", "csv", "--out", "out", "--force", "--all"]);
    assert_eq!(rows(&folder.join("out/interviews.csv")).len(), 3);
    refused(folder, &["export", "csv", "--out", "data", "--force"], "no earlier export");
    refused(folder, &["export", "csv", "--out", "survey.toml", "--force"], "not a folder");
    refused(folder, &["export", "csv", "--out", "x", "--with", "nmae"], "Did you mean `name`?");
    refused(folder, &["export", "csv", "--out", "x", "--round", "endline"], "It has: baseline");
    refused(folder, &["export", "csv", "--out", "x", "--missing", "unknown=-1"], "dont_know=-88");
    // In the cells nothing else tells reasons apart.
    let one = ["export", "csv", "--out", "x", "--missing", "refused=-88,dont_know=-88"];
    refused(folder, &one, "gives `refused` and `dont_know` one code: -88");
    let two = ["export", "csv", "--out", "x", "--missing", "dont_know=-88,dont_know=-77"];
    refused(folder, &two, "gives `dont_know` two codes: -88 and -77");
    assert!(!folder.join("x").exists());
    assert!(!folder.join("x").exists());
    let left = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.filter(|name| name.starts_with(".doorstep")).count() == 0, "nothing half-made is left");
}

/// A limit on the size of files stands for a disk that is full half-way.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_paradata_behind() {
    let folder = folder();
    let folder = folder.path();
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" export paradata --out out";
    let output = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_doorstep")])
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(4) && said.contains("cannot write"), "{said}");
    assert!(!folder.join("out").exists());
    let left = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.filter(|name| name.starts_with(".doorstep")).count() == 0);
}
