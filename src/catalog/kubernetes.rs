//! What a Kubernetes version offers.
//!
//! A field counts from the version in which its feature gate is on by default, because managed clusters rarely let people turn alpha gates on.
//! Source of the field methods: kubernetes/website, `content/en/docs/reference/command-line-tools-reference/feature-gates/`.
//! `rollingUpdate.maxUnavailable` of a `StatefulSet` has no method on purpose: it was on in 1.35.0 to 1.35.3, off again until 1.36, and is not to be relied on.

use super::versions::KubernetesVersion;

/// The Kubernetes versions that can be chosen, oldest first.
pub const KUBERNETES_VERSIONS: &[KubernetesVersion] = &[
    KubernetesVersion::of(1, 21),
    KubernetesVersion::of(1, 22),
    KubernetesVersion::of(1, 23),
    KubernetesVersion::of(1, 24),
    KubernetesVersion::of(1, 25),
    KubernetesVersion::of(1, 26),
    KubernetesVersion::of(1, 27),
    KubernetesVersion::of(1, 28),
    KubernetesVersion::of(1, 29),
    KubernetesVersion::of(1, 30),
    KubernetesVersion::of(1, 31),
    KubernetesVersion::of(1, 32),
    KubernetesVersion::of(1, 33),
    KubernetesVersion::of(1, 34),
    KubernetesVersion::of(1, 35),
    KubernetesVersion::of(1, 36),
    KubernetesVersion::of(1, 37),
];

/// The oldest version that still gets fixes: the project maintains the three newest ones.
/// Source: kubernetes/website:content/en/releases/version-skew-policy.md.
pub fn oldest_maintained_kubernetes() -> Option<KubernetesVersion> {
    KUBERNETES_VERSIONS.iter().rev().nth(2).copied()
}

/// Does the API server of a version know a kind under an `apiVersion`?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serving {
    /// Yes.
    Served,
    /// Not before this version.
    NotYet {
        /// First version that serves it.
        since: KubernetesVersion,
    },
    /// Not any more.
    Removed {
        /// First version that does not serve it.
        removed_in: KubernetesVersion,
        /// The `apiVersion` to use instead; `None` when the kind itself is gone.
        instead: Option<&'static str>,
    },
    /// Not in our table: a custom resource, a misspelling, or a kind that does not matter here.
    Unknown,
}

/// One row per `apiVersion` and kind: since (minor of 1.x, 0 = before 1.21), removed in (0 = served), replacement.
/// Source: kubernetes/website:content/en/docs/reference/using-api/deprecation-guide.md and the directories of kubernetes/api.
const SERVED: &[(&str, &[&str], u8, u8, &str)] = &[
    (
        "v1",
        &[
            "Namespace",
            "Service",
            "ConfigMap",
            "Secret",
            "ServiceAccount",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "LimitRange",
            "ResourceQuota",
            "Endpoints",
            "List",
        ],
        0,
        0,
        "",
    ),
    (
        "apps/v1",
        &["StatefulSet", "Deployment", "DaemonSet", "ReplicaSet"],
        0,
        0,
        "",
    ),
    (
        "apps/v1beta1",
        &["StatefulSet", "Deployment"],
        0,
        16,
        "apps/v1",
    ),
    (
        "apps/v1beta2",
        &["StatefulSet", "Deployment", "DaemonSet", "ReplicaSet"],
        0,
        16,
        "apps/v1",
    ),
    (
        "extensions/v1beta1",
        &["Deployment", "DaemonSet", "ReplicaSet"],
        0,
        16,
        "apps/v1",
    ),
    (
        "extensions/v1beta1",
        &["NetworkPolicy"],
        0,
        16,
        "networking.k8s.io/v1",
    ),
    (
        "extensions/v1beta1",
        &["Ingress"],
        0,
        22,
        "networking.k8s.io/v1",
    ),
    (
        "networking.k8s.io/v1beta1",
        &["Ingress", "IngressClass"],
        0,
        22,
        "networking.k8s.io/v1",
    ),
    (
        "networking.k8s.io/v1",
        &["NetworkPolicy", "Ingress", "IngressClass"],
        0,
        0,
        "",
    ),
    ("policy/v1", &["PodDisruptionBudget"], 21, 0, ""),
    (
        "policy/v1beta1",
        &["PodDisruptionBudget"],
        0,
        25,
        "policy/v1",
    ),
    ("policy/v1beta1", &["PodSecurityPolicy"], 0, 25, ""),
    (
        "rbac.authorization.k8s.io/v1",
        &["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"],
        0,
        0,
        "",
    ),
    (
        "rbac.authorization.k8s.io/v1beta1",
        &["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"],
        0,
        22,
        "rbac.authorization.k8s.io/v1",
    ),
    ("storage.k8s.io/v1", &["StorageClass"], 0, 0, ""),
    (
        "storage.k8s.io/v1beta1",
        &["StorageClass"],
        0,
        22,
        "storage.k8s.io/v1",
    ),
    ("batch/v1", &["Job"], 0, 0, ""),
    ("batch/v1", &["CronJob"], 21, 0, ""),
    ("batch/v1beta1", &["CronJob"], 0, 25, "batch/v1"),
    ("autoscaling/v1", &["HorizontalPodAutoscaler"], 0, 0, ""),
    ("autoscaling/v2", &["HorizontalPodAutoscaler"], 23, 0, ""),
    (
        "autoscaling/v2beta1",
        &["HorizontalPodAutoscaler"],
        0,
        25,
        "autoscaling/v2",
    ),
    (
        "autoscaling/v2beta2",
        &["HorizontalPodAutoscaler"],
        0,
        26,
        "autoscaling/v2",
    ),
    ("scheduling.k8s.io/v1", &["PriorityClass"], 0, 0, ""),
    (
        "scheduling.k8s.io/v1beta1",
        &["PriorityClass"],
        0,
        22,
        "scheduling.k8s.io/v1",
    ),
    ("discovery.k8s.io/v1", &["EndpointSlice"], 21, 0, ""),
    (
        "discovery.k8s.io/v1beta1",
        &["EndpointSlice"],
        0,
        25,
        "discovery.k8s.io/v1",
    ),
];

impl KubernetesVersion {
    const fn reaches(self, minor: u8) -> bool {
        self.major > 1 || (self.major == 1 && self.minor >= minor)
    }

    /// Is a kind served under an `apiVersion`?
    pub fn serving(self, api_version: &str, kind: &str) -> Serving {
        let row = SERVED
            .iter()
            .find(|(version, kinds, ..)| *version == api_version && kinds.contains(&kind));
        match row {
            None => Serving::Unknown,
            Some(&(_, _, _, removed, instead)) if removed > 0 && self.reaches(removed) => {
                Serving::Removed {
                    removed_in: Self::of(1, removed),
                    instead: Some(instead).filter(|instead| !instead.is_empty()),
                }
            }
            Some(&(_, _, since, _, _)) if !self.reaches(since) => Serving::NotYet {
                since: Self::of(1, since),
            },
            Some(_) => Serving::Served,
        }
    }

    /// `PodDisruptionBudget` in policy/v1, from 1.21.
    pub const fn serves_policy_v1(self) -> bool {
        self.reaches(21)
    }

    /// `PodDisruptionBudget` in policy/v1beta1, up to 1.24.
    pub const fn serves_policy_v1beta1(self) -> bool {
        !self.reaches(25)
    }

    /// `CronJob` in batch/v1, from 1.21.
    pub const fn serves_cron_job_v1(self) -> bool {
        self.reaches(21)
    }

    /// `HorizontalPodAutoscaler` in autoscaling/v2, from 1.23.
    pub const fn serves_autoscaling_v2(self) -> bool {
        self.reaches(23)
    }

    /// `minReadySeconds` of a `StatefulSet`, on from 1.23.
    /// Source: StatefulSetMinReadySeconds.md.
    pub const fn has_min_ready_seconds(self) -> bool {
        self.reaches(23)
    }

    /// `persistentVolumeClaimRetentionPolicy` of a `StatefulSet`, on from 1.27.
    /// Source: StatefulSetAutoDeletePVC.md.
    pub const fn has_pvc_retention_policy(self) -> bool {
        self.reaches(27)
    }

    /// `ordinals.start` of a `StatefulSet`, on from 1.27.
    /// Source: StatefulSetStartOrdinal.md.
    pub const fn has_ordinals_start(self) -> bool {
        self.reaches(27)
    }

    /// The label `apps.kubernetes.io/pod-index` on the pods of a `StatefulSet`, on from 1.28.
    /// Source: PodIndexLabel.md.
    pub const fn has_pod_index_label(self) -> bool {
        self.reaches(28)
    }

    /// `unhealthyPodEvictionPolicy` of a `PodDisruptionBudget`, on from 1.27.
    /// Source: PDBUnhealthyPodEvictionPolicy.md.
    pub const fn has_unhealthy_pod_eviction_policy(self) -> bool {
        self.reaches(27)
    }

    /// The access mode `ReadWriteOncePod`, on from 1.27; CSI volumes only.
    /// Source: ReadWriteOncePod.md.
    pub const fn has_read_write_once_pod(self) -> bool {
        self.reaches(27)
    }

    /// Sidecars as init containers with `restartPolicy: Always`, on from 1.29.
    /// Source: SidecarContainers.md.
    pub const fn has_native_sidecars(self) -> bool {
        self.reaches(29)
    }

    /// `lifecycle.preStop.sleep`, on from 1.30.
    /// Source: PodLifecycleSleepAction.md.
    pub const fn has_pre_stop_sleep(self) -> bool {
        self.reaches(30)
    }

    /// `minDomains` of a topology spread constraint, on from 1.27.
    /// Source: MinDomainsInPodTopologySpread.md.
    pub const fn has_min_domains(self) -> bool {
        self.reaches(27)
    }

    /// The lower band of node ports is kept for fixed numbers, on from 1.28.
    /// Source: ServiceNodePortStaticSubrange.md.
    pub const fn has_static_node_port_band(self) -> bool {
        self.reaches(28)
    }

    /// Pod Security admission reads the `pod-security.kubernetes.io/` labels of a namespace, on from 1.23.
    /// Source: kubernetes/website:content/en/docs/concepts/security/pod-security-admission.md.
    pub const fn has_pod_security_labels(self) -> bool {
        self.reaches(23)
    }

    /// `PodSecurityPolicy`, up to 1.24.
    /// Source: deprecation-guide.md.
    pub const fn has_pod_security_policy(self) -> bool {
        !self.reaches(25)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(minor: u8) -> KubernetesVersion {
        KubernetesVersion::of(1, minor)
    }

    #[test]
    fn every_version_from_1_21_to_1_37_can_be_chosen() {
        assert_eq!(KUBERNETES_VERSIONS.len(), 17);
        assert!(KUBERNETES_VERSIONS.is_sorted());
        assert_eq!(KUBERNETES_VERSIONS.first(), Some(&version(21)));
        assert_eq!(KUBERNETES_VERSIONS.last(), Some(&version(37)));
    }

    #[test]
    fn fields_appear_where_their_gate_is_on_and_not_where_it_was_alpha() {
        assert!(!version(22).has_min_ready_seconds());
        assert!(version(23).has_min_ready_seconds());
        assert!(!version(26).has_pvc_retention_policy());
        assert!(version(27).has_pvc_retention_policy());
        assert!(!version(27).has_pod_index_label());
        assert!(version(28).has_static_node_port_band());
        assert!(!version(29).has_pre_stop_sleep());
    }

    #[test]
    fn the_old_budget_goes_with_1_25() {
        assert!(version(24).serves_policy_v1beta1());
        assert_eq!(
            version(25).serving("policy/v1beta1", "PodDisruptionBudget"),
            Serving::Removed {
                removed_in: version(25),
                instead: Some("policy/v1"),
            }
        );
        assert_eq!(
            version(24).serving("policy/v1beta1", "PodDisruptionBudget"),
            Serving::Served
        );
    }

    #[test]
    fn a_kind_may_be_too_new_or_unknown() {
        assert_eq!(
            version(22).serving("autoscaling/v2", "HorizontalPodAutoscaler"),
            Serving::NotYet { since: version(23) }
        );
        assert_eq!(
            version(33).serving("kafka.strimzi.io/v1beta2", "Kafka"),
            Serving::Unknown
        );
    }
}
