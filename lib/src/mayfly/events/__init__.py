"""The event contracts: facts (what happened), codec (bytes and back), subjects (where they travel)."""
