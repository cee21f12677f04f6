//! What a shot gets before the view, or in its place: a CDL, a show LUT.
//!
//! Both work on ACEScct (AP1 primaries, AMPAS S-2016-001), the one encoding in which this film's grades and LUTs are made.
//! The way of a pixel: scene-linear source -> exposure -> linear AP1 -> ACEScct -> CDL -> LUT -> display values, where the
//! LUT stands in the view's place; or ... -> LUT -> linear AP1 -> view, where it comes before. Without a LUT, the view
//! follows the CDL.

use std::sync::Arc;

use super::block::{Lane, for_each, map, mul};
use super::log::{from_acescct, to_acescct};
use super::{Cdl, ColorSpace, Encoding, Lut, Matrix3, Processor, ViewTransform, named};
use crate::Result;

/// What a shot gets before the view, or in its place; the default is nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grade {
    /// The shot's correction, on ACEScct.
    pub cdl: Option<Cdl>,
    /// The show's LUT, after it.
    pub lut: Option<ShowLut>,
}

/// A LUT and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ShowLut {
    /// Shared: it may be tens of megabytes.
    pub lut: Arc<Lut>,
    /// Which decides what comes out of it.
    pub place: LutPlace,
}

/// Where a LUT stands. It takes ACEScct in both places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LutPlace {
    /// ACEScct in, display-encoded values out (as the display's transfer function makes them, 0..1): a show LUT as a film
    /// hands it out. Nothing is done after it.
    #[default]
    InsteadOfView,
    /// ACEScct in, ACEScct out: a look modification transform; the view follows.
    BeforeView,
}

impl Grade {
    /// Works out every number for pixels of `from`.
    ///
    /// # Errors
    /// As [`ViewTransform::processor`].
    pub fn processor(&self, transform: &ViewTransform, from: &ColorSpace) -> Result<Processor> {
        if *self == Self::default() {
            return transform.processor(from);
        }
        let kernel = GradeKernel {
            to_ap1: transform.to_ap1(from)?.to_f32(),
            cdl: self.cdl.clone(),
            lut: self.lut.as_ref().map(|show| Arc::clone(&show.lut)),
            leaves_light: !self.replaces_view(),
        };
        let processor = if self.replaces_view() {
            Processor::untonemapped(&Matrix3::IDENTITY, Encoding::Linear)
        } else {
            // Exposure comes first of all, and is in the kernel's matrix.
            let ap1 = ColorSpace { chromaticities: named::AP1, ..*from };
            ViewTransform { exposure: 0.0, ..*transform }.processor(&ap1)?
        };
        Ok(processor.with_grade(kernel))
    }

    /// One plain line that says what is done: `ACEScg (from chromaticities) → ACEScct, CDL sh010 (slope ...) → Rec.709, ACES
    /// 2.0 SDR 100 nit`, or `… → ACEScct → Rec.709, LUT show.cube`.
    pub fn describe(&self, transform: &ViewTransform, from: &ColorSpace) -> String {
        if *self == Self::default() {
            return transform.describe(from);
        }
        let mut steps = String::from(" → ACEScct");
        if let Some(cdl) = &self.cdl {
            steps += &format!(", {cdl}");
        }
        let view = match &self.lut {
            Some(show) if show.place == LutPlace::InsteadOfView => show.lut.to_string(),
            Some(show) => {
                steps += &format!(", {}", show.lut);
                transform.view.label().to_owned()
            }
            None => transform.view.label().to_owned(),
        };
        let (display, exposure) = (transform.display.label(), transform.describe_exposure());
        format!("{from}{steps} → {display}, {view}{exposure}")
    }

    fn replaces_view(&self) -> bool {
        self.lut.as_ref().is_some_and(|show| show.place == LutPlace::InsteadOfView)
    }
}

/// A grade with every number worked out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GradeKernel {
    /// Linear source RGB to linear AP1, exposure included.
    to_ap1: [[f32; 3]; 3],
    cdl: Option<Cdl>,
    lut: Option<Arc<Lut>>,
    /// Whether linear AP1 comes out, for a view; else what the LUT made.
    leaves_light: bool,
}

impl GradeKernel {
    /// Changes a block of linear source RGB.
    #[inline(always)]
    pub(super) fn apply(&self, rgb: &mut [Lane; 3]) {
        for_each(rgb, |v| mul(&self.to_ap1, v));
        for lane in &mut *rgb {
            *lane = map(lane, to_acescct);
        }
        if let Some(cdl) = &self.cdl {
            cdl.apply(rgb);
        }
        if let Some(lut) = &self.lut {
            lut.apply(rgb);
        }
        if self.leaves_light {
            for lane in rgb {
                *lane = map(lane, from_acescct);
            }
        }
    }
}
