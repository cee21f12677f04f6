//! How the picture is looked at: the view of the core, and the viewer's own aids on top of it.
//!
//! View, display, exposure and colour space are the core's and are written into snapshots. Gamma, offset, channel
//! isolation and the clipping overlay are aids for the eye: the page says so, and snapshots are made without them. So is
//! exposure on layers that hold data, which the core shows as they are.

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::color::numbers::Numbers;
use crate::color::{Chromaticities, ColorSpace, Display, Encoding, Matrix3, Origin, Processor, View, ViewTransform};
use crate::exr::LayerKind;

/// What the page asks for; the names are those of its state.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LookRequest {
    pub(super) view: View,
    pub(super) display: Display,
    /// Stops.
    pub(super) exposure: f32,
    /// 1 changes nothing; the signal to the power 1/gamma.
    pub(super) gamma: f32,
    /// Added to display-linear light.
    pub(super) offset: f32,
    pub(super) isolate: Isolate,
    pub(super) clipping: bool,
    /// Whether levels of display luma are painted in colours of their own.
    #[serde(default)]
    pub(super) false_color: bool,
    pub(super) layer: String,
    pub(super) kind: LayerKind,
    pub(super) space: SpaceRequest,
}

/// The colour space the file states, as `inspect` gives it, and the user's own choice.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct SpaceRequest {
    #[serde(default)]
    origin: String,
    #[serde(default = "assumed")]
    chromaticities: [f64; 8],
    #[serde(default)]
    choice: Option<String>,
}

/// Which channel is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Isolate {
    Color,
    Red,
    Green,
    Blue,
    Alpha,
    Luminance,
}

/// One line of the clipping overlay's legend.
#[derive(Serialize)]
pub(super) struct LegendEntry {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
}

/// In the order of the shader's tests.
pub(super) const LEGEND: [LegendEntry; 3] = [
    LegendEntry { id: "nonfinite", label: "NaN or infinite in the file" },
    LegendEntry { id: "above", label: "above display white" },
    LegendEntry { id: "below", label: "below display black" },
];

/// A run of display luma and the colour it is painted in.
#[derive(Debug, Serialize)]
pub(super) struct Band {
    /// Where it ends, 0..1.
    pub(super) below: f32,
    /// 8-bit codes; none stays grey.
    pub(super) color: Option<[u8; 3]>,
    pub(super) label: &'static str,
}

const fn band(below: f32, color: Option<[u8; 3]>, label: &'static str) -> Band {
    Band { below, color, label }
}

/// False colour: percent of display luma, as camera monitors show it. 18 % grey lies at 38 % through the ACES views.
pub(super) const FALSE_COLORS: [Band; 9] = [
    band(0.02, Some([128, 48, 168]), "under 2 %"),
    band(0.10, Some([48, 88, 208]), "2–10 %"),
    band(0.36, None, ""),
    band(0.42, Some([64, 160, 72]), "36–42 %, mid grey"),
    band(0.52, None, ""),
    band(0.60, Some([232, 136, 152]), "52–60 %, light skin"),
    band(0.90, None, ""),
    band(0.98, Some([232, 208, 64]), "90–98 %"),
    band(f32::MAX, Some([224, 56, 40]), "98 % and more"),
];
/// ITU-R BT.709-6, 3.2.
pub(super) const LUMA: [f32; 3] = [0.2126, 0.7152, 0.0722];

/// The colour of a display value under false colour.
pub(super) fn false_color(rgb: [f32; 3]) -> [f32; 3] {
    let luma: f32 = rgb.iter().zip(LUMA).map(|(value, share)| value.clamp(0.0, 1.0) * share).sum();
    let band = FALSE_COLORS.iter().find(|band| luma < band.below);
    band.and_then(|band| band.color).map_or([luma; 3], |color| color.map(|code| f32::from(code) / 255.0))
}

fn assumed() -> [f64; 8] {
    ColorSpace::assumed().chromaticities.flat()
}

impl SpaceRequest {
    /// The user's choice, or what the file says.
    pub(super) fn color_space(&self) -> Result<ColorSpace> {
        const ORIGINS: [Origin; 5] =
            [Origin::Chosen, Origin::InteropId, Origin::AcesContainer, Origin::Chromaticities, Origin::Assumed];
        if let Some(choice) = &self.choice {
            return ColorSpace::from_choice(choice);
        }
        let origin = ORIGINS.into_iter().find(|origin| origin.words() == self.origin).unwrap_or(Origin::Assumed);
        Ok(ColorSpace { chromaticities: Chromaticities::from_flat(self.chromaticities), origin })
    }
}

impl Isolate {
    pub(super) const ALL: [Self; 6] = [Self::Color, Self::Red, Self::Green, Self::Blue, Self::Alpha, Self::Luminance];

    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Color => "color",
            Self::Red => "red",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Alpha => "alpha",
            Self::Luminance => "luminance",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Color => "RGB",
            Self::Red => "R",
            Self::Green => "G",
            Self::Blue => "B",
            Self::Alpha => "A",
            Self::Luminance => "Y",
        }
    }
}

/// A look with every number worked out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    /// Scene-linear to display-linear.
    light: Processor,
    /// The same for the GPU.
    pub(super) numbers: Numbers,
    /// Display-linear to signal.
    pub(super) encoding: Encoding,
    pub(super) gamma: f32,
    pub(super) offset: f32,
    pub(super) isolate: Isolate,
    pub(super) clipping: bool,
    pub(super) false_color: bool,
    /// Shares of display-linear R, G, B in luminance.
    luminance: [f32; 3],
    /// Shares of the file's R, G, B in the scene's luminance, exposure left out; `None` for data.
    scene_luminance: Option<[f32; 3]>,
    description: String,
}

impl Look {
    pub(super) fn new(request: &LookRequest) -> Result<Self> {
        let space = request.space.color_space()?;
        let transform = ViewTransform { view: request.view, display: request.display, exposure: request.exposure };
        let processor = match request.kind {
            LayerKind::Color => transform.processor(&space)?,
            LayerKind::Data => {
                let gain = f64::from(request.exposure).exp2();
                Processor::untonemapped(&Matrix3::diagonal([gain; 3]), Encoding::Linear)
            }
        };
        // The Y row of the matrix to XYZ. Every display has primaries that span a volume.
        let luminance = request.display.chromaticities().rgb_to_xyz().map_or([0.0; 3], |matrix| matrix.to_f32()[1]);
        let scene_luminance = match request.kind {
            LayerKind::Color => {
                let plain = ViewTransform { view: View::Untonemapped, exposure: 0.0, ..transform };
                plain.processor(&space)?.matrix().map(|matrix| weigh(matrix, luminance))
            }
            LayerKind::Data => None,
        };
        let description = describe(request, &transform, &space);
        Ok(Self {
            light: processor.light(),
            numbers: processor.numbers(),
            encoding: processor.encoding(),
            gamma: request.gamma.clamp(0.01, 100.0),
            offset: request.offset,
            isolate: request.isolate,
            clipping: request.clipping,
            false_color: request.false_color && request.isolate != Isolate::Alpha,
            luminance,
            scene_luminance,
            description,
        })
    }

    /// Which share of display-linear R, G, B each screen channel shows, row by row.
    pub(super) fn selection(&self) -> [[f32; 3]; 3] {
        match self.isolate {
            Isolate::Color | Isolate::Alpha => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Isolate::Red => [[1.0, 0.0, 0.0]; 3],
            Isolate::Green => [[0.0, 1.0, 0.0]; 3],
            Isolate::Blue => [[0.0, 0.0, 1.0]; 3],
            Isolate::Luminance => [self.luminance; 3],
        }
    }

    /// The truth line: which transform is applied, aids included.
    pub(super) fn description(&self) -> &str {
        &self.description
    }

    /// Whether anything is in force that snapshots leave out.
    pub(super) fn has_aids(&self) -> bool {
        self.gamma != 1.0 || self.offset != 0.0 || self.isolate != Isolate::Color || self.clipping || self.false_color
    }

    /// Rows of the file, changed in place, as display-linear light.
    pub(super) fn light(&self, mut rows: [&mut [f32]; 3]) {
        self.light.apply(rows.each_mut().map(|row| &mut **row));
        if self.offset != 0.0 {
            rows.into_iter().flatten().for_each(|light| *light += self.offset);
        }
    }

    /// Display-linear light, changed in place, as display values, not cut: what the shader computes, isolation included.
    pub(super) fn signal(&self, [r, g, b]: [&mut [f32]; 3]) {
        let selection = self.selection();
        for ((r, g), b) in r.iter_mut().zip(g).zip(b) {
            let light = selection.map(|[x, y, z]| x * *r + y * *g + z * *b);
            [*r, *g, *b] = light.map(|light| self.aid(self.encoding.encode(light)));
        }
    }

    /// One pixel, all of it.
    pub(super) fn pixel(&self, [mut r, mut g, mut b]: [f32; 3], alpha: f32) -> [f32; 3] {
        if self.isolate == Isolate::Alpha {
            return [alpha; 3];
        }
        let mut rows = [&mut r, &mut g, &mut b].map(std::slice::from_mut);
        self.light(rows.each_mut().map(|row| &mut **row));
        self.signal(rows);
        [r, g, b]
    }

    /// Luminance of the scene, exposure and aids left out; `None` for data.
    pub(super) fn scene_luminance(&self, rgb: [f32; 3]) -> Option<f32> {
        let shares = self.scene_luminance?;
        Some(shares.iter().zip(rgb.map(finite)).map(|(share, value)| share * value).sum())
    }

    fn aid(&self, signal: f32) -> f32 {
        if self.gamma == 1.0 { signal } else { signal.abs().powf(1.0 / self.gamma).copysign(signal) }
    }
}

/// The share of each of a matrix's inputs in the weighted sum of its outputs.
fn weigh(matrix: &[[f32; 3]; 3], weights: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|column| (0..3).map(|row| weights[row] * matrix[row][column]).sum())
}

/// As the core's processor: NaN to 0, infinities to the largest number that sums bear.
fn finite(value: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(-LARGEST, LARGEST) }
}

/// See `color::processor`.
pub(super) const LARGEST: f32 = f32::MAX / 1e6;

fn describe(request: &LookRequest, transform: &ViewTransform, space: &ColorSpace) -> String {
    let mut text = match request.kind {
        LayerKind::Color => transform.describe(space),
        LayerKind::Data if request.exposure == 0.0 => format!("{}: data, shown as it is", request.layer),
        LayerKind::Data => format!("{}: data, shown with a gain of {} stops", request.layer, signed(request.exposure)),
    };
    if request.offset != 0.0 {
        text += &format!(", offset {}", signed(request.offset));
    }
    if request.gamma != 1.0 {
        text += &format!(", gamma {}", request.gamma);
    }
    if request.false_color {
        text += ", false colour";
    }
    match request.isolate {
        Isolate::Color => {}
        Isolate::Luminance => text += ", luminance only",
        other => text += &format!(", {} only", other.id()),
    }
    text
}

/// With a true minus sign, as in the rest of the line.
fn signed(value: f32) -> String {
    if value < 0.0 { format!("−{}", -value) } else { format!("+{value}") }
}
