//! The bundle's README: how this very cluster is built, applied, checked, changed and removed.
//!
//! Commands name what the manifests name: Jobs, Deployments and labels are read from the objects,
//! so that a renderer need not be known here.

use std::sync::Arc;

use super::SMOKE_TEST;
use super::commands::{self, WAIT, name_and_space, rollout, selector};
use super::markdown::{Markdown, prose};
use crate::args;
use crate::plan::{
    Address, Affinity, Controllers, Exposure, Group, KRaft, Listener, Plan, PodManagement, Quorum,
    StorageKind, ZooKeeper,
};
use crate::render::document::Document;
use crate::render::shell::single as quoted;
use crate::render::{File, Rendered};
use crate::rules::{Finding, Question, Severity};
use crate::text::{Lang, bytes_words, words};

/// The largest manifest that a plain `kubectl apply` takes: it keeps a copy in an annotation.
const PLAIN_APPLY: usize = 256 << 10;

/// How many brokers are listed one by one.
const LISTED: usize = 12;

/// The README of a bundle.
pub fn file(
    plan: &Plan,
    outputs: &[Arc<Rendered>],
    findings: &[Finding],
    questions: &[Question],
) -> File {
    let mut readme = Readme {
        plan,
        outputs,
        md: Markdown::new(**plan.language()),
        number: 0,
    };
    readme.what_it_is(findings);
    readme.needs();
    readme.images();
    readme.apply();
    readme.verify();
    readme.smoke_test();
    readme.clients();
    readme.changes();
    readme.roll_back();
    readme.remove();
    readme.findings(findings);
    readme.questions(questions);
    readme.silenced(findings);
    readme.md.into_file("README.md")
}

struct Readme<'a> {
    plan: &'a Plan,
    outputs: &'a [Arc<Rendered>],
    md: Markdown,
    /// The number of the last step of applying.
    number: usize,
}

impl Readme<'_> {
    fn what_it_is(&mut self, findings: &[Finding]) {
        let kafka = &self.plan.kafka;
        let name = self.plan.cluster.name.as_str();
        let md = &mut self.md;
        md.heading(1, "readme.title", args![name]);
        md.say(
            "readme.brokers",
            args![
                brokers = *kafka.brokers,
                version = kafka.version.to_string(),
                namespace = kafka.namespace.as_str(),
            ],
        );
        if kafka.groups.len() > 1 {
            let groups: Vec<String> = kafka.groups.iter().map(group_words).collect();
            md.say("readme.groups", args![count = kafka.groups.len(), groups]);
        }
        if let Some(zookeeper) = self.plan.zookeeper() {
            md.say(
                "readme.servers",
                args![
                    servers = *zookeeper.servers,
                    version = zookeeper.version.to_string(),
                    namespace = zookeeper.namespace.as_str(),
                    quorum = zookeeper.quorum(),
                ],
            );
        }
        if let Some(kraft) = self.plan.kraft() {
            let key = match &kraft.controllers {
                Some(_) => "readme.controllers",
                None => "readme.combined",
            };
            md.say(
                key,
                args![
                    controllers = kraft.members.len(),
                    majority = kraft.majority(),
                ],
            );
        }
        let [memory, cpu, disk] = totals(self.plan);
        md.say(
            "readme.totals",
            args![
                memory = bytes_words(memory),
                cpu = cpus(cpu),
                disk = bytes_words(disk)
            ],
        );
        md.say("readme.made-from", args![]);
        let open = |severity| {
            findings
                .iter()
                .filter(|finding| finding.silenced.is_none() && finding.severity == severity)
                .count()
        };
        let errors = open(Severity::Error);
        if errors > 0 {
            md.gap();
            md.say("readme.has-errors", args![errors]);
        }
        self.folders();
    }

    fn folders(&mut self) {
        self.md.heading(2, "readme.folders", args![]);
        for (folder, key) in [
            ("00-namespaces/", "readme.folder.namespaces"),
            ("10-storage/", "readme.folder.storage"),
            ("20-zookeeper/", "readme.folder.zookeeper"),
            ("20-controllers/", "readme.folder.controllers"),
            ("30-kafka/", "readme.folder.kafka"),
            (SMOKE_TEST, "readme.folder.smoke-test"),
            ("images/", "readme.folder.images"),
            ("clients/", "readme.folder.clients"),
            ("topology.svg", "readme.folder.topology"),
        ] {
            if self.has(folder) {
                self.md.item(key, args![]);
            }
        }
        self.md.item("readme.folder.own", args![]);
        self.md.gap();
        self.md.say("readme.sums", args![]);
        self.md.code(&["sha256sum --check SHA256SUMS".to_owned()]);
    }

    fn needs(&mut self) {
        let plan = self.plan;
        self.md.heading(2, "readme.needs", args![]);
        let version = plan.cluster.kubernetes.to_string();
        self.md.item("readme.needs.kubernetes", args![version]);
        let sets = [
            Some((
                &plan.kafka.pods,
                *plan.kafka.brokers,
                "readme.needs.broker-nodes",
            )),
            plan.zookeeper().map(|zookeeper| {
                (
                    &zookeeper.pods,
                    *zookeeper.servers,
                    "readme.needs.server-nodes",
                )
            }),
            plan.controllers()
                .map(|own| (&own.pods, *own.count, "readme.needs.controller-nodes")),
        ];
        for (pods, count, key) in sets.into_iter().flatten() {
            if *pods.anti_affinity == Affinity::Required && count > 1 {
                self.md.item(key, args![count]);
            }
        }
        self.storage_needs();
        if self.has("images/") {
            let images =
                usize::from(self.has("images/kafka/")) + usize::from(self.has("images/zookeeper/"));
            self.md.item("readme.needs.builder", args![images]);
        }
        if let Some(secret) = &*plan.cluster.pull_secret {
            let namespaces = self.namespaces();
            let secret = secret.as_str();
            self.md
                .item("readme.needs.pull-secret", args![secret, namespaces]);
        }
        if !self.has("00-namespaces/") {
            let namespaces = self.namespaces();
            self.md.item("readme.needs.namespaces", args![namespaces]);
        }
        if plan.has_exposure(Exposure::LoadBalancer) {
            self.md.item("readme.needs.load-balancer", args![]);
        }
    }

    fn storage_needs(&mut self) {
        let storage = &self.plan.storage;
        match *storage.kind {
            StorageKind::Class => match &*storage.class {
                Some(class) => {
                    let class = class.as_str();
                    self.md.item("readme.needs.class", args![class]);
                }
                None => self.md.item("readme.needs.default-class", args![]),
            },
            StorageKind::Nfs => {
                let (server, path) = (storage.nfs.server.as_str(), storage.nfs.path.as_str());
                self.md.item("readme.needs.nfs", args![server, path]);
            }
            StorageKind::Local => {
                let folder = storage.local_path.as_str();
                self.md.item("readme.needs.local", args![folder]);
            }
        }
    }

    fn images(&mut self) {
        let plan = self.plan;
        let mut built: Vec<(&str, &str)> = Vec::new();
        if self.has("images/kafka/") {
            built.push((plan.kafka.image.reference.as_str(), "images/kafka"));
        }
        if let Some(zookeeper) = plan.zookeeper().filter(|_| self.has("images/zookeeper/")) {
            built.push((zookeeper.image.as_str(), "images/zookeeper"));
        }
        if built.is_empty() {
            return;
        }
        self.md
            .heading(2, "readme.images", args![count = built.len()]);
        self.md.say("readme.images.builder", args![]);
        self.md.say("readme.images.architecture", args![]);
        let mut lines = vec!["builder=docker".to_owned()];
        for (image, folder) in &built {
            lines.push(format!("\"$builder\" build -t {} {folder}", quoted(image)));
            lines.push(format!("\"$builder\" push {}", quoted(image)));
        }
        self.md.code(&lines);
        if *plan.cluster.profile != "production" || *plan.cluster.nodes.count == Some(1) {
            self.md.say("readme.images.local", args![]);
            let load = |tool: &'static str| {
                move |(image, _): &(&str, &str)| format!("{tool} {}", quoted(image))
            };
            let mut lines: Vec<String> = built.iter().map(load("kind load docker-image")).collect();
            lines.extend(built.iter().map(load("minikube image load")));
            self.md.code(&lines);
            if *plan.cluster.pull_policy == "Always" {
                self.md.say("readme.images.always", args![]);
            }
        }
    }

    fn apply(&mut self) {
        self.md.heading(2, "readme.apply", args![]);
        self.md.say("readme.apply.order", args![]);
        if self.has("00-namespaces/") {
            self.step("readme.apply.namespaces");
            self.apply_folder("00-namespaces/");
        }
        if self.has("10-storage/") {
            self.step("readme.apply.storage");
            self.apply_folder("10-storage/");
            let deployments = self.objects("10-storage/", "Deployment", |deployment| {
                let (name, space) = name_and_space(deployment);
                format!("kubectl rollout status -n {space} deployment/{name} --timeout=5m")
            });
            if !deployments.is_empty() {
                self.md.code(&deployments);
            }
        }
        if let Some(zookeeper) = self.plan.zookeeper() {
            self.step("readme.apply.zookeeper");
            self.apply_folder("20-zookeeper/");
            self.md
                .code(&[rollout(&zookeeper.namespace, &zookeeper.name)]);
            self.md
                .say("readme.apply.quorum", args![servers = *zookeeper.servers]);
            self.md.code(&[ask_srvr(zookeeper)]);
        }
        let plan = self.plan;
        if let Some(kraft) = plan.kraft()
            && let Some(own) = &kraft.controllers
        {
            self.controllers(kraft, own);
        }
        self.load_balancers();
        self.step("readme.apply.kafka");
        if let Some(kraft) = self.plan.kraft() {
            self.formatting(kraft, self.plan.is_combined());
        }
        if *self.plan.kafka.opts.wait_for_zookeeper && self.plan.has_ensemble() {
            self.md.say("readme.apply.waits", args![]);
        }
        self.apply_folder("30-kafka/");
        let lines = self.broker_rollouts();
        self.md.code(&lines);
        let key = if self.plan.has_ensemble() {
            "readme.apply.kustomize"
        } else {
            "readme.apply.kustomize-kraft"
        };
        self.md.say(key, args![]);
        self.md.code(&["kubectl apply -k .".to_owned()]);
    }

    /// The controllers that are pods of their own, and whether their quorum has a leader.
    fn controllers(&mut self, kraft: &KRaft, own: &Controllers) {
        let plan = self.plan;
        self.step("readme.apply.controllers");
        self.formatting(kraft, true);
        self.apply_folder("20-controllers/");
        self.md.code(&[rollout(&plan.kafka.namespace, &own.name)]);
        if !plan.kafka.version.quorum_tool_asks_controllers() {
            return;
        }
        self.md.say(
            "readme.apply.controllers.leader",
            args![controllers = *own.count],
        );
        let pod = own.pod_name(0);
        let describe = self.in_pod(&pod, "kafka-metadata-quorum.sh");
        self.md.code(&[format!(
            "{describe} --bootstrap-controller localhost:{} describe --status",
            *kraft.port
        )]);
    }

    /// What happens to a disk before its node starts.
    fn formatting(&mut self, kraft: &KRaft, of_controllers: bool) {
        match &*kraft.cluster_id {
            Some(id) => self.md.say("readme.apply.formats", args![id = id.as_str()]),
            None => self.md.say("readme.apply.no-id", args![]),
        }
        let later = kraft.members.len().saturating_sub(kraft.initial());
        if of_controllers && *kraft.quorum == Quorum::Dynamic && later > 0 {
            self.md.say("readme.apply.later-controllers", args![later]);
        }
    }

    /// Addresses that the cloud gives are known only when the Services exist.
    fn load_balancers(&mut self) {
        let kafka = &self.plan.kafka;
        for listener in &kafka.listeners {
            let Address::PerBroker(hosts) = &*listener.address else {
                continue;
            };
            let known = hosts.len() as u64 >= *kafka.brokers;
            if *listener.exposure != Exposure::LoadBalancer || known {
                continue;
            }
            self.step("readme.apply.load-balancer");
            self.md.say("readme.apply.load-balancer.why", args![]);
            self.md.code(&[
                "kubectl apply -f 30-kafka/external-services.yaml".to_owned(),
                format!(
                    "kubectl get services -n {} --watch",
                    quoted(&kafka.namespace)
                ),
            ]);
            let field = format!("kafka.listeners[{}].addresses", listener.key);
            self.md.say("readme.apply.load-balancer.then", args![field]);
        }
    }

    fn verify(&mut self) {
        let kafka = &self.plan.kafka;
        self.md.heading(2, "readme.verify", args![]);
        self.md.say("readme.verify.pods", args![]);
        let lines = self
            .namespaces()
            .iter()
            .map(|space| format!("kubectl get pods -n {} -o wide", quoted(space)))
            .collect::<Vec<_>>();
        self.md.code(&lines);
        let ids: Vec<String> = kafka
            .groups
            .iter()
            .map(|group| id_range(*group.id_base, *group.brokers))
            .collect();
        let ids = ids.join(self.lang().between_items());
        self.md
            .say("readme.verify.ids", args![brokers = *kafka.brokers, ids]);
        self.md.say("readme.verify.small-heap", args![]);
        let list = self.in_broker("kafka-broker-api-versions.sh", "| grep 'id:'");
        self.md.code(&[list]);
        if self.plan.has_kraft() {
            self.md.say("readme.verify.quorum", args![]);
            let describe = self.in_broker("kafka-metadata-quorum.sh", "describe --replication");
            self.md.code(&[describe]);
        }
        self.md.say("readme.verify.in-sync", args![]);
        let describe = self.in_broker(
            "kafka-topics.sh",
            "--describe --under-replicated-partitions",
        );
        self.md.code(&[describe]);
    }

    fn smoke_test(&mut self) {
        if !self.has(SMOKE_TEST) {
            return;
        }
        self.md.heading(2, "readme.smoke-test", args![]);
        self.md.say("readme.smoke-test.what", args![]);
        self.md.say("readme.smoke-test.again", args![]);
        let mut lines = vec![
            format!("kubectl delete -f {SMOKE_TEST} --ignore-not-found"),
            format!("kubectl apply -f {SMOKE_TEST}"),
        ];
        for command in [
            "kubectl wait --for=condition=complete --timeout=10m",
            "kubectl logs",
        ] {
            lines.extend(self.objects(SMOKE_TEST, "Job", |job| {
                let (name, space) = name_and_space(job);
                format!("{command} -n {space} job/{name}")
            }));
        }
        self.md.code(&lines);
        self.md.say("readme.smoke-test.success", args![]);
        self.md.say("readme.smoke-test.failure", args![]);
    }

    fn clients(&mut self) {
        let (plan, kafka) = (self.plan, &self.plan.kafka);
        self.md.heading(2, "readme.clients", args![]);
        for listener in &kafka.listeners {
            let name = listener.name.as_str();
            if !listener.is_outside() {
                let address = format!(
                    "{}.{}.svc.{}:{}",
                    *kafka.bootstrap_name, *kafka.namespace, *plan.cluster.domain, *listener.port
                );
                self.md.say("readme.clients.inside", args![name, address]);
                continue;
            }
            self.md.gap();
            self.md.say("readme.clients.outside", args![name]);
            self.addresses(listener);
        }
        if self.has("clients/") {
            self.md.gap();
            self.md.say("readme.clients.files", args![]);
        }
        if *plan.cluster.network_policies {
            self.md.say("readme.clients.policies", args![]);
        }
    }

    fn addresses(&mut self, listener: &Listener) {
        let kafka = &self.plan.kafka;
        let mut of_node = false;
        for (group, ordinal) in kafka.each_broker().take(LISTED) {
            let (host, port) = kafka.advertised(listener, group, ordinal);
            let pod = format!("{}-{ordinal}", *group.name);
            if host == "$node" {
                of_node = true;
                self.md.item("readme.clients.on-node", args![pod, port]);
            } else {
                let address = with_port(&host, port);
                self.md.item("readme.clients.at", args![pod, address]);
            }
        }
        let rest = usize::try_from(*kafka.brokers)
            .unwrap_or(usize::MAX)
            .saturating_sub(LISTED);
        if rest > 0 {
            self.md.item("readme.clients.and-so-on", args![rest]);
        }
        self.md.gap();
        self.md.say("readme.clients.each", args![]);
        if of_node {
            self.md.say("readme.clients.nodes", args![]);
        }
        if of_node && *listener.local_traffic && listener.has_service_per_broker() {
            self.md.say("readme.clients.local", args![]);
        }
    }

    fn changes(&mut self) {
        let plan = self.plan;
        self.md.heading(2, "readme.changes", args![]);
        self.md.say("readme.changes.how", args![]);
        self.md.code(&[
            "kafka-cluster-designer check design.yaml".to_owned(),
            "kafka-cluster-designer render design.yaml --out .".to_owned(),
            "kubectl diff -k .".to_owned(),
            "kubectl apply -k .".to_owned(),
        ]);
        self.md.say("readme.changes.rolling", args![]);
        self.md.heading(3, "readme.changes.more-brokers", args![]);
        self.md.say("readme.changes.more-brokers.how", args![]);
        self.md.say("readme.changes.more-brokers.empty", args![]);
        self.md.heading(3, "readme.changes.fewer-brokers", args![]);
        self.md.say("readme.changes.fewer-brokers.first", args![]);
        self.md.say("readme.changes.fewer-brokers.last", args![]);
        if plan.has_ensemble() {
            self.md.heading(3, "readme.changes.servers", args![]);
            self.md.say("readme.changes.servers.one", args![]);
            self.md.say("readme.changes.servers.why", args![]);
            self.md.say("readme.changes.servers.brokers", args![]);
        }
        self.changed_controllers();
        self.bigger_disks();
        self.md.heading(3, "readme.changes.never", args![]);
        if plan.has_kraft() {
            self.md.say("readme.changes.never.cluster-id", args![]);
        }
        self.md.say("readme.changes.never.ids", args![]);
        self.md.say("readme.changes.never.folders", args![]);
        if let Some(zookeeper) = plan.zookeeper() {
            let chroot = match zookeeper.chroot.as_str() {
                "" => "/",
                chroot => chroot,
            };
            self.md.say("readme.changes.never.chroot", args![chroot]);
        }
        self.md.say("readme.changes.never.names", args![]);
    }

    fn changed_controllers(&mut self) {
        let Some(kraft) = self.plan.kraft() else {
            return;
        };
        self.md.heading(3, "readme.changes.controllers", args![]);
        if *kraft.quorum == Quorum::Static {
            self.md.say("readme.changes.controllers.static", args![]);
            return;
        }
        let Some(own) = &kraft.controllers else {
            self.md.say("readme.changes.controllers.combined", args![]);
            return;
        };
        self.md.say("readme.changes.controllers.add", args![]);
        let port = *kraft.port;
        let pod = own.pod_name(*own.count);
        let join = self.in_pod(&pod, "kafka-metadata-quorum.sh");
        self.md.code(&[format!(
            "{join} --command-config /tmp/format.properties --bootstrap-controller {}:{port} add-controller",
            own.host(0)
        )]);
        self.md.say("readme.changes.controllers.remove", args![]);
        let last = (*own.count).saturating_sub(1);
        let leave = self.in_pod(&own.pod_name(0), "kafka-metadata-quorum.sh");
        self.md.code(&[format!(
            "{leave} --bootstrap-controller localhost:{port} remove-controller --controller-id {} --controller-directory-id DIRECTORY",
            *own.id_base + last
        )]);
    }

    fn bigger_disks(&mut self) {
        let kafka = &self.plan.kafka;
        self.md.heading(3, "readme.changes.disks", args![]);
        if self.plan.has_local_storage() {
            self.md.say("readme.changes.disks.local", args![]);
            return;
        }
        self.md.say("readme.changes.disks.immutable", args![]);
        self.md.say("readme.changes.disks.expand", args![]);
        let space = quoted(&kafka.namespace);
        for (group, disk) in kafka
            .groups
            .iter()
            .filter(|group| *group.brokers > 0)
            .take(1)
            .flat_map(|group| kafka.disks.iter().take(1).map(move |disk| (group, disk)))
        {
            let claim = format!("{}-{}-", disk.key, *group.name);
            let file = self
                .file_of("StatefulSet", &group.name)
                .unwrap_or("30-kafka/statefulset.yaml");
            self.md.code(&[
                "size=200Gi".to_owned(),
                format!(
                    "for i in {}; do kubectl patch pvc -n {space} \"{claim}$i\" -p \"{{\\\"spec\\\":{{\\\"resources\\\":{{\\\"requests\\\":{{\\\"storage\\\":\\\"$size\\\"}}}}}}}}\"; done",
                    ordinals(*group.brokers)
                ),
                format!(
                    "kubectl delete statefulset -n {space} {} --cascade=orphan",
                    quoted(&group.name)
                ),
                format!("kubectl apply -f {file}"),
            ]);
        }
        self.md.say("readme.changes.disks.same", args![]);
    }

    fn roll_back(&mut self) {
        self.md.heading(2, "readme.roll-back", args![]);
        self.md.say("readme.roll-back.bundle", args![]);
        self.md.say("readme.roll-back.undo", args![]);
        let mut sets = self.sets();
        sets.reverse();
        let lines: Vec<String> = sets
            .iter()
            .map(|(space, name)| {
                format!(
                    "kubectl rollout undo -n {} statefulset/{}",
                    quoted(space),
                    quoted(name)
                )
            })
            .collect();
        self.md.code(&lines);
        let key = if self.plan.has_ensemble() {
            "readme.roll-back.protocol"
        } else {
            "readme.roll-back.metadata-version"
        };
        self.md.say(key, args![]);
        let kafka = &self.plan.kafka;
        let ordered = [
            self.plan
                .zookeeper()
                .map(|zookeeper| (&zookeeper.pods, &zookeeper.namespace, &zookeeper.name)),
            self.plan
                .controllers()
                .map(|own| (&own.pods, &kafka.namespace, &own.name)),
            Some((&kafka.pods, &kafka.namespace, &kafka.groups[0].name)),
        ];
        let stuck = ordered
            .into_iter()
            .flatten()
            .find(|(pods, ..)| *pods.management == PodManagement::OrderedReady);
        if let Some((_, space, name)) = stuck {
            self.md.say("readme.roll-back.stuck", args![]);
            self.md.code(&[format!(
                "kubectl delete pod -n {} {}",
                quoted(space),
                quoted(&format!("{}-0", **name))
            )]);
        }
    }

    fn remove(&mut self) {
        self.md.heading(2, "readme.remove", args![]);
        if self.plan.has_ensemble() {
            self.md.say("readme.remove.first", args![]);
        } else if self.plan.has_controllers() {
            self.md.say("readme.remove.first-kraft", args![]);
        }
        let mut lines = Vec::new();
        if self.has(SMOKE_TEST) {
            lines.push(format!("kubectl delete -f {SMOKE_TEST} --ignore-not-found"));
        }
        let mut sets = self.sets();
        sets.reverse();
        for (space, name) in &sets {
            let (space, name) = (quoted(space), quoted(name));
            lines.push(format!(
                "kubectl scale -n {space} statefulset/{name} --replicas=0"
            ));
            // A rollout to nothing is over at once, while the pods are still shutting down.
            lines.extend(
                self.objects("", "StatefulSet", selector_of(&name))
                    .into_iter()
                    .flatten()
                    .map(|labels| {
                        format!("kubectl wait --for=delete -n {space} pod -l {labels} {WAIT}")
                    }),
            );
        }
        for folder in ["30-kafka/", "20-controllers/", "20-zookeeper/"] {
            if self.has(folder) {
                lines.push(format!("kubectl delete -f {folder}"));
            }
        }
        self.md.code(&lines);
        self.claims();
        self.last_folders();
    }

    fn claims(&mut self) {
        self.md.heading(3, "readme.remove.claims", args![]);
        self.md.say("readme.remove.claims.stay", args![]);
        if self.plan.has_ensemble() {
            self.md.say("readme.remove.claims.both", args![]);
        }
        if self.plan.has_controllers() {
            self.md.say("readme.remove.claims.controllers", args![]);
        }
        let mut lines = self.objects("", "StatefulSet", |set| {
            let (_, space) = name_and_space(set);
            format!(
                "kubectl delete pvc -n {space} -l {}",
                quoted(&selector(set))
            )
        });
        lines.dedup();
        if !lines.is_empty() {
            self.md.say("readme.remove.claims.for-ever", args![]);
            self.md.code(&lines);
        }
        match *self.plan.storage.kind {
            StorageKind::Local => self.md.say("readme.remove.local", args![]),
            StorageKind::Nfs if *self.plan.storage.nfs.archive_on_delete => {
                self.md.say("readme.remove.nfs-archived", args![]);
            }
            StorageKind::Nfs => self.md.say("readme.remove.nfs", args![]),
            StorageKind::Class => self.md.say("readme.remove.policy", args![]),
        }
    }

    fn last_folders(&mut self) {
        let last: Vec<String> = ["10-storage/", "00-namespaces/"]
            .into_iter()
            .filter(|folder| self.has(folder))
            .map(|folder| format!("kubectl delete -f {folder}"))
            .collect();
        if last.is_empty() {
            return;
        }
        self.md.gap();
        if self.has("00-namespaces/") {
            self.md.say("readme.remove.namespaces", args![]);
        } else {
            self.md.say("readme.remove.storage", args![]);
        }
        self.md.code(&last);
    }

    fn findings(&mut self, findings: &[Finding]) {
        self.md.heading(2, "readme.findings", args![]);
        let open: Vec<&Finding> = findings
            .iter()
            .filter(|finding| finding.silenced.is_none())
            .collect();
        if open.is_empty() {
            self.md.say("readme.findings.none", args![]);
            return;
        }
        self.md.say("readme.findings.what", args![]);
        for (severity, title, meaning) in [
            (Severity::Error, "readme.errors", "readme.errors.mean"),
            (Severity::Warning, "readme.warnings", "readme.warnings.mean"),
            (Severity::Advice, "readme.advice", "readme.advice.means"),
        ] {
            let mut some = open
                .iter()
                .filter(|finding| finding.severity == severity)
                .peekable();
            if some.peek().is_none() {
                continue;
            }
            self.md.heading(3, title, args![]);
            self.md.say(meaning, args![]);
            for finding in some {
                self.finding(finding);
                if let Some(place) = finding.places.first() {
                    self.md.more(&format!("{}:{}", place.file, place.line));
                }
            }
        }
    }

    fn questions(&mut self, questions: &[Question]) {
        if questions.is_empty() {
            return;
        }
        self.md.heading(2, "readme.questions", args![]);
        self.md.say("readme.questions.what", args![]);
        for question in questions {
            let field = question.field.as_str();
            let label = question.label(self.lang());
            let rules = question.rules.join(self.lang().between_items());
            self.md.item("readme.question", args![field, label, rules]);
        }
    }

    fn silenced(&mut self, findings: &[Finding]) {
        let mut silenced = findings
            .iter()
            .filter_map(|finding| Some((finding, finding.silenced.as_deref()?)))
            .peekable();
        if silenced.peek().is_none() {
            return;
        }
        self.md.heading(2, "readme.silenced", args![]);
        self.md.say("readme.silenced.what", args![]);
        for (finding, reason) in silenced {
            self.finding_title(finding);
            self.md.more(reason);
        }
    }

    fn finding(&mut self, finding: &Finding) {
        self.finding_title(finding);
        self.md.more(&finding.message(self.lang()));
        self.md.more(&finding.action(self.lang()));
        if let Some(reason) = &finding.outgrown {
            let outgrown = words(self.lang(), "readme.outgrown", &args![reason]);
            self.md.more(&outgrown);
        }
    }

    fn finding_title(&mut self, finding: &Finding) {
        let (rule, subject) = (finding.rule, finding.subject.as_str());
        let title = prose(&finding.title(self.lang()));
        self.md.item("readme.finding", args![rule, subject, title]);
    }

    fn lang(&self) -> Lang {
        **self.plan.language()
    }

    /// A heading of a step of applying.
    fn step(&mut self, key: &'static str) {
        self.number += 1;
        let number = self.number;
        self.md.heading(3, key, args![number]);
    }

    fn apply_folder(&mut self, folder: &str) {
        let large = self.outputs.iter().any(|output| {
            let length = |file: &File| file.lines.iter().map(|line| line.text.len() + 1).sum();
            output.file.path.starts_with(folder) && PLAIN_APPLY < length(&output.file)
        });
        if large {
            self.md.say("readme.apply.large", args![]);
        }
        let flag = if large { " --server-side" } else { "" };
        self.md.code(&[format!("kubectl apply{flag} -f {folder}")]);
    }

    /// Whether a file of the bundle stands in a folder.
    fn has(&self, folder: &str) -> bool {
        self.outputs
            .iter()
            .any(|output| output.file.path.starts_with(folder))
    }

    /// What a function says of each object of a kind, below a folder.
    fn objects<T>(&self, folder: &str, kind: &str, say: impl Fn(&Document) -> T) -> Vec<T> {
        self.outputs
            .iter()
            .filter(|output| output.file.path.starts_with(folder))
            .flat_map(|output| &output.objects)
            .filter(|object| object.kind() == kind)
            .map(say)
            .collect()
    }

    /// The file that holds an object.
    fn file_of(&self, kind: &str, name: &str) -> Option<&str> {
        let holds = |output: &&Arc<Rendered>| {
            let mut objects = output.objects.iter();
            objects.any(|object| object.kind() == kind && object.name() == name)
        };
        let output = self.outputs.iter().find(holds)?;
        Some(&output.file.path)
    }

    /// The namespaces of brokers and servers, each once.
    fn namespaces(&self) -> Vec<String> {
        let kafka = self.plan.kafka.namespace.value.clone();
        let zookeeper = self
            .plan
            .zookeeper()
            .map(|zookeeper| zookeeper.namespace.value.clone());
        match zookeeper {
            Some(zookeeper) if zookeeper != kafka => vec![zookeeper, kafka],
            _ => vec![kafka],
        }
    }

    /// Namespace and name of each StatefulSet, in the order of applying.
    fn sets(&self) -> Vec<(&str, &str)> {
        let zookeeper = self
            .plan
            .zookeeper()
            .map(|zookeeper| (zookeeper.namespace.as_str(), zookeeper.name.as_str()));
        let kafka = &self.plan.kafka;
        let groups = kafka
            .groups
            .iter()
            .map(|group| (kafka.namespace.as_str(), group.name.as_str()));
        let controllers = self
            .plan
            .controllers()
            .map(|own| (kafka.namespace.as_str(), own.name.as_str()));
        zookeeper
            .into_iter()
            .chain(controllers)
            .chain(groups)
            .collect()
    }

    fn broker_rollouts(&self) -> Vec<String> {
        commands::broker_rollouts(self.plan)
    }

    fn in_broker(&self, command: &str, rest: &str) -> String {
        commands::in_broker(self.plan, command, rest)
    }

    fn in_pod(&self, pod: &str, command: &str) -> String {
        commands::in_pod(self.plan, pod, command)
    }
}

/// A group in the list of groups: `kafka-a (3, zone a)`.
fn group_words(group: &Group) -> String {
    match &*group.zone {
        Some(zone) => format!("{} ({}, {zone})", *group.name, *group.brokers),
        None => format!("{} ({})", *group.name, *group.brokers),
    }
}

/// What all pods ask for: memory, processors, disks.
fn totals(plan: &Plan) -> [u64; 3] {
    let kafka = &plan.kafka;
    let disks = kafka.disks.iter().map(|disk| disk.size.amount);
    let mut all = [
        kafka.pods.memory_request.amount,
        kafka.pods.cpu_request.amount,
        disks.fold(0, u64::saturating_add),
    ]
    .map(|each| each.saturating_mul(*kafka.brokers));
    if let Some(own) = plan.controllers() {
        let each = [
            own.pods.memory_request.amount,
            own.pods.cpu_request.amount,
            own.volume.size.amount,
        ];
        for (all, each) in all.iter_mut().zip(each) {
            *all = all.saturating_add(each.saturating_mul(*own.count));
        }
    }
    if let Some(zookeeper) = plan.zookeeper() {
        let log = zookeeper.log_volume.as_ref();
        let disk = zookeeper.data_volume.size.amount;
        let each = [
            zookeeper.pods.memory_request.amount,
            zookeeper.pods.cpu_request.amount,
            disk.saturating_add(log.map_or(0, |log| log.size.amount)),
        ];
        for (all, each) in all.iter_mut().zip(each) {
            *all = all.saturating_add(each.saturating_mul(*zookeeper.servers));
        }
    }
    all
}

/// Thousandths of a processor as processors: `1.5`.
fn cpus(thousandths: u64) -> String {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The numbers of some brokers: `0–2`.
fn id_range(first: u64, count: u64) -> String {
    match count {
        0 => "–".to_owned(),
        1 => first.to_string(),
        _ => format!("{first}–{}", first.saturating_add(count - 1)),
    }
}

fn with_port(host: &str, port: u64) -> String {
    // An IPv6 address is told apart from its port by brackets.
    if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// The ordinals of a set, as the words of a loop.
fn ordinals(count: u64) -> String {
    match count {
        0 | 1 => "0".to_owned(),
        _ => format!("$(seq 0 {})", count - 1),
    }
}

/// Asks each server what it is; bash is in every image that we offer, a program such as `nc` is not.
fn ask_srvr(zookeeper: &ZooKeeper) -> String {
    format!(
        "for i in {}; do kubectl exec -n {} \"{}-$i\" -- bash -c 'exec 3<>/dev/tcp/localhost/{}; echo srvr >&3; grep Mode: <&3'; done",
        ordinals(*zookeeper.servers),
        quoted(&zookeeper.namespace),
        *zookeeper.name,
        *zookeeper.client_port,
    )
}

/// The labels of a set when it has this name.
fn selector_of(name: &str) -> impl Fn(&Document) -> Option<String> {
    move |set| (set.name() == name).then(|| quoted(&selector(set)))
}
