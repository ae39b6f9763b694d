//! What the page may do, said to the browser in a meta element, so that no host has to be configured.
//!
//! `frame-ancestors` and reports only work as headers: README.md beside this file names them.

use crate::digest;

/// What holds for both.
const ALWAYS: [&str; 4] = [
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types default",
];

/// Everything is forbidden but what is named. `'wasm-unsafe-eval'` lets the engine be compiled and no script be evaluated.
///
/// Trusted Types close the ways from text to script; Leptos makes static markup through `innerHTML`,
/// and the one policy that boot.js makes lets it through when it holds no script.
fn policy(scripts: &str, parts: &[(&str, &str)]) -> String {
    let mut policy = vec![
        "default-src 'none'".to_owned(),
        format!("script-src {scripts} 'wasm-unsafe-eval'"),
    ];
    let part = |(directive, sources): &(&str, &str)| format!("{directive} {sources}");
    policy.extend(parts.iter().map(part));
    policy.extend(ALWAYS.map(str::to_owned));
    policy.join("; ")
}

/// For the served page: its own files, and the script that starts it.
pub fn served(boot: &str) -> String {
    let scripts = format!("'self' {}", digest::policy_source(boot));
    policy(
        &scripts,
        &[
            ("style-src", "'self'"),
            ("img-src", "'self'"),
            ("connect-src", "'self'"),
            ("worker-src", "'self'"),
        ],
    )
}

/// For the single file: what stands in it, and no request to anywhere.
pub fn single(scripts: &[&str], style: &str) -> String {
    let scripts: Vec<String> = scripts
        .iter()
        .map(|text| digest::policy_source(text))
        .collect();
    policy(
        &scripts.join(" "),
        &[
            ("style-src", &digest::policy_source(style)),
            ("img-src", "data:"),
            // The page unpacks what it holds through an address that holds it.
            ("connect-src", "data:"),
        ],
    )
}

/// The element that says it.
pub fn meta(policy: &str) -> String {
    format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\" />")
}
