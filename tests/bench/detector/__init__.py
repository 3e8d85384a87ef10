"""`make bench-detector`: how well the detector does on labelled events, and whether its weights deserve trust.

The rules were written with the development corpus in view, and mended after the other sets had been scored once: figures
on all of them are optimistic. Cross-validation here covers the weights alone, not the rules.
"""
