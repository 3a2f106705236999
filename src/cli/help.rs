//! The list of commands, grouped by those who use them.

use std::fmt::Write;

use clap::Command;

use crate::terminal::wrap;

/// Who uses which commands. Each command stands once; a test holds it to that.
const GROUPS: [(&str, &[&str]); 5] = [
    (
        "Authors of questionnaires",
        &["new", "check", "show", "print", "diff", "test", "simulate", "translate", "schema"],
    ),
    ("Enumerators", &["interview", "list", "outcome", "pack"]),
    (
        "M&E staff and the office",
        &[
            "merge",
            "verify",
            "conflicts",
            "resolve",
            "summary",
            "audit",
            "reopen",
            "upgrade",
            "withdraw",
            "remove",
            "attachments",
            "doctor",
            "new-key",
            "encrypt",
            "passphrase",
            "decrypt",
        ],
    ),
    ("Analysts", &["indicators", "compare", "assess", "report", "export", "codebook", "power"]),
    ("To look around", &["demo"]),
];

/// Fewer letters would not say what a command does.
const SHORTEST: usize = 12;
/// So wide the list is at most.
const COLUMNS: usize = 80;

/// The command line with its commands in groups.
pub fn grouped(command: Command) -> Command {
    let template = template(&command);
    command.help_template(template)
}

fn template(command: &Command) -> String {
    let mut text = String::from("{about}\n\n{usage-heading} {usage}\n");
    for (who, names) in GROUPS {
        let _ = write!(text, "\n{who}:\n");
        for name in names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            for line in wrap(in_short(&about), COLUMNS, &format!("  {name:<12} ")) {
                let _ = writeln!(text, "{line}");
            }
        }
    }
    text.push_str("\n`doorstep help COMMAND` tells all about one.\n\nOptions:\n{options}{after-help}");
    text
}

/// What a command does, in so few words that a glance finds it; the rest stands in its own help.
fn in_short(about: &str) -> &str {
    let ends = [". ", ": ", ", and ", ", which ", ", with "];
    let end = ends.iter().filter_map(|end| about.find(end)).filter(|end| *end >= SHORTEST).min();
    end.and_then(|end| about.get(..end)).unwrap_or(about)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::GROUPS;

    #[test]
    fn every_command_stands_in_one_group() {
        let command = crate::cli::Arguments::command();
        let mut known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        known.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(grouped, known);
    }
}
