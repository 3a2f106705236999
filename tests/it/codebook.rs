//! The codebook: every variable is in it, with interviews and without, and it tells nothing that could harm.

use std::fs;

use crate::export::{done, folder, refused, rows};
use crate::support;

#[test]
fn it_describes_every_variable_before_there_are_interviews() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &["new", "survey"]);
    done(folder, &["codebook", "survey", "--out", "codebook.csv"]);
    let book = rows(&folder.join("codebook.csv"));
    let of = |name: &str| book.iter().find(|row| row["variable"] == name).unwrap_or_else(|| panic!("{name}"));
    let questionnaire = support::community_security();
    for item in questionnaire.items.iter().filter(|item| item.question().is_some()) {
        assert_eq!(of(&item.name)["question"], item.name);
    }
    let rank = of("concern_rank");
    assert_eq!(rank["asked if"], "Ask only if E1 is “Yes” and the number of choices in G1 is at least 3.");
    assert_eq!((rank["number"].as_str(), rank["list"].as_str(), rank["n"].as_str()), ("G3", "concern", "0"));
    assert_eq!(rank["versions"], "2026.1");
    assert!(rank["label (ar)"].starts_with("من بين المخاوف"));
    // The choices too, in every language.
    assert!(rank["values"].contains("theft = Theft or burglary"), "{}", rank["values"]);
    assert!(rank["values (ar)"].contains("theft = السرقة أو السطو على المنازل"), "{}", rank["values (ar)"]);
    assert!(rank["values (sw)"].contains("theft = ") && rank["values (sw)"] != rank["values"]);
    assert_eq!(of("respondent_name")["stays inside"], "identifying");
    assert_eq!(of("respondent_name")["n"], "", "not even how many");
    assert_eq!(of("trust_police")["stays inside"], "sensitive");
    assert_eq!(of("concerns_other")["stays inside"], "text");
}

#[test]
fn it_is_a_page_that_needs_nothing_else_and_runs_as_its_language_does() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &["new", "survey"]);
    done(folder, &["codebook", "survey", "--out", "codebook.html"]);
    done(folder, &["codebook", "survey", "--language", "ar", "--out", "arabic.html"]);
    let page = fs::read_to_string(folder.join("codebook.html")).unwrap();
    assert!(page.contains("<html lang=\"en\" dir=\"ltr\">"));
    for outside in ["http", "<script", "<link", "src=", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("<p lang=\"ar\" dir=\"rtl\">"));
    // What is linked to is there.
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
    let arabic = fs::read_to_string(folder.join("arabic.html")).unwrap();
    assert!(arabic.contains("<html lang=\"ar\" dir=\"rtl\">") && arabic.contains("دليل الترميز"));
    // Choices have their labels in every language, whichever is first.
    for page in [&page, &arabic] {
        assert!(page.contains("Theft or burglary") && page.contains("السرقة أو السطو على المنازل"));
    }
    for name in ["codebook.html", "arabic.html"] {
        support::looked_at(&folder.join(name));
    }
    refused(folder, &["codebook", "survey", "--out", "codebook.html"], "--force");
    refused(folder, &["codebook", "survey", "--out", "codebook.doc"], "`.html` or `.csv`");
}

#[test]
fn it_counts_what_goes_out_and_names_the_versions() {
    let folder = folder();
    let folder = folder.path();
    // The questionnaire goes on; the interviews were held with the one before.
    let place = folder.join("questionnaire/questionnaire.toml");
    let text = fs::read_to_string(&place).unwrap().replace("version = \"1\"", "version = \"2\"");
    fs::write(
        &place,
        text + "\n[[sections.questions]]\nname = \"late\"\ntype = \"integer\"\nlabel = \"Late\"\n",
    )
    .unwrap();
    let book = |arguments: &[&str]| {
        done(folder, &[&["codebook", "--force", "--out", "codebook.csv"], arguments].concat());
        let book = rows(&folder.join("codebook.csv"));
        move |name: &str| book.iter().find(|row| row["variable"] == name).unwrap().clone()
    };
    let of = book(&[]);
    assert_eq!((of("change")["n"].as_str(), of("change")["versions"].as_str()), ("2", "1; 2"));
    assert_eq!((of("late")["n"].as_str(), of("late")["versions"].as_str()), ("0", "2"));
    assert_eq!(of("late")["reasons without a value"], "not_asked: 2");
    assert_eq!(of("worries")["reasons without a value"], "dont_know: 1");
    // Each variable's own: reasons stand where there is no value, and only one of the two places has two in it.
    assert_eq!((of("worries")["n"].as_str(), of("worries__missing")["n"].as_str()), ("1", "1"));
    assert_eq!((of("late")["n"].as_str(), of("late__missing")["n"].as_str()), ("0", "2"));
    assert_eq!((of("change")["n"].as_str(), of("change__missing")["n"].as_str()), ("2", "0"));
    assert_eq!((of("hurt")["n"].as_str(), of("hurt")["reasons without a value"].as_str()), ("", ""));
    assert_eq!(book(&["--with", "hurt"])("hurt")["n"], "1");
    assert_eq!(book(&["--all"])("change")["n"], "2");
}
