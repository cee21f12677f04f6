use blender_gsd::period::{Channel, Judge};

/// The table of names, held against the rules: every violation is found by its rule, no innocent is accused.
#[test]
fn the_table_of_names_is_judged_right() {
    let judge = Judge::embedded().unwrap();
    let table = String::from_utf8(super::fixture("period/names.tsv")).unwrap();
    let (mut violations, mut found, mut innocents, mut accused) = (0.0, 0.0, 0.0, 0.0);
    let mut wrong = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (expected, name) = line.split_once('\t').unwrap();
        let hits = judge.name(name, Channel::Name);
        let ids: Vec<&str> = hits.iter().map(|hit| hit.rule.id.as_str()).collect();
        let (all, told) = if expected == "-" { (&mut innocents, &mut accused) } else { (&mut violations, &mut found) };
        *all += 1.0;
        *told += if ids.is_empty() { 0.0 } else { 1.0 };
        if ids.first().copied().unwrap_or("-") != expected {
            wrong.push(format!("{name}: {ids:?}, not {expected}"));
        }
    }
    let (precision, recall) = (found / (found + accused), found / violations);
    println!("{violations} violations, {innocents} innocents: precision {precision:.3}, recall {recall:.3}");
    assert!(violations + innocents >= 150.0);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
