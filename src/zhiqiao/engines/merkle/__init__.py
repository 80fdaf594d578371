"""Hash trees: one root stands for many leaves, and a short proof shows that a leaf is among them."""

from zhiqiao.engines.merkle.tree import leaf_hash, proof_of, root_of, root_of_proof

__all__ = ["leaf_hash", "proof_of", "root_of", "root_of_proof"]
