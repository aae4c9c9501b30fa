"""The pure rooms: no network, no disk, no wall clock, no terminal."""
