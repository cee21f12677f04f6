//! `convert`: one frame through a view into a picture file.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

use super::output::Output;
use super::style::{printable, size};
use crate::Result;
use crate::color::{ColorSpace, Display, Grade, LutPlace, ShowLut, View, ViewTransform};
use crate::convert::{Bits, Options};
use crate::frame::Region;
use crate::native::grade::{read_cdl, read_lut};
use crate::native::transform::convert_file;

const EXAMPLES: &str = "\
Examples:
  blender-gsd convert shot.1001.exr shot.1001.png
  blender-gsd convert shot.1001.exr web.png --display srgb --exposure -0.5
  blender-gsd convert shot.1001.exr compare.png --view aces-2.0 --beside aces-1.3 --beside untonemapped
  blender-gsd convert shot.1001.exr shot.1001.display.exr --layer beauty
  blender-gsd convert scan.exr scan.png --from lin_rec709 --bits 16
  blender-gsd convert shot.1001.exr shot.1001.png --cdl show.ccc:SHOT-002-001 --lut show.cube

Colour goes: scene-linear, exposure, ACEScct (AP1), CDL, LUT, display values. The CDL works on ACEScct, without clamps. \
The LUT takes ACEScct too, 0..1 unless the file states a domain; it stands in the view's place and makes the values of \
--display, or with --view (or --lut-before-view) makes ACEScct again, for the view.

A PNG is tagged for its display (sRGB, or cICP 1-1-0-1 for Rec.709); an EXR holds display values as 32-bit floats. \
The output appears whole or not at all.";

/// Put one frame through a view and write it as PNG or EXR
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ConvertArguments {
    /// The frame
    #[arg(value_name = "IN.exr")]
    input: PathBuf,
    /// The picture to write; its name's end says which kind
    #[arg(value_name = "OUT.png|exr")]
    output: PathBuf,
    /// What it will be shown on
    #[arg(long, default_value = Display::default().id(), value_parser = displays())]
    display: Display,
    /// How scene light becomes display light [default: aces-2.0]
    #[arg(long, value_parser = views())]
    view: Option<View>,
    /// A further view to the right of it in the same PNG, to compare; may be given several times
    #[arg(long, value_name = "VIEW", value_parser = views())]
    beside: Vec<View>,
    /// A show LUT in the view's place: ACEScct in, values of the display out (1D, 3D or both; tetrahedral)
    #[arg(long, value_name = "FILE.cube")]
    lut: Option<PathBuf>,
    /// The LUT is ACEScct in, ACEScct out, and the view comes after it; so it is, too, where --view names one
    #[arg(long, requires = "lut")]
    lut_before_view: bool,
    /// The shot's ASC CDL, on ACEScct, before LUT and view: a .cdl, .ccc or .cc file, and an id where it holds several
    #[arg(long, value_name = "FILE[:ID]")]
    cdl: Option<PathBuf>,
    /// Bits of a PNG's codes [default: 8]
    #[arg(long, value_parser = bits())]
    bits: Option<Bits>,
    /// Change of exposure before the view, in stops
    #[arg(long, value_name = "STOPS", default_value_t = 0.0, allow_negative_numbers = true)]
    exposure: f32,
    /// The layer, as `inspect` names it; else the one that holds the picture
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// The space the numbers are in; else what the file says
    #[arg(long, value_name = "SPACE", value_parser = PossibleValuesParser::new(ColorSpace::choices()))]
    from: Option<String>,
}

/// The values there are by their names in commands: new ones appear by themselves.
pub(super) fn by_id<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    id: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let parser = PossibleValuesParser::new(all.iter().map(|&value| id(value)));
    parser.try_map(move |name| all.iter().copied().find(|&value| id(value) == name).ok_or("there is no such value"))
}

/// Every display's name.
pub(super) fn displays() -> impl TypedValueParser<Value = Display> {
    by_id(&Display::ALL, Display::id)
}

/// Every view's name.
pub(super) fn views() -> impl TypedValueParser<Value = View> {
    by_id(&View::ALL, View::id)
}

fn bits() -> impl TypedValueParser<Value = Bits> {
    by_id(&[Bits::Eight, Bits::Sixteen], |bits| match bits {
        Bits::Eight => "8",
        Bits::Sixteen => "16",
    })
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    input: String,
    output: String,
    description: &'a str,
    bytes: u64,
    missing: Vec<MissingArea<'a>>,
}

#[derive(Debug, Serialize)]
struct MissingArea<'a> {
    region: Region,
    reason: &'a str,
}

pub(super) fn run(arguments: &ConvertArguments, output: &Output) -> Result<ExitCode> {
    let view = arguments.view.unwrap_or_default();
    let transform = ViewTransform { view, display: arguments.display, exposure: arguments.exposure };
    let from = arguments.from.as_deref().map(ColorSpace::from_choice).transpose()?;
    let options = Options {
        transform,
        beside: arguments.beside.clone(),
        grade: grade(arguments)?,
        layer: arguments.layer.clone(),
        from,
        ..Options::default()
    };
    let written = convert_file(&arguments.input, &arguments.output, &options, arguments.bits)?;
    let name = arguments.output.display();
    for area in &written.missing {
        let input = arguments.input.display();
        output.warning(format_args!("{input}: {} cannot be read and is black: {}", area.region, area.reason));
    }
    if !written.missing.is_empty() {
        output
            .warning(format_args!("{name} is incomplete: {} of the frame could not be read", areas(&written.missing)));
    }
    if output.json {
        output.result_json(&Report {
            input: arguments.input.display().to_string(),
            output: name.to_string(),
            description: &written.description,
            bytes: written.bytes,
            missing: written
                .missing
                .iter()
                .map(|area| MissingArea { region: area.region, reason: &area.reason })
                .collect(),
        })?;
    } else {
        let line = format!("{}: {}\n", printable(name), printable(&written.description));
        output.result(&line)?;
        output.detail(size(written.bytes));
    }
    Ok(ExitCode::SUCCESS)
}

/// The files that say what comes before the view, or in its place.
fn grade(arguments: &ConvertArguments) -> Result<Grade> {
    // Whoever names a view beside a LUT wants both.
    let place = if arguments.lut_before_view || arguments.view.is_some() {
        LutPlace::BeforeView
    } else {
        LutPlace::InsteadOfView
    };
    let lut = arguments.lut.as_deref().map(read_lut).transpose()?;
    let lut = lut.map(|lut| ShowLut { lut: Arc::new(lut), place });
    Ok(Grade { cdl: arguments.cdl.as_deref().map(read_cdl).transpose()?, lut })
}

fn areas(missing: &[crate::frame::Missing]) -> String {
    let pixels: u64 = missing.iter().map(|area| area.region.area()).sum();
    if missing.len() == 1 {
        format!("an area of {pixels} pixels")
    } else {
        format!("{} areas, {pixels} pixels together,", missing.len())
    }
}
