"""The only room that knows all: settings, wiring, the web process, the worker, the command line."""
