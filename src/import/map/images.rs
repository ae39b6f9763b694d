//! Processes whose configuration is made when they start: by an image out of variables, or by an
//! init script out of a ConfigMap.

use super::kafka::Written;
use super::{Process, line_with};
use crate::import::environment::{self, Environment, Given, Image, Variable};
use crate::import::objects::{Found, Object};
use crate::import::start::{self, FileChange};
use crate::import::tree::Node;
use crate::import::value::Value;
use crate::import::{Position, properties, shell};

/// What the variables of a process say, those of its start command and of a `ConfigMap` too.
pub fn variables(process: &Process, found: &Found) -> Environment {
    let started = start::find(&process.script);
    let nodes = process.container.get("env").map_or(&[][..], Node::items);
    let taken = taken_from_maps(process, found);
    let texts: Vec<Option<String>> = nodes
        .iter()
        .map(|node| node.get("value").and_then(Node::scalar))
        .collect();
    let mut variables: Vec<Variable> = nodes
        .iter()
        .zip(&texts)
        .filter_map(|(node, text)| {
            let from = node.get("valueFrom");
            let field = from.and_then(|from| from.str_at(&["fieldRef", "fieldPath"]));
            let key = from.and_then(|from| from.get("configMapKeyRef"));
            let key = key.and_then(|key| {
                let map = config_map(process.object, key.str_at(&["name"])?, found)?;
                map.node.get("data")?.get(key.str_at(&["key"])?)?.str()
            });
            let value = match (text.as_deref(), field, key) {
                (Some(text), ..) | (None, None, Some(text)) => Given::Text(text),
                (None, Some(field), _) => Given::Field(field),
                _ if from.is_none() => Given::Text(""),
                _ if from.is_some_and(|from| from.get("secretKeyRef").is_some()) => Given::Secret,
                _ => Given::Elsewhere,
            };
            Some(Variable {
                name: node.str_at(&["name"])?,
                value,
                position: node
                    .get("value")
                    .map_or(node.position, |node| node.position),
            })
        })
        .collect();
    // What the container says itself wins over what it takes from elsewhere.
    let is_new = |name: &str| variables.iter().all(|variable| variable.name != name);
    let taken: Vec<Variable> = taken.into_iter().filter(|one| is_new(one.name)).collect();
    variables.splice(0..0, taken);
    let at = process
        .command()
        .map_or(process.container.position, |node| node.position);
    if let Some(started) = &started {
        let exported = started.scope.exported();
        variables.extend(exported.map(|(name, value)| Variable {
            name,
            value: Given::Set(value),
            position: at,
        }));
    }
    environment::read(process.image, &variables)
}

/// The variables that a container takes whole from `ConfigMap`s.
fn taken_from_maps<'a>(process: &Process, found: &'a Found) -> Vec<Variable<'a>> {
    let sources = process
        .container
        .get("envFrom")
        .map_or(&[][..], Node::items);
    let maps = sources.iter().filter_map(|source| {
        let name = source.str_at(&["configMapRef", "name"])?;
        let is_plain = source.get("prefix").is_none();
        Some((source.position, config_map(process.object, name, found)?)).filter(|_| is_plain)
    });
    let entries = maps.flat_map(|(position, map)| {
        let data = map.node.get("data").map_or(&[][..], Node::entries);
        data.iter().filter_map(move |(key, value)| {
            Some(Variable {
                name: &key.name,
                value: Given::Text(value.str()?),
                position,
            })
        })
    });
    entries.collect()
}

/// A `ConfigMap` beside an object.
fn config_map<'a>(beside: &Object, name: &str, found: &'a Found) -> Option<&'a Object> {
    found.objects.iter().find(|object| {
        object.kind == "ConfigMap" && object.name == name && object.namespace == beside.namespace
    })
}

/// The options that an image makes out of variables.
pub fn options(process: &Process, environment: &Environment) -> Vec<Written> {
    let written = |name: &str, value: &Value, at: Position| Written {
        name: name.to_owned(),
        value: value.clone(),
        file: process.object.file.clone(),
        at,
    };
    let set: Vec<_> = environment.options().collect();
    // What an unknown image does by itself nobody knows.
    let known = process.image.filter(|_| !process.is_guess);
    let own = known.map_or(&[][..], Image::own_options);
    let at = process
        .container
        .get("image")
        .map_or(process.container.position, |node| node.position);
    let own = own
        .iter()
        .filter(|(name, _)| set.iter().all(|option| option.name != *name))
        .map(|(name, value)| written(name, &Value::text(*value), at));
    let mut all: Vec<Written> = Vec::new();
    for option in own.chain(
        set.iter()
            .map(|option| written(&option.name, &option.value, option.position)),
    ) {
        // The start command's own variable is in the place of the container's.
        all.retain(|before| before.name != option.name);
        all.push(option);
    }
    all
}

/// Each `ConfigMap` that a pod mounts.
fn maps<'a>(object: &Object, found: &'a Found) -> Vec<&'a Object> {
    let volumes = object.node.at(&["spec", "template", "spec", "volumes"]);
    let names = volumes
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|volume| volume.str_at(&["configMap", "name"]));
    let namespace = object.namespace.as_str();
    names
        .flat_map(|name| {
            found.objects.iter().filter(move |object| {
                object.kind == "ConfigMap" && object.name == name && object.namespace == namespace
            })
        })
        .collect()
}

/// The script of a ConfigMap that a command runs, when it starts a program that is known.
pub fn mounted_script(
    object: &Object,
    script: &shell::Script,
    found: &Found,
) -> Option<(shell::Script, start::Program)> {
    let maps = maps(object, found);
    let words = script.commands.iter().flat_map(|command| &command.words);
    words.take(20).find_map(|word| {
        let path = word.constant()?;
        let (_, text) = file(&maps, path.rsplit('/').next()?)?;
        let script = shell::read(text.str()?);
        let program = start::find(&script)?.program;
        Some((script, program))
    })
}

fn file<'a>(maps: &[&'a Object], name: &str) -> Option<(&'a Object, &'a Node)> {
    maps.iter().find_map(|object| {
        let data = object.node.get("data")?.entries();
        let (_, text) = data.iter().find(|(key, _)| key.name == name)?;
        Some((*object, text))
    })
}

/// The options of a file that init scripts make out of a ConfigMap's; none when no script names it.
pub fn prepared(process: &Process, found: &Found, path: &str) -> Vec<Written> {
    let maps = maps(process.object, found);
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((map, text)) = file(&maps, name) else {
        return Vec::new();
    };
    let mut changes: Vec<(&Object, Position, FileChange)> = Vec::new();
    let inits = process.pod().and_then(|pod| pod.get("initContainers"));
    for container in inits.map_or(&[][..], Node::items) {
        for (from, at, script) in scripts(process.object, container, &maps) {
            let found = start::file_changes(&script);
            changes.extend(found.into_iter().map(|change| (from, at, change)));
        }
    }
    let ends_so = |value: &Value| value.constant().is_some_and(|to| to.ends_with(name));
    let is_copied = changes.iter().any(|(_, _, change)| match change {
        FileChange::Copy { from, .. } => {
            ends_so(from) || from.constant().is_some_and(|from| from.ends_with('*'))
        }
        FileChange::Write { file, .. } | FileChange::Replace { file, .. } => ends_so(file),
    });
    if !is_copied {
        return Vec::new();
    }
    let body = text.str().unwrap_or_default();
    let mut written: Vec<Written> = Vec::new();
    for entry in properties::read(body).entries {
        let at = line_with(found.text(&map.file), text.position, &entry.key);
        written.push(Written {
            name: entry.key,
            value: Value::text(entry.value),
            file: map.file.clone(),
            at,
        });
    }
    for (from, at, change) in changes {
        let lines = match change {
            FileChange::Write { file, text, .. } if ends_so(&file) => text.lines(),
            // A pattern's dots mean themselves in every pattern that people write for this.
            FileChange::Replace {
                file, find, put, ..
            } if ends_so(&file) && body.contains(&find.replace("\\.", ".")) => put.lines(),
            _ => continue,
        };
        for line in lines {
            if let Some((name, value)) = line.split_assignment() {
                written.retain(|before| before.name != name);
                let at = line_with(found.text(&from.file), at, &name);
                written.push(Written {
                    name,
                    value,
                    file: from.file.clone(),
                    at,
                });
            }
        }
    }
    written
}

/// The scripts that a container runs: that of its command, or a file of a ConfigMap.
fn scripts<'a>(
    object: &'a Object,
    container: &Node,
    maps: &[&'a Object],
) -> Vec<(&'a Object, Position, shell::Script)> {
    let lists = ["command", "args"]
        .into_iter()
        .filter_map(|key| container.get(key));
    let nodes: Vec<&Node> = lists.flat_map(Node::items).collect();
    let items: Vec<&str> = nodes.iter().filter_map(|node| node.str()).collect();
    let variables = container.get("env").map_or(&[][..], Node::items);
    let script = shell::container(&items, &|name| {
        let mut variables = variables.iter();
        variables.any(|variable| variable.str_at(&["name"]) == Some(name))
    });
    let at = nodes
        .last()
        .map_or(container.position, |node| node.position);
    let mut scripts = Vec::new();
    for command in &script.commands {
        for word in command.words.iter().take(20) {
            let Some(path) = word.constant() else {
                continue;
            };
            let name = path.rsplit('/').next().unwrap_or_default();
            if let Some((map, text)) =
                file(maps, name).filter(|_| name.strip_suffix(".sh").is_some())
            {
                let script = shell::read(text.str().unwrap_or_default());
                scripts.push((map, text.position, script));
            }
        }
    }
    scripts.push((object, at, script));
    scripts
}
