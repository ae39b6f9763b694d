//! What the API server would refuse of an object, or drop without a word: unknown fields, wrong types,
//! wrong quantities, names and references.
//!
//! The table knows the fields of the kinds that a cluster of Kafka is made of, up to Kubernetes 1.35;
//! objects of other kinds are not judged.
//! Source: `k8s_openapi` 0.29, the API reference.

use std::collections::BTreeMap;

use super::objects::Object;
use super::tree::{Content, Node};
use super::{Position, Remark};
use crate::args;
use crate::fields;

/// The fields of each type, with what they hold: `s` a text, `i` a whole number, `b` a flag,
/// `q` a quantity, `p` a number or a name, `m` a map of texts, `r` a map of quantities, `o` anything,
/// another type, and `*` a list.
const TYPES: &str = "\
Service spec=ServiceSpec status=o
ServiceSpec type=s clusterIP=s clusterIPs=*s ports=*ServicePort selector=m externalTrafficPolicy=s internalTrafficPolicy=s publishNotReadyAddresses=b sessionAffinity=s sessionAffinityConfig=o externalIPs=*s externalName=s loadBalancerIP=s loadBalancerClass=s loadBalancerSourceRanges=*s ipFamilies=*s ipFamilyPolicy=s healthCheckNodePort=i allocateLoadBalancerNodePorts=b trafficDistribution=s
ServicePort name=s port=i targetPort=p nodePort=i protocol=s appProtocol=s
PodDisruptionBudget spec=BudgetSpec status=o
BudgetSpec minAvailable=p maxUnavailable=p selector=Selector unhealthyPodEvictionPolicy=s
ConfigMap data=m binaryData=m immutable=b
ServiceAccount automountServiceAccountToken=b imagePullSecrets=*o secrets=*o
Namespace spec=o status=o
StatefulSet spec=StatefulSetSpec status=o
StatefulSetSpec replicas=i serviceName=s selector=Selector template=PodTemplate volumeClaimTemplates=*Claim podManagementPolicy=s updateStrategy=o revisionHistoryLimit=i minReadySeconds=i persistentVolumeClaimRetentionPolicy=o ordinals=o
Deployment spec=DeploymentSpec status=o
DeploymentSpec replicas=i selector=Selector template=PodTemplate strategy=o minReadySeconds=i revisionHistoryLimit=i paused=b progressDeadlineSeconds=i
Job spec=JobSpec status=o
JobSpec template=PodTemplate backoffLimit=i activeDeadlineSeconds=i completions=i parallelism=i ttlSecondsAfterFinished=i suspend=b completionMode=s selector=Selector manualSelector=b backoffLimitPerIndex=i maxFailedIndexes=i podFailurePolicy=o podReplacementPolicy=s successPolicy=o managedBy=s
Claim apiVersion=s kind=s metadata=Meta spec=ClaimSpec status=o
ClaimSpec accessModes=*s storageClassName=s resources=Resources volumeMode=s volumeName=s selector=Selector dataSource=o dataSourceRef=o volumeAttributesClassName=s
PersistentVolumeClaim spec=ClaimSpec status=o
Selector matchLabels=m matchExpressions=*o
PodTemplate metadata=Meta spec=PodSpec
Meta name=s generateName=s namespace=s labels=m annotations=m creationTimestamp=o deletionTimestamp=o deletionGracePeriodSeconds=i finalizers=*s generation=i managedFields=o ownerReferences=o resourceVersion=s selfLink=s uid=s
PodSpec containers=*Container initContainers=*Container ephemeralContainers=*o volumes=*Volume affinity=o tolerations=*o nodeSelector=m nodeName=s serviceAccountName=s serviceAccount=s automountServiceAccountToken=b securityContext=o terminationGracePeriodSeconds=i restartPolicy=s dnsPolicy=s dnsConfig=o hostNetwork=b hostPID=b hostIPC=b hostUsers=b hostname=s hostnameOverride=s subdomain=s setHostnameAsFQDN=b hostAliases=*o imagePullSecrets=*o priorityClassName=s priority=i preemptionPolicy=s topologySpreadConstraints=*o enableServiceLinks=b shareProcessNamespace=b runtimeClassName=s schedulerName=s readinessGates=*o activeDeadlineSeconds=i overhead=r os=o resources=Resources resourceClaims=*o schedulingGates=*o
Container name=s image=s imagePullPolicy=s command=*s args=*s workingDir=s env=*Env envFrom=*o ports=*ContainerPort resources=Resources resizePolicy=*o restartPolicy=s restartPolicyRules=*o volumeMounts=*Mount volumeDevices=*o livenessProbe=Probe readinessProbe=Probe startupProbe=Probe lifecycle=o securityContext=o stdin=b stdinOnce=b tty=b terminationMessagePath=s terminationMessagePolicy=s
ContainerPort name=s containerPort=i hostPort=i hostIP=s protocol=s
Env name=s value=s valueFrom=o
Mount name=s mountPath=s subPath=s subPathExpr=s readOnly=b recursiveReadOnly=s mountPropagation=s
Resources requests=r limits=r claims=*o
Probe exec=o httpGet=o tcpSocket=o grpc=o initialDelaySeconds=i periodSeconds=i timeoutSeconds=i successThreshold=i failureThreshold=i terminationGracePeriodSeconds=i
Volume name=s configMap=o secret=o emptyDir=o persistentVolumeClaim=o hostPath=o nfs=o projected=o downwardAPI=o csi=o ephemeral=o image=o local=o awsElasticBlockStore=o azureDisk=o azureFile=o cephfs=o cinder=o fc=o flexVolume=o flocker=o gcePersistentDisk=o gitRepo=o glusterfs=o iscsi=o photonPersistentDisk=o portworxVolume=o quobyte=o rbd=o scaleIO=o storageos=o vsphereVolume=o
";

/// The longest name of a port.
const LONGEST_PORT_NAME: usize = 15;

/// What is wrong with the objects, with the file of each.
pub fn objects(objects: &[Object]) -> Vec<(String, Remark)> {
    let mut remarks = Vec::new();
    let mut node_ports: BTreeMap<i64, String> = BTreeMap::new();
    for object in objects {
        let mut checker = Checker {
            remarks: Vec::new(),
        };
        if let Some(fields) = fields_of(&object.kind) {
            checker.object(&object.node, fields);
        }
        if let Some(pod) = object.node.at(&["spec", "template", "spec"]) {
            checker.pod(pod, object.node.at(&["spec", "volumeClaimTemplates"]));
        }
        if object.kind == "Service" {
            checker.node_ports(object, &mut node_ports);
        }
        let of_object = checker.remarks.into_iter();
        remarks.extend(of_object.map(|remark| (object.file.clone(), remark)));
    }
    remarks
}

fn fields_of(name: &str) -> Option<&'static str> {
    let mut lines = TYPES.lines();
    lines.find_map(|line| {
        line.split_once(' ')
            .filter(|(known, _)| *known == name)
            .map(|(_, fields)| fields)
    })
}

struct Checker {
    remarks: Vec<Remark>,
}

impl Checker {
    fn object(&mut self, node: &Node, fields: &'static str) {
        for (key, value) in node.entries() {
            match key.name.as_str() {
                "apiVersion" | "kind" => {}
                "metadata" => self.field(value, "Meta", key.position),
                _ => self.entry(&key.name, key.position, value, fields),
            }
        }
    }

    fn entry(&mut self, name: &str, at: Position, value: &Node, fields: &'static str) {
        let mut known = fields.split(' ').filter_map(|field| field.split_once('='));
        match known.find(|(field, _)| *field == name) {
            Some((_, kind)) => self.field(value, kind, at),
            None => self.say(at, "import.check.unknown", name),
        }
    }

    fn field(&mut self, node: &Node, kind: &'static str, at: Position) {
        if node.is_null() {
            return;
        }
        if let Some(kind) = kind.strip_prefix('*') {
            if !matches!(node.content, Content::List(_)) {
                self.say(at, "import.check.list", "");
            }
            for item in node.items() {
                self.field(item, kind, item.position);
            }
            return;
        }
        match kind {
            "s" if node.str().is_none() => {
                self.say(node.position, "import.check.text", &shown(node));
            }
            "i" if node.whole().is_none() => {
                self.say(node.position, "import.check.whole", &shown(node));
            }
            "b" if !matches!(node.content, Content::Plain(serde_yaml::Value::Bool(_))) => {
                self.say(node.position, "import.check.flag", &shown(node));
            }
            "o" | "s" | "i" | "b" => {}
            "p" => {
                if node.str().is_none() && node.whole().is_none() {
                    self.say(node.position, "import.check.whole", &shown(node));
                }
            }
            "m" => self.texts(node),
            "r" => self.quantities(node),
            of_type => {
                let Some(fields) = fields_of(of_type) else {
                    return;
                };
                if !matches!(node.content, Content::Map(_)) {
                    self.say(at, "import.check.map", "");
                }
                for (key, value) in node.entries() {
                    self.entry(&key.name, key.position, value, fields);
                }
                self.special(node, of_type, at);
            }
        }
    }

    /// What a type asks for beyond the types of its fields.
    fn special(&mut self, node: &Node, of_type: &str, at: Position) {
        match of_type {
            "Probe"
                if !["exec", "httpGet", "tcpSocket", "grpc"]
                    .iter()
                    .any(|way| node.get(way).is_some()) =>
            {
                self.say(at, "import.check.probe", "");
            }
            "ContainerPort" => {
                let Some(name) = node.get("name") else { return };
                let text = name.str().unwrap_or_default();
                let fits =
                    |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
                if text.len() > LONGEST_PORT_NAME || !text.bytes().all(fits) {
                    self.say(name.position, "import.check.port-name", text);
                }
            }
            _ => {}
        }
    }

    fn texts(&mut self, node: &Node) {
        for (_, value) in node.entries() {
            if value.str().is_none() && !value.is_null() {
                self.say(value.position, "import.check.text", &shown(value));
            }
        }
    }

    fn quantities(&mut self, node: &Node) {
        for (key, value) in node.entries() {
            let text = value.scalar().unwrap_or_default();
            let right = if key.name == "cpu" {
                fields::cpu(&text).is_ok()
            } else {
                fields::quantity(&text).is_ok()
            };
            if !right {
                self.say(value.position, "import.check.quantity", &text);
            }
        }
    }

    /// Every mount has its volume.
    fn pod(&mut self, pod: &Node, claims: Option<&Node>) {
        let volumes = pod.get("volumes").map_or(&[][..], Node::items);
        let claims = claims.map_or(&[][..], Node::items);
        let has = |name: &str| {
            volumes
                .iter()
                .any(|volume| volume.str_at(&["name"]) == Some(name))
                || claims
                    .iter()
                    .any(|claim| claim.str_at(&["metadata", "name"]) == Some(name))
        };
        for list in ["containers", "initContainers"] {
            let containers = pod.get(list).map_or(&[][..], Node::items);
            let mounts = containers
                .iter()
                .filter_map(|container| container.get("volumeMounts"));
            for name in mounts
                .flat_map(Node::items)
                .filter_map(|mount| mount.get("name"))
            {
                let text = name.str().unwrap_or_default();
                if !has(text) {
                    self.say(name.position, "import.check.mount", text);
                }
            }
        }
    }

    /// Each node port is taken once.
    fn node_ports(&mut self, service: &Object, taken: &mut BTreeMap<i64, String>) {
        let ports = service
            .node
            .at(&["spec", "ports"])
            .map_or(&[][..], Node::items);
        for node in ports.iter().filter_map(|port| port.get("nodePort")) {
            let Some(port) = node.whole() else { continue };
            if let Some(other) = taken.get(&port) {
                let args = args![port, other];
                self.remarks
                    .push(Remark::new(node.position, "import.check.node-port", args));
            }
            taken.entry(port).or_insert_with(|| service.subject());
        }
    }

    fn say(&mut self, at: Position, key: &'static str, what: &str) {
        self.remarks.push(Remark::new(at, key, args![what]));
    }
}

fn shown(node: &Node) -> String {
    node.scalar().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_the_table_is_in_it() {
        for line in TYPES.lines() {
            for (field, kind) in line.split(' ').filter_map(|field| field.split_once('=')) {
                let kind = kind.trim_start_matches('*');
                assert!(
                    kind.len() == 1 || fields_of(kind).is_some(),
                    "{field}={kind}"
                );
            }
        }
    }
}
