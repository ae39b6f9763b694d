//! ZK: the ensemble, and how the brokers find it.

use super::Severity::{Advice, Error, Warning};
use super::storage::is_below;
use super::{Effect, Facts, Findings, Fix, Rule, Side, ensemble};
use crate::args;
use crate::catalog::{self, ZooKeeperVersion};
use crate::design::{Change, FieldPath};
use crate::plan::{PodManagement, ReadinessCheck, ZooKeeper};

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &ensemble::NO_DATA_DIR,
    &ensemble::NO_TICK,
    &SESSION_BOUNDS,
    &NO_INIT_LIMIT,
    &NO_SYNC_LIMIT,
    &ensemble::ONE_NUMBER_FOR_ALL,
    &ensemble::NO_ELECTION_PORT,
    &TWO_SERVERS,
    &EVEN_SERVERS,
    &SINGLE_SERVER,
    &ensemble::OBSERVERS_ALONE,
    &MANY_SERVERS,
    &SESSION_RAISED,
    &SESSION_LOWERED,
    &NO_PURGE,
    &ensemble::WORD_REFUSED,
    &ensemble::LOG_SHARES_VOLUME,
    &ensemble::LOG_INSIDE_DATA,
    &SERVER_TWICE,
    &SERVER_UNDEFINED,
    &SERVERS_MISSING,
    &NO_CHROOT,
    &CHROOT_BEFORE_END,
    &FEW_CONNECTIONS,
    &ensemble::PACKETS_DIFFER,
    &ensemble::SERVERS_MISCOUNTED,
    &PORTS_OVERLAP,
    &ensemble::ADMIN_SERVER_OPEN,
    &OPEN_RECONFIGURATION,
    &BUDGET_BREAKS_QUORUM,
    &ensemble::LOGIN_HALF_ON,
    &ensemble::ADDRESS_WITHOUT_PORT,
    &ELECTION_ALGORITHM,
    &ensemble::READY_WITHOUT_QUORUM,
    &READINESS_WAITS_FOR_ITSELF,
    &NAMES_HIDDEN,
    &ensemble::HEAP_NEAR_LIMIT,
    &LINE_ENDED,
    &SERVER_TOO_OLD,
    &ensemble::ALONE_FOR_EVER,
    &NAMES_AND_READINESS_DEADLOCK,
    &ensemble::LOG_OUTSIDE_VOLUMES,
    &SERVER_EXCLUDED,
    &ensemble::SHORT_LIMITS_OF_IMAGE,
    &ensemble::CONFIG_OF_FIRST_START,
    &PURGE_MISSPELT,
];

const QUORUM: &str = "apache/zookeeper:zookeeper-server/src/main/java/org/apache/zookeeper/server/quorum/QuorumPeerConfig.java (master; same checks for size, limits and purge seen in release-3.4.10)";
const ADMIN: &str =
    "apache/zookeeper:zookeeper-docs/src/main/resources/markdown/zookeeperAdmin.md (release-3.9.3)";
const CONFIG: &str = "apache/kafka-site:35/generated/kafka_config.html";
const APPS: &str = "kubernetes/api:apps/v1/types.go (2026-07)";
const CORE: &str = "kubernetes/api:core/v1/types.go (2026-07)";
const NEWS: &str = "apache/zookeeper:zookeeper-website/app/pages/_landing/news/content.md (master)";

const CONNECT: &str = "zookeeper.connect";
const PURGE: &str = "autopurge.purgeInterval";

/// Two servers stand no failure.
pub static TWO_SERVERS: Rule = Rule::new("ZK008", Warning, QUORUM, |facts, found| {
    if facts.plan.zookeeper().is_some_and(|zk| *zk.servers == 2) {
        found
            .add(&TWO_SERVERS, "zookeeper.servers", args![])
            .at("zookeeper.servers")
            .fix(facts.fix_to("zookeeper.servers", 3));
    }
})
.effect(Effect::Procedure);

/// The last server raises the majority and not the tolerance.
pub static EVEN_SERVERS: Rule = Rule::new("ZK009", Warning, QUORUM, |facts, found| {
    let servers = facts.plan.zookeeper().map_or(0, |zk| *zk.servers);
    if servers >= 4 && servers % 2 == 0 {
        let tolerated = (servers - 1) / 2;
        found
            .add(
                &EVEN_SERVERS,
                "zookeeper.servers",
                args![servers, tolerated, fewer = servers - 1],
            )
            .at("zookeeper.servers")
            .fix(facts.fix_to("zookeeper.servers", servers - 1));
    }
})
.effect(Effect::Procedure);

/// Snapshots and logs grow until the volume is full.
pub static NO_PURGE: Rule = Rule::new("ZK015", Warning, ADMIN, |facts, found| {
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    let hours = zk
        .config
        .get(PURGE)
        .map_or(Ok(0), |text| text.trim().parse::<i64>());
    if hours == Ok(0) {
        let path = FieldPath::zookeeper_option(PURGE);
        found
            .add(
                &NO_PURGE,
                PURGE,
                args![size = &zk.data_volume.size.value.text],
            )
            .at(path.clone())
            .fix(facts.fix_to(path, 12));
    }
});

/// The hosts of `zookeeper.connect` with their ports, the chroot left out.
fn connect_hosts(facts: &Facts) -> Vec<String> {
    let text = facts.option(CONNECT).unwrap_or_default();
    let hosts = text.split('/').next().unwrap_or_default();
    hosts
        .split(',')
        .map(|host| host.trim().to_owned())
        .filter(|host| !host.is_empty())
        .collect()
}

/// A server named twice is no second server.
pub static SERVER_TWICE: Rule = Rule::new("ZK020", Error, CONFIG, |facts, found| {
    let hosts = connect_hosts(facts);
    let mut once = hosts.clone();
    once.sort_unstable();
    let twice: Vec<String> = once
        .chunk_by(|one, other| one == other)
        .filter(|same| same.len() > 1)
        .filter_map(|same| same.first().cloned())
        .collect();
    if !twice.is_empty() {
        once.dedup();
        found
            .add(
                &SERVER_TWICE,
                CONNECT,
                args![twice, different = once.len(), named = hosts.len()],
            )
            .at_option(CONNECT)
            .fix(Fix::unset(FieldPath::kafka_option(CONNECT)));
    }
})
.applies_to("≤ 3.9, ZooKeeper mode");

/// Only one path, behind all servers, is a chroot.
pub static CHROOT_BEFORE_END: Rule = Rule::new("ZK024", Error, CONFIG, |facts, found| {
    let connect = facts.option(CONNECT).unwrap_or_default();
    let Some((_, after)) = connect.split_once('/') else {
        return;
    };
    if after.contains(',') {
        found
            .add(&CHROOT_BEFORE_END, CONNECT, args![connect])
            .at_option(CONNECT)
            .at("zookeeper.chroot")
            .fix(Fix::unset(FieldPath::kafka_option(CONNECT)).with_care());
    }
})
.applies_to("≤ 3.9, ZooKeeper mode")
.hides(&["ZK020", "ZK021", "ZK022"]);

/// What a name inside the cluster means to the ensemble.
enum Named {
    /// A server, by its number.
    Server,
    /// A Service of the ensemble.
    Service,
    /// Nothing that the ensemble has.
    Nothing,
    /// A host elsewhere: not judged.
    Elsewhere,
}

fn named(zk: &ZooKeeper, domain: &str, host: &str) -> Named {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "2181"));
    let short = name
        .strip_suffix(domain)
        .and_then(|name| name.strip_suffix('.'))
        .unwrap_or(name);
    let Some(short) = short.strip_suffix(".svc") else {
        return Named::Elsewhere;
    };
    let Some(rest) = short.strip_suffix(&format!(".{}", *zk.namespace)) else {
        return Named::Nothing;
    };
    if port != zk.client_port.to_string() {
        return Named::Nothing;
    }
    if rest == *zk.client_name || rest == *zk.headless_name {
        return Named::Service;
    }
    let ordinal = rest
        .strip_suffix(zk.headless_name.as_str())
        .and_then(|rest| rest.strip_suffix('.'))
        .and_then(|pod| pod.strip_prefix(zk.name.as_str())?.strip_prefix('-'))
        .and_then(|ordinal| ordinal.parse::<u64>().ok());
    match ordinal {
        Some(ordinal) if ordinal < *zk.servers => Named::Server,
        _ => Named::Nothing,
    }
}

/// Brokers look for a server that is not there.
pub static SERVER_UNDEFINED: Rule = Rule::new("ZK021", Error, CONFIG, |facts, found| {
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    let domain = &facts.plan.cluster.domain;
    let unknown: Vec<String> = connect_hosts(facts)
        .into_iter()
        .filter(|host| matches!(named(zk, domain, host), Named::Nothing))
        .collect();
    if !unknown.is_empty() {
        found
            .add(&SERVER_UNDEFINED, CONNECT, args![unknown])
            .at_option(CONNECT)
            .fix(Fix::unset(FieldPath::kafka_option(CONNECT)));
    }
})
.applies_to("≤ 3.9, ZooKeeper mode");

/// Brokers do not know every server, so that they cannot turn to it.
pub static SERVERS_MISSING: Rule = Rule::new("ZK022", Warning, CONFIG, |facts, found| {
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    let domain = &facts.plan.cluster.domain;
    let mut hosts = connect_hosts(facts);
    hosts.sort_unstable();
    hosts.dedup();
    let all_servers = hosts
        .iter()
        .all(|host| matches!(named(zk, domain, host), Named::Server));
    let listed = hosts.len();
    if all_servers && listed > 0 && (listed as u64) < *zk.servers {
        found
            .add(
                &SERVERS_MISSING,
                CONNECT,
                args![listed, servers = *zk.servers],
            )
            .at_option(CONNECT)
            .fix(Fix::unset(FieldPath::kafka_option(CONNECT)));
    }
})
.applies_to("≤ 3.9, ZooKeeper mode");

/// Another cluster could never share the ensemble.
pub static NO_CHROOT: Rule = Rule::new("ZK023", Advice, CONFIG, |facts, found| {
    let connect = facts.option(CONNECT).unwrap_or_default();
    if facts.plan.has_ensemble() && !connect.contains('/') {
        let name = facts.plan.kafka.name.as_str();
        let mut fix = Fix::set("zookeeper.chroot", format!("/{name}"));
        let typed = FieldPath::kafka_option(CONNECT);
        if facts.design.get(&typed).is_some() {
            fix.changes.push(Change::unset(typed));
        }
        found
            .add(&NO_CHROOT, CONNECT, args![name])
            .at("zookeeper.chroot")
            .at_option(CONNECT)
            .fix(fix);
    }
})
.applies_to("≤ 3.9, ZooKeeper mode")
.effect(Effect::AbandonsData);

/// Draining a node may take the majority away.
pub static BUDGET_BREAKS_QUORUM: Rule = Rule::new(
    "ZK031",
    Error,
    "derived, see Failure model",
    |facts, found| {
        for budget in facts.of_kind("PodDisruptionBudget") {
            let ensemble = facts.of_kind("StatefulSet").find(|set| {
                facts.side(set) == Side::ZooKeeper
                    && budget.selects("spec.selector.matchLabels", set)
            });
            let Some(set) = ensemble else {
                continue;
            };
            let servers = set.replicas();
            let quorum = servers / 2 + 1;
            let Some(allowed) = super::kubernetes::allowed_disruptions(budget, servers) else {
                continue;
            };
            if servers >= 3 && servers - allowed < quorum {
                found
                    .add(
                        &BUDGET_BREAKS_QUORUM,
                        budget.subject(),
                        args![servers, allowed, quorum],
                    )
                    .at("zookeeper.max_unavailable")
                    .place(budget, "spec.maxUnavailable")
                    .fix(facts.fix_to("zookeeper.max_unavailable", 1));
            }
        }
    },
)
.effect(Effect::Nothing)
.hides(&["K8S029"]);

fn readiness_needs_quorum(zk: &ZooKeeper) -> bool {
    zk.pods.readiness.is_some() && *zk.readiness_check == ReadinessCheck::Srvr && *zk.servers > 1
}

/// The first server waits for a majority that only comes after it.
pub static READINESS_WAITS_FOR_ITSELF: Rule = Rule::new("ZK036", Error, APPS, |facts, found| {
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    if readiness_needs_quorum(zk) && *zk.pods.management == PodManagement::OrderedReady {
        found
            .add(
                &READINESS_WAITS_FOR_ITSELF,
                zk.name.as_str(),
                args![pod = zk.pod_name(0), quorum = zk.quorum()],
            )
            .at("zookeeper.readiness.check")
            .at("zookeeper.pod_management")
            .fix_with(
                Effect::RollingRestart,
                facts.fix_to("zookeeper.readiness.check", "ruok"),
            )
            .fix(facts.fix_to("zookeeper.pod_management", "Parallel"));
    }
})
.effect(Effect::Recreate);

/// Servers cannot find each other before they are ready.
pub static NAMES_HIDDEN: Rule = Rule::new("ZK037", Warning, CORE, |facts, found| {
    names_hidden(facts, found, &NAMES_HIDDEN, false);
})
.effect(Effect::Nothing);

/// Servers have no names until they are ready, and are not ready until they meet.
pub static NAMES_AND_READINESS_DEADLOCK: Rule = Rule::new("ZK042", Error, CORE, |facts, found| {
    names_hidden(facts, found, &NAMES_AND_READINESS_DEADLOCK, true);
})
.effect(Effect::Nothing)
.hides(&["ZK037"]);

fn names_hidden(facts: &Facts, found: &mut Findings, rule: &'static Rule, deadlock: bool) {
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    if *zk.publish_not_ready || *zk.servers < 2 || (deadlock && !readiness_needs_quorum(zk)) {
        return;
    }
    found
        .add(
            rule,
            zk.headless_name.as_str(),
            args![service = zk.headless_name.as_str()],
        )
        .at("zookeeper.publish_not_ready")
        .fix(facts.fix_to("zookeeper.publish_not_ready", true));
}

/// Nobody mends this line any more.
pub static LINE_ENDED: Rule = Rule::new("ZK039", Warning, NEWS, |facts, found| {
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    let ended = catalog::zookeeper_release(*zk.version).and_then(|release| release.end_of_life);
    let Some(since) = ended else {
        return;
    };
    let version = zk.version.to_string();
    let finding = found.add(&LINE_ENDED, "zookeeper.version", args![version, since]);
    newer_server(facts, zk, finding);
})
.effect(Effect::Procedure);

/// The official image reads every option; what was typed for it and cannot be used goes.
pub(super) fn official_image(facts: &Facts) -> Fix {
    let mut fix = Fix::set("zookeeper.flavour", "official");
    let unusable = facts.unusable_after(&fix.changes).into_iter();
    let unread = unusable.filter(|path| facts.plan.problems.iter().all(|one| one.path != *path));
    fix.changes.extend(unread.map(Change::unset));
    fix.changes.extend(log_on_volume(facts));
    fix
}

/// The official image has other folders: what keeps the log on a volume there.
fn log_on_volume(facts: &Facts) -> Option<Change> {
    let zk = facts.plan.zookeeper()?;
    let typed = |path: &str| {
        let text = facts.design.get(&path.into())?.trim();
        (!text.is_empty()).then_some(text)
    };
    let data = typed("zookeeper.data_dir");
    let mount = data.filter(|data| !is_below(data, "/data"));
    let log = typed("zookeeper.data_log_dir").unwrap_or("/data/log");
    if zk.log_volume.is_some() || is_below(log, mount.unwrap_or("/data")) {
        return None;
    }
    Some(match mount {
        None => Change::unset("zookeeper.data_log_dir"),
        Some(_) => Change::set("zookeeper.log_volume", "true"),
    })
}

fn newer_server(facts: &Facts, zk: &ZooKeeper, finding: &mut super::Finding) {
    if zk.is_tutorial() {
        let mut fix = official_image(facts);
        // A release that was typed before holds again.
        let typed = facts.design.get(&"zookeeper.version".into());
        let ended = |version| {
            catalog::zookeeper_release(version).is_none_or(|one| one.end_of_life.is_some())
        };
        if typed.is_some_and(|text| text.trim().parse().is_ok_and(ended)) {
            fix.changes.push(Change::unset("zookeeper.version"));
        }
        finding.at("zookeeper.flavour").fix(fix);
    } else {
        finding
            .at("zookeeper.version")
            .fix(Fix::unset("zookeeper.version"));
    }
}

/// The ensemble, when it is too old for the client inside Kafka: with the releases of all three.
fn too_old<'p>(facts: &Facts<'p>) -> Option<(&'p ZooKeeper, crate::text::Args)> {
    let kafka = &facts.plan.kafka;
    let zk = facts.plan.zookeeper()?;
    let client = catalog::kafka_release(*kafka.version)?.zookeeper_client?;
    let first = ZooKeeperVersion::of(3, 5, 0);
    if client < first || *zk.version >= first {
        return None;
    }
    let (server, broker) = (zk.version.to_string(), kafka.version.to_string());
    Some((zk, args![server, broker, client = client.to_string()]))
}

/// The client inside Kafka is newer than this server answers for.
pub static SERVER_TOO_OLD: Rule = Rule::new(
    "ZK040",
    Warning,
    "apache/kafka:gradle/dependencies.gradle (2.8.2 … 3.9.0-rc3), apache/kafka:docs/upgrade.html (3.9.0-rc3)",
    |facts, found| {
        if let Some((zk, args)) = too_old(facts)
            && !facts.plan.kafka.version.refuses_zookeeper_3_4()
        {
            let finding = found.add(&SERVER_TOO_OLD, "zookeeper.version", args);
            newer_server(facts, zk, finding);
            finding.at("kafka.version");
        }
    },
)
.applies_to("Kafka 2.4–3.5")
.effect(Effect::Procedure);

/// From 3.6 Kafka's notes exclude such a server.
pub static SERVER_EXCLUDED: Rule = Rule::new(
    "ZK044",
    Error,
    "apache/kafka:docs/upgrade.html (3.9.0-rc3)",
    |facts, found| {
        if let Some((zk, args)) = too_old(facts)
            && facts.plan.kafka.version.refuses_zookeeper_3_4()
        {
            let finding = found.add(&SERVER_EXCLUDED, "zookeeper.version", args);
            newer_server(facts, zk, finding);
            finding.at("kafka.version");
        }
    },
)
.applies_to("Kafka 3.6–3.9")
.effect(Effect::Procedure);

/// The script of the image writes the name of the purge wrongly, so that it stays off.
pub static PURGE_MISSPELT: Rule = Rule::new(
    "ZK047",
    Warning,
    "kow3ns/kubernetes-zookeeper:docker/scripts/start-zookeeper (branch 1.0-3.4.10)",
    |facts, found| {
        let Some(zk) = facts.plan.zookeeper().filter(|zk| zk.is_tutorial()) else {
            return;
        };
        found
            .add(
                &PURGE_MISSPELT,
                PURGE,
                args![size = &zk.data_volume.size.value.text],
            )
            .at("zookeeper.flavour")
            .at(FieldPath::zookeeper_option(PURGE))
            .fix(official_image(facts));
    },
)
.applies_to("the tutorial's image")
.effect(Effect::Procedure)
.hides(&["ZK015"]);

/// The number in force for an option of the ensemble, as written or as the version has it.
pub(super) fn whole(zookeeper: &ZooKeeper, name: &str) -> Option<i64> {
    let written = zookeeper.config.get(name).map(str::to_owned);
    let value = written.or_else(|| {
        let option = catalog::zookeeper_option(name, *zookeeper.version).known()?;
        option.default.map(str::to_owned)
    });
    value?.trim().parse().ok()
}

pub(super) fn option_path(name: &str) -> FieldPath {
    FieldPath::from(format!("zookeeper.options[{name}]"))
}

const SHORTEST: &str = "minSessionTimeout";
const LONGEST: &str = "maxSessionTimeout";

/// The bounds exclude every session.
pub static SESSION_BOUNDS: Rule = Rule::new("ZK003", Error, QUORUM, |facts, found| {
    let Some(zookeeper) = facts.plan.zookeeper() else {
        return;
    };
    if let (Some(low), Some(high)) = (whole(zookeeper, SHORTEST), whole(zookeeper, LONGEST))
        && low > high
    {
        found
            .add(&SESSION_BOUNDS, SHORTEST, args![low, high])
            .at(option_path(SHORTEST))
            .at(option_path(LONGEST))
            .fix(Fix::unset_all([
                option_path(SHORTEST),
                option_path(LONGEST),
            ]));
    }
});

/// A time that the ensemble needs is zero.
fn zero(facts: &Facts, found: &mut Findings, rule: &'static Rule, name: &str, least: u64) {
    let Some(zookeeper) = facts.plan.zookeeper() else {
        return;
    };
    if *zookeeper.servers >= least && whole(zookeeper, name) == Some(0) {
        found
            .add(rule, name, args![])
            .at(option_path(name))
            .fix(Fix::unset(option_path(name)));
    }
}

/// Members need time to start.
pub static NO_INIT_LIMIT: Rule = Rule::new("ZK004", Error, QUORUM, |facts, found| {
    zero(facts, found, &NO_INIT_LIMIT, "initLimit", 2);
});

/// Members need time to follow.
pub static NO_SYNC_LIMIT: Rule = Rule::new("ZK005", Error, QUORUM, |facts, found| {
    zero(facts, found, &NO_SYNC_LIMIT, "syncLimit", 2);
});

/// Any restart stops everything that changes.
pub static SINGLE_SERVER: Rule = Rule::new("ZK010", Warning, ADMIN, |facts, found| {
    let single = facts.plan.zookeeper().filter(|zk| *zk.servers == 1);
    if let Some(zk) = single.filter(|_| !facts.is_development()) {
        let mut fix = facts.fix_to("zookeeper.servers", 3);
        if !*zk.publish_not_ready {
            // Several servers must find each other before they are ready.
            fix.changes
                .push(Change::unset("zookeeper.publish_not_ready"));
        }
        found
            .add(&SINGLE_SERVER, "zookeeper.servers", args![])
            .at("zookeeper.servers")
            .fix(fix);
    }
})
.effect(Effect::Procedure);

/// Every write waits for a large majority.
pub static MANY_SERVERS: Rule = Rule::new("ZK012", Warning, ADMIN, |facts, found| {
    let servers = facts.plan.zookeeper().map_or(0, |zk| *zk.servers);
    if servers > 7 {
        found
            .add(&MANY_SERVERS, "zookeeper.servers", args![servers])
            .at("zookeeper.servers")
            .fix(facts.fix_to("zookeeper.servers", 5));
    }
})
.effect(Effect::Procedure);

const SESSION: &str = "zookeeper.session.timeout.ms";

/// The ensemble gives brokers another session than they ask for.
fn session_changed(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    bound: &str,
    fits: fn(i64, i64) -> bool,
) {
    let Some(zookeeper) = facts.plan.zookeeper() else {
        return;
    };
    if let (Some(session), Some(limit)) = (facts.whole(SESSION), whole(zookeeper, bound))
        && !fits(session, limit)
    {
        found
            .add(rule, SESSION, args![session, limit])
            .at_option(SESSION)
            .at(option_path(bound))
            .fix(Fix::set_option(SESSION, limit));
    }
}

/// A session shorter than the ensemble allows.
pub static SESSION_RAISED: Rule = Rule::new("ZK013", Warning, ADMIN, |facts, found| {
    session_changed(facts, found, &SESSION_RAISED, SHORTEST, |session, least| {
        session >= least
    });
})
.applies_to("≤ 3.9");

/// A session longer than the ensemble allows.
pub static SESSION_LOWERED: Rule = Rule::new("ZK014", Warning, ADMIN, |facts, found| {
    session_changed(facts, found, &SESSION_LOWERED, LONGEST, |session, most| {
        session <= most
    });
})
.applies_to("≤ 3.9");

/// Brokers and tools from one address share a number of connections.
pub static FEW_CONNECTIONS: Rule = Rule::new("ZK025", Warning, ADMIN, |facts, found| {
    let name = "maxClientCnxns";
    let brokers = i64::try_from(*facts.plan.kafka.brokers).unwrap_or(i64::MAX);
    let most = facts.plan.zookeeper().and_then(|zk| whole(zk, name));
    if let Some(most) = most.filter(|&most| most > 0 && most < brokers) {
        found
            .add(&FEW_CONNECTIONS, name, args![most, brokers])
            .at(option_path(name))
            .fix(facts.fix_to(option_path(name), brokers.saturating_mul(3).max(60)));
    }
});

/// Two ports are one.
pub static PORTS_OVERLAP: Rule = Rule::new("ZK028", Error, QUORUM, |facts, found| {
    let Some(zk) = facts.plan.zookeeper() else {
        return;
    };
    let mut ports: Vec<(FieldPath, u16)> = vec![
        ("zookeeper.ports.client".into(), *zk.client_port),
        ("zookeeper.ports.server".into(), *zk.server_port),
        ("zookeeper.ports.election".into(), *zk.election_port),
    ];
    let metrics = zk.config.get("metricsProvider.className");
    for (name, usual, open) in [
        (
            "admin.serverPort",
            8080,
            ensemble::is_on(zk, "admin.enableServer"),
        ),
        (
            "metricsProvider.httpPort",
            7000,
            metrics.is_some_and(|class| class.contains("Prometheus")),
        ),
    ] {
        if open {
            let port = whole(zk, name).and_then(|port| u16::try_from(port).ok());
            ports.push((option_path(name), port.unwrap_or(usual)));
        }
    }
    for (at, (path, port)) in ports.iter().enumerate() {
        if let Some((other, _)) = ports.iter().take(at).find(|(_, other)| other == port) {
            let typed = [path, other]
                .into_iter()
                .filter(|path| facts.design.get(path).is_some());
            let fix = Fix::unset_all(typed.cloned());
            found
                .add(
                    &PORTS_OVERLAP,
                    path.as_str(),
                    args![port = port.to_string()],
                )
                .at(path.clone())
                .at(other.clone())
                .fix(fix);
        }
    }
})
.effect(Effect::Procedure);

/// Whoever reaches the port changes who belongs to the ensemble.
pub static OPEN_RECONFIGURATION: Rule = Rule::new("ZK030", Warning, ADMIN, |facts, found| {
    let name = "reconfigEnabled";
    let value = facts.plan.zookeeper().and_then(|zk| zk.config.get(name));
    if value.is_some_and(|value| value.trim() == "true") {
        found
            .add(&OPEN_RECONFIGURATION, name, args![])
            .at(option_path(name))
            .fix(Fix::unset(option_path(name)));
    }
})
.applies_to("≥ 3.5");

/// Only one way of electing is left.
pub static ELECTION_ALGORITHM: Rule = Rule::new("ZK034", Error, QUORUM, |facts, found| {
    let name = "electionAlg";
    let value = facts.plan.zookeeper().and_then(|zk| whole(zk, name));
    if let Some(value) = value.filter(|&value| value != 3) {
        found
            .add(&ELECTION_ALGORITHM, name, args![value])
            .at(option_path(name))
            .fix(Fix::unset(option_path(name)));
    }
});

#[cfg(test)]
mod tests {
    use super::super::testing::{design, repairs, silent};

    const CONNECT: &str = "kafka.options[zookeeper.connect]";

    fn server(ordinal: u64) -> String {
        format!("zk-{ordinal}.zk-hs.kafka.svc.cluster.local:2181")
    }

    #[test]
    fn ensembles_of_a_bad_size() {
        repairs(&design(&[("zookeeper.servers", "2")]), "ZK008");
        repairs(&design(&[("zookeeper.servers", "4")]), "ZK009");
        silent(&design(&[("zookeeper.servers", "5")]), "ZK009");
    }

    #[test]
    fn logs_that_are_never_purged() {
        repairs(
            &design(&[("zookeeper.options[autopurge.purgeInterval]", "0")]),
            "ZK015",
        );
        let tutorial = design(&[
            ("zookeeper.flavour", "tutorial"),
            ("zookeeper.options[autopurge.purgeInterval]", "0"),
        ]);
        repairs(&tutorial, "ZK047");
        silent(&tutorial, "ZK015");
    }

    #[test]
    fn a_server_listed_three_times() {
        let thrice = [server(0), server(0), server(0)].join(",");
        repairs(&design(&[(CONNECT, &thrice)]), "ZK020");
        repairs(&design(&[(CONNECT, &thrice)]), "ZK022");
        silent(
            &design(&[(CONNECT, &[server(0), server(1), server(2)].join(","))]),
            "ZK022",
        );
    }

    #[test]
    fn a_server_that_the_ensemble_does_not_have() {
        repairs(&design(&[(CONNECT, &server(3))]), "ZK021");
        repairs(
            &design(&[(CONNECT, "zk-cs.default.svc.cluster.local:2181")]),
            "ZK021",
        );
        silent(
            &design(&[(CONNECT, "zk-cs.kafka.svc.cluster.local:2181")]),
            "ZK021",
        );
        silent(&design(&[(CONNECT, "zk.example.com:2181")]), "ZK021");
    }

    #[test]
    fn hidden_names_say_the_worse_thing_only() {
        let hidden = design(&[("zookeeper.publish_not_ready", "false")]);
        repairs(&hidden, "ZK042");
        silent(&hidden, "ZK037");
        repairs(&hidden.with("zookeeper.readiness.check", "ruok"), "ZK037");
    }

    #[test]
    fn servers_that_are_too_old() {
        let old = design(&[("zookeeper.flavour", "tutorial")]);
        repairs(&old, "ZK044");
        silent(&old, "ZK040");
        let older = old.clone().with("kafka.version", "3.5.2");
        repairs(&older, "ZK040");
        silent(&older, "ZK044");
        repairs(&old, "ZK039");
        repairs(&design(&[("zookeeper.version", "3.6.4")]), "ZK039");
        silent(&design(&[]), "ZK039");
    }

    #[test]
    fn options_of_the_ensemble_that_contradict_each_other() {
        let cases = [
            (
                "ZK003",
                "zookeeper.options[minSessionTimeout]",
                "50000",
                "40000",
            ),
            ("ZK004", "zookeeper.options[initLimit]", "0", "1"),
            ("ZK005", "zookeeper.options[syncLimit]", "0", "1"),
            ("ZK010", "zookeeper.servers", "1", "3"),
            ("ZK012", "zookeeper.servers", "9", "7"),
            (
                "ZK013",
                "zookeeper.options[minSessionTimeout]",
                "18001",
                "18000",
            ),
            (
                "ZK014",
                "zookeeper.options[maxSessionTimeout]",
                "17999",
                "18000",
            ),
            ("ZK025", "zookeeper.options[maxClientCnxns]", "2", "3"),
            ("ZK028", "zookeeper.ports.server", "3888", "3889"),
            (
                "ZK030",
                "zookeeper.options[reconfigEnabled]",
                "true",
                "false",
            ),
            ("ZK034", "zookeeper.options[electionAlg]", "2", "3"),
        ];
        let mut refused = Vec::new();
        for (id, path, wrong, right) in cases {
            let wrong = super::super::testing::design(&[(path, wrong)]);
            let right = super::super::testing::design(&[(path, right)]);
            if super::super::testing::found(&wrong, id).len() == 1 {
                super::super::testing::repairs(&wrong, id);
                super::super::testing::silent(&right, id);
            } else {
                refused.push(id);
            }
        }
        assert_eq!(refused, Vec::<&str>::new());
    }
}
