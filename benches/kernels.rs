//! `cargo bench`: our own decoding and colour, without peers, to see whether a change made them faster or slower.
//!
//! `cargo bench -- half` runs those with "half" in their names; `RAYON_NUM_THREADS=1 cargo bench` on one thread.
//! Against other programs: `scripts/bench.sh`.

mod plates;

use std::path::Path;
use std::sync::{Arc, LazyLock};

use blender_gsd::Result;
use blender_gsd::color::ycbcr::Layout;
use blender_gsd::color::{
    Cdl, ColorSpace, Display, Grade, Lut, LutLimits, LutPlace, Row, ShowLut, View, ViewTransform,
};
use blender_gsd::exr::{self, Header, Limits, Picture, Request};
use blender_gsd::frame::resample::{Filter, Fit, Resampler};
use blender_gsd::frame::{Frame, Plane, Region};
use blender_gsd::native::models;
use blender_gsd::picture::LayerPicture;
use blender_gsd::qc::{FrameObserved, Grey, Observation, TextReader as _, Validator, ValidatorOptions};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

use plates::{HEIGHT, Take, WIDTH};

const PIXELS: usize = WIDTH as usize * HEIGHT as usize;

static PLANES: LazyLock<[Plane; 3]> = LazyLock::new(|| plates::planes(WIDTH, HEIGHT, Take::STILL));
static PLATE: LazyLock<Result<Plate>> = LazyLock::new(Plate::new);

/// The plate as a file in memory, and decoded.
struct Plate {
    bytes: Vec<u8>,
    header: Header,
    request: Request,
    frame: Frame,
}

impl Plate {
    fn new() -> Result<Self> {
        let bytes = plates::zip(WIDTH, HEIGHT, Take::STILL)?;
        let limits = Limits::default();
        let header = Header::read(bytes.as_slice(), &limits)?;
        // B, G, R in the file.
        let request = Request { part: 0, channels: vec![2, 1, 0], bands: None };
        let frame = exr::decode(bytes.as_slice(), &header, &request, &limits)?;
        Ok(Self { bytes, header, request, frame })
    }

    fn decode_into(&self, frame: &mut Frame) -> Result<()> {
        exr::decode_into(self.bytes.as_slice(), &self.header, &self.request, &Limits::default(), frame)
    }
}

fn main() {
    match &*PLATE {
        Ok(_) => divan::main(),
        Err(error) => {
            eprintln!("the plate could not be made: {error}");
            std::process::exit(1);
        }
    }
}

/// The plate; `main` has seen to it that there is one.
fn with_plate(bench: impl FnOnce(&Plate)) {
    if let Ok(plate) = &*PLATE {
        bench(plate);
    }
}

mod decode {
    use super::*;

    #[divan::bench]
    fn header(bencher: Bencher<'_, '_>) {
        with_plate(|plate| bencher.bench(|| Header::read(plate.bytes.as_slice(), &Limits::default())));
    }

    #[divan::bench]
    fn zip_to_half_into_fresh_memory(bencher: Bencher<'_, '_>) {
        with_plate(|plate| {
            bencher.counter(ItemsCount::new(PIXELS)).bench(|| {
                let mut frame = Frame::default();
                plate.decode_into(&mut frame).map(|()| frame)
            });
        });
    }

    #[divan::bench]
    fn zip_to_half(bencher: Bencher<'_, '_>) {
        with_plate(|plate| {
            let mut frame = Frame::default();
            bencher.counter(ItemsCount::new(PIXELS)).bench_local(|| plate.decode_into(&mut frame));
        });
    }

    #[divan::bench]
    fn zip_to_float(bencher: Bencher<'_, '_>) {
        with_plate(|plate| {
            let mut frame = Frame::default();
            let mut floats: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; PIXELS]);
            bencher.counter(ItemsCount::new(PIXELS)).bench_local(|| {
                let outcome = plate.decode_into(&mut frame);
                for (plane, floats) in frame.planes.iter().zip(&mut floats) {
                    plane.samples.read_f32(0, floats);
                }
                outcome
            });
        });
    }

    #[divan::bench]
    fn half_to_float(bencher: Bencher<'_, '_>) {
        let mut floats = vec![0.0; PIXELS];
        bencher.counter(BytesCount::of_many::<f32>(PIXELS)).bench_local(|| PLANES[0].samples.read_f32(0, &mut floats));
    }
}

mod encoding {
    use super::*;

    #[divan::bench(sample_count = 10)]
    fn zip(bencher: Bencher<'_, '_>) {
        let window = Region::new(0, 0, WIDTH, HEIGHT);
        let planes = &*PLANES;
        bencher
            .counter(ItemsCount::new(PIXELS))
            .bench(|| exr::encode(&Picture { data_window: window, display_window: window, planes, attributes: &[] }));
    }
}

mod color {
    use super::*;

    fn transform(display: Display) -> ViewTransform {
        ViewTransform { view: View::Untonemapped, display, exposure: 0.0 }
    }

    #[divan::bench(args = Display::ALL)]
    fn float_rows(bencher: Bencher<'_, '_>, display: Display) {
        const ROW: usize = WIDTH as usize;
        let Ok(processor) = transform(display).processor(&ColorSpace::assumed()) else { return };
        let mut source: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; ROW]);
        for (plane, floats) in PLANES.iter().zip(&mut source) {
            plane.samples.read_f32(PIXELS / 2, floats);
        }
        let mut rows = source.clone();
        bencher.counter(ItemsCount::new(ROW)).bench_local(|| {
            for (row, source) in rows.iter_mut().zip(&source) {
                row.copy_from_slice(source);
            }
            processor.apply(rows.each_mut().map(Vec::as_mut_slice));
        });
    }

    #[divan::bench(args = [8, 16])]
    fn half_to_rec709_codes(bencher: Bencher<'_, '_>, bits: u32) {
        with_plate(|plate| {
            let layers = exr::layers(&plate.header);
            let picture = layers
                .first()
                .and_then(|layer| LayerPicture::new(&plate.frame, plate.header.parts.first()?, layer).ok());
            let processor = transform(Display::Rec709).processor(&plate.frame.color_space).ok();
            let Some((picture, processor)) = picture.zip(processor) else { return };
            let bencher = bencher.counter(ItemsCount::new(PIXELS));
            if bits == 8 {
                bencher.bench(|| picture.to_rgb8(&processor));
            } else {
                bencher.bench(|| picture.to_rgb16(&processor));
            }
        });
    }
}

mod deliverables {
    use super::*;

    const SIZE: [usize; 2] = [WIDTH as usize, HEIGHT as usize];

    /// The plate's numbers as floats; as good as display values for packing.
    static FLOATS: LazyLock<[Vec<f32>; 3]> = LazyLock::new(|| std::array::from_fn(|c| PLANES[c].samples.to_f32()));

    /// Sixteen rows again and again, as they come out of the view: they and their codes stay in the cache.
    #[divan::bench(args = ["gbrp16le", "yuv444p10le", "yuva444p12le", "yuv422p10le", "yuv420p"])]
    fn pack(bencher: Bencher<'_, '_>, name: &str) {
        let Ok(layout) = Layout::named(name) else { return };
        let size = [SIZE[0], 16];
        let mut frame = vec![0; layout.frame_bytes(size)];
        let rows = FLOATS.each_ref().map(|plane| &plane[..size[0] * size[1]]);
        bencher.counter(ItemsCount::new(rows[0].len())).bench_local(|| {
            for mut band in layout.bands(&mut frame, size, size[1]) {
                layout.pack(size[0], rows, None, &mut band);
            }
        });
    }

    /// Three channels, counted in pixels of the source.
    #[divan::bench(args = [[2048, 858], [1920, 804]])]
    fn resample(bencher: Bencher<'_, '_>, target: [u32; 2]) {
        let Ok(resampler) = Resampler::new([WIDTH, HEIGHT], target, Fit::Crop, Filter::Triangle) else { return };
        let source = &*FLOATS;
        bencher.counter(ItemsCount::new(PIXELS)).bench_local(|| {
            let read = |y: usize, rows: [&mut [f32]; 3]| {
                for (row, plane) in rows.into_iter().zip(source) {
                    row.copy_from_slice(&plane[y * SIZE[0]..][..SIZE[0]]);
                }
            };
            let mut sum = 0.0;
            resampler.run::<3>(0..target[1] as usize, read, |_, [r, _, _]| sum += r[0]);
            sum
        });
    }

    /// A show LUT of 33^3 in the view's place, after a correction.
    #[divan::bench]
    fn grade_rows(bencher: Bencher<'_, '_>) {
        let entries = (0..33 * 33 * 33).map(|i| format!("{} {} {}\n", i % 33, i / 33 % 33, i / 1089));
        let text: String = std::iter::once("LUT_3D_SIZE 33\n".to_owned()).chain(entries).collect();
        let Ok(lut) = Lut::from_cube(text.as_bytes(), "bench.cube", &LutLimits::default()) else { return };
        let cdl = Cdl::new("", [1.1; 3], [0.01; 3], [1.1; 3], 0.9).ok();
        let lut = Some(ShowLut { lut: Arc::new(lut), place: LutPlace::InsteadOfView });
        let grade = Grade { cdl, lut };
        let Ok(processor) = grade.processor(&ViewTransform::default(), &ColorSpace::assumed()) else { return };
        let rows = FLOATS.each_ref().map(|plane| &plane[..16 * SIZE[0]]);
        let mut codes = vec![0; 3 * rows[0].len()];
        bencher
            .counter(ItemsCount::new(rows[0].len()))
            .bench_local(|| processor.codes_u16(rows.map(Row::Float), &mut codes));
    }
}

mod quality {
    use super::*;

    /// All checks over a frame, after the first: what they add to a pass.
    #[divan::bench(sample_count = 20)]
    fn checks(bencher: Bencher<'_, '_>) {
        with_plate(|plate| {
            let layers = exr::layers(&plate.header);
            let Some((layer, part)) = layers.first().zip(plate.header.parts.first()) else { return };
            let seen = FrameObserved::Picture {
                header: &plate.header,
                part,
                layer,
                frame: &plate.frame,
                space: plate.frame.color_space,
                mattes: &[],
            };
            let mut validator = Validator::new(ValidatorOptions::default());
            let mut number = 0;
            bencher.counter(ItemsCount::new(PIXELS)).bench_local(|| {
                number += 1;
                validator.observe(&Observation { file: "plate.exr", number, seen });
            });
        });
    }

    /// Looking for text in a grey 2K frame without any, with the models in `target/models`; a line more costs its reading.
    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn text(bencher: Bencher<'_, '_>) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/models");
        let Ok(reader) = models::load(&folder) else {
            return eprintln!("no text is read: there are no models in {}", folder.display());
        };
        let codes = (0..2048 * 858).map(|at| (at % 2048 / 16 + at / 2048 / 8) as u8).collect();
        let picture = Grey { width: 2048, height: 858, codes };
        bencher.counter(ItemsCount::new(picture.codes.len())).bench_local(|| reader.read(&picture));
    }
}
