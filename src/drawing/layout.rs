//! Where everything stands.
//!
//! Zones stand side by side as far as there is room, nodes within them, pods within those. Clients outside
//! stand above, clients inside beneath; their wires run in the gaps between the rows.

use std::fmt::Write as _;

use super::scene::{Item, Node, Scene, Zone};
use super::{Drawing, Form, Frame, Label, Room, Set, Shape, Wire};
use crate::args;
use crate::text::Sentence;

/// How much a pod shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// Its name, its disks, its heap.
    Full,
    /// Its name.
    Names,
    /// Its number.
    Numbers,
}

/// The gap between things that stand side by side.
const GAP: i32 = 10;
/// What a framed zone leaves free inside, and above for its name.
const PAD: i32 = 8;
const ZONE_HEAD: i32 = 22;
/// The height of the rows of clients.
const CLIENTS: i32 = 22;
/// The height of a port or a Service.
const PILL: i32 = 18;
/// What is left free at the sides for wires from row to row.
const SIDE: i32 = 12;
/// The inner margin of a node.
const NODE_PAD: i32 = 8;

/// The measures of a node at some detail.
#[derive(Clone, Copy)]
struct Measures {
    detail: Detail,
    /// How narrow and how wide a node may be.
    least: i32,
    most: i32,
    /// The height of a pod, and from pod to pod.
    pod: i32,
    step: i32,
    /// What a node leaves free above its pods.
    head: i32,
    /// Pods side by side.
    columns: i32,
    /// How high a node is.
    height: i32,
    /// What lies above and beneath a row of nodes: ports and wires.
    above: i32,
    beneath: i32,
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(100_000)
}

fn pieces(number: i32, of: i32) -> i32 {
    let of = of.max(1);
    (number + of - 1) / of
}

impl Measures {
    fn of(scene: &Scene, detail: Detail) -> Self {
        let nodes = || scene.zones.iter().flat_map(|zone| &zone.nodes);
        let tallest = nodes()
            .map(|node| count(node.pods.len()) + i32::from(node.more > 0))
            .max()
            .unwrap_or(0)
            .max(1);
        let ports = scene
            .outside
            .as_ref()
            .map_or(0, |(_, ports)| count(ports.len()));
        let columns = match detail {
            Detail::Numbers if tallest > 3 => (1..=12)
                .find(|columns| columns * columns >= tallest)
                .unwrap_or(12),
            _ => 1,
        };
        let (least, most, pod, step, head, foot) = match detail {
            Detail::Full => (126, 214, 38, 43, 9, 21),
            Detail::Names => (76, 150, 20, 23, 8, 20),
            Detail::Numbers => (columns * 28 + 8, columns * 44 + 8, 17, 19, 4, 5),
        };
        let has_ports = ports > 0 && detail != Detail::Numbers;
        let head = head + if has_ports { 6 } else { 0 };
        let rows = pieces(tallest, columns);
        Self {
            detail,
            least,
            most,
            pod,
            step,
            head,
            columns,
            height: head + rows * step - (step - pod) + foot,
            above: if has_ports {
                PILL / 2 + 8 + (ports - 1) * (PILL + 2)
            } else {
                0
            },
            beneath: if detail == Detail::Numbers { 6 } else { 10 },
        }
    }

    fn is_framed(self, scene: &Scene) -> bool {
        scene.framed || self.detail == Detail::Numbers
    }
}

/// How zones and nodes are divided into rows.
#[derive(Clone, Copy)]
struct Grid {
    zones_in_row: i32,
    zone_width: i32,
    nodes_in_row: i32,
    node_width: i32,
    height: i32,
}

impl Grid {
    fn of(scene: &Scene, measures: Measures, width: i32, zones_in_row: i32) -> Option<Self> {
        let pad = if measures.is_framed(scene) { PAD } else { 0 };
        let zone_width = (width - (zones_in_row - 1) * GAP) / zones_in_row;
        let inner = zone_width - 2 * pad;
        let gap = node_gap(measures);
        let most_nodes = scene
            .zones
            .iter()
            .map(|zone| count(zone.nodes.len()))
            .max()
            .unwrap_or(0)
            .max(1);
        let fitting = ((inner + gap) / (measures.least + gap)).min(most_nodes);
        if fitting < 1 {
            return None;
        }
        // Rows of the same length look better than a full one and a rest.
        let nodes_in_row = pieces(most_nodes, pieces(most_nodes, fitting));
        let node_width = ((inner - (nodes_in_row - 1) * gap) / nodes_in_row).min(measures.most);
        let zone_width = nodes_in_row * (node_width + gap) - gap + 2 * pad;
        let mut grid = Self {
            zones_in_row,
            zone_width,
            nodes_in_row,
            node_width,
            height: 0,
        };
        grid.height = scene
            .zones
            .chunks(usize::try_from(zones_in_row).unwrap_or(1))
            .map(|row| grid.row_height(row, scene, measures) + GAP)
            .sum::<i32>()
            - GAP;
        Some(grid)
    }

    /// The height of a row of zones.
    fn row_height(self, row: &[Zone], scene: &Scene, measures: Measures) -> i32 {
        let rows = row
            .iter()
            .map(|zone| pieces(count(zone.nodes.len()), self.nodes_in_row))
            .max()
            .unwrap_or(0)
            .max(1);
        let rest = if row.iter().any(|zone| zone.more > 0) {
            16
        } else {
            0
        };
        let frame = if measures.is_framed(scene) {
            ZONE_HEAD
        } else {
            0
        };
        rows * (measures.above + measures.height + measures.beneath) + frame + rest
    }
}

const fn node_gap(measures: Measures) -> i32 {
    match measures.detail {
        Detail::Numbers => 5,
        _ => GAP,
    }
}

pub(super) fn lay_out(scene: &Scene, room: Room) -> Drawing {
    let width = room.width.max(120) - 2 * SIDE;
    let best = |detail: Detail| {
        let measures = Measures::of(scene, detail);
        (1..=count(scene.zones.len()).min(8))
            .rev()
            .filter_map(|zones_in_row| Grid::of(scene, measures, width, zones_in_row))
            .min_by_key(|grid| grid.height)
            .map(|grid| (measures, grid))
    };
    let most = room.height - 2 * CLIENTS - 16;
    let fits = |found: &(Measures, Grid)| found.1.height <= most;
    let numbers = || {
        let measures = Measures::of(scene, Detail::Numbers);
        let narrow = Grid {
            zones_in_row: 1,
            zone_width: width,
            nodes_in_row: 1,
            node_width: width - 2 * PAD,
            height: 0,
        };
        best(Detail::Numbers).unwrap_or((measures, narrow))
    };
    let (measures, grid) = best(Detail::Full)
        .filter(fits)
        .or_else(|| best(Detail::Names).filter(fits))
        .unwrap_or_else(numbers);
    Painter {
        scene,
        measures,
        grid,
        zones: Vec::new(),
        shapes: Vec::new(),
        wires: Vec::new(),
        rows: Vec::new(),
    }
    .paint(room.width.max(120))
}

/// The middles of what wires lead to in one row of nodes.
struct WireRow {
    /// The height of the wire above, and where it ends at each port.
    above: i32,
    drops: Vec<(i32, i32)>,
    /// The height of the wire beneath, and where it begins at each node with brokers.
    beneath: i32,
    stubs: Vec<(i32, i32)>,
}

struct Painter<'a> {
    scene: &'a Scene,
    measures: Measures,
    grid: Grid,
    zones: Vec<Shape>,
    shapes: Vec<Shape>,
    wires: Vec<Wire>,
    rows: Vec<WireRow>,
}

impl Painter<'_> {
    fn paint(mut self, most: i32) -> Drawing {
        let scene = self.scene;
        let mut y = 1;
        let mut pills_end = 0;
        let mut clients = Vec::new();
        if let Some((outside, ports)) = &scene.outside {
            let frame = clients_frame(outside, y);
            clients.push(shape(
                outside,
                frame,
                middle(frame, &outside.name, Set::MiddleSmall),
            ));
            pills_end = frame.x + frame.width;
            if self.measures.detail == Detail::Numbers {
                for port in ports {
                    let (shape, end) = pill(port, pills_end + 20, y + 2, most - pills_end - 30);
                    pills_end = end;
                    clients.push(shape);
                }
            }
            let framed = self.measures.is_framed(scene);
            y += CLIENTS + if framed { GAP } else { 0 };
        }
        let top = y;
        let zones_in_row = usize::try_from(self.grid.zones_in_row).unwrap_or(1);
        let mut right = 0;
        for row in scene.zones.chunks(zones_in_row.max(1)) {
            let height = self.grid.row_height(row, scene, self.measures);
            let first = self.rows.len();
            for (at, zone) in row.iter().enumerate() {
                let x = SIDE + count(at) * (self.grid.zone_width + GAP);
                right = right.max(x + self.grid.zone_width);
                self.zone(zone, x, y, height, first);
            }
            y += height + GAP;
        }
        y += 4 - GAP;
        let inside = clients_frame(&scene.inside, y);
        let (bootstrap, end) = pill(
            &scene.bootstrap,
            inside.x + inside.width + 20,
            y + 2,
            (most - inside.width - 40).max(60),
        );
        let service = bootstrap.frame;
        let mut foot = vec![
            shape(
                &scene.inside,
                inside,
                middle(inside, &scene.inside.name, Set::MiddleSmall),
            ),
            bootstrap,
        ];
        let mut width = (right + SIDE).max(end + 2).max(pills_end + 2).min(most);
        let mut ensemble_at = None;
        if let Some(ensemble) = &scene.ensemble {
            let (mut there, _) = pill(ensemble, 0, y + 2, most);
            let wanted = end + 30 + there.frame.width + 2;
            if wanted <= most {
                width = width.max(wanted);
                let x = width - 2 - there.frame.width;
                for label in &mut there.labels {
                    label.x += x;
                }
                there.frame.x = x;
                ensemble_at = Some(x);
                foot.push(there);
            }
        }
        self.wire_outside(top, &clients);
        self.wire_inside(service, width, ensemble_at);
        let mut shapes = clients;
        shapes.append(&mut self.zones);
        shapes.append(&mut self.shapes);
        shapes.append(&mut foot);
        Drawing {
            width,
            height: y + CLIENTS + 1,
            shapes,
            wires: self.wires,
            from: scene.from.clone(),
        }
    }

    fn zone(&mut self, zone: &Zone, x: i32, y: i32, height: i32, first: usize) {
        let measures = self.measures;
        let framed = measures.is_framed(self.scene);
        let (mut left, mut top) = (x, y);
        if framed {
            let frame = Frame {
                x,
                y,
                width: self.grid.zone_width,
                height,
            };
            let name = if self.scene.framed {
                zone.item.name.clone()
            } else {
                Sentence::new("drawing.nodes", args![nodes = zone.nodes.len()])
                    .words(self.scene.lang)
            };
            let label = Label {
                x: x + PAD + 2,
                y: y + 15,
                text: fit(&name, frame.width - 2 * PAD, 11),
                set: Set::Small,
            };
            let mut there = shape(&zone.item, frame, label);
            if !self.scene.framed {
                there.loss = None;
                there.says = name;
            }
            self.zones.push(there);
            left += PAD;
            top += ZONE_HEAD;
        }
        let pitch = measures.above + measures.height + measures.beneath;
        let in_row = usize::try_from(self.grid.nodes_in_row).unwrap_or(1).max(1);
        for (number, nodes) in zone.nodes.chunks(in_row).enumerate() {
            let row_top = top + count(number) * pitch;
            while self.rows.len() <= first + number {
                self.rows.push(WireRow {
                    above: row_top + 2,
                    drops: Vec::new(),
                    beneath: row_top + pitch - 4,
                    stubs: Vec::new(),
                });
            }
            for (at, node) in nodes.iter().enumerate() {
                let x = left + count(at) * (self.grid.node_width + node_gap(measures));
                self.node(node, x, row_top + measures.above, first + number);
            }
        }
        if zone.more > 0 {
            let words = Sentence::new("drawing.more-nodes", args![nodes = zone.more]);
            let frame = Frame {
                x: left,
                y: y + height - 20,
                width: self.grid.zone_width - 2 * (left - x),
                height: 16,
            };
            self.rest(&zone.item, &words.words(self.scene.lang), frame);
        }
    }

    /// What there was no room for, in words.
    fn rest(&mut self, of: &Item, words: &str, frame: Frame) {
        let label = Label {
            x: frame.x + 2,
            y: frame.y + 12,
            text: fit(words, frame.width, 11),
            set: Set::Small,
        };
        let mut rest = shape(of, frame, label);
        rest.id = format!("{}-rest", of.id);
        rest.form = Form::Rest;
        rest.loss = None;
        words.clone_into(&mut rest.says);
        self.shapes.push(rest);
    }

    fn node(&mut self, node: &Node, x: i32, y: i32, row: usize) {
        let measures = self.measures;
        let width = self.grid.node_width;
        let frame = Frame {
            x,
            y,
            width,
            height: measures.height,
        };
        let mut there = Shape {
            labels: Vec::new(),
            ..shape(&node.item, frame, empty())
        };
        if measures.detail != Detail::Numbers {
            there.labels.push(Label {
                x: x + NODE_PAD + 2,
                y: y + measures.height - 7,
                text: fit(&node.item.name, width - 2 * NODE_PAD, 11),
                set: Set::Small,
            });
        }
        self.shapes.push(there);
        let center = x + width / 2;
        if measures.detail != Detail::Numbers {
            let mut top = y - PILL / 2;
            for port in &node.ports {
                let (shape, _) = centered_pill(port, center, top, width - 10);
                self.shapes.push(shape);
                top -= PILL + 2;
            }
            if let Some(row) = self.rows.get_mut(row)
                && !node.ports.is_empty()
            {
                row.drops.push((center, top + PILL + 2));
            }
        }
        let has_broker = node.pods.iter().any(|pod| pod.form == Form::Broker);
        if let Some(row) = self.rows.get_mut(row)
            && has_broker
        {
            row.stubs.push((center, y + measures.height));
        }
        self.pods(node, frame);
    }

    fn pods(&mut self, node: &Node, frame: Frame) {
        let measures = self.measures;
        let pad = if measures.detail == Detail::Numbers {
            4
        } else {
            NODE_PAD
        };
        let inner = frame.width - 2 * pad;
        let width = (inner - (measures.columns - 1) * 2) / measures.columns;
        let spot = |at: i32| Frame {
            x: frame.x + pad + at % measures.columns * (width + 2),
            y: frame.y + measures.head + at / measures.columns * measures.step,
            width,
            height: measures.pod,
        };
        for (at, pod) in node.pods.iter().enumerate() {
            self.pod(pod, spot(count(at)));
        }
        if node.more > 0 {
            let words = Sentence::new("drawing.more-pods", args![pods = node.more]);
            let at = spot(count(node.pods.len()));
            self.rest(&node.item, &words.words(self.scene.lang), at);
        }
    }

    fn pod(&mut self, pod: &Item, frame: Frame) {
        match self.measures.detail {
            Detail::Full => {
                let label = Label {
                    x: frame.x + 9,
                    y: frame.y + 15,
                    text: fit_middle(&pod.name, frame.width - 16, 11),
                    set: Set::Name,
                };
                self.shapes.push(shape(pod, frame, label));
                self.details(pod, frame);
            }
            Detail::Names => {
                let text = fit_middle(&pod.name, frame.width - 10, 11);
                self.shapes
                    .push(shape(pod, frame, middle(frame, &text, Set::MiddleName)));
            }
            Detail::Numbers => {
                let whole = wide(&pod.name, 10) <= frame.width - 6;
                let text = if whole { &pod.name } else { &pod.short };
                let text = fit_middle(text, frame.width - 2, 10);
                self.shapes
                    .push(shape(pod, frame, middle(frame, &text, Set::MiddleSmall)));
            }
        }
    }

    /// The disks and the heap of a pod, as many as fit.
    fn details(&mut self, pod: &Item, frame: Frame) {
        let mut x = frame.x + 6;
        let end = frame.x + frame.width - 4;
        for detail in &pod.details {
            let is_disk = detail.id.contains("disk");
            let icon = if is_disk { 12 } else { 0 };
            let wanted = wide(&detail.name, 10) + icon + 6;
            // The first is cut, so that none is without; of the others only whole ones are shown.
            let first = x == frame.x + 6;
            if wanted > end - x && !first {
                return;
            }
            let width = wanted.min(end - x);
            let there = Frame {
                x,
                y: frame.y + 19,
                width,
                height: 16,
            };
            let label = Label {
                x: x + 3 + icon,
                y: frame.y + 31,
                text: fit(&detail.name, width - icon - 4, 10),
                set: Set::Small,
            };
            self.shapes.push(shape(detail, there, label));
            x += width + 4;
        }
    }

    /// From the clients outside to every port; some ports stand beside them.
    fn wire_outside(&mut self, top: i32, beside: &[Shape]) {
        if self.scene.outside.is_none() {
            return;
        }
        let numbers = self.measures.detail == Detail::Numbers;
        let bus = 1 + CLIENTS / 2;
        let mut path = String::new();
        if numbers {
            let frames = self.zones.iter().map(|zone| zone.frame);
            let ends = beside.iter().map(|one| one.frame.x + one.frame.width);
            let mut reached = ends.max().unwrap_or_default();
            for frame in frames.filter(|frame| frame.y == top) {
                let at = frame.x + frame.width / 2;
                let is_under =
                    |one: &Shape| (one.frame.x..=one.frame.x + one.frame.width).contains(&at);
                let start = if beside.iter().any(is_under) {
                    1 + CLIENTS
                } else {
                    bus
                };
                reached = reached.max(at);
                let _ = write!(path, "M{at} {start}V{}", frame.y);
            }
            path.insert_str(0, &format!("M{} {bus}H{reached}", client_width(self.scene)));
        } else {
            let clients = client_width(self.scene);
            for (number, row) in self.rows.iter().enumerate() {
                let Some(last) = row.drops.iter().map(|drop| drop.0).max() else {
                    continue;
                };
                let height = if number == 0 { bus } else { row.above };
                if number == 0 {
                    let _ = write!(path, "M{clients} {bus}H{}", last.max(clients));
                } else {
                    let _ = write!(path, "M6 {}V{height}H{last}", 1 + CLIENTS);
                }
                for (x, y) in &row.drops {
                    let start = if number == 0 && *x <= clients {
                        1 + CLIENTS
                    } else {
                        height
                    };
                    let _ = write!(path, "M{x} {start}V{y}");
                }
            }
        }
        self.wires.push(Wire {
            outside: true,
            path,
        });
    }

    /// From the clients inside over the Service to every node with brokers; not beyond the ensemble, if it
    /// stands beside the Service.
    fn wire_inside(&mut self, service: Frame, width: i32, ensemble: Option<i32>) {
        let bus = service.y + service.height / 2;
        let clients = client_end(&self.scene.inside);
        let mut path = format!("M{clients} {bus}H{}", service.x);
        let end = ensemble.unwrap_or(i32::MAX);
        // The wire is bare between the clients and the Service, and from there to the ensemble.
        let beside = service.x + service.width;
        let is_bare = |x: i32| x > clients && x < service.x || x > beside && x < end;
        let start = |x: i32| if is_bare(x) { bus } else { service.y };
        let last = self.rows.len().saturating_sub(1);
        let numbers = self.measures.detail == Detail::Numbers;
        for (number, row) in self.rows.iter().enumerate() {
            if row.stubs.is_empty() || numbers && number != last {
                continue;
            }
            if numbers {
                let bottoms = self.zones.iter().map(|zone| zone.frame);
                let lowest = bottoms.clone().map(|zone| zone.y + zone.height).max();
                for zone in bottoms.filter(|zone| Some(zone.y + zone.height) == lowest) {
                    let at = (zone.x + zone.width / 2).min(end - 4);
                    let _ = write!(path, "M{at} {}V{}", start(at), zone.y + zone.height);
                    if at > beside {
                        let _ = write!(path, "M{beside} {bus}H{at}");
                    }
                }
                continue;
            }
            if number == last {
                let reach = row.stubs.iter().map(|stub| stub.0).max().unwrap_or(0);
                let _ = write!(path, "M{beside} {bus}H{}", reach.min(end).max(beside));
                for (x, y) in &row.stubs {
                    let _ = write!(path, "M{x} {}V{y}", start(*x));
                }
            } else {
                let side = width - 5;
                let first = row.stubs.iter().map(|stub| stub.0).min().unwrap_or(0);
                let _ = match ensemble {
                    Some(_) => write!(path, "M{side} {}", service.y),
                    None => write!(path, "M{beside} {bus}H{side}"),
                };
                let _ = write!(path, "V{}H{first}", row.beneath);
                for (x, y) in &row.stubs {
                    let _ = write!(path, "M{x} {}V{y}", row.beneath);
                }
            }
        }
        self.wires.push(Wire {
            outside: false,
            path,
        });
    }
}

fn clients_frame(clients: &Item, y: i32) -> Frame {
    Frame {
        x: 1,
        y,
        width: wide(&clients.name, 11) + 20,
        height: CLIENTS,
    }
}

fn client_end(clients: &Item) -> i32 {
    let frame = clients_frame(clients, 0);
    frame.x + frame.width
}

fn client_width(scene: &Scene) -> i32 {
    scene
        .outside
        .as_ref()
        .map_or(0, |(clients, _)| client_end(clients))
}

fn shape(item: &Item, frame: Frame, label: Label) -> Shape {
    Shape {
        id: item.id.clone(),
        form: item.form,
        frame,
        labels: vec![label],
        says: item.says.clone(),
        field: item.field.clone(),
        place: item.place.clone(),
        loss: item.loss,
        from: item.from.clone(),
    }
}

const fn empty() -> Label {
    Label {
        x: 0,
        y: 0,
        text: String::new(),
        set: Set::Small,
    }
}

fn middle(frame: Frame, text: &str, set: Set) -> Label {
    let (x, y) = frame.middle();
    Label {
        x,
        y: y + 4,
        text: text.to_owned(),
        set,
    }
}

/// A port or a Service that begins somewhere; where it ends comes beside it.
fn pill(item: &Item, x: i32, y: i32, most: i32) -> (Shape, i32) {
    let width = (wide(&item.name, 11) + 18).min(most.max(30));
    let frame = Frame {
        x,
        y,
        width,
        height: PILL,
    };
    let text = fit_middle(&item.name, width - 8, 11);
    (
        shape(item, frame, middle(frame, &text, Set::MiddleSmall)),
        x + width,
    )
}

fn centered_pill(item: &Item, center: i32, y: i32, most: i32) -> (Shape, i32) {
    let width = (wide(&item.name, 11) + 18).min(most.max(30));
    pill(item, center - width / 2, y, most)
}

/// How wide a text is at most, at a size in pixels; the true width depends on the reader's fonts.
fn wide(text: &str, size: i32) -> i32 {
    let hundredths: i32 = text
        .chars()
        .map(|letter| match letter {
            'i' | 'j' | 'l' | '.' | ',' | ':' | '·' | ' ' | '|' | '\'' => 34,
            'm' | 'w' | 'M' | 'W' => 90,
            'A'..='Z' => 70,
            '\u{1100}'.. => 100,
            _ => 60,
        })
        .sum();
    (hundredths * size + 99) / 100
}

/// A text that fits; the end of a longer one is left out.
fn fit(text: &str, width: i32, size: i32) -> String {
    if wide(text, size) <= width {
        return text.to_owned();
    }
    let mut fitting = String::new();
    for letter in text.chars() {
        fitting.push(letter);
        if wide(&fitting, size) + size > width {
            fitting.pop();
            break;
        }
    }
    fitting + "…"
}

/// A name that fits; of a longer one the middle is left out, for its end tells it from the others.
fn fit_middle(text: &str, width: i32, size: i32) -> String {
    if wide(text, size) <= width {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    for kept in (1..letters.len()).rev() {
        let (head, tail) = (kept / 2, kept - kept / 2);
        let short: String = letters[..head]
            .iter()
            .chain(&['…'])
            .chain(&letters[letters.len() - tail..])
            .collect();
        if wide(&short, size) <= width {
            return short;
        }
    }
    "…".to_owned()
}
