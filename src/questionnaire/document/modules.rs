//! Modules: files of sections or questions that a questionnaire includes, as often as it likes,
//! with parameters filled in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use toml::de::{DeTable, DeValue};

use super::fields::{Fields, Placed};
use super::items::{Items, Within};
use super::{DraftChoice, DraftList, check_format, lists, load, parse, stays_inside};
use crate::diagnostic::{Diagnostic, Report, Span, nearest};
use crate::questionnaire::bundle::Bundle;
use crate::questionnaire::codes;

/// As often may modules be included in all: modules that include each other twice and so on would
/// otherwise grow beyond any memory.
const MOST_INCLUDES: usize = 500;

/// A parameter stands for a name or a few words; longer ones that hold each other could grow
/// beyond any memory.
const LONGEST_VALUE: usize = 1_000;

/// What the parameters of a module stand for in one inclusion.
#[derive(Debug, Default)]
pub(in crate::questionnaire) struct With(BTreeMap<String, String>);

impl With {
    /// A text with each `<<parameter>>` replaced by what it stands for.
    pub(super) fn fill(&self, text: &str) -> String {
        static PARAMETER: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"<<\s*([a-z][a-z0-9_]*)\s*>>").ok());
        let Some(parameter) = PARAMETER.as_ref().filter(|_| text.contains("<<")) else {
            return text.to_owned();
        };
        let value = |found: &Captures<'_>| self.0.get(&found[1]).unwrap_or(&found[0].to_owned()).clone();
        parameter.replace_all(text, value).into_owned()
    }
}

/// What inclusions share.
pub(super) struct Modules<'b> {
    bundle: &'b Bundle,
    folder: &'b str,
    /// The lists of the questionnaire and of all modules so far.
    pub(super) lists: Vec<DraftList>,
    /// The modules that are being read, the outermost first.
    open: Vec<String>,
    included: usize,
    /// Whether some module could not be read.
    pub(super) lost: bool,
}

impl<'b> Modules<'b> {
    pub(super) fn new(bundle: &'b Bundle, folder: &'b str) -> Self {
        Self { bundle, folder, lists: Vec::new(), open: Vec::new(), included: 0, lost: false }
    }

    /// Takes up the lists of the questionnaire or of a module. A module that is included again
    /// brings the same lists again; another list of the same name is a mistake.
    pub(super) fn add_lists(&mut self, tables: &Fields<'_>, report: &mut Report) {
        for list in lists::read(tables, self.bundle, self.folder, report) {
            let Some(first) = self.lists.iter().find(|l| l.name.value == list.name.value) else {
                self.lists.push(list);
                continue;
            };
            if first.name.span != list.name.span {
                let message = format!("two lists are named `{}`", list.name.value);
                report.push(
                    Diagnostic::error(codes::DUPLICATE_LIST, list.name.span, message)
                        .related(first.name.span.clone(), "the first")
                        .help("Give one of them another name, or remove it where both are the same."),
                );
            } else if !same_choices(first, &list) {
                let message =
                    format!("list `{}` holds other choices each time it is included", list.name.value);
                report
                    .push(Diagnostic::error(codes::DUPLICATE_LIST, list.name.span, message).help(
                        "Put a parameter into its name as well, such as [lists.\"<<prefix>>places\"].",
                    ));
            }
        }
    }
}

fn same_choices(one: &DraftList, other: &DraftList) -> bool {
    let same = |(a, b): (&DraftChoice, &DraftChoice)| {
        a.name.value == b.name.value
            && a.code.value == b.code.value
            && a.label.value == b.label.value
            && a.columns == b.columns
    };
    one.choices.len() == other.choices.len() && one.choices.iter().zip(&other.choices).all(same)
}

impl Items<'_, '_> {
    /// Reads a module where it is included: its sections, or its questions `within` something.
    /// `None` if it could not be read, which is reported.
    pub(super) fn include(&mut self, mut fields: Fields<'_>, within: Option<Within<'_>>) -> Option<()> {
        fields.call("inclusion");
        let path = fields.need_text("include", self.report);
        let given = fields.table("with", "table of parameters", self.report);
        let place = fields.span.clone();
        fields.done(self.report);
        let path = path.filter(|path| self.may_include(path))?;
        let (bundle, folder) = (self.modules.bundle, self.modules.folder);
        if !bundle.files.contains_key(&path.value) {
            let modules = bundle.files.keys().map(String::as_str);
            let near = nearest(&path.value, modules.filter(|f| *f != "questionnaire.toml"));
            let message = format!("the questionnaire's folder has no file `{}`", path.value);
            let mut diagnostic = Diagnostic::error(codes::NO_FILE, path.span, message);
            diagnostic.help = Some(near.map_or_else(
                || {
                    "Name a file below the folder of questionnaire.toml, such as \"modules/household.toml\"."
                        .to_owned()
                },
                |near| format!("Did you mean `{near}`?"),
            ));
            self.report.push(diagnostic);
            return None;
        }
        let (file, text) = load(bundle, folder, &path.value, self.report)?;
        let table = parse(file, &text, self.report)?;
        let start = Span::new(file, 0..text.lines().next().map_or(0, str::len));
        let mut top = Fields::new(table.get_ref(), start, "module");
        let parameters = top.texts("parameters", self.report);
        let with = self.fill_in(&parameters, given.as_ref(), (&path, place))?;
        let mut top = top.with(&with);
        check_format(&mut top, self.report)?;
        let (wanted, other) =
            if within.is_some() { ("questions", "sections") } else { ("sections", "questions") };
        if top.has(other) && !top.has(wanted) {
            let message = format!("`{}` holds {other}, and {wanted} are wanted here", path.value);
            self.report.push(Diagnostic::error(codes::INCLUDE, path.span, message).help(match within {
                Some(_) => "Include it in place of a section, under [[sections]].",
                None => "Include it in place of a question, under [[sections.questions]].",
            }));
            return None;
        }
        if let Some(tables) = top.table("lists", "table of lists", self.report) {
            self.modules.add_lists(&tables, self.report);
        }
        self.modules.open.push(path.value);
        match within {
            None => {
                let sections = top.need_tables("sections", "section", self.report);
                top.done(self.report);
                self.sections(sections);
            }
            Some(within) => {
                let questions = top.need_tables("questions", "question", self.report);
                top.done(self.report);
                questions.into_iter().for_each(|question| self.question(question, within));
            }
        }
        self.modules.open.pop();
        Some(())
    }

    /// Whether a module may be read here. If not, that is reported.
    fn may_include(&mut self, path: &Placed<String>) -> bool {
        self.modules.included += 1;
        let open = &self.modules.open;
        let diagnostic = if !stays_inside(&path.value) {
            let message = format!("`{}` leads out of the questionnaire's folder", path.value);
            Diagnostic::error(codes::INCLUDE, path.span.clone(), message)
                .help("Copy the module into the folder: what goes to the field goes as one folder.")
        } else if open.contains(&path.value) || path.value == "questionnaire.toml" {
            let chain = open.iter().chain([&path.value]).cloned().collect::<Vec<_>>().join(" includes ");
            Diagnostic::error(codes::INCLUDE, path.span.clone(), "this module includes itself")
                .note(format!("{chain}."))
                .help("Take one of these inclusions out.")
        } else if self.modules.included > MOST_INCLUDES {
            if self.modules.included > MOST_INCLUDES + 1 {
                return false;
            }
            let message = format!("modules are included more than {MOST_INCLUDES} times in all");
            Diagnostic::error(codes::INCLUDE, path.span.clone(), message)
                .help("Look for modules that include others several times.")
        } else {
            return true;
        };
        self.report.push(diagnostic);
        false
    }

    /// What the parameters stand for. `None` if one is missing or unknown, which is reported.
    fn fill_in(
        &mut self,
        declared: &[Placed<String>],
        given: Option<&Fields<'_>>,
        (path, place): (&Placed<String>, Span),
    ) -> Option<With> {
        let names: Vec<&str> = declared.iter().map(|p| p.value.as_str()).collect();
        let mut with = With::default();
        let before = self.report.errors();
        for (key, value) in given.into_iter().flat_map(Fields::entries) {
            if !names.contains(&key.value.as_str()) {
                let message = format!("`{}` has no parameter `{}`", path.value, key.value);
                let mut diagnostic = Diagnostic::error(codes::PARAMETER, key.span, message);
                diagnostic.help = Some(match nearest(&key.value, names.iter().copied()) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None if names.is_empty() => "The module declares none: parameters = [\"…\"].".to_owned(),
                    None => format!("It has {}.", names.join(", ")),
                });
                self.report.push(diagnostic);
                continue;
            }
            let text = match value.get_ref() {
                DeValue::String(text) => given.map_or_else(|| text.to_string(), |g| g.filled(text)),
                DeValue::Integer(number) => number.to_string(),
                DeValue::Boolean(flag) => flag.to_string(),
                _ => {
                    let span = Span::new(key.span.file, value.span());
                    let message = format!("parameter `{}` is neither text nor a number", key.value);
                    self.report
                        .push(Diagnostic::error(codes::WRONG_TYPE, span, message).help("Put it in quotes."));
                    continue;
                }
            };
            if text.len() > LONGEST_VALUE {
                let message = format!("parameter `{}` is longer than {LONGEST_VALUE} bytes", key.value);
                self.report.push(Diagnostic::error(codes::PARAMETER, key.span, message));
                continue;
            }
            with.0.insert(key.value, text);
        }
        let missing: Vec<&str> = names.into_iter().filter(|name| !with.0.contains_key(*name)).collect();
        if !missing.is_empty() && self.report.errors() == before {
            let example: Vec<String> = missing.iter().map(|name| format!("{name} = \"…\"")).collect();
            let message = format!("`{}` needs {}", path.value, missing.join(", "));
            self.report.push(
                Diagnostic::error(codes::PARAMETER, place, message)
                    .help(format!("Add with = {{ {} }}.", example.join(", "))),
            );
        }
        (self.report.errors() == before).then_some(with)
    }
}

/// The modules that a table names, wherever in its sections and questions.
pub(super) fn named_in<'t>(table: &'t DeTable<'_>) -> Vec<&'t str> {
    let mut found = Vec::new();
    let mut tables = vec![table];
    while let Some(table) = tables.pop() {
        found.extend(table.get("include").and_then(|path| path.get_ref().as_str()));
        for key in ["sections", "questions"] {
            let array = table.get(key).and_then(|value| value.get_ref().as_array());
            tables.extend(array.into_iter().flatten().filter_map(|value| value.get_ref().as_table()));
        }
    }
    found
}
