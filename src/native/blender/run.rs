//! Blender as a process: started, listened to, given up on.

use std::collections::VecDeque;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::event::Event;
use super::find::Program;
use super::job::Job;
use crate::native::process::{self, Process};
use crate::{Error, Result};

/// The driver and its modules, by file name.
const DRIVER: [(&str, &str); 5] = [
    ("driver.py", include_str!("driver/driver.py")),
    ("gsd_colour.py", include_str!("driver/gsd_colour.py")),
    ("gsd_device.py", include_str!("driver/gsd_device.py")),
    ("gsd_external.py", include_str!("driver/gsd_external.py")),
    ("gsd_output.py", include_str!("driver/gsd_output.py")),
];

/// Lines of Blender's standard output that an error quotes.
const QUOTED: usize = 6;
/// Bytes of a line that are kept.
const LONGEST_LINE: usize = 1 << 20;
/// Lines that wait to be read here before Blender has to.
const WAITING: usize = 256;
/// How often a silent Blender is looked after.
const GLANCE: Duration = Duration::from_millis(200);

/// Runs the job in Blender, and hands on every event until Blender ends.
pub(super) fn run(
    program: &Program,
    job: &Job,
    timeout: Duration,
    hear: &mut dyn FnMut(Event) -> Result<()>,
) -> Result<()> {
    let refused = |error| Error::io("no temporary folder can be made for Blender's driver", "", error);
    let folder = tempfile::Builder::new().prefix("blender-gsd-").tempdir().map_err(refused)?;
    for (name, text) in DRIVER {
        fs::write(folder.path().join(name), text).map_err(refused)?;
    }
    // The folder's name is one that nothing in a .blend can know.
    let mark = folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut command = command(program, folder.path(), &job.to_json(&mark)?);
    let ended = Listening::start(&mut command, timeout).and_then(|listening| listening.follow(&mark, hear));
    ended.map_err(|error| error.in_file(job.blend()))
}

/// Blender as it is started, with the driver in `folder`.
pub(super) fn command(program: &Program, folder: &Path, job: &str) -> Command {
    let mut command = process::command(&program.path);
    if !program.is_python {
        command.args([
            "--background",
            "--factory-startup",
            "--disable-autoexec",
            "-noaudio",
            "--python-exit-code",
            "3",
        ]);
        command.arg("--python");
    }
    command.arg(folder.join("driver.py")).args(["--", job]);
    // Nothing is left beside the driver, and the user's own Python does not get in between.
    command.env("PYTHONDONTWRITEBYTECODE", "1").env_remove("PYTHONSTARTUP").env_remove("PYTHONINSPECT");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// A running Blender and what it says.
struct Listening {
    process: Process,
    lines: Receiver<String>,
    /// The latest lines that are neither events nor status.
    tail: VecDeque<String>,
    status: Option<String>,
    /// Whether the driver came to its end.
    is_done: bool,
}

impl Listening {
    fn start(command: &mut Command, timeout: Duration) -> Result<Self> {
        let process = Process::spawn(command, timeout)?;
        let (sender, lines) = sync_channel(WAITING);
        if let Some(stdout) = process.take_stdout() {
            thread::spawn(move || drain(stdout, &sender));
        }
        Ok(Self { process, lines, tail: VecDeque::new(), status: None, is_done: false })
    }

    /// The driver ends when its standard input does, however many wrappers lie between it and us: the pipe is held open
    /// here, and closed by whatever ends this.
    fn follow(mut self, mark: &str, hear: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
        let lifeline = self.process.take_stdin();
        loop {
            match self.lines.recv_timeout(GLANCE) {
                Ok(line) => self.take(&line, mark, hear)?,
                Err(RecvTimeoutError::Timeout) if self.process.has_stalled() => break,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        drop(lifeline);
        let Self { process, tail, status, is_done, .. } = self;
        match process.finish() {
            // A driver that came to its end has done all: how Blender quits changes nothing.
            _ if is_done => Ok(()),
            Ok(_) => Err(failure("Blender ended before its time", &tail, status.as_deref())),
            Err(error) => Err(failure(&error.fault().what, &tail, status.as_deref())),
        }
    }

    fn take(&mut self, line: &str, mark: &str, hear: &mut dyn FnMut(Event) -> Result<()>) -> Result<()> {
        let Some(event) = Event::parse(line, mark).or_else(|| Event::parse_status(line)) else {
            if !line.is_empty() {
                self.tail.extend([line.to_owned()]);
                self.tail.drain(..self.tail.len().saturating_sub(QUOTED));
            }
            return Ok(());
        };
        self.is_done |= event == Event::Done;
        // The same status again is no progress, and neither is any other line, a warning for ever the least.
        let is_news = match &event {
            Event::Status { text } => self.status.replace(text.clone()).as_ref() != Some(text),
            _ => true,
        };
        if is_news {
            self.process.pulse().beat();
        }
        hear(event)
    }
}

/// What happened, with all that Blender last said.
fn failure(what: &str, tail: &VecDeque<String>, status: Option<&str>) -> Error {
    let mut what = what.to_owned();
    if let Some(status) = status {
        what += &format!("; it was at: {status}");
    }
    if !tail.is_empty() {
        what += &format!("; its last lines: {}", Vec::from(tail.clone()).join(" | "));
    }
    Error::tool(what, "Open the file in this Blender to see more, or try another version with --blender")
}

/// Reads lines to the end, so that Blender never waits for a reader who is gone. Bytes that are no UTF-8 are replaced.
fn drain(mut stdout: ChildStdout, lines: &SyncSender<String>) {
    let send = |line: &[u8]| {
        // Nobody listens any more: what is still said is read all the same.
        let _ = lines.send(String::from_utf8_lossy(line).trim_end().to_owned());
    };
    let (mut buffer, mut line) = (vec![0; 64 << 10], Vec::new());
    while let Ok(length @ 1..) = stdout.read(&mut buffer) {
        let mut pieces = buffer[..length].split(|&byte| byte == b'\n' || byte == b'\r');
        line.extend_from_slice(pieces.next().unwrap_or_default());
        for piece in pieces {
            send(&line);
            line.clear();
            line.extend_from_slice(piece);
        }
        line.truncate(LONGEST_LINE);
    }
    send(&line);
}
