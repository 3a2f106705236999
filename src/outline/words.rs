//! Doorstep's own words in outlines and on paper, per language, and conditions put into them.

use crate::expression::{Comparison, Condition, Slot};
use crate::questionnaire::{ItemId, Questionnaire};
use crate::value::{Missing, Value};

use super::Outline;

/// The words of one language. `{}` stands for what is filled in, in this order.
pub struct Words {
    /// Tag of the language.
    pub tag: &'static str,
    /// Under which condition something is asked.
    pub ask_if: &'static str,
    /// When a soft check warns, and with which words.
    pub(crate) warns_if: &'static str,
    pub(crate) and: &'static str,
    pub(crate) or: &'static str,
    pub(crate) not: &'static str,
    pub(crate) is: &'static str,
    pub(crate) is_not: &'static str,
    pub(crate) below: &'static str,
    pub(crate) at_most: &'static str,
    pub(crate) above: &'static str,
    pub(crate) at_least: &'static str,
    pub(crate) between: &'static str,
    pub(crate) answered: &'static str,
    pub(crate) not_answered: &'static str,
    pub(crate) chosen: &'static str,
    pub(crate) not_chosen: &'static str,
    /// The number of choices in a question, as the subject of a comparison.
    pub(crate) number_in: &'static str,
    pub(crate) this_answer: &'static str,
    pub(crate) always: &'static str,
    pub(crate) never: &'static str,
    /// Labels on paper.
    pub(crate) enumerator: &'static str,
    pub(crate) date: &'static str,
    pub(crate) place: &'static str,
    pub(crate) number: &'static str,
    pub(crate) one_answer: &'static str,
    pub(crate) several_answers: &'static str,
    pub(crate) at_least_so_many: &'static str,
    pub(crate) at_most_so_many: &'static str,
    pub(crate) rank: &'static str,
    pub(crate) from_list: &'static str,
    pub(crate) latitude: &'static str,
    pub(crate) longitude: &'static str,
    pub(crate) optional: &'static str,
    pub(crate) for_you: &'static str,
    pub(crate) must_meet: &'static str,
    pub(crate) each_row: &'static str,
    pub(crate) worked_out: &'static str,
    pub(crate) any_order: &'static str,
    pub(crate) dont_know: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) not_applicable: &'static str,
    pub(crate) not_alone: &'static str,
}

/// English.
const ENGLISH: Words = Words {
    tag: "en",
    ask_if: "Ask only if {}.",
    warns_if: "Warns if {}: {}",
    and: " and ",
    or: " or ",
    not: "not ({})",
    is: "{} is {}",
    is_not: "{} is not {}",
    below: "{} is below {}",
    at_most: "{} is at most {}",
    above: "{} is above {}",
    at_least: "{} is at least {}",
    between: "{} lies between {} and {}",
    answered: "{} is answered",
    not_answered: "{} is not answered",
    chosen: "{1} is chosen in {0}",
    not_chosen: "{1} is not chosen in {0}",
    number_in: "the number of choices in {}",
    this_answer: "the answer",
    always: "always",
    never: "never",
    enumerator: "Enumerator",
    date: "Date",
    place: "Place",
    number: "Interview no.",
    one_answer: "One answer.",
    several_answers: "Several answers.",
    at_least_so_many: "At least {}.",
    at_most_so_many: "At most {}.",
    rank: "Number the {} most important, beginning with 1.",
    from_list: "Write the name and code from the list “{}”.",
    latitude: "Latitude",
    longitude: "Longitude",
    optional: "May be left empty.",
    for_you: "For you:",
    must_meet: "It must hold that {}.",
    each_row: "Fill in this part once for each: {}",
    worked_out: "worked out",
    any_order: "In random order.",
    dont_know: "Don't know",
    refused: "Refused",
    not_applicable: "Does not apply",
    not_alone: "Not alone",
};

/// Arabic, a draft.
const ARABIC: Words = Words {
    tag: "ar",
    ask_if: "اسأل فقط إذا {}.",
    warns_if: "تنبيه إذا {}: {}",
    and: " و",
    or: " أو ",
    not: "ليس ({})",
    is: "كان {} هو {}",
    is_not: "لم يكن {} هو {}",
    below: "كان {} أقل من {}",
    at_most: "كان {} لا يزيد على {}",
    above: "كان {} أكثر من {}",
    at_least: "كان {} لا يقل عن {}",
    between: "كان {} بين {} و{}",
    answered: "أُجيب عن {}",
    not_answered: "لم يُجب عن {}",
    chosen: "اختير {1} في {0}",
    not_chosen: "لم يُختر {1} في {0}",
    number_in: "عدد الاختيارات في {}",
    this_answer: "الجواب",
    always: "دائمًا",
    never: "أبدًا",
    enumerator: "الباحث",
    date: "التاريخ",
    place: "المكان",
    number: "رقم المقابلة",
    one_answer: "جواب واحد.",
    several_answers: "يمكن اختيار عدة أجوبة.",
    at_least_so_many: "{} على الأقل.",
    at_most_so_many: "{} على الأكثر.",
    rank: "رقّم أهم {}، ابتداءً من 1.",
    from_list: "اكتب الاسم والرمز من القائمة «{}».",
    latitude: "خط العرض",
    longitude: "خط الطول",
    optional: "يمكن تركه فارغًا.",
    for_you: "لك:",
    must_meet: "يجب أن يتحقق: {}.",
    each_row: "املأ هذا الجزء مرة لكل: {}",
    worked_out: "محسوب",
    any_order: "بترتيب عشوائي.",
    dont_know: "لا أعرف",
    refused: "رفض الإجابة",
    not_applicable: "لا ينطبق",
    not_alone: "ليس وحده",
};

/// Bangla, a draft.
const BANGLA: Words = Words {
    tag: "bn",
    ask_if: "শুধু তখনই জিজ্ঞাসা করুন যদি {}।",
    warns_if: "সতর্ক করে যদি {}: {}",
    and: " এবং ",
    or: " অথবা ",
    not: "({}) না হয়",
    is: "{} হয় {}",
    is_not: "{} {} না হয়",
    below: "{} {}-এর কম হয়",
    at_most: "{} বড়জোর {} হয়",
    above: "{} {}-এর বেশি হয়",
    at_least: "{} অন্তত {} হয়",
    between: "{} {} থেকে {}-এর মধ্যে হয়",
    answered: "{}-এর উত্তর থাকে",
    not_answered: "{}-এর উত্তর না থাকে",
    chosen: "{0}-এ {1} বাছাই করা হয়",
    not_chosen: "{0}-এ {1} বাছাই করা না হয়",
    number_in: "{}-এ বাছাইয়ের সংখ্যা",
    this_answer: "উত্তরটি",
    always: "সব সময়",
    never: "কখনও না",
    enumerator: "তথ্য সংগ্রহকারী",
    date: "তারিখ",
    place: "স্থান",
    number: "সাক্ষাৎকার নং",
    one_answer: "একটি উত্তর।",
    several_answers: "একাধিক উত্তর হতে পারে।",
    at_least_so_many: "অন্তত {}টি।",
    at_most_so_many: "বড়জোর {}টি।",
    rank: "সবচেয়ে গুরুত্বপূর্ণ {}টি ১ থেকে শুরু করে নম্বর দিন।",
    from_list: "“{}” তালিকা থেকে নাম ও কোড লিখুন।",
    latitude: "অক্ষাংশ",
    longitude: "দ্রাঘিমাংশ",
    optional: "খালি রাখা যায়।",
    for_you: "আপনার জন্য:",
    must_meet: "শর্ত: {}।",
    each_row: "প্রত্যেকের জন্য এই অংশ একবার পূরণ করুন: {}",
    worked_out: "হিসাব করা",
    any_order: "এলোমেলো ক্রমে।",
    dont_know: "জানি না",
    refused: "উত্তর দিতে অস্বীকার",
    not_applicable: "প্রযোজ্য নয়",
    not_alone: "একা নয়",
};

/// Swahili, a draft.
const SWAHILI: Words = Words {
    tag: "sw",
    ask_if: "Uliza tu ikiwa {}.",
    warns_if: "Huonya ikiwa {}: {}",
    and: " na ",
    or: " au ",
    not: "si kweli kwamba ({})",
    is: "{} ni {}",
    is_not: "{} si {}",
    below: "{} ni chini ya {}",
    at_most: "{} haizidi {}",
    above: "{} ni zaidi ya {}",
    at_least: "{} ni angalau {}",
    between: "{} ni kati ya {} na {}",
    answered: "{} limejibiwa",
    not_answered: "{} halijajibiwa",
    chosen: "{1} limechaguliwa katika {0}",
    not_chosen: "{1} halijachaguliwa katika {0}",
    number_in: "idadi ya machaguo katika {}",
    this_answer: "jibu",
    always: "daima",
    never: "kamwe",
    enumerator: "Mhoji",
    date: "Tarehe",
    place: "Mahali",
    number: "Namba ya mahojiano",
    one_answer: "Jibu moja.",
    several_answers: "Majibu kadhaa yanawezekana.",
    at_least_so_many: "Angalau {}.",
    at_most_so_many: "Yasizidi {}.",
    rank: "Weka namba kwa {} muhimu zaidi, ukianza na 1.",
    from_list: "Andika jina na msimbo kutoka orodha “{}”.",
    latitude: "Latitudo",
    longitude: "Longitudo",
    optional: "Linaweza kuachwa wazi.",
    for_you: "Kwako:",
    must_meet: "Lazima: {}.",
    each_row: "Jaza sehemu hii mara moja kwa kila: {}",
    worked_out: "hukokotolewa",
    any_order: "Kwa mpangilio wa bahati nasibu.",
    dont_know: "Sijui",
    refused: "Amekataa kujibu",
    not_applicable: "Haihusiki",
    not_alone: "Hayuko peke yake",
};

impl Words {
    /// The words of a language; English where there are none of it.
    #[must_use]
    pub fn of(tag: &str) -> &'static Self {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        [&ARABIC, &BANGLA, &SWAHILI].into_iter().find(|words| words.tag == primary).unwrap_or(&ENGLISH)
    }

    /// A reason for a missing answer, as a box on paper.
    pub(crate) fn missing(&self, reason: Missing) -> &'static str {
        match reason {
            Missing::DontKnow => self.dont_know,
            Missing::Refused => self.refused,
            Missing::NotApplicable => self.not_applicable,
            Missing::NotAlone => self.not_alone,
            Missing::NotAsked | Missing::NotReached => "",
        }
    }

    fn compared(&self, how: Comparison) -> &'static str {
        match how {
            Comparison::Equal => self.is,
            Comparison::NotEqual => self.is_not,
            Comparison::Less => self.below,
            Comparison::AtMost => self.at_most,
            Comparison::More => self.above,
            Comparison::AtLeast => self.at_least,
        }
    }
}

/// Fills a phrase: `{}` by what comes next, `{0}` and `{1}` by their number.
pub(crate) fn fill(phrase: &str, parts: &[&str]) -> String {
    let mut filled = String::new();
    let mut rest = phrase;
    let mut next = 0;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((number, behind)) = after.split_once('}') else { break };
        let at = number.parse().unwrap_or(next);
        filled.push_str(parts.get(at).copied().unwrap_or_default());
        next += 1;
        rest = behind;
    }
    filled + rest
}

/// Conditions in the words of a language, questions by their numbers and choices by their labels.
pub struct Logic<'q> {
    pub(crate) questionnaire: &'q Questionnaire,
    pub(crate) outline: &'q Outline,
    pub(crate) words: &'static Words,
    /// Index of the language of the choices' labels.
    pub(crate) language: usize,
    /// The question that the condition is about, if it is about one.
    pub(crate) this: Option<ItemId>,
}

impl Logic<'_> {
    /// The condition in words.
    #[must_use]
    pub fn say(&self, condition: &Condition) -> String {
        self.said(condition, true, false)
    }

    fn said(&self, condition: &Condition, holds: bool, inner: bool) -> String {
        let words = self.words;
        match condition {
            Condition::Always(always) => {
                (if *always == holds { words.always } else { words.never }).to_owned()
            }
            Condition::Not(part) => self.said(part, !holds, inner),
            Condition::All(parts) if holds && let Some(between) = self.between(parts) => between,
            Condition::All(parts) | Condition::Any(parts) => {
                // Not all of them: one of them is not.
                let all = matches!(condition, Condition::All(_)) == holds;
                let joint = if all { words.and } else { words.or };
                let parts: Vec<String> = parts.iter().map(|part| self.said(part, holds, true)).collect();
                let joined = parts.join(joint);
                if inner && parts.len() > 1 { format!("({joined})") } else { joined }
            }
            Condition::Answered(slot) => {
                fill(if holds { words.answered } else { words.not_answered }, &[&self.name(*slot)])
            }
            Condition::Compares(slot, how, value) => {
                let how = if holds { *how } else { how.opposite() };
                fill(words.compared(how), &[&self.name(*slot), &self.value(*slot, value)])
            }
            Condition::Selected(slot, choice) => {
                let phrase = if holds { words.chosen } else { words.not_chosen };
                fill(phrase, &[&self.name(*slot), &self.value(*slot, &Value::Choice(choice.clone()))])
            }
            Condition::Counts(slot, how, number) => {
                let how = if holds { *how } else { how.opposite() };
                let subject = fill(words.number_in, &[&self.name(*slot)]);
                fill(words.compared(how), &[&subject, &number.to_string()])
            }
            Condition::Same(one, other) => {
                fill(if holds { words.is } else { words.is_not }, &[&self.name(*one), &self.name(*other)])
            }
            Condition::Other(text) => {
                let text = self.numbered(text);
                if holds { text } else { fill(words.not, &[&text]) }
            }
        }
    }

    /// The words for a lower and an upper limit of one answer.
    fn between(&self, parts: &[Condition]) -> Option<String> {
        use Condition::Compares;
        let [Compares(one, Comparison::AtLeast, low), Compares(other, Comparison::AtMost, high)] = parts
        else {
            return None;
        };
        let limits = [self.name(*one), self.value(*one, low), self.value(*one, high)];
        (one == other).then(|| fill(self.words.between, &limits.each_ref().map(String::as_str)))
    }

    /// A question by its number, anything else by its name.
    fn name(&self, slot: Slot) -> String {
        let id = ItemId(slot.0);
        if self.this == Some(id) {
            return self.words.this_answer.to_owned();
        }
        match self.questionnaire.items.get(slot.0 as usize) {
            Some(item) => self.outline.number(id).unwrap_or(&item.name).to_owned(),
            None => "…".to_owned(),
        }
    }

    /// A value as it is read: a choice by its label.
    fn value(&self, slot: Slot, value: &Value) -> String {
        let (Value::Text(name) | Value::Choice(name)) = value else { return value.to_string() };
        let item = self.questionnaire.items.get(slot.0 as usize);
        let list = item.and_then(|item| item.question()?.input.list());
        let choice = list.and_then(|list| self.questionnaire.list(list).find(name));
        choice.map_or_else(|| format!("“{name}”"), |c| format!("“{}”", c.label.source(self.language)))
    }

    /// An expression as written, with the numbers of questions in place of their names.
    pub(crate) fn numbered(&self, text: &str) -> String {
        let mut said = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            said.push_str(before);
            let Some((name, behind)) = after.split_once('}') else { break };
            let item = self.questionnaire.find(name.trim());
            let number = item.and_then(|item| self.outline.number(item.id));
            said.push_str(number.unwrap_or(name.trim()));
            rest = behind;
        }
        (said + rest).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
