//! The mistakes that an expression can hold: their codes, and what is said of them.

use std::ops::Range;

/// A mistake in an expression, by byte range in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, `X0…`; [`CODES`] has them all.
    pub code: &'static str,
    /// Whether the expression can be used all the same.
    pub warning: bool,
    /// Where in the expression's text.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// Why, or how to mend it.
    pub help: Option<String>,
}

impl Problem {
    /// An error at a place.
    pub(super) fn error(code: Code, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { code: code.text(), warning: false, range, message: message.into(), help: None }
    }

    /// A warning at a place.
    pub(super) fn warning(code: Code, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { warning: true, ..Self::error(code, range, message) }
    }

    /// Says how to mend it.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal;)*) => {
        /// A kind of mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Code { $($name),* }

        impl Code {
            /// The code as people see it.
            pub(super) fn text(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }
        }

        /// Every code that a [`Problem`] can carry, with its short title. Codes are never reused.
        pub const CODES: &[(&str, &str)] = &[$(($code, $title)),*];
    };
}

codes! {
    Syntax = "X0101", "something is missing or out of place";
    Unclosed = "X0102", "a text or a name is not closed";
    Character = "X0103", "a character that means nothing here";
    Depth = "X0104", "nested too deeply";
    Unsupported = "X0105", "a part of XPath that is not supported";
    Foreign = "X0106", "an operator of another language";
    UnknownName = "X0107", "unknown name";
    OutOfScope = "X0108", "name out of scope";
    UnknownFunction = "X0109", "unknown function";
    Arguments = "X0110", "wrong number of arguments";
    Type = "X0111", "types that do not fit";
    UnknownChoice = "X0112", "choice not in the list it is compared with";
    OtherList = "X0113", "choices of different lists compared";
    TextOrder = "X0114", "texts or choices compared by order";
    Many = "X0115", "many values where one is needed";
    NoValue = "X0116", "a roster or group where a value is needed";
    NoPlace = "X0117", "no current answer or row here";
    Pattern = "X0118", "pattern that is not valid";
    Moment = "X0119", "date or time that does not exist";
    Format = "X0120", "date format that is not valid";
    NotAQuestion = "X0121", "argument must be a question";
    NotWrittenOut = "X0122", "argument must be written out";
    OneValue = "X0151", "aggregate of a single value";
    WholeSelection = "X0152", "a whole selection compared with one text";
}
