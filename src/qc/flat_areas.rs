//! Flat areas at one end of the scale: what clipped highlights and crushed blacks have in common.

use super::components::{Component, merge_near};
use super::events::Sighting;
use super::report::Severity;
use super::survey::{List, Plateau, Survey};
use super::thresholds::Thresholds;
use crate::frame::Region;

/// Areas of one level nearer than this, in pixels, are one: grain tears holes into what is clipped.
const GAP: u32 = 8;
/// Areas told one by one in a frame; the rest is summed up.
pub(super) const MOST_TOLD: usize = 8;
/// Share of what lies beside a plateau that may be beyond it: a sample or two of ringing.
pub(super) const BEYOND: f32 = 0.02;

/// An area whose samples are all at one end.
#[derive(Debug, Clone)]
pub(super) struct FlatArea {
    /// From the top left of what was surveyed.
    pub(super) region: Region,
    pub(super) pixels: f64,
    /// The value, of the channel that has most of it.
    pub(super) level: f32,
    /// The channels that are flat.
    pub(super) lists: Vec<List>,
}

/// From which share of the frame on an area is what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) warning: f64,
    pub(super) error: f64,
    pub(super) total_warning: f64,
    pub(super) total_error: f64,
}

impl Limits {
    /// Those of highlights.
    pub(super) const fn clipped(thresholds: &Thresholds) -> Self {
        Self {
            warning: thresholds.clipped_warning,
            error: thresholds.clipped_error,
            total_warning: thresholds.clipped_total_warning,
            total_error: thresholds.clipped_total_error,
        }
    }

    /// Those of blacks.
    pub(super) const fn crushed(thresholds: &Thresholds) -> Self {
        Self {
            warning: thresholds.crushed_warning,
            error: thresholds.crushed_error,
            total_warning: thresholds.crushed_total_warning,
            total_error: thresholds.crushed_total_error,
        }
    }

    /// What one area of that share of the frame is, and the limit that it passes.
    pub(super) fn of_one(&self, share: f64) -> Option<(Severity, f64)> {
        passed(share, self.warning, self.error)
    }

    /// What all areas together are.
    pub(super) fn of_all(&self, share: f64) -> Option<(Severity, f64)> {
        passed(share, self.total_warning, self.total_error)
    }
}

fn passed(share: f64, warning: f64, error: f64) -> Option<(Severity, f64)> {
    match share {
        share if share >= error => Some((Severity::Error, error)),
        share if share >= warning => Some((Severity::Warning, warning)),
        _ => None,
    }
}

/// Words for what was found.
pub(super) struct Words {
    pub(super) kind: &'static str,
    /// `highlights are clipped`
    pub(super) fault: &'static str,
    pub(super) suggestion: &'static str,
}

/// Joins plateaus near each other, channel by channel, and then the channels.
pub(super) fn join(plateaus: &[(List, Plateau)]) -> Vec<FlatArea> {
    let mut areas: Vec<FlatArea> = Vec::new();
    for list in List::ALL {
        let own: Vec<&Plateau> = plateaus.iter().filter(|(own, _)| *own == list).map(|(_, plateau)| plateau).collect();
        let components = own.iter().map(|p| Component { region: p.region, pixels: p.pixels as u64 }).collect();
        for Component { region, pixels } in merge_near(components, GAP) {
            let pixels = pixels as f64;
            let inside = own.iter().filter(|p| !p.region.intersection(&region).is_empty());
            let level = inside.max_by(|a, b| a.pixels.total_cmp(&b.pixels)).map_or(0.0, |p| p.high);
            match areas.iter_mut().find(|area| !area.region.intersection(&region).is_empty()) {
                Some(area) => {
                    area.region = area.region.union(&region);
                    area.lists.push(list);
                    if pixels > area.pixels {
                        (area.pixels, area.level) = (pixels, level);
                    }
                }
                None => areas.push(FlatArea { region, pixels, level, lists: vec![list] }),
            }
        }
    }
    areas.sort_by(|a, b| b.pixels.total_cmp(&a.pixels));
    areas
}

/// The areas as findings of one frame, and the share of the frame that they take.
pub(super) fn sightings(
    areas: &[FlatArea],
    survey: &Survey,
    limits: &Limits,
    thresholds: &Thresholds,
    words: &Words,
) -> (Vec<Sighting>, f64) {
    let whole = survey.pixels();
    let sighting = |severity, region, share: f64, limit, text| Sighting {
        kind: words.kind,
        severity,
        region,
        measured: share,
        limit,
        text,
        suggestion: words.suggestion,
    };
    let mut found = Vec::new();
    for area in areas.iter().filter(|area| area.pixels >= thresholds.smallest_area) {
        let share = area.pixels / whole;
        let Some((severity, limit)) = limits.of_one(share) else { continue };
        if found.len() == MOST_TOLD {
            break;
        }
        let text =
            format!("{} of the frame is flat at {}{}: {}.", percent(share), area.level, area.names(), words.fault);
        found.push(sighting(severity, Some(survey.place(area.region)), share, limit, text));
    }
    let total = areas.iter().map(|area| area.pixels).sum::<f64>() / whole;
    let Some((severity, limit)) = limits.of_all(total) else { return (found, total) };
    // Said once: an area that is as bad as all together speaks for them.
    if found.iter().all(|sighting| sighting.severity > severity) {
        let region = areas.iter().fold(Region::default(), |all, area| all.union(&area.region));
        let text = format!("{} of the frame is flat, in {} areas: {}.", percent(total), areas.len(), words.fault);
        found.push(Sighting { kind: "total", ..sighting(severity, Some(survey.place(region)), total, limit, text) });
    }
    (found, total)
}

impl FlatArea {
    /// ` in R and G`, or nothing where all channels are.
    fn names(&self) -> String {
        let names: Vec<&str> = self.lists.iter().filter_map(|list| list.name()).collect();
        match names.len() {
            0 | 3 => String::new(),
            _ => format!(" in {}", names.join(" and ")),
        }
    }
}

/// A share in words.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent < 1.0 => format!("{percent:.2} %"),
        percent if percent < 10.0 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}
