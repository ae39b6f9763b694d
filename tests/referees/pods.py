"""Pods without a cluster: containers of a rendered bundle as processes of this machine.

What a container does in Kubernetes holds here too, but for paths and addresses: a pod has a private
folder as its root, and a loopback address of its own.
Names are those that Kubernetes would serve, worked out from the Services and StatefulSets.
"""

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import yaml

DOMAIN = "cluster.local"
# The machine may be slow and busy; what is awaited usually comes within seconds.
PATIENCE = int(os.environ.get("REFEREE_PATIENCE", "240"))


class Refusal(Exception):
    """The bundle does not do what it must; the text is the sentence that says so."""


def main(name, judge):
    """Runs a referee: whatever happens, every process that it started has ended afterwards."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        judge()
    except Refusal as refusal:
        sys.exit(f"{name}: {refusal}")
    finally:
        Process.end_all()


BEGAN = time.monotonic()


def say(*words):
    print(f"{time.monotonic() - BEGAN:4.0f} s", *words, flush=True)


def wait_until(what, true, patience=PATIENCE):
    """Asks again and again; what it answers when that is true."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        answer = true()
        if answer:
            return answer
        time.sleep(0.3)
    raise Refusal(f"{what}: not within {patience} seconds")


def _die_with_the_parent():
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A process of ours, which is ended by its id."""

    _running = []

    def __init__(self, command, env, log):
        self.log = Path(log)
        self.process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=open(log, "ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_the_parent,
        )
        Process._running.append(self)

    @property
    def ended(self):
        return self.process.poll() is not None

    def program(self):
        """The file that runs under the process's id."""
        return os.path.realpath(f"/proc/{self.process.pid}/exe")

    def arguments(self):
        return Path(f"/proc/{self.process.pid}/cmdline").read_text().split("\0")[:-1]

    def kill(self):
        """As when the node dies."""
        if not self.ended:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self in Process._running:
            Process._running.remove(self)

    def stop(self, patience=PATIENCE):
        """As the kubelet stops it: asks process 1, and waits."""
        self.process.terminate()
        try:
            return self.process.wait(patience)
        finally:
            self.kill()

    def said(self):
        return self.log.read_text(errors="replace")

    @classmethod
    def end_all(cls):
        for process in list(cls._running):
            process.kill()


class Bundle:
    """The objects of a rendered bundle."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.objects = objects_below(self.folder)

    def apply(self, objects):
        """As the API server takes them: what has the name of another takes its place."""
        names = [name_of(tree) for tree in objects]
        self.objects = [tree for tree in self.objects if name_of(tree) not in names] + objects

    def delete(self, objects):
        names = [name_of(tree) for tree in objects]
        self.objects = [tree for tree in self.objects if name_of(tree) not in names]

    def of_kind(self, kind):
        return [tree for tree in self.objects if tree["kind"] == kind]

    def one(self, kind, name, namespace):
        for tree in self.of_kind(kind):
            if (tree["metadata"]["name"], namespace_of(tree)) == (name, namespace):
                return tree
        raise Refusal(f"there is no {kind} {namespace}/{name}, and something asks for it")

    def stateful_sets(self, folder):
        """The StatefulSets of a folder of the bundle."""
        text = (self.folder / folder / "statefulset.yaml").read_text()
        return [tree for tree in yaml.safe_load_all(text) if tree]


def objects_below(folder):
    """The objects of all manifests of a folder."""
    files = [
        file
        for file in sorted(Path(folder).rglob("*.yaml"))
        if file.name not in ("design.yaml", "kustomization.yaml")
    ]
    return [tree for file in files for tree in yaml.safe_load_all(file.read_text()) if tree]


def name_of(tree):
    return tree["kind"], namespace_of(tree), tree["metadata"]["name"]


def namespace_of(tree):
    return tree["metadata"].get("namespace", "default")


def selects(selector, labels):
    """Whether a Service's selector, or the `matchLabels` of others, picks these labels."""
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def expand(text, variables):
    """`$(NAME)` and `$$` in a command or in the value of a variable, as the kubelet does it."""

    def made(match):
        if match[0] == "$$":
            return "$"
        return variables.get(match[1], match[0])

    return re.sub(r"\$\$|\$\(([^()]*)\)", made, text)


class Pod:
    """One pod of a StatefulSet."""

    def __init__(self, cluster, stateful_set, ordinal, address, node):
        self.cluster = cluster
        self.ordinal = ordinal
        self.address = address
        self.node = node
        self.process = None
        self.adopted = 0
        self.adopt(stateful_set)

    def adopt(self, stateful_set):
        """Becomes a pod of this set; one that runs does so when it starts again."""
        cluster, ordinal = self.cluster, self.ordinal
        self.set = stateful_set
        self.namespace = namespace_of(stateful_set)
        self.name = f"{stateful_set['metadata']['name']}-{ordinal}"
        self.spec = stateful_set["spec"]["template"]["spec"]
        self.container = self.spec["containers"][0]
        self.labels = {
            **stateful_set["spec"]["template"]["metadata"].get("labels", {}),
            "statefulset.kubernetes.io/pod-name": self.name,
            "apps.kubernetes.io/pod-index": str(ordinal),
        }
        self.root = cluster.root / self.name
        # What it says as another kind of pod stands in another file.
        self.adopted += 1
        self.log = cluster.root / f"{self.name}-{self.adopted}.log"
        templates = stateful_set["spec"].get("volumeClaimTemplates", [])
        self.claims = [template["metadata"]["name"] for template in templates]
        service = cluster.bundle.one("Service", stateful_set["spec"]["serviceName"], self.namespace)
        if service["spec"].get("clusterIP") != "None":
            raise Refusal(f"Service {service['metadata']['name']} is not headless: its pods have no names")
        if not selects(service["spec"].get("selector"), self.labels):
            raise Refusal(f"Service {service['metadata']['name']} does not select {self.name}")
        self.host = f"{self.name}.{service['metadata']['name']}"

    def claim(self, name):
        return self.cluster.root / "claims" / f"{name}-{self.name}"

    def names(self, namespace):
        """The names that a pod of a namespace finds this one under."""
        short = [self.host] if namespace == self.namespace else []
        long = f"{self.host}.{self.namespace}"
        return [*short, long, f"{long}.svc", f"{long}.svc.{DOMAIN}"]

    # --- what the kubelet does ----------------------------------------------------------------

    def make_root(self):
        """A container's folders: what is not mounted is fresh at every start of the container."""
        if self.root.exists():
            shutil.rmtree(self.root)
        volumes = {volume["name"]: volume for volume in self.spec.get("volumes", [])}
        for mount in self.container.get("volumeMounts", []):
            place = self.root / mount["mountPath"].strip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            if mount["name"] in self.claims:
                source = self.claim(mount["name"])
                source.mkdir(parents=True, exist_ok=True)
                place.symlink_to(source)
            elif "configMap" in volumes[mount["name"]]:
                place.mkdir()
                self.mount_config(volumes[mount["name"]]["configMap"]["name"], place)
            else:
                place.mkdir(exist_ok=True)
        (self.root / "tmp").mkdir(exist_ok=True)
        for path, text in self.cluster.image_files.items():
            place = self.root / path.strip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(self.at_home(text))
            place.chmod(0o755)

    def mount_config(self, name, place):
        data = self.cluster.bundle.one("ConfigMap", name, self.namespace)["data"]
        for file, text in data.items():
            (place / file).write_text(self.at_home(self.cluster.addressed(self, file, text)))

    def paths(self):
        mounts = [mount["mountPath"] for mount in self.container.get("volumeMounts", [])]
        return sorted({*mounts, "/opt/kafka", "/tmp"}, key=len, reverse=True)

    def at_home(self, text):
        """The text with the container's paths as paths below the pod's root."""
        paths = "|".join(re.escape(path.rstrip("/")) for path in self.paths())
        return re.sub(rf"(?<![\w./-])({paths})(?![\w-])", rf"{self.root}\1", text)

    def variables(self, container):
        variables = {"HOSTNAME": self.name}
        fields = {
            "status.hostIP": self.node,
            "status.podIP": self.address,
            "metadata.name": self.name,
            "metadata.namespace": self.namespace,
        }
        for variable in container.get("env", []):
            if "value" in variable:
                value = self.at_home(expand(variable["value"], variables))
            else:
                value = fields[variable["valueFrom"]["fieldRef"]["fieldPath"]]
            variables[variable["name"]] = value
        return variables

    def environment(self, container):
        own = {"PATH": f"{self.cluster.root}/bin:{os.environ['PATH']}", "HOME": str(self.root / "tmp")}
        return {**own, **self.variables(container), **self.cluster.told(self)}

    def words(self, container, parts):
        variables = self.variables(container)
        return [self.at_home(expand(word, variables)) for word in parts]

    def start(self):
        self.make_root()
        for container in self.spec.get("initContainers", []):
            self.finish(container)
        command = [*self.container.get("command", []), *self.container.get("args", [])]
        words = [self.cluster.addressed(self, "command", word) for word in command]
        self.process = Process(
            self.words(self.container, words), self.environment(self.container), self.log
        )

    def finish(self, container):
        """Runs an init container to its end."""
        # Only bash's own connections ask the machine's DNS.
        words = [
            self.cluster.located(self, word) if "/dev/tcp/" in word else word
            for word in container["command"]
        ]
        done = subprocess.run(
            self.words(container, words),
            env=self.environment(container),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if done.returncode != 0:
            raise Refusal(f"{container['name']} of {self.name} fails: {done.stdout}{done.stderr}")

    def probe(self, kind):
        """Asks a rendered probe once; whether it is content."""
        probe = self.container[kind]
        if "tcpSocket" in probe:
            return answers(self.address, self.port(probe["tcpSocket"]["port"]))
        words = [word.replace("127.0.0.1", self.address) for word in probe["exec"]["command"]]
        done = subprocess.run(
            self.words(self.container, words),
            env=self.environment(self.container),
            capture_output=True,
            timeout=60,
        )
        return done.returncode == 0

    def port(self, port):
        """The number of a container port that may be given by its name."""
        if isinstance(port, int):
            return port
        for known in self.container.get("ports", []):
            if known.get("name") == port:
                return known["containerPort"]
        raise Refusal(f"{self.name} has no port {port}, and something asks for it")

    def await_ready(self):
        def ready():
            if self.process.ended:
                raise Refusal(f"{self.name} has ended by itself:\n{tail(self.process.said())}")
            return self.probe("startupProbe") and self.probe("readinessProbe")

        try:
            wait_until(f"{self.name} becomes ready", ready)
        except Refusal as why:
            raise Refusal(f"{why}\n{tail(self.process.said())}") from why
        if self.would_be_killed():
            raise Refusal(f"{self.name} is ready, and its liveness probe would kill it")

    def would_be_killed(self):
        """Whether the liveness probe fails as often in a row as the kubelet needs to kill."""
        for _ in range(self.container["livenessProbe"].get("failureThreshold", 3)):
            if self.probe("livenessProbe"):
                return False
            time.sleep(0.5)
        return True


class JobPod(Pod):
    """The pod of a Job: it has a name for nobody, and ends."""

    def __init__(self, cluster, job):
        self.cluster = cluster
        self.spec = job["spec"]["template"]["spec"]
        self.container = self.spec["containers"][0]
        self.name = job["metadata"]["name"] + "-x"
        self.namespace = namespace_of(job)
        self.address = self.node = cluster.node(0)
        self.root = cluster.root / self.name
        self.log = cluster.root / f"{self.name}.log"
        self.claims = []

    def run(self):
        self.start()
        code = self.process.process.wait(2 * PATIENCE)
        self.process.kill()
        if code != 0:
            raise Refusal(f"{self.name} ends with {code}:\n{tail(self.process.said())}")
        return self.process.said()


def answers(host, port):
    try:
        socket.create_connection((host, port), 5).close()
        return True
    except OSError:
        return False


def tail(text, lines=25):
    return "\n".join(text.splitlines()[-lines:])


class Cluster:
    """Pods with their names; `network` is the beginning of the loopback addresses, such as 127.9.1."""

    def __init__(self, bundle, network):
        self.bundle = bundle
        self.network = network
        self.root = Path(tempfile.mkdtemp(prefix="referee-"))
        self.pods = []
        self.image_files = {}
        (self.root / "bin").mkdir()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        Process.end_all()
        shutil.rmtree(self.root, ignore_errors=True)

    def add_pods(self, stateful_sets, first):
        """The pods of StatefulSets, with the addresses from a number on; node N has N + 200."""
        added = []
        for stateful_set in stateful_sets:
            for ordinal in range(stateful_set["spec"]["replicas"]):
                number = len(added)
                pod = Pod(
                    self,
                    stateful_set,
                    ordinal,
                    f"{self.network}.{first + number}",
                    self.node(number),
                )
                added.append(pod)
        self.pods += added
        return added

    def node(self, number):
        return f"{self.network}.{200 + number}"

    def stand_in(self, program, script, folder=None):
        """A program that containers find by its name, or in a folder of the image."""
        if folder:
            self.image_files[f"{folder}/{program}"] = script
        else:
            path = self.root / "bin" / program
            path.write_text(script)
            path.chmod(0o755)

    def names(self, namespace):
        """What the cluster's DNS tells a pod of a namespace: names and addresses."""
        names = [(name, pod.address) for pod in self.pods for name in pod.names(namespace)]
        for service in self.bundle.of_kind("Service"):
            if service["spec"].get("clusterIP") == "None":
                continue
            home = namespace_of(service)
            behind = [
                pod
                for pod in self.pods
                if pod.namespace == home and selects(service["spec"].get("selector"), pod.labels)
            ]
            if not behind:
                continue
            name = service["metadata"]["name"]
            short = [name] if namespace == home else []
            for one in [*short, f"{name}.{home}", f"{name}.{home}.svc", f"{name}.{home}.svc.{DOMAIN}"]:
                names.append((one, behind[0].address))
        return names

    def hosts_file(self, namespace):
        """The names as a file for Java's `jdk.net.hosts.file`."""
        path = self.root / f"hosts-{namespace}"
        lines = [f"{address} {name}" for name, address in self.names(namespace)]
        path.write_text("\n".join(["127.0.0.1 localhost", *lines]) + "\n")
        return path

    def located(self, pod, text):
        """The text with addresses in the place of names, for programs that ask the machine's DNS."""
        for name, address in sorted(self.names(pod.namespace), key=lambda pair: -len(pair[0])):
            text = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", address, text)
        return text

    def told(self, pod):
        """Variables for the stand-ins."""
        return {"REFEREE_HOSTS": str(self.hosts_file(pod.namespace))}

    def addressed(self, pod, file, text):
        """The text with the pod's own address where its process would open all addresses."""
        if file == "zoo.cfg":
            own = f"clientPortAddress={pod.address}\n"
            return own + text.replace("quorumListenOnAllIPs=true", "quorumListenOnAllIPs=false")
        if file in ("command", "server.properties", "controller.properties"):
            return re.sub(r"(\blisteners=\S*)", lambda match: at_address(match[1], pod), text)
        return text


def at_address(listeners, pod):
    return listeners.replace("://:", f"://{pod.address}:")


class Forwarder:
    """What a node's port or a load balancer does: passes connections on to a pod."""

    def __init__(self, address, port, pod, target):
        self.target = (pod.address, target)
        self.server = socket.create_server((address, port))
        self.server.settimeout(None)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            server = socket.create_connection(self.target, 10)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        other = threading.Thread(target=pump, args=(server, client), daemon=True)
        other.start()
        pump(client, server)
        other.join()
        client.close()
        server.close()

    def close(self):
        self.server.close()


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end, how in ((sink, socket.SHUT_WR), (source, socket.SHUT_RD)):
        try:
            end.shutdown(how)
        except OSError:
            pass
