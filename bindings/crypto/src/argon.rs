//! Argon2, which libcrypto does not have: RFC 9106, by the crate of that name.

use argon2::{Algorithm, Argon2, AssociatedData, Params, Version};

use crate::{Failure, Result};

#[derive(Debug, Clone, Copy)]
pub struct Argon2Cost {
    pub parallelism: u32,
    pub memory_kib: u32,
    pub passes: u32,
}

pub struct Argon2Input<'a> {
    pub message: &'a [u8],
    pub nonce: &'a [u8],
    /// Empty: none.
    pub secret: &'a [u8],
    /// Empty: none.
    pub associated: &'a [u8],
}

/// kind: 0 argon2d, 1 argon2i, 2 argon2id.
pub fn derive(kind: i32, input: Argon2Input, cost: Argon2Cost, out: &mut [u8]) -> Result<()> {
    let refused = |error: argon2::Error| Failure::plain("", &format!("Argon2: {error}"));
    let algorithm = match kind {
        0 => Algorithm::Argon2d,
        1 => Algorithm::Argon2i,
        _ => Algorithm::Argon2id,
    };
    let mut params = argon2::ParamsBuilder::new();
    params
        .m_cost(cost.memory_kib)
        .t_cost(cost.passes)
        .p_cost(cost.parallelism)
        .output_len(out.len());
    if !input.associated.is_empty() {
        params.data(AssociatedData::new(input.associated).map_err(refused)?);
    }
    let params: Params = params.build().map_err(refused)?;
    let version = Version::V0x13;
    let argon = match input.secret {
        [] => Argon2::new(algorithm, version, params),
        secret => Argon2::new_with_secret(secret, algorithm, version, params).map_err(refused)?,
    };
    argon
        .hash_password_into(input.message, input.nonce, out)
        .map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9106, section 5.
    #[test]
    fn agrees_with_the_standard() {
        for (kind, expect) in [(0, [0x51, 0x2b]), (1, [0xc8, 0x14]), (2, [0x0d, 0x64])] {
            let cost = Argon2Cost {
                parallelism: 4,
                memory_kib: 32,
                passes: 3,
            };
            let input = Argon2Input {
                message: &[1; 32],
                nonce: &[2; 16],
                secret: &[3; 8],
                associated: &[4; 12],
            };
            let mut out = [0; 32];
            derive(kind, input, cost, &mut out).expect("a tag");
            assert_eq!(out[..2], expect);
        }
    }
}
