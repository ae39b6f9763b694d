//! ZK, continued: what stands in `zoo.cfg` and in the servers' StatefulSet, whoever wrote them.

use serde_yaml::Value;

use super::Severity::{Advice, Error, Warning};
use super::objects::{self, POD};
use super::storage::{Behind, behind, is_below};
use super::zookeeper::{official_image, option_path, whole};
use super::{Effect, Facts, Finding, Fix, Object, Rule, Side};
use crate::args;
use crate::catalog;
use crate::plan::{PodManagement, ReadinessCheck, ZooKeeper};
use crate::text::{Arg, Args};

const QUORUM: &str = "apache/zookeeper:zookeeper-server/src/main/java/org/apache/zookeeper/server/quorum/QuorumPeerConfig.java (master; same checks for size, limits and purge seen in release-3.4.10)";
const ADMIN: &str =
    "apache/zookeeper:zookeeper-docs/src/main/resources/markdown/zookeeperAdmin.md (release-3.9.3)";
const TUTORIAL: &str =
    "kubernetes/website: tutorial \"Running ZooKeeper\" (start-zookeeper, zookeeper-ready)";
const OFFICIAL: &str = "31z4/zookeeper-docker:3.9.4/Dockerfile";

/// A `zoo.cfg` in a ConfigMap.
struct ZooCfg<'s> {
    object: &'s Object<'s>,
    text: &'s str,
}

fn zoo_cfgs<'s>(facts: &'s Facts) -> impl Iterator<Item = ZooCfg<'s>> {
    facts.of_kind("ConfigMap").filter_map(|object| {
        let text = object.get("data")?.get("zoo.cfg")?.as_str()?;
        Some(ZooCfg { object, text })
    })
}

impl<'s> ZooCfg<'s> {
    fn lines(&self) -> impl Iterator<Item = (&'s str, &'s str)> {
        let lines = self.text.lines().map(str::trim_start);
        let lines = lines.filter(|line| !line.starts_with(['#', '!']));
        lines
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.trim(), value.trim()))
    }

    fn get(&self, name: &str) -> Option<&'s str> {
        // As in any properties file the last one holds.
        self.lines()
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value)
            .last()
    }

    fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !value.is_empty())
    }

    /// The servers: their line's name and what it says.
    fn servers(&self) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.lines().filter(|(name, _)| name.starts_with("server."))
    }

    /// The servers stand in another file, which nobody showed.
    fn is_dynamic(&self) -> bool {
        self.is_set("dynamicConfigFile")
    }

    fn add<'f>(
        &self,
        found: &'f mut super::Findings,
        rule: &'static Rule,
        mut args: Args,
    ) -> &'f mut Finding {
        args.push(("object", self.object.subject().into()));
        let path = ["data", &crate::render::document::key("zoo.cfg")].concat();
        found
            .add(rule, self.object.subject(), args)
            .place(self.object, &path)
    }
}

/// Names options of the ensemble, and takes out those that the design asks for.
fn untyped<'n>(facts: &Facts, finding: &mut Finding, names: impl IntoIterator<Item = &'n str>) {
    let mut typed = Vec::new();
    for name in names {
        let path = option_path(name);
        finding.at(path.clone());
        if facts.design.get(&path).is_some() {
            typed.push(path);
        }
    }
    match typed.as_slice() {
        [] => finding,
        [path] => finding.fix(Fix::unset(path.clone())),
        _ => finding.fix(Fix::unset_all(typed)),
    };
}

/// The servers' StatefulSet.
fn ensemble<'s>(facts: &'s Facts) -> Option<&'s Object<'s>> {
    facts
        .of_kind("StatefulSet")
        .find(|set| facts.side(set) == Side::ZooKeeper)
}

/// A server does not start without a folder for its data.
pub static NO_DATA_DIR: Rule = Rule::new("ZK001", Error, QUORUM, |facts, found| {
    for file in zoo_cfgs(facts).filter(|file| !file.is_set("dataDir")) {
        file.add(found, &NO_DATA_DIR, args![])
            .at("zookeeper.data_dir");
    }
});

/// Every other time is counted in ticks.
pub static NO_TICK: Rule = Rule::new("ZK002", Error, QUORUM, |facts, found| {
    for file in zoo_cfgs(facts) {
        if matches!(file.get("tickTime"), None | Some("" | "0")) {
            file.add(found, &NO_TICK, args![])
                .at(option_path("tickTime"));
        }
    }
});

/// The value of a variable of a container, when it stands there as text.
fn variable<'v>(container: &'v Value, name: &str) -> Option<&'v str> {
    let variable = objects::items(container, "env")
        .iter()
        .find(|variable| objects::name_of(variable) == name)?;
    objects::text(variable, "value")
}

fn has_variable(container: &Value, name: &str) -> bool {
    let mut variables = objects::items(container, "env").iter();
    variables.any(|variable| objects::name_of(variable) == name)
}

/// Whether a container runs the official image, its start script untouched.
fn runs_official_script(container: &Value) -> bool {
    let image = objects::text(container, "image").unwrap_or_default();
    let name = image.rsplit('/').next().unwrap_or_default();
    let name = name.split([':', '@']).next().unwrap_or_default();
    name == "zookeeper" && container.get("command").is_none() && container.get("args").is_none()
}

/// The servers would all be the same one.
pub static ONE_NUMBER_FOR_ALL: Rule = Rule::new("ZK006", Error, QUORUM, |facts, found| {
    let Some(set) = ensemble(facts).filter(|set| set.replicas() > 1) else {
        return;
    };
    for container in objects::containers(set) {
        let typed = variable(container, "ZOO_MY_ID");
        // Its script writes 1 when nobody says a number.
        let silent = runs_official_script(container)
            && !has_variable(container, "ZOO_MY_ID")
            && set.items(&format!("{POD}.initContainers")).is_empty();
        let Some(number) = typed.or(silent.then_some("1")) else {
            continue;
        };
        found
            .add(
                &ONE_NUMBER_FOR_ALL,
                set.subject(),
                args![
                    object = set.subject(),
                    number = number,
                    servers = set.replicas()
                ],
            )
            .place(set, &format!("{POD}.containers"));
    }
})
.applies_to("two or more servers")
.effect(Effect::Procedure);

/// The address of a server's line: what stands before the role of its client port, several cut to one.
fn address(line: &str) -> &str {
    line.split([';', '|']).next().unwrap_or_default().trim()
}

fn is_observer(line: &str) -> bool {
    address(line).ends_with(":observer")
}

/// How many ports an address has: what follows the host, parted by colons.
fn ports(address: &str) -> usize {
    let after = match address.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(_, ports)| ports),
        None => address.split_once(':').map_or("", |(_, ports)| ports),
    };
    after
        .split(':')
        .filter(|port| port.trim().parse::<u16>().is_ok())
        .count()
}

/// Servers talk on one port and elect on another.
pub static NO_ELECTION_PORT: Rule = Rule::new("ZK007", Error, QUORUM, |facts, found| {
    for file in zoo_cfgs(facts) {
        let lacking = file
            .servers()
            .filter(|(_, line)| !is_observer(line) && ports(address(line)) < 2);
        let names: Vec<&str> = lacking.map(|(name, _)| name).collect();
        if names.is_empty() {
            continue;
        }
        let lines = names
            .iter()
            .map(|&name| name.to_owned())
            .collect::<Vec<_>>();
        let finding = file.add(found, &NO_ELECTION_PORT, args![names = lines]);
        untyped(facts, finding, names);
    }
})
.applies_to("two or more servers");

/// Observers follow an ensemble; they are none.
pub static OBSERVERS_ALONE: Rule = Rule::new("ZK011", Error, QUORUM, |facts, found| {
    for file in zoo_cfgs(facts) {
        let (mut observers, mut voters) = (Vec::new(), 0_usize);
        for (name, line) in file.servers() {
            if is_observer(line) {
                observers.push(name);
            } else {
                voters += 1;
            }
        }
        if voters < 2 && !observers.is_empty() {
            let count = observers.len();
            let finding = file.add(found, &OBSERVERS_ALONE, args![observers = count, voters]);
            untyped(facts, finding, observers);
        }
    }
})
.effect(Effect::Procedure);

/// The words that servers answer to.
const WORDS: [&str; 18] = [
    "conf", "cons", "crst", "dirs", "dump", "envi", "gtmk", "hash", "isro", "mntr", "ruok", "srst",
    "srvr", "stat", "stmk", "wchc", "wchp", "wchs",
];

const ALLOWED: &str = "4lw.commands.whitelist";

/// The words that a container's probes send.
fn words_asked(container: &Value) -> Vec<&'static str> {
    let mut asked = Vec::new();
    for name in ["startupProbe", "readinessProbe", "livenessProbe"] {
        let command = container.get(name).and_then(|probe| probe.get("exec"));
        let parts = command.map_or(&[][..], |exec| objects::items(exec, "command"));
        let mut before = "";
        for word in parts
            .iter()
            .filter_map(Value::as_str)
            .flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric() && c != '-'))
            .filter(|word| !word.is_empty())
        {
            let sent = matches!(before, "echo" | "printf");
            let known = WORDS.iter().find(|known| sent && **known == word);
            // The tutorial's script asks ruok.
            let known = known
                .copied()
                .or((word == "zookeeper-ready").then_some("ruok"));
            asked.extend(known);
            before = word;
        }
    }
    asked
}

/// A probe asks what the servers do not answer.
pub static WORD_REFUSED: Rule = Rule::new(
    "ZK017",
    Warning,
    "apache/zookeeper:zookeeper-server/src/main/java/org/apache/zookeeper/server/command/FourLetterCommands.java (master, 3.5.10), apache/zookeeper:src/java/main/org/apache/zookeeper/server/ServerCnxn.java (release-3.4.10)",
    |facts, found| {
        let (Some(zk), Some(set)) = (facts.plan.zookeeper(), ensemble(facts)) else {
            return;
        };
        let Some(option) = catalog::zookeeper_option(ALLOWED, *zk.version).known() else {
            return;
        };
        let allowed = zk.config.get(ALLOWED).or(option.default);
        let answered = |word: &str| match allowed {
            // Before 3.5 everything but two words.
            None => !matches!(word, "wchc" | "wchp"),
            Some(list) => list
                .split(',')
                .map(str::trim)
                .any(|one| one == word || one == "*"),
        };
        let asked = objects::containers(set).iter().flat_map(words_asked);
        let mut refused: Vec<&str> = asked
            .filter(|&word| word != "srvr" && !answered(word))
            .collect();
        if refused.is_empty() {
            return;
        }
        refused.sort_unstable();
        refused.dedup();
        let words: Vec<String> = refused.into_iter().map(str::to_owned).collect();
        found
            .add(&WORD_REFUSED, ALLOWED, args![words])
            .at(option_path(ALLOWED))
            .fix(facts.fix_to(option_path(ALLOWED), "srvr,ruok,mntr"));
    },
)
.applies_to("3.4.10–3.4.x, ≥ 3.5.3");

/// The log is written before each answer, and waits for everything else on its disk.
pub static LOG_SHARES_VOLUME: Rule = Rule::new("ZK018", Advice, ADMIN, |facts, found| {
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    if zk.log_volume.is_none() {
        let volume = zk.data_volume.folder.as_str();
        found
            .add(&LOG_SHARES_VOLUME, "dataLogDir", args![volume])
            .at("zookeeper.log_volume")
            .at("zookeeper.data_dir")
            .fix(facts.fix_to("zookeeper.log_volume", true));
    }
})
.effect(Effect::Procedure);

/// Two trees that grow and are cleaned by different rules lie in one.
pub static LOG_INSIDE_DATA: Rule = Rule::new("ZK019", Advice, ADMIN, |facts, found| {
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    let (data, log) = (zk.data_dir.as_str(), zk.data_log_dir.as_str());
    if !is_below(log, data) {
        return;
    }
    let finding = found.add(&LOG_INSIDE_DATA, "dataLogDir", args![data, log]);
    finding
        .at("zookeeper.data_log_dir")
        .at("zookeeper.data_dir")
        .at("zookeeper.log_volume");
    let typed = |path: &str| facts.design.get(&path.into()).is_some();
    if !typed("zookeeper.data_dir") {
        let mut fix = facts.fix_to("zookeeper.log_volume", true);
        if zk.log_volume.is_some() {
            fix = Fix::unset("zookeeper.data_log_dir");
        } else if typed("zookeeper.data_log_dir") {
            fix.changes
                .extend(Fix::unset("zookeeper.data_log_dir").changes);
        }
        finding.fix(fix);
    }
})
.effect(Effect::Procedure);

/// The limit of a packet that a text of flags names.
fn packet_limit(flags: &str) -> Option<&str> {
    let (_, after) = flags.rsplit_once("-Djute.maxbuffer=")?;
    after.split_whitespace().next()
}

/// The limit of a packet that the containers of a set have, when it is set.
fn packet_limit_of<'s>(set: &'s Object) -> Option<&'s str> {
    let variables = objects::containers(set)
        .iter()
        .flat_map(|container| objects::items(container, "env"));
    variables
        .filter_map(|variable| objects::text(variable, "value"))
        .find_map(packet_limit)
}

/// What one side sends, the other refuses.
pub static PACKETS_DIFFER: Rule = Rule::new("ZK026", Advice, ADMIN, |facts, found| {
    let Some(servers) = ensemble(facts) else {
        return;
    };
    let mut sets = facts.of_kind("StatefulSet");
    let Some(brokers) = sets.find(|set| facts.side(set) == Side::Kafka) else {
        return;
    };
    let (ours, theirs) = (packet_limit_of(brokers), packet_limit_of(servers));
    if ours != theirs {
        let said =
            |limit: Option<&str>| limit.map_or(Arg::Sentence("ZK026.default".into()), Arg::from);
        found
            .add(
                &PACKETS_DIFFER,
                "jute.maxbuffer",
                vec![("brokers", said(ours)), ("servers", said(theirs))],
            )
            .at("kafka.opts")
            .place(brokers, &format!("{POD}.containers"))
            .place(servers, &format!("{POD}.containers"));
    }
});

/// How many servers a set is told of, and where.
fn servers_told(facts: &Facts, set: &Object) -> Option<usize> {
    for container in objects::containers(set) {
        let command = objects::items(container, "command").iter();
        let words = command.chain(objects::items(container, "args"));
        for word in words.filter_map(Value::as_str) {
            if let Some((_, after)) = word.split_once("--servers=") {
                let end = after
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(after.len());
                return after[..end].parse().ok();
            }
        }
        if let Some(list) = variable(container, "ZOO_SERVERS") {
            let lines = list.split_whitespace();
            return Some(own_servers(
                set,
                lines.filter_map(|line| line.split_once('=')),
            ));
        }
    }
    let mut files = zoo_cfgs(facts).filter(|file| file.object.namespace == set.namespace);
    let file = files.next().filter(|file| !file.is_dynamic())?;
    Some(own_servers(set, file.servers()))
}

/// How many of the servers are pods of the set; all, when they go by other names.
fn own_servers<'l>(set: &Object, lines: impl Iterator<Item = (&'l str, &'l str)>) -> usize {
    let (mut all, mut own) = (0, 0);
    for (_, line) in lines {
        all += 1;
        let ordinal = line
            .strip_prefix(set.name)
            .and_then(|rest| rest.strip_prefix('-'));
        own +=
            usize::from(ordinal.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())));
    }
    if own == 0 { all } else { own }
}

/// Names without pods, or pods without names.
pub static SERVERS_MISCOUNTED: Rule = Rule::new("ZK027", Error, TUTORIAL, |facts, found| {
    let Some(set) = ensemble(facts) else {
        return;
    };
    let replicas = set.replicas();
    let Some(told) = servers_told(facts, set) else {
        return;
    };
    // A server alone needs no list.
    if i64::try_from(told) == Ok(replicas) || (told == 0 && replicas == 1) {
        return;
    }
    let finding = found.add(
        &SERVERS_MISCOUNTED,
        set.subject(),
        args![object = set.subject(), told, replicas],
    );
    finding.place(set, "spec.replicas").at("zookeeper.servers");
    let typed: Vec<String> = facts
        .plan
        .zookeeper()
        .into_iter()
        .flat_map(|zk| &zk.config.entries)
        .filter(|entry| entry.name.starts_with("server."))
        .map(|entry| entry.name.clone())
        .collect();
    untyped(facts, finding, typed.iter().map(String::as_str));
})
.effect(Effect::Procedure);

/// Whether a switch of the ensemble is on, as written or as the version has it.
pub(super) fn is_on(zk: &ZooKeeper, name: &str) -> bool {
    let option = || {
        catalog::zookeeper_option(name, *zk.version)
            .known()?
            .default
    };
    let value = zk.config.get(name).or_else(option);
    value.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
}

/// A page of commands that nobody asked for.
pub static ADMIN_SERVER_OPEN: Rule = Rule::new(
    "ZK029",
    Advice,
    "apache/kafka:docs/upgrade.html (3.9.0-rc3)",
    |facts, found| {
        let name = "admin.enableServer";
        let Some(zk) = facts.plan.zookeeper().filter(|zk| is_on(zk, name)) else {
            return;
        };
        if ensemble(facts).is_none_or(|set| super::policies::is_guarded(facts, set)) {
            return;
        }
        let port = whole(zk, "admin.serverPort").unwrap_or(8080);
        found
            .add(&ADMIN_SERVER_OPEN, name, args![port = port.to_string()])
            .at(option_path(name))
            .fix(facts.fix_to(option_path(name), false));
    },
)
.applies_to("≥ 3.5");

/// The three switches of the login among servers do not fit each other.
pub static LOGIN_HALF_ON: Rule = Rule::new("ZK032", Error, QUORUM, |facts, found| {
    let [login, learner, server] = [
        "quorum.auth.enableSasl",
        "quorum.auth.learnerRequireSasl",
        "quorum.auth.serverRequireSasl",
    ];
    for file in zoo_cfgs(facts) {
        let on = |name| {
            file.get(name)
                .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        };
        let lacking = if !on(login) && (on(learner) || on(server)) {
            login
        } else if on(server) && !on(learner) {
            learner
        } else {
            continue;
        };
        let finding = file.add(found, &LOGIN_HALF_ON, args![lacking]);
        untyped(facts, finding, [login, learner, server]);
    }
})
.effect(Effect::Procedure);

/// An address to listen at, and no port.
pub static ADDRESS_WITHOUT_PORT: Rule = Rule::new("ZK033", Error, QUORUM, |facts, found| {
    let pairs = [
        ("clientPortAddress", "clientPort"),
        ("secureClientPortAddress", "secureClientPort"),
    ];
    for file in zoo_cfgs(facts) {
        for (name, port) in pairs {
            if file.is_set(name) && !file.is_set(port) {
                let finding = file.add(found, &ADDRESS_WITHOUT_PORT, args![name, port]);
                untyped(facts, finding, [name]);
            }
        }
    }
})
.applies_to("≥ 3.5");

/// A server that answers may yet serve nobody.
pub static READY_WITHOUT_QUORUM: Rule = Rule::new(
    "ZK035",
    Warning,
    "kubernetes/website: tutorial \"Running ZooKeeper\" (start-zookeeper, zookeeper-ready), apache/zookeeper:zookeeper-server/src/main/java/org/apache/zookeeper/server/admin/ (JettyAdminServer 3.8.6, Commands 3.9.5)",
    |facts, found| {
        let Some(zk) = facts.plan.zookeeper() else {
            return;
        };
        let ruok = zk.is_tutorial() || *zk.readiness_check == ReadinessCheck::Ruok;
        if !ruok || zk.pods.readiness.is_none() || *zk.servers < 2 {
            return;
        }
        let path = "zookeeper.readiness.check";
        let finding = found.add(&READY_WITHOUT_QUORUM, path, args![]);
        finding.at(path);
        let mut fix = facts.fix_to(path, "srvr");
        let mut effect = Effect::RollingRestart;
        if zk.is_tutorial() {
            // Its script asks ruok whatever the design says.
            finding.at("zookeeper.flavour");
            let srvr = std::mem::replace(&mut fix, official_image(facts));
            fix.changes.extend(srvr.changes);
            effect = Effect::Procedure;
        }
        if *zk.pods.management == PodManagement::OrderedReady {
            // One by one, the first server would wait for a majority that comes after it.
            let parallel = facts.fix_to("zookeeper.pod_management", "Parallel");
            fix.changes.extend(parallel.changes);
            finding.at("zookeeper.pod_management");
            effect = Effect::Recreate;
        }
        finding.fix_with(effect, fix);
    },
);

/// A server that is short of memory answers late.
pub static HEAP_NEAR_LIMIT: Rule = Rule::new("ZK038", Advice, ADMIN, |facts, found| {
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    let (heap, limit) = (zk.pods.heap.amount, zk.pods.memory_limit.amount);
    // JVM001 speaks when nothing at all is left.
    if heap < limit && heap > limit / 4 * 3 {
        let wanted = super::jvm::twice(heap);
        found
            .add(
                &HEAP_NEAR_LIMIT,
                "zookeeper",
                vec![("heap", Arg::Bytes(heap)), ("limit", Arg::Bytes(limit))],
            )
            .at("zookeeper.heap")
            .at("zookeeper.memory_limit")
            .fix(facts.fix_to("zookeeper.memory_limit", wanted));
    }
});

/// A server that thinks itself alone takes nobody in.
pub static ALONE_FOR_EVER: Rule = Rule::new("ZK041", Advice, QUORUM, |facts, found| {
    let name = "standaloneEnabled";
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    if *zk.servers == 1 && is_on(zk, name) && is_on(zk, "reconfigEnabled") {
        found
            .add(&ALONE_FOR_EVER, name, args![])
            .at(option_path(name))
            .at(option_path("reconfigEnabled"))
            .at("zookeeper.servers")
            .fix(facts.fix_to(option_path(name), false));
    }
})
.applies_to("≥ 3.5");

/// What was confirmed stands in the log, which goes with the container.
pub static LOG_OUTSIDE_VOLUMES: Rule = Rule::new("ZK043", Error, OFFICIAL, |facts, found| {
    let (Some(zk), Some(set)) = (facts.plan.zookeeper(), ensemble(facts)) else {
        return;
    };
    let Some(container) = objects::containers(set).first() else {
        return;
    };
    let kept = |folder: &str| matches!(behind(set, container, folder), Behind::Volume(_));
    let log = zk.data_log_dir.as_str();
    if kept(&zk.data_dir) && !kept(log) {
        found
            .add(
                &LOG_OUTSIDE_VOLUMES,
                "dataLogDir",
                args![object = set.subject(), log],
            )
            .at("zookeeper.data_log_dir")
            .at("zookeeper.log_volume")
            .place(set, &format!("{POD}.containers"))
            .fix(facts.fix_to("zookeeper.log_volume", true));
    }
})
.effect(Effect::Procedure)
.hides(&["ZK018"]);

/// The official image, with its `zoo.cfg` made by the start script.
fn made_by_script<'s>(set: &'s Object) -> impl Iterator<Item = &'s Value> {
    objects::containers(set).iter().filter(|container| {
        runs_official_script(container)
            && !matches!(behind(set, container, "/conf"), Behind::Volume(_))
    })
}

/// Slow disks and large snapshots need more time than the image gives.
pub static SHORT_LIMITS_OF_IMAGE: Rule = Rule::new("ZK045", Warning, OFFICIAL, |facts, found| {
    let Some(set) = ensemble(facts).filter(|set| set.replicas() > 1) else {
        return;
    };
    for container in made_by_script(set) {
        let short = ["ZOO_INIT_LIMIT", "ZOO_SYNC_LIMIT"]
            .into_iter()
            .filter(|name| !has_variable(container, name));
        let names: Vec<String> = short.map(str::to_owned).collect();
        objects::listed(
            found,
            &SHORT_LIMITS_OF_IMAGE,
            set,
            &format!("{POD}.containers"),
            names,
        );
    }
})
.applies_to("the official image");

/// The file of the first start stays.
pub static CONFIG_OF_FIRST_START: Rule = Rule::new("ZK046", Advice, OFFICIAL, |facts, found| {
    let Some(set) = ensemble(facts) else {
        return;
    };
    let kept = made_by_script(set)
        .any(|container| matches!(behind(set, container, "/conf"), Behind::Scratch(_)));
    if kept {
        found
            .add(
                &CONFIG_OF_FIRST_START,
                set.subject(),
                args![object = set.subject()],
            )
            .place(set, &format!("{POD}.volumes"));
    }
})
.applies_to("the official image");

#[cfg(test)]
mod tests {
    use super::super::testing::{design, fires, found_in, repairs, silent};
    use super::ports;

    #[test]
    fn ports_behind_a_host() {
        for (address, count) in [
            ("zk-0:2888:3888", 2),
            ("zk-0:2888:3888:participant", 2),
            ("zk-0:2888", 1),
            ("zk-0", 0),
            ("[fd00::1]:2888:3888", 2),
            ("[fd00::1]:2888", 1),
        ] {
            assert_eq!(ports(address), count, "{address}");
        }
    }

    #[test]
    fn the_repair_of_readiness_fits_the_order_of_starting() {
        let ordered = design(&[("zookeeper.pod_management", "OrderedReady")]);
        repairs(&ordered, "ZK035");
        silent(&ordered, "ZK036");
        repairs(&design(&[("zookeeper.flavour", "tutorial")]), "ZK035");
        silent(&ordered.with("zookeeper.servers", "1"), "ZK035");
    }

    #[test]
    fn one_server_that_is_to_grow_names_itself() {
        let growing = design(&[
            ("zookeeper.servers", "1"),
            ("zookeeper.options[reconfigEnabled]", "true"),
        ]);
        let text = |design| {
            let report = crate::evaluate(design);
            let files = report.files.iter().map(|file| file.text());
            files.collect::<String>()
        };
        assert!(!text(&growing).contains("server.1="));
        let finding = repairs(&growing, "ZK041");
        let after = crate::engine::after(&growing, &finding.fixes[0].changes);
        assert!(text(&after).contains("server.1=zk-0."));
    }

    #[test]
    fn the_flag_of_the_tutorial_must_fit_the_pods() {
        let set = |servers: u8| {
            format!(
                "kind: StatefulSet\nmetadata: {{name: zk, namespace: kafka}}\nspec: {{replicas: 3, template: {{spec: {{containers: [{{name: c, command: [sh, -c, 'start-zookeeper --servers={servers} --heap=512M']}}]}}}}}}\n"
            )
        };
        assert_eq!(found_in(&design(&[]), &set(3), "ZK027"), []);
        assert_eq!(found_in(&design(&[]), &set(2), "ZK027").len(), 1);
    }

    #[test]
    fn a_log_beside_the_volume_is_lost_and_not_only_slow() {
        let lost = design(&[
            ("zookeeper.log_volume", "false"),
            ("zookeeper.data_log_dir", "/datalog"),
        ]);
        repairs(&lost, "ZK043");
        silent(&lost, "ZK018");
        let nested = design(&[
            ("zookeeper.log_volume", "false"),
            ("zookeeper.data_log_dir", "/data/log"),
        ]);
        repairs(&nested, "ZK019");
        repairs(&nested, "ZK018");
    }

    #[test]
    fn what_another_program_of_a_server_listens_on() {
        let admin = design(&[
            ("zookeeper.options[admin.enableServer]", "true"),
            ("zookeeper.options[admin.serverPort]", "2181"),
        ]);
        repairs(&admin, "ZK028");
        let metrics = (
            "zookeeper.options[metricsProvider.className]",
            "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider",
        );
        let metrics = design(&[metrics, ("zookeeper.ports.client", "7000")]);
        assert_eq!(
            fires(&metrics, "ZK028").subject,
            "zookeeper.options[metricsProvider.httpPort]"
        );
    }
}
