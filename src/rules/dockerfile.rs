//! IMG: how images are built, read off the Dockerfiles, ours and those of others.

use super::Severity::{Advice, Error, Warning};
use super::instructions::{Command, Dockerfile, Instruction, name_end};
use super::{Effect, Facts, Finding, Findings, Fix, Rule};
use crate::args;
use crate::catalog;
use crate::text::Args;

const POLICY: &str = "Apache release distribution policy (archive.apache.org keeps all releases, mirrors only current ones); curl flags: own judgement";
const HADOLINT: &str = "hadolint/hadolint:README.md and src/Hadolint/Rule/";
const START: &str = "apache/kafka:bin/kafka-run-class.sh and bin/kafka-server-start.sh (3.5.2)";
const PRACTICE: &str = "Docker build best practices";
const OWN: &str = "own judgement";

/// A finding about a file, shown at one of its instructions.
fn at<'f>(
    found: &'f mut Findings,
    rule: &'static Rule,
    file: &Dockerfile,
    instruction: Option<&Instruction>,
    mut more: Args,
) -> &'f mut Finding {
    more.push(("file", file.path.into()));
    let finding = found.add(rule, file.path, more);
    let line = instruction.map_or(1, |one| one.line);
    finding.place_line(file.path, line);
    if let Some(one) = instruction {
        finding.at_origins(one.origins);
    }
    finding
}

/// One finding for each file in which an instruction is wrong, shown at the first one.
fn first(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    name: &str,
    is_wrong: impl Fn(&Dockerfile, &Instruction) -> bool,
) {
    for file in facts.dockerfiles() {
        let wrong = file
            .instructions()
            .find(|one| one.name == name && is_wrong(file, one));
        if wrong.is_some() {
            at(found, rule, file, wrong, args![]);
        }
    }
}

/// One finding for each file with the base images that are wrong; a field that names one can be taken back.
fn of_bases(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    is_wrong: impl Fn(&str) -> bool,
) {
    for file in facts.dockerfiles() {
        let mut wrong = file.bases().filter(|(_, image)| is_wrong(image)).peekable();
        let Some((from, _)) = wrong.peek().copied() else {
            continue;
        };
        let mut names: Vec<String> = wrong.map(|(_, image)| image.to_owned()).collect();
        names.dedup();
        take_back(at(found, rule, file, Some(from), args![names]), from);
    }
}

/// The repair that gives a base image of ours its start value again.
fn take_back(finding: &mut Finding, from: &Instruction) {
    let typed = from
        .origins
        .iter()
        .find(|path| path.as_str().ends_with(".base_image"));
    if let Some(path) = typed {
        finding.fix(Fix::unset(path.clone()));
    }
}

/// The distribution in the base image gets no fixes any more.
pub static BASE_ENDED: Rule = Rule::new(
    "IMG002",
    Warning,
    "the distributions' release pages",
    |facts, found| {
        of_bases(facts, found, &BASE_ENDED, catalog::is_ended_distribution);
    },
);

/// A compiler and tools in an image that only runs.
pub static JDK_TO_RUN: Rule = Rule::new("IMG003", Advice, OWN, |facts, found| {
    for file in facts.dockerfiles() {
        if let Some((from, image)) = file
            .final_base()
            .filter(|(_, image)| catalog::is_jdk(image))
        {
            take_back(at(found, &JDK_TO_RUN, file, Some(from), args![image]), from);
        }
    }
});

/// The commands of a file that fetch something, with their instructions.
fn fetching<'f>(
    file: &'f Dockerfile<'f>,
) -> impl Iterator<Item = (&'f Instruction<'f>, &'f Command)> {
    file.instructions()
        .filter(|one| one.name == "RUN")
        .flat_map(|one| one.commands.iter().map(move |command| (one, command)))
        .filter(|(_, command)| {
            matches!(command.program(), "curl" | "wget") && command.words.len() > 1
        })
}

/// A changed or truncated archive goes unnoticed.
pub static ARCHIVE_UNCHECKED: Rule = Rule::new("IMG004", Warning, POLICY, |facts, found| {
    const CHECKS: [&str; 7] = [
        "sha512sum",
        "sha256sum",
        "sha1sum",
        "shasum",
        "openssl dgst",
        "--verify",
        "--checksum=",
    ];
    for file in facts.dockerfiles() {
        let added = file.instructions().find(|one| {
            one.name == "ADD"
                && ["http://", "https://"]
                    .iter()
                    .any(|start| one.text.contains(start))
        });
        let Some(fetch) = fetching(file).map(|(one, _)| one).next().or(added) else {
            continue;
        };
        let is_checked = file
            .instructions()
            .any(|one| CHECKS.iter().any(|check| one.text.contains(check)));
        if !is_checked {
            at(found, &ARCHIVE_UNCHECKED, file, Some(fetch), args![]);
        }
    }
});

/// The page that says "not found" is taken for the archive.
pub static ERROR_PAGE_TAKEN: Rule = Rule::new("IMG005", Warning, POLICY, |facts, found| {
    for file in facts.dockerfiles() {
        let careless = fetching(file).find(|(_, command)| {
            command.program() == "curl"
                && !command.has_flag("fail", 'f')
                && !command.has_flag("fail-with-body", 'f')
        });
        if let Some((one, _)) = careless {
            at(found, &ERROR_PAGE_TAKEN, file, Some(one), args![]);
        }
    }
});

/// Servers redirect, and now and then they do not answer.
pub static CURL_WITHOUT_CARE: Rule = Rule::new("IMG006", Advice, POLICY, |facts, found| {
    for file in facts.dockerfiles() {
        let lacking = |command: &Command| {
            let flags = [("location", 'L'), ("retry", '\0'), ("proto", '\0')];
            let lacking = flags
                .iter()
                .filter(|(long, letter)| !command.has_flag(long, *letter));
            lacking
                .map(|(long, _)| format!("--{long}"))
                .collect::<Vec<_>>()
        };
        let careless = fetching(file)
            .filter(|(_, command)| command.program() == "curl")
            .map(|(one, command)| (one, lacking(command)))
            .find(|(_, flags)| !flags.is_empty());
        if let Some((one, flags)) = careless {
            at(found, &CURL_WITHOUT_CARE, file, Some(one), args![flags]);
        }
    }
});

/// Images that are known to run as somebody else, whatever a Dockerfile says.
fn has_own_user(base: &str) -> bool {
    [
        "nonroot",
        "apache/kafka",
        "bitnami",
        "confluentinc/",
        "strimzi/",
    ]
    .iter()
    .any(|part| base.contains(part))
}

/// The process runs as root unless the pod says otherwise.
pub static NO_USER: Rule = Rule::new("IMG008", Warning, HADOLINT, |facts, found| {
    for file in facts.dockerfiles() {
        let Some((from, base)) = file.final_base() else {
            continue;
        };
        if file.last("USER").is_none() && !has_own_user(base) {
            let finding = at(found, &NO_USER, file, Some(from), args![]);
            // It would be named behind the last step that prepares the image.
            let steps = ["RUN", "COPY", "ADD", "WORKDIR"];
            let mut of_last = file
                .stages
                .iter()
                .rev()
                .flat_map(|stage| stage.instructions.iter().rev());
            if let Some(one) = of_last.find(|one| steps.contains(&one.name.as_str())) {
                finding.place_line(file.path, one.line);
            }
        }
    }
});

/// The process runs as root on purpose.
pub static USER_IS_ROOT: Rule = Rule::new("IMG009", Warning, HADOLINT, |facts, found| {
    for file in facts.dockerfiles() {
        let Some(last) = file.last("USER") else {
            continue;
        };
        let user = last.text.split([':', ' ']).next().unwrap_or_default();
        if matches!(user, "root" | "0") {
            at(found, &USER_IS_ROOT, file, Some(last), args![]);
        }
    }
})
.hides(&["IMG008"]);

/// Whatever is newest is taken.
pub static BASE_WITHOUT_TAG: Rule = Rule::new("IMG010", Warning, HADOLINT, |facts, found| {
    of_bases(facts, found, &BASE_WITHOUT_TAG, |image| {
        !image.contains('@') && catalog::tag_of_image(image).is_empty()
    });
})
.hides(&["IMG012"]);

/// Whatever is newest is taken, by name.
pub static BASE_IS_LATEST: Rule = Rule::new("IMG011", Warning, HADOLINT, |facts, found| {
    of_bases(facts, found, &BASE_IS_LATEST, |image| {
        !image.contains('@') && catalog::tag_of_image(image) == "latest"
    });
})
.hides(&["IMG012"]);

/// The same tag is another image next month.
pub static BASE_WITHOUT_DIGEST: Rule = Rule::new(
    "IMG012",
    Advice,
    "stackrox/kube-linter:docs/generated/checks.md",
    |facts, found| {
        if !facts.is_production() {
            return;
        }
        for file in facts.dockerfiles() {
            let base = file.final_base().filter(|(_, image)| !image.contains('@'));
            if let Some((from, image)) = base {
                at(found, &BASE_WITHOUT_DIGEST, file, Some(from), args![image]);
            }
        }
    },
)
.effect(Effect::Nothing);

/// Only the last command of a pipe decides whether the step fails.
pub static PIPE_HIDES_FAILURE: Rule = Rule::new("IMG013", Warning, HADOLINT, |facts, found| {
    for file in facts.dockerfiles() {
        let mut is_set = false;
        for one in file.instructions() {
            match one.name.as_str() {
                "FROM" => is_set = false,
                "SHELL" => is_set = one.text.contains("pipefail"),
                "RUN" => {
                    let piped = one.commands.iter().any(|command| command.is_piped);
                    if piped && !is_set && !one.text.contains("pipefail") {
                        at(found, &PIPE_HIDES_FAILURE, file, Some(one), args![]);
                        break;
                    }
                }
                _ => {}
            }
        }
    }
});

/// Each step is a layer.
pub static STEPS_IN_A_ROW: Rule = Rule::new("IMG014", Advice, HADOLINT, |facts, found| {
    for file in facts.dockerfiles() {
        let instructions: Vec<&Instruction> = file.instructions().collect();
        let is_plain = |one: &Instruction| one.name == "RUN" && !one.text.starts_with("--");
        let pair = instructions
            .windows(2)
            .find(|pair| pair.iter().all(|one| is_plain(one)));
        if let Some(pair) = pair {
            at(found, &STEPS_IN_A_ROW, file, Some(pair[1]), args![]);
        }
    }
});

/// A value with a blank in it becomes several arguments.
pub static UNQUOTED_VARIABLE: Rule = Rule::new("IMG015", Advice, HADOLINT, |facts, found| {
    for file in facts.dockerfiles() {
        let unquoted = file
            .instructions()
            .filter(|one| one.name == "RUN")
            .find_map(|one| {
                let mut commands = one
                    .commands
                    .iter()
                    .filter(|command| command.program() != "for");
                Some((
                    one,
                    commands.find_map(|command| command.unquoted.as_deref())?,
                ))
            });
        if let Some((one, variable)) = unquoted {
            at(found, &UNQUOTED_VARIABLE, file, Some(one), args![variable]);
        }
    }
});

/// What an installation of packages lacks; the last one is the version of the packages.
fn careless_installs(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    lacking: impl Fn(&Instruction, &Command, bool) -> Option<Vec<&'static str>>,
) {
    for file in facts.dockerfiles() {
        let last = file.stages.len();
        let runs = file.stages.iter().enumerate().flat_map(|(number, stage)| {
            let runs = stage.instructions.iter().filter(|one| one.name == "RUN");
            runs.map(move |one| (one, number + 1 == last))
        });
        let careless = runs
            .flat_map(|(one, stays)| one.commands.iter().map(move |all| (one, all, stays)))
            .filter_map(|(one, command, stays)| Some((one, lacking(one, command, stays)?)))
            .find(|(_, lacking)| !lacking.is_empty());
        if let Some((one, lacking)) = careless {
            let only_versions = lacking == [VERSIONS];
            let lacking: Vec<String> = lacking.into_iter().map(str::to_owned).collect();
            let finding = at(found, rule, file, Some(one), args![lacking]);
            if only_versions {
                finding.severity(Advice);
            }
        }
    }
}

const VERSIONS: &str = "package=version";

/// Whether each package is named with its version, or is a file.
fn with_versions<'c>(packages: impl Iterator<Item = &'c str>) -> bool {
    packages
        .skip(1)
        .all(|package| package.contains(['=', '~', '<', '>', '/', '$', '@', '.']))
}

/// The build asks, or the image grows and changes.
pub static APT_WITHOUT_CARE: Rule = Rule::new("IMG016", Warning, HADOLINT, |facts, found| {
    careless_installs(facts, found, &APT_WITHOUT_CARE, |one, command, stays| {
        let installs = matches!(command.program(), "apt-get" | "apt")
            && command.arguments().next() == Some("install");
        if !installs {
            return None;
        }
        let has = |flag: &str| command.words.iter().any(|word| word == flag);
        let yes = command.has_flag("yes", 'y')
            || command.has_flag("assume-yes", 'y')
            || has("-qq")
            || one.text.contains("APT::Get::Assume-Yes");
        let bare = has("--no-install-recommends") || one.text.contains("APT::Install-Recommends");
        let removed =
            !stays || one.text.contains("/var/lib/apt/lists") || one.text.contains("type=cache");
        let checks = [
            ("-y", yes || one.ignores("DL3014")),
            ("--no-install-recommends", bare || one.ignores("DL3015")),
            (
                "rm -rf /var/lib/apt/lists/*",
                removed || one.ignores("DL3009"),
            ),
            (
                VERSIONS,
                with_versions(command.arguments()) || one.ignores("DL3008"),
            ),
        ];
        Some(lacking(&checks))
    });
});

fn lacking(checks: &[(&'static str, bool)]) -> Vec<&'static str> {
    let lacking = checks.iter().filter(|(_, is_there)| !is_there);
    lacking.map(|(what, _)| *what).collect()
}

/// The index stays in the image, and packages change.
pub static APK_WITHOUT_CARE: Rule = Rule::new("IMG017", Warning, HADOLINT, |facts, found| {
    careless_installs(facts, found, &APK_WITHOUT_CARE, |one, command, _| {
        if command.program() != "apk" || command.arguments().next() != Some("add") {
            return None;
        }
        let clean = command.words.iter().any(|word| word == "--no-cache")
            || one.text.contains("/var/cache/apk")
            || one.text.contains("type=cache");
        let mut packages: Vec<&str> = command.arguments().collect();
        // The name behind `--virtual` is no package.
        if let Some(at) = command
            .words
            .iter()
            .position(|word| word == "--virtual" || word == "-t")
            && let Some(name) = command.words.get(at + 1)
        {
            packages.retain(|package| package != name);
        }
        let checks = [
            ("--no-cache", clean || one.ignores("DL3019")),
            (
                VERSIONS,
                with_versions(packages.into_iter()) || one.ignores("DL3018"),
            ),
        ];
        Some(lacking(&checks))
    });
});

/// Two tools for one job.
pub static TWO_FETCHERS: Rule = Rule::new("IMG018", Warning, HADOLINT, |facts, found| {
    for file in facts.dockerfiles() {
        for stage in &file.stages {
            let using = |tool: &str| {
                stage.instructions.iter().find(|one| {
                    one.name == "RUN"
                        && one.commands.iter().any(|command| command.program() == tool)
                })
            };
            if let (Some(_), Some(one)) = (using("curl"), using("wget")) {
                at(found, &TWO_FETCHERS, file, Some(one), args![]);
                break;
            }
        }
    }
});

/// Where it leads depends on what stood before.
pub static RELATIVE_FOLDER: Rule = Rule::new("IMG019", Error, HADOLINT, |facts, found| {
    first(facts, found, &RELATIVE_FOLDER, "WORKDIR", |_, one| {
        let folder = one.text.trim_matches(['"', '\'']);
        !folder.starts_with(['/', '$', '\\']) && folder.as_bytes().get(1) != Some(&b':')
    });
});

/// The names of the variables in a text.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        &rest[..name_end(rest)]
    })
}

/// A variable has its value only in the instruction that follows.
pub static VALUE_TOO_EARLY: Rule = Rule::new("IMG020", Error, HADOLINT, |facts, found| {
    for file in facts.dockerfiles() {
        let mut known: Vec<String> = Vec::new();
        for one in file.instructions() {
            if !matches!(one.name.as_str(), "ENV" | "ARG") {
                continue;
            }
            let pairs = one.pairs();
            let early = pairs.iter().find_map(|(name, value)| {
                let mut used = variables(value);
                used.find(|used| {
                    *used != name
                        && one.name == "ENV"
                        && pairs.iter().any(|(other, _)| other == used)
                        && !known.iter().any(|known| known == used)
                })
            });
            if let Some(variable) = early {
                at(found, &VALUE_TOO_EARLY, file, Some(one), args![variable]);
                break;
            }
            known.extend(pairs.into_iter().map(|(name, _)| name));
        }
    }
});

/// The shell keeps the stop signal to itself, or an earlier program is forgotten.
pub static START_IN_A_SHELL: Rule = Rule::new("IMG021", Warning, HADOLINT, |facts, found| {
    for file in facts.dockerfiles() {
        for name in ["ENTRYPOINT", "CMD"] {
            let Some(stage) = file.stages.last() else {
                continue;
            };
            let mut all = stage.instructions.iter().filter(|one| one.name == name);
            let (Some(one), again) = (all.next(), all.next()) else {
                continue;
            };
            let in_shell = one.exec_form().is_none() && !one.text.trim().is_empty();
            let hands_over = one.text.trim_start().starts_with("exec ");
            if again.is_some() || in_shell && !hands_over {
                at(
                    found,
                    &START_IN_A_SHELL,
                    file,
                    again.or(Some(one)),
                    args![name],
                );
                break;
            }
        }
    }
});

/// The image starts what its base starts.
pub static NO_START: Rule = Rule::new("IMG022", Advice, "defect of the article", |facts, found| {
    for file in facts.dockerfiles() {
        let Some((from, base)) = file.final_base() else {
            continue;
        };
        let starts = file.last("CMD").is_some() || file.last("ENTRYPOINT").is_some();
        if !starts && !base.contains("kafka") && !base.contains("zookeeper") {
            let finding = at(found, &NO_START, file, Some(from), args![base]);
            // It would stand at the end.
            if let Some(last) = file.instructions().last() {
                finding.place_line(file.path, last.line);
            }
        }
    }
});

/// The versions of three numbers in a text.
fn versions(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|word| word.trim_matches('.'))
        .filter(|word| word.split('.').count() == 3 && !word.contains(".."))
}

/// The next upgrade misses a place.
pub static VERSION_REPEATED: Rule = Rule::new("IMG023", Advice, OWN, |facts, found| {
    for file in facts.dockerfiles() {
        let mut seen: Vec<&str> = Vec::new();
        let mut twice = None;
        // A line that a field makes follows the field.
        let others = file
            .instructions()
            .filter(|one| !one.is_ours && !matches!(one.name.as_str(), "LABEL" | "FROM"));
        for one in others {
            for version in versions(&one.text) {
                if twice.is_none() && seen.contains(&version) {
                    twice = Some((one, version));
                }
                seen.push(version);
            }
        }
        if let Some((one, version)) = twice {
            let places = seen.iter().filter(|other| **other == version).count();
            let finding = at(
                found,
                &VERSION_REPEATED,
                file,
                Some(one),
                args![version, places],
            );
            // The one place that it should have is beside the other variables.
            if let Some(variables) = file.instructions().find(|one| one.name == "ENV") {
                finding.place_line(file.path, variables.line);
            }
        }
    }
})
.effect(Effect::Nothing);

/// What only the build needs stays in the image.
pub static TOOLS_STAY: Rule = Rule::new("IMG024", Advice, PRACTICE, |facts, found| {
    for file in facts
        .dockerfiles()
        .iter()
        .filter(|file| file.stages.len() == 1)
    {
        if let Some((one, command)) = fetching(file).next() {
            let tool = command.program();
            at(found, &TOOLS_STAY, file, Some(one), args![tool]);
        }
    }
});

/// The scripts of Kafka and `ZooKeeper` need bash.
pub static NO_BASH: Rule = Rule::new("IMG025", Error, START, |facts, found| {
    for file in facts.dockerfiles() {
        let Some((from, base)) = file.final_base() else {
            continue;
        };
        let is_used = file
            .instructions()
            .any(|one| one.text.contains("kafka") || one.text.contains("zookeeper"));
        let is_added = || {
            let stages = file.final_stages().flat_map(|stage| &stage.instructions);
            stages.flat_map(|one| &one.commands).any(|command| {
                command
                    .arguments()
                    .any(|word| word == "bash" || word.starts_with("bash="))
            })
        };
        if is_used && catalog::lacks_bash(base) && !is_added() {
            take_back(at(found, &NO_BASH, file, Some(from), args![base]), from);
        }
    }
});

/// Nobody can tell where the image comes from.
pub static NO_LABELS: Rule = Rule::new("IMG030", Advice, HADOLINT, |facts, found| {
    for file in facts.dockerfiles() {
        if file.last("LABEL").is_none() && file.final_base().is_some() {
            at(found, &NO_LABELS, file, None, args![]);
        }
    }
});

/// Whoever has the image has the secret.
pub static SECRET_IN_IMAGE: Rule = Rule::new("IMG032", Advice, HADOLINT, |facts, found| {
    const WORDS: [&str; 7] = [
        "PASSWORD",
        "PASSWD",
        "SECRET",
        "TOKEN",
        "CREDENTIAL",
        "API_KEY",
        "PRIVATE_KEY",
    ];
    const PLACES: [&str; 4] = ["_FILE", "_PATH", "_LOCATION", "_DIR"];
    for file in facts.dockerfiles() {
        let secret = file
            .instructions()
            .filter(|one| matches!(one.name.as_str(), "ENV" | "ARG"))
            .find_map(|one| {
                let names = one.pairs().into_iter().map(|(name, _)| name);
                let mut secret = names.filter(|name| {
                    let upper = name.to_ascii_uppercase();
                    WORDS.iter().any(|word| upper.contains(word))
                        && !PLACES.iter().any(|end| upper.ends_with(end))
                });
                Some((one, secret.next()?))
            });
        if let Some((one, name)) = secret {
            at(found, &SECRET_IN_IMAGE, file, Some(one), args![name]);
        }
    }
});
