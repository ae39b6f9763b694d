//! The cluster as a drawing, for readers of the bundle: what the page shows, in a file.

use super::document::Text;
use super::{FileKind, Origins, Output, Rendered, Role};
use crate::drawing::svg::{self, Use};
use crate::drawing::{Picture, Room};
use crate::plan::{Parts, Plan};
use crate::simulate::Placement;

/// Where it stands in the bundle.
pub const PATH: &str = "topology.svg";

/// The drawing.
pub static OUTPUT: Output = Output {
    id: "topology",
    path: PATH,
    reads: Parts::CLUSTER
        .and(Parts::NODES)
        .and(Parts::STORAGE)
        .and(Parts::COORDINATION)
        .and(Parts::KAFKA)
        .and(Parts::LISTENERS)
        .and(Parts::KAFKA_PODS),
    wanted: |_| true,
    render,
};

/// As wide as a page of documentation, and not higher than a screen while that can be.
const ROOM: Room = Room {
    width: 960,
    height: 640,
};

/// The margin around the drawing.
const MARGIN: i32 = 16;

/// Colours of its own, for light and for dark paper.
const STYLE: &str = "\
text { font: 11px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', sans-serif; fill: #16181d }
.middle { text-anchor: middle }
.name { font-weight: 600 }
.small { fill: #59606d; font-size: 10.5px }
.detail .small, .node .small { font-size: 10px }
rect { fill: none; stroke: #c5cbd6 }
.paper { fill: #ffffff; stroke: none }
.zone rect { fill: #f4f5f8 }
.node rect { fill: #f9fafc }
.guessed rect, .clients rect { stroke-dasharray: 3 3 }
.pod rect { fill: #ffffff }
.broker rect { stroke: #1f57d6 }
.detail rect, .rest rect { stroke: none }
.disk { fill: none; stroke: #59606d; stroke-width: .9 }
.port rect { fill: #e8eefc; stroke: none }
.port .small { fill: #1f57d6 }
.service rect, .clients rect { fill: #ffffff }
.wire { fill: none; stroke: #c5cbd6 }
.outside { stroke: #1f57d6; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e7e9ee }
  .small { fill: #9aa2b1 }
  rect { stroke: #3b4250 }
  .paper, .pod rect, .service rect, .clients rect { fill: #181b22 }
  .zone rect { fill: #0f1115 }
  .node rect { fill: #13161c }
  .broker rect { stroke: #86a8ff }
  .disk { stroke: #9aa2b1 }
  .port rect { fill: #1d2844 }
  .port .small { fill: #86a8ff }
  .wire { stroke: #3b4250 }
  .outside { stroke: #86a8ff }
}";

fn render(plan: &Plan) -> Rendered {
    let lang = **plan.language();
    let placement = Placement::of(plan);
    let picture = Picture::of(plan, &placement, ROOM, lang);
    let (drawing, words) = (&picture.drawing, picture.words.join(" "));
    let every = Origins::all(drawing.shapes.iter().map(|shape| &shape.from)).and(&drawing.from);
    let (width, height) = (drawing.width + 2 * MARGIN, drawing.height + 2 * MARGIN);
    let none = &Origins::NONE;
    let mut text = Text::new(Role::Plain)
        .line(
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{} {} {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title words\">",
                -MARGIN, -MARGIN
            ),
            &every,
        )
        .line(
            format!("<title id=\"title\">{}</title>", svg::escape(&picture.title)),
            &drawing.from,
        )
        .line(
            format!("<desc id=\"words\">{}</desc>", svg::escape(&words)),
            &every,
        )
        .line("<style>", none)
        .line(STYLE, none)
        .line("</style>", none)
        .line(
            format!(
                "<rect class=\"paper\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\"/>",
                -MARGIN, -MARGIN
            ),
            &every,
        );
    for (line, from) in svg::lines(drawing, Use::Picture) {
        text = text.line(line, &from);
    }
    text.line("</svg>", none).into_file(PATH, FileKind::Text)
}
