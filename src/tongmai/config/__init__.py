"""Settings, addresses, command line, and the page that says who hears which event."""
