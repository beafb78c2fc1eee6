"""Graphs of tasks as pictures: Mermaid text to paste, and SVG that needs nothing from elsewhere."""

from admin_api.drawing.mermaid import mermaid
from admin_api.drawing.svg import svg

__all__ = ["mermaid", "svg"]
