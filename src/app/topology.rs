//! The cluster as a drawing: nodes or zones, and the pods in them, from the model of failures.
//!
//! The placement is the engine's; this place only decides how much detail there is room for.

use leptos::prelude::*;

use super::state::App;
use super::words::{say, say_with};
use crate::args;
use crate::design::FieldPath;
use crate::plan::Plan;
use crate::simulate::{self, Harm, Placement};

/// Columns that have room for names; with more, pods are small.
const ROOMY: usize = 6;
/// Brokers in one roomy column.
const TALL: usize = 3;
/// Small pods that one place shows before the rest is counted.
const SMALL: usize = 60;

/// What is drawn.
#[derive(Clone, PartialEq)]
struct Picture {
    title: String,
    risk: String,
    places: Vec<Place>,
    roomy: bool,
    outside: bool,
}

/// A node or a zone.
#[derive(Clone, PartialEq)]
struct Place {
    name: String,
    pods: Vec<Pod>,
    more: usize,
}

/// A pod.
#[derive(Clone, PartialEq)]
struct Pod {
    name: String,
    detail: String,
    short: String,
    port: Option<String>,
    broker: bool,
    field: FieldPath,
}

impl Picture {
    fn of(plan: &Plan) -> Self {
        let placement = Placement::of(plan);
        let columns = placement.nodes.len();
        let busiest = (0..columns.min(ROOMY + 1))
            .map(|node| placement.brokers.iter().filter(|at| **at == node).count())
            .max()
            .unwrap_or(0);
        let roomy = columns <= ROOMY && busiest <= TALL;
        let pods = pods(plan, &placement);
        let zone_of = |node: usize| placement.nodes.get(node).copied().unwrap_or(0);
        let places = if roomy {
            columns
        } else {
            placement.zones.len()
        };
        let places = (0..places)
            .map(|at| {
                let mut here: Vec<Pod> = pods
                    .iter()
                    .filter(|(node, _)| {
                        if roomy {
                            *node == at
                        } else {
                            zone_of(*node) == at
                        }
                    })
                    .map(|(_, pod)| pod.clone())
                    .collect();
                let zone = placement
                    .zones
                    .get(if roomy { zone_of(at) } else { at })
                    .cloned()
                    .unwrap_or_default();
                let node = say_with("topology.node", args![number = at + 1]);
                let name = match (roomy, zone.is_empty()) {
                    (true, true) => node,
                    (true, false) => format!("{node} · {zone}"),
                    (false, _) => zone,
                };
                let more = here.len().saturating_sub(SMALL);
                here.truncate(SMALL);
                Place {
                    name,
                    pods: here,
                    more,
                }
            })
            .collect();
        Self {
            title: title(plan, &placement),
            risk: risk(plan, &placement),
            places,
            roomy,
            outside: plan
                .kafka
                .listeners
                .iter()
                .any(crate::plan::Listener::is_outside),
        }
    }
}

/// Every pod with its node.
fn pods(plan: &Plan, placement: &Placement) -> Vec<(usize, Pod)> {
    let kafka = &plan.kafka;
    let outside = kafka
        .listeners
        .iter()
        .find(|listener| listener.is_outside());
    let disks: Vec<&str> = kafka
        .disks
        .iter()
        .map(|disk| disk.size.text.as_str())
        .collect();
    let disks = disks.join(" + ");
    let brokers = kafka
        .each_broker()
        .zip(&placement.brokers)
        .map(|((group, ordinal), node)| {
            let port = outside
                .map(|listener| format!(":{}", kafka.advertised(listener, group, ordinal).1));
            let pod = Pod {
                name: format!("{}-{ordinal}", *group.name),
                detail: say_with(
                    "topology.broker",
                    args![disks = disks.clone(), heap = kafka.pods.heap.text.clone()],
                ),
                short: (*group.id_base + ordinal).to_string(),
                port,
                broker: true,
                field: FieldPath::keyed("kafka.groups[].brokers", &group.key),
            };
            (*node, pod)
        });
    let servers = plan.zookeeper().into_iter().flat_map(|zookeeper| {
        placement.servers.iter().enumerate().map(move |(at, node)| {
            let pod = Pod {
                name: zookeeper.pod_name(at as u64),
                detail: say_with(
                    "topology.server",
                    args![disk = zookeeper.data_volume.size.text.clone()],
                ),
                short: format!("z{at}"),
                port: None,
                broker: false,
                field: "zookeeper.servers".into(),
            };
            (*node, pod)
        })
    });
    brokers.chain(servers).collect()
}

fn title(plan: &Plan, placement: &Placement) -> String {
    let (brokers, servers) = (*plan.kafka.brokers, placement.servers.len());
    let (nodes, zones) = (placement.nodes.len(), placement.zones.len());
    match (placement.nodes_known, zones) {
        (_, 2..) => say_with("topology.zones", args![brokers, servers, zones]),
        (true, _) => say_with("topology.nodes", args![brokers, servers, nodes]),
        (false, _) => say_with("topology.title", args![brokers, servers]),
    }
}

/// What the loss of one part costs at worst.
fn risk(plan: &Plan, placement: &Placement) -> String {
    let harm =
        simulate::weakest_single(plan, placement).map_or(Harm::None, |(_, outcome)| outcome.harm());
    say(match harm {
        Harm::None => "topology.harm.none",
        Harm::Frozen => "topology.harm.frozen",
        Harm::Unwritable => "topology.harm.unwritable",
        Harm::Unreadable => "topology.harm.unreadable",
    })
}

/// The strip above the form.
#[component]
pub fn Topology() -> impl IntoView {
    let app = expect_context::<App>();
    let picture = Memo::new(move |_| app.report.with(|report| Picture::of(&report.plan)));
    view! {
        <section class="topology" aria-label=say("topology.label")>
            {move || {
                let picture = picture.get();
                let drawing = if picture.roomy { roomy(app, &picture) } else { dense(app, &picture) };
                view! {
                    <header>
                        <strong>{picture.title}</strong>
                        <span>{picture.risk}</span>
                    </header>
                    <div class="topology-scroll" tabindex="0" role="group" aria-label=say("topology.label")>{drawing}</div>
                }
            }}
        </section>
    }
}

/// Measures of the roomy drawing: a column, its gap, what stands left of the first, a pod and its step.
const WIDE: usize = 154;
const GAP: usize = 14;
const LEFT: usize = 96;
const HIGH: usize = 36;
const STEP: usize = 42;

/// A column for each node, a named box for each pod.
fn roomy(app: App, picture: &Picture) -> AnyView {
    let top = if picture.outside { 24 } else { 3 };
    let left = if picture.outside { LEFT } else { 2 };
    let tallest = picture
        .places
        .iter()
        .map(|place| place.pods.len())
        .max()
        .unwrap_or(0);
    let bottom = top + 10 + tallest * STEP + 16;
    let columns = picture.places.len();
    let width = left + columns * (WIDE + GAP) - GAP + 2;
    let center = |at: usize| left + at * (WIDE + GAP) + WIDE / 2;
    let wires = picture.outside.then(|| {
        let path = format!("M74 62H84V11H{}", center(columns.saturating_sub(1)));
        view! {
            <path class="topology-wire" d=path />
            <rect class="topology-clients" x="2" y="44" width="72" height="36" rx="7" />
            <text class="topology-name" x="38" y="59" text-anchor="middle">{say("topology.clients")}</text>
            <text class="topology-detail" x="38" y="72" text-anchor="middle">{say("topology.outside")}</text>
        }
    });
    let places = picture.places.iter().enumerate().map(|(at, place)| {
        let x = left + at * (WIDE + GAP);
        let ports: Vec<&str> = place.pods.iter().filter_map(|pod| pod.port.as_deref()).collect();
        let port = (!ports.is_empty()).then(|| {
            let words = ports.join(" ");
            let wide = 16 + words.len() * 7;
            view! {
                <rect class="topology-port" x=center(at) - wide / 2 y="2" width=wide height="18" rx="9" />
                <text class="topology-port-text" x=center(at) y="15" text-anchor="middle">{words}</text>
            }
        });
        let pods = place.pods.iter().enumerate().map(|(row, pod)| {
            let y = top + 8 + row * STEP;
            let field = pod.field.clone();
            let class = if pod.broker { "topology-pod broker" } else { "topology-pod" };
            view! {
                <g class=class on:click=move |_| app.go_to_field(&field)>
                    <rect x=x + 8 y=y width=WIDE - 16 height=HIGH rx="6" />
                    <text class="topology-name" x=x + 18 y=y + 15>{cut(&pod.name, 20)}</text>
                    <text class="topology-detail" x=x + 18 y=y + 28>{cut(&pod.detail, 24)}</text>
                </g>
            }
        });
        view! {
            <rect class="topology-place" x=x y=top - 1 width=WIDE height=bottom - top rx="9" />
            <text class="topology-detail" x=x + 10 y=bottom - 9>{cut(&place.name, 24)}</text>
            {port}
            {pods.collect_view()}
        }
    });
    view! {
        <svg
            class="roomy"
            viewBox=format!("0 0 {width} {}", bottom + 2)
            width=width
            height=bottom + 2
            role="img"
            aria-label=spoken(picture)
        >
            {wires}
            {places.collect_view()}
        </svg>
    }
    .into_any()
}

/// A box for each zone, a numbered chip for each pod.
fn dense(app: App, picture: &Picture) -> AnyView {
    let places = picture.places.iter().map(|place| {
        let pods = place.pods.iter().map(|pod| {
            let field = pod.field.clone();
            let class = if pod.broker { "topology-chip broker" } else { "topology-chip" };
            let title = format!("{} {} {}", pod.name, pod.detail, pod.port.as_deref().unwrap_or_default());
            view! {
                <span class=class title=title on:click=move |_| app.go_to_field(&field)>{pod.short.clone()}</span>
            }
        });
        let more = (place.more > 0).then(|| say_with("topology.more", args![count = place.more]));
        view! {
            <div class="topology-zone">
                <div class="topology-chips">{pods.collect_view()}{more}</div>
                <small>{place.name.clone()}</small>
            </div>
        }
    });
    view! {
        <div class="dense" role="img" aria-label=spoken(picture)>
            {places.collect_view()}
        </div>
    }
    .into_any()
}

/// The drawing in words.
fn spoken(picture: &Picture) -> String {
    let (title, risk) = (&picture.title, &picture.risk);
    let mut words = vec![say_with("topology.spoken", args![title, risk])];
    for place in &picture.places {
        let pods: Vec<String> = place.pods.iter().map(|pod| pod.name.clone()).collect();
        let place = &place.name;
        words.push(say_with("topology.spoken-place", args![place, pods]));
    }
    words.join(" ")
}

/// A text that fits; the end of a long one is left out.
fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}
