//! Levels of delivered luma: clipped, crushed, black, outside of what broadcasters take.

use super::luma::LumaRows;
use crate::frame::Region;
use crate::qc::check::{Answer, CheckId, Observation};
use crate::qc::components::{Component, Components};
use crate::qc::events::{Events, Sighting};
use crate::qc::flat_areas::{Limits, MOST_TOLD, Words, percent};
use crate::qc::report::Severity;
use crate::qc::survey::Rows as _;
use crate::qc::thresholds::Thresholds;

/// Narrow range's ends (BT.709-6, item 3.4), less half a code: low-passed luma of what is clipped lies there.
const WHITE: f32 = 234.5;
const BLACK: f32 = 16.5;
/// EBU R 103 (2020), table 1: luma of 8 bits stays in 5 to 246, but for 1 % of the picture.
const PREFERRED: [f32; 2] = [5.0, 246.0];
const OUTSIDE: f64 = 0.01;
/// Codes under black that are no rounding.
const UNDER: f32 = 15.0;

/// Both ends of the scale.
pub(super) struct Levels {
    thresholds: Thresholds,
    clipped: End,
    crushed: End,
}

/// One end.
struct End {
    events: Events,
    shares: Vec<(i32, f64)>,
}

impl End {
    fn new(check: CheckId, thresholds: &Thresholds) -> Self {
        Self { events: Events::new(check, thresholds.linked_overlap), shares: Vec::new() }
    }

    fn finish(self, metric: &'static str, limit: f64, frames: usize) -> Answer {
        let worst = self.shares.iter().map(|&(_, share)| share).fold(0.0, f64::max);
        Answer {
            issues: self.events.finish(),
            tested: frames > 0,
            measured: Some((worst, limit, "share of the frame")),
            metrics: vec![(metric, self.shares)],
            ..Answer::default()
        }
    }
}

/// What one frame has of everything.
#[derive(Default)]
struct Seen {
    clipped: Components,
    crushed: Components,
    black: u64,
    under: u64,
    outside: u64,
    pixels: u64,
}

impl Levels {
    pub(super) fn new(thresholds: &Thresholds) -> Self {
        Self {
            clipped: End::new(CheckId::NoClippedHighlights, thresholds),
            crushed: End::new(CheckId::NoCrushedBlacks, thresholds),
            thresholds: thresholds.clone(),
        }
    }

    /// Looks at one frame; `master` is the same frame as its master makes it: what is flat there is so for the master's
    /// reasons, which the master's own checks judge. `bars` belong to no picture: left, top, right, bottom.
    pub(super) fn observe(
        &mut self,
        at: &Observation<'_>,
        rows: &LumaRows<'_>,
        master: Option<&LumaRows<'_>>,
        bars: [usize; 4],
    ) {
        let seen = look(rows, master, bars);
        let whole = seen.pixels.max(1) as f64;
        let t = &self.thresholds;
        let is_black = seen.black as f64 >= t.black_frame * whole;
        let (mut bright, share) = areas(seen.clipped.finish(0), whole, &Limits::clipped(t), t, &AT_WHITE);
        self.clipped.shares.push((at.number, share));
        bright.extend(scaled("levels", seen.outside as f64 / whole, "lies outside of codes 5 to 246 (EBU R 103)"));
        let (mut dark, share) = areas(seen.crushed.finish(0), whole, &Limits::crushed(t), t, &AT_BLACK);
        self.crushed.shares.push((at.number, share));
        dark.extend(scaled("sub-black", seen.under as f64 / whole, "is darker than black"));
        if is_black {
            // Said once: nothing else of a black frame is worth telling.
            dark = vec![Sighting {
                kind: "black frame",
                severity: Severity::Error,
                region: None,
                measured: seen.black as f64 / whole,
                limit: t.black_frame,
                text: "The frame is black.".into(),
                suggestion: "Encode it again, or render the frame again.",
            }];
        }
        self.clipped.events.observe(at, bright);
        self.crushed.events.observe(at, dark);
    }

    /// Highlights, then blacks.
    pub(super) fn finish(self, frames: usize) -> [Answer; 2] {
        let Self { thresholds, clipped, crushed } = self;
        [
            clipped.finish("clipped_share", thresholds.clipped_total_warning, frames),
            crushed.finish("crushed_share", thresholds.crushed_total_warning, frames),
        ]
    }
}

/// More luma than may be where none should be.
fn scaled(kind: &'static str, share: f64, fault: &str) -> Option<Sighting> {
    (share > OUTSIDE).then(|| Sighting {
        kind,
        severity: Severity::Warning,
        region: None,
        measured: share,
        limit: OUTSIDE,
        text: format!("{} of the luma {fault}.", percent(share)),
        suggestion: "Encode it again from the masters: levels were scaled somewhere.",
    })
}

const AT_WHITE: Words = Words {
    kind: "clipped",
    fault: "lies at the legal maximum: highlights are clipped",
    suggestion: "Encode it again through the film's view, and check the range.",
};
const AT_BLACK: Words = Words {
    kind: "crushed",
    fault: "lies at black or under it: shadows are crushed",
    suggestion: "Encode it again through the film's view, and check the range.",
};

/// Low-passed luma at both ends, as areas; single codes as counts.
fn look(rows: &LumaRows<'_>, master: Option<&LumaRows<'_>>, [left, top, right, bottom]: [usize; 4]) -> Seen {
    let [width, height] = rows.size();
    let (end, last) = (width.saturating_sub(right), height.saturating_sub(bottom));
    let mut seen = Seen::default();
    let mut own = LowPass::new(*rows, [top, last]);
    let mut meant = master.map(|master| LowPass::new(*master, [top, last]));
    for y in top..last {
        own.go_to(y);
        let centre = &own.lines[1][left.min(end)..end];
        seen.pixels += centre.len() as u64;
        for &code in centre {
            seen.black += u64::from(code <= 17.0);
            seen.under += u64::from(code < UNDER);
            seen.outside += u64::from(!(PREFERRED[0]..=PREFERRED[1]).contains(&code));
        }
        let smooth = &own.smooth[left.min(end)..end];
        let (x, y) = (left as i32, y as i32);
        match &mut meant {
            None => {
                seen.clipped.add_row(x, y, smooth.iter().map(|&code| code >= WHITE));
                seen.crushed.add_row(x, y, smooth.iter().map(|&code| code <= BLACK));
            }
            Some(meant) => {
                meant.go_to(y as usize);
                let meant = &meant.smooth[left.min(end)..end];
                let pairs = || smooth.iter().zip(meant);
                seen.clipped.add_row(x, y, pairs().map(|(&code, &meant)| code >= WHITE && meant < WHITE - 1.0));
                seen.crushed.add_row(x, y, pairs().map(|(&code, &meant)| code <= BLACK && meant > BLACK + 1.0));
            }
        }
    }
    seen
}

/// Means over three by three pixels, row by row.
struct LowPass<'a> {
    rows: LumaRows<'a>,
    range: [usize; 2],
    lines: [Vec<f32>; 3],
    smooth: Vec<f32>,
}

impl<'a> LowPass<'a> {
    fn new(rows: LumaRows<'a>, range: [usize; 2]) -> Self {
        let width = rows.size()[0];
        Self { rows, range, lines: std::array::from_fn(|_| vec![0.0; width]), smooth: vec![0.0; width] }
    }

    /// Rows must come one after another.
    fn go_to(&mut self, y: usize) {
        let [first, last] = self.range;
        let clamp = |y: usize| y.clamp(first, last.max(first + 1) - 1);
        if y == first {
            self.rows.row(clamp(y), &mut self.lines[0]);
            self.rows.row(clamp(y), &mut self.lines[1]);
        } else {
            self.lines.rotate_left(1);
        }
        self.rows.row(clamp(y + 1), &mut self.lines[2]);
        let [above, here, below] = &self.lines;
        let width = here.len();
        let sum = |x: usize| above[x] + here[x] + below[x];
        for (x, smooth) in self.smooth.iter_mut().enumerate() {
            *smooth = (sum(x.saturating_sub(1)) + sum(x) + sum((x + 1).min(width - 1))) / 9.0;
        }
    }
}

/// Areas as findings, and the share of the frame that all take.
fn areas(
    components: Vec<Component>,
    whole: f64,
    limits: &Limits,
    thresholds: &Thresholds,
    words: &Words,
) -> (Vec<Sighting>, f64) {
    let total = components.iter().map(|area| area.pixels as f64).sum::<f64>() / whole;
    let sighting = |kind, severity, region, share: f64, limit, text| Sighting {
        kind,
        severity,
        region: Some(region),
        measured: share,
        limit,
        text,
        suggestion: words.suggestion,
    };
    let mut found = Vec::new();
    for area in components.iter().filter(|area| area.pixels as f64 >= thresholds.smallest_area).take(MOST_TOLD) {
        let share = area.pixels as f64 / whole;
        let Some((severity, limit)) = limits.of_one(share) else { continue };
        let text = format!("{} of the frame {}.", percent(share), words.fault);
        found.push(sighting(words.kind, severity, area.region, share, limit, text));
    }
    let Some((severity, limit)) = limits.of_all(total) else { return (found, total) };
    if found.iter().all(|sighting| sighting.severity > severity) {
        let region = components.iter().fold(Region::default(), |all, area| all.union(&area.region));
        let text = format!("{} of the frame, in {} areas, {}.", percent(total), components.len(), words.fault);
        found.push(sighting("total", severity, region, total, limit, text));
    }
    (found, total)
}
