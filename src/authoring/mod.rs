//! What those who write a questionnaire work with, beside the check: everything here is made from
//! the compiled [`Questionnaire`](crate::questionnaire::Questionnaire), and nothing here touches a
//! store or an interview that somebody held.

pub mod difference;
pub mod paper;
pub mod rehearsal;
pub mod translators;
