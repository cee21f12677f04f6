//! `cargo bench`: our own decoding and colour, without peers, to see whether a change made them faster or slower.
//!
//! `cargo bench -- half` runs those with "half" in their names; `RAYON_NUM_THREADS=1 cargo bench` on one thread.
//! Against other programs: `scripts/bench.sh`.

mod plates;

use std::sync::LazyLock;

use blender_gsd::Result;
use blender_gsd::color::{ColorSpace, Display, View, ViewTransform};
use blender_gsd::exr::{self, Header, Limits, Picture, Request};
use blender_gsd::frame::{Frame, Plane, Region};
use blender_gsd::picture::LayerPicture;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

use plates::{HEIGHT, WIDTH};

const PIXELS: usize = WIDTH as usize * HEIGHT as usize;

static PLANES: LazyLock<[Plane; 3]> = LazyLock::new(|| plates::planes(WIDTH, HEIGHT));
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
        let bytes = plates::zip(WIDTH, HEIGHT)?;
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
