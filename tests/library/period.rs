use std::collections::{BTreeMap, BTreeSet};

use blender_gsd::Severity;
use blender_gsd::period::{Channel, Confidence, Judge, Kind, RuleBase, Settings, Verdict};

/// The ids of the rules that fire, the first the one that counts.
fn ids(judge: &Judge, name: &str) -> Vec<String> {
    judge.name(name, Channel::Name).iter().map(|hit| hit.rule.id.clone()).collect()
}

fn judge_of(year: i32) -> Judge {
    Judge::new(&RuleBase::embedded().unwrap(), year).unwrap()
}

/// The table of names, held against the rules: every violation is found by its rule, no innocent is accused.
#[test]
fn the_table_of_names_is_judged_right() {
    let judge = Judge::embedded().unwrap();
    let table = String::from_utf8(super::fixture("period/names.tsv")).unwrap();
    let (mut violations, mut found, mut innocents, mut accused) = (0.0, 0.0, 0.0, 0.0);
    let mut wrong = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (expected, name) = line.split_once('\t').unwrap();
        let ids = ids(&judge, name);
        let (all, told) = if expected == "-" { (&mut innocents, &mut accused) } else { (&mut violations, &mut found) };
        *all += 1.0;
        *told += if ids.is_empty() { 0.0 } else { 1.0 };
        if ids.first().map_or("-", String::as_str) != expected {
            wrong.push(format!("{name}: {ids:?}, not {expected}"));
        }
    }
    let (precision, recall) = (found / (found + accused), found / violations);
    println!("{violations} violations, {innocents} innocents: precision {precision:.3}, recall {recall:.3}");
    assert!(violations + innocents >= 150.0);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Names come from manifests and headers that anybody may have written: the time for one grows with its length, not with
/// its square.
#[test]
fn names_and_prompts_without_an_end_are_judged_too() {
    let judge = Judge::embedded().unwrap();
    for piece in ["iPhone_", "smartphone with apple, ", "no smartphones, or ", "LEDBillboard.", "nothing"] {
        let text = piece.repeat((48 << 10) / piece.len());
        let hits = judge.name(&text, Channel::Name).len() + judge.prose(&text).len() + judge.explain(&text).len();
        assert_eq!(hits > 0, piece != "nothing", "{piece}");
    }
}

#[test]
fn every_rule_is_complete_and_reaches_its_own_words() {
    let base = RuleBase::embedded().unwrap();
    let mut seen = BTreeSet::new();
    let mut judges = BTreeMap::new();
    for rule in base.rules() {
        let id = &rule.id;
        assert!(seen.insert(id), "{id} is there twice");
        assert!(!rule.what.is_empty() && !rule.source.is_empty() && !rule.suggestion.is_empty(), "{id}");
        assert!(
            rule.source.contains(|c: char| c.is_ascii_digit()) || rule.kind == Kind::Year,
            "{id}: a source is dated"
        );
        assert!(!rule.channels.is_empty(), "{id} is looked for nowhere");
        assert!(
            rule.confidence > Confidence::Low || rule.severity > Severity::Error,
            "{id}: not sure enough for an error"
        );
        let plausible = 1800..=2030;
        assert!(rule.introduced.is_none_or(|year| plausible.contains(&year)), "{id}");
        assert!(rule.until.is_none_or(|year| plausible.contains(&year)), "{id}");
        let terms: BTreeSet<&String> = rule.terms.iter().collect();
        assert_eq!(terms.len(), rule.terms.len(), "{id} has a term twice");
        if rule.kind != Kind::Words {
            continue;
        }
        // In a year when it was not there, every term without companions is judged, and not excluded by its own rule.
        let year = rule.introduced.map_or_else(|| rule.until.unwrap() + 1, |introduced| introduced - 1);
        let judge = judges.entry(year).or_insert_with(|| judge_of(year));
        for term in rule.terms.iter().filter(|term| !term.contains(['+', '#', '='])) {
            let considered = judge.explain(&term.replace(' ', "_"));
            let own = considered.iter().find(|considered| considered.rule.id == *id);
            let verdict = own.map(|own| &own.verdict);
            let is_heard = matches!(verdict, Some(Verdict::Fires(_) | Verdict::Covered));
            assert!(is_heard || !rule.channels.contains(&Channel::Crypto), "{id}: {term:?} comes to {verdict:?}");
        }
    }
}

#[test]
fn the_year_is_a_setting() {
    let (of_1985, of_1998, of_2015) = (judge_of(1985), judge_of(1998), judge_of(2015));
    assert_eq!(ids(&of_1985, "MetroCard"), ["metrocard"]);
    assert_eq!(ids(&of_1998, "MetroCard"), [""; 0]);
    assert_eq!(ids(&of_1985, "R68_subway_car"), ["r68"]);
    assert_eq!(ids(&of_2015, "iPhone"), [""; 0]);
    assert_eq!(ids(&of_2015, "OMNY_reader"), ["omny"]);
    // What was gone by then is out of its time as well.
    assert_eq!(ids(&of_1998, "NYNEX_payphone"), ["nynex"]);
    assert_eq!(ids(&of_1985, "NYNEX_payphone"), [""; 0]);
    assert_eq!(ids(&of_2015, "Subway_Token"), ["subway_token"]);
    assert_eq!(ids(&of_2015, "TwinTowers"), ["twin_towers_after"]);
}

#[test]
fn prompts_are_read_as_sentences() {
    let judge = Judge::embedded().unwrap();
    for (prompt, expected) in [
        ("New York street at night, 1998, yellow cabs, no smartphones, film grain", ""),
        ("a busy Times Square with LED billboards", "led_billboard"),
        ("no text, no people, led billboard, rain", "led_billboard"),
        ("wide shot without phones, tablets or drones", ""),
        ("drone shot over Manhattan, Twin Towers", ""),
        ("a hero with an iPhone 15, neon", "smartphone"),
        ("a cab, (tesla model 3:1.2)", "tesla_car"),
        ("a street\nNegative prompt: iphone, drone\nSteps: 20, Sampler: Euler a", ""),
        ("a clean plate, remove the drone, instead of smartphones use pagers", ""),
        ("woman without a hat holding an iPhone", "smartphone"),
        ("at 8 am new york street vendors open", ""),
        ("Flip phones; avoid LED screens, QR codes or Citi Bikes", ""),
        ("A Citi Bike dock. A pretzel cart.", "citibike"),
        ("the officer led traffic away from the scene", ""),
        ("a yellow cab --no phones, drones --ar 16:9", ""),
        ("retro hotel lobby before smartphones", ""),
        ("a man eats an apple and looks at his watch", ""),
        ("kids play, a bird sits on a vespa scooter", ""),
    ] {
        let hits = judge.prose(prompt);
        let ids: Vec<&str> = hits.iter().map(|hit| hit.rule.id.as_str()).collect();
        assert_eq!(ids.join(" "), expected, "{prompt}");
    }
}

#[test]
fn a_production_adds_replaces_and_drops_rules() {
    let settings = Settings::from_toml(
        r#"
        title = "another film"
        [period]
        year = 1990
        without = ["dvd"]
        [period.words]
        drink = ["can", "bottle"]
        [[period.rule]]
        id = "crystal_cola"
        what = "a clear cola"
        terms = ["crystal cola + @drink"]
        introduced = 1992
        severity = "warning"
        suggestion = "a brown one"
        source = "1992"
        [[period.rule]]
        id = "metrocard"
        what = "the MetroCard"
        terms = ["metrocard"]
        introduced = 1980
        suggestion = "a token"
        source = "another New York, 1980"
        "#,
    )
    .unwrap();
    let year = settings.year.unwrap();
    let judge = Judge::new(&RuleBase::with(settings.clone()).unwrap(), year).unwrap();
    assert_eq!(ids(&judge, "Crystal_Cola_Can"), ["crystal_cola"]);
    assert_eq!(ids(&judge, "Crystal_Cola"), [""; 0]);
    assert_eq!(ids(&judge, "MetroCard"), [""; 0]);
    assert_eq!(ids(&judge, "DVD"), [""; 0]);
    assert_eq!(ids(&judge, "iPhone"), ["smartphone"]);

    let only = Settings { only: true, without: Vec::new(), ..settings };
    let judge = Judge::new(&RuleBase::with(only).unwrap(), year).unwrap();
    assert_eq!(judge.rules().count(), 2);
    assert_eq!(ids(&judge, "iPhone"), [""; 0]);
}

#[test]
fn settings_that_cannot_work_are_refused_with_their_place() {
    let refused = |text: &str| match Settings::from_toml(text).and_then(RuleBase::with) {
        Ok(base) => Judge::new(&base, 1998).map(drop).unwrap_err().to_string(),
        Err(error) => error.to_string(),
    };
    let rule =
        |more: &str| format!("[[period.rule]]\nid = 'x'\nwhat = 'x'\nsource = '1990'\nsuggestion = 'x'\n{more}\n");
    assert!(refused("[period]\nyears = 1998").contains("line 2"));
    assert!(refused("[period]\nwithout = ['nothing']").contains("\"nothing\""));
    assert!(refused(&rule("terms = ['a']")).contains("neither `introduced` nor `until`"));
    assert!(refused(&rule("introduced = 1990")).contains("no terms"));
    assert!(refused(&rule("introduced = 1990\nterms = ['a + @nobody']")).contains("@nobody"));
    assert!(refused(&rule("introduced = 1990\nterms = ['--']")).contains("no word"));
    assert!(refused(&rule("introduced = 1990\nuntil = 1980\nterms = ['a']")).contains("gone before it comes"));
    assert!(refused(&rule("introduced = 1990\nterms = ['a']").replace("'x'\nwhat", "'a b'\nwhat")).contains("its id"));
}

#[test]
fn it_is_told_why_a_name_passes() {
    let judge = Judge::embedded().unwrap();
    let verdict = |name: &str, id: &str| {
        let considered = judge.explain(name);
        considered.iter().find(|considered| considered.rule.id == id).map(|considered| considered.verdict.clone())
    };
    assert_eq!(verdict("MetroCard", "metrocard"), Some(Verdict::InItsTime));
    assert!(matches!(verdict("Android_Robot", "android_phone"), Some(Verdict::Lacks(_) | Verdict::Excluded(_))));
    assert_eq!(verdict("drone_bee", "drone"), Some(Verdict::Excluded("bee".into())));
    assert_eq!(verdict("iphone_removed", "smartphone"), Some(Verdict::Negated));
    assert!(matches!(verdict("iphone", "smartphone"), Some(Verdict::Fires(_))));
    assert_eq!(verdict("selfie_stick", "selfie"), Some(Verdict::Covered));
    assert!(judge.explain("fire hydrant").is_empty());
}

#[test]
fn a_view_demands_what_it_must_show() {
    let judge = Judge::embedded().unwrap();
    let demands = judge.demanded_by_view("Lower Manhattan from the harbor");
    assert_eq!(demands.len(), 1);
    assert!(demands[0].is_met_by("BG_TwinTowers_v3") && demands[0].is_met_by("wtc_north_tower"));
    assert!(!demands[0].is_met_by("WoolworthBuilding"));
    assert!(judge.demanded_by_view("subway platform").is_empty());
    assert!(judge_of(2005).demanded_by_view("Lower Manhattan").is_empty());
    let payphone = judge.demanded_by_name("payphone").unwrap();
    assert!(payphone.is_met_by("Prop_Payphone.001") && !payphone.is_met_by("Phone"));
    assert!(judge.demanded_by_name("wtc_present").unwrap().rule.is_some());
    assert!(judge.demanded_by_name("...").is_none());
}
