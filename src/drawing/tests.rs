use super::svg::Use;
use super::*;
use crate::design::Design;
use crate::presets::PRESETS;

const STRIP: Room = Room {
    width: 540,
    height: 250,
};

fn drawn(design: &Design, room: Room) -> Drawing {
    let plan = Plan::of(design);
    Picture::of(&plan, &Placement::of(&plan), room, Lang::En).drawing
}

fn production(brokers: &str) -> Design {
    PRESETS[0]
        .design()
        .with("kafka.groups[main].brokers", brokers)
        .with("nodes.count", brokers)
        .with("kafka.listeners[external].exposure", "node-port")
}

fn labels(drawing: &Drawing, form: Form) -> Vec<&str> {
    let shapes = drawing.shapes.iter().filter(|shape| shape.form == form);
    shapes
        .flat_map(|shape| &shape.labels)
        .map(|label| label.text.as_str())
        .collect()
}

#[test]
fn three_brokers_show_their_disks_heaps_and_ports() {
    let drawing = drawn(&production("3"), STRIP);
    assert_eq!(
        labels(&drawing, Form::Broker),
        ["kafka-0", "kafka-1", "kafka-2"]
    );
    assert_eq!(labels(&drawing, Form::Port), [":30010", ":30011", ":30012"]);
    let details = labels(&drawing, Form::Detail);
    for detail in ["100Gi", "heap 4g"] {
        assert!(details.contains(&detail), "{detail}: {details:?}");
    }
    assert_eq!(
        labels(&drawing, Form::Service),
        ["kafka-bootstrap:9092", "zk-cs:2181"]
    );
}

#[test]
fn thirty_brokers_keep_their_numbers_and_fit_into_the_strip() {
    let drawing = drawn(&production("30"), STRIP);
    assert_eq!(labels(&drawing, Form::Broker).len(), 30);
    assert!(labels(&drawing, Form::Broker).contains(&"29"));
    assert_eq!(labels(&drawing, Form::Port), [":30010–30039"]);
    assert!(drawing.height <= STRIP.height, "{}", drawing.height);
    let large = Room {
        width: 960,
        height: 640,
    };
    assert!(labels(&drawn(&production("30"), large), Form::Broker).contains(&"kafka-29"));
}

/// Whatever there is, nothing leaves the drawing, no two siblings overlap, and ids are unique.
#[test]
fn nothing_overlaps_or_leaves_the_drawing() {
    let designs = PRESETS
        .iter()
        .map(|preset| preset.design())
        .chain(["1", "2", "4", "6", "7", "9", "12", "13", "30", "100", "300"].map(production));
    let designs = designs.chain([
        production("9").with("nodes.count", ""),
        production("24").with("nodes.count", "3"),
        production("5").with("nodes.zones", "a, b, c, d, e, f, g, h, i, j"),
        production("300").with("nodes.count", "1"),
        production("3").with("nodes.count", "15000"),
        production("3").with("kafka.name", &"k".repeat(50)),
    ]);
    for design in designs {
        for room in [
            STRIP,
            Room {
                width: 328,
                height: 220,
            },
            Room {
                width: 60,
                height: 0,
            },
            Room {
                width: 960,
                height: 640,
            },
            Room {
                width: 4000,
                height: 4000,
            },
        ] {
            let drawing = drawn(&design, room);
            check(&drawing, room);
        }
    }
}

fn check(drawing: &Drawing, room: Room) {
    assert!(drawing.width <= room.width.max(120), "{room:?}");
    let mut ids: Vec<&str> = drawing
        .shapes
        .iter()
        .map(|shape| shape.id.as_str())
        .collect();
    ids.sort_unstable();
    for pair in ids.windows(2) {
        assert_ne!(pair[0], pair[1], "{room:?}");
    }
    for shape in &drawing.shapes {
        let Frame {
            x,
            y,
            width,
            height,
        } = shape.frame;
        let inside = x >= 0 && y >= 0 && width > 0 && height > 0;
        // A room too narrow for anything is scrolled.
        let inside = inside && (room.width < 300 || x + width <= drawing.width);
        assert!(
            inside && y + height <= drawing.height,
            "{room:?}: {shape:?} in {}×{}",
            drawing.width,
            drawing.height
        );
        assert!(!shape.says.is_empty(), "{shape:?}");
    }
    for form in [
        Form::Zone,
        Form::Node,
        Form::Broker,
        Form::Server,
        Form::Detail,
        Form::Port,
    ] {
        let same: Vec<&Shape> = drawing
            .shapes
            .iter()
            .filter(|shape| shape.form == form)
            .collect();
        for (at, one) in same.iter().enumerate() {
            for other in &same[at + 1..] {
                let (a, b) = (one.frame, other.frame);
                let apart = a.x + a.width <= b.x
                    || b.x + b.width <= a.x
                    || a.y + a.height <= b.y
                    || b.y + b.height <= a.y;
                assert!(apart, "{room:?}: {} {a:?} and {} {b:?}", one.id, other.id);
            }
        }
    }
}

#[test]
fn every_shape_is_reached_one_after_the_other_and_rows_by_up_and_down() {
    let drawing = drawn(&production("3"), STRIP);
    let mut at = &drawing.shapes[0];
    let mut seen = 1;
    while let Some(next) = drawing.beside(&at.id, Way::Next) {
        assert_eq!(drawing.beside(&next.id, Way::Back), Some(at));
        at = next;
        seen += 1;
    }
    assert_eq!(seen, drawing.shapes.len());
    let below = |id: &str| drawing.beside(id, Way::Down).map(|shape| shape.id.as_str());
    assert_eq!(below("port-0-1"), Some("broker-1"));
    assert_eq!(drawing.beside("clients-outside", Way::Up), None);
    assert_eq!(drawing.beside("nothing", Way::Next), None);
}

#[test]
fn a_shape_leads_to_its_field() {
    let drawing = drawn(&production("3"), STRIP);
    for (id, field) in [
        ("broker-1", "kafka.groups[main].brokers"),
        ("disk-1-0", "kafka.disks[data].size"),
        ("heap-1", "kafka.heap"),
        ("port-0-1", "kafka.listeners[external].first_node_port"),
        ("node-0", "nodes.count"),
        ("server-2", "zookeeper.servers"),
        ("service-bootstrap", "kafka.bootstrap_name"),
    ] {
        let shape = drawing.shape(id).unwrap_or_else(|| panic!("{id}"));
        assert_eq!(shape.field.as_str(), field);
        assert!(crate::fields::find(&shape.field).is_some(), "{field}");
    }
}

#[test]
fn the_line_that_a_shape_names_is_there() {
    let report = crate::evaluate(&production("3"));
    let drawing = drawn(&production("3"), STRIP);
    for shape in &drawing.shapes {
        let file = report.file(shape.place.file);
        let file = file.unwrap_or_else(|| panic!("{}: {}", shape.id, shape.place.file));
        let there = file
            .lines
            .iter()
            .any(|line| line.text.contains(&shape.place.holds));
        assert!(there, "{}: {:?}", shape.id, shape.place);
    }
}

#[test]
fn what_is_typed_cannot_leave_its_place() {
    let hostile = "\u{1}</title><script>alert(1)</script>\"&\u{ffff}";
    assert_eq!(
        svg::escape(hostile),
        "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;"
    );
    let design = production("3").with("kafka.disks[data].size", "<b>&");
    for purpose in [Use::Page, Use::Picture] {
        let lines = svg::lines(&drawn(&design, STRIP), purpose);
        assert!(lines.iter().all(|(line, _)| !line.contains("<b>")));
    }
}

#[test]
fn what_runs_on_a_lost_node_goes_down_with_it() {
    let plan = Plan::of(&production("3"));
    let placement = Placement::of(&plan);
    let drawing = Picture::of(&plan, &placement, STRIP, Lang::En).drawing;
    let fates = drawing.fates(&placement, &[Part::Node(1)]);
    let of = |id: &str| {
        let at = drawing.shapes.iter().position(|shape| shape.id == id);
        fates[at.unwrap_or_else(|| panic!("{id}"))]
    };
    assert_eq!(of("node-1"), Fate::Lost);
    for id in [
        "broker-1",
        "server-1",
        "disk-1-0",
        "heap-1",
        "server-disk-1-0",
        "port-0-1",
    ] {
        assert_eq!(of(id), Fate::Down, "{id}");
    }
    for id in [
        "node-0",
        "broker-0",
        "server-2",
        "disk-2-0",
        "port-0-0",
        "clients-outside",
    ] {
        assert_eq!(of(id), Fate::Up, "{id}");
    }
}

/// The pieces of a wire, each from a point to a point.
fn pieces(path: &str) -> Vec<[(i32, i32); 2]> {
    let number = |text: &str| text.parse::<i32>().expect("a whole number");
    let mut pieces = Vec::new();
    for line in path.split('M').skip(1) {
        let turns = line.find(['H', 'V']).expect("a line");
        let (x, y) = line[..turns].split_once(' ').expect("a point");
        let mut at = (number(x), number(y));
        let mut rest = &line[turns..];
        while !rest.is_empty() {
            let next = rest[1..].find(['H', 'V']).map_or(rest.len(), |end| end + 1);
            let to = number(&rest[1..next]);
            let next_at = if rest.starts_with('H') {
                (to, at.1)
            } else {
                (at.0, to)
            };
            pieces.push([at, next_at]);
            at = next_at;
            rest = &rest[next..];
        }
    }
    pieces
}

#[test]
fn every_wire_begins_at_a_shape_or_at_another_wire() {
    for preset in PRESETS {
        for (brokers, width) in [
            ("1", 360),
            ("3", 360),
            ("3", 540),
            ("5", 360),
            ("9", 360),
            ("9", 540),
        ] {
            let design = preset.design();
            let groups: Vec<&str> = design.keys("kafka.groups").collect();
            let Some(group) = groups.first() else {
                continue;
            };
            let design = design
                .clone()
                .with(&format!("kafka.groups[{group}].brokers"), brokers)
                .with("kafka.listeners[external].exposure", "node-port");
            let room = Room { width, height: 250 };
            let drawing = drawn(&design, room);
            for wire in &drawing.wires {
                let pieces = pieces(&wire.path);
                for (at, [(x, y), _]) in pieces.iter().enumerate() {
                    let meets_shape = drawing.shapes.iter().any(|shape| {
                        let Frame {
                            x: left,
                            y: top,
                            width,
                            height,
                        } = shape.frame;
                        (left - 2..=left + width + 2).contains(x)
                            && (top - 2..=top + height + 2).contains(y)
                    });
                    let meets_wire = pieces.iter().enumerate().any(|(other, [from, to])| {
                        other != at
                            && (from.0.min(to.0)..=from.0.max(to.0)).contains(x)
                            && (from.1.min(to.1)..=from.1.max(to.1)).contains(y)
                    });
                    assert!(
                        meets_shape || meets_wire,
                        "{}, {brokers} brokers, {width} wide: ({x}, {y}) hangs in the air: {}",
                        preset.name,
                        wire.path
                    );
                }
            }
        }
    }
}
