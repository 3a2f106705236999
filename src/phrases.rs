//! Messages in the languages of people: one Fluent file a language, English behind each of them.
//!
//! Each part of Doorstep that speaks keeps its files beside itself (`terminal/words`, `report/words`).

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};

/// The Fluent files of one part: the tag of each language and its text, English first.
pub type Files = [(&'static str, &'static str)];

/// The messages of one language.
pub struct Phrases {
    tag: &'static str,
    /// The language, and behind it English.
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl Phrases {
    /// The messages of a language, by its tag; English where the files do not have it.
    #[must_use]
    pub fn of(files: &Files, tag: &str) -> Self {
        let plain = tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        let english = files.iter().take(1);
        let own = files.iter().skip(1).find(|(own, _)| *own == plain);
        let used: Vec<_> = own.into_iter().chain(english).collect();
        Self {
            tag: used.first().map_or("en", |(tag, _)| tag),
            bundles: used.into_iter().map(|(tag, text)| bundle(tag, text)).collect(),
        }
    }

    /// The language's tag.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// A message with what is filled in; its id where no file has it.
    #[must_use]
    pub fn tell(&self, id: &str, filled: &[(&'static str, FluentValue<'_>)]) -> String {
        let mut arguments = FluentArgs::new();
        for (name, value) in filled {
            arguments.set(*name, value.clone());
        }
        let found = self.bundles.iter().find_map(|bundle| {
            let pattern = bundle.get_message(id)?.value()?;
            Some(bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
        });
        found.unwrap_or_else(|| id.to_owned())
    }
}

/// Whether a language is written from right to left.
#[must_use]
pub fn is_right_to_left(tag: &str) -> bool {
    const TAGS: [&str; 10] = ["ar", "fa", "ur", "he", "ps", "ckb", "dv", "sd", "ug", "yi"];
    TAGS.contains(&tag.split(['-', '_']).next().unwrap_or(tag))
}

fn bundle(tag: &str, text: &str) -> FluentBundle<FluentResource> {
    // A tag or a message that does not parse leaves the rest in use; tests read all of them.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(rest, _)| rest);
    let mut bundle = FluentBundle::new(tag.parse().into_iter().collect());
    // Marks around what is filled in would need a terminal that hides them.
    bundle.set_use_isolating(false);
    let _ = bundle.add_resource(resource);
    bundle
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The messages of a file, each with what is filled into it.
    fn messages(text: &str) -> BTreeMap<String, Vec<String>> {
        let lines = text.lines().filter_map(|line| line.split_once(" = "));
        lines
            .map(|(id, message)| {
                let mut filled: Vec<String> = message
                    .split("{ $")
                    .skip(1)
                    .filter_map(|rest| rest.split(' ').next())
                    .map(str::to_owned)
                    .collect();
                filled.sort();
                (id.to_owned(), filled)
            })
            .collect()
    }

    /// Every language has every message, with the same places.
    pub(crate) fn same_messages(files: &Files) {
        let english = messages(files[0].1);
        for (tag, text) in files {
            assert!(FluentResource::try_new((*text).to_owned()).is_ok(), "{tag}.ftl does not parse");
            assert_eq!(messages(text), english, "{tag}.ftl");
        }
    }
}
