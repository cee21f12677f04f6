//! Files of period rules, and the names that are judged by them: the text after the first NUL is a name.
#![no_main]

use blender_gsd::period::{Channel, Judge, RuleBase, Settings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (rules, name) = text.split_once('\0').unwrap_or((text, text));
    let base = Settings::from_rules_file(rules).and_then(RuleBase::with).or_else(|_| RuleBase::embedded());
    let Ok(judge) = base.and_then(|base| Judge::new(&base, 1998)) else { return };
    judge.name(name, Channel::Name);
    judge.prose(name);
    judge.text(name);
    judge.explain(name);
});
