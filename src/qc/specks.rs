//! Hot and dead pixels as findings.

use super::events::Sighting;
use super::report::Severity;
use super::survey::{Speck, Survey};
use super::thresholds::Thresholds;
use crate::frame::Region;

/// Specks told one by one in a frame; more of them are told as one.
const MOST_TOLD: usize = 6;

/// The hot (or the dead) pixels of one frame.
pub(super) fn sightings(survey: &Survey, hot: bool, thresholds: &Thresholds) -> Vec<Sighting> {
    let specks: Vec<&Speck> = survey.specks.iter().filter(|speck| speck.is_hot == hot).collect();
    let (kind, limit, suggestion) = match hot {
        true => ("hot", thresholds.hot_pixel, "Paint it out, or render the frame with more samples."),
        false => ("dead", thresholds.dead_pixel, "Paint it out, or map the sensor's dead pixel."),
    };
    let word = if hot { "brighter" } else { "darker" };
    let pixel = |speck: &Speck| survey.place(Region::new(speck.x as i32, speck.y as i32, 1, 1));
    let sighting = |region, measured, text| Sighting {
        kind,
        severity: Severity::Warning,
        region: Some(region),
        measured,
        limit,
        text,
        suggestion,
    };
    if specks.len() > MOST_TOLD {
        let region = specks.iter().fold(Region::default(), |all, speck| all.union(&pixel(speck)));
        let worst = specks.iter().map(|speck| f64::from(speck.ratio)).fold(0.0, f64::max);
        let text = format!("{} pixels are {word} than all their neighbours, up to {worst:.0} times.", specks.len());
        return vec![sighting(region, worst, text)];
    }
    let told = specks.into_iter().map(|speck| {
        let ratio = f64::from(speck.ratio);
        let text = format!("A {kind} pixel: {ratio:.0} times {word} than all its neighbours.");
        sighting(pixel(speck), ratio, text)
    });
    told.collect()
}
