//! `gsd.toml`: what a project does its own way. Everything has a working default.

mod formats;
mod lettering;
mod template;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

use serde::Deserialize;

pub use formats::Format;
pub use lettering::{BurnIn, Caption, Slate};
pub use template::{Template, Token};

use crate::color::{ColorSpace, View};
use crate::error::Place;
use crate::qc::Thresholds;
use crate::spec::{FrameRate, full_name};
use crate::{Error, Result};
use formats::Changes;

/// The settings with every default, each with what it does: what `init` writes.
pub const EXAMPLE: &str = include_str!("example.toml");

/// A project's settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The show's name, for file names and slates.
    pub show: String,
    /// The step of the pipeline, likewise.
    pub task: String,
    /// Who delivers, likewise.
    pub vendor: String,
    /// The delivery's version, likewise.
    pub version: u32,
    /// The year the film is set in.
    pub period_year: i32,
    /// Where composites are.
    pub composites: Composites,
    /// Where deliverables go.
    pub output: Output,
    /// What they are looked at through.
    pub view: ViewSettings,
    /// What slates say.
    pub slate: Slate,
    /// What burn-ins say.
    pub burn_in: BurnIn,
    /// The deliverables: the film's four, then the project's own.
    pub formats: Vec<Format>,
    /// The table of the quality control's limits, read by the checks themselves.
    pub qc: toml::Table,
}

/// Where composites are, and what they are.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Composites {
    /// Where a shot's composite lies, under the project's folder: a folder with one EXR sequence or one .blend in it, a
    /// sequence by its name (with `{frame}`), or a .blend.
    pub path: Template,
    /// The layer that is the picture, where it is not the one that files offer first.
    pub layer: Option<String>,
    /// The space of the colour, where files are not to be believed; as `convert --from` takes it.
    pub color_space: Option<String>,
    /// The number of the first frame where a composite has none, or where `renumber` is set.
    pub start_frame: i32,
    /// Whether deliverables count from `start_frame` whatever the composite counts from.
    pub renumber: bool,
    /// Frames at either end of every composite that are not part of the cut.
    pub handles: u32,
    /// Seconds that Blender may go without any progress on a composite that is a .blend.
    pub blender_timeout: u64,
}

/// Where deliverables go, and what they are called.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Output {
    /// A scene's folder, under the project's.
    pub folder: Template,
    /// What `{name}` in the formats' paths stands for.
    pub name: Template,
}

/// What deliverables are looked at through.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ViewSettings {
    /// How scene light becomes display light.
    pub name: View,
    /// A show LUT (.cube), under the project's folder.
    pub lut: Option<Template>,
    /// Whether the LUT comes before the view, and not in its place.
    pub lut_before_view: bool,
    /// The shot's correction (.cdl, .ccc, .cc), under the project's folder; a shot without such a file has none.
    pub cdl: Option<Template>,
}

/// The file as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    show: String,
    task: String,
    vendor: String,
    version: u32,
    period_year: i32,
    #[serde(deserialize_with = "formats::optional_rate")]
    frame_rate: Option<FrameRate>,
    composites: Composites,
    output: Output,
    view: ViewSettings,
    slate: Slate,
    burn_in: BurnIn,
    formats: BTreeMap<String, Changes>,
    qc: toml::Table,
    /// Read by [`crate::period::Settings::from_toml`].
    #[serde(rename = "period")]
    _period: toml::Table,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            show: "MSG1998".into(),
            task: "comp".into(),
            vendor: String::new(),
            version: 1,
            period_year: 1998,
            frame_rate: None,
            composites: Composites::default(),
            output: Output::default(),
            view: ViewSettings::default(),
            slate: Slate::default(),
            burn_in: BurnIn::default(),
            formats: BTreeMap::new(),
            qc: toml::Table::new(),
            _period: toml::Table::new(),
        }
    }
}

impl Default for Composites {
    fn default() -> Self {
        Self {
            path: Template::literal("composites/{scene}/{shot}"),
            layer: None,
            color_space: None,
            start_frame: 1001,
            renumber: false,
            handles: 0,
            blender_timeout: crate::native::blender::PATIENCE.as_secs(),
        }
    }
}

impl Default for Output {
    fn default() -> Self {
        Self { folder: Template::literal("output/editorial/{scene}"), name: Template::literal("{shot}") }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::of(Written::default(), formats::films())
    }
}

impl Config {
    fn of(written: Written, formats: Vec<Format>) -> Self {
        let Written { show, task, vendor, version, period_year, composites, output, view, slate, burn_in, qc, .. } =
            written;
        Self { show, task, vendor, version, period_year, composites, output, view, slate, burn_in, formats, qc }
    }

    /// The settings in the file at `path`; the defaults where there is none.
    ///
    /// # Errors
    /// If it cannot be read, or says something that cannot be.
    pub fn load(path: &Path) -> Result<Self> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|error| error.in_file(path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::io("cannot be read", path.display(), error)),
        }
    }

    /// The settings in `text`.
    ///
    /// # Errors
    /// If it is no TOML, a name in it is not known, or a value cannot be; with the line where it stands.
    pub fn parse(text: &str) -> Result<Self> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map(|before| before.matches('\n').count() + 1);
            Error::malformed(Place { line, ..Place::default() }, error.message().replace('\n', ", "))
        })?;
        let formats = formats::all(&written.formats, written.frame_rate)?;
        let config = Self::of(written, formats);
        config.check()?;
        config.thresholds()?;
        Ok(config)
    }

    /// The limits of the quality control: the defaults, changed by the table `[qc]`.
    ///
    /// # Errors
    /// If a name in the table is not known, or its number makes no sense.
    pub fn thresholds(&self) -> Result<Thresholds> {
        let parsed: std::result::Result<Thresholds, _> = self.qc.clone().try_into();
        match parsed {
            Ok(thresholds) => thresholds.checked(),
            Err(error) => {
                let what = format!("[qc] cannot be understood: {}", error.message().replace('\n', ", "));
                Err(Error::spec(what, "The names are those of docs/QC.md").in_file("gsd.toml"))
            }
        }
    }

    /// The deliverable of that name or short name.
    ///
    /// # Errors
    /// With the names there are, if it is none of them.
    pub fn format(&self, name: &str) -> Result<&Format> {
        self.formats.iter().find(|format| format.spec.name == full_name(name)).ok_or_else(|| {
            let known: Vec<&str> = self.formats.iter().map(|format| format.spec.name.as_ref()).collect();
            let next = format!("There are {}; exr, prores, prores422, preview and all for short", known.join(", "));
            Error::spec(format!("no format is called {name:?}"), next)
        })
    }

    /// The deliverables of a list of names, `all` among them, each once, in the settings' order.
    ///
    /// # Errors
    /// As [`Self::format`].
    pub fn formats_named<S: AsRef<str>>(&self, names: &[S]) -> Result<Vec<&Format>> {
        let mut wanted = Vec::new();
        for name in names {
            match name.as_ref().trim() {
                "all" => wanted.extend(&self.formats),
                name => wanted.push(self.format(name)?),
            }
        }
        Ok(self.formats.iter().filter(|format| wanted.contains(format)).collect())
    }

    fn check(&self) -> Result<()> {
        for (key, name) in [("show", &self.show), ("task", &self.task), ("vendor", &self.vendor)] {
            if !name.is_empty() {
                crate::editorial::check_name(key, name)?;
            }
        }
        let refuse = |what: &str, next: &str| Err(Error::spec(what, next));
        if !self.composites.path.has(Token::Shot) {
            return refuse("the path of composites is the same for all shots", "Put {shot} into it");
        }
        if !self.output.folder.has(Token::Scene) {
            return refuse("the output folder is the same for all scenes", "Put {scene} into it");
        }
        let name = &self.output.name;
        if !name.has(Token::Shot) || name.has(Token::Name) || name.has(Token::Frame) {
            return refuse(
                "the name of deliverables is not one for each shot",
                "Put {shot} into it, not {name} or {frame}",
            );
        }
        if name.to_string().contains(['/', '\\']) {
            return refuse("the name of deliverables leads into a folder", "Put folders into the formats' paths");
        }
        self.composites.color_space.as_deref().map(ColorSpace::from_choice).transpose()?;
        Ok(())
    }
}

/// Whether a path goes down from where it starts, and nowhere else.
fn stays_inside(path: &str) -> bool {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    !path.is_empty() && !path.contains('\\') && Path::new(path).components().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::{Config, EXAMPLE, Template};
    use crate::period::{RuleBase, Settings};
    use crate::spec::{Codec, FrameRate};

    #[test]
    fn what_init_writes_is_the_default_with_and_without_its_comments() {
        let plain: String = EXAMPLE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        for text in ["", EXAMPLE] {
            assert_eq!(Config::parse(text).ok(), Some(Config::default()));
        }
        // Every setting that is commented out is a sound one.
        let config = Config::parse(&plain).unwrap_or_else(|error| unreachable!("{error}"));
        assert!(config.formats.len() > 4);
        let period = Settings::from_toml(&plain).unwrap_or_else(|error| unreachable!("{error}"));
        assert!(!period.rules.is_empty() && RuleBase::with(period).is_ok());
    }

    #[test]
    fn the_films_year_is_above_or_among_the_rules() {
        let year = |text: &str| Settings::from_toml(text).ok().and_then(|settings| settings.year);
        assert_eq!(year("period_year = 1985"), Some(1985));
        assert_eq!(year("period_year = 1985\n[period]\nyear = 1977"), Some(1977));
        assert!(Config::parse("[period]\nwithout = [\"uber_lyft\"]").is_ok());
    }

    #[test]
    fn formats_are_changed_and_new_ones_made() {
        let text = "frame_rate = \"24000/1001\"\n[formats.prores_4444]\nresolution = [2048, 858]\n\
                    [formats.dailies]\nlike = \"prores422\"\ncompression = \"prores_422_proxy\"\nframe_rate = 25\n\
                    [formats.dailies.metadata]\ntitle = \"Dailies\"\n";
        let config = Config::parse(text).unwrap_or_else(|error| unreachable!("{error}"));
        let format = |name| config.format(name).unwrap_or_else(|error| unreachable!("{error}"));
        assert_eq!(format("prores").spec.resolution, [2048, 858]);
        assert_eq!(format("exr").spec.frame_rate, FrameRate { numerator: 24000, denominator: 1001 });
        let dailies = format("dailies");
        assert_eq!((dailies.spec.compression, dailies.spec.resolution), (Codec::ProRes422Proxy, [2048, 858]));
        assert_eq!(dailies.spec.frame_rate, FrameRate { numerator: 25, denominator: 1 });
        assert_eq!(dailies.path.to_string(), "prores/{name}_{format}.mov");
        assert_eq!(config.formats_named(&["preview", "exr", "exr"]).map(|formats| formats.len()).ok(), Some(2));
        assert_eq!(config.formats_named(&["all"]).map(|formats| formats.len()).ok(), Some(5));
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_line() {
        let told =
            |text: &str| Config::parse(text).map(|_| ()).map_err(|error| error.to_string()).err().unwrap_or_default();
        assert!(told("show = \"x\"\nshwo = 1\n").starts_with("line 2: "), "{}", told("show = \"x\"\nshwo = 1\n"));
        for (text, words) in [
            ("show = \"a/b\"", "cannot be the name"),
            ("frame_rate = 23.976", "24000/1001"),
            ("[composites]\npath = \"all\"", "{shot}"),
            ("[composites]\ncolor_space = \"srgb\"", "no colour space"),
            ("[output]\nfolder = \"out\"", "{scene}"),
            ("[output]\nname = \"../{shot}\"", "folder"),
            ("[formats.new]\nresolution = [1, 1]", "`like`"),
            ("[formats.prores_422]\npath = \"../{shot}.mov\"", "leads out"),
            ("[formats.prores_422]\npath = \"/{shot}.mov\"", "leads out"),
            ("[formats.prores_422]\npath = \"x.mov\"", "same for all shots"),
            ("[formats.prores_422]\npath = \"{shot}.{frame}.mov\"", "fits another container"),
            ("[formats.prores_422]\npath = \"{shot}.avi\"", "ends in"),
            ("[formats.master_exr]\ncompression = \"h264_high\"", "cannot be stored"),
            ("[formats.master_exr]\ncompression = \"DWAA\"", "line 2"),
            ("[formats.master_exr]\nslate = true", "neither slate nor burn-ins"),
            ("[formats.prores_422]\npath = \"{shot}_{date}.mov\"", "nothing to fill in"),
            ("[burn_in]\ntop_left = \"{shto}\"", "{timecode}"),
        ] {
            assert!(told(text).contains(words), "{text}: {}", told(text));
        }
    }

    #[test]
    fn the_names_in_the_code_are_sound() {
        for format in Config::default().formats {
            assert_ne!(format.path, Template::empty(), "{}", format.spec.name);
        }
        assert_ne!(Config::default().composites.path, Template::empty());
        assert_ne!(Config::default().output.name, Template::empty());
    }
}
