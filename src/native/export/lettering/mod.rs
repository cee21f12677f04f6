//! Text on movies, off for finals: a slate in front, and burn-ins on every frame.

mod burn_in;
mod font;
mod slate;

use serde::Serialize;

use super::Options;
use super::plan::Look;
use super::source::Source;
use crate::Result;
use crate::color::Processor;
use crate::deliverable::Deliverable;
use crate::editorial::ExportJob;
use crate::native::clock;
use crate::native::config::{Caption, Format, Token};
use crate::native::project::{Project, frame_text};
use crate::overlay::Overlay;
use crate::picture::LayerPicture;
use crate::spec::FrameRate;
use crate::timecode::Timecode;

use burn_in::Captions;
use font::Typeface;
use slate::Slate;

/// What is written onto one movie.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Lettering {
    slate: Option<Slate>,
    burn_in: Option<Captions>,
    #[serde(skip)]
    typeface: Typeface,
    #[serde(skip)]
    rate: FrameRate,
    /// The day, which changes nothing about what is to be made.
    #[serde(skip)]
    date: String,
}

impl Lettering {
    /// What the settings and the command line want on a movie of that format; `None` where they want nothing.
    ///
    /// # Errors
    /// If the time is not known.
    pub(super) fn new(
        project: &Project,
        job: &ExportJob,
        (source, look): (&Source, &Look),
        format: &Format,
        options: &Options,
    ) -> Result<Option<Self>> {
        let [has_slate, has_burn_in] = [format.slate || options.slate, format.burn_in || options.burn_in];
        if !has_slate && !has_burn_in {
            return Ok(None);
        }
        let view = look.describe(&source.space);
        let names = [job.scene_id.as_str(), job.shot_id.as_str()];
        let fill = |caption: &Caption| project.caption(caption, names, &format.spec.name, &view);
        let date = clock::now()?;
        Ok(Some(Self {
            slate: has_slate.then(|| Slate::new(project, job, source, &view, format, fill)),
            burn_in: has_burn_in.then(|| Captions::new(&project.config.burn_in, fill)),
            typeface: Typeface::load()?,
            rate: format.spec.frame_rate,
            date: date.split('T').next().unwrap_or_default().to_owned(),
        }))
    }

    /// Frames in front of the first: 1 with a slate.
    pub(super) fn lead(&self) -> usize {
        usize::from(self.slate.is_some())
    }

    /// What there is, in words.
    pub(super) fn describe(&self) -> &'static str {
        match (&self.slate, &self.burn_in) {
            (Some(_), Some(_)) => "with a slate and burn-ins",
            (Some(_), None) => "with a slate",
            _ => "with burn-ins",
        }
    }

    /// Fills `planes` with the slate, if there is one; `picture` is the first frame, for its thumbnail.
    ///
    /// # Errors
    /// If a thumbnail of that shape cannot be made.
    pub(super) fn draw_slate(
        &self,
        deliverable: &Deliverable,
        picture: &LayerPicture<'_>,
        processor: &Processor,
        planes: &mut [u8],
    ) -> Result<()> {
        let Some(slate) = &self.slate else { return Ok(()) };
        let date =
            |text: &Caption| text.fill(|token| if token == Token::Date { self.date.clone() } else { String::new() });
        let overlay = slate
            .overlay(&self.typeface, deliverable.size(), date, |size| slate::thumbnail(picture, processor, size))?;
        deliverable.draw(&overlay, planes);
        Ok(())
    }

    /// What lies over the frame of that number.
    pub(super) fn overlay(&self, size: [usize; 2], number: i32) -> Overlay {
        let Some(captions) = &self.burn_in else { return Overlay::default() };
        captions.overlay(&self.typeface, size, |token| match token {
            Token::Frame => frame_text(number),
            Token::Timecode => Timecode::of_frame(number, self.rate).to_string(),
            Token::Date => self.date.clone(),
            _ => String::new(),
        })
    }
}
