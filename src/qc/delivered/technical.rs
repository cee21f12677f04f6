//! What a movie's headers say against what was asked for.

use crate::media::{ColorTags, MediaInfo};
use crate::qc::check::CheckId;
use crate::qc::report::{QcIssue, Severity};
use crate::spec::{Container, OutputSpec};

/// Every way in which a movie's headers differ from its spec: container, codec and profile, size, pixel shape, fields,
/// rate, time code, colour tags. Findings name no file and no frame; whoever asks knows them.
///
/// Sources: ITU-T H.273 for code points, SMPTE RDD 36 for ProRes, ISO/IEC 14496-12 and the QuickTime File Format for
/// containers.
pub fn check_technical_specs(info: &MediaInfo, spec: &OutputSpec) -> Vec<QcIssue> {
    let mut found = Found(Vec::new());
    found.format(info, spec);
    found.picture(info, spec);
    found.time(info, spec);
    found.color(info);
    found.0
}

/// Whether the frames that decode are those that the header counts, and those that the masters are.
pub(super) fn frame_count(
    info: &MediaInfo,
    decoded: usize,
    masters: Option<usize>,
    problem: Option<&str>,
) -> Vec<QcIssue> {
    let mut found = Found(Vec::new());
    let rate = CheckId::FrameRateCorrect;
    if decoded == 0 {
        let why = problem.map_or_else(String::new, |why| format!(": {why}"));
        found.add(rate, format!("No frame of the movie can be decoded{why}."), "Encode it again.");
        return found.0;
    }
    if let Some(problem) = problem {
        found.add(rate, format!("The movie ends in an error after {decoded} frames: {problem}."), "Encode it again.");
    }
    if let Some(counted) = info.frame_count.filter(|&counted| counted != decoded as u64) {
        let text = format!("The header counts {counted} frames, {decoded} can be decoded.");
        found.add(rate, text, "Encode or copy the movie again: it is cut short, or its index is not its own.");
        found.measured(decoded as f64, counted as f64);
    }
    if let Some(masters) = masters.filter(|&masters| masters != decoded) {
        let text = format!("The movie has {decoded} frames, its masters are {masters}.");
        found.add(rate, text, "Encode it again from all masters.");
        found.measured(decoded as f64, masters as f64);
    }
    found.0
}

struct Found(Vec<QcIssue>);

impl Found {
    fn add(&mut self, check: CheckId, text: impl Into<String>, suggestion: &str) {
        self.0.push(QcIssue::new(check, Severity::Error, text, 0, "").suggest(suggestion));
    }

    fn warn(&mut self, check: CheckId, text: impl Into<String>, suggestion: &str) {
        self.0.push(QcIssue::new(check, Severity::Warning, text, 0, "").suggest(suggestion));
    }

    fn measured(&mut self, measured: f64, limit: f64) {
        if let Some(issue) = self.0.pop() {
            self.0.push(issue.measured(measured, limit));
        }
    }

    fn format(&mut self, info: &MediaInfo, spec: &OutputSpec) {
        let check = CheckId::ResolutionMatch;
        let container = match info.brand.trim() {
            "" => None,
            "qt" => Some(Container::QuickTime),
            _ => Some(Container::Mp4),
        };
        let is_family = info.container.split(',').any(|name| name == "mov" || name == "mp4");
        if !is_family || container.is_some_and(|container| container != spec.format) {
            let is =
                if is_family { format!("{} (brand {:?})", info.container, info.brand) } else { info.container.clone() };
            let text = format!("The container is {is}, the spec asks for {}.", spec.format.name());
            self.add(check, text, "Wrap it again, without encoding: `ffmpeg -i IN -c copy OUT`.");
        }
        if let Some((codec, profile)) = spec.compression.probed()
            && (info.codec.as_str(), info.profile.as_str()) != (codec, profile)
        {
            let text = format!("The codec is {} {}, the spec asks for {codec} {profile}.", info.codec, info.profile);
            self.add(check, text, "Encode it again from the masters.");
        }
        if info.is_fast_start == Some(false) {
            self.warn(check, "The index stands behind the pictures.", "Put it in front: `-movflags +faststart`.");
        }
    }

    fn picture(&mut self, info: &MediaInfo, spec: &OutputSpec) {
        let check = CheckId::ResolutionMatch;
        let ([width, height], [wanted_width, wanted_height]) = (info.size, spec.resolution);
        if info.size != spec.resolution {
            let text = format!("The picture is {width}x{height}, the spec asks for {wanted_width}x{wanted_height}.");
            self.add(check, text, "Encode it again at the spec's size.");
        }
        if let Some([wide, high]) = info.container_size.filter(|&told| told != info.size) {
            let text = format!("The container says {wide}x{high}, the pictures are {width}x{height}.");
            self.add(check, text, "Wrap it again, without encoding: `ffmpeg -i IN -c copy OUT`.");
        }
        if let Some([top, bottom]) = info.pixel_aspect.filter(|[top, bottom]| top != bottom) {
            let text = format!("Pixels are {top}:{bottom}, not square: players stretch the picture.");
            self.add(check, text, "Tag it with square pixels.");
        }
        if !["", "progressive", "unknown"].contains(&info.field_order.as_str()) {
            let text = format!("Frames are made of fields ({}).", info.field_order);
            self.add(check, text, "Encode it again as whole (progressive) frames.");
        }
    }

    fn time(&mut self, info: &MediaInfo, spec: &OutputSpec) {
        let check = CheckId::FrameRateCorrect;
        let wanted = spec.frame_rate;
        let exact = info.frame_rate.and_then(|rate| Some((i32::try_from(rate.numerator).ok()?, rate.denominator)));
        match (exact, info.frame_rate) {
            (Some((top, bottom)), _) if wanted.is(top, bottom) => {}
            (_, Some(rate)) => {
                let text = format!("The rate is {rate} frames per second, the spec asks for {wanted}.");
                self.add(check, text, "Encode it again at the exact ratio; 24000/1001 is another rate than 24.");
                self.measured(rate.as_f64(), wanted.as_f64());
            }
            (_, None) => self.add(check, "Frames do not last equally long.", "Encode it again at a constant rate."),
        }
        if let (Some([ticks, a_second]), Some(count)) = (info.duration, info.frame_count)
            && a_second > 0
        {
            let frames = ticks as f64 / a_second as f64 * wanted.as_f64();
            if (frames - count as f64).abs() > 0.5 {
                let text = format!("The header's length is {frames:.1} frames, its count {count}.");
                self.add(check, text, "Encode or wrap it again.");
                self.measured(frames, count as f64);
            }
        }
        match info.timecode.as_deref() {
            None => self.warn(check, "There is no time code track.", "Encode it with the first frame's time code."),
            Some(text) if text.contains(';') && !wanted.counted().is_multiple_of(30) => {
                let told = format!("The time code {text} drops frames, at {wanted} frames per second.");
                self.add(check, told, "Write it without drop frames.");
            }
            Some(_) => {}
        }
    }

    fn color(&mut self, info: &MediaInfo) {
        let check = CheckId::ColorSpaceValid;
        let wanted = ColorTags::REC709;
        for (place, tags) in [("container", info.container_color), ("codec", info.codec_color)] {
            // What says nothing agrees with nothing, but MP4 has no need for a `colr` beside the codec's own tags.
            let may_be_silent = place == "container" && tags == ColorTags::default() && info.brand.trim() != "qt";
            if may_be_silent {
                continue;
            }
            if !tags.same_codes(&wanted) {
                let text = format!("The {place}'s colour tags are {tags}, they should be {wanted}.");
                self.add(check, text, "Tag it again without encoding: `blender-gsd tag`.");
            } else if tags.full_range == Some(true) {
                let text = format!("The {place} says that codes have full range, they should be narrow.");
                self.add(check, text, "Tag it again without encoding: `blender-gsd tag`.");
            }
        }
    }
}
