"""The brokers of a bundle, run by Kafka itself, and a client outside."""

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import yaml
from kazoo.client import KazooClient

from pods import Forwarder, JobPod, Refusal, namespace_of, say, selects, tail, wait_until

# Nothing here runs long enough to repay what the second compiler costs.
QUICK = "-XX:TieredStopAtLevel=1"

# In the place of the archive's script: the same settings and arguments, a small heap.
START = """#!/bin/sh
exec {java} $KAFKA_HEAP_OPTS $KAFKA_JVM_PERFORMANCE_OPTS $KAFKA_LOG4J_OPTS $KAFKA_OPTS \\
    -Xms64m -Xmx256m {quick} -Djdk.net.hosts.file="$REFEREE_HOSTS" kafka.Kafka "$@"
"""

CONFIGURATION = re.compile(r"KafkaConfig values:\s*\n((?:\t.*\n)+)")

TOOL = """#!/bin/sh
exec {java} $KAFKA_HEAP_OPTS {quick} -Djdk.net.hosts.file="$REFEREE_HOSTS" {main} "$@"
"""
# The tools' classes have moved: the first that a Kafka has is its own.
TOOLS = {
    "kafka-topics.sh": ["kafka.admin.TopicCommand", "org.apache.kafka.tools.TopicCommand"],
    "kafka-console-producer.sh": ["kafka.tools.ConsoleProducer", "org.apache.kafka.tools.ConsoleProducer"],
    "kafka-console-consumer.sh": [
        "kafka.tools.ConsoleConsumer",
        "org.apache.kafka.tools.consumer.ConsoleConsumer",
    ],
}


def classes(kafka):
    """The names of all files in a Kafka's libraries."""
    folder = Path(shutil.which(kafka)).resolve().parent.parent / "jars"
    return {name for jar in folder.glob("kafka*.jar") for name in zipfile.ZipFile(jar).namelist()}


def kafka_version(kafka):
    return subprocess.run([kafka, "kafka.Kafka", "--version"], capture_output=True, text=True).stdout.split()[0]


class Brokers:
    """The brokers of a bundle, each a pod."""

    def __init__(self, cluster, kafka, facts, first=101):
        self.cluster = cluster
        self.facts = facts
        cluster.stand_in("kafka-server-start.sh", START.format(java=kafka, quick=QUICK), "/opt/kafka/bin")
        known = classes(kafka)
        for tool, places in TOOLS.items():
            main = next(place for place in places if place.replace(".", "/") + ".class" in known)
            cluster.stand_in(tool, TOOL.format(java=kafka, main=main, quick=QUICK), "/opt/kafka/bin")
        if facts["shipped"]:
            lines = [f"{name}={value}" for name, value in facts["shipped"]]
            cluster.stand_in("server.properties", "\n".join(lines) + "\n", "/opt/kafka/config")
        self.pods = cluster.add_pods(cluster.bundle.stateful_sets("30-kafka"), first)
        told = [broker["pod"] for broker in facts["brokers"]]
        if [pod.name for pod in self.pods] != told:
            raise Refusal(f"the StatefulSets make other pods than the plan tells: {told}")
        self.ids = {broker["id"]: pod for broker, pod in zip(facts["brokers"], self.pods)}
        self.forwarders = []
        # What is wrong, and does not keep anything else from being tried.
        self.defects = []

    def start(self):
        for pod in self.pods:
            if pod.process is None or pod.process.ended:
                pod.start()
        for pod in self.pods:
            pod.await_ready()
            if not pod.process.program().endswith("/java"):
                raise Refusal(f"process 1 of {pod.name} is no Java: no signal reaches the broker")

    def running(self):
        return [pod for pod in self.pods if not pod.process.ended]

    def address(self, pod, text):
        """An address of the plan, where `$node` stands for the node that a pod runs on."""
        return text.replace("$node", pod.node)

    def client_properties(self):
        """The rendered file for clients outside, with the addresses of the nodes filled in."""
        properties = {}
        file = self.cluster.bundle.folder / "clients/outside.properties"
        for line in file.read_text().splitlines():
            if line and not line.startswith("#"):
                name, value = line.split("=", 1)
                properties[name] = value
        nodes = iter(pod.node for pod in self.pods)
        start = properties["bootstrap.servers"]
        properties["bootstrap.servers"] = re.sub("NODE-ADDRESS", lambda _: next(nodes), start)
        return properties

    # --- what they told ZooKeeper, or the controllers --------------------------------------------

    def check_registration_with(self, quorum):
        """Each is known with its rack, and with its name for the others."""
        told = {
            int(number): (address, None if rack == "null" else rack)
            for address, number, rack in quorum.known_brokers()
        }
        internal = re.compile(r"^[^:]+://(\S+)$")
        wanted = {
            broker["id"]: (internal.match(broker["endpoints"][0])[1], broker.get("rack"))
            for broker in self.facts["brokers"]
        }
        if told != wanted:
            raise Refusal(f"the controllers know the brokers {told}, and the plan says {wanted}")
        say(f"registered as planned: {wanted}")

    def check_registration(self, server):
        client = KazooClient(f"{server.address}:{server.port('client')}", timeout=20)
        client.start(timeout=120)
        try:
            path = f"{self.chroot()}/brokers/ids"
            wanted = sorted(self.ids)

            def registered():
                # Before 3.5 the port opens first.
                return sorted(int(name) for name in client.get_children(path)) == wanted

            wait_until(f"the brokers register as {wanted}", registered)
            for broker in self.facts["brokers"]:
                told = json.loads(client.get(f"{path}/{broker['id']}")[0])
                pod = self.ids[broker["id"]]
                wanted = [self.address(pod, endpoint) for endpoint in broker["endpoints"]]
                if sorted(told["endpoints"]) != sorted(wanted):
                    raise Refusal(f"{pod.name} registers {told['endpoints']}, and the plan says {wanted}")
                if told.get("rack") != broker.get("rack"):
                    raise Refusal(f"{pod.name} registers the rack {told.get('rack')}")
        finally:
            client.stop()
            client.close()
        say(f"registered as planned: {sorted(self.ids)}, {wanted}")

    def chroot(self):
        return self.facts["chroot"]

    # --- what they say of their configuration ----------------------------------------------------

    def check_configuration(self, further=()):
        counts = [self.check_options(pod) for pod in self.pods]
        for pod in further:
            # Up to 3.9 a controller does not log what is in force.
            if CONFIGURATION.search(pod.process.said()):
                self.check_options(pod)
            else:
                self.check_complaints(pod)
        if not self.defects:
            say(f"{counts[0]} options known and in force as rendered")

    def check_options(self, pod):
        said = pod.process.said()
        found = CONFIGURATION.search(said)
        if not found:
            raise Refusal(f"{pod.name} does not log its configuration:\n{tail(said)}")
        in_force = dict(
            re.match(r"\t(\S+) = (.*)", line).groups()
            for line in found[1].splitlines()
            if re.match(r"\t\S+ = ", line)
        )
        rendered = self.rendered(pod)
        for name, value in rendered.items():
            if name not in in_force:
                self.defects.append(f"{pod.name} does not know the option {name}")
            elif plain(in_force[name]) != plain(value):
                self.defects.append(f"{pod.name} runs with {name}={in_force[name]}, and {value} is rendered")
        self.check_complaints(pod)
        return len(rendered)

    def check_complaints(self, pod):
        said = pod.process.said()
        for complaint in ("isn't a known config", "unknown config", "is not supported", "Invalid value"):
            if complaint in said:
                line = next(line for line in said.splitlines() if complaint in line)
                self.defects.append(f"{pod.name} complains: {line}")

    def rendered(self, pod):
        """The options that a broker was given: the file's, and over them the start command's."""
        arguments = pod.process.arguments()
        file = arguments[arguments.index("kafka.Kafka") + 1]
        options = {}
        for line in open(file, encoding="latin-1"):
            if "=" in line and not line.startswith("#"):
                name, value = line.rstrip("\n").split("=", 1)
                options[name.strip()] = value.strip()
        for word, value in zip(arguments, arguments[1:]):
            if word == "--override":
                name, value = value.split("=", 1)
                options[name] = value
        return options

    # --- what leads to them ----------------------------------------------------------------------

    def open_ports(self):
        """Node ports, load balancers and host ports, as the cluster would open them."""
        for service in self.cluster.bundle.of_kind("Service"):
            kind = service["spec"].get("type")
            if kind not in ("NodePort", "LoadBalancer"):
                continue
            behind = [
                pod
                for pod in self.pods
                if pod.namespace == namespace_of(service)
                and selects(service["spec"].get("selector"), pod.labels)
            ]
            if len(behind) != 1:
                raise Refusal(f"Service {service['metadata']['name']} leads to {len(behind)} brokers")
            for port in service["spec"]["ports"]:
                self.open_port(service["spec"], port, behind[0])
        for pod in self.pods:
            for port in pod.container.get("ports", []):
                if "hostPort" in port:
                    self.forward(pod.node, port["hostPort"], pod, port["containerPort"])

    def open_port(self, spec, port, pod):
        target = pod.port(port.get("targetPort", port["port"]))
        if spec["type"] == "LoadBalancer":
            self.forward(self.balancer(pod), port["port"], pod, target)
            return
        everywhere = spec.get("externalTrafficPolicy", "Cluster") == "Cluster"
        nodes = [self.cluster.node(number) for number in range(len(self.pods))]
        for node in nodes if everywhere else [pod.node]:
            self.forward(node, port["nodePort"], pod, target)

    def balancer(self, pod):
        """The address that the person was given for the balancer of a broker."""
        for view in self.facts["views"]:
            for broker in view["brokers"]:
                if view["standpoint"] == "Outside" and self.ids[broker["id"]] is pod:
                    return broker["address"].rsplit(":", 1)[0]
        raise Refusal(f"no client outside is told of {pod.name}")

    def forward(self, address, port, pod, target):
        self.forwarders.append(Forwarder(address, port, pod, target))

    def run_smoke_test(self, where):
        """The rendered Job, as a client in the cluster runs it."""
        file = self.cluster.bundle.folder / "90-smoke-test" / where
        job = JobPod(self.cluster, yaml.safe_load(file.read_text()))
        if "PASSED" not in job.run():
            raise Refusal(f"the smoke test {where} ends well, and passes nothing")
        say(f"the smoke test {where} passes")

    # --- where their data lie --------------------------------------------------------------------

    def check_data(self, topic):
        """Every copy lies on a claim and nowhere else."""
        for pod in self.pods:
            # Links lead to claims, and are not followed.
            lost = [path for path in pod.root.rglob(f"{topic}-*") if path.is_dir()]
            if lost:
                place = f"/{lost[0].parent.relative_to(pod.root)}"
                raise Refusal(f"{pod.name} keeps its data in {place}, which is on no claim")
        claims = [pod.claim(claim) for pod in self.pods for claim in pod.claims]
        kept = sum(len(list(claim.rglob(f"{topic}-*"))) for claim in claims)
        if kept != self.facts["partitions"] * self.facts["copies"]:
            raise Refusal(f"the claims hold {kept} copies of the topic's partitions")

    def await_marks(self, client, topic):
        """Every broker that runs has written down how far the records are confirmed.

        A leader tells the others late, and one that is left alone, with fewer copies than a write needs,
        shows no more than it knows: the last record would be there, and not to be read.
        """
        partitions = client.partitions(topic)
        ends = client.ends(topic, partitions)
        holders = {
            number: [self.ids[one] for one in replicas if not self.ids[one].process.ended]
            for number, (_, replicas) in partitions.items()
        }

        def written():
            return all(
                marks(pod).get((topic, number), 0) >= end
                for number, end in ends.items()
                for pod in holders[number]
            )

        wait_until("every broker knows which records are confirmed", written)


def marks(pod):
    """Up to where the records of each partition are confirmed, as a broker keeps it beside its data."""
    files = [file for claim in pod.claims for file in pod.claim(claim).rglob("replication-offset-checkpoint")]
    rows = [line.split() for file in files for line in file.read_text().splitlines()]
    return {(row[0], int(row[1])): int(row[2]) for row in rows if len(row) == 3}


def plain(value):
    """A value without the marks of lists and the blanks around their items."""
    return [item.strip() for item in value.strip().removeprefix("[").removesuffix("]").split(",")]
