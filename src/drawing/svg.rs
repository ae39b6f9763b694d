//! A drawing as SVG: a line for each shape, each with the fields that it comes from.
//!
//! The page puts the same lines into its own frame; there every shape is a button, and colours come from
//! the page's style. Everything that a person typed is escaped here.

use std::fmt::Write as _;

use super::{Drawing, Form, Set, Shape};
use crate::render::Origins;

/// Whether shapes are to be pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// In the page: each shape is a button with its id.
    Page,
    /// In a file: only to be looked at.
    Picture,
}

/// The lines between the outer tags.
pub fn lines(drawing: &Drawing, purpose: Use) -> Vec<(String, Origins)> {
    // Zones lie beneath the wires, everything else above them.
    let (zones, others): (Vec<&Shape>, Vec<&Shape>) = drawing
        .shapes
        .iter()
        .partition(|shape| shape.form == Form::Zone);
    let shape = |shape: &&Shape| (shape_line(shape, purpose), drawing.from.and(&shape.from));
    let wires = drawing.wires.iter().map(|wire| {
        let class = if wire.outside { "wire outside" } else { "wire" };
        let from = drawing
            .shapes
            .iter()
            .filter(|shape| matches!(shape.form, Form::Port | Form::Service))
            .map(|shape| &shape.from);
        (
            format!("<path class=\"{class}\" d=\"{}\"/>", wire.path),
            drawing.from.and(&Origins::all(from)),
        )
    });
    zones
        .iter()
        .map(shape)
        .chain(wires)
        .chain(others.iter().map(shape))
        .collect()
}

fn shape_line(shape: &Shape, purpose: Use) -> String {
    let mut line = String::with_capacity(240);
    line.push_str("<g class=\"");
    line.push_str(shape.form.class());
    line.push('"');
    if purpose == Use::Page {
        let _ = write!(
            line,
            " data-part=\"{}\" role=\"button\" tabindex=\"-1\"",
            shape.id
        );
    }
    let frame = shape.frame;
    let _ = write!(
        line,
        "><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        escape(&shape.says),
        frame.x,
        frame.y,
        frame.width,
        frame.height,
        shape.form.radius(),
    );
    if shape.form == Form::Detail && shape.id.contains("disk") {
        // A disk: a lid, two sides, a floor.
        let (x, y) = (frame.x + 3, frame.y + 5);
        let _ = write!(
            line,
            "<path class=\"disk\" d=\"M{x} {y}a4 1.6 0 1 1 8 0v6a4 1.6 0 1 1-8 0zM{x} {y}a4 1.6 0 1 0 8 0\"/>"
        );
    }
    for label in shape.labels.iter().filter(|label| !label.text.is_empty()) {
        let class = match label.set {
            Set::Name => "name",
            Set::MiddleName => "name middle",
            Set::Small => "small",
            Set::MiddleSmall => "small middle",
        };
        let _ = write!(
            line,
            "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
            label.x,
            label.y,
            escape(&label.text),
        );
    }
    line.push_str("</g>");
    line
}

/// A text within XML: marks are escaped, and what XML cannot hold is left out.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' | '\r' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}
