//! Steps and tasks as a job template (Open Job Description, Template Schemas 2023-09).

use std::path::Path;

use super::Options;
use super::tasks::{Step, Task};
use super::yaml::Yaml;
use crate::native::project::Project;

/// How long a task may take, in seconds: what hangs is ended.
const TIMEOUT: i64 = 6 * 3600;
/// How long it may take to end itself, in seconds.
const NOTICE: i64 = 30;
/// What lets a command end well that has found errors, and no other way (a POSIX shell).
const MAY_FIND: &str = "\"$0\" \"$@\" || [ $? -eq 1 ]";

/// The whole template.
pub(super) fn template(project: &Project, options: &Options, steps: &[Step]) -> Yaml {
    let scene = &options.scene;
    Yaml::map([
        ("specificationVersion", Yaml::text("jobtemplate-2023-09")),
        ("name", Yaml::text(format!("{scene} editorial delivery"))),
        ("description", Yaml::text("Masters, movies, quality control and editorial package of one scene.")),
        ("parameterDefinitions", parameters(project, options)),
        ("steps", Yaml::List(steps.iter().map(step).collect())),
    ])
}

fn parameters(project: &Project, options: &Options) -> Yaml {
    let mut folder = vec![
        ("name", Yaml::text("Project")),
        ("type", Yaml::text("PATH")),
        ("objectType", Yaml::text("DIRECTORY")),
        ("dataFlow", Yaml::text("INOUT")),
        ("description", Yaml::text("The project's folder, with composites/ and output/ in it.")),
    ];
    if let Some(below) = below(&options.folder, &project.root) {
        folder.push(("default", Yaml::text(below)));
    }
    let text = |name: &str, about: &str, default: &str| {
        Yaml::map([
            ("name", Yaml::text(name)),
            ("type", Yaml::text("STRING")),
            ("description", Yaml::text(about)),
            ("default", Yaml::text(default)),
        ])
    };
    Yaml::List(vec![
        Yaml::Map(folder),
        text("Program", "blender-gsd on the workers: a name in their PATH, or a path.", "blender-gsd"),
        text("Packages", "The folder that packages are put in, below the project's.", &options.packages),
    ])
}

/// The project's folder as seen from that of the template, which defaults of paths are relative to; none where it does not
/// lie below.
fn below(from: &Path, project: &Path) -> Option<String> {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let below = real(project)?.strip_prefix(real(from)?).ok()?.to_string_lossy().replace('\\', "/");
    Some(if below.is_empty() { ".".to_owned() } else { below })
}

fn step(step: &Step) -> Yaml {
    let mut fields = vec![("name", Yaml::text(&step.name))];
    if !step.after.is_empty() {
        let after = step.after.iter().map(|name| Yaml::map([("dependsOn", Yaml::text(name))]));
        fields.push(("dependencies", Yaml::List(after.collect())));
    }
    let amount = |name: &str, min: u32| Yaml::map([("name", Yaml::text(name)), ("min", Yaml::Number(min.into()))]);
    let amounts =
        [amount("amount.worker.vcpu", step.needs.processors), amount("amount.worker.memory", step.needs.memory)];
    fields.push(("hostRequirements", Yaml::map([("amounts", Yaml::List(amounts.to_vec()))])));
    if !step.tasks.is_empty() {
        fields.push(("parameterSpace", space(&step.tasks)));
    }
    let program = "{{Param.Program}}";
    let (command, before): (&str, &[&str]) =
        if step.may_find { ("sh", &["-c", MAY_FIND, program]) } else { (program, &[]) };
    let arguments = before.iter().map(Yaml::text).chain(step.arguments.iter().map(Yaml::text));
    let cancel =
        Yaml::map([("mode", Yaml::text("NOTIFY_THEN_TERMINATE")), ("notifyPeriodInSeconds", Yaml::Number(NOTICE))]);
    let run = Yaml::map([
        ("command", Yaml::text(command)),
        ("args", Yaml::List(arguments.collect())),
        ("timeout", Yaml::Number(TIMEOUT)),
        ("cancelation", cancel),
    ]);
    fields.push(("script", Yaml::map([("actions", Yaml::map([("onRun", run)]))])));
    Yaml::Map(fields)
}

/// Shots, and frames where there are some, side by side.
fn space(tasks: &[Task]) -> Yaml {
    let parameter = |name: &str, values: Vec<Yaml>| {
        Yaml::map([("name", Yaml::text(name)), ("type", Yaml::text("STRING")), ("range", Yaml::List(values))])
    };
    let shots = parameter("Shot", tasks.iter().map(|task| Yaml::text(&task.shot)).collect());
    let frames: Vec<Yaml> = tasks.iter().filter_map(|task| task.frames.as_ref()).map(Yaml::text).collect();
    if frames.is_empty() {
        return Yaml::map([("taskParameterDefinitions", Yaml::List(vec![shots]))]);
    }
    Yaml::map([
        ("taskParameterDefinitions", Yaml::List(vec![shots, parameter("Frames", frames)])),
        ("combination", Yaml::text("(Shot, Frames)")),
    ])
}
