//! Pictures made of frames: what `convert` writes and the page's snapshot is.

use blender_gsd::color::{Display, View, ViewTransform};
use blender_gsd::convert::{self, Bits, Options};
use blender_gsd::exr::{Header, Limits};

use super::fixture;

const FRAME: &str = "demo/composites/SCN-002/SHOT-002-002/SHOT-002-002_comp.1001.exr";

fn options(view: View, beside: &[View], bits: Bits) -> Options {
    let transform = ViewTransform { view, display: Display::Srgb, exposure: 0.0 };
    Options { transform, beside: beside.to_vec(), bits, ..Options::default() }
}

/// Width, height and the bytes of every row.
fn png(options: &Options) -> (u32, u32, Vec<Vec<u8>>) {
    let bytes = fixture(FRAME);
    let header = Header::read(&bytes, &Limits::default()).unwrap();
    let png = convert::to_png(&bytes, &header, options, &Limits::default()).unwrap().bytes;
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut data).unwrap();
    let rows = data.chunks_exact(info.line_size).map(<[u8]>::to_vec).collect();
    (info.width, info.height, rows)
}

#[test]
fn views_side_by_side_are_the_single_pictures_from_left_to_right() {
    for bits in [Bits::Eight, Bits::Sixteen] {
        let all = png(&options(View::Aces2, &[View::Aces1, View::Untonemapped], bits));
        let single = View::ALL.map(|view| png(&options(view, &[], bits)));
        assert_eq!((all.0, all.1), (3 * single[0].0, single[0].1));
        for (y, row) in all.2.iter().enumerate() {
            let joined: Vec<u8> = single.iter().flat_map(|picture| picture.2[y].clone()).collect();
            assert!(*row == joined, "row {y}");
        }
        assert_ne!(single[0].2, single[1].2);
        assert_ne!(single[1].2, single[2].2);
    }
}

#[test]
fn an_exr_holds_one_view() {
    let bytes = fixture(FRAME);
    let header = Header::read(&bytes, &Limits::default()).unwrap();
    let options = options(View::Aces2, &[View::Aces1], Bits::Eight);
    let error = convert::to_exr(&bytes, &header, &options, &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("PNG"), "{error}");
}
