//! The page on wasm, the command line elsewhere.

#[cfg(target_arch = "wasm32")]
fn main() {
    kafka_cluster_designer::app::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    kafka_cluster_designer::cli::run()
}
