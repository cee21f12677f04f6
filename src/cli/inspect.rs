//! `inspect`: what a file says about itself, and what its numbers are like.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::output::Output;
use super::style::{Align, Style, Table, count, number, printable, size};
use crate::exr::cryptomatte::{MatteObject, Survey};
use crate::exr::{ByteSource, Header, LayerKind, Limits};
use crate::inspect::{ChannelFacts, CryptomatteFacts, Inspection, PartFacts, inspect};
use crate::native::statistics::{self, Statistics};
use crate::native::{FileSource, manifest};
use crate::{Error, Result};

const EXAMPLES: &str = "\
Examples:
  blender-gsd inspect shot.1001.exr
  blender-gsd inspect shot.1001.exr --no-statistics
  blender-gsd inspect shot.1001.exr --json

Of Cryptomatte, the objects in the picture are shown, largest first, with their share of it and the box around them;
long lists are cut, -v and --json give them whole.";

/// Objects of a set of mattes that are shown where no more are asked for.
const FEW_NAMES: usize = 12;
/// Characters of an attribute's value that are shown.
const SHOWN_VALUE: usize = 100;

/// Show a file's header, layers, windows, Cryptomatte names and statistics
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct InspectArguments {
    /// The file
    #[arg(value_name = "IN.exr")]
    input: PathBuf,
    /// Decode every channel and give its minimum, maximum, mean and faults, and count Cryptomatte's objects (the default)
    #[arg(long, overrides_with = "no_statistics")]
    statistics: bool,
    /// Read the header only
    #[arg(long, overrides_with = "statistics")]
    no_statistics: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    inspection: &'a Inspection,
    statistics: Option<&'a Statistics>,
}

pub(super) fn run(arguments: &InspectArguments, output: &Output) -> Result<ExitCode> {
    let name = arguments.input.display().to_string();
    let limits = Limits::default();
    let source = FileSource::open(&arguments.input)?;
    let header = Header::read(&source, &limits).map_err(|error: Error| error.in_file(&name))?;
    let mut inspection = inspect(&name, source.len(), &header);
    manifest::load_sidecars(&arguments.input, inspection.cryptomattes.iter_mut().map(|facts| &mut facts.set));
    let statistics = (!arguments.no_statistics).then(|| {
        survey_mattes(&mut inspection.cryptomattes, &source, &header, &limits);
        statistics::of_file(&source, &header, &limits)
    });
    if let Some(statistics) = &statistics {
        for missing in &statistics.missing {
            output.warning(format_args!("{name}: not in the statistics: {missing}"));
        }
    }
    if output.json {
        output.result_json(&Report { inspection: &inspection, statistics: statistics.as_ref() })?;
    } else {
        output.result(&text(&inspection, statistics.as_ref(), output.style, output.verbose > 0))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(inspection: &Inspection, statistics: Option<&Statistics>, style: Style, is_verbose: bool) -> String {
    let parts = match inspection.multi_part {
        true => count(inspection.parts.len(), "part"),
        false => "single part".to_owned(),
    };
    let title = style.bold(&printable(&inspection.file));
    let mut text = format!("{title}  {}, {parts}\n", size(inspection.bytes));
    for (number, part) in inspection.parts.iter().enumerate() {
        part_text(&mut text, number, part, style);
        channels_text(&mut text, number, part, statistics, style);
        attributes_text(&mut text, part, style);
    }
    layers_text(&mut text, inspection, style);
    cryptomattes_text(&mut text, inspection, style, is_verbose);
    text
}

fn part_text(text: &mut String, number: usize, part: &PartFacts, style: Style) {
    let name = if part.name.is_empty() { String::new() } else { format!("  {}", printable(&part.name)) };
    let _ = writeln!(text, "\n{}{name}", style.bold(&format!("part {number}")));
    let mut table = Table::new(2, &[Align::Left, Align::Left]);
    let mut row = |name: &str, value: String| table.row([name, value.as_str()]);
    row("type", format!("{}, {} compression", part.kind, part.compression));
    row("display window", part.display_window.to_string());
    let same = if part.data_window == part.display_window { " (the same)" } else { "" };
    row("data window", format!("{}{same}", part.data_window));
    row("pixel aspect", part.pixel_aspect.to_string());
    row("colour space", format!("{} ({})", part.color_space.name, part.color_space.origin));
    if let Some([top, bottom]) = part.frames_per_second {
        row("frame rate", if bottom == 1 { top.to_string() } else { format!("{top}/{bottom}") });
    }
    if let Some(time_code) = &part.time_code {
        row("time code", time_code.clone());
    }
    if let Some(view) = &part.view {
        row("view", view.clone());
    }
    if let Some(why) = &part.unreadable {
        row("unreadable", why.clone());
    }
    text.push_str(&table.render(faint_first(style)));
}

fn channels_text(text: &mut String, number: usize, part: &PartFacts, statistics: Option<&Statistics>, style: Style) {
    let _ = writeln!(text, "\n  {}", style.bold("channels"));
    const RIGHT: Align = Align::Right;
    let mut table = Table::new(4, &[Align::Left, Align::Left, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT]);
    if statistics.is_some() {
        table.row(["name", "type", "min", "max", "mean", "NaN", "infinite", "negative"]);
    }
    for channel in &part.channels {
        let mut cells = vec![channel.name.clone(), kind_text(channel)];
        let facts = statistics.iter().flat_map(|statistics| &statistics.channels);
        if let Some(facts) = facts.into_iter().find(|facts| facts.part == number && facts.channel == channel.name) {
            let value = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), self::number);
            cells.extend([facts.min, facts.max, facts.mean].map(value));
            cells.extend([facts.nan, facts.infinite, facts.negative].map(|count| count.to_string()));
        }
        table.row(cells);
    }
    let has_title = statistics.is_some();
    text.push_str(&table.render(|row, column, cell| match (row, column) {
        (0, _) if has_title => style.faint(cell),
        (_, 5 | 6) if cell != "0" => style.error(cell),
        _ => cell.to_owned(),
    }));
    if let Some(stored) = &part.stored_channels {
        let stored: Vec<String> =
            stored.iter().map(|channel| format!("{} {}", channel.name, kind_text(channel))).collect();
        let _ = writeln!(text, "    {}", style.faint(&format!("stored as {}", stored.join(", "))));
    }
}

/// Half, float or uint, and every how many pixels there is one where that is not 1.
fn kind_text(channel: &ChannelFacts) -> String {
    match channel.sampling {
        [1, 1] => channel.kind.name().to_owned(),
        [x, y] => format!("{} {x}x{y}", channel.kind.name()),
    }
}

fn attributes_text(text: &mut String, part: &PartFacts, style: Style) {
    let _ = writeln!(text, "\n  {}", style.bold("attributes"));
    let mut table = Table::new(4, &[Align::Left, Align::Left, Align::Left]);
    for attribute in &part.attributes {
        let mut value = attribute.value.clone();
        if let Some((cut, _)) = value.char_indices().nth(SHOWN_VALUE) {
            value.truncate(cut);
            value.push('…');
        }
        table.row([&attribute.name, &attribute.kind, &value]);
    }
    text.push_str(&table.render(|_, column, cell| if column == 1 { style.faint(cell) } else { cell.to_owned() }));
}

fn layers_text(text: &mut String, inspection: &Inspection, style: Style) {
    let _ = writeln!(text, "\n{}", style.bold("layers"));
    let mut table = Table::new(2, &[Align::Left, Align::Left, Align::Left, Align::Left, Align::Left]);
    for (index, layer) in inspection.layers.iter().enumerate() {
        let kind = match layer.kind {
            LayerKind::Color => "colour",
            LayerKind::Data => "data",
        };
        let part = inspection.parts.get(layer.part);
        let names = layer.channels.iter().filter_map(|&channel| part?.channels.get(channel));
        let names: Vec<&str> = names.map(|channel| channel.name.as_str()).collect();
        let reason = inspection.default_layer_reason.as_deref().filter(|_| inspection.default_layer == Some(index));
        let reason = reason.map_or_else(String::new, |reason| format!("shown first: {reason}"));
        let place = if inspection.multi_part { format!("part {}", layer.part) } else { String::new() };
        table.row([layer.name.clone(), kind.to_owned(), place, names.join(" "), reason]);
    }
    text.push_str(&table.render(|_, column, cell| if column == 4 { style.faint(cell) } else { cell.to_owned() }));
}

/// Counts who is where in the picture; a set that cannot be decoded says so itself.
fn survey_mattes(sets: &mut [CryptomatteFacts], source: &FileSource, header: &Header, limits: &Limits) {
    for facts in sets.iter_mut().filter(|facts| facts.set.unusable.is_none()) {
        facts.survey = Some(
            facts
                .set
                .survey(source, header, limits)
                .unwrap_or_else(|error| Survey { objects: Vec::new(), doubts: vec![error.to_string()] }),
        );
    }
}

fn cryptomattes_text(text: &mut String, inspection: &Inspection, style: Style, is_verbose: bool) {
    for CryptomatteFacts { set, survey } in &inspection.cryptomattes {
        let title = style.bold(&format!("Cryptomatte {}", printable(&set.name)));
        let origin = match &set.sidecar {
            Some(file) => format!(", from {}", printable(file)),
            None => String::new(),
        };
        let (names, ranks) = (count(set.names.len(), "name"), count(set.ranks.len(), "rank"));
        let _ = writeln!(text, "\n{title}  {names}{origin}, {ranks}");
        let doubts = survey.iter().flat_map(|survey| &survey.doubts);
        for problem in set.problem.iter().chain(&set.unusable).chain(doubts) {
            let _ = writeln!(text, "  {} {}", style.warning("warning:"), printable(problem));
        }
        let rows = match survey {
            Some(survey) => survey.objects.iter().map(object_row).collect(),
            None => set.names.iter().map(|(name, id)| vec![format!("{id:08x}"), name.clone()]).collect::<Vec<_>>(),
        };
        let shown = if is_verbose { rows.len() } else { rows.len().min(FEW_NAMES) };
        let columns: &[Align] = if survey.is_some() { &OBJECT_COLUMNS } else { &[Align::Left, Align::Left] };
        let mut table = Table::new(2, columns);
        rows.iter().take(shown).for_each(|row| table.row(row));
        text.push_str(&table.render(faint_first(style)));
        if rows.len() > shown {
            let _ = writeln!(text, "  … and {} more (-v shows all)", rows.len() - shown);
        }
    }
}

/// Id, share of the picture, box, name.
const OBJECT_COLUMNS: [Align; 4] = [Align::Left, Align::Right, Align::Left, Align::Left];

fn object_row(object: &MatteObject) -> Vec<String> {
    let share = format!("{:.3} %", object.share * 100.0);
    let name = object.name.clone().unwrap_or_else(|| "(not in the manifest)".to_owned());
    vec![format!("{:08x}", object.id), share, object.region.to_string(), name]
}

/// Names of rows stand back behind their values.
fn faint_first(style: Style) -> impl Fn(usize, usize, &str) -> String {
    move |_, column, cell| if column == 0 { style.faint(cell) } else { cell.to_owned() }
}
