use std::fs;
use std::path::Path;

use blender_gsd::color::{Origin, named};
use blender_gsd::exr::Cryptomatte;
use blender_gsd::native::blender::{self, Progress, RenderRequest};

use super::{blenders, folder, header, names_in, render, request, shot, variants};

#[test]
fn a_composite_becomes_multilayer_frames_of_the_size_that_was_asked_for() {
    for blender in blenders() {
        let folder = folder();
        let mut steps = Vec::new();
        let request = RenderRequest { frames: [1001, 1002], ..request(&blender, shot(), folder.path()) };
        let rendered = blender::render(&request, &mut |step| steps.push(step)).unwrap();
        assert_eq!(names_in(folder.path()), ["frame.1001.exr", "frame.1002.exr"]);
        assert_eq!(rendered.frames.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1001, 1002]);
        // The fixture's colours are linear Rec.709, and no Blender of its own accord works in anything else.
        assert_eq!(rendered.working_space.chromaticities, named::REC709);
        assert_eq!(rendered.working_space.origin, Origin::Renderer);
        assert!(rendered.version.contains('.'), "{}", rendered.version);
        assert!(rendered.notes.iter().any(|note| note.contains("made for 24 ")), "{:?}", rendered.notes);
        let header = header(&rendered.frames[0].1);
        let layers: Vec<String> = blender_gsd::exr::layers(&header).into_iter().map(|layer| layer.name).collect();
        for layer in
            ["Composite.Combined", "street.Combined", "street.Depth", "street.Normal", "street.paint", "street.wear"]
        {
            assert!(layers.iter().any(|name| name == layer), "{layer} in {layers:?}");
        }
        let sets = Cryptomatte::sets(&header);
        let objects = sets.iter().filter(|set| set.name == "street.CryptoObject" && set.unusable.is_none());
        let objects: Vec<&str> = objects.flat_map(|set| &set.names).map(|(name, _)| name.as_str()).collect();
        assert!(["payphone", "street lamp", "taxi"].iter().all(|name| objects.contains(name)), "{objects:?}");
        check_steps(&steps);
    }
}

#[test]
fn a_composite_tells_which_frames_it_has() {
    for blender in blenders() {
        let found = blender::survey(Some(&blender), &shot(), blender::PATIENCE).unwrap();
        assert_eq!(found.frames, [1001, 1004]);
        let error = blender::survey(Some(&blender), Path::new("nothing.blend"), blender::PATIENCE).unwrap_err();
        assert_eq!(error.kind(), "spec");
    }
}

/// Ready first; each frame worked on before it is finished; counted to the end.
#[track_caller]
fn check_steps(steps: &[Progress]) {
    let place = |wanted: &dyn Fn(&Progress) -> bool| steps.iter().position(wanted).unwrap_or(usize::MAX);
    let ready = place(&|step| matches!(step, Progress::Ready { .. }));
    let half =
        |step: &Progress| matches!(step, Progress::Working { done: 0, total: 2, fraction: Some(part) } if *part > 0.0);
    let first = place(&|step| matches!(step, Progress::Finished { frame: 1001, done: 1, total: 2, .. }));
    let second = place(&|step| matches!(step, Progress::Finished { frame: 1002, done: 2, total: 2, .. }));
    assert!(ready < place(&half) && place(&half) < first && first < second && second < usize::MAX, "{steps:?}");
}

#[test]
fn any_path_is_a_path_and_nothing_else() {
    for blender in blenders() {
        let folder = folder();
        let hostile = folder.path().join("a 'b' \"c\" {blend_name} #### $(touch x) ä; --python-expr %04d");
        fs::create_dir(&hostile).unwrap();
        let blend = hostile.join("-b; {fps} 'shot'.blend");
        fs::copy(shot(), &blend).unwrap();
        let rendered = render(&request(&blender, &blend, &hostile));
        assert_eq!(rendered.frames[0].1, hostile.join("frame.1001.exr"));
        assert_eq!(names_in(&hostile), ["-b; {fps} 'shot'.blend", "frame.1001.exr"]);
    }
}

#[test]
fn what_the_file_overrides_does_not_reach_the_frames() {
    for blender in blenders() {
        let (plain, odd) = (folder(), folder());
        let plain = render(&request(&blender, shot(), plain.path()));
        let rendered = render(&request(&blender, variants(&blender).join("outputs.blend"), odd.path()));
        assert_eq!(names_in(odd.path()), ["frame.1001.exr"]);
        for words in ["leftovers", "GPU"] {
            assert!(rendered.notes.iter().any(|note| note.contains(words)), "{words} in {:?}", rendered.notes);
        }
        let (plain, odd) = (header(&plain.frames[0].1), header(&rendered.frames[0].1));
        assert_eq!(plain.parts[0].display_window, odd.parts[0].display_window);
        assert!(
            odd.parts.iter().all(|part| part.data_window == odd.parts[0].display_window && part.pixel_aspect == 1.0)
        );
        assert!(
            odd.parts[0].text("File").is_none() && odd.parts[0].text("Date").is_none(),
            "{:?}",
            odd.parts[0].attributes
        );
    }
}

#[test]
fn blender_5_may_work_in_acescg_and_says_so() {
    for blender in blenders().into_iter().skip(1) {
        let folder = folder();
        let rendered = render(&request(&blender, variants(&blender).join("linear_aces.blend"), folder.path()));
        assert_eq!(rendered.working_space.chromaticities, named::AP1);
        assert_eq!(header(&rendered.frames[0].1).parts[0].text("colorInteropID"), Some("lin_ap1_scene"));
    }
}
