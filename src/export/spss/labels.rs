//! The labels of values: sets of them, each for all variables that have the same.

use super::field::{Field, Form, code};
use crate::export::Plan;
use crate::export::cell::Kind;
use crate::export::shorten::{self, How, IN_CODEBOOK, Shortened};
use crate::value::Missing;

/// The longest label of a value, in bytes.
const LONGEST: usize = 120;

/// Labels of values, and the fields that have them.
pub(super) struct Set {
    /// The values with their labels.
    pub labels: Vec<(f64, String)>,
    /// The places of the fields.
    pub fields: Vec<usize>,
}

/// What decides which labels a variable has: its list (or kind), and the codes of its reasons.
type Key<'d> = (Kind, Option<&'d str>, Option<i64>);

/// The sets of labels of a file.
pub(super) fn sets(plan: &Plan<'_>, fields: &[Field<'_, '_>], shortened: &mut Vec<Shortened>) -> Vec<Set> {
    let mut keys: Vec<Key<'_>> = Vec::new();
    let mut sets: Vec<Set> = Vec::new();
    for (place, field) in fields.iter().enumerate() {
        let (Some(variable), Form::Number(_)) = (field.source.variable(), field.form) else { continue };
        let kind = match variable.kind() {
            kind @ (Kind::Flag | Kind::Choice | Kind::Reason) => kind,
            _ if field.reasons.is_some() => Kind::Integer,
            _ => continue,
        };
        let list = variable.list();
        let key = (kind, list.map(|list| list.name.as_str()), field.reasons);
        let known = keys.iter().position(|known| *known == key);
        if let Some(set) = known.and_then(|known| sets.get_mut(known)) {
            set.fields.push(place);
            continue;
        }
        let wording = plan.options.wording.get(plan.options.language);
        let reason = |reason: Missing| {
            wording.map_or_else(|| reason.name().to_owned(), |w| w.reasons[reason as usize].clone())
        };
        let mut labels: Vec<(f64, String)> = Vec::new();
        match (kind, list) {
            (Kind::Flag, _) => {
                labels.extend(wording.into_iter().flat_map(|w| [(0.0, w.no.clone()), (1.0, w.yes.clone())]));
            }
            (Kind::Reason, _) => {
                labels.extend(Missing::ALL.map(|missing| (f64::from(missing as u8 + 1), reason(missing))));
            }
            (_, Some(list)) => labels.extend(list.codes.iter().enumerate().map(|(n, code)| {
                let label = shorten::without_nul(list.label(n, plan.options.language));
                let cut = shorten::bytes(&label, LONGEST);
                if cut.is_some() {
                    let name = format!("{} {}", list.name, list.names.get(n).map_or("", String::as_str));
                    shortened.push(Shortened {
                        what: "labels of choices",
                        how: How::Cut("120 bytes"),
                        whole: IN_CODEBOOK,
                        name,
                    });
                }
                (*code as f64, cut.unwrap_or(label.into_owned()))
            })),
            _ => {}
        }
        if let Some(first) = field.reasons {
            labels.extend(Missing::ALL.map(|missing| (code(first, missing), reason(missing))));
        }
        labels.sort_by(|one, other| one.0.total_cmp(&other.0));
        keys.push(key);
        sets.push(Set { labels, fields: vec![place] });
    }
    sets
}
