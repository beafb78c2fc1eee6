"""Operators make something good: asked for by a maker, granted once by a checker, within ceilings."""
