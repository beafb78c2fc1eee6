"""The bank in a box: every partner's twin on one server, with a control plane for demos and tests."""

from channels.sandbox.app import SandboxConfig, create_sandbox
from channels.sandbox.keys import Keys, ensure_keys

__all__ = ["Keys", "SandboxConfig", "create_sandbox", "ensure_keys"]
