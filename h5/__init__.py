"""The customers' pages: a Vue project whose build Sanic serves. They talk to the API over HTTP like anyone else."""
