//! The JSON Schemas hold for what is shipped, and know the keys that the reader knows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use doorstep::questionnaire::{Bundle, compile, schema};
use serde_json::Value as Json;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn json(path: &Path) -> Json {
    let table: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    serde_json::to_value(table).unwrap()
}

fn complaints(schema: &Json, instance: &Json) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn shipped_questionnaires_and_translations_meet_the_schemas() {
    let (questionnaire, translation) = (schema::of_questionnaire(), schema::of_translation());
    let mut seen = 0;
    for entry in fs::read_dir(root().join("questionnaires")).unwrap() {
        let folder = entry.unwrap().path();
        assert_eq!(complaints(&questionnaire, &json(&folder.join("questionnaire.toml"))), [""; 0]);
        for file in fs::read_dir(folder.join("translations")).unwrap() {
            assert_eq!(complaints(&translation, &json(&file.unwrap().path())), [""; 0]);
            seen += 1;
        }
    }
    assert!(seen >= 3);
    assert_eq!(complaints(&questionnaire, &json(&root().join("fixtures/every_type.toml"))), [""; 0]);
    let module = root().join("fixtures/diagnostics/modules/modules/provider.toml");
    assert_eq!(complaints(&schema::of_module(), &json(&module)), [""; 0]);
}

#[test]
fn mistakes_do_not_meet_the_schema() {
    let schema = schema::of_questionnaire();
    for case in ["unknown_key", "unknown_type", "missing_keys", "wrong_type", "unknown_missing"] {
        let path = root().join("fixtures/diagnostics").join(case).join("questionnaire.toml");
        assert!(!complaints(&schema, &json(&path)).is_empty(), "{case}");
    }
}

/// The keys of each type as the reader tells them when it meets one that it does not know.
#[test]
fn the_schema_knows_the_keys_that_the_reader_knows() {
    let schema = schema::of_questionnaire();
    let types = schema["$defs"]["question"]["oneOf"].as_array().unwrap();
    let mut seen = 0;
    for reference in types {
        let name = reference["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        if name == "include" {
            continue;
        }
        let inner = "questions = [{ name = \"in\", type = \"note\", label = \"In\" }]\n";
        let items = "items = [{ name = \"it\", label = \"It\" }]\n";
        let text = format!(
            "format = 1\nid = \"c\"\nversion = \"1\"\nlanguage = \"en\"\ntitle = \"C\"\n[[sections]]\nname = \"s\"\nlabel = \"S\"\n[[sections.questions]]\nname = \"q\"\nlabel = \"Q\"\ntype = \"{name}\"\nzzzzzzzzzzzz = 1\n{}",
            match name {
                "group" | "roster" => inner,
                "grid" => items,
                _ => "",
            }
        );
        let bundle = Bundle { files: [("questionnaire.toml".to_owned(), text.into_bytes())].into() };
        let (_, report) = compile(&bundle, "");
        let unknown = report.diagnostics.iter().find(|d| d.code == "Q0103").unwrap();
        let known = unknown.help.as_ref().unwrap().trim_start_matches("Keys that can stand here: ");
        let known: BTreeSet<&str> = known.trim_end_matches('.').split(", ").collect();
        let own = schema["$defs"][name]["properties"].as_object().unwrap();
        let own: BTreeSet<&str> = own.keys().map(String::as_str).collect();
        assert_eq!(own, known, "{name}");
        seen += 1;
    }
    assert_eq!(seen, 18);
}

/// What an editor reads stands beside the page that explains it.
#[test]
fn the_schemas_in_the_docs_are_those_of_the_program() {
    for (name, schema) in [
        ("questionnaire", schema::of_questionnaire()),
        ("module", schema::of_module()),
        ("translation", schema::of_translation()),
    ] {
        let path = root().join(format!("docs/schema/{name}.json"));
        let fresh = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &fresh).unwrap();
        } else {
            assert!(
                fs::read_to_string(&path).unwrap_or_default() == fresh,
                "{} is stale: UPDATE_DOCS=1 cargo test schema",
                path.display()
            );
        }
    }
}
