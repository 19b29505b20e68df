"""One file for each convention: what its firmware says when it starts, when it comes back, and when something happens."""
