"""Small servers on this machine that speak the APIs of providers, for the tests of sources that fetch."""
