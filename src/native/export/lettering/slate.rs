//! The slate: one frame in front of a movie that says what follows.

use serde::Serialize;

use super::font::Typeface;
use crate::Result;
use crate::color::Processor;
use crate::color::ycbcr::Layout;
use crate::deliverable::Deliverable;
use crate::editorial::ExportJob;
use crate::frame::Region;
use crate::native::config::{Caption, Format};
use crate::native::export::source::Source;
use crate::native::project::{Project, frame_text};
use crate::overlay::{Overlay, Paint};
use crate::picture::LayerPicture;
use crate::timecode::Timecode;

/// Display-encoded greys: of the ground, of what the fields are called, of what they say.
const GROUND: [f32; 3] = [0.08; 3];
const LABEL: [f32; 3] = [0.45; 3];
const VALUE: [f32; 3] = [0.85; 3];
/// Parts of the frame's height: around everything, the title's letters, a line of the fields, its letters.
const MARGIN: f32 = 0.08;
const TITLE: f32 = 0.1;
const LINE: f32 = 0.056;
const LETTERS: f32 = 0.038;
/// Letters that the fields' names have room for.
const LABEL_LETTERS: usize = 13;
/// The thumbnail's sides, as parts of the frame's.
const THUMBNAIL: f32 = 0.42;

/// What a slate says.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Slate {
    title: String,
    /// Names and what they stand for; places for the date are not filled yet.
    fields: Vec<(&'static str, Caption)>,
}

impl Slate {
    /// The slate of one movie; `fill` gives captions what is known of it.
    pub(super) fn new(
        project: &Project,
        job: &ExportJob,
        source: &Source,
        view: &str,
        format: &Format,
        fill: impl Fn(&Caption) -> Caption,
    ) -> Self {
        let config = &project.config;
        let [first, last] = source.range();
        let count = first.abs_diff(last) + 1;
        let handles = if job.handles == 0 { String::new() } else { format!(", handles of {}", job.handles) };
        let rate = format.spec.frame_rate;
        let [width, height] = format.spec.resolution;
        let said = |text: String| Caption::literal(&text);
        let color = fill(&config.slate.media_color);
        let color = if color.is_empty() { said(view.to_owned()) } else { color };
        let fields = [
            ("Show", said(config.show.clone())),
            ("Scene", said(job.scene_id.to_string())),
            ("Version", said(format!("v{:03}", config.version))),
            ("Date", Caption::date()),
            ("Frames", said(format!("{}-{} ({count}{handles})", frame_text(first), frame_text(last)))),
            ("Timecode", said(format!("{} at {rate}", Timecode::of_frame(first, rate)))),
            ("Task", said(config.task.clone())),
            ("Vendor", said(config.vendor.clone())),
            ("Scope", fill(&config.slate.scope)),
            ("Media", said(format!("{} {width}x{height}", format.spec.compression.name()))),
            ("Media Color", color),
            ("Note", fill(&config.slate.note)),
        ];
        let fields = fields.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        Self { title: job.shot_id.to_string(), fields }
    }

    /// The marks on a frame of that size, in pixels. `date` fills what is left of a caption, `thumbnail` makes a picture of
    /// a width and height: red, green, blue.
    ///
    /// # Errors
    /// As `thumbnail`.
    pub(super) fn overlay(
        &self,
        typeface: &Typeface,
        size: [usize; 2],
        date: impl Fn(&Caption) -> String,
        thumbnail: impl Fn([u32; 2]) -> Result<[Vec<f32>; 3]>,
    ) -> Result<Overlay> {
        let [width, height] = size.map(|side| side as f32);
        let part = |share: f32| (height * share).round().max(1.0) as u32;
        let margin = part(MARGIN) as i32;
        let free = (width as i32 - 2 * margin).max(1) as u32;
        let mut overlay = Overlay::default();
        overlay.push(Region::new(0, 0, size[0] as u32, size[1] as u32), Paint::Flat { rgb: GROUND, opacity: 1.0 });

        let (title, letters) = typeface.fitted(&self.title, part(TITLE), free);
        typeface.draw(&mut overlay, &title, [margin, margin], letters, VALUE);
        let top = margin + part(TITLE + LINE / 2.0) as i32;

        let small = [width, height].map(|side| (side * THUMBNAIL).round().max(1.0) as u32);
        let place = Region::new(width as i32 - margin - small[0] as i32, top, small[0], small[1]);
        overlay.push(place, Paint::Picture(thumbnail(small)?));

        let labels = typeface.width(&" ".repeat(LABEL_LETTERS), part(LETTERS)) as i32;
        for (line, (label, text)) in self.fields.iter().enumerate() {
            let y = top + line as i32 * part(LINE) as i32;
            // Beside the thumbnail there is less room than below it.
            let right = if i64::from(y) < place.bottom() { place.x - margin / 2 } else { width as i32 - margin };
            let room = u32::try_from(right - margin - labels).unwrap_or(0).max(1);
            typeface.draw(&mut overlay, label, [margin, y], part(LETTERS), LABEL);
            let (text, letters) = typeface.fitted(&date(text), part(LETTERS), room);
            let y = y + typeface.drop(part(LETTERS), letters);
            typeface.draw(&mut overlay, &text, [margin + labels, y], letters, VALUE);
        }
        Ok(overlay)
    }
}

/// A frame in small, through the view: display-encoded red, green and blue.
///
/// # Errors
/// If there is no such size.
pub(super) fn thumbnail(
    picture: &LayerPicture<'_>,
    processor: &Processor,
    [width, height]: [u32; 2],
) -> Result<[Vec<f32>; 3]> {
    let layout = Layout::named("gbrp16le")?;
    let window = picture.window();
    let small = Deliverable::new([window.width, window.height], [width, height], layout)?;
    let mut planes = vec![0; small.frame_bytes()];
    small.render(picture, processor, &mut planes);
    let mut codes = planes.chunks_exact(2).map(|code| f32::from(u16::from_le_bytes([code[0], code[1]])) / 65_535.0);
    let mut plane = || -> Vec<f32> { codes.by_ref().take((width * height) as usize).collect() };
    let [g, b, r] = [plane(), plane(), plane()];
    Ok([r, g, b])
}
