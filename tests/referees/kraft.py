"""The quorum of a bundle without ZooKeeper: controllers that are pods of their own, or the brokers."""

import re
import subprocess

from kafka import QUICK
from pods import Refusal, say, tail, wait_until

STORAGE = """#!/bin/sh
exec {java} -Xmx128m {quick} kafka.tools.StorageTool "$@"
"""


class Quorum:
    """The controllers of a bundle, run by Kafka itself."""

    def __init__(self, cluster, kafka, facts, first=1, sets=None):
        self.cluster = cluster
        self.kafka = kafka
        self.facts = facts
        cluster.stand_in("kafka-storage.sh", STORAGE.format(java=kafka, quick=QUICK), "/opt/kafka/bin")
        if sets is None:
            dedicated = (cluster.bundle.folder / "20-controllers").exists()
            sets = cluster.bundle.stateful_sets("20-controllers") if dedicated else []
        self.pods = cluster.add_pods(sets, first)
        self.brokers = None

    def join(self, brokers):
        """In combined mode the brokers are the controllers."""
        self.brokers = brokers
        controllers = self.pods or brokers.pods
        self.ids = {member["id"]: pod for member, pod in zip(self.facts["members"], controllers)}
        told = [member["pod"] for member in self.facts["members"]]
        if [pod.name for pod in controllers] != told:
            raise Refusal(f"the StatefulSets make other controllers than the plan tells: {told}")

    def start(self):
        """All at once: each formats its disk, and none waits for another to be ready."""
        for pod in self.pods:
            if pod.process is None or pod.process.ended:
                pod.start()
        for pod in self.pods:
            pod.await_ready()

    def running(self):
        return [pod for pod in self.pods if not pod.process.ended]

    # --- what they say ---------------------------------------------------------------------------

    def ask(self, main, *arguments):
        """One of Kafka's tools, as a client in the namespace runs it; nothing when it fails."""
        if self.brokers:
            asked, flag, port = self.brokers.running()[0], "--bootstrap-server", self.facts["internal_port"]
        else:
            asked, flag = self.running()[0], "--bootstrap-controller"
            port = asked.port("kraft-quorum")
        hosts = self.cluster.hosts_file(asked.namespace)
        command = [self.kafka, "-Xmx128m", QUICK, f"-Djdk.net.hosts.file={hosts}", main]
        done = subprocess.run(
            [*command, flag, f"{asked.address}:{port}", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.said = done.stdout + done.stderr
        return done.stdout if done.returncode == 0 else None

    def status(self):
        """The leader's id and the ids of the voters, as the quorum itself tells them."""
        said = self.ask("org.apache.kafka.tools.MetadataQuorumCommand", "describe", "--status") or ""
        leader = re.search(r"^LeaderId:\s+(\d+)$", said, re.M)
        voters = re.search(r"^CurrentVoters:\s+\[(.*)\]$", said, re.M)
        if not leader or not voters:
            return None
        # From 3.9 on a voter is an object: id, directory, endpoints.
        ids = re.findall(r'"id":\s*(\d+)', voters[1]) or voters[1].split(",")
        return int(leader[1]), sorted(int(number) for number in ids)

    def known_brokers(self):
        """Address, id and rack of each broker, on the listener that the tool uses."""
        for main in ("org.apache.kafka.tools.BrokerApiVersionsCommand", "kafka.admin.BrokerApiVersionsCommand"):
            said = self.ask(main)
            if said:
                return re.findall(r"^(\S+) \(id: (\d+) rack: ([^\s)]+)", said, re.M)
        raise Refusal(f"no broker tells of the others:\n{tail(self.said)}")

    def await_leader(self, what, not_among=()):
        def led():
            status = self.status()
            return status if status and status[0] not in not_among else None

        try:
            return wait_until(what, led)
        except Refusal as refusal:
            logs = "\n".join(tail(pod.process.said(), 6) for pod in self.ids.values())
            raise Refusal(f"{refusal}\n{tail(self.said, 6)}\n{logs}") from None

    def check(self):
        """The quorum has the members of the plan, on disks with the ids of the plan."""
        leader, voters = self.await_leader("the quorum has a leader")
        if voters != sorted(self.ids):
            raise Refusal(f"the quorum has the members {voters}, and the plan says {sorted(self.ids)}")
        self.check_disks()
        say(f"controllers {voters}, led by {leader}")

    def check_disks(self):
        for member in self.facts["members"]:
            pod = self.ids[member["id"]]
            for properties in self.meta(pod):
                wanted = {"cluster.id": self.facts["cluster_id"], "node.id": str(member["id"])}
                if member["directory"]:
                    wanted["directory.id"] = member["directory"]
                for name, value in wanted.items():
                    if properties.get(name) != value:
                        raise Refusal(f"a disk of {pod.name} has {name}={properties.get(name)}, not {value}")

    def meta(self, pod):
        """The `meta.properties` of the disk that holds the metadata log."""
        found = [
            file
            for claim in pod.claims
            for file in pod.claim(claim).rglob("meta.properties")
            if list(file.parent.glob("__cluster_metadata-0"))
        ]
        if not found:
            raise Refusal(f"{pod.name} keeps its metadata log on no claim")
        for file in found:
            lines = [line for line in file.read_text().splitlines() if "=" in line]
            yield dict(line.split("=", 1) for line in lines)

    # --- what they survive -----------------------------------------------------------------------

    def lose(self, client):
        """One controller after the other dies, the leader first, and the rest do what the simulator says.

        Afterwards they are started again.
        """
        dead = set()
        for lost, prediction in enumerate(self.facts["quorum_losses"], 1):
            leader = self.await_leader("the quorum has a leader", dead)[0]
            self.ids[leader].process.kill()
            dead.add(leader)
            name = f"without-{lost}-controllers"
            if prediction:
                leader = self.await_leader(f"others lead without {lost} controllers", dead)[0]
                client.create(name)
                say(f"without {lost} controllers {leader} leads, and a topic is made")
            elif client.can_create(name):
                raise Refusal(f"without {lost} controllers a topic is made, and the simulator denies it")
            else:
                say(f"without {lost} controllers no topic is made, as the simulator says")
                break
        self.start()
        self.await_leader("the quorum is back")
