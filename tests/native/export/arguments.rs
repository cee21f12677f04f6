use super::{Made, Show, output};

/// The committed lines, where `PROJECT` is the project's folder.
const GOLDEN: &str = include_str!("../../golden/ffmpeg_arguments.txt");

#[test]
fn ffmpeg_is_told_exactly_this() {
    let settings = "show = \"MSG1998\"\n\
        [formats.prores_422]\nframe_rate = \"24000/1001\"\nmetadata = { title = \"It's a \\\"title\\\"\" }\n\
        [formats.xq]\nlike = \"prores\"\ncompression = \"prores_4444_xq\"\nquality = 3\n\
        [formats.hq]\nlike = \"prores422\"\ncompression = \"prores_422_hq\"\n\
        [formats.lt]\nlike = \"prores422\"\ncompression = \"prores_422_lt\"\n\
        [formats.proxy]\nlike = \"prores422\"\ncompression = \"prores_422_proxy\"\n\
        [formats.ks]\nlike = \"prores\"\nencoder = \"prores_ks\"\n\
        [formats.high]\nlike = \"preview\"\nformat = \"QUICKTIME\"\nframe_rate = 25\nquality = 16\n\
        [formats.slated]\nlike = \"preview\"\nslate = true\nburn_in = true\n";
    let show = Show::new(settings);
    show.shot("SHOT-002-001", 1001..=1002, |_| Made::new(64, 32));
    let report = show.batch("all", &["--dry-run"]);
    let root = show.folder.path().to_str().unwrap();
    let mut lines = String::new();
    for format in ["prores_4444", "prores_422", "preview_h264", "xq", "hq", "lt", "proxy", "ks", "high", "slated"] {
        let command = output(&report, "SHOT-002-001", format)["command"].as_str().unwrap();
        // Wherever ffmpeg is on this machine.
        let (_, arguments) = command.split_once(' ').unwrap();
        lines += &format!("{format}: {}\n", arguments.replace(root, "PROJECT"));
    }
    assert_eq!(lines, GOLDEN, "\n{lines}");
    assert_eq!(output(&report, "SHOT-002-001", "master_exr")["notes"][0], "written anew: 64x32 becomes 4096x1716");
    assert_eq!(show.files(), Vec::<String>::new(), "a dry run makes nothing");
    assert!(!show.path("output").exists());
}
