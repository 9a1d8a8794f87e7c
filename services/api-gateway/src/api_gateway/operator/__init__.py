"""The operator's calls: accounts and plans, maintenance, usage of all, dead letters, the test clock."""
