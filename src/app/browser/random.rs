//! Random numbers.

use super::{Refused, window};

/// Sixteen random bytes.
pub fn bytes() -> Result<[u8; 16], Refused> {
    let mut bytes = [0; 16];
    window()?
        .crypto()?
        .get_random_values_with_u8_array(&mut bytes)?;
    Ok(bytes)
}
