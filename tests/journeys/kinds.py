"""One address of every kind of page."""

KINDS = (
    "index.html",
    "list/index.html",
    "constituencies/index.html",
    "constituencies/16.html",
    "run-offs/index.html",
    "regions/index.html",
    "regions/south.html",
    "stations/index.html",
    "stations/in-16.html",
    "stations/0005.html",
    "stations/0031.html",
    "electronic/index.html",
    "turnout/index.html",
    "history/index.html",
    "findings/index.html",
    "methods/index.html",
    "data/index.html",
    "synthetic/index.html",
    "404.html",
)
