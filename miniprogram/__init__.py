"""The mini-program inside WeChat, and its tools."""
