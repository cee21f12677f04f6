//! Movies in step with the masters they were made from.

use super::movie::{Master, MovieCheck};
use crate::color::{ColorSpace, Processor};
use crate::native::export::Look;
use crate::picture::LayerPicture;

/// The movies of a shot, and what its frames were looked at through.
pub(super) struct Beside<'a> {
    look: Option<&'a Look>,
    /// The numbers of a view take a while to work out, and frames of one shot have one space.
    processor: Option<(ColorSpace, Processor)>,
    movies: &'a mut [MovieCheck],
}

impl<'a> Beside<'a> {
    pub(super) fn new(look: &'a Look, movies: &'a mut [MovieCheck]) -> Self {
        Self { look: Some(look), processor: None, movies }
    }

    pub(super) fn none() -> Self {
        Self { look: None, processor: None, movies: &mut [] }
    }

    /// Lets every movie go on by one frame; `None` where the master cannot be read, which its own checks tell.
    pub(super) fn frame(&mut self, picture: Option<&LayerPicture<'_>>, space: ColorSpace) {
        let Some(look) = self.look.filter(|_| !self.movies.is_empty()) else { return };
        if self.processor.as_ref().is_none_or(|(known, _)| *known != space) {
            self.processor = look.processor(&space).ok().map(|processor| (space, processor));
        }
        let processor = self.processor.as_ref().map(|(_, processor)| processor);
        let master = picture.zip(processor).map(|(picture, processor)| Master { picture, processor });
        for movie in &mut *self.movies {
            movie.frame(master);
        }
    }
}
