//! Reports on a shot's deliverables as one report on the shot, and the way back.

use std::collections::BTreeMap;

use super::report::{CheckResult, Outcome, ReportFile, ShotReport, Status};

impl ShotReport {
    /// One shot's deliverables, masters first, as one: what any of them has is the shot's. Measurements of all but the
    /// first get the deliverable's name before theirs. `None` of none.
    pub fn merged(parts: Vec<Self>) -> Option<Self> {
        let first = parts.first()?;
        let range = parts.iter().fold(first.frame_range, |[first, last], part| {
            [first.min(part.frame_range[0]), last.max(part.frame_range[1])]
        });
        let kinds: Vec<&str> = first.files.iter().map(|file| file.kind.as_str()).collect();
        let places = 0..first.checks.len();
        let checks = places.map(|place| {
            let told: Vec<(&str, &CheckResult)> =
                parts.iter().filter_map(|part| Some((part.kind(), part.checks.get(place)?))).collect();
            CheckResult::merged(&told, &kinds)
        });
        let mut all = Self {
            shot_id: first.shot_id.clone(),
            status: parts.iter().map(|part| part.status).max()?,
            frame_range: range,
            files: Vec::new(),
            checks: checks.collect::<Option<_>>()?,
            issues: Vec::new(),
            metrics: BTreeMap::new(),
        };
        for (place, part) in parts.into_iter().enumerate() {
            let start = if place == 0 { String::new() } else { format!("{}.", part.kind()) };
            let own = part.frame_range;
            let rows = part.metrics.into_iter();
            all.metrics.extend(rows.map(|(name, row)| (format!("{start}{name}"), aligned(row, own, range))));
            all.files.extend(part.files);
            all.issues.extend(part.issues);
        }
        all.issues.sort_by_key(|issue| (issue.severity, issue.frame, issue.check));
        Some(all)
    }

    /// The same without what the deliverable of that kind, which is not the first, has brought in, so that a newer report on
    /// it can be merged.
    pub fn without(mut self, kind: &str) -> Self {
        let (gone, kept): (Vec<ReportFile>, _) =
            std::mem::take(&mut self.files).into_iter().partition(|file| file.kind == kind);
        self.files = kept;
        let kinds: Vec<&str> = self.files.iter().chain(&gone).map(|file| file.kind.as_str()).collect();
        self.issues.retain(|issue| !gone.iter().any(|file| file.path == issue.file));
        let start = format!("{kind}.");
        self.metrics.retain(|name, _| !name.starts_with(&start));
        for check in &mut self.checks {
            check.reason = check.reason.take().and_then(|reason| without_reasons(&reason, kind, &kinds));
            if check.outcome == Outcome::Issues && !self.issues.iter().any(|issue| issue.check == check.id) {
                check.outcome = Outcome::Pass;
            }
        }
        self.status = Status::of(&self.issues);
        self
    }
}

/// Reasons, each with the kinds of deliverable that give it; of none the first's own.
type Reasons<'a> = Vec<(Vec<&'a str>, String)>;

/// The reasons in a text that was merged of those of these kinds.
fn reasons_in<'a>(merged: &'a str, kinds: &[&str]) -> Reasons<'a> {
    let mut reasons = Reasons::new();
    for piece in merged.split("; ") {
        let of_kinds = piece.split_once(": ").and_then(|(names, reason)| {
            let names: Vec<&str> = names.split(", ").collect();
            names.iter().all(|name| kinds.contains(name)).then_some((names, reason))
        });
        match (of_kinds, reasons.last_mut()) {
            (Some((names, reason)), _) => reasons.push((names, reason.to_owned())),
            // Reasons may have such signs in them.
            (None, Some((_, last))) => *last = format!("{last}; {piece}"),
            (None, None) => reasons.push((Vec::new(), piece.to_owned())),
        }
    }
    reasons
}

/// The text that [`reasons_in`] reads. `None` of none.
fn merged_reasons(reasons: Reasons<'_>) -> Option<String> {
    let told = reasons.into_iter().map(|(kinds, reason)| match kinds.is_empty() {
        true => reason,
        false => format!("{}: {reason}", kinds.join(", ")),
    });
    Some(told.collect::<Vec<_>>().join("; ")).filter(|text| !text.is_empty())
}

/// What merged reasons say of all kinds but one.
fn without_reasons(merged: &str, kind: &str, kinds: &[&str]) -> Option<String> {
    let mut reasons = reasons_in(merged, kinds);
    reasons.retain_mut(|(names, _)| {
        let is_first = names.is_empty();
        names.retain(|name| *name != kind);
        is_first || !names.is_empty()
    });
    merged_reasons(reasons)
}

/// A row of measurements over one range of frames, over another that it lies in.
fn aligned(row: Vec<Option<f64>>, [own, _]: [i32; 2], [first, last]: [i32; 2]) -> Vec<Option<f64>> {
    // A range that is too long has no row at all.
    let Some(length) = usize::try_from(i64::from(last) - i64::from(first) + 1).ok().filter(|_| !row.is_empty()) else {
        return row;
    };
    let before = own.abs_diff(first) as usize;
    let mut all = vec![None; before.min(length)];
    all.extend(row);
    all.resize(length, None);
    all
}

impl CheckResult {
    /// What the same check says of several deliverables, each with its kind: the gravest outcome, the numbers of the first
    /// that was tested, every reason once. The first may have been merged of reports on those `kinds`. `None` of none.
    fn merged(told: &[(&str, &Self)], kinds: &[&str]) -> Option<Self> {
        let (_, first) = told.first()?;
        let rank = |outcome| match outcome {
            Outcome::NotApplicable => 0,
            Outcome::Pass => 1,
            Outcome::Issues => 2,
        };
        let outcome = told.iter().map(|(_, check)| check.outcome).max_by_key(|&outcome| rank(outcome))?;
        let tested = told.iter().find(|(_, check)| check.outcome != Outcome::NotApplicable);
        let (_, numbers) = tested.unwrap_or(&told[0]);
        let mut reasons = first.reason.as_deref().map(|reason| reasons_in(reason, kinds)).unwrap_or_default();
        for (kind, check) in &told[1..] {
            let Some(reason) = &check.reason else { continue };
            match reasons.iter_mut().find(|(names, known)| !names.is_empty() && known == reason) {
                Some((names, _)) => names.push(kind),
                None => reasons.push((vec![kind], reason.clone())),
            }
        }
        Some(Self {
            id: first.id,
            outcome,
            reason: merged_reasons(reasons),
            measured: numbers.measured,
            limit: numbers.limit,
            unit: numbers.unit.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::qc::{CheckId, CheckResult, Outcome, QcIssue, ReportFile, Severity, ShotReport, Status};

    fn part(kind: &str, range: [i32; 2], outcome: Outcome, reason: Option<&str>) -> ShotReport {
        let id = CheckId::GrainVisible;
        let reason = reason.map(str::to_owned);
        let row = (range[0]..=range[1]).map(|number| Some(f64::from(number))).collect();
        ShotReport {
            shot_id: "S1".into(),
            status: if outcome == Outcome::Issues { Status::Warn } else { Status::Pass },
            frame_range: range,
            files: vec![ReportFile { path: kind.into(), kind: kind.into(), bytes: None, modified: None }],
            checks: vec![CheckResult { id, outcome, reason, measured: None, limit: None, unit: None }],
            issues: Vec::new(),
            metrics: BTreeMap::from([("row".to_owned(), row)]),
        }
    }

    #[test]
    fn deliverables_become_one_shot_with_aligned_measurements_and_each_reason_once() {
        let parts = vec![
            part("exr", [1002, 1003], Outcome::Pass, None),
            part("mov", [1001, 1004], Outcome::NotApplicable, Some("nothing")),
            part("mp4", [1003, 1003], Outcome::Issues, Some("nothing")),
        ];
        let Some(all) = ShotReport::merged(parts) else { unreachable!("there are parts") };
        assert_eq!((all.frame_range, all.status, all.files.len()), ([1001, 1004], Status::Warn, 3));
        assert_eq!(all.checks[0].outcome, Outcome::Issues);
        assert_eq!(all.checks[0].reason.as_deref(), Some("mov, mp4: nothing"));
        assert_eq!(all.metrics["row"], [None, Some(1002.0), Some(1003.0), None]);
        assert_eq!(all.metrics["mov.row"].len(), 4);
        assert_eq!(all.metrics["mp4.row"], [None, None, Some(1003.0), None]);
        assert_eq!(ShotReport::merged(Vec::new()), None);
    }

    #[test]
    fn what_one_deliverable_brought_in_is_taken_out_again() {
        let of_master = "texture hides it; prompts: none";
        let masters = part("exr", [1001, 1002], Outcome::Pass, Some(of_master));
        let mov = part("mov", [1001, 1002], Outcome::NotApplicable, Some("nothing; at all"));
        let mut mp4 = part("mp4", [1001, 1002], Outcome::Issues, Some("nothing; at all"));
        mp4.issues = vec![QcIssue::new(CheckId::GrainVisible, Severity::Warning, "too little", 1001, "mp4")];
        let with_mov = ShotReport::merged(vec![masters.clone(), mov.clone()]);
        let all = ShotReport::merged(vec![masters.clone(), mov.clone(), mp4]);
        assert_eq!(all.clone().map(|all| all.without("mp4")), with_mov);
        let newer = all.clone().and_then(|all| ShotReport::merged(vec![all.without("mov"), mov]));
        let reason = newer.and_then(|newer| newer.checks[0].reason.clone());
        assert_eq!(reason, Some(format!("{of_master}; mp4, mov: nothing; at all")));
        let alone = all.map(|all| all.without("mp4").without("mov"));
        assert_eq!(alone.as_ref().map(|alone| alone.checks[0].reason.as_deref()), Some(Some(of_master)));
        assert_eq!(alone, Some(masters));
    }
}
