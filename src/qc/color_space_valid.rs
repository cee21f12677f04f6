//! `color_space_valid`: the file says which space it is in, its tags agree, and its numbers are numbers.
//!
//! On scene-linear EXR, per shot: primaries are the spec's to 1e-4 (the attribute holds 32-bit floats, writers round);
//! `colorInteropID` names the same space; `acesImageContainerFlag` promises AP0 (SMPTE ST 2065-4, 5.3) and nothing else.
//! Per frame: areas of NaN and infinity with their boxes, and the share of pixels with a component clearly below zero
//! (outside the space's gamut). A negative within [`NOISE`] of zero is grain on black, not a colour. Alpha outside 0..1,
//! and numbers that are no light but a logarithm of it or a display's codes ([`encoding`]).

use half::f16;

use super::check::{Answer, Check, CheckId, FrameObserved, Observation, ShotContext};
use super::components::{Component, Components};
use super::encoding::{self, Encoding};
use super::events::{Events, Sighting};
use super::report::{QcIssue, Severity};
use super::survey::Survey;
use crate::color::{ColorSpace, Origin};
use crate::exr::{Layer, LayerKind, Part};
use crate::frame::{Frame, Plane, Region, Samples};
use crate::spec::{DeliveryColor, OutputSpec};

/// Largest difference of a chromaticity coordinate: what ACEScg files rounded to four digits stay under.
const SAME_PRIMARIES: f64 = 1e-4;
/// Below this a component is negative beyond grain and resampling undershoot on black; scene-linear.
const NOISE: f32 = -0.001;
/// Share of negative pixels worth knowing of: 0.01 % of the picture.
const NEGATIVE_INFO: f64 = 0.0001;
/// Share of negative pixels that someone should look at: 5 %, far more than specular edges of saturated light make.
const NEGATIVE_WARNING: f64 = 0.05;
/// Alpha over this is over 1 by more than rounding and a filter's overshoot.
const OPAQUE: f32 = 1.002;
/// Pixels with such an alpha, or one under [`NOISE`], that someone should look at: a visible area.
const ALPHA_WARNING: u64 = 64;
/// Negative pixels of one frame and the next are the same wherever they are.
const ANYWHERE: f64 = 0.0;
/// Non-finite areas nearer than this, in pixels, are one finding.
const GAP: u32 = 8;
/// Findings of one kind told one by one in a frame; the rest is summed up.
const MOST_TOLD: usize = 8;

pub(super) struct ColorSpaceValid {
    spec: Option<OutputSpec>,
    /// Frames whose picture was looked at.
    frames: usize,
    /// Frames whose layer holds no colour.
    data_frames: usize,
    /// What the frames say about their space, each statement with its first frame.
    statements: Vec<Statement>,
    issues: Vec<QcIssue>,
    non_finite: Vec<(i32, f64)>,
    negative: Vec<(i32, f64)>,
    /// Frames in a row with negative pixels are one finding.
    events: Events,
    /// What the numbers of each frame are instead of light, with its number and file.
    encoded: Vec<(Encoding, i32, String)>,
}

/// What a header says about its colours.
struct Statement {
    space: ColorSpace,
    interop_id: Option<String>,
    tagged: Option<ColorSpace>,
    is_aces_container: bool,
    number: i32,
    file: String,
}

impl ColorSpaceValid {
    pub(super) fn new(spec: Option<OutputSpec>) -> Self {
        Self {
            spec,
            frames: 0,
            data_frames: 0,
            statements: Vec::new(),
            issues: Vec::new(),
            non_finite: Vec::new(),
            negative: Vec::new(),
            events: Events::new(CheckId::ColorSpaceValid, ANYWHERE),
            encoded: Vec::new(),
        }
    }

    fn state(&mut self, part: &Part, space: ColorSpace, at: &Observation<'_>) {
        let tagged =
            part.chromaticities().map(|chromaticities| ColorSpace { chromaticities, origin: Origin::Chromaticities });
        let interop_id = part.text("colorInteropID").map(str::to_owned);
        let is_aces_container = part.is_aces_container();
        let known = self.statements.iter().any(|known| {
            known.space == space
                && known.tagged == tagged
                && known.interop_id == interop_id
                && known.is_aces_container == is_aces_container
        });
        if !known {
            let (number, file) = (at.number, at.file.to_owned());
            self.statements.push(Statement { space, interop_id, tagged, is_aces_container, number, file });
        }
    }

    fn non_finite(&mut self, frame: &Frame, color: &[usize; 3], part: &Part, at: &Observation<'_>) {
        let planes: Vec<&Plane> = color_planes(frame, color, part).filter(|plane| has_non_finite(plane)).collect();
        let areas = non_finite_areas(frame, &planes);
        let total: u64 = areas.iter().map(|area| area.pixels).sum();
        self.non_finite.push((at.number, total as f64));
        let issue = |severity, text: String, region: Region| {
            QcIssue::new(CheckId::ColorSpaceValid, severity, text, at.number, at.file)
                .at(region.relative_to(&frame.display_window))
                .suggest("Find the division by zero or the broken texture that makes them, and render again.")
        };
        for area in areas.iter().take(MOST_TOLD) {
            let (severity, place) = match area.region.intersection(&frame.display_window).is_empty() {
                true => (Severity::Info, " outside the visible picture"),
                false => (Severity::Error, ""),
            };
            let count = if area.pixels == 1 { "1 pixel is".to_owned() } else { format!("{} pixels are", area.pixels) };
            let text = format!("{count} not finite{place} ({}).", contents(frame, &planes, area.region));
            self.issues.push(issue(severity, text, area.region).measured(area.pixels as f64, 0.0));
        }
        if let Some(rest) = areas.get(MOST_TOLD..).filter(|rest| !rest.is_empty()) {
            let region = rest.iter().fold(Region::default(), |all, area| all.union(&area.region));
            let pixels: u64 = rest.iter().map(|area| area.pixels).sum();
            let text = format!("{pixels} more pixels in {} areas are not finite.", rest.len());
            self.issues.push(issue(Severity::Error, text, region).measured(pixels as f64, 0.0));
        }
    }

    fn negatives(&mut self, frame: &Frame, color: &[usize; 3], part: &Part, at: &Observation<'_>) {
        let (count, region) = negative_pixels(frame, color, part);
        let share = count as f64 / frame.data_window.area().max(1) as f64;
        self.negative.push((at.number, share));
        let severity = if share >= NEGATIVE_WARNING { Severity::Warning } else { Severity::Info };
        let sighting = (share >= NEGATIVE_INFO).then(|| Sighting {
            kind: "negative",
            severity,
            region: Some(region.relative_to(&frame.display_window)),
            measured: share,
            limit: NEGATIVE_INFO,
            text: format!("{} of the pixels are negative: colours outside the file's gamut.", percent(share)),
            suggestion: "Check that the layer was converted to the working space with its right source space.",
        });
        self.events.observe(at, sighting.into_iter().collect());
    }
}

impl ColorSpaceValid {
    fn alpha(&mut self, frame: &Frame, layer: &Layer, part: &Part, at: &Observation<'_>) {
        let channel = layer.alpha.and_then(|index| part.channels.get(index));
        let Some(plane) = channel.and_then(|channel| frame.plane(&channel.name)) else { return };
        let (count, region) = marked_pixels(frame, &[plane], |alpha| !(NOISE..=OPAQUE).contains(&alpha));
        if count == 0 {
            return;
        }
        let severity = if count >= ALPHA_WARNING { Severity::Warning } else { Severity::Info };
        let pixels = if count == 1 { "1 pixel has".to_owned() } else { format!("{count} pixels have") };
        self.issues.push(
            QcIssue::new(
                CheckId::ColorSpaceValid,
                severity,
                format!("{pixels} an alpha outside 0 to 1."),
                at.number,
                at.file,
            )
            .at(region.relative_to(&frame.display_window))
            .measured(count as f64, 0.0)
            .suggest("Find the operation that adds mattes, and clamp its result."),
        );
    }

    /// Frames are one picture in time: only what most of them are is told, once.
    fn encodings(&mut self) {
        for (kind, severity, text, next) in [
            (
                Encoding::Codes,
                Severity::Error,
                "All samples are codes of 8 bits over 255: display values, where scene-linear light belongs.",
                "Convert the layer from its display encoding (sRGB, BT.1886) to scene-linear light.",
            ),
            (
                Encoding::Log,
                Severity::Warning,
                "Levels lie as in a logarithmic encoding, not as in light: nothing is dark, nothing over 1.",
                "Convert the plate from its camera's or scanner's log to scene-linear light.",
            ),
        ] {
            let mut told = self.encoded.iter().filter(|(told, ..)| *told == kind);
            let count = told.clone().count();
            if let Some((_, number, file)) = told.next().filter(|_| 2 * count > self.frames) {
                self.issues.push(QcIssue::new(CheckId::ColorSpaceValid, severity, text, *number, file).suggest(next));
            }
        }
    }
}

impl Check for ColorSpaceValid {
    fn id(&self) -> CheckId {
        CheckId::ColorSpaceValid
    }

    fn observe(&mut self, at: &Observation<'_>, _survey: Option<&Survey>) {
        let FrameObserved::Picture { part, layer, frame, space, .. } = at.seen else { return };
        if layer.kind == LayerKind::Data {
            self.data_frames += 1;
            return;
        }
        self.frames += 1;
        self.state(part, space, at);
        self.non_finite(frame, &layer.color, part, at);
        self.negatives(frame, &layer.color, part, at);
        self.alpha(frame, layer, part, at);
        self.encoded.extend(encoding::told(frame, layer, part).map(|kind| (kind, at.number, at.file.to_owned())));
    }

    fn finish(mut self: Box<Self>, _shot: &ShotContext<'_>) -> Answer {
        if self.frames == 0 {
            return Answer::not_applicable(if self.data_frames > 0 {
                "the layer holds data, not colour"
            } else {
                "no frame could be read"
            });
        }
        self.encodings();
        self.issues.extend(self.events.finish());
        let wanted = self.spec.as_ref().map(|spec| spec.color_space);
        for statement in &self.statements {
            statement.judge(wanted, &mut self.issues);
        }
        let worst = self.non_finite.iter().map(|&(_, count)| count).fold(0.0, f64::max);
        Answer {
            issues: self.issues,
            not_tested: wanted.is_none().then(|| "no format to compare the colour space with".to_owned()),
            tested: true,
            measured: (worst > 0.0).then_some((worst, 0.0, "non-finite pixels in a frame")),
            metrics: vec![("non_finite_pixels", self.non_finite), ("negative_share", self.negative)],
        }
    }
}

impl Statement {
    fn judge(&self, wanted: Option<DeliveryColor>, issues: &mut Vec<QcIssue>) {
        let issue =
            |severity, text: String| QcIssue::new(CheckId::ColorSpaceValid, severity, text, self.number, &self.file);
        match wanted {
            Some(wanted) if self.space.origin == Origin::Assumed => {
                let text = format!("The file does not say its colour space; {} is assumed.", wanted.name());
                issues.push(issue(Severity::Warning, text).suggest("Write chromaticities and colorInteropID into it."));
            }
            Some(wanted) => {
                let off = self.space.chromaticities.distance(&wanted.chromaticities());
                // Not a number is not the same, either.
                if !matches!(off, off if off <= SAME_PRIMARIES) {
                    let text = format!("The picture is in {}, the spec asks for {}.", self.space, wanted.name());
                    issues.push(
                        issue(Severity::Error, text)
                            .measured(off, SAME_PRIMARIES)
                            .suggest("Convert the composite to the working space, or correct its tag."),
                    );
                }
            }
            None => {}
        }
        let named = self.interop_id.as_deref().map(|id| (id, ColorSpace::from_interop_id(id)));
        if let (Some((id, Some(named))), Some(tagged)) = (&named, &self.tagged) {
            let off = named.chromaticities.distance(&tagged.chromaticities);
            if !matches!(off, off if off <= SAME_PRIMARIES) {
                let text = format!("colorInteropID says {id}, the chromaticities say {}.", tagged.name());
                issues.push(
                    issue(Severity::Error, text)
                        .measured(off, SAME_PRIMARIES)
                        .suggest("Correct the tag that is wrong."),
                );
            }
        }
        if let Some((id, None)) = &named
            && ColorSpace::is_encoded_id(id)
        {
            let text = format!("colorInteropID says {id}: display values, where scene-linear light belongs.");
            issues.push(issue(Severity::Error, text).suggest("Deliver the composite before its view transform."));
        }
        let is_ap0 = |space: &ColorSpace| space.chromaticities.name() == Some("ACES2065-1");
        if self.is_aces_container && self.tagged.as_ref().is_some_and(|tagged| !is_ap0(tagged)) {
            let text = "acesImageContainerFlag promises ACES2065-1, the chromaticities are others.".to_owned();
            issues.push(issue(Severity::Error, text).suggest("Remove the flag: that container is AP0 only."));
        }
    }
}

/// Areas of pixels that are no numbers in any of the planes, largest first.
fn non_finite_areas(frame: &Frame, planes: &[&Plane]) -> Vec<Component> {
    let (window, width) = (frame.data_window, frame.data_window.width as usize);
    let mut components = Components::default();
    if planes.is_empty() {
        return Vec::new();
    }
    let (mut row, mut marked) = (vec![0.0; width], vec![false; width]);
    for y in 0..window.height as usize {
        marked.fill(false);
        for plane in planes {
            plane.samples.read_f32(y * width, &mut row);
            for (mark, value) in marked.iter_mut().zip(&row) {
                *mark |= !value.is_finite();
            }
        }
        components.add_row(window.x, (i64::from(window.y) + y as i64) as i32, marked.iter().copied());
    }
    components.finish(GAP)
}

/// What there is in an area of such pixels: `NaN in R and B, infinity in G`.
fn contents(frame: &Frame, planes: &[&Plane], area: Region) -> String {
    let (window, width) = (frame.data_window, frame.data_window.width as usize);
    let inside = area.relative_to(&window);
    let mut row = vec![0.0; inside.width as usize];
    let mut kinds: [(&str, Vec<&str>); 2] = [("NaN", Vec::new()), ("infinity", Vec::new())];
    for plane in planes {
        let (mut nan, mut infinite) = (false, false);
        for y in inside.y as usize..inside.y as usize + inside.height as usize {
            plane.samples.read_f32(y * width + inside.x as usize, &mut row);
            nan |= row.iter().any(|value| value.is_nan());
            infinite |= row.iter().any(|value| value.is_infinite());
        }
        for ((_, names), there) in kinds.iter_mut().zip([nan, infinite]) {
            names.extend(there.then_some(plane.name.as_str()));
        }
    }
    let phrases = kinds.iter().filter(|(_, names)| !names.is_empty());
    phrases.map(|(kind, names)| format!("{kind} in {}", names.join(" and "))).collect::<Vec<_>>().join(", ")
}

/// The layer's colour planes, each once.
fn color_planes<'a>(frame: &'a Frame, color: &[usize; 3], part: &'a Part) -> impl Iterator<Item = &'a Plane> {
    let [r, g, b] = *color;
    let once = [Some(r), (g != r).then_some(g), (b != r && b != g).then_some(b)];
    once.into_iter().flatten().filter_map(|index| frame.plane(&part.channels.get(index)?.name))
}

/// A quick look over the bits: almost every plane is clean, and then nothing else is done.
fn has_non_finite(plane: &Plane) -> bool {
    // Blocks let the compiler look at many samples at once without leaving early.
    fn any<T>(samples: &[T], is_bad: impl Fn(&T) -> bool) -> bool {
        samples.chunks(4096).any(|block| block.iter().fold(false, |bad, sample| bad | is_bad(sample)))
    }
    match &plane.samples {
        Samples::Uint(_) => false,
        Samples::Half(samples) => any(samples, |sample: &f16| sample.to_bits() & 0x7c00 == 0x7c00),
        Samples::Float(samples) => any(samples, |sample| sample.to_bits() & 0x7f80_0000 == 0x7f80_0000),
    }
}

/// How many pixels have a component under [`NOISE`], and the box around them.
fn negative_pixels(frame: &Frame, color: &[usize; 3], part: &Part) -> (u64, Region) {
    let planes: Vec<&Plane> = color_planes(frame, color, part).collect();
    marked_pixels(frame, &planes, |value| value < NOISE && value > f32::NEG_INFINITY)
}

/// How many pixels are `marked` in any of the planes, and the box around them.
fn marked_pixels(frame: &Frame, planes: &[&Plane], is_marked: impl Fn(f32) -> bool) -> (u64, Region) {
    let (window, width) = (frame.data_window, frame.data_window.width as usize);
    let mut row = vec![0.0; width];
    let mut marked = vec![false; width];
    let (mut count, mut region) = (0, Region::default());
    for y in 0..window.height as usize {
        marked.fill(false);
        for plane in planes {
            plane.samples.read_f32(y * width, &mut row);
            for (mark, value) in marked.iter_mut().zip(&row) {
                *mark |= is_marked(*value);
            }
        }
        let in_row = marked.iter().filter(|&&mark| mark).count() as u64;
        if in_row > 0 {
            count += in_row;
            let first = marked.iter().position(|&mark| mark).unwrap_or(0);
            let last = marked.iter().rposition(|&mark| mark).unwrap_or(first);
            let x = (i64::from(window.x) + first as i64) as i32;
            let line = Region::new(x, (i64::from(window.y) + y as i64) as i32, (last - first + 1) as u32, 1);
            region = region.union(&line);
        }
    }
    (count, region)
}

fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent < 1.0 => format!("{percent:.2} %"),
        percent => format!("{percent:.0} %"),
    }
}
