//! Other programs: started, fed, watched, and never left behind.
//!
//! What a program says on stderr is read all the while on a thread of its own (a full pipe would stop it), and its last
//! lines are kept for the error. A program that makes no progress for too long is killed, and so is one whose [`Process`]
//! is dropped.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::{Error, Result};

/// Lines of stderr that are kept.
const KEPT_LINES: usize = 40;
/// Of them, those that an error quotes.
const QUOTED_LINES: usize = 4;
/// Bytes of one line that are kept; programs can write megabytes without a line's end.
const LONGEST_LINE: u64 = 4096;

/// A command with nothing on stdin and stdout, to be changed at will.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// A running program.
#[derive(Debug)]
pub struct Process {
    name: String,
    line: String,
    watched: Arc<Watched>,
    stderr: Option<JoinHandle<Vec<String>>>,
    watchdog: Option<JoinHandle<()>>,
}

/// What the threads around a program share.
#[derive(Debug)]
struct Watched {
    child: Mutex<Child>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// `None` while it waits for us.
    last_progress: Option<Instant>,
    has_ended: bool,
    has_stalled: bool,
}

/// Tells a program's watchdog that it is getting on; may be given to any thread.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Watched>);

impl Pulse {
    /// The program has made progress just now.
    pub fn beat(&self) {
        if lock(&self.0.state).last_progress.replace(Instant::now()).is_none() {
            self.0.changed.notify_all();
        }
    }

    /// The program has nothing to do until the next beat, and nobody counts the time.
    pub fn rest(&self) {
        lock(&self.0.state).last_progress = None;
    }
}

impl Process {
    /// Starts `command`, whose stdin and stdout are the caller's to set; it is killed after `patience` without a
    /// [`Pulse::beat`].
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn spawn(command: &mut Command, patience: Duration) -> Result<Self> {
        let name = Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let line = shell_line(command);
        let mut child = command.stderr(Stdio::piped()).spawn().map_err(|error| {
            let next = match error.kind() {
                ErrorKind::NotFound | ErrorKind::PermissionDenied => "Install it, or say where it is",
                _ => "",
            };
            Error::io("the program cannot be started", Path::new(command.get_program()).display(), error)
                .with_next(next)
        })?;
        let stderr = child.stderr.take().map(|stderr| thread::spawn(move || last_lines(stderr)));
        let state = State { last_progress: Some(Instant::now()), has_ended: false, has_stalled: false };
        let watched = Arc::new(Watched { child: Mutex::new(child), state: Mutex::new(state), changed: Condvar::new() });
        let watchdog = thread::spawn({
            let watched = Arc::clone(&watched);
            move || watched.guard(patience)
        });
        Ok(Self { name, line, watched, stderr, watchdog: Some(watchdog) })
    }

    /// The pipe to its stdin, once, where it was asked for.
    pub fn take_stdin(&self) -> Option<ChildStdin> {
        lock(&self.watched.child).stdin.take()
    }

    /// The pipe from its stdout, once, where it was asked for.
    pub fn take_stdout(&self) -> Option<ChildStdout> {
        lock(&self.watched.child).stdout.take()
    }

    /// What it writes to stdout, once.
    ///
    /// # Errors
    /// If that was not asked for, or is taken.
    pub fn answer(&self) -> Result<Answer> {
        let stdout = self.take_stdout().ok_or_else(|| Error::tool(format!("{} has no stdout", self.name), ""))?;
        Ok(Answer { stdout, pulse: self.pulse() })
    }

    /// For whoever sees that it gets on.
    pub fn pulse(&self) -> Pulse {
        Pulse(Arc::clone(&self.watched))
    }

    /// Whether it was killed for making no progress. What it started itself may still hold its pipes.
    pub fn has_stalled(&self) -> bool {
        lock(&self.watched.state).has_stalled
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// With its last words, if it failed, was killed, or made no progress.
    pub fn finish(mut self) -> Result<Vec<String>> {
        drop(self.take_stdin());
        let status = self.watched.wait();
        let words = self.join();
        let has_stalled = lock(&self.watched.state).has_stalled;
        match status {
            Ok(status) if status.success() && !has_stalled => Ok(words),
            Ok(status) => Err(self.failure(status, has_stalled, &words)),
            Err(error) => Err(Error::io("the program cannot be waited for", &self.name, error)),
        }
    }

    fn failure(&self, status: ExitStatus, has_stalled: bool, words: &[String]) -> Error {
        let mut what = match (has_stalled, status.code()) {
            (true, _) => format!("{} made no progress and was stopped", self.name),
            (false, Some(code)) => format!("{} failed (exit code {code})", self.name),
            // A signal, in the system's words.
            (false, None) => format!("{} was stopped ({status})", self.name),
        };
        let spoken: Vec<&str> = words.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        let quoted = &spoken[spoken.len().saturating_sub(QUOTED_LINES)..];
        if !quoted.is_empty() {
            let _ = write!(what, ": {}", quoted.join(" | "));
        }
        Error::tool(what, format!("To see more, run it by hand: {}", self.line))
    }

    /// Both threads end with the program.
    fn join(&mut self) -> Vec<String> {
        if let Some(watchdog) = self.watchdog.take() {
            let _ = watchdog.join();
        }
        self.stderr.take().and_then(|stderr| stderr.join().ok()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.watchdog.is_some() {
            // It may have ended by itself; then there is nothing to kill.
            let _ = lock(&self.watched.child).kill();
            let _ = self.watched.wait();
            self.join();
        }
    }
}

impl Watched {
    /// Waits for the program's end without keeping the watchdog from it.
    fn wait(&self) -> std::io::Result<ExitStatus> {
        let mut pause = Duration::from_millis(1);
        let status = loop {
            match lock(&self.child).try_wait() {
                Ok(Some(status)) => break Ok(status),
                Ok(None) => {}
                Err(error) => break Err(error),
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        };
        lock(&self.state).has_ended = true;
        self.changed.notify_all();
        status
    }

    /// Kills the program when it has made no progress for so long.
    fn guard(&self, patience: Duration) {
        let mut state = lock(&self.state);
        while !state.has_ended {
            let Some(last_progress) = state.last_progress else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = patience.saturating_sub(last_progress.elapsed());
            if left.is_zero() {
                state.has_stalled = true;
                let _ = lock(&self.child).kill();
                return;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// What a program writes to stdout; whatever comes is progress.
#[derive(Debug)]
pub struct Answer {
    stdout: ChildStdout,
    pulse: Pulse,
}

impl Read for Answer {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.stdout.read(buffer)?;
        self.pulse.beat();
        Ok(length)
    }
}

/// Runs `command` to its end and returns what it wrote to stdout, `limit` bytes at the most.
///
/// # Errors
/// If it cannot be started, fails, writes more, or writes nothing for `patience`.
pub fn output(command: &mut Command, limit: u64, patience: Duration) -> Result<Vec<u8>> {
    let process = Process::spawn(command.stdout(Stdio::piped()), patience)?;
    let mut bytes = Vec::new();
    let read = process.answer()?.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| Error::io("the program's answer cannot be read", &process.name, error))?;
    if bytes.len() as u64 > limit {
        return Err(Error::limit(format!("{} answered more than {limit} bytes", process.name), ""));
    }
    process.finish()?;
    Ok(bytes)
}

/// The last lines of a stream, read to its end.
fn last_lines(stderr: ChildStderr) -> Vec<String> {
    let mut reader = BufReader::new(stderr);
    let mut lines = VecDeque::new();
    let mut line = Vec::new();
    // Progress lines end with a carriage return alone; what is longer than a line may be is cut into several.
    while let Ok(1..) = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
        lines.extend(String::from_utf8_lossy(&line).split(['\r', '\n']).filter(|l| !l.is_empty()).map(str::to_owned));
        lines.drain(..lines.len().saturating_sub(KEPT_LINES));
        line.clear();
    }
    lines.into()
}

/// A command as one would type it into a shell.
pub fn shell_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

/// A word of a shell's command line, in quotes where it needs them.
fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "%+,-./:=@_".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.into_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The data of a lock, whoever else may have panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write;
    use std::path::Path;
    use std::process::Stdio;
    use std::time::Duration;

    use super::{Process, command, output, shell_line};

    const LONG: Duration = Duration::from_secs(600);

    fn shell(script: &str) -> std::process::Command {
        let mut command = command(Path::new("/bin/sh"));
        command.args(["-c", script]);
        command
    }

    #[test]
    fn answers_are_read_and_too_long_ones_refused() {
        let answer = output(&mut shell("echo yes; echo noise >&2"), 100, LONG);
        assert_eq!(answer.ok().as_deref(), Some(b"yes\n".as_slice()));
        let endless = output(&mut shell("yes"), 100, LONG).map_err(|error| error.kind());
        assert_eq!(endless, Err("limit"));
    }

    #[test]
    fn a_failure_has_the_last_words_and_the_command() {
        // Far more than a pipe holds.
        let script = "i=0; while [ $i -lt 5000 ]; do echo line $i of many many words >&2; i=$((i+1)); done; exit 3";
        let text = output(&mut shell(script), 100, LONG).map_err(|error| error.to_string()).err().unwrap_or_default();
        assert!(text.starts_with("sh failed (exit code 3): line 4996 of"), "{text}");
        assert!(text.contains("line 4999 of many many words. To see more, run it by hand: /bin/sh -c 'i=0;"), "{text}");
    }

    #[test]
    fn a_program_that_stands_still_is_stopped_and_so_is_one_that_is_dropped() {
        let text =
            output(&mut shell("exec sleep 600"), 100, Duration::from_millis(50)).map_err(|error| error.to_string());
        assert!(text.is_err_and(|text| text.contains("made no progress")));
        let process = Process::spawn(&mut shell("exec sleep 600"), LONG);
        drop(process.unwrap_or_else(|error| unreachable!("{error}")));
    }

    #[test]
    fn what_is_fed_arrives_and_a_reader_that_is_gone_is_an_error_not_a_signal() {
        let process = Process::spawn(shell("head -c 3 >/dev/null; exit 5").stdin(Stdio::piped()), LONG);
        let process = process.unwrap_or_else(|error| unreachable!("{error}"));
        let mut stdin = process.take_stdin().unwrap_or_else(|| unreachable!());
        let written = stdin.write_all(&vec![0; 1 << 20]);
        assert_eq!(written.map_err(|error| error.kind()), Err(std::io::ErrorKind::BrokenPipe));
        assert!(process.finish().is_err_and(|error| error.to_string().contains("exit code 5")));
    }

    #[test]
    fn a_command_is_shown_as_it_can_be_typed() {
        let mut command = command(Path::new("ffmpeg"));
        command.args(["-i", "pipe:0", "a b", "", "it's", "$(rm)", "x=1"]);
        assert_eq!(shell_line(&command), r"ffmpeg -i pipe:0 'a b' '' 'it'\''s' '$(rm)' x=1");
    }
}
