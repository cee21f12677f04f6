//! What did not exist, or no longer, in the film's year: a dated rule base, and a matcher of names.
//!
//! Three kinds of evidence go through the same rules: names with pixels (Cryptomatte), names without (datablocks, texture
//! files, layers, asset lists, prompts), and text that is read in the picture. A rule is dated by the year in which the
//! thing could be seen in New York, and says where its dates come from; `docs/PERIOD.md` describes the notation.

mod base;
mod judge;
mod mentions;
mod prose;
mod rule;
mod run_together;
mod term;
mod text;
mod verdict;
mod words;

pub use base::{PERIOD_YEAR, RuleBase, Settings};
pub use judge::{Demand, Judge};
pub use mentions::{Mention, MentionKind, attribute_mentions, mentions, path_tail};
pub use rule::{Anachronism, Channel, Confidence, Kind, Rule};
pub use verdict::{Considered, Hit, Verdict};
