//! Kafka runs the rendered brokers, and a client outside proves what the engine says of them.

use kafka_cluster_designer::catalog;
use kafka_cluster_designer::design::{Design, identity};
use kafka_cluster_designer::evaluate;
use kafka_cluster_designer::migrate::{StepKind, migration};
use kafka_cluster_designer::plan::{Member, Plan, Quorum};
use kafka_cluster_designer::presets::preset;
use kafka_cluster_designer::simulate::{Part, Placement, client_views, without};
use serde_json::{Value, json};

use super::programs::{Bundle, accepts, network, refuses};

/// What the engine says of a design, for the referee to prove.
fn facts(design: &Design) -> Value {
    let plan = Plan::of(design);
    let kafka = &plan.kafka;
    let brokers: Vec<Value> = kafka
        .each_broker()
        .map(|(group, ordinal)| {
            let endpoints: Vec<String> = kafka
                .listeners
                .iter()
                .map(|listener| {
                    let (host, port) = kafka.advertised(listener, group, ordinal);
                    format!("{}://{host}:{port}", *listener.name)
                })
                .collect();
            json!({
                "id": *group.id_base + ordinal,
                "pod": format!("{}-{ordinal}", *group.name),
                "endpoints": endpoints,
                "rack": group.zone.value,
            })
        })
        .collect();
    let views: Vec<Value> = client_views(&plan)
        .iter()
        .map(|view| {
            let told: Vec<Value> = view
                .brokers
                .iter()
                .map(|broker| json!({ "id": broker.id, "address": broker.address }))
                .collect();
            json!({
                "standpoint": format!("{:?}", view.standpoint),
                "bootstrap": view.bootstrap,
                "brokers": told,
            })
        })
        .collect();
    let placement = Placement::of(&plan);
    let losses: Vec<Value> = (1..brokers.len())
        .map(|lost| {
            let parts: Vec<Part> = (0..lost).map(Part::Broker).collect();
            let topics = without(&plan, &placement, &parts).topics;
            json!({ "readable": topics.readable, "writable": topics.writable })
        })
        .collect();
    let whole = |option: &str| kafka.config.whole(option, *kafka.version);
    let connect = kafka.config.in_force("zookeeper.connect");
    let chroot = connect.and_then(|connect| connect.split_once('/'));
    json!({
        "brokers": brokers,
        "views": views,
        "losses": losses,
        "members": members(&plan),
        "cluster_id": plan.kraft().and_then(|kraft| kraft.cluster_id.value.clone()),
        "quorum_losses": quorum_losses(&plan, &placement),
        "internal_port": *kafka.listeners[0].port,
        "partitions": whole("num.partitions"),
        "copies": whole("default.replication.factor"),
        "chroot": chroot.map_or(String::new(), |(_, path)| format!("/{path}")),
        "shipped": kafka.config.base,
        // Each takes a minute: a design that runs one says so.
        "smoke_tests": [],
    })
}

/// The controllers, in the order of their pods.
fn members(plan: &Plan) -> Vec<Value> {
    let Some(kraft) = plan.kraft() else {
        return Vec::new();
    };
    let member = |(at, member): (usize, &Member)| {
        let directory = kraft.directory_ids.get(at);
        json!({
            "id": member.id,
            "pod": member.host.split('.').next(),
            "directory": directory.filter(|_| *kraft.quorum == Quorum::Dynamic),
        })
    };
    kraft.members.iter().enumerate().map(member).collect()
}

/// Whether the rest still elects when so many controllers with pods of their own are lost.
fn quorum_losses(plan: &Plan, placement: &Placement) -> Vec<bool> {
    let controllers = plan.controllers().map_or(0, |_| placement.servers.len());
    (1..controllers)
        .map(|lost| {
            let parts: Vec<Part> = (0..lost).map(Part::Server).collect();
            without(plan, placement, &parts).quorum
        })
        .collect()
}

/// With an ensemble of the version that Debian has.
fn with_ensemble(design: Design) -> Design {
    design
        .with("zookeeper.flavour", "official")
        .with("zookeeper.version", "3.8.0")
}

fn write_facts(bundle: &Bundle, facts: &Value) -> String {
    bundle.write("facts.json", &facts.to_string());
    let path = bundle.0.join("facts.json");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn kafka_3_9_with_node_ports_holds_what_the_engine_says() {
    let design = with_ensemble(Design::default())
        .with("kafka.version", "3.9.2")
        .with("kafka.listeners[external].exposure", "node-port")
        .with("kafka.groups[main].id_base", "10")
        .with("kafka.groups[main].zone", "zone-a")
        .with("zookeeper.chroot", "/kafka");
    let network = network();
    let bundle = Bundle::of(&design, "brokers-3.9");
    let mut facts = facts(&design);
    facts["smoke_tests"] = json!(["inside.yaml"]);
    let facts = write_facts(&bundle, &facts);
    accepts("brokers", &bundle, &[&network.prefix, "kafka-3.9", &facts]);
}

#[test]
fn kafka_3_5_with_the_repaired_flags_of_the_article_holds_what_the_engine_says() {
    let article = preset("article").expect("a preset").design();
    let design = with_ensemble(article);
    let network = network();
    let bundle = Bundle::of(&design, "brokers-3.5");
    let mut facts = facts(&design);
    facts["smoke_tests"] = json!(["outside.yaml"]);
    let facts = write_facts(&bundle, &facts);
    accepts("brokers", &bundle, &[&network.prefix, "kafka-3.5", &facts]);
}

#[test]
fn kafka_2_8_behind_load_balancers_holds_what_the_engine_says() {
    let network = network();
    let balancers = ["231", "232", "233"].map(|host| format!("{}.{host}", network.prefix));
    let design = with_ensemble(Design::default())
        .with("kafka.version", "2.8.2")
        .with("kafka.listeners[external].exposure", "load-balancer")
        .with("kafka.listeners[external].addresses", &balancers.join(", "))
        .with_list("kafka.disks", &["fast", "slow"]);
    let bundle = Bundle::of(&design, "brokers-2.8");
    let facts = write_facts(&bundle, &facts(&design));
    accepts("brokers", &bundle, &[&network.prefix, "kafka-2.8", &facts]);
}

/// Without ZooKeeper, reached from outside through node ports; its ids are the same each time.
fn kraft(mode: &str, version: &str) -> Design {
    let design = Design::default()
        .with("cluster.coordination", mode)
        .with("kafka.version", version)
        .with("kafka.listeners[external].exposure", "node-port");
    let mut number = 0;
    identity::completed(design, || {
        number += 1;
        [number; 16]
    })
}

fn holds_what_the_engine_says(design: &Design, name: &str, kafka: &str) {
    let network = network();
    let bundle = Bundle::of(design, name);
    let facts = write_facts(&bundle, &facts(design));
    accepts("brokers", &bundle, &[&network.prefix, kafka, &facts]);
}

#[test]
fn kafka_4_3_with_controllers_of_its_own_holds_what_the_engine_says() {
    let design = kraft("kraft-dedicated", "4.3.1").with("kafka.groups[main].zone", "zone-a");
    holds_what_the_engine_says(&design, "kraft-4.3", "kafka-4.3");
}

#[test]
fn kafka_4_1_whose_brokers_are_the_controllers_holds_what_the_engine_says() {
    let design = kraft("kraft-combined", "4.1.2");
    holds_what_the_engine_says(&design, "kraft-4.1", "kafka-4.1");
}

#[test]
fn kafka_3_9_with_a_static_quorum_holds_what_the_engine_says() {
    let design = kraft("kraft-dedicated", "3.9.2").with("kraft.quorum", "static");
    holds_what_the_engine_says(&design, "kraft-3.9", "kafka-3.9");
}

#[test]
fn brokers_of_another_cluster_are_refused() {
    let design = kraft("kraft-dedicated", "4.3.1");
    let bundle = Bundle::of(&design, "kraft-ids");
    let facts = write_facts(&bundle, &facts(&design));
    let plan = Plan::of(&design);
    let id = plan
        .kraft()
        .and_then(|kraft| kraft.cluster_id.value.clone());
    let id = id.expect("an id");
    let other = identity::id([99; 16]);
    bundle.edit("30-kafka/statefulset.yaml", &id, &other);
    let network = network();
    refuses(
        "brokers",
        &bundle,
        &[&network.prefix, "kafka-4.3", &facts],
        &["kafka-0"],
    );
}

/// The way of a cluster to KRaft; after these steps it goes back first.
fn migrates(design: &Design, name: &str, back_after: &[&str]) {
    const ID: &str = "7BNj1xnyRAm5z7W8h5GzWg";
    let way = migration(design, Some(ID)).expect("a way");
    let mut facts = facts(design);
    facts["members"] = json!(members(way.after()));
    facts["cluster_id"] = json!(ID);
    let steps = way.steps.iter();
    let steps: Vec<Value> = steps
        .map(|step| json!({ "kind": step.kind.id(), "folder": step.folder() }))
        .collect();
    facts["steps"] = json!(steps);
    facts["back_after"] = json!(back_after);
    facts["completed"] = json!(kafka_cluster_designer::migrate::COMPLETED);
    assert!(way.step(StepKind::Release).is_none(), "it is 3.9 already");
    let bundle = Bundle::with(
        &[("start", &evaluate(design).files), ("way", &way.files())],
        name,
    );
    let network = network();
    let facts = write_facts(&bundle, &facts);
    accepts(
        "migration",
        &bundle,
        &[&network.prefix, "kafka-3.9", &facts],
    );
}

#[test]
fn a_cluster_comes_from_zookeeper_to_kraft_and_loses_nothing() {
    let design = with_ensemble(Design::default())
        .with("kafka.version", "3.9.2")
        .with("kafka.listeners[external].exposure", "node-port")
        .with("zookeeper.chroot", "/kafka");
    migrates(&design, "migration", &[]);
}

#[test]
fn a_cluster_comes_back_to_zookeeper_and_goes_again() {
    let design = with_ensemble(Design::default())
        .with("kafka.version", "3.9.2")
        .with("kafka.listeners[external].exposure", "node-port")
        .with("kafka.groups[main].brokers", "1")
        .with("zookeeper.servers", "1")
        .with("controllers.count", "1");
    migrates(&design, "migration-back", &["brokers"]);
}

/// The flags of the article, but for the address of its node, which is rewritten to loopback.
fn article_flags() -> String {
    let facts = include_str!("../fixtures/article.facts");
    let broker = facts
        .split("# StatefulSet kafka\n")
        .nth(1)
        .expect("brokers");
    let flags = broker.lines().filter_map(|line| {
        let (name, value) = line
            .strip_prefix("spec.template.spec.containers[kafka].command.flag[")?
            .split_once("] = ")?;
        Some(format!("            --override {name}={value}"))
    });
    let flags: Vec<String> = flags.collect();
    assert_eq!(flags.len(), 87, "every flag of the article");
    let text = flags.join(" \\\n").replace("10.10.101.114", "${HOST_IP}");
    // The connection string names a server three times, as the article does.
    assert!(text.contains("zk-0.zk-hs.default.svc.cluster.local:2181,zk-0."));
    text
}

#[test]
fn the_articles_own_flags_keep_data_outside_the_claim() {
    let design = with_ensemble(preset("article").expect("a preset").design());
    let bundle = Bundle::of(&design, "brokers-article");
    let file = "30-kafka/statefulset.yaml";
    let text = bundle.read(file);
    let begin = text.find("            --override ").expect("flags");
    let end = begin + text[begin..].find("        ports:").expect("the next key");
    bundle.write(
        file,
        &format!("{}{}\n{}", &text[..begin], article_flags(), &text[end..]),
    );
    bundle.edit(
        "30-kafka/external-services.yaml",
        "targetPort: external",
        "targetPort: 9092",
    );
    let base = catalog::sample_server_properties(Plan::of(&design).kafka.version.line());
    let external = |ordinal: u64| format!("$node:{}", 30127 + ordinal);
    let brokers = [0, 1, 2].map(|id| {
        json!({
            "id": id,
            "pod": format!("kafka-{id}"),
            "endpoints": [format!("PLAINTEXT://{}", external(id))],
        })
    });
    let told = [0, 1, 2].map(|id| json!({ "id": id, "address": external(id) }));
    let start = [0, 1, 2].map(external);
    let view = json!({
        "standpoint": "Outside",
        "bootstrap": start,
        "brokers": told,
    });
    let facts = json!({
        "brokers": brokers,
        "views": [view],
        "losses": [],
        "members": [],
        "quorum_losses": [],
        "partitions": 1,
        "copies": 1,
        "chroot": "",
        "shipped": base,
        "smoke_tests": [],
    });
    let network = network();
    let facts = write_facts(&bundle, &facts);
    refuses(
        "brokers",
        &bundle,
        &[&network.prefix, "kafka-3.5", &facts],
        &[
            "keeps its data in /tmp/kafka-logs, which is on no claim",
            "does not know the option quota.producer.default",
            "does not know the option quota.consumer.default",
        ],
    );
}

#[test]
fn brokers_whose_node_ports_lead_elsewhere_are_refused() {
    let design = with_ensemble(Design::default())
        .with("kafka.version", "3.9.2")
        .with("kafka.listeners[external].exposure", "node-port");
    let bundle = Bundle::of(&design, "brokers-ports");
    let facts = write_facts(&bundle, &facts(&design));
    let plan = Plan::of(&design);
    let first = *plan.kafka.listeners[1].first_node_port;
    bundle.edit(
        "30-kafka/statefulset.yaml",
        &format!("$(({first} + "),
        &format!("$(({} + ", first + 100),
    );
    let network = network();
    refuses(
        "brokers",
        &bundle,
        &[&network.prefix, "kafka-3.9", &facts],
        &["and the plan says"],
    );
}
