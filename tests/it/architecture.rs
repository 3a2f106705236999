//! The house is the designed one: reads the layer table of `docs/architecture.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Module -> modules that it may use; `None` means all.
fn table() -> BTreeMap<String, Option<Vec<String>>> {
    let text = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    text.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [layer, module, uses] = cells.as_slice() else { return None };
            layer.parse::<u8>().ok()?;
            let uses = (*uses != "everything")
                .then(|| uses.split(',').map(|u| u.trim().to_owned()).filter(|u| !u.is_empty()).collect());
            Some(((*module).to_owned(), uses))
        })
        .collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Every source file with the top-level module it belongs to and its text without comments.
fn sources() -> Vec<(String, PathBuf, String)> {
    let src = root().join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    files
        .into_iter()
        .map(|path| {
            let inner = path.strip_prefix(&src).unwrap();
            let first = inner.components().next().unwrap().as_os_str().to_str().unwrap();
            let module = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code =
                text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            (module, inner.to_path_buf(), code)
        })
        .collect()
}

/// The modules named after `crate::` in a piece of code, groups in braces included.
fn crate_uses(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0_i32;
            let mut name = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(std::mem::take(&mut name)),
                    c if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            found.push(name);
        } else {
            found.push(rest.to_owned());
        }
    }
    found
        .iter()
        .map(|n| n.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>())
        .filter(|n| !n.is_empty())
        .collect()
}

#[test]
fn arrows_only_go_down() {
    let table = table();
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        if matches!(module.as_str(), "main" | "lib") {
            continue;
        }
        let Some(allowed) = table.get(&module) else {
            wrong.push(format!("{}: module `{module}` is not in the layer table", path.display()));
            continue;
        };
        let Some(allowed) = allowed else { continue };
        for used in crate_uses(&code) {
            if used != module && !allowed.contains(&used) {
                wrong.push(format!("{}: `{module}` may not use `{used}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_table_exists_and_is_read() {
    let modules: Vec<String> = sources().into_iter().map(|(m, ..)| m).collect();
    for module in table().keys() {
        assert!(modules.contains(module), "the layer table names `{module}`, which does not exist");
    }
    assert_eq!(
        crate_uses("use crate::{value::{A, B}, merge}; crate::store::open()"),
        ["value", "merge", "store"]
    );
}

#[test]
fn only_cli_touches_the_outside() {
    let outside = [
        "std::env",
        "env::var",
        "io::stdin",
        "io::stdout",
        "io::stderr",
        "println!",
        "eprintln!",
        "print!(",
        "SystemTime::now",
        "Instant::now",
        "Utc::now",
        "Local::now",
        "getrandom::",
        "Uuid::now_v7",
        "Uuid::new_v4",
        "process::exit",
    ];
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        if matches!(module.as_str(), "cli" | "main") {
            continue;
        }
        // Tests at the end of a file may print.
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        for word in outside.iter().filter(|w| code.contains(**w)) {
            wrong.push(format!("{}: `{word}` belongs to `cli`", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Text reaches a terminal through the gate alone: only these files hold what writes to one, and each
/// lets nothing past that the gate has not seen.
#[test]
fn only_the_gate_leads_to_a_terminal() {
    let doors: [(&str, &[&str]); 4] = [
        // Talk, data, and drawn diagnostics, whose texts were neutralised when they were drawn.
        ("io::stdout()", &["cli/say.rs", "cli/screen.rs", "cli/interview.rs"]),
        ("stderr()", &["cli/say.rs"]),
        // Line mode writes what `wrap` makes of gated text; the screen puts gated rows.
        ("writeln!(self.output", &["terminal/line.rs"]),
        ("set_stringn", &["terminal/screen/paint.rs"]),
    ];
    let mut wrong = Vec::new();
    for (_, path, code) in sources() {
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        // Asking whether it is a terminal writes nothing.
        let code = code.replace("io::stdout().is_terminal()", "").replace("io::stderr().is_terminal()", "");
        for (door, keepers) in doors {
            if code.contains(door) && !keepers.iter().any(|keeper| path.ends_with(keeper)) {
                wrong.push(format!("{}: `{door}`", path.display()));
            }
        }
        for other in ["Paragraph", ".set_string(", ".set_line(", "set_symbol", "Span::raw"] {
            if path.starts_with("terminal") && code.contains(other) {
                wrong.push(format!("{}: `{other}` goes past the gate", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(_, path, _)| path)
        .filter_map(|path| {
            let lines = fs::read_to_string(root().join("src").join(&path)).unwrap().lines().count();
            (lines > 500).then(|| format!("{} has {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "split by idea: {}", long.join(", "));
}
