//! The command line: a thin skin over the engine, for pipelines and tests.
//!
//! A command's result goes to standard output, a failure is one sentence on standard error and exit
//! status 2.
//! A reader that goes away early (`| head`) ends the output and is no failure.

mod explain;
mod folder;
mod import;
mod output;
mod report;
mod upgrade;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand, ValueEnum};

use crate::design::{self, Design, identity};
use crate::presets::{self, PRESETS};
use crate::render::File;
use crate::text::{Arg, Args, Lang, Sentence, words};
use crate::{args, bundle, evaluate, migrate};

/// Exit status when an open error remains.
const HAS_ERRORS: u8 = 1;

/// Exit status when the command itself failed.
const FAILED: u8 = 2;

#[derive(Parser)]
#[command(name = "kafka-cluster-designer", version, about = say("cli.about"), long_about = None)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[arg(long, global = true, default_value = "en", help = say("cli.lang"))]
    lang: String,
}

#[derive(Subcommand)]
enum Command {
    #[command(about = say("cli.presets"))]
    Presets,
    #[command(about = say("cli.new"))]
    New {
        #[arg(long, value_name = "NAME", help = say("cli.new.preset"))]
        preset: Option<String>,
    },
    #[command(about = say("cli.check"))]
    Check {
        #[arg(value_name = "DESIGN", help = say("cli.design"))]
        design: PathBuf,
        #[arg(long, value_enum, default_value_t = Format::Text, help = say("cli.check.format"))]
        format: Format,
    },
    #[command(about = say("cli.explain"))]
    Explain {
        #[arg(value_name = "RULE", help = say("cli.explain.rule"))]
        rule: Option<String>,
        #[arg(long, value_enum, default_value_t = Format::Text, help = say("cli.explain.format"))]
        format: Format,
    },
    #[command(about = say("cli.link"))]
    Link {
        #[arg(value_name = "DESIGN", help = say("cli.design"))]
        design: PathBuf,
    },
    #[command(about = say("cli.design-of-link"))]
    Design {
        #[arg(value_name = "LINK", help = say("cli.link.link"))]
        link: String,
    },
    #[command(about = say("cli.render"), group = clap::ArgGroup::new("target").required(true))]
    Render {
        #[arg(value_name = "DESIGN", help = say("cli.design"))]
        design: PathBuf,
        #[arg(long, value_name = "DIR", group = "target", help = say("cli.render.out"))]
        out: Option<PathBuf>,
        #[arg(long, value_name = "FILE", group = "target", help = say("cli.render.zip"))]
        zip: Option<PathBuf>,
    },
    #[command(about = say("cli.migrate"), group = clap::ArgGroup::new("place").required(true))]
    Migrate {
        #[arg(value_name = "DESIGN", help = say("cli.design"))]
        design: PathBuf,
        #[arg(long, value_name = "ID", allow_hyphen_values = true, help = say("cli.migrate.cluster-id"))]
        cluster_id: Option<String>,
        #[arg(long, value_name = "DIR", group = "place", help = say("cli.render.out"))]
        out: Option<PathBuf>,
        #[arg(long, value_name = "FILE", group = "place", help = say("cli.render.zip"))]
        zip: Option<PathBuf>,
    },
    #[command(about = say("cli.import"))]
    Import {
        #[arg(value_name = "FILE", required = true, help = say("cli.import.files"))]
        files: Vec<PathBuf>,
        #[arg(long, value_name = "FILE", help = say("cli.import.out"))]
        out: Option<PathBuf>,
        #[arg(long, value_enum, requires = "out", help = say("cli.import.report"))]
        report: Option<Format>,
        #[arg(long, value_name = "KIND/NAME=ROLE", help = say("cli.import.role"))]
        role: Vec<String>,
    },
    #[command(about = say("cli.move-to-kraft"))]
    MoveToKraft {
        #[arg(value_name = "DESIGN", help = say("cli.design"))]
        design: PathBuf,
        #[arg(long, help = say("cli.move-to-kraft.combined"))]
        combined: bool,
        #[arg(long, value_name = "FILE", help = say("cli.upgrade.out"))]
        out: Option<PathBuf>,
        #[arg(long, value_enum, default_value_t = Format::Text, help = say("cli.upgrade.format"))]
        format: Format,
    },
    #[command(about = say("cli.raise"))]
    Raise {
        #[arg(value_name = "DESIGN", help = say("cli.design"))]
        design: PathBuf,
        #[arg(long, value_name = "VERSION", help = say("cli.raise.kafka"))]
        kafka: Option<String>,
        #[arg(long, value_name = "VERSION", help = say("cli.raise.zookeeper"))]
        zookeeper: Option<String>,
        #[arg(long, value_name = "VERSION", help = say("cli.raise.kubernetes"))]
        kubernetes: Option<String>,
        #[arg(long, value_name = "FILE", help = say("cli.upgrade.out"))]
        out: Option<PathBuf>,
        #[arg(long, value_enum, default_value_t = Format::Text, help = say("cli.upgrade.format"))]
        format: Format,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Why a command failed: one sentence.
#[derive(Debug)]
struct Failure(Sentence);

impl Failure {
    fn new(key: &'static str, args: impl Into<Args>) -> Self {
        Self(Sentence::new(key, args.into()))
    }

    fn words(&self, lang: Lang) -> String {
        // One sentence is one line, whatever file names and parsers put into it.
        let words = self.0.words(lang);
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let lang = Lang::of_tag(&cli.lang).unwrap_or_default();
    match command(cli) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            note(&failure.words(lang));
            ExitCode::from(FAILED)
        }
    }
}

fn command(cli: Cli) -> Result<u8, Failure> {
    let lang = Lang::of_tag(&cli.lang).ok_or_else(|| {
        let langs: Vec<String> = Lang::ALL.map(|lang| lang.code().to_owned()).into();
        Failure::new("cli.no-such-lang", args![lang = &cli.lang, langs])
    })?;
    match cli.command {
        Command::Presets => print(&presets(lang)),
        Command::New { preset } => print(&design::write(&new(preset.as_deref(), lang)?)),
        Command::Check { design, format } => check(&read(&design)?, format, lang),
        Command::Explain { rule, format } => {
            print(&explain::explain(rule.as_deref(), format, lang)?)
        }
        Command::Link { design } => link(&read(&design)?, lang),
        Command::Design { link } => design_of(link, lang),
        Command::Render { design, out, zip } => {
            let report = evaluate(&read(&design)?);
            let name = &report.plan.cluster.name;
            write(name, &report.files, out.as_deref(), zip.as_deref(), lang)
        }
        Command::Migrate {
            design,
            cluster_id,
            out,
            zip,
        } => {
            let way = migrate::migration(&read(&design)?, cluster_id.as_deref());
            let way = way.map_err(Failure)?;
            write(
                &way.bundle_name(),
                &way.files(),
                out.as_deref(),
                zip.as_deref(),
                lang,
            )
        }
        Command::Import {
            files,
            out,
            report,
            role,
        } => import::run(&files, &role, out.as_deref(), report, lang),
        Command::MoveToKraft {
            design,
            combined,
            out,
            format,
        } => {
            let out = out.as_deref();
            let target = upgrade::Target { out, format, lang };
            upgrade::to_kraft(&read(&design)?, combined, &target)
        }
        Command::Raise {
            design,
            kafka,
            zookeeper,
            kubernetes,
            out,
            format,
        } => {
            let out = out.as_deref();
            let target = upgrade::Target { out, format, lang };
            let wanted = upgrade::Wanted {
                kafka: kafka.as_deref(),
                zookeeper: zookeeper.as_deref(),
                kubernetes: kubernetes.as_deref(),
            };
            upgrade::raise(&read(&design)?, &wanted, &target)
        }
    }
}

/// Writes files into a folder, into a zip, or into both.
fn write(
    name: &str,
    files: &[Arc<File>],
    out: Option<&Path>,
    zip: Option<&Path>,
    lang: Lang,
) -> Result<u8, Failure> {
    if let Some(folder) = out {
        folder::write(folder, files, lang)?;
    }
    if let Some(file) = zip {
        output::zip(file, &bundle::zip(name, files))?;
    }
    Ok(0)
}

/// The names of the presets, each with its line.
fn presets(lang: Lang) -> String {
    let wide = PRESETS.iter().map(|preset| preset.name.len()).max();
    let line = |name: &str| {
        let says = words(lang, &format!("preset.{name}.help"), &args![]);
        format!("{name:wide$}  {says}\n", wide = wide.unwrap_or_default())
    };
    PRESETS.iter().map(|preset| line(preset.name)).collect()
}

fn new(name: Option<&str>, lang: Lang) -> Result<Design, Failure> {
    let Some(name) = name else {
        return Ok(PRESETS[0].design_in(lang));
    };
    let preset = presets::preset(name).ok_or_else(|| {
        let names: Vec<String> = PRESETS.iter().map(|one| one.name.to_owned()).collect();
        Failure::new("cli.no-such-preset", args![name, names])
    })?;
    let design = preset.design_in(lang);
    with_random(|random| identity::completed(design, random))
}

/// Hands in where random numbers come from; what was made is lost when the system gives none.
fn with_random<T>(work: impl FnOnce(&mut dyn FnMut() -> [u8; 16]) -> T) -> Result<T, Failure> {
    let mut failed = None;
    let made = work(&mut || {
        let mut bytes = [0; 16];
        failed = getrandom::fill(&mut bytes).err().or(failed.take());
        bytes
    });
    match failed {
        Some(error) => Err(Failure::new(
            "cli.no-random",
            args![why = error.to_string()],
        )),
        None => Ok(made),
    }
}

fn check(design: &Design, format: Format, lang: Lang) -> Result<u8, Failure> {
    let found = evaluate(design);
    let text = match format {
        Format::Text => report::text(&found, design, lang),
        Format::Json => report::json(&found, lang),
    };
    print(&text)?;
    let errors = found.counts()[0];
    Ok(if errors > 0 { HAS_ERRORS } else { 0 })
}

/// Prints the link of a design; what it may not carry is said on standard error.
fn link(design: &Design, lang: Lang) -> Result<u8, Failure> {
    let link = bundle::link::pack(design);
    if !link.left_out.is_empty() {
        let paths: Vec<String> = link.left_out.iter().map(ToString::to_string).collect();
        note(&words(lang, "link.left-out", &args![paths]));
    }
    print(&format!("#d={}\n", link.packed))
}

/// Prints the design of a link; what was lost is said on standard error.
fn design_of(link: String, lang: Lang) -> Result<u8, Failure> {
    let link = if link == "-" {
        io::read_to_string(io::stdin()).map_err(|error| {
            let (file, why) = (Arg::Sentence("cli.stdin".into()), output::reason(&error));
            Failure::new("cli.cannot-read", vec![("file", file), ("why", why.into())])
        })?
    } else {
        link
    };
    let opened = bundle::link::open(&link).map_err(Failure)?;
    if let Some(lost) = &opened.lost {
        note(&lost.words(lang));
    }
    print(&design::write(&opened.design))
}

/// Reads a design from a file, or from standard input for `-`.
fn read(path: &PathBuf) -> Result<Design, Failure> {
    let stdin = path.as_os_str() == "-";
    let file = if stdin {
        Arg::Sentence("cli.stdin".into())
    } else {
        Arg::Text(path.display().to_string())
    };
    let mut bytes = Vec::new();
    let read = if stdin {
        io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        fs::read(path).map(|read| bytes = read)
    };
    if let Err(error) = read {
        let why = output::reason(&error);
        return Err(Failure::new("cli.cannot-read", args![file, why]));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let valid = String::from_utf8_lossy(valid);
        let line = valid.matches('\n').count() + 1;
        let column = valid.rsplit('\n').next();
        let column = column.map_or(0, |last| last.chars().count()) + 1;
        Failure::new("cli.not-text", args![file = file.clone(), line, column])
    })?;
    design::read(&text).map_err(|error| {
        let why = error.to_string();
        Failure::new("cli.not-a-design", args![file, why])
    })
}

/// Prints a result.
fn print(text: &str) -> Result<u8, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let why = output::reason(&error);
            Err(Failure::new("cli.cannot-write", args![file = "-", why]))
        }
        _ => Ok(0),
    }
}

/// Prints a text beside the result; when nobody listens, there is nothing more to do.
fn beside(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Says a sentence beside the result; when nobody listens, there is nothing more to do.
fn note(sentence: &str) {
    let _ = writeln!(io::stderr().lock(), "kafka-cluster-designer: {sentence}");
}

/// The words of a sentence without arguments.
fn say(key: &'static str) -> String {
    words(Lang::default(), key, &args![])
}
