"""The ensemble of a bundle, run by Debian's ZooKeeper."""

import logging
import re
import socket
import subprocess
import zipfile

from kazoo.client import KazooClient
from kazoo.exceptions import KazooException, NodeExistsError
from kazoo.handlers.threading import KazooTimeoutError

from pods import Refusal, say, tail, wait_until

# What it says about lost connections is expected here.
logging.getLogger("kazoo").disabled = True
logging.getLogger("kazoo.client").disabled = True

JAR = "/usr/share/java/zookeeper.jar"
LOGGER = "/usr/share/java/slf4j-simple.jar"

# In the place of the image's script: the same settings, a small heap.
START = f"""#!/bin/sh
[ "$1" = start-foreground ] || {{ echo "zkServer.sh is called with $*"; exit 1; }}
exec java $SERVER_JVMFLAGS -Xms32m -Xmx128m -Djdk.net.hosts.file="$REFEREE_HOSTS" \\
    -Dorg.slf4j.simpleLogger.showDateTime=true -cp {JAR}:{LOGGER} \\
    org.apache.zookeeper.server.quorum.QuorumPeerMain "$ZOOCFGDIR/zoo.cfg"
"""


def version():
    with zipfile.ZipFile(JAR) as jar:
        names = jar.namelist()
    properties = [name for name in names if name.endswith("pom.properties")]
    if properties:
        with zipfile.ZipFile(JAR) as jar:
            found = re.search(r"^version=(\S+)", jar.read(properties[0]).decode(), re.M)
        if found:
            return found[1]
    return "3.8"


def java_version():
    said = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr
    return said.splitlines()[0]


class Ensemble:
    """The servers of a bundle, each a pod."""

    def __init__(self, cluster, first=1):
        self.cluster = cluster
        cluster.stand_in("zkServer.sh", START)
        sets = cluster.bundle.stateful_sets("20-zookeeper")
        self.servers = cluster.add_pods(sets, first)

    def join(self, brokers):
        """The brokers find it by themselves."""

    def start(self):
        for server in self.servers:
            server.start()
        for server in self.servers:
            server.await_ready()
        self.check_process_one()

    def check_process_one(self):
        for server in self.servers:
            if not server.process.program().endswith("/java"):
                raise Refusal(f"process 1 of {server.name} is no Java: no signal reaches the server")

    def ask(self, server, word="srvr"):
        """A four-letter word; nothing when nobody answers."""
        port = server.port("client")
        try:
            with socket.create_connection((server.address, port), 5) as connection:
                connection.sendall(word.encode())
                connection.settimeout(10)
                return connection.makefile().read()
        except OSError:
            return ""

    def mode(self, server):
        found = re.search(r"^Mode: (\w+)$", self.ask(server), re.M)
        return found[1] if found else None

    def running(self):
        return [server for server in self.servers if server.process and not server.process.ended]

    def leader(self):
        modes = {server: self.mode(server) for server in self.running()}
        for server, mode in modes.items():
            if mode in ("leader", "standalone"):
                return server
        return None

    def serves(self):
        """Whether all running servers belong to a quorum with one leader."""
        modes = [self.mode(server) for server in self.running()]
        return None not in modes and sum(mode != "follower" for mode in modes) == 1

    def client(self, server):
        client = KazooClient(
            f"{server.address}:{server.port('client')}", timeout=20, logger=logging.getLogger("kazoo")
        )
        try:
            client.start(timeout=20)
        except KazooTimeoutError:
            client.stop()
            client.close()
            raise
        return client

    def write(self, path, value):
        """Tries to write through the leader; whether it was confirmed."""
        leader = self.leader()
        if not leader:
            return False
        try:
            client = self.client(leader)
        except KazooTimeoutError:
            return False
        try:
            client.ensure_path("/referee")
            client.create(path, value)
        except NodeExistsError:
            pass
        except (KazooException, KazooTimeoutError):
            return False
        finally:
            client.stop()
            client.close()
        return True

    def await_write(self, what, path, value):
        """All running servers have one leader, and it confirms a write."""
        try:
            wait_until(what, lambda: self.serves() and self.write(path, value))
        except Refusal as refusal:
            logs = "\n".join(tail(server.process.said(), 6) for server in self.running())
            raise Refusal(f"{refusal}\n{logs}") from None

    def read(self, server, path):
        client = self.client(server)
        try:
            client.sync(path)
            return client.get(path)[0]
        finally:
            client.stop()
            client.close()

    def check_everyone_reads(self, path, value):
        for server in self.running():
            if self.read(server, path) != value:
                raise Refusal(f"{server.name} does not have what another server confirmed")
        say(f"{path}: written on one server, read on {len(self.running())}")
