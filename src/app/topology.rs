//! The cluster as a drawing.

use leptos::prelude::*;

/// The strip above the form.
#[component]
pub fn Topology() -> impl IntoView {
    view! { <div class="topology"></div> }
}
