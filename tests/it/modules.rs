//! Questionnaires put together from modules.

use std::fmt::Write as _;

use doorstep::questionnaire::{Bundle, Questionnaire, compile, files_named_in};

const HEAD: &str = "format = 1\nid = \"case\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"Case\"\n";

fn compiled(files: &[(&str, &str)]) -> (Option<Questionnaire>, String) {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let (questionnaire, report) = compile(&Bundle { files }, "");
    (questionnaire, report.render(false))
}

fn names(questionnaire: &Questionnaire) -> Vec<&str> {
    questionnaire.items.iter().map(|item| item.name.as_str()).collect()
}

const PROVIDER: &str = r#"
format = 1
parameters = ["prefix", "who", "least"]

[lists.yes_no]
choices = [{ name = "yes", code = 1, label = "Yes" }, { name = "no", code = 2, label = "No" }]

[lists."<<prefix>>reasons"]
choices = [{ name = "far", code = 1, label = "<<who>> are far away" }]

[[questions]]
name = "<<prefix>>known"
type = "select_one"
list = "yes_no"
label = "Do you know << who >>?"

[[questions]]
name = "<<prefix>>trust"
type = "integer"
label = "How much do you trust <<who>>, <<nobody>>?"
relevant = "${<<prefix>>known} = 'yes'"
constraint = ". >= <<least>>"

[[questions]]
name = "<<prefix>>why"
type = "select_one"
list = "<<prefix>>reasons"
label = "Why?"
"#;

#[test]
fn a_module_is_included_as_often_as_it_is_needed() {
    let main = format!(
        r#"{HEAD}
[[sections]]
name = "providers"
label = "Providers"
  [[sections.questions]]
  include = "modules/provider.toml"
  with = {{ prefix = "police_", who = "the police", least = 0 }}
  [[sections.questions]]
  name = "between"
  type = "note"
  label = "Now the others."
  [[sections.questions]]
  name = "others"
  type = "group"
    [[sections.questions.questions]]
    include = "modules/provider.toml"
    with = {{ prefix = "court_", who = "the court", least = 1 }}
[[sections]]
include = "modules/close.toml"
"#
    );
    let close = "format = 1\n[[sections]]\nname = \"close\"\nlabel = \"Close\"\n[[sections.questions]]\nname = \"end\"\ntype = \"note\"\nlabel = \"You trust the court: ${court_trust}.\"\n";
    let files = [
        ("questionnaire.toml", main.as_str()),
        ("modules/provider.toml", PROVIDER),
        ("modules/close.toml", close),
    ];
    let (questionnaire, report) = compiled(&files);
    assert_eq!(report, "");
    let questionnaire = questionnaire.unwrap();
    assert_eq!(
        names(&questionnaire),
        [
            "providers",
            "police_known",
            "police_trust",
            "police_why",
            "between",
            "others",
            "court_known",
            "court_trust",
            "court_why",
            "close",
            "end"
        ]
    );
    let trust = questionnaire.find("court_trust").unwrap();
    assert_eq!(trust.label.source(0), "How much do you trust the court, <<nobody>>?");
    assert_eq!(trust.relevant.as_ref().unwrap().text(), "${court_known} = 'yes'");
    assert_eq!(trust.question().unwrap().constraint.as_ref().unwrap().condition.text(), ". >= 1");
    let lists: Vec<&str> = questionnaire.lists.iter().map(|list| list.name.as_str()).collect();
    assert_eq!(lists.len(), 3, "{lists:?}");
    assert_eq!(
        questionnaire.find_list("court_reasons").unwrap().choices[0].label.source(0),
        "the court are far away"
    );
    let named = files_named_in(main.as_bytes());
    assert_eq!(named, ["modules/close.toml", "modules/provider.toml"]);
}

/// Each module includes the next one twice: two to the power of the number of files.
#[test]
fn modules_that_multiply_are_refused() {
    let mut files =
        vec![("questionnaire.toml".to_owned(), format!("{HEAD}[[sections]]\ninclude = \"m0.toml\"\n"))];
    for n in 0..40 {
        let mut module = "format = 1\n".to_owned();
        for _ in 0..2 {
            let _ = writeln!(module, "[[sections]]\ninclude = \"m{}.toml\"", n + 1);
        }
        files.push((format!("m{n}.toml"), module));
    }
    files.push(("m40.toml".to_owned(), "format = 1\n[[sections]]\nname = \"x\"\nlabel = \"X\"\n".to_owned()));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (questionnaire, report) = compiled(&files);
    assert!(questionnaire.is_none());
    assert_eq!(report.matches("Q0113").count(), 1, "{report}");
    assert!(report.contains("included more than 500 times"), "{report}");
}

/// Parameters that hold each other twice, forty times over.
#[test]
fn parameters_that_multiply_are_refused() {
    let mut files = vec![(
        "questionnaire.toml".to_owned(),
        format!("{HEAD}[[sections]]\ninclude = \"m0.toml\"\nwith = {{ p = \"ha\" }}\n"),
    )];
    for n in 0..40 {
        let next = n + 1;
        files.push((
            format!("m{n}.toml"),
            format!("format = 1\nparameters = [\"p\"]\n[[sections]]\ninclude = \"m{next}.toml\"\nwith = {{ p = \"<<p>><<p>>\" }}\n"),
        ));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (questionnaire, report) = compiled(&files);
    assert!(questionnaire.is_none());
    assert!(report.contains("longer than 1000 bytes"), "{report}");
}

/// A mistake in a module that is included twice is one mistake, and a module that cannot be read
/// leaves no mistakes about the names that it would have brought.
#[test]
fn one_mistake_is_told_once() {
    let main = format!(
        "{HEAD}[[sections]]\nname = \"s\"\nlabel = \"S\"\n[[sections.questions]]\ninclude = \"a.toml\"\nwith = {{ p = \"a\" }}\n[[sections.questions]]\ninclude = \"a.toml\"\nwith = {{ p = \"b\" }}\n[[sections.questions]]\nname = \"end\"\ntype = \"note\"\nlabel = \"End\"\nrelevant = \"${{a_x}} = 1\"\n"
    );
    let module = "format = 1\nparameters = [\"p\"]\n[[questions]]\nname = \"<<p>>_x\"\ntype = \"integer\"\nlable = \"X\"\n";
    let (_, report) = compiled(&[("questionnaire.toml", &main), ("a.toml", module)]);
    assert_eq!(report.matches("error[").count(), 2, "{report}");
    let (_, report) =
        compiled(&[("questionnaire.toml", &main), ("a.toml", "format = 1\nparameters = [\"p\"\n")]);
    assert_eq!(report.matches("error[").count(), 1, "{report}");
}
