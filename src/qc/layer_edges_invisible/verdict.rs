//! From the arcs of a contour to the cause that explains them.

use super::arc::Arc;
use super::fit::{Measured, median, robust, share, weighted_median};
use crate::qc::Severity;

/// Why an edge is visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    DoublePremultiplied,
    NotPremultiplied,
    BlackMatte,
    LightHalo,
    ShiftedMatte,
    HardCutOut,
    OverSoft,
    /// The layer has less grain than what is beside it.
    LessGrain,
    MoreGrain,
    /// An area without the grain around it that begins from one pixel to the next.
    CutOut,
    /// A line of empty pixels through the matte.
    EmptyLine,
}

/// What a viewer sees in motion is an error, what one might see a warning.
fn error_if(is_plain: bool) -> Severity {
    if is_plain { Severity::Error } else { Severity::Warning }
}

/// What was found on a contour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Verdict {
    pub(super) cause: Cause,
    /// In the unit of the cause: a share of the light at the edge, or pixels.
    pub(super) measured: f64,
    pub(super) limit: f64,
    pub(super) severity: Severity,
    /// Share of the arcs that the cause explains.
    pub(super) confidence: f64,
}

/// What could be told of a contour.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Findings {
    pub(super) verdict: Option<Verdict>,
    /// Whether fringes were testable, and whether widths were.
    pub(super) fringes: bool,
    pub(super) widths: bool,
    /// K over the light, pooled over the contour.
    pub(super) fringe: Option<f64>,
    /// Median 10-90 % width, in pixels.
    pub(super) width: Option<f64>,
}

/// Arcs that a verdict needs.
const FEWEST: usize = 10;
/// Arcs that show a plain black matte, at the least.
const FEWEST_BLACK: usize = 6;
/// A predicted fringe this many times the noise is informative.
const INFORMATIVE: f64 = 2.0;
/// A single arc's weight grows no more over this many deviations.
const HEAVIEST: f64 = 20.0;
/// A pooled value must be this many times what the parallel contours give.
const SIGNIFICANT: f64 = 4.0;

/// Judges a contour. `natural` gives the 10-90 % width of the frame's own edges: a low quantile, and the median.
pub(super) fn judge(arcs: &[Arc], is_own: bool, natural: impl FnOnce() -> Option<Natural>) -> Findings {
    let sides = |arc: &Arc| arc.edge?.widths;
    let width = median(arcs.iter().filter_map(sides).map(|[inner, outer]| (inner + outer) / 2.0));
    let measured_widths = arcs.iter().filter_map(sides).count();
    let mut findings = Findings {
        fringes: arcs.len() >= FEWEST,
        widths: measured_widths >= FEWEST,
        fringe: weighted_median(arcs.iter().map(|arc| (arc.fringe / arc.light(), (arc.light() / arc.noise).min(50.0)))),
        width,
        verdict: None,
    };
    if !findings.fringes {
        return findings;
    }
    let from = |arcs: &[Arc]| {
        not_premultiplied(arcs)
            .or_else(|| displaced(arcs))
            .or_else(|| split(arcs))
            .or_else(|| dark(arcs))
            .or_else(|| light(arcs))
    };
    findings.verdict = from(arcs);
    if findings.verdict.is_none() && !is_own {
        let reversed: Vec<Arc> = arcs.iter().map(Arc::reversed).collect();
        findings.verdict = from(&reversed);
    }
    if findings.verdict.is_none() && findings.widths {
        findings.verdict = widths(arcs, natural);
    }
    findings
}

/// S over F of an image that is not premultiplied is 1; clean ones stay within 0.1.
const SPILL: f64 = 0.5;

/// Light of the layer where only the background should be: `C = F + (1-a)B`.
fn not_premultiplied(arcs: &[Arc]) -> Option<Verdict> {
    let informative = || arcs.iter().filter(|arc| arc.spill_light > 3.0 * arc.spill_noise);
    if informative().count() < FEWEST {
        return None;
    }
    let ratio = |arc: &Arc| arc.spill / arc.spill_light;
    let pooled =
        weighted_median(informative().map(|arc| (ratio(arc), (arc.spill_light / arc.spill_noise).min(HEAVIEST))))?;
    let confidence = share(informative(), |arc| ratio(arc) > SPILL);
    (pooled > SPILL && confidence > 0.75).then_some(Verdict {
        cause: Cause::NotPremultiplied,
        measured: pooled,
        limit: SPILL,
        severity: Severity::Error,
        confidence,
    })
}

/// K of a doubly premultiplied image is -F/4, of one with a black matte -F/2: in units of F/4, a finding from here on.
/// Clean contours stay within 0.35.
const DARK_FRINGE: f64 = 0.4;
/// From here on it is a black matte.
const BLACK_MATTE: f64 = 1.4;
/// A share of the fringe that continues into the layer: a shadow or a rim light does, a fault of compositing does not.
const CONTINUES: f64 = 0.4;
/// A layer that was cut too wide has its ground inside the edge too, up to this many times the fringe.
const CUT_TOO_WIDE: f64 = 2.5;

/// A dark fringe in proportion to the layer's own light.
fn dark(arcs: &[Arc]) -> Option<Verdict> {
    let predicted = |arc: &Arc| arc.inside.max(0.0) / 4.0;
    let informative: Vec<&Arc> = arcs.iter().filter(|arc| predicted(arc) > INFORMATIVE * arc.noise).collect();
    if informative.len() < FEWEST_BLACK {
        return None;
    }
    let weight = |arc: &Arc| (predicted(arc) / arc.noise).min(HEAVIEST) * (predicted(arc) / arc.light()).min(0.25);
    let pool = |value: &dyn Fn(&Arc) -> Option<f64>| {
        weighted_median(informative.iter().filter_map(|arc| Some((-value(arc)? / predicted(arc), weight(arc)))))
    };
    let pooled = pool(&|arc| Some(arc.fringe))?;
    let chance = chance(|place| pool(&|arc| arc.parallels[place]));
    let is_black = pooled >= BLACK_MATTE;
    if pooled < DARK_FRINGE || pooled < SIGNIFICANT * chance || (!is_black && informative.len() < FEWEST) {
        return None;
    }
    let confidence = share(&informative, |arc| -arc.fringe / predicted(arc) > 0.5 * pooled);
    let inward = inward(arcs, -1.0)?;
    let (cause, most) =
        if is_black { (Cause::BlackMatte, CUT_TOO_WIDE) } else { (Cause::DoublePremultiplied, CONTINUES) };
    if confidence < 0.72 || inward < -most {
        return None;
    }
    let k = median(informative.iter().map(|arc| arc.fringe / arc.light()))?;
    // Light that wraps around a layer is a little darker than the fit expects; a second premultiplication is more.
    let limit = if is_black { FRINGE } else { PLAIN_FRINGE - 0.01 };
    (k < -limit).then_some(Verdict {
        cause,
        measured: k.abs(),
        limit,
        severity: error_if(k.abs() >= PLAIN_FRINGE),
        confidence,
    })
}

/// k = K / mean(F, B) of a clean contour is within 0.09, of a plain fringe over 0.17.
pub(super) const FRINGE: f64 = 0.12;
const PLAIN_FRINGE: f64 = 0.17;

/// Share of a halo's variation that one light explains: a rim or a specular outline is brighter where it faces the lamp.
const HALO: f64 = 0.65;

/// A light fringe: K = (W - F)/4 with W the same all along the contour.
fn light(arcs: &[Arc]) -> Option<Verdict> {
    let rows: Vec<Measured<2>> = arcs.iter().map(|arc| ([1.0, arc.inside], arc.fringe, arc.noise)).collect();
    let fit = robust(&rows)?;
    let model = |arc: &Arc| fit.solution[0] + fit.solution[1] * arc.inside;
    let informative: Vec<&Arc> = arcs.iter().filter(|arc| model(arc).abs() > INFORMATIVE * arc.noise).collect();
    if informative.len() < FEWEST {
        return None;
    }
    let pooled = median(informative.iter().map(|arc| model(arc) / arc.light()))?;
    let chance = chance(|place| median(arcs.iter().filter_map(|arc| Some(arc.parallels[place]? / arc.light()))));
    let confidence = share(&informative, |arc| (0.4..2.5).contains(&(arc.fringe / model(arc))));
    let inward = inward(arcs, 1.0)?;
    let is_halo = fit.solution[0] > 0.0 && fit.solution[1] < 0.05 && fit.explained > HALO;
    let is_local = (-CUT_TOO_WIDE..CONTINUES).contains(&inward);
    let is_found = pooled > FRINGE && pooled > SIGNIFICANT * chance && confidence > 0.75;
    let is_everywhere = least_of_directions(&informative, |arc| arc.fringe / model(arc)) > EVERYWHERE;
    (is_halo && is_local && is_found && is_everywhere).then_some(Verdict {
        cause: Cause::LightHalo,
        measured: pooled,
        limit: FRINGE,
        severity: error_if(pooled >= PLAIN_FRINGE),
        confidence,
    })
}

/// Share of a halo that is there in every direction that the contour faces; light from lamps leaves some of them dark.
const EVERYWHERE: f64 = 0.5;

/// The least median over the eight directions that arcs can face, of those with a few arcs.
fn least_of_directions(arcs: &[&Arc], value: impl Fn(&Arc) -> f64) -> f64 {
    const FEW: usize = 4;
    let mut directions: [Vec<f64>; 8] = Default::default();
    for arc in arcs {
        let [x, y] = arc.normal;
        let direction = 4 * usize::from(x > 0.0) + 2 * usize::from(y > 0.0) + usize::from(x.abs() > y.abs());
        directions[direction].push(value(arc));
    }
    let medians = directions.into_iter().filter(|values| values.len() >= FEW).filter_map(median);
    medians.fold(f64::INFINITY, f64::min)
}

/// How much of a fringe continues as light of the same sign inside the layer, as a share of the fringe.
fn inward(arcs: &[Arc], sign: f64) -> Option<f64> {
    weighted_median(arcs.iter().map(|arc| {
        let core = arc.core.abs().max(1e-4);
        ((sign * arc.rim / core).clamp(-9.0, 9.0), (core / arc.noise).min(HEAVIEST))
    }))
}

/// What the same measurement makes of the parallel contours, root mean square.
fn chance(pool: impl Fn(usize) -> Option<f64>) -> f64 {
    let values: Vec<f64> = (0..4).filter_map(pool).collect();
    if values.is_empty() {
        return 0.05;
    }
    (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt()
}

/// Displacements under this many pixels are not told from chance.
const SHIFT: f64 = 0.5;
const PLAIN_SHIFT: f64 = 1.0;

/// The picture's edge lies beside the matte's, all of it by the same vector.
fn displaced(arcs: &[Arc]) -> Option<Verdict> {
    let edges: Vec<Measured<3>> =
        arcs.iter().filter_map(|arc| Some(([arc.normal[0], arc.normal[1], 1.0], arc.edge?.offset?, 0.1))).collect();
    if edges.len() < FEWEST {
        return None;
    }
    let fit = robust(&edges)?;
    let [x, y, _] = fit.solution;
    let shift = (x * x + y * y).sqrt();
    let deviation = fit.deviation[0].max(fit.deviation[1]);
    let confidence = share(&edges, |(row, offset, _)| {
        let expected: f64 = row.iter().zip(&fit.solution).map(|(a, b)| a * b).sum();
        (offset - expected).abs() < 0.3 * shift + 0.1
    });
    // A rim light moves the edge on one side only, an outline all round by the same.
    let on = |sign: f64| {
        let side = |row: &[f64; 3]| sign * (x * row[0] + y * row[1]) / shift;
        let offsets: Vec<f64> =
            edges.iter().filter(|(row, ..)| side(row) > 0.5).map(|(_, offset, _)| sign * offset).collect();
        (offsets.len() >= FEWEST / 2).then(|| median(offsets)).flatten()
    };
    let is_moved = on(1.0)?.min(on(-1.0)?) > 0.4 * shift;
    (shift > SHIFT && shift > 6.0 * deviation && confidence > 0.6 && is_moved).then_some(Verdict {
        cause: Cause::ShiftedMatte,
        measured: shift,
        limit: SHIFT,
        severity: error_if(shift >= PLAIN_SHIFT),
        confidence,
    })
}

/// Light that is missing on one side and too much on the other, as a share of a layer's own.
const SPLIT: f64 = 0.25;

/// One side light and the other dark, in proportion to the background or to the layer: both were cut with mattes that do
/// not lie upon one another.
fn split(arcs: &[Arc]) -> Option<Verdict> {
    let of = |light: &dyn Fn(&Arc) -> f64| {
        let row = |arc: &Arc| [light(arc) * arc.normal[0], light(arc) * arc.normal[1], light(arc)];
        let rows: Vec<Measured<3>> = arcs.iter().map(|arc| (row(arc), arc.fringe, arc.noise)).collect();
        let fit = robust(&rows)?;
        let [x, y, _] = fit.solution;
        let strength = (x * x + y * y).sqrt();
        let side = |arc: &Arc| (x * arc.normal[0] + y * arc.normal[1]) / strength;
        let model = |arc: &Arc| strength * light(arc) * side(arc);
        let on = |sign: f64| {
            let arcs: Vec<&Arc> = arcs
                .iter()
                .filter(|arc| sign * side(arc) > 0.4 && model(arc).abs() > INFORMATIVE * arc.noise)
                .collect();
            (arcs.len() >= FEWEST / 2).then(|| share(arcs, |arc| arc.fringe / model(arc) > 0.4))
        };
        let confidence = on(1.0)?.min(on(-1.0)?);
        (strength > SPLIT && confidence > 0.65 && fit.explained > 0.6).then_some(Verdict {
            cause: Cause::ShiftedMatte,
            measured: strength,
            limit: SPLIT,
            severity: Severity::Error,
            confidence,
        })
    };
    of(&|arc| arc.outside.max(0.0)).or_else(|| of(&|arc| arc.inside.max(0.0)))
}

/// 10-90 % widths of edges that were in the frame before anything was laid over it, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Natural {
    pub(super) sharp: f64,
    pub(super) typical: f64,
}

/// An edge narrower than this can be a hard cut-out; no lens and no scan makes it.
const HARD: f64 = 1.5;
/// And it must be under this share of the matte's width, or of the frame's own edges.
const HARD_SHARE: f64 = 0.6;
/// Share of mixed samples on the edge under which it is a staircase of whole pixels; antialiased edges have 0.6 and more.
const STAIRCASE: f64 = 0.3;
/// An edge wider than this can be over-soft: clean ones are 2.3 to 3.7.
const SOFT: f64 = 4.2;
/// And it must be this many times the matte's width, and the width of the sharper ones of the frame's own edges: what
/// blurs the whole picture leaves none sharp.
const SOFT_RATIO: f64 = 1.4;

/// The edge is narrower or wider than the picture around it, on both of its sides.
fn widths(arcs: &[Arc], natural: impl FnOnce() -> Option<Natural>) -> Option<Verdict> {
    let measured: Vec<([f64; 2], f64)> =
        arcs.iter().filter_map(|arc| Some((arc.edge?.widths?, arc.matte_width))).collect();
    let side = |side: usize| median(measured.iter().map(|(widths, _)| widths[side]));
    let (inner, outer) = (side(0)?, side(1)?);
    let (narrow, wide) = (inner.min(outer), inner.max(outer));
    let matte = median(measured.iter().map(|(_, matte)| *matte))?;
    let mixed = median(arcs.iter().filter_map(|arc| Some(arc.edge?.mixed)))?;
    let natural = natural();
    let verdict =
        |cause, measured, limit, severity, confidence| Verdict { cause, measured, limit, severity, confidence };
    let typical = natural.map_or(0.0, |natural| natural.typical);
    let is_staircase = mixed < STAIRCASE;
    let is_jagged = is_staircase && median(arcs.iter().map(|arc| arc.matte_mixed))? < STAIRCASE;
    let is_harder = wide < HARD_SHARE * matte && (is_staircase || wide < HARD_SHARE * typical);
    if wide < HARD && (is_jagged || is_harder || wide < HARD_SHARE * typical) {
        let confidence = share(&measured, |([a, b], _)| a.max(*b) < HARD);
        return Some(verdict(Cause::HardCutOut, wide, HARD, Severity::Error, confidence));
    }
    // In a picture without edges of its own only a very soft one is told from a soft picture.
    let limit = natural.map_or(2.0 * matte, |natural| SOFT_RATIO * natural.sharp).max(SOFT).max(SOFT_RATIO * matte);
    let confidence = share(&measured, |([a, b], _)| a.min(*b) > limit);
    (narrow > limit).then(|| verdict(Cause::OverSoft, narrow, limit, Severity::Warning, confidence))
}
