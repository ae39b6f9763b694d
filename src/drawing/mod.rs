//! The cluster as a drawing: nodes or zones, the pods in them, disks, Services, ports, clients.
//!
//! [`Picture::of`] lays a plan out in the room that there is: with much room each pod shows its disks
//! and its heap, with less its name, with little a number.
//! The page and the file `topology.svg` draw the same shapes; [`svg`] writes them as text.
//! Positions are whole pixels, so that the same plan gives the same bytes everywhere.

mod layout;
mod scene;
pub mod svg;

use crate::design::FieldPath;
use crate::plan::Plan;
use crate::render::Origins;
use crate::simulate::{Part, Placement};
use crate::text::Lang;

/// The room for a drawing, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// It is never wider than this.
    pub width: i32,
    /// Details are left out before it gets higher than this.
    pub height: i32,
}

/// A drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// How wide it is.
    pub width: i32,
    /// How high it is.
    pub height: i32,
    /// What it shows, from back to front and in the order of reading.
    pub shapes: Vec<Shape>,
    /// The lines between the shapes.
    pub wires: Vec<Wire>,
    /// The fields that decide where everything stands.
    pub from: Origins,
}

/// A part of the drawing that can be pointed at.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// What it is among all, such as `broker-2`.
    pub id: String,
    /// What it looks like.
    pub form: Form,
    /// Where it stands.
    pub frame: Frame,
    /// What is written on it.
    pub labels: Vec<Label>,
    /// What it is, in words.
    pub says: String,
    /// The field that it leads to.
    pub field: FieldPath,
    /// The file that shows it best, and what the line there holds.
    pub place: Place,
    /// What is lost with it, when it can be lost.
    pub loss: Option<Part>,
    /// The fields that it comes from.
    pub from: Origins,
}

/// Where a shape stands in the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: &'static str,
    /// What the line holds.
    pub holds: String,
}

/// What a shape looks like; the names are classes of the drawing's style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A zone.
    Zone,
    /// A node.
    Node,
    /// A node that is only taken to be there: nobody told how many there are.
    GuessedNode,
    /// The pod of a broker.
    Broker,
    /// The pod of a ZooKeeper server or a controller.
    Server,
    /// A disk or a heap, within its pod.
    Detail,
    /// A port or an address that clients outside use.
    Port,
    /// A Service that pods start from.
    Service,
    /// Clients.
    Clients,
    /// What there was no room for.
    Rest,
}

impl Form {
    /// Its class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::Node => "node",
            Self::GuessedNode => "node guessed",
            Self::Broker => "pod broker",
            Self::Server => "pod",
            Self::Detail => "detail",
            Self::Port => "port",
            Self::Service => "service",
            Self::Clients => "clients",
            Self::Rest => "rest",
        }
    }

    /// How round its corners are.
    const fn radius(self) -> i32 {
        match self {
            Self::Zone => 11,
            Self::Node | Self::GuessedNode | Self::Port | Self::Service => 9,
            Self::Clients | Self::Rest => 7,
            Self::Broker | Self::Server => 6,
            Self::Detail => 3,
        }
    }
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// How wide it is.
    pub width: i32,
    /// How high it is.
    pub height: i32,
}

impl Frame {
    const fn middle(self) -> (i32, i32) {
        (self.x + self.width / 2, self.y + self.height / 2)
    }
}

/// A text on a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where it begins, or its middle.
    pub x: i32,
    /// Its base line.
    pub y: i32,
    /// The words, cut as the shape needs it.
    pub text: String,
    /// How it is set.
    pub set: Set,
}

/// How a label is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// A name.
    Name,
    /// A name around its middle.
    MiddleName,
    /// Something of less weight.
    Small,
    /// The same around its middle.
    MiddleSmall,
}

/// A line between shapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// Whether it leads to clients outside.
    pub outside: bool,
    /// Where it goes, as SVG writes it.
    pub path: String,
}

/// What a loss does to a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes on.
    Up,
    /// It is what was lost.
    Lost,
    /// It went down with what was lost.
    Down,
}

/// A way to go in a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Up.
    Up,
    /// Down.
    Down,
    /// The next in the order of reading.
    Next,
    /// The one before.
    Back,
}

/// A drawing with what is said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The drawing.
    pub drawing: Drawing,
    /// How much of everything there is.
    pub title: String,
    /// Where every pod runs, and how clients get there, a sentence each.
    pub words: Vec<String>,
}

impl Picture {
    /// Draws a plan, with words in a language.
    pub fn of(plan: &Plan, placement: &Placement, room: Room, lang: Lang) -> Self {
        let scene = scene::Scene::of(plan, placement, lang);
        Self {
            drawing: layout::lay_out(&scene, room),
            title: scene::title(plan, placement, lang),
            words: scene.words(),
        }
    }
}

/// Where every pod runs, and how clients get there, without drawing it.
pub fn words(plan: &Plan, placement: &Placement, lang: Lang) -> Vec<String> {
    scene::Scene::of(plan, placement, lang).words()
}

impl Drawing {
    /// A shape by its id.
    pub fn shape(&self, id: &str) -> Option<&Shape> {
        self.shapes.iter().find(|shape| shape.id == id)
    }

    /// The shape beside another one; next and back reach every shape.
    pub fn beside(&self, id: &str, way: Way) -> Option<&Shape> {
        let at = self.shapes.iter().position(|shape| shape.id == id)?;
        let here = self.shapes[at].frame.middle();
        let sign = match way {
            Way::Next => return self.shapes.get(at + 1),
            Way::Back => return self.shapes.get(at.checked_sub(1)?),
            Way::Up => -1,
            Way::Down => 1,
        };
        let far = |shape: &&Shape| {
            let there = shape.frame.middle();
            let along = (there.1 - here.1) * sign;
            (along > 3).then(|| along + 3 * (there.0 - here.0).abs())
        };
        let ahead = self
            .shapes
            .iter()
            .filter_map(|shape| Some((far(&shape)?, shape)));
        ahead.min_by_key(|(far, _)| *far).map(|(_, shape)| shape)
    }
}

impl Drawing {
    /// What the loss of some parts does to each shape.
    pub fn fates(&self, placement: &Placement, lost: &[Part]) -> Vec<Fate> {
        let down = placement.down(lost);
        let node_down = |node: usize| {
            let zone = placement.nodes.get(node);
            lost.contains(&Part::Node(node))
                || zone.is_some_and(|zone| lost.contains(&Part::Zone(*zone)))
        };
        let silent = |node: usize| {
            let mut brokers = placement.brokers.iter().zip(&down.brokers);
            brokers.all(|(at, down)| *at != node || *down)
        };
        let mut pod = Fate::Up;
        let fate = |shape: &Shape, pod: Fate| {
            let went_down = match (shape.form, shape.loss) {
                // What stands within a pod follows it.
                (Form::Detail, _) => return pod,
                (_, Some(part)) if lost.contains(&part) => return Fate::Lost,
                (_, Some(Part::Node(node))) => node_down(node),
                (_, Some(Part::Broker(broker))) => down.brokers.get(broker) == Some(&true),
                (_, Some(Part::Server(server))) => down.servers.get(server) == Some(&true),
                (Form::Port, None) => shape
                    .id
                    .strip_prefix("port-")
                    .and_then(|id| id.split_once('-')?.1.parse().ok())
                    .is_some_and(silent),
                (_, Some(Part::Zone(_)) | None) => false,
            };
            if went_down { Fate::Down } else { Fate::Up }
        };
        let mut fates = Vec::with_capacity(self.shapes.len());
        for shape in &self.shapes {
            let fate = fate(shape, pod);
            if matches!(shape.form, Form::Broker | Form::Server) {
                pod = match fate {
                    Fate::Up => Fate::Up,
                    Fate::Lost | Fate::Down => Fate::Down,
                };
            }
            fates.push(fate);
        }
        fates
    }
}

/// The name of a part that can be lost.
pub fn part_name(plan: &Plan, placement: &Placement, part: Part, lang: Lang) -> String {
    scene::part_name(plan, placement, part, lang)
}

#[cfg(test)]
mod tests;
