"""The event contracts: facts (what happened), codec (to bytes and back), subjects (where they are published)."""
